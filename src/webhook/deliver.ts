// One attempt: whether it may be told is asked again, its body made, signed and posted, and what came of it written down.

import type { Reader } from '../context.js';
import type { KeyRing } from '../lib/secret.js';
import type { Claimed } from './claim.js';
import type { Egress } from './egress.js';
import { finishDelivery, isGone, type Outcome } from './finish.js';
import { signingSecretsOf } from './secret.js';
import { signatureHeaders } from './signature.js';
import type { Sending, Suppression } from './told.js';

/** Makes the body of an event as it may be told now, or says why it may not. */
export type Render = (reader: Reader, sending: Sending) => Promise<{ body: string } | { suppressed: Suppression }>;

export interface Sender {
  reader: Reader;
  keys: KeyRing;
  egress: Egress;
  render: Render;
  /** Told of bodies that could not be made. */
  crashed(error: unknown, claimed: Claimed): void;
}

/** Sends what was claimed, and writes down what came of it. Answers whether the endpoint said that it is gone. */
export async function deliver(sender: Sender, claimed: Claimed): Promise<{ isGone: boolean }> {
  const began = performance.now();
  const outcome = await attempted(sender, claimed, began);
  const counts = await finishDelivery(sender, claimed, outcome);
  return { isGone: counts && isGone(outcome) };
}

async function attempted(
  { reader, keys, egress, render, crashed }: Sender,
  claimed: Claimed,
  began: number,
): Promise<Outcome> {
  let text: string;
  try {
    const secrets = signingSecretsOf(
      keys,
      {
        workspaceId: claimed.homeId,
        id: claimed.subscriptionId,
        secret: claimed.secret,
        previousSecret: claimed.previousSecret,
        overlapUntil: claimed.overlapUntilMs === null ? null : new Date(claimed.overlapUntilMs),
      },
      new Date(claimed.claimedAtMs),
    );
    if (claimed.kind === 'EVENT') {
      const rendered = await render(reader, claimed);
      if ('suppressed' in rendered) return { kind: 'SUPPRESSED', reason: rendered.suppressed };
      text = rendered.body;
    } else {
      text = JSON.stringify(claimed.kind === 'HANDSHAKE' ? { verification_token: secrets.current } : testBody(claimed));
    }
    const body = Buffer.from(text);
    const timestamp = Math.floor((claimed.claimedAtMs + performance.now() - began) / 1_000);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Gatehouse-Webhooks' };
    const answered = await egress.post({
      endpointId: claimed.subscriptionId,
      url: claimed.url,
      headers: { ...headers, ...signatureHeaders({ id: claimed.id, timestamp, body }, secrets) },
      body,
      attempt: claimed.attempt,
    });
    // The token is for the endpoint alone.
    const request =
      claimed.kind === 'HANDSHAKE' ? null : { headers: { ...headers, 'webhook-id': claimed.id }, body: text };
    return { kind: 'SENT', request, answered };
  } catch (error) {
    crashed(error, claimed);
    return { kind: 'CRASHED' };
  }
}

const testBody = ({ id, subscriptionId, connectionId, attempt }: Claimed): Record<string, unknown> => ({
  id,
  type: 'test',
  subscription_id: subscriptionId,
  integration_id: connectionId,
  attempt_number: attempt,
});
