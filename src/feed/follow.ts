// Following the log: what was missed, then what happens, without a gap and without a double, because both are read from
// the same log by the same cursor. Events are read first and whoever follows is asked for again after it: what is
// delivered was allowed later than it was written.

import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import { type LogBounds, type LogName, placeOf } from './cursor.js';
import type { EnvelopeKind } from './envelope.js';

/** Entries that are read, and paid for, together. */
const BATCH = 20;
const HEARTBEAT_MS = 15_000;

/** What a socket lends to what is followed over it. */
export interface Live {
  /** How far a log reaches, as far as is known here. */
  bounds(log: LogName): LogBounds;
  /** Resolves once it reaches beyond this position, or after so long, or when nobody follows any more. */
  beyond(log: LogName, position: number, ms: number): Promise<void>;
  /** Who follows, as she is now. Throws when she may not any more; waits while she has too few points for so many events. */
  renew(events: number): Promise<Actor>;
  /** Her cursor of a place in a log. */
  cursorAt(log: LogName, bounds: LogBounds, position: number): string;
  /** Whether she was asked for just now: what was read by then may be told. */
  isFresh(): boolean;
  /** Reads for all who ask the same at the same time, as whoever it says; nothing of it is for one of them alone. */
  together<Result>(
    actor: Actor,
    question: { of: string; about: string },
    read: (ctx: Context) => Promise<Result>,
  ): Promise<Result>;
  /** Everything up to this cursor was delivered. */
  reached(log: LogName, position: number, cursor: string): void;
  readonly isOver: boolean;
}

declare module '../context.js' {
  interface Context {
    /** Only there where something can be followed. */
    live?: Live;
  }
}

/** A log as it is followed. */
export interface FollowedLog<Thing extends { position: number }> {
  name: LogName;
  /** What is asked of it, as one text. */
  asked: string;
  /** What the reader may see of a stretch, in order: positions from `after` on, exclusively, up to and with `upTo`. */
  read(ctx: Context, stretch: { after: number; upTo: number }, limit: number): Promise<Thing[]>;
}

/** One delivery, before it is executed for whoever gets it. */
export interface Told<Thing> {
  kind: EnvelopeKind;
  cursor: string;
  thing: Thing | null;
}

/** Deliveries from `after` on, or from now on when that is null. `ctx` is whoever begins to follow. Throws `CURSOR_INVALID`. */
export async function* follow<Thing extends { position: number }>(
  ctx: Context,
  live: Live,
  log: FollowedLog<Thing>,
  after: string | null,
): AsyncGenerator<Told<Thing>, void, undefined> {
  let bounds = live.bounds(log.name);
  let { actor } = ctx;
  let heardAt = performance.now();
  let at = bounds.head;

  /** One delivery. It counts once the next is asked for. */
  async function* told(kind: EnvelopeKind, thing: Thing | null = null) {
    const cursor = live.cursorAt(log.name, bounds, at);
    yield { kind, cursor, thing };
    heardAt = performance.now();
    live.reached(log.name, at, cursor);
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
    bounds = live.bounds(log.name);
    return bounds.epoch !== known.epoch || at < bounds.floor;
  };

  let isGap = false;
  if (after !== null) {
    const place = placeOrNull(ctx, bounds, after, log.name);
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
      const question = { of: `${log.name} ${log.asked}`, about: `${bounds.epoch} ${at} ${upTo}` };
      const things = await live.together(actor, question, (as) => log.read(as, stretch, BATCH));
      if (things.length > 0 && !(await renewed(things.length))) continue; // read again, as whoever she is now
      let isAllTold = things.length < BATCH;
      for (const thing of things) {
        if (live.isOver) return;
        if (!live.isFresh()) {
          isAllTold = false; // she took her time, or the database did: what is left is read again
          break;
        }
        at = thing.position;
        yield* told('LIVE', thing);
      }
      if (!isAllTold) continue;
      at = upTo;
    }
    if (!isCaughtUp) {
      isCaughtUp = true;
      await renewed();
      yield* told('CAUGHT_UP');
    }
    await live.beyond(log.name, at, Math.max(0, HEARTBEAT_MS - (performance.now() - heardAt)));
    if (!live.isOver && performance.now() - heardAt >= HEARTBEAT_MS) {
      await renewed();
      yield* told('HEARTBEAT');
    }
  }
}

/** `null` where events after the cursor are gone. */
const placeOrNull = (ctx: Context, bounds: LogBounds, cursor: string, log: LogName): number | null => {
  try {
    return placeOf(ctx, bounds, cursor, log);
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
