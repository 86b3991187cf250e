// Which `.md` in a database's folder belongs to which line of its CSV, and where the body of such a file begins.

import { decodeLink } from '../content/web-address.js';
import type { Table } from './csv-database.js';
import { comparable, parseFileName } from './names.js';

export interface RowFile {
  path: string;
  /** Titles the file may mean, the likeliest first. */
  titles: string[];
  /** What stands below the heading. */
  rest: string;
}

/** The file of each line that has one, by line number. What no line claims is a template. */
export function matchRowFiles<File extends RowFile>(table: Table, files: readonly File[]): Map<number, File> {
  const linesByTitle = new Map<string, number[]>();
  table.lines.forEach((line, index) => {
    const key = titleKey(line[0]!);
    const lines = linesByTitle.get(key);
    if (lines) lines.push(index);
    else linesByTitle.set(key, [index]);
  });
  const filesByTitle = new Map<string, File[]>();
  for (const file of files) {
    const key = file.titles.map(titleKey).find((title) => linesByTitle.has(title));
    if (key === undefined) continue;
    const same = filesByTitle.get(key);
    if (same) same.push(file);
    else filesByTitle.set(key, [file]);
  }

  const claimed = new Map<number, File>();
  for (const [title, sameTitle] of filesByTitle) {
    const lines = linesByTitle.get(title)!;
    if (lines.length === 1 && sameTitle.length === 1) claimed.set(lines[0]!, sameTitle[0]!);
    else claimAmongSeveral(table, lines, sameTitle, claimed);
  }
  return claimed;
}

// A page without a title is "Untitled" as a file and empty as a cell.
const titleKey = (title: string): string => comparable(title) || 'Untitled';

function claimAmongSeveral<File extends RowFile>(
  table: Table,
  lines: readonly number[],
  files: readonly File[],
  claimed: Map<number, File>,
): void {
  const free = new Map<string, File[]>();
  const headers = table.columns.slice(1).map(({ header }) => header);
  for (const file of files) {
    const key = signature(firstPropertyLines(file.rest, headers));
    const same = free.get(key);
    if (same) same.push(file);
    else free.set(key, [file]);
  }
  const waiting: number[] = [];
  for (const line of lines) {
    const file = free.get(signature(firstCellLines(expectedOf(table, line))))?.shift();
    if (file) claimed.set(line, file);
    else waiting.push(line);
  }
  // Values with empty lines inside do not show by their first lines; compare those that are left in full.
  const left = new Set([...free.values()].flat());
  if (waiting.length * left.size > 100_000) return;
  for (const line of waiting) {
    const expected = expectedOf(table, line);
    const fits = [...left].find((file) => splitRowText(file.rest, expected).missing === 0);
    if (!fits) continue;
    claimed.set(line, fits);
    left.delete(fits);
  }
  if (lines.length > 1 || claimed.has(lines[0]!)) return;
  // One line, several files, none of them equal: the one that agrees most, if that is clear.
  const expected = expectedOf(table, lines[0]!);
  const ranked = [...left]
    .map((file) => ({ file, missing: splitRowText(file.rest, expected).missing }))
    .sort((a, b) => a.missing - b.missing);
  const [best, next] = ranked;
  if (best && best.missing < expected.length && best.missing < (next?.missing ?? Number.POSITIVE_INFINITY)) {
    claimed.set(lines[0]!, best.file);
  }
}

/** A property line that a row's file should show. */
export interface ExpectedProperty {
  header: string;
  value: string;
}

/** What the file of a line shows at its top: the cells that are not empty. */
export const expectedOf = (table: Table, line: number): ExpectedProperty[] =>
  table.columns
    .slice(1)
    .map(({ header }, index) => ({ header, value: table.lines[line]![index + 1]! }))
    .filter(({ header, value }) => header !== '' && value.trim() !== '');

const signature = (properties: readonly ExpectedProperty[]): string =>
  JSON.stringify(properties.map(({ header, value }) => [comparable(header), bare(value)]).sort());

