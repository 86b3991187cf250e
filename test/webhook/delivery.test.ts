// What happened reaches real receivers: confirmed first, signed, tried again, and never told once it may not be any more.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Standard } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { updatePage } from '../../src/content/page-lifecycle.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { parseAllowances } from '../../src/webhook/address.js';
import { claimDue, recoverLost } from '../../src/webhook/claim.js';
import { deliverDue, type Sender } from '../../src/webhook/deliver.js';
import { createWebhookSubscription, verifyWebhookSubscription } from '../../src/webhook/lifecycle.js';
import { settleAttempt } from '../../src/webhook/outcome.js';
import { projectDue } from '../../src/webhook/project.js';
import { operatorIn } from '../asking.js';
import { settled } from '../events/settling.js';
import { type Asker, openWorld, type World } from '../world.js';

interface Came {
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  body: any;
}

let world: World;
let asker: Asker;
let page: Id;
let receiver: Server;
let url: string;
let came: Came[];
/** How the receiver answers: a status, or a status with headers. */
let answers: (number | [number, Record<string, string>])[];

beforeAll(async () => {
  world = await openWorld();
  asker = await world.connection(['CONTENT_READ']);
  page = await world.page({ title: 'Handbook' });
  await world.share(asker, page);
  receiver = createServer(async (request, response) => {
    const text = await textOf(request);
    came.push({ headers: request.headers as Record<string, string>, text, body: JSON.parse(text) });
    const answer = answers.shift() ?? 200;
    const [status, headers] = typeof answer === 'number' ? [answer, {}] : answer;
    response.writeHead(status, headers).end('taken');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
});
afterAll(async () => {
  await new Promise((resolve) => receiver.close(resolve));
  await world[Symbol.asyncDispose]();
});
afterEach(async () => {
  await world.sql('update webhook_subscription set deleted_at = now() where deleted_at is null');
  await world.sql('delete from delivery');
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const sender = (): Sender => ({
  em: world.store.em,
  reader: () => world.store.reader(),
  keys: world.store.keys,
  log: createLog({ level: 'silent' }),
  owner: newId(),
  egress: { allowed: parseAllowances(new URL(url).host)!, maxMs: 2_000 },
  render: world.gateway.renderDelivery,
  userAgent: 'Gatehouse/test',
  signal: new AbortController().signal,
});

/** Everything that is due, as one process sends it. */
async function sendAll(): Promise<void> {
  await settled(world);
  await projectDue(world.store);
  while ((await deliverDue(sender())) > 0);
}

/** What waits for its next attempt is due now. */
const hurry = () => world.sql(`update delivery set next_at = now() where state = 'FAILED'`);

const manager = () => ({
  ...world.store.callerFor(operatorIn(world)),
  keys: world.store.keys,
  webhooks: { maxSubscriptions: 20, judgeUrl: () => null },
  judgeDocument: () => [],
});

/** An endpoint that has confirmed the token it was sent. */
async function endpoint(): Promise<{ id: Id; secret: string }> {
  came = [];
  answers = [];
  const { connectionId } = asker;
  const eventTypes = ['PAGE_PROPERTIES_UPDATED', 'PAGE_CONTENT_UPDATED', 'PAGE_DELETED'] as const;
  const { id } = await createWebhookSubscription(manager(), { connectionId, url, eventTypes: [...eventTypes] });
  await sendAll();
  const secret = came[0]!.body.verification_token;
  await verifyWebhookSubscription(manager(), { id, token: secret });
  came = [];
  return { id, secret };
}

let edits = 0;
const edit = () => updatePage(manager() as never, { id: page, title: `Handbook ${++edits}` } as never);

const states = async (): Promise<string[]> =>
  (
    await world.sql<{ state: string }>(
      `select state || coalesce(' ' || reason, '') as state from delivery where kind = 'EVENT' order by sequence`,
    )
  ).map(({ state }) => state);

describe('An endpoint', () => {
  test('gets its token first, signed with it, and nothing else until that is confirmed', async () => {
    came = [];
    answers = [];
    const { connectionId } = asker;
    await createWebhookSubscription(manager(), { connectionId, url, eventTypes: ['PAGE_PROPERTIES_UPDATED'] });
    await edit();
    await sendAll();
    expect(came.map(({ body }) => Object.keys(body))).toEqual([['verification_token']]);
    const secret: string = came[0]!.body.verification_token;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(new Standard(secret).verify(came[0]!.text, came[0]!.headers)).toEqual({ verification_token: secret });
    const [attempt] = await world.sql<{ request: unknown }>('select request from attempt');
    expect(attempt).toEqual({ request: null });
  });

  test('then gets what happens, with ids alone, in order, and each with the number of the one before', async () => {
    const { id, secret } = await endpoint();
    await edit();
    await sendAll();
    await edit();
    await sendAll();
    expect(came).toHaveLength(2);
    for (const { text, headers } of came) new Standard(secret).verify(text, headers);
    expect(came.map(({ body }) => body)).toMatchObject([
      { type: 'page.properties_updated', entity: { id: page, type: 'page' }, sequence: 1, previous_sequence: null },
      { subscription_id: id, attempt_number: 1, sequence: 2, previous_sequence: 1 },
    ]);
    expect(came[0]!.text).not.toContain('Handbook');
    expect(came[0]!.headers['webhook-id']).not.toBe(came[1]!.headers['webhook-id']);
    expect(await states()).toEqual(['DELIVERED', 'DELIVERED']);
  });

  test('that fails gets the same again, under the same id, until it takes it', async () => {
    await endpoint();
    answers = [500, [503, { 'retry-after': '120' }], 302, 204];
    await edit();
    await sendAll();
    expect(await states()).toEqual(['FAILED STATUS']);
    await hurry();
    await sendAll();
    const [waiting] = await world.sql<{ seconds: number }>(
      `select extract(epoch from next_at - now())::float8 as seconds from delivery where kind = 'EVENT'`,
    );
    expect(waiting!.seconds).toBeGreaterThan(100);
    expect(waiting!.seconds).toBeLessThanOrEqual(120);
    await hurry();
    await sendAll();
    await hurry();
    await sendAll();
    expect(await states()).toEqual(['DELIVERED']);
    expect(new Set(came.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(came.map(({ body }) => body.attempt_number)).toEqual([1, 2, 3, 4]);
  });

  test('that never takes it is given up after nine attempts', async () => {
    await endpoint();
    answers = Array.from({ length: 20 }, () => 500);
    await edit();
    await sendAll();
    for (let n = 0; n < 12; n++) {
      await world.sql(`update webhook_endpoint set breaker = 'CLOSED', window_attempts = 0, window_failures = 0`);
      await hurry();
      await sendAll();
    }
    expect(came).toHaveLength(9);
    expect(await states()).toEqual(['DEAD STATUS']);
  });

  test('that says it is gone is disabled at once, and its owners can read so', async () => {
    const { id } = await endpoint();
    answers = [410];
    await edit();
    await sendAll();
    await edit();
    await sendAll();
    expect(came).toHaveLength(1);
    expect(await world.sql('select state, state_reason from webhook_subscription where id = $1', [id])).toEqual([
      { state: 'DISABLED', state_reason: 'GONE' },
    ]);
    expect(await world.sql(`select 1 from audit_entry where action = 'webhook_subscription.disabled'`)).toHaveLength(1);
  });

  test('that fails too often is left alone, then tried by one probe, and gets the rest once that succeeds', async () => {
    const { id } = await endpoint();
    answers = Array.from({ length: 9 }, () => 500); // with the token that it took: nine of ten
    for (let n = 0; n < 12; n++) {
      await edit();
      await sendAll();
    }
    const breaker = () => world.sql('select breaker from webhook_endpoint where subscription_id = $1', [id]);
    expect(await breaker()).toEqual([{ breaker: 'OPEN' }]);
    expect(came).toHaveLength(9);
    await hurry();
    await sendAll();
    expect(came).toHaveLength(9);
    await world.sql('update webhook_endpoint set breaker_until = now()');
    const [one, other] = await Promise.all([
      claimDue(world.store.em(), newId(), 20),
      claimDue(world.store.em(), newId(), 20),
    ]);
    expect(one.length + other.length, 'a single probe, whoever asks').toBe(1);
    await world.sql(`update delivery set lease_until = now() where state = 'LEASED'`);
    await world.sql(`update webhook_endpoint set probe_until = now()`);
    await recoverLost(world.store.em());
    await hurry();
    await sendAll();
    expect(await breaker()).toEqual([{ breaker: 'CLOSED' }]);
    await hurry();
    await sendAll();
    expect(await states()).toEqual(Array.from({ length: 12 }, () => 'DELIVERED'));
  });

  test('that was paused keeps what happened, and gets it in order once it is resumed', async () => {
    const { id } = await endpoint();
    await world.sql(`update webhook_subscription set state = 'PAUSED', state_reason = 'BY_HAND' where id = $1`, [id]);
    for (let n = 0; n < 5; n++) {
      await edit();
      await sendAll();
    }
    expect(came).toEqual([]);
    await world.sql(`update webhook_subscription set state = 'ACTIVE', state_reason = null where id = $1`, [id]);
    await sendAll();
    const numbers = came.map(({ body }) => body.sequence);
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('What happened is told no more', () => {
  test.each([
    ['once its page is not shared any more', () => world.sql('update share set revoked_at = now()'), 'OUT_OF_REACH'],
    [
      'once the connection has lost its capability',
      () => world.sql(`update capability_grant set capabilities = 0 where revoked_at is null`),
      'OUT_OF_REACH',
    ],
    [
      'once the connection is suspended',
      () =>
        world.sql(`update connection set status = 'SUSPENDED', suspended_at = now() where id = $1`, [
          asker.connectionId,
        ]),
      'CONNECTION_STOPPED',
    ],
  ])('%s', async (_when, end, why) => {
    asker = await world.connection(['CONTENT_READ']);
    await world.share(asker, page);
    await endpoint();
    answers = [500];
    await edit();
    await sendAll();
    await end();
    await hurry();
    await sendAll();
    expect(came).toHaveLength(1);
    expect(await states()).toEqual([`SUPPRESSED ${why}`]);
    asker = await world.connection(['CONTENT_READ']);
    await world.share(asker, page);
  });
});

describe('A process that is stopped in the middle', () => {
  test('loses nothing: another sends it again under the same id, and the first has no say any more', async () => {
    await endpoint();
    await edit();
    await settled(world);
    await projectDue(world.store);
    const owner = newId();
    const [claimed] = await claimDue(world.store.em(), owner, 20);
    expect(await claimDue(world.store.em(), newId(), 20)).toEqual([]);
    await world.sql(`update delivery set lease_until = now() - interval '1 s' where state = 'LEASED'`);
    expect(await recoverLost(world.store.em())).toBe(1);
    await sendAll();
    expect(came).toHaveLength(1);
    expect(came[0]!.headers['webhook-id']).toBe(claimed!.id);
    const outcome = { is: 'FAILED', status: 500, why: 'STATUS', askedMs: null } as const;
    expect(await settleAttempt(world.store.em(), { claimed: claimed!, owner, outcome, told: null })).toBe(false);
    expect(await states()).toEqual(['DELIVERED']);
  });

  test('three times by the same delivery is not stopped by it a fourth time', async () => {
    await endpoint();
    await edit();
    await settled(world);
    await projectDue(world.store);
    for (let n = 0; n < 3; n++) {
      expect(await claimDue(world.store.em(), newId(), 20)).toHaveLength(1);
      await world.sql(`update delivery set lease_until = now() where state = 'LEASED'`);
      await recoverLost(world.store.em());
    }
    expect(await claimDue(world.store.em(), newId(), 20)).toEqual([]);
    expect(await states()).toEqual(['DEAD INTERRUPTED']);
  });
});
