// Rows of webhooks as they lie in the database (0028-webhooks.ts says what each is). What may be shown of them, and to whom,
// stands in subscription.ts and delivery.ts; nothing here is GraphQL.

import type { EventType } from '../events/event.js';
import type { Id } from '../lib/id.js';

/** PENDING: not tried yet. FAILED: tried, and due again at `nextAt`. DEAD: given up. SUPPRESSED: not told any more. */
export const DELIVERY_STATES = ['PENDING', 'LEASED', 'DELIVERED', 'FAILED', 'DEAD', 'SUPPRESSED'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** EVENT: something happened. HANDSHAKE: the token, to be confirmed. TEST: nothing happened, somebody tries the endpoint. */
export const DELIVERY_KINDS = ['EVENT', 'HANDSHAKE', 'TEST'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

export const SUBSCRIPTION_STATES = ['PENDING', 'ACTIVE', 'PAUSED', 'DISABLED'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** Why a subscription is PAUSED or DISABLED: somebody said so, too much of what was sent failed, or it answered 410. */
export const STATE_REASONS = ['BY_HAND', 'FAILING', 'GONE'] as const;
export type StateReason = (typeof STATE_REASONS)[number];

/** PARALLEL: several at once, in no order. RESOURCE: of one resource one after the other. */
export const LANES = ['PARALLEL', 'RESOURCE'] as const;
export type Lane = (typeof LANES)[number];

/** Which events, besides their types; every member given must hold. As the filter of `events`, with ids parsed. */
export interface StoredFilter {
  types?: EventType[];
  /** `null`: an id nobody has. */
  within?: Id | null;
  propertyIds?: string[];
  /** Leaves out what the connection alone did. */
  notMine?: boolean;
}

export interface SubscriptionRow {
  /** The connection's home. */
  workspaceId: Id;
  id: Id;
  connectionId: Id;
  url: string;
  eventTypes: EventType[];
  filter: StoredFilter;
  /** What the body shows besides the envelope; `null` for nothing. */
  document: string | null;
  lane: Lane;
  state: SubscriptionState;
  stateReason: StateReason | null;
  /** Sealed (secret.ts), as is `previousSecret`, which counts until `overlapUntil`. */
  secret: Buffer;
  previousSecret: Buffer | null;
  overlapUntil: Date | null;
  handshakeExpiresAt: Date | null;
  handshakeTries: number;
  /** When it was confirmed for the first time; `null`: never, and nothing but the token was ever sent there. */
  verifiedAt: Date | null;
  deletedAt: Date | null;
  version: number;
}

export interface DeliveryRow {
  /** That of the event; for a handshake or test the connection's home. */
  workspaceId: Id;
  id: Id;
  subscriptionId: Id;
  kind: DeliveryKind;
  eventPosition: number | null;
  eventId: Id | null;
  eventType: EventType | null;
  resourceId: Id | null;
  occurredAt: Date | null;
  /** Counts what was made for the subscription, in the order in which it was made. */
  sequence: number | null;
  /** The one before it; `null` for the first. */
  previousSequence: number | null;
  state: DeliveryState;
  /** An earlier delivery of the same resource comes first (lane.ts lets it go). */
  waits: boolean;
  /** 1, and one more each time it is sent anew. */
  round: number;
  /** Attempts begun in this round. */
  attempt: number;
  crashes: number;
  nextAt: Date;
  leaseOwner: Id | null;
  leaseUntil: Date | null;
  lastStatus: number | null;
  reason: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}
