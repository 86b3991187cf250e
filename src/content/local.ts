// The content source that lives in our own PostgreSQL. Every statement that reads resources carries the rule of reach.

import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import { type Bits, READ } from '../gate/capability.js';
import { textTerms, timeTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { PropertySchema, StoredProps } from '../property/property.js';
import { type PropertyValue, titleValueOf, valuesOf } from '../property/property-value.js';
import { sortTerms } from '../property/row-filter-sql.js';
import { type Block, blockOf, type StoredBlock } from './block.js';
import type { Database, DataSource } from './database.js';
import { placeOf, positionOf, stretchOf } from './keyset.js';
import { countGroups, groups, measures } from './local-aggregates.js';
import { countRelated, related } from './local-related.js';
import { countDifferentValues, differentValues, rollups } from './local-rollups.js';
import { countRows, rows } from './local-rows.js';
import type { Page } from './page.js';
import { isTopmost, reached, reachOf, readable } from './reach.js';
import { countPagesReached, isListedByReach, pagesReached } from './reach-list.js';
import { readableTitles } from './readable-titles.js';
import type { Resource } from './resource.js';
import { ancestors, columns, lookColumns, type ResourceRow, resourceOf, schemaColumns } from './resource-row.js';
import type { ContentSource, PageBody, Placed, ReachComparison, ResourceQuery } from './source.js';
import type { Titles } from './span.js';

export const localContent: ContentSource = {
  async resources(ctx, ids) {
    const rows = await ctx.reader.rows(selectResources(ctx, ids));
    ctx.seen.push(rows);
    return new Map(rows.map((row) => [row.id, resourceOf(row)]));
  },

  async nodes(ctx, ids) {
    const rows = await ctx.reader.rows(sql<{ resource: ResourceRow | null; block: BlockRow | null }>`
      select to_jsonb(found) as resource, null::jsonb as block from (${selectResources(ctx, ids)}) found
      union all
      select null, to_jsonb(found) from (
        select ${blockColumns(ctx)}
          from block b join page r on r.workspace_id = b.workspace_id and r.id = b.page_id
          cross join lateral ${reachOf(ctx.actor, ancestors)}
         where b.workspace_id = ${ctx.actor.workspaceId} and b.id = any(${ids}::uuid[]) and ${readable}) found`);
    ctx.seen.push(rows.flatMap(({ resource, block }) => resource ?? (block ? { id: block.pageId } : [])));
    const nodes = rows.map(({ resource, block }) => {
      if (resource) return resourceOf(resource);
      invariant(block, 'A node is either a resource or a block.');
      return toBlock(block);
    });
    return new Map(nodes.map((node) => [node.id, node]));
  },

  pages: (ctx, query, window) => recent(ctx, 'Page', query, window),
  countPages: (ctx, query) => (isListedByReach(ctx.actor, query) ? countPagesReached(ctx) : count(ctx, 'Page', query)),
  databases: (ctx, query, window) => recent(ctx, 'Database', query, window),
  countDatabases: (ctx, query) => count(ctx, 'Database', query),

  async children(ctx, parentIds, window) {
    const terms = sortTerms(ctx, [{ time: 'createdAt', direction: 'ASC' }], {});
    const { where, order } = stretchOf(terms, window);
    const rows = await ctx.reader.rows(sql<ResourceRow & { place: string; total?: number }>`
      select child.* ${window.counted ? sql`, (${childCount(ctx, sql`parent.id`)}) as total` : sql``}
        from unnest(${parentIds}::uuid[]) as parent(id)
        cross join lateral (
          select r.kind, r.parent_id as "parentId", ${columns}, ${lookColumns}, ${placeOf(terms)} as place
            from resource r cross join lateral ${reachOf(ctx.actor, ancestors)}
           where r.workspace_id = ${ctx.actor.workspaceId} and r.parent_id = parent.id and r.kind <> 'DataSource'
             and not r.in_trash and ${readable} and ${where}
           order by ${order} limit ${window.limit + 1}) child`);
    ctx.seen.push(rows);
    const found = new Map<Id, Placed<Resource>[]>();
    for (const row of rows) {
      const { parentId, place, total } = row;
      const placed = { row: resourceOf(row), position: positionOf(place, row.id) };
      push(found, parentId as Id, total === undefined ? placed : { ...placed, total });
    }
    return found;
  },

  async countChildren(ctx, parentIds) {
    const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
      select parent.id, (${childCount(ctx, sql`parent.id`)}) as count from unnest(${parentIds}::uuid[]) as parent(id)`);
    return new Map(rows.filter(({ count }) => count > 0).map((row) => [row.id, row.count]));
  },

  rows,
  countRows,

  async dataSources(ctx, databaseIds) {
    const rows = await ctx.reader.rows(sql<ResourceRow>`
      select 'DataSource' as kind, r.database_id as "parentId", ${columns}, ${schemaColumns}
        from data_source r
        join data_source d on d.workspace_id = r.workspace_id and d.id = r.id
        cross join lateral ${reachOf(ctx.actor, ancestors)}
       where r.workspace_id = ${ctx.actor.workspaceId} and r.database_id = any(${databaseIds}::uuid[])
         and not r.in_trash and ${readable}
       order by r.created_at, r.id`);
    ctx.seen.push(rows);
    const found = new Map<Id, DataSource[]>();
    for (const row of rows) push(found, row.parentId as Id, resourceOf(row) as DataSource);
    return found;
  },

  async blocks(ctx, pageIds, window, maxDepth) {
    const from = window.from?.[0];
    const [compare, direction] = window.backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
    const rows = await ctx.reader.rows(sql<BlockRow & { total: number | null }>`
      select ${blockColumns(ctx)}, ${window.counted ? sql`(${blockCount(maxDepth)})` : sql`null::int`} as total
        from page r cross join lateral ${reachOf(ctx.actor, ancestors)}
        cross join lateral (
          select * from block
           where workspace_id = r.workspace_id and page_id = r.id and depth <= ${maxDepth}::int
             ${from === undefined ? sql`` : sql`and path ${compare} ${from} collate "C"`}
           order by path ${direction} limit ${window.limit + 1}) b
       where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${pageIds}::uuid[]) and ${readable}
       order by b.path ${direction}`);
    const found = new Map<Id, Placed<Block>[]>();
    for (const { total, ...row } of rows) {
      push(found, row.pageId, { row: toBlock(row), position: [row.path], ...(total !== null && { total }) });
    }
    return found;
  },

  async bodies(ctx, pageIds, limit) {
    const rows = await ctx.reader.rows(sql<Pick<BlockRow, 'id' | 'pageId' | 'parentId' | 'content' | 'titles'>>`
      select b.id, b.page_id as "pageId", b.parent_id as "parentId", b.content,
             case when b.mentions <> '{}' then ${readableTitles(ctx, sql`b.mentions`)} end as titles
        from page r cross join lateral ${reachOf(ctx.actor, ancestors)}
        cross join lateral (
          select * from block where workspace_id = r.workspace_id and page_id = r.id
           order by path limit ${limit + 1}) b
       where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${pageIds}::uuid[]) and ${readable}
       order by b.path`);
    const found = new Map<Id, PageBody>();
    for (const { pageId, titles, ...block } of rows) {
      const body = found.get(pageId) ?? { blocks: [], titles: {} };
      found.set(pageId, body);
      body.blocks.push(block);
      Object.assign(body.titles, titles);
    }
    return found;
  },

  async countBlocks(ctx, pageIds, maxDepth) {
    const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
      select r.id, (${blockCount(maxDepth)}) as count
        from page r cross join lateral ${reachOf(ctx.actor, ancestors)}
       where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${pageIds}::uuid[]) and ${readable}`);
    return new Map(rows.map((row) => [row.id, row.count]));
  },

  async properties(ctx, pages) {
    const rows = await ctx.reader.rows(sql<{
      pageId: Id;
      props: StoredProps;
      columns: PropertySchema[];
      titles: Titles | null;
    }>`
      select v.page_id as "pageId", v.props, d.properties as columns,
             ${readableTitles(ctx, mentionedInProps)} as titles
        from row_value v
        join page r on r.workspace_id = v.workspace_id and r.id = v.page_id and r.parent_id = v.data_source_id
        join data_source d on d.workspace_id = v.workspace_id and d.id = v.data_source_id
        cross join lateral ${reachOf(ctx.actor, ancestors)}
       where v.workspace_id = ${ctx.actor.workspaceId} and v.page_id = any(${pages.map((page) => page.id)}::uuid[]) and ${readable}`);
    const values = new Map(rows.map((row) => [row.pageId, row]));
    return new Map(
      pages.map((page): [Id, PropertyValue[]] => {
        const row = values.get(page.id);
        return [page.id, row ? valuesOf(page, row.columns, row.props, row.titles ?? {}) : [titleValueOf(page)]];
      }),
    );
  },

  related,
  countRelated,
  groups,
  countGroups,
  measures,
  rollups,
  differentValues,
  countDifferentValues,

  async compareReach(ctx, actor, other) {
    const [row] = await ctx.reader.rows(sql<{ pages: ReachComparison; databases: ReachComparison }>`
      select (${comparison(ctx, 'Page', actor, other)}) as pages,
             (${comparison(ctx, 'Database', actor, other)}) as databases`);
    invariant(row, 'A count is always there.');
    return row;
  },
};

