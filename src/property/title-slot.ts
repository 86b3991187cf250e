// The typed copy of a row's title, which is kept on the page itself.

import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import { TITLE_PROPERTY_ID } from './property.js';
import { folded, SLOTS } from './slot.js';

/** Writes the title of a row into its slot, where its data source has one for it and the row has values. */
export async function writeTitleSlot(
  { actor, rows }: Unit,
  { id, parentId }: { id: Id; parentId: Id | null },
  title: string,
): Promise<void> {
  const [found] = await rows(sql<{ slot: string }>`
    select slot from property_slot
     where workspace_id = ${actor.workspaceId} and data_source_id = ${parentId}::uuid and property_id = ${TITLE_PROPERTY_ID}`);
  if (!found) return;
  invariant(SLOTS.includes(found.slot), `There is no slot ${found.slot}.`);
  await rows(sql`
    update row_value set ${sql.ref(found.slot)} = ${folded(title)}
     where workspace_id = ${actor.workspaceId} and data_source_id = ${parentId}::uuid and page_id = ${id}::uuid`);
}
