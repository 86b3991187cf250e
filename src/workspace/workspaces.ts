// Reading workspaces: an actor holds the one it asks in, and no other.

import type { Batch, Context } from '../context.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Workspace } from './workspace.js';

export const selectWorkspaces = ({ actor }: Context, ids: readonly Id[]): Sql<Workspace> => sql`
  select id, name, version, created_at as "createdAt" from workspace
   where id = ${actor.workspaceId} and id = any(${ids}::uuid[])`;

export const workspaceOf = (row: Workspace): Workspace & { __typename: string } => ({
  __typename: 'Workspace',
  ...row,
});

export const workspaceById: Batch<Id, Workspace> = {
  name: 'workspaceById',
  load: async (ctx, ids) =>
    new Map((await ctx.reader.rows(selectWorkspaces(ctx, ids))).map((row) => [row.id, workspaceOf(row)])),
};

/** All workspaces a person belongs to, in the order she joined them. Somebody signed in may ask in each of them. */
export async function workspacesOfPerson({ reader }: Context, personId: Id): Promise<Workspace[]> {
  const rows = await reader.rows(sql<Workspace>`
    select w.id, w.name, w.version, w.created_at as "createdAt"
      from membership m join workspace w on w.id = m.workspace_id
     where m.person_id = ${personId} and m.ended_at is null
     order by m.created_at, w.id`);
  return rows.map(workspaceOf);
}
