// Numbers of rows: one after the other in each data source, given with the row and never twice.

import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { sql } from '../lib/sql.js';
import type { PropertySchema } from '../property/property.js';
import type { Unit } from '../unit-of-work.js';

/** The first of `count` numbers that nobody else gets. Whoever takes some holds the others back until the commit, so that
 *  a refused row leaves no gap. Where numbers were not given here but came with an import, it goes on after them. */
export async function nextNumbers(
  { actor, rows }: Unit,
  { id }: { id: Id },
  column: PropertySchema,
  count: number,
): Promise<number> {
  const highest = sql`(
    select coalesce(max((v.props ->> ${column.id}::text)::int), 0) from row_value v
     where v.workspace_id = ${actor.workspaceId} and v.data_source_id = ${id}::uuid
       and jsonb_typeof(v.props -> ${column.id}::text) = 'number')`;
  const [row] = await rows(sql<{ first: number }>`
    insert into row_counter as c (workspace_id, data_source_id, next)
    values (${actor.workspaceId}, ${id}::uuid, ${highest} + 1 + ${count}::int)
    on conflict (workspace_id, data_source_id) do update set next = c.next + ${count}::int
    returning next - ${count}::int as first`);
  invariant(row, 'A counter was moved on and is not there.');
  return row.first;
}
