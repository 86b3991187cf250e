// Commands of somebody signed in on what is hers alone: her sessions, her password, her name and address. A personal
// access token does none of it, whatever it may do otherwise.

import type { Actor } from '../gate/actor.js';
import { requireFreshSignIn } from '../gate/ask.js';
import { requireEmail } from '../lib/email.js';
import type { Id } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { notFound, Refusal } from '../lib/refusal.js';
import type { KeyHolder } from '../unit-of-work.js';
import { commitAbout } from './about.js';
import { giveTryBack, SIGN_IN_LIMITS, takeTry } from './limiter.js';
import { hashPassword, isPassword, requirePassword } from './password.js';
import type { PersonRow } from './person.js';
import { endSessionsOf, type Visitor } from './session.js';
import { holdPassword, type KnownPerson, storePassword, tooManyTries } from './sign-in.js';

/** Somebody, by the session she is here with. */
export interface SignedInPerson {
  personId: Id;
  sessionId: Id;
}

/** Ends one of her own sessions; the one she asks with, too. Refused: it is not hers, or has ended. */
export const endSession = (caller: KeyHolder, { id }: { id: Id }): Promise<void> =>
  endSessionOf(visitorOf(caller), requireSession(caller.actor, 'end a session'), id);

/** The same where she asks in no workspace, as on the page for signing out. */
export async function endSessionOf(visitor: Visitor, { personId }: SignedInPerson, id: Id): Promise<void> {
  await commitAbout(visitor, personId, async (em, record) => {
    const ended = await em.execute<object[]>(
      'update session set ended_at = now() where id = ? and person_id = ? and ended_at is null returning id',
      [id, personId],
    );
    if (ended.length === 0) throw notFound('The session');
    record({ action: 'session.ended', targetId: id });
  });
}

/** Ends all of her sessions but the one she asks with; it answers how many there were. */
export function endOtherSessions(caller: KeyHolder): Promise<{ ended: number }> {
  const { personId, sessionId } = requireSession(caller.actor, 'end sessions');
  return commitAbout(visitorOf(caller), personId, async (em, record) => {
    const ended = await endSessionsOf(em, personId, sessionId);
    if (ended > 0) record({ action: 'session.ended', targetId: personId, details: { ended } });
    return { ended };
  });
}

/** Replaces her password and ends all of her sessions but the one she asks with. Refused: `currentPassword` is not her password,
 *  `newPassword` may not be one; too many tries. */
export const updatePassword = (
  caller: KeyHolder,
  input: { currentPassword: string; newPassword: string },
): Promise<{ endedSessions: number }> =>
  updatePasswordOf(visitorOf(caller), requireSession(caller.actor, 'change a password'), input);

/** The same where she asks in no workspace, as on the page for it. */
export async function updatePasswordOf(
  visitor: Visitor,
  { personId, sessionId }: SignedInPerson,
  input: { currentPassword: string; newPassword: string },
): Promise<{ endedSessions: number }> {
  const person = await proveOwnPassword(visitor, personId, input.currentPassword);
  requirePassword(input.newPassword, [person.name, person.email], ['newPassword']);
  const passwordHash = await hashPassword(visitor.keys, input.newPassword);
  return commitAbout(visitor, personId, async (em, record) => {
    await holdPassword(em, person);
    await storePassword(em, personId, passwordHash);
    const endedSessions = await endSessionsOf(em, personId, sessionId);
    record({ action: 'person.password_updated', targetId: personId, details: { endedSessions } });
    return { endedSessions };
  });
}

/** Changes her name, her address or both; what is left out stays. Refused: an unusable name or address, one that somebody
 *  else has; without a fresh sign-in, an address. */
export function updateProfile(
  caller: KeyHolder,
  input: { name?: string | null | undefined; email?: string | null | undefined },
): Promise<{ person: PersonRow }> {
  const { personId } = requireSession(caller.actor, 'change a name or an address');
  const name = given(input.name, 'name', (text) => requireName(text, 'name'));
  const email = given(input.email, 'email', (email) => requireEmail(email));
  if (email !== undefined) requireFreshSignIn(caller.actor, 'change your e-mail address');
  return commitAbout(visitorOf(caller), personId, async (em, record) => {
    const [before] = await em.execute<[PersonRow]>(
      `select id, name, email, avatar_url as "avatarUrl" from person where id = ? for update`,
      [personId],
    );
    const person = { ...before, ...(name !== undefined && { name }), ...(email !== undefined && { email }) };
    if (email !== undefined && email !== before.email) {
      const [other] = await em.execute<object[]>('select 1 from person where lower(email) = lower(?) and id <> ?', [
        email,
        personId,
      ]);
      if (other) throw emailIsTaken();
      const [was, is] = [{ email: before.email }, { email }]; // redacted on the way into the log
      record({ action: 'person.email_updated', targetId: personId, before: was, after: is });
    }
    if (person.name !== before.name) {
      const [was, is] = [{ name: before.name }, { name: person.name }];
      record({ action: 'person.updated', targetId: personId, before: was, after: is });
    }
    await em.execute('update person set name = ?, email = ? where id = ?', [person.name, person.email, personId]);
    return { person };
  });
}

/** Her password, checked like a sign-in and counted like one: it may be somebody else who sits there. */
async function proveOwnPassword(visitor: Visitor, personId: Id, password: string): Promise<KnownPerson> {
  const { em, keys, address } = visitor;
  const trier = { account: personId, address };
  const wait = await takeTry(em(), keys, trier, SIGN_IN_LIMITS);
  if (wait !== null) throw tooManyTries(wait);
  const [person] = await em().execute<[KnownPerson]>(
    `select p.id, p.name, p.email, s.password_hash as "passwordHash"
       from person p left join person_secret s on s.person_id = p.id where p.id = ?`,
    [personId],
  );
  if (!(await isPassword(keys, person.passwordHash, password))) {
    await commitAbout(visitor, personId, async (_, record) =>
      record({ action: 'session.refused', targetId: personId, details: { count: 1, by: 'PASSWORD_CHANGE' } }),
    );
    throw new Refusal('INVALID', 'That is not your password.', { path: ['currentPassword'] });
  }
  await giveTryBack(em(), keys, trier, SIGN_IN_LIMITS);
  return person;
}

/** Whoever is signed in. Refused: everybody else. `doing` completes "Only somebody signed in may …". */
export function requireSession(actor: Actor, doing: string): SignedInPerson {
  if (actor.kind !== 'PERSON' || !actor.session) {
    throw new Refusal('FORBIDDEN', `Only somebody signed in may ${doing}.`);
  }
  return { personId: actor.personId, sessionId: actor.session.id };
}

/** Whoever gives a command, as somebody at the door. */
export const visitorOf = ({ em, keys, stop, actor: { address } }: KeyHolder): Visitor => ({
  em,
  keys,
  address,
  ...(stop && { stop }),
});

/** What was given, checked; `undefined` when nothing was. A null is no way to say either. */
function given(value: string | null | undefined, name: string, check: (text: string) => string): string | undefined {
  if (value === undefined) return undefined;
  if (value === null)
    throw new Refusal('REQUIRED', `The ${name} cannot be taken away. Leave it out to keep it.`, { path: [name] });
  return check(value);
}

const emailIsTaken = (): Refusal =>
  new Refusal('ALREADY_EXISTS', 'Somebody else has this e-mail address.', { path: ['email'] });
