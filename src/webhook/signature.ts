// How deliveries are signed: as Standard Webhooks say, with every live secret, and as receivers of the reference product
// check them.

import { createHmac } from 'node:crypto';
import type { SigningSecrets } from './secret.js';

const PREFIX = 'whsec_';

/** Headers that sign a body. `timestamp` counts seconds. While two secrets are live, `webhook-signature` carries one
 *  signature by each and `x-notion-signature` stays with the earlier: so receivers may switch whenever they like until the
 *  overlap ends. */
export function signatureHeaders(
  { id, timestamp, body }: { id: string; timestamp: number; body: Buffer },
  { current, previous }: SigningSecrets,
): Record<string, string> {
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const live = previous === null ? [current] : [current, previous];
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': live.map((secret) => `v1,${mac(keyBytes(secret), signed, 'base64')}`).join(' '),
    'x-notion-signature': `sha256=${mac(previous ?? current, body, 'hex')}`,
  };
}

/** What Standard Webhooks sign with: the bytes that the secret spells. */
const keyBytes = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');

const mac = (key: Buffer | string, message: Buffer, encoding: 'base64' | 'hex'): string =>
  createHmac('sha256', key).update(message).digest(encoding);
