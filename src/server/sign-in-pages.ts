// The pages for people: setting up, signing in and out, accepting an invitation, changing a password; passkeys are added
// by passkey-pages.ts. Plain forms that need no script; what they look like stands in sign-in-views.ts. One-time links are exchanged for a cookie at once, so
// that their secret stays in neither the address bar nor what a browser tells other pages.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WorkspaceRole } from '../gate/actor.js';
import type { Logger } from '../lib/log.js';
import { type ErrorCode, notFound, Refusal } from '../lib/refusal.js';
import { isWellFormedSignInSecret } from '../lib/secret.js';
import { sql } from '../lib/sql.js';
import { endSessionOf, updatePasswordOf } from '../people/account.js';
import { joinAsNewPerson, joinByPassword, joinSignedIn, openInvitation } from '../people/invitation.js';
import { forgetOldTries, SIGN_IN_LIMITS, type SignInLimits } from '../people/limiter.js';
import { forgetOldChallenges } from '../people/passkey-challenge.js';
import { partyAt } from '../people/relying-party.js';
import { rotateSession, type StartedSession } from '../people/session.js';
import { openSetup, setUp } from '../people/setup.js';
import { type Doorkeeper, RefusedSignIns, signIn } from '../people/sign-in.js';
import { openSignInLink, signInByLink } from '../people/sign-in-link.js';
import type { Store } from '../store/store.js';
import { HttpError, readForm } from './body.js';
import { cookieValues, setCookie } from './cookies.js';
import { isDatabaseTrouble } from './database-trouble.js';
import type { Entrance } from './entrance.js';
import type { Html } from './html.js';
import type { Page, Telling, Visit } from './page.js';
import { type Asset, sendAsset, signInAssets } from './page-assets.js';
import { passkeyPages, passkeyTellings } from './passkey-pages.js';
import { PASSKEYS, passkeySignIn } from './passkey-views.js';
import { csrfTokenOf, isSameToken, type PageSession, type SessionDoor } from './session-door.js';
import {
  accountPage,
  changePasswordPage,
  EMPTY,
  type Frame,
  joinByPasswordPage,
  joinPage,
  joinSignedInPage,
  messagePage,
  newPasswordPage,
  passwordChangedPage,
  setupPage,
  signInPage,
  signOutPage,
} from './sign-in-views.js';

/** Where somebody goes who has just signed in. */
const HOME = '/console';
const SIGN_IN = '/sign-in';

const MAX_FORM_BYTES = 16_000;
const WRITE_EVERY_MS = 60_000;
const FORGET_EVERY_MS = 3_600_000;

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];
/** Of pages with a script: it is a file of ours, and speaks to this gateway alone. */
const SCRIPT_POLICY = ["script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"];

