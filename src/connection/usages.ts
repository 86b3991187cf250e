// Reading what connections asked, in one statement for all that are asked for together.

import type { Batch } from '../context.js';
import type { Actor } from '../gate/actor.js';
import { type Bits, CAPABILITIES, type Capability, namesOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import type { CoordinateCount, ShareUse, Usage, UsageHour, UsageWindow } from './usage.js';

const HOURS: Record<UsageWindow, number> = {
  LAST_24_HOURS: 24,
  LAST_7_DAYS: 7 * 24,
  LAST_30_DAYS: 30 * 24,
  LAST_90_DAYS: 90 * 24,
};
const MAX_SHARES = 100;

interface UsageRow {
  id: Id;
  hours: UsageHour[];
  names: { counter: 'CODE' | 'REDACTION' | 'DENIAL'; name: string; count: number }[];
  granted: Bits;
  uses: { capability: Capability; usedAt: string }[];
  shares: ShareUse[];
}

/** Of an installation in the actor's workspace. */
export const usageOfInstallation = (window: UsageWindow): Batch<Id, Usage> => usageBy('id', window);

/** Of all installations of a connection in the actor's workspace together, those that have ended included. */
export const usageOfConnection = (window: UsageWindow): Batch<Id, Usage> => usageBy('connection_id', window);

/** Whoever holds what is asked about may ask; fields that are for owners are guarded. */
const usageBy = (key: 'id' | 'connection_id', window: UsageWindow): Batch<Id, Usage> => ({
  name: `usage by ${key} ${window}`,
  load: async ({ actor, reader }, ids) => {
    const rows = await reader.rows(selectUsage(actor, sql.ref(key), ids, HOURS[window]));
    return new Map(rows.map((row) => [row.id, shown(row)]));
  },
});

const selectUsage = (actor: Actor, key: Sql, ids: readonly Id[], hours: number): Sql<UsageRow> => sql`
  select i.key as id,
         (select coalesce(jsonb_agg(h order by h.start), '[]') from (
            select c.hour as start, ${total('REQUESTS')} as requests, ${total('ERRORS')} as errors,
                   ${total('POINTS')} as cost, ${total('REDACTION')} as redactions, ${total('DENIAL')} as denials
              ${counts(hours)} group by c.hour) h) as hours,
         (select coalesce(jsonb_agg(n order by n.count desc, n.name), '[]') from (
            select c.counter, c.name, sum(c.n) as count
              ${counts(hours)} and c.name <> '' group by c.counter, c.name) n) as names,
         (select coalesce(bit_or(g.capabilities), 0) from capability_grant g
           where g.workspace_id = i.workspace_id and g.installation_id = any(i.ids) and g.revoked_at is null) as granted,
         (select coalesce(jsonb_agg(u), '[]') from (
            select capability, max(used_at) as "usedAt" from capability_use
             where workspace_id = i.workspace_id and installation_id = any(i.ids) group by capability) u) as uses,
         (select coalesce(jsonb_agg(s), '[]') from (
            select s.id as "shareId", u.used_at as "lastUsedAt"
              from share s left join share_use u on u.workspace_id = s.workspace_id and u.share_id = s.id
             where s.workspace_id = i.workspace_id and s.installation_id = any(i.ids)
               and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())
             order by u.used_at nulls first, s.id limit ${sql.lit(MAX_SHARES)}) s) as shares
    from (select workspace_id, ${key} as key, array_agg(id) as ids from installation
           where workspace_id = ${actor.workspaceId} and ${key} = any(${ids}::uuid[])
           group by workspace_id, ${key}) i`;

const total = (counter: 'REQUESTS' | 'ERRORS' | 'POINTS' | 'REDACTION' | 'DENIAL') =>
  sql`coalesce(sum(c.n) filter (where c.counter = ${sql.raw(`'${counter}'`)}), 0)`;

/** Counters `c` of installations `i`, of so many hours with the running one. */
const counts = (hours: number) => sql`
  from usage_count c
 where c.workspace_id = i.workspace_id and c.installation_id = any(i.ids)
   and c.hour > date_trunc('hour', now()) - make_interval(hours => ${hours}::int)`;

function shown({ hours, names, granted, uses, shares }: UsageRow): Usage {
  const sum = (of: (hour: UsageHour) => number): number => hours.reduce((before, hour) => before + of(hour), 0);
  const named = (counter: string) => names.filter((one) => one.counter === counter);
  const byCoordinate = (counter: string): CoordinateCount[] =>
    named(counter).map(({ name, count }) => ({ coordinate: name, count }));
  const usedAt = new Map(uses.map((use) => [use.capability, use.usedAt]));
  const has = new Set(namesOf(granted));
  return {
    requests: sum(({ requests }) => requests),
    errors: sum(({ errors }) => errors),
    cost: sum(({ cost }) => cost),
    hours,
    errorsByCode: named('CODE').map(({ name, count }) => ({ code: name, count })),
    redactions: byCoordinate('REDACTION'),
    denials: byCoordinate('DENIAL'),
    capabilities: CAPABILITIES.filter((name) => has.has(name) || usedAt.has(name)).map((capability) => ({
      capability,
      granted: has.has(capability),
      lastUsedAt: usedAt.get(capability) ?? null,
    })),
    shares,
  };
}
