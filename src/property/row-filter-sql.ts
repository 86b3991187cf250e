// Filters and orders of rows as SQL. A term may be null where a value is empty; `is not true` around what is negated
// makes of that what the filter means: a comparison holds or it does not. Values are bound, never spliced.

import type { SortTerm } from '../content/keyset.js';
import { reachOf, readable } from '../content/reach.js';
import type { Context } from '../context.js';
import { textContains, textEndsWith, textEquals, textStartsWith, within } from '../lib/filter.js';
import { type Sql, sql } from '../lib/sql.js';
import type { AuthorTest, Condition, PropertyTest } from './comparison.js';
import { orderedOptions, type PropertySchema } from './property.js';
import {
  beginningOf,
  checkOf,
  endOf,
  idsOf,
  inProps,
  isDay,
  numberOf,
  optionOf,
  type Slots,
  slotOf,
  sortText,
  sortTextOf,
  textOf,
} from './property-sql.js';
import { rollupHolds, rollupSortValue } from './rollup-filter-sql.js';
import type { RowQuery, SortKey } from './row-query.js';
import { folded } from './slot.js';

/** Whether the statement needs the values of the rows, and so is a matter of one data source. */
export const looksAtValues = ({ filter, order }: RowQuery): boolean =>
  (filter !== null && holdsProperty(filter)) || order.some((key) => 'property' in key || 'rollup' in key);

const holdsProperty = (condition: Condition): boolean => {
  if ('all' in condition) return condition.all.some(holdsProperty);
  if ('any' in condition) return condition.any.some(holdsProperty);
  if ('not' in condition) return holdsProperty(condition.not);
  return 'property' in condition || 'rollup' in condition;
};

/** Whether a filter asks for nothing but values, and nothing of the page itself. */
export const asksValuesAlone = (condition: Condition | null): boolean => {
  if (condition === null) return true;
  if ('all' in condition) return condition.all.every(asksValuesAlone);
  if ('any' in condition) return condition.any.every(asksValuesAlone);
  if ('not' in condition) return asksValuesAlone(condition.not);
  return 'property' in condition && condition.property.type !== 'TITLE';
};

/** True for the rows a filter keeps; all without one. */
export function keeps(ctx: Context, condition: Condition | null, slots: Slots): Sql {
  if (condition === null) return sql`true`;
  const below = (one: Condition) => keeps(ctx, one, slots);
  if ('all' in condition) return join(condition.all.map(below), sql` and `, sql`true`);
  if ('any' in condition) return join(condition.any.map(below), sql` or `, sql`false`);
  if ('not' in condition) return sql`(${below(condition.not)}) is not true`;
  if ('time' in condition) return within(columnOf[condition.time], condition.from, condition.to);
  if ('author' in condition) return isAuthor(condition);
  if ('rollup' in condition) return rollupHolds(ctx, condition, slots);
  return holds(ctx, condition, slots);
}

function holds(ctx: Context, test: PropertyTest, slots: Slots): Sql {
  const { property } = test;
  switch (test.is) {
    case 'EMPTY':
      return isEmpty(ctx, property, slots);
    case 'CHECKED':
      return checkOf(property, slots);
    case 'TEXT':
      return withPrefix(property, slots, test.text, textEquals(textOf(property), test.text), (slot, prefix) =>
        textEquals(slot, prefix),
      );
    case 'CONTAINING':
      return textContains(textOf(property), test.text);
    case 'STARTING_WITH':
      return withPrefix(property, slots, test.text, textStartsWith(textOf(property), test.text), startsIn);
    case 'ENDING_WITH':
      return textEndsWith(textOf(property), test.text);
    case 'NUMBER':
      return sql`${numberOf(property, slots)} ${sql.raw(test.compare)} ${test.number}::float8`;
    case 'BEGINNING':
      return begins(test, slots);
    case 'EXPIRED':
      return sql`${endOf(property)} <= ${test.at}::timestamptz`;
    case 'HOLDING':
      return isHolding(ctx, test, slots);
  }
}

const isAuthor = ({ author, ids }: AuthorTest): Sql =>
  ids === null ? sql`${columnOf[author]} is null` : sql`${columnOf[author]} = any(${ids}::uuid[])`;

function isHolding(ctx: Context, test: HoldingTest, slots: Slots): Sql {
  const { property, ids } = test;
  switch (property.type) {
    case 'SELECT':
    case 'STATUS':
      return sql`${optionOf(property, slots)} = any(${ids}::text[])`;
    case 'RELATION':
      return pointsTo(idsOf(property, slots), readableAmong(ctx, ids), test);
    default:
      return sql`${idsOf(property, slots)} && ${ids}::text[]`;
  }
}

