// Links between pages as the texts of blocks and rows hold them: from the page that mentions to what is mentioned, and back.
// Relations are no links: they show in the columns on both of their sides. A link shows to who may read both of its ends.

import type { Context } from '../context.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import { sortTerms } from '../property/row-filter-sql.js';
import { placeOf, positionOf, type SortTerm, stretchOf } from './keyset.js';
import { add } from './local-related.js';
import type { Page } from './page.js';
import { reached, reachOf, readable } from './reach.js';
import type { Resource } from './resource.js';
import { ancestors, columns, lookColumns, type ResourceRow, resourceOf, schemaColumns } from './resource-row.js';
import type { Placed } from './source.js';

type Linked = ResourceRow & { end: Id; place: string; total?: number };

/** For each page up to `limit + 1` pages that mention it, last edited first. */
export async function backlinks(
  ctx: Context,
  pageIds: readonly Id[],
  window: Window,
): Promise<Map<Id, Placed<Page>[]>> {
  const terms = sortTerms(ctx, [{ time: 'lastEditedAt', direction: 'DESC' }], {});
  const { where, order } = stretchOf(terms, window);
  const rows = await ctx.reader.rows(sql<Linked>`
    select target.id as "end", source.* ${totalOf(window, backlinkCount(ctx))}
      from page target cross join lateral ${reachOf(ctx.actor, sql.ref('target.ancestors'))}
      cross join lateral (
        select 'Page' as kind, r.parent_id as "parentId", ${columns}, ${lookColumns}, ${placeOf(terms)} as place
          from page r cross join lateral ${reachOf(ctx.actor, ancestors)}
         where ${mentionsTarget(ctx)} and ${where}
         order by ${order} limit ${window.limit + 1}) source
     where ${isOneOf(ctx, pageIds, sql.ref('target'))}`);
  return answered(ctx, rows) as Map<Id, Placed<Page>[]>;
}

