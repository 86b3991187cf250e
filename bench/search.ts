// Words that all pages hold, many, few and hardly any, looked for by readers of much, of little and of what is old. Every
// answer is compared with a plain look at all pages first. `--small` runs it tiny, for correctness; `--pages=n` sets how many.

import 'reflect-metadata';
import { cpus } from 'node:os';
import { localContent } from '../src/content/local.js';
import { replaceMarkdown } from '../src/content/markdown-lifecycle.js';
import { movePage, updatePage } from '../src/content/page-lifecycle.js';
import { buildReach } from '../src/content/reach-build.js';
import { MAX_HITS, type SearchQuery } from '../src/content/search-hit.js';
import { termsOf } from '../src/content/search-query.js';
import type { Context } from '../src/context.js';
import { operatorOf } from '../src/gate/actor.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';
import { median } from './measure.js';
import { contextOf, ID, inOlder, plant, query, readersOf, timed, vacuum } from './tree.js';
import { openBenchPostgres } from './world.js';

const small = process.argv.includes('--small');
const asked = process.argv.find((word) => word.startsWith('--pages='))?.slice('--pages='.length);
const PAGES = asked ? Number(asked) : small ? 125_000 : 1_000_000;
const ROUNDS = small ? 2 : 7;
const CHUNK = 50_000;

/** Each in a block of so many pages, spread over all of them. */
const WORDS: [word: string, oneIn: number][] = [
  ['everywhere', 1],
  ['half', 2],
  ['tenth', 10],
  ['hundredth', 100],
  ['seldom', 10_000],
];

const textOf = (words: number): string =>
  Array.from({ length: words }, () => `word${Math.floor(Math.random() * 5_000)}`).join(' ');

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

const postgres = await openBenchPostgres();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void postgres.close().finally(() => process.exit(1)));
}
try {
  const { store, databaseUrl } = await postgres.world('bench_search', 2);
  say(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, ${PAGES} pages`);
  const { id: workspaceId } = await createWorkspace(store, { name: 'Search' });
  say(`Planted in ${((await timed(() => plant(databaseUrl, workspaceId, PAGES))) / 1_000).toFixed(0)} s,`);
  say(`their texts in ${((await timed(() => write(databaseUrl, workspaceId))) / 1_000).toFixed(0)} s.`);
  const readers = await readersOf(store, workspaceId);
  await buildReach(store.em);
  readers.push({ name: 'the whole workspace', ctx: contextOf(store, operatorOf(workspaceId)) });
  await vacuum(databaseUrl);
  say();
  say(
    `${''.padEnd(26)} ${['page', ...WORDS.map(([word]) => word), '"of every"', 'all, ranked'].map((word) => word.padStart(11)).join(' ')}   ms`,
  );
  for (const { name, ctx } of readers) {
    const figures: string[] = [];
    for (const typed of ['page ', ...WORDS.map(([word]) => `${word} `), '"of every"']) {
      figures.push(await measured(databaseUrl, ctx, typed, 'NEWEST'));
    }
    figures.push(await measured(databaseUrl, ctx, 'everywhere ', 'RANK'));
    say(`${name.padEnd(26)} ${figures.map((one) => one.padStart(11)).join(' ')}`);
  }
  say();
  const operator = store.callerFor(operatorOf(workspaceId));
  const page = inOlder(3);
  for (const [what, work] of [
    ['Another title', () => updatePage(operator, { id: page, title: `Page ${Math.random()}` })],
    ['Another text of 300 words', () => replaceMarkdown(operator, { pageId: page, markdown: textOf(300) })],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < 5 * ROUNDS; round++) times.push(await timed(work));
    say(`${what}: ${median(times).toFixed(1)} ms`);
  }
  const moved = await timed(() => movePage(operator, { id: page, parent: { kind: 'Page', id: inOlder(3, 1) } }));
  const [below] = await query<{ count: number }>(
    databaseUrl,
    'select count(*)::int as count from page where workspace_id = $1 and ancestors @> array[$2::uuid]',
    [workspaceId, page],
  );
  say(`A move of ${below?.count} pages: ${moved.toFixed(0)} ms`);
  const [size] = await query<{ heap: string; index: string }>(
    databaseUrl,
    `select pg_size_pretty(pg_table_size('search_text')) as heap, pg_size_pretty(pg_relation_size('search_text_words')) as index`,
  );
  say(`The words take ${size?.heap}, their index ${size?.index}.`);
} finally {
  await postgres.close();
}

/** Milliseconds of the first fifty hits, which are those that a plain look finds. */
async function measured(
  databaseUrl: string,
  ctx: Context,
  typed: string,
  order: SearchQuery['order'],
): Promise<string> {
  const terms = termsOf(typed).map((all) => all.map((term) => ({ ...term, prefix: false })));
  const search = () =>
    localContent.search(ctx, { terms, kinds: [], inTrash: false, order }, { limit: 50, backwards: false, from: null });
  const ids = (await search()).map(({ row }) => row.resource?.id);
  if (order === 'NEWEST') {
    const expected = await plainly(databaseUrl, ctx, typed);
    if (JSON.stringify(ids) !== JSON.stringify(expected)) throw new Error(`${typed}: other hits than by a plain look.`);
  }
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(search));
  return median(times).toFixed(1);
}

async function plainly(databaseUrl: string, { actor }: Context, typed: string): Promise<string[]> {
  const rows = await query<{ id: string }>(
    databaseUrl,
    `select id from (
       select p.id, p.last_edited_at, t.title @@ q as in_title
         from page p join search_text t on t.workspace_id = $1 and t.resource_id = p.id,
              phraseto_tsquery('simple', $3) q
        where p.workspace_id = $1 and t.words @@ q and ($2::uuid is null or p.ancestors && array(
          select resource_id from share where workspace_id = $1 and installation_id = $2 and revoked_at is null))) f
      order by in_title desc, last_edited_at desc, id desc limit 51`,
    [actor.workspaceId, actor.kind === 'CONNECTION' ? actor.installationId : null, typed.replaceAll('"', '')],
  );
  return rows.map(({ id }) => id).slice(0, Math.min(51, MAX_HITS));
}

/** A block for each page: what of the words it holds, and some of a few thousand others. */
async function write(databaseUrl: string, workspaceId: string): Promise<void> {
  for (let from = 0; from < PAGES; from += CHUNK) {
    await query(
      databaseUrl,
      `insert into block (workspace_id, id, page_id, path, depth, content)
       select $1, ${ID('n + 4294967296')}, ${ID('n')}, 'V', 0, jsonb_build_object('type', 'PARAGRAPH', 'richText', jsonb_build_array(
                jsonb_build_object('type', 'TEXT', 'text', 'one of every '
                  || ${WORDS.map(([word, oneIn]) => `case when (n * 7919) % ${oneIn} = 0 then '${word} ' else '' end`).join(' || ')}
                  || (select string_agg('word' || ((n * 31 + k * k * 17) % 5000), ' ') from generate_series(1, 40) as k))))
         from generate_series($2::bigint, $3::bigint - 1) as n`,
      [workspaceId, from, Math.min(from + CHUNK, PAGES)],
    );
  }
}
