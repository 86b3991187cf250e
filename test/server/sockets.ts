// Sockets in tests: the stock client of graphql-ws for what programs do, and bare frames for what they should not.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Asker, SignedIn, World } from '../world.js';

export interface Envelope {
  kind: 'LIVE' | 'CAUGHT_UP' | 'GAP' | 'HEARTBEAT';
  cursor: string;
  event: { type: string; resourceId: string; sequence: number; page?: { title: string | null } | null } | null;
}

export interface Delivered {
  data?: { events: Envelope | null } | null;
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

export const FOLLOW = `subscription S($after: String, $filter: EventFilter) { events(after: $after, filter: $filter) {
  kind cursor event { type resourceId sequence ... on PageEvent { page { title } } } } }`;

export const paramsOf = (asker: Asker | SignedIn): Record<string, unknown> =>
  'token' in asker
    ? { authorization: `Bearer ${asker.token}` }
    : {
        csrfToken: asker.csrfToken,
        ...(asker.workspaceId && { workspace: asker.workspaceId }),
        ...(asker.actAs && { actAs: asker.actAs }),
      };

/** A client that connects once and does not try again. */
export function clientOf(world: World, asker: Asker | SignedIn, params: Record<string, unknown> = {}): Client {
  const headers = 'token' in asker ? {} : { cookie: `gatehouse-session=${asker.secret}` };
  class WithCookie extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { headers });
    }
  }
  return createClient({
    url: `${world.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithCookie,
    connectionParams: { ...paramsOf(asker), ...params },
    retryAttempts: 0,
    lazy: true,
  });
}

export interface Following {
  /** Whatever came, in its order. */
  deliveries: Delivered[];
  envelopes(): Envelope[];
  /** Kinds of events that came. */
  types(): string[];
  /** Why it ended, once it has: errors of the subscription, or the closing of its socket. */
  ended: Promise<unknown>;
  /** Resolves once so many envelopes came. */
  has(count: number): Promise<void>;
  stop(): void;
}

/** Follows until it is stopped. */
export function follow(client: Client, variables: Record<string, unknown> = {}, query = FOLLOW): Following {
  const deliveries: Delivered[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const stop = client.subscribe<Delivered['data']>(
    { query, variables },
    {
      next: (value) => void deliveries.push(value as Delivered),
      error: resolve,
      complete: () => resolve('complete'),
    },
  );
  const envelopes = (): Envelope[] => deliveries.flatMap(({ data }) => data?.events ?? []);
  return {
    deliveries,
    envelopes,
    types: () => envelopes().flatMap(({ event }) => event?.type ?? []),
    ended,
    has: (count) => until(() => deliveries.length >= count),
    stop,
  };
}

/** Resolves once it holds; throws when that takes too long. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 8_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It took too long.');
    await sleep(10);
  }
}

/** One operation that answers once. */
export function once(client: Client, query: string, variables: Record<string, unknown> = {}): Promise<Delivered> {
  return new Promise((resolve, reject) => {
    let came: Delivered | undefined;
    client.subscribe(
      { query, variables },
      {
        next: (value) => {
          came = value as Delivered;
        },
        error: reject,
        complete: () => resolve(came as Delivered),
      },
    );
  });
}

export interface Bare {
  ws: WebSocket;
  /** Messages that came. */
  came: Record<string, unknown>[];
  closed: Promise<{ code: number; reason: string }>;
  say(message: unknown): void;
}

/** A socket that says what it is told to. */
export async function bare(
  world: World,
  { path = '/graphql', protocol = 'graphql-transport-ws', headers = {} } = {},
): Promise<Bare> {
  const ws = new WebSocket(`${world.url.replace('http', 'ws')}${path}`, protocol, { headers });
  const came: Record<string, unknown>[] = [];
  ws.on('message', (data) => came.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await new Promise<void>((resolve, reject) => {
    ws.once('open', () => resolve());
    ws.once('error', reject);
  });
  return {
    ws,
    came,
    closed,
    say: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
  };
}
