// Administrative changes: people, permissions, settings, connections, tokens. Never on a webhook: the type is
// another one than that of content events.

import type { Id } from '../lib/id.js';

export const AUDIT_ACTIONS = [
  'workspace.created',
  'workspace.updated',
  'workspace.deleted',
  'workspace.restored',
  'workspace.imported',
  'import.started',
  'import.finished',
  'import.failed',
  'workspace_policy.updated',
  'teamspace.created',
  'teamspace.updated',
  'teamspace_member.added',
  'teamspace_member.removed',
  'group.created',
  'group.updated',
  'group.deleted',
  'group_member.added',
  'group_member.removed',
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
  'passkey.created',
  'passkey.deleted',
  'personal_access_token.created',
  'personal_access_token.revoked',
  'connection.created',
  'connection.updated',
  'connection.capabilities_updated',
  'connection.suspended',
  'connection.resumed',
  'connection.deleted',
  'connection.published',
  'connection.installed',
  'redirect_uris.updated',
  'client_secret.rotated',
  'upgrade.approved',
  'connection.approved',
  'connection.disapproved',
  'connection.uninstalled',
  'token.revealed',
  'token.rotated',
  'token.revoked',
  'webhook_subscription.created',
  'webhook_subscription.updated',
  'webhook_subscription.verified',
  'webhook_subscription.verification_refused',
  'webhook_subscription.verification_resent',
  'webhook_subscription.paused',
  'webhook_subscription.disabled',
  'webhook_subscription.resumed',
  'webhook_subscription.tested',
  'webhook_subscription.deleted',
  'webhook_subscription.failing',
  'webhook_subscription.disabled',
  'delivery.redelivered',
  'delivery.replayed',
  'signing_secret.rotated',
  'share.granted',
  'share.updated',
  'share.revoked',
  'page.erased',
  'database.erased',
  'data_source.erased',
  'act_as.used',
  'audit_log.exported',
  'denials.counted',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The log of what belongs to no workspace: a sign-in of somebody who is in none. Only the command line reads it. */
export const INSTALLATION_LOG: Id = '00000000-0000-0000-0000-000000000000';

/** What a command records. It becomes one row of the log (append.ts), for good. */
export interface AuditEntry {
  action: AuditAction;
  /** What was changed. */
  targetId: Id;
  /** What held before and what holds now, field by field; none where nothing was there. Sensitive values become
   *  `REDACTED` on the way into the log (sensitive.ts), and no secret ever comes here. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** Further facts for whoever reads the log later. */
  details?: Record<string, unknown>;
  /** Whose log it belongs into, when that is not the workspace the actor asks in; `INSTALLATION_LOG` for none. */
  workspaceId?: Id;
  /** Nobody was signed in: the entry names no actor, only the address. For what is refused at the door. */
  byNobody?: boolean;
  /** An audit entry is no change of content, and nothing that is both can be made. */
  type?: never;
}

/** In place of a value that does not belong into a log: that it changed is said, not what it is. */
export const REDACTED = '[redacted]';
