// Commands on workspaces.

import type { EntityManager } from '@mikro-orm/postgresql';
import { difference } from '../audit/difference.js';
import { type Actor, nobodyAnyMore, operatorOf } from '../gate/actor.js';
import { requireAdministrator, requireFreshSignIn, requireVersion } from '../gate/ask.js';
import { ALL_BITS } from '../gate/capability.js';
import { isSignedIn } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { holdWorkspace, startMembership } from '../people/membership.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { WorkspaceTable } from './tables.js';
import type { Workspace } from './workspace.js';

/** A deleted workspace can be restored for so long. */
export const TOMBSTONE_DAYS = 30;
const MAX_URL_LENGTH = 2_000;

/** Makes a workspace. Somebody signed in becomes its owner; without an actor the command line makes one that has none yet.
 *  Refused: tokens, who is a guest wherever she is, a name that is empty or too long. */
export function createWorkspace(
  caller: Omit<Caller, 'actor'> & { actor?: Actor },
  input: { name: string },
): Promise<Workspace> {
  const id = newId();
  const { actor = operatorOf(id) } = caller;
  if (actor.kind !== 'OPERATOR' && !isSignedIn(actor)) {
    throw new Refusal('FORBIDDEN', 'Only somebody who is signed in may make a workspace: a token belongs to one.');
  }
  const maker: Actor =
    actor.kind === 'OPERATOR' ? operatorOf(id) : { ...actor, workspaceId: id, role: 'OWNER', bits: ALL_BITS };
  return commit({ ...caller, actor: maker }, async (unit) => {
    if (maker.kind === 'PERSON') await refuseMereGuest(unit.em, maker.personId);
    const workspace = await addWorkspace(unit, input);
    if (maker.kind === 'PERSON') await startMembership(unit, { personId: maker.personId, role: 'OWNER' });
    return workspace;
  });
}

/** The same as part of a larger command, whose actor asks in the workspace to be. */
export async function addWorkspace({ em, actor, audit }: Unit, input: { name: string }): Promise<Workspace> {
  const name = requireName(input.name, 'name of the workspace');
  const workspace = em.create(WorkspaceTable, { id: actor.workspaceId, name, iconUrl: null });
  em.persist(workspace);
  await em.flush();
  audit({ action: 'workspace.created', targetId: workspace.id, after: { name } });
  return workspace;
}

/** Renames a workspace, or gives it another picture; null takes the picture away. Refused: who may not administer, an
 *  unusable name or address, an outdated version. */
export function updateWorkspace(
  caller: Caller,
  input: { name?: string | null; iconUrl?: string | null; expectedVersion: number },
): Promise<{ workspace: Workspace }> {
  const { actor } = caller;
  requireAdministrator(actor, 'change the workspace');
  const name = input.name === undefined ? undefined : requireName(input.name ?? '', 'name of the workspace');
  const iconUrl = input.iconUrl == null ? input.iconUrl : requireLink(input.iconUrl);
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const workspace = await unit.em.findOneOrFail(WorkspaceTable, { id: actor.workspaceId });
    requireVersion(workspace.version, input.expectedVersion);
    const before = { name: workspace.name, iconUrl: workspace.iconUrl };
    const after = { name: name ?? before.name, iconUrl: iconUrl === undefined ? before.iconUrl : iconUrl };
    const changed = difference(before, after);
    Object.assign(workspace, after);
    await unit.em.flush();
    if (changed) unit.audit({ action: 'workspace.updated', targetId: workspace.id, ...changed });
    else unit.unchanged();
    return { workspace };
  });
}

/** Deletes the workspace the actor asks in: from the next request on it does not exist, for nobody and no token. The
 *  operator can restore it for 30 days. Refused: who may not administer, without a fresh sign-in, another name than its own. */
export async function deleteWorkspace(
  caller: Caller,
  input: { name: string },
): Promise<{ workspaceId: Id; restorableUntil: Date }> {
  const { actor } = caller;
  requireAdministrator(actor, 'delete the workspace');
  requireFreshSignIn(actor, 'delete a workspace');
  const deleted = await commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const { id, name } = await unit.em.findOneOrFail(WorkspaceTable, { id: actor.workspaceId });
    if (input.name.trim() !== name) {
      throw new Refusal('INVALID', `To delete the workspace, give its name as it is: ${JSON.stringify(name)}`, {
        path: ['name'],
      });
    }
    const [row] = await unit.em.execute<{ restorableUntil: string }[]>(
      `update workspace set deleted_at = now(), version = version + 1 where id = ?
       returning deleted_at + make_interval(days => ?) as "restorableUntil"`,
      [id, TOMBSTONE_DAYS],
    );
    unit.audit({ action: 'workspace.deleted', targetId: id, before: { name } });
    return { workspaceId: id, restorableUntil: new Date(row!.restorableUntil) };
  });
  caller.actor = nobodyAnyMore(actor);
  return deleted;
}

/** Takes a deletion back, with everything as it was. Refused: anybody but the operator, a workspace that is not deleted,
 *  or was more than 30 days ago. */
export function restoreWorkspace(caller: Caller): Promise<{ id: Id; name: string }> {
  const { actor } = caller;
  if (actor.kind !== 'OPERATOR') throw new Refusal('FORBIDDEN', 'Only the operator may restore a workspace.');
  return commit(caller, async (unit) => {
    const [row] = await unit.em.execute<{ name: string }[]>(
      `update workspace set deleted_at = null, version = version + 1
        where id = ? and deleted_at > now() - make_interval(days => ?) returning name`,
      [actor.workspaceId, TOMBSTONE_DAYS],
    );
    if (!row) throw notFound('A workspace deleted in the last 30 days');
    unit.audit({ action: 'workspace.restored', targetId: actor.workspaceId });
    return { id: actor.workspaceId, name: row.name };
  });
}

/** Refused: somebody who is a guest in every workspace she is in. */
async function refuseMereGuest(em: EntityManager, personId: Id): Promise<void> {
  const [anywhere] = await em.execute<object[]>(
    `select 1 from membership m join workspace w on w.id = m.workspace_id
      where m.person_id = ? and m.role <> 'GUEST' and m.ended_at is null and w.deleted_at is null limit 1`,
    [personId],
  );
  if (!anywhere) throw new Refusal('FORBIDDEN', 'A guest may not make a workspace. Ask to become a member first.');
}

/** An absolute https link without a name or password in it. */
function requireLink(text: string): string {
  const url = text.length <= MAX_URL_LENGTH && URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url.href;
  throw new Refusal(
    'INVALID',
    `The picture should be a link like https://example.org/icon.png, but got: ${JSON.stringify(text.slice(0, 60))}`,
    { path: ['iconUrl'] },
  );
}
