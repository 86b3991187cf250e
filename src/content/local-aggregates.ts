// Aggregates of rows in our own PostgreSQL: groups, and what rows come to, for all that are asked for together in one
// statement. The rows are those of local-rows.ts: readable, not in the trash, kept by the filter.

import type { Context } from '../context.js';
import { invariant } from '../lib/invariant.js';
import type { Window } from '../lib/list.js';
import { invalid } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Aggregated, FoundGroup, Measure } from '../property/aggregate.js';
import {
  type GroupKeySql,
  groupKeySql,
  looksAtMembers,
  measureOf,
  membersOf,
  readMeasure,
  spanEnd,
} from '../property/aggregate-sql.js';
import type { PropertySchema } from '../property/property.js';
import { rowsFrom, rowsWhere, union } from './local-rows.js';
import type { MeasureOf, Placed } from './source.js';

export async function groups(
  ctx: Context,
  all: readonly Aggregated[],
  window: Window,
): Promise<Map<Aggregated, Placed<FoundGroup>[]>> {
  const parts = all.map((one, part) => {
    const { key, type, from } = grouped(ctx, one);
    const way = window.backwards ? sql`desc nulls first` : sql`asc nulls last`;
    return sql`
      with g as materialized (
        select ${key} as key, count(*)::int as count from ${from} where ${rowsWhere(ctx, one.rows)} group by 1)
      select ${sql.lit(part)}::int as part, g.key::text as key, g.count, (select count(*)::int from g) as total,
             ${type === 'date' && one.grouping ? spanEnd(one.grouping, sql`g.key`) : sql`null::text`} as until
        from g where ${beyond(window, type)} order by g.key ${way} limit ${window.limit + 1}`;
  });
  const found = await inTimeZone(ctx.reader.rows(sql<FoundGroup & { part: number; total: number }>`${union(parts)}`));
  const lists = new Map<Aggregated, Placed<FoundGroup>[]>();
  for (const { part, total, ...row } of found) {
    const one = all[part] as Aggregated;
    const list = lists.get(one) ?? [];
    list.push({ row, position: [row.key ?? NO_KEY], total });
    lists.set(one, list);
  }
  return lists;
}

export async function countGroups(ctx: Context, all: readonly Aggregated[]): Promise<Map<Aggregated, number>> {
  const parts = all.map((one, part) => {
    const { key, from } = grouped(ctx, one);
    return sql`
      select ${sql.lit(part)}::int as part, count(*)::int as count
        from (select ${key} as key from ${from} where ${rowsWhere(ctx, one.rows)} group by 1) g`;
  });
  const found = await inTimeZone(ctx.reader.rows(sql<{ part: number; count: number }>`${union(parts)}`));
  return new Map(found.map(({ part, count }) => [all[part] as Aggregated, count]));
}

export async function measures(
  ctx: Context,
  asked: readonly MeasureOf[],
): Promise<Map<MeasureOf, number | string | null>> {
  const parts = inParts(asked);
  const found = await inTimeZone(
    ctx.reader.rows(sql<{ part: number; key: string | null; measured: (string | null)[] }>`
      ${union(parts.map((part, index) => selectMeasures(ctx, part, index)))}`),
  );
  const rows = new Map(found.map(({ part, key, measured }) => [`${part} ${key ?? NO_KEY}`, measured]));
  return new Map(
    parts.flatMap(({ asked }, part) =>
      asked.map(({ one, at }): [MeasureOf, number | string | null] => {
        const measured = rows.get(`${part} ${one.groupKey ?? NO_KEY}`);
        return [one, readMeasure(one.measure, measured?.[at] ?? null)];
      }),
    ),
  );
}

/** Measures of the same rows, taken in one pass: over rows, or over the values that rows hold in one column. */
interface Part {
  of: Aggregated;
  /** The column whose values are looked at one by one. */
  members: PropertySchema | null;
  measures: Measure[];
  /** Each with the place of its measure among these. */
  asked: { one: MeasureOf; at: number }[];
}

