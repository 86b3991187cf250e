// Passwords: what may be one, and how one is kept.

import { hash } from 'argon2';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/lib/refusal.js';
import { KeyRing } from '../../src/lib/secret.js';
import { hashPassword, isOutdated, isPassword, requirePassword } from '../../src/people/password.js';

const keys = new KeyRing(Buffer.alloc(32, 1));
const ABOUT = ['Ada Lovelace', 'ada.lovelace@example.org'];
const GOOD = 'correct battery horse';

const refusalOf = (text: string): string | null => {
  try {
    requirePassword(text, ABOUT);
    return null;
  } catch (error) {
    return (error as Refusal).message;
  }
};

describe('A password', () => {
  test.each([
    ['of 12 characters', 'Tr0ub4dor&3x'],
    ['of several words', GOOD],
    ['of one kind of character', 'zvkqmwtrhpln'],
    ['of 1,024 bytes', `${'lorem ipsum '.repeat(85)}abcd`],
    ['of 12 characters that are more than one byte each', 'žluťoučkýkůň'],
    ['of 12 characters outside the first plane', '🐎🔋📎✅🚪🗝️🏰🌉⚓🎻🧭'],
    ['with blanks at its ends', '  quiet harbour  '],
    ['that only resembles her name', 'lovely lace at the seaside'],
  ])('may be one %s', (_, text) => {
    expect(refusalOf(text)).toBeNull();
  });

  test.each([
    ['nothing', '', 'Choose a password.'],
    ['11 characters', 'Tr0ub4dor&3', 'A password needs at least 12 characters, but this one has 11.'],
    [
      '11 characters of many bytes',
      `${'🐎'.repeat(5)}abcdef`,
      'A password needs at least 12 characters, but this one has 11.',
    ],
    [
      '1,025 bytes',
      `${'lorem ipsum '.repeat(85)}abcde`,
      'A password may have at most 1024 bytes, but this one has 1025.',
    ],
    ['a line break', 'correct battery\nhorse', 'A password may not hold control characters.'],
    ['NUL', 'correct battery\0horse', 'A password may not hold control characters.'],
  ])('may not be %s', (_, text, message) => {
    expect(refusalOf(text)).toBe(message);
  });

  test.each([
    'aaaaaaaaaaaa',
    'abababababab',
    '123456789012',
    '098765432109',
    'abcdefghijkl',
    'password1234',
    'PasswordPassword',
    'qwertyuiop12',
    'ada.lovelace@example.org',
    'adalovelace1815!',
    'Ada Lovelace 1815',
    'gatehouse2026',
  ])('may not be among what is guessed first, like %s', (text) => {
    expect(refusalOf(text)).toMatch(/^That is among the first things somebody would guess/);
  });
});

describe('What is kept of a password', () => {
  test('is an argon2id hash of its own salt, of 46 MiB and one pass', async () => {
    const [one, other] = await Promise.all([hashPassword(keys, GOOD), hashPassword(keys, GOOD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=47104,p=1,t=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(other);
  });

  test('says yes to the password, and no to any other', async () => {
    const kept = await hashPassword(keys, GOOD);
    expect(await isPassword(keys, kept, GOOD)).toBe(true);
    for (const wrong of [`${GOOD} `, GOOD.toUpperCase(), '', GOOD.slice(0, -1)]) {
      expect(await isPassword(keys, kept, wrong)).toBe(false);
    }
  });

  test('is the same however its letters were typed', async () => {
    const kept = await hashPassword(keys, 'une clé, deux clés');
    expect(await isPassword(keys, kept, 'une clé, deux clés'.normalize('NFD'))).toBe(true);
    expect(await isPassword(keys, kept, 'une clé, deux clés'.replaceAll(' ', '\u00a0'))).toBe(true); // no-break blanks
  });

  test('cannot be guessed at without the key file', async () => {
    const kept = await hashPassword(keys, GOOD);
    expect(await isPassword(new KeyRing(Buffer.alloc(32, 2)), kept, GOOD)).toBe(false);
  });

  test('is nobody’s where there is none, and after as long', async () => {
    const kept = await hashPassword(keys, GOOD);
    const [withHash, without]: [number[], number[]] = [[], []];
    for (let i = 0; i < 15; i++) {
      withHash.push(await timed(() => isPassword(keys, kept, 'wrong, wrong, wrong')));
      without.push(await timed(() => isPassword(keys, null, 'wrong, wrong, wrong')));
    }
    expect(await isPassword(keys, null, '')).toBe(false);
    expect(median(without) / median(withHash)).toBeGreaterThan(0.5); // to the twentieth part: sign-in.test.ts
  });

  test('is known to be outdated when it was made at another cost', async () => {
    expect(isOutdated(await hashPassword(keys, GOOD))).toBe(false);
    expect(isOutdated(await hash(GOOD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 }))).toBe(true);
  });

  test('is made two at a time; of a flood some are told to come again', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => hashPassword(keys, GOOD)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(60 - 42);
    expect(refused[0]!.reason).toBeInstanceOf(Refusal);
    expect(refused[0]!.reason.code).toBe('UNAVAILABLE');
  });
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
