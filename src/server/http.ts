// The HTTP door: /graphql, the explorer, the console, files for owners, the probes, and nothing else. Small on purpose: routing, credentials, body, then Apollo.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Bill, reportOf } from '../api/bill.js';
import { type Asked, type Gateway, statusOf } from '../api/gateway.js';
import type { UsageTally } from '../connection/usage-tally.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';
import type { Tracing } from '../lib/tracing.js';
import type { ClientTryLimits } from '../oauth/client-tries.js';
import type { AskSchema } from '../oauth/preview.js';
import { OAuthServer } from '../oauth/server.js';
import type { SignInLimits } from '../people/limiter.js';
import type { Store } from '../store/store.js';
import { ACT_AS_HEADER, ActingAs } from './act-as.js';
import { formatIn, sendAuditLog } from './audit-export.js';
import { authenticate, Credentials } from './authenticate.js';
import { HttpError, readJson } from './body.js';
import { Budgets } from './budget.js';
import { createBuiltSite } from './built-site.js';
import { ConsentPages } from './consent-pages.js';
import { isDatabaseTrouble } from './database-trouble.js';
import { Entrance, type TrustProxy } from './entrance.js';
import { FilesDoor, isFilePath, withoutAddress } from './files-door.js';
import type { LastUse } from './last-use.js';
import { LiveLog } from './live-log.js';
import { isLogoPath, sendLogo } from './logos.js';
import { answerScrape, type Metrics } from './metrics.js';
import { OAuthDoor } from './oauth-door.js';
import { SessionDoor } from './session-door.js';
import { SignInPages } from './sign-in-pages.js';
import type { Admit } from './socket.js';
import { openSocketDoor } from './socket-door.js';
import { VERSION } from './version.js';

const HEADERS_TIMEOUT_MS = 5_000;
const BODY_TIMEOUT_MS = 15_000; // of all but files, which see to their pace themselves
const TIMEOUT_CHECK_MS = 1_000; // Node's own 30 s would make six times more of the first
const READY_TIMEOUT_MS = 2_000;
const MAX_HEADER_BYTES = 16_384;
const IDEMPOTENCY_HEADER = 'idempotency-key';
/** What answers of /graphql depend on besides the address. */
const VARY = 'Authorization, Cookie, Gatehouse-Workspace, Gatehouse-Act-As';

export interface HttpDoor {
  server: Server;
  /** Events were settled: whoever follows is told. */
  news(): void;
  /** Not ready any more; requests under way are finished, idle sockets closed. Resolves when the last one is done. */
  drain(graceMs: number): Promise<void>;
}

export interface HttpDoorOptions {
  gateway: Gateway;
  store: Store;
  log: Logger;
  /** Without them there is no /metrics. */
  metrics?: Metrics | undefined;
  /** Counts what somebody known was refused before it was executed. */
  usage?: Pick<UsageTally, 'refused'> | undefined;
  /** Opens /metrics to other machines. */
  metricsToken?: string | undefined;
  tracing?: Tracing | null;
  /** Default: none. */
  trustProxy?: TrustProxy | undefined;
  /** Default: those of people/limiter.ts. For tests. */
  signInLimits?: SignInLimits | undefined;
  /** Default: those of oauth/client-tries.ts. For tests. */
  clientTryLimits?: ClientTryLimits | undefined;
  /** Without it nobody remembers when tokens were last used. */
  lastUse?: LastUse | undefined;
}

