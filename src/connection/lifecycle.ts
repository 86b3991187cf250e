// Commands on connections. Each asks on its first line.

import { isDeepStrictEqual } from 'node:util';
import { LockMode } from '@mikro-orm/core';
import { type Actor, userIdOf, type WorkspaceRole } from '../gate/actor.js';
import { requireAdministrator, requireFreshSignIn, requireVersion } from '../gate/ask.js';
import { bitsOf, type Capability, namesOf, withImplied } from '../gate/capability.js';
import { bitsOfRole, mayUninstall } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type Caller, commit, type KeyHolder, type Unit } from '../unit-of-work.js';
import type { Connection, Installation } from './connection.js';
import { grantAnew, regrant } from './grant.js';
import { dropLogos, keepLogo, readLogo } from './logo.js';
import {
  type ConnectionSettings,
  NOT_PUBLIC,
  publicSettingsOf,
  refuseFixedScope,
  requireSettings,
} from './public-settings.js';
import { ConnectionTable, InstallationTable } from './tables.js';
import { issueToken } from './token.js';

/** A connection, its one installation, and the text of its token: shown here and never again. */
export interface CreatedConnection {
  connection: Connection;
  installation: Installation;
  token: string;
}

/** Makes an internal connection in the actor's workspace, or in another one she owns, installs it there and gives it a
 *  token. Refused: who may not administer, an unusable name or logo. `USER_READ_EMAIL` brings `USER_READ` with it. */
export async function createConnection(
  caller: KeyHolder,
  input: { workspaceId?: Id; name: string; logo?: string | null; capabilities: readonly Capability[] },
): Promise<CreatedConnection> {
  const { workspaceId = caller.actor.workspaceId } = input;
  if (workspaceId !== caller.actor.workspaceId) {
    const elsewhere = await inWorkspace(caller, workspaceId);
    return createConnection({ ...caller, actor: elsewhere }, input);
  }
  const { actor, keys } = caller;
  requireAdministrator(actor, 'create connections');
  const name = requireName(input.name, 'name of the connection');
  const logo = input.logo == null ? null : readLogo(input.logo);
  const capabilities = closed(input.capabilities);
  return commit(caller, async (unit) => {
    if (logo) await keepLogo(unit.em, workspaceId, logo);
    const connection = unit.em.create(ConnectionTable, {
      workspaceId,
      id: newId(),
      name,
      kind: 'INTERNAL',
      status: 'ACTIVE',
      capabilities,
      logoSha256: logo?.sha256 ?? null,
      createdById: userIdOf(actor),
      ...NOT_PUBLIC,
      suspendedAt: null,
      deletedAt: null,
    });
    unit.em.persist(connection);
    await unit.em.flush();
    const installation = unit.em.create(InstallationTable, {
      workspaceId,
      id: newId(),
      connectionId: connection.id,
      botId: newId(),
      installedById: null,
      status: 'ACTIVE',
      capabilities,
      pendingCapabilities: [],
    });
    unit.em.persist(installation);
    await unit.em.flush();
    await grantAnew(unit.em, installation, capabilities);
    const token = await issueToken(unit, keys, installation.id);
    unit.audit({
      action: 'connection.created',
      targetId: connection.id,
      after: { ...settingsOf(connection), capabilities },
    });
    return { connection, installation, token };
  });
}

/** Changes what is given. A new set of capabilities counts from the next request on: an internal connection has no one
 *  else to ask. Refused: who may not administer, an unusable name or logo, another version than expected, a public
 *  connection's capabilities. */
