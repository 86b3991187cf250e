// What installations ask, counted in memory until it is written (usage-store.ts). An operation costs a look-up and a
// few sums; nothing here ever waits for the database.

import { type Actor, type ConnectionActor, isActedFor } from '../gate/actor.js';
import type { Bits } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { Sample } from './usage-sample.js';

const HOUR_MS = 3_600_000;

/** Of installations and names together, until the next batch is written; what comes beyond is not counted. */
const MAX_COUNTERS = 20_000;
/** Resources looked at for each installation and batch, to tell which shares are of use … */
const SAMPLE_SIZE = 500;
/** … while there are no more of them in all than this; of further installations a few. */
const MAX_SAMPLED = 20_000;
const SMALL_SAMPLE_SIZE = 5;

/** One operation, as far as it is counted. */
export interface Asked {
  actor: Actor;
  /** Of its errors. */
  codes: readonly string[];
  points: number;
  used: Bits;
  redactions: readonly { coordinate: string; count: number }[];
  seen: readonly (readonly { id: Id }[])[];
}

/** What one installation asked in one hour, since the last batch. */
export class Counted {
  requests = 0;
  errors = 0;
  points = 0;
  readonly codes = new Map<string, number>();
  readonly redactions = new Map<string, number>();
  readonly denials = new Map<string, number>();
  used: Bits = 0;
  /** Of its last operation, in milliseconds. */
  at = 0;

  constructor(
    readonly workspaceId: Id,
    readonly installationId: Id,
    readonly hour: number,
    readonly seen: Sample<Id>,
  ) {}
}

/** Counts for one process. What an owner asks acting as an installation is not the installation's. */
export class UsageTally {
  private current = new Map<Id, Counted>();
  private hour = 0;
  /** Of hours that have passed, and what could not be written. */
  private older: Counted[] = [];
  private counters = 0;
  private sampled = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** An operation was answered. */
  readonly operation = ({ actor, codes, points, used, redactions, seen }: Asked): void => {
    const counted = this.countedFor(actor);
    if (!counted) return;
    counted.requests++;
    counted.points += points;
    counted.used |= used;
    if (codes.length > 0) {
      counted.errors++;
      for (const code of new Set(codes)) this.add(counted.codes, code, 1);
    }
    for (const { coordinate, count } of redactions) this.add(counted.redactions, coordinate, count);
    for (const rows of seen) counted.seen.add(rows, ({ id }) => id);
  };

  /** A field, an argument or an input was refused with an error. */
  readonly denied = (coordinate: string, actor: Actor): void => {
    const counted = this.countedFor(actor);
    if (counted) this.add(counted.denials, coordinate, 1);
  };

  /** A request was refused before anything of it was executed. */
  readonly refused = (code: string, actor: Actor): void =>
    this.operation({ actor, codes: [code], points: 0, used: 0, redactions: [], seen: [] });

  /** Everything counted so far, which is forgotten here. */
  take(): Counted[] {
    const taken = [...this.older, ...this.current.values()];
    this.older = [];
    this.current = new Map();
    this.counters = 0;
    this.sampled = 0;
    return taken;
  }

  /** Counts again what was taken and could not be written. */
  putBack(taken: readonly Counted[]): void {
    for (const counted of taken) {
      const { codes, redactions, denials, seen } = counted;
      const size = 1 + codes.size + redactions.size + denials.size;
      if (this.counters + size > MAX_COUNTERS) return;
      this.counters += size;
      this.sampled += seen.kept.length;
      this.older.push(counted);
    }
  }

  private countedFor(actor: Actor): Counted | undefined {
    if (actor.kind !== 'CONNECTION' || isActedFor(actor)) return undefined;
    const at = this.now();
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    if (hour !== this.hour) this.turnTo(hour);
    const counted = this.current.get(actor.installationId) ?? this.begin(actor);
    if (counted) counted.at = at;
    return counted;
  }

  private turnTo(hour: number): void {
    this.older.push(...this.current.values());
    this.current = new Map();
    this.hour = hour;
  }

  private begin({ workspaceId, installationId }: ConnectionActor): Counted | undefined {
    if (this.counters >= MAX_COUNTERS) return undefined;
    this.counters++;
    const size = this.sampled < MAX_SAMPLED ? SAMPLE_SIZE : SMALL_SAMPLE_SIZE;
    this.sampled += size;
    const counted = new Counted(workspaceId, installationId, this.hour, new Sample<Id>(size));
    this.current.set(installationId, counted);
    return counted;
  }

  private add(counter: Map<string, number>, name: string, n: number): void {
    const before = counter.get(name);
    if (before === undefined && ++this.counters > MAX_COUNTERS) return;
    counter.set(name, (before ?? 0) + n);
  }
}