export async function countBacklinks(ctx: Context, pageIds: readonly Id[]): Promise<Map<Id, number>> {
  const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
    select target.id, (${backlinkCount(ctx)}) as count
      from page target cross join lateral ${reachOf(ctx.actor, sql.ref('target.ancestors'))}
     where ${isOneOf(ctx, pageIds, sql.ref('target'))}`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** For each page up to `limit + 1` pages, databases and data sources that it mentions, each once, in the order in which they
 *  first come: values of a row before its blocks. */
export async function mentions(
  ctx: Context,
  pageIds: readonly Id[],
  window: Window,
): Promise<Map<Id, Placed<Resource>[]>> {
  const { where, order } = stretchOf(FIRST_MENTIONED, window);
  const rows = await ctx.reader.rows(sql<Linked>`
    select source.id as "end", target.* ${totalOf(window, mentionCount(ctx))}
      from page source cross join lateral ${reachOf(ctx.actor, sql.ref('source.ancestors'))}
      cross join lateral (
        select r.kind, r.parent_id as "parentId", ${columns}, ${lookColumns}, ${schemaColumns},
               ${placeOf(FIRST_MENTIONED)} as place
          from ${mentionedBySource(ctx)} and ${where}
         order by ${order} limit ${window.limit + 1}) target
     where ${isOneOf(ctx, pageIds, sql.ref('source'))}`);
  return answered(ctx, rows);
}

export async function countMentions(ctx: Context, pageIds: readonly Id[]): Promise<Map<Id, number>> {
  const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
    select source.id, (${mentionCount(ctx)}) as count
      from page source cross join lateral ${reachOf(ctx.actor, sql.ref('source.ancestors'))}
     where ${isOneOf(ctx, pageIds, sql.ref('source'))}`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** For each resource what stands above it and is reached, from the top down. Whoever reaches something reaches all that is
 *  below it, so that what is left out lies above what is answered; nothing says whether there is any. */
export async function breadcrumbs(ctx: Context, ids: readonly Id[]): Promise<Map<Id, Resource[]>> {
  const rows = await ctx.reader.rows(sql<ResourceRow & { end: Id }>`
    select below.id as "end", r.kind, r.parent_id as "parentId", ${columns}, ${lookColumns}, ${schemaColumns}
      from resource below
      cross join lateral unnest(below.ancestors) with ordinality as step(id, depth)
      join resource r on r.workspace_id = below.workspace_id and r.id = step.id
      left join data_source d on r.kind = 'DataSource' and d.workspace_id = r.workspace_id and d.id = r.id
      cross join lateral ${reachOf(ctx.actor, ancestors)}
     where below.workspace_id = ${ctx.actor.workspaceId} and below.id = any(${ids}::uuid[])
       and r.id <> below.id and ${reached}
     order by step.depth`);
  ctx.seen.push(rows);
  const found = new Map<Id, Resource[]>();
  for (const row of rows) add(found, row.end, resourceOf(row));
  return found;
}

/** Page `r` mentions the page `target`, and may be read. */
const mentionsTarget = (ctx: Context): Sql => sql`
  r.workspace_id = ${ctx.actor.workspaceId} and not r.in_trash and ${readable}
  and r.id in (
    select b.page_id from block b
     where b.workspace_id = ${ctx.actor.workspaceId} and b.mentions <> '{}' and b.mentions @> array[target.id]
     union
    select v.page_id from row_value v join page row_ on row_.workspace_id = v.workspace_id and row_.id = v.page_id
     where v.workspace_id = ${ctx.actor.workspaceId} and v.mentions <> '{}' and v.mentions @> array[target.id]
       and v.data_source_id = row_.parent_id)`;

const backlinkCount = (ctx: Context): Sql => sql`
  select count(*)::int from page r cross join lateral ${reachOf(ctx.actor, ancestors)} where ${mentionsTarget(ctx)}`;

/** Where a page first mentions something: the values of a row have no path and come first. */
const FIRST_MENTIONED: readonly SortTerm[] = [
  { value: sql`said.place`, type: 'text', direction: 'ASC', nullable: false },
];

/** What the page `source` mentions and may be read, as `r` with its place `said`. */
const mentionedBySource = (ctx: Context): Sql => sql`
  (select m.id, min(m.place) as place
     from (select unnest(v.mentions) as id, '' collate "C" as place from row_value v
            where v.workspace_id = source.workspace_id and v.data_source_id = source.parent_id and v.page_id = source.id
            union all
           select unnest(b.mentions), b.path from block b
            where b.workspace_id = source.workspace_id and b.page_id = source.id and b.mentions <> '{}') m
    group by m.id) said
  join resource r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = said.id
  left join data_source d on r.kind = 'DataSource' and d.workspace_id = r.workspace_id and d.id = r.id
  cross join lateral ${reachOf(ctx.actor, ancestors)}
 where not r.in_trash and ${readable}`;

const mentionCount = (ctx: Context): Sql => sql`select count(*)::int from ${mentionedBySource(ctx)}`;

/** A page by one of these ids that may be read. */
const isOneOf = (ctx: Context, ids: readonly Id[], page: Sql): Sql =>
  sql`${page}.workspace_id = ${ctx.actor.workspaceId} and ${page}.id = any(${ids}::uuid[]) and ${readable}`;

const totalOf = ({ counted }: Window, count: Sql): Sql => (counted ? sql`, (${count}) as total` : sql``);

function answered(ctx: Context, rows: readonly Linked[]): Map<Id, Placed<Resource>[]> {
  ctx.seen.push(rows);
  const found = new Map<Id, Placed<Resource>[]>();
  for (const row of rows) {
    const { end, place, total } = row;
    const placed = { row: resourceOf(row), position: positionOf(place, row.id) };
    add(found, end, total === undefined ? placed : { ...placed, total });
  }
  return found;
}
