// What ties a consent page to who was shown it: her session and the request she was shown, once, for half an hour.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Id } from '../lib/id.js';
import { type KeyRing, keyedHash } from '../lib/secret.js';

const NONCE_BYTES = 24;
const VALID_MS = 1_800_000; // 30 minutes, as long as an idle session

export interface ConsentPage {
  sessionId: Id;
  /** The request, as it was written. */
  search: string;
}

/** For a hidden field. */
export function mintConsentNonce(keys: KeyRing, page: ConsentPage, now = Date.now()): string {
  const [nonce, until] = [randomBytes(NONCE_BYTES).toString('base64url'), String(now + VALID_MS)];
  return [nonce, until, sealOf(keys, page, nonce, until).toString('base64url')].join('.');
}

/** What of it is remembered once it is used; `null` for one that was made for another page or session, or is too old. */
export function openConsentNonce(keys: KeyRing, page: ConsentPage, text: string, now = Date.now()): Buffer | null {
  const [nonce = '', until = '', seal = '', more] = text.split('.');
  const [given, expected] = [Buffer.from(seal, 'base64url'), sealOf(keys, page, nonce, until)];
  if (more !== undefined || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return Number(until) > now ? Buffer.from(nonce, 'base64url') : null;
}

const sealOf = (keys: KeyRing, { sessionId, search }: ConsentPage, nonce: string, until: string): Buffer =>
  keyedHash(keys.for('consent'), [nonce, until, sessionId, search].join(' '));
