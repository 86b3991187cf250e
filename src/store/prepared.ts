// Which statements PostgreSQL keeps prepared: those that come again and again. It then neither reads nor analyses their
// text each time, and the text is not sent. They are planned with their values as before (plan_cache_mode in store.ts).

import { hash } from 'node:crypto';
import type { Logger } from '../lib/log.js';

/** Each connection holds every one of them. Clients invent shapes of statements, by filters: they get no more. */
const MOST_NAMES = 64;
/** A text is prepared when it comes for the third time. */
const UNNAMED_USES = 2;
const COUNTED_TEXTS = 1_000;

/** What PostgreSQL says of a name it does not know or knows already, because somebody between us hands its connections
 *  around (PgBouncer), and of columns that changed under a statement (an upgrade). */
const REFUSALS = new Set(['26000', '42P05', '0A000']);

export class Prepared {
  private readonly names = new Map<string, string>();
  private readonly uses = new Map<string, number>();
  private isOff = false;

  constructor(private readonly log: Logger) {}

  /** The name a statement is prepared under; `undefined` when it is to be sent as it is. */
  nameOf(text: string): string | undefined {
    if (this.isOff) return undefined;
    const name = this.names.get(text);
    if (name !== undefined || this.names.size >= MOST_NAMES) return name;
    const uses = (this.uses.get(text) ?? 0) + 1;
    if (uses > UNNAMED_USES) {
      this.uses.delete(text);
      // By content: two processes behind one PgBouncer mean the same by it.
      const made = `gatehouse_${hash('sha256', text).slice(0, 32)}`;
      this.names.set(text, made);
      return made;
    }
    if (this.uses.size >= COUNTED_TEXTS) this.uses.clear();
    this.uses.set(text, uses);
    return undefined;
  }

  /** Whether a prepared statement failed for being prepared. It has changed nothing then, and can be sent as it is;
   *  nothing is prepared by this process any more. */
  wasRefused(error: unknown): boolean {
    if (!REFUSALS.has((error as { code?: string }).code ?? '')) return false;
    if (!this.isOff) this.log.warn({ err: error }, 'The database does not keep prepared statements; going on without');
    this.isOff = true;
    return true;
  }
}
