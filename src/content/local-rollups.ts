// Rollups in our own PostgreSQL: for all values of a level two statements, one for the columns that are summed up and one
// for what the rows come to. Both are sent whatever is found, so that how many were sent says nothing about what is hidden.

import type { Context } from '../context.js';
import type { Bits } from '../gate/capability.js';
import { READ } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import { holdsSeveral, membersOf, soleValueOf } from '../property/aggregate-sql.js';
import type { PropertySchema } from '../property/property.js';
import type { Slots } from '../property/property-sql.js';
import type { RollupValue } from '../property/property-value.js';
import { misfitOf, type RolledUp } from '../property/rollup.js';
import { type Figure, figuresOf } from '../property/rollup-sql.js';
import { add, allTargets, sideOf, targetsOf } from './local-related.js';
import { union } from './local-rows.js';
import type { Page } from './page.js';
import { reachOf, readable } from './reach.js';
import { ancestors, columns, lookColumns, type ResourceRow, resourceOf, schemaColumns } from './resource-row.js';
import type { ColumnOfRelated, DifferentValue, Placed } from './source.js';

export async function rollups(ctx: Context, values: readonly RollupValue[]): Promise<Map<RollupValue, RolledUp>> {
  const sources = await relatedSources(ctx, values);
  const parts = inParts(ctx, values, sources);
  const found = await ctx.reader.rows(sql<{ part: number; list: number; rows: number; made: (string | null)[] }>`
    ${union(parts.map((part, index) => selectFigures(ctx, part, index)))}`);
  const rows = new Map(found.map((row) => [`${row.part} ${row.list}`, row]));
  return new Map(
    parts.flatMap(({ source, target, figures, values }, part) =>
      values.map((value, list): [RollupValue, RolledUp] => {
        const row = rows.get(`${part} ${list}`);
        const many = row?.rows ?? 0;
        return [
          value,
          {
            rows: many,
            target,
            slots: source?.slots ?? {},
            isKnown: many > 0 || (source !== null && (source.access & READ) !== 0),
            figures: row ? figures.map(({ read }, index) => read(row.made[index] ?? null)) : [],
          },
        ];
      }),
    ),
  );
}

/** A data source that relations point to, with what the reader may do there: 0 when it is out of reach. */
interface Source {
  id: Id;
  access: Bits;
  properties: PropertySchema[];
  slots: Slots | null;
}

/** Schemas, whether reached or not: what a column is decides what is computed. Whether it shows is decided later. */
async function relatedSources(ctx: Context, values: readonly RollupValue[]): Promise<Map<Id, Source>> {
  const ids = [...new Set(values.flatMap(({ relation }) => relation?.dataSourceId ?? []))];
  const found = await ctx.reader.rows(sql<Source>`
    select r.id, reach.access, ${schemaColumns}
      from data_source r
      join data_source d on d.workspace_id = r.workspace_id and d.id = r.id
     cross join lateral ${reachOf(ctx.actor, ancestors)}
     where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${ids}::uuid[])`);
  return new Map(found.map((source) => [source.id, source]));
}

/** Values that sum up the same column by the same function. */
interface Part {
  source: Source | null;
  /** The data source in which the rows lie, also where it is gone; null where they may lie anywhere. */
  within: Id | null;
  target: PropertySchema | null;
  figures: Figure[];
  values: RollupValue[];
}

function inParts(ctx: Context, values: readonly RollupValue[], sources: ReadonlyMap<Id, Source>): Part[] {
  const parts = new Map<string, Part>();
  for (const value of values) {
    const { column, relation } = value;
    const key = JSON.stringify([relation?.dataSourceId ?? null, column.rollupPropertyId, column.function]);
    const part = parts.get(key) ?? partOf(ctx, value, sources.get(relation?.dataSourceId ?? '') ?? null);
    parts.set(key, part);
    part.values.push(value);
  }
  return [...parts.values()];
}

function partOf(ctx: Context, { column, relation }: RollupValue, source: Source | null): Part {
  const target = source?.properties.find(({ id }) => id === column.rollupPropertyId) ?? null;
  const isMade = misfitOf(column.function, target) === null;
  const figures = isMade && target ? figuresOf(ctx, column.function, target, source?.slots ?? {}) : [];
  const within = relation?.dataSourceId ?? null;
  return { source, within, target, figures: column.function === 'COUNT' ? [COUNT] : figures, values: [] };
}

const COUNT: Figure = { made: sql`count(*)`, members: null, read: Number };

