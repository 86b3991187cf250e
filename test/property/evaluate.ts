// What a filter and an order mean, written down slowly and plainly: one row at a time, in memory, without SQL and
// without anything of src/ but types. The server is held against it.

import type { PropertySchema, StoredProps } from '../../src/property/property.js';
import type { PropertyFilter, RowFilter, RowOrder } from '../generated/operations.js';

export interface Row {
  id: string;
  title: string;
  createdAt: Date;
  lastEditedAt: Date;
  createdBy: string | null;
  lastEditedBy: string | null;
  props: StoredProps;
}

export interface Table {
  columns: readonly PropertySchema[];
  rows: readonly Row[];
  /** Titles of the pages the asker may read, by id. */
  readable: ReadonlyMap<string, string>;
  now: Date;
  /** IANA name. */
  timeZone: string;
  /** Who asks. */
  me: string;
}

/** Ids of the rows a filter keeps, in order. */
export const answerOf = (table: Table, filter: RowFilter | null, orderBy: readonly RowOrder[]): string[] => {
  const order: readonly RowOrder[] = orderBy.length > 0 ? orderBy : [{ lastEditedAt: 'DESC' }];
  return table.rows
    .filter((row) => filter === null || keeps(table, filter, row))
    .map(({ id, ...row }) => ({ id, keys: order.map((key) => keyOf(table, key, { id, ...row })) }))
    .toSorted((one, other) => compare(order, one, other))
    .map(({ id }) => id);
};

function keeps(table: Table, filter: RowFilter, row: Row): boolean {
  if (filter.and) return filter.and.every((one) => keeps(table, one, row));
  if (filter.or) return filter.or.some((one) => keeps(table, one, row));
  if (filter.not) return !keeps(table, filter.not, row);
  if (filter.createdAt) return keepsTime(table, filter.createdAt, row.createdAt);
  if (filter.lastEditedAt) return keepsTime(table, filter.lastEditedAt, row.lastEditedAt);
  if (filter.property) return keepsProperty(table, filter.property, row);
  throw new Error('An empty filter.');
}

const keepsTime = (table: Table, filter: object, time: Date): boolean =>
  Object.entries(filter).every(([operator, operand]) => {
    if (operator === 'isEmpty') return !operand;
    return operator === 'isNotEmpty' ? operand : keepsDate(table, time.toISOString(), operator, operand);
  });

function keepsProperty(table: Table, filter: PropertyFilter, row: Row): boolean {
  const column = columnOf(table, filter);
  const [given] = membersOf(filter).filter(([key]) => key !== 'name' && key !== 'id');
  const comparison = (column.type === 'FORMULA' ? membersOf(given![1] as object)[0]![1] : given![1]) as object;
  return Object.entries(comparison).every(([operator, operand]) => {
    if (operator === 'isEmpty') return isEmpty(table, column, row) === operand;
    if (operator === 'isNotEmpty') return isEmpty(table, column, row) !== operand;
    return keepsValue(table, column, row, operator, operand);
  });
}

const membersOf = (filter: object): [string, unknown][] => Object.entries(filter);

function isEmpty(table: Table, column: PropertySchema, row: Row): boolean {
  if (column.type === 'TITLE') return row.title === '';
  if ('options' in column) return optionsOf(column, row).length === 0;
  if (column.type === 'CREATED_TIME' || column.type === 'LAST_EDITED_TIME') return false;
  if (column.type === 'CREATED_BY') return row.createdBy === null;
  if (column.type === 'LAST_EDITED_BY') return row.lastEditedBy === null;
  if (column.type === 'RELATION') return targetsOf(table, column, row).length === 0;
  return row.props[column.id] === undefined;
}

function keepsValue(table: Table, column: PropertySchema, row: Row, operator: string, operand: unknown): boolean {
  switch (column.type === 'FORMULA' ? column.result : column.type) {
    case 'TITLE':
    case 'TEXT':
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return keepsText(textOf(column, row), operator, operand as string);
    case 'NUMBER':
    case 'UNIQUE_ID':
      return keepsNumber((row.props[column.id] as number | undefined) ?? null, operator, operand as number);
    case 'CHECKBOX': {
      const checked = row.props[column.id] === true;
      return operator === 'equals' ? checked === operand : checked !== operand;
    }
    case 'DATE': {
      const value = row.props[column.id] as { start: string } | undefined;
      return keepsDate(table, value?.start ?? null, operator, operand);
    }
    case 'CREATED_TIME':
      return keepsDate(table, row.createdAt.toISOString(), operator, operand);
    case 'LAST_EDITED_TIME':
      return keepsDate(table, row.lastEditedAt.toISOString(), operator, operand);
    case 'PEOPLE':
    case 'CREATED_BY':
    case 'LAST_EDITED_BY': {
      const wanted = ([operand].flat() as string[]).map((id) => (id === 'me' ? table.me : id));
      const any = peopleOf(column, row).some((id) => wanted.includes(id));
      return operator === 'contains' ? any : !any;
    }
    case 'VERIFICATION': {
      const value = row.props[column.id] as { end?: string } | undefined;
      const ended = value?.end !== undefined && new Date(value.end).getTime() <= table.now.getTime();
      const state = value === undefined ? 'UNVERIFIED' : ended ? 'EXPIRED' : 'VERIFIED';
      return operator === 'equals' ? state === operand : state !== operand;
    }
    case 'SELECT':
    case 'STATUS':
    case 'MULTI_SELECT': {
      const wanted = [operand].flat() as string[];
      const any = optionsOf(column, row).some(({ id, name }) => wanted.includes(id) || wanted.includes(name));
      return operator === 'equals' || operator === 'contains' ? any : !any;
    }
    case 'RELATION': {
      const wanted = ([operand].flat() as string[]).map((id) => id.replaceAll('-', '').toLowerCase());
      const any = targetsOf(table, column, row).some((id) => wanted.includes(id.replaceAll('-', '')));
      return operator === 'contains' ? any : !any;
    }
    default:
      throw new Error(operator);
  }
}

