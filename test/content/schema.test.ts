// Altering the columns of a data source, and what becomes of its rows and of the other side of its relations.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor, PersonActor } from '../../src/gate/actor.js';
import type { Id } from '../../src/lib/id.js';
import type { PropertySchema, StoredProps } from '../../src/property/property.js';
import { mutate, type Payload, signedIn } from '../asking.js';
import { openWorld, type World } from '../world.js';
import { expectAgreement, storedRows } from './slots.js';
import { botWith } from './writing.js';

let world: World;
let owner: PersonActor;

beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ role: 'OWNER', name: 'Olga' }), 'OWNER');
});
afterAll(() => world[Symbol.asyncDispose]());

const SHOWN = 'dataSource { id title version properties { id name type } } conversions { id converted emptied }';

const alter = (id: Id, changes: object[], rest: object = {}, actor: Actor = owner): Promise<Payload> =>
  mutate(world, actor, 'updateDataSource', { id, changes, ...rest }, SHOWN);

/** A data source with these columns besides the title. */
async function table(...properties: object[]): Promise<{ id: Id; ids: Record<string, string> }> {
  const made = await mutate(
    world,
    owner,
    'createDatabase',
    { parent: { workspace: true }, title: 'Table', properties },
    'dataSource { id properties { id name } }',
  );
  expect(made.userErrors).toEqual([]);
  const { id, properties: columns } = made.dataSource;
  return { id, ids: Object.fromEntries(columns.map((one: { id: string; name: string }) => [one.name, one.id])) };
}

async function rowsIn(dataSourceId: Id, ...rows: object[]): Promise<Id[]> {
  const payload = await mutate(world, owner, 'createRows', { dataSourceId, rows }, 'rows { id }');
  expect(payload.userErrors).toEqual([]);
  return payload.rows.map(({ id }: { id: Id }) => id);
}

const propsOf = async (id: Id): Promise<StoredProps> => (await storedRows(world)).find((row) => row.id === id)!.props;

const columnsOf = async (id: Id): Promise<PropertySchema[]> =>
  (await world.sql<{ properties: PropertySchema[] }>('select properties from data_source where id = $1', [id]))[0]!
    .properties;

const everything = () =>
  world.sql(
    'select d.id, d.version, d.properties, (select count(*) from change) as changes from data_source d order by 1',
  );

describe('createDatabase and createDataSource take columns', () => {
  test('of every type', async () => {
    const other = await table();
    const { id } = await table(
      { name: 'Task', type: 'TITLE' },
      { name: 'Size', type: 'NUMBER', format: 'percent', description: ' How large ' },
      {
        name: 'Colour',
        type: 'SELECT',
        options: [
          { name: 'Red', color: 'RED' },
          { name: 'Plain', color: 'DEFAULT' },
        ],
      },
      { name: 'Stage', type: 'STATUS' },
      { name: 'Part of', type: 'RELATION', relation: { dataSourceId: other.id } },
      {
        name: 'How many',
        type: 'ROLLUP',
        rollup: { relation: { name: 'Part of' }, property: { id: 'title' }, function: 'COUNT' },
      },
      { name: 'Sum', type: 'FORMULA', expression: '1 + 1', result: 'NUMBER' },
      { name: 'No', type: 'UNIQUE_ID', prefix: 'T' },
      { name: 'Made', type: 'CREATED_TIME' },
    );
    expect(await columnsOf(id)).toMatchObject([
      { id: 'title', name: 'Task' },
      { type: 'NUMBER', format: 'percent', description: 'How large' },
      { type: 'SELECT', options: [{ name: 'Red', color: 'RED' }, { name: 'Plain' }] },
      { type: 'STATUS', groups: [{ name: 'To-do' }, { name: 'In progress' }, { name: 'Complete' }] },
      { type: 'RELATION', dataSourceId: other.id },
      { type: 'ROLLUP', rollupPropertyId: 'title', function: 'COUNT' },
      { type: 'FORMULA', expression: '1 + 1', result: 'NUMBER' },
      { type: 'UNIQUE_ID', prefix: 'T' },
      { type: 'CREATED_TIME' },
    ]);
  });

  test('and make nothing when one is wrong', async () => {
    const before = await world.sql('select count(*) from database');
    const { userErrors } = await mutate(world, owner, 'createDatabase', {
      parent: { workspace: true },
      properties: [
        { name: 'A', type: 'NUMBER' },
        { name: 'A', type: 'TEXT' },
      ],
    });
    expect(userErrors).toMatchObject([{ code: 'ALREADY_EXISTS', path: ['properties', '1', 'add', 'name'] }]);
    expect(await world.sql('select count(*) from database')).toEqual(before);
  });
});

