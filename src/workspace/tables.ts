// Columns of workspaces and teamspaces. Policy and tombstone are columns of a workspace that no entity holds.

import { defineEntity, p } from '@mikro-orm/core';
import { Teamspace, TeamspaceAccess } from './teamspace.js';
import { Workspace } from './workspace.js';

export const WorkspaceTable = defineEntity({
  class: Workspace,
  tableName: 'workspace',
  properties: {
    id: p.uuid().primary(),
    name: p.string(),
    iconUrl: p.string().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime().onCreate(() => new Date()),
  } satisfies Record<keyof Workspace, unknown>,
});

export const TeamspaceTable = defineEntity({
  class: Teamspace,
  tableName: 'teamspace',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.string(),
    icon: p.string().nullable(),
    description: p.string().nullable(),
    access: p.enum(Object.values(TeamspaceAccess)),
    archivedAt: p.datetime().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime().onCreate(() => new Date()),
  } satisfies Record<keyof Teamspace, unknown>,
});
