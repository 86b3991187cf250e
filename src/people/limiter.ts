// How often somebody may try to sign in. Counted for the account and for the network the request came from, and for
// nothing a client could change from one try to the next; in the database, so that processes agree and a restart forgives
// nothing. A try is taken before the password is looked at, and given back when it was right.

import type { EntityManager } from '@mikro-orm/postgresql';
import ipaddr from 'ipaddr.js';
import { type KeyRing, keyedHash } from '../lib/secret.js';

/** Tries that are there at most, and seconds until one of them is back. */
export interface Allowance {
  most: number;
  secondsEach: number;
}

export interface SignInLimits {
  account: Allowance;
  network: Allowance;
}

/** 300 wrong passwords a day for an account, however many machines ask; a network, where many people may be, gets more. */
export const SIGN_IN_LIMITS: SignInLimits = {
  account: { most: 10, secondsEach: 300 },
  network: { most: 50, secondsEach: 60 },
};

/** Challenges a network may be given to sign: each is a row until it expires, and anybody may ask for one. */
const CHALLENGES: Allowance = { most: 120, secondsEach: 1 };

/** What a try counts for. */
export interface Trier {
  /** Id of the person, or what was given for her address where there is no such person. */
  account: string;
  /** Where the request came from. */
  address: string | undefined;
}

const SECONDS_IN_DAY = 86_400;

/** Takes a try. `null` when there was one; else the seconds until there is. */
export async function takeTry(
  em: EntityManager,
  keys: KeyRing,
  trier: Trier,
  { account, network }: SignInLimits,
): Promise<number | null> {
  const { sql: ofAccount, values: accountValues } = taking(accountKey(keys, trier), account);
  const { sql: ofNetwork, values: networkValues } = taking(networkKey(keys, trier), network);
  const [taken] = await em.execute<[{ account: number; network: number }]>(
    `with account as (${ofAccount}), network as (${ofNetwork})
     select (select count(*) from account)::int as account, (select count(*) from network)::int as network`,
    [...accountValues, ...networkValues],
  );
  if (taken.account === 1 && taken.network === 1) return null;
  return Math.max(taken.account === 1 ? 0 : account.secondsEach, taken.network === 1 ? 0 : network.secondsEach);
}

/** Takes one of the challenges a network may be given. `null` when there was one; else the seconds until there is. */
export async function takeChallenge(
  em: EntityManager,
  keys: KeyRing,
  address: string | undefined,
): Promise<number | null> {
  const key = keyedHash(keys.for('limiter'), `challenges ${networkOf(address)}`);
  const { sql, values } = taking(key, CHALLENGES);
  const taken = await em.execute<object[]>(sql, values);
  return taken.length === 1 ? null : CHALLENGES.secondsEach;
}

/** Gives a try back: the password, or the answer of the passkey, was right. */
export async function giveTryBack(
  em: EntityManager,
  keys: KeyRing,
  trier: Trier,
  { account, network }: SignInLimits,
): Promise<void> {
  // One after the other, so that two of them never wait for each other.
  for (const [key, { most }] of [
    [accountKey(keys, trier), account],
    [networkKey(keys, trier), network],
  ] as const) {
    await em.execute('update sign_in_allowance set tries = least(tries + 1, ?) where key = ?', [most, key]);
  }
}

/** Forgets what has filled up long ago. */
export async function forgetOldTries(em: EntityManager): Promise<void> {
  await em.execute('delete from sign_in_allowance where counted_at < now() - make_interval(secs => ?)', [
    SECONDS_IN_DAY,
  ]);
}

/** Takes one try where there is one; it answers a row when there was. */
const taking = (key: Buffer, { most, secondsEach }: Allowance): { sql: string; values: unknown[] } => {
  const restored = 'least(?::float8, a.tries + greatest(0, extract(epoch from now() - a.counted_at)) / ?::float8)';
  return {
    sql: `insert into sign_in_allowance as a (key, tries, counted_at) values (?, ?::float8 - 1, now())
          on conflict (key) do update set tries = ${restored} - 1, counted_at = greatest(a.counted_at, now())
           where ${restored} >= 1
          returning 1`,
    values: [key, most, most, secondsEach, most, secondsEach],
  };
};

const accountKey = (keys: KeyRing, { account }: Trier): Buffer => keyedHash(keys.for('limiter'), `account ${account}`);

const networkKey = (keys: KeyRing, { address }: Trier): Buffer =>
  keyedHash(keys.for('limiter'), `network ${networkOf(address)}`);

/** One line of one customer: an IPv4 address whole, of an IPv6 address the first 64 bits, within which she may choose. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : `${Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex')}/64`;
}
