// Refusals by the guards of the schema, for the audit log: counted in memory, so that they cost a request nothing, and
// written down as one entry for each actor and coordinate now and then. Whoever floods the gateway does not flood the log.

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Actor, userIdOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import { type AuditRecord, appendEntries } from './append.js';

/** Actors and coordinates counted apart between two writings; there is no more memory for them. */
const MAX_COUNTED = 10_000;
/** Entries in one transaction: others wait that long for the log. */
const CHUNK = 500;

interface Counted {
  /** As she came last, her address too. */
  actor: Actor;
  coordinate: string;
  count: number;
  since: Date;
  until: Date;
}

export interface DenialsOptions {
  /** Default 10,000. */
  maxCounted?: number;
  now?: () => Date;
}

export class Denials {
  private counted = new Map<string, Counted>();
  private beyond = 0;
  private readonly maxCounted: number;
  private readonly now: () => Date;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly em: () => EntityManager,
    private readonly log: Logger,
    { maxCounted = MAX_COUNTED, now = () => new Date() }: DenialsOptions = {},
  ) {
    this.maxCounted = maxCounted;
    this.now = now;
  }

  /** An actor was refused a coordinate of the schema. Never throws, never waits. */
  count(actor: Actor, coordinate: string): void {
    const now = this.now();
    this.add({ actor, coordinate, count: 1, since: now, until: now });
  }

  /** Writes down what was counted. What could not be written is counted on, and written with what comes. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private add(more: Counted): void {
    const key = keyOf(more);
    const known = this.counted.get(key);
    if (known) {
      known.count += more.count;
      if (more.until >= known.until) Object.assign(known, { actor: more.actor, until: more.until });
      if (more.since < known.since) known.since = more.since;
    } else if (this.counted.size < this.maxCounted) this.counted.set(key, { ...more });
    else this.beyond += more.count;
  }

  private async write(): Promise<void> {
    const [counted, beyond] = [this.counted, this.beyond];
    [this.counted, this.beyond] = [new Map(), 0];
    if (beyond > 0) this.log.warn({ denials: beyond }, 'More was denied than is counted: these are in no audit log');
    const byWorkspace = Map.groupBy(counted.values(), ({ actor }) => actor.workspaceId);
    for (const ofOne of byWorkspace.values()) {
      for (let from = 0; from < ofOne.length; from += CHUNK) await this.writeSome(ofOne.slice(from, from + CHUNK));
    }
  }

  private async writeSome(counted: readonly Counted[]): Promise<void> {
    try {
      await this.em().transactional((tx) => appendEntries(tx as EntityManager, counted.map(recordOf)));
    } catch (error) {
      this.log.warn({ err: error }, 'Denials could not be written to the audit log; they are counted on');
      for (const one of counted) this.add(one);
    }
  }
}

/** Whoever acts as an installation is counted apart from it. */
const keyOf = ({ actor, coordinate }: Counted): string =>
  `${actor.workspaceId} ${actor.kind} ${userIdOf(actor)} ${actingFor(actor)} ${coordinate}`;

const actingFor = (actor: Actor): Id | undefined =>
  actor.kind === 'CONNECTION' ? actor.actingFor?.personId : undefined;

const recordOf = ({ actor, coordinate, count, since, until }: Counted): AuditRecord => ({
  actor,
  entry: {
    action: 'denials.counted',
    targetId: actor.kind === 'CONNECTION' ? actor.connectionId : (userIdOf(actor) ?? actor.workspaceId),
    details: { coordinate, count, since, until },
  },
});
