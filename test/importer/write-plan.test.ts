import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from '../../src/connection/lifecycle.js';
import { rotateToken } from '../../src/connection/token.js';
import { moveBlock } from '../../src/content/block-lifecycle.js';
import { operatorOf } from '../../src/gate/actor.js';
import type { PlannedPage } from '../../src/importer/plan.js';
import { readExport } from '../../src/importer/read-export.js';
import { type WriteOptions, type WrittenImport, writePlan } from '../../src/importer/write-plan.js';
import type { Id } from '../../src/lib/id.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { removeMember } from '../../src/people/member-lifecycle.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { ReadPageDocument, ReadRowsDocument } from '../generated/operations.js';
import { openWorld, type World } from '../world.js';
import { asFolder, csv, type Files, hex, idOf, link, NAMESPACE } from './export-builder.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const importInto = async (
  workspaceId: Id,
  files: Files,
  options: Partial<WriteOptions> = {},
): Promise<WrittenImport> => {
  const found = await readExport(asFolder(files), { idNamespace: NAMESPACE });
  try {
    return await writePlan({
      em: world.store.em,
      files: world.store.files,
      workspaceId,
      plan: found.plan,
      blocksOf: found.blocksOf,
      ...options,
    });
  } finally {
    await found.close();
  }
};

const newWorkspace = async (): Promise<Id> => (await createWorkspace(world.store, { name: 'Imported' })).id;

const titles = async (workspaceId: Id): Promise<string[]> =>
  (
    await world.sql<{ title: string }>('select title from resource where workspace_id = $1 order by title', [
      workspaceId,
    ])
  ).map(({ title }) => title);

const none = { pages: 0, rows: 0, databases: 0, files: 0 };
const picture = Buffer.from('89504e470d0a1a0a', 'hex');

const project = `Project ${hex(1)}`;
const table = `Tasks ${hex(2)}`;
const whole: Files = {
  [`${project}.md`]: `# Project\n\nSee [Notes](${link(project, `Notes ${hex(3)}.md`)}).\n\n![plan.png](${link(project, 'plan.png')})\n`,
  [`${project}/Notes ${hex(3)}.md`]: '# Notes\n\n- one\n    - two\n',
  [`${project}/plan.png`]: picture,
  [`${project}/${table}_all.csv`]: csv(
    ['Name', 'Points', 'Done', 'Due', 'Kind', 'Page'],
    ['Write', '3', 'Yes', 'May 6, 2024', 'Red', `Notes (${link(project, `Notes ${hex(3)}.md`)})`],
    ['Read', '1.5', 'No', 'May 7, 2024', 'Blue', ''],
    ['Rest', '', 'No', '', 'Red', ''],
    ['Sleep', '8', 'No', '', 'Red', ''],
  ),
  [`${project}/${table}/Write ${hex(4)}.md`]: '# Write\n\nPoints: 3\nDone: Yes\n\nThe body.\n',
};

