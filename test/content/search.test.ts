// Search: what words are, what a hit is, and in what order they come. Who finds what: test/gate.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import { localContent } from '../../src/content/local.js';
import type { RichTextSpan } from '../../src/content/rich-text.js';
import { MAX_HITS, type SearchOrderName } from '../../src/content/search-hit.js';
import { termsOf } from '../../src/content/search-query.js';
import { operatorOf } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { actAs } from '../../src/server/authenticate.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import { type Asker, openWorld, type World } from '../world.js';
import { expectSoundSearch } from './writing.js';

let world: World;
let reader: Asker;
let root: Id;
beforeAll(async () => {
  world = await openWorld();
  root = await world.page({ title: 'Root' });
  reader = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);
  await world.share(reader, root);
});
afterAll(() => world[Symbol.asyncDispose]());

const text = (...spans: (string | RichTextSpan)[]): BlockTree => ({
  content: {
    type: 'PARAGRAPH',
    richText: spans.map((span) => (typeof span === 'string' ? { type: 'TEXT', text: span } : span)),
  },
  children: [],
});

interface Found {
  totalCount: number;
  nodes: {
    isTitleHit: boolean;
    resource: { __typename: string; id: Id; title: string };
    highlights: { blockId: Id | null; parts: { text: string; isMatch: boolean }[] }[];
  }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const SEARCH = `query Q($query: String!, $filter: SearchFilter, $orderBy: SearchOrder, $first: Int, $after: String) {
  search(query: $query, filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount
    nodes { isTitleHit resource { __typename id title } highlights { blockId parts { text isMatch } } }
    pageInfo { hasNextPage endCursor } } }`;

async function search(query: string, more: Record<string, unknown> = {}, asker = reader): Promise<Found> {
  const { data, errors } = await world.ask(asker, SEARCH, { query, ...more });
  expect(errors).toBeUndefined();
  return (data as { search: Found }).search;
}

const titles = async (query: string, more?: Record<string, unknown>) =>
  (await search(query, more)).nodes.map(({ resource }) => resource.title);

/** Texts of highlights with what is marked between brackets. */
const marked = ({ nodes }: Found) =>
  nodes.flatMap(({ highlights }) =>
    highlights.map(({ parts }) => parts.map((part) => (part.isMatch ? `[${part.text}]` : part.text)).join('')),
  );

describe('words', () => {
  beforeAll(async () => {
    const page = (title: string, ...blocks: BlockTree[]) => world.page({ title, under: root, blocks });
    await page('Café Zürich', text('Straße 12, Łódź.'));
    await page('Plan', text('A re-entrant lock'), text('of the second kind'));
    await page('日本語の文書', text('東京の天気'));
    await page('Other', text('lock the re entry'), text('京東'));
  });

  test.each([
    ['case and accents left aside', 'CAFE zurich', ['Café Zürich']],
    ['letters that have no accent to lose', 'strasse LODZ', ['Café Zürich']],
    ['numbers', '12', ['Café Zürich']],
    ['in any order, in title and text together', 'kind plan lock', ['Plan']],
    ['the last one by its beginning', 'second kin', ['Plan']],
    ['the last one whole when it has fewer than three letters', 'loc', ['Other', 'Plan']],
    ['not the beginning of another', 'loc second', []],
    ['with a hyphen as written', 're-entrant', ['Plan']],
    ['next to each other between quotes', '"entrant lock"', ['Plan']],
    ['across the end of a block', '"lock of the"', ['Plan']],
    ['nothing that stands the other way round', '"lock entrant"', []],
    ['none after a minus', 'lock -entrant', ['Other']],
    ['none of what stands between quotes after it', 'lock -"re entry"', ['Plan']],
    ['either of two', 'zürich or second', ['Plan', 'Café Zürich']],
    ['characters in a row where no spaces are set', '東京', ['日本語の文書']],
    ['characters of a title', '文書', ['日本語の文書']],
  ])('are found: %s', async (_, query, expected) => {
    expect((await titles(query)).sort()).toEqual([...expected].sort());
  });

  test.each(['', '  ', '!?', '""', '-lock', 'or', '"', '\0', '\ud800', "'); drop table page; --x", ':* & |', 'lock:*'])(
    '%j means what it can and breaks nothing',
    async (query) => {
      const { totalCount, nodes } = await search(query);
      expect(totalCount).toBe(nodes.length);
      expect(nodes.length).toBe(query.startsWith('lock') ? 2 : 0);
    },
  );

  test('more than 300 characters are refused by name', async () => {
    const { errors } = await world.ask(reader, SEARCH, { query: 'x'.repeat(301) });
    expect(errors?.[0]).toMatchObject({
      message: 'query may have at most 300 characters (maxSearchLength), but has 301.',
      extensions: { code: 'INVALID' },
    });
  });
});

describe('hits', () => {
  test('in the title come first, then the newest, page by page', async () => {
    const at = (day: number) => ({ under: root, lastEditedAt: new Date(2026, 0, day) });
    await world.page({ title: 'Quince', ...at(1) });
    await world.page({ title: 'One', blocks: [text('quince')], ...at(3) });
    await world.page({ title: 'Two', blocks: [text('a quince, a quince')], ...at(2) });
    await world.page({ title: 'More quince', ...at(2) });
    const expected = ['More quince', 'Quince', 'One', 'Two'];
    expect(await titles('quince')).toEqual(expected);
    expect(await titles('quince', { orderBy: 'RANK' })).toEqual(['Quince', 'More quince', 'Two', 'One']);
    for (const orderBy of ['NEWEST', 'RANK']) {
      const met: string[] = [];
      for (let after: string | null = null, goesOn = true; goesOn; ) {
        const page: Found = await search('quince', { first: 1, after, orderBy });
        expect(page.totalCount).toBe(4);
        met.push(...page.nodes.map(({ resource }) => resource.title));
        after = page.pageInfo.endCursor;
        goesOn = page.pageInfo.hasNextPage;
      }
      expect(met).toEqual(await titles('quince', { orderBy }));
    }
  });

  test('are pages, rows, databases and data sources, or those kinds that are asked for', async () => {
    const table = await world.database({ title: 'Marrow', under: root });
    await world.page({ title: 'Marrow row', under: table.dataSourceId });
    const kinds = async (filter?: object) =>
      (await search('marrow', { filter })).nodes.map(({ resource }) => resource.__typename).sort();
    expect(await kinds()).toEqual(['DataSource', 'Database', 'Page']);
    expect(await kinds({ kinds: ['PAGE'] })).toEqual(['Page']);
    expect(await kinds({ kinds: ['DATABASE', 'DATA_SOURCE'] })).toEqual(['DataSource', 'Database']);
  });

  test('leave the trash out unless asked for it', async () => {
    const id = await world.page({ title: 'Discarded radish', under: root });
    expect(await titles('radish')).toEqual(['Discarded radish']);
    await world.ask(reader, `mutation { trashPage(input: { id: "${id}" }) { userErrors { message } } }`);
    expect(await titles('radish')).toEqual([]);
    expect(await titles('radish', { filter: { inTrash: true } })).toEqual(['Discarded radish']);
  });

  test('are what is written, in the same moment', async () => {
    const id = await world.page({ title: 'Draft', under: root, blocks: [text('salsify')] });
    const [block] = await world.sql<{ id: Id }>('select id from block where page_id = $1', [id]);
    const change = (richText: string) =>
      world.ask(
        reader,
        `mutation { updateBlock(input: { id: "${block!.id}", block: { paragraph: { richText: [{ text: "${richText}" }] } } }) { userErrors { message } } }`,
      );
    expect(await titles('salsify')).toEqual(['Draft']);
    await change('scorzonera');
    expect(await titles('salsify')).toEqual([]);
    expect(await titles('scorzonera')).toEqual(['Draft']);
    await world.ask(
      reader,
      `mutation { updatePage(input: { id: "${id}", title: "Salsify" }) { userErrors { message } } }`,
    );
    expect(await titles('salsify scorzonera')).toEqual(['Salsify']);
  });

  test('of a very long text are those of its beginning', async () => {
    const line = Array.from({ length: 150 }, (_, n) => `w${n}x`).join(' ');
    const blocks = Array.from({ length: 400 }, (_, n) => text(n === 3 ? `tamarillo ${line}` : line));
    await world.page({ title: 'Long', under: root, blocks: [...blocks, text('feijoa')] });
    expect(await titles('tamarillo')).toEqual(['Long']);
    expect(await titles('feijoa')).toEqual([]);
  });
});

describe('highlights', () => {
  test('mark the words in the title and in blocks, cut short around them', async () => {
    const long = `${'before '.repeat(40)}the medlar tree${' after'.repeat(80)}`;
    await world.page({
      title: 'Médlar',
      under: root,
      blocks: [text('nothing'), text(long), text('MEDLARS'), text('medlar')],
    });
    const [title, first, second, ...rest] = marked(await search('medlar'));
    expect(title).toBe('[Médlar]');
    expect(first).toMatch(/^…[ a-z]{60}\[medlar\] tree [ a-z]+…$/);
    expect(first!.length).toBeLessThan(260);
    expect(second).toBe('[MEDLARS]');
    expect(rest).toEqual([]);
  });

  test('name nothing that is mentioned: what a mention shows is for each reader', async () => {
    const target = await world.page({ title: 'Lovage', under: root });
    const { id } = await world.person({ name: 'Lovage Smith' });
    await world.page({
      title: 'Herbs',
      under: root,
      blocks: [text('See ', { type: 'MENTION', resourceId: target }, ' and chervil by ', { type: 'USER', userId: id })],
    });
    expect(await titles('lovage')).toEqual(['Lovage']);
    expect(marked(await search('chervil'))).toEqual(['See … and [chervil] by …']);
  });

  test('hold what tables, captions, formulas and dates say', async () => {
    const [rows, caption] = [['crosne', 'oca'].map((cell) => [{ type: 'TEXT' as const, text: cell }]), 'yacon'];
    await world.page({
      title: 'Tubers',
      under: root,
      blocks: [
        {
          content: { type: 'TABLE', width: 2, hasColumnHeader: false },
          children: [{ content: { type: 'TABLE_ROW', cells: rows }, children: [] }],
        },
        { content: { type: 'CODE', richText: [], caption: [{ type: 'TEXT', text: caption }] }, children: [] },
        { content: { type: 'EQUATION', expression: 'ulluco + 1' }, children: [] },
        text({ type: 'DATE', start: '2031-07-04' }, ' ', { type: 'EQUATION', expression: 'mashua' }),
      ],
    });
    for (const word of ['crosne', 'oca', 'yacon', 'ulluco', 'mashua', '2031-07-04']) {
      expect(await titles(word), word).toEqual(['Tubers']);
    }
  });
});

test('a mention in a text among the values of a row links both ways', async () => {
  const target = await world.page({ title: 'Target', under: root });
  const table = await world.database({
    title: 'Linking',
    under: root,
    properties: [{ id: 'note', name: 'Note', type: 'TEXT' }],
  });
  const id = newId();
  await world.pages([
    {
      id,
      title: 'Row',
      under: table.dataSourceId,
      props: { note: [{ type: 'MENTION', resourceId: target }] as never },
      blocks: [text({ type: 'MENTION', resourceId: table.id })],
    },
  ]);
  const { data } = await world.ask(
    reader,
    `{ row: page(id: "${id}") { mentions { totalCount nodes { id } } } target: page(id: "${target}") { backlinks { totalCount nodes { id } } } }`,
  );
  expect(data).toEqual({
    row: { mentions: { totalCount: 2, nodes: [{ id: target }, { id: table.id }] } },
    target: { backlinks: { totalCount: 1, nodes: [{ id }] } },
  });
});

test('no more than a thousand are hits, the newest of those that may be read, however many others there are', async () => {
  const [shown, hidden] = [await world.page({ title: 'Shown', under: root }), await world.page({ title: 'Hidden' })];
  // Newest of all are a thousand that are out of reach.
  await world.sql(
    `insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors, last_edited_at)
     select $1, r.id, 'PAGE', r.parent, 'Damson ' || r.n, p.ancestors || r.id,
            timestamptz '2026-01-01' + r.n * interval '1 second' + case when r.parent = $3 then interval '1 year' else interval '0' end
       from (select gen_random_uuid() as id, parent, n from unnest(array[$2::uuid, $3::uuid]) as parent, generate_series(1, $4) as n) r
       join page p on p.workspace_id = $1 and p.id = r.parent`,
    [world.workspaceId, shown, hidden, MAX_HITS + 5],
  );
  const { totalCount, nodes } = await search('damson', { first: 2 });
  expect(totalCount).toBe(MAX_HITS);
  expect(nodes.map(({ resource }) => resource.title)).toEqual([`Damson ${MAX_HITS + 5}`, `Damson ${MAX_HITS + 4}`]);
  const all = await world.connection(['CONTENT_READ']);
  await world.share(all, hidden);
  await world.share(all, shown);
  const { nodes: newest, totalCount: most } = await search('damson', { first: 100 }, all);
  expect(most).toBe(MAX_HITS);
  expect(newest.map(({ resource }) => resource.title)).toEqual(
    Array.from({ length: 100 }, (_, n) => `Damson ${MAX_HITS + 5 - n}`),
  );
  // Databases are in no list of pages, and whoever reaches the whole workspace is asked for no list at all.
  await world.database({ title: 'Damson base', under: shown });
  const kinds = (await search('damson', { first: 3 })).nodes.map(({ resource }) => resource.__typename);
  expect(kinds.sort()).toEqual(['DataSource', 'Database', 'Page']);
  const ctx = world.gateway.contextFor(operatorOf(world.workspaceId), world.store.reader());
  const query = { terms: termsOf('damson'), kinds: [], inTrash: false, order: 'NEWEST' as const };
  const placed = await localContent.search(ctx, query, { limit: 2, backwards: false, from: null });
  expect(placed.map(({ row }) => row.resource!.title)).toEqual([5, 4, 3].map((n) => `Damson ${MAX_HITS + n}`));
  expect(await localContent.countHits(ctx, query)).toBe(MAX_HITS);
});

describe('against an evaluator in memory', () => {
  const WORDS = [
    'alder',
    'Alderman',
    'birch',
    'Bírch',
    'e-mail',
    'mail',
    '東京',
    '京',
    '1e5x',
    '12',
    'dill…',
    'ß',
    'ﬁg',
  ];
  const wordsIn = (text: string): string[] =>
    text
      .normalize('NFKD')
      .replaceAll(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .match(/[a-z0-9]+|[東京]/g) ?? [];
  const phrase = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }).map((words) => words.join(' '));
  const query = fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...WORDS, 'al', 'ald', 'bir', 'nothing') },
        { weight: 1, arbitrary: phrase.map((text) => `"${text}"`) },
        { weight: 1, arbitrary: fc.constantFrom(...WORDS).map((text) => `-${text}`) },
        { weight: 1, arbitrary: fc.constant('or') },
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => parts.join(' '));
  const shape = fc.record({
    pages: fc.array(
      fc.record({ parent: fc.nat(100), title: phrase, blocks: fc.array(phrase, { maxLength: 3 }), inTrash: fc.nat(6) }),
      { minLength: 8, maxLength: 14 },
    ),
    shared: fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }),
    queries: fc.array(query, { minLength: 12, maxLength: 12 }),
  });

  /** Whether these words hold what is typed; each alternative, each term, each place. */
  const holds = (typed: string, words: readonly string[]): boolean =>
    termsOf(typed).some((terms) => {
      const said = terms.filter(({ text }) => wordsIn(text).length > 0);
      const stands = ({ text, prefix }: (typeof said)[number]) => {
        const wanted = wordsIn(text);
        const isBeginning = prefix && wanted.at(-1)!.length >= 3;
        return words.some((_, at) =>
          wanted.every((word, n) =>
            isBeginning && n === wanted.length - 1 ? words[at + n]?.startsWith(word) : words[at + n] === word,
          ),
        );
      };
      return said.some(({ not }) => !not) && said.every((term) => stands(term) !== term.not);
    });

  test('the same is found, in the same order, page by page', { timeout: CASES_TIMEOUT_MS }, async () => {
    const count = { worlds: 0, cases: 0 };
    const began = Date.now();
    const found = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(shape, async ({ pages, shared, queries }) => {
        const made = pages.map((page, n) => ({ ...page, id: newId(), at: new Date(Date.UTC(2030, 0, 1, 0, n)) }));
        const parentOf = (n: number) =>
          n === 0 || pages[n]!.parent % 3 === 0 ? undefined : made[pages[n]!.parent % n];
        await world.pages(
          made.map(({ id, title, blocks, at }, n) => ({
            id,
            title,
            blocks: blocks.map((one) => text(one)),
            lastEditedAt: at,
            ...(parentOf(n) && { under: parentOf(n)!.id }),
          })),
        );
        const binned = made.filter(({ inTrash }) => inTrash === 0).map(({ id }) => id);
        await world.sql('update page set in_trash = true where id = any($1)', [binned]);
        const asker = await world.connection(['CONTENT_READ']);
        const open = new Set(shared.map((n) => made[n % made.length]!.id));
        for (const id of open) await world.share(asker, id);
        const reader = world.store.reader();
        const ctx = world.gateway.contextFor((await actAs(asker.installationId, reader))!, reader);
        const isOpen = (n: number): boolean =>
          open.has(made[n]!.id) || (parentOf(n) !== undefined && isOpen(made.indexOf(parentOf(n)!)));
        for (const [n, typed] of queries.entries()) {
          const inTrash = n % 6 === 5;
          const hits = made
            .map((page, at) => ({ ...page, at, words: [page.title, ...page.blocks].flatMap(wordsIn) }))
            .filter(({ id, at, words }) => isOpen(at) && binned.includes(id) === inTrash && holds(typed, words))
            .map(({ id, at, title }) => ({ id, at, isTitleHit: holds(typed, wordsIn(title)) }))
            .sort((a, b) => Number(b.isTitleHit) - Number(a.isTitleHit) || b.at - a.at);
          const asked = (order: SearchOrderName) => ({ terms: termsOf(typed), kinds: [], inTrash, order });
          const walk = async (order: SearchOrderName, backwards: boolean) => {
            const met: { id: Id; isTitleHit: boolean | null }[] = [];
            for (let from: readonly string[] | null = null, goesOn = true; goesOn; count.cases++) {
              const limit = 1 + (n % 3);
              const placed: Awaited<ReturnType<typeof localContent.search>> = await localContent.search(
                ctx,
                asked(order),
                { limit, backwards, from },
              );
              met.push(
                ...placed.slice(0, limit).map(({ row }) => ({ id: row.resource!.id, isTitleHit: row.isTitleHit })),
              );
              from = placed[limit - 1]?.position ?? null;
              goesOn = placed.length > limit;
            }
            return backwards ? met.reverse() : met;
          };
          const expected = hits.map(({ id, isTitleHit }) => ({ id, isTitleHit }));
          expect(await walk('NEWEST', n % 2 === 0), typed).toEqual(expected);
          expect(await localContent.countHits(ctx, asked('NEWEST'))).toBe(hits.length);
          const ranked = await walk('RANK', n % 2 === 1);
          expect(new Set(ranked.map(({ id }) => id)), typed).toEqual(new Set(hits.map(({ id }) => id)));
          expect(ranked.map(({ isTitleHit }) => isTitleHit)).toEqual(expected.map(({ isTitleHit }) => isTitleHit));
          found.add(hits.length > 0);
        }
        count.worlds++;
      }),
      cases('search', 12),
    );
    await expectSoundSearch(world);
    expect([...found].sort()).toEqual([false, true]);
    tally('search', count, began);
  });
});
