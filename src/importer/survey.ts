// What lies in an export: which files are pages, databases and rows, what lies below what, and what is left out.

import { basename } from 'node:path';
import { derivedId, type Id } from '../lib/id.js';
import { invalid } from '../lib/refusal.js';
import type { Archive, ExportEntry } from './archive.js';
import { linkedViews, parseTable, type TableFile } from './csv-database.js';
import type { ExportLimits } from './limits.js';
import { LinkIndex, scanLinks } from './links.js';
import { headingAtTop, headingBelow } from './markdown.js';
import { comparable, junkReason, type NamedFile, parseFileName, parseName } from './names.js';
import type { Skipped } from './plan.js';
import { matchRowFiles } from './row-files.js';
import { readText } from './text.js';
import { FolderTree } from './tree.js';

/** A page as its file shows it; `entry` is null for one that only a folder names. */
export interface PageFile {
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

export interface Database extends TableFile {
  entry: ExportEntry;
  title: string;
  parent: Id | null;
  dataSourceId: Id;
  rowIds: Id[];
  fileOfLine: Map<number, PageFile>;
}

export interface SurveyOptions {
  limits: ExportLimits;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Reads all pages and tables once, keeping what the tree is made of but no bodies. Refuses what is no "Markdown & CSV"
 *  export; `exportPath` names it. */
export async function surveyExport(archive: Archive, exportPath: string, options: SurveyOptions): Promise<Survey> {
  const survey = new Survey(archive, options);
  await survey.take(exportPath);
  return survey;
}

export class Survey {
  readonly skipped = new Map<string, Skipped>();
  /** Everything that stays; attachments are added by whoever gives them ids. */
  readonly index = new LinkIndex();
  readonly pages = new Map<Id, PageFile>();
  readonly databases = new Map<Id, Database>();
  readonly dataSourceOfRow = new Map<Id, Id>();
  readonly attachments: ExportEntry[] = [];
  tree = new FolderTree([]);

  constructor(
    readonly archive: Archive,
    readonly options: SurveyOptions,
  ) {
    for (const { path, reason } of archive.skipped) this.skip(path, reason);
  }

  async take(exportPath: string): Promise<void> {
    const { pageFiles, tableFiles } = this.#classify(exportPath);
    const tree = new FolderTree([...tableFiles, ...pageFiles]);
    this.tree = tree;
    const progress = this.#progress(pageFiles.length + tableFiles.length);

    const tables = await this.#readTables(tableFiles, pageFiles, tree, progress);
    await this.#readPages(pageFiles, tables, tree, progress);
    const views = linkedViews([...tables.values()]);
    for (const view of views) this.#dropView(...view, tables);
    for (const database of tables.values()) this.databases.set(database.id, database);
    this.#dropLinkedDatabases();
    this.#addMissingParents(tree);
    this.#matchRows();
    this.#dropOrphans();

    for (const id of [...this.pages.keys(), ...this.databases.keys()]) this.index.addResource(id);
    for (const [id, shown] of views) this.index.addResource(id, shown.id);
  }

