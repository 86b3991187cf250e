// Commands on webhook subscriptions. Each asks on its first line in the transaction, once it is known whose endpoint it is.

import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '../connection/connection.js';
import { lockConnection } from '../connection/lifecycle.js';
import { requireOverlap } from '../connection/succession.js';
import type { EventType } from '../events/event.js';
import type { EventQuery } from '../feed/events.js';
import { userIdOf } from '../gate/actor.js';
import { requireVersion } from '../gate/ask.js';
import { bitsOf } from '../gate/capability.js';
import { describeNeeds } from '../gate/field-rule.js';
import { mayManageWebhooks } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import { commit, type KeyHolder, type Unit } from '../unit-of-work.js';
import { isSigningSecret, mintSigningSecret, openSigningSecret, sealSigningSecret } from './secret.js';
import type { JudgeDocument, WebhookSettings } from './settings.js';
import type { Lane, StoredFilter, SubscriptionRow } from './tables.js';

/** Who manages endpoints. */
export interface EndpointManager extends KeyHolder {
  webhooks: WebhookSettings;
  judgeDocument: JudgeDocument;
}

export const HANDSHAKE_HOURS = 24;
/** Wrong tokens that one handshake bears. */
export const MAX_HANDSHAKE_TRIES = 5;
/** Tokens that are posted for one connection within a minute: whoever has them sent to others soon stops. */
export const MAX_HANDSHAKES_A_MINUTE = 10;
const MAX_URL_LENGTH = 2_000;

export interface EndpointSettings {
  url: string;
  eventTypes: readonly EventType[];
  filter?: EventQuery | null | undefined;
  document?: string | null | undefined;
  lane?: Lane | null | undefined;
}

/** Makes an endpoint of a connection and has its token posted there; nothing else is sent before that is confirmed. The
 *  token is the secret deliveries are signed with, and is answered to nobody: whoever confirms it has read it there.
 *  Refused: who may not manage the connection's endpoints, more of them than a connection may have, an address nothing
 *  is posted to, no event types, a document that asks for more than the connection may. */
export function createWebhookSubscription(
  caller: EndpointManager,
  { connectionId, ...input }: EndpointSettings & { connectionId: Id },
): Promise<{ id: Id }> {
  const { webhooks } = caller;
  const url = requireEndpointUrl(input.url, webhooks);
  const eventTypes = requireTypes(input.eventTypes);
  return commit(caller, async (unit) => {
    const connection = await lockManaged(unit, connectionId);
    const document = requireDocument(caller, input.document ?? null, connection);
    const [held] = await unit.rows(sql<{ count: number }>`
      select count(*)::int as count from webhook_subscription
       where connection_id = ${connectionId} and deleted_at is null`);
    if ((held?.count ?? 0) >= webhooks.maxSubscriptions) {
      throw new Refusal(
        'INVALID_STATE',
        `A connection may have at most ${webhooks.maxSubscriptions} webhook subscriptions. Delete one it does not need.`,
      );
    }
    const id = newId();
    const { workspaceId } = unit.actor;
    const filter = storedFilterOf(input.filter);
    const lane = input.lane ?? 'PARALLEL';
    const secret = sealSigningSecret(caller.keys, { workspaceId, id }, mintSigningSecret());
    await unit.rows(sql`
      insert into webhook_subscription
             (workspace_id, id, connection_id, url, event_types, filter, document, lane, secret, created_by)
      values (${workspaceId}, ${id}, ${connectionId}, ${url}, ${eventTypes}::text[], ${JSON.stringify(filter)}::jsonb,
              ${document}::text, ${lane}, ${secret}, ${userIdOf(unit.actor)}::uuid)`);
    await unit.rows(sql`
      insert into webhook_endpoint (workspace_id, subscription_id) values (${workspaceId}, ${id})`);
    await beginHandshake(unit, { id, connectionId });
    unit.audit({
      action: 'webhook_subscription.created',
      targetId: id,
      after: { connectionId, url, eventTypes, filter, lane, hasDocument: document !== null },
    });
    return { id };
  });
}

