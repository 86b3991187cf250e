// The connection somebody asks about, and its installation in the asker's workspace, as far as that decides whether it
// comes in. Suspended, ended and deleted ones are found as well: that is what is asked about.

import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import type { Bits } from '../gate/capability.js';
import type { KnownConnection, KnownInstallation } from '../gate/explain.js';
import { bitsOnUser, mayAdminister, mayAskWhy } from '../gate/rules.js';
import { type Id, parseId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import { installationBits, installationWorks, tokenLives } from './admission.js';
import type { ConnectionKind, ConnectionStatus, InstallationStatus } from './connection.js';

/** Who is asked about: exactly one of the two. */
export interface About {
  connectionId?: string | null | undefined;
  installationId?: string | null | undefined;
}

export interface Subject {
  connection: KnownConnection;
  installation: KnownInstallation | null;
  /** Who installed it; `null` when it belongs to the workspace. */
  installedById: Id | null;
}

/** Refused: whoever may not ask about it, in the same words whether it exists or not; for whoever administers, one that
 *  is missing. Of several installations the asker's own comes first, then the oldest that works. */
export async function subjectOf(ctx: Context, about: About): Promise<Subject> {
  const { actor } = ctx;
  const row = await find(ctx, about);
  if (row && mayAskWhy(actor, row)) return subject(ctx, row);
  if (mayAdminister(actor)) throw notFound('The connection or installation');
  ctx.denied('Query.explainAccess');
  throw new Refusal(
    'FORBIDDEN',
    'Why a connection may do something is told to workspace owners, to whoever installed it, and to itself.',
  );
}

interface SubjectRow {
  connectionId: Id;
  name: string;
  kind: ConnectionKind;
  status: ConnectionStatus;
  suspendedAt: string | null;
  deletedAt: string | null;
  isAtHome: boolean;
  requested: Bits;
  workspaceDeletedAt: string | null;
  installationId: Id | null;
  botId: Id | null;
  /** As it is stored: what waits for consent works as before. */
  installationStatus: Exclude<InstallationStatus, 'UPGRADE_PENDING'> | null;
  bits: Bits | null;
  installedBy: Id | null;
  installerName: string | null;
  isMember: boolean;
  hasLiveToken: boolean;
  works: boolean;
}

async function find({ actor, reader }: Context, about: About): Promise<SubjectRow | undefined> {
  const { connectionId, installationId } = about;
  const named =
    installationId == null
      ? sql`c.id = ${parseId(connectionId ?? '')}::uuid`
      : sql`i.id = ${parseId(installationId)}::uuid`;
  const [row] = await reader.rows(sql<SubjectRow>`
    select c.id as "connectionId", c.name, c.kind, c.status, c.suspended_at as "suspendedAt",
           c.deleted_at as "deletedAt", c.workspace_id = ${actor.workspaceId} as "isAtHome", c.capabilities as requested, w.deleted_at as "workspaceDeletedAt",
           i.id as "installationId", i.bot_id as "botId", i.status as "installationStatus", ${installationBits} as bits,
           i.installed_by as "installedBy", p.name as "installerName",
           m.person_id is not null and m.ended_at is null as "isMember",
           exists (select from token t
                    where t.workspace_id = i.workspace_id and t.installation_id = i.id and ${tokenLives}) as "hasLiveToken",
           g.capabilities is not null and ${installationWorks} as works
      from connection c
      join workspace w on w.id = ${actor.workspaceId}
      left join installation i on i.workspace_id = ${actor.workspaceId} and i.connection_id = c.id
      left join capability_grant g on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
      left join membership m on m.workspace_id = i.workspace_id and m.person_id = i.installed_by
      left join person p on p.id = m.person_id
     where ${named} and (c.workspace_id = ${actor.workspaceId} or i.id is not null)
     order by ${ownFirst(actor)} coalesce(i.status = 'ACTIVE', false) desc, i.created_at, i.id limit 1`);
  return row;
}

/** The asker's own before others, as the first term of an order. */
const ownFirst = (actor: Actor): Sql => {
  if (actor.kind === 'CONNECTION') return sql`coalesce(i.id = ${actor.installationId}, false) desc,`;
  return actor.kind === 'PERSON' ? sql`coalesce(i.installed_by = ${actor.personId}, false) desc,` : sql``;
};

function subject(ctx: Context, row: SubjectRow): Subject {
  const { connectionId, installationId, botId, installationStatus, installedBy, bits } = row;
  const { workspaceId } = ctx.actor;
  const mayName = installedBy !== null && ctx.ruleOf('Person.name')?.allows[bitsOnUser(ctx.actor, installedBy)] === 1;
  return {
    connection: { ...row, id: connectionId },
    installation:
      installationId === null || botId === null || installationStatus === null
        ? null
        : {
            id: installationId,
            status: installationStatus,
            actor: {
              kind: 'CONNECTION',
              workspaceId,
              connectionId,
              installationId,
              botId,
              installedById: installedBy,
              bits: bits ?? 0,
            },
            isGranted: bits !== null,
            installer:
              installedBy === null
                ? null
                : { id: installedBy, name: mayName ? row.installerName : null, isMember: row.isMember },
            hasLiveToken: row.hasLiveToken,
            works: row.works,
            workspaceDeletedAt: row.workspaceDeletedAt,
          },
    installedById: installedBy,
  };
}
