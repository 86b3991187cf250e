// Reading teamspaces: members and owners know those of the workspace they ask in, guests and connections none.

import type { Context } from '../context.js';
import { mayKnowTheWorkspace } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Teamspace } from './teamspace.js';

const columns = sql`
  t.workspace_id as "workspaceId", t.id, t.name, t.icon, t.description, t.access, t.archived_at as "archivedAt",
  t.version, t.created_at as "createdAt"`;

export const teamspaceOf = (row: Teamspace): Teamspace & { __typename: string } => ({
  __typename: 'Teamspace',
  ...row,
});

/** Teamspaces by id, those put away included. */
export const selectTeamspaces = ({ actor }: Context, ids: readonly Id[]): Sql<Teamspace> => sql`
  select ${columns} from teamspace t
   where t.workspace_id = ${actor.workspaceId} and t.id = any(${mayKnowTheWorkspace(actor) ? ids : []}::uuid[])`;

const listed = ({ actor }: Context, archived: boolean) => sql`
  t.workspace_id = ${actor.workspaceId} and ${mayKnowTheWorkspace(actor)} and (${archived} or t.archived_at is null)`;

/** Up to `limit + 1`, the oldest first; with `archived` also those put away. */
export async function listTeamspaces(
  ctx: Context,
  archived: boolean,
  { limit, backwards, from }: Window,
): Promise<Teamspace[]> {
  const [compare, direction] = backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  const rows = await ctx.reader.rows(sql<Teamspace>`
    select ${columns} from teamspace t
     where ${listed(ctx, archived)} and ${from ? sql`t.id ${compare} ${from[0]}::uuid` : sql`true`}
     order by t.id ${direction} limit ${limit + 1}`);
  return rows.map(teamspaceOf);
}

export async function countTeamspaces(ctx: Context, archived: boolean): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count from teamspace t where ${listed(ctx, archived)}`);
  return row?.count ?? 0;
}
