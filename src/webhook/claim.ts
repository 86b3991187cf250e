// Who sends what: deliveries that are due are leased, a few for each endpoint, by statements that pass over what another process
// holds. Whoever has a lease tells what came of it; whoever lost it in the meantime tells nobody.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import type { DeliveryRow, SubscriptionRow } from './tables.js';

/** Longer than any attempt takes. */
const LEASE_S = 60;
/** Attempts of one endpoint that are under way at once, in all processes. */
const AT_ONCE = 4;
/** Leases in a row that end without an outcome, before a delivery is put aside: it may be what ends them. */
const MAX_CRASHES = 3;

/** A delivery in one's hands, with what its endpoint says about sending. */
export type Claimed = Pick<
  DeliveryRow,
  'workspaceId' | 'id' | 'subscriptionId' | 'kind' | 'eventPosition' | 'sequence' | 'previousSequence' | 'resourceId'
> &
  Pick<DeliveryRow, 'round' | 'attempt' | 'createdAt'> & {
    subscription: Pick<SubscriptionRow, 'workspaceId' | 'id' | 'url' | 'secret' | 'previousSecret' | 'overlapUntil'>;
    /** It alone tells whether the endpoint is well again. */
    isProbe: boolean;
  };

/** Leases up to `limit` deliveries that are due to `owner`. An endpoint whose breaker is open gets none, but for one, once
 *  it may be tried again. */
export async function claimDue(em: EntityManager, owner: Id, limit: number): Promise<Claimed[]> {
  const rows = await em.execute<Row[]>(CLAIM, [owner, limit, owner]);
  return rows.map(({ homeId, url, secret, previousSecret, overlapUntil, ...row }) => ({
    ...row,
    createdAt: new Date(row.createdAt),
    subscription: {
      workspaceId: homeId,
      id: row.subscriptionId,
      url,
      secret,
      previousSecret,
      overlapUntil: overlapUntil === null ? null : new Date(overlapUntil),
    },
  }));
}

interface Row extends Omit<Claimed, 'subscription' | 'createdAt'> {
  homeId: Id;
  url: string;
  secret: Buffer;
  previousSecret: Buffer | null;
  overlapUntil: string | null;
  createdAt: string;
}

const CLAIM = `
  with probing as (
    update webhook_endpoint n
       set breaker = 'HALF_OPEN', probe_owner = ?::uuid, probe_until = clock_timestamp() + interval '${LEASE_S} s'
      from webhook_subscription s
     where s.id = n.subscription_id and s.deleted_at is null and s.state in ('ACTIVE', 'PENDING')
       and (n.breaker = 'OPEN' and n.breaker_until <= clock_timestamp()
            or n.breaker = 'HALF_OPEN' and n.probe_until <= clock_timestamp())
       and exists (
         select from delivery d
          where d.subscription_id = n.subscription_id and d.state in ('PENDING', 'FAILED') and not d.waits
            and d.next_at <= clock_timestamp())
    returning n.subscription_id),
  room as (
    select s.id, s.state, probing.subscription_id is not null as is_probe,
           case when probing.subscription_id is not null then 1 else ${AT_ONCE} - (
             select count(*) from delivery held where held.subscription_id = s.id and held.state = 'LEASED') end as free
      from webhook_subscription s
      join webhook_endpoint n on n.subscription_id = s.id
      left join probing on probing.subscription_id = s.id
     where s.deleted_at is null and s.state in ('ACTIVE', 'PENDING')
       and (n.breaker = 'CLOSED' or probing.subscription_id is not null)),
  due as (
    select d.workspace_id, d.id, room.is_probe
      from room cross join lateral (
        select f.workspace_id, f.id, f.next_at, f.sequence from delivery f
         where f.subscription_id = room.id and f.state in ('PENDING', 'FAILED') and not f.waits
           and f.next_at <= clock_timestamp()
           and (room.state = 'ACTIVE' or f.kind = 'HANDSHAKE')
         order by f.next_at, f.sequence limit greatest(room.free, 0)
           for update skip locked) d
     order by d.next_at, d.sequence limit ?),
  leased as (
    update delivery d
       set state = 'LEASED', lease_owner = ?::uuid, lease_until = clock_timestamp() + interval '${LEASE_S} s',
           attempt = d.attempt + 1
      from due
     where d.workspace_id = due.workspace_id and d.id = due.id and d.state in ('PENDING', 'FAILED')
    returning d.*, due.is_probe)
  select d.workspace_id as "workspaceId", d.id, d.subscription_id as "subscriptionId", d.kind,
         d.event_position::float8 as "eventPosition", d.sequence::float8 as sequence,
         d.previous_sequence::float8 as "previousSequence", d.resource_id as "resourceId", d.round, d.attempt,
         d.created_at as "createdAt", d.is_probe as "isProbe", s.workspace_id as "homeId", s.url, s.secret,
         s.previous_secret as "previousSecret", s.overlap_until as "overlapUntil"
    from leased d join webhook_subscription s on s.id = d.subscription_id
   order by d.next_at, d.sequence`;

/** Gives back what was leased by processes that are no more. Answers how many. What ended three of them is put aside. */
export async function recoverLost(em: EntityManager): Promise<number> {
  const lost = await em.execute<unknown[]>(RECOVER);
  return lost.length;
}

const RECOVER = `
  update delivery d
     set state = case when d.crashes + 1 >= ${MAX_CRASHES} then 'DEAD' else 'FAILED' end,
         finished_at = case when d.crashes + 1 >= ${MAX_CRASHES} then clock_timestamp() end,
         reason = 'INTERRUPTED', crashes = d.crashes + 1, next_at = clock_timestamp(), lease_owner = null, lease_until = null
   where d.state = 'LEASED' and d.lease_until <= clock_timestamp()
  returning 1`;
