// What many who follow cost: one change to all of them, beside a bare `ws` loop that sends the same bytes and beside one
// execution for each; the memory of one who waits; how soon she is told; and what the log adds to a mutation. Everybody
// has to get each change once, and whoever does not reach the page none. `--small` runs it tiny, for correctness.

import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import WebSocket from 'ws';
import { createConnection } from '../src/connection/lifecycle.js';
import { operatorOf } from '../src/gate/actor.js';
import { sql } from '../src/lib/sql.js';
import { grantShare } from '../src/share/lifecycle.js';
import { commit } from '../src/unit-of-work.js';
import { median, startServer } from './measure.js';
import { type BenchPostgres, type BenchWorld, openBenchPostgres } from './world.js';

const small = process.argv.includes('--small');
const [, only] = process.argv.find((one) => one.startsWith('--size='))?.split('=') ?? [];
const SIZES = only ? [Number(only)] : small ? [60] : [1_000, 5_000];
const ROUNDS = small ? 3 : 9;
/** Of the waves with one execution for each, which take long. */
const ALONE_ROUNDS = small ? 2 : 3;
const LATENCIES = small ? 10 : 200;
const WRITES = small ? 20 : 1_500;
/** Sockets of one installation: as many as the gateway lets it open. */
const OF_ONE = small ? 20 : 200;
/** So many get it at all within the second that a look-up counts for, when each reads and executes for herself. */
const MOST_ALONE = 100;
const AT_ONCE = 50;

const DOCUMENT = `subscription { events { kind cursor
  event { id type resourceId sequence occurredAt ... on PageEvent { page { title } } } } }`;

const say = (line = ''): void => void process.stdout.write(`${line}\n`);
const now = (): number => performance.timeOrigin + performance.now();

interface Serving {
  port: number;
  ask<Answer>(question: { ask: 'cpu' | 'memory' | 'wave'; text?: string }): Promise<Answer>;
  stop(): Promise<void>;
}

async function serve(kind: string, environment: Record<string, string>): Promise<Serving> {
  const child = fork(new URL('sockets-server.js', import.meta.url), {
    env: { ...process.env, NODE_ENV: 'production', BENCH_KIND: kind, ...environment },
    execArgv: ['--expose-gc', '--min-semi-space-size=16'],
  });
  const ended = once(child, 'exit');
  const [{ port }] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`${kind} ended with ${code}`))),
  ])) as [{ port: number }];
  return {
    port,
    async ask(question) {
      child.send(question);
      return (await once(child, 'message'))[0];
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}

/** Sockets of one server, and what came over them. */
class Crowd {
  came = 0;
  sample = '';
  private due = Number.POSITIVE_INFINITY;
  private reached: (() => void) | undefined;
  private readonly sockets: WebSocket[] = [];

  constructor(
    private readonly port: number,
    private readonly tokens: readonly string[],
  ) {}

  get size(): number {
    return this.sockets.length;
  }

  async open(count: number, subscribes: boolean): Promise<void> {
    const { size } = this;
    const all = Array.from({ length: count }, (_, n) => this.tokens[Math.floor((size + n) / OF_ONE)]);
    const next = all.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const token of next) await this.openOne(token ?? '', subscribes);
      }),
    );
  }

  /** Resolves with the moment when so many changes have come since the last call. */
  async has(count: number): Promise<number> {
    this.due = count;
    if (this.came < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.reached = resolve;
      const late = sleep(120_000, null, { ref: false }).then(() => {
        throw new Error(`${this.came} of ${count} came.`);
      });
      await Promise.race([promise, late]);
    }
    const at = now();
    await sleep(100);
    if (this.came !== count) throw new Error(`${this.came} changes came, and ${count} were due.`);
    this.came = 0;
    return at;
  }

  private async openOne(token: string, subscribes: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    this.sockets.push(socket);
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`A socket was closed with ${code}.`)));
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    );
    socket.on('message', (data: Buffer) => {
      if (data.includes('"LIVE"')) {
        if (this.sample === '') this.sample = data.toString();
        this.came++;
        if (this.came === this.due) this.reached?.();
        return;
      }
      const text = data.toString();
      if (text.includes('connection_ack')) {
        if (!subscribes) return resolve();
        socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: DOCUMENT } }));
      } else if (text.includes('CAUGHT_UP')) resolve();
      else if (!text.includes('HEARTBEAT')) reject(new Error(text));
    });
    await promise;
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
  }
}

interface Wave {
  cpuMicros: number;
  ms: number;
}

async function waveOf(server: Serving, crowd: Crowd, due: number, text?: string): Promise<Wave> {
  const before = await server.ask<{ cpuMicros: number }>({ ask: 'cpu' });
  const [{ settledAt }, lastAt] = await Promise.all([
    server.ask<{ settledAt: number }>({ ask: 'wave', ...(text !== undefined && { text }) }),
    crowd.has(due),
  ]);
  const after = await server.ask<{ cpuMicros: number }>({ ask: 'cpu' });
  return { cpuMicros: after.cpuMicros - before.cpuMicros, ms: lastAt - settledAt };
}

