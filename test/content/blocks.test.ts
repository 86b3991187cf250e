// Blocks are put on pages, changed, moved and deleted by whoever has the bits on that very page.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import { type Id, newId } from '../../src/lib/id.js';
import { mutate, operatorIn, type Payload } from '../asking.js';
import { type Asker, openWorld, type World } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const line = (text: string, children: BlockTree[] = []): BlockTree => ({
  content: { type: 'BULLETED_LIST_ITEM', richText: [{ type: 'TEXT', text }] },
  children,
});
const item = (text: string, children: object[] = []) => ({ bulletedListItem: { text, children } });

const SHOWN = 'page { id title version } blockIds blocks { id plainText }';

const append = (input: object, answers = SHOWN): Promise<Payload> =>
  mutate(world, operatorIn(world), 'appendBlocks', input as never, answers);
const change = (mutation: string, input: object, answers = 'page { id version }'): Promise<Payload> =>
  mutate(world, operatorIn(world), mutation, input as never, answers);

/** The page as indented lines. */
async function outline(pageId: Id): Promise<string[]> {
  const rows = await world.sql<{ depth: number; text: string }>(
    `select depth, coalesce(content->'richText'->0->>'text', content->>'type') as text from block
      where page_id = $1 order by path`,
    [pageId],
  );
  return rows.map(({ depth, text }) => `${'  '.repeat(depth)}${text}`);
}

/** Ids by what their blocks say. */
async function idsOf(pageId: Id): Promise<Record<string, Id>> {
  const rows = await world.sql<{ id: Id; text: string }>(
    `select id, content->'richText'->0->>'text' as text from block where page_id = $1`,
    [pageId],
  );
  return Object.fromEntries(rows.map(({ id, text }) => [text, id]));
}

