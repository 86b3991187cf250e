// Rows as they are written, one or many: read what is asked, look up what it names, hold what it touches, change it in
// memory row by row, and write it all at once. How many statements that takes does not depend on how many rows there are.

import { Attachments, type NamedUpload } from '../file/attach.js';
import { userIdOf } from '../gate/actor.js';
import { lacking, requireBits } from '../gate/ask.js';
import { type Bits, bitsOf } from '../gate/capability.js';
import { type Id, newId, parseId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import {
  type PropertySchema,
  type SchemaOf,
  type StoredProps,
  type StoredValue,
  TITLE_PROPERTY_ID,
} from '../property/property.js';
import type { PropertyInput } from '../property/property-input.js';
import { NAMING, type Named, notFoundAt, RELATED, readValues, type WrittenValues } from '../property/read-values.js';
import { writeRowValues } from '../property/row-values.js';
import type { Unit } from '../unit-of-work.js';
import type { StoredCover, StoredIcon } from './appearance.js';
import { UPLOAD } from './block-content.js';
import { type ContentLimits, type Path, requireText, requireWithin } from './limits.js';
import { uploadsOfLook } from './look.js';
import { insertPages } from './new-page.js';
import { reached, reachOf } from './reach.js';
import { holdTables, readTables, requireTable, type Table } from './table.js';
import { requireLive, requireTargetVersion, requireUnlocked } from './target.js';
import { nextNumbers } from './unique-id.js';

/** What a row is to be from now on; what is undefined stays. */
interface Written {
  title?: string | undefined;
  icon?: StoredIcon | null | undefined;
  cover?: StoredCover | null | undefined;
  properties: readonly PropertyInput[];
  /** Where in the input the row stands; empty when it is the input. */
  path: Path;
}

export type NewRow = Written;

export interface RowChange extends Written {
  /** What is no id is like a row that is missing. */
  id: Id;
  expectedVersion?: number | null | undefined;
}

/** Of one row: that it was written, or why not. */
export type Outcome = { id: Id } | { refusal: Refusal };

/** Whether rows are written when others of the same call are refused. */
export type BatchMode = 'ALL_OR_NOTHING' | 'EACH';

interface Batch {
  unit: Unit;
  limits: ContentLimits;
  mode: BatchMode;
}

/** Makes rows in a data source; the tree is held. Refused as a whole: a data source that is missing or out of reach, where
 *  the actor may not insert, in the trash. Each row by itself: what `readValues` refuses; what it names and is not there. */
export async function insertRows(
  batch: Batch,
  dataSourceId: Id,
  news: readonly NewRow[],
  path: Path,
): Promise<Outcome[]> {
  keepPlans(batch.unit);
  const named = lookUp(batch.unit, pointedTo(news, batch.limits));
  const tables = await holdTables(batch.unit, [dataSourceId]);
  const table = requireTable(tables, dataSourceId, path);
  requireWithin(table.ancestors.length + 1, batch.limits, { limit: 'maxTreeDepth', units: 'levels above it', path });
  const asked = news.map((row) => ({ row, read: readRow(batch, table, table.access, row) }));
  const rows = new Rows(batch, tables);
  await rows.hold(
    [],
    asked.flatMap(({ row, read }) => (read instanceof Refusal ? [] : [{ table, read, row }])),
    named,
  );
  const made: RowState[] = [];
  const outcomes = asked.map(({ row, read }): Outcome => {
    if (read instanceof Refusal) return { refusal: read };
    const state = newState(table, row);
    const refusal = rows.apply(state, read, row);
    if (refusal) return { refusal };
    made.push(state);
    return { id: state.id };
  });
  requireAllInMode(batch, outcomes);
  await numberRows(batch.unit, table, made);
  if (made.length > 0)
    insertPages(
      batch.unit,
      spotOf(table),
      made.map(({ id, title, icon, cover }) => ({ id, title, icon, cover })),
    );
  await rows.write(made);
  return outcomes;
}

/** Changes rows; the tree is held. Each row by itself is refused: what is missing, out of reach or no row; what the actor
 *  may not update; a stale version; what lies in the trash or is locked; what `readValues` refuses; what it names and is
 *  not there. What comes to the same is left as it is. */
export async function changeRows(batch: Batch, changes: readonly RowChange[]): Promise<Outcome[]> {
  keepPlans(batch.unit);
  const places = await placesOf(
    batch.unit,
    changes.map(({ id }) => id).filter((id) => parseId(id) !== null),
  );
  const tables = await holdTables(batch.unit, [
    ...new Set([...places.values()].map(({ dataSourceId }) => dataSourceId)),
  ]);
  const asked = changes.map((row) => {
    const placed = places.get(row.id);
    const table = placed && tables.get(placed.dataSourceId);
    if (!placed || !table) return { row, read: notFoundIn(row) };
    return { row, table, read: readRow(batch, table, placed.access, row) };
  });
  const rows = new Rows(batch, tables);
  const readable = asked.flatMap(({ row, table, read }) =>
    read instanceof Refusal || !table ? [] : [{ id: row.id, table, read, row }],
  );
  await rows.hold(
    asked.flatMap(({ row, table }) => (table ? [{ id: row.id, table }] : [])),
    readable,
  );
  const outcomes = asked.map(({ row, read }): Outcome => {
    const state = rows.states.get(row.id);
    const refusal = state ? (refusalOf(() => requireChangeable(state, row)) ?? read) : notFoundIn(row);
    if (refusal instanceof Refusal) return { refusal };
    const refused = rows.apply(state as RowState, refusal, row);
    return refused ? { refusal: refused } : { id: row.id };
  });
  requireAllInMode(batch, outcomes);
  await rows.write([]);
  return outcomes;
}

/** Whether it stands below a data source, whoever asks; the tree is held. */
export async function isRow({ actor, rows }: Unit, id: Id): Promise<boolean> {
  const [found] = await rows(sql`
    select 1 from page where workspace_id = ${actor.workspaceId} and id = ${id}::uuid and parent_kind = 'DATA_SOURCE'`);
  return found !== undefined;
}

/** A page was put below a data source; the tree is taken. It holds what it held when it was there before, and nothing where it
 *  never was; where rows are numbered it gets a number. */
export async function enterTable(
  unit: Unit,
  dataSourceId: Id,
  { id, title }: { id: Id; title: string },
): Promise<void> {
  const { actor, rows } = unit;
  const table = (await readTables(unit, [dataSourceId])).get(dataSourceId);
  invariant(table, 'A row was put into a data source that is not there.');
  const [values] = await rows(sql<{ props: StoredProps }>`
    select props from row_value
     where workspace_id = ${actor.workspaceId} and data_source_id = ${dataSourceId}::uuid and page_id = ${id}::uuid`);
  const props = values?.props ?? {};
  const number = table.columns.find(({ type }) => type === 'UNIQUE_ID');
  if (number && props[number.id] === undefined) props[number.id] = await nextNumbers(unit, table, number, 1);
  writeRowValues(unit, actor.workspaceId, [{ dataSourceId, pageId: id, title, props }], () => table);
}

/** A row while it is written. */
interface RowState {
  id: Id;
  table: Table;
  title: string;
  props: StoredProps;
  icon: StoredIcon | null;
  cover: StoredCover | null;
  version: number;
  ancestors: readonly Id[];
  inTrash: boolean;
  isLocked: boolean;
  access: Bits;
  before: { title: string; props: StoredProps; look: string };
  /** Numbers are given at last, when it is known which rows are made. */
  isNew: boolean;
}

/** What one row names of uploads, in its values, its icon and its cover. */
const uploadsOf = (row: Written, { uploads }: WrittenValues, resourceId: Id): NamedUpload[] => [
  ...uploads.map((one) => ({ ...one, resourceId })),
  ...uploadsOfLook(row, resourceId, row.path),
];

const newState = (table: Table, { title = '', icon = null, cover = null }: NewRow): RowState => {
  const id = newId();
  return {
    id,
    table,
    title,
    props: {},
    icon,
    cover,
    version: 1,
    ancestors: [...table.ancestors, id],
    inTrash: false,
    isLocked: false,
    access: table.access,
    before: { title, props: {}, look: '' },
    isNew: true,
  };
};

type Relation = SchemaOf<'RELATION'>;
type Synced = Relation & { dataSourceId: Id; syncedPropertyId: string };

/** Something of the content that a value names. */
interface NamedResource {
  id: Id;
  kind: string;
  parentId: Id | null;
  inTrash: boolean;
  access: Bits;
}

const READ_OR_UPDATE = bitsOf(['CONTENT_READ', 'CONTENT_UPDATE']);
const READ = bitsOf(['CONTENT_READ']);

/** Pages, databases and data sources, and people and groups. */
interface NamedIds {
  resources: ReadonlySet<Id>;
  people: ReadonlySet<Id>;
}

/** Those of them there are. */
interface LookUp {
  ids: NamedIds;
  resources: Promise<NamedResource[]>;
  people: Promise<{ id: Id }[]>;
}

const isWithin = (some: ReadonlySet<Id>, all: ReadonlySet<Id>): boolean => [...some].every((id) => all.has(id));

/** Goes with what is sent next. */
function lookUp({ actor, send }: Unit, ids: NamedIds): LookUp {
  const [resources, people] = [[...ids.resources], [...ids.people]];
  return {
    ids,
    resources:
      resources.length === 0
        ? Promise.resolve([])
        : send(sql<NamedResource>`
            select r.id, r.kind, r.parent_id as "parentId", r.in_trash as "inTrash", reach.access
              from resource r cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
             where r.workspace_id = ${actor.workspaceId} and r.id = any(${resources}::uuid[])`),
    people:
      people.length === 0
        ? Promise.resolve([])
        : send(sql<{ id: Id }>`
            select person_id as id from membership
             where workspace_id = ${actor.workspaceId} and person_id = any(${people}::uuid[]) and ended_at is null
            union all
            select id from person_group
             where workspace_id = ${actor.workspaceId} and id = any(${people}::uuid[]) and deleted_at is null`),
  };
}

/** What new rows point to by their relations and people, before it is known which columns these are values of. What is
 *  refused for its length is left out. */
function pointedTo(rows: readonly Written[], { maxReferences }: ContentLimits): NamedIds {
  const ids = (pick: (input: PropertyInput) => readonly string[] | null | undefined): Set<Id> => {
    const all = rows.flatMap(({ properties }) =>
      properties.flatMap((input) => {
        const named = pick(input) ?? [];
        return named.length > maxReferences ? [] : named;
      }),
    );
    return new Set(all.flatMap((id) => parseId(id) ?? []));
  };
  return { resources: ids(({ relation }) => relation), people: ids(({ people }) => people) };
}

/** All rows that a batch touches, those on the other side of relations included. */
class Rows {
  readonly states = new Map<Id, RowState>();
  private resources = new Map<Id, NamedResource>();
  private people = new Set<Id>();
  private attachments: Attachments | null = null;

  constructor(
    private readonly batch: Batch,
    private readonly tables: ReadonlyMap<Id, Table>,
  ) {}

  /** Locks and reads rows, and looks up what is written into them. `own` are those there are already. `before` was asked for
   *  when the tree was held, and is enough where no other rows have to be held first. */
  async hold(
    own: readonly { id: Id; table: Table }[],
    written: readonly { id?: Id; table: Table; read: WrittenValues; row: Written }[],
    before?: LookUp,
  ): Promise<void> {
    const synced = written.flatMap(({ id, table, read }) =>
      this.syncedIn(table)
        .filter((column) => read.values.has(column.id))
        .map((column) => ({ id, table, column, wanted: (read.values.get(column.id) ?? []) as Id[] })),
    );
    const tableOf = new Map(own.map(({ id, table }) => [id, table]));
    if (synced.length > 0) {
      this.holdRelations(synced);
      const related = await this.relatedNow(synced);
      for (const { id, dataSourceId } of related) this.otherSide(tableOf, id, dataSourceId);
      for (const { column, wanted } of synced)
        for (const id of wanted) this.otherSide(tableOf, id, column.dataSourceId);
    }
    await this.lock(tableOf);
    await this.lookUp(written, tableOf.size === 0 ? before : undefined);
    const uploads = written.flatMap(({ read, row }) => uploadsOf(row, read, ''));
    if (uploads.length === 0) return;
    this.attachments = await Attachments.hold(
      this.batch.unit,
      uploads.map(({ file }) => file[UPLOAD]),
    );
  }

  private otherSide(tableOf: Map<Id, Table>, id: Id, dataSourceId: Id): void {
    const table = this.tables.get(dataSourceId);
    if (table && !tableOf.has(id)) tableOf.set(id, table);
  }

  /** Columns whose other side is there. */
  private syncedIn(table: Table): Synced[] {
    return table.columns.filter((column): column is Synced => this.syncedOf(column) !== undefined);
  }

  private syncedOf(column: PropertySchema): { table: Table; column: Relation } | undefined {
    if (column.type !== 'RELATION' || column.dataSourceId === null || column.syncedPropertyId === undefined)
      return undefined;
    const table = this.tables.get(column.dataSourceId);
    const other = table?.columns.find(({ id }) => id === column.syncedPropertyId);
    return table && other?.type === 'RELATION' ? { table, column: other } : undefined;
  }

  /** Whoever writes pairs of the same relation takes turns, from either side: both sides then change as one. */
  private holdRelations(synced: readonly { table: Table; column: Synced }[]): void {
    const names = synced.map(({ table, column }) =>
      [`${table.id} ${column.id}`, `${column.dataSourceId} ${column.syncedPropertyId}`].toSorted().join(' '),
    );
    const { actor, send } = this.batch.unit;
    send(sql`
      select pg_advisory_xact_lock(${sql.lit(RELATION_LOCK)}, k.key)
        from (select distinct hashtext(${actor.workspaceId} || name) as key
                from unnest(${[...new Set(names)]}::text[]) as name order by 1) k`);
  }

  /** What the rows are related to before they are written, which nobody changes any more. */
  private relatedNow(
    synced: readonly { id?: Id | undefined; column: Synced }[],
  ): Promise<{ id: Id; dataSourceId: Id }[]> {
    const pairs = synced.flatMap(({ id, column }) =>
      id === undefined ? [] : [{ page_id: id, property_id: column.id, data_source_id: column.dataSourceId }],
    );
    if (pairs.length === 0) return Promise.resolve([]);
    const { actor, rows } = this.batch.unit;
    return rows(sql<{ id: Id; dataSourceId: Id }>`
      select distinct related.id::uuid as id, k.data_source_id as "dataSourceId"
        from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb)
               as k(page_id uuid, property_id text, data_source_id uuid)
        join row_value v on v.workspace_id = ${actor.workspaceId} and v.page_id = k.page_id
       cross join lateral jsonb_array_elements_text(coalesce(v.props -> k.property_id, '[]')) as related(id)`);
  }

  /** In one order for all, and read after that. A row that was moved elsewhere keeps its values where it was. */
  private async lock(tableOf: ReadonlyMap<Id, Table>): Promise<void> {
    if (tableOf.size === 0) return;
    const { actor, rows, send } = this.batch.unit;
    const ids = [...tableOf.keys()];
    send(sql`
      select 1 from page where workspace_id = ${actor.workspaceId} and id = any(${ids}::uuid[]) order by id for no key update`);
    const placed = [...tableOf].map(([id, table]) => ({ id, data_source_id: table.id }));
    const found = await rows(sql<Omit<RowState, 'table' | 'before' | 'isNew'> & { dataSourceId: Id }>`
      select r.id, k.data_source_id as "dataSourceId", r.title, coalesce(v.props, '{}') as props, r.icon, r.cover, r.version,
             r.ancestors, r.in_trash as "inTrash", r.locked as "isLocked", reach.access
        from jsonb_to_recordset(${JSON.stringify(placed)}::jsonb) as k(id uuid, data_source_id uuid)
        join page r on r.workspace_id = ${actor.workspaceId} and r.id = k.id
       cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
        left join row_value v
          on v.workspace_id = r.workspace_id and v.data_source_id = k.data_source_id and v.page_id = k.id
       where r.parent_id = k.data_source_id or v.page_id is not null`);
    for (const { dataSourceId, ...row } of found) {
      const table = this.tables.get(dataSourceId);
      invariant(table, 'A row was read of a data source that is not held.');
      const { title, props } = row;
      this.states.set(row.id, {
        ...row,
        table,
        before: { title, props: { ...props }, look: lookOf(row) },
        isNew: false,
      });
    }
  }

  /** Which pages and people are there for the actor, of those that are named and those that relations hold already. */
  private async lookUp(
    written: readonly { id?: Id; table: Table; read: WrittenValues }[],
    before: LookUp | undefined,
  ): Promise<void> {
    const named = written.flatMap(({ read }) => read.named);
    const held = written.flatMap(({ id, table, read }) => {
      const state = id === undefined ? undefined : this.states.get(id);
      const relations = table.columns.filter(({ id: column, type }) => type === 'RELATION' && read.values.has(column));
      return relations.flatMap((column) => (state?.props[column.id] ?? []) as Id[]);
    });
    const wanted = {
      resources: new Set([...named.flatMap(({ kind, id }) => (kind === 'PERSON' ? [] : [id])), ...held]),
      people: new Set(named.flatMap(({ kind, id }) => (kind === 'PERSON' ? [id] : []))),
    };
    const isEnough =
      before && isWithin(wanted.resources, before.ids.resources) && isWithin(wanted.people, before.ids.people);
    const found = isEnough ? before : lookUp(this.batch.unit, wanted);
    if (!isEnough) await this.batch.unit.sent();
    this.resources = new Map((await found.resources).map((resource) => [resource.id, resource]));
    this.people = new Set((await found.people).map(({ id }) => id));
  }

  /** Changes one row and those on the other side of its relations, in memory. Nothing is changed when it is refused. */
  apply(state: RowState, read: WrittenValues, written: Written): Refusal | undefined {
    const { title, values, named } = read;
    return refusalOf(() => {
      for (const one of named) this.requireNamed(state, one);
      const uploads = uploadsOf(written, read, state.id);
      this.attachments?.require(uploads);
      const next = new Map<string, StoredValue | null>();
      const pairs: { other: RowState; column: Relation; isTogether: boolean }[] = [];
      for (const [id, value] of values) {
        const column = state.table.columns.find((one) => one.id === id);
        invariant(column, 'A value was read for a column that is not there.');
        if (column.type !== 'RELATION') {
          next.set(id, value);
          continue;
        }
        const related = this.related(state, column, (value ?? []) as Id[]);
        next.set(id, related.now.length === 0 ? null : related.now);
        pairs.push(...this.pairsOf(state, column, related, written.path));
      }
      // From here on nothing is refused.
      this.attachments?.put(uploads);
      if (!this.states.has(state.id)) this.states.set(state.id, state);
      for (const [id, value] of next) put(state, id, value);
      for (const { other, column, isTogether } of pairs) pair(other, column.id, state.id, isTogether);
      state.title = title ?? written.title ?? state.title;
      if (written.icon !== undefined) state.icon = written.icon;
      if (written.cover !== undefined) state.cover = written.cover;
    });
  }

  /** What a relation holds from now on. What is out of the actor's hands stays: she neither sees it nor may change it. */
  private related(state: RowState, column: Relation, wanted: readonly Id[]): { now: Id[]; gone: Id[]; come: Id[] } {
    const before = (state.props[column.id] ?? []) as Id[];
    const stays = before.filter((id) => {
      const there = this.resources.get(id);
      return !wanted.includes(id) && there !== undefined && (there.access & READ_OR_UPDATE) === 0;
    });
    const now = [...wanted, ...stays];
    return {
      now,
      gone: before.filter((id) => !now.includes(id)),
      come: now.filter((id) => !before.includes(id)),
    };
  }

  /** What follows on the other side. Refused: where the actor may not update it; what is locked. */
  private pairsOf(
    state: RowState,
    column: Relation,
    { gone, come }: { gone: readonly Id[]; come: readonly Id[] },
    path: Path,
  ): { other: RowState; column: Relation; isTogether: boolean }[] {
    const synced = this.syncedOf(column);
    if (!synced) return [];
    return [...gone.map((id) => ({ id, isTogether: false })), ...come.map((id) => ({ id, isTogether: true }))].flatMap(
      ({ id, isTogether }) => {
        const other = id === state.id ? state : this.states.get(id);
        if (!other) return []; // it is gone for good
        requireBits(other, 'CONTENT_UPDATE', 'relate a row by a relation of two ways', path);
        requireUnlocked({ kind: 'Page', isLocked: other.isLocked }, path);
        return [{ other, column: synced.column, isTogether }];
      },
    );
  }

  private requireNamed(state: RowState, { kind, id, column, path }: Named): void {
    if (kind === 'PERSON') {
      if (!this.people.has(id)) throw notFoundAt('The person', path);
      return;
    }
    const there = this.resources.get(id);
    const isReached = there !== undefined && there.access !== 0;
    if (kind === 'MENTION') {
      if (!isReached) throw notFoundAt('What is mentioned', path);
      return;
    }
    invariant(column?.type === 'RELATION', 'A related page was named outside a relation.');
    const holds = ((state.props[column.id] ?? []) as Id[]).includes(id);
    const fits = there?.kind === 'Page' && (column.dataSourceId === null || there.parentId === column.dataSourceId);
    if (!isReached || !fits) throw notFoundAt(RELATED, path);
    if (!there.inTrash || holds) return;
    if ((there.access & READ) === 0) throw notFoundAt(RELATED, path);
    throw new Refusal('INVALID_STATE', 'The related page lies in the trash. Restore it first.', { path });
  }

  /** Writes what is other than it was, and records it. `made` are the rows that are new. */
  async write(made: readonly RowState[]): Promise<void> {
    const { unit } = this.batch;
    this.attachments?.write(unit);
    const changed = [...this.states.values()].filter((state) => !state.isNew && isChanged(state));
    writeRowValues(
      unit,
      unit.actor.workspaceId,
      [...made, ...changed].map(({ id, table, title, props }) => ({
        dataSourceId: table.id,
        pageId: id,
        title,
        props,
      })),
      (id) => {
        const table = this.tables.get(id);
        invariant(table, 'A row was written in a data source that is not held.');
        return table;
      },
    );
    if (changed.length > 0) this.rewrite(changed);
    for (const state of changed) record(unit, state);
    if (changed.length + made.length === 0) unit.unchanged();
  }

  private rewrite(changed: readonly RowState[]): void {
    const { actor, send } = this.batch.unit;
    const records = changed.map(({ id, title, icon, cover }) => ({ id, title, icon, cover }));
    send(sql`
      update page
         set title = c.title, icon = c.icon, cover = c.cover, version = version + 1,
             last_edited_at = now(), last_edited_by = ${userIdOf(actor)}::uuid
        from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as c(id uuid, title text, icon jsonb, cover jsonb)
       where page.workspace_id = ${actor.workspaceId} and page.id = c.id`);
  }
}

/** Any number that is ours. */
const RELATION_LOCK = 728_317;

/** Whatever is sent from here on looks for what has an id, and is planned once: planning took longer than the rest. */
const keepPlans = ({ send }: Unit): void => void send(sql`set local plan_cache_mode = force_generic_plan`);

/** The data source as a place for new rows. */
const spotOf = (table: Table) => ({
  parentKind: 'DATA_SOURCE' as const,
  parent: { kind: 'DataSource' as const, ...table },
  teamspaceId: null,
  ancestors: table.ancestors,
});

async function placesOf(
  { actor, rows }: Unit,
  ids: readonly Id[],
): Promise<Map<Id, { dataSourceId: Id; access: Bits }>> {
  const found = await rows(sql<{ id: Id; dataSourceId: Id; access: Bits }>`
    select r.id, r.parent_id as "dataSourceId", reach.access
      from page r cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
     where r.workspace_id = ${actor.workspaceId} and r.id = any(${ids}::uuid[]) and r.parent_kind = 'DATA_SOURCE'
       and ${reached}`);
  return new Map(found.map((place) => [place.id, place]));
}

function readRow(
  { unit, limits }: Batch,
  table: Table,
  access: Bits,
  { title, properties, path }: Written,
): WrittenValues | Refusal {
  const reader = {
    columns: table.columns,
    mayRead: (access & READ) !== 0,
    by: userIdOf(unit.actor),
    lacksRead: () => lacking(access, 'CONTENT_READ', NAMING, path),
  };
  let read: WrittenValues | undefined;
  const refusal = refusalOf(() => {
    if (title !== undefined) requireText(title, limits, { limit: 'maxTitleLength', path: [...path, 'title'] });
    read = readValues(properties, reader, limits, [...path, 'properties']);
    if (title === undefined || read.title === undefined) return;
    throw new Refusal('INVALID', 'Give the title once: by itself, or among the properties.', { path });
  });
  return refusal ?? (read as WrittenValues);
}

function requireChangeable(state: RowState, { expectedVersion, ...row }: RowChange): void {
  const path = pathOf(row);
  if (state.access === 0) throw notFoundIn(row);
  requireBits(state, 'CONTENT_UPDATE', 'update a page', path);
  requireTargetVersion({ kind: 'Page', ...state }, expectedVersion);
  requireLive({ kind: 'Page', ...state }, path);
  requireUnlocked({ kind: 'Page', ...state }, path);
}

const notFoundIn = (row: Pick<Written, 'path'>): Refusal => {
  const path = pathOf(row);
  return path ? notFoundAt('The page', path) : notFound('The page');
};

/** None where the row is the input itself. */
const pathOf = ({ path }: Pick<Written, 'path'>): Path | undefined => (path.length > 0 ? path : undefined);

/** Refused: any row, where all are written or none. */
function requireAllInMode({ mode }: Batch, outcomes: readonly Outcome[]): void {
  if (mode === 'EACH') return;
  for (const outcome of outcomes) if ('refusal' in outcome) throw outcome.refusal;
}

async function numberRows(unit: Unit, table: Table, made: readonly RowState[]): Promise<void> {
  const column = table.columns.find(({ type }) => type === 'UNIQUE_ID');
  if (!column || made.length === 0) return;
  const first = await nextNumbers(unit, table, column, made.length);
  for (const [index, state] of made.entries()) state.props[column.id] = first + index;
}

function put(state: RowState, column: string, value: StoredValue | null): void {
  if (value === null) delete state.props[column];
  else state.props[column] = value;
}

/** Puts a row among those another is related to, or takes it away. */
function pair(other: RowState, column: string, id: Id, isTogether: boolean): void {
  const without = ((other.props[column] ?? []) as Id[]).filter((one) => one !== id);
  const held = isTogether ? [...without, id] : without;
  put(other, column, held.length === 0 ? null : held);
}

const lookOf = ({ icon, cover }: Pick<RowState, 'icon' | 'cover'>): string => JSON.stringify([icon, cover]);

const isChanged = (state: RowState): boolean => lookOf(state) !== state.before.look || updatedIn(state).length > 0;

/** Ids of the columns whose value is another one. */
function updatedIn({ title, props, before }: RowState): string[] {
  const ids = new Set([...Object.keys(before.props), ...Object.keys(props)]);
  return [
    ...(title === before.title ? [] : [TITLE_PROPERTY_ID]),
    ...[...ids].filter((id) => !isSame(before.props[id], props[id])),
  ];
}

/** Values come from JSON, or are made with their members in one order; those that come back from jsonb have another. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || (typeof one === 'object' && JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, held]) => [key, sorted(held)]),
  );
}

function record(unit: Unit, state: RowState): void {
  const { id, ancestors, before, title, props } = state;
  const resource = { resourceId: id, resourceVersion: state.version + 1, ancestors };
  const updated = updatedIn(state);
  if (updated.length > 0) {
    const valuesOf = (name: string, values: StoredProps) =>
      Object.fromEntries(
        updated.map((column) => [column, column === TITLE_PROPERTY_ID ? name : (values[column] ?? null)]),
      );
    unit.change({
      type: 'PAGE_PROPERTIES_UPDATED',
      ...resource,
      details: {
        updatedProperties: updated,
        before: valuesOf(before.title, before.props),
        after: valuesOf(title, props),
      },
    });
  }
  if (lookOf(state) !== before.look) unit.change({ type: 'PAGE_CONTENT_UPDATED', ...resource });
}

/** What work refuses; faults pass on. */
function refusalOf(work: () => void): Refusal | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
