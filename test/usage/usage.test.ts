// What connections asked: counted in memory, written in batches, read by their owners.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revokeToken } from '../../src/connection/token.js';
import { KEPT_DAYS, pruneUsage, writeUsage } from '../../src/connection/usage-store.js';
import { UsageTally } from '../../src/connection/usage-tally.js';
import { type Actor, type ConnectionActor, operatorOf, type PersonActor } from '../../src/gate/actor.js';
import { ALL_BITS, bitsOf } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { ActingAs } from '../../src/server/act-as.js';
import { installationIn } from '../../src/server/authenticate.js';
import { keepUsage } from '../../src/server/keep-usage.js';
import { type Asker, openWorld, type World } from '../world.js';
import { type Counted, openCounted } from './counted.js';

const HOUR_MS = 3_600_000;

let world: World;
let counted: Counted;
let owner: PersonActor;

beforeAll(async () => {
  world = await openWorld();
  counted = await openCounted(world);
  owner = await somebody('OWNER');
});
afterAll(async () => {
  await counted[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function somebody(role: 'OWNER' | 'MEMBER'): Promise<PersonActor> {
  const { id } = await world.person({ role });
  return { kind: 'PERSON', workspaceId: world.workspaceId, personId: id, role, bits: ALL_BITS };
}

const itself = async ({ installationId }: Asker): Promise<ConnectionActor> =>
  (await installationIn(world.workspaceId, installationId, world.store.reader()))!;

interface Shown {
  requests: number;
  errors: number;
  cost: number;
  hours: { start: string; requests: number; errors: number; cost: number; redactions: number; denials: number }[];
  errorsByCode: { code: string; count: number }[];
  redactions: { coordinate: string; count: number }[];
  denials: { coordinate: string; count: number }[];
  capabilities: { capability: string; granted: boolean; lastUsedAt: string | null }[];
  shares: { shareId: Id; share: { resource: { id: Id } | null } | null; lastUsedAt: string | null }[];
}

const USAGE = `query Q($id: ID!, $window: UsageWindow! = LAST_24_HOURS) { connection(id: $id) { usage(window: $window) {
  requests errors cost hours { start requests errors cost redactions denials } errorsByCode { code count }
  redactions { coordinate count } denials { coordinate count } capabilities { capability granted lastUsedAt }
  shares { shareId share { resource { id } } lastUsedAt } } } }`;

async function usageOf(
  asker: Pick<Asker, 'connectionId'>,
  window = 'LAST_24_HOURS',
  actor: Actor = owner,
): Promise<Shown> {
  const data = await counted.askAs(actor, USAGE, { id: asker.connectionId, window });
  return (data!.connection as { usage: Shown }).usage;
}

/** A connection that sees one page of three by one share, and people without their addresses. */
async function newcomer(): Promise<Asker & { page: Id; share: Id }> {
  const asker = await world.connection(['CONTENT_READ', 'USER_READ']);
  const page = await world.page({ title: 'Handbook' });
  return { ...asker, page, share: await world.share(asker, page) };
}

describe('of each connection it is counted', () => {
  test('how many requests, answers with errors and points there were, and what was held back and refused', async () => {
    const asker = await newcomer();
    const people = (
      await world.sql<{ n: number }>(
        "select count(*)::int as n from membership where workspace_id = $1 and role <> 'GUEST'",
        [world.workspaceId],
      )
    )[0]!.n;
    const script: [times: number, query: string][] = [
      [3, '{ pages(first: 10) { nodes { id title } } }'], // the list and its page: 2 points
      [2, '{ users(first: 100) { nodes { id ... on Person { email } } } }'],
      [1, '{ users(filter: { email: { eq: "x" } }) { totalCount } }'],
      [1, '{ viewer { id } }'], // 1 point
      [1, 'mutation { createConnection(input: { name: "X", capabilities: [] }) { userErrors { code } } }'],
      [1, '{ nothing }'],
      [1, '{ pages(first: 0) { totalCount } pages2: pages(first: 0) { totalCount } }'],
      [1, '{ pages(first: 100) { nodes { children(first: 100) { nodes { id } } } } }'], // too dear
      [1, `{ ${'id '.repeat(500)} }`], // too many fields
    ];
    let cost = 0;
    for (const [times, query] of script) {
      for (let i = 0; i < times; i++) {
        const { extensions } = await counted.ask(asker, query);
        cost += (extensions as { cost: { actual: number } }).cost.actual;
      }
    }
    await counted.write();
    const { hours, capabilities, shares, ...usage } = await usageOf(asker);
    expect(usage).toEqual({
      requests: 12,
      errors: 5,
      cost,
      errorsByCode: [
        { code: 'INVALID', count: 2 },
        { code: 'CAPABILITY_MISSING', count: 1 },
        { code: 'COST_EXCEEDED', count: 1 },
        { code: 'GRAPHQL_VALIDATION_FAILED', count: 1 },
      ],
      redactions: [{ coordinate: 'Person.email', count: 2 * people }],
      denials: [
        { coordinate: 'Mutation.createConnection', count: 1 },
        { coordinate: 'UserFilter.email', count: 1 },
      ],
    });
    expect(cost).toBeGreaterThan(3 * 2 + 1);
    expect(hours).toHaveLength(1);
    expect(hours[0]).toMatchObject({ requests: 12, errors: 5, cost, redactions: 2 * people, denials: 2 });
  });

  test('requests refused for want of points, and broken bodies of a known sender', async () => {
    await using short = await openCounted(world, { limits: { maxPointsPerMinute: 60 } });
    const asker = await newcomer();
    expect((await short.ask(asker, '{ pages(first: 50) { nodes { id } } }')).status).toBe(200);
    await world.sql("update budget set points = 0, counted_at = now() + interval '1 hour' where payer_id = $1", [
      asker.installationId,
    ]);
    expect((await short.ask(asker, '{ pages(first: 50) { nodes { id } } }')).status).toBe(429);
    await short.write();
    expect(await usageOf(asker)).toMatchObject({
      requests: 2,
      errors: 1,
      errorsByCode: [{ code: 'RATE_LIMITED', count: 1 }],
    });
  });

  test('nothing of what persons and the operator ask, and nothing of what cannot be said to be anybody’s', async () => {
    const asker = await newcomer();
    const { tally } = counted;
    await counted.write();
    await counted.askAs(owner, '{ pages { totalCount } nothing: users(filter: { email: null }) { totalCount } }');
    await counted.askAs(operatorOf(world.workspaceId), '{ pages { totalCount } }');
    await counted.ask({ ...asker, token: 'gth_int_nobody' }, '{ viewer { id } }');
    expect(tally.take()).toEqual([]);
  });

  test('nothing of what an owner asks acting as it', async () => {
    const asker = await newcomer();
    await counted.write();
    const acting = new ActingAs(world.store);
    const acted = await acting.actorFor(owner, [asker.installationId], world.store.reader());
    await counted.askAs(acted, '{ pages { nodes { id } } users(filter: { email: { eq: "x" } }) { totalCount } }');
    expect(counted.tally.take()).toEqual([]);
    await counted.askAs(await itself(asker), '{ pages { nodes { id } } }');
    expect(counted.tally.take()).toMatchObject([{ installationId: asker.installationId, requests: 1 }]);
  });

  test('nothing twice: what was written is not written again', async () => {
    const asker = await newcomer();
    await counted.ask(asker, '{ viewer { id } }');
    await counted.write();
    await counted.write();
    expect(await usageOf(asker)).toMatchObject({ requests: 1 });
  });
});

describe('last use', () => {
  const isRecent = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);

  test('of a capability is when a field or an input it opens was executed', async () => {
    const asker = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ_EMAIL']);
    const uses = async () => {
      await counted.write();
      return Object.fromEntries((await usageOf(asker)).capabilities.map((one) => [one.capability, one.lastUsedAt]));
    };
    const none = { CONTENT_READ: null, CONTENT_UPDATE: null, USER_READ: null, USER_READ_EMAIL: null };
    expect(await uses()).toEqual(none);
    await counted.ask(asker, '{ viewer { id } }');
    expect(await uses()).toEqual(none);
    await counted.ask(asker, '{ pages { totalCount } }');
    expect(await uses()).toEqual({ ...none, CONTENT_READ: isRecent });
    await counted.ask(asker, 'query Q($f: UserFilter) { users(filter: $f) { totalCount } }', {
      f: { email: { eq: 'x' } },
    });
    expect(await uses()).toEqual({ ...none, CONTENT_READ: isRecent, USER_READ: isRecent, USER_READ_EMAIL: isRecent });
  });

  test('is not where the field is refused, held back or left out', async () => {
    const asker = await world.connection(['USER_READ']);
    await counted.ask(asker, '{ users { nodes { ... on Person { email } } } pages { totalCount } }');
    await counted.ask(asker, '{ users(filter: { email: { eq: "x" } }) { totalCount } }');
    await counted.ask(asker, '{ viewer { id } pages @skip(if: true) { totalCount } }');
    await counted.write();
    expect((await usageOf(asker)).capabilities).toEqual([
      { capability: 'USER_READ', granted: true, lastUsedAt: isRecent },
    ]);
  });

  test('of a capability that was taken away stays', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    await counted.ask(asker, '{ pages { totalCount } }');
    await counted.write();
    await world.sql('update capability_grant set capabilities = $2 where installation_id = $1', [
      asker.installationId,
      bitsOf(['COMMENT_READ']),
    ]);
    expect((await usageOf(asker)).capabilities).toEqual([
      { capability: 'CONTENT_READ', granted: false, lastUsedAt: isRecent },
      { capability: 'COMMENT_READ', granted: true, lastUsedAt: null },
    ]);
  });

  test('of a share is when something at or below it was read', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    const [top, beside, unread] = [await world.page(), await world.page(), await world.page()];
    const below = await world.page({ under: top });
    const database = await world.database({ under: beside });
    const row = await world.page({ under: database.dataSourceId });
    const shares = {
      top: await world.share(asker, top),
      below: await world.share(asker, below),
      beside: await world.share(asker, beside),
      unread: await world.share(asker, unread),
    };
    const used = async () => {
      await counted.write();
      const found = (await usageOf(asker)).shares;
      expect(found.map(({ shareId }) => shareId).sort()).toEqual(Object.values(shares).sort());
      return Object.keys(shares).filter((name) =>
        found.some(({ shareId, lastUsedAt }) => shareId === shares[name as keyof typeof shares] && lastUsedAt !== null),
      );
    };
    const read = (id: Id) => counted.ask(asker, 'query Q($id: ID!) { node(id: $id) { id } }', { id });

    await counted.ask(asker, '{ viewer { id } }');
    expect(await used()).toEqual([]);
    await read(top);
    expect(await used()).toEqual(['top']);
    await read(below);
    expect(await used(), 'every share above counts').toEqual(['top', 'below']);
    await read(row);
    expect(await used()).toEqual(['top', 'below', 'beside']);
  });

  test.each([
    ['a page of a list', 'page', '{ pages { nodes { id } } }'],
    ['a database of a list', 'database', '{ databases { nodes { id } } }'],
    ['a data source', 'source', 'query Q($database: ID!) { database(id: $database) { dataSources { id } } }'],
    ['a row', 'row', 'query Q($source: ID!) { dataSource(id: $source) { rows { nodes { id } } } }'],
    ['a page below another', 'child', 'query Q($page: ID!) { page(id: $page) { children { nodes { id } } } }'],
    ['a block by its id', 'page', 'query Q($block: ID!) { node(id: $block) { id } }'],
  ])('of a share is found by a read of %s', async (_, what, query) => {
    const asker = await world.connection(['CONTENT_READ']);
    const page = await world.page({
      blocks: [{ content: { type: 'PARAGRAPH', richText: [{ type: 'TEXT', text: 'Hello' }] }, children: [] }],
    });
    const child = await world.page({ under: page });
    const { id: database, dataSourceId: source } = await world.database({ under: page });
    const row = await world.page({ under: source });
    const [block] = await world.sql<{ id: Id }>('select id from block where page_id = $1', [page]);
    const ids: Record<string, Id> = { page, child, database, source, row, block: block!.id };
    await world.share(asker, page);
    if (what !== 'page') await world.share(asker, ids[what]!);
    const given = Object.fromEntries(Object.entries(ids).filter(([name]) => query.includes(`$${name}:`)));
    const { errors } = await counted.ask(asker, query, given);
    expect(errors).toBeUndefined();
    await counted.write();
    const share = (await usageOf(asker)).shares.find((one) => one.share?.resource?.id === ids[what]);
    expect(share).toMatchObject({ lastUsedAt: isRecent });
  });

  test('is not of what was asked for and is out of reach, nor of another’s share on the same page', async () => {
    const [asker, other] = [await newcomer(), await world.connection(['CONTENT_READ'])];
    await world.share(other, asker.page);
    const outside = await world.page();
    await counted.ask(other, 'query Q($id: ID!) { page(id: $id) { id } }', { id: outside });
    await counted.ask(asker, 'query Q($id: ID!) { page(id: $id) { id } }', { id: asker.page });
    await counted.write();
    expect((await usageOf(other)).shares).toMatchObject([{ lastUsedAt: null }]);
    expect((await usageOf(asker)).shares).toMatchObject([{ lastUsedAt: isRecent }]);
  });

  test('of a share stays while what it opens changes', async () => {
    const asker = await newcomer();
    await counted.ask(asker, '{ pages { nodes { id } } }');
    await counted.write();
    expect(await world.share(asker, asker.page, { access: ['READ'] })).toBe(asker.share);
    expect((await usageOf(asker)).shares).toMatchObject([{ shareId: asker.share, lastUsedAt: isRecent }]);
  });

  test('is not said of shares that have ended', async () => {
    const asker = await newcomer();
    await counted.ask(asker, '{ pages { nodes { id } } }');
    await world.unshare(asker.share);
    await counted.write();
    expect((await usageOf(asker)).shares).toEqual([]);
  });
});

