// What a mutation says it fires and what it records are the same, for every mutation on content: nothing else is written,
// and nothing is promised that never comes.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/api/schema.js';
import type { Actor } from '../../src/gate/actor.js';
import type { Id } from '../../src/lib/id.js';
import { signedIn } from '../asking.js';
import { openWorld, type World } from '../world.js';
import { changesSince, expectAllowed, lastChange, sending } from './writing.js';

let world: World;
let send: ReturnType<typeof sending>;
beforeAll(async () => {
  world = await openWorld();
  const member: Actor = signedIn(world, await world.person(), 'MEMBER');
  send = sending(world, member);
});
afterAll(() => world[Symbol.asyncDispose]());

const TOP = { workspace: true };
const idIn = async (mutation: string, input: object, noun: string): Promise<Id> =>
  (await expectAllowed(() => send(mutation, { ...input }, `${noun} { id }`)))[noun].id;
const page = (parent: object = TOP) => idIn('createPage', { parent }, 'page');
const database = () => idIn('createDatabase', { parent: TOP }, 'database');
const dataSource = () => idIn('createDatabase', { parent: TOP }, 'dataSource');
const row = async () => page({ dataSourceId: await dataSource() });
const after = async (mutation: string, id: Promise<Id>): Promise<Id> => {
  await expectAllowed(async () => send(mutation, { id: await id }));
  return id;
};

const block = async (): Promise<{ id: Id }> => {
  const input = { pageId: await page(), blocks: [{ paragraph: { text: 'Old' } }] };
  const { blockIds } = await expectAllowed(() => send('appendBlocks', input, 'blockIds'));
  return { id: blockIds[0] };
};

const comment = async (): Promise<{ commentId: Id; discussionId: Id }> =>
  (await expectAllowed(async () =>
    send('createComment', { parent: { pageId: await page() }, text: 'Old' }, 'commentId discussionId'),
  )) as unknown as { commentId: Id; discussionId: Id };

/** A new column of two ways to a data source. */
const paired = async () => ({
  properties: [{ name: 'Forth', type: 'RELATION', relation: { dataSourceId: await dataSource(), syncedName: 'Back' } }],
});
/** A row of a data source that points to itself in two ways, and the value that does. */
async function pairing(): Promise<{ dataSourceId: Id; rowId: Id; value: (id: Id) => object }> {
  const dataSourceId = await dataSource();
  const relation = { dataSourceId, syncedName: 'Back' };
  await expectAllowed(() =>
    send('updateDataSource', { id: dataSourceId, changes: [{ add: { name: 'Forth', type: 'RELATION', relation } }] }),
  );
  return {
    dataSourceId,
    rowId: await page({ dataSourceId }),
    value: (id) => ({ properties: [{ name: 'Forth', relation: [id] }] }),
  };
}

