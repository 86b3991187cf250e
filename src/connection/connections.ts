// Reading connections, installations and bots: who may hold one at all is decided here.

import type { Batch, Context } from '../context.js';
import { type Bits, namesOf } from '../gate/capability.js';
import { bitsOnUser, mayReadConnection, mayReadInstallation } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Bot } from './bot.js';
import type { Connection, Installation } from './connection.js';

export type ConnectionRow = Omit<Connection, 'capabilities'> & { capabilities: Bits };
export type InstallationRow = Omit<Installation, 'capabilities'> & { capabilities: Bits };

/** Connections of the actor's workspace that it may read: its own, or any for who administers. */
export const selectConnections = ({ actor }: Context, ids: readonly Id[]): Sql<ConnectionRow> => sql`
  select workspace_id as "workspaceId", id, name, kind, status, capabilities, version, created_at as "createdAt"
    from connection
   where workspace_id = ${actor.workspaceId} and status <> 'DELETED'
     and id = any(${ids.filter((id) => mayReadConnection(actor, id))}::uuid[])`;

/** Installations in the actor's workspace that it may read: its own, or any for who administers. */
export const selectInstallations = ({ actor }: Context, ids: readonly Id[]): Sql<InstallationRow> => sql`
  select i.workspace_id as "workspaceId", i.id, i.connection_id as "connectionId", i.bot_id as "botId", i.status,
         coalesce(g.capabilities, 0) as capabilities, i.created_at as "createdAt"
    from installation i
    left join capability_grant g on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
   where i.workspace_id = ${actor.workspaceId} and i.status <> 'ENDED'
     and i.id = any(${ids.filter((id) => mayReadInstallation(actor, id))}::uuid[])`;

export const connectionOf = (row: ConnectionRow): Connection & { __typename: string } => ({
  __typename: 'Connection',
  ...row,
  capabilities: namesOf(row.capabilities),
});

export const installationOf = (row: InstallationRow): Installation & { __typename: string } => ({
  __typename: 'Installation',
  ...row,
  capabilities: namesOf(row.capabilities),
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

export interface BotRow {
  id: Id;
  name: string;
  connectionId: Id;
}

/** The bot's record as this actor holds it. */
export const botFor = (ctx: Context, row: BotRow): Bot & { __typename: 'Bot' } => ({
  __typename: 'Bot',
  ...row,
  avatarUrl: null,
  access: bitsOnUser(ctx.actor, row.id),
});
