// Rows of data sources in our own PostgreSQL: filtered, ordered and counted in one statement for all that are asked
// for together. What looks at values is compiled for one data source; what does not serves them all at once.

import type { Context } from '../context.js';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Slots } from '../property/property-sql.js';
import { keeps, looksAtValues, readableAmong, relationTests, sortTerms } from '../property/row-filter-sql.js';
import type { RowQuery } from '../property/row-query.js';
import { placeOf, positionOf, stretchesOf } from './keyset.js';
import type { Page } from './page.js';
import { reachOf, readable } from './reach.js';
import { ancestors, columns, lookColumns, type ResourceRow, resourceOf } from './resource-row.js';
import type { Placed } from './source.js';

/** Queries that share a part of the statement: equal but for their data sources, or one alone. */
interface Part {
  like: RowQuery;
  dataSourceIds: Id[];
  slots: Slots;
  withValues: boolean;
}

export async function rows(
  ctx: Context,
  queries: readonly RowQuery[],
  window: Window,
): Promise<Map<RowQuery, Placed<Page>[]>> {
  await lookUpTargets(ctx, queries);
  const { parts, partOf } = inParts(queries);
  const found = await ctx.reader.rows(sql<Found & ResourceRow & { place: string }>`
    ${union(parts.map((part, index) => selectRows(ctx, part, index, window)))}`);
  ctx.seen.push(found);
  const lists = new Map<string, Placed<Page>[]>();
  for (const row of found) {
    const { part, place } = row;
    const placed = { row: resourceOf(row) as Page, position: positionOf(place, row.id) };
    const list = lists.get(`${part} ${row.parentId}`);
    if (list) list.push(placed);
    else lists.set(`${part} ${row.parentId}`, [placed]);
  }
  return answers(queries, (query) => lists.get(`${partOf(query)} ${query.dataSource.id}`));
}

export async function countRows(ctx: Context, queries: readonly RowQuery[]): Promise<Map<RowQuery, number>> {
  await lookUpTargets(ctx, queries);
  const { parts, partOf } = inParts(queries);
  const found = await ctx.reader.rows(sql<Found & { parentId: Id; count: number }>`
    ${union(parts.map((part, index) => selectCounts(ctx, part, index)))}`);
  const counts = new Map(found.map(({ part, parentId, count }) => [`${part} ${parentId}`, count]));
  return answers(queries, (query) => counts.get(`${partOf(query)} ${query.dataSource.id}`));
}

/** Notes which of the pages that filters of relations name may be read. The statement that reads the rows decides that
 *  again; without the note the planner would not know how many rows point to them, and may walk through all there are.
 *  Hidden and missing pages are noted alike: nothing then depends on how many rows point to a hidden one. */
export async function lookUpTargets(ctx: Context, queries: readonly RowQuery[]): Promise<void> {
  const tests = queries.flatMap(({ filter }) => relationTests(filter)).filter((test) => test.readable === undefined);
  if (tests.length === 0) return;
  const ids = [...new Set(tests.flatMap((test) => test.ids))];
  const found = await ctx.reader.rows(sql<{ id: Id }>`select unnest(${readableAmong(ctx, ids)}) as id`);
  const readableIds = new Set(found.map(({ id }) => id));
  for (const test of tests) test.readable = test.ids.filter((id) => readableIds.has(id));
}

/** Which part of the statement a row comes from. */
interface Found {
  part: number;
}

const selectRows = (ctx: Context, part: Part, index: number, window: Window): Sql => {
  const terms = sortTerms(ctx, part.like.order, part.slots, part.like.filter);
  const limit = sql`limit ${window.limit + 1}`;
  const below = (parent: Sql) => {
    const stretches = stretchesOf(terms, window).map(
      ({ where, order }) => sql`
        select ${sql.lit(index)}::int as part, 'Page' as kind, r.parent_id as "parentId", ${columns},
               ${lookColumns}, ${placeOf(terms)} as place
          from ${rowsBelow(ctx, part, parent)} and ${where}
         order by ${order} ${limit}`,
    );
    return stretches.length === 1 ? union(stretches) : sql`select * from (${union(stretches)}) stretches ${limit}`;
  };
  const [only, ...others] = part.dataSourceIds;
  if (others.length === 0) return below(sql`${only}::uuid`);
  return sql`
    select child.* from unnest(${part.dataSourceIds}::uuid[]) as parent(id)
     cross join lateral (${below(sql.ref('parent.id'))}) child`;
};

