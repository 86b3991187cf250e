// Columns of shares.

import { defineEntity, p } from '@mikro-orm/core';
import type { Bits } from '../gate/capability.js';
import type { Id } from '../lib/id.js';

/** A resource opened to an installation or to a guest, from when to when. */
export class Share {
  workspaceId!: Id;
  id!: Id;
  installationId!: Id | null;
  personId!: Id | null;
  resourceId!: Id;
  access!: Bits;
  expiresAt!: Date | null;
  revokedAt!: Date | null;
}

export const ShareTable = defineEntity({
  class: Share,
  tableName: 'share',
  properties: {
    workspaceId: p.uuid(),
    id: p.uuid().primary(),
    installationId: p.uuid().nullable(),
    personId: p.uuid().nullable(),
    resourceId: p.uuid(),
    access: p.integer(),
    expiresAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  } satisfies Record<keyof Share, unknown>,
});
