// Writes what an export holds into a workspace. Ids are kept, so running it again changes what has changed, makes
// what is new, and leaves alone what is there no more. Small exports are one transaction; large ones go on after a
// break where they stopped.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { BlockContent, BlockTree, FileReference } from '../content/block-content.js';
import { mentionsOf } from '../content/block-content.js';
import type { PropertySchema, StoredProps } from '../content/property.js';
import { assignSlots, SLOTS, slotValues } from '../content/slot.js';
import type { EventType } from '../events/event.js';
import { type Actor, operatorOf } from '../gate/actor.js';
import { derivedId, type Id, newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { Refusal } from '../lib/refusal.js';
import { commit, type Unit } from '../unit-of-work.js';
import type { ImportPlan, PlannedDatabase, PlannedFile, PlannedPage, Skipped } from './plan.js';

/** Up to this many entries an import is one transaction: whole or absent. */
const ONE_TRANSACTION_FILES = 20_000;
const CHUNK = 500;

export interface Counts {
  pages: number;
  rows: number;
  databases: number;
  files: number;
}

export interface WrittenImport {
  created: Counts;
  updated: Counts;
  /** What an earlier import brought and this export does not hold any more; it stays. */
  vanished: Skipped[];
}

export interface WriteOptions {
  em: () => EntityManager;
  filesDirectory: string;
  workspaceId: Id;
  /** Runs first in the first transaction: makes the workspace when there is none yet. */
  prepare?: (unit: Unit) => Promise<unknown>;
  plan: ImportPlan;
  /** The body of a page, read when its turn comes. */
  blocksOf: (page: PlannedPage) => Promise<BlockTree[]>;
  onProgress?: (done: number, total: number) => void;
  /** Tests make it small. */
  oneTransactionFiles?: number;
}

interface Written {
  created: Counts;
  updated: Counts;
}

const none = (): Counts => ({ pages: 0, rows: 0, databases: 0, files: 0 });

/** Writes the plan. Refused: an id that is taken by something of another kind. */
export async function writePlan(options: WriteOptions): Promise<WrittenImport> {
  const { em, workspaceId, plan, onProgress = () => {}, oneTransactionFiles = ONE_TRANSACTION_FILES } = options;
  const actor = operatorOf(workspaceId);
  const written: Written = { created: none(), updated: none() };
  const paths = pathsOf(plan);
  const lineages = await lineagesOf(em(), workspaceId, [...paths.keys()]);
  const lineage = lineages[0] ?? newId();
  const total = plan.pages.length + plan.databases.length + plan.files.length;
  let done = 0;
  const advance = (count: number) => {
    done = Math.min(done + count, total);
    onProgress(done, total);
  };

  const newFiles: string[] = [];
  try {
    const files = await writeFiles(options, newFiles, () => advance(1));
    const writer = new PlanWriter(options, actor, paths, files, written, lineage, advance);
    if (plan.fileCount <= oneTransactionFiles) {
      await commit(em(), actor, async (unit) => {
        await options.prepare?.(unit);
        await begin(unit);
        await writer.files(unit);
        await writer.containers(unit);
        for (let from = 0; from < plan.pages.length; from += CHUNK)
          await writer.pages(unit, plan.pages.slice(from, from + CHUNK));
        await finish(unit, writer);
      });
    } else {
      await writeInSteps(options, actor, writer);
    }
  } catch (error) {
    await Promise.all(newFiles.map((path) => rm(path, { force: true })));
    throw error;
  }
  return { ...written, vanished: await vanished(em(), workspaceId, lineages, [...paths.keys()]) };
}

/** One transaction a chunk, each with the note how far it came; the same export goes on from there. */
async function writeInSteps(
  { em, plan, workspaceId, prepare }: WriteOptions,
  actor: Actor,
  writer: PlanWriter,
): Promise<void> {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(plan.pages.map(({ id, sourcePath, title }) => [id, sourcePath, title])))
    .digest('hex');
  const [progress] = await em().execute<{ done: number }[]>(
    'select done from import_progress where workspace_id = ? and fingerprint = ?',
    [workspaceId, fingerprint],
  );
  let done = progress?.done ?? 0;
  await commit(em(), actor, async (unit) => {
    await prepare?.(unit);
    await begin(unit);
    await writer.files(unit);
    await writer.containers(unit);
    unit.audit({ action: 'workspace.imported', targetId: workspaceId, details: { step: 'begun', from: done } });
  });
  while (done < plan.pages.length) {
    const chunk = plan.pages.slice(done, done + CHUNK);
    done += chunk.length;
    await commit(em(), actor, async (unit) => {
      await begin(unit);
      await writer.pages(unit, chunk);
      await unit.em.execute(
        `insert into import_progress (workspace_id, fingerprint, done) values (?, ?, ?)
         on conflict (workspace_id, fingerprint) do update set done = excluded.done, updated_at = now()`,
        [workspaceId, fingerprint, done],
      );
      unit.audit({ action: 'workspace.imported', targetId: workspaceId, details: { step: 'pages', done } });
    });
  }
  await commit(em(), actor, async (unit) => {
    await begin(unit);
    await unit.em.execute('delete from import_progress where workspace_id = ? and fingerprint = ?', [
      workspaceId,
      fingerprint,
    ]);
    await finish(unit, writer);
  });
}

