// From changes to events, in the database. Any process may do it, and several at once: the events of a settling are
// numbered and written by one statement, which does nothing when another was faster. So whoever is stopped in the middle
// holds nothing that others wait for.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Reader } from '../context.js';
import { type Id, newId } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { type AccessMark, type Gathered, type Settlement, type StampedChange, settle } from './settle.js';

/** Where it is notified that events were settled: the workspace, and how far its log reaches now. What stamping notifies
 *  there is empty. A hint for other processes, which also look by themselves. */
export const NOTICES = 'gatehouse_log';

/** What settling and stamping need. */
export interface LogStore {
  em(): EntityManager;
  reader(): Reader;
}

/** Changes that are looked at together. What is gathered beyond these makes an event of its own. */
const MAX_CHANGES = 2_000;
/** Rows that one call stamps. */
const MAX_STAMPED = 2_000;
const MAX_WORKSPACES = 1_000;

/** Gives positions to what was committed, and does so again while there is a full batch. Answers how many it stamped. */
export async function stampChanges({ em }: LogStore): Promise<number> {
  let all = 0;
  for (;;) {
    const [row] = await em().execute<{ stamped: number }[]>('select stamp_changes(?) as stamped', [MAX_STAMPED]);
    const stamped = row?.stamped ?? 0;
    all += stamped;
    if (stamped < MAX_STAMPED) return all;
  }
}

/** Settles what is due in all workspaces. Answers how many events came of it. */
export async function settleDue(store: LogStore): Promise<number> {
  let events = 0;
  for (const workspaceId of await dueWorkspaces(store)) {
    for (;;) {
      const settled = await settleWorkspace(store, workspaceId);
      events += settled.events;
      if (!settled.isMore) break;
    }
  }
  return events;
}

/** Those whose oldest unsettled change is due: a look at the index for each that has any. */
async function dueWorkspaces({ reader }: LogStore): Promise<Id[]> {
  const rows = await reader().rows(sql<{ workspaceId: Id }>`
    with recursive pending as (
      (select c.workspace_id from change c where c.position is not null and c.settled_as is null
        order by c.workspace_id limit 1)
      union all
      select (select c.workspace_id from change c
               where c.position is not null and c.settled_as is null and c.workspace_id > p.workspace_id
               order by c.workspace_id limit 1)
        from pending p where p.workspace_id is not null)
    select p.workspace_id as "workspaceId"
      from pending p
      join workspace w on w.id = p.workspace_id
      cross join lateral (
        select c.stamped_at from change c
         where c.workspace_id = p.workspace_id and c.position is not null and c.settled_as is null
         order by c.position limit 1) oldest
     where oldest.stamped_at + make_interval(secs => w.event_window_ms / 1000.0) <= clock_timestamp()
     limit ${MAX_WORKSPACES}`);
  return rows.map(({ workspaceId }) => workspaceId);
}

/** Settles what is due in one workspace, as far as one look reaches. `isMore`: there may be more that is due. */
export async function settleWorkspace(store: LogStore, workspaceId: Id): Promise<{ events: number; isMore: boolean }> {
  const { version, ...due } = await stateOf(store, workspaceId);
  const changes = await unsettled(store, workspaceId);
  const [first] = changes;
  const last = changes.at(-1);
  if (!first || !last) return { events: 0, isMore: false };
  // Looked up after the changes: whatever lies between two of them was stamped with the later one, or before it.
  const settlement = settle(changes, await marksBetween(store, workspaceId, changes), due);
  const isFull = changes.length === MAX_CHANGES;
  if (settlement.events.length + settlement.cancelled.length === 0) return { events: 0, isMore: false };
  const isWritten = await write(store, workspaceId, version, settlement);
  return { events: isWritten ? settlement.events.length : 0, isMore: isWritten && isFull };
}

async function stateOf(
  { em, reader }: LogStore,
  workspaceId: Id,
): Promise<{ version: string; windowMs: number; now: number }> {
  for (;;) {
    const [state] = await reader().rows(sql<{ version: string; windowMs: number; now: number }>`
      select l.version::text, w.event_window_ms as "windowMs",
             extract(epoch from clock_timestamp())::float8 * 1000 as now
        from event_log l join workspace w on w.id = l.workspace_id
       where l.workspace_id = ${workspaceId}`);
    if (state) return state;
    await em().execute('insert into event_log (workspace_id) values (?) on conflict do nothing', [workspaceId]);
  }
}

const unsettled = ({ reader }: LogStore, workspaceId: Id): Promise<StampedChange[]> =>
  reader().rows(sql<StampedChange>`
    select seq::float8 as seq, position::float8 as position, type, resource_id as "resourceId",
           resource_version as "resourceVersion", ancestors, actor_kind as "actorKind", actor_id as "actorId", details,
           extract(epoch from occurred_at)::float8 * 1000 as "occurredAt",
           extract(epoch from stamped_at)::float8 * 1000 as "stampedAt"
      from change
     where workspace_id = ${workspaceId} and position is not null and settled_as is null
     order by position limit ${MAX_CHANGES}`);