/** Changes what is given. Another address gets a secret of its own and has to be confirmed anew; what is not sent yet is
 *  kept for it. Refused: like a new endpoint, one that is missing or somebody else's, another version than expected. */
export function updateWebhookSubscription(
  caller: EndpointManager,
  input: Partial<EndpointSettings> & { id: Id; expectedVersion?: number | null | undefined },
): Promise<{ id: Id }> {
  const url = input.url === undefined ? undefined : requireEndpointUrl(input.url, caller.webhooks);
  const eventTypes = input.eventTypes === undefined ? undefined : requireTypes(input.eventTypes);
  return commit(caller, async (unit) => {
    const { subscription, connection } = await lockSubscription(unit, input.id);
    requireVersion(subscription.version, input.expectedVersion);
    const { workspaceId, id } = subscription;
    const before = settingsOf(subscription);
    const after = settingsOf({
      ...subscription,
      ...(url !== undefined && { url }),
      ...(eventTypes !== undefined && { eventTypes }),
      ...(input.filter !== undefined && { filter: storedFilterOf(input.filter) }),
      ...(input.document !== undefined && { document: requireDocument(caller, input.document, connection) }),
      ...(input.lane != null && { lane: input.lane }),
    });
    if (isDeepStrictEqual(before, after)) {
      unit.unchanged();
      return { id };
    }
    await change(
      unit,
      id,
      sql`url = ${after.url}, event_types = ${after.eventTypes}::text[], filter = ${JSON.stringify(after.filter)}::jsonb,
          document = ${after.document}::text, lane = ${after.lane}`,
    );
    if (after.url !== before.url) {
      // Whoever knows the secret of the old address could confirm a new one without having read anything there.
      const secret = sealSigningSecret(caller.keys, { workspaceId, id }, mintSigningSecret());
      await unit.rows(sql`
        update webhook_subscription
           set secret = ${secret}, previous_secret = null, overlap_until = null,
               state = 'PENDING', state_reason = null, state_since = now()
         where workspace_id = ${workspaceId} and id = ${id}`);
      await beginHandshake(unit, subscription);
      await forgetTrouble(unit, id);
    }
    unit.audit({
      action: 'webhook_subscription.updated',
      targetId: id,
      before: audited(before),
      after: { ...audited(after), hasNewDocument: after.document !== before.document },
    });
    return { id };
  });
}

/** Confirms that whoever manages an endpoint reads what is posted to it, by the token that came there: from now on it gets
 *  its events, those that are kept for it first. Refused: one that waits for no token, a token that came too late or after
 *  too many wrong ones, any other text. */
export async function verifyWebhookSubscription(
  caller: EndpointManager,
  { id, token }: { id: Id; token: string },
): Promise<{ id: Id }> {
  // Wrong tokens are counted, so what they come to is committed as well.
  const refused = await commit(caller, async (unit): Promise<Refusal | null> => {
    const { subscription } = await lockSubscription(unit, id);
    const { workspaceId, connectionId, handshakeTries } = subscription;
    if (subscription.state !== 'PENDING') throw new Refusal('INVALID_STATE', 'This endpoint is confirmed already.');
    const { handshakeExpiresAt } = subscription;
    if (handshakeTries >= MAX_HANDSHAKE_TRIES || handshakeExpiresAt === null || handshakeExpiresAt <= new Date()) {
      throw new Refusal('INVALID_STATE', 'The token can not be confirmed any more. Have it posted again.');
    }
    if (!isSigningSecret(openSigningSecret(caller.keys, subscription, subscription.secret), token)) {
      await unit.rows(sql`
        update webhook_subscription set handshake_tries = handshake_tries + 1
         where workspace_id = ${workspaceId} and id = ${id}`);
      unit.audit({ action: 'webhook_subscription.verification_refused', targetId: id });
      return new Refusal('INVALID', 'This is not the token that was posted to the endpoint.', { path: ['token'] });
    }
    await change(
      unit,
      id,
      sql`state = 'ACTIVE', state_reason = null, state_since = now(), handshake_expires_at = null, handshake_tries = 0,
          verified_at = coalesce(verified_at, now())`,
    );
    await endHandshakes(unit, id, 'CONFIRMED');
    // It is told what happens from now on. Where it was told before, it goes on from there.
    await unit.rows(sql`
      insert into webhook_position (workspace_id, subscription_id, position)
      select distinct i.workspace_id, ${id}::uuid, coalesce(l.position, 0)
        from installation i left join event_log l on l.workspace_id = i.workspace_id
       where i.connection_id = ${connectionId} and i.status <> 'ENDED'
          on conflict do nothing`);
    unit.audit({ action: 'webhook_subscription.verified', targetId: id });
    return null;
  });
  if (refused) throw refused;
  return { id };
}

