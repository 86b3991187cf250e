// Commands on comments. A comment takes the rights of its page: each locks the page, asks for COMMENT_INSERT on that very
// page, and leaves its version alone, so that what is locked may be commented. Writers of one page take turns by its row.
// What they answer are ids, so that they can be answered again.

import { canonical } from '../content/kept-blocks.js';
import { type ContentLimits, limitsOf, requireWithin, type Writer } from '../content/limits.js';
import { type Mentioned, requireMentioned } from '../content/mentioned.js';
import { reached, reachOf } from '../content/reach.js';
import { mentionsIn, type RichTextSpan, usersIn } from '../content/rich-text.js';
import { lockTarget, requireLive, type Target } from '../content/target.js';
import { holdTree } from '../content/tree-lock.js';
import type { EventType } from '../events/event.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import { requireBits, requireVersion } from '../gate/ask.js';
import { mayDeleteCommentsOfOthers } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import { commit, type Unit } from '../unit-of-work.js';
import { type CommentText, requireWords } from './comment-text.js';

/** What a comment is written on: a page or a block, where it begins a discussion, or a discussion, which it answers. */
export type CommentPlace = { kind: 'Page' | 'Block' | 'Discussion'; id: Id };

/** Writes a comment. Refused: where the actor may not comment; what lies in the trash; a comment that says nothing; what is
 *  mentioned and out of her reach; what is over a limit. */
export function createComment(
  caller: Writer,
  { parent, ...text }: { parent: CommentPlace } & CommentText,
): Promise<{ id: Id; discussionId: Id }> {
  const limits = limitsOf(caller);
  const richText = requireWords(text, limits);
  return commit(caller, async (unit) => {
    await holdTree(unit);
    const pageId = parent.kind === 'Page' ? parent.id : await pageOf(unit, parent);
    const page = await lockCommented(unit, pageId, 'comment on a page');
    const { discussionId, blockId } =
      parent.kind === 'Discussion'
        ? await answered(unit, page, parent.id, limits)
        : await begun(unit, page, parent.kind === 'Block' ? parent.id : null, limits);
    await requireMentioned(unit, mentionedIn(richText), ['richText']);
    const id = newId();
    await insertComment(unit, { id, discussionId, pageId: page.id, richText });
    record(unit, 'COMMENT_CREATED', page, { id, version: 1, discussionId, blockId });
    return { id, discussionId };
  });
}

export interface CommentChange {
  id: Id;
  expectedVersion?: number | null | undefined;
}

/** Changes what a comment says. Refused: what somebody else has written, as if it were not there; where the actor may not
 *  comment; what lies in the trash; a comment that says nothing; what is mentioned and out of her reach; what is over a
 *  limit; a stale version. */
export function updateComment(caller: Writer, input: CommentChange & CommentText): Promise<{ id: Id }> {
  const richText = requireWords(input, limitsOf(caller));
  return commit(caller, async (unit) => {
    await holdTree(unit);
    const pageId = await pageOf(unit, { kind: 'Comment', id: input.id }, isOwn(unit.actor));
    const page = await lockCommented(unit, pageId, 'update a comment');
    const comment = await standing(unit, page, input);
    if (comment.isSame(richText)) {
      unit.unchanged();
      return { id: comment.id };
    }
    await requireMentioned(unit, newlyMentioned(comment.richText, richText), ['richText']);
    const { actor, rows } = unit;
    await rows(sql`
      update comment
         set rich_text = ${JSON.stringify(richText)}::jsonb, mentions = ${mentionsOf(richText)}::uuid[],
             version = version + 1, last_edited_at = clock_timestamp()
       where workspace_id = ${actor.workspaceId} and id = ${comment.id}::uuid`);
    record(unit, 'COMMENT_UPDATED', page, { ...comment, version: comment.version + 1 });
    return { id: comment.id };
  });
}

/** Deletes a comment for good, and with the last one its discussion. Refused: what somebody else has written, as if it were
 *  not there, unless the actor may delete it nevertheless; where she may not comment; what lies in the trash; a stale
 *  version. */
export function deleteComment(caller: Writer, input: CommentChange): Promise<{ id: Id; discussionId: Id }> {
  return commit(caller, async (unit) => {
    await holdTree(unit);
    const { actor, rows } = unit;
    const which = mayDeleteCommentsOfOthers(actor) ? sql`true` : isOwn(actor);
    const page = await lockCommented(
      unit,
      await pageOf(unit, { kind: 'Comment', id: input.id }, which),
      'delete a comment',
    );
    const comment = await standing(unit, page, input);
    const { id, discussionId } = comment;
    await rows(sql`delete from comment where workspace_id = ${actor.workspaceId} and id = ${id}::uuid`);
    await rows(sql`
      delete from discussion d
       where d.workspace_id = ${actor.workspaceId} and d.id = ${discussionId}::uuid
         and not exists (select from comment c where c.workspace_id = d.workspace_id and c.discussion_id = d.id)`);
    record(unit, 'COMMENT_DELETED', page, comment);
    return { id, discussionId };
  });
}

