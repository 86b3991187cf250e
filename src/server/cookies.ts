// Cookies of the gateway's own pages and of signed-in people. On https their names carry the prefix that keeps other
// hosts and plain http from setting them (RFC 6265bis §4.1.3.2).

import type { IncomingMessage } from 'node:http';

const NAMES = {
  /** The secret of a session. */
  session: 'gatehouse-session',
  /** The CSRF token of that session, for scripts of the gateway's own pages to send as a header. */
  csrf: 'gatehouse-csrf',
  /** What forms are bound to before anybody is signed in. */
  form: 'gatehouse-form',
  /** A one-time link that was opened and not used yet. */
  link: 'gatehouse-link',
} as const;
export type Cookie = keyof typeof NAMES;

const nameOf = (cookie: Cookie, secure: boolean): string => `${secure ? '__Host-' : ''}${NAMES[cookie]}`;

/** Every value a cookie came with: more than one means that somebody else set one too. */
export function cookieValues({ headers }: IncomingMessage, cookie: Cookie, secure: boolean): string[] {
  const name = nameOf(cookie, secure);
  return (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/** A `Set-Cookie` that lasts until the browser is closed; `null` takes the cookie away. */
export function setCookie(cookie: Cookie, value: string | null, secure: boolean): string {
  return [
    `${nameOf(cookie, secure)}=${value ?? ''}`,
    'Path=/',
    'SameSite=Lax',
    ...(secure ? ['Secure'] : []),
    ...(cookie === 'csrf' ? [] : ['HttpOnly']),
    ...(value === null ? ['Max-Age=0'] : []),
  ].join('; ');
}
