// Challenges: what a passkey has to sign, so that an answer counts once and soon. They are kept here and not with the
// browser; whoever answers first uses one up, in a statement of its own, so that an answer that is wrong uses it up too.

import { randomBytes } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import { takeChallenge } from './limiter.js';
import type { Visitor } from './session.js';
import { tooManyTries } from './sign-in.js';

/** Time to find a security key and remember its PIN. */
export const CHALLENGE_MINUTES = 5;
const CHALLENGE_BYTES = 32;

/** Makes a challenge: for the session a passkey is to be made in, or for somebody who wants to sign in (`null`). Refused:
 *  her network was given too many lately. */
export async function makeChallenge({ em, keys, address }: Visitor, sessionId: Id | null): Promise<Buffer> {
  const wait = await takeChallenge(em(), keys, address);
  if (wait !== null) throw tooManyTries(wait);
  const challenge = randomBytes(CHALLENGE_BYTES);
  await em().execute(
    `insert into passkey_challenge (challenge, session_id, expires_at) values (?, ?, now() + make_interval(mins => ?))`,
    [challenge, sessionId, CHALLENGE_MINUTES],
  );
  return challenge;
}

/** Spends a challenge, once, whoever else tries at this moment. `false` when it is another session's, has expired, was
 *  used, or never was. */
export async function spendChallenge(em: EntityManager, challenge: Buffer, sessionId: Id | null): Promise<boolean> {
  const used = await em.execute<object[]>(
    `delete from passkey_challenge
      where challenge = ? and session_id is not distinct from ?::uuid and expires_at > now() returning 1 as used`,
    [challenge, sessionId],
  );
  return used.length === 1;
}

/** Forgets those that nobody answered. */
export async function forgetOldChallenges(em: EntityManager): Promise<void> {
  await em.execute('delete from passkey_challenge where expires_at < now()');
}