/** Makes the server; it does not listen yet. */
export function createHttpDoor(options: HttpDoorOptions): HttpDoor {
  const { gateway, store, log, metrics, metricsToken, tracing, trustProxy, signInLimits, lastUse, usage } = options;
  const entrance = new Entrance({ publicUrl: gateway.publicUrl, trustProxy });
  const sessions = new SessionDoor(store, entrance, log);
  const pages = new SignInPages({ store, entrance, sessions, log, limits: signInLimits });
  const { em, keys } = store;
  const oauth = new OAuthServer({ em, keys, publicUrl: gateway.publicUrl, tryLimits: options.clientTryLimits });
  const clients = new OAuthDoor({ server: oauth, entrance, log });
  const consent = new ConsentPages({ store, entrance, sessions, server: oauth, ask: asking(gateway, store) });
  let draining = false;
  const underWay = new Set<ServerResponse>();
  const sites = [createBuiltSite({ name: 'explorer' }), createBuiltSite({ name: 'console', hasRoutes: true })];
  const credentials = new Credentials(store.keys);
  const budgets = new Budgets(gateway.limits.maxPointsPerMinute);
  const acting = new ActingAs(store);
  const files = new FilesDoor(store);

  const answer = async (request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> => {
    const { path, search } = targetOf(request);
    const site = sites.find((candidate) => candidate.has(path));
    if (site) return site.answer(request, response, path);
    if (isLogoPath(path)) return sendLogo(store, request, response, path);
    if (isFilePath(path)) return files.answer(request, response, path);
    switch (path) {
      case '/graphql':
        return tracing
          ? tracing.operation(requestId, () => graphql(request, response, search, requestId))
          : graphql(request, response, search, requestId);
      case '/audit-export':
        return auditExport(request, response, search);
      case '/livez':
        return send(response, 200, { status: 'ok' });
      case '/readyz':
        return ready(response);
      case '/version':
        return send(response, 200, { name: 'gatehouse', version: VERSION });
      case '/metrics':
        if (metrics && (await answerScrape(metrics, request, response, metricsToken))) return;
        throw nothingHere();
      default:
        if (pages.has(path)) return pages.answer(request, response, { path, search });
        if (consent.has(path)) return consent.answer(request, response, { path, search });
        if (clients.has(path)) {
          const authorization = headerValues(request, 'authorization');
          const stop = stopWhenLeft(response);
          return clients.answer(request, response, { path, search, authorization, requestId, stop });
        }
        throw nothingHere();
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

  const credentialOf = (request: IncomingMessage) =>
    sessions.claimedBy(request) ?? credentials.of(headerValues(request, 'authorization'));

  /** Whose request it is, and the points she has left once this one is charged. */
  const admit: Admit = async (request, credential, reader, points, isUse = true) => {
    const { actor, charged, tokenId } =
      'secret' in credential
        ? { ...(await sessions.authenticate(credential, reader, { budgets, points, isUse })), tokenId: null }
        : await authenticate(credential, reader, { budgets, points });
    if (tokenId !== null) lastUse?.note(actor.workspaceId, tokenId);
    actor.address = entrance.addressOf(request);
    return { actor, charged };
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
    const credential = credentialOf(request);
    const stop = stopWhenLeft(response);
    const reader = store.reader(stop.signal);
    // The body first: the statement that looks up the token charges for it. What is wrong with either the body or the
    // document is only said to whoever has a token.
    const came = request.method === 'POST' ? await readBody(request) : { body: undefined };
    const { requested, refusal } =
      'failure' in came
        ? { requested: 0, refusal: undefined }
        : gateway.weigh(request.method === 'POST' ? askedIn(came.body) : askedBy(search));
    const points = refusal ? 0 : requested;
    const { actor: payer, charged } = await admit(request, credential, reader, points);
    const counted = <Failure>(failure: Failure): Failure => {
      if (failure instanceof HttpError) usage?.refused(failure.code, payer);
      return failure;
    };
    if ('failure' in came) throw counted(came.failure);
    const { body } = came;
    const bill: Bill = { requested, charged: charged.points, actual: 0, account: charged.account, weighed: true };
    if (refusal) throw counted(refused(statusOf(refusal.code, request.headers.accept), refusal, bill, request));
    if (charged.retryAfter !== null) throw counted(tooSoon(charged.retryAfter, bill, request));
    const asOther = headerValues(request, ACT_AS_HEADER);
    const actor =
      asOther.length === 0
        ? payer
        : await acting.actorFor(payer, asOther, reader).catch((error: unknown) => {
            charged.refund(bill.charged);
            throw counted(error instanceof Refusal ? refused(400, error, bill, request) : error);
          });
    const [idempotencyKey, ...more] = headerValues(request, IDEMPOTENCY_HEADER);
    const ctx = gateway.contextFor(actor, reader, {
      requestId,
      bill,
      stop,
      // Two of them are none: the empty one is refused.
      ...(idempotencyKey !== undefined && { idempotencyKey: more.length > 0 ? '' : idempotencyKey }),
    });
    const { status, headers, text } = await gateway
      .answer({ method: request.method, headers: request.headers, search, body }, ctx)
      .finally(() => charged.refund(bill.charged - bill.actual));
    if (text === null) throw new HttpError(406, 'INVALID', 'Incremental delivery is not offered.');
    response.statusCode = status;
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader('cache-control', 'private, no-store');
    response.setHeader('vary', VARY);
    response.end(text);
  };

  const auditExport = async (request: IncomingMessage, response: ServerResponse, search: string): Promise<void> => {
    if (request.method !== 'POST' && request.method !== 'GET') {
      throw new HttpError(405, 'INVALID', 'Use GET or POST.', { allow: 'GET, POST' });
    }
    const credential = credentialOf(request);
    const stop = stopWhenLeft(response);
    // As much as the dearest operation: reading all of a log is no small thing.
    const points = gateway.limits.maxCost;
    const { actor, charged } = await admit(request, credential, store.reader(stop.signal), points);
    const bill = {
      requested: points,
      charged: charged.points,
      actual: points,
      account: charged.account,
      weighed: true,
    };
    if (charged.retryAfter !== null) throw tooSoon(charged.retryAfter, bill, request);
    if (headerValues(request, ACT_AS_HEADER).length > 0) {
      throw new HttpError(403, 'FORBIDDEN', 'No installation reads the audit log. Ask without Gatehouse-Act-As.');
    }
    await sendAuditLog({ actor, em: store.em, stop }, formatIn(search), response);
  };

  const readBody = async (request: IncomingMessage): Promise<{ body: unknown } | { failure: unknown }> => {
    try {
      return { body: await readJson(request, gateway.limits) };
    } catch (failure) {
      return { failure };
    }
  };

  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    // Some clients offer HTTP/2 in this way with their first request, and go on with HTTP/1.1.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(limits, (request, response) => {
    const requestId = newId();
    const startedAt = performance.now();
    response.setHeader('x-request-id', requestId);
    response.setHeader('x-content-type-options', 'nosniff');
    if (draining) response.setHeader('connection', 'close');
    underWay.add(response);
    const late = isFilePath(request.url ?? '') ? undefined : boundBody(request, response);
    response.once('close', () => {
      clearTimeout(late);
      underWay.delete(response);
      closeWhenDone();
    });
    answer(request, response, requestId)
      .catch((error: unknown) => refuse(response, error, requestId))
      .finally(() => {
        if (!log.isLevelEnabled('debug')) return;
        const ms = Math.round((performance.now() - startedAt) * 10) / 10;
        log.debug(
          {
            requestId,
            method: request.method,
            path: withoutAddress(request.url?.split('?')[0]),
            status: response.statusCode,
            ms,
          },
          'Request',
        );
      });
  });
  const live = new LiveLog({ reader: () => store.reader(), log });
  const sockets = openSocketDoor(server, { gateway, store, log, sessions, credentials, acting, admit, live });

  /** To Node a connection without a request yet is not idle; it is not worth waiting for either. */
  const closeWhenDone = (): void => {
    if (draining && underWay.size === 0) server.closeAllConnections();
  };
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = 0; // it would end large uploads: bodies are bounded one by one

  const refuse = (response: ServerResponse, error: unknown, requestId: string): void => {
    if (response.destroyed) return; // the client has left, which is no fault
    const known = error instanceof HttpError ? error : asHttpError(error);
    metrics?.refused(known.code);
    if (known.status >= 500) log.error({ requestId, err: error }, 'A request failed');
    if (response.headersSent) return void response.destroy();
    send(
      response,
      known.status,
      {
        errors: [{ message: known.message, extensions: { code: known.code } }],
        ...(known.extensions && { extensions: known.extensions }),
      },
      known.headers,
    );
  };

  return {
    server,
    news: () => live.news(),
    drain: (graceMs) => {
      draining = true;
      const closed = sockets.drain(graceMs);
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
      return new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(force);
          resolve(Promise.all([closed, sessions.stop(), pages.stop()]).then(() => {}));
        });
        server.closeIdleConnections();
        closeWhenDone();
      });
    },
  };
}

