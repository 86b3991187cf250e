// The command on what a data source is: its title and its columns. Where it stands is database-lifecycle.ts.

import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import type { SchemaChange } from '../property/column-input.js';
import { commit } from '../unit-of-work.js';
import { limitsOf, requireText, type Writer } from './limits.js';
import { alterSchema, type Converted, takeTables } from './schema-writer.js';
import { lockEditable, rewrite } from './target.js';
import { holdTree } from './tree-lock.js';

export interface UpdateDataSource {
  id: Id;
  title?: string | null | undefined;
  changes?: readonly SchemaChange[] | null | undefined;
  expectedVersion?: number | null | undefined;
}

/** Changes the title and the columns of a data source, in one step with what its rows hold. Refused: what the actor may not
 *  update, here or on the other side of a relation of two ways; what lies in the trash, a locked database, a stale version,
 *  no change at all, and what `alter` refuses. */
export async function updateDataSource(
  caller: Writer,
  { id, title, changes, expectedVersion }: UpdateDataSource,
): Promise<{ id: Id; converted: Converted[] }> {
  const limits = limitsOf(caller);
  return commit(caller, async (unit) => {
    if (title === undefined && !changes?.length) throw new Refusal('REQUIRED', 'Say what to change: title or changes.');
    const retitle =
      title === undefined ? null : requireText(title ?? '', limits, { limit: 'maxTitleLength', path: ['title'] });
    holdTree(unit);
    const tables = await takeTables(unit, id, changes ?? []);
    const asked = { kind: 'DataSource', id, doing: 'update a data source' } as const;
    const target = await lockEditable(unit, asked, { expectedVersion });
    const { converted, isChanged } = await alterSchema(unit, tables, {
      id,
      changes: changes ?? [],
      limits,
      path: ['changes'],
    });
    const isRetitled = retitle !== null && retitle !== target.title;
    if (isChanged && isRetitled) {
      await unit.rows(sql`
        update data_source set title = ${retitle} where workspace_id = ${unit.actor.workspaceId} and id = ${id}::uuid`);
    } else if (isRetitled) {
      await rewrite(unit, target, [sql`title = ${retitle}`]);
      unit.unannounced();
    } else if (!isChanged) unit.unchanged();
    return { id, converted };
  });
}
