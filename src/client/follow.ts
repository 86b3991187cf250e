// For programs that follow Gatehouse from elsewhere: the client of graphql-ws, taught what is particular here. It takes
// nothing from the server, and runs in browsers too.

import { type Client, type ClientOptions, createClient } from 'graphql-ws/client';

/** One delivery. A document has to ask for `kind` and `cursor`; `event` is what it asks of events. */
export interface Envelope<Event = Record<string, unknown>> {
  kind: 'LIVE' | 'CAUGHT_UP' | 'GAP' | 'HEARTBEAT';
  /** How far it is read: keep it once the envelope is dealt with, and give it back as `after`. */
  cursor: string;
  event?: Event | null;
}

export interface Subscription {
  /** A subscription that takes `$after: String` and hands it to its field. */
  query: string;
  /** The others; `after` is set here. */
  variables?: Record<string, unknown>;
  /** Where to go on from; what happens from now on when left out. */
  after?: string | null;
  /** Ends it when it is aborted. */
  signal?: AbortSignal;
}

export interface Follower {
  /** Deliveries, through whatever becomes of the socket: after each reconnection it goes on from the last one, without a gap
   *  and without a double. Ends when `signal` is aborted; throws a `FollowError` when trying again is of no use. */
  follow<Event = Record<string, unknown>>(subscription: Subscription): AsyncGenerator<Envelope<Event>, void, undefined>;
  /** The client of graphql-ws, for queries and mutations over the same socket. */
  client: Client;
  /** Ends all of it. */
  close(): Promise<void>;
}

/** Why it is of no use to try again. */
export class FollowError extends Error {
  override name = 'FollowError';
  constructor(
    message: string,
    /** The code the socket was closed with; null when it was not. */
    readonly closeCode: number | null,
    /** What the operation was refused with. */
    readonly errors: readonly OperationError[] = [],
  ) {
    super(message);
  }
}

export interface OperationError {
  message: string;
  extensions?: Record<string, unknown>;
}

/** `url` (ws: or wss:, with /graphql) and `connectionParams` are what is usually needed; whatever else graphql-ws takes is
 *  taken. Give `connectionParams` as a function when credentials are replaced: it is asked at each connection. */
export type FollowerOptions = ClientOptions;

/** The gateway does not take these credentials any more. */
const REVOKED = 4403;
const PING_EVERY_MS = 12_000;
/** A socket over which nothing comes for so long, not even an answer to a ping, is dead. */
const SILENCE_MS = 30_000;
const ACK_WAIT_MS = 10_000;
const AGAIN_MS = 250;
const AGAIN_MOST_MS = 30_000;
/** So many that were not taken yet, and it is asked again from there once they are. */
const MOST_WAITING = 1_000;

/** A client that comes again for as long as that makes sense. It connects when something is asked first. */
export function createFollower(options: FollowerOptions): Follower {
  const { on, connectionParams } = options;
  let isRefused = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const hear = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => client.terminate(), SILENCE_MS);
  };
  const client: Client = createClient({
    keepAlive: PING_EVERY_MS,
    connectionAckWaitTimeout: ACK_WAIT_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => sleep(Math.min(AGAIN_MOST_MS, AGAIN_MS * 2 ** retries) * (0.5 + Math.random())),
    shouldRetry: (ended) => {
      if (closeCodeOf(ended) !== REVOKED) return true; // also what could not be connected to
      const isNewWorthTrying = typeof connectionParams === 'function' && !isRefused;
      isRefused = true;
      return isNewWorthTrying;
    },
    ...options,
    on: {
      ...on,
      opened: (socket) => {
        hear();
        on?.opened?.(socket);
      },
      message: (message) => {
        hear();
        if (message.type === 'next') isRefused = false;
        on?.message?.(message);
      },
      closed: (event) => {
        clearTimeout(silence);
        on?.closed?.(event);
      },
    },
  });
  return {
    client,
    follow: (subscription) => follow(client, subscription),
    close: async () => {
      await client.dispose();
      clearTimeout(silence);
    },
  };
}

async function* follow<Event>(
  client: Client,
  { query, variables = {}, after = null, signal }: Subscription,
): AsyncGenerator<Envelope<Event>, void, undefined> {
  let cursor = after;
  const payload = {
    query,
    // Read whenever it is sent: the client sends the same again at each reconnection.
    get variables() {
      return { ...variables, after: cursor };
    },
  };
  while (!signal?.aborted) {
    const waiting: Envelope<Event>[] = [];
    let ended: { why?: unknown; isToGoOn?: boolean } | undefined;
    let wake: () => void = () => {};
    const end = (how: NonNullable<typeof ended>): void => {
      ended ??= how;
      wake();
    };
    const stop = client.subscribe<Record<string, Envelope<Event> | null>>(payload, {
      next: ({ data, errors }) => {
        if (ended) return;
        const [envelope] = Object.values(data ?? {});
        if (!envelope) return end({ why: errors ?? [{ message: 'The gateway delivered nothing.' }] });
        if (typeof envelope.cursor !== 'string' || typeof envelope.kind !== 'string') {
          return end({ why: [{ message: 'The subscription has to ask for `kind` and `cursor`, under these names.' }] });
        }
        cursor = envelope.cursor;
        waiting.push(envelope);
        if (waiting.length >= MOST_WAITING) end({ isToGoOn: true });
        wake();
      },
      error: (why) => end({ why }),
      complete: () => end({}),
    });
    const abort = (): void => end({});
    signal?.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        if (signal?.aborted) return;
        const envelope = waiting.shift();
        if (envelope) yield envelope;
        else if (ended) break;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      stop();
    }
    if (ended.why !== undefined) await sleep(waitAfter(ended.why), signal);
    else if (!ended.isToGoOn) return;
  }
}

/** After how long it may be asked again; throws where that is of no use. */
function waitAfter(why: unknown): number {
  if (!Array.isArray(why)) {
    const code = closeCodeOf(why);
    const { message, reason } = (why ?? {}) as { message?: string; reason?: string };
    throw new FollowError(
      code === null ? `The gateway could not be followed: ${message}` : `${MEANING[code] ?? reason} (${code})`,
      code,
    );
  }
  const errors = why as OperationError[];
  const { code, retryAfter } = errors[0]?.extensions ?? {};
  if (code === 'UNAVAILABLE') return AGAIN_MS * (2 + Math.random());
  if (code === 'RATE_LIMITED' && typeof retryAfter === 'number') return retryAfter * 1_000;
  throw new FollowError(errors.map(({ message }) => message).join(' '), null, errors);
}

const MEANING: Record<number, string> = {
  4401: 'The credentials are not valid',
  4403: 'The credentials are not valid any more, or not from here',
};

function closeCodeOf(ended: unknown): number | null {
  const { code } = (ended ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : null;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
