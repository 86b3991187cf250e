// Reading shares from both sides. Only live ones are there: not revoked, not expired, held by an installation that has
// not ended or by a guest of the workspace. Each statement answers for all grantees or resources of a level.

import { placeOf, positionOf, type SortTerm, stretchOf } from '../content/keyset.js';
import { installersReach, isHeldBy, live, reachRoots } from '../content/reach.js';
import type { Batch, Context } from '../context.js';
import { type Bits, CONTENT_BITS, shareNamesOf } from '../gate/capability.js';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import type { Position } from '../lib/cursor.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { ResourceAccess, Share } from './share.js';

/** What reading shares takes; a context has it, and so has the command line. */
export type ShareReader = Pick<Context, 'actor' | 'reader'>;

/** A batch that takes no more than that. */
interface ShareBatch<Key, Value> extends Batch<Key, Value> {
  load(ctx: ShareReader, keys: readonly Key[]): Promise<ReadonlyMap<Key, Value>>;
}

export type ShareRow = Omit<Share, 'access'> & { access: Bits };

/** A row of a list and its place in it. */
export interface Placed<T> {
  row: T;
  position: Position;
}

const columns = sql`
  s.id, s.version, s.resource_id as "resourceId", s.installation_id as "installationId", s.person_id as "personId",
  coalesce(i.bot_id, s.person_id) as "granteeId", s.access, s.expires_at as "expiresAt", s.granted_at as "grantedAt",
  s.granted_by as "grantedById"`;

/** Live shares `s` with the installation `i` or the membership `m` of who holds them, as the end of a `select`. */
const liveShares = ({ actor }: ShareReader): Sql => sql`
    from share s
    left join installation i on i.workspace_id = s.workspace_id and i.id = s.installation_id
    left join membership m on m.workspace_id = s.workspace_id and m.person_id = s.person_id
   where s.workspace_id = ${actor.workspaceId} and ${live}
     and (i.status <> 'ENDED' or (m.role = 'GUEST' and m.ended_at is null))`;

export const shareOf = ({ access, ...row }: ShareRow): Share & { __typename: string } => ({
  __typename: 'Share',
  ...row,
  access: shareNamesOf(access),
});

/** Shares by id that the actor may know of: its own, or any for those who reach the whole workspace. */
export const selectShares = (ctx: ShareReader, ids: readonly Id[]): Sql<ShareRow> => sql`
  select ${columns} ${liveShares(ctx)} and s.id = any(${ids}::uuid[])
     and ${mayReachWholeWorkspace(ctx.actor) ? sql`true` : isHeldBy(ctx.actor)}`;

/** Shares of an installation in the order they were first granted in. */
export const sharesOf = (window: Window): ShareBatch<Id, Placed<Share>[]> => ({
  name: `sharesOf ${JSON.stringify(window)}`,
  async load(ctx, installationIds) {
    const [compare, direction] = window.backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
    const rows = await ctx.reader.rows(sql<ShareRow>`
      select found.* from unnest(${installationIds}::uuid[]) as grantee(id)
       cross join lateral (
         select ${columns} ${liveShares(ctx)} and s.installation_id = grantee.id
            and ${window.from ? sql`s.id ${compare} ${window.from[0]}::uuid` : sql`true`}
          order by s.id ${direction} limit ${window.limit + 1}) found`);
    const placed = rows.map((row) => ({ row: shareOf(row), position: [row.id] }));
    return Map.groupBy(placed, ({ row }) => row.installationId as Id);
  },
});

