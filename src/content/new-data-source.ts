// A new data source as it is written, with the columns it is given and their slots.

import { userIdOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { type PropertySchema, TITLE_PROPERTY_ID } from '../property/property.js';
import { assignSlots } from '../property/slot.js';
import type { Unit } from '../unit-of-work.js';

/** What every data source has at least. */
export const TITLE_COLUMN: PropertySchema = { id: TITLE_PROPERTY_ID, name: 'Name', type: 'TITLE' };

export interface NewDataSource {
  id: Id;
  title: string;
  properties: readonly PropertySchema[];
}

/** Writes a data source below a database and records it. */
export async function insertDataSource(
  unit: Unit,
  database: { id: Id; ancestors: readonly Id[] },
  { id, title, properties }: NewDataSource,
): Promise<void> {
  const { actor, rows } = unit;
  const editor = userIdOf(actor);
  const ancestors = [...database.ancestors, id];
  const slots = [...assignSlots(properties, new Map())].map(([property, slot]) => ({ property, slot }));
  await rows(sql`
    insert into data_source (workspace_id, id, database_id, title, properties, ancestors, created_by, last_edited_by)
    values (${actor.workspaceId}, ${id}, ${database.id}, ${title}, ${JSON.stringify(properties)}::jsonb, ${ancestors}::uuid[],
            ${editor}::uuid, ${editor}::uuid)`);
  await rows(sql`
    insert into property_slot (workspace_id, data_source_id, property_id, slot)
    select ${actor.workspaceId}, ${id}::uuid, s.property, s.slot
      from jsonb_to_recordset(${JSON.stringify(slots)}::jsonb) as s(property text, slot text)`);
  unit.change({ type: 'DATA_SOURCE_CREATED', resourceId: id, resourceVersion: 1, ancestors });
}
