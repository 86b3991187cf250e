// From what somebody agreed to, to an installation of hers: made or renewed when a client redeems the code.

import { grantAnew } from '../connection/grant.js';
import { type PersonActor, userIdOf } from '../gate/actor.js';
import { type Bits, namesOf } from '../gate/capability.js';
import { type Id, newId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { shareAlong } from '../share/lifecycle.js';
import type { Unit } from '../unit-of-work.js';
import { policyOf } from '../workspace/policy.js';
import type { StoredCode } from './authorization-code.js';
import { judge } from './eligibility.js';

export interface Installed {
  id: Id;
  botId: Id;
}

/** Installs a connection for the actor, in the transaction of its code. Who has installed it there before keeps her
 *  installation and its bot: what was shared with it stays, the pages she chose now are added, what it was granted is what
 *  she agreed to now, and every token before ends. Refused: where she may not install it by now. */
export async function installConnection(unit: Unit, actor: PersonActor, code: StoredCode): Promise<Installed> {
  const { em } = unit;
  const { workspaceId, personId } = actor;
  await policyOf(em, workspaceId); // first: whoever changes people or policy takes the workspace before anything else
  // Held until the end: whoever suspends the connection, removes the person or changes what it asks for waits or came first.
  const [connection] = await em.execute<
    { id: Id; capabilities: Bits; installationScope: 'ANY' | 'SELECTED'; selectedWorkspaces: Id[] }[]
  >(
    `select c.id, c.capabilities, c.installation_scope as "installationScope", c.selected_workspaces as "selectedWorkspaces"
       from connection c
       join membership m on m.workspace_id = ? and m.person_id = ? and m.ended_at is null and m.role = ?
      where c.id = ? and c.kind = 'PUBLIC' and c.status = 'ACTIVE' for share of c, m`,
    [workspaceId, personId, actor.role, code.connectionId],
  );
  if (!connection) throw new Refusal('FORBIDDEN', 'The connection or the person is not what it was.');
  const { refusal, mayShare } = await judge(em, actor, connection);
  if (refusal) throw new Refusal('FORBIDDEN', refusal);
  const { isNew, granted, ...installation } = await holdInstallation(unit, code);
  const agreed = code.capabilities & connection.capabilities;
  if (agreed !== granted) await grantAnew(em, { workspaceId, id: installation.id }, namesOf(agreed));
  await em.execute(
    'update token set revoked_at = now(), ciphertext = null where workspace_id = ? and installation_id = ? and revoked_at is null',
    [workspaceId, installation.id],
  );
  unit.audit({
    action: 'connection.installed',
    targetId: installation.id,
    ...(!isNew && { before: { capabilities: namesOf(granted) } }),
    after: { capabilities: namesOf(agreed) },
    details: { connectionId: code.connectionId },
  });
  if (actor.role === 'OWNER') await approve(unit, code.connectionId);
  if (mayShare) await shareAlong(unit, { installationId: installation.id, resourceIds: code.resourceIds });
  return installation;
}

/** What an owner installs is approved of for everybody, where that counts now or later. */
async function approve(unit: Unit, connectionId: Id): Promise<void> {
  const added = await unit.em.execute<object[]>(
    `insert into approved_connection (workspace_id, connection_id, approved_by) values (?, ?, ?)
     on conflict do nothing returning connection_id`,
    [unit.actor.workspaceId, connectionId, userIdOf(unit.actor)],
  );
  if (added.length > 0) {
    unit.audit({
      action: 'connection.approved',
      targetId: connectionId,
      details: { because: 'An owner installed it.' },
    });
  }
}

async function holdInstallation(
  { em }: Unit,
  { workspaceId, personId, connectionId }: StoredCode,
): Promise<Installed & { isNew: boolean; granted: Bits }> {
  const made = await em.execute<object[]>(
    `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status)
     values (?, ?, ?, ?, ?, 'ACTIVE')
     on conflict (workspace_id, connection_id, installed_by) where installed_by is not null and status <> 'ENDED'
     do nothing returning id`,
    [workspaceId, newId(), connectionId, newId(), personId],
  );
  const [held] = await em.execute<(Installed & { granted: Bits })[]>(
    `select i.id, i.bot_id as "botId", coalesce(g.capabilities, 0) as granted
       from installation i
       left join capability_grant g
         on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
      where i.workspace_id = ? and i.connection_id = ? and i.installed_by = ? and i.status = 'ACTIVE' for update of i`,
    [workspaceId, connectionId, personId],
  );
  if (!held) throw new Refusal('FORBIDDEN', 'The installation is suspended.');
  return { ...held, isNew: made.length > 0 };
}
