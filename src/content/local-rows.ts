// Rows of data sources in our own PostgreSQL: filtered, ordered and counted in one statement for all that are asked
// for together. What looks at values is compiled for one data source; what does not serves them all at once.

import type { Context } from '../context.js';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Slots } from '../property/property-sql.js';
import {
  asksValuesAlone,
  demandsValue,
  inevitableTests,
  keeps,
  looksAtValues,
  readableAmong,
  relationTests,
  sortTerms,
} from '../property/row-filter-sql.js';
import type { RowQuery } from '../property/row-query.js';
import { placeOf, positionOf, type SortTerm, type Stretch, stretchesOf, stretchOf } from './keyset.js';
import { type Length, lengthOf, noteLength, pageKey } from './list-lengths.js';
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
  /** What the page is known by, where it is the first of one list whose sort values may be empty; and what was known. */
  key?: string;
  before?: Length | undefined;
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
  for (const [index, { key, before, like }] of parts.entries()) {
    if (key === undefined) continue;
    const page = lists.get(`${index} ${like.dataSource.id}`) ?? [];
    const length = lengthNow(page, window);
    noteLength(key, length);
    if (before === 'FULL' && length !== 'FULL') return rows(ctx, queries, window);
  }
  return answers(queries, (query) => lists.get(`${partOf(query)} ${query.dataSource.id}`));
}

