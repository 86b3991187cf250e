// Makes deliveries while the server runs: soon after events were settled, wherever that was. Every process does it; none leads.
// Who sends them is another.

import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';
import { releaseStranded } from '../webhook/lane.js';
import { projectDue } from '../webhook/project.js';
import { dropFinished, suppressOrphans } from '../webhook/retention.js';

const LOOK_EVERY_MS = 100;
const TIDY_EVERY_MS = 60_000; // a minute
const DAY_MS = 86_400_000;

export interface ProjectionKeeper {
  /** Events were settled by this process: they are looked at now. */
  news(): void;
  /** Finishes what is under way, and looks a last time. */
  stop(): Promise<void>;
}

export interface ProjectionKeeping {
  store: Pick<Store, 'em' | 'reader'>;
  log: Logger;
  /** Finished deliveries are kept for so many days. */
  days: number;
  /** Called whenever this process has made deliveries. */
  made?: () => void;
}

/** Begins to make them. Never throws: what could not be done is tried again. */
export function keepProjection({ store, log, days, made }: ProjectionKeeping): ProjectionKeeper {
  let isStopping = false;
  let isAwaited = false;
  let wake: (() => void) | undefined;
  let troubled = false;
  let tidiedAt = Number.NEGATIVE_INFINITY;

  const look = async (): Promise<void> => {
    try {
      if ((await projectDue(store)) > 0) made?.();
      if (performance.now() - tidiedAt > TIDY_EVERY_MS) {
        tidiedAt = performance.now();
        await suppressOrphans(store.em());
        await dropFinished(store.em(), new Date(Date.now() - days * DAY_MS));
        if ((await releaseStranded(store.em())) > 0) made?.();
      }
      troubled = false;
    } catch (error) {
      if (!troubled) log.warn({ err: error }, 'Events could not become deliveries; it is tried again');
      troubled = true;
    }
  };
  /** Until there is news, or until it is time to see what others settled. */
  const pause = async (): Promise<void> => {
    if (!isAwaited) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      await promise;
      clearTimeout(timer);
      wake = undefined;
    }
    isAwaited = false;
  };
  const looking = (async () => {
    while (!isStopping) {
      await look();
      if (!isStopping) await pause();
    }
  })();

  return {
    news: () => {
      isAwaited = true;
      wake?.();
    },
    stop: async () => {
      isStopping = true;
      wake?.();
      await looking;
      await look();
    },
  };
}
