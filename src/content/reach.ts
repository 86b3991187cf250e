// Which pages do they reach? The one rule of reach, as SQL that stands inside every statement that reads resources:
// decision and data come from the same snapshot, and counts are right by construction.

import type { Actor } from '../gate/actor.js';
import { ALL_BITS, CONTENT_BITS, READ, USER_BITS } from '../gate/capability.js';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';

/** A lateral item `reach(access)` for a resource whose ancestors (root first, itself last) are `ancestors`:
 *  the union of the live shares above it, cut by the actor's own content bits, joined with its user bits. What somebody
 *  has installed for herself is cut by what she reaches as well.
 *  `access` is 0 when the resource is out of reach or nothing is left of the shares. */
export function reachOf(actor: Actor, ancestors: Sql): Sql {
  if (mayReachWholeWorkspace(actor))
    return sql`(select ${sql.lit(ALL_BITS)}::int & ${actor.bits}::int as access) reach`;
  return sql`(
    select case when opened.bits & ${actor.bits & CONTENT_BITS}::int = 0 then 0
                else (opened.bits & ${actor.bits & CONTENT_BITS}::int) | ${actor.bits & USER_BITS}::int end as access
      from ${openedTo(actor, ancestors)} opened) reach`;
}

function openedTo(actor: Actor, ancestors: Sql): Sql {
  const { workspaceId } = actor;
  const opened = (isHeld: Sql) => sql`(
    select coalesce(bit_or(s.access), 0) as bits
      from share s
     where s.workspace_id = ${workspaceId} and ${isHeld}
       and s.resource_id = any(${ancestors}) and ${live})`;
  const toItself = opened(isHeldBy(actor));
  if (actor.kind !== 'CONNECTION' || actor.installedById === null) return toItself;
  const hers = installersReach({ workspaceId, personId: sql`${actor.installedById}::uuid`, ancestors });
  return sql`(select own.bits & ${hers} as bits from ${toItself} own)`;
}

/** The content bits that somebody has on a resource of which an installation of hers may have no more. Her role as it is
 *  now, and not as it was when a token was looked up: one snapshot decides and reads. All of them where `personId` is
 *  null: the installation belongs to the workspace. */
export const installersReach = ({
  workspaceId,
  personId,
  ancestors,
}: {
  workspaceId: Id;
  personId: Sql;
  ancestors: Sql;
}): Sql => sql`(
  case when ${personId} is null then ${sql.lit(CONTENT_BITS)}
       else coalesce((
         select case when im.role <> 'GUEST' then ${sql.lit(CONTENT_BITS)}
                     else (select coalesce(bit_or(s.access), 0) from share s
                            where s.workspace_id = ${workspaceId} and s.person_id = ${personId}
                              and s.resource_id = any(${ancestors}) and ${live}) end
           from membership im
          where im.workspace_id = ${workspaceId} and im.person_id = ${personId} and im.ended_at is null), 0) end)`;

/** True for a share `s` that opens something to this very actor. */
export const isHeldBy = (actor: Actor): Sql =>
  actor.kind === 'CONNECTION'
    ? sql`s.installation_id = ${actor.installationId}`
    : sql`s.person_id = ${actor.kind === 'PERSON' ? actor.personId : null}`;

/** True for a share `s` that is neither revoked nor expired, by the clock of the database. */
export const live = sql`s.revoked_at is null and (s.expires_at is null or s.expires_at > now())`;

/** True for rows that may be listed and read. */
export const readable = sql`reach.access & ${sql.lit(READ)} = ${sql.lit(READ)}`;

/** True for rows that may be named at all: reached, with at least one bit left. */
export const reached = sql`reach.access <> 0`;

/** True for a reached `r` below nothing that the actor reaches. Such a thing is opened by a share of its own, which is where
 *  an index finds it. */
export function isTopmost(actor: Actor): Sql {
  if (mayReachWholeWorkspace(actor)) return sql`(r.parent_id is null)`;
  const installer = actor.kind === 'CONNECTION' ? actor.installedById : null;
  return sql`(
    r.id = any(array(
      select s.resource_id from share s
       where s.workspace_id = ${actor.workspaceId} and (${isHeldBy(actor)} or s.person_id = ${installer}::uuid) and ${live}))
    and not exists (
      select 1 from resource above cross join lateral ${reachOf(actor, sql`above.ancestors`)}
       where above.workspace_id = ${actor.workspaceId} and above.id = r.parent_id and ${reached}))`;
}

/** The same rule, asked about an installation `i` with the grant `g` instead of the actor, and put so that an index can
 *  answer it: ids of what is shared with it, as far as its capabilities leave anything of the share. What it reaches are
 *  the resources whose ancestors overlap with these, because a bit of the union is left where a bit of one of them is. */
export const reachRoots = sql`array(
  select s.resource_id from share s
   where s.workspace_id = i.workspace_id and s.installation_id = i.id and ${live} and s.access & g.capabilities <> 0)`;
