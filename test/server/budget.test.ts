// Points a minute: what an operation is charged, when there are none left, and how they come back. Time is moved in the
// database: a row counted in the future does not fill.

import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGateway } from '../../src/api/gateway.js';
import { DEFAULT_LIMITS } from '../../src/api/limits.js';
import type { Id } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { readConfiguration } from '../../src/server/configuration.js';
import { createHttpDoor } from '../../src/server/http.js';
import { type Answer, type Asker, openWorld, post, type World } from '../world.js';

/** Costs two, and takes them all. */
const TWO = '{ viewer { workspace { name } } }';
/** Costs eleven when asked, and two when answered: one page is there. */
const ELEVEN = '{ pages(first: 10) { nodes { id } } }';
const RATE = 1_000;

let world: World;
let page: Id;

beforeAll(async () => {
  world = await openWorld({ limits: { maxPointsPerMinute: 60_000 } });
  page = await world.page({ title: 'Handbook' });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function newcomer(): Promise<Asker> {
  const asker = await world.connection(['CONTENT_READ']);
  await world.share(asker, page);
  return asker;
}

/** Leaves an installation so many points, counted so many seconds ago; negative: in the future, so that none come back. */
const leave = ({ installationId }: Asker, points: number, secondsAgo = -3_600) =>
  world.sql(
    `insert into budget (workspace_id, payer_id, points, counted_at)
     values ($1, $2, $3, now() - make_interval(secs => $4))
     on conflict (workspace_id, payer_id) do update set points = excluded.points, counted_at = excluded.counted_at`,
    [world.workspaceId, installationId, points, secondsAgo],
  );

const pointsOf = async ({ installationId }: Asker): Promise<number | undefined> =>
  (await world.sql<{ points: number }>('select points from budget where payer_id = $1', [installationId]))[0]?.points;

const costOf = (answer: Answer<unknown>) =>
  (answer.extensions as { cost?: { requested: number; actual: number; remaining: number; restoreRate: number } }).cost;

describe('an answer says', () => {
  test('what was asked for, what it came to, what remains and how fast it comes back', async () => {
    const asker = await newcomer();
    const answer = await world.ask(asker, ELEVEN);
    expect(answer.status).toBe(200);
    expect(costOf(answer)).toEqual({ requested: 11, actual: 2, remaining: 59_998, restoreRate: RATE });
  });

  test.each([
    ['that introspects', '{ __schema { queryType { name } } }', 200],
    ['that does not parse', '{ viewer {', 200],
    ['that is not valid', '{ nothing }', 200],
    ['over a limit', `{ ${'id '.repeat(500)} }`, 400],
  ])('nothing of it for an operation %s', async (_, text, status) => {
    const asker = await newcomer();
    await leave(asker, 5_000);
    const answer = await world.ask(asker, text);
    expect(answer.status).toBe(status);
    expect(costOf(answer)).toEqual({ requested: 0, actual: 0, remaining: 5_000, restoreRate: RATE });
    expect(await pointsOf(asker)).toBe(5_000);
  });

  test('what an operation would have cost that is too dear, and takes nothing', async () => {
    const asker = await newcomer();
    await leave(asker, 5_000);
    const answer = await world.ask(asker, '{ pages(first: 100) { nodes { children(first: 100) { nodes { id } } } } }');
    expect(answer.status).toBe(400);
    expect(answer.errors).toEqual([
      {
        message:
          'An operation may cost at most 1000 points, but this one asks for 10201. Ask for fewer at a time: smaller first or last, fewer lists in each other.',
        extensions: { code: 'COST_EXCEEDED' },
      },
    ]);
    expect(costOf(answer)).toEqual({ requested: 10_201, actual: 0, remaining: 5_000, restoreRate: RATE });
    expect(answer.data).toBeUndefined();
  });

  test('the dearest that is allowed is answered', async () => {
    const asker = await newcomer();
    const text = (first: number) => `{ pages(first: ${first}) { nodes { children(first: 8) { nodes { id } } } } }`;
    expect(costOf(await world.ask(asker, text(99)))?.requested).toBe(991);
    expect((await world.ask(asker, text(100))).status).toBe(400);
  });
});

describe('a budget', () => {
  test('is charged all that is asked for, and gets back what was not used with the next charge', async () => {
    const asker = await newcomer();
    await leave(asker, 100);
    expect(costOf(await world.ask(asker, ELEVEN))?.remaining).toBe(98);
    expect(await pointsOf(asker)).toBe(89);
    expect(costOf(await world.ask(asker, TWO))?.remaining).toBe(96);
    expect(await pointsOf(asker)).toBe(96);
  });

  test('with too few points refuses, says when to come again, and sends nothing but the look-up of the token', async () => {
    const asker = await newcomer();
    await leave(asker, 2);
    expect((await world.ask(asker, TWO)).status).toBe(200);
    world.statements.length = 0;
    const answer = await world.ask(asker, TWO);
    expect(world.statements).toHaveLength(1);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(answer).not.toHaveProperty('data');
    expect(answer.errors).toEqual([
      {
        message: 'This operation asks for 2 points, but 0 are left. 1000 come back each second: try again in 1 s.',
        extensions: { code: 'RATE_LIMITED' },
      },
    ]);
    expect(costOf(answer)).toEqual({ requested: 2, actual: 0, remaining: 0, restoreRate: RATE });
    expect(await pointsOf(asker)).toBe(0);
  });

  test('says the seconds it takes until there are enough', async () => {
    const asker = await newcomer();
    await leave(asker, -2_500);
    expect((await world.ask(asker, TWO)).headers.get('retry-after')).toBe('3');
  });

  test('fills evenly: a tenth of a second brings a hundred points', async () => {
    const asker = await newcomer();
    await leave(asker, -2_500, 2.49); // seconds ago
    const early = await world.ask(asker, ELEVEN);
    if (early.status === 429) expect(early.headers.get('retry-after')).toBe('1');
    await leave(asker, -2_500, 2.6);
    const answer = await world.ask(asker, TWO);
    expect(answer.status).toBe(200);
    expect(costOf(answer)?.remaining).toBeGreaterThanOrEqual(98);
    expect(costOf(answer)?.remaining).toBeLessThan(3_000);
  });

  test('is never more than full', async () => {
    const asker = await newcomer();
    await leave(asker, 59_999, 86_400);
    expect(costOf(await world.ask(asker, TWO))?.remaining).toBe(59_998);
  });

  test('is one for each installation: what one has used up, another has not', async () => {
    const [poor, rich] = [await newcomer(), await newcomer()];
    await leave(poor, 0);
    expect((await world.ask(poor, TWO)).status).toBe(429);
    expect((await world.ask(rich, TWO)).status).toBe(200);
  });

  test('is kept exactly by many requests at once, through several processes', async () => {
    const asker = await newcomer();
    await leave(asker, 20);
    const log = createLog({ level: 'silent' });
    const gateway = await createGateway({ store: world.store, log });
    const door = createHttpDoor({ gateway, store: world.store, log });
    await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
    const other = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`;
    const urls = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? world.url : other));
    const statuses = await Promise.all(
      urls.map(async (url) => (await post(`${url}/graphql`, asker.token, TWO)).status),
    );
    await door.drain(1_000);
    await gateway.stop();
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  });

  test('is not touched by a token that is not live', async () => {
    const asker = await newcomer();
    await leave(asker, 10);
    await world.sql('update token set revoked_at = now() where installation_id = $1', [asker.installationId]);
    expect((await world.ask(asker, TWO)).status).toBe(401);
    expect(await pointsOf(asker)).toBe(10);
  });

  test('is charged by the statement that looks up the token: an operation sends no more than before', async () => {
    const asker = await newcomer();
    world.statements.length = 0;
    await world.ask(asker, TWO);
    expect(world.statements.filter((text) => /budget/.test(text))).toHaveLength(1);
    expect(world.statements[0]).toMatch(/from token t.*insert into budget/s);
  });
});

describe('settings', () => {
  test('may say other limits', () => {
    const { limits } = readConfiguration({
      environment: { GATEHOUSE_MAX_COST: '10', GATEHOUSE_MAX_POINTS_PER_MINUTE: '10', GATEHOUSE_MAX_DEPTH: '3' },
      directory: world.dataDirectory,
    });
    expect(limits).toEqual({ ...DEFAULT_LIMITS, maxCost: 10, maxPointsPerMinute: 10, maxDepth: 3 });
  });

  test('may not say a budget that an allowed operation could never be paid from', () => {
    expect(() =>
      readConfiguration({ environment: { GATEHOUSE_MAX_POINTS_PER_MINUTE: '999' }, directory: world.dataDirectory }),
    ).toThrow('GATEHOUSE_MAX_POINTS_PER_MINUTE should be at least GATEHOUSE_MAX_COST (1000), but is: 999');
  });
});
