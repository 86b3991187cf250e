// Pages read and written as Markdown, by whoever has the bits on that very page.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockContent, BlockTree } from '../../src/content/block-content.js';
import { type Id, newId } from '../../src/lib/id.js';
import { askAs, mutate, operatorIn, type Payload } from '../asking.js';
import { canary } from '../gate/canary.js';
import { type Asker, openWorld, type World } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const leaf = (content: BlockContent): BlockTree => ({ content, children: [] });
const paragraph = (text: string): BlockTree => leaf({ type: 'PARAGRAPH', richText: [{ type: 'TEXT', text }] });

const replace = (pageId: Id, markdown: string, more: object = {}): Promise<Payload> =>
  mutate(world, operatorIn(world), 'replaceMarkdown', { pageId, markdown, ...more }, 'page { id version markdown }');

const QUERY = 'query Q($id: ID!) { page(id: $id) { markdown } }';
async function markdownOf(id: Id, asker?: Asker): Promise<string | null | undefined> {
  const { data, errors } = asker
    ? await world.ask(asker, QUERY, { id })
    : await askAs(world, operatorIn(world), QUERY, { id });
  expect(errors).toBeUndefined();
  return (data as { page: { markdown: string | null } | null }).page?.markdown;
}

async function ask(asker: Asker, input: object): Promise<Payload> {
  const { data, errors } = await world.ask<{ payload: Payload }, object>(
    asker,
    `mutation M($input: ReplaceMarkdownInput!) { payload: replaceMarkdown(input: $input) { page { id title version markdown }
       userErrors { __typename code message path } } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data!.payload;
}

const blocksOf = (pageId: Id) =>
  world.sql<{ id: Id; depth: number; content: BlockContent; version: number }>(
    'select id, depth, content, version from block where page_id = $1 order by path',
    [pageId],
  );
const codesOf = ({ userErrors }: Payload): string[] => userErrors.map(({ code }) => code);

const TEXT = `# Plan

A **bold** *word*, <u>a line</u>, \`code\`, [a link](https://x.example/a), $x^2$ and 5\\$.

- [ ] one
- [x] two
  - below

3. three
4. four

> quoted

<aside>
💡 Mind *this*

- a

</aside>

<details>
<summary>More</summary>

inside

</details>

\`\`\`ts
const a = 1;
\`\`\`

$$e = mc^2$$

| a | b      |
| - | ------ |
| 1 | x<br>y |

![A view](https://x.example/a.png)

---

<br>

end
`;

describe('Markdown of a page', () => {
  test('is what it was written with', async () => {
    const page = await world.page({ blocks: [paragraph('before')] });
    const payload = await replace(page, TEXT, { expectedVersion: 1 });
    expect(payload).toMatchObject({ userErrors: [], page: { version: 2 } });
    expect(payload.page.markdown).toBe(TEXT);
    expect(await markdownOf(page)).toBe(payload.page.markdown);
    expect(await replace(page, payload.page.markdown)).toMatchObject({ userErrors: [], page: { version: 2 } });
    const [event] = await world.sql<{ type: string }>(
      'select type from change where resource_id = $1 order by id desc limit 1',
      [page],
    );
    expect(event!.type).toBe('PAGE_CONTENT_UPDATED');
  });

  test('of a page that holds nothing is empty, and empty Markdown empties it', async () => {
    const page = await world.page({ blocks: [paragraph('a')] });
    expect((await replace(page, '')).page.markdown).toBe('');
    expect(await blocksOf(page)).toEqual([]);
  });

  test('makes a page with what it says', async () => {
    const { page, userErrors } = await mutate(
      world,
      operatorIn(world),
      'createPage',
      { parent: { workspace: true }, title: 'New', markdown: '# Hello\n\n- there' },
      'page { id version markdown }',
    );
    expect(userErrors).toEqual([]);
    expect(page).toMatchObject({ version: 1, markdown: '# Hello\n\n- there\n' });
    const refused = await mutate(world, operatorIn(world), 'createPage', {
      parent: { workspace: true },
      title: 'Not made',
      markdown: `[a](gatehouse:${newId()})`,
    });
    expect(codesOf(refused)).toEqual(['NOT_FOUND']);
    expect(await world.sql(`select 1 from page where title = 'Not made'`)).toEqual([]);
  });

  test('keeps the words of what it has no form for', async () => {
    const target = await world.page({ title: 'Target' });
    const web = { name: 'a.mp4', url: 'https://x.example/a.mp4' };
    const page = await world.page({
      blocks: [
        leaf({ type: 'VIDEO', file: web, caption: [] }),
        leaf({ type: 'BOOKMARK', url: 'https://x.example/', caption: [{ type: 'TEXT', text: 'Caption' }] }),
        leaf({ type: 'LINK_TO_PAGE', resourceId: target }),
        {
          content: { type: 'COLUMN_LIST' },
          children: [
            { content: { type: 'COLUMN' }, children: [paragraph('left')] },
            { content: { type: 'COLUMN' }, children: [paragraph('right')] },
          ],
        },
        {
          content: { type: 'HEADING', level: 2, isToggleable: true, richText: [{ type: 'TEXT', text: 'Fold' }] },
          children: [paragraph('folded')],
        },
        leaf({ type: 'OTHER', kind: 'template', text: 'a template' }),
      ],
    });
    expect(await markdownOf(page)).toBe(
      `[a.mp4](https://x.example/a.mp4)\n\n[Caption](https://x.example/)\n\n[Target](gatehouse:${target})\n\nleft\n\nright\n\n## Fold\n\nfolded\n\na template\n`,
    );
  });
});

describe('A block that says the same as before', () => {
  test('keeps its id, its version and its colour, wherever it stands', async () => {
    const red = leaf({ type: 'PARAGRAPH', color: 'RED', richText: [{ type: 'TEXT', text: 'red', color: 'BLUE' }] });
    const page = await world.page({
      blocks: [paragraph('a'), red, paragraph('b'), leaf({ type: 'EMBED', url: 'https://x.example/', caption: [] })],
    });
    const before = await blocksOf(page);
    const written = (await markdownOf(page))!;
    await replace(page, `new\n\n- list\n\n  ${written.replaceAll('\n', '\n  ').replace('  b\n', '  changed\n')}`);
    const after = await blocksOf(page);
    expect(after.map(({ id }) => before.findIndex((one) => one.id === id))).toEqual([-1, -1, 0, 1, -1, 3]);
    expect(after[3]).toEqual({ ...before[1], depth: 1 });
    expect(after[5]!.content).toMatchObject({ type: 'EMBED' });
  });

  test('keeps a mention that is masked for whoever writes', async () => {
    const hidden = await world.page({ title: canary('hidden') });
    const mention = (words: string): BlockTree =>
      leaf({
        type: 'PARAGRAPH',
        richText: [
          { type: 'TEXT', text: words },
          { type: 'MENTION', resourceId: hidden },
        ],
      });
    const row = leaf({ type: 'TABLE_ROW', cells: [[{ type: 'MENTION', resourceId: hidden }]] });
    const page = await world.page({
      blocks: [
        mention('see '),
        mention('or '),
        { content: { type: 'TABLE', width: 1, hasColumnHeader: true }, children: [row] },
      ],
    });
    const writer = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);
    await world.share(writer, page);
    const text = (await markdownOf(page, writer))!;
    expect(text).toBe('see Unavailable page\n\nor Unavailable page\n\n| Unavailable page |\n| ---------------- |\n');
    const payload = await ask(writer, { pageId: page, markdown: text.replace('or ', 'and ') });
    expect(payload.userErrors).toEqual([]);
    const mentions = await world.sql<{ count: number }>(
      'select count(*)::int as count from block where page_id = $1 and mentions = array[$2::uuid]',
      [page, hidden],
    );
    expect(mentions).toEqual([{ count: 2 }]);
  });
});

describe('Who reads and writes Markdown', () => {
  test('reads it with CONTENT_READ alone, and never what is mentioned and hidden', async () => {
    const [title, name] = [canary('title'), canary('name')];
    const hidden = await world.page({ title });
    const ada = await world.person({ name });
    const open = await world.page({ title: 'Open' });
    const spans = [hidden, open].map((resourceId) => ({ type: 'MENTION' as const, resourceId }));
    const page = await world.page({
      blocks: [
        leaf({ type: 'PARAGRAPH', richText: [...spans, { type: 'USER', userId: ada.id }] }),
        leaf({ type: 'LINK_TO_PAGE', resourceId: hidden }),
      ],
    });
    const reader = await world.connection(['CONTENT_READ']);
    for (const id of [page, open]) await world.share(reader, id);
    const { text, data } = await world.ask<{ page: { markdown: string } }, object>(reader, QUERY, { id: page });
    expect(data!.page.markdown).toBe(
      `Unavailable page[Open](gatehouse:${open})[Unavailable person](gatehouse:user/${ada.id})\n\nUnavailable page\n`,
    );
    for (const secret of [title, name, hidden]) expect(text).not.toContain(secret);
    const updater = await world.connection(['CONTENT_UPDATE']);
    await world.share(updater, page);
    expect(await markdownOf(page, updater)).toBeNull();
    expect(await markdownOf(hidden, reader)).toBeUndefined();
  });

  test('writes it with CONTENT_UPDATE alone, is shown the id, and learns nothing', async () => {
    const page = await world.page({ title: 'Secret', blocks: [paragraph('secret')] });
    const updater = await world.connection(['CONTENT_UPDATE']);
    await world.share(updater, page);
    const payload = await ask(updater, { pageId: page, markdown: 'new' });
    expect(payload).toEqual({ userErrors: [], page: { id: page, title: null, version: null, markdown: null } });
    expect((await blocksOf(page)).map(({ content }) => content)).toMatchObject([{ richText: [{ text: 'new' }] }]);
    expect(codesOf(await ask(updater, { pageId: page, markdown: 'x', expectedVersion: 2 }))).toEqual([
      'CAPABILITY_MISSING',
    ]);
  });

  test.each([[['CONTENT_READ']], [['CONTENT_READ', 'CONTENT_INSERT']]] as const)(
    'is refused with %s',
    async (capabilities) => {
      const page = await world.page({ blocks: [paragraph('a')] });
      const asker = await world.connection(capabilities);
      await world.share(asker, page);
      expect(codesOf(await ask(asker, { pageId: page, markdown: 'b' }))).toEqual(['CAPABILITY_MISSING']);
      expect((await blocksOf(page)).map(({ content }) => content)).toMatchObject([{ richText: [{ text: 'a' }] }]);
    },
  );

  test('hears the same of a page out of reach and of none, and of a mention of either', async () => {
    const hidden = await world.page({ title: 'Hidden' });
    const page = await world.page();
    const writer = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);
    await world.share(writer, page);
    const said = [];
    for (const pageId of [hidden, newId(), 'nonsense'])
      said.push((await ask(writer, { pageId, markdown: 'x' })).userErrors);
    expect(said[0]).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(said[1]).toEqual(said[0]);
    expect(said[2]).toEqual(said[0]);
    const mentioned = [];
    for (const id of [hidden, newId()])
      mentioned.push((await ask(writer, { pageId: page, markdown: `[x](gatehouse:${id})` })).userErrors);
    expect(mentioned[0]).toMatchObject([{ code: 'NOT_FOUND', path: ['markdown'] }]);
    expect(mentioned[1]).toEqual(mentioned[0]);
  });

  test('opens no file of another page by its id, and keeps those of this one', async () => {
    const [own, foreign] = [newId(), newId()];
    const file = { name: 'paper.pdf', fileId: own, contentType: 'application/pdf', size: 5 };
    const page = await world.page({ blocks: [leaf({ type: 'PDF', file, caption: [] })] });
    expect(await markdownOf(page)).toBe(`[paper.pdf](gatehouse:file/${own})\n`);
    await replace(page, `![own](gatehouse:file/${own})\n\n[foreign](gatehouse:file/${foreign})`);
    expect((await blocksOf(page)).map(({ content }) => content)).toEqual([
      { type: 'IMAGE', file, caption: [{ type: 'TEXT', text: 'own' }] },
      { type: 'PARAGRAPH', richText: [{ type: 'TEXT', text: 'foreign' }] },
    ]);
  });

  test('is refused on a page that is locked, lies in the trash, or has another version by now', async () => {
    const page = await world.page();
    const change = (mutation: string) => mutate(world, operatorIn(world), mutation, { id: page });
    expect(codesOf(await replace(page, 'x', { expectedVersion: 9 }))).toEqual(['STALE_VERSION']);
    await change('lockPage');
    expect(codesOf(await replace(page, 'x'))).toEqual(['INVALID_STATE']);
    await change('unlockPage');
    await change('trashPage');
    expect(codesOf(await replace(page, 'x'))).toEqual(['INVALID_STATE']);
  });
});

