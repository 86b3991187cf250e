// One command is one function is one transaction: ask, change, record. A command that records nothing is a bug.

import type { EntityManager } from '@mikro-orm/postgresql';
import { appendEntries } from './audit/append.js';
import type { AuditEntry } from './audit/entry.js';
import type { Change } from './events/change.js';
import { type Actor, userIdOf } from './gate/actor.js';
import { mayChange } from './gate/rules.js';
import { claim, keepResult, type Once } from './idempotent-result.js';
import { newId } from './lib/id.js';
import { invariant } from './lib/invariant.js';
import type { KeyRing } from './lib/secret.js';
import { type Sql, sql } from './lib/sql.js';

/** Who gives a command, and where it is carried out. The context of a request is one; the command line makes its own. */
export interface Caller {
  actor: Actor;
  /** A fresh entity manager. */
  em: () => EntityManager;
  /** Aborted once nobody waits for the outcome any more; a command that has not been committed by then is not. */
  stop?: AbortController;
  /** How the next command is known again, when it is to be carried out once (idempotent-result.ts). What it answers must be
   *  ids alone. */
  once?: Once;
  /** Called once something is committed, so that the log is looked at soon; without it that happens a little later. */
  committed?: () => void;
}

/** A caller whose command makes or opens secrets. */
export interface KeyHolder extends Caller {
  keys: KeyRing;
}

declare module './context.js' {
  interface Context extends KeyHolder {}
}

export interface Unit {
  /** Bound to the transaction. */
  em: EntityManager;
  actor: Actor;
  /** Sends a statement within the transaction, and answers its rows. */
  rows<Row>(statement: Sql<Row>): Promise<Row[]>;
  /** Sends it together with the next one, at the latest with the commit. For what is written and for locks: nobody need wait
   *  for an answer. Where it fails, what goes with it does. */
  send<Row>(statement: Sql<Row>): Promise<Row[]>;
  /** Sends what waits, without a next one. */
  sent(): Promise<void>;
  /** Content was written. */
  change(change: Change): void;
  /** Something was administered. It goes into the log of the actor's workspace, unless it names another. */
  audit(entry: AuditEntry): void;
  /** Everything was as it should be already; there is nothing to record. */
  unchanged(): void;
  /** Content was written of which no event tells: what a database is called, or that it is locked. */
  unannounced(): void;
}

/** Asked of the connection of a transaction, it answers with its line (store/line.ts). */
export const LINE = 'the line of this transaction';

/** How a transaction sends statements. Values in the template are bound, never spliced. */
export interface Line extends Pick<Unit, 'rows' | 'send' | 'sent'> {
  /** Whether a transaction failed for a statement that was prepared, and will not be again: nothing was changed. */
  wasRefused(error: unknown): boolean;
}

/** Runs `work` in one transaction and writes what it recorded into the same one. Whatever it throws undoes all, and so
 *  does a caller who has left, or whose time is up, before it is committed. What was carried out before by the same key is
 *  not carried out again, but answered as it was. A database that forgot what was prepared is asked a second time. */
export async function commit<T>(caller: Caller, work: (unit: Unit) => Promise<T>): Promise<T> {
  const { actor, em, once, committed } = caller;
  invariant(mayChange(actor), 'Somebody who acts as somebody else came as far as a command.');
  let line: Line | undefined;
  const carryOut = () =>
    em().transactional(async (transaction) => {
      const tx = transaction as EntityManager;
      line = await lineOf(tx);
      return carriedOut(caller, tx, line, work);
    });
  let done: T;
  try {
    done = await carryOut();
  } catch (error) {
    if (!line?.wasRefused(error)) throw error;
    if (once) once.isTaken = false;
    done = await carryOut();
  }
  committed?.();
  return done;
}

async function carriedOut<T>(
  { actor, stop, once }: Caller,
  tx: EntityManager,
  line: Line,
  work: (unit: Unit) => Promise<T>,
): Promise<T> {
  const before = once && (await claim(tx, actor, once));
  if (before) return before.result as T;
  const changes: Change[] = [];
  const entries: AuditEntry[] = [];
  let isSilent = false;
  const silence = () => {
    isSilent = true;
  };
  const result = await work({
    em: tx,
    actor,
    rows: (statement) => line.rows(statement),
    send: (statement) => line.send(statement),
    sent: () => line.sent(),
    change: (change) => changes.push(change),
    audit: (entry) => entries.push(entry),
    unchanged: silence,
    unannounced: silence,
  });
  const recorded = changes.length + entries.length > 0;
  invariant(recorded !== isSilent, 'A command changed something and recorded nothing.');
  await tx.flush(); // resources before what is recorded about them
  if (changes.length > 0) line.send(changesOf(actor, changes));
  if (once) await keepResult(tx, actor, once, result);
  const records = entries.map((entry) => ({ actor, entry }));
  if (records.length > 0) await appendEntries(tx, records); // last: it holds the workspace's log until the commit
  if (stop?.signal.aborted) throw stop.signal.reason;
  return result;
}

async function lineOf(em: EntityManager): Promise<Line> {
  const { rows } = await em.getKysely().executeQuery<Line>({
    sql: LINE,
    parameters: [],
    query: { kind: 'RawNode', sqlFragments: [LINE], parameters: [] },
    queryId: { queryId: LINE },
  });
  const [line] = rows;
  invariant(line, 'A transaction has no line.');
  return line;
}

const changesOf = (actor: Actor, changes: readonly Change[]): Sql => sql`
  insert into change (workspace_id, id, type, resource_id, resource_version, ancestors, actor_kind, actor_id, details)
  select ${actor.workspaceId}::uuid, c.id, c.type, c.resource_id, c.resource_version,
         array(select jsonb_array_elements_text(c.ancestors)::uuid), ${actor.kind}, ${userIdOf(actor)}::uuid, c.details
    from jsonb_to_recordset(${JSON.stringify(
      changes.map((change) => ({
        id: newId(),
        type: change.type,
        resource_id: change.resourceId,
        resource_version: change.resourceVersion,
        ancestors: change.ancestors,
        details: change.details ?? {},
      })),
    )}::jsonb)
      as c(id uuid, type text, resource_id uuid, resource_version int, ancestors jsonb, details jsonb)`;
