// /oauth/authorize: somebody is asked whether a connection may be let in. Judged first, then signed in, then asked; every
// step is a submit of the same form, and only Allow and Cancel send her back to the client.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PersonActor } from '../gate/actor.js';
import { type Id, parseId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type AuthorizationRequest, RefusedRequest } from '../oauth/authorization-request.js';
import { mintConsentNonce, openConsentNonce } from '../oauth/consent-nonce.js';
import { type Candidate, candidatesOf, herselfIn } from '../oauth/eligibility.js';
import { openPagesOf, pickablesOf, searchPages, treeOf } from '../oauth/picker.js';
import { type AskSchema, previewOf } from '../oauth/preview.js';
import type { OAuthServer } from '../oauth/server.js';
import type { Store } from '../store/store.js';
import { HttpError, readForm } from './body.js';
import { type ConsentView, consentPage, problemPage } from './consent-views.js';
import type { Entrance } from './entrance.js';
import type { Html } from './html.js';
import type { PageSession, SessionDoor } from './session-door.js';

export const AUTHORIZE = '/oauth/authorize';

const MAX_FORM_BYTES = 100_000;
const MOST_CHOSEN = 200;

export interface ConsentPagesOptions {
  store: Store;
  entrance: Entrance;
  sessions: SessionDoor;
  server: OAuthServer;
  /** Asks the schema for the preview. */
  ask: AskSchema;
}

/** What a form says, none of it known to be true yet. */
interface Filled {
  workspaceId: Id | null;
  chosen: Id[];
  opened: Id[];
  search: string;
}

const NOTHING_YET: Filled = { workspaceId: null, chosen: [], opened: [], search: '' };

export class ConsentPages {
  private readonly styles: { path: string; bytes: Buffer };

  constructor(private readonly options: ConsentPagesOptions) {
    const bytes = Buffer.concat(
      ['./sign-in.css', './consent.css'].map((name) => readFileSync(new URL(name, import.meta.url))),
    );
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
    this.styles = { path: `/assets/consent-${digest}.css`, bytes };
  }

