// Commands on many rows at once. One row goes the same way: createPage and updatePage are these with one.

import type { UserError } from '../gate/user-error.js';
import { userErrorOf } from '../gate/user-error.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import type { PropertyInput } from '../property/property-input.js';
import { commit } from '../unit-of-work.js';
import { limitsOf, requireWithin, type Writer } from './limits.js';
import { type BatchMode, changeRows, insertRows, type Outcome } from './row-batch.js';
import { holdTree } from './tree-lock.js';

export interface RowWritten {
  title?: string | null | undefined;
  properties?: readonly PropertyInput[] | null | undefined;
}

export interface RowsWritten {
  /** Of the rows that were written, in the order they were given. */
  ids: Id[];
  /** The others, where each is written by itself. */
  errors: { index: number; error: UserError }[];
}

/** Makes rows of one data source. Refused as a whole: where the actor may not insert, a data source that is missing, out of
 *  reach or in the trash, more rows than the limit; with ALL_OR_NOTHING whatever is refused of any row. */
export async function createRows(
  caller: Writer,
  input: { dataSourceId: Id; rows: readonly RowWritten[]; mode?: BatchMode | null | undefined },
): Promise<RowsWritten> {
  return commit(caller, async (unit) => {
    const limits = limitsOf(caller);
    requireRows(caller, input.rows);
    holdTree(unit);
    const mode = input.mode ?? 'ALL_OR_NOTHING';
    const rows = input.rows.map(({ title, properties }, index) => ({
      title: title === undefined ? undefined : (title ?? ''),
      properties: properties ?? [],
      path: ['rows', String(index)],
    }));
    return summary(await insertRows({ unit, limits, mode }, input.dataSourceId, rows, ['dataSourceId']));
  });
}

/** Changes rows, of whatever data sources. What is left out stays. Refused: more rows than the limit, a row named twice; of
 *  each row what is missing, out of reach or no row, what the actor may not update, a stale version, what lies in the
 *  trash or is locked, a value that does not fit. */
export async function updateRows(
  caller: Writer,
  input: {
    rows: readonly (RowWritten & { id: Id; expectedVersion?: number | null | undefined })[];
    mode?: BatchMode | null | undefined;
  },
): Promise<RowsWritten> {
  return commit(caller, async (unit) => {
    const limits = limitsOf(caller);
    requireRows(caller, input.rows);
    requireEachOnce(input.rows);
    holdTree(unit);
    const mode = input.mode ?? 'ALL_OR_NOTHING';
    const changes = input.rows.map(({ id, expectedVersion, title, properties }, index) => ({
      id,
      expectedVersion,
      title: title === undefined ? undefined : (title ?? ''),
      properties: properties ?? [],
      path: ['rows', String(index)],
    }));
    return summary(await changeRows({ unit, limits, mode }, changes));
  });
}

function requireRows(caller: Writer, rows: readonly unknown[]): void {
  if (rows.length === 0) throw new Refusal('REQUIRED', 'rows is empty: give at least one.', { path: ['rows'] });
  requireWithin(rows.length, limitsOf(caller), { limit: 'maxRows', units: 'rows', path: ['rows'] });
}

function requireEachOnce(rows: readonly { id: Id }[]): void {
  const seen = new Set<Id>();
  for (const [index, { id }] of rows.entries()) {
    if (seen.has(id)) {
      const path = ['rows', String(index), 'id'];
      throw new Refusal('INVALID', `${path.join('.')} names a row for the second time.`, { path });
    }
    seen.add(id);
  }
}

const summary = (outcomes: readonly Outcome[]): RowsWritten => ({
  ids: outcomes.flatMap((outcome) => ('id' in outcome ? [outcome.id] : [])),
  errors: outcomes.flatMap((outcome, index) =>
    'refusal' in outcome ? [{ index, error: userErrorOf(outcome.refusal) }] : [],
  ),
});
