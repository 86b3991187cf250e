// Columns of people and of their membership in workspaces, and of their tokens.

import { defineEntity, type Opt, p } from '@mikro-orm/core';
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
  /** When she joined, the last time. */
  createdAt!: Opt<Date>;
  endedAt!: Date | null;
  version!: Opt<number>;
}

export const MembershipTable = defineEntity({
  class: Membership,
  tableName: 'membership',
  properties: {
    workspaceId: p.uuid().primary(),
    personId: p.uuid().primary(),
    role: p.enum([...WORKSPACE_ROLES]),
    createdAt: p.datetime().onCreate(() => new Date()),
    endedAt: p.datetime().nullable(),
    version: p.integer().version(),
  } satisfies Record<keyof Membership, unknown>,
});

/** A person's own key to a workspace. Its text is nowhere. */
export class PersonalToken {
  workspaceId!: Id;
  id!: Id;
  personId!: Id;
  name!: string;
  hash!: Buffer;
  lastFour!: string;
  /** Bits. */
  capabilities!: number;
  administer!: boolean;
  expiresAt!: Date;
  revokedAt!: Date | null;
  revokedBy!: Id | null;
}

export const PersonalTokenTable = defineEntity({
  class: PersonalToken,
  tableName: 'personal_access_token',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    personId: p.uuid(),
    name: p.string(),
    hash: p.blob(),
    lastFour: p.string(),
    capabilities: p.integer(),
    administer: p.boolean(),
    expiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    revokedBy: p.uuid().nullable(),
  } satisfies Record<keyof PersonalToken, unknown>,
});
