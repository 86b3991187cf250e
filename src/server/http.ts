// The HTTP door: /graphql, the probes, and nothing else. Small on purpose: routing, credentials, body, then Apollo.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HeaderMap } from '@apollo/server';
import type { Gateway } from '../api/gateway.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';
import type { Store } from '../store/store.js';
import { authenticate } from './authenticate.js';
import { HttpError, readJson } from './body.js';
import { VERSION } from './version.js';

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000; // headers and body
const TIMEOUT_CHECK_MS = 1_000; // Node's own 30 s would make six times more of the first
const READY_TIMEOUT_MS = 2_000;
const MAX_HEADER_BYTES = 16_384;

export interface HttpDoor {
  server: Server;
  /** Not ready any more; requests under way are finished, idle sockets closed. Resolves when the last one is done. */
  drain(graceMs: number): Promise<void>;
}

/** Makes the server; it does not listen yet. */
export function createHttpDoor({ gateway, store, log }: { gateway: Gateway; store: Store; log: Logger }): HttpDoor {
  let draining = false;

  const answer = async (request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> => {
    const { path, search } = targetOf(request);
    switch (path) {
      case '/graphql':
        return graphql(request, response, search, requestId);
      case '/livez':
        return send(response, 200, { status: 'ok' });
      case '/readyz':
        return ready(response);
      case '/version':
        return send(response, 200, { name: 'gatehouse', version: VERSION });
      default:
        throw new HttpError(404, 'NOT_FOUND', 'There is nothing here. GraphQL is at /graphql.');
    }
  };

  const ready = async (response: ServerResponse): Promise<void> => {
    if (draining) return send(response, 503, { status: 'stopping' });
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('late')), READY_TIMEOUT_MS).unref(),
    );
    try {
      await Promise.race([store.ping(), late]);
    } catch (error) {
      log.warn({ err: error }, 'Not ready: the database does not answer');
      return send(response, 503, { status: 'no database' });
    }
    send(response, 200, { status: 'ok' });
  };

  const graphql = async (
    request: IncomingMessage,
    response: ServerResponse,
    search: string,
    requestId: string,
  ): Promise<void> => {
    if (request.method !== 'POST' && request.method !== 'GET') {
      throw new HttpError(405, 'INVALID', 'Use POST, or GET for queries.', { allow: 'GET, POST' });
    }
    const reader = store.reader();
    const actor = await authenticate(headerValues(request, 'authorization'), reader, store.keys);
    const body = request.method === 'POST' ? await readJson(request) : undefined;
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined && name !== 'authorization')
        headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const result = await gateway.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method, headers, search, body },
      context: async () => gateway.contextFor(actor, reader, requestId),
    });
    response.statusCode = result.status ?? 200;
    for (const [name, value] of result.headers) response.setHeader(name, value);
    response.setHeader('cache-control', 'private, no-store');
    response.setHeader('vary', 'Authorization');
    if (result.body.kind !== 'complete') throw new HttpError(406, 'INVALID', 'Incremental delivery is not offered.');
    response.end(result.body.string);
  };

  const limits = { maxHeaderSize: MAX_HEADER_BYTES, connectionsCheckingInterval: TIMEOUT_CHECK_MS };
  const server = createServer(limits, (request, response) => {
    const requestId = newId();
    const startedAt = performance.now();
    response.setHeader('x-request-id', requestId);
    response.setHeader('x-content-type-options', 'nosniff');
    if (draining) response.setHeader('connection', 'close');
    answer(request, response, requestId)
      .catch((error: unknown) => refuse(response, error, requestId))
      .finally(() => {
        const ms = Math.round((performance.now() - startedAt) * 10) / 10;
        log.debug(
          { requestId, method: request.method, path: request.url?.split('?')[0], status: response.statusCode, ms },
          'Request',
        );
      });
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;

  const refuse = (response: ServerResponse, error: unknown, requestId: string): void => {
    const known = error instanceof HttpError ? error : asHttpError(error);
    if (known.status >= 500) log.error({ requestId, err: error }, 'A request failed');
    if (response.headersSent) return void response.destroy();
    send(
      response,
      known.status,
      { errors: [{ message: known.message, extensions: { code: known.code } }] },
      known.headers,
    );
  };

  return {
    server,
    drain: (graceMs) => {
      draining = true;
      return new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

function asHttpError(error: unknown): HttpError {
  if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') {
    return new HttpError(401, error.code, error.message, { 'www-authenticate': 'Bearer realm="gatehouse"' });
  }
  return isDatabaseTrouble(error)
    ? new HttpError(503, 'UNAVAILABLE', 'The database does not answer. Try again in a moment.', { 'retry-after': '2' })
    : new HttpError(500, 'INTERNAL', 'Something went wrong here. Quote the x-request-id header to the operator.');
}

/** Trouble on the way to PostgreSQL, as opposed to what it says about a statement. */
function isDatabaseTrouble(error: unknown): boolean {
  for (
    let at = error as { code?: unknown; message?: string; cause?: unknown } | undefined;
    at;
    at = at.cause as typeof at
  ) {
    if (typeof at.code === 'string' && /^(ECONN|ENOENT|ETIMEDOUT|EPIPE|57P0|08|53300)/.test(at.code)) return true;
    if (/Connection terminated|timeout exceeded when trying to connect/i.test(at.message ?? '')) return true;
  }
  return false;
}

/** Path and query string as they were sent: neither host nor dots mean anything here. */
function targetOf({ url = '/' }: IncomingMessage): { path: string; search: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, search: '' } : { path: url.slice(0, at), search: url.slice(at) };
}

/** Every value a header came with: Node joins duplicates of some and keeps the first of others. */
function headerValues(request: IncomingMessage, name: string): string[] {
  return request.headersDistinct[name] ?? [];
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}
