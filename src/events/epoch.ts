// Which log it is. Cursors name it: after a restore from a backup the log goes on from an older place, and a cursor from
// before may stand for something else there.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Reader } from '../context.js';
import { newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { sql } from '../lib/sql.js';

const FACTS = { epoch: 'log_epoch', origin: 'log_origin' } as const;

/** Where this database lives: another cluster, timeline or database is where a backup was restored to. A copy of the files
 *  of a stopped cluster looks the same. */
const ORIGIN = `
  select (select system_identifier from pg_control_system())::text || ' '
      || (select timeline_id from pg_control_checkpoint())::text || ' '
      || (select oid from pg_database where datname = current_database())::text`;

/** Makes sure that the log has an epoch, and a new one when the database has been restored elsewhere. */
export async function settleEpoch(em: EntityManager): Promise<void> {
  await em.execute(
    `with origin as (select (${ORIGIN}) as value),
          moved as (
            insert into gatehouse_fact as f (name, value) select '${FACTS.origin}', o.value from origin o
            on conflict (name) do update set value = excluded.value where f.value <> excluded.value
            returning 1)
     insert into gatehouse_fact (name, value) select '${FACTS.epoch}', ? from moved
     on conflict (name) do update set value = excluded.value`,
    [newId()],
  );
}

/** The epoch of the log. */
export async function epochOf({ rows }: Pick<Reader, 'rows'>): Promise<string> {
  const [fact] = await rows(sql<{ value: string }>`select value from gatehouse_fact where name = ${FACTS.epoch}`);
  invariant(fact, 'The log has no epoch.');
  return fact.value;
}
