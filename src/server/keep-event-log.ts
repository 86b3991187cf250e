// Looks after the event log while the server runs: changes are stamped and settled soon after their commit, wherever they
// were committed, and what is too old goes. Every process does it; none leads.

import { setTimeout as sleep } from 'node:timers/promises';
import { dropExpired, makePartitions } from '../events/retention.js';
import { type LogStore, settleDue, stampChanges } from '../events/settler.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';

const LOOK_EVERY_MS = 100;
/** Commits that follow each other closer than that are stamped together. */
const GATHER_MS = 8;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface EventLogKeeper {
  /** Finishes what is under way, and stamps and settles a last time. */
  stop(): Promise<void>;
}

export interface EventLogKeeping {
  /** Whose commits are looked at soon. */
  store: LogStore & Pick<Store, 'onCommitted'>;
  log: Logger;
  /** Events are kept for so many days. */
  days: number;
  /** Called whenever this process has settled events. */
  settled?: () => void;
}

/** Begins to look after it. Never throws: what could not be done is tried again. */
export function keepEventLog({ store, log, days, settled }: EventLogKeeping): EventLogKeeper {
  const stopping = new AbortController();
  let wake: (() => void) | undefined;
  let isAwaited = false;
  let troubled = false;

  const look = async (): Promise<void> => {
    try {
      await stampChanges(store);
      if ((await settleDue(store)) > 0) settled?.();
      troubled = false;
    } catch (error) {
      if (!troubled) log.warn({ err: error }, 'Changes could not become events; it is tried again');
      troubled = true;
      // A day without a partition is the one cause that does not pass by itself.
      await makePartitions(store.em()).catch(() => {});
    }
  };
  const tidy = async (): Promise<void> => {
    try {
      await makePartitions(store.em());
      const gone = await dropExpired(store.em(), new Date(Date.now() - days * DAY_MS));
      if (gone > 0) log.info({ days: gone }, 'Events that were kept long enough are gone');
    } catch (error) {
      log.warn({ err: error }, 'Old events could not be let go; it is tried again');
    }
  };
  /** Until something is committed here, or until it is time to see what others committed. */
  const pause = async (): Promise<void> => {
    if (!isAwaited) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      await promise;
      clearTimeout(timer);
      wake = undefined;
    }
    if (isAwaited) await sleep(GATHER_MS);
    isAwaited = false;
  };
  const looking = (async () => {
    await tidy();
    while (!stopping.signal.aborted) {
      await look();
      if (!stopping.signal.aborted) await pause();
    }
  })();
  const tidying = setInterval(() => void tidy(), HOUR_MS).unref();

  const unhear = store.onCommitted(() => {
    isAwaited = true;
    wake?.();
  });

  return {
    stop: async () => {
      stopping.abort();
      unhear();
      clearInterval(tidying);
      wake?.();
      await looking;
      await look();
    },
  };
}
