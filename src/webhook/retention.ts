// What becomes of deliveries nobody waits for any more: those of endpoints that are gone are ended, and what is finished is
// forgotten after a while. In pieces, so that no statement takes long.

import type { EntityManager } from '@mikro-orm/postgresql';

/** Rows that one statement takes. */
const MAX_ROWS = 5_000;

/** Ends the endpoints of deleted connections, and whatever is on its way to endpoints that are gone. Answers how many
 *  deliveries that were. */
export async function suppressOrphans(em: EntityManager): Promise<number> {
  await em.execute(`
    update webhook_subscription s
       set deleted_at = now(), secret = '', previous_secret = null, overlap_until = null
      from connection c
     where c.id = s.connection_id and c.status = 'DELETED' and s.deleted_at is null`);
  return inPieces(em, SUPPRESS, [MAX_ROWS]);
}

const SUPPRESS = `
  update delivery d
     set state = 'SUPPRESSED', waits = false, reason = 'SUBSCRIPTION_DELETED', finished_at = clock_timestamp()
    from (select d.workspace_id, d.id
            from webhook_subscription s
            join delivery d on d.subscription_id = s.id and d.state in ('PENDING', 'FAILED')
           where s.deleted_at is not null limit ? for update of d skip locked) gone
   where d.workspace_id = gone.workspace_id and d.id = gone.id
  returning 1`;

/** Forgets deliveries that were finished before `oldest`, and their attempts. Answers how many. */
export const dropFinished = (em: EntityManager, oldest: Date): Promise<number> =>
  inPieces(em, DROP, [oldest.toISOString(), MAX_ROWS]);

const DROP = `
  delete from delivery where (workspace_id, id) in (
    select workspace_id, id from delivery
     where finished_at < ?::timestamptz order by finished_at limit ?)
  returning 1`;

async function inPieces(em: EntityManager, statement: string, values: unknown[]): Promise<number> {
  let all = 0;
  for (;;) {
    const rows = await em.execute<unknown[]>(statement, values);
    all += rows.length;
    if (rows.length < MAX_ROWS) return all;
  }
}
