// What /metrics counts, who may read it, and what it never says. And how many statements an answer took.

import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/server/configuration.js';
import { answerScrape, createMetrics } from '../../src/server/metrics.js';
import { type Asker, openWorld, post, type World } from '../world.js';
import { type Watched, watch } from './watched.js';
import { type Reply, send } from './wire.js';

const TOKEN = 'scrape-me-0123456789';

let world: World;
let watched: Watched;
let reader: Asker;
let nobody: Asker;

beforeAll(async () => {
  world = await openWorld();
  watched = await watch(world, { metricsToken: TOKEN, showStatements: true });
  reader = await world.connection(['CONTENT_READ', 'USER_READ']);
  nobody = await world.connection([]);
  await world.person({ name: 'Ada', email: 'ada@secret.example' });
  await world.share(reader, await world.page({ title: 'Quarterly numbers' }));
});
afterAll(async () => {
  await watched[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const ask = (asker: Asker, query: string) => post(`${watched.url}/graphql`, asker.token, query);
const scrape = (headers: Record<string, string | string[]> = {}, method = 'GET'): Promise<Reply> =>
  send(watched.url, { method, path: '/metrics', headers });

/** The value of a sample as it is written, such as `gatehouse_errors_total{code="INVALID"}`; 0 when there is none. */
async function sample(name: string): Promise<number> {
  const { text } = await scrape();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line ? Number(line.slice(name.length + 1)) : 0;
}

async function grownBy(name: string, work: () => Promise<unknown>): Promise<number> {
  const before = await sample(name);
  await work();
  return (await sample(name)) - before;
}

describe('/metrics counts', () => {
  test('operations by type and outcome, and how long they took', async () => {
    const good = () => ask(reader, 'query Named { viewer { id } }');
    expect(await grownBy('gatehouse_operations_total{type="query",outcome="OK"}', good)).toBe(1);
    expect(await grownBy('gatehouse_operation_duration_seconds_count{type="query"}', good)).toBe(1);
    const denied = () => ask(nobody, '{ pages { totalCount } }');
    expect(await grownBy('gatehouse_operations_total{type="query",outcome="CAPABILITY_MISSING"}', denied)).toBe(1);
    const broken = () => ask(reader, '{ viewer {');
    expect(await grownBy('gatehouse_operations_total{type="none",outcome="GRAPHQL_PARSE_FAILED"}', broken)).toBe(1);
  });

  test('errors by code, those of requests that never reached GraphQL too', async () => {
    expect(
      await grownBy('gatehouse_errors_total{code="GRAPHQL_VALIDATION_FAILED"}', () => ask(reader, '{ nothing }')),
    ).toBe(1);
    const stranger = { connectionId: '', installationId: '', token: 'x' } as Asker;
    expect(await grownBy('gatehouse_errors_total{code="UNAUTHENTICATED"}', () => ask(stranger, '{ a }'))).toBe(1);
  });

  test('denials by coordinate, whether the field or one of its inputs was refused', async () => {
    expect(
      await grownBy('gatehouse_denials_total{coordinate="Query.pages"}', () => ask(nobody, '{ pages { totalCount } }')),
    ).toBe(1);
    const filtered = () => ask(reader, '{ users(filter: { email: { eq: "ada@secret.example" } }) { totalCount } }');
    const { text } = await scrape();
    expect(text).not.toContain('coordinate="PersonFilter.email"');
    await filtered();
    expect((await scrape()).text).toMatch(/gatehouse_denials_total\{coordinate="\w*Filter\.email"\} 1\n/);
    const asked = () => ask(reader, '{ users { nodes { ... on Person { email @whenDenied(behave: ERROR) } } } }');
    expect(await grownBy('gatehouse_denials_total{coordinate="Person.email"}', asked)).toBeGreaterThan(0);
  });

  test('nothing as denied when everything is allowed', async () => {
    const before = (await scrape()).text.split('\n').filter((line) => line.startsWith('gatehouse_denials'));
    await ask(reader, '{ pages { nodes { title } } users { nodes { name } } }');
    const after = (await scrape()).text.split('\n').filter((line) => line.startsWith('gatehouse_denials'));
    expect(after).toEqual(before);
  });

  test('every value answered as null, by coordinate', async () => {
    const people = await world.sql<{ count: string }>('select count(*) from membership', []);
    const grown = await grownBy('gatehouse_redactions_total{coordinate="Person.email"}', () =>
      ask(reader, '{ users { nodes { ... on Person { email } } } }'),
    );
    expect(grown).toBe(Number(people[0]?.count));
  });

  test('statements, by how they ended', async () => {
    const name = 'gatehouse_statements_total{outcome="ok"}';
    watched.statements.length = 0;
    const grown = await grownBy(name, () => ask(reader, '{ pages { nodes { title } } }'));
    expect(grown).toBe(watched.statements.length);
    const failed = () =>
      watched.store
        .em()
        .execute('select 1/0')
        .catch(() => {});
    expect(await grownBy('gatehouse_statements_total{outcome="failed"}', failed)).toBe(1);
  });

  test('connections of the pool, in use and idle, and who waits', async () => {
    await ask(reader, '{ pages { totalCount } }');
    expect(await sample('gatehouse_pool_connections{state="idle"}')).toBeGreaterThan(0);
    expect(await sample('gatehouse_pool_connections{state="in_use"}')).toBe(0);
    const sleepers = Array.from({ length: 6 }, () => watched.store.em().execute('select pg_sleep(1)'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await sample('gatehouse_pool_connections{state="in_use"}')).toBe(4);
    expect(await sample('gatehouse_pool_waiting')).toBe(2);
    await Promise.all(sleepers);
  });

  test('the event loop, the process, and what runs', async () => {
    const { text, headers } = await scrape();
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_open_fds',
    ]) {
      expect(text).toMatch(new RegExp(`^${name} [\\d.e-]+$`, 'm'));
    }
    expect(text).toMatch(/^gatehouse_build_info\{version="\d+\.\d+\.\d+",node="24\.[\d.]+"\} 1$/m);
  });
});

describe('/metrics says nothing', () => {
  test('of names, ids, titles or tokens, whatever was asked', async () => {
    await ask(reader, `query SecretName { page(id: "${world.workspaceId}") { title } }`);
    await ask(reader, `query { a: nothing_like_this x${reader.token} }`);
    await ask(reader, '{ users { nodes { ... on Person { email } } } }');
    const { text } = await scrape();
    for (const never of ['SecretName', world.workspaceId, reader.token, reader.connectionId, 'nothing_like_this']) {
      expect(text).not.toContain(never);
    }
    expect(text).not.toMatch(/@|Quarterly|Ada/);
  });

  test('more the more is asked: a hundred different documents add no sample', async () => {
    await ask(reader, 'query A { x1 }');
    const lines = async () => (await scrape()).text.split('\n').filter((line) => line.startsWith('gatehouse_')).length;
    const before = await lines();
    for (let i = 0; i < 100; i++) await ask(reader, `query N${i} { a${i}: viewer { id } x${i} }`);
    expect(await lines()).toBe(before);
  });
});

describe('/metrics answers', () => {
  test('a program on this machine, without any header', async () => {
    expect((await scrape()).status).toBe(200);
    expect(await scrape({}, 'HEAD')).toMatchObject({ status: 200, text: '' });
  });

  test('whoever brings the token, through a proxy too', async () => {
    const reply = await scrape({ authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.9' });
    expect(reply.status).toBe(200);
    expect(reply.headers['cache-control']).toBe('no-store');
  });
});

describe('/metrics is a place like any other that is not there', () => {
  const nowhere = () => send(watched.url, { method: 'GET', path: '/nothing' });

  test.each([
    ['for what a proxy on this machine passes on', { 'x-forwarded-for': '203.0.113.9' }],
    ['whatever address the header names', { 'x-forwarded-for': '127.0.0.1' }],
    ['also in the new header', { forwarded: 'for=127.0.0.1' }],
    ['with another token', { 'x-real-ip': '::1', authorization: `Bearer ${TOKEN}x` }],
    ['with the token of a connection', { via: '1.1 proxy', authorization: 'Bearer gth_int_x' }],
    ['with no token at all', { via: '1.1 proxy', authorization: 'Bearer ' }],
    ['with the token twice', { via: '1.1 proxy', authorization: [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`] }],
    ['with the token in another scheme', { via: '1.1 proxy', authorization: `Basic ${TOKEN}` }],
  ])('%s', async (_, headers) => {
    const reply = await scrape(headers as Record<string, string | string[]>);
    const missing = await nowhere();
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(missing.text);
    expect(Object.keys(reply.headers)).toEqual(Object.keys(missing.headers));
  });

  test('to another method', async () => {
    expect((await scrape({}, 'POST')).status).toBe(404);
  });

  test('for a peer that is another machine, whatever it says', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const outside = addresses.find(({ internal }) => !internal)?.address ?? '192.0.2.7';
    for (const remoteAddress of [outside, '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '128.0.0.1', '::127.0.0.1']) {
      const asked = { socket: { remoteAddress }, headers: {}, headersDistinct: {}, method: 'GET' };
      expect(await answerScrape(createMetrics(), asked as never, undefined as never, TOKEN)).toBe(false);
    }
  });

  test('for everybody else, when no token is set, even with an empty one', async () => {
    for (const authorization of ['', 'Bearer ', 'Bearer undefined']) {
      const asked = {
        socket: { remoteAddress: '10.0.0.1' },
        headers: {},
        headersDistinct: { authorization: [authorization] },
        method: 'GET',
      };
      expect(await answerScrape(createMetrics(), asked as never, undefined as never)).toBe(false);
    }
  });
});

describe('extensions.statements', () => {
  test.each([
    '{ viewer { id } }',
    '{ pages(first: 5) { totalCount nodes { title children(first: 5) { nodes { title } } } } }',
    '{ users { nodes { name } } viewer { workspace { name } } }',
    '{ __schema { queryType { name } } }',
  ])('is the number of statements that reached PostgreSQL, the token’s included: %s', async (query) => {
    await ask(reader, query);
    watched.statements.length = 0;
    const { extensions } = await ask(reader, query);
    expect(extensions).toMatchObject({ statements: watched.statements.length });
    expect(watched.statements.length).toBeGreaterThan(0);
  });

  test('is there for what fails too', async () => {
    expect((await ask(reader, '{ nothing }')).extensions).toMatchObject({ statements: 1 });
  });

  test('is not there unless the setting is on', async () => {
    const { text } = await world.ask(reader, '{ viewer { id } }');
    expect(text).not.toContain('statements');
  });
});

describe('a fault', () => {
  test('is logged in one line with the id of the error and of the request', async () => {
    await world.sql('alter table page rename to page_gone');
    try {
      watched.logLines.length = 0;
      const { errors, headers } = await ask(reader, '{ pages { nodes { title } } }');
      const { code, errorId } = (errors?.[0]?.extensions ?? {}) as { code?: string; errorId?: string };
      expect(code).toBe('INTERNAL');
      const line = watched.logLines.map((text) => JSON.parse(text)).find((entry) => entry.errorId === errorId);
      expect(line).toMatchObject({ level: 'error', requestId: headers.get('x-request-id'), errorId });
    } finally {
      await world.sql('alter table page_gone rename to page');
    }
  });

  test('keeps its own request id, whatever one a client sends', async () => {
    const reply = await send(watched.url, { method: 'GET', path: '/livez', headers: { 'x-request-id': 'chosen' } });
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the settings', () => {
  const read = (environment: Record<string, string>) => readConfiguration({ environment, directory: '/nowhere' });

  test('take a token that cannot be guessed and can be sent, and never repeat another', () => {
    expect(read({ GATEHOUSE_METRICS_TOKEN: TOKEN }).metricsToken).toBe(TOKEN);
    expect(read({ GATEHOUSE_METRICS_TOKEN: '' }).metricsToken).toBeUndefined();
    for (const wrong of ['hunter2', 'hunter2 hunter2 hunter2', 'hunter2–hunter2–hunter2']) {
      expect(() => read({ GATEHOUSE_METRICS_TOKEN: wrong })).toThrow(
        /^GATEHOUSE_METRICS_TOKEN should have at least 16 characters(?!.*hunter2)/,
      );
    }
  });

  test('turn statements on by any usual word, and by no other', () => {
    expect(read({}).showStatements).toBe(false);
    for (const on of ['on', '1', 'true', 'YES'])
      expect(read({ GATEHOUSE_SHOW_STATEMENTS: on }).showStatements).toBe(true);
    for (const off of ['off', '0', 'False', 'no'])
      expect(read({ GATEHOUSE_SHOW_STATEMENTS: off }).showStatements).toBe(false);
    expect(() => read({ GATEHOUSE_SHOW_STATEMENTS: 'maybe' })).toThrow(/should be on or off, but is: maybe/);
  });
});
