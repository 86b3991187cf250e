// Looks after the bundled PostgreSQL while the server runs: when it does not answer, it is started again.

import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';

const CHECK_EVERY_MS = 1_000;
const PATIENCE_MS = 2_000;

export interface Keeper {
  /** Resolves when a revival under way has ended. */
  stop(): Promise<void>;
}

/** Begins to look after it. A failed revival is logged and tried again at the next look. */
export function keepDatabase(store: Pick<Store, 'ping' | 'revive'>, log: Logger, everyMs = CHECK_EVERY_MS): Keeper {
  const stopping = new AbortController();
  const look = async (): Promise<void> => {
    try {
      await within(PATIENCE_MS, store.ping());
    } catch (error) {
      if (stopping.signal.aborted) return;
      log.warn({ err: error }, 'The database does not answer; making sure that it runs');
      await store
        .revive()
        .catch((failure: unknown) => log.error({ err: failure }, 'The database could not be started again'));
    }
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await pause(everyMs, stopping.signal);
      if (!stopping.signal.aborted) await look();
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return looking;
    },
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