/** Asks the schema in the process, as pages of the gateway do. */
const asking =
  (gateway: Gateway, store: Store): AskSchema =>
  async (actor, query, variables) => {
    const contextValue = gateway.contextFor(actor, store.reader());
    const { body } = await gateway.apollo.executeOperation({ query, variables }, { contextValue });
    return body.kind === 'single' ? body.singleResult : {};
  };

/** Aborts when the client goes away before it has its answer. */
function stopWhenLeft(response: ServerResponse): AbortController {
  const stop = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) stop.abort(new Refusal('UNAVAILABLE', 'The client has left.'));
  });
  return stop;
}

/** What a body asks for, if it is one: Apollo says what is wrong with others. */
const askedIn = (body: unknown): Asked => (body !== null && typeof body === 'object' ? (body as Asked) : {});

/** The same of a query string. */
function askedBy(search: string): Asked {
  const given = new URLSearchParams(search);
  let variables: unknown;
  try {
    variables = JSON.parse(given.get('variables') ?? '{}');
  } catch {
    return {}; // Apollo says so
  }
  return { query: given.get('query') ?? undefined, operationName: given.get('operationName'), variables };
}

/** A refusal before execution, as a GraphQL answer. */
function refused(
  status: number,
  { code, message }: Refusal,
  bill: Bill,
  { headers: { accept } }: IncomingMessage,
  headers: Record<string, string> = {},
): HttpError {
  const type = accept?.includes('application/graphql-response+json') ? 'graphql-response+json' : 'json';
  return new HttpError(
    status,
    code,
    message,
    {
      'content-type': `application/${type}; charset=utf-8`,
      'cache-control': 'private, no-store',
      vary: VARY,
      ...headers,
    },
    { cost: reportOf(bill) },
  );
}