describe('updateDataSource', () => {
  test('adds, renames, describes, moves and removes columns in one step', async () => {
    const { id, ids } = await table({ name: 'Size', type: 'NUMBER' }, { name: 'Old', type: 'TEXT' });
    const [row] = await rowsIn(id, {
      properties: [
        { name: 'Size', number: 3 },
        { name: 'Old', text: 'x' },
      ],
    });
    const { userErrors, dataSource } = await alter(
      id,
      [
        { add: { name: 'New', type: 'CHECKBOX' } },
        { update: { property: { name: 'Size' }, name: 'Width', description: 'in metres', format: 'number' } },
        { update: { property: { id: 'title' }, name: 'What' } },
        { move: { property: { name: 'New' }, position: 0 } },
        { remove: { name: 'Old' } },
      ],
      { title: 'Renamed', expectedVersion: 1 },
    );
    expect(userErrors).toEqual([]);
    expect(dataSource).toMatchObject({
      title: 'Renamed',
      version: 2,
      properties: [{ name: 'New' }, { name: 'What', id: 'title' }, { name: 'Width', id: ids.Size }],
    });
    expect(await propsOf(row!)).toEqual({ [ids.Size!]: 3 });
    const [change] = await world.sql<{ details: { updatedProperties: object[] } }>(
      `select details from change where resource_id = $1 and type = 'DATA_SOURCE_SCHEMA_UPDATED'`,
      [id],
    );
    expect(change!.details.updatedProperties).toContainEqual({ id: ids.Old, action: 'DELETED' });
    await expectAgreement(world);
  });

  test('writes nothing where it comes to the same', async () => {
    const { id } = await table({ name: 'Size', type: 'NUMBER' });
    const before = await everything();
    await alter(id, [
      { update: { property: { name: 'Size' }, name: 'Size' } },
      { retype: { property: { name: 'Size' }, type: 'NUMBER' } },
      { move: { property: { name: 'Size' }, position: 1 } },
    ]);
    expect(await everything()).toEqual(before);
  });

  test('changes, adds and removes options, and rows lose what was removed', async () => {
    const { id, ids } = await table(
      { name: 'Colour', type: 'SELECT', options: [{ name: 'Red' }, { name: 'Blue' }] },
      { name: 'Tags', type: 'MULTI_SELECT', options: [{ name: 'a' }, { name: 'b' }] },
    );
    const [row, emptied] = await rowsIn(
      id,
      {
        properties: [
          { name: 'Colour', select: { name: 'Red' } },
          { name: 'Tags', multiSelect: [{ name: 'a' }, { name: 'b' }] },
        ],
      },
      {
        properties: [
          { name: 'Colour', select: { name: 'Blue' } },
          { name: 'Tags', multiSelect: [{ name: 'a' }] },
        ],
      },
    );
    const { userErrors, conversions } = await alter(id, [
      {
        update: {
          property: { name: 'Colour' },
          updateOptions: [{ option: { name: 'Red' }, name: 'Crimson', color: 'RED', description: 'deep' }],
          removeOptions: [{ name: 'Blue' }],
          addOptions: [{ name: 'Green', color: 'GREEN' }],
        },
      },
      { update: { property: { name: 'Tags' }, removeOptions: [{ name: 'a' }] } },
    ]);
    expect(userErrors).toEqual([]);
    expect(conversions).toEqual([
      { id: ids.Colour, converted: 0, emptied: 1 },
      { id: ids.Tags, converted: 1, emptied: 1 },
    ]);
    expect((await columnsOf(id))[1]).toMatchObject({
      options: [
        { name: 'Crimson', color: 'RED', description: 'deep' },
        { name: 'Green', color: 'GREEN' },
      ],
    });
    const [, , tags] = (await columnsOf(id)) as { options: { id: Id }[] }[];
    expect((await propsOf(row!))[ids.Tags!]).toEqual([tags!.options[0]!.id]);
    expect(Object.keys(await propsOf(row!))).toContain(ids.Colour);
    expect(await propsOf(emptied!)).toEqual({});
    await expectAgreement(world);
  });

  test('keeps each option of a status in one group', async () => {
    const { id } = await table({
      name: 'Stage',
      type: 'STATUS',
      groups: [
        { name: 'Open', options: [{ name: 'New' }] },
        { name: 'Shut', options: [{ name: 'Done' }] },
      ],
    });
    await alter(id, [
      {
        update: {
          property: { name: 'Stage' },
          updateGroups: [{ group: { name: 'Shut' }, name: 'Closed', color: 'GREEN' }],
          updateOptions: [{ option: { name: 'New' }, group: { name: 'Closed' } }],
          addOptions: [{ name: 'Later' }, { name: 'Never', group: { name: 'Closed' } }],
        },
      },
    ]);
    const [, stage] = await columnsOf(id);
    const nameOf = new Map((stage as { options: { id: Id; name: string }[] }).options.map((one) => [one.id, one.name]));
    const groups = (stage as { groups: { name: string; optionIds: Id[] }[] }).groups;
    expect(groups.map(({ name, optionIds }) => [name, optionIds.map((one) => nameOf.get(one))])).toEqual([
      ['Open', ['Later']],
      ['Closed', ['Done', 'New', 'Never']],
    ]);
  });

  test('gives a column another type, with what cannot become one left empty and told', async () => {
    const { id, ids } = await table({ name: 'Note', type: 'TEXT' });
    const rows = await rowsIn(
      id,
      ...['12', 'twelve', '12'].map((text) => ({ properties: [{ name: 'Note', text }] })),
      {},
    );
    const toNumber = await alter(id, [{ retype: { property: { name: 'Note' }, type: 'NUMBER' } }]);
    expect(toNumber).toMatchObject({ userErrors: [], conversions: [{ id: ids.Note, converted: 2, emptied: 1 }] });
    expect(await Promise.all(rows.map(propsOf))).toEqual([{ [ids.Note!]: 12 }, {}, { [ids.Note!]: 12 }, {}]);
    await expectAgreement(world);
    await alter(id, [{ retype: { property: { name: 'Note' }, type: 'SELECT' } }]);
    expect((await columnsOf(id))[1]).toMatchObject({ id: ids.Note, type: 'SELECT', options: [{ name: '12' }] });
    await expectAgreement(world);
    await alter(id, [
      { retype: { property: { name: 'Note' }, type: 'TEXT' } },
      { retype: { property: { name: 'Note' }, type: 'DATE' } },
    ]);
    expect(await Promise.all(rows.map(propsOf))).toEqual([{}, {}, {}, {}]);
    await expectAgreement(world);
  });

  test('numbers the rows there are in the order they were made, and goes on from there', async () => {
    const { id } = await table();
    const first = await rowsIn(id, { title: 'a' }, { title: 'b' });
    const second = await rowsIn(id, { title: 'c' });
    await alter(id, [{ add: { name: 'No', type: 'UNIQUE_ID', prefix: 'T' } }]);
    const [, number] = await columnsOf(id);
    const third = await rowsIn(id, {}, {});
    const numbers = await Promise.all(
      [...first, ...second, ...third].map(async (row) => (await propsOf(row))[number!.id]),
    );
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    await mutate(world, owner, 'createRows', {
      dataSourceId: id,
      rows: [{}, { properties: [{ id: 'nope', number: 1 }] }, {}],
      mode: 'EACH',
    });
    const [next] = await rowsIn(id, {});
    expect((await propsOf(next!))[number!.id]).toBe(8);
    await expectAgreement(world);
  });

  test('gives a column its slot when another makes room', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `N${index}`);
    const { id } = await table(...names.map((name) => ({ name, type: 'NUMBER' })));
    await rowsIn(id, { properties: names.map((name, index) => ({ name, number: index })) });
    await expectAgreement(world);
    await alter(id, [{ remove: { name: 'N0' } }]);
    const slots = await world.sql('select 1 from property_slot where data_source_id = $1 and slot like $2', [id, 'n%']);
    expect(slots).toHaveLength(8);
    await expectAgreement(world);
  });
});

