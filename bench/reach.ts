// The newest hundred pages and their number for readers of much, of little and of what is old, among a million pages, beside
// the same list without the gate. Every list is compared with a plain walk first. `--small` runs it tiny, for correctness.

import 'reflect-metadata';
import { cpus } from 'node:os';
import { localContent } from '../src/content/local.js';
import { movePage } from '../src/content/page-lifecycle.js';
import { buildReach } from '../src/content/reach-build.js';
import type { Context } from '../src/context.js';
import { operatorOf } from '../src/gate/actor.js';
import type { Store } from '../src/store/store.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';
import { median } from './measure.js';
import { type BenchReader, contextOf, inOlder, plant, query, readersOf, timed, vacuum } from './tree.js';
import { openBenchPostgres } from './world.js';

const small = process.argv.includes('--small');
const [PAGES, ROUNDS] = small ? [125_000, 5] : [1_000_000, 200];

const say = (line = ''): void => void process.stdout.write(`${line}\n`);
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
  await plant(databaseUrl, workspaceId, PAGES);
  const readers = await readersOf(store, workspaceId);
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
  readers: readonly BenchReader[],
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
