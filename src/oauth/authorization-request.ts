// A client's request to be let in (RFC 6749 §4.1.1, RFC 7636, RFC 9207): read, judged, and answered. Until the client and
// its redirect URI are known for certain nothing is sent anywhere; whatever is wrong is said on a page.

import type { EntityManager } from '@mikro-orm/postgresql';
import { isRegistered } from '../connection/redirect-uri.js';
import { type Bits, type Capability, namesOf } from '../gate/capability.js';
import { type Id, parseId } from '../lib/id.js';
import { type Parameters, parametersOf } from './parameters.js';
import { asDescription, type OAuthCode, OAuthProblem } from './problem.js';

/** A public connection as somebody is told about it who is asked to install it. */
export interface AskingConnection {
  id: Id;
  /** Its home. */
  workspaceId: Id;
  name: string;
  logoSha256: string | null;
  company: string | null;
  websiteUrl: string | null;
  privacyUrl: string | null;
  termsUrl: string | null;
  supportEmail: string | null;
  installationScope: 'ANY' | 'SELECTED';
  selectedWorkspaces: Id[];
  capabilities: Capability[];
}

/** A request in order: what is left is to ask. */
export interface AuthorizationRequest {
  connection: AskingConnection;
  redirectUri: string;
  codeChallenge: string;
  /** Where the answer goes, `state` and all. */
  answer(parameters: Record<string, string>): string;
}

/** Something is wrong with it. `redirectTo` is where the client is told; without it nobody but the reader of the page is. */
export class RefusedRequest extends Error {
  constructor(
    message: string,
    readonly redirectTo: string | null = null,
  ) {
    super(message);
  }
}

/** RFC 7636 §4.2: what SHA-256 makes of a verifier. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** The request in a query string. Throws `RefusedRequest`. */
export async function readAuthorizationRequest(
  search: string,
  { em, issuer }: { em: EntityManager; issuer: string },
): Promise<AuthorizationRequest> {
  const given = new URLSearchParams(search);
  const once = (name: string): string => {
    const [value = '', another] = given.getAll(name);
    if (another !== undefined) throw new RefusedRequest(`The link that brought you here says ${name} twice.`);
    return value;
  };
  const clientId = once('client_id');
  const redirectUri = once('redirect_uri');
  const found = parseId(clientId) === clientId ? await findConnection(em, clientId) : null;
  if (!found) throw new RefusedRequest('There is no such connection, or it does not work at the moment.');
  const { redirectUris, ...connection } = found;
  if (!isRegistered(redirectUris, redirectUri)) {
    throw new RefusedRequest(
      `The link that brought you here leads back to an address ${connection.name} has not registered.`,
    );
  }
  const state = rawValueOf(search, 'state');
  const answer = (parameters: Record<string, string>): string => {
    const pairs = new URLSearchParams({ ...parameters, iss: issuer }).toString();
    const query = state === null ? pairs : `${pairs}&state=${state}`;
    return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`;
  };
  const refuse = (code: OAuthCode, description: string): RefusedRequest =>
    new RefusedRequest(description, answer({ error: code, error_description: asDescription(description) }));
  let parameters: Parameters;
  try {
    parameters = parametersOf(given);
  } catch (error) {
    if (error instanceof OAuthProblem) throw refuse(error.code, error.message);
    throw error;
  }
  const wrong = wrongWith(parameters);
  if (wrong) throw refuse(...wrong);
  return { connection, redirectUri, codeChallenge: parameters.get('code_challenge') as string, answer };
}

function wrongWith(parameters: Parameters): [OAuthCode, string] | null {
  const type = parameters.get('response_type');
  if (type === undefined) return ['invalid_request', 'response_type is missing; it should be code.'];
  if (type !== 'code') return ['unsupported_response_type', 'response_type should be code.'];
  if ((parameters.get('response_mode') ?? 'query') !== 'query') {
    return ['invalid_request', 'response_mode should be query, or left out.'];
  }
  if (parameters.get('code_challenge_method') !== 'S256') {
    return ['invalid_request', 'code_challenge_method should be S256.'];
  }
  if (!CHALLENGE.test(parameters.get('code_challenge') ?? '')) {
    return ['invalid_request', 'code_challenge should be the SHA-256 of the verifier in 43 characters of base64url.'];
  }
  for (const name of ['request', 'request_uri']) {
    if (parameters.has(name)) return ['invalid_request', `${name} is not supported.`];
  }
  return null;
}

/** A value just as it was written: it goes back without being read. */
function rawValueOf(search: string, name: string): string | null {
  const pair = search
    .replace(/^\?/, '')
    .split('&')
    .find((one) => one === name || one.startsWith(`${name}=`));
  if (pair === undefined || pair.length <= name.length + 1) return null;
  return pair.slice(name.length + 1).replace(/[^\x21-\x7e]/g, encodeURIComponent);
}

async function findConnection(
  em: EntityManager,
  id: Id,
): Promise<(AskingConnection & { redirectUris: string[] }) | null> {
  const [row] = await em.execute<
    (Omit<AskingConnection, 'capabilities'> & { capabilities: Bits; redirectUris: string[] })[]
  >(
    `select id, workspace_id as "workspaceId", name, logo_sha256 as "logoSha256", company, website_url as "websiteUrl",
            privacy_url as "privacyUrl", terms_url as "termsUrl", support_email as "supportEmail",
            installation_scope as "installationScope", selected_workspaces as "selectedWorkspaces",
            redirect_uris as "redirectUris", capabilities
       from connection where id = ? and kind = 'PUBLIC' and status = 'ACTIVE'`,
    [id],
  );
  return row ? { ...row, capabilities: namesOf(row.capabilities) } : null;
}
