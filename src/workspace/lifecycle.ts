// Commands on workspaces.

import { operatorOf } from '../gate/actor.js';
import { newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { WorkspaceTable } from './tables.js';
import type { Workspace } from './workspace.js';

/** Makes a workspace; only the operator does. Refused: a name that is empty or too long. */
export function createWorkspace(caller: Omit<Caller, 'actor'>, input: { name: string }): Promise<Workspace> {
  const id = newId();
  return commit({ ...caller, actor: operatorOf(id) }, (unit) => addWorkspace(unit, input));
}

/** The same as part of a larger command, whose actor is the operator of the workspace to be. */
export async function addWorkspace({ em, actor, audit }: Unit, input: { name: string }): Promise<Workspace> {
  const name = requireName(input.name, 'name of the workspace');
  const workspace = em.create(WorkspaceTable, { id: actor.workspaceId, name });
  em.persist(workspace);
  await em.flush();
  audit({ action: 'workspace.created', targetId: workspace.id, details: { name } });
  return workspace;
}