/** Has the token posted once more, with another day to confirm it. Refused: an endpoint that waits for none, too many in
 *  a minute. */
export function resendWebhookVerification(caller: EndpointManager, { id }: { id: Id }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    const { subscription } = await lockSubscription(unit, id);
    if (subscription.state !== 'PENDING') throw new Refusal('INVALID_STATE', 'This endpoint is confirmed already.');
    await beginHandshake(unit, subscription);
    unit.audit({ action: 'webhook_subscription.verification_resent', targetId: id });
    return { id };
  });
}

/** Nothing is sent from now on, and what happens is kept. Refused: an endpoint that is not active. */
export function pauseWebhookSubscription(caller: EndpointManager, { id }: { id: Id }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    const { subscription } = await lockSubscription(unit, id);
    if (subscription.state !== 'ACTIVE') {
      throw new Refusal('INVALID_STATE', `Only an active endpoint can be paused; this one is ${subscription.state}.`);
    }
    await change(unit, id, sql`state = 'PAUSED', state_reason = 'BY_HAND', state_since = now()`);
    unit.audit({ action: 'webhook_subscription.paused', targetId: id });
    return { id };
  });
}

/** It gets its events again, those that were kept first. Refused: an endpoint that is neither paused nor disabled. */
export function resumeWebhookSubscription(caller: EndpointManager, { id }: { id: Id }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    const { subscription } = await lockSubscription(unit, id);
    const { state, stateReason } = subscription;
    if (state !== 'PAUSED' && state !== 'DISABLED') {
      throw new Refusal('INVALID_STATE', `Only a paused or disabled endpoint can be resumed; this one is ${state}.`);
    }
    await change(unit, id, sql`state = 'ACTIVE', state_reason = null, state_since = now()`);
    await forgetTrouble(unit, id);
    unit.audit({ action: 'webhook_subscription.resumed', targetId: id, before: { state, stateReason } });
    return { id };
  });
}

/** Ends an endpoint for good: nothing more is sent, and its secrets are forgotten. Refused: one that is missing or somebody
 *  else's. */
export function deleteWebhookSubscription(caller: EndpointManager, { id }: { id: Id }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    const { subscription } = await lockSubscription(unit, id);
    await change(unit, id, sql`deleted_at = now(), secret = '', previous_secret = null, overlap_until = null`);
    const { connectionId, url } = subscription;
    unit.audit({ action: 'webhook_subscription.deleted', targetId: id, before: { connectionId, url } });
    return { id };
  });
}

/** Gives an endpoint a new secret; deliveries are signed with the one before as well for `overlapHours`, 0 to 24, default 24.
 *  Any older one ends at once. Refused: an endpoint that is not confirmed yet, whose secret nobody but it may know. */
