// How often a client secret may be guessed wrongly: counted for a client and the network that guesses, and for the
// network alone, so that nobody can shut out a client from elsewhere. Kept beside the tries of people who sign in.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import { type KeyRing, keyedHash } from '../lib/secret.js';
import { type Allowance, networkOf } from '../people/limiter.js';
import { OAuthProblem } from './problem.js';

export interface ClientTryLimits {
  /** Of one network at one client. */
  client: Allowance;
  /** Of one network at all of them. */
  network: Allowance;
}

export const CLIENT_TRY_LIMITS: ClientTryLimits = {
  client: { most: 20, secondsEach: 60 },
  network: { most: 100, secondsEach: 30 },
};

interface Guesser {
  clientId: Id;
  address: string | undefined;
}

export class ClientTries {
  constructor(
    private readonly keys: KeyRing,
    private readonly limits: ClientTryLimits = CLIENT_TRY_LIMITS,
  ) {}

  /** Seconds until somebody may try again; 0 when she may now. */
  async secondsLeft(em: EntityManager, guesser: Guesser): Promise<number> {
    const [left] = await em.execute<{ seconds: number }[]>(
      `select coalesce(max((1 - least(v.most, a.tries + extract(epoch from now() - a.counted_at) / v.each)) * v.each), 0)::float8
              as seconds
         from sign_in_allowance a
         join (values (?::bytea, ?::float8, ?::float8), (?::bytea, ?::float8, ?::float8)) v(key, most, each) on v.key = a.key`,
      this.of(guesser).flatMap(([key, { most, secondsEach }]) => [key, most, secondsEach]),
    );
    return Math.max(0, Math.ceil(left?.seconds ?? 0));
  }

  /** Counts a wrong guess. */
  async take(em: EntityManager, guesser: Guesser): Promise<void> {
    for (const [key, { most, secondsEach }] of this.of(guesser)) {
      await em.execute(
        `insert into sign_in_allowance as a (key, tries, counted_at) values (?, ?::float8 - 1, now())
         on conflict (key) do update
            set tries = greatest(0, least(?::float8, a.tries + extract(epoch from now() - a.counted_at) / ?::float8) - 1),
                counted_at = greatest(a.counted_at, now())`,
        [key, most, most, secondsEach],
      );
    }
  }

  private of({ clientId, address }: Guesser): (readonly [Buffer, Allowance])[] {
    const { client, network } = this.limits;
    const key = (text: string) => keyedHash(this.keys.for('limiter'), text);
    const from = networkOf(address);
    return [
      [key(`client ${clientId} ${from}`), client],
      [key(`clients ${from}`), network],
    ];
  }
}

export const tooManyGuesses = (seconds: number): OAuthProblem =>
  new OAuthProblem('slow_down', `Too many wrong client secrets came from here. Try again in ${seconds} s.`, seconds);