async function fanOut({ world, dataDirectory, keyFile }: BenchPostgres, size: number): Promise<void> {
  const start = async (kind: 'shared' | 'alone') => {
    const of = await world(`bench_${kind}_${size}`, 20);
    const { tokens, outsider } = await invite(of, Math.ceil(size / OF_ONE));
    const server = await serve(kind, {
      DATABASE_URL: of.databaseUrl,
      BENCH_DATA: dataDirectory,
      BENCH_KEYS: keyFile,
      BENCH_WORKSPACE: of.workspaceId,
      BENCH_PAGE: of.pageId(0),
    });
    return { server, crowd: new Crowd(server.port, tokens), outsiders: new Crowd(server.port, [outsider]) };
  };
  const few = Math.min(size, MOST_ALONE);
  const raw = await serve('raw', {});
  const rawCrowd = new Crowd(raw.port, ['']);
  const shared = await start('shared');
  const alone = await start('alone');
  try {
    const grown = async (server: Serving, fill: () => Promise<void>) => {
      const before = await server.ask<{ rss: number; held: number }>({ ask: 'memory' });
      await fill();
      await sleep(500);
      const after = await server.ask<{ rss: number; held: number }>({ ask: 'memory' });
      return { rss: (after.rss - before.rss) / size, held: (after.held - before.held) / size };
    };
    // A first few, so that what is made once is not counted.
    for (const { crowd } of [shared, alone]) await crowd.open(1, true);
    await rawCrowd.open(1, false);
    const bareMemory = await grown(raw, () => rawCrowd.open(size - 1, false));
    const sharedMemory = await grown(shared.server, () => shared.crowd.open(size - 1, true));
    await alone.crowd.open(few - 1, true);
    for (const { outsiders } of [shared, alone]) await outsiders.open(1, true);

    const found = { raw: [] as Wave[], shared: [] as Wave[], alone: [] as Wave[] };
    await waveOf(shared.server, shared.crowd, size);
    await waveOf(alone.server, alone.crowd, few);
    const text = shared.crowd.sample;
    await waveOf(raw, rawCrowd, size, text);
    for (let round = 0; round < ROUNDS; round++) {
      found.raw.push(await waveOf(raw, rawCrowd, size, text));
      found.shared.push(await waveOf(shared.server, shared.crowd, size));
      if (round < ALONE_ROUNDS) found.alone.push(await waveOf(alone.server, alone.crowd, few));
      found.shared.push(await waveOf(shared.server, shared.crowd, size));
      found.raw.push(await waveOf(raw, rawCrowd, size, text));
    }
    if (shared.outsiders.came + alone.outsiders.came > 0)
      throw new Error('Somebody was told of what she does not reach.');
    say();
    say(`One change to ${size} sockets of ${Math.ceil(size / OF_ONE)} installations, ${text.length} bytes each`);
    say('                     CPU µs/socket   ms/socket until the last one has it');
    const shown = (name: string, waves: readonly Wave[], sockets = size) => {
      const cpu = median(waves.map((wave) => wave.cpuMicros)) / sockets;
      const ms = median(waves.map((wave) => wave.ms)) / sockets;
      say(`${name.padEnd(20)} ${cpu.toFixed(1).padStart(13)}   ${ms.toFixed(3).padStart(13)}`);
      return { cpu, ms };
    };
    const [bare, ours, each] = [
      shown('bare ws loop', found.raw),
      shown('shared', found.shared),
      shown(`one for each of ${few}`, found.alone, few),
    ];
    const ratio = (of: number, by: number) => (of / by).toFixed(2);
    say(`of a bare loop:  ${ratio(bare.cpu, ours.cpu)} by CPU, ${ratio(bare.ms, ours.ms)} by time (goal ≥ 0.4)`);
    say(`of one for each: ${ratio(each.cpu, ours.cpu)} by CPU, ${ratio(each.ms, ours.ms)} by time (goal ≥ 3)`);
    const kb = (bytes: number) => `${(bytes / 1_024).toFixed(1)} kB`;
    say(
      `memory of one who waits: ${kb(sharedMemory.held)} held, ${kb(sharedMemory.rss)} resident; a bare socket ${kb(bareMemory.held)}, ${kb(bareMemory.rss)} (goal ≤ 1.5: ${ratio(sharedMemory.rss, bareMemory.rss)})`,
    );
    if (size === SIZES[0]) await latency(shared);
  } finally {
    for (const crowd of [rawCrowd, shared.crowd, alone.crowd, shared.outsiders, alone.outsiders]) crowd.close();
    for (const server of [raw, shared.server, alone.server]) await server.stop();
  }
}

