// Commands on shares: what is opened to whom. Each asks on its first line.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Actor } from '../gate/actor.js';
import { type Bits, SHARE_ACCESS, type ShareAccess, shareBitsOf, shareNamesOf } from '../gate/capability.js';
import { mayAdminister } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { invalid, notFound, Refusal } from '../lib/refusal.js';
import { type Caller, commit } from '../unit-of-work.js';
import { type Share, ShareTable } from './tables.js';

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
    const installation = await installationOf(unit.em, actor, input.connectionId);
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

/** The connection's installation in the actor's workspace, locked against concurrent commands. */
async function installationOf(em: EntityManager, actor: Actor, connectionId: Id): Promise<{ id: Id }> {
  const [installation] = await em.execute<{ id: Id }[]>(
    `select id from installation where workspace_id = ? and connection_id = ? and status <> 'ENDED' order by created_at
      limit 1 for update`,
    [actor.workspaceId, connectionId],
  );
  if (!installation) throw notFound('The connection');
  return installation;
}

function requireAdministrator(actor: Actor, doing: string): void {
  if (!mayAdminister(actor)) throw new Refusal('FORBIDDEN', `Only a workspace owner may ${doing}.`);
}
