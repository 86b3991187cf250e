// Search: what words are, what a hit is, and in what order they come. Who finds what: test/gate.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import type { RichTextSpan } from '../../src/content/rich-text.js';
import { type Id, newId } from '../../src/lib/id.js';
import { type Asker, openWorld, type World } from '../world.js';

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