describe('An import', () => {
  test('is read back through the gate, typed, with its tree, blocks and files', async () => {
    const { workspaceId } = world;
    const written = await importInto(workspaceId, whole);
    expect(written).toEqual({ created: { pages: 2, rows: 4, databases: 1, files: 1 }, updated: none, vanished: [] });
    const reader = await world.connection(['CONTENT_READ']);
    await world.share(reader, idOf(1));

    const page = await world.ask(reader, ReadPageDocument, { id: idOf(1), first: 50 });
    expect(page.data?.page?.children?.nodes.map((node) => node.title).sort()).toEqual(['Notes', 'Tasks']);
    expect(page.data?.page?.blocks?.nodes.map((node) => `${node.__typename} ${node.plainText}`)).toEqual([
      'ParagraphBlock See Notes.',
      'ImageBlock ',
    ]);
    const notes = await world.ask(reader, ReadPageDocument, { id: idOf(3), first: 50 });
    expect(notes.data?.page?.blocks?.nodes.map(({ depth, plainText }) => [depth, plainText])).toEqual([
      [0, 'one'],
      [1, 'two'],
    ]);

    const [source] = await world.sql<{ id: Id }>('select id from data_source where workspace_id = $1', [workspaceId]);
    const rows = await world.ask(reader, ReadRowsDocument, { id: source!.id });
    expect(rows.data?.dataSource?.properties?.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'Name TITLE',
      'Points NUMBER',
      'Done CHECKBOX',
      'Due DATE',
      'Kind SELECT',
      'Page RELATION',
    ]);
    const write = rows.data?.dataSource?.rows?.nodes.find((node) => node.title === 'Write');
    expect(write?.id).toBe(idOf(4));
    expect(write?.properties).toMatchObject([
      { title: 'Write' },
      { number: 3 },
      { checked: true },
      { start: '2024-05-06', end: null },
      { option: { name: 'Red' } },
      { pages: { nodes: [{ id: idOf(3), title: 'Notes' }] } },
    ]);
  });

  test('keeps type and size of an attachment beside the block, and its bytes under their hash', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    const [file] = await world.sql<{ sha256: Buffer; size: string }>(
      'select sha256, size from file where workspace_id = $1',
      [workspaceId],
    );
    const stored = world.store.files.pathOf(workspaceId, file!.sha256);
    expect(await readFile(stored)).toEqual(picture);
    const [block] = await world.sql<{ content: object }>(
      `select content from block where workspace_id = $1 and content ->> 'type' = 'IMAGE'`,
      [workspaceId],
    );
    expect(block?.content).toMatchObject({
      file: { name: 'plan.png', contentType: 'image/png', size: picture.length },
    });
  });

  test('writes slots that say what the values say', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    const slots = await world.sql<{ id: string; slot: string }>(
      'select property_id as id, slot from property_slot where workspace_id = $1',
      [workspaceId],
    );
    const [row] = await world.sql<Record<string, unknown>>(
      `select v.* from row_value v join page p on p.workspace_id = v.workspace_id and p.id = v.page_id where v.workspace_id = $1 and p.title = 'Read'`,
      [workspaceId],
    );
    const inSlots = slots.map(({ slot }) => row?.[slot]);
    expect(inSlots).toEqual(expect.arrayContaining(['read', 1.5, new Date('2024-05-07T00:00:00Z')]));
  });
});

