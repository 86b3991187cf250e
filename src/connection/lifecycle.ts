// Commands on connections, their tokens and what is shared with them. Each asks on its first line.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Actor } from '../gate/actor.js';
import {
  type Bits,
  bitsOf,
  type Capability,
  namesOf,
  SHARE_ACCESS,
  type ShareAccess,
  shareBitsOf,
  shareNamesOf,
  withImplied,
} from '../gate/capability.js';
import { mayAdminister } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { invalid, notFound, Refusal } from '../lib/refusal.js';
import { type KeyRing, keyedHash, mintToken, seal } from '../lib/secret.js';
import { type Caller, commit, type KeyHolder, type Unit } from '../unit-of-work.js';
import { policyOf } from '../workspace/policy.js';
import type { Connection, Installation } from './connection.js';
import {
  CapabilityGrantTable,
  ConnectionTable,
  InstallationTable,
  type Share,
  ShareTable,
  TokenTable,
} from './tables.js';

/** A connection, its one installation, and the text of its token: shown here and never again. */
export interface CreatedConnection {
  connection: Connection;
  installation: Installation;
  token: string;
}

/** Makes an internal connection in the actor's workspace, installs it there and gives it a token.
 *  Refused: who may not administer, an unusable name. `USER_READ_EMAIL` brings `USER_READ` with it. */
export function createConnection(
  caller: KeyHolder,
  input: { name: string; capabilities: readonly Capability[] },
): Promise<CreatedConnection> {
  const { actor, keys } = caller;
  requireAdministrator(actor, 'create connections');
  const name = requireName(input.name, 'name of the connection');
  const capabilities = namesOf(withImplied(bitsOf(input.capabilities)));
  const { workspaceId } = actor;
  return commit(caller, async (unit) => {
    const connection = unit.em.create(ConnectionTable, {
      workspaceId,
      id: newId(),
      name,
      kind: 'INTERNAL',
      status: 'ACTIVE',
      capabilities,
    });
    unit.em.persist(connection);
    await unit.em.flush();
    const installation = unit.em.create(InstallationTable, {
      workspaceId,
      id: newId(),
      connectionId: connection.id,
      botId: newId(),
      status: 'ACTIVE',
      capabilities,
    });
    unit.em.persist(installation);
    await unit.em.flush();
    unit.em.persist(
      unit.em.create(CapabilityGrantTable, {
        workspaceId,
        id: newId(),
        installationId: installation.id,
        capabilities,
        revokedAt: null,
      }),
    );
    const token = await issueToken(unit, keys, installation.id);
    unit.audit({ action: 'connection.created', targetId: connection.id, details: { name, capabilities } });
    return { connection, installation, token };
  });
}

/** Gives the installation a new token and ends every other one of it. Refused: who may not administer. */
export function rotateToken(caller: KeyHolder, connectionId: Id): Promise<{ token: string; lastFour: string }> {
  const { actor, keys } = caller;
  requireAdministrator(actor, 'rotate tokens');
  return commit(caller, async (unit) => {
    const installation = await installationOf(unit.em, actor, connectionId, true);
    await endTokens(unit, installation.id);
    const token = await issueToken(unit, keys, installation.id);
    unit.audit({ action: 'token.rotated', targetId: connectionId, details: { lastFour: token.slice(-4) } });
    return { token, lastFour: token.slice(-4) };
  });
}

/** Ends every live token of the connection; it answers how many there were. Refused: who may not administer, and when there was none. */
export function revokeToken(caller: Caller, connectionId: Id): Promise<{ revoked: number }> {
  const { actor } = caller;
  requireAdministrator(actor, 'revoke tokens');
  return commit(caller, async (unit) => {
    const installation = await installationOf(unit.em, actor, connectionId, true);
    const revoked = await endTokens(unit, installation.id);
    if (revoked === 0) throw new Refusal('INVALID_STATE', 'This connection has no live token to revoke.');
    unit.audit({ action: 'token.revoked', targetId: connectionId, details: { revoked } });
    return { revoked };
  });
}

/** Opens a page, database or data source to a connection, with everything below it. Sharing the same resource again
 *  replaces what the earlier share opened. Refused: who may not administer, an expiry that has passed, an unknown resource. */
