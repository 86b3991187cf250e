// How long events are kept. They lie in partitions of one day; what is too old goes as a whole, and the log remembers from
// where on it is complete.

import type { EntityManager } from '@mikro-orm/postgresql';

/** Partitions are there this many days ahead. */
const DAYS_AHEAD = 3;
/** Changes are deleted so many at a time. */
const MAX_DELETED = 5_000;
/** Nobody waits longer than that for a day to go. */
const LOCK_TIMEOUT_MS = 2_000;

/** Makes the partitions of the coming days. Answers how many there were to make. */
export async function makePartitions(em: EntityManager): Promise<number> {
  const [row] = await em.execute<{ made: number }[]>('select make_event_partitions(?) as made', [DAYS_AHEAD]);
  return row?.made ?? 0;
}

/** Lets go of the days that ended before `oldest`, and of the changes they were made of. Answers how many days went. */
export async function dropExpired(em: EntityManager, oldest: Date): Promise<number> {
  const partitions = await em.execute<{ name: string }[]>(
    `select c.relname as name
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'event'::regclass order by c.relname`,
  );
  const lastDay = oldest.toISOString().slice(0, 10).replaceAll('-', '');
  const expired = partitions.filter(({ name }) => /^event_\d{8}$/.test(name) && name.slice(6) < lastDay);
  for (const { name } of expired) await drop(em, name);
  for (;;) {
    const deleted = await em.execute<unknown[]>(
      `delete from change where (workspace_id, seq) in (
         select workspace_id, seq from change
          where stamped_at < ?::timestamptz and settled_as is not null order by stamped_at limit ?)
       returning 1`,
      [oldest.toISOString(), MAX_DELETED],
    );
    if (deleted.length < MAX_DELETED) return expired.length;
  }
}

/** The floor rises in the transaction in which the day goes. */
function drop(em: EntityManager, partition: string): Promise<void> {
  return em.fork().transactional(async (tx) => {
    const transaction = tx as EntityManager;
    await transaction.execute(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await transaction.execute('lock table event in access exclusive mode');
    await transaction.execute(
      `update event_log l set floor = greatest(l.floor, gone.position)
         from (select workspace_id, max(position) as position from ${partition} group by workspace_id) gone
        where l.workspace_id = gone.workspace_id`,
    );
    await transaction.execute(`drop table ${partition}`);
  });
}
