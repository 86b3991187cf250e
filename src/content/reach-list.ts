// Pages by the time of their last edit, for whoever reaches a part of the workspace. The lists below shared resources
// (page_reach, kept by triggers and by reach-build.ts) say where to look; whether a page may be shown is asked of the page
// itself, as everywhere, so that a fault in the lists could hide a page but never show one.

import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import { READ } from '../gate/capability.js';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import { startOf } from './keyset.js';
import type { ResourceQuery } from './source.js';

/** Whether the lists serve this query of pages: no filter, by last edit alone, of an actor who does not reach everything. */
export function isListedByReach(actor: Actor, { order = [], inTrash, ...filters }: ResourceQuery): boolean {
  if (mayReachWholeWorkspace(actor) || (actor.bits & READ) === 0) return false;
  if (inTrash || Object.values(filters).some((filter) => filter != null)) return false;
  const [key, ...others] = order;
  return others.length === 0 && (key === undefined || ('time' in key && key.time === 'lastEditedAt'));
}

/** Ids of up to `limit + 1` pages, as rows `f(id)` in no order. */
export function pagesReached(actor: Actor, { order = [] }: ResourceQuery, window: Window): Sql {
  const descending = (order[0]?.direction ?? 'DESC') === 'DESC';
  const walk = descending !== window.backwards ? sql.ref('newest_pages_reached') : sql.ref('oldest_pages_reached');
  const start = startOf(window);
  return sql`
    ${walk}(${openTo(actor)}, ${start?.values[0] ?? null}::timestamptz, ${start?.id ?? null}::uuid, ${window.limit + 1}::int) f`;
}

/** How many there are in all. */
export async function countPagesReached({ actor, reader }: Context): Promise<number> {
  const [row] = await reader.rows(sql<{ count: number }>`select count_pages_reached(${openTo(actor)}) as count`);
  return row?.count ?? 0;
}

/** The workspace, who holds the shares, whose reach cuts them, and what they must open. */
export function openTo(actor: Actor): Sql {
  const [installationId, personId, installerId] =
    actor.kind === 'CONNECTION'
      ? [actor.installationId, null, actor.installedById]
      : [null, actor.kind === 'PERSON' ? actor.personId : null, null];
  return sql`${actor.workspaceId}::uuid, ${installationId}::uuid, ${personId}::uuid, ${installerId}::uuid, ${READ}::int`;
}
