// Commands on people.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { WorkspaceRole } from '../gate/actor.js';
import { mayAdminister } from '../gate/rules.js';
import { requireEmail } from '../lib/email.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { Refusal } from '../lib/refusal.js';
import { type Caller, commit } from '../unit-of-work.js';
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
    const id = known?.id ?? newId();
    if (known) await refuseMember(unit.em, actor.workspaceId, id, email);
    else {
      unit.em.persist(unit.em.create(PersonTable, { id, name, email, avatarUrl: null, access: 0 }));
      unit.audit({ action: 'person.created', targetId: id, details: { name } });
    }
    await unit.em.flush();
    await unit.em.upsert(MembershipTable, {
      workspaceId: actor.workspaceId,
      personId: id,
      role: input.role,
      endedAt: null,
    });
    unit.audit({ action: 'member.added', targetId: id, details: { role: input.role } });
    return { id, name: known?.name ?? name, email, role: input.role };
  });
}

async function refuseMember(em: EntityManager, workspaceId: Id, personId: Id, email: string): Promise<void> {
  const membership = await em.findOne(MembershipTable, { workspaceId, personId, endedAt: null });
  if (membership) throw new Refusal('ALREADY_EXISTS', `${email} is a member of this workspace already.`);
}
