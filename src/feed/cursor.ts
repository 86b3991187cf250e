// Places in the log, as clients keep them. A cursor is bound to who asked and to the log it was made for, and to no filter:
// the one cursor serves queries, subscriptions and whatever else reads on from there.

import type { Context } from '../context.js';
import { epochOf } from '../events/epoch.js';
import { Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';

/** Cursors are of one length, so that none tells how much happened. */
const DIGITS = 16;

/** A workspace has two logs: of what happens to its content, and of what is administered. A cursor belongs to one. */
export type LogName = 'events' | 'audit';

/** How far the log of a workspace reaches. */
export interface LogBounds {
  epoch: string;
  /** Entries up to here are not kept any more. */
  floor: number;
  /** The last one. */
  head: number;
}

/** How far that of events does, as it is now. */
export async function boundsOf({ reader, actor }: Pick<Context, 'reader' | 'actor'>): Promise<LogBounds> {
  const epoch = await epochOf(reader);
  const [bounds] = await reader.rows(sql<Omit<LogBounds, 'epoch'>>`
    select floor::float8 as floor, position::float8 as head from event_log where workspace_id = ${actor.workspaceId}`);
  return { epoch, floor: 0, head: 0, ...bounds };
}

/** The cursor of a place. */
export const cursorOf = (
  { cursors }: Pick<Context, 'cursors'>,
  { epoch }: Pick<LogBounds, 'epoch'>,
  position: number,
  log: LogName = 'events',
): string => cursors.seal(log, [epoch, String(position).padStart(DIGITS, '0')]);

/** The place of a cursor. Throws `CURSOR_INVALID` for one that was made for somebody else, or lies ahead of the log, and
 *  `CURSOR_EXPIRED` where events after it are gone, with the cursor from which on none is missing. */
export function placeOf(
  ctx: Pick<Context, 'cursors'>,
  bounds: LogBounds,
  cursor: string,
  log: LogName = 'events',
): number {
  const [epoch, digits] = ctx.cursors.open(log, cursor);
  const position = Number(digits);
  if (epoch !== bounds.epoch || position < bounds.floor) {
    throw new Refusal(
      'CURSOR_EXPIRED',
      epoch === bounds.epoch
        ? 'Events after this cursor are not kept any more. Read what you need anew, and go on from the cursor in `floor`.'
        : 'The log was restored from a backup since. Read what you need anew, and go on from the cursor in `floor`.',
      { floor: cursorOf(ctx, bounds, bounds.floor, log) },
    );
  }
  if (position > bounds.head) {
    throw new Refusal('CURSOR_INVALID', 'The cursor lies ahead of the log. Use one that came with an event.');
  }
  return position;
}
