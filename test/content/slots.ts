// Whether what rows hold agrees with itself: the copies in slots with the values they are made from, both sides of every
// relation of two ways, and values with the columns there are. Worked out anew from the tables, past everything in src/ but
// the one function that says what a slot holds.

import { expect } from 'vitest';
import type { Id } from '../../src/lib/id.js';
import type { PropertySchema, StoredProps } from '../../src/property/property.js';
import { SLOTS, slotValues } from '../../src/property/slot.js';
import type { World } from '../world.js';

export interface StoredRow {
  id: Id;
  dataSourceId: Id;
  title: string;
  props: StoredProps;
  version: number;
  slots: Record<string, unknown>;
}

export async function storedRows(world: World): Promise<StoredRow[]> {
  return world.sql<StoredRow>(
    `select p.id, v.data_source_id as "dataSourceId", p.title, v.props, p.version, to_jsonb(v) - 'props' as slots
       from row_value v join page p on p.workspace_id = v.workspace_id and p.id = v.page_id
      where v.workspace_id = $1 order by p.created_at, p.id`,
    [world.workspaceId],
  );
}

const schemas = (world: World) =>
  world.sql<{ id: Id; properties: PropertySchema[]; slots: Record<string, string> | null }>(
    `select d.id, d.properties,
            (select jsonb_object_agg(property_id, slot) from property_slot s
              where s.workspace_id = d.workspace_id and s.data_source_id = d.id) as slots
       from data_source d where d.workspace_id = $1`,
    [world.workspaceId],
  );

/** What is wrong with the rows of a world; nothing when all agrees. */
export async function contradictionsIn(world: World): Promise<string[]> {
  const found = await schemas(world);
  const schemaOf = new Map(found.map((schema) => [schema.id, schema]));
  const rows = await storedRows(world);
  const rowOf = new Map(rows.map((row) => [`${row.dataSourceId} ${row.id}`, row]));
  const wrong: string[] = [];
  for (const row of rows) {
    const { properties, slots } = schemaOf.get(row.dataSourceId)!;
    const expected = slotValues(row.title, row.props, properties, new Map(Object.entries(slots ?? {})));
    for (const slot of SLOTS) {
      const [is, should] = [normal(row.slots[slot]), normal(expected[slot])];
      if (is !== should) wrong.push(`${row.title}: ${slot} is ${is}, but should be ${should}`);
    }
    for (const [id, value] of Object.entries(row.props)) {
      const column = properties.find((one) => one.id === id);
      if (!column) wrong.push(`${row.title}: a value of ${id}, which is no column`);
      if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
        wrong.push(`${row.title}: ${id} holds ${JSON.stringify(value)}, which is empty`);
      }
      if (column && 'options' in column) {
        const known = new Set(column.options.map((option) => option.id));
        for (const chosen of [value].flat()) {
          if (!known.has(chosen as Id)) wrong.push(`${row.title}: ${column.name} holds an option that is gone`);
        }
      }
      if (column?.type !== 'RELATION' || column.syncedPropertyId === undefined || !Array.isArray(value)) continue;
      for (const other of value as Id[]) {
        const back = rowOf.get(`${column.dataSourceId} ${other}`)?.props[column.syncedPropertyId] as Id[] | undefined;
        if (!back?.includes(row.id))
          wrong.push(`${row.title}: ${column.name} points to ${other}, which does not point back`);
      }
    }
  }
  return wrong;
}

export const expectAgreement = async (world: World): Promise<void> => expect(await contradictionsIn(world)).toEqual([]);

/** Instants are compared as such, everything else as JSON. */
function normal(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d(T|$)/.test(value)) return new Date(value).toISOString();
  return JSON.stringify(value);
}
