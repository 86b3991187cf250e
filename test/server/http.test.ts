// The HTTP door: who gets in, what it reads, what it answers, and what it says when something breaks.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createGateway } from '../../src/api/gateway.js';
import type { Id } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { mintToken } from '../../src/lib/secret.js';
import { createHttpDoor } from '../../src/server/http.js';
import { openStore } from '../../src/store/store.js';
import { type Asker, openWorld, type World } from '../world.js';
import { exchange, layWire, type Reply, type Sent, send } from './wire.js';

const WHO = '{ viewer { id } }';
const JSON_TYPE = { 'content-type': 'application/json' };
const MB = 1_000_000;

let world: World;
let page: Id;
let reader: Asker;
/** A body that comes in drips and never ends; begun first, because it takes until the time for a request is over. */
let endless: Promise<{ text: string; ms: number }>;

beforeAll(async () => {
  world = await openWorld();
  page = await world.page({ title: 'Handbook' });
  reader = await world.connection(['CONTENT_READ', 'USER_READ']);
  await world.share(reader, page);
  const begun = performance.now();
  endless = exchange(
    world.url,
    `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${reader.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    { keepSending: '1\r\n \r\n' },
  ).then((text) => ({ text, ms: performance.now() - begun }));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const bearer = (token = reader.token) => ({ authorization: `Bearer ${token}` });
const asked = (query: string, variables?: object): string => JSON.stringify({ query, variables });
/** A POST as a client sends it, with what a case changes about it. */
const post = ({ headers, ...rest }: Sent = {}): Promise<Reply> =>
  send(world.url, { body: asked(WHO), ...rest, headers: { ...JSON_TYPE, ...bearer(), ...headers } });
const code = ({ text }: Reply): unknown => JSON.parse(text).errors?.[0]?.extensions?.code;
const message = ({ text }: Reply): string => JSON.parse(text).errors?.[0]?.message;

describe('a request is let in by', () => {
  test('the token of a connection, whatever the case of the scheme', async () => {
    expect((await post()).status).toBe(200);
    expect((await post({ headers: { authorization: `bearer ${reader.token}` } })).status).toBe(200);
  });
});

describe('a request is answered 401, always with the same body, when its token is', () => {
  const damaged = (token: string): string => {
    const last = token.at(-1) === 'a' ? 'b' : 'a';
    return token.slice(0, -1) + last;
  };
  /** Those that cannot be ours: no statement is sent. */
  const impossible: Record<string, () => Sent> = {
    'not there': () => ({ headers: { ...JSON_TYPE } }),
    empty: () => ({ headers: { ...JSON_TYPE, authorization: '' } }),
    'a scheme without a token': () => ({ headers: { ...JSON_TYPE, authorization: 'Bearer' } }),
    'a scheme and a blank': () => ({ headers: { ...JSON_TYPE, authorization: 'Bearer ' } }),
    'of another scheme': () => ({ headers: { ...JSON_TYPE, authorization: `Basic ${reader.token}` } }),
    'without a scheme': () => ({ headers: { ...JSON_TYPE, authorization: reader.token } }),
    'there twice': () => ({
      headers: { ...JSON_TYPE, authorization: [`Bearer ${reader.token}`, `Bearer ${reader.token}`] },
    }),
    'two in one header': () => ({
      headers: { ...JSON_TYPE, authorization: `Bearer ${reader.token}, Bearer ${reader.token}` },
    }),
    'ten kilobytes long': () => ({ headers: { ...JSON_TYPE, ...bearer(`gth_int_${'x'.repeat(10_000)}`) } }),
    'damaged in one character': () => ({ headers: { ...JSON_TYPE, ...bearer(damaged(reader.token)) } }),
    'in other case': () => ({ headers: { ...JSON_TYPE, ...bearer(reader.token.toUpperCase()) } }),
    'in the query string': () => ({
      headers: JSON_TYPE,
      path: `/graphql?access_token=${reader.token}&token=${reader.token}&authorization=Bearer%20${reader.token}`,
    }),
    'in a cookie': () => ({
      headers: { ...JSON_TYPE, cookie: `token=${reader.token}; authorization=Bearer ${reader.token}` },
    }),
  };
  /** Those that look like one: one statement finds out. */
  const unknown: Record<string, () => Promise<string>> = {
    'well-formed and nobody’s': async () => mintToken('INTERNAL'),
    revoked: () => tokenAfter(`update token set revoked_at = now() where installation_id = $1`),
    expired: () => tokenAfter(`update token set expires_at = now() - interval '1 second' where installation_id = $1`),
    'of a suspended installation': () => tokenAfter(`update installation set status = 'SUSPENDED' where id = $1`),
    'of a suspended connection': () =>
      tokenAfter(
        `update connection set status = 'SUSPENDED' where id = (select connection_id from installation where id = $1)`,
      ),
    'of a deleted connection': () =>
      tokenAfter(
        `update connection set status = 'DELETED' where id = (select connection_id from installation where id = $1)`,
      ),
  };

  test.each(Object.entries(impossible))('%s; the database is not asked', async (_, sent) => {
    await expectRefused(sent(), 0);
  });

  test.each(Object.entries(unknown))('%s; one statement finds out', async (_, token) => {
    await expectRefused({ headers: { ...JSON_TYPE, ...bearer(await token()) } }, 1);
  });

  test('one that was good for the request before', async () => {
    const asker = await world.connection([]);
    expect((await post({ headers: bearer(asker.token) })).status).toBe(200);
    await world.sql('update token set revoked_at = now() where installation_id = $1', [asker.installationId]);
    expect((await post({ headers: bearer(asker.token) })).status).toBe(401);
  });

  test('a future expiry is no expiry yet', async () => {
    const token = await tokenAfter(
      `update token set expires_at = now() + interval '1 hour' where installation_id = $1`,
    );
    expect((await post({ headers: bearer(token) })).status).toBe(200);
  });

  test('headers of more than 16 kB are refused by the parser', async () => {
    expect((await send(world.url, { headers: bearer('x'.repeat(20_000)) })).status).toBe(431);
  });

  async function expectRefused(sent: Sent, statements: number): Promise<void> {
    const constant = await send(world.url, { headers: JSON_TYPE, body: asked(WHO) });
    world.statements.length = 0;
    const reply = await send(world.url, { body: asked(WHO), ...sent });
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
    expect(reply.text).toBe(constant.text);
    expect(code(reply)).toBe('UNAUTHENTICATED');
    expect(world.statements).toHaveLength(statements);
  }

  async function tokenAfter(statement: string): Promise<string> {
    const asker = await world.connection([]);
    await world.sql(statement, [asker.installationId]);
    return asker.token;
  }
});

describe('the method', () => {
  test.each(['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])(
    '%s is refused with 405 and what is allowed',
    async (method) => {
      const reply = await send(world.url, { method, headers: bearer() });
      expect(reply.status).toBe(405);
      expect(reply.headers.allow).toBe('GET, POST');
    },
  );

  test('GET serves a query when a header shows that no form of another site sent it', async () => {
    const reply = await send(world.url, {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(WHO)}`,
      headers: { ...bearer(), 'apollo-require-preflight': 'yes' },
    });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text).data.viewer.id).toBeTruthy();
  });

  test('GET without such a header is refused, as any site could send it', async () => {
    const reply = await send(world.url, {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(WHO)}`,
      headers: bearer(),
    });
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain('"data"');
  });

  test('GET serves no mutation', async () => {
    const reply = await send(world.url, {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent('mutation { __typename }')}`,
      headers: { ...bearer(), 'apollo-require-preflight': 'yes' },
    });
    expect(reply.text).not.toContain('"data"');
  });
});

