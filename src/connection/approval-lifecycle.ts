// Commands on the list of approved connections. It is part of the policy.

import { userIdOf } from '../gate/actor.js';
import { requireAdministrator, requireFreshSignIn } from '../gate/ask.js';
import type { Id } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { holdWorkspace } from '../people/membership.js';
import { type Caller, commit } from '../unit-of-work.js';

/** Puts a public connection that somebody has installed here on the list. Refused: who may not administer, without a fresh
 *  sign-in; one that is not installed here; one that is on the list. */
export function approveConnection(caller: Caller, input: { connectionId: Id }): Promise<{ connectionId: Id }> {
  const { actor } = caller;
  const { connectionId } = input;
  requireAdministrator(actor, 'approve connections');
  requireFreshSignIn(actor, 'change the policy');
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const [installed] = await unit.em.execute<{ name: string }[]>(
      `select c.name from installation i join connection c on c.id = i.connection_id
        where i.workspace_id = ? and i.connection_id = ? and i.status <> 'ENDED'
          and c.kind = 'PUBLIC' and c.status <> 'DELETED' limit 1`,
      [actor.workspaceId, connectionId],
    );
    if (!installed) throw notFound('The public connection');
    const added = await unit.em.execute<object[]>(
      `insert into approved_connection (workspace_id, connection_id, approved_by) values (?, ?, ?)
       on conflict do nothing returning connection_id`,
      [actor.workspaceId, connectionId, userIdOf(actor)],
    );
    if (added.length === 0) throw new Refusal('ALREADY_EXISTS', 'This connection is approved already.');
    unit.audit({ action: 'connection.approved', targetId: connectionId, after: { name: installed.name } });
    return { connectionId };
  });
}

/** Takes a connection off the list. Installations there are stay. Refused: who may not administer, without a fresh sign-in;
 *  one that is not on the list. */
export function disapproveConnection(caller: Caller, input: { connectionId: Id }): Promise<{ connectionId: Id }> {
  const { actor } = caller;
  const { connectionId } = input;
  requireAdministrator(actor, 'disapprove connections');
  requireFreshSignIn(actor, 'change the policy');
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const removed = await unit.em.execute<object[]>(
      'delete from approved_connection where workspace_id = ? and connection_id = ? returning connection_id',
      [actor.workspaceId, connectionId],
    );
    if (removed.length === 0) throw notFound('The approved connection');
    unit.audit({ action: 'connection.disapproved', targetId: connectionId });
    return { connectionId };
  });
}