  skip(path: string, reason: string): void {
    if (!this.skipped.has(path)) this.skipped.set(path, { path, reason });
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
    let htmlPages = 0;
    for (const entry of this.archive.entries) {
      const junk = junkReason(entry.path);
      if (junk) {
        this.skip(junk.path, junk.reason);
        continue;
      }
      const name = basename(entry.path);
      const named = parseFileName(name);
      if (!named) {
        this.attachments.push(entry);
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
    return { pageFiles, tableFiles };
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
        this.skip(file.path, `"${kept}" has the same id`);
        continue;
      }
      if (file.kind === 'CSV') plain.set(file.id, file.path);
      if (file.kind === 'ALL_CSV' || !chosen.has(file.id)) chosen.set(file.id, file);
    }
    const withRowFiles = new Set(pageFiles.map(({ id, path }) => tree.ownerOf(path, id)?.id));
    const tables = new Map<Id, Database>();
    for (const { id, title, path, entry, kind } of chosen.values()) {
      const { text, note } = await readText(entry, this.options.limits.maxTextBytes);
      if (note) this.skip(path, note);
      tables.set(id, {
        id,
        path,
        entry,
        title,
        table: parseTable(text, path),
        isCertain: kind === 'ALL_CSV' || withRowFiles.has(id),
        parent: tree.ownerOf(path, id)?.id ?? null,
        dataSourceId: derivedId(id, 'data-source'),
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
      const first = tables.get(id) ?? this.pages.get(id);
      if (first) {
        this.skip(path, `"${first.path}" has the same id`);
        continue;
      }
      const { text, note } = await readText(entry, this.options.limits.maxTextBytes);
      if (note) this.skip(path, note);
      const heading = headingAtTop(text);
      const parent = tree.ownerOf(path, id)?.id ?? null;
      this.pages.set(id, {
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
    this.skip(tables.get(id)!.path, `a linked view of the database in "${shown.path}"`);
    tables.delete(id);
  }

  /** A database that is only linked leaves a page file with nothing but its name. */
  #dropLinkedDatabases(): void {
    const linked = new Set<Id>();
    for (const page of this.pages.values()) {
      for (const href of page.links.certain) {
        const target = this.index.from(page.path)(href);
        if (target.kind === 'MISSING' && target.isDatabase && target.id) linked.add(target.id);
      }
    }
    const parents = new Set([...this.pages.values(), ...this.databases.values()].map(({ parent }) => parent));
    for (const page of [...this.pages.values()]) {
      if (!linked.has(page.id) || !page.isHeadingOnly || parents.has(page.id)) continue;
      this.pages.delete(page.id);
      this.skip(page.path, 'only the heading of a database that is linked, but not in the export');
    }
  }

  /** A folder whose page is not in the export keeps its level: an empty page stands in, and a later import fills it. */
  #addMissingParents(tree: FolderTree): void {
    const waiting: { parent: Id | null; path: string; id: Id }[] = [...this.pages.values(), ...this.databases.values()];
    for (let child = waiting.pop(); child; child = waiting.pop()) {
      const { parent } = child;
      if (parent === null || this.pages.has(parent) || this.databases.has(parent)) continue;
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
      this.skip(standIn.path, 'the export holds no page of this folder; an empty page stands in');
      this.pages.set(standIn.id, standIn);
      waiting.push(standIn);
    }
  }

  #matchRows(): void {
    const files = new Map<Id, PageFile[]>();
    for (const page of this.pages.values()) {
      if (page.parent === null || !this.databases.has(page.parent)) continue;
      const same = files.get(page.parent);
      if (same) same.push(page);
      else files.set(page.parent, [page]);
    }
    for (const database of this.databases.values()) {
      const own = files.get(database.id) ?? [];
      database.fileOfLine = matchRowFiles(database.table, own);
      const claimed = new Set(database.fileOfLine.values());
      for (const page of own) {
        page.rest = '';
        if (page.entry === null || !claimed.has(page)) this.skipped.delete(page.path);
        if (claimed.has(page)) continue;
        this.pages.delete(page.id);
        this.skip(
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
      const id = fileOfLine.get(index)?.id ?? derivedId(dataSourceId, JSON.stringify([title, number]));
      this.dataSourceOfRow.set(id, dataSourceId);
      return id;
    });
  }

  /** What lies below a template goes with it. */
  #dropOrphans(): void {
    const fates = new Map<Id, boolean>();
    const isKept = (id: Id): boolean => {
      const known = fates.get(id);
      if (known !== undefined) return known;
      const item = this.pages.get(id) ?? this.databases.get(id);
      // Two folders that name each other hold each other; `#inOrder` takes that apart.
      fates.set(id, true);
      const kept = item !== undefined && (item.parent === null || isKept(item.parent));
      fates.set(id, kept);
      return kept;
    };
    for (const item of [...this.pages.values(), ...this.databases.values()]) {
      if (isKept(item.id)) continue;
      this.skip(item.path, 'it lies below a template');
    }
    for (const [id, kept] of fates) {
      if (kept) continue;
      this.pages.delete(id);
      this.databases.delete(id);
    }
  }
}
