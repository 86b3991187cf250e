// An owner sees what a connection sees: with the header Gatehouse-Act-As she asks as an installation of her workspace.
// What is here turns her into it, once her use of it stands in the audit log. That nothing is changed that way is seen
// to where operations execute (api/execute.ts); everything else takes the actor for the installation it is.

import type { Reader } from '../context.js';
import type { Actor, ConnectionActor, PersonActor } from '../gate/actor.js';
import { mayActAs, mayActAsSome } from '../gate/rules.js';
import { type Id, parseId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import type { Store } from '../store/store.js';
import { commit } from '../unit-of-work.js';
import { installationIn } from './authenticate.js';

export const ACT_AS_HEADER = 'gatehouse-act-as';

/** One entry in the audit log covers what an owner asks as an installation for this long. */
const COVERED_MS = 60_000; // a minute
/** Entries that are remembered; what is forgotten is written again. */
const KEPT_ENTRIES = 10_000;

/** One answer for all: it does not tell whether there is such an installation. */
const refused = (): Refusal =>
  new Refusal(
    'FORBIDDEN',
    'Gatehouse-Act-As takes the id of an installation of this workspace that works, and is for owners: signed in, or with a personal token that administers and may do all that the installation may.',
  );

interface Entry {
  until: number;
  written: Promise<void>;
}

/** Who acts as whom. One for each process. */
export class ActingAs {
  private readonly entries = new Map<string, Entry>(); // oldest first

  constructor(
    private readonly store: Pick<Store, 'callerFor'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** The installation that the headers of a request name, to execute it as. Throws `FORBIDDEN` unless `actor` is an
   *  owner and names one working installation of her workspace: the same for all others, whatever they name. */
  async actorFor(actor: Actor, headers: readonly string[], reader: Reader): Promise<ConnectionActor> {
    const id = headers.length === 1 ? parseId(headers[0] ?? '') : null;
    if (id === null || !mayActAsSome(actor)) throw refused();
    const installation = await installationIn(actor.workspaceId, id, reader);
    if (!installation || !mayActAs(actor, installation)) throw refused();
    await this.recorded(actor, installation);
    return {
      ...installation,
      actingFor: { personId: actor.personId },
      ...(actor.address !== undefined && { address: actor.address }),
    };
  }

  /** Resolves once an entry that covers this moment is committed. */
  private recorded(owner: PersonActor, { installationId, connectionId }: ConnectionActor): Promise<void> {
    const key = `${owner.workspaceId} ${owner.personId} ${installationId}`;
    const covering = this.entries.get(key);
    if (covering && this.now() < covering.until) return covering.written;
    const written = this.record(owner, installationId, connectionId);
    this.entries.delete(key);
    this.entries.set(key, { until: this.now() + COVERED_MS, written });
    const [oldest] = this.entries.keys();
    if (this.entries.size > KEPT_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
    written.catch(() => this.entries.delete(key)); // whoever comes next tries again
    return written;
  }

  private async record(owner: PersonActor, installationId: Id, connectionId: Id): Promise<void> {
    await commit(this.store.callerFor(owner), async ({ audit }) =>
      audit({ action: 'act_as.used', targetId: installationId, details: { connectionId } }),
    );
  }
}