async function ask(asker: Asker, mutation: string, input: object, answers = ''): Promise<Payload> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const { data, errors } = await world.ask<{ payload: Payload }, object>(
    asker,
    `mutation M($input: ${type}!) { payload: ${mutation}(input: $input) { ${answers}
       userErrors { __typename code message path ... on CapabilityError { needs has } } } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data!.payload;
}

const codesOf = ({ userErrors }: Payload): string[] => userErrors.map(({ code }) => code);

describe('Putting blocks on a page', () => {
  test('puts whole trees at its end, in one mutation', async () => {
    const page = await world.page({ blocks: [line('a')] });
    const payload = await append({ pageId: page, blocks: [item('b', [item('c', [item('d')])]), item('e')] });
    expect(payload.userErrors).toEqual([]);
    expect(payload.blocks.map(({ plainText }: { plainText: string }) => plainText)).toEqual(['b', 'e']);
    expect(payload.page.version).toBe(2);
    expect(await outline(page)).toEqual(['a', 'b', '  c', '    d', 'e']);
    const [event] = await world.sql<{ type: string; details: object; version: number }>(
      'select type, details, resource_version as version from change where resource_id = $1 order by id desc limit 1',
      [page],
    );
    expect(event).toEqual({ type: 'PAGE_CONTENT_UPDATED', details: { updatedBlocks: payload.blockIds }, version: 2 });
  });

  test.each([
    ['at the top', () => ({ start: true }), ['x', 'y', 'a', '  b', '  c', 'd']],
    ['at the end', () => ({ end: true }), ['a', '  b', '  c', 'd', 'x', 'y']],
    ['after a block', (ids: Record<string, Id>) => ({ after: ids.a }), ['a', '  b', '  c', 'x', 'y', 'd']],
    [
      'after a block that stands below one',
      (ids: Record<string, Id>) => ({ after: ids.b }),
      ['a', '  b', '  x', '  y', '  c', 'd'],
    ],
    ['before a block', (ids: Record<string, Id>) => ({ before: ids.d }), ['a', '  b', '  c', 'x', 'y', 'd']],
    [
      'before the first of those below one',
      (ids: Record<string, Id>) => ({ before: ids.b }),
      ['a', '  x', '  y', '  b', '  c', 'd'],
    ],
    [
      'below a block, as its last',
      (ids: Record<string, Id>) => ({ below: ids.a }),
      ['a', '  b', '  c', '  x', '  y', 'd'],
    ],
    [
      'below a block that had none',
      (ids: Record<string, Id>) => ({ below: ids.d }),
      ['a', '  b', '  c', 'd', '  x', '  y'],
    ],
  ])('puts them %s', async (_, position, expected) => {
    const page = await world.page({ blocks: [line('a', [line('b'), line('c')]), line('d')] });
    const payload = await append({
      pageId: page,
      blocks: [item('x'), item('y')],
      position: position(await idsOf(page)),
    });
    expect(payload.userErrors).toEqual([]);
    expect(await outline(page)).toEqual(expected);
  });

  test.each([
    ['at the top', null],
    ['below a block', 'above'],
  ])('%s, where no key is left in between, moves neighbours aside with what stands below them', async (_, above) => {
    const lines = ['a', 'b', 'c', 'd'].map((name) => line(name, [line(`${name}1`, [line(`${name}2`)])]));
    const page = await world.page({ blocks: above ? [line(above, lines), line('last')] : lines });
    const ids = await idsOf(page);
    // As if millions had been put in between: four keys right after each other, and none before the first.
    const keys = { a: '000000000001', b: '000000000002', c: '000000000003', d: '000000000004' };
    for (const [name, key] of Object.entries(keys)) {
      await world.sql(
        `update block b set path = $3 || substr(b.path, length(o.path) + 1)
           from block o where o.id = $1 and b.page_id = $2 and (b.path = o.path or b.path like o.path || '.%')`,
        [ids[name], page, above ? `V.${key}` : key],
      );
    }
    for (const [position, text] of [
      [{ after: ids.a }, 'x'],
      [{ before: ids.a }, 'y'],
      [{ after: ids.c }, 'z'],
    ] as const) {
      expect(codesOf(await append({ pageId: page, blocks: [item(text), item(text)], position }))).toEqual([]);
    }
    const with2 = (name: string) => [name, `  ${name}1`, `    ${name}2`];
    const expected = ['y', 'y', ...with2('a'), 'x', 'x', ...with2('b'), ...with2('c'), 'z', 'z', ...with2('d')];
    expect(await outline(page)).toEqual(above ? [above, ...expected.map((one) => `  ${one}`), 'last'] : expected);
    expect(await idsOf(page)).toMatchObject(ids);
  });

  test('takes every kind there is, and shows it again', async () => {
    const page = await world.page();
    const target = await world.page({ title: 'Target' });
    const ada = await world.person({ name: 'Ada' });
    const payload = await append(
      {
        pageId: page,
        blocks: [
          {
            paragraph: {
              richText: [
                { text: 'see ', annotations: ['BOLD', 'ITALIC'], color: 'RED' },
                { mention: target },
                { user: ada.id },
                { date: { start: '2026-11-22', end: '2026-11-24' } },
                { equation: 'x^2' },
                { text: 'here', href: 'https://example.org/' },
              ],
              color: 'BLUE_BACKGROUND',
            },
          },
          { heading: { text: 'h', level: 2, isToggleable: true, children: [{ paragraph: { text: 'folded' } }] } },
          { numberedListItem: { text: 'n', start: 3, format: 'ROMAN' } },
          { toDo: { text: 't', checked: true } },
          { toggle: { text: 'g', children: [{ divider: true }] } },
          { quote: { text: 'q' } },
          { callout: { text: 'c', icon: '💡' } },
          { code: { text: 'let x', language: 'ts', caption: [{ text: 'cap' }] } },
          { equation: { expression: 'e = mc^2' } },
          { divider: true },
          { tableOfContents: { color: 'GRAY' } },
          { columnList: { columns: [{ children: [{ paragraph: { text: 'l' } }] }, { widthRatio: 0.25 }] } },
          {
            table: {
              hasColumnHeader: true,
              rows: [{ cells: [[{ text: '1' }], []] }, { cells: [[], [{ text: '2' }]] }],
            },
          },
          { linkToPage: { targetId: target } },
          { image: { url: 'https://example.org/a.png', caption: [{ text: 'p' }] } },
          { video: { url: 'https://example.org/a.mp4' } },
          { audio: { url: 'https://example.org/a.mp3' } },
          { pdf: { url: 'https://example.org/a.pdf' } },
          { file: { url: 'https://example.org/a.zip', name: 'Archive' } },
          { bookmark: { url: 'https://example.org/' } },
          { embed: { url: 'https://example.org/' } },
        ],
      },
      `blockIds blocks { id type plainText version createdAt lastEditedAt
         ... on TextBlock { color richText { type plainText href annotations color mention { id } user { id } date { start end } } }
         ... on HeadingBlock { level isToggleable } ... on NumberedListItemBlock { start format }
         ... on ToDoBlock { checked } ... on CalloutBlock { icon } ... on CodeBlock { language caption { plainText } }
         ... on TableBlock { width hasColumnHeader hasRowHeader } ... on LinkToPageBlock { target { id } }
         ... on MediaBlock { file { name externalUrl } caption { plainText } } ... on WebBlock { url } }`,
    );
    expect(payload.userErrors).toEqual([]);
    const shown = payload.blocks as Record<string, unknown>[];
    expect(shown.map(({ type }) => type)).toEqual([
      ...['PARAGRAPH', 'HEADING', 'NUMBERED_LIST_ITEM', 'TO_DO', 'TOGGLE', 'QUOTE', 'CALLOUT', 'CODE', 'EQUATION'],
      ...['DIVIDER', 'TABLE_OF_CONTENTS', 'COLUMN_LIST', 'TABLE', 'LINK_TO_PAGE', 'IMAGE', 'VIDEO', 'AUDIO', 'PDF'],
      ...['FILE', 'BOOKMARK', 'EMBED'],
    ]);
    const by = Object.fromEntries(shown.map((block) => [block.type as string, block]));
    expect(by.PARAGRAPH).toMatchObject({
      plainText: 'see TargetAda2026-11-22 → 2026-11-24x^2here',
      color: 'BLUE_BACKGROUND',
      version: 1,
      richText: [
        { type: 'TEXT', annotations: ['BOLD', 'ITALIC'], color: 'RED' },
        { type: 'MENTION', mention: { id: target } },
        { type: 'USER', plainText: 'Ada', user: { id: ada.id } },
        { type: 'DATE', date: { start: '2026-11-22', end: '2026-11-24' } },
        { type: 'EQUATION' },
        { type: 'TEXT', href: 'https://example.org/' },
      ],
    });
    expect(by.HEADING).toMatchObject({ level: 2, isToggleable: true });
    expect(by.NUMBERED_LIST_ITEM).toMatchObject({ start: 3, format: 'ROMAN' });
    expect(by.CODE).toMatchObject({ language: 'ts', caption: [{ plainText: 'cap' }], color: null });
    expect(by.TABLE).toMatchObject({ width: 2, hasColumnHeader: true, hasRowHeader: false });
    expect(by.LINK_TO_PAGE).toMatchObject({ plainText: 'Target', target: { id: target } });
    expect(by.IMAGE).toMatchObject({ file: { name: 'a.png' }, caption: [{ plainText: 'p' }] });
    expect(by.FILE).toMatchObject({ file: { name: 'Archive', externalUrl: 'https://example.org/a.zip' } });
  });

  test.each([
    ['no block at all', [], 'REQUIRED', ['blocks']],
    ['what may not stand at the top', [{ tableRow: { cells: [[]] } }], 'INVALID', ['blocks', '0']],
    [
      'what holds nothing, with something below it',
      [{ heading: { text: 'h', children: [item('x')] } }],
      'INVALID',
      ['blocks', '0', 'heading', 'children', '0'],
    ],
    [
      'rows that are not as wide as the table',
      [{ table: { width: 2, rows: [{ cells: [[]] }] } }],
      'INVALID',
      ['blocks', '0', 'table', 'rows', '0', 'cells'],
    ],
    ['one column alone', [{ columnList: { columns: [{}] } }], 'INVALID', ['blocks', '0', 'columnList']],
    [
      'text and rich text at once',
      [{ paragraph: { text: 'a', richText: [] } }],
      'INVALID',
      ['blocks', '0', 'paragraph'],
    ],
    [
      'a piece of text that is two things',
      [{ paragraph: { richText: [{ text: 'a', equation: 'b' }] } }],
      'INVALID',
      ['blocks', '0', 'paragraph', 'richText', '0'],
    ],
    [
      'an address of a script',
      [{ paragraph: { richText: [{ text: 'a', href: 'javascript:alert(1)' }] } }],
      'INVALID',
      ['blocks', '0', 'paragraph', 'richText', '0', 'href'],
    ],
    ['an icon that is no emoji', [{ callout: { icon: 'no' } }], 'INVALID', ['blocks', '0', 'callout', 'icon']],
    [
      'half a character',
      [{ paragraph: { text: '\ud800' } }],
      'INVALID',
      ['blocks', '0', 'paragraph', 'richText', '0', 'text'],
    ],
    ['a picture without an address', [{ image: {} }], 'REQUIRED', ['blocks', '0', 'image', 'url']],
  ])('refuses %s', async (_, blocks, code, path) => {
    const page = await world.page();
    const payload = await append({ pageId: page, blocks });
    expect(payload.userErrors).toMatchObject([{ code, path }]);
    expect(await outline(page)).toEqual([]);
  });

  test.each([
    ['maxBlocks', 1_000, Array.from({ length: 1_001 }, () => ({ divider: true })), ['blocks'], 1_001],
    [
      'maxTextLength',
      2_000,
      [{ paragraph: { text: 'x'.repeat(2_001) } }],
      ['blocks', '0', 'paragraph', 'richText', '0', 'text'],
      2_001,
    ],
    [
      'maxSpans',
      100,
      [{ paragraph: { richText: Array.from({ length: 101 }, () => ({ text: 'x' })) } }],
      ['blocks', '0', 'paragraph', 'richText'],
      101,
    ],
    [
      'maxEquationLength',
      1_000,
      [{ equation: { expression: 'x'.repeat(1_001) } }],
      ['blocks', '0', 'equation', 'expression'],
      1_001,
    ],
    [
      'maxUrlLength',
      2_000,
      [{ bookmark: { url: `https://example.org/${'x'.repeat(2_000)}` } }],
      ['blocks', '0', 'bookmark', 'url'],
      2_020,
    ],
  ])('keeps to %s, and says where, how much and what came', async (limit, most, blocks, path, came) => {
    const payload = await append({ pageId: await world.page(), blocks });
    expect(payload.userErrors).toMatchObject([{ code: 'TOO_LONG', path }]);
    for (const part of [limit, String(most), String(came)]) expect(payload.userErrors[0]!.message).toContain(part);
  });

  test('keeps to maxBlockDepth, what stands above included', async () => {
    const nested = (levels: number): object => item('x', levels > 1 ? [nested(levels - 1)] : []);
    const page = await world.page();
    for (let level = 0; level < 50; level += 10) {
      const last = (
        await world.sql<{ id: Id }>('select id from block where page_id = $1 order by depth desc limit 1', [page])
      )[0];
      const payload = await append({
        pageId: page,
        blocks: [nested(10)],
        ...(last && { position: { below: last.id } }),
      });
      expect(payload.userErrors).toEqual([]);
    }
    const [deepest] = await world.sql<{ id: Id; depth: number }>(
      'select id, depth from block where page_id = $1 order by depth desc limit 1',
      [page],
    );
    expect(deepest!.depth).toBe(49);
    const payload = await append({ pageId: page, blocks: [item('y')], position: { below: deepest!.id } });
    expect(payload.userErrors).toMatchObject([{ code: 'TOO_LONG', message: expect.stringContaining('maxBlockDepth') }]);
  });

  test('is refused on a page that is locked, lies in the trash, or has another version by now', async () => {
    const page = await world.page();
    const input = { pageId: page, blocks: [item('x')] };
    expect(codesOf(await append({ ...input, expectedVersion: 7 }))).toEqual(['STALE_VERSION']);
    await change('lockPage', { id: page }, '');
    expect(codesOf(await append(input))).toEqual(['INVALID_STATE']);
    await change('unlockPage', { id: page }, '');
    await change('trashPage', { id: page }, '');
    expect(codesOf(await append(input))).toEqual(['INVALID_STATE']);
    expect(await outline(page)).toEqual([]);
  });

  test('is refused beside a block of another page, as beside one that is gone', async () => {
    const [page, other] = [await world.page({ blocks: [line('a')] }), await world.page({ blocks: [line('b')] })];
    const { b } = await idsOf(other);
    const said = [];
    for (const after of [b, newId(), 'nonsense'])
      said.push((await append({ pageId: page, blocks: [item('x')], position: { after } })).userErrors);
    expect(said[0]).toMatchObject([{ code: 'NOT_FOUND', path: ['position'] }]);
    expect(said[1]).toEqual(said[0]);
    expect(said[2]).toEqual(said[0]);
  });
});

