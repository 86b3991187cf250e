// The breaker of an endpoint. Where much fails nothing is sent for a while, then one delivery that tries whether it is over;
// what comes of that decides. It lies in the database, so that it is one for all processes.

import type { Reader } from '../context.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';

/** So much is looked at together. */
const WINDOW_MINUTES = 5;
/** Fewer say nothing. */
const MIN_ATTEMPTS = 10;
/** Of a hundred. */
const MAX_FAILURES = 70;
/** How long it is open for the first time, and at most; it doubles each time. */
const FIRST_SECONDS = 30;
const MOST_SECONDS = 900;
/** Who probes has so long; then somebody else may. */
const PROBE_SECONDS = 60;

/** True for deliveries `d` of endpoint `s` that may be sent at this moment. */
export const isDue = sql`
  d.subscription_id = s.id and d.state in ('PENDING', 'FAILED') and not d.waits and d.next_at <= now()`;

/** What an attempt changes of endpoint `e`. A success closes the breaker, whoever had it. */
export function counting(isSuccess: boolean): Sql {
  if (isSuccess) {
    return sql`
      failures_in_a_row = 0, failing_since = null, last_success_at = clock_timestamp(), probe_owner = null,
      probe_until = null, breaker = 'CLOSED', breaker_until = null,
      breaker_openings = 0,
      window_from = case when e.breaker = 'CLOSED' and ${isWindowOpen} then e.window_from else now() end,
      window_attempts = case when e.breaker = 'CLOSED' and ${isWindowOpen} then e.window_attempts else 0 end + 1,
      window_failures = case when e.breaker = 'CLOSED' and ${isWindowOpen} then e.window_failures else 0 end`;
  }
  const attempts = sql`(case when ${isWindowOpen} then e.window_attempts else 0 end + 1)`;
  const failures = sql`(case when ${isWindowOpen} then e.window_failures else 0 end + 1)`;
  const opens = sql`(
    e.breaker = 'HALF_OPEN'
    or (e.breaker = 'CLOSED' and ${attempts} >= ${sql.lit(MIN_ATTEMPTS)}
        and ${failures} * 100 >= ${attempts} * ${sql.lit(MAX_FAILURES)}))`;
  return sql`
    failures_in_a_row = e.failures_in_a_row + 1, failing_since = coalesce(e.failing_since, now()),
    last_failure_at = clock_timestamp(),
    window_from = case when ${isWindowOpen} then e.window_from else now() end,
    window_attempts = ${attempts}, window_failures = ${failures},
    breaker = case when ${opens} then 'OPEN' else e.breaker end,
    breaker_until = case when ${opens} then now() + interval '1 second' * least(
      ${sql.lit(MOST_SECONDS)}, ${sql.lit(FIRST_SECONDS)} * 2 ^ least(e.breaker_openings, 10)) else e.breaker_until end,
    breaker_openings = e.breaker_openings + case when ${opens} then 1 else 0 end,
    probe_owner = case when ${opens} then null else e.probe_owner end,
    probe_until = case when ${opens} then null else e.probe_until end`;
}

const isWindowOpen = sql`
  (e.window_from is not null and e.window_from > now() - interval '1 minute' * ${sql.lit(WINDOW_MINUTES)})`;

/** Endpoints that this process may send one delivery to, to see whether they are well again. No other process may, until
 *  that one has come to something or a minute has passed. */
export async function takeProbes(reader: Reader, owner: Id): Promise<Id[]> {
  const taken = await reader.rows(sql<{ id: Id }>`
    update webhook_endpoint e
       set breaker = 'HALF_OPEN', probe_owner = ${owner}, probe_until = now() + interval '1 second' * ${sql.lit(PROBE_SECONDS)}
      from webhook_subscription s
     where s.id = e.subscription_id and s.state = 'ACTIVE' and s.deleted_at is null
       and ((e.breaker = 'OPEN' and e.breaker_until <= now()) or (e.breaker = 'HALF_OPEN' and e.probe_until <= now()))
       and exists (select from delivery d where ${isDue})
    returning s.id`);
  return taken.map(({ id }) => id);
}
