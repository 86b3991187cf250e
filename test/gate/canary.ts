// Canaries: unique strings in place of titles, names and e-mails, and a scanner that finds them in raw bytes, however
// they were spelt.

import { randomBytes } from 'node:crypto';

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A word nobody writes by accident: a readable kind and twelve random letters and digits, the core. */
export const canary = (kind: string): string => `${kind}-${core()}`;

const core = (): string => [...randomBytes(12)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

/** The unique part of a canary: spellings that touch only what is around it still hold it. */
export const coreOf = (secret: string): string => /-([0-9A-Za-z]{12})(?:@|$)/.exec(secret)?.[1] ?? secret;

type Speller = (text: string) => string;

const each =
  (spell: (code: number) => string): Speller =>
  (text) =>
    [...text].map((letter) => spell(letter.charCodeAt(0))).join('');
const hexOf = (code: number, width = 2): string => code.toString(16).padStart(width, '0');
const rot13: Speller = (text) =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

/** What of a text's base64 stays the same when `before` bytes (modulo 3) and anything at all stand around it. */
const base64At =
  (before: number): Speller =>
  (text) => {
    const encoded = Buffer.from('\0'.repeat(before) + text)
      .toString('base64')
      .replace(/=+$/, '');
    const spoilt = [0, 2, 3][before]!;
    const whole = Math.floor(((before + text.length) * 8) / 6);
    return encoded.slice(spoilt, whole);
  };
const urlSafe =
  (spell: Speller): Speller =>
  (text) =>
    spell(text).replaceAll('+', '-').replaceAll('/', '_');

/** Each way a byte may leave the building in disguise. */
export const SPELLINGS: Record<string, Speller> = {
  plain: (text) => text,
  'upper case': (text) => text.toUpperCase(),
  'lower case': (text) => text.toLowerCase(),
  'swapped case': each((code) => {
    const letter = String.fromCharCode(code);
    return letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
  }),
  reversed: (text) => [...text].reverse().join(''),
  'base64 at 0': base64At(0),
  'base64 at 1': base64At(1),
  'base64 at 2': base64At(2),
  'base64url at 0': urlSafe(base64At(0)),
  'base64url at 1': urlSafe(base64At(1)),
  'base64url at 2': urlSafe(base64At(2)),
  hex: (text) => Buffer.from(text).toString('hex'),
  'upper hex': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'percent encoded': each((code) => `%${hexOf(code).toUpperCase()}`),
  'percent encoded, lower': each((code) => `%${hexOf(code)}`),
  'decimal HTML entities': each((code) => `&#${code};`),
  'hex HTML entities': each((code) => `&#x${hexOf(code)};`),
  'JSON escapes': each((code) => `\\u${hexOf(code, 4)}`),
  'upper JSON escapes': each((code) => `\\u${hexOf(code, 4).toUpperCase()}`),
  'doubly escaped JSON': each((code) => `\\\\u${hexOf(code, 4)}`),
  'hex escapes': each((code) => `\\x${hexOf(code)}`),
  'UTF-16, little end first': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  'UTF-16, big end first': (text) => Buffer.from(text, 'utf16le').swap16().toString('latin1'),
  'UTF-16 as escaped JSON': (text) => [...text].join('\\u0000'),
  rot13,
  'quoted printable': each((code) => `=${hexOf(code).toUpperCase()}`),
  'spaced out': (text) => [...text].join(' '),
};

export interface Sighting {
  secret: string;
  spelling: string;
}

/** Looks for secrets in bytes. The needles are made once for each secret, so that a thousand answers cost little. */
export class Scanner {
  private readonly needles = new Map<string, [spelling: string, needle: string][]>();

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) {
      const spelt = new Map<string, string>();
      for (const [spelling, spell] of Object.entries(SPELLINGS)) {
        const needle = spell(coreOf(secret));
        if (!spelt.has(needle)) spelt.set(needle, spelling);
      }
      this.needles.set(
        secret,
        [...spelt].map(([needle, spelling]) => [spelling, needle]),
      );
    }
  }

  /** Every secret in the bytes that is not `allowed`, with how it was spelt. */
  find(bytes: Uint8Array | string, allowed: (secret: string) => boolean = () => false): Sighting[] {
    const haystack = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
    const found: Sighting[] = [];
    for (const [secret, needles] of this.needles) {
      if (allowed(secret)) continue;
      for (const [spelling, needle] of needles) if (haystack.includes(needle)) found.push({ secret, spelling });
    }
    return found;
  }
}
