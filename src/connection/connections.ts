// Reading connections, installations and bots: who may hold one at all is decided here.

import type { Batch, Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import { type Bits, namesOf } from '../gate/capability.js';
import { bitsOnUser, mayAdminister } from '../gate/rules.js';
import type { Position } from '../lib/cursor.js';
import { type StringFilter, textTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { AccessToken } from './access-token.js';
import { tokenLives } from './admission.js';
import type { Bot } from './bot.js';
import type { Connection, ConnectionKind, ConnectionStatus, Installation } from './connection.js';
import { logoUrl } from './logo.js';

export type ConnectionRow = Omit<Connection, 'capabilities'> & { capabilities: Bits };
export type InstallationRow = Omit<Installation, 'capabilities' | 'pendingCapabilities'> & {
  capabilities: Bits;
  pending: Bits;
};

/** How long owners still find a deleted connection in their list. */
const TOMBSTONE_DAYS = 30;

/** A connection may read its own record, a person those she installed, an administrator any that is at home or
 *  installed in the workspace. As SQL on `c`, so that what is counted and what is shown agree. */
const readableConnection = (actor: Actor): Sql => {
  const installedHere = (whose: Sql) => sql`exists (
    select from installation i where i.workspace_id = ${actor.workspaceId} and i.connection_id = c.id
       and i.status <> 'ENDED' and ${whose})`;
  if (mayAdminister(actor)) return sql`(c.workspace_id = ${actor.workspaceId} or ${installedHere(sql`true`)})`;
  if (actor.kind === 'PERSON') return installedHere(sql`i.installed_by = ${actor.personId}`);
  return actor.kind === 'CONNECTION' ? sql`c.id = ${actor.connectionId}` : sql`false`;
};

/** The same of installations, on `i`. */
const readableInstallation = (actor: Actor): Sql => {
  if (mayAdminister(actor)) return sql`true`;
  if (actor.kind === 'PERSON') return sql`i.installed_by = ${actor.personId}`;
  return actor.kind === 'CONNECTION' ? sql`i.id = ${actor.installationId}` : sql`false`;
};

const connectionColumns = sql`
  c.workspace_id as "workspaceId", c.id, c.name, c.kind, c.status, c.capabilities, c.logo_sha256 as "logoSha256",
  c.created_by as "createdById", c.company, c.website_url as "websiteUrl", c.privacy_url as "privacyUrl",
  c.terms_url as "termsUrl", c.support_email as "supportEmail", c.installation_scope as "installationScope",
  c.selected_workspaces as "selectedWorkspaces", c.redirect_uris as "redirectUris", c.published_at as "publishedAt",
  c.suspended_at as "suspendedAt", c.deleted_at as "deletedAt", c.version,
  c.created_at as "createdAt"`;

const installationColumns = sql`
  i.workspace_id as "workspaceId", i.id, i.connection_id as "connectionId", i.bot_id as "botId",
  i.installed_by as "installedById", i.created_at as "createdAt", coalesce(g.capabilities, 0) as capabilities,
  c.capabilities & ~coalesce(g.capabilities, 0) as pending,
  case when i.status = 'ACTIVE' and c.capabilities & ~coalesce(g.capabilities, 0) <> 0 then 'UPGRADE_PENDING'
       else i.status end as status`;

/** Installations in the actor's workspace that it may read, with the open grant of each. */
const installationsHere = (actor: Actor): Sql => sql`
  installation i
  join connection c on c.id = i.connection_id
  left join capability_grant g on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
  where i.workspace_id = ${actor.workspaceId} and i.status <> 'ENDED' and ${readableInstallation(actor)}`;

/** Connections by id, those the actor may read. */
export const selectConnections = ({ actor }: Context, ids: readonly Id[]): Sql<ConnectionRow> => sql`
  select ${connectionColumns} from connection c
   where c.id = any(${ids}::uuid[]) and c.status <> 'DELETED' and ${readableConnection(actor)}`;

/** Installations by id, those the actor may read. */
export const selectInstallations = ({ actor }: Context, ids: readonly Id[]): Sql<InstallationRow> => sql`
  select ${installationColumns} from ${installationsHere(actor)} and i.id = any(${ids}::uuid[])`;

export const connectionOf = (row: ConnectionRow): Connection & { __typename: string } => ({
  __typename: 'Connection',
  ...row,
  capabilities: namesOf(row.capabilities),
});

export const installationOf = ({ pending, ...row }: InstallationRow): Installation & { __typename: string } => ({
  __typename: 'Installation',
  ...row,
  capabilities: namesOf(row.capabilities),
  pendingCapabilities: namesOf(pending),
});

export const connectionById: Batch<Id, Connection> = {
  name: 'connectionById',
  load: async (ctx, ids) =>
    new Map((await ctx.reader.rows(selectConnections(ctx, ids))).map((row) => [row.id, connectionOf(row)])),
};

export const installationById: Batch<Id, Installation> = {
  name: 'installationById',
  load: async (ctx, ids) =>
    new Map((await ctx.reader.rows(selectInstallations(ctx, ids))).map((row) => [row.id, installationOf(row)])),
};

export interface ConnectionQuery {
  name?: StringFilter | null | undefined;
  kind?: ConnectionKind | null | undefined;
  status?: ConnectionStatus | null | undefined;
}

/** Connections of the workspace for its list, by name: up to `limit + 1`. Deleted ones only when asked for, and for 30 days. */
export async function listConnections(
  ctx: Context,
  query: ConnectionQuery,
  { limit, backwards, from }: Window,
): Promise<Connection[]> {
  const [compare, direction] = backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  const rows = await ctx.reader.rows(sql<ConnectionRow>`
    select ${connectionColumns} from connection c
     where ${listed(ctx, query)}
       and ${from ? sql`(${BY_NAME}, c.id) ${compare} (${from[0]} collate "C", ${from[1]}::uuid)` : sql`true`}
     order by ${BY_NAME} ${direction}, c.id ${direction} limit ${limit + 1}`);
  return rows.map(connectionOf);
}

export async function countConnections(ctx: Context, query: ConnectionQuery): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count from connection c where ${listed(ctx, query)}`);
  return row?.count ?? 0;
}

/** Where a connection stands in the list. */
export const placeOf = ({ name, id }: Connection): Position => [name.toLowerCase(), id];

const BY_NAME = sql`lower(c.name) collate "C"`;

const listed = ({ actor }: Context, { name, kind, status }: ConnectionQuery): Sql =>
  sql.join(
    [
      readableConnection(actor),
      status ? sql`c.status = ${status}` : sql`c.status <> 'DELETED'`,
      sql`(c.deleted_at is null or c.deleted_at > now() - ${sql.lit(TOMBSTONE_DAYS)} * interval '1 day')`,
      ...(kind ? [sql`c.kind = ${kind}`] : []),
      ...textTerms(sql.ref('c.name'), name),
    ],
    sql` and `,
  );

/** The installations of connections in the actor's workspace, oldest first. */
export const installationsByConnection: Batch<Id, Installation[]> = {
  name: 'installationsByConnection',
  load: async (ctx, ids) => {
    const rows = await ctx.reader.rows(sql<InstallationRow>`
      select ${installationColumns} from ${installationsHere(ctx.actor)} and i.connection_id = any(${ids}::uuid[])
       order by i.created_at, i.id`);
    return Map.groupBy(rows.map(installationOf), ({ connectionId }) => connectionId);
  },
};

/** What the actor, a person, has installed in this workspace. */
export async function installationsOfPerson(ctx: Context, personId: Id): Promise<Installation[]> {
  const rows = await ctx.reader.rows(sql<InstallationRow>`
    select ${installationColumns} from ${installationsHere(ctx.actor)} and i.installed_by = ${personId}
     order by i.created_at, i.id`);
  return rows.map(installationOf);
}

/** Live tokens of connections, newest first; those of clients come and go by the hour and are not among them. */
export const tokensByConnection: Batch<Id, AccessToken[]> = {
  name: 'tokensByConnection',
  load: async (ctx, ids) => {
    const rows = await ctx.reader.rows(sql<AccessToken & { connectionId: Id }>`
      select i.connection_id as "connectionId", t.id, t.last_four as "lastFour", t.created_at as "createdAt",
             t.expires_at as "validUntil", t.last_used_at as "lastUsedAt", t.ciphertext is not null as revealable
        from token t join installation i on i.workspace_id = t.workspace_id and i.id = t.installation_id
       where t.workspace_id = ${ctx.actor.workspaceId} and i.connection_id = any(${ids}::uuid[])
         and t.kind = 'INTERNAL' and ${tokenLives}
       order by t.created_at desc, t.id desc`);
    return Map.groupBy(rows, ({ connectionId }) => connectionId);
  },
};

/** When any token of a connection was last used, ended ones included. */
export const lastUseByConnection: Batch<Id, Date | string> = {
  name: 'lastUseByConnection',
  load: async (ctx, ids) => {
    const rows = await ctx.reader.rows(sql<{ id: Id; at: string }>`
      select i.connection_id as id, max(t.last_used_at) as at
        from token t join installation i on i.workspace_id = t.workspace_id and i.id = t.installation_id
       where t.workspace_id = ${ctx.actor.workspaceId} and i.connection_id = any(${ids}::uuid[])
       group by 1 having max(t.last_used_at) is not null`);
    return new Map(rows.map(({ id, at }) => [id, at]));
  },
};

export interface BotRow {
  id: Id;
  name: string;
  connectionId: Id;
  logoSha256: string | null;
}

/** The bot's record as this actor holds it. */
export const botFor = (ctx: Context, { logoSha256, ...row }: BotRow): Bot & { __typename: 'Bot' } => ({
  __typename: 'Bot',
  ...row,
  avatarUrl: logoUrl(ctx.publicUrl(), logoSha256),
  access: bitsOnUser(ctx.actor, row.id),
});
