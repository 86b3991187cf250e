// New pages and rows as they are written: the one way both come into being.

import { userIdOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import type { StoredCover, StoredIcon } from './appearance.js';
import type { Spot } from './place.js';
import type { Target } from './target.js';

export interface NewPage {
  id: Id;
  title: string;
  icon: StoredIcon | null;
  cover: StoredCover | null;
}

/** As much of a spot as new pages need. */
export interface NewPlace extends Omit<Spot, 'parent'> {
  parent: (Pick<Target, 'kind' | 'id' | 'version'> & { ancestors: readonly Id[] }) | null;
}

/** Writes pages where the spot says, rows when that is a data source, and records them. Values of rows are for
 *  whoever calls. */
export function insertPages(unit: Unit, spot: NewPlace, pages: readonly NewPage[]): void {
  const { actor, send } = unit;
  const editor = userIdOf(actor);
  send(sql`
    insert into page (workspace_id, id, parent_kind, parent_id, teamspace_id, title, ancestors, icon, cover, created_by,
                      last_edited_by)
    select ${actor.workspaceId}::uuid, p.id, ${spot.parentKind}, ${spot.parent?.id ?? null}::uuid, ${spot.teamspaceId}::uuid,
           p.title, ${spot.ancestors}::uuid[] || p.id, p.icon, p.cover, ${editor}::uuid, ${editor}::uuid
      from jsonb_to_recordset(${JSON.stringify(pages)}::jsonb) as p(id uuid, title text, icon jsonb, cover jsonb)`);
  for (const { id } of pages) {
    unit.change({ type: 'PAGE_CREATED', resourceId: id, resourceVersion: 1, ancestors: [...spot.ancestors, id] });
  }
  if (spot.parent?.kind === 'DataSource') recordRows(unit, spot.parent);
}

/** Rows came or went: said of their data source as well, whose own version that does not change. */
export function recordRows(
  unit: Unit,
  { id, version, ancestors }: { id: Id; version: number; ancestors: readonly Id[] },
): void {
  unit.change({ type: 'DATA_SOURCE_CONTENT_UPDATED', resourceId: id, resourceVersion: version, ancestors });
}

/** The same of the data source a row stands below, or stood. */
export async function recordRowsOf(unit: Unit, { parentId }: { parentId: Id | null }): Promise<void> {
  const [dataSource] = await unit.rows(sql<{ id: Id; version: number; ancestors: Id[] }>`
    select id, version, ancestors from data_source
     where workspace_id = ${unit.actor.workspaceId} and id = ${parentId}::uuid`);
  if (dataSource) recordRows(unit, dataSource);
}
