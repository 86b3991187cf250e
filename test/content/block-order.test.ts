// Keys of blocks: always room, never long, always in order. What a list does with the same inserts is the oracle.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyBelow, keysBetween, makeRoom } from '../../src/content/block-order.js';

const isSorted = (keys: readonly string[]): boolean =>
  keys.every((key, index) => index === 0 || Buffer.compare(Buffer.from(keys[index - 1]!), Buffer.from(key)) < 0);

/** Puts `count` keys at a place, as the command does; says how many moved aside. */
function insert(keys: string[], at: number, count: number): number {
  const found = keysBetween(keys[at - 1] ?? null, keys[at] ?? null, count);
  const room = found ? { keys: found, moved: new Map<string, string>() } : makeRoom(keys, at, count);
  // A key that moves never takes one that another row still has: the unique index looks at each row as it changes.
  for (const to of room.moved.values()) expect(room.moved.has(to)).toBe(false);
  for (const [index, key] of keys.entries()) keys[index] = room.moved.get(key) ?? key;
  keys.splice(at, 0, ...room.keys);
  return room.moved.size;
}

describe('Keys of blocks', () => {
  it('stay in order and short whatever is put where', () => {
    const insertion = fc.record({
      where: fc.double({ min: 0, max: 1, noNaN: true }),
      count: fc.integer({ min: 1, max: 8 }),
    });
    const imported = Array.from({ length: 5 }, (_, index) => index.toString(36).padStart(6, '0'));
    fc.assert(
      fc.property(fc.constantFrom([], imported), fc.array(insertion, { maxLength: 60 }), (first, insertions) => {
        const keys = [...first];
        for (const { where, count } of insertions) insert(keys, Math.round(where * keys.length), count);
        expect(isSorted(keys)).toBe(true);
        expect(keys.every((key) => /^[0-9A-Za-z]{1,12}$/.test(key))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['at the end', (length: number) => length],
    ['at the top', () => 0],
    ['always at the same place', (length: number) => Math.min(length, 3)],
    ['always before the last', (length: number) => Math.max(0, length - 1)],
  ])('leave most blocks where they are when 5,000 are put %s', (_, at) => {
    const keys = ['000000', '000001', '000002', '000003', '000004'];
    let moved = 0;
    for (let count = 0; count < 5_000; count += 1) moved += insert(keys, at(keys.length), 1);
    expect(isSorted(keys)).toBe(true);
    expect(Math.max(...keys.map(({ length }) => length))).toBeLessThanOrEqual(12);
    expect(moved / 5_000).toBeLessThan(2);
  });

  it('tell what stands right below what', () => {
    expect(keyBelow(null, 'V.a.b')).toBe('V');
    expect(keyBelow('V', 'V.a.b')).toBe('a');
    expect(keyBelow('V', 'V')).toBeNull();
    expect(keyBelow('V', 'V0.a')).toBeNull();
    expect(keyBelow('V', null)).toBeNull();
  });
});
