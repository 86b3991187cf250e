// Reading deliveries, attempts and how endpoints do. Whoever manages an endpoint sees all its deliveries; who administers a
// workspace those of what happened there, whoever's endpoints they went to.

import type { Batch, Context } from '../context.js';
import type { EventType } from '../events/event.js';
import type { Actor } from '../gate/actor.js';
import { mayAdminister } from '../gate/rules.js';
import type { Position } from '../lib/cursor.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Attempt, Delivery, WebhookStats } from './delivery.js';
import { managedEndpoint } from './subscriptions.js';
import type { DeliveryState } from './tables.js';

export interface DeliveryQuery {
  states?: readonly DeliveryState[] | null | undefined;
  eventTypes?: readonly EventType[] | null | undefined;
  /** `null`: an id nobody has. */
  resourceId?: Id | null | undefined;
}

/** Whose deliveries: of an endpoint, or of a connection's endpoints as far as they happened in the actor's workspace. */
export type DeliveriesOf = { subscriptionId: Id } | { connectionId: Id };

const readableDelivery = (actor: Actor): Sql =>
  mayAdminister(actor)
    ? sql`(${managedEndpoint(actor)} or d.workspace_id = ${actor.workspaceId})`
    : managedEndpoint(actor);

const columns = sql`
  'Delivery' as "__typename", d.workspace_id as "workspaceId", d.id, d.subscription_id as "subscriptionId", d.kind,
  d.event_id as "eventId", d.event_type as "eventType", d.resource_id as "resourceId", d.occurred_at as "occurredAt",
  d.sequence::float8 as sequence, d.previous_sequence::float8 as "previousSequence", d.state, d.reason, d.round, d.attempt,
  d.last_status as "lastStatus", case when d.finished_at is null and not d.waits then d.next_at end as "nextAt",
  d.created_at as "createdAt", d.finished_at as "finishedAt"`;

type Shown = Delivery & { __typename: string };

/** Those by id that somebody may see. */
export const selectDeliveries = ({ actor }: Context, ids: readonly Id[]): Sql<Shown> => sql`
  select ${columns} from delivery d join webhook_subscription s on s.id = d.subscription_id
   where d.id = any(${ids}::uuid[]) and ${readableDelivery(actor)}`;

/** The newest first: up to `limit + 1`. */
export function listDeliveries(
  { actor, reader }: Context,
  of: DeliveriesOf,
  query: DeliveryQuery,
  { limit, backwards, from }: Window,
): Promise<Delivery[]> {
  const [compare, direction] = backwards ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`];
  return reader.rows(sql<Shown>`
    select ${columns} from delivery d join webhook_subscription s on s.id = d.subscription_id
     where ${listed(actor, of, query)}
       and ${from ? sql`(d.created_at, d.id) ${compare} (${from[0]}::timestamptz, ${from[1]}::uuid)` : sql`true`}
     order by d.created_at ${direction}, d.id ${direction} limit ${limit + 1}`);
}

export async function countDeliveries(
  { actor, reader }: Context,
  of: DeliveriesOf,
  query: DeliveryQuery,
): Promise<number> {
  const [row] = await reader.rows(sql<{ count: number }>`
    select count(*)::int as count from delivery d join webhook_subscription s on s.id = d.subscription_id
     where ${listed(actor, of, query)}`);
  return row?.count ?? 0;
}

/** Where a delivery stands in its list. */
export const placeOf = ({ createdAt, id }: Delivery): Position => [String(createdAt), id];

const listed = (actor: Actor, of: DeliveriesOf, { states, eventTypes, resourceId }: DeliveryQuery): Sql =>
  sql.join(
    [
      readableDelivery(actor),
      'subscriptionId' in of
        ? sql`d.subscription_id = ${of.subscriptionId}`
        : sql`s.connection_id = ${of.connectionId} and d.workspace_id = ${actor.workspaceId} and d.kind = 'EVENT'`,
      ...(states ? [sql`d.state = any(${states}::text[])`] : []),
      ...(eventTypes ? [sql`d.event_type = any(${eventTypes}::text[])`] : []),
      ...(resourceId !== undefined ? [sql`d.resource_id = ${resourceId}::uuid`] : []),
    ],
    sql` and `,
  );

/** Attempts of deliveries, by `keyOf` them, in their order. Whoever holds a delivery may know them. */
export const attemptsByDelivery: Batch<string, Attempt[]> = {
  name: 'attemptsByDelivery',
  load: async ({ reader }, keys) => {
    const pairs = keys.map((key) => key.split('/'));
    const rows = await reader.rows(sql<Attempt>`
      select a.workspace_id as "workspaceId", a.delivery_id as "deliveryId", a.round, a.n, a.started_at as "startedAt",
             a.ms, a.status, a.outcome, a.reason, a.request as "sentExcerpt", a.response as "receivedExcerpt"
        from unnest(${pairs.map(([workspaceId]) => workspaceId)}::uuid[], ${pairs.map(([, id]) => id)}::uuid[])
               as asked(workspace_id, id)
        join attempt a on a.workspace_id = asked.workspace_id and a.delivery_id = asked.id
       order by a.round, a.n`);
    return Map.groupBy(rows, ({ workspaceId, deliveryId }) => keyOf({ workspaceId, id: deliveryId }));
  },
};

export const keyOf = ({ workspaceId, id }: { workspaceId: Id; id: Id }): string => `${workspaceId}/${id}`;

/** How endpoints did in the last hours. Whoever manages one may know. */
export const statsBySubscription = (hours: number): Batch<Id, WebhookStats> => ({
  name: `webhook stats ${hours}`,
  load: async ({ actor, reader }, ids) => {
    const since = sql`now() - ${hours}::int * interval '1 hour'`;
    const rows = await reader.rows(sql<WebhookStats & { id: Id }>`
      select s.id, made.*, tried.*, waiting.*, e.last_success_at as "lastSuccessAt", e.last_failure_at as "lastFailureAt"
        from webhook_subscription s
        join webhook_endpoint e on e.workspace_id = s.workspace_id and e.subscription_id = s.id
       cross join lateral (
         select count(*)::int as made, count(*) filter (where d.state = 'DELIVERED')::int as delivered,
                count(*) filter (where d.state = 'DEAD')::int as dead,
                count(*) filter (where d.state = 'SUPPRESSED')::int as suppressed
           from delivery d where d.subscription_id = s.id and d.kind = 'EVENT' and d.created_at > ${since}) made
       cross join lateral (
         select count(*)::int as attempts, count(*) filter (where a.status is null or a.status not between 200 and 299)::int
                  as "failedAttempts",
                percentile_cont(0.5) within group (order by a.ms) as "p50Ms",
                percentile_cont(0.95) within group (order by a.ms) as "p95Ms"
           from delivery d join attempt a on a.workspace_id = d.workspace_id and a.delivery_id = d.id
          where d.subscription_id = s.id and d.kind = 'EVENT' and d.created_at > ${since}) tried
       cross join lateral (
         select count(*)::int as waiting, min(d.created_at) as "waitingSince"
           from delivery d
          where d.subscription_id = s.id and d.kind = 'EVENT' and d.state in ('PENDING', 'FAILED', 'LEASED')) waiting
       where s.id = any(${ids}::uuid[]) and ${managedEndpoint(actor)}`);
    return new Map(rows.map(({ id, ...stats }) => [id, stats]));
  },
});