export function rotateSigningSecret(
  caller: EndpointManager,
  { id, overlapHours }: { id: Id; overlapHours?: number | null | undefined },
): Promise<{ id: Id; signingSecret: string; previousValidUntil: Date | null }> {
  const hours = requireOverlap(overlapHours);
  return commit(caller, async (unit) => {
    const { subscription } = await lockSubscription(unit, id);
    if (subscription.state === 'PENDING') {
      throw new Refusal('INVALID_STATE', 'This endpoint is not confirmed yet. Its secret can be replaced once it is.');
    }
    const signingSecret = mintSigningSecret();
    const secret = sealSigningSecret(caller.keys, subscription, signingSecret);
    const previousValidUntil = hours === 0 ? null : new Date(Date.now() + hours * 3_600_000);
    await change(
      unit,
      id,
      sql`previous_secret = case when ${hours}::int = 0 then null else secret end,
          overlap_until = ${previousValidUntil?.toISOString() ?? null}::timestamptz, secret = ${secret}`,
    );
    unit.audit({ action: 'signing_secret.rotated', targetId: id, after: { previousValidUntil } });
    return { id, signingSecret, previousValidUntil };
  });
}

/** The connection, locked, for who manages its endpoints. One that is missing and one of others look the same. */
async function lockManaged(unit: Unit, connectionId: Id): Promise<Connection> {
  if (!mayManageWebhooks(unit.actor, { id: connectionId, workspaceId: unit.actor.workspaceId })) {
    throw notFound('The connection');
  }
  return lockConnection(unit, connectionId);
}

/** An endpoint, locked, with its connection. Refused, as `missing`: one that is missing or somebody else's. */
export async function lockSubscription(
  unit: Unit,
  id: Id,
  missing = notFound('The webhook subscription'),
): Promise<{ subscription: SubscriptionRow; connection: Connection }> {
  const [found] = await unit.rows(sql<{ connectionId: Id }>`
    select connection_id as "connectionId" from webhook_subscription
     where workspace_id = ${unit.actor.workspaceId} and id = ${id} and deleted_at is null`);
  if (!found || !mayManageWebhooks(unit.actor, { id: found.connectionId, workspaceId: unit.actor.workspaceId })) {
    throw missing;
  }
  const connection = await lockConnection(unit, found.connectionId);
  const [row] = await unit.rows(sql<Stored>`
    select s.workspace_id as "workspaceId", s.id, s.connection_id as "connectionId", s.url,
           to_jsonb(s.event_types) as "eventTypes", s.filter, s.document, s.lane, s.state, s.state_reason as "stateReason",
           s.secret, s.previous_secret as "previousSecret", s.overlap_until as "overlapUntil",
           s.handshake_expires_at as "handshakeExpiresAt", s.handshake_tries as "handshakeTries",
           s.verified_at as "verifiedAt", s.deleted_at as "deletedAt", s.version
      from webhook_subscription s
     where s.workspace_id = ${unit.actor.workspaceId} and s.id = ${id} and s.deleted_at is null for update`);
  if (!row) throw missing;
  return { subscription: { ...row, handshakeExpiresAt: dated(row.handshakeExpiresAt) } as SubscriptionRow, connection };
}

type Stored = Omit<SubscriptionRow, 'handshakeExpiresAt'> & { handshakeExpiresAt: Date | string | null };
const dated = (value: Date | string | null): Date | null => (value === null ? null : new Date(value));

const change = (unit: Unit, id: Id, set: Sql): Promise<unknown> =>
  unit.rows(sql`
    update webhook_subscription set ${set}, version = version + 1
     where workspace_id = ${unit.actor.workspaceId} and id = ${id}`);

