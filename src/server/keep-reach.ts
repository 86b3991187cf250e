// Keeps the lists of pages below shared resources while the server runs: those of new shares are built within a second or
// so, those nobody needs are taken away once an hour. Answers are the same without it, only slower.

import { setTimeout as sleep } from 'node:timers/promises';
import { buildReach, sweepReach } from '../content/reach-build.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';

const BUILD_EVERY_MS = 1_000;
const TRY_AGAIN_MS = 10_000;
const SWEEP_EVERY_MS = 3_600_000; // an hour

export interface ReachKeeper {
  /** Leaves what is half built for the next server. */
  stop(): Promise<void>;
}

/** Begins to keep them. */
export function keepReach({ em }: Pick<Store, 'em'>, log: Logger): ReachKeeper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const keeping = (async () => {
    let sweptAt = Date.now();
    while (!signal.aborted) {
      let pauseMs = BUILD_EVERY_MS;
      try {
        await buildReach(em, signal);
        if (Date.now() - sweptAt >= SWEEP_EVERY_MS) {
          await sweepReach(em);
          sweptAt = Date.now();
        }
      } catch (error) {
        log.warn({ err: error }, 'Lists of shared pages could not be kept; it is tried again');
        pauseMs = TRY_AGAIN_MS;
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return keeping;
    },
  };
}
