// What begins and ends with a membership, and what must hold of all memberships of a workspace together: once it has had
// an owner, it has one. For commands, inside their transaction.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditAction } from '../audit/entry.js';
import { atLeast, userIdOf, type WorkspaceRole } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import type { Unit } from '../unit-of-work.js';
import { lockWorkspace } from '../workspace/workspaces.js';
import { type Membership, MembershipTable } from './tables.js';

/** Locks people and settings of the workspace, and looks again whether a person who asks is still what she was when her
 *  request came: two owners may be at it at once. Refused: the workspace is gone, or she is less by now. */
export async function holdWorkspace(unit: Unit): Promise<void> {
  await lockWorkspace(unit.em, unit.actor.workspaceId);
  // A statement of its own, after the lock: one that had to wait for it would still see what was there before.
  await requireRoleStill(unit);
}

/** Refused: the person who asks is less by now than when her request came. For whoever has locked the workspace. */
export async function requireRoleStill({ em, actor }: Unit): Promise<void> {
  if (actor.kind !== 'PERSON') return;
  const [now] = await em.execute<{ role: WorkspaceRole }[]>(
    'select role from membership where workspace_id = ? and person_id = ? and ended_at is null',
    [actor.workspaceId, actor.personId],
  );
  if (!now || !atLeast(now.role, actor.role)) {
    throw new Refusal('FORBIDDEN', 'Your role in this workspace was changed just now.');
  }
}

/** The live membership of a person. Refused: she has none here. */
export async function requireMember(em: EntityManager, workspaceId: Id, personId: Id): Promise<Membership> {
  const membership = await em.findOne(MembershipTable, { workspaceId, personId, endedAt: null });
  if (!membership) throw notFound('The member');
  return membership;
}

/** Throws `ALREADY_EXISTS` when she is a member now. */
export async function refuseMember(em: EntityManager, workspaceId: Id, personId: Id, email: string): Promise<void> {
  const membership = await em.findOne(MembershipTable, { workspaceId, personId, endedAt: null });
  if (!membership) return;
  throw new Refusal('ALREADY_EXISTS', `${email} is a member of this workspace already.`, { path: ['email'] });
}

/** Begins a membership. Somebody who was here before starts anew: nothing of then counts. Whoever adds people to a
 *  workspace that others know locks it before. Refused: a member already. */
export async function startMembership(
  unit: Unit,
  { personId, role }: { personId: Id; role: WorkspaceRole },
  action: 'member.added' | 'member.joined' = 'member.added',
): Promise<Membership> {
  const { em, actor } = unit;
  const { workspaceId } = actor;
  const before = await em.findOne(MembershipTable, { workspaceId, personId });
  if (before && before.endedAt === null) {
    throw new Refusal('ALREADY_EXISTS', 'This person is a member of the workspace already.');
  }
  // Whatever was given to her while she was being removed.
  if (before) await endWhatHungOn(unit, personId, action);
  const membership = before ?? em.create(MembershipTable, { workspaceId, personId, role, endedAt: null });
  Object.assign(membership, { role, endedAt: null, createdAt: new Date() });
  em.persist(membership);
  await em.flush();
  unit.audit({ action, targetId: personId, after: { role } });
  return membership;
}

/** Makes somebody the first owner of a workspace: who is a member gets the role, anybody else joins with it. */
export async function makeOwner(unit: Unit, personId: Id): Promise<void> {
  const { em, actor } = unit;
  const membership = await em.findOne(MembershipTable, { workspaceId: actor.workspaceId, personId, endedAt: null });
  if (!membership) {
    await startMembership(unit, { personId, role: 'OWNER' }, 'member.joined');
    return;
  }
  const before = membership.role;
  membership.role = 'OWNER';
  await em.flush();
  if (before === 'GUEST') await endSharesTo(unit, personId, 'member.updated');
  unit.audit({ action: 'member.updated', targetId: personId, before: { role: before }, after: { role: 'OWNER' } });
}

/** Ends a membership, with everything that hung on it, in this transaction. What she granted to others stays. The last
 *  owner cannot go. */