export function updateConnection(
  caller: Caller,
  input: ConnectionSettings & {
    id: Id;
    expectedVersion?: number | null;
    name?: string | null;
    /** Base64; `null` takes the logo away. */
    logo?: string | null;
    capabilities?: readonly Capability[] | null;
  },
): Promise<Connection> {
  const { actor } = caller;
  requireAdministrator(actor, 'change connections');
  const name = input.name == null ? undefined : requireName(input.name, 'name of the connection');
  const logo = input.logo == null ? input.logo : readLogo(input.logo);
  const capabilities = input.capabilities ? closed(input.capabilities) : undefined;
  const settings = requireSettings(input);
  return commit(caller, async (unit) => {
    const connection = await lockConnection(unit, input.id);
    requireVersion(connection.version, input.expectedVersion);
    const before = settingsOf(connection);
    if (name !== undefined) connection.name = name;
    refuseFixedScope(connection, settings);
    Object.assign(connection, settings);
    if (logo) await keepLogo(unit.em, actor.workspaceId, logo);
    if (logo !== undefined) connection.logoSha256 = logo?.sha256 ?? null;
    const after = settingsOf(connection);
    const newSettings = !isDeepStrictEqual(before, after);
    const granted = capabilities && !isDeepStrictEqual(capabilities, connection.capabilities) ? capabilities : null;
    if (!newSettings && !granted) unit.unchanged();
    if (newSettings) unit.audit({ action: 'connection.updated', targetId: connection.id, before, after });
    if (granted) {
      unit.audit({
        action: 'connection.capabilities_updated',
        targetId: connection.id,
        before: { capabilities: connection.capabilities },
        after: { capabilities: granted },
      });
      connection.capabilities = granted;
      await unit.em.flush();
      await regrant(unit, connection.id);
    }
    await unit.em.flush();
    if (logo !== undefined) await dropLogos(unit.em, actor.workspaceId);
    return connection;
  });
}

/** Stops a connection: its tokens are refused until it is resumed. Refused: who may not administer, one that does not work. */
export function suspendConnection(caller: Caller, { id }: { id: Id }): Promise<Connection> {
  requireAdministrator(caller.actor, 'suspend connections');
  return commit(caller, async (unit) => {
    const connection = await lockConnection(unit, id);
    if (connection.status !== 'ACTIVE') throw new Refusal('INVALID_STATE', 'This connection is suspended already.');
    connection.status = 'SUSPENDED';
    connection.suspendedAt = new Date();
    unit.audit({ action: 'connection.suspended', targetId: id });
    return connection;
  });
}

/** Lets a suspended connection work again, with the tokens it had. Refused: who may not administer, one that works. */
export function resumeConnection(caller: Caller, { id }: { id: Id }): Promise<Connection> {
  requireAdministrator(caller.actor, 'resume connections');
  return commit(caller, async (unit) => {
    const connection = await lockConnection(unit, id);
    if (connection.status !== 'SUSPENDED') throw new Refusal('INVALID_STATE', 'This connection is not suspended.');
    connection.status = 'ACTIVE';
    connection.suspendedAt = null;
    unit.audit({ action: 'connection.resumed', targetId: id });
    return connection;
  });
}

/** Ends a connection for good: its tokens, installations, grants, shares and endpoints end at once, and no text of a token is kept.
 *  Owners find it in the list for another 30 days. Refused: who may not administer, a sign-in older than ten minutes. */
export function deleteConnection(caller: Caller, { id }: { id: Id }): Promise<Connection> {
  requireAdministrator(caller.actor, 'delete connections');
  requireFreshSignIn(caller.actor, 'delete a connection');
  return commit(caller, async (unit) => {
    const connection = await lockConnection(unit, id);
    connection.status = 'DELETED';
    connection.deletedAt = new Date();
    connection.logoSha256 = null;
    await unit.em.flush();
    await dropLogos(unit.em, unit.actor.workspaceId);
    const installations = await unit.em.execute<{ workspaceId: Id; id: Id }[]>(
      `select workspace_id as "workspaceId", id from installation
        where connection_id = ? and status <> 'ENDED' order by id for update`,
      [id],
    );
    for (const { workspaceId, id: installationId } of installations) {
      await endOf(unit, installationId);
      if (workspaceId === unit.actor.workspaceId) continue;
      unit.audit({
        action: 'connection.uninstalled',
        targetId: installationId,
        workspaceId,
        before: { connectionId: id },
      });
    }
    await unit.em.execute(
      'update client_secret set revoked_at = now() where workspace_id = ? and connection_id = ? and revoked_at is null',
      [unit.actor.workspaceId, id],
    );
    await unit.em.execute(
      `update webhook_subscription
          set deleted_at = now(), secret = '', previous_secret = null, overlap_until = null, version = version + 1
        where workspace_id = ? and connection_id = ? and deleted_at is null`,
      [unit.actor.workspaceId, id],
    );
    unit.audit({ action: 'connection.deleted', targetId: id, before: { name: connection.name } });
    return connection;
  });
}