const firstCellLines = (properties: readonly ExpectedProperty[]): ExpectedProperty[] =>
  properties.map(({ header, value }) => ({ header, value: value.trim().split('\n')[0]! }));

function firstPropertyLines(rest: string, headers: readonly string[]): ExpectedProperty[] {
  const byLength = [...new Set(headers)].filter(Boolean).sort((a, b) => b.length - a.length);
  const block = rest.trimStart().split(/\n[ \t]*\n/, 1)[0]!;
  return block.split('\n').flatMap((line) => {
    const header = byLength.find((name) => startsWithHeader(line, name));
    return header === undefined ? [] : [{ header, value: line.slice(header.length + 1) }];
  });
}

const startsWithHeader = (line: string, header: string): boolean => line.startsWith(`${header}:`);

/** A value reduced to what a CSV and a page write alike: paths differ in where they start, Markdown adds marks. */
function bare(value: string): string {
  return value
    .replace(/\[([^\]\n]*)\]\((\S+?)\)(?=,|\s|$)/g, '$1 ($2)')
    .replace(/\S*%20\S*|\S+\/\S+|\(\S+\.md\)/g, (path) => baseName(path.replace(/^\(|[),]+$/g, '')))
    .replace(/[\\*_`~()]/g, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

function baseName(path: string): string {
  const name = decodeLink(path).split('/').at(-1)!;
  return parseFileName(name)?.id ?? name;
}

export interface SplitRowText {
  /** The text below the property lines. */
  body: string;
  /** How many expected properties the top of the file does not show. */
  missing: number;
}

/** Takes the property lines off the text below a row's heading. Lines that are no property of the row stay in the
 *  body, and so does everything when not one property is as expected. */
export function splitRowText(rest: string, expected: readonly ExpectedProperty[]): SplitRowText {
  const untouched = { body: rest, missing: expected.length };
  const open = [...expected].sort((a, b) => b.header.length - a.header.length);
  const kept: string[] = [];
  let agreeing = 0;
  let text = rest.replace(/^(?:[ \t]*\n)+/, '');
  while (text !== '' && !/^[ \t]*(?:\n|$)/.test(text)) {
    const index = open.findIndex(({ header }) => startsWithHeader(text, header));
    const property = open[index];
    if (!property) {
      const line = firstLine(text);
      kept.push(line);
      text = text.slice(line.length + 1);
      continue;
    }
    open.splice(index, 1);
    const written = text.slice(property.header.length + 1).replace(/^ /, '');
    const exact = exactLength(written, property.value);
    if (exact !== null) {
      agreeing += 1;
      text = written.slice(exact);
      continue;
    }
    const lines = valueLines(written, property.value, open);
    if (bare(lines.join('\n')) === bare(property.value)) agreeing += 1;
    text = written.slice(lines.join('\n').length + 1);
  }
  if (agreeing === 0) return untouched;
  const body = kept.length > 0 ? `${kept.join('\n')}\n\n${text}` : text;
  return { body: body.replace(/^(?:[ \t]*\n)+/, ''), missing: expected.length - agreeing };
}

const firstLine = (text: string): string => text.slice(0, text.indexOf('\n') < 0 ? text.length : text.indexOf('\n'));

/** Characters up to the next line, when `written` begins with the whole value. */
function exactLength(written: string, value: string): number | null {
  const wanted = value.trim();
  const start = written.length - written.trimStart().length;
  if (!written.startsWith(wanted, start)) return null;
  const end = /^[ \t]*(?:\n|$)/.exec(written.slice(start + wanted.length));
  return end ? start + wanted.length + end[0].length : null;
}

function valueLines(written: string, value: string, others: readonly ExpectedProperty[]): string[] {
  const lines = written.split('\n', value.trim().split('\n').length);
  const end = lines.findIndex(
    (line, index) => index > 0 && (line.trim() === '' || others.some(({ header }) => startsWithHeader(line, header))),
  );
  return end < 0 ? lines : lines.slice(0, end);
}
