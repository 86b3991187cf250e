// Reads a whole export into a plan: what would be written, inferred and skipped. Writes nothing anywhere.

import { basename } from 'node:path';
import type { BlockContent, BlockTree } from '../content/block-content.js';
import type { DateSpan, PropertySchema, StoredProps } from '../content/property.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { invalid } from '../lib/refusal.js';
import { type Archive, type ExportEntry, openArchive } from './archive.js';
import { contentTypeOf, isImageName } from './content-type.js';
import { linkedViews, parseTable, propertyIds, type TableFile } from './csv-database.js';
import { derivedFrom } from './derived.js';
import { type InferredColumn, inferColumn } from './infer.js';
import { DEFAULT_LIMITS, type ExportLimits } from './limits.js';
import { LinkIndex, scanLinks } from './links.js';
import { headingAtTop, headingBelow, markdownToBlocks } from './markdown.js';
import { comparable, junkReason, type NamedFile, parseFileName, parseName } from './names.js';
import type { ImportPlan, InferredProperty, PlannedDatabase, PlannedFile, PlannedPage, Skipped } from './plan.js';
import { type ExpectedProperty, expectedOf, matchRowFiles, splitRowText } from './row-files.js';
import { readText } from './text.js';
import { momentOf, type Times, timeRole, timesOf } from './times.js';
import { FolderTree } from './tree.js';

export interface ReadExportOptions {
  /** Makes ids for things that have none of their own. */
  idNamespace: Id;
  limits?: Partial<ExportLimits>;
  /** Called for each page and table read. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface ExportReading {
  plan: ImportPlan;
  /** The body of a page of the plan, read when asked for, so that no more than one need be in memory. */
  blocksOf(page: PlannedPage): Promise<BlockTree[]>;
  /** After this neither `blocksOf` nor a file's `open` works. */
  close(): Promise<void>;
}

/** Reads the export at `path`: a folder, a zip, or a zip of zips. Refuses (`INVALID`) what is broken, unsafe, beyond
 *  the limits or no "Markdown & CSV" export, and (`NOT_FOUND`) a path that leads nowhere. */
