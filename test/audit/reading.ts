// Reads logs for tests, and checks what was read the way the command line does.

import { CHAINED_COLUMNS, type ChainedRow, type ChainHead } from '../../src/audit/chain.js';
import { ChainCheck, type Fault } from '../../src/audit/chain-check.js';
import type { Id } from '../../src/lib/id.js';
import type { World } from '../world.js';

/** Rows of one log in their order; by default of the world's workspace. */
export const rowsOf = (world: World, workspaceId: Id = world.workspaceId): Promise<ChainedRow[]> =>
  world.sql<ChainedRow>(`select ${CHAINED_COLUMNS} from audit_entry where workspace_id = $1 order by position`, [
    workspaceId,
  ]);

export async function headOf(world: World, workspaceId: Id = world.workspaceId): Promise<ChainHead | null> {
  const [head] = await world.sql<ChainHead>(
    `select position::float8 as position, encode(hash, 'hex') as hash from audit_chain where workspace_id = $1`,
    [workspaceId],
  );
  return head ?? null;
}

/** The first thing wrong with a copy of a log; `null` when nothing is. */
export function faultIn(
  rows: readonly ChainedRow[],
  head: ChainHead | null,
  checkpoint: ChainHead | null = null,
): Fault | null {
  const check = new ChainCheck(checkpoint);
  for (const row of rows) {
    const fault = check.next(row);
    if (fault) return fault;
  }
  return check.end(head);
}
