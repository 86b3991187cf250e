// Columns of people and of their membership in workspaces.

import { defineEntity, p } from '@mikro-orm/core';
import { WORKSPACE_ROLES, type WorkspaceRole } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { Person } from './user.js';

export const PersonTable = defineEntity({
  class: Person,
  tableName: 'person',
  properties: {
    id: p.uuid().primary(),
    name: p.string(),
    email: p.string(),
    avatarUrl: p.string().nullable(),
    access: p.integer().persist(false), // given by whoever reads the record for somebody
  } satisfies Record<keyof Person, unknown>,
});

/** A person in a workspace. Ended ones stay, so that what she did keeps her name. */
export class Membership {
  workspaceId!: Id;
  personId!: Id;
  role!: WorkspaceRole;
  endedAt!: Date | null;
}

export const MembershipTable = defineEntity({
  class: Membership,
  tableName: 'membership',
  properties: {
    workspaceId: p.uuid().primary(),
    personId: p.uuid().primary(),
    role: p.enum([...WORKSPACE_ROLES]),
    endedAt: p.datetime().nullable(),
  } satisfies Record<keyof Membership, unknown>,
});
