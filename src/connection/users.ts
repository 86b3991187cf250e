// Users, people, bots and groups together: one by id, or the list. Guests and groups are left out of the list and found by
// id.

import type { Batch, Context } from '../context.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import { bitsOf } from '../gate/capability.js';
import { type StringFilter, textTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import { groupFor } from '../people/groups.js';
import { personFor } from '../people/person.js';
import type { User } from '../people/user.js';
import { botFor } from './connections.js';

export interface UserQuery {
  /** Members and bots when left out; candidates for shares are bots and guests. */
  among?: 'SHARE_CANDIDATES';
  name?: StringFilter | null;
  email?: StringFilter | null;
}

export interface UserRow {
  kind: 'PERSON' | 'BOT' | 'GROUP';
  id: Id;
  name: string;
  /** Persons only. */
  email: string | null;
  avatarUrl: string | null;
  /** Bots only. */
  connectionId: Id | null;
  logoSha256: string | null;
  /** Groups only. */
  createdAt: Date | null;
  deletedAt: Date | null;
  version: number | null;
}

/** Everybody of the workspace in one relation; only people have an address, so no comparison of addresses finds others. */
const everybody = (ctx: Context) => sql`(
  select 'PERSON' as kind, p.id, p.name, p.email, p.avatar_url as "avatarUrl", null::uuid as "connectionId", null as "logoSha256",
         null::timestamptz as "createdAt", null::timestamptz as "deletedAt", null::int as version,
         m.role, m.ended_at is null as present
    from membership m join person p on p.id = m.person_id
   where m.workspace_id = ${ctx.actor.workspaceId}
  union all
  select 'BOT', i.bot_id, c.name, null, null, c.id, c.logo_sha256, null, null, null, null, i.status <> 'ENDED'
    from installation i join connection c on c.id = i.connection_id
   where i.workspace_id = ${ctx.actor.workspaceId}
  union all
  select 'GROUP', g.id, g.name, null, null, null, null, g.created_at, g.deleted_at, g.version, null, g.deleted_at is null
    from person_group g
   where g.workspace_id = ${ctx.actor.workspaceId}) u`;

const columns = sql`
  u.kind, u.id, u.name, u.email, u."avatarUrl", u."connectionId", u."logoSha256", u."createdAt", u."deletedAt", u.version`;

/** The user as this actor holds it. */
export function userFor(ctx: Context, row: UserRow): User {
  const { kind, id, name, email, avatarUrl, connectionId, logoSha256, createdAt, deletedAt, version } = row;
  switch (kind) {
    case 'PERSON':
      return personFor(ctx, { id, name, email: email!, avatarUrl });
    case 'BOT':
      return botFor(ctx, { id, name, connectionId: connectionId!, logoSha256 });
    case 'GROUP':
      return groupFor(ctx, { id, name, createdAt: createdAt!, deletedAt, version: version! });
  }
}

const matches = ({ among, name, email }: UserQuery) =>
  sql.join(
    [
      sql`u.present and u.kind <> 'GROUP'`,
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
    select ${columns} from ${everybody(ctx)}
     where ${matches(query)} and ${from ? sql`u.id ${compare} ${from[0]}::uuid` : sql`true`}
     order by u.id ${direction} limit ${limit + 1}`);
  return rows.map((row) => userFor(ctx, row));
}

export async function countUsers(ctx: Context, query: UserQuery): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count from ${everybody(ctx)} where ${matches(query)}`);
  return row?.count ?? 0;
}

/** People, bots and groups by id, those who left or were deleted included: what they wrote, or stand in, keeps their name. */
export const selectUsers = (ctx: Context, ids: readonly Id[]): Sql<UserRow> => sql`
  select ${columns} from ${everybody(ctx)} where u.id = any(${ids}::uuid[])`;

/** Ids and names of those among `ids` whose names the actor may read, by the rule of `User.name`. */
export function readableNames(actor: Actor, ids: Sql): Sql {
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
