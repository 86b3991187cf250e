// Endpoints of connections: who manages them, how they are confirmed, what their documents may ask for, and which deliveries
// come of what happens.

import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteConnection, updateConnection } from '../../src/connection/lifecycle.js';
import { createPage, updatePage } from '../../src/content/page-lifecycle.js';
import { trashPage } from '../../src/content/trash.js';
import { type Actor, type ConnectionActor, operatorOf } from '../../src/gate/actor.js';
import { ALL_BITS, bitsOf, type Capability } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { keepWebhooks, type WebhookKeeper } from '../../src/server/keep-webhooks.js';
import { grantShare } from '../../src/share/lifecycle.js';
import { judgeUrl, parseEgressAllow } from '../../src/webhook/address.js';
import { createEgress } from '../../src/webhook/egress.js';
import { sealExcerpt } from '../../src/webhook/excerpt.js';
import { releaseStranded } from '../../src/webhook/lane.js';
import {
  createWebhookSubscription,
  type EndpointManager,
  updateWebhookSubscription,
} from '../../src/webhook/lifecycle.js';
import { projectDue } from '../../src/webhook/project.js';
import { openSigningSecret } from '../../src/webhook/secret.js';
import type { Sending } from '../../src/webhook/told.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { askAs, mutate, operatorIn, signedIn } from '../asking.js';
import { settled } from '../events/settling.js';
import { publicConnection } from '../oauth/installing.js';
import { type Asker, openWorld, type World } from '../world.js';

let world: World;
let reader: Asker;
let owner: Actor;
beforeAll(async () => {
  world = await openWorld();
  reader = await world.connection(['CONTENT_READ']);
  owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
});
afterAll(() => world[Symbol.asyncDispose]());

const URL_OF = 'https://hooks.example.org/in';
const TYPES = ['PAGE_PROPERTIES_UPDATED', 'PAGE_DELETED'];
const SHOWN = 'webhookSubscription { id url state stateReason version eventTypes filter { notMine within } document }';

async function asItself(asker: Asker, bits = ALL_BITS): Promise<ConnectionActor> {
  const [row] = await world.sql<{ bot: Id }>('select bot_id as bot from installation where id = $1', [
    asker.installationId,
  ]);
  return {
    kind: 'CONNECTION',
    workspaceId: world.workspaceId,
    connectionId: asker.connectionId,
    installationId: asker.installationId,
    botId: row!.bot,
    installedById: null,
    bits,
  };
}

async function made(actor: Actor, input: Record<string, unknown> = {}): Promise<{ id: Id; version: number }> {
  const payload = await mutate(
    world,
    actor,
    'createWebhookSubscription',
    { connectionId: reader.connectionId, url: URL_OF, eventTypes: TYPES, ...input },
    SHOWN,
  );
  expect(payload.userErrors).toEqual([]);
  // Handshakes are counted by the minute.
  await world.sql(`update delivery set created_at = created_at - interval '1 hour' where kind = 'HANDSHAKE'`);
  return payload.webhookSubscription;
}

/** The token, as the endpoint gets it. */
async function tokenOf(id: Id): Promise<string> {
  const [row] = await world.sql<{ secret: Buffer }>('select secret from webhook_subscription where id = $1', [id]);
  return openSigningSecret(world.store.keys, { workspaceId: world.workspaceId, id }, row!.secret);
}

async function verified(input: Record<string, unknown> = {}): Promise<Id> {
  const { id } = await made(owner, input);
  const { userErrors } = await mutate(world, owner, 'verifyWebhookSubscription', { id, token: await tokenOf(id) });
  expect(userErrors).toEqual([]);
  return id;
}

const stateOf = async (id: Id): Promise<string | undefined> =>
  (await world.sql<{ state: string }>('select state from webhook_subscription where id = $1', [id]))[0]?.state;

const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] => userErrors.map(({ code }) => code);

type Input = 'CreateWebhookSubscriptionInput';
const INPUT_OF: Record<string, string> = {
  pauseWebhookSubscription: 'WebhookSubscriptionInput',
  resumeWebhookSubscription: 'WebhookSubscriptionInput',
  deleteWebhookSubscription: 'WebhookSubscriptionInput',
  resendWebhookVerification: 'WebhookSubscriptionInput',
};

/** What a mutation on one endpoint answers. */
async function carried(actor: Actor, mutation: string, input: Record<string, unknown>): Promise<string[]> {
  const type = INPUT_OF[mutation] ?? (`${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input` as Input);
  const { data, errors } = await askAs(
    world,
    actor,
    `mutation M($input: ${type}!) { payload: ${mutation}(input: $input) { userErrors { code message } } }`,
    { input },
  );
  if (!data) throw new Error(JSON.stringify(errors));
  return codes(data.payload as never);
}

