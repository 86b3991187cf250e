// Turns what lies in an export into the plan: typed properties, rows with their values and times, attachments with
// their owners, everything in order.

import { basename } from 'node:path';
import type { BlockContent, BlockTree } from '../content/block-content.js';
import { contentTypeOf, isImageName } from '../content/content-type.js';
import { derivedId, type Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { DateSpan, PropertySchema, StoredProps } from '../property/property.js';
import type { ExportEntry } from './archive.js';
import { propertyIds } from './csv-database.js';
import { type InferredColumn, inferColumn } from './infer.js';
import { headingAtTop, markdownToBlocks } from './markdown.js';
import { type NamedPerson, peopleByName } from './people.js';
import type { ImportPlan, InferredProperty, PlannedDatabase, PlannedFile, PlannedPage } from './plan.js';
import { type ExpectedProperty, expectedOf, splitRowText } from './row-files.js';
import type { Database, PageFile, Survey } from './survey.js';
import { readText } from './text.js';
import { momentOf, type TimeRole, type Times, timeRole, timesOf } from './times.js';

interface Attachment {
  entry: ExportEntry;
  id: Id;
  name: string;
  owner: Id | null;
}

interface PageSource {
  entry: ExportEntry;
  /** Of a row: what its property lines show. */
  expected?: ExpectedProperty[];
}

export class PlanMaker {
  readonly #sources = new Map<Id, PageSource>();
  readonly #attachedBelow = new Map<Id, BlockContent[]>();

  readonly #peopleNamed: (name: string) => readonly Id[];

  /** `idNamespace` makes ids for attachments that lie in no page; `people` are those of the workspace it is for. */
  constructor(
    readonly survey: Survey,
    readonly idNamespace: Id,
    people: readonly NamedPerson[] = [],
  ) {
    this.#peopleNamed = peopleByName(people);
  }

  /** The plan; to be made once. */
  make(): ImportPlan {
    const attachments = this.#attachments();
    const plan: ImportPlan = {
      pages: [],
      databases: [],
      files: [],
      inferred: [],
      skipped: [],
      fileCount: this.survey.archive.fileCount,
    };
    const shownBy = new Map<Id, Id>();
    for (const item of this.#inOrder()) {
      if (item.kind === 'DATABASE') plan.databases.push(this.#plannedDatabase(item, plan.inferred));
      else plan.pages.push(this.#plannedPage(item));
    }
    for (const page of plan.pages) this.#noteShownFiles(page, shownBy);
    plan.files = this.#plannedFiles(attachments, shownBy);
    plan.skipped = [...this.survey.skipped.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return plan;
  }

  /** The body of a page of the plan. */
  async blocksOf(page: PlannedPage): Promise<BlockTree[]> {
    const source = this.#sources.get(page.id);
    const attached = (this.#attachedBelow.get(page.id) ?? []).map((content) => ({ content, children: [] }));
    if (!source) return attached;
    const { text } = await readText(source.entry, this.survey.options.limits.maxTextBytes);
    const below = headingAtTop(text)?.rest ?? text;
    const body = source.expected ? splitRowText(below, source.expected).body : below;
    return [...markdownToBlocks(body, this.survey.index.from(source.entry.path)), ...attached];
  }

  // ---- attachments

  #attachments(): Attachment[] {
    const { attachments: entries, tree } = this.survey;
    const wrapper = commonFolder(this.survey.archive.entries.map(({ path }) => path));
    const taken = new Set<Id>();
    return entries.map((entry) => {
      const owner = tree.ownerOf(entry.path);
      const inside = entry.path.slice(owner ? owner.folder.length + 1 : wrapper.length);
      const namespace = owner?.id ?? this.idNamespace;
      const short = derivedId(namespace, `file:${inside}`);
      const id = taken.has(short) ? derivedId(namespace, `file at:${entry.path}`) : short;
      taken.add(id);
      const name = basename(entry.path);
      this.survey.index.addFile(entry.path, id, name);
      return { entry, id, name, owner: owner?.id ?? null };
    });
  }

  /** Each attachment belongs to the page whose folder it lies in, else to the first page that shows it. One that no
   *  page shows is added at the end of its page. */
  #plannedFiles(attachments: readonly Attachment[], shownBy: ReadonlyMap<Id, Id>): PlannedFile[] {
    const files: PlannedFile[] = [];
    for (const { entry, id, name, owner } of attachments) {
      const page = owner !== null && this.survey.pages.has(owner) ? owner : shownBy.get(id);
      if (page === undefined) {
        this.survey.skip(entry.path, 'it lies in no page, and no page shows it');
        continue;
      }
      if (!shownBy.has(id)) {
        const type = isImageName(name) ? 'IMAGE' : 'FILE';
        const content: BlockContent = { type, file: { name, fileId: id }, caption: [] };
        this.#attachedBelow.set(page, [...(this.#attachedBelow.get(page) ?? []), content]);
      }
      files.push({
        id,
        path: entry.path,
        name,
        contentType: contentTypeOf(name),
        size: entry.size,
        ownerPageId: page,
        open: () => entry.open(),
      });
    }
    return files;
  }

  // ---- the plan

  #noteShownFiles(page: PlannedPage, shownBy: Map<Id, Id>): void {
    const show = (fileId: Id | undefined) => {
      if (fileId && !shownBy.has(fileId)) shownBy.set(fileId, page.id);
    };
    for (const value of Object.values(page.props ?? {})) {
      if (Array.isArray(value))
        for (const item of value) if (typeof item === 'object' && 'name' in item) show(item.fileId);
    }
    const file = this.survey.pages.get(page.id);
    if (!file?.entry) return;
    const resolve = this.survey.index.from(file.path);
    for (const href of [...file.links.certain, ...file.links.loose]) {
      const target = resolve(href);
      if (target.kind === 'FILE') show(target.fileId);
    }
    for (const href of file.links.certain) {
      const target = resolve(href);
      if (target.kind !== 'MISSING' || !/\.\w{1,8}$/.test(target.path)) continue;
      const what = target.isDatabase ? 'the database is only linked and its CSV is' : 'it is linked, but';
      this.survey.skip(target.path, `${what} not in the export; the link in "${file.path}" stays as text`);
    }
    file.links = { certain: [], loose: [] };
  }

  #plannedPage({ item: page, parent, row }: OrderedPage): PlannedPage {
    if (row) return this.#plannedRow(row);
    invariant(page, 'a page that is no row has a file or a folder');
    if (page.entry) this.#sources.set(page.id, { entry: page.entry });
    const { createdAt, lastEditedAt } = timesOf(page.entry?.modifiedAt ?? null);
    return {
      id: page.id,
      parent: parent === null ? null : { kind: 'PAGE', id: parent },
      title: page.title,
      createdAt,
      lastEditedAt,
      sourcePath: page.entry ? page.path : null,
    };
  }

  #plannedRow({ database, line, columns }: RowPosition): PlannedPage {
    const id = database.rowIds[line]!;
    const file = database.fileOfLine.get(line);
    if (file?.entry) this.#sources.set(id, { entry: file.entry, expected: expectedOf(database.table, line) });
    const cells = database.table.lines[line]!;
    const props: StoredProps = {};
    const own: Partial<Times> = {};
    columns.forEach(({ propertyId, column, role, shows }, index) => {
      const value = column.read(cells[index + 1]!);
      if (value === undefined) return;
      if (!shows) props[propertyId] = value;
      if (role === 'CREATED') own.createdAt ??= momentOf(value as DateSpan);
      if (role === 'EDITED') own.lastEditedAt ??= momentOf(value as DateSpan);
    });
    return {
      id,
      parent: { kind: 'DATA_SOURCE', id: database.dataSourceId },
      title: cells[0]!.trim(),
      props,
      ...timesOf((file?.entry ?? database.entry).modifiedAt, own),
      sourcePath: file?.entry ? file.path : null,
    };
  }

  #plannedDatabase(
    { item: database, parent, columns }: OrderedDatabase,
    inferred: InferredProperty[],
  ): PlannedDatabase {
    const { id, dataSourceId, title, table, path } = database;
    const properties: PropertySchema[] = [{ id: 'title', name: table.columns[0]!.name, type: 'TITLE' }];
    columns.forEach(({ propertyId, column, shows }, index) => {
      const { name, note: columnNote } = table.columns[index + 1]!;
      properties.push(
        shows
          ? { id: propertyId, name, type: shows }
          : this.#propertySchema(database, { propertyId, name, column, cellIndex: index + 1 }),
      );
      const note = [columnNote, column.note].filter(Boolean).join('; ');
      const type = shows ?? column.type;
      inferred.push({ dataSourceId, database: title, property: name, type, ...(note && { note }) });
    });
    const times = timesOf(database.entry.modifiedAt);
    return {
      id,
      dataSourceId,
      parent: parent === null ? null : { kind: 'PAGE', id: parent },
      title,
      properties,
      ...times,
      sourcePath: path,
    };
  }

  #propertySchema(
    { dataSourceId, table }: Database,
    {
      propertyId,
      name,
      column,
      cellIndex,
    }: { propertyId: string; name: string; column: InferredColumn; cellIndex: number },
  ): PropertySchema {
    const { type } = column;
    if (type === 'SELECT' || type === 'MULTI_SELECT') {
      const options = column.options!.map((option) => ({
        id: optionId(dataSourceId, propertyId, option),
        name: option,
      }));
      return { id: propertyId, name, type, options };
    }
    if (type !== 'RELATION') return { id: propertyId, name, type };
    const related = new Set<Id | null>();
    for (const line of table.lines) {
      for (const id of (column.read(line[cellIndex]!) ?? []) as Id[])
        related.add(this.survey.dataSourceOfRow.get(id) ?? null);
    }
    const [only = null] = related;
    return { id: propertyId, name, type, dataSourceId: related.size === 1 ? only : null };
  }

  #columnsOf({ dataSourceId, table, path }: Database): TypedColumn[] {
    const ids = propertyIds(dataSourceId, table.columns);
    const resolve = this.survey.index.from(path);
    const columns = table.columns.slice(1).map(({ name }, index) => {
      const propertyId = ids[index + 1]!;
      const cells = table.lines.map((line) => line[index + 1]!);
      const column = inferColumn(cells, {
        name,
        resolve,
        isPage: (id) => this.survey.pages.has(id),
        peopleNamed: this.#peopleNamed,
        optionId: (option) => optionId(dataSourceId, propertyId, option),
      });
      const role = column.type === 'DATE' ? timeRole(name) : null;
      const times = role === null ? null : cells.map((cell) => momentOf(column.read(cell) as DateSpan | undefined));
      return { propertyId, column, role, times };
    });
    const first = (role: TimeRole) => columns.find((column) => column.role === role);
    const [created, edited] = [first('CREATED'), first('EDITED')];
    return columns.map((column) => ({
      ...column,
      shows:
        column === created && isWhole(created.times)
          ? 'CREATED_TIME'
          : column === edited && isWhole(edited.times, created?.times)
            ? 'LAST_EDITED_TIME'
            : null,
    }));
  }

  /** Everything once, parents first, siblings by path, rows by line. */
  *#inOrder(): Generator<OrderedPage | OrderedDatabase> {
    const children = new Map<Id | null, (PageFile | Database)[]>();
    const isDatabase = (item: PageFile | Database): item is Database => 'table' in item;
    const all = [...this.survey.pages.values(), ...this.survey.databases.values()].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    );
    for (const item of all) {
      const parent = isDatabase(item) ? this.#pageAbove(item.parent) : item.parent;
      const same = children.get(parent);
      if (same) same.push(item);
      else children.set(parent, [item]);
    }
    const done = new Set<Id>();
    const below = function* (
      this: PlanMaker,
      item: PageFile | Database,
      parent: Id | null,
    ): Generator<OrderedPage | OrderedDatabase> {
      if (done.has(item.id)) return;
      done.add(item.id);
      if (!isDatabase(item)) {
        yield { kind: 'PAGE', item, parent };
        for (const child of children.get(item.id) ?? []) yield* below.call(this, child, item.id);
        return;
      }
      const columns = this.#columnsOf(item);
      yield { kind: 'DATABASE', item, parent, columns };
      for (const [line, id] of item.rowIds.entries()) {
        yield { kind: 'PAGE', row: { database: item, line, columns }, parent };
        done.add(id);
        for (const child of children.get(id) ?? []) yield* below.call(this, child, id);
      }
    };
    for (const item of children.get(null) ?? []) yield* below.call(this, item, null);
    // Folders that lie in each other have no top; the first by path becomes one.
    for (const item of all) yield* below.call(this, item, null);
  }

  #pageAbove(id: Id | null): Id | null {
    const seen = new Set<Id>();
    let above = id;
    while (above !== null && this.survey.databases.has(above)) {
      if (seen.has(above)) return null;
      seen.add(above);
      above = this.survey.databases.get(above)!.parent;
    }
    return above;
  }
}

