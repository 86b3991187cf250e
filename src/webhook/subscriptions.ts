// Reading webhook subscriptions: by whom is decided here, in the statement that reads them.

import { installationWorks } from '../connection/admission.js';
import type { Batch, Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import { ALL_BITS, type Bits } from '../gate/capability.js';
import { mayAdminister } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import type { DegradedField, WebhookSubscription } from './subscription.js';

/** True for endpoints `s` that somebody manages (rules.mayManageWebhooks): those of connections at home where she
 *  administers, and a connection's own. */
export const managedEndpoint = (actor: Actor): Sql => {
  const here = sql`s.workspace_id = ${actor.workspaceId}`;
  if (mayAdminister(actor)) return here;
  return actor.kind === 'CONNECTION' && actor.installedById === null
    ? sql`(${here} and s.connection_id = ${actor.connectionId})`
    : sql`false`;
};

const columns = sql`
  'WebhookSubscription' as "__typename", s.workspace_id as "workspaceId", s.id, s.connection_id as "connectionId", s.url,
  to_jsonb(s.event_types) as "eventTypes", s.filter, s.document, s.lane, s.state, s.state_reason as "stateReason",
  s.state_since as "stateSince", s.handshake_expires_at as "handshakeExpiresAt", s.verified_at as "verifiedAt",
  case when s.overlap_until > now() then s.overlap_until end as "previousSecretValidUntil",
  s.created_at as "createdAt", s.version`;

type Shown = WebhookSubscription & { __typename: string };

/** Those by id that somebody manages; one that was deleted shows no more. */
export const selectWebhookSubscriptions = ({ actor }: Context, ids: readonly Id[]): Sql<Shown> => sql`
  select ${columns} from webhook_subscription s
   where s.id = any(${ids}::uuid[]) and s.deleted_at is null and ${managedEndpoint(actor)}`;

export const webhookSubscriptionById: Batch<Id, WebhookSubscription> = {
  name: 'webhookSubscriptionById',
  load: async (ctx, ids) =>
    new Map((await ctx.reader.rows(selectWebhookSubscriptions(ctx, ids))).map((row) => [row.id, row])),
};

/** Of connections, oldest first. */
export const subscriptionsByConnection: Batch<Id, WebhookSubscription[]> = {
  name: 'subscriptionsByConnection',
  load: async ({ actor, reader }, ids) => {
    const rows = await reader.rows(sql<Shown>`
      select ${columns} from webhook_subscription s
       where s.connection_id = any(${ids}::uuid[]) and s.deleted_at is null and ${managedEndpoint(actor)}
       order by s.created_at, s.id`);
    return Map.groupBy(rows, ({ connectionId }) => connectionId);
  },
};

/** What every working installation of a connection was granted, wherever it is. All there is where it has none. */
const grantedEverywhere: Batch<Id, Bits> = {
  name: 'grantedEverywhere',
  load: async ({ reader }, connectionIds) => {
    const rows = await reader.rows(sql<{ id: Id; bits: Bits }>`
      select c.id, coalesce(bit_and(g.capabilities), ${sql.lit(ALL_BITS)}) & c.capabilities as bits
        from connection c
        left join (installation i
                   join workspace w on w.id = i.workspace_id
                   join capability_grant g
                     on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null)
          on i.connection_id = c.id and ${installationWorks}
       where c.id = any(${connectionIds}::uuid[])
       group by c.id, c.capabilities`);
    return new Map(rows.map(({ id, bits }) => [id, bits]));
  },
};

/** What the document of an endpoint asks for that some installation of its connection was not granted: there its bodies
 *  show null instead. A document that does not fit the schema any more is named itself. */
export async function degradedFieldsOf(
  ctx: Context,
  { connectionId, document }: WebhookSubscription,
): Promise<DegradedField[]> {
  if (document === null) return [];
  const bits = (await ctx.load(grantedEverywhere, connectionId)) ?? 0;
  try {
    return ctx.judgeDocument(document, bits);
  } catch (error) {
    if (error instanceof Refusal) return [{ coordinate: 'document', needs: [[]] }];
    throw error;
  }
}
