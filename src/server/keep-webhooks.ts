// Sends webhooks while the server runs: events become deliveries, those that are due are sent, those that finished long ago go.
// Every process does it; none leads.

import { setTimeout as sleep } from 'node:timers/promises';
import type { RenderDelivery } from '../api/render-delivery.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';
import { recoverLost } from '../webhook/claim.js';
import { deliverDue } from '../webhook/deliver.js';
import type { EgressOptions } from '../webhook/egress.js';
import { releaseStranded } from '../webhook/lane.js';
import { projectDue } from '../webhook/project.js';
import { VERSION } from './version.js';

const LOOK_EVERY_MS = 250;
const RECOVER_EVERY_MS = 5_000;
const TIDY_EVERY_MS = 3_600_000; // an hour

export interface WebhookKeeping {
  store: Pick<Store, 'em' | 'reader' | 'keys'>;
  render: RenderDelivery;
  egress: EgressOptions;
  log: Logger;
  /** Deliveries that are finished are kept for so many days. */
  days: number;
}

export interface WebhookKeeper {
  /** There are new events. */
  news(): void;
  /** Ends what is under way: whoever comes next tries it again, with the same ids. */
  stop(): Promise<void>;
}

/** Begins to send. Never throws: what could not be done is tried again. */
export function keepWebhooks({ store, render, egress, log, days }: WebhookKeeping): WebhookKeeper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sender = {
    em: store.em,
    reader: () => store.reader(),
    keys: store.keys,
    log,
    owner: newId(),
    egress,
    render,
    userAgent: `Gatehouse/${VERSION}`,
    signal,
  };
  let hasNews = true;
  let wake: (() => void) | undefined;
  let troubled = false;

  const tryIt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      troubled = false;
    } catch (error) {
      if (!troubled && !signal.aborted) log.warn({ err: error }, 'Webhooks could not be sent; it is tried again');
      troubled = true;
    }
  };
  const pause = async (): Promise<void> => {
    if (hasNews) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const timer = setTimeout(resolve, LOOK_EVERY_MS);
    await promise;
    clearTimeout(timer);
    wake = undefined;
  };

  /** Two loops, so that what is slow to send holds up nothing that has just happened. */
  const projecting = (async () => {
    while (!signal.aborted) {
      hasNews = false;
      await tryIt(async () => void (await projectDue({ em: store.em, reader: () => store.reader() })));
      if (!signal.aborted) await pause();
    }
  })();
  const underWay = new Set<Promise<unknown>>();
  const delivering = (async () => {
    let recoveredAt = 0;
    while (!signal.aborted) {
      let sent = 0;
      await tryIt(async () => {
        if (Date.now() - recoveredAt > RECOVER_EVERY_MS) {
          await recoverLost(store.em());
          await releaseStranded(store.em());
          recoveredAt = Date.now();
        }
        sent = await Promise.race([startOne(), sleep(LOOK_EVERY_MS, 0)]);
      });
      if (sent === 0 || underWay.size >= MAX_BATCHES)
        await sleep(LOOK_EVERY_MS / 5, undefined, { signal }).catch(() => {});
    }
    await Promise.all(underWay);
  })();
  /** A batch that waits for a slow endpoint does not keep the next from being started. */
  const startOne = (): Promise<number> => {
    if (underWay.size >= MAX_BATCHES) return Promise.resolve(0);
    const batch = deliverDue(sender);
    underWay.add(batch);
    const done = () => void underWay.delete(batch);
    batch.then(done, done);
    return batch;
  };
  const tidy = async (): Promise<void> => {
    await store
      .em()
      .execute(`delete from delivery where finished_at < now() - ?::int * interval '1 day'`, [days])
      .catch((error: unknown) => log.warn({ err: error }, 'Old deliveries could not be let go; it is tried again'));
  };
  const tidying = setInterval(() => void tidy(), TIDY_EVERY_MS).unref();

  return {
    news: () => {
      hasNews = true;
      wake?.();
    },
    stop: async () => {
      stopping.abort();
      clearInterval(tidying);
      wake?.();
      await Promise.all([projecting, delivering]);
    },
  };
}

/** Batches of one process that are under way at once. */
const MAX_BATCHES = 10;
