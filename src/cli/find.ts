// Finds what commands name by id or by name.

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Actor, operatorOf } from '../gate/actor.js';
import { type Id, parseId } from '../lib/id.js';
import { invalid, notFound } from '../lib/refusal.js';

/** The workspace with this id or name. Refused when there is none, or when several have the name. */
export async function findWorkspace(em: EntityManager, idOrName: string): Promise<{ id: Id; name: string }> {
  const found = await workspacesNamed(em, idOrName);
  const [workspace, other] = found;
  if (!workspace) throw notFound(`The workspace "${idOrName}"`);
  if (other) {
    throw invalid(
      `${found.length} workspaces are called "${idOrName}". Give the id of one: ${found.map(({ id }) => id).join(', ')}`,
    );
  }
  return workspace;
}

/** All workspaces with this id or name, oldest first; deleted ones are not found. */
export const workspacesNamed = (em: EntityManager, idOrName: string): Promise<{ id: Id; name: string }[]> =>
  em.execute(
    `select id, name from workspace
      where (id = ?::uuid or name = ?) and deleted_at is null order by created_at, id`,
    [parseId(idOrName), idOrName],
  );

/** The operator in the workspace a connection is at home in. */
export async function operatorAtConnection(em: EntityManager, connectionId: Id): Promise<Actor> {
  const [row] = await em.execute<{ workspaceId: Id }[]>(
    `select c.workspace_id as "workspaceId" from connection c join workspace w on w.id = c.workspace_id
      where c.id = ? and c.status <> 'DELETED' and w.deleted_at is null`,
    [connectionId],
  );
  if (!row) throw notFound('The connection');
  return operatorOf(row.workspaceId);
}

/** The operator in the workspace a person belongs to. Where she belongs to several, `workspace` (id or name) says which. */
export const operatorAtPerson = (em: EntityManager, personId: Id, workspace?: string): Promise<Actor> =>
  operatorAt(
    em,
    { what: 'The person', workspace },
    'membership m where m.person_id = ? and m.ended_at is null',
    personId,
  );

/** The operator in the workspace of a page, database or data source. The same export may be imported into several. */
export const operatorAtResource = (em: EntityManager, resourceId: Id, workspace?: string): Promise<Actor> =>
  operatorAt(em, { what: 'The page, database or data source', workspace }, 'resource m where m.id = ?', resourceId);

async function operatorAt(
  em: EntityManager,
  { what, workspace }: { what: string; workspace: string | undefined },
  from: string,
  id: Id,
): Promise<Actor> {
  if (workspace !== undefined) return operatorOf((await findWorkspace(em, workspace)).id);
  const found = await em.execute<{ id: Id }[]>(
    `select w.id from workspace w where w.deleted_at is null and w.id in (select m.workspace_id from ${from}) order by w.id`,
    [id],
  );
  const [only, other] = found;
  if (!only) throw notFound(what);
  if (other) {
    throw invalid(
      `${what} is in ${found.length} workspaces. Say which with --workspace: ${found.map((one) => one.id).join(', ')}`,
    );
  }
  return operatorOf(only.id);
}
