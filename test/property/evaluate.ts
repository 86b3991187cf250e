// What a filter and an order mean, written down slowly and plainly: one row at a time, in memory, without SQL and
// without anything of src/ but types. The server is held against it.

import type { PropertySchema, StoredProps } from '../../src/property/property.js';
import type { PropertyFilter, RowFilter, RowOrder } from '../generated/operations.js';

export interface Row {
  id: string;
  title: string;
  createdAt: Date;
  lastEditedAt: Date;
  props: StoredProps;
}

export interface Table {
  columns: readonly PropertySchema[];
  rows: readonly Row[];
  /** Titles of the pages the asker may read, by id. */
  readable: ReadonlyMap<string, string>;
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
  if (filter.createdAt) return keepsInstant(filter.createdAt, row.createdAt);
  if (filter.lastEditedAt) return keepsInstant(filter.lastEditedAt, row.lastEditedAt);
  if (filter.property) return keepsProperty(table, filter.property, row);
  throw new Error('An empty filter.');
}

function keepsInstant(filter: Record<string, unknown>, instant: Date): boolean {
  return Object.entries(filter).every(([operator, text]) => {
    const operand = new Date(text as string).getTime();
    if (operator === 'before') return instant.getTime() < operand;
    if (operator === 'onOrBefore') return instant.getTime() <= operand;
    if (operator === 'after') return instant.getTime() > operand;
    if (operator === 'onOrAfter') return instant.getTime() >= operand;
    throw new Error(operator);
  });
}

function keepsProperty(table: Table, filter: PropertyFilter, row: Row): boolean {
  const column = columnOf(table, filter);
  const comparison = Object.entries(filter).find(([key]) => key !== 'name' && key !== 'id')![1] as object;
  return Object.entries(comparison).every(([operator, operand]) => {
    if (operator === 'isEmpty') return isEmpty(table, column, row) === operand;
    if (operator === 'isNotEmpty') return isEmpty(table, column, row) !== operand;
    return keepsValue(table, column, row, operator, operand);
  });
}

function isEmpty(table: Table, column: PropertySchema, row: Row): boolean {
  if (column.type === 'TITLE') return row.title === '';
  if (column.type === 'SELECT' || column.type === 'MULTI_SELECT') return optionsOf(column, row).length === 0;
  if (column.type === 'RELATION') return targetsOf(table, column, row).length === 0;
  return row.props[column.id] === undefined;
}

function keepsValue(table: Table, column: PropertySchema, row: Row, operator: string, operand: unknown): boolean {
  switch (column.type) {
    case 'TITLE':
    case 'TEXT':
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return keepsText(textOf(column, row), operator, operand as string);
    case 'NUMBER':
      return keepsNumber((row.props[column.id] as number | undefined) ?? null, operator, operand as number);
    case 'CHECKBOX': {
      const checked = row.props[column.id] === true;
      return operator === 'equals' ? checked === operand : checked !== operand;
    }
    case 'DATE': {
      const value = row.props[column.id] as { start: string } | undefined;
      return keepsDate(value ? new Date(value.start).getTime() : null, operator, operand as string);
    }
    case 'SELECT':
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

/** A day stands for all its milliseconds, a time for one. */
function keepsDate(start: number | null, operator: string, operand: string): boolean {
  if (start === null) return operator === 'doesNotEqual';
  const first = new Date(operand).getTime();
  const last = operand.includes('T') ? first : first + 24 * 60 * 60 * 1000 - 1;
  switch (operator) {
    case 'equals':
      return first <= start && start <= last;
    case 'doesNotEqual':
      return start < first || last < start;
    case 'before':
      return start < first;
    case 'after':
      return start > last;
    case 'onOrBefore':
      return start <= last;
    case 'onOrAfter':
      return start >= first;
    default:
      throw new Error(operator);
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

const targetsOf = (table: Table, column: PropertySchema, row: Row): string[] =>
  ((row.props[column.id] ?? []) as string[]).filter((id) => table.readable.has(id));

type Key = number | string | number[] | null;

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
  switch (column.type) {
    case 'NUMBER':
      return (value as number | undefined) ?? null;
    case 'CHECKBOX':
      return value === true ? 1 : 0;
    case 'DATE':
      return value === undefined ? null : new Date((value as { start: string }).start).getTime();
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
  return compareLists(a as number[], b as number[]);
}

const comparePoints = (a: string[], b: string[]): number =>
  compareLists(
    a.map((character) => character.codePointAt(0)!),
    b.map((character) => character.codePointAt(0)!),
  );

function compareLists(a: number[], b: number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  }
  return a.length - b.length;
}

/** Each character by itself; the one that would become two keeps the first. */
const lower = (text: string): string => [...text].map((character) => [...character.toLowerCase()][0]).join('');

function columnOf({ columns }: Table, { name, id }: Pick<PropertyFilter, 'name' | 'id'>): PropertySchema {
  return columns.find((column) => (name == null ? column.id === id : column.name === name))!;
}