/** Whether a page is short of its limit, or full of rows with a value to be sorted by; neither, where some of them have none. */
function lengthNow(page: readonly Placed<Page>[], { limit }: Window): Length | undefined {
  if (page.length <= limit) return 'SHORT';
  const [place = '[]'] = page.at(-1)?.position ?? [];
  return JSON.parse(place as string)[0] === null ? undefined : 'FULL';
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
 *  Hidden and missing pages are noted alike: nothing then depends on how many rows point to a hidden one. Nobody needs to
 *  look where the whole list hangs on one page, or where nothing is hidden from who asks. */
export async function lookUpTargets(ctx: Context, queries: readonly RowQuery[]): Promise<void> {
  for (const test of queries.flatMap(({ filter }) => inevitableTests(filter))) test.hangs = test.ids.length <= 1;
  const tests = queries
    .flatMap(({ filter }) => relationTests(filter))
    .filter((test) => test.readable === undefined && !test.hangs);
  if (tests.length === 0) return;
  if (mayReachWholeWorkspace(ctx.actor)) {
    for (const test of tests) test.readable = test.ids;
    return;
  }
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
  const stretches = stretchesAsKnown(ctx, part, terms, window);
  const limit = sql`limit ${window.limit + 1}`;
  const answer = sql`${sql.lit(index)}::int as part, 'Page' as kind, r.parent_id as "parentId", ${columns}, ${lookColumns}`;
  const own = ownOf(ctx, part);
  const below = (parent: Sql) => {
    if (!terms[0]?.indexed) {
      const { where, order } = stretches[0] as Stretch;
      return sql`
        ${own}
        select ${answer}, ${placeOf(terms)} as place
          from ${rowsBelow(ctx, part, parent)} and ${where}
         order by ${order} ${limit}`;
    }
    const rows = stretches.map(
      (stretch) => sql`
        select r.page, reach.access, ${placeOf(terms)} as place
          from ${rowsAlong(ctx, part, parent, stretch)}
         order by ${stretch.order} ${limit}`,
    );
    return sql`
      ${own}
      select ${answer}, found.place
        from (${rows.length === 1 ? union(rows) : sql`${union(rows)} ${limit}`}) found, lateral (select (found.page).*) r, lateral (select found.access) reach`;
  };
  const [only, ...others] = part.dataSourceIds;
  if (others.length === 0) return below(sql`${only}::uuid`);
  return sql`
    select child.* from unnest(${part.dataSourceIds}::uuid[]) as parent(id)
     cross join lateral (${below(sql.ref('parent.id'))}) child`;
};

/** The stretches of a list, without those that it did not need the last time. */
function stretchesAsKnown(ctx: Context, part: Part, terms: readonly SortTerm[], window: Window): Stretch[] {
  const stretches = stretchesOf(terms, window);
  if (stretches.length === 1 || window.from !== null || window.backwards || part.dataSourceIds.length > 1)
    return stretches;
  part.key = pageKey(ctx.actor, part.like, window.limit);
  part.before = lengthOf(part.key);
  if (part.before === 'SHORT') return [stretchOf(terms, window)];
  return part.before === 'FULL' ? stretches.slice(0, 1) : stretches;
}

/** What stands after `from` where an index of values gives the order, with the page as a whole in `r.page`. Where the values
 *  alone decide, PostgreSQL is told to begin with them, and need not find out by itself, which takes it as long as reading:
 *  rows without any value are none of those that are kept. */
const rowsAlong = (ctx: Context, part: Part, parent: Sql, { where, isFilled }: Stretch): Sql => {
  const { workspaceId } = ctx.actor;
  const { filter } = part.like;
  const keptThere = sql`${kept(ctx, part, parent)} and ${where}`;
  return asksValuesAlone(filter) && (isFilled || demandsValue(filter))
    ? sql`
      row_value v,
      lateral (select p as page, p.* from page p where p.workspace_id = ${workspaceId} and p.id = v.page_id offset 0) r,
      lateral ${reachOf(ctx.actor, ancestors)}
      where v.workspace_id = ${workspaceId} and v.data_source_id = ${parent} and ${keptThere}`
    : sql`
      (select p as page, p.* from page p) r ${valuesOf(ctx, parent)},
      lateral ${reachOf(ctx.actor, ancestors)}
      where ${keptThere}`;
};

const selectCounts = (ctx: Context, part: Part, index: number): Sql => {
  const [only, ...others] = part.dataSourceIds;
  const one = others.length === 0;
  return sql`
    ${ownOf(ctx, part)}
    select ${sql.lit(index)}::int as part, r.parent_id as "parentId", count(*)::int as count
      from ${rowsBelow(ctx, part, one ? sql`${only}::uuid` : sql`any(${part.dataSourceIds}::uuid[])`)}
     group by r.parent_id`;
};

/** What stands after `from`: page `r` and, where they are looked at, its values `v`. */
const rowsBelow = (ctx: Context, part: Part, parent: Sql): Sql => sql`
  page r ${part.withValues ? valuesOf(ctx, parent) : sql``}, lateral ${reachOf(ctx.actor, ancestors)}
  where ${kept(ctx, part, parent)}`;

/** True for the rows of data source `parent` that may be read and that the filter keeps. */
const kept = (ctx: Context, part: Part, parent: Sql): Sql =>
  keptWhere(ctx, part.like, parent, asksOnce(ctx, part) ? sql`((select may from own) or ${readable})` : readable);

const keptWhere = (ctx: Context, { filter, dataSource }: RowQuery, parent: Sql, may: Sql): Sql => sql`
  r.workspace_id = ${ctx.actor.workspaceId} and r.parent_id = ${parent} and not r.in_trash and ${may}
  and ${keeps(ctx, filter, dataSource.slots)}`;

/** Whether one data source says whether its rows may be read: whoever may read it may read all of them, and so that is asked
 *  once, and about a row only where it does not decide. Asking about each of many rows takes longer than all the rest. */
const asksOnce = (ctx: Context, { dataSourceIds }: Part): boolean =>
  dataSourceIds.length === 1 && !mayReachWholeWorkspace(ctx.actor);

const ownOf = (ctx: Context, part: Part): Sql =>
  asksOnce(ctx, part) ? sql`with own as materialized (${mayReadAll(ctx, part.like.dataSource.id)})` : sql``;

const mayReadAll = (ctx: Context, dataSourceId: Id): Sql => sql`
  select ${readable} as may from data_source d, lateral ${reachOf(ctx.actor, sql.ref('d.ancestors'))}
   where d.workspace_id = ${ctx.actor.workspaceId} and d.id = ${dataSourceId}::uuid`;

/** A row without values is a row all the same. The data source is named again, so that the slots find their index. */
const valuesOf = (ctx: Context, dataSource: Sql): Sql => sql`
  left join row_value v
    on v.workspace_id = ${ctx.actor.workspaceId} and v.data_source_id = ${dataSource} and v.page_id = r.id`;

/** The rows of one data source, as `r` with `v` and `reach`, for statements of others; together with `rowsWhere`. */
export const rowsFrom = (ctx: Context, { dataSource }: RowQuery): Sql => sql`
  page r ${valuesOf(ctx, sql`${dataSource.id}::uuid`)}, lateral ${reachOf(ctx.actor, ancestors)}`;

export const rowsWhere = (ctx: Context, query: RowQuery): Sql =>
  keptWhere(
    ctx,
    query,
    sql`${query.dataSource.id}::uuid`,
    mayReachWholeWorkspace(ctx.actor) ? readable : sql`((${mayReadAll(ctx, query.dataSource.id)}) or ${readable})`,
  );

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
    const shape = queries.length === 1 ? '' : JSON.stringify([filter, order, withValues && dataSource.id]);
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