/** Says that a discussion is settled, or open again. Nothing happens where it is so already. The change is one of the
 *  comment it begins with. Refused: where the actor may not comment; what lies in the trash. */
export function resolveDiscussion(caller: Writer, input: { id: Id; resolved: boolean }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    await holdTree(unit);
    const pageId = await pageOf(unit, { kind: 'Discussion', id: input.id });
    const page = await lockCommented(unit, pageId, 'resolve a discussion');
    const { actor, rows } = unit;
    const [first] = await rows(sql<Omit<Recorded, 'discussionId'> & { isResolved: boolean }>`
      select c.id, c.version, d.resolved_at is not null as "isResolved", ${blockOf} as "blockId"
        from discussion d
        join comment c on c.workspace_id = d.workspace_id and c.discussion_id = d.id
       where d.workspace_id = ${actor.workspaceId} and d.page_id = ${page.id}::uuid and d.id = ${input.id}::uuid
       order by c.created_at, c.id limit 1`);
    if (!first) throw notFound('The discussion');
    if (first.isResolved === input.resolved) {
      unit.unchanged();
      return { id: input.id };
    }
    await rows(sql`
      update discussion
         set resolved_at = case when ${input.resolved}::boolean then clock_timestamp() end,
             resolved_by = case when ${input.resolved}::boolean then ${userIdOf(actor)}::uuid end
       where workspace_id = ${actor.workspaceId} and id = ${input.id}::uuid`);
    record(unit, 'COMMENT_UPDATED', page, { ...first, discussionId: input.id }, { resolved: input.resolved });
    return { id: input.id };
  });
}

const NOUN = { Block: 'The block', Discussion: 'The discussion', Comment: 'The comment' } as const;
const TABLE = { Block: sql.ref('block'), Discussion: sql.ref('discussion'), Comment: sql.ref('comment') } as const;

/** True for a comment `c` that the actor has written. */
const isOwn = (actor: Actor): Sql => sql`c.created_by is not distinct from ${userIdOf(actor)}::uuid`;

/** The page something stands on. The tree is held before, so that it stays there. Refused: what is missing, what stands on
 *  a page out of reach, and what is not `which`: all look the same. */
async function pageOf(
  { actor, rows }: Unit,
  { kind, id }: { kind: keyof typeof NOUN | 'Page'; id: Id },
  which: Sql = sql`true`,
): Promise<Id> {
  const noun = kind as keyof typeof NOUN;
  const [found] = await rows(sql<{ pageId: Id }>`
    select c.page_id as "pageId"
      from ${TABLE[noun]} c
      join page r on r.workspace_id = c.workspace_id and r.id = c.page_id
      cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
     where c.workspace_id = ${actor.workspaceId} and c.id = ${id}::uuid and ${reached} and ${which}`);
  if (!found) throw notFound(NOUN[noun]);
  return found.pageId;
}

async function lockCommented(unit: Unit, id: Id, doing: string): Promise<Target> {
  const page = await lockTarget(unit, { kind: 'Page', id, doing, needs: 'COMMENT_INSERT' });
  requireLive(page);
  return page;
}

/** The block a discussion `d` is about, where it still stands on its page. */
const blockOf = sql`(select b.id from block b
                      where b.workspace_id = d.workspace_id and b.id = d.block_id and b.page_id = d.page_id)`;

interface Begun {
  discussionId: Id;
  blockId: Id | null;
}

/** Begins a discussion on a locked page, or on a block of it. Refused: a block that is gone; too many discussions. */
async function begun({ actor, rows }: Unit, page: Target, blockId: Id | null, limits: ContentLimits): Promise<Begun> {
  const [there] = await rows(sql<{ discussions: number; hasBlock: boolean }>`
    select (select count(*)::int from discussion d
             where d.workspace_id = ${actor.workspaceId} and d.page_id = ${page.id}::uuid) as discussions,
           exists (select from block b
                    where b.workspace_id = ${actor.workspaceId} and b.page_id = ${page.id}::uuid
                      and b.id = ${blockId}::uuid) as "hasBlock"`);
  if (blockId !== null && !there?.hasBlock) throw notFound(NOUN.Block);
  const discussions = (there?.discussions ?? 0) + 1;
  requireWithin(discussions, limits, { limit: 'maxDiscussions', units: 'discussions on a page', path: ['parent'] });
  const discussionId = newId();
  await rows(sql`
    insert into discussion (workspace_id, id, page_id, block_id, created_at, created_by)
    values (${actor.workspaceId}, ${discussionId}, ${page.id}, ${blockId}, clock_timestamp(), ${userIdOf(actor)})`);
  return { discussionId, blockId };
}