/** What is asked in the statement decides. What was found readable before it is there for the planner, to whom a constant
 *  says how many rows there will be; the case keeps it from counting the same twice. Where everything hangs on one page,
 *  PostgreSQL asks whether that may be read before it looks at any row, and looks at none where it may not. */
function pointsTo(held: Sql, decided: Sql, { ids, readable, hangs }: HoldingTest): Sql {
  if (hangs) return sql`(${decided} <> '{}' and ${held} && ${ids}::text[])`;
  return readable === undefined
    ? sql`${held} && ${decided}`
    : sql`(${held} && ${readable}::text[] and case when ${held} && ${decided} then true else false end)`;
}

/** Where days begin elsewhere than in UTC, days and times lie in different bounds; the wider ones are for the index. */
function begins({ property, from, to, days }: Extract<PropertyTest, { is: 'BEGINNING' }>, slots: Slots): Sql {
  const beginning = beginningOf(property, slots);
  if (days === null) return within(beginning, from, to);
  const widely = within(beginning, outer('<', from, days.from), outer('>', to, days.to));
  return sql`(${widely} and case when ${isDay(property)} then ${within(beginning, days.from, days.to)}
                                 else ${within(beginning, from, to)} end)`;
}

function outer(by: '<' | '>', one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return null;
  return (by === '<' ? one < other : one > other) ? one : other;
}

/** Of a text slot only the beginning is known: it narrows, the whole text decides. */
function withPrefix(
  property: PropertySchema,
  slots: Slots,
  text: string,
  whole: Sql,
  narrow: (slot: Sql, prefix: string) => Sql,
): Sql {
  const slot = property.type === 'TITLE' ? null : slotOf(property, slots);
  const prefix = folded(text);
  return slot && prefix !== null ? sql`(${narrow(slot, prefix)} and ${whole})` : whole;
}

/** A range that a B-tree in order of code points answers. */
const startsIn = (slot: Sql, prefix: string): Sql =>
  prefix.includes('\0') ? sql`false` : sql`${slot} >= ${prefix} and starts_with(${slot}, ${prefix})`;

/** What a reader sees nothing of counts as empty: options that are gone, pages out of reach. */
function isEmpty(ctx: Context, property: PropertySchema, slots: Slots): Sql {
  switch (property.type) {
    case 'TITLE':
      return sql`r.title = ''`;
    case 'SELECT':
    case 'STATUS':
      return sql`(${optionOf(property, slots)} = any(${optionIds(property)}::text[])) is not true`;
    case 'MULTI_SELECT':
      return sql`(${idsOf(property, slots)} && ${optionIds(property)}::text[]) is not true`;
    case 'RELATION':
      return sql`not exists (${readableTargets(ctx, property, slots, sql`1`)})`;
    case 'TEXT': // a mention alone is a value, and has no text that a slot could hold
      return sql`${inProps(property)} is null`;
    default:
      return sql`${slotOf(property, slots) ?? inProps(property)} is null`;
  }
}

/** Those of these pages the actor may read. It looks at no row, so it is made once for the statement. */
export const readableAmong = (ctx: Context, ids: readonly string[]): Sql => sql`array(
  select m.id::text from page m cross join lateral ${reachOf(ctx.actor, sql.ref('m.ancestors'))}
   where m.workspace_id = ${ctx.actor.workspaceId} and m.id = any(${ids}::uuid[]) and not m.in_trash and ${readable})`;

/** The pages a relation of row `v` points to and the actor may read, `of` each. */
export const readableTargets = (ctx: Context, property: PropertySchema, slots: Slots, of: Sql): Sql => sql`
  select ${of} from unnest(${idsOf(property, slots)}) with ordinality as target(id, place)
    join page m on m.workspace_id = ${ctx.actor.workspaceId}
               and m.id = case when v.data_source_id = r.parent_id then target.id::uuid end
    cross join lateral ${reachOf(ctx.actor, sql.ref('m.ancestors'))}
   where not m.in_trash and ${readable}`;

/** In the order they are sorted by. */
const optionIds = (property: PropertySchema): string[] => orderedOptions(property).map(({ id }) => id);

const columnOf = {
  createdAt: sql.ref('r.created_at'),
  lastEditedAt: sql.ref('r.last_edited_at'),
  createdBy: sql.ref('r.created_by'),
  lastEditedBy: sql.ref('r.last_edited_by'),
};

/** Last edited first. */
const USUAL: readonly SortKey[] = [{ time: 'lastEditedAt', direction: 'DESC' }];

