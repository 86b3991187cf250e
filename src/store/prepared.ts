// Which statements PostgreSQL keeps prepared: those that come again and again. It then neither reads nor analyses their
// text each time, and the text is not sent. They are planned with their values as before (plan_cache_mode in store.ts).

import { hash } from 'node:crypto';
import type { Logger } from '../lib/log.js';
import type { Shape } from './shapes.js';

/** Each connection holds every one of them. Clients invent shapes of statements, by filters: they get no more. */
const MOST_NAMES = 64;
/** A statement is sent as it is so often before it is prepared. */
const UNNAMED_USES = 2;

/** What PostgreSQL says of a name it does not know or knows already, because somebody between us hands its connections
 *  around (PgBouncer), and of columns that changed under a statement (an upgrade). */
const REFUSALS = new Set(['26000', '42P05', '0A000']);

export class Prepared {
  private readonly names = new Map<string, string>();
  private isOff = false;

  constructor(private readonly log: Logger) {}

  /** The name statements of this shape are prepared under; `undefined` when they are to be sent as they are. */
  nameOf(shape: Shape): string | undefined {
    if (this.isOff) return undefined;
    if (shape.name === undefined && shape.uses > UNNAMED_USES) shape.name = this.newName(shape.text);
    return shape.name;
  }

  private newName(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= MOST_NAMES) return known;
    // By content: two processes behind one PgBouncer mean the same by it.
    const name = `gatehouse_${hash('sha256', text).slice(0, 32)}`;
    this.names.set(text, name);
    return name;
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
