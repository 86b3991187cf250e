// What becomes of a delivery after an attempt: written in one statement with the attempt and with how the endpoint does, and
// only by who holds the claim.

import type { Reader } from '../context.js';
import type { KeyRing } from '../lib/secret.js';
import { sql } from '../lib/sql.js';
import { counting } from './breaker.js';
import { type Claimed, MAX_CRASHES } from './claim.js';
import type { Answered } from './egress.js';
import { type Excerpt, sealExcerpt } from './excerpt.js';
import { secondsToNext } from './schedule.js';
import type { Suppression } from './told.js';

/** What came of an attempt. CRASHED: no body could be made. */
export type Outcome =
  | { kind: 'SENT'; request: Excerpt | null; answered: Answered }
  | { kind: 'SUPPRESSED'; reason: Suppression }
  | { kind: 'CRASHED' };

/** Bytes of an answer that are kept. */
const MAX_KEPT = 1_000;

const isSuccess = ({ status }: Answered): boolean => status !== null && status >= 200 && status <= 299;
export const isGone = (outcome: Outcome): boolean => outcome.kind === 'SENT' && outcome.answered.status === 410;

/** Writes it down. False when the claim had run out: then it counts for nothing. `chance` spreads the next attempt. */
export async function finishDelivery(
  { reader, keys }: { reader: Reader; keys: KeyRing },
  claimed: Claimed,
  outcome: Outcome,
  chance = Math.random(),
): Promise<boolean> {
  const { state, reason, seconds, status } = verdictOn(claimed, outcome, chance);
  const isFinal = state !== 'FAILED';
  const sent = outcome.kind === 'SENT' ? outcome : null;
  const counts = sent !== null && claimed.kind === 'EVENT';
  const [done] = await reader.rows(sql<{ count: number }>`
    with done as (
      update delivery d
         set state = ${state}, reason = ${reason}::text, last_status = coalesce(${status}::int, d.last_status),
             crashes = case when ${outcome.kind === 'CRASHED'} then d.crashes + 1 else 0 end,
             next_at = clock_timestamp() + interval '1 second' * ${seconds}::float8,
             finished_at = case when ${isFinal} then clock_timestamp() end, lease_owner = null, lease_until = null
       where d.workspace_id = ${claimed.workspaceId} and d.id = ${claimed.id} and d.state = 'LEASED'
         and d.lease_owner = ${claimed.owner} and d.round = ${claimed.round}::int and d.attempt = ${claimed.attempt}::int
      returning d.workspace_id, d.id, d.subscription_id, d.round, d.attempt),
    logged as (
      insert into attempt (workspace_id, delivery_id, round, n, started_at, ms, status, outcome, reason, request, response)
      select workspace_id, id, round, attempt, clock_timestamp() - interval '1 millisecond' * ${sent?.answered.ms ?? 0}::float8,
             ${sent?.answered.ms ?? null}::int, ${status}::int,
             ${sent === null ? outcome.kind : isSuccess(sent.answered) ? 'DELIVERED' : 'FAILED'}, ${reason}::text,
             ${sent?.request ? sealExcerpt(keys, claimed, sent.request) : null}::bytea,
             ${sent ? sealedAnswer(keys, claimed, sent.answered) : null}::bytea
        from done where ${sent !== null}
          on conflict do nothing),
    counted as (
      update webhook_endpoint e set ${counting(sent !== null && isSuccess(sent.answered))}
        from done where e.subscription_id = done.subscription_id and ${counts})
    select count(*)::int as count from done`);
  return done?.count === 1;
}

interface Verdict {
  state: 'DELIVERED' | 'FAILED' | 'DEAD' | 'SUPPRESSED';
  reason: string | null;
  /** Until it is tried again. */
  seconds: number;
  status: number | null;
}

function verdictOn({ kind, attempt, crashes, claimedAtMs }: Claimed, outcome: Outcome, chance: number): Verdict {
  if (outcome.kind === 'SUPPRESSED') return { state: 'SUPPRESSED', reason: outcome.reason, seconds: 0, status: null };
  if (outcome.kind === 'CRASHED') {
    // As if the process had ended with it: nothing was sent, and others have to go on.
    const isParked = crashes + 1 >= MAX_CRASHES;
    return { state: isParked ? 'DEAD' : 'FAILED', reason: isParked ? 'PARKED' : 'NO_BODY', seconds: 1, status: null };
  }
  const { answered } = outcome;
  const { status } = answered;
  if (isSuccess(answered)) return { state: 'DELIVERED', reason: null, seconds: 0, status };
  if (status === 410) return { state: 'DEAD', reason: 'GONE', seconds: 0, status };
  const retryAfter = answered.status === null ? undefined : answered.headers['retry-after'];
  // Who tries an endpoint looks at what came of it, and tries again.
  const seconds = kind === 'TEST' ? null : secondsToNext(attempt, { retryAfter, now: new Date(claimedAtMs), chance });
  const reason = answered.status === null ? answered.reason : `STATUS_${answered.status}`;
  return { state: seconds === null ? 'DEAD' : 'FAILED', reason, seconds: seconds ?? 0, status };
}

function sealedAnswer(keys: KeyRing, claimed: Claimed, answered: Answered): Buffer | null {
  if (answered.status === null) return null;
  return sealExcerpt(keys, claimed, { headers: answered.headers, body: answered.body.slice(0, MAX_KEPT) });
}
