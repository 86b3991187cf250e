// A filter and an order read against the columns of one data source: names become columns, and what does not fit is
// refused with a sentence that says what was expected. No SQL here.

import type { DataSource } from '../content/database.js';
import type { DatabaseOrder, Direction, PageOrder, RowOrder } from '../content/order.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { invalid, quoted } from '../lib/refusal.js';
import { Calendar } from './calendar.js';
import {
  type Asking,
  type Author,
  authorOf,
  COMPARISON_OF,
  COMPARISON_OF_RESULT,
  type Condition,
  conditionOf,
  given,
  type Member,
  type PlainComparison,
  type ResolvedRollup,
  type Time,
  timeCondition,
  timeOf,
} from './comparison.js';
import type { PropertySchema, RollupFunction } from './property.js';
import type { PropertyFilter } from './property-filter.js';
import { misfitOf, type RollupResultType, resultTypeOf } from './rollup.js';
import type { RollupFilter } from './rollup-filter.js';
import type { RowFilter } from './row-filter.js';
import type { DateFilter, FormulaFilter, RelatedFilter } from './value-filter.js';

export type SortKey = { direction: Direction } & (
  | { time: Time }
  | { author: Author }
  | { title: true }
  | { rollup: ResolvedRollup }
  | { property: PropertySchema }
);

/** Sort keys of lists that know titles and times alone. */
export type PageSortKey = Exclude<SortKey, { property: unknown } | { rollup: unknown }>;

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

/** By id, the data sources that rollups sum up and that the asker reads; no other is there. */
export type RelatedSources = ReadonlyMap<Id, DataSource>;

/** What names in a filter or order are read against. */
interface Columns {
  /** The data source they are columns of. */
  own: Id;
  all: readonly PropertySchema[];
  related: RelatedSources;
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
  { now, me, related = new Map() }: { now: Date; me: Id | null; related?: RelatedSources },
): RowQuery {
  const columns: Columns = { own: dataSource.id, all: dataSource.storedProperties, related };
  const calendar = Calendar.in(timeZone, now);
  return {
    dataSource,
    filter: filter == null ? null : new FilterReader(columns, { calendar, me }).condition(filter, 1),
    order: bounded(orderBy).map((key) => sortKey(columns, key)),
    moment: calendar.isRelative ? now : null,
  };
}

