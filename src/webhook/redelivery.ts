// Sending again: one delivery, or what was numbered within a range. Ids stay, bodies are made anew, and whether they may be
// told is asked anew. And trying an endpoint, with something that did not happen.

import { type Id, newId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { releaseLane } from './lane.js';
import { lockSubscription } from './lifecycle.js';
import type { DeliveryState, Lane } from './tables.js';

/** Deliveries one replay sends again. */
export const MAX_REPLAYED = 10_000;
/** Tests of a connection's endpoints within a minute: nobody's ports are looked through with them. */
export const MAX_TESTS_A_MINUTE = 10;

const FINISHED: readonly DeliveryState[] = ['DELIVERED', 'DEAD', 'SUPPRESSED'];

/** Sends one delivery again, in a new round. Refused: one that is missing or of somebody else's endpoint, one that is on its
 *  way, what is no event. */
export async function redeliver(caller: Caller, { id }: { id: Id }): Promise<{ id: Id }> {
  const again = await commit(caller, async (unit) => {
    const [found] = await unit.rows(sql<{ subscriptionId: Id }>`
      select d.subscription_id as "subscriptionId" from delivery d
        join webhook_subscription s on s.id = d.subscription_id
       where d.id = ${id} and s.workspace_id = ${unit.actor.workspaceId}`);
    const missing = notFound('The delivery');
    if (!found) throw missing;
    const { subscription } = await lockSubscription(unit, found.subscriptionId, missing);
    const [sequence] = await unit.rows(sql<{ sequence: number | null }>`
      select sequence::float8 as sequence from delivery where id = ${id}`);
    const number = sequence?.sequence;
    if (number == null) throw new Refusal('INVALID_STATE', 'Only deliveries of events can be sent again.');
    const sent = await sendAgain(unit, subscription, { from: number, to: number });
    if (sent.length === 0) throw new Refusal('INVALID_STATE', 'This delivery is on its way already.');
    unit.audit({ action: 'delivery.redelivered', targetId: subscription.id, after: { deliveryId: id } });
    return { subscription, sent };
  });
  await letGo(caller, again);
  return { id };
}

/** Sends again what was numbered from `fromSequence` to `toSequence` (both included) and is not on its way; what was
 *  delivered as well, unless `undeliveredOnly`. Answers how many. Refused: an endpoint that is missing or somebody else's, a
 *  range of more than `MAX_REPLAYED`. */
export async function replayDeliveries(
  caller: Caller,
  {
    id,
    fromSequence,
    toSequence,
    undeliveredOnly = false,
  }: { id: Id; fromSequence: number; toSequence: number; undeliveredOnly?: boolean },
): Promise<{ id: Id; count: number }> {
  if (!(fromSequence >= 1 && toSequence >= fromSequence)) {
    throw new Refusal('INVALID', 'toSequence should be at least fromSequence, which begins at 1.', {
      path: ['toSequence'],
    });
  }
  if (toSequence - fromSequence >= MAX_REPLAYED) {
    throw new Refusal(
      'INVALID',
      `At most ${MAX_REPLAYED} deliveries are sent again at once. Ask for a part at a time.`,
      {
        path: ['toSequence'],
      },
    );
  }
  const again = await commit(caller, async (unit) => {
    const { subscription } = await lockSubscription(unit, id);
    const states = undeliveredOnly ? FINISHED.filter((state) => state !== 'DELIVERED') : FINISHED;
    const sent = await sendAgain(unit, subscription, { from: fromSequence, to: toSequence, states });
    unit.audit({
      action: 'delivery.replayed',
      targetId: id,
      after: { fromSequence, toSequence, undeliveredOnly, count: sent.length },
    });
    return { subscription, sent };
  });
  await letGo(caller, again);
  return { id, count: again.sent.length };
}

/** Posts something that did not happen to an endpoint, once. What came of it is in the delivery that is answered. Refused: an
 *  endpoint that is not active, too many within a minute. */
export function testWebhookSubscription(caller: Caller, { id }: { id: Id }): Promise<{ id: Id; deliveryId: Id }> {
  return commit(caller, async (unit) => {
    const { subscription } = await lockSubscription(unit, id);
    if (subscription.state !== 'ACTIVE') {
      throw new Refusal('INVALID_STATE', `Only an active endpoint can be tried; this one is ${subscription.state}.`);
    }
    const [lately] = await unit.rows(sql<{ count: number }>`
      select count(*)::int as count from webhook_subscription s join delivery d on d.subscription_id = s.id
       where s.connection_id = ${subscription.connectionId} and d.kind = 'TEST'
         and d.created_at > clock_timestamp() - interval '1 minute'`);
    if ((lately?.count ?? 0) >= MAX_TESTS_A_MINUTE) {
      throw new Refusal(
        'RATE_LIMITED',
        `At most ${MAX_TESTS_A_MINUTE} tests are sent within a minute. Try again in one.`,
      );
    }
    const deliveryId = newId();
    await unit.rows(sql`
      insert into delivery (workspace_id, id, subscription_id, kind)
      values (${unit.actor.workspaceId}, ${deliveryId}, ${id}, 'TEST')`);
    unit.audit({ action: 'webhook_subscription.tested', targetId: id });
    return { id, deliveryId };
  });
}

interface Again {
  subscription: { id: Id; lane: Lane };
  sent: { resourceId: Id }[];
}

/** In their lanes they wait until it is known which is the first. */
const sendAgain = (
  unit: Unit,
  { id, lane }: { id: Id; lane: Lane },
  { from, to, states = FINISHED }: { from: number; to: number; states?: readonly DeliveryState[] },
): Promise<{ resourceId: Id }[]> =>
  unit.rows(sql<{ resourceId: Id }>`
    update delivery
       set state = 'PENDING', round = round + 1, attempt = 0, crashes = 0, reason = null, finished_at = null,
           next_at = clock_timestamp(), waits = ${lane === 'RESOURCE'}
     where subscription_id = ${id} and kind = 'EVENT' and state = any(${[...states]}::text[])
       and sequence between ${from}::float8::bigint and ${to}::float8::bigint
    returning resource_id as "resourceId"`);

async function letGo({ em }: Caller, { subscription, sent }: Again): Promise<void> {
  if (subscription.lane !== 'RESOURCE') return;
  const resourceIds = [...new Set(sent.map(({ resourceId }) => resourceId))];
  await releaseLane(em(), { subscriptionId: subscription.id, resourceIds });
}