/** What to send so that everything happens a mutation may tell of. */
const INPUTS: Record<string, () => Promise<object[]>> = {
  createPage: async () => {
    const { dataSourceId, rowId, value } = await pairing();
    return [{ parent: TOP }, { parent: { dataSourceId } }, { parent: { dataSourceId }, ...value(rowId) }];
  },
  updatePage: async () => [
    { id: await page(), title: 'New', icon: { emoji: '🌿' } },
    { id: await row(), title: 'New', cover: { url: 'https://example.org/' } },
  ],
  movePage: async () => [
    { id: await page(), parent: { pageId: await page() } },
    { id: await row(), parent: { dataSourceId: await dataSource() } },
  ],
  trashPage: async () => [{ id: await page() }, { id: await row() }],
  restorePage: async () => [{ id: await after('trashPage', page()) }, { id: await after('trashPage', row()) }],
  deletePage: async () => [{ id: await after('trashPage', page()) }, { id: await after('trashPage', row()) }],
  lockPage: async () => [{ id: await page() }],
  unlockPage: async () => [{ id: await after('lockPage', page()) }],
  createDatabase: async () => [{ parent: TOP }, { parent: TOP, ...(await paired()) }],
  updateDatabase: async () => [{ id: await database(), title: 'New', icon: { emoji: '🌿' } }],
  moveDatabase: async () => [{ id: await database(), parent: { pageId: await page() } }],
  trashDatabase: async () => [{ id: await database() }],
  restoreDatabase: async () => [{ id: await after('trashDatabase', database()) }],
  deleteDatabase: async () => [{ id: await after('trashDatabase', database()) }],
  lockDatabase: async () => [{ id: await database() }],
  unlockDatabase: async () => [{ id: await after('lockDatabase', database()) }],
  createDataSource: async () => [
    { databaseId: await database() },
    { databaseId: await database(), ...(await paired()) },
  ],
  updateDataSource: async () => [
    { id: await dataSource(), title: 'New', changes: [{ add: { name: 'N', type: 'NUMBER' } }] },
  ],
  moveDataSource: async () => [{ id: await dataSource(), databaseId: await database() }],
  trashDataSource: async () => [{ id: await dataSource() }],
  restoreDataSource: async () => [{ id: await after('trashDataSource', dataSource()) }],
  deleteDataSource: async () => [{ id: await after('trashDataSource', dataSource()) }],
  appendBlocks: async () => [{ pageId: await page(), blocks: [{ divider: true }] }],
  updateBlock: async () => [{ id: (await block()).id, block: { paragraph: { text: 'New' } } }],
  moveBlock: async () => [
    { id: (await block()).id, position: { start: true } },
    { id: (await block()).id, pageId: await page(), position: { start: true } },
  ],
  deleteBlock: async () => [{ id: (await block()).id }],
  replaceMarkdown: async () => [{ pageId: await page(), markdown: 'New' }],
  createComment: async () => [
    { parent: { pageId: await page() }, text: 'New' },
    { parent: { blockId: (await block()).id }, text: 'New' },
    { parent: { discussionId: (await comment()).discussionId }, text: 'New' },
  ],
  updateComment: async () => [{ id: (await comment()).commentId, text: 'New' }],
  deleteComment: async () => [{ id: (await comment()).commentId }],
  resolveDiscussion: async () => [{ id: (await comment()).discussionId }],
  createFileUpload: async () => [{ name: 'a.txt' }],
  completeFileUpload: async () => {
    const { fileUpload } = await expectAllowed(() => send('createFileUpload', { name: 'a.txt' }, 'fileUpload { id }'));
    await world.sql(`update file_upload set state = 'UPLOADED', size = 1, sha256 = sha256('a') where id = $1`, [
      fileUpload.id,
    ]);
    return [{ id: fileUpload.id }];
  },
  createRows: async () => {
    const { dataSourceId, rowId, value } = await pairing();
    return [{ dataSourceId, rows: [{ title: 'New', ...value(rowId) }, {}] }];
  },
  updateRows: async () => {
    const { rowId, value } = await pairing();
    return [{ rows: [{ id: rowId, title: 'New', ...value(rowId) }] }];
  },
};

const declared: Record<string, string[]> = Object.fromEntries(
  Object.values(buildGatewaySchema().schema.getMutationType()!.getFields()).flatMap(({ name, astNode }) => {
    const emits = astNode?.directives?.find((directive) => directive.name.value === 'emits');
    const [events] = emits?.arguments ?? [];
    if (events?.value.kind !== 'ListValue') return [];
    return [[name, events.value.values.map((value) => ('value' in value ? String(value.value) : ''))]];
  }),
);

test('every mutation that says what it fires is looked at here', () => {
  expect(Object.keys(INPUTS).sort()).toEqual(Object.keys(declared).sort());
});

test.each(Object.entries(INPUTS))('%s', async (mutation, inputs) => {
  const fired = new Set<string>();
  for (const input of await inputs()) {
    const since = await lastChange(world);
    await expectAllowed(() => send(mutation, { ...input }));
    for (const type of await changesSince(world, since)) fired.add(type);
  }
  expect([...fired].sort()).toEqual(declared[mutation]!.toSorted());
});