describe('a change of columns is refused', () => {
  const cases: [what: string, changes: object[], code: string, message: RegExp][] = [
    ['that adds a second title', [{ add: { name: 'X', type: 'TITLE' } }], 'INVALID', /second title/],
    [
      'that adds a second unique id',
      [{ add: { name: 'X', type: 'UNIQUE_ID' } }, { add: { name: 'Y', type: 'UNIQUE_ID' } }],
      'ALREADY_EXISTS',
      /numbers its rows once/,
    ],
    ['that takes a name twice', [{ add: { name: 'Size', type: 'TEXT' } }], 'ALREADY_EXISTS', /this name/],
    ['without a name', [{ add: { name: ' ', type: 'TEXT' } }], 'REQUIRED', /a name/],
    ['that removes the title', [{ remove: { id: 'title' } }], 'IMMUTABLE', /renamed, but not removed/],
    [
      'that retypes the title',
      [{ retype: { property: { id: 'title' }, type: 'NUMBER' } }],
      'INVALID',
      /only among TEXT, NUMBER, SELECT, DATE/,
    ],
    [
      'that retypes to what it cannot become',
      [{ retype: { property: { name: 'Size' }, type: 'FILES' } }],
      'INVALID',
      /should become FILES/,
    ],
    ['of a column that is not there', [{ remove: { name: 'Nope' } }], 'NOT_FOUND', /column was not found/],
    [
      'of an option that is not there',
      [{ update: { property: { name: 'Colour' }, removeOptions: [{ name: 'Nope' }] } }],
      'NOT_FOUND',
      /option was not found/,
    ],
    [
      'that takes the name of an option twice',
      [{ update: { property: { name: 'Colour' }, addOptions: [{ name: 'Red' }] } }],
      'ALREADY_EXISTS',
      /Another option/,
    ],
    [
      'with a member of another type',
      [{ update: { property: { name: 'Size' }, prefix: 'T' } }],
      'INVALID',
      /prefix does not fit the column, which is NUMBER/,
    ],
    [
      'with options for a number',
      [{ add: { name: 'X', type: 'NUMBER', options: [{ name: 'a' }] } }],
      'INVALID',
      /options does not fit/,
    ],
    ['with a relation to nowhere', [{ add: { name: 'X', type: 'RELATION' } }], 'REQUIRED', /where the relation points/],
    [
      'to a place that is none',
      [{ move: { property: { name: 'Size' }, position: 9 } }],
      'INVALID',
      /a place among the columns/,
    ],
    [
      'with too many changes',
      Array(101).fill({ move: { property: { name: 'Size' }, position: 0 } }),
      'TOO_LONG',
      /at most 100 changes \(maxSchemaChanges\)/,
    ],
  ];
  test.each(cases)('%s', async (_what, changes, code, message) => {
    const { id } = await table(
      { name: 'Size', type: 'NUMBER' },
      { name: 'Colour', type: 'SELECT', options: [{ name: 'Red' }] },
    );
    const before = await everything();
    const { userErrors, dataSource } = await alter(id, changes);
    expect(userErrors).toMatchObject([{ code, message: expect.stringMatching(message) }]);
    expect(dataSource).toBeNull();
    expect(await everything()).toEqual(before);
  });

  test('of a stale version, in the trash, of a locked database', async () => {
    const { id } = await table();
    const add = [{ add: { name: 'X', type: 'TEXT' } }];
    expect((await alter(id, add, { expectedVersion: 7 })).userErrors).toMatchObject([
      { code: 'STALE_VERSION', currentVersion: 1 },
    ]);
    const [source] = await world.sql<{ database_id: Id }>('select database_id from data_source where id = $1', [id]);
    await mutate(world, owner, 'lockDatabase', { id: source!.database_id });
    expect((await alter(id, add)).userErrors).toMatchObject([
      { code: 'INVALID_STATE', message: expect.stringContaining('locked') },
    ]);
    await mutate(world, owner, 'unlockDatabase', { id: source!.database_id });
    await mutate(world, owner, 'trashDatabase', { id: source!.database_id });
    expect((await alter(id, add)).userErrors).toMatchObject([
      { code: 'INVALID_STATE', message: expect.stringContaining('trash') },
    ]);
  });
});

