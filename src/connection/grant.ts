// What installations are granted: intervals, of which at most one is open. Fewer capabilities count at once; more wait, on
// a public connection, for whoever installed it.

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Bits, bitsOf, type Capability, namesOf } from '../gate/capability.js';
import { mayApproveUpgrade, mayUninstall } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { policyOf } from '../workspace/policy.js';
import type { Installation } from './connection.js';
import { InstallationTable } from './tables.js';

/** Agrees to what a connection asks for beyond what this installation was granted. Refused: whoever neither installed it
 *  nor may administer, the person who installed it where policy keeps that to owners, and when it asks for nothing more. */
export function approveUpgrade(caller: Caller, { installationId }: { installationId: Id }): Promise<Installation> {
  return commit(caller, async (unit) => {
    const { actor, em } = unit;
    const [found] = await em.execute<{ installedBy: Id | null; requested: Bits; granted: Bits }[]>(
      `select i.installed_by as "installedBy", c.capabilities as requested, coalesce(g.capabilities, 0) as granted
         from installation i
         join connection c on c.id = i.connection_id
         left join capability_grant g
           on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
        where i.workspace_id = ? and i.id = ? and i.status = 'ACTIVE' and c.status <> 'DELETED' for update of i`,
      [actor.workspaceId, installationId],
    );
    if (!found || !mayUninstall(actor, found)) throw notFound('The installation');
    if (!mayApproveUpgrade(actor, found, await policyOf(em, actor.workspaceId))) {
      throw new Refusal('FORBIDDEN', 'The policy of this workspace leaves that to its owners. Ask one to agree.');
    }
    if ((found.requested & ~found.granted) === 0) {
      throw new Refusal('INVALID_STATE', 'This connection asks for nothing it has not been granted.');
    }
    const installation = await em.findOneOrFail(InstallationTable, {
      workspaceId: actor.workspaceId,
      id: installationId,
    });
    installation.capabilities = namesOf(found.requested);
    installation.pendingCapabilities = [];
    unit.audit({
      action: 'upgrade.approved',
      targetId: installationId,
      before: { capabilities: namesOf(found.granted) },
      after: { capabilities: installation.capabilities },
    });
    await grantAnew(em, installation, installation.capabilities);
    return installation;
  });
}

/** Brings what was granted in line with what a connection asks for now. The installation of its own workspace has just
 *  what it asks for; others keep what it still asks for, and what is more waits for consent. */
export async function regrant({ em, actor, audit }: Unit, connectionId: Id): Promise<void> {
  const installations = await em.execute<
    { workspaceId: Id; id: Id; isHome: boolean; requested: Bits; granted: Bits }[]
  >(
    `select i.workspace_id as "workspaceId", i.id, i.installed_by is null as "isHome", c.capabilities as requested,
            coalesce(g.capabilities, 0) as granted
       from installation i
       join connection c on c.id = i.connection_id
       left join capability_grant g
         on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
      where i.connection_id = ? and i.status <> 'ENDED' order by i.id for update of i`,
    [connectionId],
  );
  for (const { isHome, requested, granted, ...installation } of installations) {
    const next = isHome ? requested : requested & granted;
    if (next === granted) continue;
    await grantAnew(em, installation, namesOf(next));
    if (installation.workspaceId === actor.workspaceId) continue; // the command says so itself
    audit({
      action: 'connection.capabilities_updated',
      targetId: installation.id,
      workspaceId: installation.workspaceId,
      before: { capabilities: namesOf(granted) },
      after: { capabilities: namesOf(next) },
      details: { connectionId },
    });
  }
}

/** Ends the open interval of what an installation was granted, and begins another. */
export async function grantAnew(
  em: EntityManager,
  { workspaceId, id }: { workspaceId: Id; id: Id },
  capabilities: readonly Capability[],
): Promise<void> {
  await em.execute(
    'update capability_grant set revoked_at = now() where workspace_id = ? and installation_id = ? and revoked_at is null',
    [workspaceId, id],
  );
  await em.execute(
    'insert into capability_grant (workspace_id, id, installation_id, capabilities) values (?, ?, ?, ?)',
    [workspaceId, newId(), id, bitsOf(capabilities)],
  );
}