export async function endMembership(
  unit: Unit,
  membership: Membership,
  action: 'member.removed' | 'member.left',
): Promise<void> {
  if (membership.role === 'OWNER') await requireAnotherOwner(unit, membership.personId);
  membership.endedAt = new Date();
  await unit.em.flush();
  unit.audit({ action, targetId: membership.personId, before: { role: membership.role } });
  await endWhatHungOn(unit, membership.personId, action);
}

/** Refused when nobody else owns the workspace. Asked with the workspace locked: two who go at once cannot both be right. */
export async function requireAnotherOwner({ em, actor }: Unit, personId: Id): Promise<void> {
  const [other] = await em.execute<object[]>(
    `select 1 from membership
      where workspace_id = ? and person_id <> ? and role = 'OWNER' and ended_at is null limit 1`,
    [actor.workspaceId, personId],
  );
  if (!other) {
    throw new Refusal(
      'INVALID_STATE',
      'A workspace always has an owner, and this is the last one. Make another one first.',
    );
  }
}

/** Ends what no guest has: personal tokens, and places in teamspaces and groups. */
export async function endWhatMembersHave(unit: Unit, personId: Id, because: AuditAction): Promise<void> {
  const { em, actor } = unit;
  const ended = await em.execute<Ended[]>(
    `with revoked as (
       update personal_access_token set revoked_at = now(), revoked_by = ?
        where workspace_id = ? and person_id = ? and revoked_at is null
       returning id),
     left_behind as (
       delete from teamspace_member where workspace_id = ? and person_id = ? returning teamspace_id),
     left_out as (
       delete from person_group_member where workspace_id = ? and person_id = ? returning group_id),
     counted as (
       update person_group set version = version + 1
        where workspace_id = ? and id in (select group_id from left_out))
     select 'personal_access_token.revoked' as action, id from revoked
     union all select 'teamspace_member.removed', teamspace_id from left_behind
     union all select 'group_member.removed', group_id from left_out`,
    [
      userIdOf(actor),
      actor.workspaceId,
      personId,
      actor.workspaceId,
      personId,
      actor.workspaceId,
      personId,
      actor.workspaceId,
    ],
  );
  record(unit, ended, { because, personId });
}

/** Ends what was shared with a guest who is none any more: a member reaches every page, and were she a guest again some
 *  day, nothing of it should come back. */
export async function endSharesTo(unit: Unit, personId: Id, because: AuditAction): Promise<void> {
  const { em, actor } = unit;
  const ended = await em.execute<Ended[]>(
    `update share set revoked_at = now(), revoked_by = ?
      where workspace_id = ? and person_id = ? and revoked_at is null returning 'share.revoked' as action, id`,
    [userIdOf(actor), actor.workspaceId, personId],
  );
  record(unit, ended, { because, personId });
}

/** All that hangs on a membership, and the public connections she installed with their grants, tokens and shares. Sessions
 *  are hers and not the workspace's: they look for a live membership at each request. */
async function endWhatHungOn(unit: Unit, personId: Id, because: AuditAction): Promise<void> {
  const { em, actor } = unit;
  const { workspaceId } = actor;
  await endWhatMembersHave(unit, personId, because);
  await endSharesTo(unit, personId, because);
  const ended = await em.execute<Ended[]>(
    `with installed as (
       update installation i set status = 'ENDED' from connection c
        where i.workspace_id = ? and i.installed_by = ? and i.status <> 'ENDED'
          and c.id = i.connection_id and c.kind = 'PUBLIC'
       returning i.id),
     granted as (
       update capability_grant set revoked_at = now()
        where workspace_id = ? and installation_id in (select id from installed) and revoked_at is null),
     held as (
       update token set revoked_at = now(), ciphertext = null
        where workspace_id = ? and installation_id in (select id from installed) and revoked_at is null),
     shared as (
       update share set revoked_at = now(), revoked_by = ?
        where workspace_id = ? and installation_id in (select id from installed) and revoked_at is null
       returning id)
     select 'connection.uninstalled' as action, id from installed
     union all select 'share.revoked', id from shared`,
    [workspaceId, personId, workspaceId, workspaceId, userIdOf(actor), workspaceId],
  );
  record(unit, ended, { because, personId });
}

interface Ended {
  action: AuditAction;
  id: Id;
}

const record = ({ audit }: Unit, ended: readonly Ended[], details: Record<string, unknown>): void => {
  for (const { action, id } of ended) audit({ action, targetId: id, details });
};
