// The endpoints for clients: tokens, their end, what they are good for, and where everything is. They speak JSON in OAuth's
// own words, take forms and JSON, and are not offered to pages of other sites: a client secret has no place in a browser.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../lib/log.js';
import type { ClientRequest } from '../oauth/client.js';
import { type Parameters, parametersOf, parametersOfJson } from '../oauth/parameters.js';
import { asDescription, invalidRequest, OAuthProblem } from '../oauth/problem.js';
import type { OAuthServer } from '../oauth/server.js';
import { HttpError, readForm, readJson } from './body.js';
import { isDatabaseTrouble } from './database-trouble.js';
import type { Entrance } from './entrance.js';

const MAX_BODY_BYTES = 16_000;
const MAX_DEPTH = 1;

/** What a client asks for, by where. */
const ENDPOINTS = {
  '/oauth/token': (server: OAuthServer, request: ClientRequest): Promise<object> => server.token(request),
  '/oauth/revoke': async (server: OAuthServer, request: ClientRequest): Promise<object> => {
    await server.revoke(request);
    return {};
  },
  '/oauth/introspect': (server: OAuthServer, request: ClientRequest): Promise<object> => server.introspect(request),
} as const;
const METADATA = '/.well-known/oauth-authorization-server';

export class OAuthDoor {
  constructor(private readonly options: { server: OAuthServer; entrance: Entrance; log: Logger }) {}

  /** Whether a path is one of these endpoints. */
  has(path: string): boolean {
    return path === METADATA || Object.hasOwn(ENDPOINTS, path);
  }

  /** Answers, problems included. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    { path, search, authorization, requestId, stop }: Asked,
  ): Promise<void> {
    if (path === METADATA) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod('GET, HEAD');
      return send(response, 200, this.options.server.metadata());
    }
    if (request.method !== 'POST') throw wrongMethod('POST');
    try {
      if (search !== '' && search !== '?') throw invalidRequest('Send parameters in the body, never in the address.');
      const parameters = await readParameters(request);
      const address = this.options.entrance.addressOf(request);
      const endpoint = ENDPOINTS[path as keyof typeof ENDPOINTS];
      const asked = { authorization, parameters, address, requestId, stop };
      send(response, 200, await endpoint(this.options.server, asked));
    } catch (error) {
      const problem = problemIn(error);
      if (problem.status === 500) this.options.log.error({ requestId, err: error }, 'A request failed');
      send(
        response,
        problem.status,
        { error: problem.code, error_description: asDescription(problem.message), request_id: requestId },
        {
          ...(problem.code === 'invalid_client' && { 'www-authenticate': 'Basic realm="gatehouse", charset="UTF-8"' }),
          ...(problem.retryAfter !== undefined && { 'retry-after': String(problem.retryAfter) }),
        },
      );
    }
  }
}

interface Asked {
  path: string;
  search: string;
  authorization: readonly string[];
  requestId: string;
  stop: AbortController;
}

async function readParameters(request: IncomingMessage): Promise<Parameters> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  return type === 'application/json'
    ? parametersOfJson(await readJson(request, { maxBodyBytes: MAX_BODY_BYTES, maxVariableDepth: MAX_DEPTH }))
    : parametersOf(await readForm(request, MAX_BODY_BYTES));
}

/** In OAuth's words; what nobody expected is told to the log alone. */
function problemIn(error: unknown): OAuthProblem {
  if (error instanceof OAuthProblem) return error;
  if (error instanceof HttpError && error.status < 500) {
    return invalidRequest(error.status === 413 ? error.message : 'Send a form or a JSON object, in UTF-8.');
  }
  if (isDatabaseTrouble(error)) {
    return new OAuthProblem('temporarily_unavailable', 'The database does not answer. Try again in a moment.', 2);
  }
  return new OAuthProblem('server_error', 'Something went wrong here. Quote the request_id to the operator.');
}

const wrongMethod = (allow: string): HttpError => new HttpError(405, 'INVALID', `Use ${allow}.`, { allow });

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    pragma: 'no-cache',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : JSON.stringify(body));
}
