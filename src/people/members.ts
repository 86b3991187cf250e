// Reading who belongs to a workspace or a teamspace. Members and owners know; a guest is known to who administers and to
// herself. Names and addresses keep the rules of a person's record.

import type { Batch, Context } from '../context.js';
import { userIdOf, type WorkspaceRole } from '../gate/actor.js';
import { mayAdminister, mayKnowTheWorkspace } from '../gate/rules.js';
import { type StringFilter, textTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Member } from './member.js';
import { type PersonRow, personFor } from './person.js';

export interface MemberQuery {
  role?: WorkspaceRole | null;
  name?: StringFilter | null;
  email?: StringFilter | null;
}

export interface MemberRow extends PersonRow {
  role: WorkspaceRole;
  joinedAt: Date;
  version: number;
}

const columns = sql`
  p.id, p.name, p.email, p.avatar_url as "avatarUrl", m.role, m.created_at as "joinedAt", m.version`;

/** The member's record as this actor holds it. */
export const memberFor = (ctx: Context, { role, joinedAt, version, ...row }: MemberRow): Member => ({
  person: personFor(ctx, row),
  role,
  joinedAt,
  version,
});

const known = ({ actor }: Context): Sql => sql`
  m.workspace_id = ${actor.workspaceId} and m.ended_at is null and ${mayKnowTheWorkspace(actor)}
  and (m.role <> 'GUEST' or ${mayAdminister(actor)} or m.person_id = ${userIdOf(actor)}::uuid)`;

const matches = ({ role, name, email }: MemberQuery): Sql =>
  sql.join(
    [
      role == null ? sql`true` : sql`m.role = ${role}`,
      ...textTerms(sql.ref('p.name'), name),
      // Addresses are compared without regard to case, as mail systems do.
      ...textTerms(sql`lower(p.email)`, email && { ...email, eq: email.eq?.toLowerCase() ?? null }),
    ],
    sql` and `,
  );

const beyond = ({ backwards, from }: Window) =>
  from ? (backwards ? sql`m.person_id < ${from[0]}::uuid` : sql`m.person_id > ${from[0]}::uuid`) : sql`true`;
const direction = ({ backwards }: Window) => (backwards ? sql`desc` : sql`asc`);

/** Up to `limit + 1` members of the workspace in the order of their ids. */
export async function listMembers(ctx: Context, query: MemberQuery, window: Window): Promise<Member[]> {
  const rows = await ctx.reader.rows(sql<MemberRow>`
    select ${columns} from membership m join person p on p.id = m.person_id
     where ${known(ctx)} and ${matches(query)} and ${beyond(window)}
     order by m.person_id ${direction(window)} limit ${window.limit + 1}`);
  return rows.map((row) => memberFor(ctx, row));
}

export async function countMembers(ctx: Context, query: MemberQuery): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count from membership m join person p on p.id = m.person_id
     where ${known(ctx)} and ${matches(query)}`);
  return row?.count ?? 0;
}

/** The same of each of several teamspaces. */
export const membersOfTeamspace = (window: Window): Batch<Id, Member[]> => ({
  name: `membersOfTeamspace ${JSON.stringify(window)}`,
  async load(ctx, ids) {
    const rows = await ctx.reader.rows(sql<MemberRow & { teamspaceId: Id }>`
      select t.id as "teamspaceId", found.* from unnest(${ids}::uuid[]) as t(id)
       cross join lateral (
         select ${columns}
           from teamspace_member j
           join membership m on m.workspace_id = j.workspace_id and m.person_id = j.person_id
           join person p on p.id = m.person_id
          where j.workspace_id = ${ctx.actor.workspaceId} and j.teamspace_id = t.id and ${known(ctx)} and ${beyond(window)}
          order by m.person_id ${direction(window)} limit ${window.limit + 1}) found`);
    const members = new Map<Id, Member[]>();
    for (const { teamspaceId, ...row } of rows) {
      members.set(teamspaceId, [...(members.get(teamspaceId) ?? []), memberFor(ctx, row)]);
    }
    return members;
  },
});

export const memberCountOfTeamspace: Batch<Id, number> = {
  name: 'memberCountOfTeamspace',
  async load(ctx, ids) {
    const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
      select j.teamspace_id as id, count(*)::int as count
        from teamspace_member j
        join membership m on m.workspace_id = j.workspace_id and m.person_id = j.person_id
       where j.workspace_id = ${ctx.actor.workspaceId} and j.teamspace_id = any(${ids}::uuid[]) and ${known(ctx)}
       group by j.teamspace_id`);
    return new Map(rows.map(({ id, count }) => [id, count]));
  },
};
