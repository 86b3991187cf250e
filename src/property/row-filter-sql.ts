// Filters and orders of rows as SQL. A term may be null where a value is empty; `is not true` around what is negated
// makes of that what the filter means: a comparison holds or it does not. Values are bound, never spliced.

import type { SortTerm } from '../content/keyset.js';
import { reachOf, readable } from '../content/reach.js';
import type { Context } from '../context.js';
import { textContains, textEndsWith, textEquals, textStartsWith, timeTerms, within } from '../lib/filter.js';
import { type Sql, sql } from '../lib/sql.js';
import type { PropertySchema } from './property.js';
import {
  beginningOf,
  checkOf,
  idsOf,
  inProps,
  numberOf,
  optionOf,
  type Slots,
  slotOf,
  sortText,
  sortTextOf,
  textOf,
} from './property-sql.js';
import type { Condition, PropertyTest, RowQuery, SortKey } from './row-query.js';
import { folded } from './slot.js';

/** Whether the statement needs the values of the rows, and so is a matter of one data source. */
export const looksAtValues = ({ filter, order }: RowQuery): boolean =>
  (filter !== null && holdsProperty(filter)) || order.some((key) => 'property' in key);

const holdsProperty = (condition: Condition): boolean => {
  if ('all' in condition) return condition.all.some(holdsProperty);
  if ('any' in condition) return condition.any.some(holdsProperty);
  if ('not' in condition) return holdsProperty(condition.not);
  return 'property' in condition;
};

/** True for the rows a filter keeps; all without one. */
export function keeps(ctx: Context, condition: Condition | null, slots: Slots): Sql {
  if (condition === null) return sql`true`;
  const below = (one: Condition) => keeps(ctx, one, slots);
  if ('all' in condition) return join(condition.all.map(below), sql` and `, sql`true`);
  if ('any' in condition) return join(condition.any.map(below), sql` or `, sql`false`);
  if ('not' in condition) return sql`(${below(condition.not)}) is not true`;
  if ('time' in condition) return join(timeTerms(columnOf[condition.time], condition.filter), sql` and `, sql`true`);
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
      return within(beginningOf(property, slots), test.from, test.to);
    case 'HOLDING':
      if (property.type === 'SELECT') return sql`${optionOf(property, slots)} = any(${test.ids}::text[])`;
      if (property.type === 'MULTI_SELECT') return sql`${idsOf(property, slots)} && ${test.ids}::text[]`;
      return sql`${idsOf(property, slots)} && ${readableAmong(ctx, test.ids)}`;
  }
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
      return sql`(${optionOf(property, slots)} = any(${optionIds(property)}::text[])) is not true`;
    case 'MULTI_SELECT':
      return sql`(${idsOf(property, slots)} && ${optionIds(property)}::text[]) is not true`;
    case 'RELATION':
      return sql`not exists (${readableTargets(ctx, property, slots, sql`1`)})`;
    default:
      return sql`${inProps(property)} is null`;
  }
}

/** Those of these pages the actor may read. It looks at no row, so it is made once for the statement. */
const readableAmong = (ctx: Context, ids: readonly string[]): Sql => sql`array(
  select m.id::text from page m cross join lateral ${reachOf(ctx.actor, sql.ref('m.ancestors'))}
   where m.workspace_id = ${ctx.actor.workspaceId} and m.id = any(${ids}::uuid[]) and not m.in_trash and ${readable})`;

/** The pages a relation of row `v` points to and the actor may read, `of` each. */
export const readableTargets = (ctx: Context, property: PropertySchema, slots: Slots, of: Sql): Sql => sql`
  select ${of} from unnest(${idsOf(property, slots)}) with ordinality as target(id, place)
    join page m on m.workspace_id = ${ctx.actor.workspaceId}
               and m.id = case when v.data_source_id = r.parent_id then target.id::uuid end
    cross join lateral ${reachOf(ctx.actor, sql.ref('m.ancestors'))}
   where not m.in_trash and ${readable}`;

const optionIds = (property: PropertySchema): string[] =>
  'options' in property ? property.options.map(({ id }) => id) : [];

const columnOf = { createdAt: sql.ref('r.created_at'), lastEditedAt: sql.ref('r.last_edited_at') };

/** Last edited first. */
const USUAL: readonly SortKey[] = [{ time: 'lastEditedAt', direction: 'DESC' }];

/** Sort terms of an order; of the usual one when it is empty. */
export const sortTerms = (ctx: Context, order: readonly SortKey[], slots: Slots): SortTerm[] =>
  (order.length === 0 ? USUAL : order).map((key) => ({ direction: key.direction, ...sortValue(ctx, key, slots) }));

function sortValue(ctx: Context, key: SortKey, slots: Slots): Omit<SortTerm, 'direction'> {
  if ('time' in key) return { value: columnOf[key.time], type: 'timestamptz', nullable: false };
  if ('title' in key) return { value: sortText(sql.ref('r.title')), type: 'text', nullable: true };
  const { property } = key;
  const indexed = slotOf(property, slots) !== null;
  switch (property.type) {
    case 'NUMBER':
      return { value: numberOf(property, slots), type: 'float8', nullable: true, indexed };
    case 'DATE':
      return { value: beginningOf(property, slots), type: 'timestamptz', nullable: true, indexed };
    case 'CHECKBOX':
      return { value: sql`coalesce(${checkOf(property, slots)}, false)`, type: 'boolean', nullable: false };
    case 'SELECT':
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
