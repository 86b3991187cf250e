// The secret of a subscription: the token of its handshake, and what deliveries are signed with. It is kept sealed, and
// opens for its own subscription alone.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { type KeyRing, open, seal } from '../lib/secret.js';
import type { SubscriptionRow } from './tables.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

type Owner = Pick<SubscriptionRow, 'workspaceId' | 'id'>;

/** A new one: `whsec_` and 32 random bytes in base64. */
export const mintSigningSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64');

export const sealSigningSecret = (keys: KeyRing, owner: Owner, text: string): Buffer =>
  seal(keys.for('webhook-secret'), Buffer.from(text), contextOf(owner));

export function openSigningSecret(keys: KeyRing, owner: Owner, sealed: Buffer): string {
  const plain = open(keys.for('webhook-secret'), sealed, contextOf(owner));
  invariant(plain, 'A signing secret was not sealed for its subscription.');
  return plain.toString();
}

export interface SigningSecrets {
  current: string;
  /** The one before, while receivers may still check with it. */
  previous: string | null;
}

/** Those that are live at this moment. */
export function signingSecretsOf(
  keys: KeyRing,
  subscription: Owner & Pick<SubscriptionRow, 'secret' | 'previousSecret' | 'overlapUntil'>,
  now: Date,
): SigningSecrets {
  const { secret, previousSecret, overlapUntil } = subscription;
  const isOverlapping = previousSecret !== null && overlapUntil !== null && overlapUntil > now;
  return {
    current: openSigningSecret(keys, subscription, secret),
    previous: isOverlapping ? openSigningSecret(keys, subscription, previousSecret) : null,
  };
}

/** Whether a text is this secret; how long it takes tells nothing of it. */
export function isSigningSecret(secret: string, text: string): boolean {
  const [known, given] = [Buffer.from(secret), Buffer.from(text)];
  return known.length === given.length && timingSafeEqual(known, given);
}

const contextOf = ({ workspaceId, id }: { workspaceId: Id; id: Id }): string => `${workspaceId}/${id}`;
