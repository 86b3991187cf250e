// What may they do? Every decision that is not a bit on a field or a row stands here, one sentence each.
// Bits on fields are declared in the schema (field-rule.ts turns them into a table); bits on rows are SQL (content/reach.ts).

import type { Id } from '../lib/id.js';
import {
  type Actor,
  atLeast,
  type ConnectionActor,
  isActedFor,
  type PersonActor,
  roleOf,
  userIdOf,
  type WorkspaceRole,
} from './actor.js';
import { ALL_BITS, type Bits, bitsOf, USER_BITS } from './capability.js';

/** A person may reach the whole workspace when she is a member or an owner, the operator always. */
export const mayReachWholeWorkspace = (actor: Actor): boolean =>
  actor.kind === 'OPERATOR' || atLeast(roleOf(actor), 'MEMBER');

/** Connections, shares, people and settings may be administered by owners and by the operator; a connection never does, and
 *  a personal token where it was made to. */
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

/** An owner may ask as an installation of her workspace that may do no more than she: a token that narrows her would be
 *  widened otherwise. A connection is nobody who could. */
export const mayActAs = (actor: Actor, installation: ConnectionActor): actor is PersonActor =>
  mayActAsSome(actor) && actor.workspaceId === installation.workspaceId && (installation.bits & ~actor.bits) === 0;

/** The same before it is known which: whoever may not act as any is not told whether there is one. */
export const mayActAsSome = (actor: Actor): actor is PersonActor =>
  actor.kind === 'PERSON' && atLeast(actor.role, 'OWNER');

/** Who asks as somebody else may look and change nothing. */
export const mayChange = (actor: Actor): boolean => !isActedFor(actor);

/** A comment is edited by whoever wrote it, and deleted by her and by who administers the workspace: somebody has to be able
 *  to take away what a bot that is gone has left behind. */
export const mayDeleteCommentsOfOthers = (actor: Actor): boolean => mayAdminister(actor);

/** More capabilities are agreed to by whoever installed the connection, unless policy keeps installing to owners, and by
 *  who administers the workspace. */
export const mayApproveUpgrade = (
  actor: Actor,
  { installedBy }: { installedBy: Id | null },
  { whoMayInstall }: { whoMayInstall: 'ANYONE' | 'APPROVED_ONLY' | 'OWNERS' },
): boolean =>
  mayAdminister(actor) || (actor.kind === 'PERSON' && installedBy === actor.personId && whoMayInstall !== 'OWNERS');

/** A public connection may be installed by an owner always, by a member as policy says, by a guest never. */
export const mayInstall = (
  role: WorkspaceRole,
  { policy, isApproved }: { policy: 'ANYONE' | 'APPROVED_ONLY' | 'OWNERS'; isApproved: boolean },
): boolean =>
  role === 'OWNER' || (role === 'MEMBER' && (policy === 'ANYONE' || (policy === 'APPROVED_ONLY' && isApproved)));

/** Whoever installed a connection may disconnect it again, and so may who administers the workspace. */
export const mayUninstall = (actor: Actor, { installedBy }: { installedBy: Id | null }): boolean =>
  mayAdminister(actor) || (actor.kind === 'PERSON' && installedBy === actor.personId);

/** Why a connection may do something, or may not, is told to those who administer, to itself, and to whoever installed it. */
export const mayAskWhy = (
  actor: Actor,
  { installationId, installedBy }: { installationId: Id | null; installedBy: Id | null },
): boolean =>
  mayAdminister(actor) ||
  (actor.kind === 'CONNECTION' && installationId === actor.installationId) ||
  (actor.kind === 'PERSON' && installedBy === actor.personId);

/** Endpoints of a connection may be managed by who administers its home, and by itself: with a token of its own installation
 *  there. Those that people installed for themselves, and tokens of every other workspace, may be in anybody's hands, and an
 *  endpoint is told of all workspaces. */
export const mayManageWebhooks = (actor: Actor, connection: { id: Id; workspaceId: Id }): boolean =>
  actor.workspaceId === connection.workspaceId &&
  (mayAdminister(actor) ||
    (actor.kind === 'CONNECTION' && actor.connectionId === connection.id && actor.installedById === null));

/** Bits on a user's record: those of the actor, and everything about oneself. */
export const bitsOnUser = (actor: Actor, userId: Id): Bits =>
  userIdOf(actor) === userId ? (actor.bits & ~USER_BITS) | USER_BITS : actor.bits;

/** What a role may do where it reaches: a guest sees no e-mail of others. */
export const bitsOfRole = (role: WorkspaceRole): Bits =>
  role === 'GUEST' ? ALL_BITS & ~bitsOf(['USER_READ_EMAIL']) : ALL_BITS;

/** Who belongs to a workspace, its teamspaces and its policy may be known by its members and owners and by the operator:
 *  a guest was let in to some pages, and a connection sees people one by one. */
export const mayKnowTheWorkspace = (actor: Actor): boolean =>
  actor.kind === 'OPERATOR' || atLeast(roleOf(actor), 'MEMBER');

/** Steps somebody takes for herself are taken signed in: a token belongs to one workspace and may be in other hands. */
export const isSignedIn = (actor: Actor): actor is PersonActor & Required<Pick<PersonActor, 'session'>> =>
  actor.kind === 'PERSON' && actor.session !== undefined;

/** A personal token may be had by an owner always, by a member where policy says so, by a guest never. */
export const mayHavePersonalToken = (role: WorkspaceRole, policy: 'OWNERS' | 'MEMBERS'): boolean =>
  role === 'OWNER' || (role === 'MEMBER' && policy === 'MEMBERS');

/** A personal token may be ended by an administrator, by its owner, and by itself; another token of hers has to administer. */
export const mayRevokePersonalToken = (actor: Actor, token: { id: Id; personId: Id }): boolean =>
  mayAdminister(actor) ||
  (actor.kind === 'PERSON' &&
    actor.personId === token.personId &&
    (isSignedIn(actor) || actor.personalToken?.administers === true || actor.personalToken?.id === token.id));

/** What a personal token makes of its person: her role and capabilities, cut by what the token was given. */
export const narrowedBy = (
  role: WorkspaceRole,
  token: { capabilities: Bits; administers: boolean },
): Pick<PersonActor, 'role' | 'bits'> => ({
  role: role === 'OWNER' && !token.administers ? 'MEMBER' : role,
  bits: bitsOfRole(role) & token.capabilities,
});
