// Search in our own PostgreSQL. The table of words says what holds them below what the reader may read (search_hits, migration
// 0024), before anything is capped, counted or ranked; whether a hit may be shown is asked of the thing itself, as everywhere.

import type { Context } from '../context.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import { face } from '../property/property-schema.js';
import { placeOf, positionOf, type SortTerm, stretchOf } from './keyset.js';
import { add } from './local-related.js';
import { reachOf, readable, readRoots } from './reach.js';
import { openTo } from './reach-list.js';
import { ancestors, columns, lookColumns, type ResourceRow, resourceOf, schemaColumns } from './resource-row.js';
import { Highlight, HighlightPart, MAX_HITS, SearchHit, type SearchQuery } from './search-hit.js';
import { excerptOf, type Marked, markerOf } from './search-query.js';
import type { Placed } from './source.js';

export async function search(ctx: Context, query: SearchQuery, window: Window): Promise<Placed<SearchHit>[]> {
  const terms = query.order === 'RANK' ? RANKED : NEWEST;
  const { where, order } = stretchOf(terms, window);
  const rows = await ctx.reader.rows(sql<ResourceRow & { isTitleHit: boolean; place: string }>`
    select r.kind, r.parent_id as "parentId", ${columns}, ${lookColumns}, ${schemaColumns},
           hit.in_title as "isTitleHit", hit.place
      from (select r.id, r.in_title, ${placeOf(terms)} as place, row_number() over (order by ${order}) as nth
              from ${hits(ctx, query)} r
             where ${where} order by ${order} limit ${window.limit + 1}) hit
      join resource r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = hit.id
      left join data_source d on r.kind = 'DataSource' and d.workspace_id = r.workspace_id and d.id = r.id
      cross join lateral ${reachOf(ctx.actor, ancestors)}
     where ${readable}
     order by hit.nth`);
  ctx.seen.push(rows);
  return rows.map((row) => {
    const { access, isTitleHit, place } = row;
    const hit = face(SearchHit, { access, isTitleHit, query, resource: resourceOf(row) });
    return { row: hit, position: positionOf(place, row.id) };
  });
}

export async function countHits(ctx: Context, query: SearchQuery): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count
      from ${hits(ctx, query)} hit
      join resource r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = hit.id
      cross join lateral ${reachOf(ctx.actor, ancestors)}
     where ${readable}`);
  return row?.count ?? 0;
}

/** Where the words of a query stand in hits of it. */
export async function highlights(ctx: Context, found: readonly SearchHit[]): Promise<Map<SearchHit, Highlight[]>> {
  const [first] = found;
  if (!first) return new Map();
  const { terms } = first.query;
  // Each word by itself: those of one hit may stand in different blocks.
  const anyOf = terms.flatMap((all) => all.filter(({ not }) => !not).map((term) => [term]));
  const ids = found.map(({ resource }) => resource?.id ?? null);
  const texts = await ctx.reader.rows(sql<{ pageId: Id; blockId: Id; text: string }>`
    select r.id as "pageId", b.id as "blockId", b.plain as text
      from page r cross join lateral ${reachOf(ctx.actor, ancestors)}
      cross join lateral (
        select b.id, b.plain, b.path
          from (select id, plain, path from block
                 where workspace_id = r.workspace_id and page_id = r.id and plain <> ''
                 order by path limit ${sql.lit(BLOCKS_LOOKED_AT)}) b
         where search_words(b.plain) @@ (select search_query(${JSON.stringify(anyOf)}::jsonb))
         order by b.path limit ${sql.lit(BLOCKS_SHOWN)}) b
     where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${ids}::uuid[]) and ${readable}
     order by b.path`);
  const blocks = new Map<Id, { blockId: Id; text: string }[]>();
  for (const text of texts) add(blocks, text.pageId, text);
  const mark = markerOf(terms);
  return new Map(
    found.map((hit): [SearchHit, Highlight[]] => {
      const { access, resource } = hit;
      invariant(resource, 'A hit is of something.');
      const all = [{ blockId: null, text: resource.title ?? '' }, ...(blocks.get(resource.id) ?? [])];
      return [
        hit,
        all.flatMap(({ blockId, text }) => {
          const parts = mark(text.replaceAll(MENTION, '…'));
          if (!parts.some(({ isMatch }) => isMatch)) return [];
          return [face(Highlight, { access, blockId, parts: excerptOf(parts).map((part) => partOf(part, access)) })];
        }),
      ];
    }),
  );
}

const BLOCKS_LOOKED_AT = 200;
const BLOCKS_SHOWN = 2;
/** Where a mention stands in the text of a block. */
const MENTION = '\ufffc';

const partOf = ({ text, isMatch }: Marked, access: number): HighlightPart =>
  face(HighlightPart, { access, text, isMatch });

/** Rows with `id`, `in_title`, `last_edited_at` and `rank`: all there are for the reader, up to the cap. */
const hits = ({ actor }: Context, { terms, kinds, inTrash, order }: SearchQuery): Sql => {
  const { own, installers } = readRoots(actor);
  return sql`search_hits(
    ${openTo(actor)}, ${own}, ${installers}, search_query(${JSON.stringify(terms)}::jsonb),
    ${kinds.length === 0 ? null : kinds.map((kind) => KINDS[kind])}::text[], ${inTrash}::boolean, ${MAX_HITS}::int,
    ${order === 'RANK'}::boolean)`;
};

const KINDS = { PAGE: 'Page', DATABASE: 'Database', DATA_SOURCE: 'DataSource' } as const;

const by = (column: string, type: SortTerm['type']): SortTerm => ({
  value: sql.ref(column),
  type,
  direction: 'DESC',
  nullable: false,
});
const IN_TITLE = by('r.in_title', 'boolean');
const EDITED = by('r.last_edited_at', 'timestamptz');
const NEWEST = [IN_TITLE, EDITED];
const RANKED = [IN_TITLE, by('r.rank', 'float8'), EDITED];
