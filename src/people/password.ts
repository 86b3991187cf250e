// Passwords: what may be one, and how one is kept. Length is what counts (NIST SP 800-63B §3.1.1): no rules about kinds of
// characters, nothing expires, everything may be pasted. Kept is an argon2id hash that cannot even be guessed at without
// the key file.

import { argon2id, hash, needsRehash, verify } from 'argon2';
import limitConcurrency from 'p-limit';
import { type ErrorCode, Refusal } from '../lib/refusal.js';
import type { KeyRing } from '../lib/secret.js';

export const MIN_PASSWORD_LENGTH = 12; // code points
const MAX_PASSWORD_BYTES = 1_024;
/** Fewer different characters than this are a pattern, not a password. */
const MIN_DISTINCT = 5;

/** 46 MiB and one pass: of the settings the OWASP cheat sheet holds to be equally strong, the one that costs an attacker
 *  most memory. 60 ms on one core (2 cores, November 2026). */
const COST = { type: argon2id, memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

/** So many are hashed at once, whoever asks: the rest of the gateway keeps its memory and its threads. */
const AT_ONCE = 2;
/** So many may wait; that is two seconds. */
const MAX_WAITING = 40;

/** Verified in place of a hash that is not there, so that the answer takes as long. It is no password's. */
const NOBODYS = `$argon2id$v=19$m=${COST.memoryCost},p=${COST.parallelism},t=${COST.timeCost}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Whole or padded with digits, these are what guessers try first among those that are long enough. */
const COMMON =
  /^(?:(?:password|passwort|letmein|welcome|iloveyou|qwertyuiop(?:asdfghjkl)?|qwertzuiop(?:asdfghjkl)?|1q2w3e4r5t6y|abcdefghijkl(?:mnop)?|administrator|changeme|gatehouse|correcthorsebatterystaple|trustno1|sunshine|football|baseball|princess|monkey|dragon|superman|batman)[\d\W_]*)+$/i;

const lane = limitConcurrency(AT_ONCE);

/** As it is hashed: the same text typed in two ways is one password (NFKC, as SP 800-63B asks). */
const normalised = (text: string): string => text.normalize('NFKC');

/** Refuses what may not be a password, saying why. `about` is what a guesser knows of her, `path` the input it came as. */
export function requirePassword(text: string, about: readonly string[], path: readonly string[] = ['password']): void {
  const refused = (code: ErrorCode, message: string): Refusal => new Refusal(code, message, { path });
  const password = normalised(text);
  const length = [...password].length;
  const bytes = Buffer.byteLength(password);
  if (length === 0) throw refused('REQUIRED', 'Choose a password.');
  if (length < MIN_PASSWORD_LENGTH) {
    throw refused(
      'INVALID',
      `A password needs at least ${MIN_PASSWORD_LENGTH} characters, but this one has ${length}.`,
    );
  }
  if (bytes > MAX_PASSWORD_BYTES) {
    throw refused('TOO_LONG', `A password may have at most ${MAX_PASSWORD_BYTES} bytes, but this one has ${bytes}.`);
  }
  if (/\p{Cc}/u.test(password)) throw refused('INVALID', 'A password may not hold control characters.');
  if (isGuessable(password, about)) {
    throw refused(
      'INVALID',
      'That is among the first things somebody would guess. Choose several words that are not a saying.',
    );
  }
}

/** The hash to keep. */
export function hashPassword(keys: KeyRing, text: string): Promise<string> {
  return inLane(() => hash(normalised(text), { ...COST, secret: keys.for('password').export() }));
}

/** Whether `text` is the password of this hash. Without a hash, and for what could never be a password, it takes as long
 *  and is `false`. */
export async function isPassword(keys: KeyRing, kept: string | null, text: string): Promise<boolean> {
  const password = normalised(text);
  const possible = Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
  const right = await inLane(() =>
    verify(kept ?? NOBODYS, possible ? password : '', { secret: keys.for('password').export() }),
  );
  return right && kept !== null && possible;
}

/** Whether a hash was made at another cost than today's. */
export const isOutdated = (kept: string): boolean => needsRehash(kept, COST);

async function inLane<T>(work: () => Promise<T>): Promise<T> {
  if (lane.activeCount + lane.pendingCount >= AT_ONCE + MAX_WAITING) {
    throw new Refusal('UNAVAILABLE', 'Too many people are signing in at this moment. Try again in a few seconds.');
  }
  return lane(work);
}

function isGuessable(password: string, about: readonly string[]): boolean {
  const folded = password.toLowerCase();
  return new Set(folded).size < MIN_DISTINCT || COMMON.test(folded) || isRun(folded) || isMadeOf(folded, about);
}

/** Little more than what is known about her: her name, her address, and digits or signs around them. */
function isMadeOf(folded: string, about: readonly string[]): boolean {
  const known = about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length > 2);
  const rest = known.reduce((left, word) => left.replaceAll(word, ''), folded);
  return rest !== folded && rest.replace(/\P{L}/gu, '').length < MIN_DISTINCT;
}

/** Each character follows the one before in its alphabet: 123456789012, zyxwvutsrqpo. */
function isRun(text: string): boolean {
  const steps = new Set([...text].slice(1).map((letter, at) => letter.charCodeAt(0) - text.charCodeAt(at)));
  return [...steps].every((step) => step === 1 || step === -9) || [...steps].every((step) => step === -1 || step === 9);
}
