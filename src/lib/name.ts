// Names people give to things: one line, trimmed, neither empty nor endless.

import { Refusal } from './refusal.js';

const MAX_NAME_LENGTH = 200;

/** The trimmed name. Refused: empty, longer than 200 characters, or holding control characters. `what` names it in the message. */
export function requireName(text: string, what: string): string {
  const name = text.trim();
  if (name === '') throw new Refusal('REQUIRED', `The ${what} must not be empty.`);
  if (name.length > MAX_NAME_LENGTH) {
    throw new Refusal(
      'TOO_LONG',
      `The ${what} must have at most ${MAX_NAME_LENGTH} characters, but has ${name.length}.`,
    );
  }
  if (/\p{Cc}/u.test(name)) throw new Refusal('INVALID', `The ${what} must not hold control characters.`);
  return name;
}
