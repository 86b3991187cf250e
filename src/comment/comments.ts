// Reading discussions and comments. Every statement carries the rule of reach, and answers what stands on pages whose
// comments the actor may read: what is missing and what is out of reach are equally absent.

import { placeOf, positionOf, type SortTerm, stretchOf } from '../content/keyset.js';
import { reachOf } from '../content/reach.js';
import { readableTitles } from '../content/readable-titles.js';
import type { Placed } from '../content/source.js';
import type { Batch, Context } from '../context.js';
import { bitsOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import {
  type Comment,
  commentOf,
  type Discussion,
  discussionOf,
  type StoredComment,
  type StoredDiscussion,
} from './comment.js';

const COMMENT_READ = sql.lit(bitsOf(['COMMENT_READ']));

/** Oldest first. */
const OLDEST: readonly SortTerm[] = [
  { value: sql`r.created_at`, type: 'timestamptz', direction: 'ASC', nullable: false },
];

/** Items `p` and `reach`: the page of a discussion or comment `r`, and the actor's bits on it. */
const withPage = ({ actor }: Context): Sql => sql`
  join page p on p.workspace_id = r.workspace_id and p.id = r.page_id
  cross join lateral ${reachOf(actor, sql.ref('p.ancestors'))}`;

/** True for a discussion or comment `r` that may be read. */
const readable = ({ actor }: Context): Sql =>
  sql`r.workspace_id = ${actor.workspaceId} and reach.access & ${COMMENT_READ} <> 0`;

/** Item `b`: the block a discussion `r` is about, where it still stands on its page. */
const withBlock = sql`left join block b on b.workspace_id = r.workspace_id and b.id = r.block_id and b.page_id = r.page_id`;

const discussionColumns = sql`
  r.id, r.page_id as "pageId", b.id as "blockId", r.created_at as "createdAt", r.created_by as "createdById",
  r.resolved_at as "resolvedAt", r.resolved_by as "resolvedById", reach.access`;

const commentColumns = (ctx: Context): Sql => sql`
  r.id, r.page_id as "pageId", r.discussion_id as "discussionId", r.rich_text as "richText", r.version,
  r.created_at as "createdAt", r.created_by as "createdById", r.last_edited_at as "lastEditedAt", reach.access,
  case when r.mentions <> '{}' then ${readableTitles(ctx, sql`r.mentions`)} end as titles`;

export const selectDiscussions = (ctx: Context, ids: readonly Id[]): Sql<StoredDiscussion> => sql`
  select ${discussionColumns} from discussion r ${withPage(ctx)} ${withBlock}
   where ${readable(ctx)} and r.id = any(${ids}::uuid[])`;

export const selectComments = (ctx: Context, ids: readonly Id[]): Sql<StoredComment> => sql`
  select ${commentColumns(ctx)} from comment r ${withPage(ctx)}
   where ${readable(ctx)} and r.id = any(${ids}::uuid[])`;

export const discussionById: Batch<Id, Discussion> = {
  name: 'discussionById',
  async load(ctx, ids) {
    const rows = await ctx.reader.rows(selectDiscussions(ctx, ids));
    return new Map(rows.map((row) => [row.id, discussionOf(row)]));
  },
};

export const commentById: Batch<Id, Comment> = {
  name: 'commentById',
  async load(ctx, ids) {
    const rows = await ctx.reader.rows(selectComments(ctx, ids));
    return new Map(rows.map((row) => [row.id, commentOf(row)]));
  },
};

/** Which discussions: on pages, those on their blocks included, or on blocks. */
export interface DiscussionQuery {
  on: 'PAGE' | 'BLOCK';
  /** Resolved ones or open ones alone; both when left out. */
  resolved?: boolean | null | undefined;
}

/** Keyed by the page or block: up to `limit + 1` of its discussions, oldest first. */
export const discussionsOn = (query: DiscussionQuery, window: Window): Batch<Id, Placed<Discussion>[]> => ({
  name: `discussionsOn ${JSON.stringify([query, window])}`,
  load: (ctx, ids) =>
    placed(ctx, ids, window, discussionOf, {
      columns: discussionColumns,
      from: sql`discussion r ${withPage(ctx)} ${withBlock}`,
      where: isAmong(query),
    }),
});

export const discussionCountOn = (query: DiscussionQuery): Batch<Id, number> => ({
  name: `discussionCountOn ${JSON.stringify(query)}`,
  load: (ctx, ids) =>
    counts(ctx, ids, { from: sql`discussion r ${withPage(ctx)} ${withBlock}`, where: isAmong(query) }),
});

/** Keyed by the discussion or page. */
export const commentsIn = (holder: 'DISCUSSION' | 'PAGE', window: Window): Batch<Id, Placed<Comment>[]> => ({
  name: `commentsIn ${JSON.stringify([holder, window])}`,
  load: (ctx, ids) =>
    placed(ctx, ids, window, commentOf, {
      columns: commentColumns(ctx),
      from: sql`comment r ${withPage(ctx)}`,
      where: isIn(holder),
    }),
});

export const commentCountIn = (holder: 'DISCUSSION' | 'PAGE'): Batch<Id, number> => ({
  name: `commentCountIn ${holder}`,
  load: (ctx, ids) => counts(ctx, ids, { from: sql`comment r ${withPage(ctx)}`, where: isIn(holder) }),
});

const isAmong = ({ on, resolved }: DiscussionQuery): Sql => {
  const held = on === 'PAGE' ? sql`r.page_id = holder.id` : sql`r.block_id = holder.id and b.id is not null`;
  if (resolved == null) return held;
  return resolved ? sql`${held} and r.resolved_at is not null` : sql`${held} and r.resolved_at is null`;
};

const isIn = (holder: 'DISCUSSION' | 'PAGE'): Sql =>
  holder === 'PAGE' ? sql`r.page_id = holder.id` : sql`r.discussion_id = holder.id`;

/** What a list is made of: `r` is a row of it, `holder.id` the key it is listed for. */
interface Listed {
  from: Sql;
  where: Sql;
}

async function placed<Row extends { id: Id; pageId: Id }, Shown>(
  ctx: Context,
  ids: readonly Id[],
  window: Window,
  shown: (row: Row) => Shown,
  { columns, from, where }: Listed & { columns: Sql },
): Promise<Map<Id, Placed<Shown>[]>> {
  const stretch = stretchOf(OLDEST, window);
  const total = sql`(select count(*)::int from ${from} where ${readable(ctx)} and ${where})`;
  const rows = await ctx.reader.rows(sql<Row & { holderId: Id; place: string; total: number | null }>`
    select holder.id as "holderId", ${window.counted ? total : sql`null::int`} as total, found.*
      from unnest(${ids}::uuid[]) as holder(id)
     cross join lateral (
       select ${columns}, ${placeOf(OLDEST)} as place from ${from}
        where ${readable(ctx)} and ${where} and ${stretch.where}
        order by ${stretch.order} limit ${window.limit + 1}) found`);
  ctx.seen.push(rows.map(({ pageId }) => ({ id: pageId })));
  const lists = new Map<Id, Placed<Shown>[]>();
  for (const { holderId, place, total, ...row } of rows) {
    const list = lists.get(holderId) ?? [];
    lists.set(holderId, list);
    list.push({
      row: shown(row as unknown as Row),
      position: positionOf(place, row.id),
      ...(total !== null && { total }),
    });
  }
  return lists;
}

async function counts(ctx: Context, ids: readonly Id[], { from, where }: Listed): Promise<Map<Id, number>> {
  const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
    select holder.id, (select count(*)::int from ${from} where ${readable(ctx)} and ${where}) as count
      from unnest(${ids}::uuid[]) as holder(id)`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}