describe('Running an import again', () => {
  const versions = (workspaceId: Id) =>
    world.sql<{ id: Id; version: number }>('select id, version from resource where workspace_id = $1 order by id', [
      workspaceId,
    ]);

  test('changes nothing where nothing has changed', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    const before = await versions(workspaceId);
    expect(await importInto(workspaceId, whole)).toEqual({ created: none, updated: none, vanished: [] });
    expect(await versions(workspaceId)).toEqual(before);
  });

  test('updates what has changed, under the same ids', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    const changed = { ...whole, [`${project}/Notes ${hex(3)}.md`]: '# Notes\n\n- one\n    - three\n' };
    const blocks = () =>
      world.sql<{ id: Id }>('select id from block where workspace_id = $1 and page_id = $2 order by path', [
        workspaceId,
        idOf(3),
      ]);
    const before = await blocks();
    expect(await importInto(workspaceId, changed)).toMatchObject({ created: none, updated: { ...none, pages: 1 } });
    expect(await blocks()).toEqual(before);
    const [notes] = await world.sql<{ version: number }>(
      'select version from page where workspace_id = $1 and id = $2',
      [workspaceId, idOf(3)],
    );
    expect(notes?.version).toBe(2);
  });

  test('leaves a block where it was moved to, and gives what comes in its place another id', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    const caller = world.store.callerFor(operatorOf(workspaceId));
    const blocksOn = (page: Id) =>
      world.sql<{ id: Id; parentId: Id | null }>(
        'select id, parent_id as "parentId" from block where workspace_id = $1 and page_id = $2 order by path',
        [workspaceId, page],
      );
    const [one, two] = await blocksOn(idOf(3));
    await moveBlock(caller, { id: one!.id, pageId: idOf(1), position: { kind: 'END' } });
    await importInto(workspaceId, { ...whole, [`${project}/Notes ${hex(3)}.md`]: '# Notes\n\n- one\n    - three\n' });
    expect((await blocksOn(idOf(1))).slice(-2)).toEqual([
      { id: one!.id, parentId: null },
      { id: two!.id, parentId: one!.id },
    ]);
    const [first, second] = await blocksOn(idOf(3));
    expect([one!.id, two!.id]).not.toContain(first!.id);
    expect(second!.parentId).toBe(first!.id);
  });

  test('keeps what the export does not hold any more, and names it', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    const { [`${project}/Notes ${hex(3)}.md`]: _gone, ...rest } = whole;
    const { vanished } = await importInto(workspaceId, rest);
    expect(vanished.map(({ path }) => path)).toEqual([expect.stringContaining('Notes')]);
    expect(await titles(workspaceId)).toContain('Notes');
  });

  test('takes a slot from a column that is gone, also from rows that are gone', async () => {
    const workspaceId = await newWorkspace();
    const of = (column: string, ...names: string[]): Files => ({
      [`Numbers ${hex(60)}_all.csv`]: csv(['Name', column], ...names.map((name, i) => [name, String(i + 7)])),
    });
    await importInto(workspaceId, of('Old', 'kept', 'gone'));
    await importInto(workspaceId, of('New', 'kept'));
    const rows = await world.sql<{ title: string; n1: number | null }>(
      'select p.title, v.n1 from row_value v join page p on p.workspace_id = v.workspace_id and p.id = v.page_id where v.workspace_id = $1 order by title',
      [workspaceId],
    );
    expect(rows).toEqual([
      { title: 'gone', n1: null },
      { title: 'kept', n1: 7 },
    ]);
  });

  test('does not name what came with another export', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    const { vanished } = await importInto(workspaceId, { [`Elsewhere ${hex(90)}.md`]: '# Elsewhere\n' });
    expect(vanished).toEqual([]);
    expect((await importInto(workspaceId, whole)).vanished).toEqual([]);
  });

  test('moves what has moved, with everything below it', async () => {
    const workspaceId = await newWorkspace();
    const a = `A ${hex(11)}`;
    const b = `B ${hex(12)}`;
    const inner = (above: string): Files => ({
      [`${a}.md`]: '# A\n',
      [`${b}.md`]: '# B\n',
      [`${above}/C ${hex(13)}.md`]: '# C\n',
      [`${above}/C ${hex(13)}/D ${hex(14)}.md`]: '# D\n',
    });
    await importInto(workspaceId, inner(a));
    await importInto(workspaceId, inner(b));
    const rows = await world.sql<{ title: string; ancestors: Id[] }>(
      'select title, ancestors from page where workspace_id = $1',
      [workspaceId],
    );
    expect(rows.find(({ title }) => title === 'D')?.ancestors).toEqual([idOf(12), idOf(13), idOf(14)]);
  });
});

