// What rows come to as SQL: aggregates over rows `r` with their values `v`, and what rows are grouped by. What a reader
// sees nothing of counts as empty, and nothing she does not read adds to anything.

import type { Context } from '../context.js';
import { invariant } from '../lib/invariant.js';
import { type Sql, sql } from '../lib/sql.js';
import { type Grouping, holdsDates, kindOf, type Measure } from './aggregate.js';
import { orderedOptions, type PropertySchema } from './property.js';
import {
  beginningOf,
  checkOf,
  idsOf,
  inProps,
  itemsIn,
  numberOf,
  optionOf,
  type Slots,
  slotOf,
  textOf,
} from './property-sql.js';
import { readableTargets } from './row-filter-sql.js';

/** Whether a row can hold several values of it, each by itself a value. */
export const holdsSeveral = (property: PropertySchema): boolean =>
  ['MULTI_SELECT', 'PEOPLE', 'RELATION', 'FILES'].includes(property.type);

/** Whether a measure looks at values one by one, and so at each `item(member)` of a row instead of the row. */
export const looksAtMembers = (measure: Measure): boolean =>
  (measure.make === 'VALUES' || measure.make === 'UNIQUE' || measure.make === 'EMPTY') &&
  holdsSeveral(measure.property);

/** An aggregate, to be read by `readMeasure`. */
export function measureOf(ctx: Context, measure: Measure, slots: Slots): Sql {
  if (measure.make === 'COUNT') return sql`count(*)`;
  const { make, property } = measure;
  switch (make) {
    case 'NUMBERS':
      return sql`count(${numberOf(property, slots)})`;
    // As decimal numbers: the sum is exact, and does not depend on the order in which rows come.
    case 'SUM':
      return sql`sum(${numberOf(property, slots)}::text::numeric)`;
    case 'MEDIAN':
      return sql`percentile_cont(0.5) within group (order by ${numberOf(property, slots)})`;
    case 'MIN':
      return sql`min(${numberOf(property, slots)})`;
    case 'MAX':
      return sql`max(${numberOf(property, slots)})`;
    case 'DATES':
      return sql`count(${instantOf(property, slots)})`;
    case 'EARLIEST':
      return sql`min(${momentOf(property, slots)})`;
    case 'LATEST':
      return sql`max(${momentOf(property, slots)})`;
    case 'CHECKED':
      return sql`count(*) filter (where ${checkOf(property, slots)})`;
    case 'EMPTY':
      // Rows, whatever their members are: asking of each row whether it has one takes three times as long.
      return holdsSeveral(property)
        ? sql`count(distinct r.id) - count(distinct case when item.member is not null then r.id end)`
        : sql`count(*) filter (where ${soleValueOf(ctx, property, slots)} is null)`;
    case 'VALUES':
      return holdsSeveral(property) ? sql`count(item.member)` : sql`count(${soleValueOf(ctx, property, slots)})`;
    case 'UNIQUE':
      return holdsSeveral(property)
        ? sql`count(distinct item.member)`
        : sql`count(distinct ${soleValueOf(ctx, property, slots)})`;
  }
}

