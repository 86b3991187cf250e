// The OAuth server, behind one interface: what it publishes, how a request for consent is judged, and what clients ask it
// for. The library knows the protocol of the token endpoint; codes, refresh tokens and who may install are ours
// (docs/decisions/0016-oauth.md). Who asks here knows no library.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { ConnectionActor, PersonActor } from '../gate/actor.js';
import { namesOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import type { KeyRing } from '../lib/secret.js';
import { commit, type Unit } from '../unit-of-work.js';
import { type Consent, findCode, makeCode, redeemCode } from './authorization-code.js';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.js';
import { authenticateClient, type ClientRequest } from './client.js';
import { ACCESS_TOKEN_SECONDS, endFamily, findClientToken, issuePair } from './client-token.js';
import { ClientTries, type ClientTryLimits } from './client-tries.js';
import { herselfIn } from './eligibility.js';
import { installConnection } from './install.js';
import { invalidGrant, invalidRequest, OAuthProblem } from './problem.js';
import { rotate } from './refresh.js';
import { type TokenAnswer, tokenAnswer } from './token-answer.js';
import { GRANT_TYPES, type Grants, tokenEndpoint } from './token-endpoint.js';

export interface OAuthServerOptions {
  em: () => EntityManager;
  keys: KeyRing;
  /** The address of the gateway: it is the issuer. */
  publicUrl: () => string;
  tryLimits?: ClientTryLimits | undefined;
}

export class OAuthServer {
  private readonly tries: ClientTries;

  constructor(private readonly options: OAuthServerOptions) {
    this.tries = new ClientTries(options.keys, options.tryLimits);
  }

  /** RFC 8414: where everything is, and what is understood. */
  metadata(): Record<string, unknown> {
    const issuer = this.options.publicUrl();
    const proofs = ['client_secret_basic', 'client_secret_post'];
    return {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: GRANT_TYPES,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: proofs,
      revocation_endpoint_auth_methods_supported: proofs,
      introspection_endpoint_auth_methods_supported: proofs,
    };
  }

  /** Judges a request to be let in. Throws `RefusedRequest`. */
  read(search: string): Promise<AuthorizationRequest> {
    return readAuthorizationRequest(search, { em: this.options.em(), issuer: this.options.publicUrl() });
  }

  /** What somebody agreed to, as a code for the client. Refused: on a page that was answered already. */
  agree(actor: PersonActor, consent: Consent): Promise<string> {
    return makeCode(this.options.em(), this.options.keys, actor, consent);
  }

  /** A code or a refresh token becomes a pair of tokens. Throws `OAuthProblem`. */
  async token(request: ClientRequest): Promise<TokenAnswer> {
    const clientId = await this.clientOf(request);
    switch (request.parameters.get('grant_type')) {
      case undefined:
        throw invalidRequest('grant_type is missing; it should be authorization_code or refresh_token.');
      case 'authorization_code':
        return this.redeem(request, clientId);
      case 'refresh_token':
        return this.refresh(request, clientId);
      default:
        throw new OAuthProblem('unsupported_grant_type', 'grant_type should be authorization_code or refresh_token.');
    }
  }

  /** RFC 7009: a refresh token ends with all that came of its code, an access token by itself. Of a token that is not the
   *  client's, or is none, nothing is told. Throws `OAuthProblem`. */
  async revoke(request: ClientRequest): Promise<void> {
    const clientId = await this.clientOf(request);
    const { em, keys } = this.options;
    const found = await findClientToken(em(), keys, clientId, requiredToken(request));
    if (!found) return;
    const { workspaceId, id, kind, connectionId, installationId, botId } = found;
    const { address } = request;
    const actor: ConnectionActor = {
      kind: 'CONNECTION',
      ...{ workspaceId, connectionId, installationId, botId },
      installedById: found.personId,
      bits: found.capabilities,
      ...(address !== undefined && { address }),
    };
    await commit({ em, actor }, async (unit) => {
      const ended =
        kind === 'REFRESH'
          ? await endFamily(unit, found)
          : (
              await unit.em.execute<object[]>(
                'update token set revoked_at = now() where workspace_id = ? and id = ? and revoked_at is null returning id',
                [workspaceId, id],
              )
            ).length;
      if (ended === 0) return unit.unchanged();
      unit.audit({ action: 'token.revoked', targetId: installationId, details: { connectionId } });
    });
  }

  /** RFC 7662: what a token of the client's is good for. Throws `OAuthProblem`. */
  async introspect(request: ClientRequest): Promise<Record<string, unknown>> {
    const clientId = await this.clientOf(request);
    const { em, keys, publicUrl } = this.options;
    const found = await findClientToken(em(), keys, clientId, requiredToken(request));
    if (!found?.isLive) return { active: false };
    return {
      active: true,
      client_id: clientId,
      token_type: found.kind === 'ACCESS' ? 'bearer' : 'refresh_token',
      scope: namesOf(found.capabilities).join(' '),
      sub: found.botId,
      iss: publicUrl(),
      iat: found.issuedAt,
      exp: found.expiresAt,
      workspace_id: found.workspaceId,
      bot_id: found.botId,
    };
  }

  private clientOf(request: ClientRequest): Promise<Id> {
    const { em, keys } = this.options;
    return authenticateClient(request, { em: em(), keys, tries: this.tries });
  }

  private async redeem(request: ClientRequest, clientId: Id): Promise<TokenAnswer> {
    const { em, keys } = this.options;
    const { parameters, address } = request;
    const text = parameters.get('code');
    const code = text === undefined ? null : await findCode(em(), keys, text);
    const isOthers = code !== null && code.connectionId !== clientId;
    const leadsElsewhere = code !== null && (parameters.get('redirect_uri') ?? code.redirectUri) !== code.redirectUri;
    if (code?.role == null || isOthers || leadsElsewhere) {
      return tokenEndpoint(parameters, clientId, NOTHING_TO_GRANT);
    }
    const { workspaceId, id: familyId, role, personId } = code;
    const actor = herselfIn({ workspaceId, role }, personId, address);
    return this.settle(request, actor, async (unit) => {
      /** Whoever comes second has the code from somebody, and so may have whoever came first. */
      const replayed = async (): Promise<false> => {
        if ((await endFamily(unit, { workspaceId, familyId })) > 0) {
          const details = { because: 'A code was used again.', connectionId: clientId };
          unit.audit({ action: 'token.revoked', targetId: familyId, details, byNobody: true });
        }
        return false;
      };
      if (code.isRedeemed) await replayed();
      const issued = await tokenEndpoint(parameters, clientId, {
        ...NOTHING_TO_GRANT,
        code: code.isRedeemed ? null : code,
        redeem: async () => (await redeemCode(unit.em, code)) || replayed(),
        issue: async (pair) => {
          const { id: installationId } = await installConnection(unit, actor, code);
          await issuePair(unit.em, keys, { workspaceId, installationId, familyId }, pair);
          return { ...pair, installationId, expiresIn: ACCESS_TOKEN_SECONDS };
        },
      });
      return tokenAnswer(unit.em, { ...issued, workspaceId }, issued, request.requestId);
    });
  }

  private async refresh(request: ClientRequest, clientId: Id): Promise<TokenAnswer> {
    const { em, keys } = this.options;
    const { parameters, address, requestId } = request;
    const text = parameters.get('refresh_token');
    const spent = text === undefined ? null : await findClientToken(em(), keys, clientId, text);
    if (spent?.kind !== 'REFRESH' || spent.role === null) return tokenEndpoint(parameters, clientId, NOTHING_TO_GRANT);
    const actor = herselfIn({ workspaceId: spent.workspaceId, role: spent.role }, spent.personId, address);
    return this.settle(request, actor, async (unit) => {
      const refresh = () => rotate(unit, keys, spent);
      const rotated = await tokenEndpoint(parameters, clientId, { ...NOTHING_TO_GRANT, refresh });
      return tokenAnswer(unit.em, spent, rotated, requestId);
    });
  }

  /** One transaction, committed whether the client gets what it wants or a problem: what was spent stays spent. */
  private async settle(
    { stop }: ClientRequest,
    actor: PersonActor,
    work: (unit: Unit) => Promise<TokenAnswer>,
  ): Promise<TokenAnswer> {
    const { em } = this.options;
    const outcome = await commit({ em, actor, ...(stop && { stop }) }, async (unit) => {
      let recorded = 0;
      const audit: Unit['audit'] = (entry) => {
        recorded++;
        unit.audit(entry);
      };
      const result = await work({ ...unit, audit }).catch((error: unknown) => {
        if (error instanceof OAuthProblem) return error;
        throw error;
      });
      if (recorded === 0) unit.unchanged();
      return result;
    });
    if (outcome instanceof OAuthProblem) throw outcome;
    return outcome;
  }
}

/** Of what is asked for there is nothing: the library says what is wrong with the rest of the request, or that. */
const NOTHING_TO_GRANT: Grants<never> = {
  code: null,
  redeem: async () => false,
  issue: async () => {
    throw invalidGrant();
  },
  refresh: async () => {
    throw invalidGrant();
  },
};

function requiredToken({ parameters }: ClientRequest): string {
  const token = parameters.get('token');
  if (token === undefined) throw invalidRequest('token is missing.');
  return token;
}