describe('Who manages endpoints', () => {
  async function inState(state: string): Promise<Id> {
    const { id } = await made(owner);
    await world.sql('update webhook_subscription set state = $2, verified_at = now() where id = $1', [id, state]);
    return id;
  }
  const COMMANDS: [mutation: string, state: 'PENDING' | 'ACTIVE' | 'PAUSED', more: Record<string, unknown>][] = [
    ['updateWebhookSubscription', 'ACTIVE', { lane: 'RESOURCE' }],
    ['resendWebhookVerification', 'PENDING', {}],
    ['pauseWebhookSubscription', 'ACTIVE', {}],
    ['resumeWebhookSubscription', 'PAUSED', {}],
    ['rotateSigningSecret', 'ACTIVE', {}],
    ['deleteWebhookSubscription', 'ACTIVE', {}],
  ];

  async function actors(): Promise<Record<string, Actor>> {
    const [member, guest] = [await world.person({ role: 'MEMBER' }), await world.person({ role: 'GUEST' })];
    const token = { id: newId(), administers: false };
    const other = await world.connection(['CONTENT_READ']);
    return {
      owner,
      operator: operatorIn(world),
      'the connection itself': await asItself(reader),
      member: signedIn(world, member, 'MEMBER'),
      guest: signedIn(world, guest, 'GUEST'),
      'a personal token that does not administer': {
        ...(signedIn(world, member, 'MEMBER') as Actor),
        personalToken: token,
      } as Actor,
      'another connection': await asItself(other),
      'the connection as somebody installed it': { ...(await asItself(reader)), installedById: member.id },
      'the connection elsewhere': { ...(await asItself(reader)), workspaceId: newId() },
    };
  }
  const MAY = ['owner', 'operator', 'the connection itself'];

  test('owners of the home and the connection itself, and nobody else', async () => {
    const standing = new Map<string, Id>();
    for (const [, state] of COMMANDS) standing.set(state, await inState(state));
    for (const [name, actor] of Object.entries(await actors())) {
      const may = MAY.includes(name);
      const refused = [actor.kind === 'PERSON' ? 'FORBIDDEN' : 'NOT_FOUND'];
      const input = { connectionId: reader.connectionId, url: URL_OF, eventTypes: TYPES };
      expect([name, await carried(actor, 'createWebhookSubscription', input)]).toEqual([name, may ? [] : refused]);
      for (const [mutation, state, more] of COMMANDS) {
        const id = may ? await inState(state) : standing.get(state);
        const came = await carried(actor, mutation, { id, ...more });
        expect([name, mutation, came]).toEqual([name, mutation, may ? [] : refused]);
      }
      await world.sql(`update delivery set created_at = created_at - interval '1 hour' where kind = 'HANDSHAKE'`);
      await world.sql('update webhook_subscription set deleted_at = now() where not id = any($1)', [
        [...standing.values()],
      ]);
    }
    for (const [state, id] of standing) expect(await stateOf(id)).toBe(state);
    await world.sql('update webhook_subscription set deleted_at = now()');
  });

  test('a connection names itself by leaving its id out, a person can not', async () => {
    const input = { url: URL_OF, eventTypes: TYPES };
    const payload = await mutate(world, await asItself(reader), 'createWebhookSubscription', input, SHOWN);
    expect(payload.webhookSubscription).toMatchObject({ url: URL_OF, state: 'PENDING', eventTypes: TYPES });
    expect(codes(await mutate(world, owner, 'createWebhookSubscription', input))).toEqual(['REQUIRED']);
  });

  test('only those see them, and a list of them is empty for the connection as somebody installed it', async () => {
    const { id } = await made(owner);
    const query = `{ connection(id: "${reader.connectionId}") { webhookSubscriptions { id } } node(id: "${id}") { id } }`;
    const seen = async (actor: Actor) => {
      const { data } = await askAs(world, actor, query);
      const { connection, node } = data as {
        connection: { webhookSubscriptions: { id: Id }[] | null } | null;
        node: unknown;
      };
      return [connection?.webhookSubscriptions?.some((one) => one.id === id) ?? false, node !== null];
    };
    expect(await seen(owner)).toEqual([true, true]);
    expect(await seen(await asItself(reader))).toEqual([true, true]);
    const member = await world.person();
    expect(await seen(signedIn(world, member, 'MEMBER'))).toEqual([false, false]);
    expect(await seen({ ...(await asItself(reader)), installedById: member.id })).toEqual([false, false]);
    expect(await seen(await asItself(await world.connection(['CONTENT_READ'])))).toEqual([false, false]);
  });

  test('every command is in the audit log, and no secret is', async () => {
    const { id } = await made(owner);
    const token = await tokenOf(id);
    await carried(owner, 'verifyWebhookSubscription', { id, token: 'wrong' });
    await carried(owner, 'verifyWebhookSubscription', { id, token });
    for (const mutation of ['pauseWebhookSubscription', 'resumeWebhookSubscription', 'rotateSigningSecret'])
      await carried(owner, mutation, { id });
    await carried(owner, 'updateWebhookSubscription', { id, url: `${URL_OF}/new` });
    await carried(owner, 'resendWebhookVerification', { id });
    await carried(owner, 'deleteWebhookSubscription', { id });
    const entries = await world.sql<{ action: string; row: string }>(
      'select action, to_jsonb(a)::text as row from audit_entry a where target_id = $1 order by position',
      [id],
    );
    expect(entries.map(({ action }) => action)).toEqual([
      'webhook_subscription.created',
      'webhook_subscription.verification_refused',
      'webhook_subscription.verified',
      'webhook_subscription.paused',
      'webhook_subscription.resumed',
      'signing_secret.rotated',
      'webhook_subscription.updated',
      'webhook_subscription.verification_resent',
      'webhook_subscription.deleted',
    ]);
    expect(entries.map(({ row }) => row).join()).not.toContain('whsec_');
    const [left] = await world.sql<{ secret: Buffer }>('select secret from webhook_subscription where id = $1', [id]);
    expect(left!.secret).toHaveLength(0);
  });
});

