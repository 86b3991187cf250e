// Titles and names of what is mentioned, as far as somebody may read them: everything else is masked.

import { readableNames } from '../connection/users.js';
import type { Actor } from '../gate/actor.js';
import { READ } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import type { Mentioned } from './mentioned.js';
import { reachOf } from './reach.js';
import type { Titles } from './span.js';

/** Titles of the mentioned resources and names of the mentioned users an actor may read, by id, as one value; the others
 *  are left out. */
export function readableTitles({ actor }: { actor: Actor }, ids: Sql): Sql {
  return sql`(
    select jsonb_object_agg(named.id, named.name) from (
      select m.id, m.title as name from resource m cross join lateral ${reachOf(actor, sql.ref('m.ancestors'))}
       where m.workspace_id = ${actor.workspaceId} and m.id = any(${ids}) and reach.access & ${sql.lit(READ)} <> 0
       union all
      ${readableNames(actor, ids)}) named)`;
}

/** The same for a command; no statement when nothing is mentioned. */
export async function readableTitlesOf(unit: Unit, { resourceIds, userIds }: Mentioned): Promise<Titles> {
  const ids: Id[] = [...resourceIds, ...userIds];
  if (ids.length === 0) return {};
  const [row] = await unit.rows(sql<{ titles: Titles | null }>`
    select ${readableTitles(unit, sql`${ids}::uuid[]`)} as titles`);
  return row?.titles ?? {};
}