/** One import of a workspace at a time; bulk statements may take longer than those of a request. */
async function begin(unit: Unit): Promise<void> {
  await unit.em.execute(`set local statement_timeout = '10min'`);
  await unit.em.execute('select 1 from workspace where id = ? for update', [unit.actor.workspaceId]);
}

async function finish(unit: Unit, writer: PlanWriter): Promise<void> {
  await writer.mendAncestors(unit);
  unit.audit({
    action: 'workspace.imported',
    targetId: unit.actor.workspaceId,
    details: { step: 'done', created: writer.written.created, updated: writer.written.updated },
  });
}

/** Ancestors of everything planned, root first, itself last. A database counts for its data source. */
function pathsOf({ pages, databases }: ImportPlan): Map<Id, Id[]> {
  const parentOf = new Map<Id, Id | null>();
  for (const { id, parent } of pages) parentOf.set(id, parent?.id ?? null);
  for (const { id, dataSourceId, parent } of databases) {
    parentOf.set(id, parent?.id ?? null);
    parentOf.set(dataSourceId, id);
  }
  const paths = new Map<Id, Id[]>();
  const pathOf = (id: Id): Id[] => {
    const known = paths.get(id);
    if (known) return known;
    const parent = parentOf.get(id);
    invariant(parent !== undefined, `The import knows no parent for ${id}.`);
    const path = [...(parent === null ? [] : pathOf(parent)), id];
    paths.set(id, path);
    return path;
  };
  for (const id of parentOf.keys()) pathOf(id);
  return paths;
}

interface StoredFile extends PlannedFile {
  sha256: Buffer;
}

/** Puts the bytes into the file store, under the ids of the files: the same file lands at the same place again. */
async function writeFiles(
  { filesDirectory, workspaceId, plan }: WriteOptions,
  made: string[],
  onFile: () => void,
): Promise<Map<Id, StoredFile>> {
  const directory = join(filesDirectory, workspaceId);
  if (plan.files.length > 0) await mkdir(directory, { recursive: true, mode: 0o700 });
  const stored = new Map<Id, StoredFile>();
  for (const file of plan.files) {
    const target = join(directory, file.id);
    const part = `${target}.part`;
    const digest = createHash('sha256');
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        digest.update(chunk);
        size += chunk.length;
        next(null, chunk);
      },
    });
    await pipeline(await file.open(), measure, createWriteStream(part, { mode: 0o600 }));
    await rename(part, target);
    made.push(target);
    stored.set(file.id, { ...file, size, sha256: digest.digest() });
    onFile();
  }
  return stored;
}

class PlanWriter {
  private readonly columns = new Map<
    Id,
    { properties: readonly PropertySchema[]; slots: ReadonlyMap<string, string> }
  >();
  private moved = false;

  constructor(
    private readonly options: WriteOptions,
    private readonly actor: Actor,
    private readonly paths: ReadonlyMap<Id, Id[]>,
    private readonly stored: ReadonlyMap<Id, StoredFile>,
    readonly written: Written,
    private readonly lineage: Id,
    private readonly advance: (count: number) => void,
  ) {}