describe('Changing a block', () => {
  test('changes what is given and keeps the rest, its kind and what stands below it', async () => {
    const page = await world.page();
    const made = await append({
      pageId: page,
      blocks: [{ toDo: { text: 'a', color: 'RED', children: [item('b')] } }],
    });
    const id = made.blockIds[0];
    const changed = await change(
      'updateBlock',
      { id, block: { toDo: { checked: true } }, expectedVersion: 1 },
      'page { version } block { id version plainText ... on ToDoBlock { checked color } }',
    );
    expect(changed).toMatchObject({
      userErrors: [],
      page: { version: 3 },
      block: { id, version: 2, plainText: 'a', checked: true, color: 'RED' },
    });
    expect(await outline(page)).toEqual(['a', '  b']);
    const cleared = await change(
      'updateBlock',
      { id, block: { toDo: { color: null, text: null } } },
      'block { plainText ... on ToDoBlock { checked color } }',
    );
    expect(cleared.block).toEqual({ plainText: '', checked: true, color: null });
  });

  test('that comes to the same changes nothing', async () => {
    const page = await world.page({ blocks: [line('a')] });
    const { a } = await idsOf(page);
    const payload = await change(
      'updateBlock',
      { id: a, block: { bulletedListItem: { text: 'a' } } },
      'page { version } block { version }',
    );
    expect(payload).toMatchObject({ userErrors: [], page: { version: 1 }, block: { version: 1 } });
  });

  test('is refused for another kind, for blocks below it, and for another version', async () => {
    const page = await world.page({ blocks: [line('a')] });
    const { a: id } = await idsOf(page);
    expect(codesOf(await change('updateBlock', { id, block: { paragraph: { text: 'b' } } }))).toEqual(['IMMUTABLE']);
    expect(codesOf(await change('updateBlock', { id, block: item('b', [item('c')]) }))).toEqual(['INVALID']);
    const stale = { id, block: { bulletedListItem: { text: 'b' } }, expectedVersion: 2 };
    expect(codesOf(await change('updateBlock', stale))).toEqual(['STALE_VERSION']);
    expect(await outline(page)).toEqual(['a']);
  });

  test('keeps the width of a table, and a heading folding while something stands below it', async () => {
    const page = await world.page();
    const { blockIds } = await append({
      pageId: page,
      blocks: [
        { table: { rows: [{ cells: [[], []] }] } },
        { heading: { text: 'h', isToggleable: true, children: [item('x')] } },
      ],
    });
    const [table, heading] = blockIds;
    expect(codesOf(await change('updateBlock', { id: table, block: { table: { width: 3 } } }))).toEqual(['INVALID']);
    expect(codesOf(await change('updateBlock', { id: heading, block: { heading: { isToggleable: false } } }))).toEqual([
      'INVALID',
    ]);
    expect(codesOf(await change('updateBlock', { id: heading, block: { heading: { level: 3 } } }))).toEqual([]);
  });
});

