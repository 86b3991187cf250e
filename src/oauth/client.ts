// Who the client is, and how it proves it: by HTTP Basic or in the body (RFC 6749 §2.3.1), one of both.

import type { EntityManager } from '@mikro-orm/postgresql';
import { isClientSecret } from '../connection/client-secret.js';
import { type Id, parseId } from '../lib/id.js';
import { isWellFormedClientSecret, type KeyRing } from '../lib/secret.js';
import { type ClientTries, tooManyGuesses } from './client-tries.js';
import type { Parameters } from './parameters.js';
import { invalidRequest, OAuthProblem } from './problem.js';

/** A request to one of the endpoints for clients. */
export interface ClientRequest {
  /** Every `Authorization` header it came with. */
  authorization: readonly string[];
  parameters: Parameters;
  /** Where it came from. */
  address?: string | undefined;
  requestId: string;
  /** Aborted once the client has left. */
  stop?: AbortController;
}

interface Claimed {
  clientId: string;
  secret: string;
}

/** The id of the client that sent a request, which is that of its connection. Throws `invalid_client` unless it proves
 *  itself, `slow_down` while it has guessed too often, `invalid_request` for two proofs at once. */
export async function authenticateClient(
  request: ClientRequest,
  { em, keys, tries }: { em: EntityManager; keys: KeyRing; tries: ClientTries },
): Promise<Id> {
  const { clientId: claimed, secret } = claimedBy(request);
  const clientId = parseId(claimed) === claimed ? claimed : null;
  // What cannot be a secret of ours cannot be guessed with either: it never reaches the database.
  if (clientId === null || !isWellFormedClientSecret(secret)) throw notThisClient();
  const [wait, isRight] = [
    await tries.secondsLeft(em, { clientId, address: request.address }),
    await isClientSecret(em, keys, clientId, secret),
  ];
  if (wait > 0) throw tooManyGuesses(wait);
  if (isRight) return clientId;
  await tries.take(em, { clientId, address: request.address });
  throw notThisClient();
}

function claimedBy({ authorization, parameters }: ClientRequest): Claimed {
  const [inBodyId, inBodySecret] = [parameters.get('client_id'), parameters.get('client_secret')];
  const [header, another] = authorization;
  if (another !== undefined) throw invalidRequest('Send one Authorization header.');
  if (header === undefined) {
    if (inBodyId === undefined || inBodySecret === undefined) throw notThisClient();
    return { clientId: inBodyId, secret: inBodySecret };
  }
  if (inBodySecret !== undefined) throw invalidRequest('Send the client secret by Basic or in the body, not both.');
  const claimed = basicOf(header);
  if (inBodyId !== undefined && inBodyId !== claimed.clientId) {
    throw invalidRequest('client_id is another one than that of the Authorization header.');
  }
  return claimed;
}

/** Id and secret are form-encoded before they are put together. */
function basicOf(header: string): Claimed {
  const encoded = header.match(/^Basic ([A-Za-z0-9+/]+={0,2})$/i)?.[1];
  const [, id, secret] =
    (encoded &&
      Buffer.from(encoded, 'base64')
        .toString('utf8')
        .match(/^([^:]*):(.*)$/s)) ||
    [];
  if (id === undefined || secret === undefined) throw notThisClient();
  return { clientId: formDecoded(id), secret: formDecoded(secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw notThisClient();
  }
}

const notThisClient = (): OAuthProblem =>
  new OAuthProblem(
    'invalid_client',
    'Send client_id and client_secret of a public connection, by Basic or in the body.',
  );
