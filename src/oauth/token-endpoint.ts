// The library, as far as it is used: it knows in which order a token request is looked at, and checks verifiers. It is
// given a model made for one request; nothing outside this file knows it.

import OAuth2Server from '@node-oauth/oauth2-server';
import { invariant } from '../lib/invariant.js';
import { Refusal } from '../lib/refusal.js';
import { mintToken } from '../lib/secret.js';
import type { StoredCode } from './authorization-code.js';
import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_DAYS, type TokenPair } from './client-token.js';
import type { Parameters } from './parameters.js';
import { invalidGrant, type OAuthCode, OAuthProblem } from './problem.js';

export const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const;

/** What a token request is answered with. */
export interface Grants<Issued extends TokenPair> {
  /** The code it came with, if that is the client's. */
  code: StoredCode | null;
  /** Takes the code; false when somebody else has. */
  redeem(): Promise<boolean>;
  /** Keeps a pair for it. */
  issue(pair: TokenPair): Promise<Issued>;
  /** The pair that follows the refresh token it came with; throws `OAuthProblem`. */
  refresh(): Promise<Issued>;
}

/** Carries out a token request of a client that has proved itself. Throws `OAuthProblem`, and whatever the grants throw. */
export async function tokenEndpoint<Issued extends TokenPair>(
  parameters: Parameters,
  clientId: string,
  grants: Grants<Issued>,
): Promise<Issued> {
  let issued: Issued | undefined;
  const keep = (pair: Issued): OAuth2Server.Token => {
    issued = pair;
    return { ...pair, client, user: {} };
  };
  const client: OAuth2Server.Client = { id: clientId, grants: [...GRANT_TYPES], redirectUris: [] };
  const { code } = grants;

  class RefreshGrant extends OAuth2Server.AbstractGrantType {
    override handle = async (): Promise<OAuth2Server.Token> => {
      if (!parameters.has('refresh_token')) throw new OAuthProblem('invalid_request', 'refresh_token is missing.');
      return keep(await grants.refresh());
    };
  }

  const model: OAuth2Server.AuthorizationCodeModel = {
    getClient: async () => client,
    getAccessToken: async () => null,
    saveAuthorizationCode: async () => null,
    getAuthorizationCode: async (authorizationCode) =>
      code && {
        authorizationCode,
        expiresAt: new Date(code.isExpired ? 0 : Date.now() + 1_000), // told by the database; the library asks its own clock
        redirectUri: code.redirectUri,
        codeChallenge: code.codeChallenge,
        codeChallengeMethod: 'S256',
        client,
        user: {},
      },
    revokeAuthorizationCode: () => grants.redeem(),
    generateAccessToken: async () => mintToken('ACCESS'),
    generateRefreshToken: async () => mintToken('REFRESH'),
    saveToken: async ({ accessToken, refreshToken }) => {
      invariant(refreshToken, 'The library made no refresh token.');
      return keep(await grants.issue({ accessToken, refreshToken }));
    },
  };
  const server = new OAuth2Server({
    model,
    accessTokenLifetime: ACCESS_TOKEN_SECONDS,
    refreshTokenLifetime: REFRESH_TOKEN_DAYS * 86_400,
    extendedGrantTypes: { refresh_token: RefreshGrant },
    requireClientAuthentication: { authorization_code: false, refresh_token: false }, // it has proved itself already
  });
  const request = new OAuth2Server.Request({
    method: 'POST',
    query: {},
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1' },
    body: { ...Object.fromEntries(parameters), client_id: clientId },
  });
  try {
    await server.token(request, new OAuth2Server.Response());
  } catch (error) {
    throw meant(error);
  }
  invariant(issued, 'The library answered without a token.');
  return issued;
}

/** The library wraps what it does not know, and what it says about a code tells which part of it was wrong. */
function meant(error: unknown): unknown {
  const { inner, name, message } = error as { inner?: unknown; name: string; message: string };
  if (inner instanceof Error) return meant(inner);
  if (error instanceof OAuthProblem) return error;
  if (error instanceof Refusal && (error.code === 'FORBIDDEN' || error.code === 'NOT_FOUND')) {
    return new OAuthProblem('invalid_grant', error.message);
  }
  if (!(error instanceof OAuth2Server.OAuthError)) return error;
  if (name === 'invalid_grant') return invalidGrant();
  return new OAuthProblem(name as OAuthCode, message);
}
