// Which events exist for whom: the rule of reach, extended by positions. What is seen of an event is what some intervals of
// share and capabilities opened when it happened, as far as its resource is still reached. Every statement that reads
// events has it.

import { installationBits, installationWorks } from '../connection/admission.js';
import { installersReach, live, reachOf } from '../content/reach.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import { bitsOf, CONTENT_BITS, READ, USER_BITS } from '../gate/capability.js';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import { type Sql, sql } from '../lib/sql.js';

const COMMENT_READ = bitsOf(['COMMENT_READ']);

/** The bit by which event `e` is read. */
const neededFor = sql`(case when e.type like 'COMMENT\\_%' then ${sql.lit(COMMENT_READ)} else ${sql.lit(READ)} end)`;

/** Items `e`, an event, `r`, what it happened to as that is now, and `seen(access)`: the bits the actor has on the event.
 *  What was deleted for good has no events any more; what lies in the trash has. An upload that belongs to no page is
 *  there for whoever made it, and for those who reach everything. */
export const seenEvents = (actor: Actor): Sql => sql`
  event e
  left join resource r on r.workspace_id = e.workspace_id and r.id = e.ancestors[cardinality(e.ancestors)]
  cross join lateral ${reachOf(actor, sql`coalesce(r.ancestors, '{}'::uuid[])`)}
  cross join lateral (
    select case when r.id is not null then reach.access & ${openedThen(actor)}
                when cardinality(e.ancestors) = 0 then ${ofNoPage(actor)}
                else 0 end as bits) opened
  cross join lateral (
    select case when opened.bits & ${sql.lit(CONTENT_BITS)} = 0 then 0
                else (opened.bits & ${sql.lit(CONTENT_BITS)}) | (${actor.bits & USER_BITS}::int) end as access) seen`;

/** True for events that may be read: those of comments need COMMENT_READ, all others READ. */
export const readableEvent = sql`seen.access & ${neededFor} <> 0`;

/** What was open to the actor when event `e` happened. */
function openedThen(actor: Actor): Sql {
  if (mayReachWholeWorkspace(actor)) return sql.lit(CONTENT_BITS);
  const { workspaceId } = actor;
  if (actor.kind !== 'CONNECTION')
    return actor.kind === 'PERSON' ? guestsShares(actor, sql`${actor.personId}`) : sql`0`;
  const own = sql`(
    select coalesce(bit_or(s.access & g.capabilities), 0)
      from share s
      join capability_grant g on g.workspace_id = s.workspace_id and g.installation_id = s.installation_id
     where s.workspace_id = ${workspaceId} and s.installation_id = ${actor.installationId}
       and s.resource_id = any(e.ancestors) and ${covers('s')} and ${lasted} and ${covers('g')})`;
  if (actor.installedById === null) return own;
  return sql`(${own} & (
    select case when exists (
                  select from membership m
                   where m.workspace_id = ${workspaceId} and m.person_id = ${actor.installedById} and m.role <> 'GUEST')
                then ${sql.lit(CONTENT_BITS)}
                else ${guestsShares(actor, sql`${actor.installedById}`)} end))`;
}

const guestsShares = ({ workspaceId }: Actor, personId: Sql): Sql => sql`(
  select coalesce(bit_or(s.access), 0) from share s
   where s.workspace_id = ${workspaceId} and s.person_id = ${personId}::uuid
     and s.resource_id = any(e.ancestors) and ${covers('s')} and ${lasted})`;

/** True for an interval that all changes of event `e` lie in. */
const covers = (interval: 's' | 'g' | 'held'): Sql => sql`
  (${sql.ref(`${interval}.granted_position`)} < e.first_change
   and (${sql.ref(`${interval}.revoked_position`)} is null or ${sql.ref(`${interval}.revoked_position`)} >= e.last_change))`;

/** True for a share that had not expired by then. */
const lasted = sql`(s.expires_at is null or s.expires_at > e.last_occurred_at)`;

/** Items `i`, `c`, `w` and `g`: each working installation of a connection in the workspace of event `e`, with its grant; and
 *  `told(access)`: the bits it has on the event, of which `r` is what it happened to as that is now. The same rule as
 *  `seenEvents`, CONTENT_READ of the field `events` included, asked for many readers at once; the facts of test/gate/facts ask
 *  it at the door of webhooks. */
export const toldInstallations = (connectionId: Sql): Sql => sql`
  installation i
  join connection c on c.id = i.connection_id
  join workspace w on w.id = i.workspace_id
  join capability_grant g on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
  left join membership m on m.workspace_id = i.workspace_id and m.person_id = i.installed_by
  cross join lateral (select ${installationBits} as bits) has
  cross join lateral (
    select coalesce(bit_or(s.access), 0) as bits from share s
     where s.workspace_id = i.workspace_id and s.installation_id = i.id and s.resource_id = any(r.ancestors) and ${live}) reached
  cross join lateral (
    select coalesce(bit_or(s.access & held.capabilities), 0) as bits
      from share s
      join capability_grant held on held.workspace_id = s.workspace_id and held.installation_id = s.installation_id
     where s.workspace_id = i.workspace_id and s.installation_id = i.id
       and s.resource_id = any(e.ancestors) and ${covers('s')} and ${lasted} and ${covers('held')}) opened
  cross join lateral (
    select case
      when r.id is null then
        case when cardinality(e.ancestors) = 0 and i.bot_id = any(e.author_ids) then has.bits else 0 end
      else reached.bits & opened.bits & has.bits
         & ${installersReach({ workspaceId: sql`i.workspace_id`, personId: sql`i.installed_by`, ancestors: sql`r.ancestors` })}
         & case when i.installed_by is null or m.role <> 'GUEST' then ${sql.lit(CONTENT_BITS)} else (
             select coalesce(bit_or(s.access), 0) from share s
              where s.workspace_id = i.workspace_id and s.person_id = i.installed_by
                and s.resource_id = any(e.ancestors) and ${covers('s')} and ${lasted}) end
      end & ${sql.lit(CONTENT_BITS)} as access) told
  where i.workspace_id = e.workspace_id and i.connection_id = ${connectionId} and ${installationWorks}
    and has.bits & ${sql.lit(READ)} <> 0 and told.access & ${neededFor} <> 0`;

const ofNoPage = (actor: Actor): Sql =>
  mayReachWholeWorkspace(actor)
    ? sql`${actor.bits}::int`
    : sql`(case when ${userIdOf(actor)}::uuid = any(e.author_ids) or exists (
                       select from file_upload u
                        where u.workspace_id = e.workspace_id and u.id = e.resource_id
                          and u.user_id = ${userIdOf(actor)}::uuid)
                then ${actor.bits}::int else 0 end)`;
