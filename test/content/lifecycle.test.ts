// What the commands on pages, databases and data sources do: what is written, what is told of it, what they refuse.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_CONTENT_LIMITS } from '../../src/content/limits.js';
import { createPage } from '../../src/content/page-lifecycle.js';
import type { Actor } from '../../src/gate/actor.js';
import { CAPABILITIES } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { operator } from '../actors.js';
import { askAs, type Payload, signedIn } from '../asking.js';
import { openWorld, type World } from '../world.js';
import {
  actorOf,
  changesSince,
  expectAllowed,
  expectRefused,
  expectSoundTree,
  lastChange,
  sending,
} from './writing.js';

let world: World;
let member: Actor;
let memberId: Id;
let send: ReturnType<typeof sending>;
let since: number;

beforeAll(async () => {
  world = await openWorld();
  const person = await world.person();
  memberId = person.id;
  member = signedIn(world, person, 'MEMBER');
  send = sending(world, member);
});
beforeEach(async () => {
  since = await lastChange(world);
});
afterAll(() => world[Symbol.asyncDispose]());

const make = async (mutation: string, input: Record<string, unknown> = {}): Promise<Id> => {
  const payload = await expectAllowed(() => send(mutation, input));
  since = await lastChange(world);
  const [made] = Object.values(payload).filter((held) => held?.id !== undefined);
  return made.id;
};
const page = (parent?: Id, title = 'Plan') =>
  make('createPage', { title, parent: parent ? { pageId: parent } : { workspace: true } });
const database = async (parent?: Id): Promise<{ id: Id; dataSourceId: Id }> => {
  const { database: made, dataSource } = await expectAllowed(() =>
    send(
      'createDatabase',
      { title: 'Tasks', parent: parent ? { pageId: parent } : { workspace: true } },
      'database { id } dataSource { id }',
    ),
  );
  since = await lastChange(world);
  return { id: made.id, dataSourceId: dataSource.id };
};
const row = (dataSourceId: Id) => make('createPage', { title: 'Task', parent: { dataSourceId } });

const ask = async (query: string, actor = member) => {
  const { data, errors } = await askAs(world, actor, query);
  expect(errors).toBeUndefined();
  // biome-ignore lint/suspicious/noExplicitAny: whatever was asked for
  return data as any;
};
const changes = () => changesSince(world, since);
const stored = async (id: Id) =>
  (await world.sql<Record<string, unknown>>('select * from resource where id = $1', [id]))[0];

