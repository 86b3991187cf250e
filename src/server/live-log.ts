// What is new, for everybody who follows over this process: how far each log reaches, and whose place at the gate was
// changed. One small statement every 250 ms while anybody follows, and at once when events were settled: by this process,
// which knows, or by another, whose notice is a hint. Nothing depends on one, for it may get lost.

import { isDeepStrictEqual } from 'node:util';
import type { Reader } from '../context.js';
import { epochOf } from '../events/epoch.js';
import type { LogBounds, LogName } from '../feed/cursor.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { Logger } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';

const LOOK_EVERY_MS = 250;
/** Without an answer for so long, nobody is told anything more. */
const GIVE_UP_MS = 5_000;
/** Everybody is asked for again this often: tokens and sessions expire without anybody doing anything. */
const ASK_EVERY_MS = 30_000;

/** Somebody who has a socket open. */
export interface Listener {
  /** As she was when she was last asked for. */
  actor(): Actor;
  /** Her place at the gate may have been changed. */
  askAgain(): void;
  /** The database does not answer any more. */
  giveUp(): void;
}

export interface LiveLogOptions {
  reader: () => Reader;
  log: Logger;
}

interface AccessChange {
  seq: number;
  workspaceId: Id | null;
  subjectId: Id | null;
}

interface Look {
  oldest: string;
  changes: AccessChange[];
  logs: { workspaceId: Id; floor: number; head: number }[];
  audits: { workspaceId: Id; head: number }[];
}

const NOTHING = { floor: 0, head: 0 };

export class LiveLog {
  private readonly listeners = new Map<Listener, number>();
  private readonly bounds = new Map<Id, Record<LogName, LogBounds>>();
  private readonly waiting = new Map<Id, Set<() => void>>();
  /** Changes of access that were told already, of those that may still come with the next look. */
  private told = new Set<number>();
  /** Transactions from here on may have been under way at the last look; `null` before the first. */
  private since: string | null = null;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isStale = false;
  private answeredAt = performance.now();

  constructor(private readonly options: LiveLogOptions) {}

  /** Begins to tell somebody. Resolves once it is known how far her log reaches; throws `UNAVAILABLE` when that is not to be
   *  known. What was changed about her before is not told. */
  async listen(listener: Listener): Promise<void> {
    this.listeners.set(listener, performance.now());
    this.timer ??= setInterval(() => this.tick(), LOOK_EVERY_MS).unref();
    if (this.listeners.size === 1) this.answeredAt = performance.now();
    await this.look();
    if (this.looking) await this.looking; // the first one may have begun before she came
    if (!this.bounds.has(listener.actor().workspaceId)) {
      this.forget(listener);
      throw new Refusal('UNAVAILABLE', 'The database does not answer. Try again in a moment.');
    }
  }

  forget(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.since = null;
    this.told.clear();
    this.bounds.clear();
  }

  /** How far a log of a workspace somebody listens in reaches, as of the last look. */
  boundsOf(workspaceId: Id, log: LogName = 'events'): LogBounds {
    const bounds = this.bounds.get(workspaceId)?.[log];
    invariant(bounds, 'Nobody listens in this workspace.');
    return bounds;
  }

