// Commands about a person, who is in several workspaces or in none: what they record stands in the log of each workspace
// she is in, or in that of the installation.

import type { EntityManager } from '@mikro-orm/postgresql';
import { appendEntries } from '../audit/append.js';
import { type AuditEntry, INSTALLATION_LOG } from '../audit/entry.js';
import type { Actor, WorkspaceRole } from '../gate/actor.js';
import { bitsOfRole } from '../gate/rules.js';
import type { Id } from '../lib/id.js';

export type Recorder = (entry: AuditEntry) => void;

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
    const result = await work(tx, (entry) => entries.push(entry));
    await recordAbout(tx, personId, herself(personId), entries, address);
    if (stop?.signal.aborted) throw stop.signal.reason;
    return result;
  });
}

/** Records entries in the log of each workspace somebody is in; in none, in that of the installation. Call it last in a
 *  transaction, as those logs are closed to others until it ends. */
export async function recordAbout(
  em: EntityManager,
  personId: Id,
  actorIn: (workspaceId: Id, role: WorkspaceRole) => Actor,
  entries: readonly AuditEntry[],
  address?: string,
): Promise<void> {
  if (entries.length === 0) return;
  const memberships = await em.execute<{ workspaceId: Id; role: WorkspaceRole }[]>(
    `select workspace_id as "workspaceId", role from membership
      where person_id = ? and ended_at is null order by workspace_id`,
    [personId],
  );
  const places = memberships.length > 0 ? memberships : [{ workspaceId: INSTALLATION_LOG, role: 'GUEST' as const }];
  const records = places.flatMap(({ workspaceId, role }) => {
    const actor = { ...actorIn(workspaceId, role), ...(address !== undefined && { address }) };
    return entries.map((entry) => ({ actor, entry }));
  });
  await appendEntries(em, records);
}

const herself =
  (personId: Id) =>
  (workspaceId: Id, role: WorkspaceRole): Actor => ({
    kind: 'PERSON',
    workspaceId,
    personId,
    role,
    bits: bitsOfRole(role),
  });