/** Sort terms of an order; of the usual one when it is empty. `filter` says which rows there are to sort. */
export const sortTerms = (
  ctx: Context,
  order: readonly SortKey[],
  slots: Slots,
  filter: Condition | null = null,
): SortTerm[] =>
  (order.length === 0 ? USUAL : order).map((key) => {
    const term = { direction: key.direction, ...sortValue(ctx, key, slots) };
    // A text may be there and hold nothing to sort by: a mention.
    const isFilled =
      term.indexed && 'property' in key && key.property.type !== 'TEXT' && demandsValue(filter, key.property);
    return isFilled ? { ...term, nullable: false } : term;
  });

/** Whether the rows that a filter keeps all have a value in this property; in any at all, where none is named. */
export function demandsValue(condition: Condition | null, property?: PropertySchema): boolean {
  if (condition === null) return false;
  if ('all' in condition) return condition.all.some((one) => demandsValue(one, property));
  if ('any' in condition) return condition.any.every((one) => demandsValue(one, property));
  if ('not' in condition) return isOf(condition.not, property) && condition.not.is === 'EMPTY';
  return isOf(condition, property) && condition.is !== 'EMPTY';
}

/** The tests of relations in a filter. */
export function relationTests(condition: Condition | null): HoldingTest[] {
  if (condition === null) return [];
  if ('all' in condition) return condition.all.flatMap(relationTests);
  if ('any' in condition) return condition.any.flatMap(relationTests);
  if ('not' in condition) return relationTests(condition.not);
  return 'property' in condition && condition.is === 'HOLDING' && condition.property.type === 'RELATION'
    ? [condition]
    : [];
}

/** Those that every row has to pass. */
export function inevitableTests(condition: Condition | null): HoldingTest[] {
  if (condition === null) return [];
  return 'all' in condition
    ? condition.all.flatMap(inevitableTests)
    : 'property' in condition
      ? relationTests(condition)
      : [];
}

export type HoldingTest = Extract<PropertyTest, { is: 'HOLDING' }>;

const isOf = (condition: Condition, property: PropertySchema | undefined): condition is PropertyTest =>
  'property' in condition &&
  (property === undefined ? condition.property.type !== 'TITLE' : condition.property.id === property.id);

function sortValue(ctx: Context, key: SortKey, slots: Slots): Omit<SortTerm, 'direction'> {
  if ('time' in key) return { value: columnOf[key.time], type: 'timestamptz', nullable: false };
  if ('author' in key) return { value: columnOf[key.author], type: 'uuid', nullable: true };
  if ('rollup' in key) return rollupSortValue(ctx, key.rollup, slots);
  if ('title' in key) return { value: sortText(sql.ref('r.title')), type: 'text', nullable: true };
  const { property } = key;
  const indexed = slotOf(property, slots) !== null;
  switch (property.type === 'FORMULA' ? property.result : property.type) {
    case 'NUMBER':
    case 'UNIQUE_ID':
      return { value: numberOf(property, slots), type: 'float8', nullable: true, indexed };
    case 'DATE':
    case 'VERIFICATION':
      return { value: beginningOf(property, slots), type: 'timestamptz', nullable: true, indexed };
    case 'CHECKBOX':
      return { value: sql`coalesce(${checkOf(property, slots)}, false)`, type: 'boolean', nullable: false };
    case 'SELECT':
    case 'STATUS':
      return {
        value: sql`array_position(${optionIds(property)}::text[], ${optionOf(property, slots)})`,
        type: 'int',
        nullable: true,
      };
    case 'MULTI_SELECT':
      return {
        value: sql`(
          select array_agg(rank order by place)
            from unnest(${idsOf(property, slots)}) with ordinality as chosen(id, place),
                 array_position(${optionIds(property)}::text[], chosen.id) as rank
           where rank is not null)`,
        type: 'int[]',
        nullable: true,
      };
    case 'PEOPLE':
      return { value: sql`(nullif(${idsOf(property, slots)}, '{}') collate "C")`, type: 'text[]', nullable: true };
    case 'RELATION':
      return {
        value: sql`(${readableTargets(ctx, property, slots, sortText(sql.ref('m.title')))} order by target.place limit 1)`,
        type: 'text',
        nullable: true,
      };
    default:
      return { value: sortTextOf(property, slots), type: 'text', nullable: true, indexed };
  }
}

function join(terms: readonly Sql[], by: Sql, none: Sql): Sql {
  return terms.length === 0 ? none : sql`(${sql.join(terms, by)})`;
}
