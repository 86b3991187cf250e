// How one secret follows another: the newest works on for a while beside its successor, any older one ends at once.

import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';

const MAX_OVERLAP_HOURS = 24;

/** Whole hours a secret works on beside its successor: 24 when none are given. Refused: less than 0, more than 24. */
export function requireOverlap(hours: number | null | undefined): number {
  const overlap = hours ?? MAX_OVERLAP_HOURS;
  if (Number.isInteger(overlap) && overlap >= 0 && overlap <= MAX_OVERLAP_HOURS) return overlap;
  throw new Refusal('INVALID', `The overlap should be 0 to ${MAX_OVERLAP_HOURS} whole hours, but is: ${overlap}`, {
    path: ['overlapHours'],
  });
}

/** Secrets that one holder has several of at a time. What can be shown again is forgotten with the secret's day. */
const SECRETS = {
  token: { table: sql.ref('token'), holder: sql.ref('s.installation_id'), forgetting: sql`, ciphertext = null` },
  clientSecret: { table: sql.ref('client_secret'), holder: sql.ref('s.connection_id'), forgetting: sql`` },
};

/** Makes room for a holder's next secret, who is locked: the newest live one ends in `hours`, or now when that is 0, all
 *  before it now. Answers the newest and until when it works; `null` when there was none, or when it does not any more. */
export async function overlap(
  { actor, rows }: Unit,
  kind: keyof typeof SECRETS,
  { holderId, hours }: { holderId: Id; hours: number },
): Promise<{ lastFour: string; validUntil: Date } | null> {
  const { table, holder, forgetting } = SECRETS[kind];
  const isHeld = sql`s.workspace_id = ${actor.workspaceId} and ${holder} = ${holderId} and s.revoked_at is null`;
  const [newest] = await rows(sql<{ lastFour: string; validUntil: string }>`
    with newest as (
      select s.id from ${table} s
       where ${isHeld} and (s.expires_at is null or s.expires_at > now())
       order by s.created_at desc, s.id desc limit 1),
    ended as (
      update ${table} s set revoked_at = now()${forgetting}
       where ${isHeld} and (${hours}::int = 0 or s.id not in (select id from newest)))
    update ${table} s set expires_at = least(s.expires_at, now() + ${hours}::int * interval '1 hour')${forgetting}
      from newest where s.workspace_id = ${actor.workspaceId} and s.id = newest.id and ${hours}::int > 0
    returning s.last_four as "lastFour", s.expires_at as "validUntil"`);
  return newest ? { lastFour: newest.lastFour, validUntil: new Date(newest.validUntil) } : null;
}
