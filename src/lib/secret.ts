// Keys and tokens. One master key outside the database; every use gets a key of its own derived from it.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { Refusal } from './refusal.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Purposes a key is derived for (RFC 5869 info); a key for one never opens what another sealed. */
export type KeyPurpose =
  | 'token-hash'
  | 'token-cipher'
  | 'cursor'
  | 'key-check'
  | 'password'
  | 'session-hash'
  | 'link-hash'
  | 'limiter'
  | 'csrf'
  | 'consent'
  | 'audit-checkpoint'
  | 'webhook-secret'
  | 'webhook-excerpt'
  | 'file-url';

export class KeyRing {
  private readonly derived = new Map<KeyPurpose, KeyObject>();

  constructor(private readonly master: Buffer) {}

  /** As an object: given as bytes, a key is made ready anew for each use, which takes longer than the use. */
  for(purpose: KeyPurpose): KeyObject {
    const known = this.derived.get(purpose);
    if (known) return known;
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', this.master, 'gatehouse', purpose, KEY_BYTES)));
    this.derived.set(purpose, key);
    return key;
  }
}

/** Reads the key file, or makes it (0600) when there is none. Refused when the file holds anything but 64 hex digits. */
export async function openKeyFile(path: string): Promise<KeyRing> {
  const text = await readOrCreate(path);
  const keys = keyRingFrom(text);
  if (!keys) {
    throw new Refusal(
      'INVALID',
      `The key file ${path} should hold 64 hexadecimal digits, but holds ${text.trim().length} other characters. Restore it from your backup, or point GATEHOUSE_KEY_FILE at the right file.`,
    );
  }
  return keys;
}

/** The keys a key file with this text holds; `null` when it is none. */
export const keyRingFrom = (text: string): KeyRing | null =>
  /^[0-9a-f]{64}\s*$/.test(text) ? new KeyRing(Buffer.from(text.trim(), 'hex')) : null;

/** Two processes may come here at once: the file appears whole, under its name, once. */
async function readOrCreate(path: string): Promise<string> {
  const text = `${randomBytes(KEY_BYTES).toString('hex')}\n`;
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    if (existsSync(path)) return await readFile(path, 'utf8');
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await link(draft, path);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return await readFile(path, 'utf8');
    throw new Refusal('UNAVAILABLE', `The key file ${path} could not be read or made: ${(error as Error).message}.`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** AES-256-GCM. `context` is authenticated, not hidden: opening needs the same one. Layout: nonce, tag, ciphertext. */
export function seal(key: KeyObject, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** The plain bytes, or `null` when they were not sealed with this key and context. */
export function open(key: KeyObject, sealed: Buffer, context: string): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return null; // a wrong tag is an answer, not a fault
  }
}

export const keyedHash = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export const TOKEN_PREFIXES = {
  INTERNAL: 'gth_int_',
  PERSONAL: 'gth_pat_',
  ACCESS: 'gth_oat_',
  REFRESH: 'gth_ort_',
  CODE: 'gth_oac_',
  CLIENT_SECRET: 'gth_ocs_',
} as const;
export type TokenKind = keyof typeof TOKEN_PREFIXES;

/** What people hold: the cookie of a session, the end of a one-time link. Never a bearer token. */
export const SIGN_IN_PREFIXES = { SESSION: 'gth_ses_', LINK: 'gth_otl_' } as const;
export type SignInSecretKind = keyof typeof SIGN_IN_PREFIXES;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TOKEN_RANDOM = 32;
const TOKEN_CHECKSUM = 6;
const BASE62_CHECKSUMS = 62n ** BigInt(TOKEN_CHECKSUM);
/** Publish this to secret scanners. */
export const TOKEN_PATTERN = /gth_(?:int|oat|ort|pat|oac|ocs|ses|otl)_[0-9A-Za-z]{38}/g;

/** A new token: prefix, 32 random base62 characters (190 bits), 6 of checksum. */
export const mintToken = (kind: TokenKind): string => minted(TOKEN_PREFIXES[kind]);

/** The same for the secret of a session or a one-time link. */
export const mintSignInSecret = (kind: SignInSecretKind): string => minted(SIGN_IN_PREFIXES[kind]);

/** True when `text` has the shape and checksum of a bearer token of ours; says nothing about whether it is live. */
export const isWellFormedToken = (text: string): boolean =>
  /^gth_(?:int|oat|ort|pat)_[0-9A-Za-z]{38}$/.test(text) && hasChecksum(text);

/** The same of the secret of a client. */
export const isWellFormedClientSecret = (text: string): boolean =>
  /^gth_ocs_[0-9A-Za-z]{38}$/.test(text) && hasChecksum(text);

/** The same of a secret for signing in. */
export const isWellFormedSignInSecret = (kind: SignInSecretKind, text: string): boolean =>
  text.startsWith(SIGN_IN_PREFIXES[kind]) && /^gth_[a-z]{3}_[0-9A-Za-z]{38}$/.test(text) && hasChecksum(text);

function minted(prefix: string): string {
  const body = prefix + randomBase62(TOKEN_RANDOM);
  return body + checksum(body);
}

function hasChecksum(text: string): boolean {
  const body = text.slice(0, -TOKEN_CHECKSUM);
  return timingSafeEqual(Buffer.from(checksum(body)), Buffer.from(text.slice(-TOKEN_CHECKSUM)));
}

function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 = 4 × 62: larger bytes would favour the first letters
      if (byte < 248 && text.length < length) text += BASE62[byte % 62];
    }
  }
  return text;
}

function checksum(body: string): string {
  let value = Number(hash('sha256', body, 'buffer').readBigUInt64BE() % BASE62_CHECKSUMS);
  let text = '';
  for (let i = 0; i < TOKEN_CHECKSUM; i++) {
    text += BASE62[value % 62];
    value = Math.floor(value / 62);
  }
  return text;
}