/** What a measure came to, out of its text; null when there was nothing to measure. */
export function readMeasure({ make }: Measure, text: string | null): number | string | null {
  if (text === null) return null;
  if (make === 'EARLIEST' || make === 'LATEST') {
    const [seconds, hasTime] = text.slice(1, -1).split(',').map(Number) as [number, number];
    const instant = new Date(Math.round(seconds * 1000)).toISOString();
    return hasTime === 1 ? instant : instant.slice(0, 10);
  }
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** When a date or time is, or begins. */
const instantOf = (property: PropertySchema, slots: Slots): Sql => {
  if (property.type === 'CREATED_TIME') return sql`date_trunc('milliseconds', r.created_at)`;
  if (property.type === 'LAST_EDITED_TIME') return sql`date_trunc('milliseconds', r.last_edited_at)`;
  return beginningOf(property, slots);
};

/** When, and 1 if it says the time of day, else 0: arrays, so that both come out of one `min`. */
const momentOf = (property: PropertySchema, slots: Slots): Sql => {
  const instant = instantOf(property, slots);
  return sql`case when ${instant} is not null
    then array[extract(epoch from ${instant})::float8, case when ${isWholeDay(property)} then 0 else 1 end] end`;
};

/** A date without a time of day: the same day everywhere. */
const isWholeDay = (property: PropertySchema): Sql =>
  property.type === 'CREATED_TIME' || property.type === 'LAST_EDITED_TIME'
    ? sql`false`
    : sql`length(${inProps(property)} ->> 'start') = 10`;

/** The one value of a row, in a type that tells different values apart; null when there is none. */
export function soleValueOf(ctx: Context, property: PropertySchema, slots: Slots): Sql {
  switch (kindOf(property)) {
    case 'TITLE':
    case 'TEXT':
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return textOf(property);
    case 'NUMBER':
    case 'UNIQUE_ID':
      return sql`(${numberOf(property, slots)} + 0)`; // -0 is 0, also as text
    case 'CHECKBOX':
      return property.type === 'CHECKBOX'
        ? sql`coalesce(${checkOf(property, slots)}, false)`
        : checkOf(property, slots);
    case 'SELECT':
    case 'STATUS': {
      const option = optionOf(property, slots);
      return sql`(case when ${option} = any(${optionIds(property)}::text[]) then ${option} end)`;
    }
    case 'DATE':
    case 'VERIFICATION':
    case 'PLACE':
      return inProps(property);
    case 'CREATED_TIME':
    case 'LAST_EDITED_TIME':
      return instantOf(property, slots);
    case 'CREATED_BY':
      return knownUser(ctx, sql`r.created_by::text`);
    case 'LAST_EDITED_BY':
      return knownUser(ctx, sql`r.last_edited_by::text`);
    case 'BUTTON':
      return sql`null::text`;
    default:
      invariant(false, `${property.type} holds no single value.`);
  }
}

/** The values of a row one by one, as `member` at its `place`: of options and users those that are there, of pages those one reads. */
export function membersOf(ctx: Context, property: PropertySchema, slots: Slots): Sql {
  switch (property.type) {
    case 'MULTI_SELECT':
      return sql`select chosen.id as member, chosen.place from unnest(${idsOf(property, slots)}) with ordinality as chosen(id, place)
                  where chosen.id = any(${optionIds(property)}::text[])`;
    case 'PEOPLE':
      return sql`select chosen.id as member, chosen.place from unnest(${idsOf(property, slots)}) with ordinality as chosen(id, place)
                  where ${isUser(ctx, sql`chosen.id`)}`;
    case 'RELATION':
      return readableTargets(ctx, property, slots, sql`target.id as member, target.place`);
    case 'FILES':
      return sql`select chosen.file::text as member, chosen.place
                   from jsonb_array_elements(${itemsIn(property)}) with ordinality as chosen(file, place)`;
    default:
      invariant(false, `${property.type} holds no several values.`);
  }
}

const optionIds = (property: PropertySchema): string[] => orderedOptions(property).map(({ id }) => id);

/** Whether there is or was such a user in the workspace; all others are shown to nobody. */
const isUser = (ctx: Context, id: Sql): Sql => sql`${id} in (
  select u.person_id::text from membership u where u.workspace_id = ${ctx.actor.workspaceId}
  union all select u.bot_id::text from installation u where u.workspace_id = ${ctx.actor.workspaceId}
  union all select u.id::text from person_group u where u.workspace_id = ${ctx.actor.workspaceId})`;

const knownUser = (ctx: Context, id: Sql): Sql => sql`(case when ${isUser(ctx, id)} then ${id} end)`;

/** What a row is grouped by: `key`, of the SQL type that orders the groups. Where a row can be in several groups, `key` is
 *  that of a `member(member)` of the row. */
export interface GroupKeySql {
  key: Sql;
  type: 'int' | 'text' | 'boolean' | 'date';
  members: Sql | null;
}

export function groupKeySql(ctx: Context, grouping: Grouping, slots: Slots): GroupKeySql {
  const members = 'property' in grouping && holdsSeveral(grouping.property);
  const memberOf = (property: PropertySchema) => (members ? membersOf(ctx, property, slots) : null);
  if ('time' in grouping || holdsDates(grouping.property))
    return { key: spanOf(grouping, slots), type: 'date', members: null };
  const { property } = grouping;
  switch (kindOf(property)) {
    case 'CHECKBOX':
      return { key: soleValueOf(ctx, property, slots), type: 'boolean', members: null };
    case 'SELECT':
    case 'STATUS':
    case 'MULTI_SELECT': {
      const option = members ? sql`member.member` : optionOf(property, slots);
      const key = sql`array_position(${optionIds(property)}::text[], ${option})`;
      return { key, type: 'int', members: memberOf(property) };
    }
    case 'PEOPLE':
    case 'RELATION':
      return { key: sql`(member.member collate "C")`, type: 'text', members: memberOf(property) };
    default:
      return { key: sql`(${soleValueOf(ctx, property, slots)} collate "C")`, type: 'text', members: null };
  }
}

/** The first day of the span of the calendar that a date begins in. */
function spanOf(grouping: Grouping, slots: Slots): Sql {
  const { unit, timeZone } = grouping;
  return sql`date_trunc(${unit.toLowerCase()}, ${localTime(grouping, timeZone, slots)})::date`;
}

function localTime(grouping: Grouping, timeZone: string, slots: Slots): Sql {
  if ('time' in grouping)
    return sql`(${sql.ref(grouping.time === 'createdAt' ? 'r.created_at' : 'r.last_edited_at')} at time zone ${timeZone})`;
  const { property } = grouping;
  const instant = instantOf(property, slots);
  // Days begin at 00:00 UTC where they are stored: in UTC the slot alone tells the day.
  if (timeZone === 'UTC' && slotOf(property, slots)) return sql`(${instant} at time zone 'UTC')`;
  return sql`(${instant} at time zone (case when ${isWholeDay(property)} then 'UTC' else ${timeZone}::text end))`;
}

/** The first day after the span that begins at `key`. */
export const spanEnd = ({ unit }: Grouping, key: Sql): Sql =>
  sql`(${key} + ${unit === 'QUARTER' ? '3 months' : `1 ${unit.toLowerCase()}`}::interval)::date::text`;
