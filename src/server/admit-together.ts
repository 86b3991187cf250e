// Whoever has many sockets is looked up once for all that ask at the same moment: each of them has asked before the
// statement began, so what it says is as new as if they had asked one by one.

import type { Actor } from '../gate/actor.js';
import type { Credential } from './authenticate.js';
import type { Charged } from './budget.js';
import type { ClaimedSession } from './session-door.js';

export interface Admitted {
  actor: Actor;
  charged: Charged;
}

export type LookUp = (credential: Credential | ClaimedSession, points: number) => Promise<Admitted>;

interface Waiting {
  points: number;
  resolve(admitted: Admitted | PromiseLike<Admitted>): void;
  reject(error: unknown): void;
}

/** Gathers look-ups of the same credential until the end of the turn. They are charged for together; where there are too
 *  few points for all, one by one. */
export function admittingTogether(lookUp: LookUp): LookUp {
  const gathering = new Map<string, Waiting[]>();

  const settle = async (credential: Credential | ClaimedSession, all: Waiting[]): Promise<void> => {
    try {
      const sum = all.reduce((so, { points }) => so + points, 0);
      const admitted = await lookUp(credential, sum);
      if (admitted.charged.retryAfter === null || all.length === 1) {
        for (const { resolve } of all) resolve(admitted);
        return;
      }
      for (const { points, resolve } of all) resolve(await lookUp(credential, points));
    } catch (error) {
      for (const { reject } of all) reject(error); // it is nothing to those that have their answer
    }
  };

  return (credential, points) => {
    const name = 'secret' in credential ? `${credential.secret} ${credential.workspaceId}` : credential.name;
    const { promise, resolve, reject } = Promise.withResolvers<Admitted>();
    const waiting = gathering.get(name);
    if (waiting) waiting.push({ points, resolve, reject });
    else {
      const all = [{ points, resolve, reject }];
      gathering.set(name, all);
      setImmediate(() => {
        gathering.delete(name);
        void settle(credential, all);
      });
    }
    return promise;
  };
}
