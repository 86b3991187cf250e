// What type the cells of one column have. A column is typed only when every one of its cells can be kept as that type
// without losing anything; else it stays text.

import type { FileReference } from '../content/block-content.js';
import type { ResolveLink } from '../content/markdown-dialect.js';
import type { RichTextSpan } from '../content/rich-text.js';
import { webFileName } from '../content/web-address.js';
import type { Id } from '../lib/id.js';
import type { PropertyType, StoredValue } from '../property/property.js';
import { type ReadDate, readDates } from './dates.js';

/** What cells can be told to hold. */
type InferredType = Extract<
  PropertyType,
  | 'TEXT'
  | 'NUMBER'
  | 'CHECKBOX'
  | 'DATE'
  | 'SELECT'
  | 'MULTI_SELECT'
  | 'PEOPLE'
  | 'URL'
  | 'EMAIL'
  | 'PHONE'
  | 'RELATION'
  | 'FILES'
>;

export interface InferredColumn {
  type: InferredType;
  /** Of selects, in order of first appearance. */
  options?: string[];
  /** Why the type is not the one a reader may have expected. */
  note?: string;
  /** The value of a cell; `undefined` for an empty one. Only for cells of this column. */
  read(cell: string): StoredValue | undefined;
}

export interface ColumnContext {
  name: string;
  resolve: ResolveLink;
  /** Relations hold pages; a link may also lead to a database. */
  isPage(id: Id): boolean;
  /** Who of the workspace is called so: nobody, one, or several, of whom nobody knows which. */
  peopleNamed(name: string): readonly Id[];
  optionId(option: string): Id;
}

const OPTION_MAX_CHARS = 100;
const MAX_OPTIONS = 200;

/** Infers the type of a column from all its cells, empty ones included. */
export function inferColumn(cells: readonly string[], context: ColumnContext): InferredColumn {
  const text = asText(context);
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (filled.length === 0) return text;
  if (filled.length === cells.length && filled.every((cell) => cell === 'Yes' || cell === 'No')) {
    return typed('CHECKBOX', (cell) => cell === 'Yes');
  }

  const notes: string[] = [];
  const found =
    whenAll(filled, 'PHONE', isNamedPhone(context.name) ? readPhone : never) ??
    asNumber(filled, notes) ??
    asDate(filled, notes) ??
    whenAll(filled, 'EMAIL', (cell) => (EMAIL.test(cell) && cell.length <= 200 ? cell : null)) ??
    whenAll(filled, 'URL', (cell) => (WEB_ADDRESS.test(cell) && cell.length <= 2000 ? cell : null)) ??
    whenAll(filled, 'PHONE', (cell) => (OBVIOUS_PHONE.test(cell) ? readPhone(cell) : null)) ??
    asRelation(filled, context, notes) ??
    asFiles(filled, context, notes) ??
    (notes.length > 0 || filled.some((cell) => cellLinks(cell)) ? text : null) ??
    asPeople(filled, context, notes) ??
    asSelect(filled, context) ??
    asMultiSelect(filled, context) ??
    text;
  const isNoted = found.type === 'TEXT' || notes.includes(SEVERAL_OF_A_NAME);
  return isNoted && notes.length > 0 ? { ...found, note: notes.join('; ') } : found;
}

function typed(type: InferredColumn['type'], read: (cell: string) => StoredValue): InferredColumn {
  return { type, read: (cell) => (cell.trim() === '' ? undefined : read(cell.trim())) };
}

/** The column as `type`, when `read` understands every cell. */
function whenAll(
  filled: readonly string[],
  type: InferredColumn['type'],
  read: (cell: string) => StoredValue | null,
): InferredColumn | null {
  const isFit = filled.every((cell) => read(cell) !== null);
  return isFit ? typed(type, (cell) => read(cell)!) : null;
}

const never = () => null;

// ---- numbers

const PLAIN_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const GROUPED_NUMBER = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;

/** A cell as a number that prints back as the same digits, or `null` ("007", "+1", 20 digits, "-0"). */
function readNumber(cell: string): number | null {
  if (!PLAIN_NUMBER.test(cell) && !GROUPED_NUMBER.test(cell)) return null;
  const digits = cell.replaceAll(',', '');
  const canonical = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  const number = Number(digits);
  return String(number) === canonical && !Object.is(number, -0) ? number : null;
}

function asNumber(filled: readonly string[], notes: string[]): InferredColumn | null {
  if (filled.every((cell) => /^-?[\d,]+(\.\d+)?%$/.test(cell))) {
    notes.push('percentages stay text: a number would lose the unit');
  }
  if (filled.every((cell) => /^-?\p{Sc}\s?-?[\d,.]+$|^-?[\d,.]+\s?\p{Sc}$/u.test(cell))) {
    notes.push('amounts of money stay text: a number would lose the currency');
  }
  const column = whenAll(filled, 'NUMBER', readNumber);
  if (!column) return null;
  // "1.10" beside "1.1" tells two things apart, as versions do; "1.10" beside "2.25" is one way of writing.
  const decimals = filled.map((cell) => cell.split('.')[1] ?? '');
  const endsInZero = decimals.some((digits) => digits.endsWith('0'));
  const isUniform = decimals.every((digits) => digits.length === decimals[0]!.length);
  if (endsInZero && !isUniform) {
    notes.push('numbers stay text: some end in zeros that others do not have');
    return null;
  }
  return column;
}