describe('the body', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'may come as %s',
    async (type) => {
      expect((await post({ headers: { 'content-type': type } })).status).toBe(200);
    },
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/jsonp',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-7',
    '',
  ])('is refused with 415 when it comes as %j', async (type) => {
    const reply = await post({ headers: { 'content-type': type } });
    expect(reply.status).toBe(415);
    expect(code(reply)).toBe('INVALID');
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['GZIP', gzipSync],
  ])('may be compressed with %s', async (encoding, compress) => {
    const reply = await post({ headers: { 'content-encoding': encoding }, body: compress(asked(WHO)) });
    expect(reply.status).toBe(200);
  });

  test.each([
    ['zstd', zstdCompressSync],
    ['gzip, gzip', (text: string) => gzipSync(gzipSync(text))],
    ['compress', gzipSync],
  ])('is refused with 415 when it is compressed with %s', async (encoding, compress) => {
    const reply = await post({ headers: { 'content-encoding': encoding }, body: compress(asked(WHO)) });
    expect(reply.status).toBe(415);
  });

  test.each([
    ['as it is', 'identity', (text: string) => Buffer.from(text)],
    ['from gzip', 'gzip', gzipSync],
    ['from br', 'br', brotliCompressSync],
    ['from deflate', 'deflate', deflateSync],
  ])('has at most a million bytes %s', async (_, encoding, compress) => {
    const padded = (bytes: number) => compress(asked(WHO).padEnd(bytes));
    const headers = { 'content-encoding': encoding };
    expect((await post({ headers, body: padded(MB) })).status).toBe(200);
    const reply = await post({ headers, body: padded(MB + 1) });
    expect(reply.status).toBe(413);
    expect(message(reply)).toBe('A body may have at most 1000000 bytes, inflated too.');
  });

  test('a bomb of a gigabyte is refused as soon as it is too large, and the rest of it is not inflated', async () => {
    const bomb = Buffer.concat(Array(50).fill(gzipSync(Buffer.alloc(20 * MB), { level: 9 }))); // 20 kB for each 20 MB
    expect(bomb.length).toBeLessThan(MB);
    const memory = process.memoryUsage().rss;
    const cpu = process.cpuUsage();
    expect((await post({ headers: { 'content-encoding': 'gzip' }, body: bomb })).status).toBe(413);
    await sleep(300);
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1_000, 'milliseconds of processor time').toBeLessThan(250);
    expect(process.memoryUsage().rss - memory).toBeLessThan(64 * MB);
  });

  test('without an end is refused as soon as it is too large, and the connection is closed', async () => {
    const chunk = `${(200_000).toString(16)}\r\n${' '.repeat(200_000)}\r\n`;
    const answer = await exchange(
      world.url,
      `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${reader.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(6)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each([
    ['is cut off', 'gzip', gzipSync(asked(WHO)).subarray(0, 20)],
    ['is not what its encoding says', 'br', Buffer.from('certainly not brotli')],
    ['is not UTF-8', 'identity', Buffer.from('{"query": "{ viewer { id } } # \xff"}', 'latin1')],
    ['is not JSON', 'identity', Buffer.from('{ viewer { id } }')],
    ['is empty', 'identity', Buffer.from('')],
    ['is JSON, but no object', 'identity', Buffer.from('"{ viewer { id } }"')],
    ['is null', 'identity', Buffer.from('null')],
    ['holds no query', 'identity', Buffer.from('{"variables": {}}')],
    ['holds a query that is no text', 'identity', Buffer.from('{"query": 1}')],
    ['holds variables that are no object', 'identity', Buffer.from(`{"query": "${WHO}", "variables": "x"}`)],
    ['holds an operation name that is no text', 'identity', Buffer.from(`{"query": "${WHO}", "operationName": 1}`)],
    ['holds several requests', 'identity', Buffer.from(`[{"query": "${WHO}"}, {"query": "${WHO}"}]`)],
    ['holds a list of one request', 'identity', Buffer.from(`[{"query": "${WHO}"}]`)],
    ['holds an empty list', 'identity', Buffer.from('[]')],
  ])('is refused with 400 when it %s', async (_, encoding, body) => {
    const reply = await post({ headers: { 'content-encoding': encoding }, body });
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain('"data"');
  });

  test('with two lengths is refused by the parser', async () => {
    const answer = await exchange(
      world.url,
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('the document', () => {
  const comment = (bytes: number) => `${WHO}#`.padEnd(bytes, '-');
  const tokens = (count: number) => `{ fieldAccess(coordinates: [${'"" '.repeat(count - 12)}]) { coordinate } }`; // 12 around

  test('may have 16,000 bytes, and not one more', async () => {
    expect((await post({ body: asked(comment(16_000)) })).status).toBe(200);
    world.statements.length = 0;
    const reply = await post({ body: asked(comment(16_001)) });
    expect(reply.status).toBe(400);
    expect(code(reply)).toBe('INVALID');
    expect(message(reply)).toBe('A document may have at most 16000 bytes, but this one has 16001.');
    expect(world.statements).toHaveLength(1); // the token's
  });

  test('counts in bytes, not in letters', async () => {
    expect((await post({ body: asked(`${WHO}#${'ü'.repeat(8_000)}`) })).status).toBe(400);
  });

  test('may have 2,000 tokens, and not one more', async () => {
    expect(JSON.parse((await post({ body: asked(tokens(2_000)) })).text).data).toBeTruthy();
    world.statements.length = 0;
    const reply = await post({ body: asked(tokens(2_001)) });
    expect(code(reply)).toBe('GRAPHQL_PARSE_FAILED');
    expect(reply.text).not.toContain('"data"');
    expect(world.statements).toHaveLength(1); // the token's
  });
});

describe('the status', () => {
  const wrong: [string, object, string][] = [
    ['does not parse', { query: '{ viewer {' }, 'GRAPHQL_PARSE_FAILED'],
    ['is not valid', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['lacks a variable', { query: 'query ($id: ID!) { page(id: $id) { id } }' }, 'BAD_USER_INPUT'],
    [
      'gets a variable of the wrong type',
      { query: 'query ($first: Int) { pages(first: $first) { totalCount } }', variables: { first: 'ten' } },
      'BAD_USER_INPUT',
    ],
  ];

  describe.each(wrong)('of a document that %s', (_, body, expected) => {
    test.each([
      ['*/*', 200, 'application/json'],
      ['application/json', 200, 'application/json'],
      ['application/graphql-response+json', 400, 'application/graphql-response+json'],
      ['application/graphql-response+json, application/json;q=0.9', 400, 'application/graphql-response+json'],
    ])('to a client that accepts %s is %i', async (accept, status, type) => {
      const reply = await post({ headers: { accept }, body: JSON.stringify(body) });
      expect(code(reply)).toBe(expected);
      expect(reply.status).toBe(status);
      expect(reply.headers['content-type']).toContain(type);
      expect(JSON.parse(reply.text)).not.toHaveProperty('data');
    });
  });

  test.each(['*/*', 'application/json', 'application/graphql-response+json'])(
    'is 200 once something was executed, errors or not, to a client that accepts %s',
    async (accept) => {
      const bare = await world.connection([]);
      const reply = await post({
        headers: { accept, ...bearer(bare.token) },
        body: asked('{ viewer { kind } pages { totalCount } }'),
      });
      expect(reply.status).toBe(200);
      expect(code(reply)).toBe('CAPABILITY_MISSING');
      expect(JSON.parse(reply.text).data).toEqual({ viewer: { kind: 'CONNECTION' }, pages: null });
    },
  );

  test('is 406 for a client that accepts neither', async () => {
    expect((await post({ headers: { accept: 'text/html' } })).status).toBe(406);
  });

  test.each(['/', '/nothing', '/graphql/', '/graphqlx', '//', '/%2e%2e/', '/metrics'])('of %s is 404', async (path) => {
    expect((await send(world.url, { method: 'GET', path })).status).toBe(404);
  });
});

describe('every answer', () => {
  test.each([
    ['that worked', {}, 'private, no-store'],
    ['to a wrong token', { headers: { authorization: 'Bearer x' } }, 'no-store'],
    ['to a wrong body', { body: '{' }, 'no-store'],
    ['to a wrong path', { path: '/nowhere' }, 'no-store'],
    ['to a wrong document', { body: asked('{ nothing }') }, 'private, no-store'],
  ] as [string, Sent, string][])('%s is neither stored nor sniffed, and has an id', async (_, sent, cache) => {
    const { headers } = await post(sent);
    expect(headers['cache-control']).toBe(cache);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('to a query varies with the token', async () => {
    expect((await post()).headers.vary).toBe('Authorization, Cookie, Gatehouse-Workspace, Gatehouse-Act-As');
  });
});

describe('an error says nothing about', () => {
  test.each([
    ['a field', '{ pagess { totalCount } }'],
    ['a field of what it may not see', '{ users { nodes { ... on Person { emial } } } }'],
    ['an argument', '{ pages(frist: 1) { totalCount } }'],
    ['a type', '{ viewer { ... on Viewerr { id } } }'],
    ['an input field', '{ users(filter: { emial: { eq: "x" } }) { totalCount } }'],
    ['a selection', '{ viewer }'],
    ['an enum value', 'query { viewer { capabilities @whenDenied(behave: ERRROR) } }'],
    ['a directive', '{ viewer { id @inclued(if: true) } }'],
    ['a variable', 'query ($v: PageFiltr) { pages(filter: $v) { totalCount } }'],
  ])('what else there is when the name of %s is wrong', async (_, query) => {
    const reply = await post({ body: asked(query) });
    expect(code(reply)).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(reply.text).not.toMatch(/did you mean/i);
    expect(reply.text).not.toMatch(/\bemail\b/i);
  });

  test('what else there is when a variable has an unknown field or value', async () => {
    const reply = await post({
      body: asked('query ($f: UserFilter) { users(filter: $f) { totalCount } }', { f: { emial: { eq: 'x' } } }),
    });
    expect(code(reply)).toBe('BAD_USER_INPUT');
    expect(reply.text).not.toMatch(/did you mean/i);
    expect(reply.text).not.toMatch(/\bemail\b/i);
  });

  test('the inside when a statement fails: it gives an id that stands in the log beside the cause', async () => {
    await world.sql('alter table block rename to block_elsewhere');
    try {
      const reply = await post({ body: asked(`{ page(id: "${page}") { id title blocks { nodes { id } } } }`) });
      expect(reply.status).toBe(200);
      const { data, errors } = JSON.parse(reply.text);
      expect(data).toEqual({ page: { id: page, title: 'Handbook', blocks: null } });
      const [{ errorId, ...extensions }, ...others] = errors.map((error: { extensions: object }) => error.extensions);
      expect(extensions).toEqual({ code: 'INTERNAL' });
      expect(others).toEqual([]);
      expectNothingInternal(reply);
      const line = world.logLines.find((logged) => logged.includes(errorId));
      expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'error', errorId });
      expect(line).toContain('block');
    } finally {
      await world.sql('alter table block_elsewhere rename to block');
    }
  });

  test('the inside when not even the token can be looked up', async () => {
    await world.sql('alter table token rename to token_elsewhere');
    try {
      const reply = await post();
      expect(reply.status).toBe(500);
      expect(code(reply)).toBe('INTERNAL');
      expectNothingInternal(reply);
      const id = reply.headers['x-request-id'] as string;
      expect(world.logLines.some((line) => line.includes(id) && line.includes('"level":"error"'))).toBe(true);
    } finally {
      await world.sql('alter table token_elsewhere rename to token');
    }
    expect((await post()).status).toBe(200);
  });

  function expectNothingInternal({ text }: Reply): void {
    expect(text).not.toMatch(/block_|token_|relation|select |\bat \/|\.js:|\.ts:|stack|postgres|42P01|node_modules/i);
  }
});

describe('while the database is gone', () => {
  test('requests are answered 503 with when to come again, and 200 as soon as it is back', async () => {
    const wire = await layWire(inject('postgres'));
    const address = new URL(world.databaseUrl);
    const lines: string[] = [];
    const log = createLog({ destination: { write: (line) => void lines.push(line) } });
    const store = await openStore({
      dataDirectory: world.dataDirectory,
      databaseUrl: `postgres://${address.username}:${address.password}@127.0.0.1:${wire.port}${address.pathname}`,
      keyFile: inject('keyFile'),
      log,
    });
    const gateway = await createGateway({ store, log });
    const door = createHttpDoor({ gateway, store, log });
    await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(door.server.address() as { port: number }).port}`;
    const ask = () =>
      send(url, { headers: { ...JSON_TYPE, ...bearer() }, body: asked(`{ page(id: "${page}") { title } }`) });
    const probe = async (path: string) => (await send(url, { method: 'GET', path })).status;
    try {
      expect((await ask()).status).toBe(200);
      expect(await probe('/readyz')).toBe(200);

      await wire.cut();
      for (let i = 0; i < 3; i++) {
        const reply = await ask();
        expect(reply.status).toBe(503);
        expect(reply.headers['retry-after']).toBe('2');
        expect(code(reply)).toBe('UNAVAILABLE');
        expect(reply.text).not.toMatch(/ECONN|127\.0\.0\.1|postgres/i);
      }
      expect(await probe('/readyz')).toBe(503);
      expect(await probe('/livez')).toBe(200);

      await wire.mend();
      expect((await ask()).text).toContain('Handbook');
      expect(await probe('/readyz')).toBe(200);
      expect(lines.join('')).not.toMatch(/gth_/);
    } finally {
      await door.drain(1_000);
      await gateway.stop();
      await store.close();
      await wire.close();
    }
  });
});

describe('without a token there are', () => {
  test.each([
    ['/livez', { status: 'ok' }],
    ['/readyz', { status: 'ok' }],
    ['/version', { name: 'gatehouse', version: expect.stringMatching(/^\d+\.\d+\.\d+/) }],
  ])('%s', async (path, expected) => {
    const reply = await send(world.url, { method: 'GET', path });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toEqual(expected);
  });
});

test('a client that leaves in the middle of its body breaks nothing', async () => {
  const { hostname, port } = new URL(world.url);
  await Promise.all(
    Array.from(
      { length: 20 },
      () =>
        new Promise<void>((resolve) => {
          const socket = connect(Number(port), hostname, () => {
            socket.write(
              `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${reader.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query`,
            );
            setTimeout(() => socket.destroy(), 20);
          });
          socket.on('close', () => resolve());
        }),
    ),
  );
  expect((await post()).status).toBe(200);
});

test('a body that drips and never ends is given up when the time for a request is over', async () => {
  const { text, ms } = await endless;
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(ms).toBeLessThan(20_000);
});

// Last: it looks at what all of the above has logged.
test('every line of the log is a JSON object, and none holds a token', () => {
  expect(world.logLines.length).toBeGreaterThan(50);
  for (const line of world.logLines) expect(() => JSON.parse(line)).not.toThrow();
  expect(world.logLines.join('')).not.toMatch(/gth_/);
});
