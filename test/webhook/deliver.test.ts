// Sending: what arrives at endpoints, what happens when it does not, and that nothing is sent which may not be told.

import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhookSignature } from '@notionhq/client';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { updateConnection } from '../../src/connection/lifecycle.js';
import { updatePage } from '../../src/content/page-lifecycle.js';
import type { Actor } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { keepWebhooks, type WebhookKeeper } from '../../src/server/keep-webhooks.js';
import { parseEgressAllow } from '../../src/webhook/address.js';
import { takeProbes } from '../../src/webhook/breaker.js';
import { type Claimed, claimDeliveries, recoverLeases } from '../../src/webhook/claim.js';
import { deliver, type Render, type Sender } from '../../src/webhook/deliver.js';
import { createEgress, type Egress } from '../../src/webhook/egress.js';
import { finishDelivery } from '../../src/webhook/finish.js';
import { rotateSigningSecret } from '../../src/webhook/lifecycle.js';
import { projectDue } from '../../src/webhook/project.js';
import { redeliver, replayDeliveries, testWebhookSubscription } from '../../src/webhook/redelivery.js';
import { mintSigningSecret, openSigningSecret, sealSigningSecret } from '../../src/webhook/secret.js';
import { DEFAULT_WEBHOOK_SETTINGS } from '../../src/webhook/settings.js';
import { pauseFailing } from '../../src/webhook/trouble.js';
import { signedIn } from '../asking.js';
import { settled } from '../events/settling.js';
import { type Asker, openWorld, type World } from '../world.js';

interface Received {
  path: string;
  headers: Record<string, string>;
  text: string;
  body: Record<string, never> & { sequence: number; previous_sequence: number | null; attempt_number: number };
}

let world: World;
let owner: Actor;
let server: http.Server;
let port: number;
let received: Received[];
/** By path; 204 without one. */
let answers: Map<string, http.RequestListener>;
beforeAll(async () => {
  world = await openWorld({ poolSize: 8 });
  owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const [path, headers] = [request.url ?? '', request.headers as Record<string, string>];
      received.push({ path, headers, text, body: JSON.parse(text) });
      const answer = answers.get(path);
      if (answer) answer(request, response);
      else response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  received = [];
  answers = new Map();
  await world.sql('update webhook_subscription set deleted_at = now() where deleted_at is null');
});

const egressOf = (totalMs = 2_000): Egress =>
  createEgress({ allowed: parseEgressAllow(`127.0.0.1:${port}`) ?? [], ownHosts: [], totalMs });

interface Endpoint {
  id: Id;
  path: string;
  page: Id;
  asker: Asker;
  share: Id;
}

let paths = 0;
/** A confirmed endpoint of a connection of its own, that reaches a page of its own. */
async function endpoint({ lane = 'PARALLEL', asker }: { lane?: string; asker?: Asker } = {}): Promise<Endpoint> {
  const by = asker ?? (await world.connection(['CONTENT_READ']));
  const page = await world.page();
  const share = await world.share(by, page);
  const [id, path] = [newId(), `/${paths++}`];
  await world.sql(
    `insert into webhook_subscription (workspace_id, id, connection_id, url, event_types, lane, state, verified_at, secret)
     values ($1, $2, $3, $4, '{PAGE_PROPERTIES_UPDATED}', $5, 'ACTIVE', now(), $6)`,
    [
      world.workspaceId,
      id,
      by.connectionId,
      `http://127.0.0.1:${port}${path}`,
      lane,
      sealSigningSecret(world.store.keys, { workspaceId: world.workspaceId, id }, mintSigningSecret()),
    ],
  );
  await world.sql('insert into webhook_endpoint (workspace_id, subscription_id) values ($1, $2)', [
    world.workspaceId,
    id,
  ]);
  await world.sql(
    `insert into webhook_position (workspace_id, subscription_id, position)
     select $1, $2, coalesce((select position from event_log where workspace_id = $1), 0)`,
    [world.workspaceId, id],
  );
  return { id, path, page, asker: by, share };
}