function keepsText(text: string | null, operator: string, operand: string): boolean {
  switch (operator) {
    case 'equals':
      return text !== null && text === operand;
    case 'doesNotEqual':
      return text === null || text !== operand;
    case 'contains':
      return text !== null && lower(text).includes(lower(operand));
    case 'doesNotContain':
      return text === null || !lower(text).includes(lower(operand));
    case 'startsWith':
      return text !== null && lower(text).startsWith(lower(operand));
    case 'endsWith':
      return text !== null && lower(text).endsWith(lower(operand));
    default:
      throw new Error(operator);
  }
}

function keepsNumber(value: number | null, operator: string, operand: number): boolean {
  if (value === null) return operator === 'doesNotEqual';
  switch (operator) {
    case 'equals':
      return value === operand;
    case 'doesNotEqual':
      return value !== operand;
    case 'greaterThan':
      return value > operand;
    case 'lessThan':
      return value < operand;
    case 'greaterThanOrEqualTo':
      return value >= operand;
    case 'lessThanOrEqualTo':
      return value <= operand;
    default:
      throw new Error(operator);
  }
}

/** By the days that calendars show: a value is a day or a time, and so is the operand. */
function keepsDate(table: Table, start: string | null, operator: string, operand: unknown): boolean {
  const range = RANGES[operator];
  if (range) {
    const today = dayShown(table, table.now.getTime());
    const [first, last] = range(today);
    const isWithin = start !== null && first! <= dayOf(table, start) && dayOf(table, start) <= last!;
    return operand ? isWithin : !isWithin;
  }
  if (start === null) return operator === 'doesNotEqual';
  const order = compareDates(table, start, operand as string);
  switch (operator) {
    case 'equals':
      return order === 0;
    case 'doesNotEqual':
      return order !== 0;
    case 'before':
      return order < 0;
    case 'after':
      return order > 0;
    case 'onOrBefore':
      return order <= 0;
    case 'onOrAfter':
      return order >= 0;
    default:
      throw new Error(operator);
  }
}

function compareDates(table: Table, start: string, operand: string): number {
  const compareTexts = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  const word = WORDS[operand];
  if (word) return compareTexts(dayOf(table, start), word(dayShown(table, table.now.getTime())));
  if (!operand.includes('T')) return compareTexts(dayOf(table, start), operand);
  const instant = new Date(operand).getTime();
  if (start.includes('T')) return Math.sign(new Date(start).getTime() - instant);
  // The day begins at the first instant that shows it.
  if (start <= dayShown(table, instant - 1)) return -1;
  return start <= dayShown(table, instant) ? 0 : 1;
}

const dayOf = (table: Table, date: string): string =>
  date.includes('T') ? dayShown(table, new Date(date).getTime()) : date;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a calendar in the time zone shows at an instant. */
function dayShown({ timeZone }: Table, instant: number): string {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', calendar: 'gregory' });
  formats.set(timeZone, format);
  return format.format(instant);
}

const WORDS: Record<string, (today: string) => string> = {
  today: (today) => today,
  tomorrow: (today) => daysOn(today, 1),
  yesterday: (today) => daysOn(today, -1),
  oneWeekAgo: (today) => daysOn(today, -7),
  oneWeekFromNow: (today) => daysOn(today, 7),
  oneMonthAgo: (today) => monthsOn(today, -1),
  oneMonthFromNow: (today) => monthsOn(today, 1),
};

const RANGES: Record<string, (today: string) => string[]> = {
  thisWeek: (today) => {
    let monday = today;
    while (new Date(monday).getUTCDay() !== 1) monday = daysOn(monday, -1);
    return [monday, daysOn(monday, 6)];
  },
  pastWeek: (today) => [daysOn(today, -7), today],
  pastMonth: (today) => [monthsOn(today, -1), today],
  pastYear: (today) => [monthsOn(today, -12), today],
  nextWeek: (today) => [today, daysOn(today, 7)],
  nextMonth: (today) => [today, monthsOn(today, 1)],
  nextYear: (today) => [today, monthsOn(today, 12)],
};

