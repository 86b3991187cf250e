// From events to deliveries. Each endpoint has a position in the log of each workspace where its connection is installed, and
// goes on from there: whatever may be told to some installation becomes a delivery, numbered, in the transaction that moves
// the position. Whoever is stopped in the middle has made none; whoever comes second finds the position moved.
// What is paused or waits to be confirmed anew is gone on with all the same: so what happened is kept for it.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Reader } from '../context.js';
import type { EventType } from '../events/event.js';
import { chosen } from '../feed/events.js';
import { toldInstallations } from '../feed/visible.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import { releaseLane } from './lane.js';
import type { Lane, StoredFilter } from './tables.js';

/** What projecting needs: what it writes is one statement each time, and so a transaction of its own. */
export interface DeliveryStore {
  em(): EntityManager;
  reader(): Reader;
}

/** Events one statement looks at. */
const STEP = 2_000;
/** Positions that are gone on from together. */
const MAX_POSITIONS = 500;

interface Behind {
  workspaceId: Id;
  subscriptionId: Id;
  connectionId: Id;
  eventTypes: EventType[];
  filter: StoredFilter;
  lane: Lane;
}

/** Makes the deliveries of whatever happened since it was last called, wherever. Answers how many. */
export async function projectDue(store: DeliveryStore): Promise<number> {
  await beginPositions(store);
  let all = 0;
  for (;;) {
    const behind = await store.reader().rows(BEHIND);
    const made = [];
    for (const position of behind) made.push(await projectOnce(store, position));
    all += made.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    if (made.every((one) => one === null)) return all;
  }
}

/** True for endpoints `s` for which deliveries are made. */
const isTold = sql`s.deleted_at is null and s.verified_at is not null and s.state <> 'DISABLED'`;

const BEHIND = sql<Behind>`
  select p.workspace_id as "workspaceId", s.id as "subscriptionId", s.connection_id as "connectionId",
         to_jsonb(s.event_types) as "eventTypes", s.filter, s.lane
    from webhook_position p
    join event_log l on l.workspace_id = p.workspace_id and l.position > p.position
    join webhook_subscription s on s.id = p.subscription_id
   where ${isTold} order by p.workspace_id, s.id limit ${sql.lit(MAX_POSITIONS)}`;

/** Where a connection was installed since, its endpoints are told what happened from then on. Nothing before it is missed:
 *  no installation reaches what happened before its own beginning. */
async function beginPositions({ reader }: DeliveryStore): Promise<void> {
  await reader().rows(BEGIN);
}

const BEGIN = sql`
  insert into webhook_position (workspace_id, subscription_id, position)
  select i.workspace_id, s.id, coalesce((
           select max(e.position) from event e
            where e.workspace_id = i.workspace_id and e.settled_at < min(i.created_at) - interval '1 minute'), 0)
    from webhook_subscription s
    join installation i on i.connection_id = s.connection_id and i.status <> 'ENDED'
   where ${isTold}
     and not exists (
       select from webhook_position p where p.workspace_id = i.workspace_id and p.subscription_id = s.id)
   group by i.workspace_id, s.id
      on conflict do nothing`;

/** One step of one endpoint in one workspace: how many deliveries were made. Null where another process is at it. */
async function projectOnce({ em, reader }: DeliveryStore, behind: Behind): Promise<number | null> {
  const [came] = await reader().rows(step(behind));
  if (!came?.moved) return null;
  // What came before these may have been finished since the statement began.
  await releaseLane(em(), { subscriptionId: behind.subscriptionId, resourceIds: came.waiting });
  return came.made;
}

interface Came {
  moved: boolean;
  made: number;
  /** Of what, where something waits. */
  waiting: Id[];
}

const step = ({ workspaceId, subscriptionId, connectionId, eventTypes, filter, lane }: Behind): Sql<Came> => {
  const bots = sql`array(
    select b.bot_id from installation b where b.workspace_id = ${workspaceId} and b.connection_id = ${connectionId})`;
  const asked = [
    sql`e.type = any(${eventTypes}::text[])`,
    ...chosen(filter, sql`(not e.by_operator and e.author_ids <@ ${bots})`),
  ];
  return sql<Came>`
    with held as (
      select p.workspace_id, p.position, least(l.position, greatest(p.position, l.floor) + ${sql.lit(STEP)}) as up_to
        from webhook_position p join event_log l on l.workspace_id = p.workspace_id
       where p.workspace_id = ${workspaceId} and p.subscription_id = ${subscriptionId} and p.position < l.position
         for update of p skip locked),
    told as materialized (
      select e.id, e.position, e.type, e.resource_id, e.occurred_at
        from held
        join event e on e.workspace_id = held.workspace_id and e.position > held.position and e.position <= held.up_to
        left join resource r on r.workspace_id = e.workspace_id and r.id = e.ancestors[cardinality(e.ancestors)]
       where ${sql.join(asked, sql` and `)}
         and exists (select from ${toldInstallations(sql`${connectionId}`)})),
    numbered as (
      update webhook_endpoint n set sequence = n.sequence + (select count(*) from told)
        from held
       where n.subscription_id = ${subscriptionId}
      returning n.sequence - (select count(*) from told) as before),
    moved as (
      update webhook_position p set position = held.up_to
        from held
       where p.workspace_id = held.workspace_id and p.subscription_id = ${subscriptionId}),
    placed as (
      select t.*, numbered.before + row_number() over (order by t.position) as sequence,
             ${lane === 'RESOURCE'} and (
               row_number() over (partition by t.resource_id order by t.position) > 1
               or exists (
                 select from delivery d
                  where d.subscription_id = ${subscriptionId} and d.resource_id = t.resource_id
                    and d.state in ('PENDING', 'FAILED', 'LEASED'))) as waits
        from told t cross join numbered)
    made as (
      insert into delivery (workspace_id, id, subscription_id, event_position, event_id, event_type, resource_id, occurred_at,
                            sequence, previous_sequence, waits)
      select ${workspaceId}, md5(${subscriptionId}::text || '/' || p.id::text)::uuid, ${subscriptionId}, p.position, p.id,
             p.type, p.resource_id, p.occurred_at, p.sequence, nullif(p.sequence - 1, 0), p.waits
        from placed p order by p.sequence
          on conflict do nothing
      returning resource_id, waits)
    select exists (select from held) as moved, (select count(*)::int from made) as made,
           (select coalesce(jsonb_agg(distinct m.resource_id), '[]') from made m where m.waits) as waiting`;
};