async function happen({ page }: Endpoint, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await updatePage(world.store.callerFor(owner), { id: page, title: newId() });
  await settled(world);
  await projectDue(world.store);
}

const render: Render = (reader, sending) => world.gateway.renderDelivery(reader, sending);

function sender(over: Partial<Sender> = {}): Sender {
  const crashed = () => {};
  return { reader: world.store.reader(), keys: world.store.keys, egress: egressOf(), render, crashed, ...over };
}

const claimed = (owner = newId(), limit = 100): Promise<Claimed[]> =>
  claimDeliveries(world.store.reader(), { owner, limit });

/** Sends everything that is due, as a worker does. */
async function sendDue(over: Partial<Sender> = {}): Promise<number> {
  const by = sender(over);
  let sent = 0;
  try {
    for (;;) {
      const batch = await claimed();
      if (batch.length === 0) return sent;
      sent += batch.length;
      await Promise.all(batch.map((one) => deliver(by, one)));
    }
  } finally {
    by.egress.close();
  }
}

const deliveries = (id: Id) =>
  world.sql<{ id: Id; state: string; reason: string | null; attempt: number; wait: number; crashes: number }>(
    `select id, state, reason, attempt, crashes, extract(epoch from next_at - clock_timestamp())::float8 as wait
       from delivery where subscription_id = $1 order by sequence`,
    [id],
  );

const breakerOf = async (id: Id) =>
  (await world.sql<{ breaker: string }>('select breaker from webhook_endpoint where subscription_id = $1', [id]))[0]
    ?.breaker;