export function grantShare(
  caller: Caller,
  input: {
    connectionId: Id;
    resourceId: Id;
    access?: readonly ShareAccess[] | undefined;
    expiresAt?: Date | undefined;
  },
): Promise<Share> {
  const { actor } = caller;
  requireAdministrator(actor, 'share');
  const { workspaceId } = actor;
  const access: Bits = shareBitsOf(input.access ?? SHARE_ACCESS);
  if (access === 0) throw invalid(`A share must open something: any of ${SHARE_ACCESS.join(', ')}.`);
  if (input.expiresAt && input.expiresAt.getTime() <= Date.now()) {
    throw invalid(`A share must expire in the future, but got: ${input.expiresAt.toISOString()}`);
  }
  return commit(caller, async (unit) => {
    const installation = await installationOf(unit.em, actor, input.connectionId, true);
    const [resource] = await unit.em.execute<{ id: Id }[]>(
      'select id from resource where workspace_id = ? and id = ?',
      [workspaceId, input.resourceId],
    );
    if (!resource) throw notFound('The page, database or data source');
    const ended = await unit.em.nativeUpdate(
      ShareTable,
      { workspaceId, installationId: installation.id, resourceId: input.resourceId, revokedAt: null },
      { revokedAt: new Date() },
    );
    const share = unit.em.create(ShareTable, {
      workspaceId,
      id: newId(),
      installationId: installation.id,
      personId: null,
      resourceId: input.resourceId,
      access,
      expiresAt: input.expiresAt ?? null,
      revokedAt: null,
    });
    unit.em.persist(share);
    unit.audit({
      action: ended > 0 ? 'share.updated' : 'share.granted',
      targetId: share.id,
      details: { resourceId: input.resourceId, installationId: installation.id, access: shareNamesOf(access) },
    });
    return share;
  });
}

/** Ends a share. What another live share above or below opens stays open. Refused: who may not administer, a share that is missing or has ended. */
export function revokeShare(caller: Caller, shareId: Id): Promise<Share> {
  const { actor } = caller;
  requireAdministrator(actor, 'revoke shares');
  return commit(caller, async (unit) => {
    const share = await unit.em.findOne(ShareTable, { workspaceId: actor.workspaceId, id: shareId, revokedAt: null });
    if (!share) throw notFound('The share');
    share.revokedAt = new Date();
    unit.audit({ action: 'share.revoked', targetId: shareId, details: { resourceId: share.resourceId } });
    return share;
  });
}

/** The connection's installation in the actor's workspace, locked against concurrent commands when `forChange`. */
async function installationOf(
  em: EntityManager,
  actor: Actor,
  connectionId: Id,
  forChange: boolean,
): Promise<{ id: Id }> {
  const [installation] = await em.execute<{ id: Id }[]>(
    `select id from installation where workspace_id = ? and connection_id = ? and status <> 'ENDED' order by created_at
      limit 1 ${forChange ? 'for update' : ''}`,
    [actor.workspaceId, connectionId],
  );
  if (!installation) throw notFound('The connection');
  return installation;
}

async function issueToken(unit: Unit, keys: KeyRing, installationId: Id): Promise<string> {
  const { workspaceId } = unit.actor;
  const { showOnceTokens } = await policyOf(unit.em, workspaceId);
  const text = mintToken('INTERNAL');
  const id = newId();
  unit.em.persist(
    unit.em.create(TokenTable, {
      workspaceId,
      id,
      kind: 'INTERNAL',
      installationId,
      hash: keyedHash(keys.for('token-hash'), text),
      lastFour: text.slice(-4),
      ciphertext: showOnceTokens ? null : seal(keys.for('token-cipher'), Buffer.from(text), `${workspaceId}/${id}`),
      expiresAt: null,
      revokedAt: null,
    }),
  );
  return text;
}

const endTokens = (unit: Unit, installationId: Id): Promise<number> =>
  unit.em.nativeUpdate(
    TokenTable,
    { workspaceId: unit.actor.workspaceId, installationId, revokedAt: null },
    { revokedAt: new Date() },
  );

function requireAdministrator(actor: Actor, doing: string): void {
  if (!mayAdminister(actor)) throw new Refusal('FORBIDDEN', `Only a workspace owner may ${doing}.`);
}
