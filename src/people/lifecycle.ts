// Commands on people.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { WorkspaceRole } from '../gate/actor.js';
import { mayAdminister } from '../gate/rules.js';
import { requireEmail } from '../lib/email.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { Refusal } from '../lib/refusal.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { MembershipTable, PersonTable } from './tables.js';

/** Makes a person and her membership, or adds somebody known by this e-mail address to the workspace.
 *  Refused: who may not administer, a malformed address, somebody who is a member already. */
export function createPerson(
  caller: Caller,
  input: { name: string; email: string; role: WorkspaceRole },
): Promise<{ id: Id; name: string; email: string; role: WorkspaceRole }> {
  const { actor } = caller;
  if (!mayAdminister(actor)) throw new Refusal('FORBIDDEN', 'Only a workspace owner may add people.');
  const name = requireName(input.name, 'name of the person');
  const email = requireEmail(input.email);
  return commit(caller, async (unit) => {
    const [known] = await unit.em.execute<{ id: Id; name: string }[]>(
      'select id, name from person where lower(email) = lower(?)',
      [email],
    );
    if (known) await refuseMember(unit.em, actor.workspaceId, known.id, email);
    const { id } = known ?? (await addPerson(unit, { id: newId(), name, email }));
    await joinAs(unit, id, input.role);
    unit.audit({ action: 'member.added', targetId: id, details: { role: input.role } });
    return { id, name: known?.name ?? name, email, role: input.role };
  });
}

/** Makes a person, as part of a larger command; no membership yet. */
export async function addPerson<P extends { id: Id; name: string; email: string }>(
  { em, audit }: Unit,
  person: P,
): Promise<P> {
  const { id, name, email } = person;
  em.persist(em.create(PersonTable, { id, name, email, avatarUrl: null, access: 0 }));
  await em.flush();
  audit({ action: 'person.created', targetId: id, details: { name } });
  return person;
}

/** Makes somebody a member of the actor's workspace, again if she was one, as part of a larger command that records how. */
export async function joinAs({ em, actor }: Unit, personId: Id, role: WorkspaceRole): Promise<void> {
  await em.upsert(MembershipTable, { workspaceId: actor.workspaceId, personId, role, endedAt: null });
}

/** Throws `ALREADY_EXISTS` when she is a member now. */
export async function refuseMember(em: EntityManager, workspaceId: Id, personId: Id, email: string): Promise<void> {
  const membership = await em.findOne(MembershipTable, { workspaceId, personId, endedAt: null });
  if (membership)
    throw new Refusal('ALREADY_EXISTS', `${email} is a member of this workspace already.`, {
      path: ['email'],
    });
}
