// How often somebody may try to sign in. Time is moved in the database.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/lib/secret.js';
import {
  forgetOldTries,
  giveTryBack,
  networkOf,
  type SignInLimits,
  type Trier,
  takeTry,
} from '../../src/people/limiter.js';
import { openWorld, type World } from '../world.js';

const LIMITS: SignInLimits = {
  account: { most: 3, secondsEach: 300 },
  network: { most: 5, secondsEach: 60 },
};
const keys = new KeyRing(Buffer.alloc(32, 1));

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.sql('delete from sign_in_allowance');
});

const trier = (account: string, address = '203.0.113.7'): Trier => ({ account, address });
const take = (who: Trier) => takeTry(world.store.em(), keys, who, LIMITS);
const giveBack = (who: Trier) => giveTryBack(world.store.em(), keys, who, LIMITS);
const wait = (seconds: number) =>
  world.sql('update sign_in_allowance set counted_at = counted_at - make_interval(secs => $1)', [seconds]);
const addresses = (count: number) => Array.from({ length: count }, (_, at) => `198.51.100.${at + 1}`);

describe('An account', () => {
  test('has so many tries, wherever they come from, and then none', async () => {
    for (const address of addresses(3)) expect(await take(trier('ada', address))).toBeNull();
    for (const address of addresses(6)) expect(await take(trier('ada', address))).toBe(300);
  });

  test('gets one back every five minutes', async () => {
    for (const address of addresses(3)) await take(trier('ada', address));
    await wait(299);
    expect(await take(trier('ada'))).toBe(300);
    await wait(2);
    expect(await take(trier('ada', '198.51.100.9'))).toBeNull();
    expect(await take(trier('ada', '198.51.100.9'))).toBe(300);
  });

  test('never has more than it had at first', async () => {
    await take(trier('ada'));
    await wait(86_400);
    for (const address of addresses(3)) expect(await take(trier('ada', address))).toBeNull();
    expect(await take(trier('ada', '198.51.100.9'))).toBe(300);
  });

  test('does not lose a try to a password that was right', async () => {
    for (let i = 0; i < 10; i++) {
      expect(await take(trier('ada'))).toBeNull();
      await giveBack(trier('ada'));
    }
  });

  test('gets no tries by being right that it never lost', async () => {
    await take(trier('ada'));
    for (let i = 0; i < 10; i++) await giveBack(trier('ada'));
    for (const address of addresses(3)) expect(await take(trier('ada', address))).toBeNull();
    expect(await take(trier('ada', '198.51.100.9'))).toBe(300);
  });

  test('is none the worse for another', async () => {
    for (const address of addresses(4)) await take(trier('ada', address));
    expect(await take(trier('ben', '198.51.100.9'))).toBeNull();
  });
});

describe('A network', () => {
  test('has so many tries, whichever account they are for', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(await take(trier(name))).toBeNull();
    expect(await take(trier('f'))).toBe(60);
    expect(await take(trier('f', '203.0.113.8'))).toBeNull();
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2::1', '20010db800010002/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '20010db800010002/64'],
    ['2001:db8:1:3::1', '20010db800010003/64'],
    ['not an address', 'unknown'],
    [undefined, 'unknown'],
  ])('is one line of one customer: %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('Tries', () => {
  test('are counted exactly when many come at once', async () => {
    const taken = await Promise.all(Array.from({ length: 40 }, () => take(trier('ada'))));
    expect(taken.filter((seconds) => seconds === null)).toHaveLength(3);
  });

  test('are kept under keys that say nothing about whom they are of', async () => {
    await take(trier('ada@example.org'));
    const rows = await world.sql<{ row: string }>('select a::text as row from sign_in_allowance a');
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/ada|203\.0|616461/);
  });

  test('are forgotten once they have all come back', async () => {
    await take(trier('ada'));
    await forgetOldTries(world.store.em());
    expect(await world.sql('select 1 from sign_in_allowance')).toHaveLength(2);
    await wait(86_401);
    await forgetOldTries(world.store.em());
    expect(await world.sql('select 1 from sign_in_allowance')).toEqual([]);
  });
});