export const shareCountOf: ShareBatch<Id, number> = {
  name: 'shareCountOf',
  async load(ctx, installationIds) {
    const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
      select s.installation_id as id, count(*)::int as count
        ${liveShares(ctx)} and s.installation_id = any(${installationIds}::uuid[])
       group by s.installation_id`);
    return new Map(rows.map(({ id, count }) => [id, count]));
  },
};

interface AccessRow {
  resourceId: Id;
  granteeId: Id;
  granted: Bits;
  effective: Bits;
  inherited: boolean;
  shares: ShareRow[];
}

const accessOf = ({ granted, effective, shares, ...row }: AccessRow): ResourceAccess => ({
  ...row,
  granted: shareNamesOf(granted),
  effective: shareNamesOf(effective),
  shares: shares.map(shareOf),
});

/** Shares as JSON, the nearest to the resource `r` first. */
const asJson = sql`
  jsonb_agg(to_jsonb(opening) - 'capabilities' - 'within' order by array_position(r.ancestors, opening."resourceId") desc)`;

/** What the shares `opening` of one grantee make of the resource `r`. */
const summed = sql`
  bit_or(opening.access) as granted, bit_or(opening.access & opening.capabilities & opening.within) as effective,
  not bool_or(opening."resourceId" = r.id) as inherited, ${asJson} as shares`;

/** What the one who holds share `s` may do with content at all. */
const capabilities = sql`
  case when s.person_id is not null then ${sql.lit(CONTENT_BITS)}
       else coalesce((select g.capabilities from capability_grant g
                       where g.workspace_id = s.workspace_id and g.installation_id = s.installation_id
                         and g.revoked_at is null), 0) end`;

/** What whoever has installed `i` for herself reaches of the resource `r`. */
const within = ({ actor: { workspaceId } }: ShareReader): Sql =>
  installersReach({ workspaceId, personId: sql.ref('i.installed_by'), ancestors: sql.ref('r.ancestors') });

/** Whoever a resource is open to by shares on it or above it, in the order of their user ids. */
export const accessTo = (window: Window): ShareBatch<Id, Placed<ResourceAccess>[]> => ({
  name: `accessTo ${JSON.stringify(window)}`,
  async load(ctx, resourceIds) {
    const [compare, direction] = window.backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
    const rows = await ctx.reader.rows(sql<AccessRow>`
      select r.id as "resourceId", found.*
        from resource r
        cross join lateral (
          select opening."granteeId", ${summed}
            from (select ${columns}, ${capabilities} as capabilities, ${within(ctx)} as within
                    ${liveShares(ctx)} and s.resource_id = any(r.ancestors)) opening
           where ${window.from ? sql`opening."granteeId" ${compare} ${window.from[0]}::uuid` : sql`true`}
           group by opening."granteeId" order by opening."granteeId" ${direction} limit ${window.limit + 1}) found
       where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${resourceIds}::uuid[])
       order by found."granteeId" ${direction}`);
    const placed = rows.map((row) => ({ row: accessOf(row), position: [row.granteeId] }));
    return Map.groupBy(placed, ({ row }) => row.resourceId);
  },
});

export const granteeCountOf: ShareBatch<Id, number> = {
  name: 'granteeCountOf',
  async load(ctx, resourceIds) {
    const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
      select r.id, (select count(distinct coalesce(s.installation_id, s.person_id))::int
                      ${liveShares(ctx)} and s.resource_id = any(r.ancestors)) as count
        from resource r
       where r.workspace_id = ${ctx.actor.workspaceId} and r.id = any(${resourceIds}::uuid[])`);
    return new Map(rows.map(({ id, count }) => [id, count]));
  },
};

const lastEditedFirst: readonly SortTerm[] = [
  { value: sql.ref('r.last_edited_at'), type: 'timestamptz', direction: 'DESC', nullable: false },
];

