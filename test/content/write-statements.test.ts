// How many statements a mutation on the tree takes: the number belongs to the mutation, however much stands below what it is
// about, and however much is shared with whoever sends it. Transaction control is not counted; the answer is.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createComment } from '../../src/comment/lifecycle.js';
import { createDatabase } from '../../src/content/database-lifecycle.js';
import { createPage } from '../../src/content/page-lifecycle.js';
import { createRows } from '../../src/content/row-lifecycle.js';
import type { Actor } from '../../src/gate/actor.js';
import { CAPABILITIES } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { operator } from '../actors.js';
import { openWorld, type World } from '../world.js';
import { actorOf, expectAllowed, expectSoundTree, sending } from './writing.js';

const TRANSACTION_CONTROL = /^\s*(begin|commit|rollback|savepoint|release|set)\b/i;
const SIZES = [0, 10, 90];

let world: World;
let writer: Actor;
let root: Id;
let target: Id;
let targetDatabase: Id;
beforeAll(async () => {
  world = await openWorld();
  const caller = operator(world);
  root = (await createPage(caller, { parent: { kind: 'Workspace' } })).id;
  target = (await createPage(caller, { parent: { kind: 'Page', id: root } })).id;
  targetDatabase = (await createDatabase(caller, { parent: { kind: 'Page', id: root } })).id;
  const asker = await world.connection(CAPABILITIES);
  await world.share(asker, root);
  writer = await actorOf(world, asker);
});
afterAll(() => world[Symbol.asyncDispose]());

/** A page with a database below it, whose rows are as many as this; each has shares. */
async function grove(size: number): Promise<{ page: Id; database: Id; dataSource: Id }> {
  const caller = operator(world);
  const { id: page } = await createPage(caller, { parent: { kind: 'Page', id: root } });
  const { id: database, dataSourceId } = await createDatabase(caller, { parent: { kind: 'Page', id: page } });
  if (size === 0) return { page, database, dataSource: dataSourceId };
  const { ids } = await createRows(caller, { dataSourceId, rows: Array(size).fill({}) });
  const asker = await world.connection(CAPABILITIES);
  for (const id of ids.slice(0, 5)) await world.share(asker, id, { access: ['READ'] });
  return { page, database, dataSource: dataSourceId };
}

async function statementsOf(mutation: string, input: Record<string, unknown>): Promise<number> {
  world.statements.length = 0;
  await expectAllowed(() => sending(world, writer)(mutation, input));
  return world.statements.filter((text) => !TRANSACTION_CONTROL.test(text)).length;
}

/** In the order of a life; with the most each may take. */
const LIFE: [mutation: string, most: number, input: (ids: { page: Id; database: Id; dataSource: Id }) => object][] = [
  ['createPage', 5, ({ page }) => ({ parent: { pageId: page }, title: 'New' })],
  ['createPage', 10, ({ dataSource }) => ({ parent: { dataSourceId: dataSource }, title: 'New' })],
  ['createDatabase', 8, ({ page }) => ({ parent: { pageId: page }, title: 'New' })],
  ['createDataSource', 8, ({ database }) => ({ databaseId: database, title: 'New' })],
  ['updatePage', 6, ({ page }) => ({ id: page, title: 'Newer', icon: { emoji: '🌿' } })],
  ['updateDatabase', 5, ({ database }) => ({ id: database, title: 'Newer' })],
  ['lockPage', 5, ({ page }) => ({ id: page })],
  ['unlockPage', 5, ({ page }) => ({ id: page })],
  ['lockDatabase', 5, ({ database }) => ({ id: database })],
  ['unlockDatabase', 5, ({ database }) => ({ id: database })],
  ['moveDataSource', 8, ({ dataSource }) => ({ id: dataSource, databaseId: targetDatabase })],
  ['moveDataSource', 8, ({ dataSource, database }) => ({ id: dataSource, databaseId: database })],
  ['moveDatabase', 8, ({ database }) => ({ id: database, parent: { pageId: target } })],
  ['moveDatabase', 8, ({ database, page }) => ({ id: database, parent: { pageId: page } })],
  ['movePage', 8, ({ page }) => ({ id: page, parent: { pageId: target } })],
  ['trashDataSource', 6, ({ dataSource }) => ({ id: dataSource })],
  ['restoreDataSource', 7, ({ dataSource }) => ({ id: dataSource })],
  ['trashDatabase', 6, ({ database }) => ({ id: database })],
  ['restoreDatabase', 7, ({ database }) => ({ id: database })],
  ['trashPage', 6, ({ page }) => ({ id: page })],
  ['restorePage', 7, ({ page }) => ({ id: page })],
  ['trashPage', 6, ({ page }) => ({ id: page })],
  ['deletePage', 10, ({ page }) => ({ id: page })],
];