/** From the commit to the frame of the only one who follows. */
async function latency({ server, crowd }: { server: Serving; crowd: Crowd }): Promise<void> {
  const tokens = (crowd as unknown as { tokens: string[] }).tokens;
  crowd.close();
  await sleep(500);
  const one = new Crowd(server.port, tokens);
  await one.open(1, true);
  const took: number[] = [];
  for (let n = 0; n < LATENCIES; n++) {
    const [{ committedAt }, at] = await Promise.all([server.ask<{ committedAt: number }>({ ask: 'wave' }), one.has(1)]);
    took.push(at - committedAt);
  }
  one.close();
  took.sort((a, b) => a - b);
  say(
    `from commit to frame, without a window: p50 ${median(took).toFixed(0)} ms, p95 ${took[Math.floor(took.length * 0.95)]?.toFixed(0)} ms`,
  );
}

/** Installations that reach all pages, and one that reaches none; without windows. */
async function invite(
  { store, workspaceId, databaseUrl, pageId }: BenchWorld,
  count: number,
): Promise<{ tokens: string[]; outsider: string }> {
  const operator = store.callerFor(operatorOf(workspaceId));
  const made = [];
  for (let n = 0; n <= count; n++) {
    made.push(await createConnection(operator, { name: `Crowd ${n}`, capabilities: ['CONTENT_READ'] }));
  }
  for (const { connection } of made.slice(1)) {
    await grantShare(operator, { connectionId: connection.id, resourceId: pageId(0) });
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('update workspace set event_window_ms = 0');
  await client.end();
  const [outsider, ...tokens] = made.map(({ token }) => token);
  return { tokens, outsider: outsider ?? '' };
}

/** CPU of this process and of the database for one write, recorded and not, and of the mutation it belongs to. */
async function costOfLog({ world, dataDirectory, keyFile }: BenchPostgres): Promise<void> {
  const of = await world('bench_log', 20);
  const client = new pg.Client({ connectionString: of.databaseUrl });
  await client.connect();
  const server = await startServer('gateway', 'gateway-server.js', {
    environment: { DATABASE_URL: of.databaseUrl, BENCH_DATA: dataDirectory, BENCH_KEYS: keyFile },
    token: of.token,
  });
  try {
    const id = of.pageId(1);
    const { rows } = await client.query('select version from page where id = $1', [id]);
    if (rows.length !== 1) throw new Error('There is no page to write.');
    const operator = of.store.callerFor(operatorOf(of.workspaceId));
    const write = (isLogged: boolean) =>
      commit(operator, async (unit) => {
        await unit.rows(sql`update page set title = ${`Title ${Math.random()}`}
          where workspace_id = ${of.workspaceId} and id = ${id}::uuid`);
        if (!isLogged) return unit.unchanged();
        unit.change({
          type: 'PAGE_PROPERTIES_UPDATED',
          resourceId: id,
          resourceVersion: 1,
          ancestors: [of.pageId(0), id],
        });
      });
    const backends = async (): Promise<number> => {
      const { rows } = await client.query<{ pid: number }>(
        'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      return rows.reduce((sum, { pid }) => sum + cpuMicrosOf(pid), 0);
    };
    const spent = async (own: () => number | Promise<number>, run: () => Promise<unknown>): Promise<number> => {
      const before = (await own()) + (await backends());
      for (let n = 0; n < WRITES; n++) await run();
      return ((await own()) + (await backends()) - before) / WRITES;
    };
    const here = (): number => process.cpuUsage().user + process.cpuUsage().system;
    const post = () =>
      server.post(
        JSON.stringify({
          query: 'mutation($i: UpdatePageInput!) { updatePage(input: $i) { page { id } userErrors { code } } }',
          variables: { i: { id, title: `Title ${Math.random()}` } },
        }),
      );
    const answer = JSON.parse(await post()) as { data?: { updatePage?: { page?: unknown } } };
    if (!answer.data?.updatePage?.page) throw new Error(JSON.stringify(answer));
    for (let n = 0; n < WRITES / 3; n++) await Promise.all([write(true), write(false), post()]);
    const found = { logged: [] as number[], silent: [] as number[], mutation: [] as number[] };
    for (let round = 0; round < (small ? 1 : 5); round++) {
      found.logged.push(await spent(here, () => write(true)));
      found.silent.push(await spent(here, () => write(false)));
      found.mutation.push(await spent(server.cpuMicros, post));
      await client.query('truncate change');
    }
    const [logged, silent, mutation] = [median(found.logged), median(found.silent), median(found.mutation)];
    say();
    say(`CPU of a write, this process and the database: ${silent.toFixed(0)} µs, with the log ${logged.toFixed(0)} µs`);
    say(
      `of the mutation updatePage: ${mutation.toFixed(0)} µs; with the log ${(mutation / (mutation - (logged - silent))).toFixed(2)} times what it would be without (goal ≤ 1.3)`,
    );
  } finally {
    await server.stop();
    await client.end();
  }
}

/** CPU a process has used, by Linux's count of hundredths of a second. */
function cpuMicrosOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

const postgres = await openBenchPostgres();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void postgres.close().finally(() => process.exit(1)));
}
try {
  say(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]}`);
  for (const size of SIZES) await fanOut(postgres, size);
  await costOfLog(postgres);
} finally {
  await postgres.close();
}