describe('usage is shown', () => {
  const ask = (actor: Actor, asker: Asker) => {
    const { gateway, store } = world;
    return gateway.apollo
      .executeOperation(
        { query: USAGE, variables: { id: asker.connectionId } },
        { contextValue: gateway.contextFor(actor, store.reader()) },
      )
      .then(({ body }) =>
        body.kind === 'single'
          ? (body.singleResult as {
              data?: { connection: { usage: Shown } | null };
              errors?: { message: string; path?: unknown[] }[];
            })
          : {},
      );
  };

  test('to owners and the operator', async () => {
    const asker = await newcomer();
    for (const actor of [owner, operatorOf(world.workspaceId)]) {
      const { data, errors } = await ask(actor, asker);
      expect(errors).toBeUndefined();
      expect(data?.connection?.usage).toMatchObject({
        requests: 0,
        shares: [{ share: { resource: { id: asker.page } } }],
      });
    }
  });

  test('to the connection itself, whose shares show no page that is out of its reach', async () => {
    const asker = await newcomer();
    const hidden = await world.page();
    const useless = await world.share(asker, hidden, { access: ['UPDATE'] });
    const { data, errors } = await ask(await itself(asker), asker);
    expect(errors).toBeUndefined();
    const { shares, ...usage } = data!.connection!.usage;
    expect(usage).toMatchObject({ requests: 0 });
    expect(shares).toEqual([
      { shareId: asker.share, share: { resource: { id: asker.page } }, lastUsedAt: null },
      { shareId: useless, share: { resource: null }, lastUsedAt: null },
    ]);
  });

  test('of an installation alone, and of all those of a connection in the workspace together', async () => {
    const asker = await newcomer();
    const second = newId();
    await world.sql(
      `insert into installation (workspace_id, id, connection_id, bot_id, status) values ($1, $2, $3, $4, 'ENDED')`,
      [world.workspaceId, second, asker.connectionId, newId()],
    );
    const { tally } = counted;
    const asked = { codes: [], points: 1, used: 1, redactions: [], seen: [] };
    const actor = await itself(asker);
    for (let i = 0; i < 3; i++) tally.operation({ ...asked, actor });
    tally.operation({ ...asked, actor: { ...actor, installationId: second } });
    await counted.write();
    expect(await usageOf(asker)).toMatchObject({ requests: 4, hours: [{ requests: 4, cost: 4 }] });
    const query =
      'query Q($id: ID!) { installation(id: $id) { usage { requests capabilities { capability granted } } } }';
    for (const one of [owner, actor]) {
      const data = await counted.askAs(one, query, { id: asker.installationId });
      expect(data).toEqual({
        installation: {
          usage: {
            requests: 3,
            capabilities: [
              { capability: 'CONTENT_READ', granted: true },
              { capability: 'USER_READ', granted: true },
            ],
          },
        },
      });
    }
    expect(await counted.askAs(await somebody('MEMBER'), query, { id: asker.installationId })).toEqual({
      installation: null,
    });
  });

  test('not to another connection, a member, or an owner of another workspace', async () => {
    const asker = await newcomer();
    for (const actor of [
      await itself(await newcomer()),
      await somebody('MEMBER'),
      { ...owner, workspaceId: newId() },
    ]) {
      expect((await ask(actor, asker)).data?.connection?.usage ?? null).toBeNull();
    }
  });

  test('for as many hours as were asked for, the running one included', async () => {
    const asker = await newcomer();
    const { installationId } = asker;
    const start = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    for (const hoursAgo of [0, 1, 23, 24, 167, 168, 719, 720, 2_159, 2_160]) {
      await world.sql(
        `insert into usage_count (workspace_id, installation_id, hour, counter, name, n) values ($1, $2, $3, 'REQUESTS', '', 1)`,
        [world.workspaceId, installationId, new Date(start - hoursAgo * HOUR_MS)],
      );
    }
    const requests = async (window: string) => (await usageOf(asker, window)).requests;
    expect(await requests('LAST_24_HOURS')).toBe(3);
    expect(await requests('LAST_7_DAYS')).toBe(5);
    expect(await requests('LAST_30_DAYS')).toBe(7);
    expect(await requests('LAST_90_DAYS')).toBe(9);
    const { hours } = await usageOf(asker);
    expect(hours.map(({ start: at }) => (start - Date.parse(at)) / HOUR_MS)).toEqual([23, 1, 0]);
  });

  test('beyond what 32 bits hold', async () => {
    const asker = await newcomer();
    await world.sql(
      `insert into usage_count (workspace_id, installation_id, hour, counter, name, n)
       values ($1, $2, date_trunc('hour', now()), 'POINTS', '', 7800000000)`,
      [world.workspaceId, asker.installationId],
    );
    expect((await usageOf(asker)).cost).toBe(7_800_000_000);
  });

  test('after the connection lost its token, was suspended, and its installation has ended', async () => {
    const asker = await newcomer();
    await counted.ask(asker, '{ viewer { id } }');
    await counted.write();
    await revokeToken(world.store.callerFor(operatorOf(world.workspaceId)), { connectionId: asker.connectionId });
    expect((await counted.ask(asker, '{ viewer { id } }')).status).toBe(401);
    await world.sql(`update connection set status = 'SUSPENDED' where id = $1`, [asker.connectionId]);
    await world.sql(`update installation set status = 'ENDED' where id = $1`, [asker.installationId]);
    await counted.write();
    expect(await usageOf(asker)).toMatchObject({ requests: 1, hours: [{ requests: 1 }] });
  });
});