const tooSoon = (seconds: number, bill: Bill, request: IncomingMessage): HttpError => {
  const { restoreRate = 0, remaining = 0 } = reportOf(bill);
  const refusal = new Refusal(
    'RATE_LIMITED',
    `This operation asks for ${bill.requested} points, but ${remaining} are left. ${restoreRate} come back each second: try again in ${seconds} s.`,
  );
  return refused(429, refusal, bill, request, { 'retry-after': String(seconds) });
};

/** Ends a request whose body does not come in time. */
function boundBody(request: IncomingMessage, response: ServerResponse): NodeJS.Timeout | undefined {
  if (request.complete) return undefined;
  return setTimeout(() => {
    if (request.complete) return;
    if (!response.headersSent) response.writeHead(408, { connection: 'close' }).end();
    request.destroy();
  }, BODY_TIMEOUT_MS).unref();
}

const nothingHere = (): HttpError => new HttpError(404, 'NOT_FOUND', 'There is nothing here. GraphQL is at /graphql.');

function asHttpError(error: unknown): HttpError {
  if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') {
    return new HttpError(401, error.code, error.message, { 'www-authenticate': 'Bearer realm="gatehouse"' });
  }
  return isDatabaseTrouble(error)
    ? new HttpError(503, 'UNAVAILABLE', 'The database does not answer. Try again in a moment.', { 'retry-after': '2' })
    : new HttpError(500, 'INTERNAL', 'Something went wrong here. Quote the x-request-id header to the operator.');
}

/** Path and query string as they were sent: neither host nor dots mean anything here. */
function targetOf({ url = '/' }: IncomingMessage): { path: string; search: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, search: '' } : { path: url.slice(0, at), search: url.slice(at) };
}

/** Every value a header came with: Node joins duplicates of some and keeps the first of others. */
function headerValues({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const written = rawHeaders[at] as string;
    if (written.length === name.length && written.toLowerCase() === name) values.push(rawHeaders[at + 1] as string);
  }
  return values;
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}