describe('An endpoint', () => {
  test.each([
    ['no type of event', { eventTypes: [] }, 'REQUIRED'],
    ['http', { url: 'http://hooks.example.org/in' }, 'INVALID'],
    ['no address', { url: 'hooks' }, 'INVALID'],
    ['an address that is too long', { url: `https://hooks.example.org/${'a'.repeat(2_000)}` }, 'TOO_LONG'],
    ['a connection that is not there', { connectionId: newId() }, 'NOT_FOUND'],
  ])('is refused with %s', async (_, input, code) => {
    const given = { connectionId: reader.connectionId, url: URL_OF, eventTypes: TYPES, ...input };
    expect(codes(await mutate(world, owner, 'createWebhookSubscription', given))).toEqual([code]);
  });

  test('is one of at most twenty of a connection', async () => {
    const { connectionId } = await world.connection(['CONTENT_READ']);
    for (let i = 0; i < 20; i++) await made(owner, { connectionId });
    const input = { connectionId, url: URL_OF, eventTypes: TYPES };
    expect(codes(await mutate(world, owner, 'createWebhookSubscription', input))).toEqual(['INVALID_STATE']);
  });

  test('is changed by its version, and another address waits to be confirmed, with another secret', async () => {
    const id = await verified();
    const token = await tokenOf(id);
    const stale = await mutate(world, owner, 'updateWebhookSubscription', { id, expectedVersion: 1, lane: 'RESOURCE' });
    expect(codes(stale)).toEqual(['STALE_VERSION']);
    const { webhookSubscription: same } = await mutate(
      world,
      owner,
      'updateWebhookSubscription',
      { id, expectedVersion: 2, filter: { notMine: true } },
      SHOWN,
    );
    expect(same).toMatchObject({ state: 'ACTIVE', version: 3, filter: { notMine: true, within: null } });
    const { webhookSubscription: moved } = await mutate(
      world,
      owner,
      'updateWebhookSubscription',
      { id, url: `${URL_OF}/2` },
      SHOWN,
    );
    expect(moved).toMatchObject({ state: 'PENDING', url: `${URL_OF}/2` });
    expect(codes(await mutate(world, owner, 'verifyWebhookSubscription', { id, token }))).toEqual(['INVALID']);
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token: await tokenOf(id) })).toEqual([]);
  });

  test('keeps the secret before for a day, and is never given one before it is confirmed', async () => {
    const { id } = await made(owner);
    expect(await carried(owner, 'rotateSigningSecret', { id })).toEqual(['INVALID_STATE']);
    const token = await tokenOf(id);
    await carried(owner, 'verifyWebhookSubscription', { id, token });
    const rotated = await mutate(
      world,
      owner,
      'rotateSigningSecret',
      { id },
      'signingSecret previousValidUntil webhookSubscription { previousSecretValidUntil }',
    );
    expect(rotated.signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rotated.signingSecret).not.toBe(token);
    const hours = (Date.parse(rotated.previousValidUntil) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    const [row] = await world.sql<{ previous: Buffer }>(
      'select previous_secret as previous from webhook_subscription where id = $1',
      [id],
    );
    const owned = { workspaceId: world.workspaceId, id };
    expect(openSigningSecret(world.store.keys, owned, row!.previous)).toBe(token);
  });
});