interface TypedColumn {
  propertyId: string;
  column: InferredColumn;
  role: TimeRole | null;
  /** What it says of each row is just what the row itself keeps, and so it keeps nothing of its own. */
  shows: 'CREATED_TIME' | 'LAST_EDITED_TIME' | null;
}

/** Whether there is a time for every row, and none before those of `earlier`: that is how a row keeps them (`timesOf`). */
const isWhole = (times: readonly (Date | null)[] | null, earlier?: readonly (Date | null)[] | null): boolean =>
  times?.every((time, line) => time !== null && time >= (earlier?.[line] ?? time)) ?? false;

interface RowPosition {
  database: Database;
  line: number;
  columns: readonly TypedColumn[];
}

interface OrderedPage {
  kind: 'PAGE';
  parent: Id | null;
  item?: PageFile;
  row?: RowPosition;
}

interface OrderedDatabase {
  kind: 'DATABASE';
  parent: Id | null;
  item: Database;
  columns: readonly TypedColumn[];
}

const optionId = (dataSourceId: Id, propertyId: string, option: string): Id =>
  derivedId(dataSourceId, `option:${propertyId}:${option}`);

/** The folders all paths begin with, `/` included. */
function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  let common = first.slice(0, first.lastIndexOf('/') + 1);
  while (common !== '' && !others.every((path) => path.startsWith(common))) {
    common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  }
  return common;
}
