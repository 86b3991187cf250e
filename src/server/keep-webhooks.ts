// Sends webhooks while the server runs: deliveries are made of what was settled, claimed and posted. Every process does it;
// none leads. Whatever could not be done is tried again.

import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';
import { takeProbes } from '../webhook/breaker.js';
import { type Claimed, claimDeliveries, claimHandshakes, recoverLeases } from '../webhook/claim.js';
import { deliver, type Render } from '../webhook/deliver.js';
import type { Egress } from '../webhook/egress.js';
import { releaseLane, releaseStranded } from '../webhook/lane.js';
import { projectDue } from '../webhook/project.js';
import { dropFinished, suppressOrphans } from '../webhook/retention.js';
import { disableGone, pauseFailing } from '../webhook/trouble.js';

/** Without news. */
const LOOK_EVERY_MS = 250;
/** Leases, probes and tokens can wait that long. */
const SEE_TO_EVERY_MS = 1_000;
const TIDY_EVERY_MS = 60_000;
/** Attempts of this process at once. */
const MAX_AT_ONCE = 64;
/** Attempts under way get this long when the process stops; others take over what is left. */
const DRAIN_MS = 5_000;

export interface WebhookKeeper {
  /** Something was settled. */
  wake(): void;
  /** Claims nothing more, and waits a little for what is under way. */
  stop(): Promise<void>;
}

export interface WebhookKeeping {
  store: Pick<Store, 'em' | 'reader' | 'keys'>;
  render: Render;
  egress: Egress;
  log: Logger;
  /** How long finished deliveries are kept. */
  days: number;
}

/** Begins to send. Never throws. */
export function keepWebhooks({ store, render, egress, log, days }: WebhookKeeping): WebhookKeeper {
  const owner = newId();
  const reader = store.reader();
  const underWay = new Set<Promise<void>>();
  let isStopping = false;
  let isAwaited = false;
  let isTroubled = false;
  let wakeUp: (() => void) | undefined;
  const wake = (): void => {
    isAwaited = true;
    wakeUp?.();
  };
  const sender = {
    reader,
    keys: store.keys,
    egress,
    render,
    crashed: (error: unknown, { id, workspaceId }: Claimed) =>
      log.error({ err: error, deliveryId: id, workspaceId }, 'No body could be made for a delivery'),
  };

  const send = async (claimed: Claimed): Promise<void> => {
    const { subscriptionId, resourceId, lane } = claimed;
    try {
      const { isGone } = await deliver(sender, claimed);
      if (isGone) await disableGone(store, claimed);
      if (lane === 'RESOURCE' && resourceId !== null) {
        await releaseLane(store.em(), { subscriptionId, resourceIds: [resourceId] });
      }
    } catch (error) {
      // Its lease runs out, and then it is sent again.
      log.warn({ err: error, deliveryId: claimed.id }, 'What came of a delivery could not be written down');
    }
  };
  const begin = (claimed: readonly Claimed[]): void => {
    for (const one of claimed) {
      const work = send(one).finally(() => {
        underWay.delete(work);
        wake();
      });
      underWay.add(work);
    }
  };
  const room = (): number => MAX_AT_ONCE - underWay.size;

  /** What may wait a second. */
  const seeTo = async (): Promise<void> => {
    const parked = await recoverLeases(reader);
    if (parked > 0)
      log.error({ deliveries: parked }, 'Deliveries were parked: each time they were sent the process ended');
    if (room() > 0) begin(await claimHandshakes(reader, { owner, limit: room() }));
    const probing = room() > 0 ? await takeProbes(reader, owner) : [];
    if (probing.length > 0) begin(await claimDeliveries(reader, { owner, limit: probing.length, probing }));
  };
  const tidy = async (): Promise<void> => {
    const paused = await pauseFailing(store, reader);
    if (paused > 0)
      log.warn({ endpoints: paused }, 'Endpoints were paused because most of what was sent to them failed');
    await releaseStranded(store.em());
    await suppressOrphans(reader);
    await dropFinished(reader, days);
  };
  const every = (ms: number, work: () => Promise<void>): (() => Promise<void>) => {
    let last = Number.NEGATIVE_INFINITY;
    return async () => {
      if (performance.now() - last < ms) return;
      last = performance.now();
      await work();
    };
  };
  const seeToSometimes = every(SEE_TO_EVERY_MS, seeTo);
  const tidySometimes = every(TIDY_EVERY_MS, tidy);

  const look = async (): Promise<void> => {
    try {
      await projectDue(store);
      while (!isStopping && room() > 0) {
        const claimed = await claimDeliveries(reader, { owner, limit: room() });
        begin(claimed);
        if (claimed.length === 0) break;
      }
      await seeToSometimes();
      await tidySometimes();
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) log.warn({ err: error }, 'Webhooks could not be sent; it is tried again');
      isTroubled = true;
    }
  };
  const pause = async (): Promise<void> => {
    if (!isAwaited || isTroubled) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wakeUp = resolve;
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      await promise;
      clearTimeout(timer);
      wakeUp = undefined;
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
    wake,
    stop: async () => {
      isStopping = true;
      wake();
      await looking;
      await Promise.race([Promise.all(underWay), sleep(DRAIN_MS, undefined, { ref: false })]);
      egress.close();
      await Promise.all(underWay);
    },
  };
}