describe('How much', () => {
  test.each([
    ['characters', 'x'.repeat(200_001), 'TOO_LONG', ['maxMarkdownLength', '200000', '200001']],
    ['blocks', '---\n\n'.repeat(20_001), 'TOO_LONG', ['maxMarkdownBlocks', '20000', '20001']],
    [
      'blocks above each other',
      Array.from({ length: 51 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n'),
      'TOO_LONG',
      ['maxBlockDepth', '50', '51'],
    ],
    ['marks in one paragraph', '*a'.repeat(10_000), 'INVALID', ['too long to read']],
  ])('keeps to so many %s', async (_, markdown, code, words) => {
    const page = await world.page();
    const { userErrors } = await replace(page, markdown);
    expect(userErrors).toMatchObject([{ code, path: ['markdown'] }]);
    for (const word of words) expect(userErrors[0]!.message).toContain(word);
    expect(await blocksOf(page)).toEqual([]);
  });

  test('takes as many statements for one block as for a hundred', async () => {
    const TRANSACTION_CONTROL = /^\s*(begin|commit|rollback|savepoint|release|set)\b/i;
    const counts = [];
    for (const size of [1, 10, 100]) {
      const page = await world.page({ blocks: [paragraph('kept'), paragraph('gone')] });
      world.statements.length = 0;
      const lines = Array.from({ length: size }, (_, index) => `- ${index} [x](gatehouse:${page})\n`);
      expect(
        codesOf(
          await mutate(world, operatorIn(world), 'replaceMarkdown', {
            pageId: page,
            markdown: `kept\n\n${lines.join('')}`,
          }),
        ),
      ).toEqual([]);
      const written = world.statements.filter((text) => !TRANSACTION_CONTROL.test(text)).length;
      world.statements.length = 0;
      await markdownOf(page);
      counts.push([written, world.statements.filter((text) => !TRANSACTION_CONTROL.test(text)).length].join());
    }
    expect(new Set(counts).size).toBe(1);
    expect(Number(counts[0]!.split(',')[0])).toBeLessThanOrEqual(11);
  });
});
