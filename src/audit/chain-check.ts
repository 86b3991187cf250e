// Whether a log is as it was written: its rows are handed in one after the other, and the first thing wrong is named.
// Nothing here reads a database, so that a copy of the log can be checked as well.

import { type ChainedRow, type ChainHead, canonicalJson, hashAfter, NO_HASH } from './chain.js';

/** The first position that is not as it was written, and what is wrong there. */
export interface Fault {
  position: number;
  reason: string;
}

/** Checks one chain: `next` for each row in the order of positions, then `end`. The first fault is the answer; what comes
 *  after it means nothing. With a checkpoint the log must begin with what the checkpoint was taken of. */
export class ChainCheck {
  private last: ChainHead = { position: 0, hash: NO_HASH };

  constructor(private readonly checkpoint: ChainHead | null = null) {}

  /** The last row that was in order. */
  get checked(): ChainHead {
    return this.last;
  }

  next(row: ChainedRow): Fault | null {
    const position = this.last.position + 1;
    if (row.position > position) return { position, reason: `Entry ${position} is missing.` };
    if (row.position !== position) {
      return {
        position: row.position ?? position,
        reason: `Something stands at ${row.position} that does not belong.`,
      };
    }
    if (!isKeptAsWritten(row)) return { position, reason: `Entry ${position} is not kept as it was written.` };
    const hash = hashAfter(this.last.hash, row);
    if (row.previousHash !== this.last.hash || row.hash !== hash) return this.blame(row);
    if (this.checkpoint?.position === position && this.checkpoint.hash !== hash) {
      return {
        position,
        reason: `The checkpoint was taken of another entry ${position}: this log was written anew, up to there at least.`,
      };
    }
    this.last = { position, hash };
    return null;
  }

  /** What the head of the chain says about its end; `null` when there is no head. */
  end(head: ChainHead | null): Fault | null {
    const { position, hash } = this.last;
    const counted = Math.max(head?.position ?? 0, this.checkpoint?.position ?? 0);
    if (counted > position) return { position: position + 1, reason: `Entry ${position + 1} is missing.` };
    if (!head) return position === 0 ? null : { position, reason: 'The log has no head: nothing says where it ends.' };
    if (head.position < position) {
      return { position: head.position + 1, reason: `The log ends at ${head.position}, but there is more.` };
    }
    return head.hash === hash ? null : { position, reason: changed(position) };
  }

  /** Either the row was changed, or the one before it was and had its own hash made to fit. */
  private blame(row: ChainedRow): Fault {
    const { position } = row;
    const follows = row.previousHash !== this.last.hash && isHash(row.previousHash);
    const fitsItself = follows && row.hash === hashAfter(row.previousHash, row);
    return fitsItself && position > 1
      ? {
          position: position - 1,
          reason: `Entry ${position} was written after another entry ${position - 1}: one of the two was changed.`,
        }
      : { position, reason: changed(position) };
  }
}

/** The columns hold whatever somebody put there. */
const isHash = (text: string | null): boolean => /^[0-9a-f]{64}$/.test(text ?? '');

const changed = (position: number): string => `Entry ${position} was changed after it was written.`;

/** JSON that says the same in other characters was not written here. */
function isKeptAsWritten({ before, after, details }: ChainedRow): boolean {
  try {
    return [before, after, details].every((text) => text === null || canonicalJson(JSON.parse(text)) === text);
  } catch {
    return false;
  }
}
