// What stays out of the log: a row of it can never be changed again, so what is personal or secret must not get in.
// Every entry passes here; commands need not think of it. The names are those the schema calls @sensitive.

import { TOKEN_PATTERN } from '../lib/secret.js';
import { type AuditAction, REDACTED } from './entry.js';

/** Sensitive whatever the entry is about: `email`, `clientSecret`. Not `tokenId`, nor `tokens`, which are
 *  settings. The whole words are a password, the one before it, and an address that takes a file. */
const ALWAYS = /(email|link|password|secret|title|token)$|^(current|new|uploadUrl)$/i;

/** Sensitive in entries about people as well: the name of a connection is no personal name. */
const ABOUT_PEOPLE: ReadonlySet<string> = new Set(['name', 'avatarUrl']);

const isAboutPeople = (action: AuditAction): boolean => /^(person|member|session|sign_in_link)\./.test(action);

/** The values with `REDACTED` in place of each sensitive one, at any depth. What is null stays so, because it says that
 *  there is nothing, and so do yes and no, which are settings. Texts lose whatever looks like a token, and what no text may hold. */
export const withoutSensitive = (action: AuditAction, values: Record<string, unknown>): Record<string, unknown> =>
  redacted(values, isAboutPeople(action)) as Record<string, unknown>;

function redacted(value: unknown, aboutPeople: boolean): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll(TOKEN_PATTERN, REDACTED);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => redacted(item, aboutPeople));
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => {
      const isSensitive = ALWAYS.test(name) || (aboutPeople && ABOUT_PEOPLE.has(name));
      return [name, isSensitive && held != null && typeof held !== 'boolean' ? REDACTED : redacted(held, aboutPeople)];
    }),
  );
}
