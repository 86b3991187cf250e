// Commands on who belongs to a workspace. From the first owner on there is always one.

import type { EntityManager } from '@mikro-orm/postgresql';
import { nobodyAnyMore, userIdOf, type WorkspaceRole } from '../gate/actor.js';
import { requireAdministrator, requireFreshSignIn, requireVersion } from '../gate/ask.js';
import { bitsOfRole, isSignedIn } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type Caller, commit } from '../unit-of-work.js';
import type { MemberRow } from './members.js';
import {
  endMembership,
  endSharesTo,
  endWhatMembersHave,
  holdWorkspace,
  requireAnotherOwner,
  requireMember,
} from './membership.js';
import type { PersonRow } from './person.js';

/** Gives a member another role. Who becomes a guest loses her personal tokens and her places in teamspaces; shares to who
 *  was one end. Refused: who may not administer, a stranger, an outdated version, the last owner; and for making or
 *  unmaking an owner, without a fresh sign-in. */
export async function updateMember(
  caller: Caller,
  input: { personId: Id; role: WorkspaceRole; expectedVersion?: number | null },
): Promise<{ member: MemberRow }> {
  const { actor } = caller;
  const { personId, role, expectedVersion } = input;
  requireAdministrator(actor, 'change the role of a member');
  if (role === 'OWNER') requireFreshSignIn(actor, 'change who owns the workspace');
  const changed = await commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const membership = await requireMember(unit.em, actor.workspaceId, personId);
    requireVersion(membership.version, expectedVersion);
    const before = membership.role;
    if (before === 'OWNER' && role !== 'OWNER') {
      requireFreshSignIn(actor, 'change who owns the workspace');
      await requireAnotherOwner(unit, personId);
    }
    membership.role = role;
    await unit.em.flush();
    if (before === role) unit.unchanged();
    else unit.audit({ action: 'member.updated', targetId: personId, before: { role: before }, after: { role } });
    if (role === 'GUEST' && before !== role) await endWhatMembersHave(unit, personId, 'member.updated');
    if (before === 'GUEST' && before !== role) await endSharesTo(unit, personId, 'member.updated');
    const person = await personOf(unit.em, personId);
    return { member: { ...person, role, joinedAt: membership.createdAt, version: membership.version } };
  });
  // What follows in the same operation is asked in the new role.
  if (actor.kind === 'PERSON' && actor.personId === personId) {
    caller.actor = { ...actor, role, bits: actor.bits & bitsOfRole(role) };
  }
  return changed;
}

/** Ends somebody's membership and all that hung on it. Refused: who may not administer, a stranger, oneself (leave instead),
 *  the last owner; and for an owner, without a fresh sign-in. */
export function removeMember(caller: Caller, input: { personId: Id }): Promise<{ person: PersonRow }> {
  const { actor } = caller;
  const { personId } = input;
  requireAdministrator(actor, 'remove a member');
  if (userIdOf(actor) === personId) throw new Refusal('INVALID_STATE', 'To go yourself, use leaveWorkspace.');
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const membership = await requireMember(unit.em, actor.workspaceId, personId);
    if (membership.role === 'OWNER') requireFreshSignIn(actor, 'change who owns the workspace');
    await endMembership(unit, membership, 'member.removed');
    return { person: await personOf(unit.em, personId) };
  });
}

/** Ends one's own membership and all that hung on it. Refused: anybody who is not signed in, and not freshly; the last owner. */
export async function leaveWorkspace(caller: Caller): Promise<{ workspaceId: Id }> {
  const { actor } = caller;
  if (!isSignedIn(actor)) throw new Refusal('FORBIDDEN', 'Only a person who is signed in may leave a workspace.');
  requireFreshSignIn(actor, 'leave a workspace');
  const { workspaceId, personId } = actor;
  await commit(caller, async (unit) => {
    await holdWorkspace(unit);
    await endMembership(unit, await requireMember(unit.em, workspaceId, personId), 'member.left');
  });
  caller.actor = nobodyAnyMore(actor);
  return { workspaceId };
}

async function personOf(em: EntityManager, personId: Id): Promise<PersonRow> {
  const [person] = await em.execute<PersonRow[]>(
    'select id, name, email, avatar_url as "avatarUrl" from person where id = ?',
    [personId],
  );
  return person!;
}
