// One committed write of content, as its command records it. Positions are given after the commit, never here.

import type { Id } from '../lib/id.js';
import type { EventType } from './event.js';

export interface Change {
  type: EventType;
  resourceId: Id;
  resourceVersion: number;
  /** Of the resource as committed, root first, itself last. */
  ancestors: readonly Id[];
  details?: Record<string, unknown>;
  /** Audit entries have one. They never become events, so nothing that has one is a change. */
  action?: never;
}
