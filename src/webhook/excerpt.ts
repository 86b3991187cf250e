// What was sent and what came back, kept for owners of the event's workspace: sealed, and opened for nobody else.

import type { Id } from '../lib/id.js';
import { type KeyRing, open, seal } from '../lib/secret.js';

/** Headers and the beginning of a body. Signatures and secrets are never among them. */
export interface Excerpt {
  headers: Record<string, string>;
  body: string;
}

type Owner = { workspaceId: Id; id: Id };

/** For a delivery, by its workspace and id. */
export const sealExcerpt = (keys: KeyRing, delivery: Owner, excerpt: Excerpt): Buffer =>
  seal(keys.for('webhook-excerpt'), Buffer.from(JSON.stringify(excerpt)), contextOf(delivery));

/** `null` when it was sealed for another delivery, or with another key. */
export function openExcerpt(keys: KeyRing, delivery: Owner, sealed: Buffer): Excerpt | null {
  const plain = open(keys.for('webhook-excerpt'), sealed, contextOf(delivery));
  return plain && (JSON.parse(plain.toString()) as Excerpt);
}

const contextOf = ({ workspaceId, id }: Owner): string => `${workspaceId}/${id}`;
