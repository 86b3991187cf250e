// Sends webhooks while the server runs: what is due goes out, what was left behind by processes that are no more is taken up.
// Every process does it; none leads.

import type { RenderDelivery } from '../api/render-delivery.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';
import { recoverLost } from '../webhook/claim.js';
import { deliverDue } from '../webhook/deliver.js';
import type { EgressOptions } from '../webhook/egress.js';
import { VERSION } from './version.js';

const LOOK_EVERY_MS = 100;
const RECOVER_EVERY_MS = 5_000;
/** Batches of this process that are under way at once: one that waits for a slow endpoint keeps no other from its turn. */
const MAX_BATCHES = 10;

export interface WebhookKeeping {
  store: Pick<Store, 'em' | 'reader' | 'keys'>;
  render: RenderDelivery;
  egress: EgressOptions;
  log: Logger;
}

export interface WebhookKeeper {
  /** There are new deliveries: they are looked at now. */
  news(): void;
  /** Breaks off what is under way: whoever comes next tries it again, under the same ids. */
  stop(): Promise<void>;
}

/** Begins to send. Never throws: what could not be done is tried again. */
export function keepWebhooks({ store, render, egress, log }: WebhookKeeping): WebhookKeeper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { em, keys } = store;
  const sender = {
    em,
    keys,
    log,
    egress,
    render,
    signal,
    reader: () => store.reader(),
    owner: newId(),
    userAgent: `Gatehouse/${VERSION}`,
  };
  const underWay = new Set<Promise<void>>();
  let isAwaited = false;
  let wake: (() => void) | undefined;
  let troubled = false;
  let recoveredAt = Number.NEGATIVE_INFINITY;

  const news = (): void => {
    isAwaited = true;
    wake?.();
  };
  const trouble = (error: unknown): void => {
    if (!troubled && !signal.aborted) log.warn({ err: error }, 'Webhooks could not be sent; it is tried again');
    troubled = true;
  };
  /** Takes a batch, and once it is done looks whether there is more. */
  const sendBatch = (): void => {
    const batch: Promise<void> = deliverDue(sender)
      .then((sent) => {
        troubled = false;
        if (sent > 0) news();
      }, trouble)
      .finally(() => underWay.delete(batch));
    underWay.add(batch);
  };
  const look = async (): Promise<void> => {
    if (performance.now() - recoveredAt > RECOVER_EVERY_MS) {
      await recoverLost(em());
      recoveredAt = performance.now();
    }
    if (underWay.size < MAX_BATCHES) sendBatch();
  };
  const pause = async (): Promise<void> => {
    if (!isAwaited || underWay.size >= MAX_BATCHES) {
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
    while (!signal.aborted) {
      await look().catch(trouble);
      if (!signal.aborted) await pause();
    }
  })();

  return {
    news,
    stop: async () => {
      stopping.abort();
      wake?.();
      await looking;
      await Promise.all(underWay);
    },
  };
}
