// Data sources as rows are written into them: their columns held still until the commit, with the bits of the actor.

import { requireBits } from '../gate/ask.js';
import type { Bits } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import type { PropertySchema } from '../property/property.js';
import type { StoredSchema } from '../property/row-values.js';
import type { Unit } from '../unit-of-work.js';
import type { Path } from './limits.js';
import { reachOf } from './reach.js';

export interface Table extends StoredSchema {
  id: Id;
  columns: readonly PropertySchema[];
  slots: ReadonlyMap<string, string>;
  /** Root first, itself last. */
  ancestors: readonly Id[];
  inTrash: boolean;
  version: number;
  /** 0 when it is out of reach. */
  access: Bits;
}

/** Holds data sources, and those on the other side of their relations of two ways: nobody changes their columns until the
 *  commit, while others write rows as well. What is missing is absent; whether it is reached is for the caller to ask. */
export async function holdTables({ actor, rows, send }: Unit, ids: readonly Id[]): Promise<Map<Id, Table>> {
  const whole = sql`(${ids}::uuid[] || array(
    select (p.column_ ->> 'dataSourceId')::uuid
      from data_source o cross join lateral jsonb_array_elements(o.properties) as p(column_)
     where o.workspace_id = ${actor.workspaceId} and o.id = any(${ids}::uuid[])
       and p.column_ ->> 'syncedPropertyId' is not null))`;
  // In one order for all, so that nobody waits in a circle; and before they are read, so that what is read stays.
  const holding = send(sql<{ id: Id }>`
    select d.id from data_source d
     where d.workspace_id = ${actor.workspaceId} and d.id = any(${whole}) order by d.id for share of d`);
  const found = await tablesAmong({ actor, rows }, whole);
  const held = new Set((await holding).map(({ id }) => id));
  return new Map([...found].filter(([id]) => held.has(id)));
}

/** Reads data sources as they are now. */
export const readTables = (unit: Pick<Unit, 'actor' | 'rows'>, ids: readonly Id[]): Promise<Map<Id, Table>> =>
  tablesAmong(unit, sql`${ids}::uuid[]`);

async function tablesAmong({ actor, rows }: Pick<Unit, 'actor' | 'rows'>, ids: Sql): Promise<Map<Id, Table>> {
  const found = await rows(sql<Omit<Table, 'slots'> & { slots: Record<string, string> | null }>`
    select r.id, r.properties as columns, r.ancestors, r.in_trash as "inTrash", r.version, reach.access,
           (select jsonb_object_agg(s.property_id, s.slot) from property_slot s
             where s.workspace_id = r.workspace_id and s.data_source_id = r.id) as slots
      from data_source r cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
     where r.workspace_id = ${actor.workspaceId} and r.id = any(${ids})`);
  return new Map(found.map((table) => [table.id, { ...table, slots: new Map(Object.entries(table.slots ?? {})) }]));
}

/** The data source that rows are put into. Refused: missing or out of reach, where the actor may not insert, in the trash. */
export function requireTable(tables: ReadonlyMap<Id, Table>, id: Id, path: Path): Table {
  const table = tables.get(id);
  if (!table || table.access === 0) throw notFound('The data source');
  requireBits(table, 'CONTENT_INSERT', 'create rows in a data source', path);
  if (table.inTrash) {
    throw new Refusal('INVALID_STATE', 'The data source lies in the trash. Restore it first.', { path });
  }
  return table;
}
