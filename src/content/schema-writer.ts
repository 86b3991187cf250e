// Alters the columns of a data source, and what its rows hold in them, in the transaction of the command. Rows are gone
// through in parts, so that memory stays small; how many statements that takes grows with them.

import { userIdOf } from '../gate/actor.js';
import { lacking } from '../gate/ask.js';
import { bitsOf } from '../gate/capability.js';
import { type Id, parseId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { sql } from '../lib/sql.js';
import { type Altered, type Altering, alter, alterSynced, changesFor, type SyncedChange } from '../property/alter.js';
import type { NewPropertyInput, SchemaChange } from '../property/column-input.js';
import type { StoredProps } from '../property/property.js';
import { NAMING } from '../property/read-values.js';
import { writeRowValues } from '../property/row-values.js';
import { assignSlots } from '../property/slot.js';
import type { Unit } from '../unit-of-work.js';
import type { ContentLimits, Path } from './limits.js';
import { readTables, type Table } from './table.js';
import { lockTarget, requireLive, requireUnlocked } from './target.js';

/** What became of the values of one column. */
export interface Converted {
  propertyId: string;
  converted: number;
  /** Rows that hold nothing there any more. */
  emptied: number;
}

export interface SchemaAltered {
  converted: Converted[];
  /** Whether anything is other than it was. */
  isChanged: boolean;
}

interface Alteration {
  id: Id;
  changes: readonly SchemaChange[];
  limits: ContentLimits;
  /** Where in the input the changes stand. */
  path: Path;
}

/** Alters a data source; the tree is held, and the data source taken and asked about. Refused: what `alter` refuses; on the
 *  other side of a relation of two ways what the actor may not update, what lies in the trash or is locked. */
export const alterSchema = (
  unit: Unit,
  tables: ReadonlyMap<Id, Table>,
  alteration: Alteration,
): Promise<SchemaAltered> => apply(unit, tables, alteration, { isNew: false });

/** Gives a data source that was made just now its columns: whoever may make it may say what it is. */
export async function beginSchema(
  unit: Unit,
  { columns, ...rest }: Omit<Alteration, 'changes'> & { columns: readonly NewPropertyInput[] },
): Promise<void> {
  if (columns.length === 0) return;
  const changes = changesFor(columns);
  await apply(unit, await takeTables(unit, rest.id, changes), { ...rest, changes }, { isNew: true });
}

async function apply(
  unit: Unit,
  tables: ReadonlyMap<Id, Table>,
  { id, changes, limits, path }: Alteration,
  { isNew }: { isNew: boolean },
): Promise<SchemaAltered> {
  const table = tables.get(id);
  invariant(table, 'A data source is altered that is not there.');
  const altering = alteringOf(table, tables, { limits, isNew });
  const altered = alter(changes, altering, path);
  for (const [otherId, synced] of byDataSource(altered.synced)) {
    await alterOther(unit, { id: otherId, tables, synced, altering });
  }
  if (altered.actions.size === 0) return { converted: [], isChanged: false };
  return { converted: await write(unit, table, altered, isNew), isChanged: true };
}

/** Takes the data source, and those whose columns may change with it, in one order for all, and reads them after that.
 *  Others that the changes name are read as well. Refuses nothing: what is missing is absent. */
export async function takeTables(unit: Unit, id: Id, changes: readonly SchemaChange[]): Promise<Map<Id, Table>> {
  const { actor, rows } = unit;
  const before = (await readTables(unit, [id])).get(id);
  const named = changes.flatMap(({ add }) => {
    const related = add?.relation && parseId(add.relation.dataSourceId);
    return related ? [{ id: related, isSynced: add?.relation?.syncedName != null }] : [];
  });
  const removes = changes.some(({ remove }) => remove != null);
  const related = (before?.columns ?? []).flatMap((column) =>
    column.type === 'RELATION' && column.dataSourceId !== null
      ? [{ id: column.dataSourceId, isSynced: removes && column.syncedPropertyId !== undefined }]
      : [],
  );
  const all = [...named, ...related];
  const taken = [...new Set([id, ...all.filter(({ isSynced }) => isSynced).map((one) => one.id)])];
  await rows(sql`
    select 1 from data_source where workspace_id = ${actor.workspaceId} and id = any(${taken}::uuid[])
     order by id for no key update`);
  return readTables(unit, [...new Set([id, ...all.map((one) => one.id)])]);
}

const READ = bitsOf(['CONTENT_READ']);

function alteringOf(
  table: Table,
  tables: ReadonlyMap<Id, Table>,
  { limits, isNew }: { limits: ContentLimits; isNew: boolean },
): Altering {
  const mayRead = (access: number): boolean => (access & READ) !== 0;
  return {
    dataSourceId: table.id,
    columns: table.columns,
    mayRead: isNew || mayRead(table.access),
    lacksRead: () => lacking(table.access, 'CONTENT_READ', NAMING),
    tableOf: (id) => {
      const other = tables.get(id);
      return other && other.access !== 0 ? { columns: other.columns, mayRead: mayRead(other.access) } : undefined;
    },
    limits,
  };
}

function byDataSource(changes: readonly SyncedChange[]): Map<Id, SyncedChange[]> {
  const grouped = new Map<Id, SyncedChange[]>();
  for (const change of changes) {
    const group = grouped.get(change.dataSourceId);
    if (group) group.push(change);
    else grouped.set(change.dataSourceId, [change]);
  }
  return grouped;
}

/** The other side of relations of two ways. One that was deleted for good takes nothing with it. */
async function alterOther(
  unit: Unit,
  {
    id,
    tables,
    synced,
    altering,
  }: { id: Id; tables: ReadonlyMap<Id, Table>; synced: SyncedChange[]; altering: Altering },
): Promise<void> {
  const table = tables.get(id);
  if (!table && synced.every((change) => 'remove' in change)) return;
  const path = synced[0]?.path ?? [];
  const target = await lockTarget(unit, { kind: 'DataSource', id, doing: 'change the other side of a relation', path });
  requireLive(target, path);
  requireUnlocked(target, path);
  invariant(table, 'A data source was locked and is not there.');
  const mayRead = (table.access & READ) !== 0;
  const altered = alterSynced(table.columns, synced, { ...altering, dataSourceId: id, mayRead });
  if (altered.actions.size > 0) await write(unit, table, altered, false);
}

const ROWS_AT_ONCE = 1_000;

async function write(unit: Unit, table: Table, altered: Altered, isNew: boolean): Promise<Converted[]> {
  const { actor, rows } = unit;
  const slots = assignSlots(altered.columns, table.slots);
  if (altered.numbering !== null) await numberRows(unit, table, altered.numbering);
  const converted = await rewriteRows(unit, table, altered, slots);
  await writeSlots(unit, table, slots);
  const [row] = await rows(sql<{ version: number }>`
    update data_source
       set properties = ${JSON.stringify(altered.columns)}::jsonb, version = version + ${isNew ? 0 : 1}::int,
           last_edited_at = now(), last_edited_by = ${userIdOf(actor)}::uuid
     where workspace_id = ${actor.workspaceId} and id = ${table.id}::uuid
    returning version`);
  invariant(row, 'A data source was altered and is not there.');
  if (!isNew) {
    unit.change({
      type: 'DATA_SOURCE_SCHEMA_UPDATED',
      resourceId: table.id,
      resourceVersion: row.version,
      ancestors: table.ancestors,
      details: { updatedProperties: [...altered.actions].map(([id, action]) => ({ id, action })) },
    });
  }
  return converted;
}

/** Rows that hold something in a column whose values or slot change are written again, with all their slots. */
async function rewriteRows(
  { send, actor, rows }: Unit,
  table: Table,
  { columns, conversions, numbering }: Altered,
  slots: ReadonlyMap<string, string>,
): Promise<Converted[]> {
  const moved = table.columns.filter(({ id }) => slots.get(id) !== table.slots.get(id)).map(({ id }) => id);
  const touched = [...new Set([...conversions.keys(), ...moved, ...(numbering === null ? [] : [numbering])])];
  if (touched.length === 0) return [];
  const counts = new Map<string, Converted>();
  for (let last: Id | null = null; ; ) {
    const found: { pageId: Id; title: string; props: StoredProps }[] = await rows(sql<{
      pageId: Id;
      title: string;
      props: StoredProps;
    }>`
      select v.page_id as "pageId", p.title, v.props
        from row_value v join page p on p.workspace_id = v.workspace_id and p.id = v.page_id
       where v.workspace_id = ${actor.workspaceId} and v.data_source_id = ${table.id}::uuid
         and jsonb_exists_any(v.props, ${touched}::text[]) and (${last}::uuid is null or v.page_id > ${last}::uuid)
       order by v.page_id limit ${sql.lit(ROWS_AT_ONCE)}`);
    for (const { props } of found) convert(props, conversions, counts);
    writeRowValues(
      { send },
      actor.workspaceId,
      found.map((row) => ({ dataSourceId: table.id, ...row })),
      () => ({ columns, slots }),
    );
    if (found.length < ROWS_AT_ONCE) break;
    last = found.at(-1)?.pageId ?? null;
  }
  return columns.flatMap(({ id }) => counts.get(id) ?? []);
}

function convert(props: StoredProps, conversions: Altered['conversions'], counts: Map<string, Converted>): void {
  for (const [propertyId, conversion] of conversions) {
    const before = props[propertyId];
    if (before === undefined) continue;
    const after = conversion(before);
    if (after === undefined) delete props[propertyId];
    else props[propertyId] = after;
    if (after === before) continue;
    const count = counts.get(propertyId) ?? { propertyId, converted: 0, emptied: 0 };
    counts.set(propertyId, count);
    if (after === undefined) count.emptied++;
    else count.converted++;
  }
}

/** Numbers the rows there are, in the trash as well, in the order in which they were made. The copies in slots follow. */
async function numberRows({ actor, rows }: Unit, { id }: Table, propertyId: string): Promise<void> {
  await rows(sql`
    insert into row_value (workspace_id, data_source_id, page_id, props)
    select p.workspace_id, p.parent_id, p.id, jsonb_build_object(${propertyId}::text, p.number)
      from (select workspace_id, parent_id, id, row_number() over (order by created_at, id) as number
              from page
             where workspace_id = ${actor.workspaceId} and parent_id = ${id}::uuid and parent_kind = 'DATA_SOURCE') p
    on conflict (workspace_id, data_source_id, page_id) do update set props = row_value.props || excluded.props`);
  await rows(sql`
    insert into row_counter (workspace_id, data_source_id, next)
    select ${actor.workspaceId}, ${id}::uuid, count(*) + 1
      from page where workspace_id = ${actor.workspaceId} and parent_id = ${id}::uuid and parent_kind = 'DATA_SOURCE'
    on conflict (workspace_id, data_source_id) do update set next = excluded.next`);
}

async function writeSlots(
  { actor, rows }: Unit,
  { id, slots: before }: Table,
  slots: ReadonlyMap<string, string>,
): Promise<void> {
  const isSame = before.size === slots.size && [...slots].every(([property, slot]) => before.get(property) === slot);
  if (isSame) return;
  await rows(sql`
    delete from property_slot where workspace_id = ${actor.workspaceId} and data_source_id = ${id}::uuid`);
  const records = [...slots].map(([property_id, slot]) => ({ property_id, slot }));
  await rows(sql`
    insert into property_slot (workspace_id, data_source_id, property_id, slot)
    select ${actor.workspaceId}, ${id}::uuid, s.property_id, s.slot
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as s(property_id text, slot text)`);
}
