// One attempt: whether it may still be told is asked anew, the body is made and signed now, it is posted, and what came of it
// is written down.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Reader } from '../context.js';
import type { Id } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { KeyRing } from '../lib/secret.js';
import { type Claimed, claimDue } from './claim.js';
import { type EgressOptions, type Posted, post } from './egress.js';
import { sealExcerpt } from './excerpt.js';
import { type Outcome, settleAttempt, type Told } from './outcome.js';
import { askedPause } from './schedule.js';
import { signingSecretsOf } from './secret.js';
import { signatureHeaders } from './signature.js';
import type { Sending, Suppression } from './told.js';

export interface Sender {
  em(): EntityManager;
  reader(): Reader;
  keys: KeyRing;
  log: Logger;
  /** Names this process among those that lease. */
  owner: Id;
  egress: EgressOptions;
  /** Makes the body of an event, or says why it may not be told (api/render-delivery.ts). */
  render(reader: Reader, sending: Sending): Promise<{ body: string } | { suppressed: Suppression }>;
  userAgent: string;
  signal: AbortSignal;
}

/** Deliveries one process has in its hands at once. */
const BATCH = 20;

/** Sends what is due: leases a batch and makes its attempts at once. Answers how many there were. */
export async function deliverDue(sender: Sender): Promise<number> {
  const claimed = await claimDue(sender.em(), sender.owner, BATCH);
  await Promise.all(claimed.map((one) => attempt(sender, one)));
  return claimed.length;
}

async function attempt(sender: Sender, claimed: Claimed): Promise<void> {
  const { em, log, owner } = sender;
  try {
    const { outcome, told } = await send(sender, claimed);
    await settleAttempt(em(), { claimed, owner, outcome, told });
  } catch (error) {
    // Its lease ends by itself: whoever finds it then tries once more.
    log.warn({ err: error, deliveryId: claimed.id }, 'A delivery could not be attempted');
  }
}

async function send(sender: Sender, claimed: Claimed): Promise<{ outcome: Outcome; told: Told | null }> {
  const { keys, egress, userAgent, signal } = sender;
  const rendered = await bodyOf(sender, claimed);
  if ('suppressed' in rendered) return { outcome: { is: 'SUPPRESSED', why: rendered.suppressed }, told: null };
  const { body } = rendered;
  const { subscription, id, workspaceId } = claimed;
  const startedAt = new Date();
  const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': userAgent };
  const signatures = signatureHeaders(signingSecretsOf(keys, subscription, startedAt), { id, sentAt: startedAt, body });
  const posted = await post({ url: subscription.url, headers: { ...headers, ...signatures }, body, signal }, egress);
  const ms = Date.now() - startedAt.getTime();
  const delivery = { workspaceId, id };
  return {
    outcome: outcomeOf(posted),
    told: {
      startedAt,
      ms,
      // The token of a handshake is for whoever reads it at the endpoint alone.
      request:
        claimed.kind === 'HANDSHAKE' ? null : sealExcerpt(keys, delivery, { headers, body: body.slice(0, KEPT) }),
      response:
        posted.is === 'ANSWERED'
          ? sealExcerpt(keys, delivery, { headers: posted.headers, body: posted.body.slice(0, KEPT_OF_ANSWER) })
          : null,
    },
  };
}

const KEPT = 16_000;
const KEPT_OF_ANSWER = 1_000;

async function bodyOf(
  { render, reader, keys }: Sender,
  claimed: Claimed,
): Promise<{ body: string } | { suppressed: Suppression }> {
  switch (claimed.kind) {
    case 'EVENT':
      return render(reader(), claimed);
    case 'HANDSHAKE': {
      const { current } = signingSecretsOf(keys, claimed.subscription, new Date());
      return { body: JSON.stringify({ verification_token: current }) };
    }
    case 'TEST':
      return {
        body: JSON.stringify({
          id: claimed.id,
          timestamp: claimed.createdAt.toISOString(),
          subscription_id: claimed.subscriptionId,
          type: 'test',
          attempt_number: claimed.attempt,
        }),
      };
  }
}

function outcomeOf(posted: Posted): Outcome {
  if (posted.is === 'FAILED') return { is: 'FAILED', status: null, why: posted.why, askedMs: null };
  const { status, headers } = posted;
  if (status >= 200 && status < 300) return { is: 'DELIVERED', status };
  if (status === 410) return { is: 'GONE', status };
  return { is: 'FAILED', status, why: 'STATUS', askedMs: askedPause(headers['retry-after'], new Date()) };
}