async function working(work: (keeper: WebhookKeeper) => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const keeper = keepWebhooks({ store: world.store, render, egress: egressOf(), log, days: 30 });
  try {
    await work(keeper);
  } finally {
    await keeper.stop();
  }
  return lines;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 8_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error('It did not come to pass.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const secretOf = async (id: Id): Promise<string> => {
  const [row] = await world.sql<{ secret: Buffer }>('select secret from webhook_subscription where id = $1', [id]);
  return openSigningSecret(world.store.keys, { workspaceId: world.workspaceId, id }, row!.secret);
};

describe('What happened arrives', () => {
  test('at every endpoint, complete, with numbers that show a gap', async () => {
    const endpoints = [await endpoint(), await endpoint({ lane: 'RESOURCE' })];
    const lines = await working(async ({ wake }) => {
      for (const one of endpoints) await happen(one, 12);
      wake();
      await until(() => received.length >= 24);
    });
    for (const { id, path } of endpoints) {
      const bodies = received.filter((one) => one.path === path).map(({ body }) => body);
      expect(bodies.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 12 }, (_, i) => i + 1),
      );
      for (const { sequence, previous_sequence } of bodies)
        expect(previous_sequence).toBe(sequence === 1 ? null : sequence - 1);
      expect(new Set((await deliveries(id)).map(({ state }) => state))).toEqual(new Set(['DELIVERED']));
    }
    const inLane = received.filter((one) => one.path === endpoints[1]?.path);
    expect(inLane.map(({ body }) => body.sequence)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    // Neither the log nor what is kept of attempts has a secret.
    for (const { id } of endpoints) expect(lines.join()).not.toContain((await secretOf(id)).slice(6));
  });

  test('a token goes to an endpoint that waits for it, and nothing else does', async () => {
    const one = await endpoint();
    await world.sql(`update webhook_subscription set state = 'PENDING' where id = $1`, [one.id]);
    await world.sql(`insert into delivery (workspace_id, id, subscription_id, kind) values ($1, $2, $3, 'HANDSHAKE')`, [
      world.workspaceId,
      newId(),
      one.id,
    ]);
    await working(async () => {
      await happen(one, 2);
      await until(() => received.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(received.map(({ body }) => body)).toEqual([{ verification_token: await secretOf(one.id) }]);
    const [attempt] = await world.sql<{ request: unknown }>(
      'select request from attempt a join delivery d on d.id = a.delivery_id where d.subscription_id = $1',
      [one.id],
    );
    expect(attempt).toEqual({ request: null });
  });

  test('one that is paused gets everything it missed, in order, once it is resumed', async () => {
    const one = await endpoint({ lane: 'RESOURCE' });
    await world.sql(`update webhook_subscription set state = 'PAUSED' where id = $1`, [one.id]);
    await happen(one, 30);
    expect(await sendDue()).toBe(0);
    await world.sql(`update webhook_subscription set state = 'ACTIVE' where id = $1`, [one.id]);
    await working(async () => until(() => received.length >= 30));
    expect(received.map(({ body }) => body.sequence)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
});

describe('What may not be told is not sent', () => {
  test.each([
    ['the share is gone', 'OUT_OF_REACH', ({ share }: Endpoint) => world.unshare(share)],
    [
      'the capability is gone',
      'OUT_OF_REACH',
      ({ asker }: Endpoint) =>
        updateConnection(world.store.callerFor(owner), { id: asker.connectionId, capabilities: ['CONTENT_INSERT'] }),
    ],
    [
      'the installation is gone',
      'OUT_OF_REACH',
      ({ asker }: Endpoint) =>
        world.sql(`update installation set status = 'ENDED' where id = $1`, [asker.installationId]).then(() => {}),
    ],
    [
      'the connection was stopped',
      'CONNECTION_STOPPED',
      ({ asker }: Endpoint) =>
        world.sql(`update connection set status = 'SUSPENDED' where id = $1`, [asker.connectionId]).then(() => {}),
    ],
  ])('when %s between event and attempt', async (_, reason, take) => {
    const one = await endpoint();
    const other = await endpoint();
    await happen(one);
    await happen(other);
    await take(one);
    await sendDue();
    expect(received.map(({ path }) => path)).toEqual([other.path]);
    expect(await deliveries(one.id)).toMatchObject([{ state: 'SUPPRESSED', reason }]);
  });
});

describe('What did not arrive', () => {
  test('is tried eight times with the same id, later each time, then given up', async () => {
    const one = await endpoint();
    answers.set(one.path, (_, answer) => answer.writeHead(500).end('no'));
    await happen(one);
    const gaps = [15, 120, 600, 3_600, 10_800, 25_200, 46_800];
    for (const gap of gaps) {
      expect(await sendDue()).toBe(1);
      const [tried] = await deliveries(one.id);
      const wait = tried?.wait ?? 0;
      expect(tried?.state).toBe('FAILED');
      expect(wait).toBeGreaterThan(gap * 0.8 - 5);
      expect(wait).toBeLessThan(gap * 1.2 + 1);
      expect(await sendDue()).toBe(0);
      await world.sql('update delivery set next_at = now() where subscription_id = $1', [one.id]);
    }
    await sendDue();
    expect(await deliveries(one.id)).toMatchObject([{ state: 'DEAD', attempt: 8, reason: 'STATUS_500' }]);
    expect(received.map(({ body }) => body.attempt_number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('waits as long as the endpoint says, up to an hour', async () => {
    const one = await endpoint();
    answers.set(one.path, (_, answer) => answer.writeHead(503, { 'retry-after': '1000' }).end());
    await happen(one);
    await sendDue();
    expect((await deliveries(one.id))[0]?.wait).toBeCloseTo(1_000, -1);
  });

  test('is not tried again where the endpoint is gone: it is disabled at once, and owners find out', async () => {
    const one = await endpoint();
    answers.set(one.path, (_, answer) => answer.writeHead(410).end());
    await happen(one, 1);
    await working(async () =>
      until(async () => (await deliveries(one.id))[0]?.state === 'DEAD' && received.length > 0),
    );
    const [row] = await world.sql('select state, state_reason as reason from webhook_subscription where id = $1', [
      one.id,
    ]);
    expect(row).toEqual({ state: 'DISABLED', reason: 'GONE' });
    const entries = await world.sql('select action from audit_entry where target_id = $1', [one.id]);
    expect(entries).toEqual([{ action: 'webhook_subscription.disabled' }]);
  });

  test('opens the breaker when much fails; one probe of all processes decides', async () => {
    const one = await endpoint();
    answers.set(one.path, (_, answer) => answer.writeHead(500).end());
    await happen(one, 12);
    await sendDue();
    expect(await breakerOf(one.id)).toBe('OPEN');
    await world.sql('update delivery set next_at = now() where subscription_id = $1', [one.id]);
    expect(await sendDue()).toBe(0);
    const reader = world.store.reader();
    expect(await takeProbes(reader, newId())).toEqual([]);
    await world.sql('update webhook_endpoint set breaker_until = now() where subscription_id = $1', [one.id]);
    const taken = await Promise.all([1, 2, 3, 4].map(() => takeProbes(reader, newId())));
    expect(taken.flat()).toEqual([one.id]);
    answers.clear();
    const [probe, ...more] = await claimDeliveries(reader, { owner: newId(), limit: 9, probing: [one.id] });
    expect(more).toEqual([]);
    await deliver(sender(), probe!);
    expect(await breakerOf(one.id)).toBe('CLOSED');
    expect(await sendDue()).toBe(11);
  });

  test('pauses an endpoint that failed for hours, and not one that was tried a few times', async () => {
    const [one, other] = [await endpoint(), await endpoint()];
    for (const { path } of [one, other]) answers.set(path, (_, answer) => answer.writeHead(500).end());
    await happen(one, 20);
    await happen(other, 2);
    for (let i = 0; i < 3; i++) {
      await world.sql(`update webhook_endpoint set breaker = 'CLOSED'`);
      await sendDue();
    }
    await world.sql(`update attempt set started_at = started_at - interval '13 hours'`);
    await world.sql(`update webhook_subscription set state_since = now() - interval '3 days'`);
    expect(await pauseFailing(world.store, world.store.reader())).toBe(1);
    const [row] = await world.sql('select state, state_reason as reason from webhook_subscription where id = $1', [
      one.id,
    ]);
    expect(row).toEqual({ state: 'PAUSED', reason: 'FAILING' });
    const entries = await world.sql('select action from audit_entry where target_id = $1', [one.id]);
    expect(entries).toEqual([{ action: 'webhook_subscription.paused' }]);
    expect(await pauseFailing(world.store, world.store.reader())).toBe(0);
  });
});

describe('Sending again', () => {
  test('sends one with the same id and a body as it may be told now, and not what is on its way', async () => {
    const one = await endpoint();
    await happen(one);
    const id = (await deliveries(one.id))[0]?.id as Id;
    const caller = world.store.callerFor(owner);
    await expect(redeliver(caller, { id })).rejects.toThrow('on its way');
    await sendDue();
    await redeliver(caller, { id });
    await sendDue();
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
    await redeliver(caller, { id });
    await world.unshare(one.share);
    await sendDue();
    expect(received).toHaveLength(2);
    expect(await deliveries(one.id)).toMatchObject([{ state: 'SUPPRESSED', reason: 'OUT_OF_REACH' }]);
    await expect(redeliver(caller, { id: newId() })).rejects.toThrow('was not found');
  });

  test('sends a range in order, twice at once or not', async () => {
    const one = await endpoint({ lane: 'RESOURCE' });
    await happen(one, 6);
    await working(async () => until(() => received.length >= 6));
    received = [];
    const range = { id: one.id, fromSequence: 2, toSequence: 5 };
    const caller = () => world.store.callerFor(owner);
    const counts = await Promise.all([replayDeliveries(caller(), range), replayDeliveries(caller(), range)]);
    expect(counts.map(({ count }) => count).sort()).toEqual([0, 4]);
    await working(async () => until(() => received.length >= 4));
    expect(received.map(({ body }) => body.sequence)).toEqual([2, 3, 4, 5]);
    expect(await replayDeliveries(caller(), { ...range, undeliveredOnly: true })).toMatchObject({ count: 0 });
    await expect(replayDeliveries(caller(), { ...range, toSequence: 20_000 })).rejects.toThrow('At most');
  });

  test('a test is sent once, whatever comes of it, and ten times a minute', async () => {
    const one = await endpoint();
    answers.set(one.path, (_, answer) => answer.writeHead(500).end());
    const caller = () => world.store.callerFor(owner);
    const { deliveryId } = await testWebhookSubscription(caller(), { id: one.id });
    await sendDue();
    expect(received.map(({ body }) => body)).toMatchObject([{ id: deliveryId, type: 'test' }]);
    expect(await deliveries(one.id)).toMatchObject([{ state: 'DEAD', reason: 'STATUS_500' }]);
    for (let i = 0; i < 9; i++) await testWebhookSubscription(caller(), { id: one.id });
    await expect(testWebhookSubscription(caller(), { id: one.id })).rejects.toThrow('At most 10');
  });
});

describe('Several processes', () => {
  test('never claim the same delivery, and nothing more of an endpoint that has four in flight', async () => {
    const endpoints = [await endpoint(), await endpoint(), await endpoint()];
    for (const one of endpoints) await happen(one, 10);
    const all = (await Promise.all([claimed(), claimed(), claimed()])).flat();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    await claimed();
    const counts = await world.sql<{ count: number }>(
      `select count(*)::int as count from delivery where state = 'LEASED' group by subscription_id`,
    );
    for (const { count } of counts) expect(count).toBeGreaterThanOrEqual(4);
    expect(await claimed()).toEqual([]);
    await world.sql(
      `update delivery set state = 'FAILED', lease_owner = null, lease_until = null where state = 'LEASED'`,
    );
  });

  test('what one claimed and did not finish is sent by another with the same id; the first one writes nothing', async () => {
    const one = await endpoint();
    await happen(one);
    const [lost] = await claimed();
    await deliver({ ...sender(), reader: { rows: async () => [], sent: 0 } as never }, lost!).catch(() => {});
    expect(await recoverLeases(world.store.reader())).toBe(0);
    expect(await claimed()).toEqual([]);
    await world.sql(`update delivery set lease_until = now() - interval '1 second' where id = $1`, [lost!.id]);
    await recoverLeases(world.store.reader());
    const [again] = await claimed();
    expect(again).toMatchObject({ id: lost!.id, attempt: 2 });
    const late = { kind: 'SENT' as const, request: null, answered: { status: 200, headers: {}, body: '', ms: 1 } };
    expect(await finishDelivery(sender(), lost!, late)).toBe(false);
    expect(await deliveries(one.id)).toMatchObject([{ state: 'LEASED', attempt: 2 }]);
    expect(await finishDelivery(sender(), again!, late)).toBe(true);
    expect(await deliveries(one.id)).toMatchObject([{ state: 'DELIVERED' }]);
  });

  test('what ends its process three times is parked, and others go on', async () => {
    const one = await endpoint();
    await happen(one, 2);
    const [poison, good] = await claimed();
    await deliver(sender(), good!);
    for (let i = 0; i < 3; i++) {
      await world.sql(`update delivery set lease_until = now() - interval '1 second' where id = $1`, [poison!.id]);
      await recoverLeases(world.store.reader());
      if (i < 2) expect(await claimed()).toHaveLength(1);
    }
    expect((await deliveries(one.id)).map(({ state, reason }) => [state, reason]).sort()).toEqual([
      ['DEAD', 'PARKED'],
      ['DELIVERED', null],
    ]);
    expect(await claimed()).toEqual([]);
  });

  test('a body that can not be made is parked after three tries, and others go on', async () => {
    const [one, other] = [await endpoint(), await endpoint()];
    await happen(one);
    await happen(other);
    const broken: Render = async (reader, sending) => {
      if (sending.subscriptionId === one.id) throw new Error('poison');
      return render(reader, sending);
    };
    for (let i = 0; i < 3; i++) {
      await sendDue({ render: broken });
      await world.sql('update delivery set next_at = now() where subscription_id = $1', [one.id]);
    }
    expect(await deliveries(one.id)).toMatchObject([{ state: 'DEAD', reason: 'PARKED' }]);
    expect(await deliveries(other.id)).toMatchObject([{ state: 'DELIVERED' }]);
  });
});

test('A dead and a slow endpoint hold up no others', async () => {
  const all: Endpoint[] = [];
  for (let i = 0; i < 5; i++) all.push(await endpoint());
  const [dead, slow, ...others] = all;
  answers.set(dead!.path, (request) => request.socket.destroy());
  answers.set(slow!.path, () => {}); // until the time is up
  for (const one of all) await happen(one, 6);
  const began = performance.now();
  await working(async () => {
    await until(async () => {
      const [row] = await world.sql<{ count: number }>(
        `select count(*)::int as count from delivery where state = 'DELIVERED' and subscription_id = any($1)`,
        [others.map(({ id }) => id)],
      );
      return row?.count === others.length * 6;
    });
    // The slow one has not even come to the end of its first attempts.
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('Independent receivers', () => {
  const does = (check: () => unknown): boolean => {
    try {
      check();
      return true;
    } catch {
      return false;
    }
  };
  const verify = async ({ headers, text }: Pick<Received, 'headers' | 'text'>, secret: string) => [
    does(() => new StandardWebhook(secret).verify(text, headers)),
    does(() => new SvixWebhook(secret).verify(text, headers)),
    await verifyWebhookSignature({ body: text, signature: headers['x-notion-signature'], verificationToken: secret }),
  ];
  const YES = [true, true, true];

  test('verify every delivery through two rotations, switching when they are told', async () => {
    const one = await endpoint();
    const next = async (): Promise<Received> => {
      await happen(one);
      await sendDue();
      return received.at(-1) as Received;
    };
    let secret = await secretOf(one.id);
    expect(await verify(await next(), secret)).toEqual(YES);
    for (let rotation = 0; rotation < 2; rotation++) {
      const rotated = await rotateSigningSecret(
        { ...world.store.callerFor(owner), ...EndpointManaging },
        { id: one.id },
      );
      const during = await next();
      // Until the overlap ends receivers of Standard Webhooks take either, those of the reference product the old one.
      expect(await verify(during, secret)).toEqual(YES);
      expect(await verify(during, rotated.signingSecret)).toEqual([true, true, false]);
      await world.sql('update webhook_subscription set overlap_until = now() where id = $1', [one.id]);
      const after = await next();
      expect(await verify(after, secret)).toEqual([false, false, false]);
      expect(await verify(after, rotated.signingSecret)).toEqual(YES);
      secret = rotated.signingSecret;
    }
  });

  test('reject each of a thousand that were tampered with', async () => {
    const one = await endpoint();
    await happen(one);
    await sendDue();
    const [{ headers, text }] = received as [Received];
    const secret = await secretOf(one.id);
    for (let i = 0; i < 1_000; i++) {
      const [at, bit] = [i % text.length, 1 << (Math.floor(i / text.length) % 7)];
      const flipped = String.fromCharCode(text.charCodeAt(at) ^ bit);
      const tampered = text.slice(0, at) + flipped + text.slice(at + 1);
      expect(await verify({ headers, text: tampered }, secret)).toEqual([false, false, false]);
    }
    for (const header of ['webhook-id', 'webhook-timestamp']) {
      const altered = { ...headers, [header]: `${headers[header]}1` };
      expect((await verify({ headers: altered, text }, secret)).slice(0, 2)).toEqual([false, false]);
    }
  });
});

/** What commands on endpoints need besides; rotating asks for neither. */
const EndpointManaging = { webhooks: DEFAULT_WEBHOOK_SETTINGS, judgeDocument: () => [] };
