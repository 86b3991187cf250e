// Commands on groups and on who belongs to them. Owners give them.

import { difference } from '../audit/difference.js';
import { requireAdministrator, requireVersion } from '../gate/ask.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { holdWorkspace } from './membership.js';

/** So many are added or taken out at once. */
export const MAX_PEOPLE = 100;

/** Makes a group, with nobody in it unless people are named. Refused: who may not administer, an unusable name or one that
 *  another group has, somebody who cannot belong to one. */
export function createGroup(
  caller: Caller,
  input: { name: string; personIds?: readonly Id[] | null },
): Promise<{ id: Id }> {
  requireAdministrator(caller.actor, 'make a group');
  const name = requireName(input.name, 'name of the group');
  const personIds = peopleIn(input.personIds ?? []);
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    await refuseTakenName(unit, name);
    const id = newId();
    await unit.em.execute('insert into person_group (workspace_id, id, name) values (?, ?, ?)', [
      unit.actor.workspaceId,
      id,
      name,
    ]);
    await addPeople(unit, id, personIds);
    unit.audit({ action: 'group.created', targetId: id, after: { name, personIds } });
    return { id };
  });
}

/** Renames a group. Refused: who may not administer, an unknown or deleted group, an unusable name or one that another
 *  group has, an outdated version. */
export function updateGroup(
  caller: Caller,
  input: { groupId: Id; name?: string | null; expectedVersion?: number | null },
): Promise<{ id: Id }> {
  requireAdministrator(caller.actor, 'change a group');
  const name = input.name === undefined ? undefined : requireName(input.name ?? '', 'name of the group');
  return commit(caller, async (unit) => {
    const group = await heldGroup(unit, input.groupId, input.expectedVersion);
    const changed = difference({ name: group.name }, { name: name ?? group.name });
    if (!changed || name === undefined) {
      unit.unchanged();
      return { id: group.id };
    }
    await refuseTakenName(unit, name, group.id);
    await unit.em.execute('update person_group set name = ?, version = version + 1 where workspace_id = ? and id = ?', [
      name,
      unit.actor.workspaceId,
      group.id,
    ]);
    unit.audit({ action: 'group.updated', targetId: group.id, ...changed });
    return { id: group.id };
  });
}

/** Deletes a group for good. What names it goes on naming it. Refused: who may not administer, an unknown or deleted group,
 *  an outdated version. */
export function deleteGroup(
  caller: Caller,
  input: { groupId: Id; expectedVersion?: number | null },
): Promise<{ id: Id }> {
  requireAdministrator(caller.actor, 'delete a group');
  return commit(caller, async (unit) => {
    const { id, name } = await heldGroup(unit, input.groupId, input.expectedVersion);
    const { em, actor } = unit;
    const left = await em.execute<{ personId: Id }[]>(
      `delete from person_group_member where workspace_id = ? and group_id = ? returning person_id as "personId"`,
      [actor.workspaceId, id],
    );
    await em.execute(
      'update person_group set deleted_at = now(), version = version + 1 where workspace_id = ? and id = ?',
      [actor.workspaceId, id],
    );
    const personIds = left.map(({ personId }) => personId).sort();
    unit.audit({ action: 'group.deleted', targetId: id, before: { name, personIds } });
    return { id };
  });
}

/** Adds members of the workspace to a group, all or none. Refused: who may not administer; an unknown or deleted group; a
 *  guest or a stranger; when all belong to it already. */
export function addGroupMembers(caller: Caller, input: { groupId: Id; personIds: readonly Id[] }): Promise<{ id: Id }> {
  requireAdministrator(caller.actor, 'add people to a group');
  const personIds = peopleIn(input.personIds);
  return commit(caller, async (unit) => {
    const { id } = await heldGroup(unit, input.groupId);
    const added = await addPeople(unit, id, personIds);
    if (added.length === 0) throw new Refusal('ALREADY_EXISTS', 'They belong to this group already.');
    await touch(unit, id);
    unit.audit({ action: 'group_member.added', targetId: id, after: { personIds: added } });
    return { id };
  });
}

