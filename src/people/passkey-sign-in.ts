// Signing in with a passkey: a challenge to the browser, its signed answer back, and a session. Nobody says who she is: the
// passkey does. Tries are those of passwords, counted in the same way.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { commitAbout } from './about.js';
import { giveTryBack, takeTry } from './limiter.js';
import { makeChallenge, spendChallenge } from './passkey-challenge.js';
import type { RelyingParty } from './relying-party.js';
import { type StartedSession, startSession, type Visitor } from './session.js';
import { type Doorkeeper, tooManyTries } from './sign-in.js';
import { answerIn, type KnownCredential, requestOptions, verifyUsed } from './webauthn.js';

/** Begins a sign-in: what a browser asks its passkeys, good for five minutes and once. Refused: the network was given too
 *  many lately. */
export async function startPasskeySignIn(visitor: Visitor, party: RelyingParty): Promise<object> {
  return requestOptions(party, await makeChallenge(visitor, null));
}

/** Starts a session for whoever has the passkey that gave `response`. Refused: too many tries; anything wrong with it, in
 *  the same words whatever it is. The session her browser had before, `replaces`, ends. */
export async function signInByPasskey(
  visitor: Visitor,
  party: RelyingParty,
  { response, replaces }: { response: string; replaces?: Id | undefined },
  { limits, refused }: Doorkeeper,
): Promise<StartedSession & { personId: Id }> {
  const { keys, address } = visitor;
  const em = visitor.em();
  const answer = answerIn(response);
  const known = answer ? await credentialById(em, answer.credentialId) : undefined;
  const account = known?.personId ?? `passkey ${answer?.credentialId.toString('base64url') ?? ''}`;
  const trier = { account, address };
  const refuse = (refusal: Refusal): Refusal => {
    if (known) refused.count(known.personId, address);
    return refusal;
  };
  const wait = await takeTry(em, keys, trier, limits);
  if (wait !== null) throw refuse(tooManyTries(wait));
  const isAnswer = answer !== null && (await spendChallenge(em, answer.challenge, null));
  const counter = isAnswer && known ? await verifyUsed(party, answer, known) : null;
  if (counter === null || !known) throw refuse(notAccepted());
  await giveTryBack(em, keys, trier, limits);
  const { personId } = known;
  const started = await commitAbout(visitor, personId, async (em, record) => {
    if (!(await countUse(em, known.id, counter))) throw notAccepted();
    return startSession(em, visitor, { personId, replaces, by: 'PASSKEY' }, record);
  });
  return { ...started, personId };
}

/** Holds the passkey until the transaction ends, and moves its counter on. `false` when it was deleted since it was looked
 *  up, or its counter has gone past this one: two have the key, or one answer came twice. A counter of 0 is none. */
async function countUse(em: EntityManager, id: Id, counter: number): Promise<boolean> {
  const counted = await em.execute<object[]>(
    `update passkey set counter = ?, last_used_at = now()
      where id = ? and (counter < ? or (counter = 0 and ? = 0)) returning id`,
    [counter, id, counter, counter],
  );
  return counted.length === 1;
}

async function credentialById(
  em: EntityManager,
  credentialId: Buffer,
): Promise<(KnownCredential & { id: Id }) | undefined> {
  const [known] = await em.execute<(KnownCredential & { id: Id })[]>(
    `select id, person_id as "personId", credential_id as "credentialId", public_key as "publicKey",
            counter::float8 as counter
       from passkey where credential_id = ?`,
    [credentialId],
  );
  return known;
}

const notAccepted = (): Refusal =>
  new Refusal('UNAUTHENTICATED', 'This passkey is not known here, or its answer was not accepted. Try again.');
