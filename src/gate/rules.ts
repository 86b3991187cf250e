// What may they do? Every decision that is not a bit on a field or a row stands here, one sentence each.
// Bits on fields are declared in the schema (field-rule.ts turns them into a table); bits on rows are SQL (content/reach.ts).

import type { Id } from '../lib/id.js';
import { type Actor, atLeast, roleOf, userIdOf, type WorkspaceRole } from './actor.js';
import { ALL_BITS, type Bits, bitsOf, USER_BITS } from './capability.js';

/** A person may reach the whole workspace when she is a member or an owner, the operator always. */
export const mayReachWholeWorkspace = (actor: Actor): boolean =>
  actor.kind === 'OPERATOR' || atLeast(roleOf(actor), 'MEMBER');

/** Connections, shares, people and settings may be administered by owners and by the operator; a token never administers. */
export const mayAdminister = (actor: Actor): boolean => actor.kind === 'OPERATOR' || atLeast(roleOf(actor), 'OWNER');

/** Any page may be shared by owners, and by members too unless the workspace keeps that to its owners; with a personal
 *  token only where it administers. A guest shares nothing, and no connection ever opens anything to itself or another. */
export const mayShare = (actor: Actor, policy: { ownersOnlyShares: boolean }): boolean =>
  actor.kind === 'OPERATOR' ||
  (actor.kind === 'PERSON' &&
    atLeast(actor.role, policy.ownersOnlyShares ? 'OWNER' : 'MEMBER') &&
    actor.personalToken?.administers !== false);

/** Steps that cannot be taken back, or that show a secret, need a sign-in within ten minutes; the operator is at the
 *  machine anyway, and a token is nobody who could sign in. */
export const hasSignedInFreshly = (actor: Actor, now: Date): boolean =>
  actor.kind === 'OPERATOR' ||
  (actor.kind === 'PERSON' &&
    actor.session !== undefined &&
    now.getTime() - actor.session.signedInAt.getTime() <= FRESH_SIGN_IN_MS);

const FRESH_SIGN_IN_MS = 600_000; // 10 minutes

/** More capabilities are agreed to by whoever installed the connection, or by who administers the workspace. */
export const mayApproveUpgrade = (actor: Actor, { installedBy }: { installedBy: Id | null }): boolean =>
  mayAdminister(actor) || (actor.kind === 'PERSON' && installedBy === actor.personId);

/** A public connection may be installed by an owner always, by a member as policy says, by a guest never. */
export const mayInstall = (
  role: WorkspaceRole,
  { policy, isApproved }: { policy: 'ANYONE' | 'APPROVED_ONLY' | 'OWNERS'; isApproved: boolean },
): boolean =>
  role === 'OWNER' || (role === 'MEMBER' && (policy === 'ANYONE' || (policy === 'APPROVED_ONLY' && isApproved)));

/** Whoever installed a connection may disconnect it again, and so may who administers the workspace. */
export const mayUninstall = (actor: Actor, { installedBy }: { installedBy: Id | null }): boolean =>
  mayAdminister(actor) || (actor.kind === 'PERSON' && installedBy === actor.personId);

/** Bits on a user's record: those of the actor, and everything about oneself. */
export const bitsOnUser = (actor: Actor, userId: Id): Bits =>
  userIdOf(actor) === userId ? (actor.bits & ~USER_BITS) | USER_BITS : actor.bits;

/** What a role may do where it reaches: a guest sees no e-mail of others. */
export const bitsOfRole = (role: 'OWNER' | 'MEMBER' | 'GUEST'): Bits =>
  role === 'GUEST' ? ALL_BITS & ~bitsOf(['USER_READ_EMAIL']) : ALL_BITS;
