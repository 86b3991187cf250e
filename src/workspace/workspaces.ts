// Reading workspaces: an actor holds the one it asks in, and no other. A deleted one does not exist.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Batch, Context } from '../context.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Workspace } from './workspace.js';

const columns = sql`w.id, w.name, w.icon_url as "iconUrl", w.version, w.created_at as "createdAt"`;

export const selectWorkspaces = ({ actor }: Context, ids: readonly Id[]): Sql<Workspace> => sql`
  select ${columns} from workspace w
   where w.id = ${actor.workspaceId} and w.id = any(${ids}::uuid[]) and w.deleted_at is null`;

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
    select ${columns} from membership m join workspace w on w.id = m.workspace_id
     where m.person_id = ${personId} and m.ended_at is null and w.deleted_at is null
     order by m.created_at, w.id`);
  return rows.map(workspaceOf);
}

/** Keeps people and settings of a workspace as they are until the transaction ends: commands on them take turns, and
 *  nothing is decided on what another one is about to change. Content is written meanwhile. Refused: there is none. */
export async function lockWorkspace(em: EntityManager, workspaceId: Id): Promise<void> {
  // Weaker than `for update`: rows that refer to the workspace can still be written.
  const [locked] = await em.execute<object[]>(
    'select 1 from workspace where id = ? and deleted_at is null for no key update',
    [workspaceId],
  );
  if (!locked) throw notFound('The workspace');
}
