// The end of a server: what is under way is finished, nothing new is begun, and the next one starts. Real processes.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Desk, openLastingDesk, type Running } from '../cli/program.js';
import { type Asker, openWorld, post, type World } from '../world.js';
import { exchange, send } from './wire.js';

const PAGES = '{ pages { totalCount } }';

let world: World;
let desk: Desk;
let reader: Asker;

beforeAll(async () => {
  world = await openWorld();
  desk = await openLastingDesk({ DATABASE_URL: world.databaseUrl, GATEHOUSE_KEY_FILE: inject('keyFile') });
  reader = await world.connection(['CONTENT_READ']);
});
afterAll(async () => {
  await desk?.clear();
  await world[Symbol.asyncDispose]();
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('lets a request under way finish, takes no new one, and ends with 0; then a second start works', async () => {
    const server = await desk.start([], { GATEHOUSE_LOG_LEVEL: 'debug' });
    const held = await holdPages();
    const underWay = post(server.url, reader.token, PAGES);
    await held.waitedFor();

    const end = server.end(signal);
    await expect.poll(() => reachable(server), { timeout: 5_000 }).toBe(false);
    await held.release();
    const answer = await underWay;
    expect(answer.data).toEqual({ pages: { totalCount: 0 } });
    expect(answer.headers.get('connection')).toBe('close');
    const { code, stderr } = await end;
    expect(code).toBe(0);
    expectLogs(stderr);

    const next = await desk.start();
    expect((await post(next.url, reader.token, PAGES)).status).toBe(200);
    expect((await next.end()).code).toBe(0);
  });
});

test('a connection that says nothing does not hold up the end', async () => {
  const server = await desk.start();
  const silent = exchange(server.url, '');
  await sleep(100);
  const begun = performance.now();
  expect((await server.end()).code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(4_000); // requests get 10 s
  expect(await silent).toBe('');
});

/** Keeps every statement on pages waiting. */
async function holdPages() {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query('lock table page in access exclusive mode');
  return {
    waitedFor: () =>
      expect
        .poll(
          async () => (await client.query('select 1 from pg_locks where not granted')).rows.length, //
          { timeout: 5_000 },
        )
        .toBeGreaterThan(0),
    release: async () => {
      await client.query('rollback');
      await client.end();
    },
  };
}

const reachable = ({ url }: Running): Promise<boolean> =>
  send(url, { method: 'GET', path: '/livez' }).then(
    () => true,
    () => false,
  );

function expectLogs(stderr: string): void {
  const lines = stderr.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).msg)).toContain('Stopping: finishing what is under way');
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ level: 'debug', method: 'POST', path: '/graphql', status: 200 }),
  );
  expect(stderr).not.toMatch(/gth_/);
}
