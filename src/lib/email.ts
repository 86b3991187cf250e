// E-mail addresses, as far as their shape can be judged without sending anything.

import { Refusal } from './refusal.js';

const MAX_EMAIL_LENGTH = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets

/** The trimmed address. Refused: what does not look like name@example.org. `path` names the input. */
export function requireEmail(text: string, path: readonly string[] = ['email']): string {
  const email = text.trim();
  if (email.length > MAX_EMAIL_LENGTH || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+\.[^\s@\p{Cc}]+$/u.test(email)) {
    throw new Refusal(
      'INVALID',
      `The e-mail address should look like name@example.org, but got: ${JSON.stringify(email.slice(0, 60))}`,
      { path },
    );
  }
  return email;
}