describe('Moving a block', () => {
  test.each([
    ['to the top', 'd', () => ({ start: true }), ['d', 'a', '  b', '    c']],
    ['below another', 'd', (ids: Record<string, Id>) => ({ below: ids.b }), ['a', '  b', '    c', '    d']],
    [
      'out of another, with what stands below it',
      'b',
      (ids: Record<string, Id>) => ({ after: ids.d }),
      ['a', 'd', 'b', '  c'],
    ],
    ['to where it stands', 'b', (ids: Record<string, Id>) => ({ below: ids.a }), ['a', '  b', '    c', 'd']],
    ['right before itself', 'b', (ids: Record<string, Id>) => ({ before: ids.b }), ['a', '  b', '    c', 'd']],
  ])('puts it %s', async (_, name, position, expected) => {
    const page = await world.page({ blocks: [line('a', [line('b', [line('c')])]), line('d')] });
    const ids = await idsOf(page);
    const payload = await change('moveBlock', { id: ids[name], position: position(ids) });
    expect(payload).toMatchObject({ userErrors: [], page: { version: 2 } });
    expect(await outline(page)).toEqual(expected);
    expect(await idsOf(page)).toEqual(ids);
  });

  test('to another page takes along what stands below it, and both pages are changed', async () => {
    const from = await world.page({ blocks: [line('a', [line('b')]), line('c')] });
    const to = await world.page({ blocks: [line('x')] });
    const ids = await idsOf(from);
    const payload = await change(
      'moveBlock',
      { id: ids.a, pageId: to, position: { end: true } },
      'page { id version } block { id depth }',
    );
    expect(payload).toMatchObject({ userErrors: [], page: { id: to, version: 2 }, block: { id: ids.a, depth: 0 } });
    expect(await outline(from)).toEqual(['c']);
    expect(await outline(to)).toEqual(['x', 'a', '  b']);
    const changes = await world.sql<{ id: Id }>(
      `select resource_id as id from change where type = 'PAGE_CONTENT_UPDATED' and resource_id = any($1)`,
      [[from, to]],
    );
    expect(changes.map(({ id }) => id).sort()).toEqual([from, to].sort());
  });

  test('is refused below itself, and beside what is elsewhere', async () => {
    const page = await world.page({ blocks: [line('a', [line('b')])] });
    const other = await world.page({ blocks: [line('x')] });
    const [{ a, b }, { x }] = [await idsOf(page), await idsOf(other)];
    for (const position of [{ below: a }, { below: b }, { after: b }]) {
      expect((await change('moveBlock', { id: a, position })).userErrors).toMatchObject([
        { code: 'INVALID', path: ['position'] },
      ]);
    }
    expect(codesOf(await change('moveBlock', { id: a, position: { after: x } }))).toEqual(['NOT_FOUND']);
    expect(await outline(page)).toEqual(['a', '  b']);
  });
});

