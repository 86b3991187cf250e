// The whole log as a file, in pieces: as lines of JSON, each a row to the byte so that others can check the chain, or as
// a table for people.

import type { EntityManager } from '@mikro-orm/postgresql';
import { stringify } from 'csv-stringify/sync';
import type { Actor } from '../gate/actor.js';
import { requireAdministrator } from '../gate/ask.js';
import { bitsOf } from '../gate/capability.js';
import { bitsOnUser } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { type Caller, commit } from '../unit-of-work.js';
import { CHAINED_COLUMNS, type ChainedRow, canonicalFacts, canonicalJson } from './chain.js';
import { headOf } from './verify.js';

export const AUDIT_FORMATS = ['ndjson', 'csv'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

export interface AuditExport {
  /** How many entries there are, the one about this export the last of them. */
  count: number;
  /** The text, piece by piece; each ends with a whole line. Read as they are asked for. */
  pieces: AsyncIterable<string>;
}

const CHUNK = 1_000;

/** Gives out the log of the actor's workspace. Refused: who may not administer. That it was given out is its last entry,
 *  and stands there however much of it is read. */
export async function exportAuditLog(
  caller: Caller,
  { format, onProgress = () => {} }: { format: AuditFormat; onProgress?: (done: number, total: number) => void },
): Promise<AuditExport> {
  const { actor, em } = caller;
  requireAdministrator(actor, 'export the audit log');
  const { workspaceId } = actor;
  await commit(caller, async (unit) =>
    unit.audit({ action: 'audit_log.exported', targetId: workspaceId, details: { format } }),
  );
  const count = (await headOf(em(), workspaceId))?.position ?? 0;
  const rows = rowsUpTo(em, workspaceId, count, onProgress);
  return { count, pieces: format === 'csv' ? table(rows, em, actor) : lines(rows) };
}

/** Rows never change, so those up to a position are the same in every statement. Positions are dense: a stretch of them
 *  holds as many rows, unless somebody took some out, which verifying says. */
async function* rowsUpTo(
  em: () => EntityManager,
  workspaceId: Id,
  last: number,
  onProgress: (done: number, total: number) => void,
): AsyncGenerator<ChainedRow[]> {
  for (let done = 0; done < last; ) {
    const next = Math.min(done + CHUNK, last);
    const rows = await em().execute<ChainedRow[]>(
      `select ${CHAINED_COLUMNS} from audit_entry
        where workspace_id = ? and position > ? and position <= ? order by position`,
      [workspaceId, done, next],
    );
    if (rows.length > 0) yield rows;
    done = next;
    onProgress(done, last);
  }
}

/** Without `hash` and `previousHash` a line is the very text that was hashed. */
async function* lines(chunks: AsyncIterable<ChainedRow[]>): AsyncGenerator<string> {
  for await (const rows of chunks) {
    yield rows
      .map((row) => {
        const { hash, previousHash } = row;
        return `${canonicalJson({ ...JSON.parse(canonicalFacts(row)), hash, previousHash })}\n`;
      })
      .join('');
  }
}

const COLUMNS = [
  'position',
  'occurredAt',
  'action',
  'actorKind',
  'actorId',
  'actorName',
  'actingFor',
  'targetId',
  'before',
  'after',
  'details',
  'address',
  'id',
  'previousHash',
  'hash',
];

/** Every cell is quoted, and one that a spreadsheet would take for a formula begins with an apostrophe. */
async function* table(
  chunks: AsyncIterable<ChainedRow[]>,
  em: () => EntityManager,
  actor: Actor,
): AsyncGenerator<string> {
  yield stringify([COLUMNS], { quoted: true });
  for await (const rows of chunks) {
    const names = await namesIn(em(), actor, rows);
    yield stringify(
      rows.map((row) => ({ ...row, actorName: names.get(row.actorId ?? '') ?? null })),
      { columns: COLUMNS, quoted: true, escape_formulas: true },
    );
  }
}

const SEES_NAME = bitsOf(['USER_READ']);

/** Names of who acted, as far as whoever reads the table may see them. They are no part of the log: people change them. */
async function namesIn(em: EntityManager, actor: Actor, rows: readonly ChainedRow[]): Promise<Map<Id, string>> {
  const ids = new Set(rows.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])));
  const seen = [...ids].filter((id) => (bitsOnUser(actor, id) & SEES_NAME) !== 0);
  const found = await em.execute<{ id: Id; name: string }[]>(
    `select p.id, p.name from membership m join person p on p.id = m.person_id
      where m.workspace_id = ? and p.id = any(?::uuid[])
     union all
     select i.bot_id, c.name from installation i join connection c on c.id = i.connection_id
      where i.workspace_id = ? and i.bot_id = any(?::uuid[])`,
    [actor.workspaceId, `{${seen}}`, actor.workspaceId, `{${seen}}`],
  );
  return new Map(found.map(({ id, name }) => [id, name]));
}
