// Somebody reads the pages of her workspace, sees who reaches them, and shares one.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import { type Id, newId } from '../../src/lib/id.js';
import { launchChromium } from '../server/chromium.js';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';
import { type Visitor, visit } from './visit.js';

const block = (content: BlockTree['content']): BlockTree => ({ content, children: [] });
const text = (value: string) => [{ type: 'TEXT' as const, text: value }];

describe('The pages', () => {
  let world: World;
  let browser: Browser;
  let owner: SignedIn;
  let asker: Asker;
  let handbook: Id;
  let holidays: Id;
  beforeAll(async () => {
    world = await openWorld({ name: 'Acme' });
    browser = await launchChromium();
    handbook = await world.page({ title: 'Handbook' });
    holidays = await world.page({
      title: 'Holidays',
      under: handbook,
      blocks: [
        block({ type: 'HEADING', level: 1, richText: text('How many days') }),
        block({ type: 'PARAGRAPH', richText: text('Thirty, <script>alert(1)</script> and birthdays.') }),
        block({ type: 'TO_DO', checked: true, richText: text('Ask your team') }),
        block({ type: 'CODE', language: 'sql', richText: text('select 30') }),
      ],
    });
    const { dataSourceId } = await world.database({
      title: 'Tasks',
      properties: [
        { id: 'title', name: 'Name', type: 'TITLE' },
        { id: 'points', name: 'Points', type: 'NUMBER' },
        { id: 'done', name: 'Done', type: 'CHECKBOX' },
      ],
    });
    await world.page({ title: 'Write it down', under: dataSourceId, props: { points: 5, done: true } });
    await world.page({ title: 'Tell everybody', under: dataSourceId, props: { points: 8 } });
    asker = await world.connection(['CONTENT_READ', 'COMMENT_READ'], 'Dashboard');
    await world.share(asker, handbook);
    owner = await world.signedIn(await world.person({ name: 'Olga', role: 'OWNER' }));
  });
  afterAll(async () => {
    await browser?.close();
    await world[Symbol.asyncDispose]();
  });

  const isClean = ({ abroad, complaints }: Visitor): void =>
    expect({ abroad, complaints }).toEqual({ abroad: [], complaints: [] });

  test('are opened in a tree, and read as the text they are', async () => {
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/pages`);
    await page.getByRole('button', { name: 'Open Handbook' }).click();
    await page.getByRole('link', { name: 'Holidays' }).click();
    await page.getByRole('heading', { name: 'How many days' }).waitFor();
    await page.getByText('Thirty, <script>alert(1)</script> and birthdays.').waitFor();
    expect(page.url()).toContain(`open=${holidays}`);
    await picture('page');
    await page.reload();
    await page.getByRole('heading', { name: 'How many days' }).waitFor();
    isClean(visitor);
  });

  test('of a database are the rows of a table, each with values of its own', async () => {
    await using visitor = await visit(browser, world, { as: owner, scheme: 'dark' });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/pages`);
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByRole('row', { name: 'Write it down 5 Yes' }).waitFor();
    await page.getByRole('row', { name: 'Tell everybody 8 No' }).waitFor();
    await picture('database');
    isClean(visitor);
  });

  test('say which connections reach them and through which share, and are shared with one more', async () => {
    const other = await world.connection(['CONTENT_READ'], 'Archive');
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/pages?open=${holidays}`);
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText('Through Handbook, further up').waitFor();
    await page.getByRole('textbox', { name: 'A connection or a guest' }).fill('arch');
    await page.getByRole('button', { name: 'Share with Archive' }).click();
    await page.getByText('Archive reaches it from now on').waitFor();
    await page.getByText('Shared here').waitFor();
    await picture('page-sharing');
    const { data } = await world.ask(other, `{ page(id: "${holidays}") { title } }`);
    expect(data).toEqual({ page: { title: 'Holidays' } });
    await page.getByRole('button', { name: 'Stop sharing with Archive' }).click();
    await page.getByText('Archive does not reach it any more.').waitFor();
    expect((await world.ask(other, `{ page(id: "${holidays}") { title } }`)).data).toEqual({ page: null });
    isClean(visitor);
  });

  test('stay few on the screen when there are thousands, and come a hundred at a time', async () => {
    const shelf = await world.page({ title: 'Shelf' });
    await world.pages(
      Array.from({ length: 1_500 }, (_, n) => ({
        id: newId(),
        title: `Book ${String(n).padStart(4, '0')}`,
        under: shelf,
      })),
    );
    await using visitor = await visit(browser, world, { as: owner });
    const { page, operations } = visitor;
    await page.goto(`/console/${world.workspaceId}/pages`);
    await page.getByRole('button', { name: 'Open Shelf' }).click();
    await page.getByRole('link', { name: 'Book 0000' }).waitFor();
    const asked = operations.filter((name) => name === 'Children').length;
    expect(asked).toBe(1);
    for (let more = 0; more < 5; more++) {
      await page.getByRole('tree').evaluate((tree) => Object.assign(tree, { scrollTop: 1e9 }));
      await page.getByRole('button', { name: 'More' }).click();
      await expect.poll(() => operations.filter((name) => name === 'Children').length).toBe(asked + more + 1);
      await page.getByRole('button', { name: 'More' }).waitFor({ state: 'hidden' });
    }
    await page.getByRole('tree').evaluate((tree) => Object.assign(tree, { scrollTop: 1e9 }));
    await page.getByRole('link', { name: 'Book 0599' }).waitFor();
    expect(await page.getByRole('treeitem').count()).toBeLessThan(80);
    isClean(visitor);
  });

  test('are where a member finds herself, without what is the owners’ business', async () => {
    const member = await world.signedIn(await world.person({ name: 'Mia' }));
    await using visitor = await visit(browser, world, { as: member });
    const { page } = visitor;
    await page.goto('/console');
    await page.getByRole('link', { name: 'Handbook' }).waitFor();
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Pages', 'Settings']);
    isClean(visitor);
  });
});
