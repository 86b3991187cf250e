// Many write at once, some take long and some give up; several stamp and settle together. A reader who goes on from its
// cursor meets each committed change once, those of a page in the order they were made.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LogStore, settleDue, settleWorkspace, stampChanges } from '../../src/events/settler.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { keepEventLog } from '../../src/server/keep-event-log.js';
import { type Asker, openWorld, type World } from '../world.js';
import { record, settled } from './settling.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const FACTOR = Number(process.env.GATEHOUSE_CASES ?? 1);
const WRITERS = 32;
const WRITING_MS = 2_000 * FACTOR;
/** One transaction stays open for so long. */
const SLOW_MS = 1_500 * FACTOR;
const READ_EVERY_MS = 50;
const KEEPERS = 3;

interface Met {
  resourceId: Id;
  version: number;
  sequence: number;
}

/** Reads on from its cursor until told to stop, and then until nothing comes any more. */
function follow(world: World, asker: Asker) {
  const met: Met[] = [];
  let after: string | null = null;
  let last = false;
  const read = async (): Promise<number> => {
    const { data, errors } = await world.ask(
      asker,
      `query E($after: String) { events(first: 100, after: $after) {
         nodes { resourceId version sequence } pageInfo { endCursor } } }`,
      { after } as Record<string, unknown>,
    );
    if (!data) throw new Error(JSON.stringify(errors));
    const { nodes, pageInfo } = (data as { events: { nodes: Met[]; pageInfo: { endCursor: string | null } } }).events;
    met.push(...nodes);
    after = pageInfo.endCursor ?? after;
    return nodes.length;
  };
  const reading = (async () => {
    while (!last) {
      await read();
      await sleep(READ_EVERY_MS);
    }
    while ((await read()) > 0) {}
  })();
  return {
    met,
    stop: async () => {
      last = true;
      await reading;
    },
  };
}

/** Writes pages as commands do: the row first, the change last. Answers what was committed. */
async function write(world: World, pages: readonly Id[], until: number): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: world.databaseUrl, max: WRITERS });
  const committed: string[] = [];
  const once = async (id: Id, waitMs: number, gives: boolean): Promise<void> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query(
        'update page set version = version + 1 where workspace_id = $1 and id = $2 returning version',
        [world.workspaceId, id],
      );
      await client.query(
        `insert into change (workspace_id, id, type, resource_id, resource_version, ancestors, actor_kind)
         values ($1, $2, 'PAGE_CONTENT_UPDATED', $3, $4, array[$3::uuid], 'OPERATOR')`,
        [world.workspaceId, newId(), id, rows[0].version],
      );
      await sleep(waitMs);
      await client.query(gives ? 'commit' : 'rollback');
      if (gives) committed.push(`${id} ${rows[0].version}`);
    } finally {
      client.release();
    }
  };
  const writer = async (): Promise<void> => {
    while (Date.now() < until) {
      const page = pages[Math.floor(Math.random() * (pages.length - 1))] as Id;
      await once(page, Math.random() * 8, Math.random() < 0.8);
    }
  };
  await Promise.all([once(pages.at(-1) as Id, SLOW_MS, true), ...Array.from({ length: WRITERS - 1 }, writer)]);
  await pool.end();
  return committed;
}

test('each committed change is met once, in order, and positions have no gap', {
  timeout: 60_000 * FACTOR,
}, async () => {
  const log = createLog({ level: 'silent' });
  const asker = await world.connection(['CONTENT_READ']);
  const pages = Array.from({ length: 40 }, newId);
  await world.pages(pages.map((id) => ({ id })));
  await settled(world);
  for (const id of pages) await world.share(asker, id);
  const keepers = Array.from({ length: KEEPERS }, () => keepEventLog({ store: world.store, log, days: 30 }));
  const reader = follow(world, asker);
  const committed = await write(world, pages, Date.now() + WRITING_MS);
  for (const keeper of keepers) await keeper.stop();
  await reader.stop();

  const met = reader.met.map(({ resourceId, version }) => `${resourceId} ${version}`);
  expect(new Set(met).size).toBe(met.length);
  expect([...met].sort()).toEqual([...committed].sort());
  for (const of of Map.groupBy(reader.met, ({ resourceId }) => resourceId).values()) {
    expect(of.map(({ version }) => version)).toEqual(of.map(({ version }) => version).sort((a, b) => a - b));
    expect(of.map(({ sequence }) => sequence)).toEqual(of.map((_, index) => (of[0]?.sequence ?? 0) + index));
  }
  for (const [table, column] of [
    ['event', 'position'],
    ['change', 'position'],
  ]) {
    const [dense] = await world.sql<{ isDense: boolean }>(
      `select count(*) = max(${column}) and count(distinct ${column}) = count(*) and min(${column}) = 1 as "isDense" from ${table}`,
    );
    expect(dense, table).toEqual({ isDense: true });
  }
  expect(committed.length).toBeGreaterThan(100);
});

test('a change that is committed late comes after what was read before it', async () => {
  const page = await world.page();
  await settled(world);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await client.query('begin');
  const insert = `insert into change (workspace_id, id, type, resource_id, resource_version, ancestors, actor_kind)
    values ($1, $2, 'PAGE_LOCKED', $3, 1, array[$3::uuid], 'OPERATOR')`;
  await client.query(insert, [world.workspaceId, newId(), page]);
  await record(world, page, { type: 'PAGE_UNLOCKED' });
  await settled(world);
  await client.query('commit');
  await client.end();
  await settled(world);
  expect(await typesOf(page)).toEqual(['PAGE_CREATED', 'PAGE_UNLOCKED', 'PAGE_LOCKED']);
});

test('who was stopped in the middle of settling holds up nobody, and writes nothing when it goes on', async () => {
  const page = await world.page();
  await settled(world);
  await record(world, page, { type: 'PAGE_LOCKED' });
  await stampChanges(world.store);
  const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
  const stopped: LogStore = {
    reader: world.store.reader,
    em: () => {
      const em = world.store.em();
      const execute = em.execute.bind(em) as (...args: unknown[]) => Promise<unknown>;
      em.execute = (async (...args: unknown[]) => {
        await goesOn;
        return execute(...args);
      }) as typeof em.execute;
      return em;
    },
  };
  const late = settleWorkspace(stopped, world.workspaceId);
  await sleep(50);
  expect(await settleDue(world.store)).toBe(1);
  goOn();
  expect(await late).toEqual({ events: 0, isMore: false });
  expect(await typesOf(page)).toEqual(['PAGE_CREATED', 'PAGE_LOCKED']);
});

const typesOf = async (page: Id): Promise<string[]> => {
  const rows = await world.sql<{ type: string }>('select type from event where resource_id = $1 order by position', [
    page,
  ]);
  return rows.map(({ type }) => type);
};
