// Following the log: what was missed, then what happens, without a gap and without a double, because both are read from
// the same log by the same cursor. Events are read first and whoever follows is asked for again after it: what is
// delivered was allowed later than it was written.

import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import { type LogBounds, placeOf } from './cursor.js';
import type { EventEnvelope } from './envelope.js';
import type { Event } from './event.js';
import { type EventQuery, listEvents } from './events.js';
import type { EventRow } from './faces.js';

/** Events that are read, and paid for, together. */
const BATCH = 20;
const HEARTBEAT_MS = 15_000;

/** What a socket lends to what is followed over it. */
export interface Live {
  /** How far the log reaches, as far as is known here. */
  bounds(): LogBounds;
  /** Resolves once it reaches beyond this position, or after so long, or when nobody follows any more. */
  beyond(position: number, ms: number): Promise<void>;
  /** Who follows, as she is now. Throws when she may not any more; waits while she has too few points for so many events. */
  renew(events: number): Promise<Actor>;
  /** Her cursor of a place. */
  cursorAt(bounds: LogBounds, position: number): string;
  /** Whether she was asked for just now: what was read by then may be told. */
  isFresh(): boolean;
  /** Reads for all who ask the same at the same time, as whoever it says; nothing of it is for one of them alone. */
  together<Result>(
    actor: Actor,
    question: { of: string; about: string },
    read: (ctx: Context) => Promise<Result>,
  ): Promise<Result>;
  /** Everything up to this cursor was delivered. */
  reached(position: number, cursor: string): void;
  readonly isOver: boolean;
}

declare module '../context.js' {
  interface Context {
    /** Only there where something can be followed. */
    live?: Live;
  }
}

/** Envelopes from `after` on, or from now on when that is null. `ctx` is whoever begins to follow. Throws `CURSOR_INVALID`. */
export async function* follow(
  ctx: Context,
  live: Live,
  query: EventQuery,
  after: string | null,
): AsyncGenerator<EventEnvelope, void, undefined> {
  let bounds = live.bounds();
  let { actor } = ctx;
  let heardAt = performance.now();
  let at = bounds.head;
  const asked = JSON.stringify(query);

  /** One delivery. It counts once the next is asked for. */
  async function* told(kind: EventEnvelope['kind'], event: (Event & EventRow) | null = null) {
    const cursor = live.cursorAt(bounds, at);
    yield { kind, cursor, event };
    heardAt = performance.now();
    live.reached(at, cursor);
  }
  /** Asks again who follows; false where she may not the same as when the events were read. */
  const renewed = async (events = 0): Promise<boolean> => {
    const before = actor;
    actor = await live.renew(events);
    return isSame(before, actor);
  };
  /** Whether the log does not reach back to where it is read any more, or is another one. */
  const isLost = (): boolean => {
    const known = bounds;
    bounds = live.bounds();
    return bounds.epoch !== known.epoch || at < bounds.floor;
  };

  let isGap = false;
  if (after !== null) {
    const place = placeOrNull(ctx, bounds, after);
    isGap = place === null;
    at = place ?? bounds.floor;
  }
  let isCaughtUp = false;
  while (!live.isOver) {
    if (isLost() || isGap) {
      if (!isGap) at = bounds.floor;
      isGap = false;
      await renewed();
      yield* told('GAP');
    }
    if (at < bounds.head) {
      const upTo = bounds.head;
      const stretch = { after: at, upTo };
      const question = { of: `events ${asked}`, about: `${bounds.epoch} ${at} ${upTo}` };
      const events = await live.together(actor, question, (as) => listEvents(as, query, stretch, BATCH));
      if (events.length > 0 && !(await renewed(events.length))) continue; // read again, as whoever she is now
      let isAllTold = events.length < BATCH;
      for (const event of events) {
        if (live.isOver) return;
        if (!live.isFresh()) {
          isAllTold = false; // she took her time, or the database did: what is left is read again
          break;
        }
        at = event.position;
        yield* told('LIVE', event);
      }
      if (!isAllTold) continue;
      at = upTo;
    }
    if (!isCaughtUp) {
      isCaughtUp = true;
      await renewed();
      yield* told('CAUGHT_UP');
    }
    await live.beyond(at, Math.max(0, HEARTBEAT_MS - (performance.now() - heardAt)));
    if (!live.isOver && performance.now() - heardAt >= HEARTBEAT_MS) {
      await renewed();
      yield* told('HEARTBEAT');
    }
  }
}

/** `null` where events after the cursor are gone. */
const placeOrNull = (ctx: Context, bounds: LogBounds, cursor: string): number | null => {
  try {
    return placeOf(ctx, bounds, cursor);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CURSOR_EXPIRED') return null;
    throw error;
  }
};

/** Whether somebody may the same as before. */
const isSame = (one: Actor, other: Actor): boolean =>
  one.bits === other.bits &&
  one.workspaceId === other.workspaceId &&
  (one.kind === 'PERSON' ? other.kind === 'PERSON' && one.role === other.role : one.kind === other.kind);