/** Takes people out of a group, all or none. Refused: who may not administer; an unknown or deleted group; somebody who does
 *  not belong to it. */
export function removeGroupMembers(
  caller: Caller,
  input: { groupId: Id; personIds: readonly Id[] },
): Promise<{ id: Id }> {
  requireAdministrator(caller.actor, 'take people out of a group');
  const personIds = peopleIn(input.personIds);
  return commit(caller, async (unit) => {
    const { id } = await heldGroup(unit, input.groupId);
    const removed = await unit.em.execute<{ personId: Id }[]>(
      `delete from person_group_member
        where workspace_id = ? and group_id = ? and person_id = any(array(select jsonb_array_elements_text(?::jsonb)::uuid))
       returning person_id as "personId"`,
      [unit.actor.workspaceId, id, JSON.stringify(personIds)],
    );
    if (removed.length < personIds.length || removed.length === 0) throw nobody('The member of the group');
    await touch(unit, id);
    unit.audit({ action: 'group_member.removed', targetId: id, before: { personIds } });
    return { id };
  });
}

/** The group, which no other command changes until the transaction ends. */
async function heldGroup(
  unit: Unit,
  id: Id,
  expectedVersion?: number | null,
): Promise<{ id: Id; name: string; version: number }> {
  await holdWorkspace(unit);
  const [group] = await unit.em.execute<{ id: Id; name: string; version: number }[]>(
    'select id, name, version from person_group where workspace_id = ? and id = ? and deleted_at is null',
    [unit.actor.workspaceId, id],
  );
  if (!group) throw notFound('The group');
  requireVersion(group.version, expectedVersion);
  return group;
}

/** Puts members of the workspace into a group; it answers those who were not in it. */
async function addPeople({ em, actor }: Unit, groupId: Id, personIds: readonly Id[]): Promise<Id[]> {
  if (personIds.length === 0) return [];
  const people = JSON.stringify(personIds);
  const members = await em.execute<{ role: string }[]>(
    `select role from membership
      where workspace_id = ? and ended_at is null
        and person_id = any(array(select jsonb_array_elements_text(?::jsonb)::uuid))`,
    [actor.workspaceId, people],
  );
  if (members.length < personIds.length) throw nobody('The member');
  if (members.some(({ role }) => role === 'GUEST')) {
    throw new Refusal('INVALID_STATE', 'A guest cannot belong to a group. Make her a member first.', {
      path: ['personIds'],
    });
  }
  const added = await em.execute<{ personId: Id }[]>(
    `insert into person_group_member (workspace_id, group_id, person_id)
     select ?, ?, jsonb_array_elements_text(?::jsonb)::uuid
     on conflict do nothing returning person_id as "personId"`,
    [actor.workspaceId, groupId, people],
  );
  return added.map(({ personId }) => personId).sort();
}

const touch = ({ em, actor }: Unit, id: Id): Promise<unknown> =>
  em.execute('update person_group set version = version + 1 where workspace_id = ? and id = ?', [
    actor.workspaceId,
    id,
  ]);

async function refuseTakenName({ em, actor }: Unit, name: string, except: Id | null = null): Promise<void> {
  const [other] = await em.execute<object[]>(
    `select 1 from person_group
      where workspace_id = ? and lower(name) = lower(?) and deleted_at is null and id is distinct from ?::uuid`,
    [actor.workspaceId, name, except],
  );
  if (other) throw new Refusal('ALREADY_EXISTS', 'Another group has this name.', { path: ['name'] });
}

/** Each person once. Refused: too many. */
function peopleIn(ids: readonly Id[]): Id[] {
  const people = [...new Set(ids)].sort();
  if (people.length > MAX_PEOPLE) {
    throw new Refusal('TOO_LONG', `At most ${MAX_PEOPLE} people at once, but got: ${people.length}`, {
      path: ['personIds'],
    });
  }
  return people;
}

/** The same for nobody and for somebody of another workspace. */
const nobody = (what: string): Refusal => new Refusal('NOT_FOUND', `${what} was not found.`, { path: ['personIds'] });
