import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CursorSeal } from '../../src/lib/cursor.js';
import { toRfc3339 } from '../../src/lib/datetime.js';
import { type List, type ListArgs, toList, windowOf } from '../../src/lib/list.js';
import { Refusal } from '../../src/lib/refusal.js';
import { KeyRing } from '../../src/lib/secret.js';

const keys = new KeyRing(Buffer.alloc(32, 7));
const seal = new CursorSeal(keys, 'somebody');
const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
};

describe('A cursor', () => {
  test('opens for the actor and list it was made for', () => {
    expect(seal.open('pages', seal.seal('pages', ['2026-01-01', 'id']))).toEqual(['2026-01-01', 'id']);
  });

  test.each([
    ['another list', seal, 'databases'],
    ['another actor', new CursorSeal(keys, 'somebody else'), 'pages'],
    ['another installation of Gatehouse', new CursorSeal(new KeyRing(Buffer.alloc(32, 8)), 'somebody'), 'pages'],
  ])('does not open for %s', (_who, other, list) => {
    expect(refused(() => other.open(list, seal.seal('pages', ['x'])))).toMatch(
      /^CURSOR_INVALID: The cursor was not made by this list/,
    );
  });

  test('does not open when a single character is changed', () => {
    const cursor = seal.seal('pages', ['2026-01-01', 'id']);
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom('A', 'B', '-', '_', '0'), (at, letter) => {
        fc.pre(cursor[at] !== letter);
        const bent = cursor.slice(0, at) + letter + cursor.slice(at + 1);
        // The last character may hold bits that base64url throws away: then it is the same cursor.
        fc.pre(!Buffer.from(bent, 'base64url').equals(Buffer.from(cursor, 'base64url')));
        expect(refused(() => seal.open('pages', bent))).toMatch(/^CURSOR_INVALID/);
      }),
    );
  });

  test.each(['', 'x', 'null', '....', 'a'.repeat(10_000)])('is not any text: %.12s', (text) => {
    expect(refused(() => seal.open('pages', text))).toMatch(/^CURSOR_INVALID/);
  });

  test('shows nothing of the position', () => {
    const cursor = seal.seal('pages', ['a secret title', 'id']);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('secret');
  });
});

describe('List arguments', () => {
  const window = (args: ListArgs) => () => windowOf(args, seal, 'pages');
  const cursor = seal.seal('pages', ['x']);

  test('ask for 50 from the start when they say nothing', () => {
    expect(window({})()).toEqual({ limit: 50, backwards: false, from: null });
  });

  test.each([
    [{ first: 1 }, { limit: 1, backwards: false, from: null }],
    [
      { first: 100, after: cursor },
      { limit: 100, backwards: false, from: ['x'] },
    ],
    [
      { last: 7, before: cursor },
      { limit: 7, backwards: true, from: ['x'] },
    ],
    [{ before: cursor }, { limit: 50, backwards: true, from: ['x'] }],
  ])('may be %j', (args, expected) => {
    expect(window(args)()).toEqual(expected);
  });

  test.each([
    [{ first: 0 }, 'INVALID: first must be between 1 and 100, but got: 0'],
    [{ first: 101 }, 'INVALID: first must be between 1 and 100, but got: 101'],
    [{ last: -1 }, 'INVALID: last must be between 1 and 100, but got: -1'],
    [{ first: 1, last: 1 }, 'INVALID: Give first or last, not both.'],
    [{ after: cursor, before: cursor }, 'INVALID: Give after or before, not both.'],
    [{ last: 1, after: cursor }, 'INVALID: after goes with first; use before with last.'],
    [{ first: 1, before: cursor }, 'INVALID: before goes with last; use after with first.'],
  ])('may not be %j', (args, expected) => {
    expect(refused(window(args))).toBe(expected);
  });
});

describe('A page of a list', () => {
  const list = (rows: number[], window: { limit: number; backwards: boolean; from: string[] | null }) =>
    shown(toList(rows, window, String, async () => 9));
  const shown = <T>({ nodes, pageInfo }: List<T>) => ({
    nodes,
    pageInfo: { ...pageInfo, startCursor: pageInfo.startCursor(), endCursor: pageInfo.endCursor() },
  });

  test('says that more follows when one row more was there', () => {
    const { nodes, pageInfo } = list([1, 2, 3], { limit: 2, backwards: false, from: null });
    expect(nodes).toEqual([1, 2]);
    expect(pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor: '1', endCursor: '2' });
  });

  test('has one cursor for a node, wherever it is asked for', () => {
    let sealed = 0;
    const { edges, pageInfo } = toList(
      [1],
      { limit: 2, backwards: false, from: null },
      () => `seal ${sealed++}`,
      async () => 1,
    );
    expect([edges()[0]?.cursor(), pageInfo.startCursor(), pageInfo.endCursor(), edges()[0]?.cursor()]).toEqual(
      Array(4).fill('seal 0'),
    );
    expect(sealed).toBe(1);
  });

  test('stands in list order when it was read backwards', () => {
    const { nodes, pageInfo } = list([5, 4, 3], { limit: 2, backwards: true, from: ['6'] });
    expect(nodes).toEqual([4, 5]);
    expect(pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: true, startCursor: '4', endCursor: '5' });
  });

  test('has no cursors when it is empty', () => {
    expect(list([], { limit: 2, backwards: false, from: null }).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });
});

test('A time is written in UTC with milliseconds, whether it comes as a Date or as the text of PostgreSQL', () => {
  expect(toRfc3339(new Date('2026-11-22T09:46:16.078Z'))).toBe('2026-11-22T09:46:16.078Z');
  expect(toRfc3339('2026-11-22 09:46:16.078172+00')).toBe('2026-11-22T09:46:16.078Z');
  expect(toRfc3339('2026-11-22 09:46:16+00')).toBe('2026-11-22T09:46:16.000Z');
  expect(toRfc3339('2026-11-22 09:46:16.5+00')).toBe('2026-11-22T09:46:16.500Z');
  expect(toRfc3339('2026-11-22T09:46:16.078172+00:00')).toBe('2026-11-22T09:46:16.078Z');
});