/** A discussion on a locked page that is answered, resolved or not. Refused: one that is gone; too many comments. */
async function answered({ actor, rows }: Unit, page: Target, id: Id, limits: ContentLimits): Promise<Begun> {
  const [there] = await rows(sql<{ comments: number; blockId: Id | null }>`
    select (select count(*)::int from comment c where c.workspace_id = d.workspace_id and c.discussion_id = d.id) as comments,
           ${blockOf} as "blockId"
      from discussion d
     where d.workspace_id = ${actor.workspaceId} and d.page_id = ${page.id}::uuid and d.id = ${id}::uuid`);
  if (!there) throw notFound(NOUN.Discussion);
  requireWithin(there.comments + 1, limits, {
    limit: 'maxComments',
    units: 'comments in a discussion',
    path: ['parent'],
  });
  return { discussionId: id, blockId: there.blockId };
}

async function insertComment(
  { actor, rows }: Unit,
  { id, discussionId, pageId, richText }: { id: Id; discussionId: Id; pageId: Id; richText: readonly RichTextSpan[] },
): Promise<void> {
  // By the clock and not by the beginning of the transaction: who waited for the page comes after those who did not.
  await rows(sql`
    insert into comment (workspace_id, id, discussion_id, page_id, rich_text, mentions, created_at, created_by, last_edited_at)
    select ${actor.workspaceId}, ${id}::uuid, ${discussionId}::uuid, ${pageId}::uuid, ${JSON.stringify(richText)}::jsonb,
           ${mentionsOf(richText)}::uuid[], at.moment, ${userIdOf(actor)}::uuid, at.moment
      from (select clock_timestamp() as moment) at`);
}

interface Recorded {
  id: Id;
  version: number;
  discussionId: Id;
  blockId: Id | null;
}

/** A comment on a locked page. Refused: one that is gone; another version than expected. */
async function standing(
  { actor, rows }: Unit,
  page: Target,
  { id, expectedVersion }: CommentChange,
): Promise<Recorded & { richText: RichTextSpan[]; isSame(other: readonly RichTextSpan[]): boolean }> {
  const [comment] = await rows(sql<Recorded & { richText: RichTextSpan[] }>`
    select c.id, c.version, c.discussion_id as "discussionId", c.rich_text as "richText", ${blockOf} as "blockId"
      from comment c
      join discussion d on d.workspace_id = c.workspace_id and d.id = c.discussion_id
     where c.workspace_id = ${actor.workspaceId} and c.page_id = ${page.id}::uuid and c.id = ${id}::uuid`);
  if (!comment) throw notFound(NOUN.Comment);
  if (expectedVersion != null) {
    requireBits(page, 'COMMENT_READ', 'expect a version of a comment', ['expectedVersion']);
    requireVersion(comment.version, expectedVersion);
  }
  return { ...comment, isSame: (other) => canonical(other) === canonical(comment.richText) };
}

/** One change of a comment; it carries the ancestors of its page. */
function record(
  unit: Unit,
  type: EventType,
  { id: pageId, ancestors }: Target,
  { id: resourceId, version: resourceVersion, discussionId, blockId }: Recorded,
  more: Record<string, unknown> = {},
): void {
  const parent = blockId === null ? { type: 'page', id: pageId } : { type: 'block', id: blockId };
  unit.change({ type, resourceId, resourceVersion, ancestors, details: { parent, pageId, discussionId, ...more } });
}

const mentionsOf = (spans: readonly RichTextSpan[]): Id[] => [...mentionsIn(spans), ...usersIn(spans)];
const mentionedIn = (spans: readonly RichTextSpan[]): Mentioned => ({
  resourceIds: mentionsIn(spans),
  userIds: usersIn(spans),
});

/** What was mentioned already may stay, also where it is out of reach by now. */
function newlyMentioned(before: readonly RichTextSpan[], after: readonly RichTextSpan[]): Mentioned {
  const held = new Set(mentionsOf(before));
  const { resourceIds, userIds } = mentionedIn(after);
  return { resourceIds: resourceIds.filter((id) => !held.has(id)), userIds: userIds.filter((id) => !held.has(id)) };
}
