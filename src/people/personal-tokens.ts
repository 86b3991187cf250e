// Reading personal access tokens: a person holds her own in the workspace she asks in, an administrator all of it.

import type { Context } from '../context.js';
import { userIdOf } from '../gate/actor.js';
import { type Bits, namesOf } from '../gate/capability.js';
import { mayAdminister } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { PersonalAccessToken } from './personal-token.js';

export type PersonalTokenRow = Omit<PersonalAccessToken, 'capabilities'> & { capabilities: Bits };

/** `mayHavePersonalToken` as SQL, over the membership `m` of its owner and the workspace `w`. */
export const ownerMayHaveToken = sql`
  (m.role = 'OWNER' or (m.role = 'MEMBER' and w.personal_access_tokens = 'MEMBERS'))`;

const columns = sql`
  t.id, t.person_id as "personId", t.name, t.last_four as "lastFour", t.capabilities, t.administer,
  t.created_at as "createdAt", t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt",
  t.revoked_at as "revokedAt", t.revoked_by as "revokedById",
  case when t.revoked_at is not null then 'REVOKED'
       when t.expires_at <= now() then 'EXPIRED'
       when not ${ownerMayHaveToken} then 'BLOCKED'
       else 'ACTIVE' end as status`;

const tokens = sql`
  personal_access_token t
  join membership m on m.workspace_id = t.workspace_id and m.person_id = t.person_id
  join workspace w on w.id = t.workspace_id`;

const held = ({ actor }: Context) => sql`
  t.workspace_id = ${actor.workspaceId} and (${mayAdminister(actor)} or t.person_id = ${userIdOf(actor)}::uuid)`;

export const personalTokenOf = (row: PersonalTokenRow): PersonalAccessToken & { __typename: string } => ({
  __typename: 'PersonalAccessToken',
  ...row,
  capabilities: namesOf(row.capabilities),
});

export const selectPersonalTokens = (ctx: Context, ids: readonly Id[]): Sql<PersonalTokenRow> => sql`
  select ${columns} from ${tokens} where ${held(ctx)} and t.id = any(${ids}::uuid[])`;

/** One token; `undefined` when the actor holds none with this id. */
export async function personalTokenById(ctx: Context, id: Id): Promise<PersonalAccessToken | undefined> {
  const [row] = await ctx.reader.rows(selectPersonalTokens(ctx, [id]));
  return row && personalTokenOf(row);
}

const of = (personId: Id | null) => (personId === null ? sql`true` : sql`t.person_id = ${personId}`);

/** Up to `limit + 1` of the workspace, or of one person, the newest first. */
export async function listPersonalTokens(
  ctx: Context,
  personId: Id | null,
  { limit, backwards, from }: Window,
): Promise<PersonalAccessToken[]> {
  const [compare, direction] = backwards ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`];
  const rows = await ctx.reader.rows(sql<PersonalTokenRow>`
    select ${columns} from ${tokens}
     where ${held(ctx)} and ${of(personId)} and ${from ? sql`t.id ${compare} ${from[0]}::uuid` : sql`true`}
     order by t.id ${direction} limit ${limit + 1}`);
  return rows.map(personalTokenOf);
}

export async function countPersonalTokens(ctx: Context, personId: Id | null): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count from personal_access_token t where ${held(ctx)} and ${of(personId)}`);
  return row?.count ?? 0;
}
