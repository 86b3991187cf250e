// Commands on teamspaces and on who belongs to them. Owners make and change them; into an open one every member lets
// herself, and out of any.

import { difference } from '../audit/difference.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import { requireAdministrator, requireVersion } from '../gate/ask.js';
import { mayAdminister, mayKnowTheWorkspace } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { holdWorkspace, requireMember } from '../people/membership.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { TeamspaceTable } from './tables.js';
import type { Teamspace, TeamspaceAccess } from './teamspace.js';

const MAX_ICON_LENGTH = 8;
const MAX_DESCRIPTION_LENGTH = 2_000;

/** Makes a teamspace, open unless said otherwise, with nobody in it. Refused: who may not administer, an unusable name,
 *  icon or description. */
export function createTeamspace(
  caller: Caller,
  input: { name: string; icon?: string | null; description?: string | null; access?: TeamspaceAccess | null },
): Promise<{ teamspace: Teamspace }> {
  const { actor } = caller;
  requireAdministrator(actor, 'make a teamspace');
  const settings = {
    name: requireName(input.name, 'name of the teamspace'),
    icon: iconOf(input.icon ?? null),
    description: descriptionOf(input.description ?? null),
    access: input.access ?? ('OPEN' as const),
  };
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const teamspace = unit.em.create(TeamspaceTable, {
      workspaceId: actor.workspaceId,
      id: newId(),
      archivedAt: null,
      ...settings,
    });
    unit.em.persist(teamspace);
    await unit.em.flush();
    unit.audit({ action: 'teamspace.created', targetId: teamspace.id, after: settings });
    return { teamspace };
  });
}

/** Changes what is given; null takes icon or description away. `archived` puts it away, or takes it out again. Refused: who
 *  may not administer, an unknown teamspace, an unusable value, an outdated version. */
export function updateTeamspace(
  caller: Caller,
  input: {
    teamspaceId: Id;
    name?: string | null;
    icon?: string | null;
    description?: string | null;
    access?: TeamspaceAccess | null;
    archived?: boolean | null;
    expectedVersion?: number | null;
  },
): Promise<{ teamspace: Teamspace }> {
  const { actor } = caller;
  requireAdministrator(actor, 'change a teamspace');
  const name = input.name === undefined ? undefined : requireName(input.name ?? '', 'name of the teamspace');
  const icon = input.icon == null ? input.icon : iconOf(input.icon);
  const description = input.description == null ? input.description : descriptionOf(input.description);
  return commit(caller, async (unit) => {
    const teamspace = await heldTeamspace(unit, input.teamspaceId);
    requireVersion(teamspace.version, input.expectedVersion);
    const before = {
      name: teamspace.name,
      icon: teamspace.icon,
      description: teamspace.description,
      access: teamspace.access,
      archived: teamspace.archivedAt !== null,
    };
    const after = {
      name: name ?? before.name,
      icon: icon === undefined ? before.icon : icon,
      description: description === undefined ? before.description : description,
      access: input.access ?? before.access,
      archived: input.archived ?? before.archived,
    };
    const changed = difference(before, after);
    const { archived, ...settings } = after;
    Object.assign(teamspace, settings);
    if (archived !== before.archived) teamspace.archivedAt = archived ? new Date() : null;
    await unit.em.flush();
    if (changed) unit.audit({ action: 'teamspace.updated', targetId: teamspace.id, ...changed });
    else unit.unchanged();
    return { teamspace };
  });
}

/** Adds a member of the workspace to a teamspace. Refused: who may not administer, unless she adds herself to an open one;
 *  an unknown or archived teamspace; a guest or a stranger; who belongs to it already. */
