// Who writes content takes turns with who rearranges it. The tree of a workspace is held still, together with others, by
// whoever writes a page where it stands; it is held alone by whoever moves, throws away, brings back or deletes, and by an
// import. Each is a statement of its own before those that read: what they see is then as it stays until the commit, so
// that ancestors are right, nothing ends up below itself, and nothing is put below what is thrown away.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';

/** Any number that is ours. */
const TREE_LOCK = 728_316;

/** Nothing is moved or thrown away until the commit. Others may write as well. */
export function holdTree({ send, actor }: Unit): void {
  send(sql`select pg_advisory_xact_lock_shared(${sql.lit(TREE_LOCK)}, hashtext(${actor.workspaceId}))`);
}

/** Nobody else writes content of the workspace until the commit. */
export function takeTree({ send, actor }: Unit): void {
  send(sql`select pg_advisory_xact_lock(${sql.lit(TREE_LOCK)}, hashtext(${actor.workspaceId}))`);
}

/** The same for whoever is no command: nobody asked for it, and nothing is recorded. */
export async function takeWholeTree(em: EntityManager, workspaceId: Id): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?, hashtext(?))', [TREE_LOCK, workspaceId]);
}
