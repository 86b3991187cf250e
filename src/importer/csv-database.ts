// A CSV as a table: columns with unique names, lines as cells; and which CSVs are databases rather than linked views.

import { parse } from 'csv-parse/sync';
import { derivedId, type Id } from '../lib/id.js';
import { invalid } from '../lib/refusal.js';
import { TITLE_PROPERTY_ID } from '../property/property.js';
import { comparable } from './names.js';

export interface Column {
  /** As the CSV and the row files write it. */
  header: string;
  /** Unique within the table, never empty. */
  name: string;
  note?: string;
}

export interface Table {
  /** At least one; the first is the title. */
  columns: Column[];
  /** Each as long as `columns`. */
  lines: string[][];
}

/** The reference product allows 500. One endless line would widen every other one. */
const MAX_COLUMNS = 1_000;

/** Refuses what no CSV parser can read; `path` names it. */
export function parseTable(text: string, path: string): Table {
  let records: string[][];
  try {
    records = parse(text, { bom: true, relax_column_count: true, relax_quotes: true }) as string[][];
  } catch (error) {
    throw invalid(`Expected a well-formed CSV, but "${path}" is not: ${(error as Error).message}`);
  }
  const header = records[0] ?? ['Name'];
  const width = records.reduce((most, record) => Math.max(most, record.length), header.length);
  if (width > MAX_COLUMNS) {
    throw invalid(`A table may have at most ${MAX_COLUMNS} columns, but "${path}" has ${width}.`);
  }
  const columns = uniqueColumns(Array.from({ length: width }, (_, index) => header[index] ?? ''));
  const lines = records
    .slice(1)
    // An empty line says nothing in a wide table; in a table of titles it is a row without one.
    .filter((record) => width === 1 || record.length > 1 || record[0] !== '')
    .map((record) => Array.from({ length: width }, (_, index) => record[index] ?? ''));
  return { columns, lines };
}

function uniqueColumns(headers: string[]): Column[] {
  const taken = new Set(headers.map((header) => header.trim()));
  const used = new Set<string>();
  return headers.map((header, index) => {
    const wanted = header.trim();
    if (wanted !== '' && !used.has(wanted)) {
      used.add(wanted);
      return { header: wanted, name: wanted };
    }
    const base = wanted === '' ? 'Column' : wanted;
    let number = wanted === '' ? index + 1 : 2;
    while (taken.has(`${base} ${number}`) || used.has(`${base} ${number}`)) number += 1;
    const name = `${base} ${number}`;
    used.add(name);
    const note = wanted === '' ? 'the column has no name' : `another column is also named "${wanted}"`;
    return { header: wanted, name, note };
  });
}

/** Property ids of the columns, in order: short, the same in every import, `title` for the first. */
export function propertyIds(dataSourceId: Id, columns: readonly Column[]): string[] {
  const taken = new Set<string>([TITLE_PROPERTY_ID]);
  return columns.map(({ name }, index) => {
    if (index === 0) return TITLE_PROPERTY_ID;
    const digits = derivedId(dataSourceId, `property:${name}`).replaceAll('-', '');
    let length = 8;
    while (taken.has(digits.slice(0, length))) length += 1;
    taken.add(digits.slice(0, length));
    return digits.slice(0, length);
  });
}

export interface TableFile {
  id: Id;
  path: string;
  table: Table;
  /** It has an `_all` twin or a folder of row files, which a linked view never has. */
  isCertain: boolean;
}

/** Linked views among the tables, each with the database it shows: all its lines (same columns in any order, same
 *  titles) occur there. Of two that show each other, the longer and then the first by path is the database. */
export function linkedViews(tables: readonly TableFile[]): Map<Id, TableFile> {
  const views = new Map<Id, TableFile>();
  const byColumns = new Map<string, { file: TableFile; titles: Map<string, number> }[]>();
  const inOrder = [...tables].sort(
    (a, b) =>
      Number(b.isCertain) - Number(a.isCertain) ||
      b.table.lines.length - a.table.lines.length ||
      (a.path < b.path ? -1 : 1),
  );
  for (const file of inOrder) {
    const headers = file.table.columns.map(({ header }) => comparable(header));
    // A view may move the title, so titles are compared in whatever column has that name.
    const key = JSON.stringify([...headers].sort());
    const databases = byColumns.get(key) ?? [];
    byColumns.set(key, databases);
    const shown =
      file.isCertain || file.table.lines.length === 0 ? undefined : databases.find((it) => isShown(file, it));
    if (shown) views.set(file.id, shown.file);
    else databases.push({ file, titles: titleCounts(file, 0) });
  }
  return views;
}

function isShown(view: TableFile, { file, titles }: { file: TableFile; titles: Map<string, number> }): boolean {
  const title = comparable(file.table.columns[0]!.header);
  const column = view.table.columns.findIndex(({ header }) => comparable(header) === title);
  return [...titleCounts(view, column)].every(([text, count]) => count <= (titles.get(text) ?? 0));
}

function titleCounts({ table }: TableFile, column: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of table.lines) {
    const title = comparable(line[column]!);
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return counts;
}
