// The way of a signed-in person to /graphql: her cookie, with the token that shows that a page of this gateway sent the
// request. A cookie comes by itself, so it is never enough, and never counts beside a bearer token.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Reader } from '../context.js';
import type { PersonActor, WorkspaceRole } from '../gate/actor.js';
import { bitsOfRole } from '../gate/rules.js';
import { type Id, parseId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import { isWellFormedSignInSecret, type KeyRing, keyedHash } from '../lib/secret.js';
import { sql } from '../lib/sql.js';
import { isLive, sessionHash } from '../people/session.js';
import type { Store } from '../store/store.js';
import { unauthenticated } from './authenticate.js';
import { HttpError } from './body.js';
import type { Budgets, Charged, ChargedRow } from './budget.js';
import { cookieValues } from './cookies.js';
import type { Entrance } from './entrance.js';

const FLUSH_EVERY_MS = 10_000;

/** What a request claims to be: nothing of it is known to be true yet. */
export interface ClaimedSession {
  secret: string;
  /** The workspace it names: `undefined` when it names none, `null` when that can be none. */
  workspaceId: Id | null | undefined;
}

/** The token that pages send along with a cookie: nobody who cannot read either can make it. `base` is the secret of the
 *  session, or what a form is bound to before there is one. */
export const csrfTokenOf = (keys: KeyRing, base: string): string =>
  keyedHash(keys.for('csrf'), base).toString('base64url');

/** Compares in a time that says nothing about where they differ. */
export const isSameToken = (expected: string, given: unknown): boolean => {
  const [one, other] = [Buffer.from(expected), Buffer.from(String(given))];
  return one.length === other.length && timingSafeEqual(one, other);
};

export class SessionDoor {
  /** Sessions used since they were last written down. */
  private readonly used = new Map<Id, { at: number; workspaceId: Id | null }>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly store: Pick<Store, 'em' | 'keys' | 'reader'>,
    private readonly entrance: Entrance,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => void this.writeUse(), FLUSH_EVERY_MS).unref();
  }

  /** The session a request to /graphql claims; `null` when it should come by a bearer token. Asks no database. Refused:
   *  both at once, any method but POST, and whatever a page of another site could have sent. */
  claimedBy(request: IncomingMessage): ClaimedSession | null {
    const { authorization, cookie, 'x-csrf-token': token, 'gatehouse-workspace': named } = request.headers;
    if (authorization !== undefined) {
      if (token === undefined) return null; // a cookie comes by itself, which claims nothing
      throw new HttpError(400, 'INVALID', 'Send a bearer token or the token of a session, not both.');
    }
    if (cookie !== undefined && request.method !== 'POST' && this.hasSession(request)) {
      throw notFromHere('A session is accepted by POST only.');
    }
    return this.claimed(request, token, named);
  }

  /** The same for a socket: the cookie came with its first request, the rest with its first message. */
  claimedOver(request: IncomingMessage, given: { csrfToken?: unknown; workspace?: unknown }): ClaimedSession | null {
    return this.claimed(request, given.csrfToken, given.workspace);
  }

  private hasSession(request: IncomingMessage): boolean {
    return new Set(cookieValues(request, 'session', this.entrance.isSecure)).size === 1;
  }

  private claimed(request: IncomingMessage, token: unknown, named: unknown): ClaimedSession | null {
    if (request.headers.cookie === undefined) return null;
    const [secret, another] = new Set(cookieValues(request, 'session', this.entrance.isSecure));
    if (secret === undefined) return null;
    if (another !== undefined) {
      throw new HttpError(400, 'INVALID', 'Two sessions came at once. Clear the cookies of this site, and sign in.');
    }
    const trouble = this.entrance.refusalToSignIn(request);
    if (trouble) throw notFromHere(trouble);
    if (!this.entrance.comesFromHere(request)) {
      throw notFromHere('A session is accepted from pages of this gateway only.');
    }
    if (!isSameToken(csrfTokenOf(this.store.keys, secret), token)) {
      throw notFromHere('A session is accepted with its x-csrf-token only.');
    }
    if (!isWellFormedSignInSecret('SESSION', secret)) throw unauthenticated();
    return { secret, workspaceId: named === undefined ? undefined : parseId(String(named)) };
  }

  /** The person behind a session, in the workspace she asks in, and the points she has left there: in one statement, which
   *  charges `points` as well. Throws `UNAUTHENTICATED` for a session that is not live, and 403 where she is in no such
   *  workspace, which may not exist either. */
  async authenticate(
    { secret, workspaceId: named }: ClaimedSession,
    reader: Reader,
    { budgets, points, isUse = true }: { budgets: Budgets; points: number; isUse?: boolean },
  ): Promise<{ actor: PersonActor; charged: Charged }> {
    const hash = sessionHash(this.store.keys, secret);
    const charge = budgets.charge(hash.toString('base64'), points);
    let row: (Who & ChargedRow) | undefined;
    try {
      [row] = await reader.rows(sql<Who & ChargedRow>`
        with who as (
          select s.id as "sessionId", s.person_id as "personId", m.workspace_id as "workspaceId", m.role,
                 extract(epoch from s.signed_in_at)::float8 * 1000 as "signedInAt",
                 m.workspace_id is distinct from s.workspace_id as "isElsewhere"
            from session s
            join membership m on m.person_id = s.person_id and m.ended_at is null
            join workspace w on w.id = m.workspace_id and w.deleted_at is null
           where s.hash = ${hash} and ${isLive}
             and ${named === undefined ? sql`true` : sql`m.workspace_id = ${named}::uuid`}
           order by m.workspace_id = s.workspace_id desc nulls last, m.created_at, m.workspace_id
           limit 1)
        ${charge.statement(sql`who."workspaceId"`, sql`who."personId"`)}`);
    } catch (error) {
      charge.failed();
      throw error;
    }
    if (!row) {
      charge.failed();
      throw await this.whyNobody(hash, reader);
    }
    const { sessionId, personId, workspaceId, role, signedInAt, isElsewhere, before, after } = row;
    if (isUse) this.used.set(sessionId, { at: performance.now(), workspaceId });
    if (isUse && isElsewhere) await this.writeUse(); // where she asked last is where the next request without a name asks
    return {
      actor: {
        kind: 'PERSON',
        workspaceId,
        personId,
        role,
        bits: bitsOfRole(role),
        session: { id: sessionId, signedInAt: new Date(signedInAt) },
      },
      charged: charge.settle({ before, after }),
    };
  }

  /** Who is signed in, for the gateway's own pages, whatever workspace she is in; `null` when nobody is. Whether a page of
   *  another site sent the request is for the page to find out. */
  async sessionOf(request: IncomingMessage): Promise<PageSession | null> {
    const [secret, another] = new Set(cookieValues(request, 'session', this.entrance.isSecure));
    if (secret === undefined || another !== undefined || !isWellFormedSignInSecret('SESSION', secret)) return null;
    const [found] = await this.store
      .reader()
      .rows(sql<Omit<PageSession, 'secret' | 'signedInAt'> & { signedInAt: number }>`
      select s.id as "sessionId", p.id as "personId", p.name, p.email,
             extract(epoch from s.signed_in_at)::float8 * 1000 as "signedInAt"
        from session s join person p on p.id = s.person_id
       where s.hash = ${sessionHash(this.store.keys, secret)} and ${isLive}`);
    if (!found) return null;
    this.used.set(found.sessionId, { at: performance.now(), workspaceId: null });
    return { ...found, signedInAt: new Date(found.signedInAt), secret };
  }

  /** Writes down when sessions were last used, and where: all in one statement. */
  async writeUse(): Promise<void> {
    if (this.used.size === 0) return;
    const uses = [...this.used].map(([id, { at, workspaceId }]) => ({
      id,
      workspace_id: workspaceId,
      seconds_ago: (performance.now() - at) / 1_000,
    }));
    this.used.clear();
    try {
      await this.store.em().execute(
        `update session s
            set last_used_at = greatest(s.last_used_at, now() - make_interval(secs => u.seconds_ago)),
                workspace_id = coalesce(u.workspace_id, s.workspace_id)
           from jsonb_to_recordset(?::jsonb) as u(id uuid, workspace_id uuid, seconds_ago float8)
          where s.id = u.id and s.ended_at is null`,
        [JSON.stringify(uses)],
      );
    } catch (error) {
      this.log.warn({ err: error }, 'Last use of sessions could not be written');
    }
  }

  /** Writes down what is left. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.writeUse();
  }

  /** A live session whose person is not in the workspace gets another answer than one that has ended: signing in again
   *  would not help her. */
  private async whyNobody(hash: Buffer, reader: Reader): Promise<Error> {
    const [live] = await reader.rows(sql`select 1 from session s where s.hash = ${hash} and ${isLive}`);
    return live ? new HttpError(403, 'FORBIDDEN', 'You are in no such workspace.') : unauthenticated();
  }
}

/** Somebody signed in, as the gateway's own pages know her. */
export interface PageSession {
  sessionId: Id;
  personId: Id;
  name: string;
  email: string;
  signedInAt: Date;
  secret: string;
}

interface Who {
  sessionId: Id;
  personId: Id;
  workspaceId: Id;
  role: WorkspaceRole;
  /** Milliseconds. */
  signedInAt: number;
  isElsewhere: boolean;
}

const notFromHere = (message: string): HttpError => new HttpError(403, 'FORBIDDEN', message);