  async files({ em }: Unit): Promise<void> {
    for (const file of this.stored.values()) {
      const [row] = await em.execute<{ created: boolean }[]>(
        `insert into file (workspace_id, id, page_id, name, content_type, size, sha256) values (?, ?, ?, ?, ?, ?, ?)
         on conflict (workspace_id, id) do update
            set page_id = excluded.page_id, name = excluded.name, content_type = excluded.content_type,
                size = excluded.size, sha256 = excluded.sha256
          where file.sha256 <> excluded.sha256 or file.name <> excluded.name
         returning (xmax = 0) as created`,
        [this.actor.workspaceId, file.id, file.ownerPageId, file.name, file.contentType, file.size, file.sha256],
      );
      if (row) (row.created ? this.written.created : this.written.updated).files++;
    }
  }

  /** Databases and data sources may stand below pages, and pages below them: containers come first, without foreign keys in between. */
  async containers(unit: Unit): Promise<void> {
    const { databases } = this.options.plan;
    const known = await this.known(
      unit.em,
      databases.flatMap(({ id, dataSourceId }) => [id, dataSourceId]),
      ['Database', 'DataSource'],
    );
    for (const database of databases) await this.database(unit, database, known);
    this.advance(databases.length);
  }

  private async database(unit: Unit, planned: PlannedDatabase, known: ReadonlyMap<Id, Known>): Promise<void> {
    const { em } = unit;
    const { workspaceId } = this.actor;
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
    const { workspaceId } = this.actor;
    const rows = await em.execute<{ id: string; slot: string }[]>(
      'select property_id as id, slot from property_slot where workspace_id = ? and data_source_id = ?',
      [workspaceId, dataSourceId],
    );
    this.columns.set(dataSourceId, {
      properties,
      slots: assignSlots(properties, new Map(rows.map(({ id, slot }) => [id, slot]))),
    });
  }