describe('The token', () => {
  test('is posted once, confirms once, and is answered to nobody', async () => {
    const { id } = await made(owner);
    const handshakes = await world.sql('select state from delivery where subscription_id = $1', [id]);
    expect(handshakes).toEqual([{ state: 'PENDING' }]);
    const token = await tokenOf(id);
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token })).toEqual([]);
    expect(await stateOf(id)).toBe('ACTIVE');
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token })).toEqual(['INVALID_STATE']);
  });

  test('confirms nothing after a day, nor after five wrong ones, until it is posted again', async () => {
    const { id } = await made(owner);
    const token = await tokenOf(id);
    await world.sql(`update webhook_subscription set handshake_expires_at = now() - interval '1 s' where id = $1`, [
      id,
    ]);
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token })).toEqual(['INVALID_STATE']);
    expect(await carried(owner, 'resendWebhookVerification', { id })).toEqual([]);
    for (let i = 0; i < 5; i++) {
      expect(await carried(owner, 'verifyWebhookSubscription', { id, token: `${token}${i}` })).toEqual(['INVALID']);
    }
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token })).toEqual(['INVALID_STATE']);
    expect(await carried(owner, 'resendWebhookVerification', { id })).toEqual([]);
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token })).toEqual([]);
    const states = await world.sql(
      'select state, reason from delivery where subscription_id = $1 order by created_at',
      [id],
    );
    expect(states).toEqual([
      { state: 'SUPPRESSED', reason: 'REPLACED' },
      { state: 'SUPPRESSED', reason: 'REPLACED' },
      { state: 'SUPPRESSED', reason: 'CONFIRMED' },
    ]);
  });

  test('is posted at most ten times in a minute', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    const { id } = await made(owner, { connectionId: asker.connectionId });
    const came = [];
    for (let i = 0; i < 11; i++) came.push(...(await carried(owner, 'resendWebhookVerification', { id })));
    expect(came).toEqual(['RATE_LIMITED']);
  });
});

describe('The handshake', () => {
  let server: http.Server;
  let received: { path: string | undefined; body: Record<string, string> }[];
  let keeper: WebhookKeeper;
  let manager: EndpointManager;
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        received.push({ path: request.url, body: JSON.parse(text) });
        response.writeHead(200).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    received = [];
    const destinations = { allowed: parseEgressAllow(`127.0.0.1:${portOf(server)}`) ?? [], ownHosts: [] };
    manager = {
      ...world.store.callerFor(owner),
      webhooks: { maxSubscriptions: 5, judgeUrl: (url) => judgeUrl(url, destinations) },
      judgeDocument: () => [],
    };
    keeper = keepWebhooks({
      store: world.store,
      render: world.gateway.renderDelivery,
      egress: createEgress(destinations),
      log: createLog({ level: 'silent' }),
      days: 30,
    });
  });
  afterAll(async () => {
    await keeper.stop();
    server.closeAllConnections();
    server.close();
  });
  const portOf = (of: http.Server): number => (of.address() as AddressInfo).port;
  const arrived = (path: string) => received.filter((one) => one.path === path).map(({ body }) => body);
  const tokenAt = async (path: string): Promise<string> => {
    await expect
      .poll(() => arrived(path), { timeout: 10_000 })
      .toMatchObject([{ verification_token: expect.stringMatching(/^whsec_/) }]);
    return arrived(path)[0]!.verification_token as string;
  };

  test('posts the token to a real endpoint, and nothing else before it came back; another address begins anew', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    await world.share(asker, page);
    const rename = async () => {
      await updatePage(world.store.callerFor(owner), { id: page, title: newId() });
      await settled(world);
      keeper.wake();
    };
    const at = (path: string) => `http://127.0.0.1:${portOf(server)}${path}`;
    const { connectionId } = asker;
    const { id } = await createWebhookSubscription(manager, {
      connectionId,
      url: at('/one'),
      eventTypes: ['PAGE_PROPERTIES_UPDATED'],
    });
    const token = await tokenAt('/one');
    await rename();
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token })).toEqual([]);
    await rename();
    await expect.poll(() => arrived('/one').length, { timeout: 10_000 }).toBe(2);
    expect(arrived('/one')[1]).toMatchObject({ type: 'page.properties_updated', sequence: 1 });
    await updateWebhookSubscription(manager, { id, url: at('/two') });
    const second = await tokenAt('/two');
    expect(second).not.toBe(token);
    await rename(); // kept for the new address
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token })).toEqual(['INVALID']);
    expect(await carried(owner, 'verifyWebhookSubscription', { id, token: second })).toEqual([]);
    keeper.wake();
    await expect.poll(() => arrived('/two').length, { timeout: 10_000 }).toBe(2);
    expect(arrived('/two')[1]).toMatchObject({ sequence: 2, previous_sequence: 1 });
    expect(arrived('/one')).toHaveLength(2);
    await world.sql('update webhook_subscription set deleted_at = now()');
  });
});

