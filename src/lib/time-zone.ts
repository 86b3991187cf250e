// Names of time zones, as clients give them.

import { invalid, quoted } from './refusal.js';

/** PostgreSQL reads other texts as offsets, some with the sign turned round. */
const NAME = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/;

/** The name itself. Refused: what names no IANA time zone. */
export function requireTimeZone(text: string): string {
  if (NAME.test(text) && isKnown(text)) return text;
  throw invalid(`timeZone expects an IANA name like "Europe/Berlin", but got: ${quoted(text)}`);
}

function isKnown(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
