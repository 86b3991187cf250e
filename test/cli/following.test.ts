// The log and those who follow it, while processes are killed, stopped and cut off: three gateways on one database, one of
// them over a wire that carries no LISTEN and can be silenced. GATEHOUSE_CASES multiplies how often; once, there are few.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import WebSocket from 'ws';
import { createFollower } from '../../src/client/follow.js';
import { createConnection, suspendConnection, updateConnection } from '../../src/connection/lifecycle.js';
import { revokeToken } from '../../src/connection/token.js';
import { operatorOf } from '../../src/gate/actor.js';
import type { Id } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { grantShare, revokeShare } from '../../src/share/lifecycle.js';
import { openStore, type Store } from '../../src/store/store.js';
import { record } from '../events/settling.js';
import { urlOf } from '../global-setup.js';
import { openWire, type Wire } from '../server/cut-wire.js';
import { follow, until } from '../server/sockets.js';
import { type Asker, post } from '../world.js';
import { buildProgram, type Desk, ended, openLastingDesk, postgresOf, type Running, writeFiles } from './program.js';

const TIMES = Number(process.env.GATEHOUSE_CASES ?? 1);
const KILLS = TIMES === 1 ? 3 : Math.ceil(12.5 * TIMES);
const REVOCATIONS = TIMES === 1 ? 10 : 15 * TIMES;
const STOPS = TIMES === 1 ? 3 : 15;
const HELD_MS = TIMES === 1 ? 6_000 : 10_000;
const PATIENCE_MS = 120_000; // far more than it takes once
const WRITES_PER_SECOND = 100;
const WRITERS = 8;
const ENVIRONMENT = { GATEHOUSE_MAX_POINTS_PER_MINUTE: '1000000000' };

let desk: Desk;
let store: Store;
let workspaceId: Id;
let pages: Id[];
let wire: Wire;
let startOf: Record<Name, () => Promise<Running>>;
let gateways: Record<Name, Running>;

/** The first keeps PostgreSQL, the second reaches it over the wire. */
type Name = 'keeping' | 'wired' | 'third';

beforeAll(async () => {
  desk = await openLastingDesk();
  const data = join(desk.directory, '.gatehouse');
  const start = (environment: Record<string, string> = {}) =>
    desk.start(['--no-demo'], { ...ENVIRONMENT, ...environment });
  const keeping = await start();
  const access = JSON.parse(await readFile(join(data, 'postgres/access.json'), 'utf8'));
  const { host, port, database } = access;
  wire = await openWire(
    host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { port },
    /listen gatehouse_log/i,
  );
  const beside = (name: string, databaseUrl: string) => () =>
    start({
      DATABASE_URL: databaseUrl,
      GATEHOUSE_DATA: join(desk.directory, name),
      GATEHOUSE_KEY_FILE: join(data, 'keys'),
    });
  const databaseUrl = urlOf(access, database);
  startOf = {
    keeping: start,
    wired: beside('wired', urlOf({ ...access, host: '127.0.0.1', port: wire.port }, database)),
    third: beside('third', databaseUrl),
  };
  const [wired, third] = await Promise.all([startOf.wired(), startOf.third()]);
  gateways = { keeping, wired, third };
  store = await openStore({
    dataDirectory: join(desk.directory, 'test'),
    databaseUrl,
    keyFile: join(data, 'keys'),
    log: createLog({ level: 'silent' }),
    poolSize: 4,
  });
  await writeFiles(
    desk.directory,
    Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`export/Page ${n} ${'0'.repeat(30)}${10 + n}.md`, `# Page ${n}\n`]),
    ),
  );
  workspaceId = (await desk.json<{ workspace: { id: Id } }>('import', 'export', '--workspace', 'Acme')).workspace.id;
  await sql('update workspace set event_window_ms = 0');
  pages = (await sql<{ id: Id }>('select id from page order by id')).map(({ id }) => id);
}, PATIENCE_MS);

afterAll(async () => {
  await store?.close();
  await wire?.close();
  await desk?.clear();
});

/** Starts a gateway that was killed; its database may be gone as well, and then whoever runs it tries again. */
async function startedAgain(name: Name): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      gateways[name] = await startOf[name]();
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(500);
    }
  }
}

const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  store.em().execute(text, values) as unknown as Promise<Row[]>;

const operator = () => store.callerFor(operatorOf(workspaceId));