/** Where access in the workspace begins or ends among these changes. */
async function marksBetween(
  { reader }: LogStore,
  workspaceId: Id,
  changes: readonly StampedChange[],
): Promise<AccessMark[]> {
  const positions = changes.map(({ position }) => position);
  const instants = changes.map(({ occurredAt }) => occurredAt);
  const [from, to] = [Math.min(...positions), Math.max(...positions)];
  const [since, until] = [Math.min(...instants) / 1_000, Math.max(...instants) / 1_000];
  const rows = await reader().rows(sql<{ resourceId: Id | null; position: number | null; instant: number | null }>`
    select resource_id as "resourceId", granted_position::float8 as position, null::float8 as instant from share
     where workspace_id = ${workspaceId} and granted_position between ${from}::float8::bigint and ${to}::float8::bigint
    union
    select resource_id, revoked_position::float8, null from share
     where workspace_id = ${workspaceId} and revoked_position between ${from}::float8::bigint and ${to}::float8::bigint
    union
    select resource_id, null, extract(epoch from expires_at)::float8 * 1000 from share
     where workspace_id = ${workspaceId}
       and expires_at between to_timestamp(${since}::float8) and to_timestamp(${until}::float8)
    union
    select null, granted_position::float8, null from capability_grant
     where workspace_id = ${workspaceId} and granted_position between ${from}::float8::bigint and ${to}::float8::bigint`);
  return rows.map(({ resourceId, position, instant }) =>
    position === null ? { resourceId, instant: instant as number } : { resourceId, position },
  );
}

/** Writes a settlement, unless another was written since `version` was read. */
async function write(
  { em }: LogStore,
  workspaceId: Id,
  version: string,
  { events, cancelled }: Settlement,
): Promise<boolean> {
  const settled = [
    ...events.flatMap(({ changes }, index) => changes.map(({ seq }) => ({ seq, nth: index + 1 }))),
    ...cancelled.map(({ seq }) => ({ seq, nth: null })),
  ];
  const given = [workspaceId, version, JSON.stringify(rowsOf(events)), JSON.stringify(settled), events.length];
  const rows = await em().execute<{ position: string }[]>(WRITE, given);
  return rows.length > 0;
}

/** Events as the statement takes them; `later` counts those of the same resource that come after. */
function rowsOf(events: readonly Gathered[]): object[] {
  const later = new Map<Id, number>();
  const rows = events.toReversed().map(({ type, changes, details }, index) => {
    const [first] = changes;
    const last = changes.at(-1) as StampedChange;
    const following = later.get(first.resourceId) ?? 0;
    later.set(first.resourceId, following + 1);
    return {
      nth: events.length - index,
      id: newId(),
      type,
      resource_id: first.resourceId,
      resource_version: last.resourceVersion,
      ancestors: first.ancestors,
      later: following,
      first_seq: first.seq,
      last_seq: last.seq,
      author_ids: [...new Set(changes.flatMap(({ actorId }) => actorId ?? []))],
      by_operator: changes.some(({ actorId }) => actorId === null),
      details,
    };
  });
  return rows.reverse();
}

// The columns a property change is shown by are kept with it: they may be gone when it is read.
const WRITE = `
  with held as (
    select workspace_id, position from event_log where workspace_id = ? and version = ?::bigint for update skip locked),
  given as (
    select g.* from jsonb_to_recordset(?::jsonb) as g(
      nth int, id uuid, type text, resource_id uuid, resource_version int, ancestors jsonb, later int,
      first_seq bigint, last_seq bigint, author_ids jsonb, by_operator boolean, details jsonb)),
  settled as (
    select s.* from jsonb_to_recordset(?::jsonb) as s(seq bigint, nth int)),
  counted as (
    insert into event_sequence as s (workspace_id, resource_id, sequence)
    select h.workspace_id, g.resource_id, count(*) from held h cross join given g group by 1, 2
    on conflict (workspace_id, resource_id) do update set sequence = s.sequence + excluded.sequence
    returning resource_id, sequence),
  written as (
    insert into event (workspace_id, position, id, type, resource_id, resource_version, sequence, ancestors,
                       first_change, last_change, occurred_at, last_occurred_at, author_ids, by_operator, details,
                       settled_at)
    select h.workspace_id, h.position + g.nth, g.id, g.type, g.resource_id, g.resource_version, c.sequence - g.later,
           array(select jsonb_array_elements_text(g.ancestors)::uuid),
           first.position, last.position, first.occurred_at, last.occurred_at,
           array(select jsonb_array_elements_text(g.author_ids)::uuid), g.by_operator,
           case when g.type <> 'PAGE_PROPERTIES_UPDATED' then g.details
                else g.details || jsonb_build_object('columns', (
                  select jsonb_agg(p.property)
                    from page r
                    join data_source d on d.workspace_id = r.workspace_id and d.id = r.parent_id
                   cross join lateral jsonb_array_elements(d.properties) as p(property)
                   where r.workspace_id = h.workspace_id and r.id = g.resource_id and r.parent_kind = 'DATA_SOURCE'
                     and g.details -> 'updatedProperties' @> jsonb_build_array(p.property -> 'id'))) end,
           clock_timestamp()
      from held h
     cross join given g
      join counted c on c.resource_id = g.resource_id
      join change first on first.workspace_id = h.workspace_id and first.seq = g.first_seq
      join change last on last.workspace_id = h.workspace_id and last.seq = g.last_seq),
  marked as (
    update change c set settled_as = coalesce(h.position + s.nth, 0)
      from held h, settled s
     where c.workspace_id = h.workspace_id and c.seq = s.seq)
  update event_log l set position = l.position + ?, version = l.version + 1
    from held h where l.workspace_id = h.workspace_id
  returning l.position, pg_notify('${NOTICES}', l.workspace_id || ' ' || l.position)::text`;