const selectCounts = (ctx: Context, part: Part, index: number): Sql => {
  const [only, ...others] = part.dataSourceIds;
  const one = others.length === 0;
  return sql`
    select ${sql.lit(index)}::int as part, r.parent_id as "parentId", count(*)::int as count
      from ${rowsBelow(ctx, part, one ? sql`${only}::uuid` : sql`any(${part.dataSourceIds}::uuid[])`)}
     group by r.parent_id`;
};

/** What stands after `from`: page `r` and, where they are looked at, its values `v`. */
const rowsBelow = (ctx: Context, { like, dataSourceIds: [only, ...others], withValues }: Part, parent: Sql): Sql => sql`
  page r ${withValues ? valuesOf(ctx, parent) : sql``} cross join lateral ${reachOf(ctx.actor, ancestors)}
  where ${kept(ctx, like, parent, only !== undefined && others.length === 0 ? readableOf(ctx, only) : readable)}`;

/** True for the rows of data source `parent` that may be read and that the filter keeps. */
const kept = (ctx: Context, { filter, dataSource }: RowQuery, parent: Sql, may: Sql): Sql => sql`
  r.workspace_id = ${ctx.actor.workspaceId} and r.parent_id = ${parent} and not r.in_trash and ${may}
  and ${keeps(ctx, filter, dataSource.slots)}`;

/** True for rows of one data source that may be read. Whoever may read the data source may read all of them, and so it is
 *  asked once, and about a row only where that does not decide: asking about each of many rows takes longer than all the
 *  rest. */
const readableOf = (ctx: Context, dataSourceId: Id): Sql =>
  mayReachWholeWorkspace(ctx.actor)
    ? readable
    : sql`((
        select ${readable} from data_source d cross join lateral ${reachOf(ctx.actor, sql.ref('d.ancestors'))}
         where d.workspace_id = ${ctx.actor.workspaceId} and d.id = ${dataSourceId}::uuid) or ${readable})`;

/** A row without values is a row all the same. The data source is named again, so that the slots find their index. */
const valuesOf = (ctx: Context, dataSource: Sql): Sql => sql`
  left join row_value v
    on v.workspace_id = ${ctx.actor.workspaceId} and v.data_source_id = ${dataSource} and v.page_id = r.id`;

/** The rows of one data source, as `r` with `v` and `reach`, for statements of others; together with `rowsWhere`. */
export const rowsFrom = (ctx: Context, { dataSource }: RowQuery): Sql => sql`
  page r ${valuesOf(ctx, sql`${dataSource.id}::uuid`)} cross join lateral ${reachOf(ctx.actor, ancestors)}`;

export const rowsWhere = (ctx: Context, query: RowQuery): Sql =>
  kept(ctx, query, sql`${query.dataSource.id}::uuid`, readableOf(ctx, query.dataSource.id));

/** All their rows, in no order. */
export const union = (selects: readonly Sql[]): Sql =>
  sql.join(
    selects.map((select) => sql`(${select})`),
    sql` union all `,
  );

function inParts(queries: readonly RowQuery[]): { parts: Part[]; partOf: (query: RowQuery) => number } {
  const parts: Part[] = [];
  const byShape = new Map<string, number>();
  const indices = new Map<RowQuery, number>();
  for (const query of queries) {
    const { dataSource, filter, order } = query;
    const withValues = looksAtValues(query);
    const shape = JSON.stringify([filter, order, withValues && dataSource.id]);
    const known = byShape.get(shape);
    const part = known === undefined ? undefined : parts[known];
    const index = known ?? parts.length;
    indices.set(query, index);
    if (part) {
      if (!part.dataSourceIds.includes(dataSource.id)) part.dataSourceIds.push(dataSource.id);
    } else {
      byShape.set(shape, index);
      parts.push({ like: query, dataSourceIds: [dataSource.id], slots: dataSource.slots, withValues });
    }
  }
  return { parts, partOf: (query) => indices.get(query) ?? -1 };
}

function answers<T>(queries: readonly RowQuery[], answerTo: (query: RowQuery) => T | undefined): Map<RowQuery, T> {
  return new Map(
    queries.flatMap((query): [RowQuery, T][] => {
      const answer = answerTo(query);
      return answer === undefined ? [] : [[query, answer]];
    }),
  );
}