// ---- dates

function asDate(filled: readonly string[], notes: string[]): InferredColumn | null {
  const dates = readDates(filled);
  if ('ambiguous' in dates) {
    notes.push('dates stay text: day and month cannot be told apart');
    return null;
  }
  const read: ReadDate = dates.read;
  const column = whenAll(filled, 'DATE', read);
  const hasBareTimes = column && filled.some((cell) => /\d:\d\d(:[\d.]+)?( ?[AP]M)?$/i.test(cell));
  return hasBareTimes ? { ...column, note: 'times without a zone are taken as UTC' } : column;
}

// ---- addresses

const EMAIL = /^[^\s@,;<>()]+@[^\s@,;<>()]+\.[^\s@,;<>().]{2,}$/;
const WEB_ADDRESS = /^https?:\/\/[^\s,]+(,[^\s,]+)*$/i;
const PHONE = /^\+?[\d\s().\-/]+(?:\s?(?:x|ext\.?)\s?\d{1,6})?$/i;
const OBVIOUS_PHONE = /^\+[\d(]|^\(\d{2,5}\)|^\d{3}[-. ]\d{3}[-. ]\d{4}$/;

const isNamedPhone = (name: string): boolean => /\b(phone|mobile|cell|tel|telephone|fax|telefon|handy)\b/i.test(name);

function readPhone(cell: string): string | null {
  const digits = cell.replace(/\D/g, '').length;
  return PHONE.test(cell) && digits >= 6 && digits <= 20 && cell.length <= 200 ? cell : null;
}

// ---- relations and files

interface CellLink {
  label: string;
  target: string;
}

/** The links of a cell such as "Title (path/Title%20<id>.md), Other (…)"; `null` when it is anything else. */
export function cellLinks(cell: string): CellLink[] | null {
  const links: CellLink[] = [];
  let rest = cell;
  while (rest !== '') {
    const markdown = /^\[([^\n]*?)\]\(([^\s]+?\.md|https?:[^\s)]+)\)(?:,\s*|$)/.exec(rest);
    const link = markdown ? { label: markdown[1]!, target: markdown[2]!, length: markdown[0].length } : labelled(rest);
    if (!link) return null;
    links.push({ label: link.label, target: link.target });
    rest = rest.slice(link.length);
  }
  return links;
}

// A title may hold commas and parentheses; a target holds no spaces and ends where a list could go on.
function labelled(text: string): (CellLink & { length: number }) | null {
  for (const end of text.matchAll(/\)(?:,\s*|$)/g)) {
    const upTo = text.slice(0, end.index);
    for (let open = upTo.lastIndexOf('('); open >= 0; open = open === 0 ? -1 : upTo.lastIndexOf('(', open - 1)) {
      const target = upTo.slice(open + 1);
      if (/\s/.test(target)) break;
      const isWhole = /\.md$/i.test(target) || /^https?:\/\/\S*[0-9a-f]{32}\S*$/i.test(target);
      const label = text.slice(0, open);
      if (isWhole && (label === '' || /\s$/.test(label))) {
        return { label: label.trim(), target, length: end.index + end[0].length };
      }
    }
  }
  return null;
}

function readRelation(cell: string, { resolve, isPage }: ColumnContext): Id[] | null {
  const links = cellLinks(cell);
  if (!links) return null;
  const ids: Id[] = [];
  for (const { target } of links) {
    const found = resolve(target);
    if (found.kind !== 'RESOURCE' || !isPage(found.id)) return null;
    if (!ids.includes(found.id)) ids.push(found.id);
  }
  return ids;
}

function asRelation(filled: readonly string[], context: ColumnContext, notes: string[]): InferredColumn | null {
  const column = whenAll(filled, 'RELATION', (cell) => readRelation(cell, context));
  if (!column && filled.every((cell) => cellLinks(cell))) {
    notes.push('links stay text: some lead to pages the export does not hold');
  }
  return column;
}

/** Attachments and web addresses of a cell, or `null` when some piece is neither. */
function readFiles(cell: string, resolve: ResolveLink): FileReference[] | null {
  const files: FileReference[] = [];
  let pending = '';
  // Names may hold commas, so a piece that leads nowhere may go on after the next one.
  for (const piece of cell.split(',')) {
    pending = pending === '' ? piece : `${pending},${piece}`;
    const file = readFile(pending.trim(), resolve);
    if (!file) continue;
    files.push(file);
    pending = '';
  }
  return pending.trim() === '' && files.length > 0 ? files : null;
}