  has(path: string): boolean {
    return path === AUTHORIZE || path === this.styles.path;
  }

  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    { path, search }: { path: string; search: string },
  ): Promise<void> {
    const isGet = request.method === 'GET' || request.method === 'HEAD';
    if (!isGet && (request.method !== 'POST' || path !== AUTHORIZE)) {
      const allow = path === AUTHORIZE ? 'GET, HEAD, POST' : 'GET, HEAD';
      throw new HttpError(405, 'INVALID', `Use ${allow}.`, { allow });
    }
    if (path === this.styles.path) return this.sendStyles(response);
    const { entrance, server, sessions } = this.options;
    const trouble = entrance.refusalToSignIn(request);
    if (trouble) return this.say(response, 403, 'Not over this way', trouble);
    try {
      const asked = await server.read(search);
      const session = await sessions.sessionOf(request);
      if (!session) return go(response, signInFor(search));
      if (isGet) return await this.show(response, asked, session, { search, filled: NOTHING_YET });
      const form = await readForm(request, MAX_FORM_BYTES);
      const nonce = openConsentNonce(
        this.options.store.keys,
        { sessionId: session.sessionId, search },
        form.get('consent') ?? '',
      );
      if (!nonce || !entrance.comesFromHere(request)) {
        return this.say(response, 403, 'Nothing was done', OUT_OF_DATE);
      }
      await this.act(request, response, { asked, session, search, form, nonce });
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      if (error.redirectTo) return go(response, error.redirectTo);
      this.say(response, 400, 'This does not lead anywhere', error.message);
    }
  }

  /** What she pressed. */
  private async act(
    request: IncomingMessage,
    response: ServerResponse,
    { asked, session, search, form, nonce }: Answered,
  ): Promise<void> {
    const filled = filledIn(form);
    const wish = form.get('do');
    if (wish === 'cancel') {
      return go(response, asked.answer({ error: 'access_denied', error_description: 'The person said no.' }));
    }
    if (wish !== 'allow') {
      return this.show(response, asked, session, { search, filled, consent: form.get('consent') as string });
    }
    const em = this.options.store.em();
    const candidates = await candidatesOf(em, session.personId, asked.connection);
    const here = candidates.find(({ workspaceId, refusal }) => workspaceId === filled.workspaceId && !refusal);
    if (!here || filled.chosen.length > MOST_CHOSEN) {
      const notice = here ? `Choose at most ${MOST_CHOSEN} pages; take one above them.` : 'Choose another workspace.';
      const consent = form.get('consent') as string;
      return this.show(response, asked, session, { search, filled, consent, notice, status: 422 });
    }
    const actor = herselfIn(here, session.personId, this.options.entrance.addressOf(request));
    // What is not hers to share, or not there, is left out without a word: the page never offered it.
    const chosen = here.mayShare ? await pickablesOf(this.options.store.reader(), actor, filled.chosen) : [];
    try {
      const code = await this.options.server.agree(actor, {
        nonce,
        connectionId: asked.connection.id,
        redirectUri: asked.redirectUri,
        codeChallenge: asked.codeChallenge,
        capabilities: asked.connection.capabilities,
        resourceIds: chosen.map(({ id }) => id),
      });
      go(response, asked.answer({ code }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.say(response, 409, 'Nothing was done', error.message);
    }
  }

  private async show(
    response: ServerResponse,
    asked: AuthorizationRequest,
    session: PageSession,
    { search, filled, consent, notice = null, status = 200 }: Shown,
  ): Promise<void> {
    const { store } = this.options;
    const { connection, redirectUri } = asked;
    const candidates = await candidatesOf(store.em(), session.personId, connection);
    const open = candidates.filter(({ refusal }) => refusal === null);
    const here = open.find(({ workspaceId }) => workspaceId === filled.workspaceId) ?? open[0] ?? null;
    const view: ConsentView = {
      styles: this.styles.path,
      connection,
      action: `${AUTHORIZE}${search}`,
      signIn: signInFor(search),
      nonce: consent ?? mintConsentNonce(store.keys, { sessionId: session.sessionId, search }),
      person: session,
      candidates,
      here,
      returnsTo: new URL(redirectUri).host,
      search: filled.search,
      opened: filled.opened,
      notice,
      ...(here ? await this.pagesFor(herselfIn(here, session.personId), here, filled, asked) : NO_PAGES),
    };
    this.send(response, status, consentPage(view), redirectUri);
  }

  private async pagesFor(
    actor: PersonActor,
    { mayShare }: Candidate,
    { chosen, opened, search }: Filled,
    { connection }: AuthorizationRequest,
  ): Promise<Pick<ConsentView, 'chosen' | 'openBefore' | 'picking' | 'preview'>> {
    const reader = this.options.store.reader();
    const { capabilities } = connection;
    const picked = mayShare ? await pickablesOf(reader, actor, chosen.slice(0, MOST_CHOSEN)) : [];
    const openBefore = await openPagesOf(reader, actor, connection.id);
    return {
      chosen: picked,
      openBefore,
      picking: !mayShare
        ? NO_PAGES.picking
        : search.trim() === ''
          ? { tree: await treeOf(reader, actor, opened), found: null }
          : { tree: null, found: await searchPages(reader, actor, search.trim()) },
      preview: await previewOf(this.options.ask, reader, actor, {
        capabilities,
        chosen: [...picked, ...openBefore].map(({ id }) => id),
      }),
    };
  }

  private say(response: ServerResponse, status: number, title: string, sentences: string): void {
    this.send(response, status, problemPage(this.styles.path, title, sentences));
  }

  private send(response: ServerResponse, status: number, { text }: Html, redirectUri?: string): void {
    response.writeHead(status, {
      ...HEADERS,
      'content-security-policy': policyFor(redirectUri),
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(response.req.method === 'HEAD' ? undefined : text);
  }

  private sendStyles(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/css; charset=utf-8',
      'content-length': this.styles.bytes.length,
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'public, max-age=31536000, immutable', // its name carries a hash of its content
    });
    response.end(response.req.method === 'HEAD' ? undefined : this.styles.bytes);
  }
}

interface Answered {
  asked: AuthorizationRequest;
  session: PageSession;
  search: string;
  form: URLSearchParams;
  nonce: Buffer;
}

interface Shown {
  search: string;
  filled: Filled;
  /** The nonce of the page before: it is the same page, and answered once. */
  consent?: string;
  notice?: string | null;
  status?: number;
}

const NO_PAGES: Pick<ConsentView, 'chosen' | 'openBefore' | 'picking' | 'preview'> = {
  chosen: [],
  openBefore: [],
  picking: { tree: { roots: [], isCut: false }, found: null },
  preview: { rows: [], person: [] },
};

const OUT_OF_DATE = 'The form was too old, or another site sent it. Start again where you came from.';

const HEADERS = {
  'x-frame-options': 'DENY', // for browsers that do not know frame-ancestors
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Browsers hold a redirect that follows a form to `form-action`, and clients redirect further to where they like. */
const policyFor = (redirectUri: string | undefined): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self'${redirectUri === undefined ? '' : redirectUri.startsWith('https:') ? ' https:' : ' http: https:'}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const signInFor = (search: string): string => `/sign-in?next=${encodeURIComponent(`${AUTHORIZE}${search}`)}`;

function filledIn(form: URLSearchParams): Filled {
  const ids = (name: string): Id[] => [...new Set(form.getAll(name).flatMap((text) => parseId(text) ?? []))];
  return {
    workspaceId: parseId(form.get('workspace') ?? ''),
    chosen: ids('page'),
    opened: [...ids('open'), ...ids('opening')],
    search: (form.get('search') ?? '').slice(0, 200).replaceAll('\0', ''),
  };
}

function go(response: ServerResponse, to: string): void {
  response.writeHead(303, { ...HEADERS, 'content-security-policy': "default-src 'none'", location: to });
  response.end();
}
