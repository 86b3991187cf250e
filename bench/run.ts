// All benches in one run: what the gate costs, this server against a stock one, and the check of a page in a small and
// in a large workspace. `--small` runs everything tiny, to see that it works and that the answers agree; `--servers`
// leaves the workspaces out.

import 'reflect-metadata';
import { cpus } from 'node:os';
import { localContent } from '../src/content/local.js';
import type { Context } from '../src/context.js';
import { createContext } from '../src/context.js';
import { ALL_BITS } from '../src/gate/capability.js';
import { cpuPerOperation, type Measured, median, sameData, startServer } from './measure.js';
import { type BenchPostgres, type BenchWorld, openBenchPostgres } from './world.js';

const small = process.argv.includes('--small');
const SIZE = small
  ? { pages: 1_000, many: 3_000, rounds: 2, operations: 20, warmUp: 10, checks: 50 }
  : { pages: 1_000, many: 1_000_000, rounds: 15, operations: 100, warmUp: 2_000, checks: 3_000 };

const LIST = JSON.stringify({
  query: 'query List($n: Int!) { pages(first: $n) { nodes { id title version inTrash createdAt lastEditedAt } } }',
  variables: { n: 20 },
});
const NEST = JSON.stringify({
  query: `{ pages(first: 5) { nodes { id title
    children(first: 5) { nodes { id title ... on Page { version lastEditedAt
      children(first: 5) { nodes { id title } } } } } } } }`,
});

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

const postgres = await openBenchPostgres();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void postgres.close().finally(() => process.exit(1))); // PostgreSQL would go on
}
try {
  say(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`,
  );
  say(small ? 'Small: for correctness only, the figures mean nothing.' : '');
  const world = await postgres.world('bench', SIZE.pages);
  await compareServers(postgres, world);
  if (!process.argv.includes('--servers')) await compareSizes(postgres, world);
} finally {
  await postgres.close();
}

async function compareServers({ dataDirectory, keyFile }: BenchPostgres, world: BenchWorld): Promise<void> {
  const gateway = (engine: string, gate: string): Promise<Measured> =>
    startServer(`${engine}, gate ${gate}`, 'gateway-server.js', {
      environment: {
        DATABASE_URL: world.databaseUrl,
        BENCH_DATA: dataDirectory,
        BENCH_KEYS: keyFile,
        BENCH_ENGINE: engine,
        BENCH_GATE: gate,
      },
      token: world.token,
      execArgv: ['--min-semi-space-size=16'], // as bin/gatehouse
    });
  const stock = (): Promise<Measured> =>
    startServer('stock Apollo + TypeGraphQL', 'stock-server.js', {
      environment: { DATABASE_URL: world.databaseUrl, BENCH_TOKEN_HASH: world.tokenHash },
      token: world.token,
    });
  const bare = (): Promise<Measured> =>
    startServer('bare node:http + pg', 'bare-server.js', {
      environment: { DATABASE_URL: world.databaseUrl, BENCH_TOKEN_HASH: world.tokenHash },
      token: world.token,
    });
  const servers: Measured[] = [];
  try {
    for (const start of [
      () => gateway('graphql-js', 'off'),
      () => gateway('graphql-js', 'on'),
      () => gateway('compiled', 'off'),
      () => gateway('compiled', 'on'),
      stock,
      bare,
    ]) {
      servers.push(await start());
    }
    for (const [title, body] of [
      ['A list of 20 rows', LIST],
      ['A nest of 3 levels, 5 × 5 × 5', NEST],
    ] as const) {
      // The stock server has no interfaces: it is asked the same fields without the fragment.
      const plain = body.replace('... on Page { version', 'version').replace('} } } } } } } }', '} } } } } } }');
      const able = body === LIST ? servers : servers.filter(({ name }) => !name.startsWith('bare'));
      const asked = able.map((server) => (server.name.startsWith('stock') ? withBody(server, plain) : server));
      const data = await sameData(asked, body);
      const found = await cpuPerOperation(asked, body, SIZE);
      const of = (name: string): number => median(found.get(name) ?? []);
      say(`${title} (${data.length} bytes of data): CPU of the server process in µs for each operation, median`);
      for (const { name } of able) say(`  ${name.padEnd(28)} ${of(name).toFixed(0).padStart(6)}`);
      ratio('gate on : off, graphql-js', ratios(found, 'graphql-js, gate on', 'graphql-js, gate off'), 'at most 1.10');
      ratio('gate on : off, compiled', ratios(found, 'compiled, gate on', 'compiled, gate off'), 'at most 1.25');
      ratio('stock : everything on', ratios(found, 'stock Apollo + TypeGraphQL', 'compiled, gate on'), 'at least 1.5');
      say();
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}

function withBody(server: Measured, body: string): Measured {
  return { ...server, post: () => server.post(body) };
}

/** Of each round by itself: what else the machine does hits both alike. */
function ratios(found: Map<string, number[]>, above: string, below: string): number[] {
  return (found.get(above) ?? []).map((value, round) => value / (found.get(below)?.[round] ?? Number.NaN));
}

function ratio(title: string, values: readonly number[], goal: string): void {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(2);
  say(`  ${title.padEnd(28)} ${at(0.5).padStart(6)} ×   (quartiles ${at(0.25)} to ${at(0.75)}; goal ${goal})`);
}

/** One page looked up with its access, alone in its statement: in turns in the small and in the large workspace. */
async function compareSizes(postgres: BenchPostgres, few: BenchWorld): Promise<void> {
  const startedAt = performance.now();
  const many = await postgres.world('bench_many', SIZE.many);
  say(
    `The check of one page (${SIZE.many} pages planted in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`,
  );
  const check = async (world: BenchWorld, ctx: Context, round: number): Promise<number> => {
    // Below the shares of either workspace, anywhere in its lower half.
    const id = world.pageId(Math.floor(world.pages / 2) + ((round * 7_919) % Math.floor(world.pages / 2)));
    const began = process.hrtime.bigint();
    const found = await localContent.resources(ctx, [id]);
    const micros = Number(process.hrtime.bigint() - began) / 1_000;
    const reached = found.get(id);
    if (reached && reached.access === 0) throw new Error('A page out of reach was answered.');
    if (!reached && round % 10 !== 0) missing++;
    return micros;
  };
  let missing = 0;
  const worlds = [few, many].map((world) => ({ world, ctx: contextIn(world), micros: [] as number[] }));
  for (let round = 0; round < SIZE.checks * 1.2; round++) {
    for (const { world, ctx, micros } of round % 2 === 0 ? worlds : worlds.toReversed()) {
      const took = await check(world, ctx, round);
      if (round >= SIZE.checks * 0.2) micros.push(took);
    }
  }
  if (missing > SIZE.checks) throw new Error(`${missing} of the pages were out of reach.`);
  const [inFew, inMany] = worlds.map(({ micros }) => micros) as [number[], number[]];
  say(
    `  median µs from asking to answer: ${median(inFew).toFixed(0)} among ${few.pages}, ${median(inMany).toFixed(0)} among ${many.pages} pages`,
  );
  ratio(
    'many : few',
    inMany.map((micros, round) => micros / (inFew[round] ?? Number.NaN)),
    'at most 1.2',
  );
}

function contextIn(world: BenchWorld): Context {
  return createContext({
    actor: {
      kind: 'CONNECTION',
      workspaceId: world.workspaceId,
      connectionId: world.installationId,
      installationId: world.installationId,
      botId: world.installationId,
      bits: ALL_BITS,
    },
    reader: world.store.reader(),
    content: localContent,
  } as Parameters<typeof createContext>[0]);
}