export async function readExport(path: string, options: ReadExportOptions): Promise<ExportReading> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const archive = await openArchive(path, limits, options.signal);
  try {
    const reader = new ExportReader(archive, limits, options);
    const plan = await reader.read(path);
    return { plan, blocksOf: (page) => reader.blocksOf(page), close: archive.close };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** A page as its file shows it; `entry` is null for one that only a folder names. */
interface PageFile {
  id: Id;
  path: string;
  entry: ExportEntry | null;
  title: string;
  /** Titles the heading may mean, for finding its line. */
  titles: string[];
  isHeadingOnly: boolean;
  /** Text below the heading; only kept for files in a database's folder. */
  rest: string;
  links: { certain: string[]; loose: string[] };
  parent: Id | null;
}

interface Database extends TableFile {
  entry: ExportEntry;
  title: string;
  parent: Id | null;
  dataSourceId: Id;
  rowIds: Id[];
  fileOfLine: Map<number, PageFile>;
}

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

class ExportReader {
  readonly #skipped = new Map<string, Skipped>();
  readonly #index = new LinkIndex();
  readonly #pages = new Map<Id, PageFile>();
  readonly #databases = new Map<Id, Database>();
  readonly #dataSourceOfRow = new Map<Id, Id>();
  readonly #sources = new Map<Id, PageSource>();
  readonly #attachedBelow = new Map<Id, BlockContent[]>();

  constructor(
    readonly archive: Archive,
    readonly limits: ExportLimits,
    readonly options: ReadExportOptions,
  ) {
    for (const { path, reason } of archive.skipped) this.#skip(path, reason);
  }

  async read(exportPath: string): Promise<ImportPlan> {
    const { pageFiles, tableFiles, others } = this.#classify(exportPath);
    const tree = new FolderTree([...tableFiles, ...pageFiles]);
    const progress = this.#progress(pageFiles.length + tableFiles.length);

    const tables = await this.#readTables(tableFiles, pageFiles, tree, progress);
    await this.#readPages(pageFiles, tables, tree, progress);
    const views = linkedViews([...tables.values()]);
    for (const view of views) this.#dropView(...view, tables);
    for (const database of tables.values()) this.#databases.set(database.id, database);
    this.#dropLinkedDatabases();
    this.#addMissingParents(tree);
    this.#matchRows();
    this.#dropOrphans();

    for (const id of [...this.#pages.keys(), ...this.#databases.keys()]) this.#index.addResource(id);
    for (const [id, shown] of views) this.#index.addResource(id, shown.id);
    const attachments = this.#attachments(others, tree);
    return this.#plan(attachments);
  }

  async blocksOf(page: PlannedPage): Promise<BlockTree[]> {
    const source = this.#sources.get(page.id);
    const attached = (this.#attachedBelow.get(page.id) ?? []).map((content) => ({ content, children: [] }));
    if (!source) return attached;
    const { text } = await readText(source.entry, this.limits.maxTextBytes);
    const below = headingAtTop(text)?.rest ?? text;
    const body = source.expected ? splitRowText(below, source.expected).body : below;
    return [...markdownToBlocks(body, this.#index.from(source.entry.path)), ...attached];
  }

  #skip(path: string, reason: string): void {
    if (!this.#skipped.has(path)) this.#skipped.set(path, { path, reason });
  }

  #progress(total: number): () => void {
    let done = 0;
    return () => {
      this.options.signal?.throwIfAborted();
      done += 1;
      this.options.onProgress?.(done, total);
    };
  }

  // ---- what the files are

  #classify(exportPath: string) {
    const pageFiles: (NamedFile & { path: string; entry: ExportEntry })[] = [];
    const tableFiles: (NamedFile & { path: string; entry: ExportEntry })[] = [];
    const others: ExportEntry[] = [];
    let htmlPages = 0;
    for (const entry of this.archive.entries) {
      const junk = junkReason(entry.path);
      if (junk) {
        this.#skip(junk.path, junk.reason);
        continue;
      }
      const name = basename(entry.path);
      const named = parseFileName(name);
      if (!named) {
        others.push(entry);
        if (/\.html?$/i.test(name) && parseName(name.replace(/\.html?$/i, ''))) htmlPages += 1;
      } else (named.kind === 'PAGE' ? pageFiles : tableFiles).push({ ...named, path: entry.path, entry });
    }
    if (pageFiles.length === 0 && htmlPages > 0) {
      throw invalid(
        `Expected a "Markdown & CSV" export, but the pages in "${exportPath}" are HTML. Export again and choose "Markdown & CSV".`,
      );
    }
    if (pageFiles.length === 0 && tableFiles.length === 0) {
      throw invalid(
        `Expected a "Markdown & CSV" export of Notion, with files named "Title <32 hex digits>.md" or ".csv", but "${exportPath}" holds none.`,
      );
    }
    return { pageFiles, tableFiles, others };
  }

  async #readTables(
    files: (NamedFile & { path: string; entry: ExportEntry })[],
    pageFiles: readonly { id: Id; path: string }[],
    tree: FolderTree,
    progress: () => void,
  ): Promise<Map<Id, Database>> {
    const chosen = new Map<Id, (typeof files)[number]>();
    const plain = new Map<Id, string>();
    for (const file of files) {
      const kept =
        file.kind === 'CSV' ? plain.get(file.id) : chosen.get(file.id)?.kind === 'ALL_CSV' && chosen.get(file.id)!.path;
      if (kept) {
        this.#skip(file.path, `"${kept}" has the same id`);
        continue;
      }
      if (file.kind === 'CSV') plain.set(file.id, file.path);
      if (file.kind === 'ALL_CSV' || !chosen.has(file.id)) chosen.set(file.id, file);
    }
    const withRowFiles = new Set(pageFiles.map(({ id, path }) => tree.ownerOf(path, id)?.id));
    const tables = new Map<Id, Database>();
    for (const { id, title, path, entry, kind } of chosen.values()) {
      const { text, note } = await readText(entry, this.limits.maxTextBytes);
      if (note) this.#skip(path, note);
      tables.set(id, {
        id,
        path,
        entry,
        title,
        table: parseTable(text, path),
        isCertain: kind === 'ALL_CSV' || withRowFiles.has(id),
        parent: tree.ownerOf(path, id)?.id ?? null,
        dataSourceId: derivedFrom(id, 'data-source'),
        rowIds: [],
        fileOfLine: new Map(),
      });
      progress();
    }
    return tables;
  }

  async #readPages(
    files: (NamedFile & { path: string; entry: ExportEntry })[],
    tables: ReadonlyMap<Id, Database>,
    tree: FolderTree,
    progress: () => void,
  ): Promise<void> {
    for (const { id, path, entry, title: nameTitle } of files) {
      const first = tables.get(id) ?? this.#pages.get(id);
      if (first) {
        this.#skip(path, `"${first.path}" has the same id`);
        continue;
      }
      const { text, note } = await readText(entry, this.limits.maxTextBytes);
      if (note) this.#skip(path, note);
      const heading = headingAtTop(text);
      const parent = tree.ownerOf(path, id)?.id ?? null;
      this.#pages.set(id, {
        id,
        path,
        entry,
        // Notion does not escape titles, so the letters as written count when the file name agrees with them.
        title: heading
          ? comparable(heading.raw) === comparable(nameTitle)
            ? heading.raw
            : heading.text
          : (headingBelow(text) ?? nameTitle),
        titles: heading ? [heading.raw, heading.text] : [nameTitle],
        isHeadingOnly: (heading?.rest ?? text).trim() === '',
        rest: parent !== null && tables.has(parent) ? (heading?.rest ?? text) : '',
        links: scanLinks(text),
        parent,
      });
      progress();
    }
  }

  // ---- what is left out

  #dropView(id: Id, shown: TableFile, tables: Map<Id, Database>): void {
    this.#skip(tables.get(id)!.path, `a linked view of the database in "${shown.path}"`);
    tables.delete(id);
  }

  /** A database that is only linked leaves a page file with nothing but its name. */
  #dropLinkedDatabases(): void {
    const linked = new Set<Id>();
    for (const page of this.#pages.values()) {
      for (const href of page.links.certain) {
        const target = this.#index.from(page.path)(href);
        if (target.kind === 'MISSING' && target.isDatabase && target.id) linked.add(target.id);
      }
    }
    const parents = new Set([...this.#pages.values(), ...this.#databases.values()].map(({ parent }) => parent));
    for (const page of [...this.#pages.values()]) {
      if (!linked.has(page.id) || !page.isHeadingOnly || parents.has(page.id)) continue;
      this.#pages.delete(page.id);
      this.#skip(page.path, 'only the heading of a database that is linked, but not in the export');
    }
  }

  /** A folder whose page is not in the export keeps its level: an empty page stands in, and a later import fills it. */
  #addMissingParents(tree: FolderTree): void {
    const waiting: { parent: Id | null; path: string; id: Id }[] = [
      ...this.#pages.values(),
      ...this.#databases.values(),
    ];
    for (let child = waiting.pop(); child; child = waiting.pop()) {
      const { parent } = child;
      if (parent === null || this.#pages.has(parent) || this.#databases.has(parent)) continue;
      const owner = tree.ownerOf(child.path, child.id)!;
      const standIn: PageFile = {
        id: owner.id,
        path: `${owner.folder}/`,
        entry: null,
        title: owner.title,
        titles: [owner.title],
        isHeadingOnly: true,
        rest: '',
        links: { certain: [], loose: [] },
        parent: tree.ownerOf(owner.folder, owner.id)?.id ?? null,
      };
      this.#skip(standIn.path, 'the export holds no page of this folder; an empty page stands in');
      this.#pages.set(standIn.id, standIn);
      waiting.push(standIn);
    }
  }

  #matchRows(): void {
    const files = new Map<Id, PageFile[]>();
    for (const page of this.#pages.values()) {
      if (page.parent === null || !this.#databases.has(page.parent)) continue;
      const same = files.get(page.parent);
      if (same) same.push(page);
      else files.set(page.parent, [page]);
    }
    for (const database of this.#databases.values()) {
      const own = files.get(database.id) ?? [];
      database.fileOfLine = matchRowFiles(database.table, own);
      const claimed = new Set(database.fileOfLine.values());
      for (const page of own) {
        page.rest = '';
        if (page.entry === null || !claimed.has(page)) this.#skipped.delete(page.path);
        if (claimed.has(page)) continue;
        this.#pages.delete(page.id);
        this.#skip(
          page.path,
          `a template of "${database.title}": no line of the CSV has this title and these properties`,
        );
      }
      this.#numberRows(database);
    }
  }

  #numberRows(database: Database): void {
    const { table, dataSourceId, fileOfLine } = database;
    const seen = new Map<string, number>();
    database.rowIds = table.lines.map((line, index) => {
      const title = comparable(line[0]!);
      const number = (seen.get(title) ?? 0) + 1;
      seen.set(title, number);
      const id = fileOfLine.get(index)?.id ?? derivedFrom(dataSourceId, JSON.stringify([title, number]));
      this.#dataSourceOfRow.set(id, dataSourceId);
      return id;
    });
  }

  /** What lies below a template goes with it. */
  #dropOrphans(): void {
    const fates = new Map<Id, boolean>();
    const isKept = (id: Id): boolean => {
      const known = fates.get(id);
      if (known !== undefined) return known;
      const item = this.#pages.get(id) ?? this.#databases.get(id);
      // Two folders that name each other hold each other; `#inOrder` takes that apart.
      fates.set(id, true);
      const kept = item !== undefined && (item.parent === null || isKept(item.parent));
      fates.set(id, kept);
      return kept;
    };
    for (const item of [...this.#pages.values(), ...this.#databases.values()]) {
      if (isKept(item.id)) continue;
      this.#skip(item.path, 'it lies below a template');
    }
    for (const [id, kept] of fates) {
      if (kept) continue;
      this.#pages.delete(id);
      this.#databases.delete(id);
    }
  }

  // ---- attachments

  #attachments(entries: readonly ExportEntry[], tree: FolderTree): Attachment[] {
    const wrapper = commonFolder(this.archive.entries.map(({ path }) => path));
    const taken = new Set<Id>();
    return entries.map((entry) => {
      const owner = tree.ownerOf(entry.path);
      const inside = entry.path.slice(owner ? owner.folder.length + 1 : wrapper.length);
      const namespace = owner?.id ?? this.options.idNamespace;
      const short = derivedFrom(namespace, `file:${inside}`);
      const id = taken.has(short) ? derivedFrom(namespace, `file at:${entry.path}`) : short;
      taken.add(id);
      const name = basename(entry.path);
      this.#index.addFile(entry.path, id, name);
      return { entry, id, name, owner: owner?.id ?? null };
    });
  }

  /** Each attachment belongs to the page whose folder it lies in, else to the first page that shows it. One that no
   *  page shows is added at the end of its page. */
  #plannedFiles(attachments: readonly Attachment[], shownBy: ReadonlyMap<Id, Id>): PlannedFile[] {
    const files: PlannedFile[] = [];
    for (const { entry, id, name, owner } of attachments) {
      const page = owner !== null && this.#pages.has(owner) ? owner : shownBy.get(id);
      if (page === undefined) {
        this.#skip(entry.path, 'it lies in no page, and no page shows it');
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

  #plan(attachments: readonly Attachment[]): ImportPlan {
    const plan: ImportPlan = {
      pages: [],
      databases: [],
      files: [],
      inferred: [],
      skipped: [],
      fileCount: this.archive.fileCount,
    };
    const shownBy = new Map<Id, Id>();
    for (const item of this.#inOrder()) {
      if (item.kind === 'DATABASE') plan.databases.push(this.#plannedDatabase(item, plan.inferred));
      else plan.pages.push(this.#plannedPage(item));
    }
    for (const page of plan.pages) this.#noteShownFiles(page, shownBy);
    plan.files = this.#plannedFiles(attachments, shownBy);
    plan.skipped = [...this.#skipped.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return plan;
  }

  #noteShownFiles(page: PlannedPage, shownBy: Map<Id, Id>): void {
    const show = (fileId: Id | undefined) => {
      if (fileId && !shownBy.has(fileId)) shownBy.set(fileId, page.id);
    };
    for (const value of Object.values(page.props ?? {})) {
      if (Array.isArray(value))
        for (const item of value) if (typeof item === 'object' && 'name' in item) show(item.fileId);
    }
    const file = this.#pages.get(page.id);
    if (!file?.entry) return;
    const resolve = this.#index.from(file.path);
    for (const href of [...file.links.certain, ...file.links.loose]) {
      const target = resolve(href);
      if (target.kind === 'FILE') show(target.fileId);
    }
    for (const href of file.links.certain) {
      const target = resolve(href);
      if (target.kind !== 'MISSING' || !/\.\w{1,8}$/.test(target.path)) continue;
      const what = target.isDatabase ? 'the database is only linked and its CSV is' : 'it is linked, but';
      this.#skip(target.path, `${what} not in the export; the link in "${file.path}" stays as text`);
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
    columns.forEach(({ propertyId, column, role }, index) => {
      const value = column.read(cells[index + 1]!);
      if (value === undefined) return;
      props[propertyId] = value;
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
    columns.forEach(({ propertyId, column }, index) => {
      const { name, note: columnNote } = table.columns[index + 1]!;
      properties.push(this.#propertySchema(database, { propertyId, name, column, cellIndex: index + 1 }));
      const note = [columnNote, column.note].filter(Boolean).join('; ');
      inferred.push({ dataSourceId, database: title, property: name, type: column.type, ...(note && { note }) });
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
        related.add(this.#dataSourceOfRow.get(id) ?? null);
    }
    const [only = null] = related;
    return { id: propertyId, name, type, dataSourceId: related.size === 1 ? only : null };
  }

  #columnsOf({ dataSourceId, table, path }: Database): TypedColumn[] {
    const ids = propertyIds(dataSourceId, table.columns);
    const resolve = this.#index.from(path);
    return table.columns.slice(1).map(({ name }, index) => {
      const propertyId = ids[index + 1]!;
      const cells = table.lines.map((line) => line[index + 1]!);
      const column = inferColumn(cells, {
        name,
        resolve,
        isPage: (id) => this.#pages.has(id),
        optionId: (option) => optionId(dataSourceId, propertyId, option),
      });
      return { propertyId, column, role: column.type === 'DATE' ? timeRole(name) : null };
    });
  }

  /** Everything once, parents first, siblings by path, rows by line. */
  *#inOrder(): Generator<OrderedPage | OrderedDatabase> {
    const children = new Map<Id | null, (PageFile | Database)[]>();
    const isDatabase = (item: PageFile | Database): item is Database => 'table' in item;
    const all = [...this.#pages.values(), ...this.#databases.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const item of all) {
      const parent = isDatabase(item) ? this.#pageAbove(item.parent) : item.parent;
      const same = children.get(parent);
      if (same) same.push(item);
      else children.set(parent, [item]);
    }
    const done = new Set<Id>();
    const below = function* (
      this: ExportReader,
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
    while (above !== null && this.#databases.has(above)) {
      if (seen.has(above)) return null;
      seen.add(above);
      above = this.#databases.get(above)!.parent;
    }
    return above;
  }
}

interface TypedColumn {
  propertyId: string;
  column: InferredColumn;
  role: ReturnType<typeof timeRole>;
}

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
  derivedFrom(dataSourceId, `option:${propertyId}:${option}`);

/** The folders all paths begin with, `/` included. */
function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  let common = first.slice(0, first.lastIndexOf('/') + 1);
  while (common !== '' && !others.every((path) => path.startsWith(common))) {
    common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  }
  return common;
}