describe('A document', () => {
  const save = (document: string) =>
    mutate(world, owner, 'createWebhookSubscription', {
      connectionId: reader.connectionId,
      url: URL_OF,
      eventTypes: TYPES,
      document,
    });

  test.each([
    ['is no GraphQL', 'subscription {', /no GraphQL/],
    ['is a query', '{ viewer { id } }', /one operation/],
    ['asks for something else besides', 'subscription { events { cursor } __typename }', /one operation/],
    ['has arguments', 'subscription { events(after: "x") { cursor } }', /neither variables nor arguments/],
    ['has variables', 'subscription ($a: String) { events(after: $a) { cursor } }', /neither variables nor arguments/],
    ['names what is not there', 'subscription { events { event { titel } } }', /does not fit .*"titel"/],
    [
      'costs too much',
      `subscription { events { event { ... on PageEvent { page { ${lists(6)} } } } } }`,
      /points|depth|deep/,
    ],
  ])('that %s is refused', async (_, document, message) => {
    const { userErrors } = await save(document);
    expect(userErrors).toMatchObject([{ path: ['document'] }]);
    expect(userErrors[0]!.message).toMatch(message);
    expect(userErrors[0]!.message).not.toContain('Did you mean');
  });

  test('that asks for what the connection may is kept, and for more is refused, naming it', async () => {
    const within = 'subscription { events { event { type authors { id } ... on PageEvent { page { title } } } } }';
    expect((await save(within)).userErrors).toEqual([]);
    const { userErrors } = await save(
      'subscription { events { event { authors { name ... on Person { email } } ... on PageEvent { page { sharedWith { totalCount } } } } } }',
    );
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['document'] }]);
    for (const named of [
      'User.name (USER_READ)',
      'Person.email (USER_READ_EMAIL)',
      'Page.sharedWith (not for connections)',
    ])
      expect(userErrors[0]!.message).toContain(named);
  });

  test('shows in degradedFields what was taken from the connection since, and is still sent, with null and a receipt', async () => {
    const asker = await world.connection(['CONTENT_READ', 'USER_READ']);
    const page = await world.page({ title: 'Before' });
    await world.share(asker, page);
    const document =
      'subscription { events { event { authors { id name } ... on PagePropertiesEvent { page { title } } } } }';
    const id = await verified({ connectionId: asker.connectionId, document });
    const ask = async () => {
      const { data } = await askAs(
        world,
        owner,
        `{ node(id: "${id}") { ... on WebhookSubscription { degradedFields { coordinate needs } } } }`,
      );
      return (data as { node: { degradedFields: unknown[] } }).node.degradedFields;
    };
    expect(await ask()).toEqual([]);
    await updateConnection(world.store.callerFor(operatorIn(world)), {
      id: asker.connectionId,
      capabilities: ['CONTENT_READ'] as Capability[],
    });
    const degraded = (await ask()) as { coordinate: string }[];
    expect(degraded.map(({ coordinate }) => coordinate).sort()).toContain('User.name');
    expect(degraded[0]).toMatchObject({ needs: [['USER_READ']] });
    await updatePage(world.store.callerFor(owner), { id: page, title: 'After' });
    await settled(world);
    await projectDue(world.store);
    const [sending] = await sendings(id);
    const { body } = (await world.gateway.renderDelivery(world.store.reader(), sending!)) as { body: string };
    expect(JSON.parse(body)).toMatchObject({
      type: 'page.properties_updated',
      graphql: {
        data: { events: { event: { authors: [{ name: null }], page: { title: 'After' } } } },
        extensions: { redactions: [{ needs: [['USER_READ']] }] },
      },
    });
  });
});

/** Lists in each other, more than an operation may. */
function lists(depth: number): string {
  return depth === 0 ? 'id' : `a: children(first: 100) { nodes { ... on Page { ${lists(depth - 1)} } } }`;
}

async function sendings(
  subscriptionId: Id,
): Promise<(Sending & { id: Id; resourceId: Id; waits: boolean; state: string })[]> {
  return world.sql(
    `select workspace_id as "workspaceId", id, subscription_id as "subscriptionId", event_position::float8 as "eventPosition",
            sequence::float8 as sequence, previous_sequence::float8 as "previousSequence", 1 as attempt,
            resource_id as "resourceId", waits, state
       from delivery where subscription_id = $1 and kind = 'EVENT' order by sequence`,
    [subscriptionId],
  );
}

