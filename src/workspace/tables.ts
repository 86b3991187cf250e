// Columns of workspaces.

import { defineEntity, p } from '@mikro-orm/core';
import { Workspace } from './workspace.js';

export const WorkspaceTable = defineEntity({
  class: Workspace,
  tableName: 'workspace',
  properties: {
    id: p.uuid().primary(),
    name: p.string(),
    version: p.integer().version(),
    createdAt: p.datetime().onCreate(() => new Date()),
  } satisfies Record<keyof Workspace, unknown>,
});