export function addTeamspaceMember(
  caller: Caller,
  input: { teamspaceId: Id; personId: Id },
): Promise<{ teamspace: Teamspace }> {
  const { actor } = caller;
  requireSelfOrAdministrator(actor, input.personId, 'add others to a teamspace');
  return commit(caller, async (unit) => {
    const teamspace = await heldTeamspace(unit, input.teamspaceId);
    if (teamspace.access === 'CLOSED') requireAdministrator(actor, 'add people to a closed teamspace');
    if (teamspace.archivedAt)
      throw new Refusal('INVALID_STATE', 'This teamspace is archived. Take it out again first.');
    const { role } = await requireMember(unit.em, actor.workspaceId, input.personId);
    if (role === 'GUEST')
      throw new Refusal('INVALID_STATE', 'A guest cannot belong to a teamspace. Make her a member first.');
    const added = await unit.em.execute<object[]>(
      `insert into teamspace_member (workspace_id, teamspace_id, person_id) values (?, ?, ?)
       on conflict do nothing returning person_id`,
      [actor.workspaceId, teamspace.id, input.personId],
    );
    if (added.length === 0) throw new Refusal('ALREADY_EXISTS', 'She belongs to this teamspace already.');
    unit.audit({
      action: 'teamspace_member.added',
      targetId: teamspace.id,
      after: { personId: input.personId },
    });
    return { teamspace };
  });
}

/** Takes somebody out of a teamspace. Refused: who may not administer, unless it is herself; an unknown teamspace; who does
 *  not belong to it. */
export function removeTeamspaceMember(
  caller: Caller,
  input: { teamspaceId: Id; personId: Id },
): Promise<{ teamspace: Teamspace }> {
  const { actor } = caller;
  requireSelfOrAdministrator(actor, input.personId, 'take others out of a teamspace');
  return commit(caller, async (unit) => {
    const teamspace = await heldTeamspace(unit, input.teamspaceId);
    const removed = await unit.em.execute<object[]>(
      'delete from teamspace_member where workspace_id = ? and teamspace_id = ? and person_id = ? returning person_id',
      [actor.workspaceId, teamspace.id, input.personId],
    );
    if (removed.length === 0) throw notFound('The member of the teamspace');
    unit.audit({
      action: 'teamspace_member.removed',
      targetId: teamspace.id,
      before: { personId: input.personId },
    });
    return { teamspace };
  });
}

/** The teamspace, which no other command changes until the transaction ends. */
async function heldTeamspace(unit: Unit, id: Id): Promise<Teamspace> {
  await holdWorkspace(unit);
  const teamspace = await unit.em.findOne(TeamspaceTable, { workspaceId: unit.actor.workspaceId, id });
  if (!teamspace) throw notFound('The teamspace');
  return teamspace;
}

function requireSelfOrAdministrator(actor: Actor, personId: Id, doing: string): void {
  if (mayKnowTheWorkspace(actor) && userIdOf(actor) === personId) return;
  if (!mayAdminister(actor)) throw new Refusal('FORBIDDEN', `Only a workspace owner may ${doing}.`);
}

/** What people see as one or a few characters; an emoji is made of several code points. */
function iconOf(text: string | null): string | null {
  if (text === null) return null;
  const icon = text.trim();
  const length = [...new Intl.Segmenter('en').segment(icon)].length;
  if (icon === '' || length > MAX_ICON_LENGTH || icon.length > 64 || /\p{Cc}/u.test(icon)) {
    throw new Refusal('INVALID', `The icon should be an emoji or 1 to ${MAX_ICON_LENGTH} letters, but has ${length}.`, {
      path: ['icon'],
    });
  }
  return icon;
}

function descriptionOf(text: string | null): string | null {
  const description = text?.trim() ?? '';
  if (description.length > MAX_DESCRIPTION_LENGTH) {
    throw new Refusal(
      'TOO_LONG',
      `The description must have at most ${MAX_DESCRIPTION_LENGTH} characters, but has ${description.length}.`,
      { path: ['description'] },
    );
  }
  if (/[^\P{Cc}\n\t]/u.test(description)) {
    throw new Refusal('INVALID', 'The description must not hold control characters.', { path: ['description'] });
  }
  return description === '' ? null : description;
}