/** Counts of one kind as an object of `ReachComparison`. */
function comparison(ctx: Context, kind: 'Page' | 'Database', actor: Actor, other: Actor): Sql {
  const count = (mine: Sql, theirs: Sql) => sql`jsonb_build_object(
    'reached', count(*) filter (where ${mine} <> 0 and ${theirs} = 0),
    'readable', count(*) filter (where ${mine} & ${sql.lit(READ)} <> 0 and ${theirs} & ${sql.lit(READ)} = 0))`;
  const [mine, theirs] = [sql.ref('mine.access'), sql.ref('theirs.access')];
  return sql`
    select jsonb_build_object('all', ${count(mine, sql`0`)}, 'gained', ${count(mine, theirs)}, 'lost', ${count(theirs, mine)})
      from ${tableOf(kind)} r
     cross join lateral (select reach.access from ${reachOf(actor, ancestors)}) mine
     cross join lateral (select reach.access from ${reachOf(other, ancestors)}) theirs
     where r.workspace_id = ${ctx.actor.workspaceId} and not r.in_trash`;
}

const selectResources = (ctx: Context, ids: readonly Id[]): Sql<ResourceRow> => sql`
  select r.kind, r.parent_id as "parentId", ${columns}, ${lookColumns}, ${schemaColumns}
    from resource r
    cross join lateral ${reachOf(ctx.actor, ancestors)}
    left join data_source d on r.kind = 'DataSource' and d.workspace_id = r.workspace_id and d.id = r.id
   where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${ids}::uuid[]) and ${reached}`;

