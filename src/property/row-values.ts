// Writes what rows hold: the values and their typed copies by one statement, however many rows there are.

import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
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
export function writeRowValues(
  { send }: Pick<Unit, 'send'>,
  workspaceId: Id,
  rows: readonly RowValues[],
  schemaOf: (dataSourceId: Id) => StoredSchema,
): void {
  if (rows.length === 0) return;
  const records = rows.map(({ dataSourceId, pageId, title, props }) => {
    const { columns, slots } = schemaOf(dataSourceId);
    return { data_source_id: dataSourceId, page_id: pageId, props, ...slotValues(title, props, columns, slots) };
  });
  send(sql`
    insert into row_value (workspace_id, data_source_id, page_id, props, ${NAMES})
    select ${workspaceId}::uuid, r.data_source_id, r.page_id, r.props, ${SELECTED}
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
        as r(data_source_id uuid, page_id uuid, props jsonb, ${TYPED})
    on conflict (workspace_id, data_source_id, page_id) do update set props = excluded.props, ${EXCLUDED}`);
}

const TYPES: Readonly<Record<string, string>> = {
  n: 'double precision',
  d: 'timestamptz',
  t: 'text',
  b: 'boolean',
  a: 'jsonb',
};

const eachSlot = (text: (slot: string) => string): Sql => sql.raw(SLOTS.map(text).join(', '));
const NAMES = eachSlot((slot) => slot);
const TYPED = eachSlot((slot) => `${slot} ${TYPES[slot.charAt(0)]}`);
const EXCLUDED = eachSlot((slot) => `${slot} = excluded.${slot}`);
const SELECTED = eachSlot((slot) =>
  slot.startsWith('a')
    ? `case when r.${slot} is null then null else array(select jsonb_array_elements_text(r.${slot})) end`
    : `r.${slot}`,
);
