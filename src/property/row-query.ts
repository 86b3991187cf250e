// A filter and an order read against the columns of one data source: names become columns, options become ids, and
// what does not fit is refused with a sentence that says what was expected. No SQL here.

import type { DataSource } from '../content/database.js';
import type { DatabaseOrder, Direction, PageOrder, RowOrder } from '../content/order.js';
import { type DateTimeFilter, nextMillisecond } from '../lib/filter.js';
import { type Id, parseId } from '../lib/id.js';
import { invalid } from '../lib/refusal.js';
import type { PropertySchema, PropertyType } from './property.js';
import type { PropertyFilter } from './property-filter.js';
import type { RowFilter } from './row-filter.js';

/** Holds for a row or does not; a test of an empty value does not hold, unless it asks for that. */
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | TimeTest | PropertyTest;

type Time = 'createdAt' | 'lastEditedAt';

export type TimeTest = { time: Time; filter: DateTimeFilter };

export type PropertyTest = { property: PropertySchema } & (
  | { is: 'EMPTY' | 'CHECKED' }
  | { is: 'TEXT' | 'CONTAINING' | 'STARTING_WITH' | 'ENDING_WITH'; text: string }
  | { is: 'NUMBER'; compare: '=' | '<' | '<=' | '>' | '>='; number: number }
  /** Begins at `from` or later, and earlier than `to`. */
  | { is: 'BEGINNING'; from: Date | null; to: Date | null }
  /** Holds any of these: options of the column, or pages that may be out of reach. */
  | { is: 'HOLDING'; ids: Id[] }
);

export type SortKey = { direction: Direction } & ({ time: Time } | { title: true } | { property: PropertySchema });

/** The rows of one data source that somebody asks for. An empty order is "last edited first". */
export interface RowQuery {
  dataSource: DataSource;
  filter: Condition | null;
  order: readonly SortKey[];
}

export const MAX_COMPARISONS = 50;
export const MAX_DEPTH = 8;
export const MAX_SORT_KEYS = 5;
export const MAX_TEXT = 2_000;
export const MAX_VALUES = 100;

/** Refused: an unknown column, a comparison of another kind than the column, none or several where one is due, and a
 *  filter or order that is too large. An option or page that does not exist is no mistake: it is held by no row. */
export function readQuery(
  dataSource: DataSource,
  filter: RowFilter | null | undefined,
  orderBy: readonly RowOrder[] | null | undefined,
): RowQuery {
  const columns = dataSource.storedProperties;
  return {
    dataSource,
    filter: filter == null ? null : new FilterReader(columns).condition(filter, 1),
    order: bounded(orderBy).map((key) => sortKey(columns, key)),
  };
}

/** The same for lists that know titles and times alone. */
export const readOrder = (
  orderBy: readonly (PageOrder | DatabaseOrder)[] | null | undefined,
): Exclude<SortKey, { property: unknown }>[] =>
  bounded(orderBy).map(({ title, createdAt, lastEditedAt }) => {
    if (title) return { title: true, direction: title };
    if (createdAt) return { time: 'createdAt', direction: createdAt };
    if (lastEditedAt) return { time: 'lastEditedAt', direction: lastEditedAt };
    throw invalid('An order key holds exactly one of title, createdAt, lastEditedAt, but got: none');
  });

/** What cursors are bound to: filter and order as asked, and the kinds of the columns that order, whose values stand in
 *  the cursor. */
export const nameOf = (
  { order }: RowQuery,
  { filter, orderBy }: { filter?: RowFilter | null; orderBy?: RowOrder[] | null },
): string =>
  JSON.stringify([
    filter ?? null,
    orderBy ?? null,
    order.flatMap((key) => ('property' in key ? [key.property.id, key.property.type] : [])),
  ]);

function bounded<Key>(orderBy: readonly Key[] | null | undefined): readonly Key[] {
  const keys = orderBy ?? [];
  if (keys.length > MAX_SORT_KEYS)
    throw invalid(`orderBy takes at most ${MAX_SORT_KEYS} keys, but got: ${keys.length}`);
  return keys;
}

class FilterReader {
  private comparisons = 0;

  constructor(private readonly columns: readonly PropertySchema[]) {}

  condition({ and, or, not, property, createdAt, lastEditedAt }: RowFilter, depth: number): Condition {
    if (depth > MAX_DEPTH) throw invalid(`A filter may be ${MAX_DEPTH} levels deep, but this one goes deeper.`);
    const below = (filter: RowFilter) => this.condition(filter, depth + 1);
    if (and) return { all: and.map(below) };
    if (or) return { any: or.map(below) };
    if (not) return { not: below(not) };
    if (property) return this.property(property);
    if (createdAt) return this.time('createdAt', createdAt);
    if (lastEditedAt) return this.time('lastEditedAt', lastEditedAt);
    throw invalid('A RowFilter holds exactly one of and, or, not, property, createdAt, lastEditedAt, but got: none');
  }

