// Where blocks are put: a position somebody names becomes keys of their own among their neighbours. The page is locked
// before, and its blocks stand still until the commit.

import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import type { BlockContent } from './block-content.js';
import { keyBelow, keysBetween, makeRoom, prefixOf } from './block-order.js';
import type { Root } from './block-rows.js';
import { notFoundAt } from './span-input.js';

/** At an end of the page, beside a block, or below one as its last. */
export type Position = { kind: 'START' | 'END' } | { kind: 'AFTER' | 'BEFORE' | 'BELOW'; id: Id };

/** A block as it is when it is written. */
export interface StandingBlock {
  id: Id;
  parentId: Id | null;
  path: string;
  depth: number;
  content: BlockContent;
  version: number;
}

/** Where blocks will stand. */
export interface BlockSpot extends Root {
  /** What they stand below; null at the top of the page. */
  parent: StandingBlock | null;
}

interface Neighbours {
  parent: StandingBlock | null;
  /** Path right before the place, wherever in the page. */
  before: string | null;
  after: string | null;
}

/** A place for `count` blocks at a position of a locked page. Refused: a position beside or below a block that is not on
 *  this page. */
export async function spotAt(unit: Unit, pageId: Id, position: Position, count: number): Promise<BlockSpot> {
  const { parent, before, after } = await neighboursAt(unit, pageId, position);
  const above = parent?.path ?? null;
  const [keyBefore, keyAfter] = [keyBelow(above, before), keyBelow(above, after)];
  const keys = keysBetween(keyBefore, keyAfter, count) ?? (await roomBetween(unit, { pageId, above, keyAfter, count }));
  return { pageId, parent, keys };
}

async function neighboursAt(
  { actor: { workspaceId }, rows }: Unit,
  pageId: Id,
  position: Position,
): Promise<Neighbours> {
  const ofPage = sql`n.workspace_id = ${workspaceId} and n.page_id = ${pageId}::uuid`;
  const around = (place: Sql) => sql`
    (select n.path from block n where ${ofPage} and n.path < ${place} collate "C" order by n.path desc limit 1) as before,
    (select n.path from block n where ${ofPage} and n.path >= ${place} collate "C" order by n.path limit 1) as after`;
  if (!('id' in position)) {
    // Both are no digits: one comes before all keys, the other after them.
    const [found] = await rows(sql<Omit<Neighbours, 'parent'>>`
      select ${around(position.kind === 'START' ? sql`'!'` : sql`'~'`)}`);
    return { parent: null, before: found?.before ?? null, after: found?.after ?? null };
  }
  const { kind, id } = position;
  const parentId = kind === 'BELOW' ? sql`b.id` : sql`b.parent_id`;
  // Everything below a block comes before its path and a slash, which follows the dot.
  const place = kind === 'BEFORE' ? sql`b.path` : sql`(b.path || '/')`;
  const [found] = await rows(sql<Neighbours>`
    select ${around(place)}, case when p.id is not null then ${standing} end as parent
      from block b
      left join block p on p.workspace_id = b.workspace_id and p.id = ${parentId}
     where b.workspace_id = ${workspaceId} and b.page_id = ${pageId}::uuid and b.id = ${id}::uuid`);
  if (!found) throw notFoundAt('The block', ['position']);
  return found;
}

const standing = sql`jsonb_build_object('id', p.id, 'parentId', p.parent_id, 'path', p.path, 'depth', p.depth,
                                        'content', p.content, 'version', p.version)`;

/** Where no key is left between two neighbours: those around move aside, with what stands below them. */
async function roomBetween(
  { actor: { workspaceId }, rows }: Unit,
  { pageId, above, keyAfter, count }: { pageId: Id; above: string | null; keyAfter: string | null; count: number },
): Promise<string[]> {
  const prefix = prefixOf(above);
  const siblings = await rows(sql<{ path: string }>`
    select path from block
     where workspace_id = ${workspaceId} and page_id = ${pageId}::uuid and path >= ${prefix} collate "C"
       and path < ${above === null ? '~' : `${above}/`} collate "C"
       and strpos(substr(path, ${prefix.length + 1}::int), '.') = 0
     order by path`);
  const keys = siblings.map(({ path }) => path.slice(prefix.length));
  const at = keyAfter === null ? keys.length : keys.indexOf(keyAfter);
  const room = makeRoom(keys, at, count);
  const moves = [...room.moved].map(([from, to]) => ({ from: `${prefix}${from}`, to: `${prefix}${to}` }));
  await rows(sql`
    update block b
       set path = m."to" || substr(b.path, length(m."from") + 1)
      from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as m("from" text, "to" text)
     where b.workspace_id = ${workspaceId} and b.page_id = ${pageId}::uuid and ${isAtOrBelow(sql`m."from"`)}`);
  return room.keys;
}

/** True for the block at a path and for everything below it. */
export const isAtOrBelow = (path: Sql): Sql => sql`
  (b.path = ${path} collate "C" or (b.path > (${path} || '.') collate "C" and b.path < (${path} || '/') collate "C"))`;

/** Throws when a block that is moved would end up below itself. */
export function requireNotBelowItself({ path }: StandingBlock, { parent }: BlockSpot): void {
  if (parent === null || (parent.path !== path && !parent.path.startsWith(prefixOf(path)))) return;
  throw new Refusal('INVALID', 'A block cannot be moved below itself.', { path: ['position'] });
}
