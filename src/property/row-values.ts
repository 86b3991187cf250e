// Writes what rows hold: the values and their typed copies by one statement, however many rows there are.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import type { PropertySchema, StoredProps } from './property.js';
import { SLOTS, slotValues } from './slot.js';

export interface RowValues {
  dataSourceId: Id;
  pageId: Id;
  title: string;
  props: StoredProps;
}

/** The columns of a data source, and where the copies of their values lie: property id → slot. */
export interface StoredSchema {
  columns: readonly PropertySchema[];
  slots: ReadonlyMap<string, string>;
}

/** Puts values in place of what there was. Every slot is written: what a row does not hold is null there. */
export async function writeRowValues(
  em: EntityManager,
  workspaceId: Id,
  rows: readonly RowValues[],
  schemaOf: (dataSourceId: Id) => StoredSchema,
): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ dataSourceId, pageId, title, props }) => {
    const { columns, slots } = schemaOf(dataSourceId);
    return { data_source_id: dataSourceId, page_id: pageId, props, ...slotValues(title, props, columns, slots) };
  });
  await em.execute(UPSERT, [workspaceId, JSON.stringify(records)]);
}

const TYPES: Readonly<Record<string, string>> = {
  n: 'double precision',
  d: 'timestamptz',
  t: 'text',
  b: 'boolean',
  a: 'jsonb',
};

const UPSERT = `
  insert into row_value (workspace_id, data_source_id, page_id, props, ${SLOTS.join(', ')})
  select ?, r.data_source_id, r.page_id, r.props, ${SLOTS.map(selected).join(', ')}
    from jsonb_to_recordset(?::jsonb)
      as r(data_source_id uuid, page_id uuid, props jsonb, ${SLOTS.map((slot) => `${slot} ${TYPES[slot.charAt(0)]}`).join(', ')})
  on conflict (workspace_id, data_source_id, page_id) do update
     set props = excluded.props, ${SLOTS.map((slot) => `${slot} = excluded.${slot}`).join(', ')}`;

function selected(slot: string): string {
  return slot.startsWith('a')
    ? `case when r.${slot} is null then null else array(select jsonb_array_elements_text(r.${slot})) end`
    : `r.${slot}`;
}
