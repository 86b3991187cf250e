// The only way into the log: rows are added at the end of a workspace's chain, in the transaction of the command that
// records them.

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Actor, userIdOf } from '../gate/actor.js';
import { type Id, newId, parseId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { type ChainedFacts, type ChainHead, canonicalJson, hashAfter, NO_HASH, TIME_TEXT } from './chain.js';
import { type AuditEntry, INSTALLATION_LOG } from './entry.js';
import { withoutSensitive } from './sensitive.js';

/** An entry, and who did what it says. */
export interface AuditRecord {
  actor: Actor;
  entry: AuditEntry;
}

/** Writes entries, in their order. Call it last in a transaction: from here to the commit nobody else can write to the
 *  same logs. Several logs are taken in the order of their ids, so that two commands never wait for each other. */
export async function appendEntries(em: EntityManager, records: readonly AuditRecord[]): Promise<void> {
  const byWorkspace = Map.groupBy(records, ({ actor, entry }) => entry.workspaceId ?? actor.workspaceId);
  for (const workspaceId of [...byWorkspace.keys()].sort()) {
    await appendTo(em, workspaceId, byWorkspace.get(workspaceId) ?? []);
  }
}

async function appendTo(em: EntityManager, workspaceId: Id, records: readonly AuditRecord[]): Promise<void> {
  const { occurredAt, ...head } = await lockChain(em, workspaceId);
  let { position, hash } = head;
  const rows = records.map((record) => {
    const facts = factsOf(record, { workspaceId, position: ++position, occurredAt });
    const previousHash = hash;
    hash = hashAfter(previousHash, facts);
    return { ...facts, previousHash, hash };
  });
  await em.execute(
    `with appended as (
       insert into audit_entry (workspace_id, position, id, action, actor_kind, actor_id, acting_for, target_id,
                                before, after, details, address, occurred_at, previous_hash, hash)
       select r."workspaceId", r.position, r.id, r.action, r."actorKind", r."actorId", r."actingFor", r."targetId",
              r.before::json, r.after::json, r.details::json, r.address, r."occurredAt"::timestamptz,
              decode(r."previousHash", 'hex'), decode(r.hash, 'hex')
         from json_to_recordset(?::json)
           as r("workspaceId" uuid, position bigint, id uuid, action text, "actorKind" text, "actorId" uuid,
                "actingFor" uuid, "targetId" uuid, before text, after text, details text, address text,
                "occurredAt" text, "previousHash" text, hash text))
     update audit_chain set position = ?, hash = decode(?, 'hex') where workspace_id = ?`,
    [JSON.stringify(rows), position, hash, workspaceId],
  );
}

/** The end of the chain, locked until the transaction ends, and the time once it is. */
async function lockChain(em: EntityManager, workspaceId: Id): Promise<ChainHead & { occurredAt: string }> {
  const lock = () =>
    em.execute<(ChainHead & { occurredAt: string })[]>(
      `with head as materialized (select position, hash from audit_chain where workspace_id = ? for update)
       select position::float8 as position, encode(hash, 'hex') as hash, ${TIME_TEXT('clock_timestamp()')} as "occurredAt"
         from head`,
      [workspaceId],
    );
  const [known] = await lock();
  if (known) return known;
  await em.execute(
    `insert into audit_chain (workspace_id, position, hash) values (?, 0, decode(?, 'hex')) on conflict do nothing`,
    [workspaceId, NO_HASH],
  );
  const [made] = await lock();
  invariant(made, 'The head of an audit log vanished.');
  return made;
}

function factsOf(
  { actor, entry }: AuditRecord,
  place: Pick<ChainedFacts, 'workspaceId' | 'position' | 'occurredAt'>,
): ChainedFacts {
  const { action, targetId, before, after, byNobody = false } = entry;
  const personalTokenId = actor.kind === 'PERSON' && !byNobody ? actor.personalToken?.id : undefined;
  const details = personalTokenId === undefined ? entry.details : { ...entry.details, personalTokenId };
  const values = (held: Record<string, unknown> | undefined): string | null =>
    held === undefined ? null : canonicalJson(withoutSensitive(action, held));
  return {
    ...place,
    workspaceId: wellFormed(place.workspaceId),
    id: newId(),
    action,
    actorKind: byNobody ? null : actor.kind,
    actorId: byNobody ? null : wellFormed(userIdOf(actor)),
    actingFor: actor.kind === 'CONNECTION' && actor.actingFor ? wellFormed(actor.actingFor.personId) : null,
    targetId: wellFormed(targetId),
    before: values(before),
    after: values(after),
    details: values(details),
    address: actor.address ?? null,
  };
}

/** The database keeps ids in one form; hashed in another, a row would not verify. */
function wellFormed<T extends Id | null>(id: T): T {
  invariant(id === null || id === INSTALLATION_LOG || parseId(id) === id, `${id} is no id as it is kept.`);
  return id;
}
