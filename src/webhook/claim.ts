// Who sends what. A process claims what is due, for a minute; whoever finishes something says by which claim, so that one
// which ran out overwrites nothing. What was claimed and came to nothing is sent again, by whoever is there.

import type { Reader } from '../context.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import { isDue } from './breaker.js';
import type { DeliveryRow, SubscriptionRow } from './tables.js';

/** Deliveries of one endpoint that are sent at once: a slow one holds up no more than these. */
export const MAX_IN_FLIGHT = 4;
/** More than an attempt can take. */
const LEASE_SECONDS = 60;
/** Leases in a row that end without an outcome: what is sent then seems to end the process. */
export const MAX_CRASHES = 3;
/** Endpoints one claim looks at. */
const MAX_ENDPOINTS = 500;

/** A delivery to send, and where to. */
export type Claimed = Pick<
  DeliveryRow,
  | 'workspaceId'
  | 'id'
  | 'subscriptionId'
  | 'kind'
  | 'eventPosition'
  | 'resourceId'
  | 'sequence'
  | 'previousSequence'
  | 'round'
  | 'attempt'
  | 'crashes'
> &
  Pick<SubscriptionRow, 'connectionId' | 'url' | 'lane' | 'secret' | 'previousSecret'> & {
    homeId: Id;
    /** Whose claim this is. */
    owner: Id;
    /** Milliseconds since 1970, by the clock of the database; `null` when there is no earlier secret. */
    overlapUntilMs: number | null;
    claimedAtMs: number;
  };

/** Claims up to `limit` deliveries for `owner`, a few of each endpoint: of those whose breaker is closed, or, given
 *  `probing`, one of each of these. */
export function claimDeliveries(
  reader: Reader,
  { owner, limit, probing }: { owner: Id; limit: number; probing?: readonly Id[] },
): Promise<Claimed[]> {
  return probing
    ? reader.rows(
        claim(owner, limit, {
          which: sql`s.state = 'ACTIVE' and s.id = any(${probing}::uuid[])`,
          room: sql`1`,
          due: isDue,
        }),
      )
    : reader.rows(
        claim(owner, limit, { which: sql`s.state = 'ACTIVE' and e.breaker = 'CLOSED'`, room: freePlaces, due: isDue }),
      );
}

/** Claims tokens for endpoints that wait to be confirmed. */
export const claimHandshakes = (reader: Reader, { owner, limit }: { owner: Id; limit: number }): Promise<Claimed[]> =>
  reader.rows(
    claim(owner, limit, {
      which: sql`s.state = 'PENDING'`,
      room: sql`1`,
      due: sql`
        d.subscription_id = s.id and d.kind = 'HANDSHAKE' and d.state in ('PENDING', 'FAILED') and d.next_at <= now()`,
    }),
  );

const freePlaces = sql`(${sql.lit(MAX_IN_FLIGHT)} - (
  select count(*) from (
    select from delivery l where l.subscription_id = s.id and l.state = 'LEASED' limit ${sql.lit(MAX_IN_FLIGHT)}) taken))`;

const claim = (
  owner: Id,
  limit: number,
  { which, room, due }: { which: Sql; room: Sql; due: Sql },
): Sql<Claimed> => sql`
  with endpoint as materialized (
    select s.id, ${room} as room
      from webhook_subscription s join webhook_endpoint e on e.subscription_id = s.id
     where s.deleted_at is null and ${which} and exists (select from delivery d where ${due})
     order by random() limit ${sql.lit(MAX_ENDPOINTS)}),
  picked as materialized (
    select one.workspace_id, one.id
      from endpoint s
     cross join lateral (
       select d.workspace_id, d.id from delivery d
        where ${due} order by d.next_at, d.sequence limit s.room for no key update skip locked) one
     limit ${limit}::int)
  update delivery d
     set state = 'LEASED', lease_owner = ${owner}, attempt = d.attempt + 1,
         lease_until = clock_timestamp() + interval '1 second' * ${sql.lit(LEASE_SECONDS)}
    from picked, webhook_subscription s
   where d.workspace_id = picked.workspace_id and d.id = picked.id and s.id = d.subscription_id
  returning d.workspace_id as "workspaceId", d.id, d.subscription_id as "subscriptionId", d.kind,
            d.event_position::float8 as "eventPosition", d.resource_id as "resourceId", d.sequence::float8 as sequence,
            d.previous_sequence::float8 as "previousSequence", d.round, d.attempt, d.crashes, d.lease_owner as owner,
            s.workspace_id as "homeId", s.connection_id as "connectionId", s.url, s.lane, s.secret,
            s.previous_secret as "previousSecret",
            (extract(epoch from s.overlap_until) * 1000)::float8 as "overlapUntilMs",
            (extract(epoch from clock_timestamp()) * 1000)::float8 as "claimedAtMs"`;

/** Lets others send what was claimed a minute ago and came to nothing. What did so three times is parked: given up until
 *  somebody sends it again. Answers how many were parked. */
export async function recoverLeases(reader: Reader): Promise<number> {
  const [row] = await reader.rows(sql<{ parked: number }>`
    with lost as (
      select d.workspace_id, d.id, d.crashes + 1 >= ${sql.lit(MAX_CRASHES)} as is_parked from delivery d
       where d.state = 'LEASED' and d.lease_until < now()
       limit 1000 for no key update skip locked),
    freed as (
      update delivery d
         set state = case when lost.is_parked then 'DEAD' else 'FAILED' end, crashes = d.crashes + 1,
             reason = case when lost.is_parked then 'PARKED' else 'WORKER_LOST' end,
             finished_at = case when lost.is_parked then clock_timestamp() end,
             next_at = now(), lease_owner = null, lease_until = null
        from lost where d.workspace_id = lost.workspace_id and d.id = lost.id
      returning lost.is_parked)
    select count(*) filter (where is_parked)::int as parked from freed`);
  return row?.parked ?? 0;
}
