// Writes the parts of a plan: files, databases, pages with their values and blocks. What has not changed since the
// last import is left alone: a digest of what was written tells.

import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { BlockTree } from '../content/block-content.js';
import { type BlockRow, blockRows, firstKeys } from '../content/block-rows.js';
import type { EventType } from '../events/event.js';
import { derivedId, type Id, newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { Refusal } from '../lib/refusal.js';
import type { PropertySchema } from '../property/property.js';
import { type StoredSchema, writeRowValues } from '../property/row-values.js';
import { assignSlots, SLOTS } from '../property/slot.js';
import type { Unit } from '../unit-of-work.js';
import { blocksWithFacts, propsWithFacts, type StoredFile } from './file-bytes.js';
import type { ImportPlan, PlannedDatabase, PlannedPage } from './plan.js';

/** Pages a statement; blocks come in fours of it. */
export const CHUNK = 500;

export interface Counts {
  pages: number;
  rows: number;
  databases: number;
  files: number;
}

export interface Written {
  created: Counts;
  updated: Counts;
}

const none = (): Counts => ({ pages: 0, rows: 0, databases: 0, files: 0 });

/** Holds what the steps of one import share. Each method writes one part, in the transaction it is handed. */
export class PlanWriter {
  private readonly columns = new Map<Id, StoredSchema>();
  private moved = false;

  readonly written: Written = { created: none(), updated: none() };

  constructor(
    private readonly run: {
      workspaceId: Id;
      plan: ImportPlan;
      blocksOf: (page: PlannedPage) => Promise<BlockTree[]>;
      stored: ReadonlyMap<Id, StoredFile>;
      /** Ancestors of everything planned, root first, itself last. */
      paths: ReadonlyMap<Id, Id[]>;
      lineage: Id;
      advance: (count: number) => void;
    },
  ) {}

  async files({ em }: Unit): Promise<void> {
    for (const file of this.run.stored.values()) {
      const [row] = await em.execute<{ created: boolean }[]>(
        `insert into file (workspace_id, id, page_id, name, content_type, size, sha256) values (?, ?, ?, ?, ?, ?, ?)
         on conflict (workspace_id, id) do update
            set page_id = excluded.page_id, name = excluded.name, content_type = excluded.content_type,
                size = excluded.size, sha256 = excluded.sha256
          where file.sha256 <> excluded.sha256 or file.name <> excluded.name
         returning (xmax = 0) as created`,
        [this.run.workspaceId, file.id, file.ownerPageId, file.name, file.contentType, file.size, file.sha256],
      );
      if (row) (row.created ? this.written.created : this.written.updated).files++;
    }
  }

  /** Databases and data sources may stand below pages, and pages below them: containers come first, without foreign keys in between. */
  async containers(unit: Unit): Promise<void> {
    const { databases } = this.run.plan;
    const known = await this.known(
      unit.em,
      databases.flatMap(({ id, dataSourceId }) => [id, dataSourceId]),
      ['Database', 'DataSource'],
    );
    for (const database of databases) await this.database(unit, database, known);
    this.run.advance(databases.length);
  }

  private async database(unit: Unit, planned: PlannedDatabase, known: ReadonlyMap<Id, Known>): Promise<void> {
    const { em } = unit;
    const { workspaceId } = this.run;
    const { id, dataSourceId, parent, title, properties } = planned;
    await this.assign(em, dataSourceId, properties);
    const digest = digestOf([parent, title, properties]);
    const before = known.get(id);
    if (before?.digest?.equals(digest)) return;
    if (before && !samePath(before.ancestors, this.path(id))) this.moved = true;
    const times = [planned.createdAt ?? planned.lastEditedAt, planned.lastEditedAt];
    const [database] = await em.execute<{ version: number }[]>(
      `insert into database (workspace_id, id, parent_kind, parent_id, title, ancestors, created_at, last_edited_at)
       values (?, ?, ?, ?, ?, ?::uuid[], coalesce(?::timestamptz, now()), coalesce(?::timestamptz, now()))
       on conflict (workspace_id, id) do update
          set parent_kind = excluded.parent_kind, parent_id = excluded.parent_id, title = excluded.title,
              ancestors = excluded.ancestors, last_edited_at = excluded.last_edited_at, version = database.version + 1
       returning version`,
      [workspaceId, id, parent ? 'PAGE' : 'WORKSPACE', parent?.id ?? null, title, uuids(this.path(id)), ...times],
    );
    const [dataSource] = await em.execute<{ version: number }[]>(
      `insert into data_source (workspace_id, id, database_id, title, properties, ancestors, created_at, last_edited_at)
       values (?, ?, ?, ?, ?::jsonb, ?::uuid[], coalesce(?::timestamptz, now()), coalesce(?::timestamptz, now()))
       on conflict (workspace_id, id) do update
          set database_id = excluded.database_id, title = excluded.title, properties = excluded.properties,
              ancestors = excluded.ancestors, last_edited_at = excluded.last_edited_at, version = data_source.version + 1
       returning version`,
      [workspaceId, dataSourceId, id, title, JSON.stringify(properties), uuids(this.path(dataSourceId)), ...times],
    );
    invariant(database && dataSource, 'An upsert answers its row.');
    await this.writeSlots(em, dataSourceId);
    await this.note(em, [{ id, path: planned.sourcePath, digest }]);
    (before ? this.written.updated : this.written.created).databases++;
    this.record(
      unit,
      before ? (samePath(before.ancestors, this.path(id)) ? null : 'DATABASE_MOVED') : 'DATABASE_CREATED',
      id,
      database.version,
    );
    this.record(unit, before ? 'DATA_SOURCE_SCHEMA_UPDATED' : 'DATA_SOURCE_CREATED', dataSourceId, dataSource.version);
  }

  private async assign(em: EntityManager, dataSourceId: Id, properties: readonly PropertySchema[]): Promise<void> {
    const { workspaceId } = this.run;
    const rows = await em.execute<{ id: string; slot: string }[]>(
      'select property_id as id, slot from property_slot where workspace_id = ? and data_source_id = ?',
      [workspaceId, dataSourceId],
    );
    this.columns.set(dataSourceId, {
      columns: properties,
      slots: assignSlots(properties, new Map(rows.map(({ id, slot }) => [id, slot]))),
    });
  }

  /** Rows that the export does not hold any more are not written again: a slot that now belongs to another column must
   *  not keep their old value. */
  private async writeSlots(em: EntityManager, dataSourceId: Id): Promise<void> {
    const { workspaceId } = this.run;
    const slots = this.columns.get(dataSourceId)?.slots ?? new Map<string, string>();
    const before = await em.execute<{ id: string; slot: string }[]>(
      'delete from property_slot where workspace_id = ? and data_source_id = ? returning property_id as id, slot',
      [workspaceId, dataSourceId],
    );
    for (const [propertyId, slot] of slots) {
      await em.execute(
        'insert into property_slot (workspace_id, data_source_id, property_id, slot) values (?, ?, ?, ?)',
        [workspaceId, dataSourceId, propertyId, slot],
      );
    }
    const emptied = before.filter(({ id, slot }) => slots.get(id) !== slot && SLOTS.includes(slot));
    if (emptied.length === 0) return;
    await em.execute(
      `update row_value set ${emptied.map(({ slot }) => `${slot} = null`).join(', ')} where workspace_id = ? and data_source_id = ?`,
      [workspaceId, dataSourceId],
    );
  }

  async pages(unit: Unit, pages: readonly PlannedPage[]): Promise<void> {
    const { em } = unit;
    const { workspaceId } = this.run;
    const known = await this.known(
      em,
      pages.map(({ id }) => id),
      ['Page'],
    );
    const changed: { page: PlannedPage; blocks: BlockTree[]; digest: Buffer; before: Known | undefined }[] = [];
    for (const page of pages) {
      const blocks = blocksWithFacts(await this.run.blocksOf(page), this.run.stored);
      const slots =
        page.parent?.kind === 'DATA_SOURCE' ? [...(this.columns.get(page.parent.id)?.slots ?? [])].sort() : null;
      const digest = digestOf([
        page.parent,
        page.title,
        page.props ?? null,
        slots,
        blocks,
        page.createdAt,
        page.lastEditedAt,
      ]);
      const before = known.get(page.id);
      if (!before?.digest?.equals(digest)) changed.push({ page, blocks, digest, before });
    }
    this.run.advance(pages.length);
    if (changed.length === 0) return;

    const versions = await em.execute<{ id: Id; version: number }[]>(
      `insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors, created_at, last_edited_at)
       select ?, r.id, r.parent_kind, r.parent_id, r.title, array(select jsonb_array_elements_text(r.ancestors)::uuid),
              coalesce(r.created_at, r.last_edited_at, now()), coalesce(r.last_edited_at, now())
         from jsonb_to_recordset(?::jsonb) as r(id uuid, parent_kind text, parent_id uuid, title text, ancestors jsonb,
                                                created_at timestamptz, last_edited_at timestamptz)
       on conflict (workspace_id, id) do update
          set parent_kind = excluded.parent_kind, parent_id = excluded.parent_id, title = excluded.title,
              ancestors = excluded.ancestors, last_edited_at = excluded.last_edited_at, version = page.version + 1
       returning id, version`,
      [
        workspaceId,
        JSON.stringify(
          changed.map(({ page }) => ({
            id: page.id,
            parent_kind: page.parent?.kind ?? 'WORKSPACE',
            parent_id: page.parent?.id ?? null,
            title: page.title,
            ancestors: this.path(page.id),
            created_at: page.createdAt,
            last_edited_at: page.lastEditedAt,
          })),
        ),
      ],
    );
    this.rowValues(
      unit,
      changed.map(({ page }) => page),
    );
    await this.blocks(em, changed);
    await this.note(
      em,
      changed.map(({ page, digest }) => ({ id: page.id, path: page.sourcePath ?? page.title, digest })),
    );

    const versionOf = new Map(versions.map(({ id, version }) => [id, version]));
    for (const { page, before } of changed) {
      const kind = page.props ? 'rows' : 'pages';
      (before ? this.written.updated : this.written.created)[kind]++;
      const version = versionOf.get(page.id);
      invariant(version !== undefined, 'An upsert answers its row.');
      if (!before) this.record(unit, 'PAGE_CREATED', page.id, version);
      else {
        if (!samePath(before.ancestors, this.path(page.id))) {
          this.moved = true;
          this.record(unit, 'PAGE_MOVED', page.id, version);
        }
        this.record(unit, page.props ? 'PAGE_PROPERTIES_UPDATED' : 'PAGE_CONTENT_UPDATED', page.id, version);
      }
    }
  }

  private rowValues(unit: Unit, pages: readonly PlannedPage[]): void {
    const rows = pages.flatMap((page) =>
      page.props && page.parent?.kind === 'DATA_SOURCE'
        ? [
            {
              dataSourceId: page.parent.id,
              pageId: page.id,
              title: page.title,
              props: propsWithFacts(page.props, this.run.stored),
            },
          ]
        : [],
    );
    writeRowValues(unit, this.run.workspaceId, rows, (dataSourceId) => {
      const schema = this.columns.get(dataSourceId);
      invariant(schema, 'A row stands below a data source that is not planned.');
      return schema;
    });
  }

  /** A block that was moved to another page since keeps its id; what is imported in its place gets another. */
  private async leaveMoved(em: EntityManager, rows: BlockRow[]): Promise<void> {
    const moved = await em.execute<{ id: Id }[]>(
      'select id from block where workspace_id = ? and id = any(?::uuid[])',
      [this.run.workspaceId, uuids(rows.map(({ id }) => id))],
    );
    if (moved.length === 0) return;
    const others = new Map(moved.map(({ id }) => [id, newId()]));
    for (const row of rows) {
      row.id = others.get(row.id) ?? row.id;
      row.parent_id = row.parent_id && (others.get(row.parent_id) ?? row.parent_id);
    }
  }

  private async blocks(
    em: EntityManager,
    changed: readonly { page: PlannedPage; blocks: BlockTree[]; before: Known | undefined }[],
  ): Promise<void> {
    const { workspaceId } = this.run;
    await em.execute('delete from block where workspace_id = ? and page_id = any(?::uuid[])', [
      workspaceId,
      uuids(changed.map(({ page }) => page.id)),
    ]);
    // Ids follow from the page and the place, so that importing again gives the same ones.
    const rows = changed.flatMap(({ page: { id }, blocks }) =>
      blockRows({ pageId: id, parent: null, keys: firstKeys(blocks.length) }, blocks, (place) =>
        derivedId(id, `block ${place}`),
      ),
    );
    if (changed.some(({ before }) => before)) await this.leaveMoved(em, rows);
    for (let from = 0; from < rows.length; from += CHUNK * 4) {
      await em.execute(
        `insert into block (workspace_id, id, page_id, parent_id, path, depth, content, mentions)
         select ?, r.id, r.page_id, r.parent_id, r.path, r.depth, r.content, array(select jsonb_array_elements_text(r.mentions)::uuid)
           from jsonb_to_recordset(?::jsonb)
             as r(id uuid, page_id uuid, parent_id uuid, path text, depth int, content jsonb, mentions jsonb)`,
        [workspaceId, JSON.stringify(rows.slice(from, from + CHUNK * 4))],
      );
    }
  }

  /** What an earlier import brought and is not planned any more may stand below something that moved: its ancestors
   *  follow, level by level. */
  async mendAncestors({ em }: Unit): Promise<void> {
    const { workspaceId } = this.run;
    for (let mended = this.moved ? 1 : 0; mended > 0; ) {
      mended = 0;
      for (const [table, parent] of [
        ['page', 'parent_id'],
        ['database', 'parent_id'],
        ['data_source', 'database_id'],
      ] as const) {
        const rows = await em.execute<object[]>(
          `update ${table} r set ancestors = above.ancestors || r.id from resource above
            where r.workspace_id = ? and above.workspace_id = r.workspace_id and above.id = r.${parent}
              and r.ancestors <> above.ancestors || r.id returning r.id`,
          [workspaceId],
        );
        mended += rows.length;
      }
    }
  }

  /** What was written below something in the trash goes along; what an export has moved out of it is there again. */
  async mendTrash({ em }: Unit): Promise<void> {
    const { workspaceId } = this.run;
    for (const table of ['page', 'database', 'data_source']) {
      await em.execute(
        `update ${table} set in_trash = false, trashed_with = null
          where workspace_id = ? and in_trash and not trashed_with = any(ancestors)`,
        [workspaceId],
      );
      await em.execute(
        `with thrown as (select distinct trashed_with as id from resource where workspace_id = ? and in_trash),
              below as (select distinct on (r.id) r.id, thrown.id as trashed_with
                          from thrown join ${table} r on r.workspace_id = ? and r.ancestors @> array[thrown.id]
                         where not r.in_trash
                         order by r.id, array_position(r.ancestors, thrown.id) desc)
         update ${table} r set in_trash = true, trashed_with = below.trashed_with
           from below where r.workspace_id = ? and r.id = below.id`,
        [workspaceId, workspaceId, workspaceId],
      );
    }
  }

  private path(id: Id): Id[] {
    const path = this.run.paths.get(id);
    invariant(path, `The import has no path for ${id}.`);
    return path;
  }

  private record(unit: Unit, type: EventType | null, resourceId: Id, resourceVersion: number): void {
    if (type) unit.change({ type, resourceId, resourceVersion, ancestors: this.path(resourceId) });
  }

  private async note(em: EntityManager, rows: readonly { id: Id; path: string; digest: Buffer }[]): Promise<void> {
    await em.execute(
      `insert into imported (workspace_id, resource_id, path, digest, lineage)
       select ?, r.id, r.path, decode(r.digest, 'hex'), ? from jsonb_to_recordset(?::jsonb) as r(id uuid, path text, digest text)
       on conflict (workspace_id, resource_id) do update set path = excluded.path, digest = excluded.digest`,
      [
        this.run.workspaceId,
        this.run.lineage,
        JSON.stringify(rows.map(({ id, path, digest }) => ({ id, path, digest: digest.toString('hex') }))),
      ],
    );
  }

  /** What of these ids is there already. Refused: an id that belongs to something of another kind. */
  private async known(em: EntityManager, ids: readonly Id[], kinds: readonly string[]): Promise<Map<Id, Known>> {
    const rows = await em.execute<(Known & { id: Id; kind: string; title: string })[]>(
      `select r.id, r.kind, r.title, r.ancestors, i.digest
         from resource r left join imported i on i.workspace_id = r.workspace_id and i.resource_id = r.id
        where r.workspace_id = ? and r.id = any(?::uuid[])`,
      [this.run.workspaceId, uuids(ids)],
    );
    const stranger = rows.find(({ kind }) => !kinds.includes(kind));
    if (stranger) {
      throw new Refusal(
        'ALREADY_EXISTS',
        `The export has something of another kind under the id ${stranger.id}, which is the ${stranger.kind} "${stranger.title}" in this workspace. Import it into another workspace.`,
      );
    }
    return new Map(rows.map((row) => [row.id, row]));
  }
}

interface Known {
  ancestors: Id[];
  digest: Buffer | null;
}

const samePath = (one: readonly Id[], other: readonly Id[]): boolean => one.join() === other.join();

const digestOf = (facts: unknown): Buffer => createHash('sha256').update(JSON.stringify(facts)).digest();

/** PostgreSQL's text of an array of ids. */
export const uuids = (ids: readonly Id[]): string => `{${ids.join(',')}}`;