describe('Deleting a block', () => {
  test('deletes what stands below it as well, and nothing else', async () => {
    const page = await world.page({ blocks: [line('a', [line('b', [line('c')])]), line('d')] });
    const { a, d } = await idsOf(page);
    const payload = await change('deleteBlock', { id: a, expectedVersion: 1 }, 'page { version } deletedId');
    expect(payload).toMatchObject({ userErrors: [], page: { version: 2 }, deletedId: a });
    expect(await outline(page)).toEqual(['d']);
    expect(codesOf(await change('deleteBlock', { id: a }))).toEqual(['NOT_FOUND']);
    expect(codesOf(await change('deleteBlock', { id: d, expectedVersion: 2 }))).toEqual(['STALE_VERSION']);
  });
});

describe('A connection', () => {
  const ACCESS = { READ: 'CONTENT_READ', UPDATE: 'CONTENT_UPDATE', INSERT: 'CONTENT_INSERT' } as const;
  const connections = new Map<string, Asker>();
  const holding = async (page: Id, ...access: (keyof typeof ACCESS)[]): Promise<Asker> => {
    const name = access.join(' and ');
    const asker = connections.get(name) ?? (await world.connection(access.map((one) => ACCESS[one])));
    connections.set(name, asker);
    await world.share(asker, page);
    return asker;
  };

  test('that may insert alone puts blocks at the ends and between blocks at the top, and is shown ids only', async () => {
    const page = await world.page({ title: 'Secret', blocks: [line('a'), line('b')] });
    const { a } = await idsOf(page);
    const inserter = await holding(page, 'INSERT');
    for (const position of [{ end: true }, { start: true }, { after: a }, { before: a }]) {
      const payload = await ask(inserter, 'appendBlocks', { pageId: page, blocks: [item('x')], position }, SHOWN);
      expect(payload.userErrors).toEqual([]);
      expect(payload.page).toEqual({ id: page, title: null, version: null });
      expect(payload.blockIds).toHaveLength(1);
      expect(payload.blocks).toBeNull();
    }
    expect(await outline(page)).toEqual(['x', 'x', 'a', 'x', 'b', 'x']);
  });

  test('that may insert alone changes no block that is there: not by putting something below it either', async () => {
    const page = await world.page({ blocks: [line('a', [line('b')])] });
    const { a, b } = await idsOf(page);
    const inserter = await holding(page, 'INSERT');
    for (const position of [{ below: a }, { below: b }, { after: b }, { before: b }]) {
      const payload = await ask(inserter, 'appendBlocks', { pageId: page, blocks: [item('x')], position });
      expect(payload.userErrors).toMatchObject([
        { code: 'CAPABILITY_MISSING', needs: [['CONTENT_UPDATE']], has: ['CONTENT_INSERT'] },
      ]);
    }
    for (const [mutation, input] of [
      ['updateBlock', { id: a, block: { bulletedListItem: { text: 'x' } } }],
      ['moveBlock', { id: b, position: { start: true } }],
      ['deleteBlock', { id: a }],
    ] as const) {
      expect(codesOf(await ask(inserter, mutation, input))).toEqual(['CAPABILITY_MISSING']);
    }
    expect(await outline(page)).toEqual(['a', '  b']);
  });

  test('that may insert and update puts blocks below others', async () => {
    const page = await world.page({ blocks: [line('a')] });
    const { a } = await idsOf(page);
    const writer = await holding(page, 'INSERT', 'UPDATE');
    const payload = await ask(writer, 'appendBlocks', { pageId: page, blocks: [item('x')], position: { below: a } });
    expect(payload.userErrors).toEqual([]);
    expect(await outline(page)).toEqual(['a', '  x']);
  });

  test('that may update alone changes, moves and deletes, sees nothing of it, and puts nothing there', async () => {
    const page = await world.page({ title: 'Secret', blocks: [line('a'), line('b')] });
    const { a, b } = await idsOf(page);
    const updater = await holding(page, 'UPDATE');
    const shows = 'page { id title version } block { id plainText }';
    const changed = await ask(updater, 'updateBlock', { id: a, block: { bulletedListItem: { text: 'x' } } }, shows);
    expect(changed).toEqual({ userErrors: [], page: { id: page, title: null, version: null }, block: null });
    expect(codesOf(await ask(updater, 'moveBlock', { id: b, position: { start: true } }))).toEqual([]);
    expect(codesOf(await ask(updater, 'appendBlocks', { pageId: page, blocks: [item('y')] }))).toEqual([
      'CAPABILITY_MISSING',
    ]);
    expect(codesOf(await ask(updater, 'updateBlock', { id: a, block: item('z'), expectedVersion: 2 }))).toEqual([
      'CAPABILITY_MISSING',
    ]);
    expect(await outline(page)).toEqual(['b', 'x']);
    expect(codesOf(await ask(updater, 'deleteBlock', { id: a }))).toEqual([]);
    expect(await outline(page)).toEqual(['b']);
  });

  test('moves a block to a page only where it may insert there, and below a block only where it may update', async () => {
    const [from, to, closed] = [
      await world.page({ blocks: [line('a')] }),
      await world.page({ blocks: [line('x')] }),
      await world.page(),
    ];
    const [{ a }, { x }] = [await idsOf(from), await idsOf(to)];
    const mover = await world.connection(['CONTENT_UPDATE', 'CONTENT_INSERT']);
    await world.share(mover, from);
    await world.share(mover, to, { access: ['INSERT'] });
    await world.share(mover, closed, { access: ['UPDATE'] });
    const move = (pageId: Id, position: object) => ask(mover, 'moveBlock', { id: a, pageId, position });
    expect((await move(closed, { end: true })).userErrors).toMatchObject([
      { code: 'CAPABILITY_MISSING', needs: [['CONTENT_INSERT']], path: ['pageId'] },
    ]);
    expect((await move(to, { below: x })).userErrors).toMatchObject([
      { code: 'CAPABILITY_MISSING', needs: [['CONTENT_UPDATE']], path: ['position'] },
    ]);
    expect(codesOf(await move(to, { end: true }))).toEqual([]);
    expect(await outline(to)).toEqual(['x', 'a']);
    // It may insert there, not update: it cannot take it back.
    expect(codesOf(await ask(mover, 'moveBlock', { id: a, pageId: from, position: { end: true } }))).toEqual([
      'CAPABILITY_MISSING',
    ]);
  });

  test('hears the same of a block out of its reach and of one that never was', async () => {
    const hidden = await world.page({ title: 'Hidden', blocks: [line('a')] });
    const open = await world.page({ blocks: [line('b')] });
    const [{ a }, { b }] = [await idsOf(hidden), await idsOf(open)];
    const writer = await holding(open, 'READ', 'UPDATE', 'INSERT');
    for (const [mutation, rest] of [
      ['updateBlock', { block: { bulletedListItem: { text: 'x' } } }],
      ['moveBlock', { position: { start: true } }],
      ['deleteBlock', {}],
    ] as const) {
      const said = [];
      for (const id of [a, newId(), hidden]) said.push((await ask(writer, mutation, { id, ...rest })).userErrors);
      expect(said[0]).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect(said[1]).toEqual(said[0]);
      expect(said[2]).toEqual(said[0]);
    }
    for (const [input, path] of [
      [{ pageId: hidden, position: { end: true } }, null],
      [{ position: { after: a } }, ['position']],
    ] as const) {
      const gone = { ...input, ...('pageId' in input ? { pageId: newId() } : { position: { after: newId() } }) };
      const said = (await ask(writer, 'moveBlock', { id: b, ...input })).userErrors;
      expect(said).toMatchObject([{ code: 'NOT_FOUND', path }]);
      expect((await ask(writer, 'moveBlock', { id: b, ...gone })).userErrors).toEqual(said);
    }
    expect(await outline(hidden)).toEqual(['a']);
  });

  test('mentions only what it reaches, and keeps a mention that was there', async () => {
    const hidden = await world.page({ title: 'Hidden' });
    const page = await world.page({
      blocks: [{ content: { type: 'PARAGRAPH', richText: [{ type: 'MENTION', resourceId: hidden }] }, children: [] }],
    });
    const writer = await holding(page, 'READ', 'UPDATE', 'INSERT');
    const said = [];
    for (const one of [hidden, newId(), 'nonsense']) {
      for (const block of [{ paragraph: { richText: [{ mention: one }] } }, { linkToPage: { targetId: one } }]) {
        const { userErrors } = await ask(writer, 'appendBlocks', { pageId: page, blocks: [block] });
        said.push(userErrors.map(({ code, message }) => `${code} ${message}`).join());
      }
    }
    expect([...new Set(said)]).toEqual(['NOT_FOUND What is mentioned was not found.']);
    const [{ id }] = (await world.sql<{ id: Id }>('select id from block where page_id = $1', [page])) as [{ id: Id }];
    const coloured = await ask(
      writer,
      'updateBlock',
      { id, block: { paragraph: { color: 'RED' } } },
      'block { plainText }',
    );
    expect(coloured).toMatchObject({ userErrors: [], block: { plainText: 'Unavailable page' } });
    const nobody = await ask(writer, 'appendBlocks', {
      pageId: page,
      blocks: [{ paragraph: { richText: [{ user: newId() }] } }],
    });
    expect(nobody.userErrors).toMatchObject([{ code: 'NOT_FOUND', message: 'The person was not found.' }]);
  });

  test('reads the name of a mentioned person only where it may read names', async () => {
    const ada = await world.person({ name: 'Ada Secret' });
    const page = await world.page({
      blocks: [{ content: { type: 'PARAGRAPH', richText: [{ type: 'USER', userId: ada.id }] }, children: [] }],
    });
    const reader = await holding(page, 'READ');
    const knower = await world.connection(['CONTENT_READ', 'USER_READ']);
    await world.share(knower, page);
    const query = `query Q($id: ID!) { page(id: $id) { blocks { nodes { plainText ... on TextBlock { richText { plainText user { id name } } } } } } }`;
    const seen = async (asker: Asker) => {
      const { data, text } = await world.ask<{ page: { blocks: { nodes: object[] } } }, object>(asker, query, {
        id: page,
      });
      return { node: data!.page.blocks.nodes[0], text };
    };
    const { node, text } = await seen(reader);
    expect(node).toEqual({
      plainText: 'Unavailable person',
      richText: [{ plainText: 'Unavailable person', user: { id: ada.id, name: null } }],
    });
    expect(text).not.toContain('Secret');
    expect((await seen(knower)).node).toEqual({
      plainText: 'Ada Secret',
      richText: [{ plainText: 'Ada Secret', user: { id: ada.id, name: 'Ada Secret' } }],
    });
  });
});

