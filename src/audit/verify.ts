// Checks a log in the database from its first row to its last, in one snapshot, a bunch of rows at a time.

import { IsolationLevel } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import { CHAINED_COLUMNS, type ChainedRow, type ChainHead } from './chain.js';
import { ChainCheck, type Fault } from './chain-check.js';
import { INSTALLATION_LOG } from './entry.js';

const CHUNK = 1_000;

export interface Verdict {
  /** The last entry that is in order. */
  head: ChainHead;
  /** The first that is not; `null` when all are. */
  fault: Fault | null;
}

export interface VerifyOptions {
  /** What the log was known to begin with at some time. Without one nobody can tell that its end was cut off. */
  checkpoint?: ChainHead | null;
  onProgress?: (done: number, total: number) => void;
}

/** Whether a log is whole and unchanged, as far as it and the checkpoint can say (docs/audit.md). Writes nothing. */
export function verifyLog(
  em: EntityManager,
  workspaceId: Id,
  { checkpoint = null, onProgress = () => {} }: VerifyOptions = {},
): Promise<Verdict> {
  return em.transactional(
    async (snapshot) => {
      const tx = snapshot as EntityManager;
      const head = await headOf(tx, workspaceId);
      const check = new ChainCheck(checkpoint);
      const verdict = (fault: Fault | null): Verdict => ({ head: check.checked, fault });
      // A cursor, and no paging by position: a row that stands there twice must be seen twice.
      await tx.execute(
        `declare entries no scroll cursor for select ${CHAINED_COLUMNS} from audit_entry where workspace_id = ? order by position`,
        [workspaceId],
      );
      for (;;) {
        const rows = await tx.execute<ChainedRow[]>(`fetch ${CHUNK} from entries`);
        for (const row of rows) {
          const fault = check.next(row);
          if (fault) return verdict(fault);
        }
        onProgress(check.checked.position, head?.position ?? 0);
        if (rows.length < CHUNK) break;
      }
      const fault = check.end(head);
      if (!fault && check.checked.position === 0 && workspaceId !== INSTALLATION_LOG) {
        return verdict({ position: 1, reason: 'The log is empty, but making the workspace was its first entry.' });
      }
      return verdict(fault);
    },
    { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
  );
}

/** Where a log ends, or is said to end; `null` when nothing was ever written to it. */
export async function headOf(em: EntityManager, workspaceId: Id): Promise<ChainHead | null> {
  const [head] = await em.execute<ChainHead[]>(
    `select position::float8 as position, encode(hash, 'hex') as hash from audit_chain where workspace_id = ?`,
    [workspaceId],
  );
  return head ?? null;
}
