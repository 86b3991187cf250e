// A link with which somebody signs in once, to set a password: for those who have none yet, or have forgotten it. Only the
// operator makes one, on the command line; Gatehouse sends no mail.

import { INSTALLATION_LOG } from '../audit/entry.js';
import { operatorOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { commit, type KeyHolder } from '../unit-of-work.js';
import { commitAbout, recordingAbout } from './about.js';
import { deadLink, findLink, type MadeLink, makeLink, type OneTimeLink, useLink } from './one-time-link.js';
import { hashPassword, requirePassword } from './password.js';
import { endSessionsOf, type StartedSession, startSession, type Visitor } from './session.js';
import { personByEmail, storePassword } from './sign-in.js';

/** Makes a link for the person with this address; only the operator does. Refused: nobody has it. */
export async function createSignInLink(
  caller: Omit<KeyHolder, 'actor'>,
  email: string,
): Promise<MadeLink & { person: { id: Id; name: string; email: string } }> {
  const person = await personByEmail(caller.em(), email);
  if (!person) throw notFound(`A person with the e-mail address "${email.trim().slice(0, 60)}"`);
  const { id, name } = person;
  const link = await commit({ ...caller, actor: operatorOf(INSTALLATION_LOG) }, async (unit) => {
    const made = await makeLink(unit.em, caller.keys, { kind: 'SIGN_IN', personId: id });
    await recordingAbout(unit, id)({ action: 'sign_in_link.created', targetId: id, details: { kind: 'SIGN_IN' } });
    return made;
  });
  return { ...link, person: { id, name, email: person.email } };
}

/** Whom a sign-in link lets in; `null` when it does not work (any more). */
export async function openSignInLink(
  { em, keys }: Visitor,
  secret: string,
): Promise<{ link: OneTimeLink; personId: Id; name: string; email: string } | null> {
  const link = await findLink(em(), keys, 'SIGN_IN', secret);
  if (!link?.personId) return null;
  const [person] = await em().execute<{ name: string; email: string }[]>(
    'select name, email from person where id = ?',
    [link.personId],
  );
  return person ? { link, personId: link.personId, ...person } : null;
}

/** Sets the password of whom the link is for, and lets her in. All other sessions of hers end. Refused: a link that does
 *  not work (any more), an unusable password. */
export async function signInByLink(
  visitor: Visitor,
  secret: string,
  { password, replaces }: { password: string; replaces?: Id | undefined },
): Promise<StartedSession> {
  const opened = await openSignInLink(visitor, secret);
  if (!opened) throw deadLink();
  const { link, personId, name, email } = opened;
  requirePassword(password, [name, email]);
  const passwordHash = await hashPassword(visitor.keys, password);
  return commitAbout(visitor, personId, async (em, record) => {
    await useLink(em, link);
    await storePassword(em, personId, passwordHash);
    await endSessionsOf(em, personId);
    record({ action: 'person.password_updated', targetId: personId, details: { by: 'SIGN_IN_LINK' } });
    return startSession(em, visitor, { personId, replaces }, record);
  });
}