const daysOn = (day: string, days: number): string => {
  const date = new Date(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

/** Down to the last day that the month has. */
function monthsOn(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  for (let last = date; ; last--) {
    const found = new Date(Date.UTC(year, month - 1 + months, last));
    if (found.getUTCDate() === last) return found.toISOString().slice(0, 10);
  }
}

function textOf(column: PropertySchema, row: Row): string | null {
  if (column.type === 'TITLE') return row.title === '' ? null : row.title;
  const value = row.props[column.id];
  if (value === undefined) return null;
  if (column.type !== 'TEXT') return value as string;
  const spans = value as { text?: string; expression?: string }[];
  return spans.map(({ text, expression }) => text ?? expression ?? '').join('');
}

function optionsOf(column: PropertySchema, row: Row): { id: string; name: string }[] {
  const chosen = [row.props[column.id] ?? []].flat() as string[];
  const options = 'options' in column ? column.options : [];
  return chosen.flatMap((id) => options.filter((option) => option.id === id));
}

function peopleOf({ id, type }: PropertySchema, row: Row): string[] {
  if (type === 'PEOPLE') return (row.props[id] ?? []) as string[];
  return [type === 'CREATED_BY' ? row.createdBy : row.lastEditedBy].filter((one) => one !== null);
}

const targetsOf = (table: Table, column: PropertySchema, row: Row): string[] =>
  ((row.props[column.id] ?? []) as string[]).filter((id) => table.readable.has(id));

type Key = number | string | (number | string)[] | null;

interface Sorted {
  id: string;
  keys: Key[];
}

/** Empty values come last both ways; the id goes the way of the last key. */
function compare(order: readonly RowOrder[], one: Sorted, other: Sorted): number {
  let direction = 'ASC';
  for (const [index, key] of order.entries()) {
    direction = key.createdAt ?? key.lastEditedAt ?? key.property?.direction ?? 'ASC';
    const [a, b] = [one.keys[index] ?? null, other.keys[index] ?? null];
    if (a === null && b === null) continue;
    if (a === null) return 1;
    if (b === null) return -1;
    const found = compareKeys(a, b);
    if (found !== 0) return direction === 'ASC' ? found : -found;
  }
  const byId = one.id < other.id ? -1 : 1;
  return direction === 'ASC' ? byId : -byId;
}

function keyOf(table: Table, key: RowOrder, row: Row): Key {
  if (key.createdAt) return row.createdAt.getTime();
  if (key.lastEditedAt) return row.lastEditedAt.getTime();
  const column = columnOf(table, key.property!);
  const value = row.props[column.id];
  switch (column.type === 'FORMULA' ? column.result : column.type) {
    case 'NUMBER':
    case 'UNIQUE_ID':
      return (value as number | undefined) ?? null;
    case 'CHECKBOX':
      return value === true ? 1 : 0;
    case 'CREATED_TIME':
      return row.createdAt.getTime();
    case 'LAST_EDITED_TIME':
      return row.lastEditedAt.getTime();
    case 'PEOPLE':
    case 'CREATED_BY':
    case 'LAST_EDITED_BY': {
      const people = peopleOf(column, row);
      return people.length === 0 ? null : people;
    }
    case 'DATE':
    case 'VERIFICATION':
      return value === undefined ? null : new Date((value as { start: string }).start).getTime();
    case 'STATUS': {
      const [option] = optionsOf(column, row);
      if (column.type !== 'STATUS' || !option) return null;
      const group = column.groups.findIndex(({ optionIds }) => optionIds.includes(option.id));
      return group < 0
        ? [column.groups.length, column.options.findIndex(({ id }) => id === option.id)]
        : [group, column.groups[group]!.optionIds.indexOf(option.id)];
    }
    case 'SELECT':
    case 'MULTI_SELECT': {
      const all = 'options' in column ? column.options : [];
      const ranks = optionsOf(column, row).map(({ id }) => all.findIndex((option) => option.id === id));
      return ranks.length === 0 ? null : ranks;
    }
    case 'RELATION': {
      const [first] = targetsOf(table, column, row);
      return first === undefined ? null : sortText(table.readable.get(first)!);
    }
    default:
      return sortText(textOf(column, row) ?? '');
  }
}

const sortText = (text: string): string | null => (text === '' ? null : [...lower(text)].slice(0, 200).join(''));

function compareKeys(a: NonNullable<Key>, b: NonNullable<Key>): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return comparePoints([...a], [...b]);
  return compareLists(a as (number | string)[], b as (number | string)[]);
}

const comparePoints = (a: string[], b: string[]): number =>
  compareLists(
    a.map((character) => character.codePointAt(0)!),
    b.map((character) => character.codePointAt(0)!),
  );

function compareLists<Item extends number | string>(a: Item[], b: Item[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a[index] !== b[index]) return a[index]! < b[index]! ? -1 : 1;
  }
  return a.length - b.length;
}

/** Each character by itself; the one that would become two keeps the first. */
const lower = (text: string): string => [...text].map((character) => [...character.toLowerCase()][0]).join('');

function columnOf({ columns }: Table, { name, id }: Pick<PropertyFilter, 'name' | 'id'>): PropertySchema {
  return columns.find((column) => (name == null ? column.id === id : column.name === name))!;
}
