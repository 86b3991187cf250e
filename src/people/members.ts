// Reading who belongs to a workspace, a teamspace or a group. Members and owners know; a guest is known to who administers and to
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

/** What members are in besides the workspace. */
export type MemberPlace = 'TEAMSPACE' | 'GROUP';

const placesOf: Readonly<Record<MemberPlace, Sql>> = {
  TEAMSPACE: sql`(select workspace_id, teamspace_id as id, person_id from teamspace_member)`,
  GROUP: sql`(select workspace_id, group_id as id, person_id from person_group_member)`,
};

/** The same of each of several teamspaces or groups. */
export const membersOf = (place: MemberPlace, window: Window): Batch<Id, Member[]> => ({
  name: `membersOf ${place} ${JSON.stringify(window)}`,
  async load(ctx, ids) {
    const rows = await ctx.reader.rows(sql<MemberRow & { placeId: Id }>`
      select t.id as "placeId", found.* from unnest(${ids}::uuid[]) as t(id)
       cross join lateral (
         select ${columns}
           from ${placesOf[place]} j
           join membership m on m.workspace_id = j.workspace_id and m.person_id = j.person_id
           join person p on p.id = m.person_id
          where j.workspace_id = ${ctx.actor.workspaceId} and j.id = t.id and ${known(ctx)} and ${beyond(window)}
          order by m.person_id ${direction(window)} limit ${window.limit + 1}) found`);
    const members = new Map<Id, Member[]>();
    for (const { placeId, ...row } of rows) {
      members.set(placeId, [...(members.get(placeId) ?? []), memberFor(ctx, row)]);
    }
    return members;
  },
});

export const memberCountOf = (place: MemberPlace): Batch<Id, number> => ({
  name: `memberCountOf ${place}`,
  async load(ctx, ids) {
    const rows = await ctx.reader.rows(sql<{ id: Id; count: number }>`
      select j.id, count(*)::int as count
        from ${placesOf[place]} j
        join membership m on m.workspace_id = j.workspace_id and m.person_id = j.person_id
       where j.workspace_id = ${ctx.actor.workspaceId} and j.id = any(${ids}::uuid[]) and ${known(ctx)}
       group by j.id`);
    return new Map(rows.map(({ id, count }) => [id, count]));
  },
});
