// Commands about a person, who is in several workspaces or in none: what they record stands in the log of each workspace
// she is in, because her sessions are open to all of them; in that of the installation when she is in none.

import type { EntityManager } from '@mikro-orm/postgresql';
import { appendEntries } from '../audit/append.js';
import { type AuditEntry, INSTALLATION_LOG } from '../audit/entry.js';
import type { PersonActor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import type { Unit } from '../unit-of-work.js';

export type Recorder = (entry: AuditEntry) => void | Promise<void>;

/** Runs `work` in one transaction, and records what it says as done by the person herself. Whatever it throws undoes all,
 *  and so does somebody who has left before it is committed. */
export function commitAbout<T>(
  { em, address, stop }: { em: () => EntityManager; address?: string | undefined; stop?: AbortController },
  personId: Id,
  work: (em: EntityManager, record: Recorder) => Promise<T>,
): Promise<T> {
  return em().transactional(async (transaction) => {
    const tx = transaction as EntityManager;
    const entries: AuditEntry[] = [];
    const result = await work(tx, (entry) => {
      entries.push(entry);
    });
    const actor = herself(personId, address);
    const records = (await inHerLogs(tx, personId, entries)).map((entry) => ({ actor, entry }));
    if (records.length > 0) await appendEntries(tx, records); // last: it holds the logs until the commit
    if (stop?.signal.aborted) throw stop.signal.reason;
    return result;
  });
}

/** Records within a command in one workspace what belongs into the logs of all she is in at that moment. */
export const recordingAbout =
  ({ em, audit }: Unit, personId: Id): Recorder =>
  async (entry) => {
    for (const copy of await inHerLogs(em, personId, [entry])) audit(copy);
  };

/** Each entry, once for each log it belongs into. */
export async function inHerLogs(
  em: EntityManager,
  personId: Id,
  entries: readonly AuditEntry[],
): Promise<AuditEntry[]> {
  if (entries.length === 0) return [];
  const memberships = await em.execute<{ workspaceId: Id }[]>(
    `select m.workspace_id as "workspaceId" from membership m join workspace w on w.id = m.workspace_id
      where m.person_id = ? and m.ended_at is null and w.deleted_at is null`,
    [personId],
  );
  const logs = memberships.length > 0 ? memberships : [{ workspaceId: INSTALLATION_LOG }];
  return entries.flatMap((entry) => logs.map(({ workspaceId }) => ({ ...entry, workspaceId })));
}

/** Somebody in no workspace in particular, as on the gateway's own pages. */
export const herself = (personId: Id, address: string | undefined, session?: PersonActor['session']): PersonActor => ({
  kind: 'PERSON',
  workspaceId: INSTALLATION_LOG,
  personId,
  role: 'GUEST',
  bits: 0,
  ...(address !== undefined && { address }),
  ...(session && { session }),
});
