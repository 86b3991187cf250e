// Who is asking. GraphQL never serves anybody anonymous; the operator is the command line.

import type { Id } from '../lib/id.js';
import { ALL_BITS, type Bits } from './capability.js';

export const ACTOR_KINDS = ['PERSON', 'CONNECTION', 'OPERATOR'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** From least to most. */
export const WORKSPACE_ROLES = ['GUEST', 'MEMBER', 'OWNER'] as const;
export type WorkspaceRole = (typeof WORKSPACE_ROLES)[number];

interface ActorBase {
  workspaceId: Id;
  /** What the actor as a whole may do. On content the bits of the object count, never these. */
  bits: Bits;
  /** Where the request came from, for the audit log; none on the command line. */
  address?: string;
}

export interface ConnectionActor extends ActorBase {
  kind: 'CONNECTION';
  connectionId: Id;
  installationId: Id;
  /** The user it acts as. */
  botId: Id;
  /** Whose installation it is: it reaches no more than she does. `null` for that of the connection's own workspace. */
  installedById: Id | null;
  /** The owner who asks as this installation, when it is not the installation itself. Nothing is changed then, and
   *  nothing is counted as the installation's. */
  actingFor?: { personId: Id };
  /** The token it is here with; none on the command line. */
  tokenId?: Id;
}

export interface PersonActor extends ActorBase {
  kind: 'PERSON';
  personId: Id;
  /** What counts here: with a personal token that does not administer an owner is no more than a member. */
  role: WorkspaceRole;
  /** How she is here when she is signed in. */
  session?: { id: Id; signedInAt: Date };
  /** How she is here with a personal access token. */
  personalToken?: { id: Id; administers: boolean };
}

export interface OperatorActor extends ActorBase {
  kind: 'OPERATOR';
}

export type Actor = ConnectionActor | PersonActor | OperatorActor;

/** The operator in a workspace: whoever may start the command line may do everything. */
export const operatorOf = (workspaceId: Id): OperatorActor => ({ kind: 'OPERATOR', workspaceId, bits: ALL_BITS });

/** Id of the acting user; the operator is no user and has none. */
export const userIdOf = (actor: Actor): Id | null =>
  actor.kind === 'CONNECTION' ? actor.botId : actor.kind === 'PERSON' ? actor.personId : null;

/** Role in the workspace the actor asks in; connections have none. */
export const roleOf = (actor: Actor): WorkspaceRole | null => (actor.kind === 'PERSON' ? actor.role : null);

export const atLeast = (role: WorkspaceRole | null, needed: WorkspaceRole): boolean =>
  role !== null && WORKSPACE_ROLES.indexOf(role) >= WORKSPACE_ROLES.indexOf(needed);

/** Whether somebody else asks as this actor. */
export const isActedFor = (actor: Actor): boolean => actor.kind === 'CONNECTION' && actor.actingFor !== undefined;

/** What is left of somebody who has just left or deleted the workspace she asks in: what follows in the same operation
 *  finds nothing more. */
export const nobodyAnyMore = (actor: Actor): Actor =>
  actor.kind === 'PERSON' ? { ...actor, role: 'GUEST', bits: 0 } : actor;
