// Writes what was counted, in one statement for all installations, and takes away what is too old. Several processes
// may: what they write adds up.

import type { QueryResult } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { namesOf } from '../gate/capability.js';
import type { Counted } from './usage-tally.js';

const DAY_MS = 86_400_000;
/** So long counters are kept. */
export const KEPT_DAYS = 90;
/** Rows taken away by one statement. */
const PRUNED_AT_ONCE = 10_000;

/** Adds a batch to what is there, all of it or nothing. An installation that is gone is left out. */
export async function writeUsage(em: EntityManager, batch: readonly Counted[]): Promise<void> {
  await em.execute(
    `with counted as (
       insert into usage_count as known (workspace_id, installation_id, hour, counter, name, n)
       select c.workspace_id, c.installation_id, c.hour, c.counter, c.name, sum(c.n)
         from jsonb_to_recordset(?::jsonb)
           as c(workspace_id uuid, installation_id uuid, hour timestamptz, counter text, name text, n bigint)
         join installation i on i.workspace_id = c.workspace_id and i.id = c.installation_id
        group by 1, 2, 3, 4, 5
        order by 1, 2, 3, 4, 5 -- two processes lock the same rows in the same order
       on conflict (workspace_id, installation_id, hour, counter, name) do update set n = known.n + excluded.n),
     used as (
       insert into capability_use as known (workspace_id, installation_id, capability, used_at)
       select u.workspace_id, u.installation_id, u.capability, max(u.at)
         from jsonb_to_recordset(?::jsonb)
           as u(workspace_id uuid, installation_id uuid, capability text, at timestamptz)
         join installation i on i.workspace_id = u.workspace_id and i.id = u.installation_id
        group by 1, 2, 3
        order by 1, 2, 3
       on conflict (workspace_id, installation_id, capability)
         do update set used_at = greatest(known.used_at, excluded.used_at))
     -- Every live share above what was read, found from each id by indexes alone: limit keeps the planner from
     -- reading whole tables instead.
     insert into share_use as known (workspace_id, share_id, used_at)
     select s.workspace_id, s.id, max(v.at)
       from jsonb_to_recordset(?::jsonb) as v(workspace_id uuid, installation_id uuid, at timestamptz, ids jsonb)
      cross join lateral (select distinct id::uuid from jsonb_array_elements_text(v.ids) as seen(id)) seen
      cross join lateral (
        select ancestors from resource r where r.workspace_id = v.workspace_id and r.id = seen.id limit 1) r
      cross join lateral unnest(r.ancestors) as above(id)
       join share s on s.workspace_id = v.workspace_id and s.installation_id = v.installation_id
                   and s.resource_id = above.id and s.revoked_at is null
                   and s.granted_at <= v.at and (s.expires_at is null or s.expires_at > now())
      group by 1, 2
      order by 1, 2
     on conflict (workspace_id, share_id) do update set used_at = greatest(known.used_at, excluded.used_at)`,
    [countersOf, usesOf, readsOf].map((rowsOf) => JSON.stringify(batch.flatMap(rowsOf))),
  );
}

const keyOf = ({ workspaceId, installationId }: Counted) => ({
  workspace_id: workspaceId,
  installation_id: installationId,
});

const instant = (ms: number): string => new Date(ms).toISOString();

function countersOf(counted: Counted): object[] {
  const key = { ...keyOf(counted), hour: instant(counted.hour) };
  const named = (counter: string, numbers: ReadonlyMap<string, number>) =>
    [...numbers].map(([name, n]) => ({ ...key, counter, name, n }));
  const { requests, errors, points, codes, redactions, denials } = counted;
  return [
    ...Object.entries({ REQUESTS: requests, ERRORS: errors, POINTS: points })
      .filter(([, n]) => n > 0)
      .map(([counter, n]) => ({ ...key, counter, name: '', n })),
    ...named('CODE', codes),
    ...named('REDACTION', redactions),
    ...named('DENIAL', denials),
  ];
}

const usesOf = (counted: Counted): object[] =>
  namesOf(counted.used).map((capability) => ({ ...keyOf(counted), capability, at: instant(counted.at) }));

const readsOf = (counted: Counted): object[] =>
  counted.seen.kept.length === 0 ? [] : [{ ...keyOf(counted), at: instant(counted.at), ids: counted.seen.kept }];

/** Takes away counters of hours that began longer than 90 days before `now`. */
export async function pruneUsage(em: EntityManager, now: number): Promise<void> {
  for (;;) {
    const { affectedRows } = await em.execute<QueryResult>(
      `delete from usage_count where ctid = any(array(
         select old.ctid from installation i
          cross join lateral (
            select c.ctid from usage_count c
             where c.workspace_id = i.workspace_id and c.installation_id = i.id and c.hour < ?
             limit ${PRUNED_AT_ONCE}) old
          limit ${PRUNED_AT_ONCE}))`,
      [instant(now - KEPT_DAYS * DAY_MS)],
      'run',
    );
    if (affectedRows < PRUNED_AT_ONCE) return;
  }
}