/** Disconnects: what a connection was granted and shared by this installation ends. Refused: whoever neither installed
 *  it nor may administer, and the one installation of an internal connection, which ends with the connection alone. */
export function uninstallConnection(
  caller: Caller,
  { installationId: id }: { installationId: Id },
): Promise<Installation> {
  return commit(caller, async (unit) => {
    const { actor } = unit;
    const [found] = await unit.em.execute<{ installedBy: Id | null; kind: string; connectionId: Id }[]>(
      `select i.installed_by as "installedBy", c.kind, i.connection_id as "connectionId"
         from installation i join connection c on c.id = i.connection_id
        where i.workspace_id = ? and i.id = ? and i.status <> 'ENDED' for update of i`,
      [actor.workspaceId, id],
    );
    if (!found || !mayUninstall(actor, found)) throw notFound('The installation');
    if (found.kind === 'INTERNAL') {
      throw new Refusal('INVALID_STATE', 'An internal connection has no other installation. Delete the connection.');
    }
    await endOf(unit, id);
    unit.audit({ action: 'connection.uninstalled', targetId: id, before: { connectionId: found.connectionId } });
    return unit.em.findOneOrFail(InstallationTable, { workspaceId: actor.workspaceId, id });
  });
}

/** The actor in another workspace of hers; a token is at home in one only. */
async function inWorkspace({ em, actor }: Caller, workspaceId: Id): Promise<Actor> {
  if (actor.kind !== 'PERSON' || !actor.session) throw notFound('The workspace');
  const [membership] = await em().execute<{ role: WorkspaceRole }[]>(
    `select m.role from membership m
      where m.workspace_id = ? and m.person_id = ? and m.ended_at is null`,
    [workspaceId, actor.personId],
  );
  if (!membership) throw notFound('The workspace');
  return { ...actor, workspaceId, role: membership.role, bits: bitsOfRole(membership.role) };
}

const closed = (capabilities: readonly Capability[]): Capability[] => namesOf(withImplied(bitsOf(capabilities)));

const settingsOf = (connection: Connection) => ({
  name: connection.name,
  logo: connection.logoSha256,
  ...publicSettingsOf(connection),
});

/** The connection at home in the actor's workspace, locked against concurrent commands. */
export async function lockConnection({ em, actor }: Unit, id: Id): Promise<Connection> {
  const connection = await em.findOne(
    ConnectionTable,
    { workspaceId: actor.workspaceId, id, status: { $ne: 'DELETED' } },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!connection) throw notFound('The connection');
  return connection;
}

/** Everything that hangs on an installation ends: intervals are closed, nothing is deleted but the texts of tokens. */
async function endOf({ em, actor }: Unit, installationId: Id): Promise<void> {
  await em.execute('update capability_grant set revoked_at = now() where installation_id = ? and revoked_at is null', [
    installationId,
  ]);
  await em.execute(
    'update share set revoked_at = now(), revoked_by = ? where installation_id = ? and revoked_at is null',
    [userIdOf(actor), installationId],
  );
  await em.execute(
    'update token set revoked_at = coalesce(revoked_at, now()), ciphertext = null where installation_id = ?',
    [installationId],
  );
  await em.execute(`update installation set status = 'ENDED' where id = ?`, [installationId]);
}