  async pages(unit: Unit, pages: readonly PlannedPage[]): Promise<void> {
    const { em } = unit;
    const { workspaceId } = this.actor;
    const known = await this.known(
      em,
      pages.map(({ id }) => id),
      ['Page'],
    );
    const changed: { page: PlannedPage; blocks: BlockTree[]; digest: Buffer; before: Known | undefined }[] = [];
    for (const page of pages) {
      const blocks = this.withFiles(await this.options.blocksOf(page));
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
    this.advance(pages.length);
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
    await this.rowValues(
      em,
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

  private async rowValues(em: EntityManager, pages: readonly PlannedPage[]): Promise<void> {
    const rows = pages.flatMap((page) => {
      if (!page.props || page.parent?.kind !== 'DATA_SOURCE') return [];
      const columns = this.columns.get(page.parent.id);
      invariant(columns, `The row ${page.id} stands below a data source that is not planned.`);
      const props = this.propsWithFiles(page.props);
      return [
        {
          data_source_id: page.parent.id,
          page_id: page.id,
          props,
          ...slotValues(page.title, props, columns.properties, columns.slots),
        },
      ];
    });
    if (rows.length === 0) return;
    const typeOf: Record<string, string> = {
      n: 'double precision',
      d: 'timestamptz',
      t: 'text',
      b: 'boolean',
      a: 'jsonb',
    };
    const declared = SLOTS.map((slot) => `${slot} ${typeOf[slot.charAt(0)]}`).join(', ');
    const selected = SLOTS.map((slot) =>
      slot.startsWith('a')
        ? `case when r.${slot} is null then null else array(select jsonb_array_elements_text(r.${slot})) end`
        : `r.${slot}`,
    ).join(', ');
    await em.execute(
      `insert into row_value (workspace_id, data_source_id, page_id, props, ${SLOTS.join(', ')})
       select ?, r.data_source_id, r.page_id, r.props, ${selected}
         from jsonb_to_recordset(?::jsonb) as r(data_source_id uuid, page_id uuid, props jsonb, ${declared})
       on conflict (workspace_id, data_source_id, page_id) do update
          set props = excluded.props, ${SLOTS.map((slot) => `${slot} = excluded.${slot}`).join(', ')}`,
      [this.actor.workspaceId, JSON.stringify(rows)],
    );
  }

  private async blocks(
    em: EntityManager,
    changed: readonly { page: PlannedPage; blocks: BlockTree[] }[],
  ): Promise<void> {
    const { workspaceId } = this.actor;
    await em.execute('delete from block where workspace_id = ? and page_id = any(?::uuid[])', [
      workspaceId,
      uuids(changed.map(({ page }) => page.id)),
    ]);
    const rows = changed.flatMap(({ page, blocks }) => flatten(page.id, blocks));
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

  /** Slots are written once the data sources stand. What an earlier import brought and is not planned any more may
   *  stand below something that moved: its ancestors follow, level by level. */
  async mendAncestors({ em }: Unit): Promise<void> {
    const { workspaceId } = this.actor;
    for (const [dataSourceId, { slots }] of this.columns) {
      for (const [propertyId, slot] of slots) {
        await em.execute(
          `insert into property_slot (workspace_id, data_source_id, property_id, slot) values (?, ?, ?, ?)
           on conflict (workspace_id, data_source_id, property_id) do update set slot = excluded.slot`,
          [workspaceId, dataSourceId, propertyId, slot],
        );
      }
    }
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

  private path(id: Id): Id[] {
    const path = this.paths.get(id);
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
        this.actor.workspaceId,
        this.lineage,
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
      [this.actor.workspaceId, uuids(ids)],
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

  /** Type and size of attachments, known once their bytes are stored, beside the reference to them. */
  private withFiles(blocks: readonly BlockTree[]): BlockTree[] {
    return blocks.map(({ content, children }) => ({
      content: 'file' in content ? ({ ...content, file: this.withFacts(content.file) } as BlockContent) : content,
      children: this.withFiles(children),
    }));
  }

  private propsWithFiles(props: StoredProps): StoredProps {
    return Object.fromEntries(
      Object.entries(props).map(([id, value]) => [
        id,
        Array.isArray(value)
          ? (value.map((item) => (isFile(item) ? this.withFacts(item) : item)) as typeof value)
          : value,
      ]),
    );
  }

  private withFacts(file: FileReference): FileReference {
    const stored = file.fileId === undefined ? undefined : this.stored.get(file.fileId);
    return stored ? { ...file, contentType: stored.contentType, size: stored.size } : file;
  }
}

interface Known {
  ancestors: Id[];
  digest: Buffer | null;
}

const isFile = (item: unknown): item is FileReference => item !== null && typeof item === 'object' && 'fileId' in item;

const samePath = (one: readonly Id[], other: readonly Id[]): boolean => one.join() === other.join();

const digestOf = (facts: unknown): Buffer => createHash('sha256').update(JSON.stringify(facts)).digest();

/** PostgreSQL's text of an array of ids. */
const uuids = (ids: readonly Id[]): string => `{${ids.join(',')}}`;

interface BlockRow {
  id: Id;
  page_id: Id;
  parent_id: Id | null;
  path: string;
  depth: number;
  content: BlockContent;
  mentions: Id[];
}

/** Blocks in reading order. Ids follow from the page and the place, so that importing again gives the same ones. */
function flatten(pageId: Id, trees: readonly BlockTree[]): BlockRow[] {
  const rows: BlockRow[] = [];
  const walk = (children: readonly BlockTree[], parent: BlockRow | null): void => {
    children.forEach(({ content, children: below }, index) => {
      const place = index.toString(36).padStart(6, '0');
      const path = parent ? `${parent.path}.${place}` : place;
      const row: BlockRow = {
        id: derivedId(pageId, `block ${path}`),
        page_id: pageId,
        parent_id: parent?.id ?? null,
        path,
        depth: parent ? parent.depth + 1 : 0,
        content,
        mentions: mentionsOf(content),
      };
      rows.push(row);
      walk(below, row);
    });
  };
  walk(trees, null);
  return rows;
}

/** Lineages of earlier imports that brought any of these resources. */
async function lineagesOf(em: EntityManager, workspaceId: Id, ids: readonly Id[]): Promise<Id[]> {
  const rows = await em.execute<{ lineage: Id }[]>(
    'select distinct lineage from imported where workspace_id = ? and resource_id = any(?::uuid[]) order by lineage',
    [workspaceId, uuids(ids)],
  );
  return rows.map(({ lineage }) => lineage);
}

/** What earlier exports of the same lineage brought and this one does not hold any more. */
async function vanished(
  em: EntityManager,
  workspaceId: Id,
  lineages: readonly Id[],
  planned: readonly Id[],
): Promise<Skipped[]> {
  const rows = await em.execute<{ path: string }[]>(
    `select path from imported where workspace_id = ? and lineage = any(?::uuid[]) and not (resource_id = any(?::uuid[])) order by path`,
    [workspaceId, uuids(lineages), uuids(planned)],
  );
  return rows.map(({ path }) => ({
    path,
    reason: 'An earlier import brought it and this export does not hold it any more; it was kept.',
  }));
}
