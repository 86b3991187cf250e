// Reading the audit log: administrators of a workspace, its own entries, and nobody else any.

import type { Context } from '../context.js';
import type { Actor, ActorKind } from '../gate/actor.js';
import { mayAdminister } from '../gate/rules.js';
import { type DateTimeFilter, timeTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { LoggedEntry } from './audit-entry.js';
import { CHAINED_COLUMNS, type ChainedRow, canonicalFacts } from './chain.js';
import type { AuditAction } from './entry.js';

export interface AuditQuery {
  actions?: readonly AuditAction[] | null | undefined;
  /** `null` is an id nobody has. */
  actorId?: Id | null | undefined;
  targetId?: Id | null | undefined;
  occurredAt?: DateTimeFilter | null | undefined;
}

const columns = sql.raw(CHAINED_COLUMNS);

const readable = (actor: Actor): Sql =>
  mayAdminister(actor) ? sql`e.workspace_id = ${actor.workspaceId}` : sql`false`;

/** Entries by id, those the actor may read. */
export const selectAuditEntries = ({ actor }: Context, ids: readonly Id[]): Sql<ChainedRow> => sql`
  select ${columns} from audit_entry e where ${readable(actor)} and e.id = any(${ids}::uuid[])`;

/** Up to `limit + 1` entries, the newest first. */
export async function listAuditEntries(
  { actor, reader }: Context,
  query: AuditQuery,
  { limit, backwards, from }: Window,
): Promise<LoggedEntry[]> {
  const [compare, direction] = backwards ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`];
  const rows = await reader.rows(sql<ChainedRow>`
    select ${columns} from audit_entry e
     where ${matching(actor, query)} and ${from ? sql`e.position ${compare} ${from[0]}::bigint` : sql`true`}
     order by e.position ${direction} limit ${limit + 1}`);
  return rows.map(entryOf);
}

/** Up to `limit` entries of a stretch, the oldest first: positions from `after` on, exclusively, up to and with `upTo`. */
export async function auditEntriesIn(
  { actor, reader }: Pick<Context, 'actor' | 'reader'>,
  query: AuditQuery,
  { after, upTo }: { after: number; upTo: number },
  limit: number,
): Promise<LoggedEntry[]> {
  const rows = await reader.rows(sql<ChainedRow>`
    select ${columns} from audit_entry e
     where ${matching(actor, query)} and e.position > ${after}::float8::bigint and e.position <= ${upTo}::float8::bigint
     order by e.position limit ${limit}`);
  return rows.map(entryOf);
}

export async function countAuditEntries({ actor, reader }: Context, query: AuditQuery): Promise<number> {
  const [row] = await reader.rows(sql<{ count: number }>`
    select count(*)::int as count from audit_entry e where ${matching(actor, query)}`);
  return row?.count ?? 0;
}

export const entryOf = (row: ChainedRow): LoggedEntry & { __typename: string } => ({
  __typename: 'AuditEntry',
  ...row,
  actorKind: row.actorKind as ActorKind | null,
  actingForId: row.actingFor,
  before: valuesOf(row.before),
  after: valuesOf(row.after),
  details: valuesOf(row.details),
  canonical: canonicalFacts(row),
});

const valuesOf = (json: string | null): Record<string, unknown> | null => (json === null ? null : JSON.parse(json));

const matching = (actor: Actor, { actions, actorId, targetId, occurredAt }: AuditQuery): Sql =>
  sql.join(
    [
      readable(actor),
      ...(actions == null ? [] : [sql`e.action = any(${actions}::text[])`]),
      // What an owner did as an installation is hers.
      ...(actorId === undefined ? [] : [sql`(e.actor_id = ${actorId}::uuid or e.acting_for = ${actorId}::uuid)`]),
      ...(targetId === undefined ? [] : [sql`e.target_id = ${targetId}::uuid`]),
      ...timeTerms(sql.ref('e.occurred_at'), occurredAt),
    ],
    sql` and `,
  );