function selectFigures(ctx: Context, { source, within, figures, values }: Part, part: number): Sql {
  const members = figures.find((figure) => figure.members)?.members ?? null;
  const made = figures.length > 0 ? sql.join(figures.map((figure) => sql`(${figure.made})::text`)) : sql`null::text`;
  const items =
    members === null ? sql`` : sql`left join lateral (${membersOf(ctx, members, source?.slots ?? {})}) as item on true`;
  return sql`
    select ${sql.lit(part)}::int as part, target.list, count(distinct r.id)::int as rows, array[${made}] as made
      from ${targetsOf(allTargets(values))} ${rowsOf(ctx, within)} ${items}
     where not r.in_trash and ${readable}
     group by target.list`;
}

/** The rows `r` pointed to, with `v` and `reach`: those of the data source the relation is for, or any pages. */
const rowsOf = (ctx: Context, dataSourceId: Id | null): Sql => sql`
  join page r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = target.id
       ${dataSourceId === null ? sql`` : sql`and r.parent_id = ${dataSourceId}::uuid`}
  left join row_value v on v.workspace_id = ${ctx.actor.workspaceId} and v.page_id = r.id
       and v.data_source_id = ${dataSourceId}::uuid
 cross join lateral ${reachOf(ctx.actor, ancestors)}`;

export async function differentValues(
  ctx: Context,
  all: readonly ColumnOfRelated[],
  window: Window,
): Promise<Map<ColumnOfRelated, Placed<DifferentValue>[]>> {
  const way = window.backwards ? sql`desc` : sql`asc`;
  const at = window.from === null ? 0 : Number(window.from[2]);
  const isBeyond = sql`(side > 0 or (side = 0 and nth_in_row ${window.backwards ? sql`<` : sql`>`} ${at}::int))`;
  const lists = all.map(({ relatedIds }) => [...new Set(relatedIds)]);
  const parts = all.map((one, list) => {
    const ids = lists[list] ?? [];
    const side = sideOf(ids, window);
    const targets = ids.map((id, place) => ({ list, id, side: side(place), within: null }));
    return sql`
      select * from (
        select first.*, ${isBeyond} as beyond, count(*) over ()::int as total,
               row_number() over (partition by ${isBeyond} order by first.place ${way}, nth_in_row ${way}) as nth
          from (
            select distinct on (item.member) target.list, target.side, target.place, item.member,
                   item.place::int as nth_in_row, 'Page' as kind, r.parent_id as "parentId", ${columns}, ${lookColumns}
              from ${targetsOf(targets)} ${rowsOf(ctx, one.within)}
             cross join lateral (${itemsOf(ctx, one)}) as item
             where not r.in_trash and ${readable}
             order by item.member, target.place, item.place) first) found
       where beyond and nth <= ${window.limit + 1}`;
  });
  const found = await ctx.reader.rows(sql<FoundValue>`select * from (${union(parts)}) found order by list, nth`);
  ctx.seen.push(found);
  const answer = new Map<ColumnOfRelated, Placed<DifferentValue>[]>();
  for (const row of found) {
    const { list, total, member, nth_in_row: place } = row;
    const position = [String(lists[list]?.indexOf(row.id)), row.id, String(place)];
    add(answer, all[list] as ColumnOfRelated, {
      row: { page: resourceOf(row) as Page, member, place },
      position,
      total,
    });
  }
  return answer;
}

type FoundValue = ResourceRow & { list: number; total: number; member: string; nth_in_row: number };

export async function countDifferentValues(
  ctx: Context,
  all: readonly ColumnOfRelated[],
): Promise<Map<ColumnOfRelated, number>> {
  const parts = all.map(
    (one, list) => sql`
      select ${sql.lit(list)}::int as list, count(distinct item.member)::int as count
        from ${targetsOf(allTargets([one]))} ${rowsOf(ctx, one.within)}
       cross join lateral (${itemsOf(ctx, one)}) as item
       where not r.in_trash and ${readable}`,
  );
  const found = await ctx.reader.rows(sql<{ list: number; count: number }>`${union(parts)}`);
  return new Map(found.map(({ list, count }) => [all[list] as ColumnOfRelated, count]));
}

/** The values of a row as `member` at its `place`. */
const itemsOf = (ctx: Context, { property, slots }: ColumnOfRelated): Sql => {
  if (holdsSeveral(property)) return membersOf(ctx, property, slots);
  const value = soleValueOf(ctx, property, slots);
  return sql`select (${value})::text as member, 1 as place where ${value} is not null`;
};