describe('who may update but not read', () => {
  test('alters columns by id, and sees neither names nor counts', async () => {
    const { id, ids } = await table({ name: 'Note', type: 'TEXT' });
    await rowsIn(id, { properties: [{ name: 'Note', text: 'secret' }] });
    const bot = await botWith(world, ['CONTENT_UPDATE'], id);
    const answer = await alter(id, [{ retype: { property: { id: ids.Note }, type: 'NUMBER' } }], {}, bot);
    expect(answer).toMatchObject({
      userErrors: [],
      dataSource: { id, title: null, properties: null },
      conversions: [{ id: ids.Note, converted: null, emptied: null }],
    });
  });

  test('does not learn which names are taken', async () => {
    const { id } = await table({ name: 'Note', type: 'TEXT' });
    const bot = await botWith(world, ['CONTENT_UPDATE'], id);
    for (const name of ['Note', 'Nope']) {
      expect((await alter(id, [{ add: { name, type: 'TEXT' } }], {}, bot)).userErrors).toEqual([]);
      expect((await alter(id, [{ remove: { name } }], {}, bot)).userErrors).toMatchObject([
        { code: 'CAPABILITY_MISSING' },
      ]);
    }
  });
});

describe('who may not update', () => {
  test('is refused, and where she reaches nothing it is like missing', async () => {
    const { id } = await table();
    const add = [{ add: { name: 'X', type: 'TEXT' } }];
    const reader = await botWith(world, ['CONTENT_READ', 'CONTENT_INSERT'], id);
    expect((await alter(id, add, {}, reader)).userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    const stranger = await botWith(world, ['CONTENT_READ', 'CONTENT_UPDATE']);
    const missing = await alter('00000000-0000-4000-8000-000000000000', add, {}, stranger);
    expect(await alter(id, add, {}, stranger)).toEqual(missing);
    expect(missing.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });
});

describe('a relation of two ways', () => {
  async function pairOfTables() {
    const people = await table();
    const tasks = await table({
      name: 'Owner',
      type: 'RELATION',
      relation: { dataSourceId: people.id, syncedName: 'Owns' },
    });
    const owns = (await columnsOf(people.id)).find(({ name }) => name === 'Owns')!;
    return { people, tasks, owner: tasks.ids.Owner!, owns: owns.id };
  }

  test('shows the same pairs from both sides, whichever is written', async () => {
    const { people, tasks, owner: ownerId, owns } = await pairOfTables();
    const [ada, ben] = (await rowsIn(people.id, { title: 'Ada' }, { title: 'Ben' })) as [Id, Id];
    const [one, two] = (await rowsIn(
      tasks.id,
      { title: 'one', properties: [{ id: ownerId, relation: [ada] }] },
      { title: 'two', properties: [{ id: ownerId, relation: [ada, ben] }] },
    )) as [Id, Id];
    expect(await propsOf(ada)).toEqual({ [owns]: [one, two] });
    expect(await propsOf(ben)).toEqual({ [owns]: [two] });
    const set = (id: Id, column: string, relation: Id[]) =>
      mutate(world, owner, 'updateRows', { rows: [{ id, properties: [{ id: column, relation }] }] });
    await set(ada, owns, []);
    expect(await propsOf(one)).toEqual({});
    expect(await propsOf(two)).toEqual({ [ownerId]: [ben] });
    await set(ben, owns, [one]);
    expect(await propsOf(one)).toEqual({ [ownerId]: [ben] });
    expect(await propsOf(two)).toEqual({});
    await expectAgreement(world);
    const changes = await world.sql<{ details: object }>(
      `select details from change where resource_id = $1 and type = 'PAGE_PROPERTIES_UPDATED' order by seq desc limit 1`,
      [one],
    );
    expect(changes).toMatchObject([
      { details: { updatedProperties: [ownerId], before: { [ownerId]: null }, after: { [ownerId]: [ben] } } },
    ]);
  });

  test('within one data source, also of a row with itself', async () => {
    const { id } = await table();
    await alter(id, [
      { add: { name: 'Next', type: 'RELATION', relation: { dataSourceId: id, syncedName: 'Before' } } },
    ]);
    const columns = Object.fromEntries((await columnsOf(id)).map((column) => [column.name, column.id]));
    const [a, b] = (await rowsIn(id, { title: 'a' }, { title: 'b' })) as [Id, Id];
    await mutate(world, owner, 'updateRows', {
      rows: [
        { id: a, properties: [{ name: 'Next', relation: [a, b] }] },
        {
          id: b,
          properties: [
            { name: 'Next', relation: [a] },
            { name: 'Before', relation: [a] },
          ],
        },
      ],
    });
    expect(await propsOf(a)).toEqual({ [columns.Next!]: [a, b], [columns.Before!]: [a, b] });
    await expectAgreement(world);
  });

  test('goes on both sides, and takes its values along', async () => {
    const { people, tasks, owner: ownerId } = await pairOfTables();
    const [ada] = await rowsIn(people.id, {});
    await rowsIn(tasks.id, { properties: [{ id: ownerId, relation: [ada] }] });
    expect((await alter(people.id, [{ remove: { name: 'Owns' } }])).userErrors).toEqual([]);
    expect((await columnsOf(tasks.id)).map(({ name }) => name)).toEqual(['Name']);
    expect(await propsOf(ada!)).toEqual({});
    await expectAgreement(world);
  });

  test('needs CONTENT_UPDATE on the other side to be made or removed', async () => {
    const { people, tasks } = await pairOfTables();
    const bot = await botWith(world, ['CONTENT_READ', 'CONTENT_UPDATE'], tasks.id);
    const add = (dataSourceId: Id) => ({
      add: { name: 'More', type: 'RELATION', relation: { dataSourceId, syncedName: 'Back' } },
    });
    const before = await everything();
    expect((await alter(tasks.id, [add(people.id)], {}, bot)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await alter(tasks.id, [{ remove: { name: 'Owner' } }], {}, bot)).userErrors).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    await world.share(bot, people.id, { access: ['READ'] });
    expect((await alter(tasks.id, [add(people.id)], {}, bot)).userErrors).toMatchObject([
      { code: 'CAPABILITY_MISSING' },
    ]);
    expect((await alter(tasks.id, [{ remove: { name: 'Owner' } }], {}, bot)).userErrors).toMatchObject([
      { code: 'CAPABILITY_MISSING' },
    ]);
    expect(await everything()).toEqual(before);
  });

  test('needs CONTENT_UPDATE on each row it pairs or parts', async () => {
    const { people, tasks, owner: ownerId } = await pairOfTables();
    const [ada, ben] = (await rowsIn(people.id, { title: 'Ada' }, { title: 'Ben' })) as [Id, Id];
    const [task] = (await rowsIn(tasks.id, { properties: [{ id: ownerId, relation: [ben] }] })) as [Id];
    const bot = await botWith(world, ['CONTENT_READ', 'CONTENT_UPDATE'], tasks.id);
    await world.share(bot, people.id, { access: ['READ'] });
    const set = (relation: Id[]) =>
      mutate(world, bot, 'updateRows', { rows: [{ id: task, properties: [{ id: ownerId, relation }] }] });
    expect((await set([ben, ada])).userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    expect((await set([])).userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    await world.share(bot, ada, { access: ['READ', 'UPDATE'] });
    expect((await set([ben, ada])).userErrors).toEqual([]);
    expect(await propsOf(task)).toEqual({ [ownerId]: [ben, ada] });
    await expectAgreement(world);
  });

  test('leaves in place whom the writer does not reach, and tells nothing of them', async () => {
    const { people, tasks, owner: ownerId } = await pairOfTables();
    const [ada, hidden] = (await rowsIn(people.id, { title: 'Ada' }, { title: 'Hidden' })) as [Id, Id];
    const [task, plain] = (await rowsIn(tasks.id, { properties: [{ id: ownerId, relation: [hidden] }] }, {})) as [
      Id,
      Id,
    ];
    const bot = await botWith(world, ['CONTENT_READ', 'CONTENT_UPDATE'], tasks.id);
    await world.share(bot, ada);
    const set = (id: Id, relation: Id[]) =>
      mutate(
        world,
        bot,
        'updateRows',
        { rows: [{ id, properties: [{ id: ownerId, relation }] }] },
        'rows { properties { id ... on RelationValue { pages(first: 5) { nodes { id } } } } }',
      );
    const [withHidden, without] = [await set(task, [ada]), await set(plain, [ada])];
    expect(withHidden).toEqual(without);
    expect(await propsOf(task)).toEqual({ [ownerId]: [ada, hidden] });
    expect((await set(task, [hidden])).userErrors).toEqual((await set(task, [task])).userErrors);
    await set(task, []);
    expect(await propsOf(task)).toEqual({ [ownerId]: [hidden] });
    await expectAgreement(world);
  });

  test('outlives the other data source', async () => {
    const { people, tasks, owner: ownerId } = await pairOfTables();
    const [ada] = (await rowsIn(people.id, {})) as [Id];
    const [task] = (await rowsIn(tasks.id, { properties: [{ id: ownerId, relation: [ada] }] })) as [Id];
    const [source] = await world.sql<{ database_id: Id }>('select database_id from data_source where id = $1', [
      people.id,
    ]);
    await mutate(world, owner, 'trashDatabase', { id: source!.database_id });
    expect((await mutate(world, owner, 'deleteDatabase', { id: source!.database_id })).userErrors).toEqual([]);
    const { userErrors } = await mutate(world, owner, 'updateRows', {
      rows: [{ id: task, properties: [{ id: ownerId, clear: true }] }],
    });
    expect(userErrors).toEqual([]);
    expect(await propsOf(task)).toEqual({});
    expect((await alter(tasks.id, [{ remove: { name: 'Owner' } }])).userErrors).toEqual([]);
  });
});

describe('a row that was moved away', () => {
  test('has its values again, and its title in its slot, when it comes back', async () => {
    const { id, ids } = await table({ name: 'Size', type: 'NUMBER' });
    const [row] = (await rowsIn(id, { title: 'Before', properties: [{ name: 'Size', number: 1 }] })) as [Id];
    await mutate(world, owner, 'movePage', { id: row, parent: { workspace: true } });
    await mutate(world, owner, 'updatePage', { id: row, title: 'After' });
    await alter(id, [{ add: { name: 'No', type: 'UNIQUE_ID' } }]);
    await mutate(world, owner, 'movePage', { id: row, parent: { dataSourceId: id } });
    const number = (await columnsOf(id)).at(-1)!.id;
    expect(await propsOf(row)).toEqual({ [ids.Size!]: 1, [number]: 1 });
    await expectAgreement(world);
  });
});