async function recent<T extends Page | Database>(
  ctx: Context,
  kind: 'Page' | 'Database',
  query: ResourceQuery,
  window: Window,
): Promise<Placed<T>[]> {
  const terms = sortTerms(ctx, query.order ?? [], {});
  const { where, order } = stretchOf(terms, window);
  const byReach = kind === 'Page' && isListedByReach(ctx.actor, query);
  const from = byReach
    ? sql`${pagesReached(ctx.actor, query, window)} join page r on r.id = f.id`
    : sql`${tableOf(kind)} r`;
  const rows = await ctx.reader.rows(sql<ResourceRow & { place: string }>`
    select ${sql.raw(`'${kind}'`)} as kind, r.parent_id as "parentId", ${columns}, ${lookColumns},
           ${placeOf(terms)} as place
      from ${from} cross join lateral ${reachOf(ctx.actor, ancestors)}
     where r.workspace_id = ${ctx.actor.workspaceId} and ${readable} and ${matches(ctx.actor, query)} and ${where}
     order by ${order} limit ${window.limit + 1}`);
  ctx.seen.push(rows);
  return rows.map((row) => ({ row: resourceOf(row) as T, position: positionOf(row.place, row.id) }));
}

async function count(ctx: Context, kind: 'Page' | 'Database', query: ResourceQuery): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count
      from ${tableOf(kind)} r cross join lateral ${reachOf(ctx.actor, ancestors)}
     where r.workspace_id = ${ctx.actor.workspaceId} and ${readable} and ${matches(ctx.actor, query)}`);
  return row?.count ?? 0;
}

const tableOf = (kind: 'Page' | 'Database') => sql.ref(kind === 'Page' ? 'page' : 'database');

function matches(actor: Actor, { title, createdAt, lastEditedAt, inTrash, topmost }: ResourceQuery): Sql {
  const terms = [
    inTrash ? sql`r.in_trash` : sql`not r.in_trash`,
    ...textTerms(sql.ref('r.title'), title),
    ...timeTerms(sql.ref('r.created_at'), createdAt),
    ...timeTerms(sql.ref('r.last_edited_at'), lastEditedAt),
    ...(topmost == null ? [] : [topmost ? isTopmost(actor) : sql`not ${isTopmost(actor)}`]),
  ];
  return sql.join(terms, sql` and `);
}

/** How many readable pages and databases stand right below a parent. */
const childCount = (ctx: Context, parentId: Sql): Sql => sql`
  select count(*)::int from resource c cross join lateral ${reachOf(ctx.actor, sql.ref('c.ancestors'))}
   where c.workspace_id = ${ctx.actor.workspaceId} and c.parent_id = ${parentId} and c.kind <> 'DataSource'
     and not c.in_trash and ${readable}`;

/** How many blocks page `r` has down to a depth. */
const blockCount = (maxDepth: number): Sql => sql`
  select count(*)::int from block c
   where c.workspace_id = r.workspace_id and c.page_id = r.id and c.depth <= ${maxDepth}::int`;

type BlockRow = StoredBlock & { access: Bits; titles: Titles | null };

const blockColumns = (ctx: Context): Sql => sql`
  b.id, b.page_id as "pageId", b.parent_id as "parentId", b.path, b.depth, b.content, b.version,
  b.created_at as "createdAt", b.created_by as "createdById", b.last_edited_at as "lastEditedAt",
  b.last_edited_by as "lastEditedById", reach.access,
  case when b.mentions <> '{}' then ${readableTitles(ctx, sql`b.mentions`)} end as titles`;

/** Ids mentioned by any text among the values of row `v`. */
const mentionedInProps = sql`array(
  select coalesce(span ->> 'resourceId', span ->> 'userId')::uuid
    from jsonb_each(v.props) as prop(id, value),
         jsonb_array_elements(case jsonb_typeof(prop.value) when 'array' then prop.value else '[]' end) as span
   where span ->> 'type' in ('MENTION', 'USER'))`;

const toBlock = ({ access, titles, ...stored }: BlockRow): Block => blockOf(stored, access, titles ?? {});

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
