// A filter and an order read against the columns of one data source: names become columns, and what does not fit is
// refused with a sentence that says what was expected. No SQL here.

import type { DataSource } from '../content/database.js';
import type { DatabaseOrder, Direction, PageOrder, RowOrder } from '../content/order.js';
import type { Id } from '../lib/id.js';
import { invalid, quoted } from '../lib/refusal.js';
import { Calendar } from './calendar.js';
import {
  type Asking,
  type Author,
  authorOf,
  COMPARISON_OF,
  COMPARISON_OF_RESULT,
  type Comparison,
  type Condition,
  conditionOf,
  given,
  type Member,
  type Time,
  timeCondition,
  timeOf,
} from './comparison.js';
import type { PropertySchema } from './property.js';
import type { DateFilter, FormulaFilter, PropertyFilter } from './property-filter.js';
import type { RowFilter } from './row-filter.js';

export type SortKey = { direction: Direction } & (
  | { time: Time }
  | { author: Author }
  | { title: true }
  | { property: PropertySchema }
);

/** The rows of one data source that somebody asks for. An empty order is "last edited first". */
export interface RowQuery {
  dataSource: DataSource;
  filter: Condition | null;
  order: readonly SortKey[];
  /** The moment that its filter counts from, where anything in it depends on one. */
  moment: Date | null;
}

/** Which rows somebody wants to see, as she said it. */
export interface RowsAsked {
  filter?: RowFilter | null | undefined;
  orderBy?: readonly RowOrder[] | null | undefined;
  timeZone?: string | null | undefined;
}

export const MAX_COMPARISONS = 50;
export const MAX_DEPTH = 8;
export const MAX_SORT_KEYS = 5;

/** Refused: an unknown column, a comparison of another kind than the column, none or several where one is due, a filter or
 *  order that is too large, and a time zone that is none. An option, person or page that does not exist is no mistake: it
 *  is held by no row. */
export function readQuery(
  dataSource: DataSource,
  { filter, orderBy, timeZone }: RowsAsked,
  { now, me }: { now: Date; me: Id | null },
): RowQuery {
  const columns = dataSource.storedProperties;
  const calendar = Calendar.in(timeZone, now);
  return {
    dataSource,
    filter: filter == null ? null : new FilterReader(columns, { calendar, me }).condition(filter, 1),
    order: bounded(orderBy).map((key) => sortKey(columns, key)),
    moment: calendar.isRelative ? now : null,
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

/** What cursors are bound to: filter, order and time zone as asked, and the kinds of the columns that order, whose values
 *  stand in the cursor. */
export const nameOf = ({ order }: RowQuery, { filter, orderBy, timeZone }: RowsAsked): string =>
  JSON.stringify([
    filter ?? null,
    orderBy ?? null,
    timeZone ?? null,
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

  constructor(
    private readonly columns: readonly PropertySchema[],
    private readonly asking: Asking,
  ) {}

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

  private time(time: Time, filter: DateFilter): Condition {
    return { all: this.members(time, filter).map((member) => timeCondition(time, member, this.asking)) };
  }

  private property({ name, id, ...comparisons }: PropertyFilter): Condition {
    const column = columnOf(this.columns, { name, id });
    const right = COMPARISON_OF[column.type];
    if (right === null) throw invalid(`${called(column)} is ${column.type}, which cannot be compared.`);
    const [kind, comparison] = onlyComparison('PropertyFilter', column, right, comparisons);
    if (kind !== right) throw invalid(`${called(column)} is ${column.type}: compare it by ${right}, but got: ${kind}`);
    return right === 'formula'
      ? this.formula(column, comparison as FormulaFilter)
      : this.compared(column, right, comparison);
  }

  private formula(column: PropertySchema, filter: FormulaFilter): Condition {
    if (column.type !== 'FORMULA') throw invalid(`${called(column)} is no formula.`);
    const right = COMPARISON_OF_RESULT[column.result];
    const [kind, comparison] = onlyComparison('FormulaFilter', column, right, filter);
    if (kind !== right) {
      throw invalid(`${called(column)} comes to ${column.result}: compare it by ${right}, but got: ${kind}`);
    }
    return this.compared(column, right, comparison);
  }

  private compared(column: PropertySchema, kind: Exclude<Comparison, 'formula'>, comparison: object): Condition {
    return { all: this.members(kind, comparison).map((member) => conditionOf(kind, column, member, this.asking)) };
  }

  private members(kind: string, comparison: object): Member[] {
    const members = given(kind, comparison);
    this.comparisons += members.length;
    if (this.comparisons > MAX_COMPARISONS) throw invalid(`A filter may hold at most ${MAX_COMPARISONS} comparisons.`);
    return members;
  }
}

/** The one comparison that is given; `right` is the one that should be. */
function onlyComparison(where: string, column: PropertySchema, right: Comparison, given: object): [string, object] {
  const all = Object.entries(given).flatMap(([kind, one]) => (one == null ? [] : [[kind, one as object] as const]));
  const [only] = all;
  if (only && all.length === 1) return [...only];
  const got = all.map(([kind]) => kind).join(' and ') || 'none';
  throw invalid(`A ${where} holds exactly one comparison, for ${called(column)} ${right}, but got: ${got}`);
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
  if (column.type === 'TITLE') return { title: true, direction };
  const [time, author] = [timeOf(column), authorOf(column)];
  if (time) return { time, direction };
  return author ? { author, direction } : { property: column, direction };
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

export const called = ({ name }: PropertySchema): string => quoted(name);