describe('createPage', () => {
  test('makes a page with title, icon and cover, by whoever asked', async () => {
    const { page: made } = await expectAllowed(() =>
      send(
        'createPage',
        {
          parent: { workspace: true },
          title: 'Handbook',
          icon: { emoji: '🌿' },
          cover: { url: 'https://example.org/wide.png' },
        },
        'page { title icon { emoji url } cover { url } isLocked inTrash version parent { id } createdBy { id } lastEditedBy { id } }',
      ),
    );
    expect(made).toEqual({
      title: 'Handbook',
      icon: { emoji: '🌿', url: null },
      cover: { url: 'https://example.org/wide.png' },
      isLocked: false,
      inTrash: false,
      version: 1,
      parent: null,
      createdBy: { id: memberId },
      lastEditedBy: { id: memberId },
    });
    expect(await changes()).toEqual(['PAGE_CREATED']);
  });

  test('makes a row below a data source, which its data source is told of as well', async () => {
    const { dataSourceId } = await database();
    const { page: made } = await expectAllowed(() =>
      send(
        'createPage',
        { parent: { dataSourceId }, title: 'Task' },
        'page { id title parent { id } properties { id } }',
      ),
    );
    expect(made).toMatchObject({ title: 'Task', parent: { id: dataSourceId } });
    expect(await changes()).toEqual(['PAGE_CREATED', 'DATA_SOURCE_CONTENT_UPDATED']);
    const { dataSource } = await ask(`{ dataSource(id: "${dataSourceId}") { version rows { nodes { id } } } }`);
    expect(dataSource).toEqual({ version: 1, rows: { nodes: [{ id: made.id }] } });
  });

  test('needs exactly one parent', async () => {
    const two = await askAs(
      world,
      member,
      `mutation { createPage(input: { parent: { workspace: true, pageId: "${newId()}" } }) { userErrors { code } } }`,
    );
    expect(two.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    await expectRefused(world, () => send('createPage', { parent: { workspace: false } }), {
      code: 'INVALID',
      path: ['parent', 'workspace'],
    });
  });

  test.each<[string, Record<string, unknown>, string[], string]>([
    ['a title of 2,001 characters', { title: 'x'.repeat(2_001) }, ['title'], 'TOO_LONG'],
    ['half a character', { title: 'x\ud83c' }, ['title'], 'INVALID'],
    ['an address that is none', { icon: { url: 'picture.png' } }, ['icon', 'url'], 'INVALID'],
    ['an address with a password', { cover: { url: 'https://a:b@example.org/' } }, ['cover', 'url'], 'INVALID'],
    ['an address that runs code', { cover: { url: 'javascript:alert(1)' } }, ['cover', 'url'], 'INVALID'],
    ['a word for an emoji', { icon: { emoji: 'leaf' } }, ['icon', 'emoji'], 'INVALID'],
    ['two emoji', { icon: { emoji: '🌿🌿' } }, ['icon', 'emoji'], 'INVALID'],
    [
      'an address of 2,001 characters',
      { cover: { url: `https://e.org/${'x'.repeat(1_990)}` } },
      ['cover', 'url'],
      'TOO_LONG',
    ],
  ])('refuses %s, naming what it is about', async (_, input, path, code) => {
    const { userErrors } = await expectRefused(
      world,
      () => send('createPage', { parent: { workspace: true }, ...input }),
      {
        code,
        path,
      },
    );
    expect(userErrors[0]!.message).toContain(path.join('.'));
    if (code === 'TOO_LONG')
      expect(userErrors[0]!.message).toMatch(/at most 2000 characters \(max\w+\), but has 20\d\d\./);
  });

  test.each(['🌿', '👩🏽‍🚀', '🇳🇱', '❤', '❤️', '#️⃣'])('takes %s for an emoji', async (emoji) => {
    await expectAllowed(() => send('createPage', { parent: { workspace: true }, icon: { emoji } }));
  });

  test('takes a title of 2,000 characters, and none', async () => {
    const title = 'x'.repeat(2_000);
    expect((await stored(await page(undefined, title)))?.title).toBe(title);
    expect((await stored(await make('createPage', { parent: { workspace: true } })))?.title).toBe('');
  });

  test('keeps to the limits an operator has set', async () => {
    const caller = {
      ...operator(world),
      contentLimits: { ...DEFAULT_CONTENT_LIMITS, maxTitleLength: 5, maxTreeDepth: 2 },
    };
    const parent: Parameters<typeof createPage>[1]['parent'] = { kind: 'Workspace' };
    await expect(createPage(caller, { parent, title: 'Longer' })).rejects.toMatchObject({ code: 'TOO_LONG' });
    const { id } = await createPage(caller, { parent, title: 'Short' });
    const below = await createPage(caller, { parent: { kind: 'Page', id } });
    await expect(createPage(caller, { parent: { kind: 'Page', id: below.id } })).rejects.toMatchObject({
      code: 'TOO_LONG',
      facts: { path: ['parent'] },
    });
  });
});

describe('updatePage', () => {
  test('changes what is given and leaves the rest', async () => {
    const id = await page();
    const { page: titled } = await expectAllowed(() =>
      send('updatePage', { id, title: 'Roadmap', icon: { emoji: '🌿' } }, 'page { title version icon { emoji } }'),
    );
    expect(titled).toEqual({ title: 'Roadmap', version: 2, icon: { emoji: '🌿' } });
    expect(await changes()).toEqual(['PAGE_PROPERTIES_UPDATED', 'PAGE_CONTENT_UPDATED']);
    const { page: bare } = await expectAllowed(() =>
      send('updatePage', { id, icon: null }, 'page { title version icon { emoji } }'),
    );
    expect(bare).toEqual({ title: 'Roadmap', version: 3, icon: null });
  });

  test('keeps first and last title with the change', async () => {
    const id = await page();
    await expectAllowed(() => send('updatePage', { id, title: 'Roadmap' }));
    expect(await world.sql('select details from change where resource_id = $1 and seq > $2', [id, since])).toEqual([
      { details: { updatedProperties: ['title'], before: { title: 'Plan' }, after: { title: 'Roadmap' } } },
    ]);
  });

  test('does nothing where nothing would be other than it is', async () => {
    const id = await page();
    const before = await stored(id);
    await expectAllowed(() => send('updatePage', { id, title: 'Plan', icon: null }));
    expect(await stored(id)).toEqual(before);
    expect(await changes()).toEqual([]);
    await expectRefused(world, () => send('updatePage', { id }), { code: 'REQUIRED' });
  });

  test('refuses a stale version, so that nothing is overwritten unseen', async () => {
    const id = await page();
    await expectAllowed(() => send('updatePage', { id, title: 'First', expectedVersion: 1 }));
    await expectRefused(world, () => send('updatePage', { id, title: 'Second', expectedVersion: 1 }), {
      code: 'STALE_VERSION',
      currentVersion: 2,
    });
  });

  test('writes the copy of a row title that filters look at', async () => {
    const { dataSourceId } = await world.database({ title: 'Imported' });
    const id = await world.page({ under: dataSourceId, title: 'Old' });
    await expectAllowed(() => send('updatePage', { id, title: 'NEW' }));
    expect(await world.sql('select t1 from row_value where page_id = $1', [id])).toEqual([{ t1: 'new' }]);
  });
});

describe('movePage', () => {
  test('takes everything below along', async () => {
    const [from, to] = [await page(), await page()];
    const id = await page(from);
    const child = await page(id);
    const { id: databaseId, dataSourceId } = await database(child);
    const task = await row(dataSourceId);
    await expectAllowed(() => send('movePage', { id, parent: { pageId: to } }));
    expect(await changes()).toEqual(['PAGE_MOVED']);
    expect((await stored(task))?.ancestors).toEqual([to, id, child, databaseId, dataSourceId, task]);
    await expectSoundTree(world);
    const { page: below } = await ask(`{ page(id: "${to}") { children { nodes { id } } } }`);
    expect(below.children.nodes).toEqual([{ id }]);
  });

  test('does nothing where it stands already', async () => {
    const parent = await page();
    const id = await page(parent);
    const { page: unmoved } = await expectAllowed(() =>
      send('movePage', { id, parent: { pageId: parent } }, 'page { version }'),
    );
    expect(unmoved).toEqual({ version: 1 });
    expect(await changes()).toEqual([]);
  });

  test('never puts a page below itself', async () => {
    const id = await page();
    const child = await page(id);
    for (const pageId of [id, child]) {
      await expectRefused(world, () => send('movePage', { id, parent: { pageId } }), {
        code: 'INVALID_STATE',
        path: ['parent'],
      });
    }
  });

  test('makes rows of pages and pages of rows, whose values rest with the data source', async () => {
    const { dataSourceId } = await world.database({
      properties: [
        { id: 'title', name: 'Name', type: 'TITLE' },
        { id: 'n', name: 'Points', type: 'NUMBER' },
      ],
    });
    const id = await world.page({ under: dataSourceId, title: 'Task', props: { n: 5 } });
    const { dataSourceId: other } = await database();
    since = await lastChange(world);
    const values = async () =>
      (await ask(`{ page(id: "${id}") { properties { id ... on NumberValue { number } } } }`)).page.properties;
    expect(await values()).toContainEqual({ id: 'n', number: 5 });
    await expectAllowed(() => send('movePage', { id, parent: { workspace: true } }));
    expect(await values()).toEqual([{ id: 'title' }]);
    expect(await changes()).toEqual(['PAGE_MOVED', 'DATA_SOURCE_CONTENT_UPDATED']);
    await expectAllowed(() => send('movePage', { id, parent: { dataSourceId: other } }));
    expect(await values()).not.toContainEqual({ id: 'n', number: 5 });
    since = await lastChange(world);
    await expectAllowed(() => send('movePage', { id, parent: { dataSourceId } }));
    expect(await values()).toContainEqual({ id: 'n', number: 5 });
    expect(await changes()).toEqual(['PAGE_MOVED', 'DATA_SOURCE_CONTENT_UPDATED', 'DATA_SOURCE_CONTENT_UPDATED']);
  });
});

describe('The trash', () => {
  test('takes all that is below along, out of every list, and node says so', async () => {
    const parent = await page();
    const id = await page(parent);
    const child = await page(id);
    const { id: databaseId, dataSourceId } = await database(id);
    const task = await row(dataSourceId);
    await expectAllowed(() => send('trashPage', { id }));
    expect(await changes()).toEqual(['PAGE_DELETED']);
    await expectSoundTree(world);
    const listed = await ask(`{
      pages(first: 100) { nodes { id } } databases(first: 100) { nodes { id } }
      page(id: "${id}") { inTrash children { totalCount nodes { id } } }
      database(id: "${databaseId}") { inTrash dataSources { id } }
      dataSource(id: "${dataSourceId}") { inTrash rows { totalCount nodes { id } } }
      nodes(ids: ["${child}", "${task}"]) { ... on Page { inTrash } } }`);
    const ids = JSON.stringify([listed.pages, listed.databases]);
    for (const gone of [id, child, databaseId, task]) expect(ids).not.toContain(gone);
    expect(listed.page).toEqual({ inTrash: true, children: { totalCount: 0, nodes: [] } });
    expect(listed.database).toEqual({ inTrash: true, dataSources: [] });
    expect(listed.dataSource).toEqual({ inTrash: true, rows: { totalCount: 0, nodes: [] } });
    expect(listed.nodes).toEqual([{ inTrash: true }, { inTrash: true }]);
    const { pages } = await ask('{ pages(filter: { inTrash: true }, first: 100) { nodes { id } } }');
    expect(pages.nodes.map((node: { id: Id }) => node.id)).toEqual(expect.arrayContaining([id, child, task]));
  });

  test('gives back exactly what went along', async () => {
    const id = await page();
    const [kept, before] = [await page(id), await page(id)];
    await expectAllowed(() => send('trashPage', { id: before }));
    await expectAllowed(() => send('trashPage', { id }));
    since = await lastChange(world);
    await expectAllowed(() => send('restorePage', { id }));
    expect(await changes()).toEqual(['PAGE_UNDELETED']);
    expect((await stored(kept))?.in_trash).toBe(false);
    expect((await stored(before))?.in_trash).toBe(true);
    await expectAllowed(() => send('restorePage', { id: before }));
    await expectSoundTree(world);
  });

  test('refuses to give back what went along with something above, and what is below something thrown away', async () => {
    const id = await page();
    const [along, before] = [await page(id), await page(id)];
    await expectAllowed(() => send('trashPage', { id: before }));
    await expectAllowed(() => send('trashPage', { id }));
    for (const below of [along, before]) {
      await expectRefused(world, () => send('restorePage', { id: below }), { code: 'INVALID_STATE' });
    }
    await expectRefused(world, () => send('trashPage', { id }), { code: 'INVALID_STATE' });
    await expectAllowed(() => send('restorePage', { id }));
    await expectRefused(world, () => send('restorePage', { id }), { code: 'INVALID_STATE' });
  });

  test('takes no writes, and nothing is put below what lies there', async () => {
    const id = await page();
    const { id: databaseId, dataSourceId } = await database();
    const other = await page();
    await expectAllowed(() => send('trashPage', { id }));
    await expectAllowed(() => send('trashDatabase', { id: databaseId }));
    const refused = { code: 'INVALID_STATE', message: expect.stringContaining('lies in the trash') };
    for (const [mutation, input] of [
      ['updatePage', { id, title: 'New' }],
      ['movePage', { id, parent: { pageId: other } }],
      ['lockPage', { id }],
      ['createPage', { parent: { pageId: id } }],
      ['createDatabase', { parent: { pageId: id } }],
      ['movePage', { id: other, parent: { pageId: id } }],
      ['createPage', { parent: { dataSourceId } }],
      ['createDataSource', { databaseId }],
      ['updateDatabase', { id: databaseId, title: 'New' }],
      ['trashDataSource', { id: dataSourceId }],
      ['moveDatabase', { id: databaseId, parent: { pageId: other } }],
    ] as const) {
      await expectRefused(world, () => send(mutation, input), refused);
    }
  });

  test('of a row is told of its data source as well', async () => {
    const { dataSourceId } = await database();
    const id = await row(dataSourceId);
    await expectAllowed(() => send('trashPage', { id }));
    await expectAllowed(() => send('restorePage', { id }));
    expect(await changes()).toEqual([
      'PAGE_DELETED',
      'DATA_SOURCE_CONTENT_UPDATED',
      'PAGE_UNDELETED',
      'DATA_SOURCE_CONTENT_UPDATED',
    ]);
  });
});

describe('deletePage, deleteDatabase and deleteDataSource', () => {
  test('delete for good what lies in the trash, with all below and every share of it', async () => {
    const id = await page();
    const child = await page(id);
    const { id: databaseId, dataSourceId } = await database(child);
    const task = await row(dataSourceId);
    const asker = await world.connection(CAPABILITIES);
    const shares = [await world.share(asker, task), await world.share(asker, id)];
    await expectRefused(world, () => send('deletePage', { id }), { code: 'INVALID_STATE' });
    await expectAllowed(() => send('trashPage', { id }));
    since = await lastChange(world);
    expect(await expectAllowed(() => send('deletePage', { id }))).toMatchObject({ deletedId: id });
    expect(await changes()).toEqual([]);
    for (const gone of [id, child, databaseId, dataSourceId, task]) expect(await stored(gone)).toBeUndefined();
    expect(await world.sql('select 1 from property_slot where data_source_id = $1', [dataSourceId])).toEqual([]);
    expect(await world.sql('select id from share where id = any($1) and revoked_at is null', [shares])).toEqual([]);
    const entries = await world.sql<{ action: string; target_id: Id; details: { pages?: number } }>(
      'select action, target_id, details from audit_entry where target_id = any($1) and position > 0 order by position',
      [[id, ...shares]],
    );
    const ends = entries.filter(({ action }) => ['page.erased', 'share.revoked'].includes(action));
    expect(ends.map(({ target_id }) => target_id).sort()).toEqual([id, ...shares].sort());
    expect(ends.find(({ action }) => action === 'page.erased')?.details).toMatchObject({
      pages: 3,
      databases: 1,
      dataSources: 1,
    });
    await expectRefused(world, () => send('restorePage', { id }), { code: 'NOT_FOUND' });
  });

  test('delete one row or data source and leave what stands beside it', async () => {
    const { id, dataSourceId } = await database();
    const other = await make('createDataSource', { databaseId: id, title: 'Second' });
    const [task, sister] = [await row(dataSourceId), await row(dataSourceId)];
    await expectAllowed(() => send('trashPage', { id: task }));
    await expectAllowed(() => send('deletePage', { id: task }));
    expect(await stored(sister)).toBeDefined();
    await expectAllowed(() => send('trashDataSource', { id: dataSourceId }));
    await expectAllowed(() => send('deleteDataSource', { id: dataSourceId }));
    expect(await stored(sister)).toBeUndefined();
    expect(await stored(other)).toBeDefined();
    await expectAllowed(() => send('trashDatabase', { id }));
    await expectAllowed(() => send('deleteDatabase', { id }));
    expect(await stored(other)).toBeUndefined();
    await expectSoundTree(world);
  });

  test('leave the bytes of files, and forget the page they came with', async () => {
    const id = await page();
    const file = newId();
    await world.sql(
      `insert into file (workspace_id, id, page_id, name, content_type, size, sha256) values ($1, $2, $3, 'a', 'b', 1, '')`,
      [world.workspaceId, file, id],
    );
    await expectAllowed(() => send('trashPage', { id }));
    await expectAllowed(() => send('deletePage', { id }));
    expect(await world.sql('select page_id from file where id = $1', [file])).toEqual([{ page_id: null }]);
  });
});

describe('A locked page', () => {
  test('is not written until it is unlocked', async () => {
    const id = await page();
    const other = await page();
    await expectAllowed(() => send('lockPage', { id }));
    await expectAllowed(() => send('lockPage', { id }));
    expect(await changes()).toEqual(['PAGE_LOCKED']);
    const refused = { code: 'INVALID_STATE', message: expect.stringContaining('unlockPage') };
    for (const [mutation, input] of [
      ['updatePage', { id, title: 'New' }],
      ['movePage', { id, parent: { pageId: other } }],
      ['trashPage', { id }],
      ['createPage', { parent: { pageId: id } }],
      ['createDatabase', { parent: { pageId: id } }],
      ['movePage', { id: other, parent: { pageId: id } }],
    ] as const) {
      await expectRefused(world, () => send(mutation, input), refused);
    }
    const { page: unlocked } = await expectAllowed(() => send('unlockPage', { id }, 'page { isLocked version }'));
    expect(unlocked).toEqual({ isLocked: false, version: 3 });
    await expectAllowed(() => send('updatePage', { id, title: 'New' }));
    expect(await changes()).toEqual(['PAGE_LOCKED', 'PAGE_UNLOCKED', 'PAGE_PROPERTIES_UPDATED']);
  });

  test('does not keep what is below it from being written, nor what is above from being moved', async () => {
    const above = await page();
    const id = await page(above);
    const below = await page(id);
    await expectAllowed(() => send('lockPage', { id }));
    await expectAllowed(() => send('updatePage', { id: below, title: 'New' }));
    await expectAllowed(async () => send('movePage', { id: above, parent: { pageId: await page() } }));
    await expectAllowed(() => send('trashPage', { id: above }));
  });
});

describe('A locked database', () => {
  test('keeps its data sources as they are, and takes rows', async () => {
    const { id, dataSourceId } = await database();
    const { id: other, dataSourceId: movable } = await database();
    await expectAllowed(() => send('lockDatabase', { id }));
    const refused = { code: 'INVALID_STATE', message: expect.stringContaining('unlockDatabase') };
    for (const [mutation, input] of [
      ['updateDatabase', { id, title: 'New' }],
      ['moveDatabase', { id, parent: { workspace: true } }],
      ['trashDatabase', { id }],
      ['createDataSource', { databaseId: id }],
      ['trashDataSource', { id: dataSourceId }],
      ['moveDataSource', { id: dataSourceId, databaseId: other }],
      ['moveDataSource', { id: movable, databaseId: id }],
    ] as const) {
      await expectRefused(world, () => send(mutation, input), refused);
    }
    const task = await row(dataSourceId);
    await expectAllowed(() => send('updatePage', { id: task, title: 'New' }));
    await expectAllowed(() => send('unlockDatabase', { id }));
    await expectAllowed(() => send('updateDatabase', { id, title: 'New' }));
  });
});

describe('Databases and data sources', () => {
  test('come together, the first of them with a title column', async () => {
    const { database: made } = await expectAllowed(() =>
      send(
        'createDatabase',
        { parent: { workspace: true }, title: 'Tasks', icon: { url: 'https://example.org/i.png' } },
        'database { title icon { emoji url } version dataSources { title version properties { id name type } } }',
      ),
    );
    expect(made).toEqual({
      title: 'Tasks',
      icon: { emoji: null, url: 'https://example.org/i.png' },
      version: 1,
      dataSources: [{ title: 'Tasks', version: 1, properties: [{ id: 'title', name: 'Name', type: 'TITLE' }] }],
    });
    expect(await changes()).toEqual(['DATABASE_CREATED', 'DATA_SOURCE_CREATED']);
  });

  test('move with all that is below them', async () => {
    const target = await page();
    const { id, dataSourceId } = await database();
    const task = await row(dataSourceId);
    const child = await page(task);
    await expectAllowed(() => send('moveDatabase', { id, parent: { pageId: target } }));
    expect((await stored(child))?.ancestors).toEqual([target, id, dataSourceId, task, child]);
    const { id: other } = await database();
    await expectAllowed(() => send('moveDataSource', { id: dataSourceId, databaseId: other }));
    expect((await stored(child))?.ancestors).toEqual([other, dataSourceId, task, child]);
    expect(await changes()).toEqual(['DATA_SOURCE_MOVED']);
    // Into a page of its own row: below itself.
    await expectAllowed(() => send('moveDataSource', { id: dataSourceId, databaseId: id }));
    await expectRefused(world, () => send('moveDatabase', { id, parent: { pageId: child } }), {
      code: 'INVALID_STATE',
    });
    await expectSoundTree(world);
  });

  test('change without an event where the reference product has none, and count the change', async () => {
    const { id } = await database();
    const { database: renamed } = await expectAllowed(() =>
      send('updateDatabase', { id, title: 'Chores' }, 'database { title version }'),
    );
    expect(renamed).toEqual({ title: 'Chores', version: 2 });
    expect(await changes()).toEqual([]);
  });

  test('go to the trash and come back by themselves', async () => {
    const { id, dataSourceId } = await database();
    const task = await row(dataSourceId);
    await expectAllowed(() => send('trashDataSource', { id: dataSourceId }));
    expect((await ask(`{ database(id: "${id}") { inTrash dataSources { id } } }`)).database).toEqual({
      inTrash: false,
      dataSources: [],
    });
    expect((await stored(task))?.in_trash).toBe(true);
    await expectAllowed(() => send('restoreDataSource', { id: dataSourceId }));
    await expectAllowed(() => send('trashDatabase', { id }));
    await expectAllowed(() => send('restoreDatabase', { id }));
    expect((await stored(task))?.in_trash).toBe(false);
    expect(await changes()).toEqual([
      'DATA_SOURCE_DELETED',
      'DATA_SOURCE_UNDELETED',
      'DATABASE_DELETED',
      'DATABASE_UNDELETED',
    ]);
  });
});

describe('An import', () => {
  test('puts what it brings below something in the trash there as well, and leaves the trash alone', async () => {
    const id = await world.page({ title: 'Thrown away' });
    await expectAllowed(() => send('trashPage', { id }));
    const child = await world.page({ under: id, title: 'New in the export' });
    expect(await stored(child)).toMatchObject({ in_trash: true, trashed_with: id });
    await expectAllowed(() => send('restorePage', { id }));
    expect(await stored(child)).toMatchObject({ in_trash: false, trashed_with: null });
    await expectSoundTree(world);
  });

  test('brings back what was deleted for good, with no share of it', async () => {
    const id = await world.page({ title: 'In the export' });
    const asker = await world.connection(CAPABILITIES);
    await world.share(asker, id);
    await expectAllowed(() => send('trashPage', { id }));
    await expectAllowed(() => send('deletePage', { id }));
    await world.page(); // imports everything again
    expect(await stored(id)).toMatchObject({ in_trash: false, version: 1 });
    const { page: unseen } = await ask(`{ page(id: "${id}") { id } }`, await actorOf(world, asker));
    expect(unseen).toBeNull();
  });
});

describe('What a payload shows is read anew', () => {
  test('for each mutation of an operation', async () => {
    const id = await page();
    const data = await ask(`mutation {
      first: updatePage(input: { id: "${id}", title: "One" }) { page { title version } }
      second: updatePage(input: { id: "${id}", title: "Two" }) { page { title version } } }`);
    const titles = Object.values(data as Record<string, Payload>).map((payload) => payload.page);
    expect(titles).toEqual([
      { title: 'One', version: 2 },
      { title: 'Two', version: 3 },
    ]);
  });
});