function inParts(asked: readonly MeasureOf[]): Part[] {
  const parts = new Map<Aggregated, Map<string | null, Part>>();
  for (const one of asked) {
    const { of, measure } = one;
    const passes = parts.get(of) ?? new Map<string | null, Part>();
    parts.set(of, passes);
    const members = looksAtMembers(measure) && 'property' in measure ? measure.property : null;
    const part: Part = passes.get(members?.id ?? null) ?? { of, members, measures: [], asked: [] };
    passes.set(members?.id ?? null, part);
    // Each group asks for the same: it is measured once, and read for all of them.
    const known = part.measures.findIndex((other) => isSame(other, measure));
    const at = known < 0 ? part.measures.push(measure) - 1 : known;
    part.asked.push({ one, at });
  }
  return [...parts.values()].flatMap((passes) => [...passes.values()]);
}

const isSame = (one: Measure, other: Measure): boolean =>
  one.make === other.make &&
  ('property' in one ? one.property.id : null) === ('property' in other ? other.property.id : null);

function selectMeasures(ctx: Context, { of, members, measures, asked }: Part, part: number): Sql {
  const { slots } = of.rows.dataSource;
  const made = sql`array[${sql.join(measures.map((measure) => sql`(${measureOf(ctx, measure, slots)})::text`))}]`;
  const items = members === null ? sql`` : sql`left join lateral (${membersOf(ctx, members, slots)}) as item on true`;
  const where = rowsWhere(ctx, of.rows);
  if (of.grouping === null) {
    const from = sql`${rowsFrom(ctx, of.rows)} ${items}`;
    return sql`select ${sql.lit(part)}::int as part, null::text as key, ${made} as measured from ${from} where ${where}`;
  }
  const { key, type, from } = grouped(ctx, of);
  const keys = [...new Set(asked.flatMap(({ one }) => one.groupKey ?? []))];
  const wanted = sql`(${key} = any(${keys}::${sql.raw(type)}[]) or ${key} is null)`;
  return sql`
    select ${sql.lit(part)}::int as part, g.key::text as key, g.measured
      from (select ${key} as key, ${made} as measured from ${from} ${items} where ${where} and ${wanted} group by 1) g`;
}

/** Rows with what they are grouped by; one that belongs to several groups comes once for each. */
function grouped(ctx: Context, { rows, grouping }: Aggregated): GroupKeySql & { from: Sql } {
  invariant(grouping, 'There are no groups without a grouping.');
  const found = groupKeySql(ctx, grouping, rows.dataSource.slots);
  const { members } = found;
  const each = members ? sql`left join lateral (select distinct m.member from (${members}) m) member on true` : sql``;
  return { ...found, from: sql`${rowsFrom(ctx, rows)} ${each}` };
}

/** No key is empty text. */
const NO_KEY = '';

/** True for groups beyond the cursor, walking its way. The group without a key is the last. */
function beyond({ from, backwards }: Window, type: GroupKeySql['type']): Sql {
  if (!from) return sql`true`;
  const [key = NO_KEY] = from;
  if (key === NO_KEY) return backwards ? sql`g.key is not null` : sql`false`;
  const bound = sql`${key}::${sql.raw(type)}`;
  return backwards ? sql`g.key < ${bound}` : sql`(g.key > ${bound} or g.key is null)`;
}

/** What PostgreSQL says of a value it cannot take: here, of a time zone it does not know. */
const INVALID_PARAMETER_VALUE = '22023';

/** A time zone that is known here may be newer than those PostgreSQL has heard of. */
async function inTimeZone<T>(rows: Promise<T>): Promise<T> {
  try {
    return await rows;
  } catch (error) {
    if ((error as { code?: string }).code !== INVALID_PARAMETER_VALUE) throw error;
    throw invalid('The database does not know this time zone.');
  }
}
