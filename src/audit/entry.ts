// Administrative changes: people, permissions, settings, connections, tokens. Never on a webhook: the type is
// another one than that of content events.

import type { Id } from '../lib/id.js';

export const AUDIT_ACTIONS = [
  'workspace.created',
  'workspace.updated',
  'workspace.deleted',
  'workspace.restored',
  'workspace.imported',
  'workspace_policy.updated',
  'teamspace.created',
  'teamspace.updated',
  'teamspace_member.added',
  'teamspace_member.removed',
  'person.created',
  'person.updated',
  'person.email_updated',
  'person.password_updated',
  'member.added',
  'member.invited',
  'member.joined',
  'member.updated',
  'member.removed',
  'member.left',
  'sign_in_link.created',
  'session.started',
  'session.refused',
  'session.ended',
  'personal_access_token.created',
  'personal_access_token.revoked',
  'connection.created',
  'connection.updated',
  'connection.capabilities_updated',
  'connection.suspended',
  'connection.resumed',
  'connection.deleted',
  'connection.approved',
  'connection.disapproved',
  'installation.ended',
  'token.revealed',
  'token.rotated',
  'token.revoked',
  'share.granted',
  'share.updated',
  'share.revoked',
  'act_as.used',
  'audit_log.exported',
  'denials.counted',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEntry {
  action: AuditAction;
  /** What was changed. */
  targetId: Id;
  /** What held before and what holds now, field by field; none where nothing was there. Sensitive values stand as
   *  `REDACTED`, and no secret ever comes here. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** Further facts for whoever reads the log later. */
  details?: Record<string, unknown>;
}

/** In place of a value that does not belong into a log: that it changed is said, not what it is. */
export const REDACTED = '[redacted]';