/** What an installation reaches, last edited first, the trash left out. */
export const reachedBy = (window: Window): ShareBatch<Id, Placed<ResourceAccess>[]> => ({
  name: `reachedBy ${JSON.stringify(window)}`,
  async load(ctx, installationIds) {
    const { where, order } = stretchOf(lastEditedFirst, window);
    const rows = await ctx.reader.rows(sql<AccessRow & { installationId: Id; place: string }>`
      select grantee.id as "installationId", grantee."botId" as "granteeId", r.id as "resourceId", r.place, opened.*
        from ${grantees(ctx, installationIds)}
        cross join lateral (
          select r.id, r.ancestors, ${placeOf(lastEditedFirst)} as place
            from resource r where ${isReached(ctx)} and ${where}
           order by ${order} limit ${window.limit + 1}) r
        cross join lateral (
          select ${summed}
            from (select ${columns}, grantee.capabilities, ${within(ctx)} as within
                    ${liveShares(ctx)} and s.installation_id = grantee.id and s.resource_id = any(r.ancestors)) opening
          ) opened`);
    const placed = rows.map(({ installationId, place, ...row }) => ({
      installationId,
      row: accessOf(row),
      position: positionOf(place, row.resourceId),
    }));
    return Map.groupBy(placed, ({ installationId }) => installationId);
  },
});

export const reachCountOf: ShareBatch<Id, number> = {
  name: 'reachCountOf',
  async load(ctx, installationIds) {
    const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
      select grantee.id, (select count(*)::int from resource r where ${isReached(ctx)}) as count
        from ${grantees(ctx, installationIds)}`);
    return new Map(rows.map(({ id, count }) => [id, count]));
  },
};

/** An item `grantee(id, "botId", installed_by, capabilities, roots)`: installations, with what they may do and where their reach begins. */
const grantees = ({ actor }: ShareReader, installationIds: readonly Id[]): Sql => sql`(
  select i.id, i.bot_id as "botId", i.installed_by, g.capabilities, ${reachRoots} as roots
    from installation i
    join capability_grant g on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
   where i.workspace_id = ${actor.workspaceId} and i.id = any(${installationIds}::uuid[])) grantee`;

/** True for a resource `r` that `grantee` reaches and that is not in the trash. */
const isReached = ({ actor: { workspaceId } }: ShareReader): Sql => {
  const hers = { workspaceId, personId: sql.ref('grantee.installed_by'), ancestors: sql.ref('r.ancestors') };
  return sql`
  (r.workspace_id = ${workspaceId} and not r.in_trash and r.ancestors && grantee.roots
   and (grantee.installed_by is null or grantee.capabilities & ${installersReach(hers)} & (
     select coalesce(bit_or(s.access), 0) from share s
      where s.workspace_id = ${workspaceId} and s.installation_id = grantee.id
        and s.resource_id = any(r.ancestors) and ${live}) <> 0))`;
};

/** The installation each bot acts for, unless it has ended. */
export const installationIdOf: ShareBatch<Id, Id> = {
  name: 'installationIdOf',
  async load({ actor, reader }, botIds) {
    const rows = await reader.rows(sql<{ id: Id; botId: Id }>`
      select id, bot_id as "botId" from installation
       where workspace_id = ${actor.workspaceId} and bot_id = any(${botIds}::uuid[]) and status <> 'ENDED'`);
    return new Map(rows.map(({ id, botId }) => [botId, id]));
  },
};

/** The shares above the resource of this one that open it to the same grantee, the nearest first: what they open stays
 *  open whatever becomes of this one. */
export const sharesAbove: ShareBatch<Share, Share[]> = {
  name: 'sharesAbove',
  async load(ctx, shares) {
    const resourceIds = shares.map(({ resourceId }) => resourceId);
    const granteeIds = shares.map(({ granteeId }) => granteeId);
    const rows = await ctx.reader.rows(sql<{ at: number; above: ShareRow[] }>`
      select below.at::int, ${asJson} as above
        from unnest(${resourceIds}::uuid[], ${granteeIds}::uuid[]) with ordinality as below(resource_id, grantee_id, at)
        join resource r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = below.resource_id
        join lateral (
          select ${columns} ${liveShares(ctx)} and s.resource_id = any(r.ancestors) and s.resource_id <> r.id
             and coalesce(i.bot_id, s.person_id) = below.grantee_id) opening on true
       group by below.at`);
    return new Map(rows.map(({ at, above }) => [shares[at - 1] as Share, above.map(shareOf)]));
  },
};
