// What the pages for people have in common: one request for a page, and what a page is.

import type { Visitor } from '../people/session.js';
import type { Html } from './html.js';
import type { PageSession } from './session-door.js';
import type { Filled, Frame } from './sign-in-views.js';

/** One request for a page. */
export interface Visit {
  visitor: Visitor;
  session: PageSession | null;
  frame: Frame;
  /** Secret of the one-time link she came by, or nothing. */
  link: string;
  /** `Set-Cookie` headers of the answer. */
  cookies: string[];
  /** She has signed out: what this site has kept in the browser goes, too. */
  hasLeft?: true;
}

/** A page: what it shows, given what came back from its form; and what its form does, which answers where to go next. */
export interface Page {
  show(visit: Visit, filled: Filled): Promise<Html> | Html;
  act?(visit: Visit, form: URLSearchParams): Promise<string>;
  /** Only for who is signed in. */
  isPrivate?: true;
  /** It comes with the scripts for passkeys, where those can work. */
  hasScripts?: true;
}

/** What the script of a page asks for, with the token of a form of that page; it is told in JSON. */
export interface Telling {
  tell(visit: Visit): Promise<object>;
  /** Only for who is signed in. */
  isPrivate?: true;
}
