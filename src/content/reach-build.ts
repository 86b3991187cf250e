// Fills the lists of shared resources (page_reach) and takes away those nobody needs. Everything is right without it, and
// before it has been here: what is not listed yet is looked for among all pages (reach-list.ts).

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import { takeWholeTree } from './tree-lock.js';

/** So many pages are looked at while writers wait. */
const CHUNK = 5_000;

interface Root {
  workspaceId: Id;
  rootId: Id;
}

/** Lists what lies below every root that is not READY. One after the other, in any number of processes: two that meet do
 *  the same. Stops early, with what it has done kept, once `signal` is aborted. */
export async function buildReach(em: () => EntityManager, signal?: AbortSignal): Promise<{ built: number }> {
  const roots = await em().execute<Root[]>(
    `select workspace_id as "workspaceId", root_id as "rootId" from reach_root where state = 'BUILDING'`,
  );
  let built = 0;
  for (const root of roots) {
    if (await build(em, root, signal)) built++;
  }
  return { built };
}

/** In chunks of pages by their id. Each takes the tree for itself, so that no page is moved or edited between being read and
 *  being listed, and none comes by a transaction that has not heard of the root: whoever writes a page holds the tree. */
async function build(em: () => EntityManager, root: Root, signal: AbortSignal | undefined): Promise<boolean> {
  let after: Id | null = '00000000-0000-0000-0000-000000000000';
  while (after !== null) {
    if (signal?.aborted) return false;
    after = await em().transactional(async (tx) => listChunk(tx as EntityManager, root, after as Id));
  }
  return true;
}

/** Answers where to go on; `null` when that was the last, and the root READY. */
async function listChunk(em: EntityManager, { workspaceId, rootId }: Root, after: Id): Promise<Id | null> {
  await takeWholeTree(em, workspaceId);
  await em.execute('set local statement_timeout = 0');
  const [chunk] = await em.execute<{ last: Id | null }[]>(
    `with below as materialized (
       select id, last_edited_at, in_trash from page
        where workspace_id = ? and ancestors @> array[?::uuid] and id > ?::uuid
        order by id limit ?),
     listed as (
       insert into page_reach (workspace_id, root_id, page_id, last_edited_at)
       select r.workspace_id, r.root_id, b.id, b.last_edited_at
         from below b join reach_root r on r.workspace_id = ? and r.root_id = ?
        where not b.in_trash
           on conflict (workspace_id, page_id, root_id) do update set last_edited_at = excluded.last_edited_at)
     select case when count(*) = ? then (select id from below order by id desc limit 1) end as last from below`,
    [workspaceId, rootId, after, CHUNK, workspaceId, rootId, CHUNK],
  );
  const last = chunk?.last ?? null;
  if (last === null) {
    await em.execute(`update reach_root set state = 'READY' where workspace_id = ? and root_id = ?`, [
      workspaceId,
      rootId,
    ]);
  }
  return last;
}

/** Takes away the lists of resources that nobody has a share of any more. A root that is shared meanwhile begins anew. */
export async function sweepReach(em: () => EntityManager): Promise<{ swept: number }> {
  const idle = await em().execute<Root[]>(
    `select r.workspace_id as "workspaceId", r.root_id as "rootId" from reach_root r where ${UNSHARED}`,
  );
  for (const { workspaceId, rootId } of idle) {
    await em().transactional(async (transaction) => {
      const tx = transaction as EntityManager;
      await takeWholeTree(tx, workspaceId);
      await tx.execute('set local statement_timeout = 0');
      const gone = await tx.execute<object[]>(
        `delete from reach_root r where r.workspace_id = ? and r.root_id = ? and ${UNSHARED} returning 1`,
        [workspaceId, rootId],
      );
      if (gone.length === 0) return;
      await tx.execute('delete from page_reach where workspace_id = ? and root_id = ?', [workspaceId, rootId]);
    });
  }
  // A share that was granted while its root was swept found the root still there, and left it alone.
  await em().execute(
    `insert into reach_root (workspace_id, root_id)
     select distinct s.workspace_id, s.resource_id from share s
      where s.revoked_at is null and (s.expires_at is null or s.expires_at > now())
     on conflict do nothing`,
  );
  return { swept: idle.length };
}

const UNSHARED = `not exists (
  select from share s
   where s.workspace_id = r.workspace_id and s.resource_id = r.root_id
     and s.revoked_at is null and (s.expires_at is null or s.expires_at > now()))`;
