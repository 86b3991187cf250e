// Users, people and bots together: one by id, or the list. Guests are left out of the list and found by id.

import type { Batch, Context } from '../context.js';
import { userIdOf } from '../gate/actor.js';
import { bitsOf } from '../gate/capability.js';
import { type StringFilter, textTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import { type PersonRow, personFor } from '../people/person.js';
import type { User } from '../people/user.js';
import { botFor } from './connections.js';

export interface UserQuery {
  /** Members and bots when left out; candidates for shares are bots and guests. */
  among?: 'SHARE_CANDIDATES';
  name?: StringFilter | null;
  email?: StringFilter | null;
}

export interface UserRow extends PersonRow {
  /** Bots only. */
  connectionId: Id | null;
  logoSha256: string | null;
}

/** Everybody of the workspace in one relation; bots have no address, so no comparison of addresses finds them. */
const everybody = (ctx: Context) => sql`(
  select p.id, p.name, p.email, p.avatar_url as "avatarUrl", null::uuid as "connectionId", null as "logoSha256", m.role, m.ended_at is null as present
    from membership m join person p on p.id = m.person_id
   where m.workspace_id = ${ctx.actor.workspaceId}
  union all
  select i.bot_id, c.name, null, null, c.id, c.logo_sha256, null, i.status <> 'ENDED'
    from installation i join connection c on c.id = i.connection_id
   where i.workspace_id = ${ctx.actor.workspaceId}) u`;

export const userFor = (ctx: Context, { connectionId, logoSha256, ...row }: UserRow): User =>
  connectionId === null ? personFor(ctx, row) : botFor(ctx, { id: row.id, name: row.name, connectionId, logoSha256 });

const matches = ({ among, name, email }: UserQuery) =>
  sql.join(
    [
      sql`u.present`,
      among === 'SHARE_CANDIDATES' ? sql`(u.role is null or u.role = 'GUEST')` : sql`u.role is distinct from 'GUEST'`,
      ...textTerms(sql.ref('u.name'), name),
      // Addresses are compared without regard to case, as mail systems do.
      ...textTerms(sql`lower(u.email)`, email && { ...email, eq: email.eq?.toLowerCase() ?? null }),
    ],
    sql` and `,
  );

/** Up to `limit + 1` users in the order of their ids. */
export async function listUsers(ctx: Context, query: UserQuery, { limit, backwards, from }: Window): Promise<User[]> {
  const [compare, direction] = backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  const rows = await ctx.reader.rows(sql<UserRow>`
    select u.id, u.name, u.email, u."avatarUrl", u."connectionId", u."logoSha256" from ${everybody(ctx)}
     where ${matches(query)} and ${from ? sql`u.id ${compare} ${from[0]}::uuid` : sql`true`}
     order by u.id ${direction} limit ${limit + 1}`);
  return rows.map((row) => userFor(ctx, row));
}

export async function countUsers(ctx: Context, query: UserQuery): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count from ${everybody(ctx)} where ${matches(query)}`);
  return row?.count ?? 0;
}

/** People and bots by id, those who left included: what they wrote keeps their name. */
export const selectUsers = (ctx: Context, ids: readonly Id[]): Sql<UserRow> => sql`
  select u.id, u.name, u.email, u."avatarUrl", u."connectionId", u."logoSha256" from ${everybody(ctx)} where u.id = any(${ids}::uuid[])`;

/** Ids and names of those among `ids` whose names the actor may read, by the rule of `User.name`. */
export function readableNames({ actor }: Context, ids: Sql): Sql {
  const readsAll = (actor.bits & bitsOf(['USER_READ'])) !== 0;
  const isReadable = (id: Sql) => (readsAll ? sql`true` : sql`${id} = ${userIdOf(actor)}::uuid`);
  return sql`
    select p.id, p.name from membership m join person p on p.id = m.person_id
     where m.workspace_id = ${actor.workspaceId} and m.person_id = any(${ids}) and ${isReadable(sql.ref('p.id'))}
     union all
    select i.bot_id, c.name from installation i join connection c on c.id = i.connection_id
     where i.workspace_id = ${actor.workspaceId} and i.bot_id = any(${ids}) and ${isReadable(sql.ref('i.bot_id'))}`;
}

export const userById: Batch<Id, User> = {
  name: 'userById',
  load: async (ctx, ids) =>
    new Map((await ctx.reader.rows(selectUsers(ctx, ids))).map((row) => [row.id, userFor(ctx, row)])),
};
