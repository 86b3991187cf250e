// What is found out once for several, and what is not: whoever is asked as is watched.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Actor, type PersonActor, userIdOf } from '../../src/gate/actor.js';
import { mayReachWholeWorkspace } from '../../src/gate/rules.js';
import { admittingTogether } from '../../src/server/admit-together.js';
import type { Charged } from '../../src/server/budget.js';
import { Together } from '../../src/server/together.js';

const person = (personId: string, more: Partial<PersonActor> = {}): PersonActor => ({
  kind: 'PERSON',
  workspaceId: 'here',
  personId,
  role: 'MEMBER',
  bits: 127,
  ...more,
});
const QUESTION = { of: 'what', about: 'this' };

/** How often something was run for those who ask at once, and what each got. */
async function asked(
  actors: Actor[],
  run: (actor: Actor) => unknown,
  together = new Together(),
): Promise<{ runs: number; got: unknown[] }> {
  let runs = 0;
  const got = await Promise.all(
    actors.map((actor) =>
      together
        .ask(actor, QUESTION, async (as) => {
          runs++;
          await sleep(1);
          return run(as);
        })
        .catch((error: unknown) => error),
    ),
  );
  return { runs, got };
}

describe('An answer is common', () => {
  test('to those of one kind, when nothing else about who asks was looked at', async () => {
    const { runs, got } = await asked([person('a'), person('b'), person('c')], (as) => mayReachWholeWorkspace(as));
    expect(runs).toBe(1);
    expect(got).toEqual([true, true, true]);
  });

  test('to one person wherever she asks from, whatever was looked at', async () => {
    const { runs, got } = await asked([person('a', { address: '::1' }), person('a', { address: '::2' })], userIdOf);
    expect(runs).toBe(1);
    expect(got).toEqual(['a', 'a']);
  });

  test('when it is an error, too', async () => {
    const failure = new Error('No.');
    const { runs, got } = await asked([person('a'), person('b')], () => {
      throw failure;
    });
    expect(runs).toBe(1);
    expect(got).toEqual([failure, failure]);
  });
});

describe('An answer is for one alone', () => {
  test.each<[string, (as: Actor) => unknown]>([
    ['a member', userIdOf],
    ['what members there are', (as) => Object.keys(as).length],
    ['whether there is a member', (as) => 'session' in as],
    ['a copy', (as) => ({ ...as })],
    ['the text', (as) => JSON.stringify(as)],
  ])('when %s was looked at that others of the kind have not, now and the next time', async (_, look) => {
    const together = new Together();
    const actors = [person('a'), person('b'), person('c')];
    for (let round = 0; round < 2; round++) {
      const { runs, got } = await asked(actors, look, together);
      expect(runs).toBe(3);
      expect(got).toEqual(actors.map(look));
      await sleep(260);
    }
  });

  test.each<[string, Partial<PersonActor>]>([
    ['role', { role: 'GUEST' }],
    ['capabilities', { bits: 1 }],
    ['workspace', { workspaceId: 'there' }],
  ])('when others have another %s', async (_, other) => {
    expect((await asked([person('a'), person('b', other)], () => 1)).runs).toBe(2);
  });

  test('when it is asked for after the others by more than a moment, or of something else', async () => {
    const together = new Together();
    expect((await asked([person('a')], () => 1, together)).runs).toBe(1);
    expect((await asked([person('b')], () => 1, together)).runs).toBe(0);
    await sleep(300);
    expect((await asked([person('b')], () => 1, together)).runs).toBe(1);
    expect(await together.ask(person('b'), { ...QUESTION, about: 'that' }, () => 2)).toBe(2);
  });
});

describe('Those who ask with the same credential at once', () => {
  const credential = (name: string) => ({ name, hash: Buffer.alloc(0), isPersonal: false });
  const door = (points: number) => {
    const asked: number[] = [];
    let left = points;
    const lookUp = admittingTogether(async (_, wanted) => {
      asked.push(wanted);
      const isEnough = left >= wanted;
      if (isEnough) left -= wanted;
      return { actor: person('a'), charged: { retryAfter: isEnough ? null : 1 } as Charged };
    });
    return { asked, lookUp };
  };

  test('are looked up and charged for together, others for themselves', async () => {
    const { asked, lookUp } = door(100);
    await Promise.all([lookUp(credential('a'), 2), lookUp(credential('b'), 5), lookUp(credential('a'), 3)]);
    expect(asked).toEqual([5, 5]);
  });

  test('are charged for one by one where there are too few points for all', async () => {
    const { asked, lookUp } = door(4);
    const got = await Promise.all([2, 3, 2].map((points) => lookUp(credential('a'), points)));
    expect(asked).toEqual([7, 2, 3, 2]);
    expect(got.map(({ charged }) => charged.retryAfter)).toEqual([null, 1, null]);
  });

  test('are refused together', async () => {
    const lookUp = admittingTogether(async () => {
      throw new Error('No.');
    });
    const got = await Promise.allSettled([lookUp(credential('a'), 0), lookUp(credential('a'), 0)]);
    expect(got.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