const HEADERS = {
  'content-security-policy': POLICY.join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
const HEADERS_WITH_SCRIPTS = { ...HEADERS, 'content-security-policy': [...POLICY, ...SCRIPT_POLICY].join('; ') };

/** What one-time links lead to, by what their paths begin with. */
const EXCHANGES: Readonly<Record<string, string>> = {
  '/setup/': '/setup',
  '/sign-in/': '/sign-in/password',
  '/invite/': '/invite',
};

const STATUSES: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 403,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

export interface SignInPagesOptions {
  store: Store;
  entrance: Entrance;
  sessions: SessionDoor;
  log: Logger;
  limits?: SignInLimits | undefined;
}

export class SignInPages {
  private readonly doorkeeper: Doorkeeper;
  private readonly styles: Asset;
  private readonly scripts: readonly Asset[];
  private readonly assets: ReadonlyMap<string, Asset>;
  private readonly pages: Readonly<Record<string, Page>>;
  private readonly tellings: Readonly<Record<string, Telling>>;
  private readonly timers: NodeJS.Timeout[];

  constructor(private readonly options: SignInPagesOptions) {
    const { store, log, limits = SIGN_IN_LIMITS } = options;
    this.doorkeeper = { limits, refused: new RefusedSignIns() };
    const { styles, scripts } = signInAssets();
    this.styles = styles;
    this.scripts = scripts;
    this.assets = new Map([styles, ...scripts].map((asset) => [asset.path, asset]));
    this.pages = this.makePages();
    this.tellings = passkeyTellings(options);
    const forget = () =>
      Promise.all([forgetOldTries(store.em()), forgetOldChallenges(store.em())]).catch((error: unknown) =>
        log.warn({ err: error }, 'Old tries and challenges could not be forgotten'),
      );
    this.timers = [setInterval(() => this.writeRefused(), WRITE_EVERY_MS), setInterval(forget, FORGET_EVERY_MS)];
    for (const timer of this.timers) timer.unref();
  }

  /** Whether a path is these pages' business. */
  has(path: string): boolean {
    return (
      Object.hasOwn(this.pages, path) ||
      Object.hasOwn(this.tellings, path) ||
      this.assets.has(path) ||
      Object.keys(EXCHANGES).some((beginning) => path.startsWith(beginning))
    );
  }

  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    target: { path: string; search: string },
  ): Promise<void> {
    try {
      await this.answerPage(request, response, target);
    } catch (error) {
      if (!isDatabaseTrouble(error) || response.headersSent) throw error;
      this.options.log.warn({ err: error }, 'A page could not be shown: the database does not answer');
      response.setHeader('retry-after', '2');
      this.send(response, 503, messagePage(this.bareFrame, 'Not at this moment', NO_DATABASE));
    }
  }

  /** Writes down what was counted. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.writeRefused();
  }

  private async answerPage(
    request: IncomingMessage,
    response: ServerResponse,
    { path, search }: { path: string; search: string },
  ): Promise<void> {
    const telling = Object.hasOwn(this.tellings, path) ? this.tellings[path] : undefined;
    if (telling) return this.tell(request, response, telling);
    const isGet = request.method === 'GET' || request.method === 'HEAD';
    const page = Object.hasOwn(this.pages, path) ? this.pages[path] : undefined;
    const takesPost = page?.act !== undefined;
    if (!isGet && !(request.method === 'POST' && takesPost)) {
      const allow = takesPost ? 'GET, HEAD, POST' : 'GET, HEAD';
      throw new HttpError(405, 'INVALID', `Use ${allow}.`, { allow });
    }
    const asset = this.assets.get(path);
    if (asset) return sendAsset(request, response, asset);
    const trouble = this.options.entrance.refusalToSignIn(request);
    if (trouble) {
      return this.send(response, 403, messagePage(this.bareFrame, 'Not over this way', trouble));
    }
    if (!page) return this.exchange(response, path);
    const visit = await this.visitOf(request, response, search, page);
    if (page.isPrivate && !visit.session) return this.go(response, visit, SIGN_IN);
    const form = isGet ? null : await readForm(request, MAX_FORM_BYTES);
    if (form && !this.isFromOwnForm(request, visit, form)) {
      return this.send(response, 403, messagePage(visit.frame, 'Nothing was done', OUT_OF_DATE), visit);
    }
    try {
      if (form) return this.go(response, visit, await page.act!(visit, form));
      this.send(response, 200, await page.show(visit, EMPTY), visit);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.refuse(response, visit, page, form, error);
    }
  }

  /** What the script of a page asks for. What is refused is told to it as well. */
  private async tell(request: IncomingMessage, response: ServerResponse, telling: Telling): Promise<void> {
    if (request.method !== 'POST') throw new HttpError(405, 'INVALID', 'Use POST.', { allow: 'POST' });
    const trouble = this.options.entrance.refusalToSignIn(request);
    if (trouble) return this.sendJson(response, 403, { message: trouble });
    const visit = await this.visitOf(request, response, '');
    const form = await readForm(request, MAX_FORM_BYTES);
    if (!this.isFromOwnForm(request, visit, form) || (telling.isPrivate && !visit.session)) {
      return this.sendJson(response, 403, { message: OUT_OF_DATE });
    }
    try {
      this.sendJson(response, 200, await telling.tell(visit));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.setRetryAfter(response, error);
      this.sendJson(response, STATUSES[error.code] ?? 422, { message: error.message });
    }
  }

  private makePages(): Record<string, Page> {
    const { doorkeeper, options } = this;
    const { store, entrance } = options;
    return {
      ...passkeyPages({ store, entrance, doorkeeper, welcome: (visit, started) => this.welcome(visit, started) }),

      '/sign-in': {
        hasScripts: true,
        show: ({ frame, session }, filled) =>
          signInPage(frame, filled, session, passkeySignIn(frame, entrance.publicUrl)),
        act: async (visit, form) => {
          const [email, password] = [field(form, 'email'), field(form, 'password')];
          const replaces = visit.session?.sessionId;
          const home = this.welcome(visit, await signIn(visit.visitor, { email, password, replaces }, doorkeeper));
          return visit.frame.next ?? home;
        },
      },

      '/sign-in/password': {
        show: async ({ frame, visitor, link }, filled) => {
          const opened = await openSignInLink(visitor, link);
          if (!opened) throw notFound('A sign-in link that works');
          return newPasswordPage(frame, filled, opened);
        },
        act: async (visit, form) => {
          const password = newPasswordIn(form);
          const replaces = visit.session?.sessionId;
          return this.welcome(visit, await signInByLink(visit.visitor, visit.link, { password, replaces }));
        },
      },

      '/setup': {
        show: async ({ frame, visitor, link }, filled) => {
          const opened = await openSetup(visitor, link);
          if (!opened) throw notFound('A setup link that works');
          return setupPage(frame, filled, opened.workspaceName);
        },
        act: async (visit, form) => {
          const [name, email, workspaceName] = [
            field(form, 'name'),
            field(form, 'email'),
            field(form, 'workspaceName'),
          ];
          const input = { name, email, workspaceName, password: newPasswordIn(form) };
          return this.welcome(visit, await setUp(visit.visitor, visit.link, input, doorkeeper));
        },
      },

      '/invite': {
        show: async ({ frame, visitor, link, session }, filled) => {
          const opened = await openInvitation(visitor, link);
          if (!opened) throw notFound('An invitation that works');
          if (session) return joinSignedInPage(frame, filled, opened, session, opened.personId === session.personId);
          return opened.personId ? joinByPasswordPage(frame, filled, opened) : joinPage(frame, filled, opened);
        },
        act: async (visit, form) => {
          const { visitor, link, session } = visit;
          if (session) return this.welcome(visit, await joinSignedIn(visitor, link, session));
          if (form.has('repeated')) {
            const input = { name: field(form, 'name'), password: newPasswordIn(form) };
            return this.welcome(visit, await joinAsNewPerson(visitor, link, input));
          }
          const password = field(form, 'password');
          return this.welcome(visit, await joinByPassword(visitor, link, { password }, doorkeeper));
        },
      },

      '/account': {
        isPrivate: true,
        show: async ({ frame, session }) => accountPage(frame, session!, await this.workspacesOf(session!)),
      },

      '/account/password': {
        isPrivate: true,
        show: ({ frame, session }, filled) => changePasswordPage(frame, filled, session!),
        act: async (visit, form) => {
          const session = visit.session!;
          const newPassword = newPasswordIn(form, 'newPassword');
          const input = { currentPassword: field(form, 'currentPassword'), newPassword };
          await updatePasswordOf(visit.visitor, session, input);
          const { em } = visit.visitor;
          this.welcome(visit, { secret: await rotateSession(em(), visit.visitor, session.sessionId) });
          return '/account/password/changed';
        },
      },

      '/account/password/changed': {
        isPrivate: true,
        show: ({ frame }) => passwordChangedPage(frame),
      },

      '/sign-out': {
        show: ({ frame }) => signOutPage(frame),
        act: async (visit) => {
          const { visitor, session, cookies } = visit;
          if (session) await endSessionOf(visitor, session, session.sessionId).catch(unlessEnded);
          const { isSecure } = this.options.entrance;
          for (const cookie of ['session', 'csrf', 'form', 'link'] as const) {
            cookies.push(setCookie(cookie, null, isSecure));
          }
          visit.hasLeft = true;
          return SIGN_IN;
        },
      },
    };
  }

  /** Gives the browser the cookies of a session, and says where to go. */
  private welcome({ cookies, visitor }: Visit, { secret }: Pick<StartedSession, 'secret'>): string {
    const { isSecure } = this.options.entrance;
    cookies.push(
      setCookie('session', secret, isSecure),
      setCookie('csrf', csrfTokenOf(visitor.keys, secret), isSecure),
      setCookie('form', null, isSecure),
      setCookie('link', null, isSecure),
    );
    return HOME;
  }

  private async visitOf(
    request: IncomingMessage,
    response: ServerResponse,
    search: string,
    { hasScripts }: Pick<Page, 'hasScripts'> = {},
  ): Promise<Visit> {
    const { store, entrance, sessions } = this.options;
    const { em, keys } = store;
    const { isSecure } = entrance;
    const session = await sessions.sessionOf(request);
    const cookies: string[] = [];
    let base = session?.secret;
    if (base === undefined) {
      [base] = cookieValues(request, 'form', isSecure);
      if (!base) {
        base = randomBytes(24).toString('base64url');
        cookies.push(setCookie('form', base, isSecure));
      }
    }
    const [link = ''] = cookieValues(request, 'link', isSecure);
    const stop = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) stop.abort(new Refusal('UNAVAILABLE', 'The client has left.'));
    });
    const visitor = { em, keys, stop, address: entrance.addressOf(request), userAgent: request.headers['user-agent'] };
    const frame = {
      styles: this.styles.path,
      scripts: hasScripts && partyAt(entrance.publicUrl) ? this.scripts.map(({ path }) => path) : [],
      csrf: csrfTokenOf(keys, base),
      next: nextIn(search),
    };
    return { visitor, session, frame, link, cookies };
  }

  /** Whether the form was made here, for this browser: it came with the token of a page only this browser was given. */
  private isFromOwnForm(request: IncomingMessage, { frame }: Visit, form: URLSearchParams): boolean {
    const { entrance } = this.options;
    return entrance.comesFromHere(request) && isSameToken(frame.csrf, form.get('csrf'));
  }

  /** What came by a one-time link goes on without it in the address. Whether it works is seen there. */
  private exchange(response: ServerResponse, path: string): void {
    const [beginning = '', to = SIGN_IN] = Object.entries(EXCHANGES).find(([start]) => path.startsWith(start)) ?? [];
    const secret = path.slice(beginning.length);
    const { isSecure } = this.options.entrance;
    const known = isWellFormedSignInSecret('LINK', secret) ? secret : null;
    response.writeHead(303, { ...HEADERS, location: to, 'set-cookie': setCookie('link', known, isSecure) });
    response.end();
  }

  private go(response: ServerResponse, { cookies, hasLeft }: Visit, to: string): void {
    response.writeHead(303, {
      ...HEADERS,
      location: to,
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
      ...(hasLeft && { 'clear-site-data': '"cache", "storage"' }),
    });
    response.end();
  }

  private async refuse(
    response: ServerResponse,
    visit: Visit,
    page: Page,
    form: URLSearchParams | null,
    refusal: Refusal,
  ): Promise<void> {
    const { code } = refusal;
    const status = STATUSES[code] ?? 422;
    this.setRetryAfter(response, refusal);
    const values = Object.fromEntries(KEPT_FIELDS.map((name) => [name, form?.get(name) ?? '']));
    try {
      if (code === 'NOT_FOUND') throw refusal;
      this.send(response, status, await page.show(visit, { values, refusal }), visit);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      visit.cookies.push(setCookie('link', null, this.options.entrance.isSecure));
      this.send(response, 404, messagePage(visit.frame, 'This link does not work', DEAD_LINK), visit);
    }
  }

  /** For a page that has no form. */
  private get bareFrame(): Frame {
    return { styles: this.styles.path, scripts: [], csrf: '', next: null };
  }

  private setRetryAfter(response: ServerResponse, { code, facts }: Refusal): void {
    if (code === 'RATE_LIMITED') response.setHeader('retry-after', String(Math.ceil(Number(facts.retryAfter))));
  }

  private send(response: ServerResponse, status: number, { text }: Html, visit?: Visit): void {
    const cookies = visit?.cookies ?? [];
    response.writeHead(status, {
      ...(visit?.frame.scripts.length ? HEADERS_WITH_SCRIPTS : HEADERS),
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    });
    response.end(response.req.method === 'HEAD' ? undefined : text);
  }

  private sendJson(response: ServerResponse, status: number, told: object): void {
    response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' });
    response.end(JSON.stringify(told));
  }

  private workspacesOf({ personId }: PageSession): Promise<{ name: string; role: WorkspaceRole }[]> {
    return this.options.store.reader().rows(sql<{ name: string; role: WorkspaceRole }>`
      select w.name, m.role from membership m join workspace w on w.id = m.workspace_id
       where m.person_id = ${personId} and m.ended_at is null and w.deleted_at is null
       order by m.created_at, w.id`);
  }

  private async writeRefused(): Promise<void> {
    const { store, log } = this.options;
    try {
      await this.doorkeeper.refused.write(store);
    } catch (error) {
      log.warn({ err: error }, 'Refused sign-ins could not be recorded');
    }
  }
}

const NO_DATABASE = 'The database does not answer. Try again in a moment.';
const OUT_OF_DATE = 'The form was too old, or another site sent it. Go back, reload the page, and try again.';
const DEAD_LINK =
  'It was used, has expired, or is not whole. Ask for a new one where you have it from; a setup link is printed by "gatehouse start" while there is no owner.';

/** What is shown again when a form is refused; passwords are typed again. */
const KEPT_FIELDS = ['name', 'email', 'workspaceName'];

/** Where she was going before she was asked to sign in: the console, the consent page or her passkeys, nowhere else. */
function nextIn(search: string): string | null {
  const next = new URLSearchParams(search).get('next');
  return next !== null && (/^(\/console(?:\/[\w-]+)*(\?|$)|\/oauth\/authorize\?)/.test(next) || next === PASSKEYS)
    ? next
    : null;
}

const field = (form: URLSearchParams, name: string): string => form.get(name) ?? '';

function newPasswordIn(form: URLSearchParams, name = 'password'): string {
  const password = field(form, name);
  if (password !== field(form, 'repeated')) {
    throw new Refusal('INVALID', 'The two passwords are not the same.', { path: ['repeated'] });
  }
  return password;
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}