/** Has the token posted, in place of any that is still on its way. */
async function beginHandshake(unit: Unit, { id, connectionId }: { id: Id; connectionId: Id }): Promise<void> {
  const [lately] = await unit.rows(sql<{ count: number }>`
    select count(*)::int as count
      from webhook_subscription s join delivery d on d.subscription_id = s.id
     where s.connection_id = ${connectionId} and d.kind = 'HANDSHAKE'
       and d.created_at > clock_timestamp() - interval '1 minute'`);
  if ((lately?.count ?? 0) >= MAX_HANDSHAKES_A_MINUTE) {
    throw new Refusal(
      'RATE_LIMITED',
      `At most ${MAX_HANDSHAKES_A_MINUTE} tokens are posted for a connection within a minute. Try again in one.`,
    );
  }
  await endHandshakes(unit, id, 'REPLACED');
  await unit.rows(sql`
    update webhook_subscription
       set handshake_expires_at = now() + ${sql.lit(HANDSHAKE_HOURS)} * interval '1 hour', handshake_tries = 0
     where workspace_id = ${unit.actor.workspaceId} and id = ${id}`);
  await unit.rows(sql`
    insert into delivery (workspace_id, id, subscription_id, kind)
    values (${unit.actor.workspaceId}, ${newId()}, ${id}, 'HANDSHAKE')`);
}

const endHandshakes = (unit: Unit, id: Id, reason: 'REPLACED' | 'CONFIRMED'): Promise<unknown> =>
  unit.rows(sql`
    update delivery set state = 'SUPPRESSED', reason = ${reason}, finished_at = clock_timestamp()
     where subscription_id = ${id} and kind = 'HANDSHAKE' and state in ('PENDING', 'FAILED')`);

/** How an endpoint did before says nothing any more. */
const forgetTrouble = (unit: Unit, id: Id): Promise<unknown> =>
  unit.rows(sql`
    update webhook_endpoint
       set breaker = 'CLOSED', breaker_until = null, breaker_openings = 0, probe_owner = null, probe_until = null,
           window_from = null, window_attempts = 0, window_failures = 0, failing_since = null, failures_in_a_row = 0
     where workspace_id = ${unit.actor.workspaceId} and subscription_id = ${id}`);

function requireEndpointUrl(text: string, { judgeUrl }: WebhookSettings): string {
  const path = ['url'];
  if (text.length > MAX_URL_LENGTH) {
    throw new Refusal('TOO_LONG', `url may have at most ${MAX_URL_LENGTH} characters, but has ${text.length}.`, {
      path,
    });
  }
  const problem = judgeUrl(text);
  if (problem !== null) throw new Refusal('INVALID', problem, { path });
  return new URL(text).href;
}

function requireTypes(types: readonly EventType[]): EventType[] {
  if (types.length > 0) return [...new Set(types)];
  throw new Refusal('REQUIRED', 'eventTypes should name at least one type of event.', { path: ['eventTypes'] });
}

/** The document, when the connection may have all it asks for. */
function requireDocument(
  { judgeDocument }: EndpointManager,
  document: string | null,
  { capabilities }: Connection,
): string | null {
  if (document === null) return null;
  const beyond = judgeDocument(document, bitsOf(capabilities));
  if (beyond.length === 0) return document;
  const named = beyond.slice(0, 20).map(({ coordinate, needs }) => {
    const needed = describeNeeds(needs);
    return needed === '' ? `${coordinate} (not for connections)` : `${coordinate} (${needed})`;
  });
  throw new Refusal(
    'INVALID',
    `The document asks for more than the connection may: ${named.join(', ')}${beyond.length > 20 ? ' and more' : ''}.`,
    { path: ['document'] },
  );
}

/** As it is stored: only what restricts anything. */
function storedFilterOf(query: EventQuery | null | undefined): StoredFilter {
  const { types, within, propertyIds, notMine } = query ?? {};
  return {
    ...(types != null && { types: [...types] }),
    ...(within !== undefined && { within }),
    ...(propertyIds != null && { propertyIds: [...propertyIds] }),
    ...(notMine === true && { notMine }),
  };
}

const settingsOf = ({ url, eventTypes, filter, document, lane }: SubscriptionRow) => ({
  url,
  eventTypes,
  filter,
  document,
  lane,
});

/** Documents may be long, and their text says nothing to whoever reads the log. */
const audited = ({ document, ...settings }: ReturnType<typeof settingsOf>) => ({
  ...settings,
  hasDocument: document !== null,
});