/** A connection to which these pages are shared. */
async function reading(shared: readonly Id[]): Promise<Asker & { shareIds: Id[] }> {
  const made = await createConnection(operator(), {
    name: 'Reader',
    capabilities: ['CONTENT_READ', 'CONTENT_UPDATE'],
  });
  const shareIds: Id[] = [];
  for (const resourceId of shared) {
    const { share } = await grantShare(operator(), {
      connectionId: made.connection.id,
      resourceId,
      access: ['READ', 'UPDATE'],
    });
    shareIds.push(share.id);
  }
  return { connectionId: made.connection.id, installationId: made.installation.id, token: made.token, shareIds };
}

const sequencesOf = (following: ReturnType<typeof follow>): number[] =>
  following.envelopes().flatMap(({ event }) => event?.sequence ?? []);

const socketsOf = ({ url }: Running): string => url.replace('http', 'ws');

/** A client that connects once. */
const onceTo = (gateway: Running, { token }: Asker) =>
  createClient({
    url: socketsOf(gateway),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });

/** Whatever was committed has become events. */
const settled = (): Promise<void> =>
  until(async () => (await sql('select from change where settled_as is null')).length === 0, 20_000);

async function expectDense(): Promise<void> {
  const faults = await sql(
    `select 'event' as log, workspace_id from event group by workspace_id
      having count(*) <> max(position) or count(distinct position) <> count(*) or min(position) <> 1
     union all
     select 'change', null from change
      having count(*) <> max(position) or count(distinct position) <> count(*) or min(position) <> 1
     union all
     select 'sequence', resource_id from event group by resource_id
      having count(*) <> max(sequence) or count(distinct sequence) <> count(*)`,
  );
  expect(faults).toEqual([]);
}

/** How many events each page has. */
async function sequences(): Promise<Map<Id, number>> {
  await settled();
  const rows = await sql<{ id: Id; sequence: number }>('select resource_id as id, sequence::int from event_sequence');
  return new Map(rows.map(({ id, sequence }) => [id, sequence]));
}

/** Writes on and on until it is stopped, each page by one writer. */
function writing() {
  const begun = new Map<Id, number>();
  let isOver = false;
  const all = Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      const own = pages.filter((_, n) => n % WRITERS === writer);
      for (let n = 0; !isOver; n++) {
        const page = own[n % own.length] as Id;
        begun.set(page, (begun.get(page) ?? 0) + 1);
        await record({ store, workspaceId }, page, { type: 'PAGE_CONTENT_UPDATED' });
        await sleep((1_000 * WRITERS) / WRITES_PER_SECOND);
      }
    }),
  );
  onTestFinished(() => {
    isOver = true;
    return all.then(() => {});
  });
  return {
    /** How many writes of a page were begun so far. */
    begun: (page: Id) => begun.get(page) ?? 0,
    stop: async () => {
      isOver = true;
      await all;
    },
  };
}

