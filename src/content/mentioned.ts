// Whether what somebody writes about is there for her: pages, databases and data sources she reaches, people and bots of
// the workspace. What is missing and what is out of reach look the same.

import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import type { Path } from './limits.js';
import { reached, reachOf } from './reach.js';
import { MENTIONED, notFoundAt, PERSON } from './span-input.js';

export interface Mentioned {
  resourceIds: readonly Id[];
  userIds: readonly Id[];
}

/** Throws `NOT_FOUND` when any of it is missing or out of reach. One statement, and none when nothing is mentioned. */
export async function requireMentioned(unit: Unit, mentioned: Mentioned, path: Path): Promise<void> {
  const found = await reachedAmong(unit, mentioned);
  if (mentioned.resourceIds.some((id) => !found.has(id))) throw notFoundAt(MENTIONED, path);
  if (mentioned.userIds.some((id) => !found.has(id))) throw notFoundAt(PERSON, path);
}

/** Ids of what of it is there for the actor. */
export async function reachedAmong(
  { actor, rows }: Unit,
  { resourceIds, userIds }: Mentioned,
): Promise<ReadonlySet<Id>> {
  if (resourceIds.length + userIds.length === 0) return new Set();
  const found = await rows(sql<{ id: Id }>`
    select r.id from resource r cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
     where r.workspace_id = ${actor.workspaceId} and r.id = any(${resourceIds}::uuid[]) and ${reached}
     union all
    select m.person_id from membership m
     where m.workspace_id = ${actor.workspaceId} and m.person_id = any(${userIds}::uuid[]) and m.ended_at is null
     union all
    select i.bot_id from installation i
     where i.workspace_id = ${actor.workspaceId} and i.bot_id = any(${userIds}::uuid[]) and i.status <> 'ENDED'`);
  return new Set(found.map(({ id }) => id));
}