describe('Deliveries', () => {
  const rename = (id: Id) => updatePage(world.store.callerFor(owner), { id, title: newId() });
  async function reached(): Promise<{ asker: Asker; page: Id; hidden: Id }> {
    const asker = await world.connection(['CONTENT_READ']);
    const [page, hidden] = [await world.page(), await world.page()];
    await world.share(asker, page);
    return { asker, page, hidden };
  }

  test('are made of what is reached, is of a chosen type and passes the filter, in order and once', async () => {
    const { asker, page, hidden } = await reached();
    const id = await verified({ connectionId: asker.connectionId, eventTypes: ['PAGE_PROPERTIES_UPDATED'] });
    const elsewhere = await verified({
      connectionId: asker.connectionId,
      eventTypes: ['PAGE_PROPERTIES_UPDATED'],
      filter: { within: newId() },
    });
    for (let i = 0; i < 3; i++) await rename(page);
    await rename(hidden);
    await trashPage(world.store.callerFor(owner), { id: page });
    await settled(world);
    await Promise.all([projectDue(world.store), projectDue(world.store), projectDue(world.store)]);
    const found = await sendings(id);
    expect(found.map(({ resourceId, sequence, previousSequence }) => [resourceId, sequence, previousSequence])).toEqual(
      [
        [page, 1, null],
        [page, 2, 1],
        [page, 3, 2],
      ],
    );
    expect(await sendings(elsewhere)).toEqual([]);
    await projectDue(world.store);
    expect(await sendings(id)).toHaveLength(3);
  });

  test('are made while it is paused and while another address waits, and none before it is confirmed', async () => {
    const { asker, page } = await reached();
    const eventTypes = ['PAGE_PROPERTIES_UPDATED'];
    const unconfirmed = (await made(owner, { connectionId: asker.connectionId, eventTypes })).id;
    const paused = await verified({ connectionId: asker.connectionId, eventTypes });
    const moved = await verified({ connectionId: asker.connectionId, eventTypes });
    const disabled = await verified({ connectionId: asker.connectionId, eventTypes });
    await carried(owner, 'pauseWebhookSubscription', { id: paused });
    await carried(owner, 'updateWebhookSubscription', { id: moved, url: `${URL_OF}/3` });
    await world.sql(`update webhook_subscription set state = 'DISABLED' where id = $1`, [disabled]);
    await rename(page);
    await settled(world);
    await projectDue(world.store);
    const counts = async () =>
      Promise.all([unconfirmed, paused, moved, disabled].map(async (id) => (await sendings(id)).length));
    expect(await counts()).toEqual([0, 1, 1, 0]);
    // What it missed is made up for, as far as the log goes back.
    expect(await carried(owner, 'resumeWebhookSubscription', { id: disabled })).toEqual([]);
    await projectDue(world.store);
    expect(await counts()).toEqual([0, 1, 1, 1]);
  });

  test('of one resource wait for each other in its lane, and those of others do not', async () => {
    const { asker, page } = await reached();
    const other = await world.page();
    await world.share(asker, other);
    const id = await verified({
      connectionId: asker.connectionId,
      eventTypes: ['PAGE_PROPERTIES_UPDATED'],
      lane: 'RESOURCE',
    });
    await rename(page);
    await rename(page);
    await rename(other);
    await settled(world);
    await projectDue(world.store);
    expect((await sendings(id)).map(({ resourceId, waits }) => [resourceId, waits])).toEqual([
      [page, false],
      [page, true],
      [other, false],
    ]);
    // Whoever finished the first, and could not look afterwards: the next step lets the second go.
    await world.sql(
      `update delivery set state = 'DELIVERED', finished_at = now() where subscription_id = $1 and sequence = 1`,
      [id],
    );
    await rename(page);
    await settled(world);
    await projectDue(world.store);
    expect((await sendings(id)).map(({ waits }) => waits)).toEqual([false, false, false, true]);
  });

  test('are made for no endpoint that is gone, and a connection takes its endpoints with it', async () => {
    const { asker, page } = await reached();
    const eventTypes = ['PAGE_PROPERTIES_UPDATED'];
    const id = await verified({ connectionId: asker.connectionId, eventTypes });
    const other = await verified({ connectionId: asker.connectionId, eventTypes });
    await carried(owner, 'deleteWebhookSubscription', { id });
    await rename(page);
    await settled(world);
    await projectDue(world.store);
    expect(await sendings(id)).toEqual([]);
    const [sending] = await sendings(other);
    await deleteConnection(world.store.callerFor(owner), { id: asker.connectionId });
    expect(await world.gateway.renderDelivery(world.store.reader(), sending!)).toEqual({
      suppressed: 'SUBSCRIPTION_DELETED',
    });
    const left = await world.sql<{ gone: boolean; bytes: number }>(
      'select deleted_at is not null as gone, length(secret) as bytes from webhook_subscription where connection_id = $1',
      [asker.connectionId],
    );
    expect(left).toEqual([
      { gone: true, bytes: 0 },
      { gone: true, bytes: 0 },
    ]);
  });

  test('that wait behind nothing are let go', async () => {
    const { asker, page } = await reached();
    const id = await verified({
      connectionId: asker.connectionId,
      eventTypes: ['PAGE_PROPERTIES_UPDATED'],
      lane: 'RESOURCE',
    });
    for (let i = 0; i < 3; i++) await rename(page);
    await settled(world);
    await projectDue(world.store);
    await world.sql(
      `update delivery set state = 'DELIVERED', finished_at = now() where subscription_id = $1 and sequence = 1`,
      [id],
    );
    expect(await releaseStranded(world.store.em())).toBe(1);
    expect((await sendings(id)).map(({ waits }) => waits)).toEqual([false, false, true]);
    expect(await releaseStranded(world.store.em())).toBe(0);
  });

  test('carry the envelope of the reference product, and are suppressed once the page is out of reach', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    const page = await world.page({ title: 'Shared' });
    const child = await world.page({ under: page });
    const share = await world.share(asker, child);
    const id = await verified({ connectionId: asker.connectionId, eventTypes: ['PAGE_PROPERTIES_UPDATED'] });
    await rename(child);
    await settled(world);
    await projectDue(world.store);
    const [sending] = await sendings(id);
    const rendered = (await world.gateway.renderDelivery(world.store.reader(), sending!)) as { body: string };
    expect(JSON.parse(rendered.body)).toEqual({
      id: expect.any(String),
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      workspace_id: world.workspaceId,
      workspace_name: 'Test',
      subscription_id: id,
      integration_id: asker.connectionId,
      type: 'page.properties_updated',
      authors: [{ id: owner.kind === 'PERSON' ? owner.personId : '', type: 'person' }],
      attempt_number: 1,
      api_version: '2025-09-03',
      entity: { id: child, type: 'page' },
      // The page above is not shared: that looks like the top.
      data: { parent: { id: world.workspaceId, type: 'space' }, updated_properties: ['title'] },
      sequence: 1,
      previous_sequence: null,
    });
    await world.unshare(share);
    expect(await world.gateway.renderDelivery(world.store.reader(), sending!)).toEqual({ suppressed: 'OUT_OF_REACH' });
  });

  test('show their bodies to owners of the workspace in which it happened, and to nobody else', async () => {
    const { asker, page } = await reached();
    const id = await verified({ connectionId: asker.connectionId, eventTypes: ['PAGE_PROPERTIES_UPDATED'] });
    await rename(page);
    await settled(world);
    await projectDue(world.store);
    const [{ id: deliveryId, workspaceId }] = (await sendings(id)) as unknown as [{ id: Id; workspaceId: Id }];
    const excerpt = sealExcerpt(
      world.store.keys,
      { workspaceId, id: deliveryId },
      { headers: { 'webhook-id': deliveryId }, body: 'BODY' },
    );
    await world.sql(
      `insert into attempt (workspace_id, delivery_id, round, n, started_at, ms, status, outcome, request, response)
       values ($1, $2, 1, 1, now(), 12, 500, 'FAILED', $3, $3)`,
      [workspaceId, deliveryId, excerpt],
    );
    const query = `{ node(id: "${id}") { ... on WebhookSubscription {
      deliveries(first: 5, filter: { eventTypes: [PAGE_PROPERTIES_UPDATED] }) { totalCount nodes { id state sequence
        attempts { n status ms outcome request { headers { name value } body } response { body } } } }
      stats(window: LAST_24_HOURS) { made attempts failedAttempts waiting p50Ms } } } }`;
    const { data } = await askAs(world, owner, query);
    const shown = (data as { node: { deliveries: { nodes: unknown[]; totalCount: number }; stats: unknown } }).node;
    expect(shown.deliveries.totalCount).toBe(1);
    expect(shown.deliveries.nodes).toEqual([
      {
        id: deliveryId,
        state: 'PENDING',
        sequence: 1,
        attempts: [
          {
            n: 1,
            status: 500,
            ms: 12,
            outcome: 'FAILED',
            request: { headers: [{ name: 'webhook-id', value: deliveryId }], body: 'BODY' },
            response: { body: 'BODY' },
          },
        ],
      },
    ]);
    expect(shown.stats).toEqual({ made: 1, attempts: 1, failedAttempts: 1, waiting: 1, p50Ms: 12 });
    const itself = await askAs(world, await asItself(asker), query);
    expect(JSON.stringify(itself.data)).not.toContain('BODY');
    expect(JSON.stringify(itself.data)).toContain('"status":500');
    expect(itself.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    // Had it happened elsewhere, owners of the connection's home would see that it was sent, and no more.
    const elsewhere = newId();
    await world.sql(`insert into workspace (id, name) values ($1, 'Elsewhere')`, [elsewhere]);
    await world.sql('alter table attempt drop constraint attempt_workspace_id_delivery_id_fkey');
    await world.sql('update delivery set workspace_id = $2 where id = $1', [deliveryId, elsewhere]);
    await world.sql('update attempt set workspace_id = $2 where delivery_id = $1', [deliveryId, elsewhere]);
    const atHome = await askAs(world, owner, query);
    expect(JSON.stringify(atHome.data)).not.toContain('BODY');
    expect(JSON.stringify(atHome.data)).toContain('"status":500');
  });

  test('of a public connection come from every workspace where it is installed, also later, and name who reaches it', async () => {
    const client = await publicConnection(world);
    const [home] = await world.sql<{ id: Id }>('select id from installation where connection_id = $1', [client.id]);
    const here = await world.page();
    await world.share({ connectionId: client.id, installationId: home!.id, token: '' }, here);
    const id = await verified({ connectionId: client.id, eventTypes: ['PAGE_PROPERTIES_UPDATED'] });
    const { id: elsewhere } = await createWorkspace(world.store, { name: 'Elsewhere' });
    const there = world.store.callerFor(operatorOf(elsewhere));
    const page = async (): Promise<Id> =>
      (await createPage(there, { parent: { kind: 'Workspace' }, title: 'There' })).id;
    const [early, shared, alone] = [await page(), await page(), await page()];
    const change = (pageId: Id) => updatePage(there, { id: pageId, title: newId() });
    await change(early);
    await settled(world);
    await projectDue(world.store);
    const people = [await createPerson(there, person('OWNER')), await createPerson(there, person('MEMBER'))];
    const installations: Id[] = [];
    for (const { id: personId } of people) installations.push(await installedBy(client.id, elsewhere, personId));
    for (const [installation, pageId] of [
      [installations[0], shared],
      [installations[1], shared],
      [installations[1], alone],
    ])
      await grantShare(there, { installationId: installation as Id, resourceId: pageId as Id });
    await change(early); // not shared
    await change(shared);
    await rename(here);
    await change(alone);
    await settled(world);
    await projectDue(world.store);
    const found = await sendings(id);
    expect(found.map(({ resourceId }) => resourceId).toSorted()).toEqual([here, shared, alone].toSorted());
    expect(found.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    const accessible = async (resourceId: Id) => {
      const sending = found.find((one) => one.resourceId === resourceId)!;
      const rendered = (await world.gateway.renderDelivery(world.store.reader(), sending)) as { body: string };
      const { workspace_id, accessible_by } = JSON.parse(rendered.body) as Record<string, unknown>;
      return [workspace_id, accessible_by];
    };
    const [bot] = await world.sql<{ bot: Id }>('select bot_id as bot from installation where id = $1', [home!.id]);
    const named = (...of: typeof people) => of.map(({ id: personId }) => ({ id: personId, type: 'person' }));
    expect(await accessible(here)).toEqual([world.workspaceId, [{ id: bot!.bot, type: 'bot' }]]);
    expect(await accessible(shared)).toEqual([elsewhere, named(...people)]);
    expect(await accessible(alone)).toEqual([elsewhere, named(people[1]!)]);
    // Owners there find what happened there, and only that; owners at home all of it.
    const asOwner = signedIn(world, people[0]!, 'OWNER', { workspaceId: elsewhere });
    const { data } = await askAs(
      world,
      asOwner,
      `{ installation(id: "${installations[0]}") { webhookDeliveries { nodes { resourceId subscription { id } } } } }`,
    );
    const { nodes } = (data as { installation: { webhookDeliveries: { nodes: { resourceId: Id }[] } } }).installation
      .webhookDeliveries;
    expect(nodes.map(({ resourceId }) => resourceId).toSorted()).toEqual([shared, alone].toSorted());
    expect(nodes[0]).toMatchObject({ subscription: null });
    const atHome = await askAs(
      world,
      owner,
      `{ node(id: "${id}") { ... on WebhookSubscription { deliveries(filter: { eventTypes: [PAGE_PROPERTIES_UPDATED] }) { totalCount } } } }`,
    );
    expect(atHome.data).toEqual({ node: { deliveries: { totalCount: 3 } } });
  });
});

const person = (role: 'OWNER' | 'MEMBER') => ({ name: 'Somebody', email: `${newId()}@example.org`, role });

/** What somebody has installed for herself. */
async function installedBy(connectionId: Id, workspaceId: Id, personId: Id): Promise<Id> {
  const id = newId();
  await world.sql(
    `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status) values ($1, $2, $3, $4, $5, 'ACTIVE')`,
    [workspaceId, id, connectionId, newId(), personId],
  );
  await world.sql(
    'insert into capability_grant (workspace_id, id, installation_id, capabilities) values ($1, $2, $3, $4)',
    [workspaceId, newId(), id, bitsOf(['CONTENT_READ'])],
  );
  return id;
}
