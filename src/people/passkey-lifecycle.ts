// Commands of somebody signed in on her passkeys. Both are steps that let somebody in from then on, or lock her out: they
// need a fresh sign-in, and no token takes them.

import { requireFreshSignIn } from '../gate/ask.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { notFound, Refusal } from '../lib/refusal.js';
import type { KeyHolder } from '../unit-of-work.js';
import { commitAbout } from './about.js';
import { requireSession, visitorOf } from './account.js';
import { makeChallenge, spendChallenge } from './passkey-challenge.js';
import { requireParty } from './relying-party.js';
import { endSessionsOf } from './session.js';
import { answerIn, creationOptions, verifyMade } from './webauthn.js';

/** A phone, a laptop, a key for the drawer, and some more. */
export const MAX_PASSKEYS = 20;

/** Who gives these commands, and under which name she reaches the gateway. */
export interface PasskeyHolder extends KeyHolder {
  publicUrl: () => string;
}

/** Begins a passkey: what her browser makes one from, good for five minutes, in this session, and once. Refused: who is
 *  not signed in freshly; a gateway that is reached by an IP address. */
export async function startPasskey(caller: PasskeyHolder): Promise<{ options: object }> {
  const { personId, sessionId } = requireSession(caller.actor, 'make a passkey');
  requireFreshSignIn(caller.actor, 'make a passkey');
  const party = requireParty(caller.publicUrl());
  const [person] = await caller
    .em()
    .execute<[{ name: string; email: string }]>('select name, email from person where id = ?', [personId]);
  const known = await caller
    .em()
    .execute<{ credentialId: Buffer; transports: string[] }[]>(
      'select credential_id as "credentialId", transports from passkey where person_id = ?',
      [personId],
    );
  refuseTooMany(known.length);
  const challenge = await makeChallenge(visitorOf(caller), sessionId);
  return { options: await creationOptions(party, { id: personId, ...person }, challenge, known) };
}

/** Keeps the passkey her browser has made; `response` is what it answered. Refused: who is not signed in freshly; an
 *  unusable name; an answer that is not right, was used, or comes too late; one passkey too many, or the same twice. */
export async function createPasskey(
  caller: PasskeyHolder,
  input: { name: string; response: unknown },
): Promise<{ id: Id }> {
  const { personId, sessionId } = requireSession(caller.actor, 'make a passkey');
  requireFreshSignIn(caller.actor, 'make a passkey');
  const party = requireParty(caller.publicUrl());
  const name = requireName(input.name, 'name of the passkey');
  const answer = answerIn(input.response);
  const isAnswer = answer !== null && (await spendChallenge(caller.em(), answer.challenge, sessionId));
  const made = isAnswer ? await verifyMade(party, answer) : null;
  if (!made) throw notMade();
  return commitAbout(visitorOf(caller), personId, async (em, record) => {
    // Whoever ends her sessions at this moment, because somebody else sits there, must not miss what is made in them.
    const [live] = await em.execute<object[]>('select 1 from session where id = ? and ended_at is null for share', [
      sessionId,
    ]);
    if (!live) throw notMade();
    await em.execute('select 1 from person where id = ? for no key update', [personId]); // counted one after the other
    const [{ count }] = await em.execute<[{ count: number }]>(
      'select count(*)::int as count from passkey where person_id = ?',
      [personId],
    );
    refuseTooMany(count);
    const id = newId();
    const inserted = await em.execute<object[]>(
      `insert into passkey (id, person_id, name, credential_id, public_key, counter, transports)
       values (?, ?, ?, ?, ?, ?, array(select jsonb_array_elements_text(?::jsonb)))
       on conflict (credential_id) do nothing returning id`,
      [id, personId, name, made.credentialId, made.publicKey, made.counter, JSON.stringify(made.transports)],
    );
    if (inserted.length === 0) throw new Refusal('ALREADY_EXISTS', 'This passkey is kept here already.');
    record({ action: 'passkey.created', targetId: id });
    return { id };
  });
}

/** Deletes one of her passkeys and ends all of her sessions but the one she asks with: the device may be in other hands.
 *  Refused: who is not signed in freshly; one that is not hers, or not there. */
export async function deletePasskey(caller: KeyHolder, { id }: { id: Id }): Promise<{ endedSessions: number }> {
  const { personId, sessionId } = requireSession(caller.actor, 'delete a passkey');
  requireFreshSignIn(caller.actor, 'delete a passkey');
  return commitAbout(visitorOf(caller), personId, async (em, record) => {
    const deleted = await em.execute<object[]>('delete from passkey where id = ? and person_id = ? returning id', [
      id,
      personId,
    ]);
    if (deleted.length === 0) throw notFound('The passkey');
    // After the passkey: a sign-in with it that had begun has its session by now, and another cannot begin.
    const endedSessions = await endSessionsOf(em, personId, sessionId);
    record({ action: 'passkey.deleted', targetId: id, details: { endedSessions } });
    return { endedSessions };
  });
}

function refuseTooMany(count: number): void {
  if (count < MAX_PASSKEYS) return;
  throw new Refusal('INVALID_STATE', `You may have at most ${MAX_PASSKEYS} passkeys. Delete one you do not use.`);
}

/** The same words whatever is wrong with the answer. */
const notMade = (): Refusal =>
  new Refusal('INVALID', 'The passkey was not made: its answer was not right, or came too late. Try again.', {
    path: ['response'],
  });
