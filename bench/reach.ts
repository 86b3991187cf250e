// The newest hundred pages and their number for readers of much, of little and of what is old, among a million pages, beside
// the same list without the gate. Every list is compared with a plain walk first. `--small` runs it tiny, for correctness.

import 'reflect-metadata';
import { cpus } from 'node:os';
import pg from 'pg';
import { createConnection } from '../src/connection/lifecycle.js';
import { localContent } from '../src/content/local.js';
import { movePage } from '../src/content/page-lifecycle.js';
import { buildReach } from '../src/content/reach-build.js';
import { type Context, createContext } from '../src/context.js';
import { type Actor, operatorOf } from '../src/gate/actor.js';
import { ALL_BITS, CAPABILITIES } from '../src/gate/capability.js';
import { grantShare } from '../src/share/lifecycle.js';
import type { Store } from '../src/store/store.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';
import { median } from './measure.js';
import { openBenchPostgres } from './world.js';

const small = process.argv.includes('--small');
const [PAGES, ROUNDS] = small ? [125_000, 5] : [1_000_000, 200];

const say = (line = ''): void => void process.stdout.write(`${line}\n`);
const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const ID = (n: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

// Page 0 is the root, 1 and 2 are the halves below it, and any other has ten below it. The second half is newer.
const PARENT = 'case when n = 0 then null when n <= 2 then 0 else (n - 3) / 10 + 1 end';

/** The first page of a level below the halves: 2 · 10^(level − 1) pages each. */
const first = (level: number): number => 1 + (2 * (10 ** (level - 1) - 1)) / 9;
const inOlder = (level: number, n = 0): string => idOf(first(level) + n);
const inNewer = (level: number, n = 0): string => idOf(first(level) + 10 ** (level - 1) + n);
const many = (one: (n: number) => string): string[] => Array.from({ length: 50 }, (_, n) => one(n));

const SHARED: [name: string, roots: string[]][] = [
  ['1 share, a twig', [inNewer(5)]],
  ['50 shares, leaves', many((n) => inNewer(6, n * 7))],
  ['1 share, a branch', [inNewer(3)]],
  ['50 shares, twigs', many((n) => inNewer(5, n * 3))],
  ['1 share, the newer half', [idOf(2)]],
  ['50 shares, newer branches', many((n) => inNewer(3, n))],
  ['1 share, everything', [idOf(0)]],
  ['50 shares, everything', [idOf(0), ...many((n) => inNewer(4, n)).slice(1)]],
  ['1 share, an older branch', [inOlder(3)]],
  ['50 shares, older twigs', many((n) => inOlder(5, n * 3))],
  ['1 share, the older half', [idOf(1)]],
  ['50 shares, older branches', many((n) => inOlder(3, n))],
];

/** Of all pages, in percent. */
const share = (count: number): string => `${Number(((100 * count) / PAGES).toPrecision(2))} %`;

const postgres = await openBenchPostgres();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void postgres.close().finally(() => process.exit(1)));
}
try {
  const { store, databaseUrl } = await postgres.world('bench_reach', 2);
  say(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, ${PAGES} pages`);
  const { id: workspaceId } = await createWorkspace(store, { name: 'Reach' });
  await plant(databaseUrl, workspaceId);
  const operator = store.callerFor(operatorOf(workspaceId));
  const readers: { name: string; ctx: Context }[] = [];
  for (const [name, roots] of SHARED) {
    const { connection, installation } = await createConnection(operator, { name, capabilities: CAPABILITIES });
    for (const resourceId of roots) await grantShare(operator, { connectionId: connection.id, resourceId });
    const actor: Actor = {
      kind: 'CONNECTION',
      workspaceId,
      connectionId: connection.id,
      installationId: installation.id,
      botId: installation.id,
      installedById: null,
      bits: ALL_BITS,
    };
    readers.push({ name, ctx: contextOf(store, actor) });
  }
  const all = contextOf(store, operatorOf(workspaceId));
  say();
  say('Before the lists are built:');
  await compare(databaseUrl, all, readers, Math.ceil(ROUNDS / 20));
  const builtIn = await timed(() => buildReach(store.em));
  await vacuum(databaseUrl);
  say(`Built in ${(builtIn / 1_000).toFixed(1)} s.`);
  say();
  await compare(databaseUrl, all, readers, ROUNDS);
  await move(store, workspaceId, databaseUrl);
} finally {
  await postgres.close();
}

async function compare(
  databaseUrl: string,
  all: Context,
  readers: readonly { name: string; ctx: Context }[],
  rounds: number,
): Promise<void> {
  const list = (ctx: Context) =>
    localContent.pages(ctx, { inTrash: false }, { limit: 100, backwards: false, from: null });
  const counted = (ctx: Context) => localContent.countPages(ctx, { inTrash: false });
  say(`${''.padEnd(26)}  reach     ms  × without  count, ms`);
  for (const { name, ctx } of readers) {
    const shown = (await list(ctx)).map(({ row }) => row.id);
    const expected = await plainList(databaseUrl, ctx);
    if (JSON.stringify(shown) !== JSON.stringify(expected)) throw new Error(`${name}: another list than a plain walk.`);
    const [gated, free, count]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds + 10; round++) {
      const one = await timed(() => list(ctx));
      const other = await timed(() => list(all));
      if (round % 10 === 0) count.push(await timed(() => counted(ctx)));
      if (round < 10) continue;
      gated.push(one);
      free.push(other);
    }
    const ratio = median(gated.map((ms, round) => ms / (free[round] ?? Number.NaN)));
    say(
      `${name.padEnd(26)} ${share(await counted(ctx)).padStart(7)} ${median(gated).toFixed(2).padStart(6)}  ${ratio.toFixed(1).padStart(8)}  ${median(count).toFixed(1).padStart(9)}`,
    );
  }
  say();
}

/** The list by its definition: pages whose ancestors overlap with what is shared, sorted. */
async function plainList(databaseUrl: string, { actor }: Context): Promise<string[]> {
  return query<{ id: string }>(
    databaseUrl,
    `select id from page
      where workspace_id = $1 and not in_trash and ancestors && array(
        select resource_id from share where workspace_id = $1 and installation_id = $2 and revoked_at is null)
      order by last_edited_at desc, id desc limit 101`,
    [actor.workspaceId, actor.kind === 'CONNECTION' ? actor.installationId : null],
  ).then((rows) => rows.map(({ id }) => id));
}

/** A tree of about ten thousand pages, there and back. */
async function move(store: Store, workspaceId: string, databaseUrl: string): Promise<void> {
  const operator = store.callerFor(operatorOf(workspaceId));
  const id = inOlder(3);
  const [{ count } = { count: 0 }] = await query<{ count: number }>(
    databaseUrl,
    'select count(*)::int as count from page where workspace_id = $1 and ancestors @> array[$2::uuid]',
    [workspaceId, id],
  );
  const [there, back] = [
    await timed(() => movePage(operator, { id, parent: { kind: 'Page', id: inOlder(3, 1) } })),
    await timed(() => movePage(operator, { id, parent: { kind: 'Page', id: inOlder(2) } })),
  ];
  const plain = await timed(() =>
    query(
      databaseUrl,
      `update page set title = title || '.' where workspace_id = $1 and ancestors @> array[$2::uuid]`,
      [workspaceId, id],
    ),
  );
  say(
    `A move of ${count} pages: ${there.toFixed(0)} and ${back.toFixed(0)} ms; giving each another title: ${plain.toFixed(0)} ms (${((there + back) / 2 / plain).toFixed(1)} ×)`,
  );
}

async function plant(databaseUrl: string, workspaceId: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select setseed(0.5)');
    for (let [from, to] = [0, 1]; from < PAGES; [from, to] = [to, to === 1 ? 3 : (to - from) * 10 + to]) {
      await client.query(
        `insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors, created_at, last_edited_at)
         select $1, ${ID('n')}, case n when 0 then 'WORKSPACE' else 'PAGE' end, parent.id, 'Page ' || n,
                coalesce(parent.ancestors, '{}') || ${ID('n')}, timestamptz '2024-01-01',
                timestamptz '2025-01-01' + random() * interval '300 days'
                  + case when ${ID('2')} = any(parent.ancestors) or n = 2 then interval '1 year' else interval '0' end
           from generate_series($2::bigint, $3::bigint - 1) as n
           left join page parent on parent.workspace_id = $1 and parent.id = ${ID(`(${PARENT})`)}`,
        [workspaceId, from, Math.min(to, PAGES)],
      );
      await client.query('analyze page');
    }
  } finally {
    await client.end();
  }
  await vacuum(databaseUrl);
}

async function vacuum(databaseUrl: string): Promise<void> {
  await query(databaseUrl, 'vacuum analyze');
}

async function query<Row extends object>(databaseUrl: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}

function contextOf(store: Store, actor: Actor): Context {
  return createContext({ actor, reader: store.reader(), content: localContent } as Parameters<typeof createContext>[0]);
}
