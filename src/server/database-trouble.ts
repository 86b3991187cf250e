// Tells trouble on the way to PostgreSQL from what PostgreSQL says about a statement.

const CODES = /^(ECONN|ETIMEDOUT|EPIPE|57P0|08|53300)/;
const WORDS = /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/i;

/** True when the database could not be reached, or went away: the same may work in a moment. */
export function isDatabaseTrouble(error: unknown): boolean {
  type Link = { code?: unknown; syscall?: unknown; message?: string; cause?: unknown } | null | undefined;
  for (let at = error as Link; at; at = at.cause as Link) {
    if (typeof at.code === 'string' && CODES.test(at.code)) return true;
    if (at.code === 'ENOENT' && at.syscall === 'connect') return true; // a Unix socket that is gone
    if (WORDS.test(at.message ?? '')) return true;
  }
  return false;
}
