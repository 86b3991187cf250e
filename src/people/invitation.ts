// Invitations: an owner gets a link to hand over, and whoever opens it joins as the person with the address it was made
// for. Gatehouse sends no mail, so the address is not proved by it: an account that exists is entered with its password only.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { PersonActor, WorkspaceRole } from '../gate/actor.js';
import { requireAdministrator, requireFreshSignIn } from '../gate/ask.js';
import { bitsOfRole } from '../gate/rules.js';
import { requireEmail } from '../lib/email.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { commit, type KeyHolder, type Unit } from '../unit-of-work.js';
import { lockWorkspace } from '../workspace/workspaces.js';
import { type Recorder, recordingAbout } from './about.js';
import { addPerson } from './lifecycle.js';
import { holdWorkspace, refuseMember, startMembership } from './membership.js';
import { deadLink, findLink, type MadeLink, makeLink, type OneTimeLink, useLink } from './one-time-link.js';
import { hashPassword, requirePassword } from './password.js';
import { rotateSession, type StartedSession, startSession, type Visitor } from './session.js';
import { type Doorkeeper, holdPassword, personByEmail, provePassword, storePassword } from './sign-in.js';

export interface Invitation extends MadeLink {
  email: string;
  role: WorkspaceRole;
}

/** What an invitation says to whoever opens it. */
export interface OpenedInvitation {
  link: OneTimeLink;
  workspaceId: Id;
  workspaceName: string;
  /** `null` when the operator invites. */
  invitedBy: string | null;
  email: string;
  /** As whoever invites knows her. */
  name: string | null;
  role: WorkspaceRole;
  /** The person with that address, when there is one already. */
  personId: Id | null;
}

/** Makes the link that lets somebody join the actor's workspace. An earlier one for the same address stops working.
 *  Refused: who may not administer, a malformed address, a member; without a fresh sign-in, an owner. */
export function inviteMember(
  caller: KeyHolder,
  input: { email: string; role: WorkspaceRole; name?: string | null | undefined },
): Promise<Invitation> {
  const { actor, keys } = caller;
  const { role } = input;
  requireAdministrator(actor, 'invite people');
  if (role === 'OWNER') requireFreshSignIn(actor, 'invite an owner');
  const email = requireEmail(input.email);
  const name = input.name ? requireName(input.name, 'name of the person') : null;
  return commit(caller, async (unit) => {
    const { workspaceId } = actor;
    await holdWorkspace(unit);
    const known = await personByEmail(unit.em, email);
    if (known) await refuseMember(unit.em, workspaceId, known.id, email);
    const createdBy = actor.kind === 'PERSON' ? actor.personId : null;
    const link = await makeLink(unit.em, keys, { kind: 'INVITATION', workspaceId, email, name, role, createdBy });
    unit.audit({ action: 'member.invited', targetId: link.id, after: { role } });
    return { ...link, email, role };
  });
}

/** What an invitation opens; `null` when it does not work (any more): it ends with the ownership of whoever made it. */
export async function openInvitation({ em, keys }: Visitor, secret: string): Promise<OpenedInvitation | null> {
  const link = await findLink(em(), keys, 'INVITATION', secret);
  return link ? described(em(), link) : null;
}

/** Joins as a new person, with a name and a password. Refused: a link that does not work (any more), an unusable name or
 *  password, an address that somebody has by now. */
export async function joinAsNewPerson(
  visitor: Visitor,
  secret: string,
  input: { name: string; password: string },
): Promise<StartedSession> {
  const opened = await requireInvitation(visitor, secret);
  const { email, workspaceId } = opened;
  const name = requireName(input.name, 'name');
  requirePassword(input.password, [name, email]);
  const passwordHash = await hashPassword(visitor.keys, input.password);
  const personId = newId();
  const prepare = async (unit: Unit): Promise<void> => {
    if (await personByEmail(unit.em, email)) throw deadLink();
    await addPerson(unit, { id: personId, name, email });
    await storePassword(unit.em, personId, passwordHash);
  };
  return join(visitor, opened, { personId, prepare }, (unit, record) =>
    startSession(unit.em, visitor, { personId, workspaceId }, record),
  );
}

/** Joins as somebody who has an account, by its password. Refused like a sign-in. The session her browser had before,
 *  `replaces`, ends. */
export async function joinByPassword(
  visitor: Visitor,
  secret: string,
  { password, replaces }: { password: string; replaces?: Id | undefined },
  doorkeeper: Doorkeeper,
): Promise<StartedSession> {
  const opened = await requireInvitation(visitor, secret);
  const { email, workspaceId } = opened;
  const proved = await provePassword(visitor, { email, password }, doorkeeper);
  const personId = proved.id;
  return join(visitor, opened, { personId }, async ({ em }, record) => {
    await holdPassword(em, proved);
    return startSession(em, visitor, { personId, workspaceId, replaces }, record);
  });
}

/** Joins as whoever is signed in; her session gets a new secret, and asks in the new workspace from now on. Refused: a
 *  link that does not work (any more), or is for another address. */
export async function joinSignedIn(
  visitor: Visitor,
  secret: string,
  { personId, sessionId }: { personId: Id; sessionId: Id },
): Promise<StartedSession> {
  const opened = await requireInvitation(visitor, secret);
  if (opened.personId !== personId) throw deadLink();
  return join(visitor, opened, { personId }, async ({ em }) => {
    await em.execute('update session set workspace_id = ? where id = ?', [opened.workspaceId, sessionId]);
    return { id: sessionId, secret: await rotateSession(em, visitor, sessionId) };
  });
}

async function requireInvitation(visitor: Visitor, secret: string): Promise<OpenedInvitation> {
  const opened = await openInvitation(visitor, secret);
  if (!opened) throw deadLink();
  return opened;
}

/** Uses the invitation up, while whoever made it is an owner still, and makes her a member; `prepare` makes her known
 *  before that, `enter` lets her in after it. */
function join(
  visitor: Visitor,
  { link, workspaceId, role, email }: OpenedInvitation,
  { personId, prepare }: { personId: Id; prepare?: (unit: Unit) => Promise<void> },
  enter: (unit: Unit, record: Recorder) => Promise<StartedSession>,
): Promise<StartedSession> {
  const { address } = visitor;
  const actor: PersonActor = { kind: 'PERSON', personId, workspaceId, role, bits: bitsOfRole(role) };
  return commit({ ...visitor, actor: { ...actor, ...(address !== undefined && { address }) } }, async (unit) => {
    await lockWorkspace(unit.em, workspaceId);
    if (!(await described(unit.em, link))) throw deadLink();
    await useLink(unit.em, link);
    await prepare?.(unit);
    await refuseMember(unit.em, workspaceId, personId, email);
    await startMembership(unit, { personId, role }, 'member.joined');
    return enter(unit, recordingAbout(unit, personId));
  });
}

async function described(em: EntityManager, link: OneTimeLink): Promise<OpenedInvitation | null> {
  const [found] = await em.execute<Omit<OpenedInvitation, 'link'>[]>(
    `select w.id as "workspaceId", w.name as "workspaceName", i.name as "invitedBy", l.email, l.name, l.role,
            p.id as "personId"
       from one_time_link l
       join workspace w on w.id = l.workspace_id and w.deleted_at is null
       left join person i on i.id = l.created_by
       left join person p on lower(p.email) = lower(l.email)
      where l.id = ?
        and (l.created_by is null or exists (
              select 1 from membership m
               where m.workspace_id = l.workspace_id and m.person_id = l.created_by and m.role = 'OWNER' and m.ended_at is null))`,
    [link.id],
  );
  return found ? { link, ...found } : null;
}