  /** Resolves once a log may reach beyond a position, or after so long, or when `signal` is aborted. */
  beyond(
    workspaceId: Id,
    { log, position, ms }: { log: LogName; position: number; ms: number },
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted || this.boundsOf(workspaceId, log).head > position) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.waiting.get(workspaceId) ?? new Set();
    this.waiting.set(workspaceId, waiting);
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      waiting.delete(done);
      if (waiting.size === 0 && this.waiting.get(workspaceId) === waiting) this.waiting.delete(workspaceId);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    waiting.add(done);
    return promise;
  }

  /** Looks now: something was settled. */
  news(): void {
    if (this.listeners.size > 0) void this.look();
  }

  /** Another process says how far a log reaches; looks whether it does, where somebody here listens and that is news. */
  async hint(text: string): Promise<void> {
    const [workspaceId = '', position] = text.split(' ');
    if (!this.bounds.has(workspaceId)) return;
    await this.looking; // it may be what this process has just settled, and looks at already
    if (Number(position) > (this.bounds.get(workspaceId)?.events.head ?? Number.POSITIVE_INFINITY)) this.news();
  }

  private tick(): void {
    const now = performance.now();
    if (now - this.answeredAt > GIVE_UP_MS) for (const listener of [...this.listeners.keys()]) listener.giveUp();
    for (const [listener, askedAt] of this.listeners) {
      if (now - askedAt < ASK_EVERY_MS) continue;
      this.listeners.set(listener, now);
      listener.askAgain();
    }
    void this.look();
  }

  /** One look at a time; whoever asks meanwhile gets another after it. */
  private async look(): Promise<void> {
    if (this.looking) {
      this.isStale = true;
      return this.looking;
    }
    this.looking = this.lookNow().finally(() => {
      this.looking = undefined;
      if (!this.isStale) return;
      this.isStale = false;
      void this.look();
    });
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    const reader = this.options.reader();
    const workspaces = [...new Set([...this.listeners.keys()].map((listener) => listener.actor().workspaceId))];
    try {
      const epoch = await epochOf(reader);
      const [look] = await reader.rows(sql<Look>`
        select pg_snapshot_xmin(pg_current_snapshot())::text as oldest,
               coalesce((select jsonb_agg(jsonb_build_object('seq', a.seq, 'workspaceId', a.workspace_id, 'subjectId', a.subject_id))
                           from access_change a where a.xid >= ${this.since}::text::xid8), '[]') as changes,
               coalesce((select jsonb_agg(jsonb_build_object('workspaceId', l.workspace_id, 'floor', l.floor, 'head', l.position))
                           from event_log l where l.workspace_id = any(${workspaces}::uuid[])), '[]') as logs,
               coalesce((select jsonb_agg(jsonb_build_object('workspaceId', a.workspace_id, 'head', a.position))
                           from audit_chain a where a.workspace_id = any(${workspaces}::uuid[])), '[]') as audits`);
      if (!look) return;
      this.answeredAt = performance.now();
      this.tellAccess(look);
      const logs = new Map(look.logs.map((one) => [one.workspaceId, one]));
      const audits = new Map(look.audits.map((one) => [one.workspaceId, one.head]));
      for (const workspaceId of workspaces) {
        const { floor, head } = logs.get(workspaceId) ?? NOTHING;
        const bounds = {
          events: { epoch, floor, head },
          audit: { epoch, floor: 0, head: audits.get(workspaceId) ?? 0 },
        };
        if (isDeepStrictEqual(this.bounds.get(workspaceId), bounds)) continue;
        this.bounds.set(workspaceId, bounds);
        for (const wake of [...(this.waiting.get(workspaceId) ?? [])]) wake();
      }
    } catch (error) {
      this.options.log.debug({ err: error }, 'It could not be seen what is new');
    }
  }

  private tellAccess({ oldest, changes }: Look): void {
    const isFirst = this.since === null;
    const fresh = changes.filter(({ seq }) => !this.told.has(seq));
    this.told = new Set(changes.map(({ seq }) => seq));
    this.since = oldest;
    if (isFirst) return;
    for (const [listener] of this.listeners) {
      if (!fresh.some((change) => concerns(change, listener.actor()))) continue;
      this.listeners.set(listener, performance.now());
      listener.askAgain();
    }
  }
}

/** Whose place it was. An installation is known by itself, not by its bot. */
function concerns({ workspaceId, subjectId }: AccessChange, actor: Actor): boolean {
  if (workspaceId !== null && workspaceId !== actor.workspaceId) return false;
  if (subjectId === null) return true;
  if (actor.kind !== 'CONNECTION') return subjectId === userIdOf(actor);
  return subjectId === actor.installationId || subjectId === actor.actingFor?.personId;
}
