// What goes: deliveries that were finished long ago, with their attempts, and what waits for endpoints that are no more.

import type { Reader } from '../context.js';
import { sql } from '../lib/sql.js';

const STEP = 5_000;

/** Takes away deliveries that came to their end more than `days` ago. Answers how many. */
export async function dropFinished(reader: Reader, days: number): Promise<number> {
  for (let all = 0; ; ) {
    const gone = await reader.rows(sql`
      delete from delivery d using (
        select workspace_id, id from delivery
         where finished_at < now() - interval '1 day' * ${days}::int limit ${sql.lit(STEP)}) old
       where d.workspace_id = old.workspace_id and d.id = old.id
      returning 1`);
    all += gone.length;
    if (gone.length < STEP) return all;
  }
}

/** Ends what waits for endpoints that were deleted. Answers how many. */
export async function suppressOrphans(reader: Reader): Promise<number> {
  for (let all = 0; ; ) {
    const ended = await reader.rows(sql`
      update delivery d set state = 'SUPPRESSED', reason = 'SUBSCRIPTION_DELETED', finished_at = clock_timestamp()
        from (select o.workspace_id, o.id from webhook_subscription s join delivery o on o.subscription_id = s.id
               where s.deleted_at is not null and o.state in ('PENDING', 'FAILED')
               limit ${sql.lit(STEP)} for no key update of o skip locked) orphan
       where d.workspace_id = orphan.workspace_id and d.id = orphan.id
      returning 1`);
    all += ended.length;
    if (ended.length < STEP) return all;
  }
}