describe('Where no notice arrives', { timeout: PATIENCE_MS * TIMES }, () => {
  interface Revocation {
    of: (asker: Asker & { shareIds: Id[] }) => Promise<unknown>;
    closes: boolean;
  }
  const KINDS: Revocation[] = [
    { of: ({ connectionId }) => revokeToken(operator(), { connectionId }), closes: true },
    { of: ({ connectionId: id }) => suspendConnection(operator(), { id }), closes: true },
    {
      of: ({ installationId }) => sql(`update installation set status = 'ENDED' where id = ?`, [installationId]),
      closes: true,
    },
    {
      of: ({ connectionId: id }) => updateConnection(operator(), { id, capabilities: ['COMMENT_READ'] }),
      closes: false,
    },
    { of: ({ shareIds: [id] }) => revokeShare(operator(), { id: id! }), closes: false },
  ];

  test(`what is written after one of ${REVOCATIONS} revocations does not arrive, and sockets are closed within a second`, async () => {
    const before = await sequences();
    const load = writing();
    const lateness: number[] = [];
    const one = async (n: number): Promise<void> => {
      const { of, closes } = KINDS[n % KINDS.length]!;
      const page = pages[n % pages.length] as Id;
      const asker = await reading([page]);
      const client = onceTo(gateways.wired, asker);
      const following = follow(client);
      await following.has(3);
      await of(asker);
      const [at, begun] = [performance.now(), load.begun(page)];
      if (closes) {
        expect(await following.ended).toMatchObject({ code: 4403 });
        lateness.push(performance.now() - at);
      } else await sleep(1_000);
      const last = following.envelopes().findLast(({ event }) => event)!.event!.sequence;
      expect(last, `revocation ${n % KINDS.length}`).toBeLessThanOrEqual((before.get(page) ?? 0) + begun);
      await client.dispose();
    };
    for (let n = 0; n < REVOCATIONS; n += 5) {
      await Promise.all(Array.from({ length: Math.min(5, REVOCATIONS - n) }, (_, of) => one(n + of)));
    }
    await load.stop();
    expect(Math.max(...lateness)).toBeLessThan(1_000);
    const [{ count } = { count: -1 }] = await sql<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where application_name = 'gatehouse hearing'`,
    );
    expect(count, 'the two others do hear').toBe(2);
  });
});

describe('While its database does not answer', { timeout: PATIENCE_MS }, () => {
  test('a gateway tells nothing and closes with 1013 after five seconds; meanwhile others go on, and afterwards nothing is missing', async () => {
    const [revoked, kept] = await Promise.all([reading(pages.slice(0, 2)), reading(pages.slice(0, 2))]);
    const page = pages[0] as Id;
    const write = () => record({ store, workspaceId }, page, { type: 'PAGE_LOCKED' });
    const [lost, held, elsewhere] = [
      follow(onceTo(gateways.wired, revoked)),
      follow(onceTo(gateways.wired, kept)),
      follow(onceTo(gateways.third, kept)),
    ];
    for (const following of [lost, held, elsewhere]) await following.has(1);
    await write();
    for (const following of [lost, held, elsewhere]) await until(() => following.types().length > 0);
    const at = performance.now();
    wire.hold();
    await revokeToken(operator(), { connectionId: revoked.connectionId });
    for (let n = 0; n < 5; n++) await write();
    await until(() => elsewhere.types().length === 6, 1_500);
    const ends = await Promise.all([lost.ended, held.ended]);
    const closedAfter = performance.now() - at;
    expect(ends).toMatchObject([
      { code: 1013, reason: lost.envelopes().at(-1)!.cursor },
      { code: 1013, reason: held.envelopes().at(-1)!.cursor },
    ]);
    expect(closedAfter).toBeGreaterThan(4_500);
    expect(closedAfter).toBeLessThan(7_000);
    await sleep(HELD_MS - closedAfter);
    wire.release();
    for (const following of [lost, held]) expect(following.types().length).toBe(1);

    const after = held.envelopes().at(-1)!.cursor;
    let resumed: ReturnType<typeof follow>;
    await until(async () => {
      resumed = follow(onceTo(gateways.wired, kept), { after });
      await Promise.race([resumed.has(6), resumed.ended]); // it may take a moment until the gateway has its database back
      resumed.stop();
      return resumed.deliveries.length === 6;
    }, 20_000);
    expect(resumed!.envelopes().map(({ event }) => event?.sequence)).toEqual([
      ...sequencesOf(elsewhere).slice(1),
      undefined,
    ]);
    elsewhere.stop();
    const again = follow(onceTo(gateways.wired, revoked), { after: lost.envelopes().at(-1)!.cursor });
    expect(await again.ended).toMatchObject({ code: 4401 });
  });
});

describe('While three processes stamp and settle', { timeout: PATIENCE_MS * TIMES }, () => {
  test('one that is stopped and continued holds up nobody: no gap, no position twice, no pause over a second', async () => {
    const asker = await reading(pages);
    const following = follow(onceTo(gateways.keeping, asker));
    await following.has(1);
    const before = await sequences();
    const load = writing();
    const pauses: number[] = [];
    const most = () => Math.max(...pauses.splice(0));
    let cameAt = 0;
    let count = 0;
    const watching = setInterval(() => {
      if (following.deliveries.length === count) return;
      count = following.deliveries.length;
      if (cameAt > 0) pauses.push(performance.now() - cameAt);
      cameAt = performance.now();
    }, 5);
    await sleep(1_000);
    const usual = most(); // on a busy machine a second is nothing
    for (let stop = 0; stop < STOPS; stop++) {
      const { pid } = gateways[stop % 2 === 0 ? 'third' : 'wired'];
      await sleep(200 + 200 * Math.random());
      process.kill(pid, 'SIGSTOP');
      await sleep(TIMES === 1 ? 700 : 30_000 / STOPS);
      process.kill(pid, 'SIGCONT');
    }
    await sleep(100);
    const longest = most();
    clearInterval(watching);
    await load.stop();
    const after = await sequences();
    for (const page of pages) expect(after.get(page)).toBe((before.get(page) ?? 0) + load.begun(page));
    const written = pages.reduce((sum, page) => sum + load.begun(page), 0);
    await until(() => following.types().length >= written);
    expect(following.types()).toHaveLength(written);
    expect(longest, `${usual} is usual`).toBeLessThan(Math.max(1_000, 2 * usual));
    following.stop();
    await expectDense();
  });
});

describe('tail', () => {
  test('prints what a connection is told, by lines or as JSON, from a cursor on, and ends well when it is stopped', async () => {
    const page = pages[0] as Id;
    const asker = await reading([page]);
    await sql('update page set title = ? where id = ?', ['A\u001b[31m \u202etitle', page]);
    const lines = desk.spawn(['tail', '--as', asker.connectionId]);
    const outcome = ended(lines);
    let printed = '';
    lines.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    // Nothing says that it listens already: what happens before that is not asked for.
    await until(async () => {
      await record({ store, workspaceId }, page, { type: 'PAGE_LOCKED' });
      await sleep(100);
      return printed.includes('\n');
    }, 20_000);
    expect(printed.split('\n')[0]).toMatch(
      new RegExp(`^\\S+Z  PAGE_LOCKED {17}  ${page}  A\\\\u001b\\[31m \\\\u202etitle$`),
    );
    lines.kill('SIGINT');
    const { code, stderr } = await outcome;
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Go on from here with: --after \S+\n$/),
    });

    const cursor = stderr.trim().split(' ').at(-1) as string;
    await settled();
    await record({ store, workspaceId }, page, { type: 'PAGE_UNLOCKED' });
    await settled();
    const json = desk.spawn(['tail', '--as', asker.installationId, '--after', cursor, '--json']);
    const second = ended(json);
    let told = '';
    json.stdout.on('data', (chunk) => {
      told += chunk;
    });
    await until(() => told.includes('CAUGHT_UP'), 20_000);
    await revokeConnection(asker);
    const end = await second;
    expect(end).toMatchObject({ code: 3, stderr: 'The connection or installation works no longer.\n' });
    const envelopes = end.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(envelopes.findLast(({ event }) => event)).toMatchObject({
      kind: 'LIVE',
      cursor: expect.any(String),
      event: { type: 'PAGE_UNLOCKED', resourceId: page },
    });
  });

  test('of what is not there, and from a cursor of somebody else, ends with its code and one sentence', async () => {
    const asker = await reading([]);
    expect(await desk.run(['tail', '--as', pages[0] as Id])).toMatchObject({ code: 4, stdout: '' });
    const wrong = await desk.run(['tail', '--as', asker.connectionId, '--after', 'nonsense']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^[^\n]+\.\n$/);
    const deaf = await createConnection(operator(), { name: 'Deaf', capabilities: ['COMMENT_READ'] });
    expect(await desk.run(['tail', '--as', deaf.connection.id])).toMatchObject({ code: 3, stdout: '' });
  });

  const revokeConnection = ({ connectionId: id }: Asker) => suspendConnection(operator(), { id });
});

describe(`While gateways and PostgreSQL are killed ${KILLS} times`, { timeout: PATIENCE_MS * TIMES }, () => {
  interface Happened {
    resourceId: Id;
    version: number;
  }
  const QUERY = `subscription ($after: String) { events(after: $after, filter: { types: [PAGE_PROPERTIES_UPDATED] }) {
    kind cursor event { resourceId version } } }`;

  test('what was acknowledged is in the log, what was not committed is not, and who follows meets each event she may see once and in order', async () => {
    const writer = await reading(pages);
    const audience = [pages, pages.slice(0, 7), pages.slice(5)];
    const stop = new AbortController();
    const names = Object.keys(gateways) as Name[];
    const followings = await Promise.all(
      audience.map(async (seen) => {
        const { token } = await reading(seen);
        const met: string[] = [];
        let isThere = false;
        const follower = createFollower({
          url: () => socketsOf(gateways[names[Math.floor(Math.random() * 3)]!]),
          connectionParams: { authorization: `Bearer ${token}` },
        });
        const ended = (async () => {
          for await (const { event } of follower.follow<Happened>({ query: QUERY, signal: stop.signal })) {
            isThere = true;
            if (event) met.push(`${event.resourceId} ${event.version}`);
          }
        })().finally(() => follower.close());
        ended.catch(() => {});
        await until(() => isThere);
        return { seen, met, ended };
      }),
    );

    const acknowledged: string[] = [];
    let failed = 0;
    let isOver = false;
    const load = Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (!isOver) {
          const id = pages[Math.floor(Math.random() * pages.length)];
          const { url } = gateways[names[Math.floor(Math.random() * 3)]!];
          const mutation = `mutation { updatePage(input: { id: "${id}", title: "${Math.random()}" }) { page { id version } } }`;
          const answer = await post<{ updatePage: { page: { id: Id; version: number } } }, undefined>(
            url,
            writer.token,
            mutation,
          ).catch(() => null);
          const page = answer?.data?.updatePage?.page;
          if (page) acknowledged.push(`${page.id} ${page.version}`);
          else failed++;
          await sleep(page ? (1_000 * WRITERS) / WRITES_PER_SECOND - 10 : 50);
        }
      }),
    );
    const victims = ['third', 'POSTGRES', 'keeping', 'wired'] as const;
    const starting = new Map<string, Promise<void>>();
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = TIMES === 1 ? victims[kill]! : victims[Math.floor(Math.random() * victims.length)]!;
      const count = acknowledged.length;
      await until(() => acknowledged.length > count + 20, 60_000);
      await sleep(Math.random() * 200);
      if (victim === 'POSTGRES') {
        const data = join(desk.directory, '.gatehouse');
        process.kill((await vi.waitUntil(() => postgresOf(data), { timeout: 30_000, interval: 20 }))!, 'SIGKILL');
      } else {
        await starting.get(victim);
        await gateways[victim].end('SIGKILL');
        const started = startedAgain(victim);
        started.catch(() => {});
        starting.set(victim, started);
      }
    }
    await Promise.all(starting.values());
    const count = acknowledged.length;
    await until(() => acknowledged.length > count + 20, 60_000);
    isOver = true;
    await load;
    expect(failed, 'it should be killed in the middle, else this shows nothing').toBeGreaterThan(0);

    await settled();
    const logged = await sql<{ resourceId: Id; of: string }>(
      `select resource_id as "resourceId", resource_id || ' ' || resource_version as of from event
        where type = 'PAGE_PROPERTIES_UPDATED' order by position`,
    );
    const inLog = new Set(logged.map(({ of }) => of));
    expect(inLog.size).toBe(logged.length);
    expect(acknowledged.filter((of) => !inLog.has(of))).toEqual([]);
    // Each version there is was made by one committed write, from the one the import left.
    const versions = await sql<{ id: Id; version: number }>('select id, version from page');
    expect([...inLog].sort()).toEqual(
      versions.flatMap(({ id, version }) => Array.from({ length: version - 1 }, (_, n) => `${id} ${n + 2}`)).sort(),
    );
    for (const { seen, met } of followings) {
      const visible = logged.filter(({ resourceId }) => seen.includes(resourceId)).map(({ of }) => of);
      await until(() => met.length >= visible.length, 20_000).catch(() => {});
      expect(met).toEqual(visible);
    }
    await expectDense();

    stop.abort();
    await Promise.all(followings.map(({ ended }) => ended));
  });
});

test('the program in the documentation prints what happens, and goes on where it was', async () => {
  const asker = await reading(pages.slice(0, 1));
  const example = join(await buildProgram(), 'examples', 'follow.mjs');
  await mkdir(dirname(example), { recursive: true });
  await copyFile('docs/examples/follow.mjs', example);
  const cursor = join(desk.directory, 'cursor.txt');
  /** Runs it until this holds, and then asks it to end. */
  const run = async (holds: (printed: string) => boolean): Promise<string> => {
    const child = spawn(process.execPath, [example, socketsOf(gateways.keeping), cursor], {
      env: { ...process.env, GATEHOUSE_TOKEN: asker.token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const outcome = ended(child);
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    await until(() => holds(printed), 20_000).finally(() => child.kill('SIGINT'));
    expect(await outcome).toMatchObject({ code: 0, stderr: '' });
    return printed;
  };
  await run(() => existsSync(cursor));
  await record({ store, workspaceId }, pages[0] as Id, { type: 'PAGE_LOCKED' });
  expect(await run((printed) => printed.endsWith('\n'))).toMatch(/^PAGE_LOCKED .* /);
  await record({ store, workspaceId }, pages[0] as Id, { type: 'PAGE_UNLOCKED' });
  expect(await run((printed) => printed.endsWith('\n'))).toMatch(/^PAGE_UNLOCKED .* /);
});
