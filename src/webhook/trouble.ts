// What happens to endpoints that fail: one that says it is gone is disabled, one that fails for hours is paused, and owners
// find it in the audit log. What happens meanwhile is kept.

import type { Reader } from '../context.js';
import { operatorOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { type Caller, commit } from '../unit-of-work.js';
import type { StateReason } from './tables.js';

/** An endpoint has failed for so long before it is paused. */
const FAILING_HOURS = 12;
/** So many attempts at least, and so many of a hundred failed, in the last day. */
const MIN_ATTEMPTS = 20;
const MAX_FAILURES = 70;

/** Sends nothing more to an endpoint that said so itself. Does nothing where that is so already. */
export const disableGone = (caller: Omit<Caller, 'actor'>, of: { homeId: Id; subscriptionId: Id }): Promise<boolean> =>
  stop(caller, of, { state: 'DISABLED', reason: 'GONE' });

/** Pauses endpoints most of whose attempts failed since yesterday. Answers how many. */
export async function pauseFailing(caller: Omit<Caller, 'actor'>, reader: Reader): Promise<number> {
  const failing = await reader.rows(sql<{ homeId: Id; subscriptionId: Id }>`
    select s.workspace_id as "homeId", s.id as "subscriptionId"
      from webhook_subscription s join webhook_endpoint e on e.subscription_id = s.id
     cross join lateral (
       select count(*) as attempts, min(a.started_at) as since,
              count(*) filter (where a.status is null or a.status not between 200 and 299) as failures
         from delivery d join attempt a on a.workspace_id = d.workspace_id and a.delivery_id = d.id
        where d.subscription_id = s.id and d.created_at > now() - interval '2 days' and d.kind = 'EVENT'
          and a.started_at > greatest(s.state_since, now() - interval '1 day')) lately
     where s.state = 'ACTIVE' and s.deleted_at is null and e.last_failure_at > now() - interval '1 hour'
       and lately.attempts >= ${sql.lit(MIN_ATTEMPTS)}
       and lately.failures * 100 >= lately.attempts * ${sql.lit(MAX_FAILURES)}
       and lately.since < now() - interval '1 hour' * ${sql.lit(FAILING_HOURS)}`);
  let paused = 0;
  for (const one of failing) if (await stop(caller, one, { state: 'PAUSED', reason: 'FAILING' })) paused++;
  return paused;
}

function stop(
  caller: Omit<Caller, 'actor'>,
  { homeId, subscriptionId }: { homeId: Id; subscriptionId: Id },
  { state, reason }: { state: 'PAUSED' | 'DISABLED'; reason: StateReason },
): Promise<boolean> {
  return commit({ ...caller, actor: operatorOf(homeId) }, async (unit) => {
    const [stopped] = await unit.rows(sql<{ id: Id }>`
      update webhook_subscription
         set state = ${state}, state_reason = ${reason}, state_since = now(), version = version + 1
       where workspace_id = ${homeId} and id = ${subscriptionId} and state = 'ACTIVE' and deleted_at is null
      returning id`);
    if (!stopped) {
      unit.unchanged();
      return false;
    }
    unit.audit({
      action: state === 'PAUSED' ? 'webhook_subscription.paused' : 'webhook_subscription.disabled',
      targetId: subscriptionId,
      details: { reason },
    });
    return true;
  });
}
