// Ids are UUIDs: version 7 when we make one, any version when it was imported. Dashes are optional on the way in.

import { v5, v7 } from 'uuid';
import { notFound } from './refusal.js';

export type Id = string;

const HEX_32 = /^[0-9a-f]{32}$/;

/** A new, time-ordered id. */
export const newId = (): Id => v7();

/** The same id for the same name every time; `namespace` is an id itself (RFC 9562 §5.5). Imported ids are any 32
 *  hex digits, not always a well-formed UUID, so the namespace goes in as bytes, which are not judged. */
export const derivedId = (namespace: Id, name: string): Id =>
  v5(name, Uint8Array.from(Buffer.from(namespace.replaceAll('-', ''), 'hex')));

/** The dashed, lower-case form, or `null` when `text` is not an id. Callers treat `null` like a missing object. */
export function parseId(text: string): Id | null {
  const hex = text.toLowerCase().replaceAll('-', '');
  return HEX_32.test(hex) ? dashed(hex) : null;
}

/** The same for commands. Refused when it is none, in the words for what is missing: `what` begins the sentence. */
export function requireId(text: string, what: string): Id {
  const id = parseId(text);
  if (id === null) throw notFound(what);
  return id;
}

/** Puts the dashes into 32 hex digits. */
export const dashed = (hex: string): Id =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