function readFile(text: string, resolve: ResolveLink): FileReference | null {
  const markdown = /^!?\[([^\]]*)\]\((\S+)\)$/.exec(text);
  const target = resolve(markdown ? markdown[2]! : text);
  if (target.kind === 'FILE') return { name: target.name, fileId: target.fileId };
  if (target.kind !== 'WEB' || !WEB_ADDRESS.test(target.url)) return null;
  return { name: markdown?.[1] || webFileName(target.url), url: target.url };
}

function asFiles(filled: readonly string[], { resolve }: ColumnContext, notes: string[]): InferredColumn | null {
  const column = whenAll(filled, 'FILES', (cell) => readFiles(cell, resolve));
  if (!column) {
    const some = filled.some((cell) => readFiles(cell, resolve)?.some((file) => file.fileId));
    if (some) notes.push('attachments stay text: some are not in the export');
  }
  return column;
}

// ---- people

const SEVERAL_OF_A_NAME = 'names are not taken for people: several members have the same one';

/** The people a cell names, each once, or `null` when some piece of it is nobody's name. Names may hold commas, so a piece
 *  that is nobody's may go on after the next one. */
function readPeople(cell: string, { peopleNamed }: ColumnContext): (readonly Id[])[] | null {
  const people: (readonly Id[])[] = [];
  let pending = '';
  for (const piece of cell.split(',')) {
    if (piece.trim() === '') return null;
    pending = pending === '' ? piece : `${pending},${piece}`;
    const found = peopleNamed(pending.trim());
    if (found.length === 0) continue;
    people.push(found);
    pending = '';
  }
  return pending === '' && new Set(people.map(([id]) => id)).size === people.length ? people : null;
}

/** Only when every name is that of one member: else it may be anything that people are called like. */
function asPeople(filled: readonly string[], context: ColumnContext, notes: string[]): InferredColumn | null {
  const cells = filled.map((cell) => readPeople(cell, context));
  if (!cells.every((people) => people !== null)) return null;
  if (cells.some((people) => people.some((found) => found.length > 1))) {
    notes.push(SEVERAL_OF_A_NAME);
    return null;
  }
  return typed('PEOPLE', (cell) => readPeople(cell, context)!.map(([id]) => id!));
}

// ---- selects

const isOption = (text: string): boolean =>
  text.length > 0 && text.length <= OPTION_MAX_CHARS && text.split(/\s+/).length <= 6 && !/[\n\r]/.test(text);

/** Whether `uses` of `distinct` names look chosen from a list rather than written each time. */
const looksChosen = (distinct: number, uses: number): boolean =>
  distinct <= MAX_OPTIONS && distinct < uses && (distinct <= uses * 0.6 || uses <= 5);

function asSelect(filled: readonly string[], { optionId }: ColumnContext): InferredColumn | null {
  const options = [...new Set(filled)];
  if (!options.every((option) => isOption(option) && !option.includes(','))) return null;
  if (!looksChosen(options.length, filled.length)) return null;
  return { ...typed('SELECT', optionId), options };
}

// The year of a written-out date comes again and again, behind a comma.
const WRITTEN_DATE = /^[A-Za-z]{3,9}\.? \d{1,2}, \d{4}\b/;

function asMultiSelect(filled: readonly string[], { optionId }: ColumnContext): InferredColumn | null {
  const lists = filled.map((cell) => cell.split(', '));
  if (!lists.some((list) => list.length > 1) || filled.some((cell) => WRITTEN_DATE.test(cell))) return null;
  const options = new Set<string>();
  let uses = 0;
  for (const list of lists) {
    const isList = list.every((option) => isOption(option) && option === option.trim() && !option.includes(','));
    if (!isList || new Set(list).size < list.length) return null;
    for (const option of list) options.add(option);
    uses += list.length;
  }
  if (!looksChosen(options.size, uses)) return null;
  return { ...typed('MULTI_SELECT', (cell) => cell.split(', ').map(optionId)), options: [...options] };
}

// ---- text

function asText({ resolve }: ColumnContext): InferredColumn {
  return { type: 'TEXT', read: (cell) => (cell.trim() === '' ? undefined : textSpans(cell, resolve)) };
}

/** Text as it stands, except that a list of links keeps ids of exported pages instead of their titles: a title is
 *  content of the other page. */
function textSpans(cell: string, resolve: ResolveLink): RichTextSpan[] {
  const links = cellLinks(cell.trim());
  if (!links?.some(({ target }) => resolve(target).kind === 'RESOURCE')) return [{ type: 'TEXT', text: cell }];
  return links.flatMap(({ label, target }, index): RichTextSpan[] => {
    const found = resolve(target);
    const separator = index > 0 ? ', ' : '';
    if (found.kind !== 'RESOURCE') return [{ type: 'TEXT', text: `${separator}${label} (${target})` }];
    const mention: RichTextSpan = { type: 'MENTION', resourceId: found.id };
    return separator ? [{ type: 'TEXT', text: separator }, mention] : [mention];
  });
}
