// Names people give to things: one line, trimmed, neither empty nor endless.

import { Refusal } from './refusal.js';

const MAX_NAME_LENGTH = 200;

/** The trimmed name. Refused: empty, longer than 200 characters, or holding control characters. `what` names it in the
 *  message, `path` the input it came as. */
export function requireName(text: string, what: string, path: readonly string[] = ['name']): string {
  const name = text.trim();
  if (name === '') throw new Refusal('REQUIRED', `The ${what} must not be empty.`, { path });
  if (name.length > MAX_NAME_LENGTH) {
    throw new Refusal(
      'TOO_LONG',
      `The ${what} must have at most ${MAX_NAME_LENGTH} characters, but has ${name.length}.`,
      { path },
    );
  }
  if (/\p{Cc}/u.test(name)) throw new Refusal('INVALID', `The ${what} must not hold control characters.`, { path });
  return name;
}