describe('written counters', () => {
  const numbers = (asker: Asker) => usageOf(asker, 'LAST_90_DAYS');

  test('of two processes add up, also when they write at once', async () => {
    const asker = await newcomer();
    const query = '{ pages(first: 10) { nodes { id } } users(first: 10) { nodes { ... on Person { email } } } }';
    await using other = await openCounted(world);
    await using third = await openCounted(world);
    const doors = [counted, other, third];
    for (let round = 0; round < 5; round++) {
      await Promise.all(doors.map((door) => door.ask(asker, query)));
      await Promise.all(doors.map((door) => door.write()));
    }
    const { requests, hours, redactions } = await numbers(asker);
    expect({ requests, hours: hours.length }).toEqual({ requests: 15, hours: 1 });
    expect(redactions[0]!.count % 15).toBe(0);
  });

  test('stand under the hour they were asked in', async () => {
    let clock = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 1;
    await using door = await openCounted(world, { now: () => clock });
    const asker = await newcomer();
    await door.ask(asker, '{ viewer { id } }');
    clock += 1;
    await door.ask(asker, '{ viewer { id } }');
    await door.ask(asker, '{ viewer { id } }');
    await door.write();
    expect((await numbers(asker)).hours).toMatchObject([
      { start: new Date(clock - HOUR_MS).toISOString(), requests: 1 },
      { start: new Date(clock).toISOString(), requests: 2 },
    ]);
  });

  test('are kept for 90 days, and what is older is taken away', async () => {
    const asker = await newcomer();
    const now = Date.now();
    for (const daysAgo of [0, KEPT_DAYS - 1, KEPT_DAYS + 1, 400]) {
      await world.sql(
        `insert into usage_count (workspace_id, installation_id, hour, counter, name, n) values ($1, $2, $3, 'REQUESTS', '', 1)`,
        [world.workspaceId, asker.installationId, new Date(now - daysAgo * 24 * HOUR_MS)],
      );
    }
    const left = async () =>
      (await world.sql('select 1 from usage_count where installation_id = $1', [asker.installationId])).length;
    await pruneUsage(world.store.em(), now);
    expect(await left()).toBe(2);
    await pruneUsage(world.store.em(), now + KEPT_DAYS * 24 * HOUR_MS);
    expect(await left()).toBe(1);
  });

  test('are taken away once an hour by whoever writes', async () => {
    const old = async (asker: Asker) => {
      await world.sql(
        `insert into usage_count (workspace_id, installation_id, hour, counter, name, n) values ($1, $2, $3, 'REQUESTS', '', 1)`,
        [world.workspaceId, asker.installationId, new Date(clock - 91 * 24 * HOUR_MS)],
      );
    };
    const left = async (asker: Asker) =>
      (await world.sql('select 1 from usage_count where installation_id = $1', [asker.installationId])).length;
    let clock = Date.now();
    const asker = await newcomer();
    await old(asker);
    await using _door = await openCounted(world, { now: () => clock, everyMs: 5 });
    await expect.poll(() => left(asker)).toBe(0);
    await old(asker);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await left(asker)).toBe(1);
    clock += HOUR_MS;
    await expect.poll(() => left(asker)).toBe(0);
  });

  test('are written by themselves while the server runs', async () => {
    const asker = await newcomer();
    await using door = await openCounted(world, { everyMs: 20 });
    await door.ask(asker, '{ viewer { id } }');
    await expect.poll(async () => (await numbers(asker)).requests).toBe(1);
  });

  test('are written when it stops', async () => {
    const asker = await newcomer();
    await using door = await openCounted(world);
    await door.ask(asker, '{ viewer { id } }');
    expect((await numbers(asker)).requests).toBe(0);
    await door.stop();
    expect((await numbers(asker)).requests).toBe(1);
  });

  test('do not stand in the way of requests: none of those sends a statement more', async () => {
    const asker = await newcomer();
    const sent = async (ask: () => Promise<unknown>) => {
      world.statements.length = 0;
      await ask();
      return world.statements.length;
    };
    await counted.write();
    const query = '{ pages { nodes { id title } } }';
    expect(await sent(() => counted.ask(asker, query))).toBe(await sent(() => world.ask(asker, query)));
  });

  test('wait in memory while the database does not take them, and nothing is lost or doubled', async () => {
    const asker = await newcomer();
    let isBroken = true;
    const tally = new UsageTally();
    const logLines: string[] = [];
    const log = createLog({ destination: { write: (line) => void logLines.push(line) } });
    const store = {
      em: () => {
        if (isBroken) throw new Error('no database');
        return world.store.em();
      },
    };
    const keeper = keepUsage({ store, tally, log, everyMs: 3_600_000 });
    const actor = await itself(asker);
    const ask = () =>
      tally.operation({
        actor,
        codes: ['INVALID'],
        points: 2,
        used: 1,
        redactions: [{ coordinate: 'Person.email', count: 3 }],
        seen: [[{ id: asker.page }]],
      });
    ask();
    await keeper.write();
    ask();
    await keeper.write();
    expect(logLines.join()).toContain('could not be written down');
    isBroken = false;
    await keeper.stop();
    expect(await numbers(asker)).toMatchObject({
      requests: 2,
      errors: 2,
      cost: 4,
      redactions: [{ coordinate: 'Person.email', count: 6 }],
      shares: [{ lastUsedAt: expect.any(String) }],
    });
  });

  test('of a connection that is gone meanwhile are left out, and the others are written', async () => {
    const asker = await newcomer();
    const tally = new UsageTally();
    const actor = await itself(asker);
    const asked = { codes: [], points: 1, used: 1, redactions: [], seen: [[{ id: newId() }]] };
    tally.operation({ ...asked, actor });
    tally.operation({ ...asked, actor: { ...actor, installationId: newId() } });
    await writeUsage(world.store.em(), tally.take());
    expect((await numbers(asker)).requests).toBe(1);
  });
});

