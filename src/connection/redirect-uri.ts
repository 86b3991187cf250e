// Where a client may be sent back to with a code. Compared letter by letter (RFC 9700 §2.1), but for the port of a
// program on the person's own machine, which it learns when it starts (RFC 8252 §7.3).

import { Refusal } from '../lib/refusal.js';

const MAX_URI_LENGTH = 2_000;
export const MAX_REDIRECT_URIS = 20;
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)/;

/** The list as it is kept. Refused, naming the one: what is no absolute https address written the way browsers write it;
 *  http anywhere but at 127.0.0.1 or [::1]; a fragment, a user name, a wildcard; the same twice; more than 20. */
export function requireRedirectUris(uris: readonly string[]): string[] {
  if (uris.length > MAX_REDIRECT_URIS) {
    throw new Refusal('TOO_LONG', `At most ${MAX_REDIRECT_URIS} redirect URIs, but got: ${uris.length}.`, FACTS);
  }
  for (const [index, uri] of uris.entries()) {
    const wrong = wrongWith(uri) ?? (uris.indexOf(uri) < index ? 'is given twice' : null);
    if (wrong) throw new Refusal('INVALID', `The redirect URI ${JSON.stringify(uri.slice(0, 80))} ${wrong}.`, FACTS);
  }
  return [...uris];
}

const FACTS = { path: ['redirectUris'] };

function wrongWith(uri: string): string | null {
  if (uri.length > MAX_URI_LENGTH) return `has more than ${MAX_URI_LENGTH} characters`;
  if (!/^[\x21-\x7e]+$/.test(uri)) return 'should be ASCII without blanks; write other letters the way browsers do';
  if (!URL.canParse(uri)) return 'should be an absolute address like https://app.example.org/callback';
  const { protocol, username, password, href } = new URL(uri);
  if (protocol !== 'https:' && !LOOPBACK.test(uri)) {
    return 'should begin with https://, or with http://127.0.0.1 or http://[::1] for a program on the own machine';
  }
  if (uri.includes('#')) return 'should have no fragment';
  if (uri.includes('*')) return 'should have no wildcard; register each address';
  if (username || password || uri.includes('@')) return 'should have no user name';
  // Whatever a browser would read otherwise than it is written: dots, backslashes, ports it leaves out.
  const written = uri.replace(/^([^/]*\/\/[^/?]+)$/, '$1/').replace(/^([^/]*\/\/[^/?]+)\?/, '$1/?');
  if (href !== written) return `should be written as browsers do: ${href.slice(0, 200)}`;
  return null;
}

/** Whether a client that asks to be sent to `uri` has registered it. */
export const isRegistered = (registered: readonly string[], uri: string): boolean =>
  registered.includes(uri) ||
  (LOOPBACK.test(uri) && wrongWith(uri) === null && registered.some((one) => withoutPort(one) === withoutPort(uri)));

const withoutPort = (uri: string): string => uri.replace(LOOPBACK, 'http://$1');
