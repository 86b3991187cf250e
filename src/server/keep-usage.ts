// Writes what installations asked, a while after they did: every ten seconds while there is something, and at the end.
// A process that is killed takes at most that much with it.

import { setTimeout as sleep } from 'node:timers/promises';
import { pruneUsage, writeUsage } from '../connection/usage-store.js';
import type { UsageTally } from '../connection/usage-tally.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';

const WRITE_EVERY_MS = 10_000;
const PRUNE_EVERY_MS = 3_600_000;

export interface UsageKeeper {
  /** Writes what was counted so far. Never throws: what could not be written is kept for the next time. */
  write(): Promise<void>;
  /** Writes the rest. */
  stop(): Promise<void>;
}

export interface UsageKeeping {
  store: Pick<Store, 'em'>;
  tally: UsageTally;
  log: Logger;
  everyMs?: number;
  now?: () => number;
}

/** Begins to write. */
export function keepUsage({ store, tally, log, everyMs = WRITE_EVERY_MS, now = Date.now }: UsageKeeping): UsageKeeper {
  const stopping = new AbortController();
  let prunedAt = Number.NEGATIVE_INFINITY;
  let writing = Promise.resolve();

  const prune = async (): Promise<void> => {
    if (now() - prunedAt < PRUNE_EVERY_MS) return;
    await pruneUsage(store.em(), now());
    prunedAt = now();
  };
  const writeBatch = async (): Promise<void> => {
    const batch = tally.take();
    try {
      if (batch.length > 0) await writeUsage(store.em(), batch);
    } catch (error) {
      tally.putBack(batch);
      log.warn({ err: error }, 'What connections asked could not be written down; it is tried again');
    }
  };
  /** One after the other, so that nothing is taken twice. */
  const write = (): Promise<void> => {
    writing = writing.then(writeBatch);
    return writing;
  };
  const keeping = (async () => {
    while (!stopping.signal.aborted) {
      await write();
      await prune().catch((error: unknown) => log.warn({ err: error }, 'Old usage could not be taken away'));
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    write,
    stop: async () => {
      stopping.abort();
      await keeping;
      await write();
    },
  };
}
