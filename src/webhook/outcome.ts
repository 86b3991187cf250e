// What came of an attempt, written down by whoever held the lease: the delivery goes on or ends, the endpoint is well or is not,
// and one transaction holds both. Trouble is for the owners to know: it stands in the audit log.

import type { EntityManager } from '@mikro-orm/postgresql';
import { appendEntries } from '../audit/append.js';
import { operatorOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import type { Claimed } from './claim.js';
import { releaseLane } from './lane.js';
import { pauseAfter } from './schedule.js';
import type { Suppression } from './told.js';

/** `DELIVERED` by any 2xx. `GONE`: 410, which ends the endpoint. `FAILED`: anything else. */
export type Outcome =
  | { is: 'DELIVERED'; status: number }
  | { is: 'GONE'; status: number }
  | { is: 'FAILED'; status: number | null; why: string; askedMs: number | null }
  | { is: 'SUPPRESSED'; why: Suppression };

/** What is kept of the POST itself; nothing where none was sent. */
export interface Told {
  startedAt: Date;
  ms: number;
  request: Buffer | null;
  response: Buffer | null;
}

/** Attempts that are looked at together. */
const WINDOW_MIN = 5;
/** At least so many, before a share of them says anything. */
const SAMPLE = 10;
const FAILING_SHARE = 0.7;
/** How long the breaker stays open, in seconds: longer each time in a row. */
const OPEN_S = [30, 60, 300, 900];
/** Failing without a break for so long ends in a pause. */
const PAUSE_AFTER_H = 24;
/** A day of failures only says something when there were enough of them. */
const PAUSE_SAMPLE = 8;

/** Writes it down. False when the lease was lost in the meantime: then somebody else tells. */
export async function settleAttempt(
  em: EntityManager,
  { claimed, owner, outcome, told }: { claimed: Claimed; owner: Id; outcome: Outcome; told: Told | null },
): Promise<boolean> {
  const { workspaceId, id, subscriptionId, resourceId, round, attempt } = claimed;
  const isHeld = await em.transactional(async (transaction) => {
    const tx = transaction as EntityManager;
    const [state, pauseMs] = next(outcome, attempt);
    const held = await tx.execute<unknown[]>(
      `update delivery set state = ?, reason = ?, last_status = coalesce(?::int, last_status), crashes = 0,
              next_at = clock_timestamp() + ?::float8 * interval '1 ms',
              finished_at = case when ?::boolean then clock_timestamp() end, lease_owner = null, lease_until = null
        where workspace_id = ? and id = ? and state = 'LEASED' and lease_owner = ? and attempt = ? and round = ?
       returning 1`,
      [
        state,
        reasonOf(outcome),
        statusOf(outcome),
        pauseMs ?? 0,
        state !== 'FAILED',
        workspaceId,
        id,
        owner,
        attempt,
        round,
      ],
    );
    if (held.length === 0) return false;
    if (told) {
      await tx.execute(
        `insert into attempt (workspace_id, delivery_id, round, n, started_at, ms, status, outcome, reason, request, response)
         values (?, ?, ?, ?, ?::timestamptz, ?, ?::int, ?, ?, ?, ?)`,
        [
          workspaceId,
          id,
          round,
          attempt,
          told.startedAt.toISOString(),
          told.ms,
          statusOf(outcome),
          outcome.is,
          reasonOf(outcome),
          told.request,
          told.response,
        ],
      );
    }
    if (outcome.is === 'SUPPRESSED') await leaveProbe(tx, claimed);
    else await tellEndpoint(tx, claimed, outcome);
    return true;
  });
  if (isHeld && resourceId !== null) await releaseLane(em, { subscriptionId, resourceIds: [resourceId] });
  return isHeld;
}

/** State and, for what is tried again, milliseconds until then. */
function next(outcome: Outcome, attempt: number): ['DELIVERED' | 'FAILED' | 'DEAD' | 'SUPPRESSED', number | null] {
  switch (outcome.is) {
    case 'DELIVERED':
      return ['DELIVERED', null];
    case 'SUPPRESSED':
      return ['SUPPRESSED', null];
    case 'GONE':
      return ['DEAD', null];
    case 'FAILED': {
      const pauseMs = pauseAfter({ attempt, askedMs: outcome.askedMs }, Math.random());
      return pauseMs === null ? ['DEAD', null] : ['FAILED', pauseMs];
    }
  }
}

const statusOf = (outcome: Outcome): number | null => (outcome.is === 'SUPPRESSED' ? null : outcome.status);
const reasonOf = (outcome: Outcome): string | null =>
  'why' in outcome ? outcome.why : outcome.is === 'GONE' ? 'GONE' : null;

/** A probe that sent nothing has found nothing out. */
async function leaveProbe(em: EntityManager, { subscriptionId, isProbe }: Claimed): Promise<void> {
  if (!isProbe) return;
  await em.execute(
    `update webhook_endpoint set breaker = 'OPEN', breaker_until = clock_timestamp(), probe_owner = null, probe_until = null
      where subscription_id = ? and breaker = 'HALF_OPEN'`,
    [subscriptionId],
  );
}

interface Health {
  breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  openings: number;
  attempts: number;
  failures: number;
  hoursFailing: number;
  inARow: number;
}

async function tellEndpoint(
  em: EntityManager,
  { subscriptionId, subscription, isProbe }: Claimed,
  outcome: Exclude<Outcome, { is: 'SUPPRESSED' }>,
): Promise<void> {
  const failed = outcome.is !== 'DELIVERED';
  const [health] = await em.execute<Health[]>(
    `update webhook_endpoint
        set window_from = case when window_from > clock_timestamp() - interval '${WINDOW_MIN} min' then window_from
                               else clock_timestamp() end,
            window_attempts = case when window_from > clock_timestamp() - interval '${WINDOW_MIN} min' then window_attempts
                                   else 0 end + 1,
            window_failures = case when window_from > clock_timestamp() - interval '${WINDOW_MIN} min' then window_failures
                                   else 0 end + ?::int,
            failures_in_a_row = case when ?::boolean then failures_in_a_row + 1 else 0 end,
            failing_since = case when ?::boolean then coalesce(failing_since, clock_timestamp()) end,
            last_failure_at = case when ?::boolean then clock_timestamp() else last_failure_at end,
            last_success_at = case when ?::boolean then last_success_at else clock_timestamp() end
      where subscription_id = ?
     returning breaker, breaker_openings as openings, window_attempts as attempts, window_failures as failures,
               coalesce(extract(epoch from clock_timestamp() - failing_since) / 3600, 0)::float8 as "hoursFailing",
               failures_in_a_row as "inARow"`,
    [failed ? 1 : 0, failed, failed, failed, failed, subscriptionId],
  );
  if (!health) return;
  if (!failed) {
    if (isProbe || health.breaker !== 'CLOSED') await closeBreaker(em, subscriptionId);
    return;
  }
  if (outcome.is === 'GONE') return endWith(em, subscription, 'DISABLED', 'GONE', outcome.status);
  if (health.hoursFailing >= PAUSE_AFTER_H && health.inARow >= PAUSE_SAMPLE) {
    return endWith(em, subscription, 'PAUSED', 'FAILING', outcome.status);
  }
  const isFailing = health.attempts >= SAMPLE && health.failures / health.attempts >= FAILING_SHARE;
  if (isProbe || (health.breaker === 'CLOSED' && isFailing)) {
    const seconds = OPEN_S[Math.min(health.openings, OPEN_S.length - 1)] as number;
    await em.execute(
      `update webhook_endpoint
          set breaker = 'OPEN', breaker_until = clock_timestamp() + ?::int * interval '1 s',
              breaker_openings = breaker_openings + 1, probe_owner = null, probe_until = null
        where subscription_id = ?`,
      [seconds, subscriptionId],
    );
  }
}

const closeBreaker = (em: EntityManager, subscriptionId: Id): Promise<unknown> =>
  em.execute(
    `update webhook_endpoint
        set breaker = 'CLOSED', breaker_until = null, breaker_openings = 0, probe_owner = null, probe_until = null,
            window_from = null, window_attempts = 0, window_failures = 0
      where subscription_id = ?`,
    [subscriptionId],
  );

/** Nothing more is sent until somebody resumes it; what happens is kept until then. */
async function endWith(
  em: EntityManager,
  { workspaceId, id }: Claimed['subscription'],
  state: 'PAUSED' | 'DISABLED',
  reason: 'FAILING' | 'GONE',
  status: number | null,
): Promise<void> {
  const ended = await em.execute<unknown[]>(
    `update webhook_subscription set state = ?, state_reason = ?, state_since = now(), version = version + 1
      where workspace_id = ? and id = ? and state = 'ACTIVE' returning 1`,
    [state, reason, workspaceId, id],
  );
  if (ended.length === 0) return;
  const action = state === 'PAUSED' ? 'webhook_subscription.failing' : 'webhook_subscription.disabled';
  await appendEntries(em, [{ actor: operatorOf(workspaceId), entry: { action, targetId: id, details: { status } } }]);
}
