// Commands on people.

import type { WorkspaceRole } from '../gate/actor.js';
import { requireAdministrator } from '../gate/ask.js';
import { requireEmail } from '../lib/email.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { holdWorkspace, startMembership } from './membership.js';
import { PersonTable } from './tables.js';

/** Makes a person and her membership, or adds somebody known by this e-mail address to the workspace.
 *  Refused: who may not administer, a malformed address, somebody who is a member already. */
export function createPerson(
  caller: Caller,
  input: { name: string; email: string; role: WorkspaceRole },
): Promise<{ id: Id; name: string; email: string; role: WorkspaceRole }> {
  const { actor } = caller;
  requireAdministrator(actor, 'add people');
  const name = requireName(input.name, 'name of the person');
  const email = requireEmail(input.email);
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const [known] = await unit.em.execute<{ id: Id; name: string }[]>(
      'select id, name from person where lower(email) = lower(?)',
      [email],
    );
    const { id } = known ?? (await addPerson(unit, { id: newId(), name, email }));
    await startMembership(unit, { personId: id, role: input.role });
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
  audit({ action: 'person.created', targetId: id, after: { name } });
  return person;
}