describe('An import that breaks off', () => {
  const many: Files = Object.fromEntries(
    Array.from({ length: 1_200 }, (_, i) => [`P ${hex(1000 + i)}.md`, `# P${i}\n\ntext ${i}\n`]),
  );
  const breakingAt = (count: number): { blocksOf: (page: PlannedPage) => Promise<never[]> } => {
    let seen = 0;
    return {
      blocksOf: async () => {
        if (++seen > count) throw new Error('The cable was pulled.');
        return [];
      },
    };
  };

  test('leaves nothing behind when it is one transaction', async () => {
    const workspaceId = await newWorkspace();
    await expect(importInto(workspaceId, { ...whole, ...many }, breakingAt(700))).rejects.toThrow(
      'The cable was pulled.',
    );
    expect(await titles(workspaceId)).toEqual([]);
    expect(await readdir(dirname(world.store.files.pathOf(workspaceId, Buffer.alloc(32))))).toEqual([]);
  });

  test('leaves the bytes of an earlier import alone', async () => {
    const workspaceId = await newWorkspace();
    await importInto(workspaceId, whole);
    await expect(importInto(workspaceId, whole, breakingAt(0))).rejects.toThrow('The cable was pulled.');
    expect(await readdir(dirname(world.store.files.pathOf(workspaceId, Buffer.alloc(32))))).toHaveLength(1);
  });

  test('goes on where it stopped when it is a large one', async () => {
    const workspaceId = await newWorkspace();
    const large = { oneTransactionFiles: 100 };
    await expect(importInto(workspaceId, many, { ...large, ...breakingAt(700) })).rejects.toThrow(
      'The cable was pulled.',
    );
    expect(await titles(workspaceId)).toHaveLength(500);
    let read = 0;
    const { created } = await importInto(workspaceId, many, {
      ...large,
      blocksOf: async () => {
        read++;
        return [];
      },
    });
    expect(read).toBe(700);
    expect(created.pages).toBe(700);
    expect(await titles(workspaceId)).toHaveLength(1_200);
    expect(await world.sql('select 1 from import_progress where workspace_id = $1', [workspaceId])).toEqual([]);
  });
});

test('An id that belongs to something of another kind is refused, and nothing changes', async () => {
  const workspaceId = await newWorkspace();
  await importInto(workspaceId, { [`Thing ${hex(50)}.md`]: '# Thing\n' });
  const clash: Files = { [`Thing ${hex(50)}_all.csv`]: csv(['Name'], ['a']), [`Other ${hex(51)}.md`]: '# Other\n' };
  await expect(importInto(workspaceId, clash)).rejects.toThrow(/another kind under the id .* is the Page "Thing"/);
  expect(await titles(workspaceId)).toEqual(['Thing']);
});

test('Every change of an import is recorded with it', async () => {
  const workspaceId = await newWorkspace();
  await importInto(workspaceId, whole);
  const changes = await world.sql<{ type: string; n: number }>(
    'select type, count(*)::int as n from change where workspace_id = $1 group by type order by type',
    [workspaceId],
  );
  expect(changes).toEqual([
    { type: 'DATABASE_CREATED', n: 1 },
    { type: 'DATA_SOURCE_CREATED', n: 1 },
    { type: 'PAGE_CREATED', n: 6 },
  ]);
});

describe('While an import is under way', () => {
  /** An import that stands still at its first page until it is let go. */
  const standing = (workspaceId: Id) => {
    let reached: () => void = () => {};
    let letGo: () => void = () => {};
    const standsStill = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const go = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const done = importInto(workspaceId, whole, {
      blocksOf: async () => {
        reached();
        await go;
        return [];
      },
    });
    return { standsStill, letGo, done };
  };

  test('an owner removes a member and gives a connection another token without waiting for it', async () => {
    const workspaceId = await newWorkspace();
    const operating = world.store.callerFor(operatorOf(workspaceId));
    const { id } = await createPerson(operating, { name: 'Mia', email: 'mia@example.org', role: 'MEMBER' });
    const { connection } = await createConnection(operating, { name: 'Reader', capabilities: [] });
    const { standsStill, letGo, done } = standing(workspaceId);
    await standsStill;
    await removeMember(operating, { personId: id });
    await rotateToken(operating, { connectionId: connection.id });
    letGo();
    expect((await done).created.pages).toBe(2);
  });

  test('another one into the same workspace waits, and then finds everything there', async () => {
    const workspaceId = await newWorkspace();
    const { standsStill, letGo, done } = standing(workspaceId);
    await standsStill;
    let finished = false;
    const second = importInto(workspaceId, whole).then((written) => {
      finished = true;
      return written;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(finished).toBe(false);
    letGo();
    await done;
    expect((await second).created.pages).toBe(0);
  });
});
