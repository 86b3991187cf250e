// Ids are UUIDs: version 7 when we make one, any version when it was imported. Dashes are optional on the way in.

import { randomFillSync } from 'node:crypto';
import { v5, v7 } from 'uuid';
import { notFound } from './refusal.js';

export type Id = string;

const HEX_32 = /^[0-9a-f]{32}$/;

/** Of random bytes for ids: fetched for many at once, as fetching them takes longer than all the rest. */
const random = new Uint8Array(4_096);
const RANDOM_FOR_ONE = 16;
let used = random.length;
let millisecond = 0;
let sequence = 0;

/** A new id, later in order than all this process made before. */
export function newId(): Id {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const own = random.subarray(used, used + RANDOM_FOR_ONE);
  used += RANDOM_FOR_ONE;
  const now = Date.now();
  if (now > millisecond) {
    millisecond = now;
    sequence = ((own[6] as number) << 23) | ((own[7] as number) << 15) | ((own[8] as number) << 7); // room to count up
  } else sequence++;
  return v7({ random: own, msecs: millisecond, seq: sequence });
}

/** The same id for the same name every time; `namespace` is an id itself (RFC 9562 §5.5). Imported ids are any 32
 *  hex digits, not always a well-formed UUID, so the namespace goes in as bytes, which are not judged. */
export const derivedId = (namespace: Id, name: string): Id =>
  v5(name, Uint8Array.from(Buffer.from(namespace.replaceAll('-', ''), 'hex')));

/** The dashed, lower-case form, or `null` when `text` is not an id. Callers treat `null` like a missing object. */
export function parseId(text: string): Id | null {
  const hex = text.toLowerCase().replaceAll('-', '');
  return HEX_32.test(hex) ? dashed(hex) : null;
}

/** The id in an input that must name something. Refused like something missing when it is none: "`what` was not found." */
export function requireId(text: string, what: string): Id {
  const id = parseId(text);
  if (id === null) throw notFound(what);
  return id;
}

/** Puts the dashes into 32 hex digits. */
export const dashed = (hex: string): Id =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
