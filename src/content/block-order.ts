// Where blocks stand among each other. A block's path is its parent's path, a dot and a key; keys are fractions between 0
// and 1, so that there is room between any two, and paths in the order of their bytes are blocks in reading order. A key
// never grows beyond twelve digits: where there is no room left, a few neighbours move aside.

import { invariant } from '../lib/invariant.js';

// In the order of their bytes. The dot of a path comes before all of them.
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = BigInt(DIGITS.length);
const WIDTH = 12;
/** One, as a number of the smallest parts there are. */
const ONE = BASE ** BigInt(WIDTH);
/** From one block to the next where there is room: 56 billion blocks go in between, and as many after each other. */
const STEP = BASE ** 6n;
/** What is left between any two after neighbours moved aside. */
const ROOM = BASE ** 3n;

/** So many keys between two others, in order; null stands for no neighbour. Null when there is no room. */
export function keysBetween(before: string | null, after: string | null, count: number): string[] | null {
  if (before === null && after === null) return spread(ONE / 2n - STEP, STEP, count);
  const from = before === null ? 0n : numberOf(before);
  const to = after === null ? ONE : numberOf(after);
  const even = (to - from) / BigInt(count + 1);
  if (even < 1n) return null;
  const step = before !== null && after !== null ? even : smaller(even, STEP);
  return spread(before === null ? to - step * BigInt(count + 1) : from, step, count);
}

/** Keys for `count` blocks at a place among siblings, of which as few as possible move aside: their new keys by their old
 *  ones. */
export function makeRoom(
  siblings: readonly string[],
  at: number,
  count: number,
): { keys: string[]; moved: Map<string, string> } {
  for (let reach = 1; ; reach *= 2) {
    const first = Math.max(0, at - reach);
    const end = Math.min(siblings.length, at + reach);
    const from = first === 0 ? 0n : numberOf(siblings[first - 1] as string);
    const to = end === siblings.length ? ONE : numberOf(siblings[end] as string);
    const aside = siblings.slice(first, end);
    const step = (to - from) / BigInt(aside.length + count + 1);
    // The more move, the more room they make: 5,000 blocks at one place move 0.3 each (and 18 without, measured).
    if (step < ROOM * BigInt(reach) ** 2n && aside.length < siblings.length) continue;
    // A key that a neighbour still has is left alone: rows change one after the other, and no two paths are ever equal.
    const held = new Set(aside.map(numberOf));
    invariant(step > BigInt(aside.length), 'There are more blocks than keys.');
    const keys = Array.from({ length: aside.length + count }, (_, index) => {
      let value = from + step * BigInt(index + 1);
      while (held.has(value)) value += 1n;
      return keyOf(value);
    });
    const made = keys.splice(at - first, count);
    return { keys: made, moved: new Map(aside.map((key, index) => [key, keys[index] as string])) };
  }
}

/** The last key of a path. */
export const lastKey = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** The key with which something right below `parentPath` begins; null for a path that is elsewhere. */
export function keyBelow(parentPath: string | null, path: string | null): string | null {
  const prefix = prefixOf(parentPath);
  if (path === null || !path.startsWith(prefix)) return null;
  const rest = path.slice(prefix.length);
  const end = rest.indexOf('.');
  return end < 0 ? rest : rest.slice(0, end);
}

/** What the paths of everything below a block begin with; at the top they begin with nothing. */
export const prefixOf = (parentPath: string | null): string => (parentPath === null ? '' : `${parentPath}.`);

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);

const spread = (from: bigint, step: bigint, count: number): string[] =>
  Array.from({ length: count }, (_, index) => keyOf(from + step * BigInt(index + 1)));

function numberOf(key: string): bigint {
  invariant(key.length <= WIDTH, 'A key has more digits than keys have.');
  let value = 0n;
  for (let index = 0; index < WIDTH; index += 1) {
    const digit = index < key.length ? DIGITS.indexOf(key.charAt(index)) : 0;
    invariant(digit >= 0, 'A key holds what is no digit.');
    value = value * BASE + BigInt(digit);
  }
  return value;
}

function keyOf(value: bigint): string {
  invariant(value > 0n && value < ONE, 'A key lies outside of where keys are.');
  let key = '';
  for (let rest = value; key.length < WIDTH; rest /= BASE) key = DIGITS.charAt(Number(rest % BASE)) + key;
  return key.replace(/0+$/, '');
}