describe('How many statements', () => {
  const TRANSACTION_CONTROL = /^\s*(begin|commit|rollback|savepoint|release|set)\b/i;
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    world.statements.length = 0;
    await work();
    return world.statements.filter((text) => !TRANSACTION_CONTROL.test(text)).length;
  };

  test('a command takes does not depend on how many blocks it writes', async () => {
    const target = await world.page();
    const counts: number[][] = [];
    for (const size of [1, 10, 100]) {
      const page = await world.page({ blocks: [line('first')] });
      const other = await world.page();
      const blocks = Array.from({ length: size }, (_, index) => ({
        bulletedListItem: { richText: [{ text: `${index}` }, { mention: target }], children: [item('below')] },
      }));
      const { first } = await idsOf(page);
      counts.push([
        await counted(() => append({ pageId: page, blocks, position: { below: first } }, '')),
        await counted(() => change('moveBlock', { id: first, pageId: other, position: { end: true } }, '')),
        await counted(() => change('updateBlock', { id: first, block: { bulletedListItem: { text: 'x' } } }, '')),
        await counted(() => change('deleteBlock', { id: first }, '')),
      ]);
    }
    expect(new Set(counts.map((one) => one.join())).size).toBe(1);
    expect(Math.max(...counts[0]!)).toBeLessThanOrEqual(13);
  });
});
