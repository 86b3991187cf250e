// Administrative changes: people, permissions, settings, connections, tokens. Never on a webhook: the type is
// another one than that of content events.

import type { Id } from '../lib/id.js';

export const AUDIT_ACTIONS = [
  'workspace.created',
  'person.created',
  'member.added',
  'connection.created',
  'token.rotated',
  'token.revoked',
  'share.granted',
  'share.narrowed',
  'share.revoked',
  'workspace.imported',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEntry {
  action: AuditAction;
  /** What was changed. */
  targetId: Id;
  /** Facts for whoever reads the log later; no secrets. */
  details?: Record<string, unknown>;
}
