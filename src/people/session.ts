// Sessions: somebody signed in, in one browser. Whoever holds the secret of one is its person; the database knows only
// its keyed hash. Who may start one is decided where she proves herself (sign-in.ts, passkey-sign-in.ts,
// one-time-link.ts).

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Id, newId } from '../lib/id.js';
import { type KeyRing, keyedHash, mintSignInSecret } from '../lib/secret.js';
import { type Sql, sql } from '../lib/sql.js';
import type { KeyHolder } from '../unit-of-work.js';
import type { Recorder } from './about.js';

/** A session that was not used for so long has ended. */
const IDLE_MINUTES = 30;
/** However much it is used, she signs in again after so long. */
const ABSOLUTE_HOURS = 12;
/** Browsers send some hundred characters; nobody needs more to recognise her own. */
const MAX_USER_AGENT_LENGTH = 300;

/** Somebody who is not known yet, at this gateway: where she comes from is all there is about her. */
export interface Visitor extends Omit<KeyHolder, 'actor'> {
  address?: string | undefined;
  userAgent?: string | undefined;
}

export interface StartedSession {
  id: Id;
  /** For the cookie: given out here and never again. */
  secret: string;
}

export interface NewSession {
  personId: Id;
  workspaceId?: Id | undefined;
  replaces?: Id | undefined;
  /** What she has proved herself with, where that is neither a password nor a link. */
  by?: 'PASSKEY';
}

/** Whether a row of `session` (as `s`) still lets somebody in, by the clock of the database. */
export const isLive: Sql = sql`(s.ended_at is null
  and s.last_used_at > now() - make_interval(mins => ${sql.lit(IDLE_MINUTES)})
  and s.signed_in_at > now() - make_interval(hours => ${sql.lit(ABSOLUTE_HOURS)}))`;

export const sessionHash = (keys: KeyRing, secret: string): Buffer => keyedHash(keys.for('session-hash'), secret);

/** Starts a session of somebody who has just proved who she is, in the transaction she did it in. `workspaceId` is where
 *  she asks until she names another; without it the one she has been in longest. The session her browser had before,
 *  `replaces`, ends, whosever it was. */
export async function startSession(
  em: EntityManager,
  { keys, address, userAgent }: Visitor,
  { personId, workspaceId, replaces, by }: NewSession,
  record: Recorder,
): Promise<StartedSession> {
  const [id, secret] = [newId(), mintSignInSecret('SESSION')];
  if (replaces !== undefined) {
    await em.execute('update session set ended_at = now() where id = ? and ended_at is null', [replaces]);
  }
  await em.execute(
    `insert into session (id, person_id, hash, workspace_id, address, user_agent) values (?, ?, ?, ?, ?, ?)`,
    [
      id,
      personId,
      sessionHash(keys, secret),
      workspaceId ?? null,
      address ?? null,
      userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    ],
  );
  await record({ action: 'session.started', targetId: id, ...(by && { details: { by } }) });
  return { id, secret };
}

/** Gives a session a new secret; the one its cookie had stops working. After whatever changes what she may do. */
export async function rotateSession(em: EntityManager, { keys }: Pick<Visitor, 'keys'>, id: Id): Promise<string> {
  const secret = mintSignInSecret('SESSION');
  await em.execute('update session set hash = ? where id = ? and ended_at is null', [sessionHash(keys, secret), id]);
  return secret;
}

/** Ends all sessions of somebody but `except`; it answers how many there were. */
export async function endSessionsOf(em: EntityManager, personId: Id, except: Id | null = null): Promise<number> {
  const ended = await em.execute<object[]>(
    'update session set ended_at = now() where person_id = ? and ended_at is null and id is distinct from ?::uuid returning id',
    [personId, except],
  );
  return ended.length;
}
