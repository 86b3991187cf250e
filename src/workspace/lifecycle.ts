// Commands on workspaces.

import type { EntityManager } from '@mikro-orm/postgresql';
import { operatorOf } from '../gate/actor.js';
import { newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { commit } from '../unit-of-work.js';
import { WorkspaceTable } from './tables.js';
import type { Workspace } from './workspace.js';

/** Makes a workspace; only the operator does. Refused: a name that is empty or too long. */
export function createWorkspace(em: EntityManager, input: { name: string }): Promise<Workspace> {
  const name = requireName(input.name, 'name of the workspace');
  const id = newId();
  return commit(em, operatorOf(id), async (unit) => {
    const workspace = unit.em.create(WorkspaceTable, { id, name });
    unit.em.persist(workspace);
    await unit.em.flush();
    unit.audit({ action: 'workspace.created', targetId: id, details: { name } });
    return workspace;
  });
}
