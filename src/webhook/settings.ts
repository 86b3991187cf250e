// What whoever runs the gateway says about webhooks, and what the schema knows about documents: handed in at start-up.

import type { Bits } from '../gate/capability.js';
import { judgeUrl } from './address.js';
import type { DegradedField } from './subscription.js';

export interface WebhookSettings {
  /** Endpoints of one connection. */
  maxSubscriptions: number;
  /** What is wrong with an address, in a sentence; `null` for one that may be posted to. Looks at the text alone. */
  judgeUrl(url: string): string | null;
}

/** What a document asks for beyond these bits; empty for nothing. Throws a refusal that says why when no body can be made
 *  of it: it is no GraphQL, does not fit the schema, is too large, or asks for anything but events. */
export type JudgeDocument = (text: string, bits: Bits) => DegradedField[];

declare module '../context.js' {
  interface Context {
    webhooks: WebhookSettings;
    judgeDocument: JudgeDocument;
  }
}

const DEFAULT_MAX_SUBSCRIPTIONS = 20;

export const DEFAULT_WEBHOOK_SETTINGS: WebhookSettings = {
  maxSubscriptions: DEFAULT_MAX_SUBSCRIPTIONS,
  judgeUrl: (url) => judgeUrl(url, { allowed: [], ownHosts: [] }),
};