  private time(time: Time, filter: DateTimeFilter): Condition {
    this.count(given(time, filter).length);
    return { time, filter };
  }

  private property({ name, id, ...comparisons }: PropertyFilter): Condition {
    const column = columnOf(this.columns, { name, id });
    const all = Object.entries(comparisons).flatMap(([kind, one]) =>
      one == null ? [] : [[kind, one as object] as const],
    );
    const [only] = all;
    const right = COMPARISON_OF[column.type];
    if (right === null) throw invalid(`${called(column)} is ${column.type}, which cannot be compared.`);
    if (!only || all.length > 1) {
      const got = all.map(([kind]) => kind).join(' and ') || 'none';
      throw invalid(`A PropertyFilter holds exactly one comparison, for ${called(column)} ${right}, but got: ${got}`);
    }
    const [kind, comparison] = only;
    if (kind !== right) throw invalid(`${called(column)} is ${column.type}: compare it by ${right}, but got: ${kind}`);
    const members = given(kind, comparison);
    this.count(members.length);
    return { all: members.map(([operator, operand]) => OPERATORS[right](column, operator, operand)) };
  }

  private count(more: number): void {
    this.comparisons += more;
    if (this.comparisons > MAX_COMPARISONS) throw invalid(`A filter may hold at most ${MAX_COMPARISONS} comparisons.`);
  }
}

function sortKey(columns: readonly PropertySchema[], { property, createdAt, lastEditedAt }: RowOrder): SortKey {
  if (createdAt) return { time: 'createdAt', direction: createdAt };
  if (lastEditedAt) return { time: 'lastEditedAt', direction: lastEditedAt };
  if (!property) throw invalid('A RowOrder holds exactly one of property, createdAt, lastEditedAt, but got: none');
  const column = columnOf(columns, property);
  if (column.type === 'FILES' || COMPARISON_OF[column.type] === null) {
    throw invalid(`${called(column)} is ${column.type}, which gives no order.`);
  }
  const direction = property.direction ?? 'ASC';
  return column.type === 'TITLE' ? { title: true, direction } : { property: column, direction };
}

/** Refused: a property named by both, or by neither. */
export function refuseAmbiguous({
  name,
  id,
}: {
  name?: string | null | undefined;
  id?: string | null | undefined;
}): void {
  if ((name == null) === (id == null)) {
    throw invalid(`Name a property by name or by id, but got: ${name == null ? 'neither' : 'both'}`);
  }
}

/** The column meant. Refused: none of that name or id, naming those there are. */
export function columnOf(
  columns: readonly PropertySchema[],
  { name, id }: { name?: string | null | undefined; id?: string | null | undefined },
): PropertySchema {
  refuseAmbiguous({ name, id });
  const found = columns.filter((column) => (name == null ? column.id === id : column.name === name));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only) throw invalid(`Several properties are called ${quoted(name ?? '')}: name the one you mean by id.`);
  const known = columns.slice(0, 30).map((column) => quoted(name == null ? column.id : column.name));
  const more = columns.length > known.length ? ', …' : '';
  throw invalid(
    `This data source has no property with the ${name == null ? 'id' : 'name'} ${quoted(name ?? id ?? '')}; expected one of ${known.join(', ')}${more}`,
  );
}

type Comparison = Exclude<keyof PropertyFilter, 'name' | 'id'>;

/** None of what nobody can compare. */
const COMPARISON_OF: Record<PropertyType, Comparison | null> = {
  TITLE: 'text',
  TEXT: 'text',
  URL: 'text',
  EMAIL: 'text',
  PHONE: 'text',
  NUMBER: 'number',
  CHECKBOX: 'checkbox',
  SELECT: 'select',
  MULTI_SELECT: 'multiSelect',
  DATE: 'date',
  RELATION: 'relation',
  FILES: 'files',
  STATUS: null,
  PEOPLE: null,
  ROLLUP: null,
  FORMULA: null,
  UNIQUE_ID: null,
  CREATED_TIME: null,
  CREATED_BY: null,
  LAST_EDITED_TIME: null,
  LAST_EDITED_BY: null,
  VERIFICATION: null,
  BUTTON: null,
  PLACE: null,
};

type Operator = (property: PropertySchema, operator: string, operand: never) => Condition;

const NEGATIVE: Readonly<Record<string, string>> = {
  doesNotEqual: 'equals',
  doesNotContain: 'contains',
  isNotEmpty: 'isEmpty',
};

/** Each negative operator is exactly the negation of its positive one, so that empty values fall on its side. */
const withNegatives =
  (positive: Operator): Operator =>
  (property, operator, operand) => {
    const affirmed = NEGATIVE[operator];
    return affirmed ? { not: positive(property, affirmed, operand) } : positive(property, operator, operand);
  };