test('a mutation takes as many statements for a large tree as for a small one', async () => {
  const groves = await Promise.all(SIZES.map(grove));
  for (const [mutation, most, input] of LIFE) {
    const counts: number[] = [];
    for (const ids of groves) counts.push(await statementsOf(mutation, { ...input(ids) }));
    expect.soft(new Set(counts).size, `${mutation}: ${counts.join(', ')}`).toBe(1);
    expect.soft(Math.max(...counts), mutation).toBeLessThanOrEqual(most);
  }
  await expectSoundTree(world);
});

test('and as many for somebody to whom much is shared as for somebody to whom little is', async () => {
  const rich = await world.connection(CAPABILITIES);
  await world.share(rich, root);
  for (let n = 0; n < 30; n++) {
    await world.share(rich, (await createPage(operator(world), { parent: { kind: 'Workspace' } })).id);
  }
  const poor = writer;
  const counts: number[] = [];
  for (const actor of [poor, await actorOf(world, rich)]) {
    writer = actor;
    const { page } = await grove(0);
    counts.push(await statementsOf('updatePage', { id: page, title: 'New' }));
  }
  writer = poor;
  expect(counts[0]).toBe(counts[1]);
});

test('a key costs two more, and the second time there are three in all', async () => {
  const { page } = await grove(0);
  const plain = await statementsOf('updatePage', { id: page, title: 'Once' });
  const text = `mutation { updatePage(input: { id: "${page}", title: "Twice" }) @idempotent(key: "${newId()}") { page { id } } }`;
  const counts: number[] = [];
  for (let time = 0; time < 2; time++) {
    world.statements.length = 0;
    const { body } = await world.gateway.apollo.executeOperation(
      { query: text },
      { contextValue: world.gateway.contextFor(writer, world.store.reader()) },
    );
    expect(body.kind === 'single' && body.singleResult.errors).toBeUndefined();
    counts.push(world.statements.filter((sent) => !TRANSACTION_CONTROL.test(sent)).length);
  }
  expect(counts).toEqual([plain + 2, 3]);
});

test('a comment takes as many statements in a long discussion as in a short one', async () => {
  const counts: number[][] = [];
  for (const size of SIZES) {
    const { page } = await grove(0);
    const parent = { kind: 'Page' as const, id: page };
    const { discussionId } = await createComment(operator(world), { parent, text: 'So?' });
    for (let n = 0; n < size / 3; n++) {
      await createComment(operator(world), { parent: { kind: 'Discussion', id: discussionId }, text: 'So.' });
    }
    const { commentId: id } = await sending(world, writer)('createComment', { parent: { discussionId }, text: 'Mine' });
    counts.push([
      await statementsOf('createComment', { parent: { pageId: page }, text: 'New' }),
      await statementsOf('createComment', { parent: { discussionId }, text: 'New' }),
      await statementsOf('updateComment', { id, text: 'Newer' }),
      await statementsOf('resolveDiscussion', { id: discussionId }),
      await statementsOf('deleteComment', { id }),
    ]);
  }
  expect(new Set(counts.map(String)).size, counts.join(' | ')).toBe(1);
  expect(Math.max(...counts[0]!)).toBeLessThanOrEqual(8);
});
