// What a receiver knows a delivery by: the headers of Standard Webhooks (https://www.standardwebhooks.com, spec 1.0), and the
// one of the reference product.

import { createHmac } from 'node:crypto';
import type { SigningSecrets } from './secret.js';

export interface Signed {
  /** The same for every attempt. */
  id: string;
  sentAt: Date;
  body: string;
}

/** Headers that sign a body. While a secret is being replaced `webhook-signature` carries one signature for each, the new one
 *  first, and `x-notion-signature` stays with the old: its receivers know one secret at a time. */
export function signatureHeaders({ current, previous }: SigningSecrets, signed: Signed): Record<string, string> {
  const timestamp = String(Math.floor(signed.sentAt.getTime() / 1_000));
  const secrets = previous === null ? [current] : [current, previous];
  return {
    'webhook-id': signed.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${standardSignature(secret, timestamp, signed)}`).join(' '),
    'x-notion-signature': `sha256=${createHmac('sha256', previous ?? current)
      .update(signed.body)
      .digest('hex')}`,
  };
}

/** Keyed with the decoded bytes of the secret, over id, time and body. */
function standardSignature(secret: string, timestamp: string, { id, body }: Signed): string {
  const key = Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}
