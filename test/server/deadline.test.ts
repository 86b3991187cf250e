// Operations that take too long, and clients that do not wait: what is under way in the database is stopped within a
// second, and its connections are free again. A lock on a table makes every statement that reads it wait.

import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/api/limits.js';
import type { Id } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { sql } from '../../src/lib/sql.js';
import { readConfiguration } from '../../src/server/configuration.js';
import { openStore } from '../../src/store/store.js';
import { type Asker, openWorld, type World } from '../world.js';

const MAX_MS = 600;

let world: World;
let page: Id;
let reader: Asker;
let locker: pg.Client;

beforeAll(async () => {
  world = await openWorld({ limits: { maxOperationMs: MAX_MS } });
  page = await world.page({ title: 'Handbook' });
  reader = await world.connection(['CONTENT_READ']);
  await world.share(reader, page);
  locker = new pg.Client({ connectionString: world.databaseUrl, application_name: 'locker' });
  await locker.connect();
});
afterEach(() => locker.query('rollback'));
afterAll(async () => {
  await locker.end();
  await world[Symbol.asyncDispose]();
});

const lock = () => locker.query('begin; lock table page in access exclusive mode');
const read = () => world.ask(reader, `{ page(id: "${page}") { title } }`);

/** Statements of the server that run or wait at this moment. */
const underWay = async (): Promise<number> =>
  (
    await world.sql<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and application_name = 'gatehouse' and state <> 'idle'`,
    )
  )[0]?.count ?? 0;

/** How long it takes until the database has nothing of ours to do and every connection is back in the pool. */
async function untilIdle(): Promise<number> {
  const begun = performance.now();
  while ((await underWay()) > 0 || world.store.poolUse().inUse > 0) {
    if (performance.now() - begun > 5_000) throw new Error('It is still busy after 5 s.');
    await sleep(10);
  }
  return performance.now() - begun;
}

/** Asks, and goes away after so many milliseconds. */
const leaveAfter = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const asked = request(`${world.url}/graphql`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${reader.token}` },
    });
    asked.on('error', () => {});
    asked.on('close', () => resolve());
    asked.end(JSON.stringify({ query: `{ page(id: "${page}") { title } }` }));
    setTimeout(() => asked.destroy(), ms);
  });

test('ten seconds are the usual time for an operation', () => {
  expect(DEFAULT_LIMITS.maxOperationMs).toBe(10_000);
});

describe('a statement', () => {
  test('has five seconds where nothing else is said', async () => {
    expect(await world.store.reader().rows(sql`show statement_timeout`)).toEqual([{ statement_timeout: '5s' }]);
  });

  test('that takes longer than the setting says is cancelled by PostgreSQL', async () => {
    const { maxStatementMs } = readConfiguration({
      environment: { GATEHOUSE_MAX_STATEMENT_MS: '300' },
      directory: world.dataDirectory,
    });
    const { dataDirectory, databaseUrl } = world;
    const log = createLog({ level: 'silent' });
    const store = await openStore({ dataDirectory, databaseUrl, keyFile: inject('keyFile'), log, maxStatementMs });
    try {
      const sleeping = store.reader().rows(sql`select pg_sleep(3)`);
      await expect(sleeping).rejects.toThrow('canceling statement due to statement timeout');
      expect(await store.reader().rows(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    } finally {
      await store.close();
    }
  });

  test('cannot be given less time than the server needs to start', () => {
    expect(() =>
      readConfiguration({ environment: { GATEHOUSE_MAX_STATEMENT_MS: '99' }, directory: world.dataDirectory }),
    ).toThrow('GATEHOUSE_MAX_STATEMENT_MS should be a whole number from 100 to 3600000, but is: 99');
  });
});

describe('an operation', () => {
  test('that is answered in time is answered, though it had to wait', async () => {
    await lock();
    const asked = read();
    await sleep(200);
    await locker.query('rollback');
    expect((await asked).data).toEqual({ page: { title: 'Handbook' } });
  });

  test('that is not is stopped, and says so', async () => {
    await lock();
    const begun = performance.now();
    const answer = await read();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(MAX_MS - 5);
    expect(performance.now() - begun).toBeLessThan(MAX_MS + 1_000);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({
      errors: [
        {
          message: 'An operation may take at most 0.6 seconds. This one took longer and was stopped.',
          extensions: { code: 'DEADLINE_EXCEEDED' },
        },
      ],
      data: null,
      extensions: { cost: { requested: 1, actual: 1, remaining: expect.any(Number), restoreRate: expect.any(Number) } },
    });
    expect(await untilIdle()).toBeLessThan(1_000);
  });

  test('is stopped with all its statements, while others wait for a connection', async () => {
    await lock();
    const answers = await Promise.all(Array.from({ length: 12 }, read));
    for (const { errors, status } of answers) {
      expect(status).toBe(200);
      expect(errors?.[0]?.extensions.code).toBe('DEADLINE_EXCEEDED');
    }
    expect(await untilIdle()).toBeLessThan(1_000);
    await locker.query('rollback');
    expect((await read()).data).toEqual({ page: { title: 'Handbook' } });
  });
});

describe('a client that leaves', () => {
  test('takes its statement with it', async () => {
    await lock();
    await leaveAfter(150);
    expect(await untilIdle()).toBeLessThan(1_000);
  });

  test('a thousand times leaves nothing behind', async () => {
    await lock();
    for (let wave = 0; wave < 20; wave++) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => leaveAfter(50 + i)));
      expect(await untilIdle()).toBeLessThan(1_000);
    }
    await locker.query('rollback');
    expect((await read()).data).toEqual({ page: { title: 'Handbook' } });
    expect(world.store.poolUse().waiting).toBe(0);
  });

  test('before its statement was sent sends none', async () => {
    world.statements.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => leaveAfter(0)));
    await untilIdle();
    expect((await read()).data).toEqual({ page: { title: 'Handbook' } });
  });
});

test('none of it is a fault in the log', () => {
  expect(world.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
