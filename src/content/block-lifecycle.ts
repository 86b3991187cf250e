// Commands on blocks. A block takes the rights of its page, so each locks the page, counts a version of it up and records
// one change. What they answer are ids, so that they can be answered again.

import { attachUploads } from '../file/attach.js';
import { userIdOf } from '../gate/actor.js';
import { requireBits, requireVersion } from '../gate/ask.js';
import { type Id, newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { notFound } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { commit, type Unit } from '../unit-of-work.js';
import { type BlockContent, type BlockTree, fitsBelow, mentionsOf, textsOf } from './block-content.js';
import type { BlockInput } from './block-input.js';
import { type BlockRow, blockRows } from './block-rows.js';
import {
  type BlockSpot,
  isAtOrBelow,
  type Position,
  requireNotBelowItself,
  type StandingBlock,
  spotAt,
} from './block-spot.js';
import { canonical } from './kept-blocks.js';
import { type ContentLimits, limitsOf, type Path, requireWithin, type Writer } from './limits.js';
import { type Mentioned, requireMentioned } from './mentioned.js';
import { reached, reachOf } from './reach.js';
import { changedBy, misplaced, readBlocks, uploadsOfBlocks } from './read-blocks.js';
import { mentionsIn, usersIn } from './rich-text.js';
import { lockEditable, rewrite, type Target } from './target.js';
import { holdTree, takeTree } from './tree-lock.js';

export interface AppendBlocks {
  pageId: Id;
  blocks: readonly BlockInput[];
  /** At the end of the page when left out. */
  position?: Position | undefined;
  /** Of the page. */
  expectedVersion?: number | null | undefined;
}

/** Puts blocks on a page, with what stands below them. Refused: where the actor may not insert; below a block that is
 *  there, where she may not update either; what lies in the trash or is locked; what is mentioned and out of her reach;
 *  what may not stand there; what is over a limit. */
export function appendBlocks(caller: Writer, input: AppendBlocks): Promise<{ id: Id; blockIds: Id[] }> {
  const limits = limitsOf(caller);
  const { position = { kind: 'END' } } = input;
  const trees = readBlocks(input.blocks, limits, ['blocks']);
  return commit(caller, async (unit) => {
    holdTree(unit);
    const asked = {
      kind: 'Page',
      id: input.pageId,
      doing: 'append blocks to a page',
      needs: 'CONTENT_INSERT',
    } as const;
    const page = await lockEditable(unit, asked, input);
    if (position.kind === 'BELOW') requireChangeOfBlocks(page);
    await requireMentioned(unit, mentionedIn(trees), ['blocks']);
    const spot = await spotAt(unit, page.id, position, trees.length);
    if (spot.parent) requireChangeOfBlocks(page);
    for (const [index, { content }] of trees.entries()) requireFit(spot, content, ['blocks', String(index)]);
    await attachUploads(unit, uploadsOfBlocks(trees, page.id, ['blocks']));
    const blocks = blockRows(spot, trees, newId);
    requireDepth(blocks, limits, ['blocks']);
    await insertBlocks(unit, blocks);
    const blockIds = blocks.filter(({ parent_id }) => parent_id === (spot.parent?.id ?? null)).map(({ id }) => id);
    await recordContent(unit, page, blockIds);
    return { id: page.id, blockIds };
  });
}

export interface BlockChange {
  id: Id;
  /** Of the block. */
  expectedVersion?: number | null | undefined;
}

/** Changes what a block holds; what is left out stays. Refused: what the actor may not update; what lies in the trash or is
 *  locked; another kind; what is mentioned and out of her reach; what is over a limit; a stale version. */
export function updateBlock(
  caller: Writer,
  input: BlockChange & { block: BlockInput },
): Promise<{ id: Id; blockId: Id }> {
  return commit(caller, async (unit) => {
    holdTree(unit);
    const page = await lockPageOf(unit, input.id, 'update a block');
    const block = await standingBlock(unit, page, input);
    const content = changedBy(block.content, input.block, limitsOf(caller), ['block']);
    await attachUploads(unit, uploadsOfBlocks([{ content, children: [] }], page.id, ['block']));
    if (isSame(content, block.content)) {
      unit.unchanged();
      return { id: page.id, blockId: block.id };
    }
    await requireMentioned(unit, newlyMentioned(block.content, content), ['block']);
    const { actor, rows } = unit;
    if (block.content.type === 'HEADING' && block.content.isToggleable && !('isToggleable' in content)) {
      await requireNothingBelow(unit, page, block);
    }
    await rows(sql`
      update block
         set content = ${JSON.stringify(content)}::jsonb, mentions = ${mentionsOf(content)}::uuid[],
             version = version + 1, last_edited_at = now(), last_edited_by = ${userIdOf(actor)}::uuid
       where workspace_id = ${actor.workspaceId} and id = ${block.id}`);
    await recordContent(unit, page, [block.id]);
    return { id: page.id, blockId: block.id };
  });
}

export interface MoveBlock extends BlockChange {
  /** Another page; the one it stands on when left out. */
  pageId?: Id | undefined;
  position: Position;
}

/** Puts a block elsewhere on its page or on another one, with all that stands below it; it keeps its id. Refused: what the
 *  actor may not update; on another page, where she may not insert, or update to put it below a block; below itself; what
 *  may not stand there; what lies in the trash or is locked; a stale version. */
export function moveBlock(caller: Writer, input: MoveBlock): Promise<{ id: Id; blockId: Id }> {
  const { position } = input;
  return commit(caller, async (unit) => {
    // Whoever writes blocks holds the tree: taking it keeps a block on its page until they are done, and both pages here.
    if (input.pageId === undefined) holdTree(unit);
    else takeTree(unit);
    const from = await lockPageOf(unit, input.id, 'move a block');
    const to = input.pageId === undefined || input.pageId === from.id ? from : await lockOther(unit, input.pageId);
    if (to !== from && position.kind === 'BELOW') requireChangeOfBlocks(to, ['position']);
    const spot = await spotAt(unit, to.id, position, 1);
    if (to !== from && spot.parent) requireChangeOfBlocks(to, ['position']);
    const block = await standingBlock(unit, from, input); // after `spotAt`, which may have moved it aside
    if (to === from) requireNotBelowItself(block, spot);
    requireFit(spot, block.content, ['position']);
    await relocateBlock(unit, { block, from, spot, limits: limitsOf(caller) });
    await recordContent(unit, to, [block.id]);
    if (to !== from) await recordContent(unit, from, [block.id]);
    return { id: to.id, blockId: block.id };
  });
}

/** Deletes a block for good, with all that stands below it. Refused: what the actor may not update; what lies in the trash
 *  or is locked; a stale version. */
export function deleteBlock(caller: Writer, input: BlockChange): Promise<{ id: Id; blockId: Id }> {
  return commit(caller, async (unit) => {
    holdTree(unit);
    const page = await lockPageOf(unit, input.id, 'delete a block');
    const block = await standingBlock(unit, page, input);
    await unit.rows(sql`
      delete from block b
       where b.workspace_id = ${unit.actor.workspaceId} and b.page_id = ${page.id}::uuid
         and ${isAtOrBelow(sql`${block.path}::text`)}`);
    await recordContent(unit, page, [block.id]);
    return { id: page.id, blockId: block.id };
  });
}

/** Writes new blocks, by one statement. What they hold has been checked. */
export async function insertBlocks({ actor, rows }: Unit, blocks: readonly BlockRow[]): Promise<void> {
  if (blocks.length === 0) return;
  const editor = userIdOf(actor);
  await rows(sql`
    insert into block (workspace_id, id, page_id, parent_id, path, depth, content, mentions, created_by, last_edited_by)
    select ${actor.workspaceId}, r.id, r.page_id, r.parent_id, r.path, r.depth, r.content,
           array(select jsonb_array_elements_text(r.mentions)::uuid), ${editor}::uuid, ${editor}::uuid
      from jsonb_to_recordset(${JSON.stringify(blocks)}::jsonb)
        as r(id uuid, page_id uuid, parent_id uuid, path text, depth int, content jsonb, mentions jsonb)`);
}

/** One more version of a page, whose blocks were written. */
export async function recordContent(unit: Unit, page: Target, updatedBlocks: readonly Id[]): Promise<void> {
  const resourceVersion = await rewrite(unit, page, []);
  const { id: resourceId, ancestors } = page;
  unit.change({ type: 'PAGE_CONTENT_UPDATED', resourceId, resourceVersion, ancestors, details: { updatedBlocks } });
}

/** Refused: blocks that would stand deeper than they may. */
export function requireDepth(blocks: readonly BlockRow[], limits: ContentLimits, path: Path): void {
  const deepest = blocks.reduce((most, { depth }) => Math.max(most, depth + 1), 0);
  requireWithin(deepest, limits, { limit: 'maxBlockDepth', units: 'blocks above each other', path });
}

/** Everything that trees mention. */
export function mentionedIn(trees: readonly BlockTree[]): { resourceIds: Id[]; userIds: Id[] } {
  const resourceIds = new Set<Id>();
  const userIds = new Set<Id>();
  const walk = ({ content, children }: BlockTree): void => {
    for (const spans of textsOf(content)) {
      for (const id of mentionsIn(spans)) resourceIds.add(id);
      for (const id of usersIn(spans)) userIds.add(id);
    }
    if (content.type === 'LINK_TO_PAGE') resourceIds.add(content.resourceId);
    children.forEach(walk);
  };
  trees.forEach(walk);
  return { resourceIds: [...resourceIds], userIds: [...userIds] };
}

/** What was mentioned already may stay, also where it is out of reach by now. */
function newlyMentioned(before: BlockContent, content: BlockContent): Mentioned {
  const held = new Set(mentionsOf(before));
  const { resourceIds, userIds } = mentionedIn([{ content, children: [] }]);
  return { resourceIds: resourceIds.filter((id) => !held.has(id)), userIds: userIds.filter((id) => !held.has(id)) };
}

/** Whatever is put below a block that is there changes it: a list gets longer, a toggle holds more. */
const requireChangeOfBlocks = (page: Target, path: Path = ['position']): void =>
  requireBits(page, 'CONTENT_UPDATE', 'put something below a block', path);

const lockOther = (unit: Unit, id: Id): Promise<Target> =>
  lockEditable(unit, { kind: 'Page', id, doing: 'move a block there', needs: 'CONTENT_INSERT', path: ['pageId'] }, {});

/** Locks the page a block stands on. The tree is held or taken before, so that the block stays there. Refused: a block that
 *  is missing, or whose page is out of reach, which look the same; what `lockEditable` refuses. */
async function lockPageOf(unit: Unit, blockId: Id, doing: string): Promise<Target> {
  const { actor, rows } = unit;
  const [found] = await rows(sql<{ pageId: Id }>`
    select b.page_id as "pageId"
      from block b
      join page r on r.workspace_id = b.workspace_id and r.id = b.page_id
      cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
     where b.workspace_id = ${actor.workspaceId} and b.id = ${blockId}::uuid and ${reached}`);
  if (!found) throw notFound('The block');
  return lockEditable(unit, { kind: 'Page', id: found.pageId, doing }, {});
}

/** A block of a locked page. Refused: one that is gone; another version than expected. */
async function standingBlock(
  { actor, rows }: Unit,
  page: Target,
  { id, expectedVersion }: BlockChange,
): Promise<StandingBlock> {
  const [block] = await rows(sql<StandingBlock>`
    select id, parent_id as "parentId", path, depth, content, version from block
     where workspace_id = ${actor.workspaceId} and page_id = ${page.id}::uuid and id = ${id}::uuid`);
  if (!block) throw notFound('The block');
  if (expectedVersion != null) {
    requireBits(page, 'CONTENT_READ', 'expect a version of a block', ['expectedVersion']);
    requireVersion(block.version, expectedVersion);
  }
  return block;
}

function requireFit({ parent }: BlockSpot, content: BlockContent, path: Path): void {
  if (!fitsBelow(parent?.content ?? null, content)) throw misplaced(path);
}

/** A heading that holds blocks goes on folding them. */
async function requireNothingBelow({ actor, rows }: Unit, page: Target, { id }: StandingBlock): Promise<void> {
  const [below] = await rows(sql`
    select 1 from block
     where workspace_id = ${actor.workspaceId} and page_id = ${page.id}::uuid and parent_id = ${id}::uuid limit 1`);
  if (below) throw misplaced(['block', 'heading', 'isToggleable']);
}

async function relocateBlock(
  { actor, rows }: Unit,
  { block, from, spot, limits }: { block: StandingBlock; from: Target; spot: BlockSpot; limits: ContentLimits },
): Promise<void> {
  const [key] = spot.keys;
  invariant(key !== undefined, 'A moved block has no key.');
  const path = spot.parent === null ? key : `${spot.parent.path}.${key}`;
  const deeper = (spot.parent === null ? 0 : spot.parent.depth + 1) - block.depth;
  const moved = await rows(sql<{ depth: number }>`
    update block b
       set page_id = ${spot.pageId}::uuid, path = ${path} || substr(b.path, ${block.path.length + 1}::int),
           depth = b.depth + ${deeper}::int,
           parent_id = case when b.id = ${block.id}::uuid then ${spot.parent?.id ?? null}::uuid else b.parent_id end,
           version = b.version + case when b.id = ${block.id}::uuid then 1 else 0 end
     where b.workspace_id = ${actor.workspaceId} and b.page_id = ${from.id}::uuid
       and ${isAtOrBelow(sql`${block.path}::text`)}
    returning b.depth`);
  const deepest = moved.reduce((most, { depth }) => Math.max(most, depth + 1), 0);
  requireWithin(deepest, limits, { limit: 'maxBlockDepth', units: 'blocks above each other', path: ['position'] });
}

const isSame = (one: BlockContent, other: BlockContent): boolean => canonical(one) === canonical(other);