describe('the memory for counting', () => {
  const actor = (): ConnectionActor => ({
    kind: 'CONNECTION',
    workspaceId: newId(),
    connectionId: newId(),
    installationId: newId(),
    botId: newId(),
    installedById: null,
    bits: 0,
  });
  const nothing = { codes: [], points: 1, used: 0, redactions: [], seen: [] };

  test('is bounded: beyond 20,000 connections and names nothing is counted until a batch is written', () => {
    const tally = new UsageTally();
    const [first, ...others] = Array.from({ length: 20_001 }, actor);
    for (const one of [first!, ...others]) tally.operation({ ...nothing, actor: one });
    tally.operation({ ...nothing, actor: first! });
    tally.operation({ ...nothing, actor: first!, codes: ['INVALID'] });
    const batch = tally.take();
    expect(batch).toHaveLength(20_000);
    expect(batch.find(({ installationId }) => installationId === first!.installationId)).toMatchObject({
      requests: 3,
      errors: 1,
      codes: new Map(),
    });
    tally.operation({ ...nothing, actor: others.at(-1)! });
    expect(tally.take()).toHaveLength(1);
  });

  test('is bounded too for what could not be written', () => {
    const tally = new UsageTally();
    const batchOf = (size: number) => {
      for (let i = 0; i < size; i++) tally.operation({ ...nothing, actor: actor() });
      return tally.take();
    };
    const [one, other] = [batchOf(15_000), batchOf(15_000)];
    tally.putBack(one);
    tally.putBack(other);
    expect(tally.take()).toHaveLength(20_000);
  });

  test('holds a part of what was read: 500 of a connection, each as likely as any other', () => {
    const tally = new UsageTally();
    const asker = actor();
    const reads = Array.from({ length: 50_000 }, (_, i) => ({ id: `${i}` }));
    let hits = 0;
    for (let round = 0; round < 20; round++) {
      for (let at = 0; at < reads.length; at += 100) {
        tally.operation({ ...nothing, actor: asker, seen: [reads.slice(at, at + 100)] });
      }
      const [{ seen } = { seen: { kept: [] as string[] } }] = tally.take();
      expect(seen.kept).toHaveLength(500);
      hits += seen.kept.filter((id) => Number(id) >= 45_000).length; // the last tenth
    }
    // 10,000 drawn, a tenth of them expected; six standard deviations either way.
    expect(hits).toBeGreaterThan(1_000 - 180);
    expect(hits).toBeLessThan(1_000 + 180);
  });

  test('holds all that was read while it is little', () => {
    const tally = new UsageTally();
    const asker = actor();
    tally.operation({ ...nothing, actor: asker, seen: [[{ id: 'a' }, { id: 'b' }], []] });
    tally.operation({ ...nothing, actor: asker, seen: [[{ id: 'c' }]] });
    expect(tally.take()).toMatchObject([{ seen: { kept: ['a', 'b', 'c'] } }]);
  });
});