/** The same for lists that know titles and times alone. */
export const readOrder = (orderBy: readonly (PageOrder | DatabaseOrder)[] | null | undefined): PageSortKey[] =>
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
    order.flatMap((key) =>
      'property' in key
        ? [key.property.id, key.property.type]
        : 'rollup' in key
          ? [JSON.stringify(key.rollup.column)]
          : [],
    ),
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
    private readonly columns: Columns,
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
    const column = columnOf(this.columns.all, { name, id });
    const right = COMPARISON_OF[column.type];
    if (right === null) throw invalid(`${called(column)} is ${column.type}, which cannot be compared.`);
    const [kind, comparison] = onlyComparison('PropertyFilter', column, right, comparisons);
    if (kind !== right) throw invalid(`${called(column)} is ${column.type}: compare it by ${right}, but got: ${kind}`);
    if (right === 'formula') return this.formula(column, comparison as FormulaFilter);
    return right === 'rollup'
      ? this.rollup(rollupOf(this.columns, column), comparison as RollupFilter)
      : this.compared(column, right, comparison);
  }

  private rollup(rollup: ResolvedRollup, filter: RollupFilter): Condition {
    const { column } = rollup;
    const result = FIGURES[resultTypeOf(column.function)];
    const expected = result ? `any, every, none or ${result}` : 'any, every or none';
    const [kind, comparison] = onlyComparison('RollupFilter', column, expected, filter);
    if (kind === 'any' || kind === 'every' || kind === 'none') {
      const holds = this.related(rollup, comparison as RelatedFilter);
      const someRow = (someRow: Condition): Condition => ({ rollup, someRow });
      if (kind === 'every') return { not: someRow({ not: holds }) };
      return kind === 'any' ? someRow(holds) : { not: someRow(holds) };
    }
    if (kind !== result) {
      throw invalid(
        `${called(column)} comes to ${resultTypeOf(column.function)}: compare it by ${expected}, but got: ${kind}`,
      );
    }
    refuseMisfit(rollup, column.function);
    return ofFigure(rollup, this.compared(column, result, comparison));
  }

  private related(rollup: ResolvedRollup, filter: RelatedFilter): Condition {
    refuseMisfit(rollup, 'SHOW_ORIGINAL');
    const target = rollup.target as PropertySchema;
    const right = COMPARISON_OF[target.type];
    if (right === null || right === 'formula' || right === 'rollup') {
      throw invalid(`${called(rollup.column)} sums up ${target.type}, which cannot be compared.`);
    }
    const [kind, comparison] = onlyComparison('RelatedFilter', rollup.column, right, filter);
    if (kind !== right)
      throw invalid(`${called(rollup.column)} sums up ${target.type}: compare it by ${right}, but got: ${kind}`);
    return this.compared(target, right, comparison);
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

  private compared(column: PropertySchema, kind: PlainComparison, comparison: object): Condition {
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
function onlyComparison(where: string, column: PropertySchema, right: string, given: object): [string, object] {
  const all = Object.entries(given).flatMap(([kind, one]) => (one == null ? [] : [[kind, one as object] as const]));
  const [only] = all;
  if (only && all.length === 1) return [...only];
  const got = all.map(([kind]) => kind).join(' and ') || 'none';
  throw invalid(`A ${where} holds exactly one comparison, for ${called(column)} ${right}, but got: ${got}`);
}

function sortKey(columns: Columns, { property, createdAt, lastEditedAt }: RowOrder): SortKey {
  if (createdAt) return { time: 'createdAt', direction: createdAt };
  if (lastEditedAt) return { time: 'lastEditedAt', direction: lastEditedAt };
  if (!property) throw invalid('A RowOrder holds exactly one of property, createdAt, lastEditedAt, but got: none');
  const column = columnOf(columns.all, property);
  if (column.type === 'FILES' || COMPARISON_OF[column.type] === null) {
    throw invalid(`${called(column)} is ${column.type}, which gives no order.`);
  }
  const direction = property.direction ?? 'ASC';
  if (column.type === 'TITLE') return { title: true, direction };
  if (column.type === 'ROLLUP') {
    const rollup = rollupOf(columns, column);
    const type = resultTypeOf(column.function);
    if (!FIGURES[type]) throw invalid(`${called(column)} comes to ${type}, which gives no order.`);
    refuseMisfit(rollup, column.function);
    return { rollup, direction };
  }
  const [time, author] = [timeOf(column), authorOf(column)];
  if (time) return { time, direction };
  return author ? { author, direction } : { property: column, direction };
}

/** How what rollups come to is compared, where it can be. */
const FIGURES: Partial<Record<RollupResultType, 'number' | 'date'>> = { NUMBER: 'number', DATE: 'date' };

/** A rollup with what it is computed from. Refused, in the same words: where its rows do not lie in one data source, where
 *  that is missing, and where the asker does not read it. */
function rollupOf({ own, all, related }: Columns, column: PropertySchema): ResolvedRollup {
  invariant(column.type === 'ROLLUP', `${column.type} is no rollup.`);
  const relation = all.find((one) => one.id === column.relationPropertyId);
  if (relation?.type !== 'RELATION') throw invalid(`${called(column)} goes along a relation that is not there.`);
  const source = relation.dataSourceId === null ? undefined : related.get(relation.dataSourceId);
  if (!source) {
    throw invalid(
      `${called(column)} sums up rows of no data source that you may read, and so it can neither be compared nor give an order.`,
    );
  }
  const target = source.storedProperties.find(({ id }) => id === column.rollupPropertyId) ?? null;
  return { own, column, relation, source: { id: source.id, slots: source.slots }, target };
}

function refuseMisfit({ column, target }: ResolvedRollup, made: RollupFunction): void {
  const misfit = misfitOf(made, target);
  if (misfit !== null) throw invalid(`${called(column)} comes to nothing. ${misfit}`);
}

/** Tests of a value as tests of what the rollup comes to. */
function ofFigure(rollup: ResolvedRollup, condition: Condition): Condition {
  if ('all' in condition) return { all: condition.all.map((one) => ofFigure(rollup, one)) };
  if ('any' in condition) return { any: condition.any.map((one) => ofFigure(rollup, one)) };
  if ('not' in condition) return { not: ofFigure(rollup, condition.not) };
  invariant('property' in condition, 'A figure is compared as a value is.');
  return { rollup, figure: condition };
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