/** `isEmpty` of any kind, and the other operators by `rest`. */
const orEmpty = (rest: Operator): Operator =>
  withNegatives((property, operator, operand) => {
    if (operator !== 'isEmpty') return rest(property, operator, operand);
    return operand ? { property, is: 'EMPTY' } : { not: { property, is: 'EMPTY' } };
  });

const TEXT_TESTS = {
  equals: 'TEXT',
  contains: 'CONTAINING',
  startsWith: 'STARTING_WITH',
  endsWith: 'ENDING_WITH',
} as const;

const NUMBER_COMPARES = {
  equals: '=',
  greaterThan: '>',
  lessThan: '<',
  greaterThanOrEqualTo: '>=',
  lessThanOrEqualTo: '<=',
} as const;

const OPERATORS: Record<Comparison, (property: PropertySchema, operator: string, operand: unknown) => Condition> = {
  text: orEmpty((property, operator, text: string) => {
    if (text.length > MAX_TEXT)
      throw invalid(`${operator} takes at most ${MAX_TEXT} characters, but got: ${text.length}`);
    return { property, is: TEXT_TESTS[operator as keyof typeof TEXT_TESTS], text };
  }),
  number: orEmpty((property, operator, number: number) => ({
    property,
    is: 'NUMBER',
    compare: NUMBER_COMPARES[operator as keyof typeof NUMBER_COMPARES],
    number,
  })),
  checkbox: withNegatives((property, _operator, checked: boolean) =>
    checked ? { property, is: 'CHECKED' } : { not: { property, is: 'CHECKED' } },
  ),
  select: orEmpty(holdingOptions),
  multiSelect: orEmpty(holdingOptions),
  date: orEmpty((property, operator, text: string) => {
    const { from, to } = momentOf(operator, text);
    const beginning = { property, is: 'BEGINNING' } as const;
    switch (operator) {
      case 'before':
        return { ...beginning, from: null, to: from };
      case 'onOrBefore':
        return { ...beginning, from: null, to };
      case 'after':
        return { ...beginning, from: to, to: null };
      case 'onOrAfter':
        return { ...beginning, from, to: null };
      default:
        return { ...beginning, from, to };
    }
  }),
  relation: orEmpty((property, operator, ids: string[]) => {
    atMost(operator, ids);
    return { property, is: 'HOLDING', ids: ids.map(parseId).filter((id) => id !== null) };
  }),
  files: orEmpty((property) => ({ property, is: 'EMPTY' })),
} as Record<Comparison, never>;

function holdingOptions(property: PropertySchema, operator: string, texts: string[]): Condition {
  atMost(operator, texts);
  const options = 'options' in property ? property.options : [];
  const named = (text: string) => {
    const byId = options.filter(({ id }) => id === text || id === parseId(text));
    return byId.length > 0 ? byId : options.filter(({ name }) => name === text);
  };
  return { property, is: 'HOLDING', ids: texts.flatMap(named).map(({ id }) => id) };
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i;
const ONE_DAY_MS = 86_400_000;

/** The whole day in UTC, or the millisecond, that `text` names: `from` belongs to it, `to` does not. */
function momentOf(operator: string, text: string): { from: Date; to: Date } {
  const day = DAY.test(text) ? text : TIME.exec(text)?.[1];
  const from = new Date(text);
  if (day === undefined || Number.isNaN(from.getTime()) || !isDay(day)) {
    throw invalid(
      `${operator} expects a day like "2026-11-22" or a time like "2026-11-22T09:30:00Z", but got: ${quoted(text)}`,
    );
  }
  return { from, to: day === text ? new Date(from.getTime() + ONE_DAY_MS) : nextMillisecond(from) };
}

/** JavaScript takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** Members of a comparison that are given, at least one. A null is refused: it could be taken for "is empty". */
function given(kind: string, comparison: object): [operator: string, operand: unknown][] {
  const members = Object.entries(comparison).filter(([, operand]) => operand !== undefined);
  const empty = members.find(([, operand]) => operand === null);
  if (empty) throw invalid(`${kind}.${empty[0]} may not be null; leave it out, or ask for isEmpty where there is one.`);
  if (members.length === 0) throw invalid(`${kind} is given, but compares nothing: give at least one of its members.`);
  return members;
}

function atMost(operator: string, values: readonly string[]): void {
  if (values.length > MAX_VALUES) {
    throw invalid(`${operator} takes at most ${MAX_VALUES} values, but got: ${values.length}`);
  }
}

export const called = ({ name }: PropertySchema): string => quoted(name);

/** As JSON, so that nothing in it reads as ours; long ones are cut. */
const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
