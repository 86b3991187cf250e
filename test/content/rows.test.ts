// Writing rows: what may be given, what is refused, who may, and what is left afterwards.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_CONTENT_LIMITS } from '../../src/content/limits.js';
import { createRows } from '../../src/content/row-lifecycle.js';
import type { Actor, PersonActor } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import type { PropertySchema } from '../../src/property/property.js';
import { readConfiguration } from '../../src/server/configuration.js';
import { mutate, type Payload, signedIn } from '../asking.js';
import { openWorld, type World } from '../world.js';
import { expectAgreement, storedRows } from './slots.js';
import { botWith } from './writing.js';

const [RED, BLUE, TODO, DONE] = [newId(), newId(), newId(), newId()];

const COLUMNS: PropertySchema[] = [
  { id: 'title', name: 'Task', type: 'TITLE' },
  { id: 'note', name: 'Note', type: 'TEXT' },
  { id: 'size', name: 'Size', type: 'NUMBER' },
  { id: 'done', name: 'Done', type: 'CHECKBOX' },
  {
    id: 'color',
    name: 'Colour',
    type: 'SELECT',
    options: [
      { id: RED, name: 'Red' },
      { id: BLUE, name: 'Blue' },
    ],
  },
  {
    id: 'tags',
    name: 'Tags',
    type: 'MULTI_SELECT',
    options: [
      { id: TODO, name: 'a' },
      { id: DONE, name: 'b' },
    ],
  },
  { id: 'due', name: 'Due', type: 'DATE' },
  { id: 'who', name: 'Who', type: 'PEOPLE' },
  { id: 'site', name: 'Site', type: 'URL' },
  { id: 'mail', name: 'Mail', type: 'EMAIL' },
  { id: 'call', name: 'Call', type: 'PHONE' },
  { id: 'files', name: 'Files', type: 'FILES' },
  { id: 'ok', name: 'OK', type: 'VERIFICATION' },
  { id: 'made', name: 'Made', type: 'CREATED_TIME' },
  { id: 'sum', name: 'Sum', type: 'FORMULA', expression: '1', result: 'NUMBER' },
];

let world: World;
let owner: PersonActor;
let tasks: Id;

beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ role: 'OWNER', name: 'Olga' }), 'OWNER');
  tasks = (await world.database({ title: 'Tasks', properties: COLUMNS })).dataSourceId;
});
afterAll(() => world[Symbol.asyncDispose]());

const ROWS = 'rows { id title version properties { id __typename } } errors { index error { code message path } }';

const create = (actor: Actor, input: Record<string, unknown>, answers = ROWS): Promise<Payload> =>
  mutate(world, actor, 'createRows', { dataSourceId: tasks, ...input }, answers);
const update = (actor: Actor, input: Record<string, unknown>, answers = ROWS): Promise<Payload> =>
  mutate(world, actor, 'updateRows', input, answers);

const one = async (properties: object[], actor: Actor = owner): Promise<Id> => {
  const { rows, userErrors } = await create(actor, { rows: [{ properties }] });
  expect(userErrors).toEqual([]);
  return rows[0].id;
};

const propsOf = async (id: Id) => (await storedRows(world)).find((row) => row.id === id)!;

describe('createRows keeps what it is given', () => {
  test('of every type that can be written', async () => {
    const person = await world.person({ name: 'Ada' });
    const id = await one([
      { id: 'title', text: 'First' },
      { name: 'Note', richText: [{ text: 'see ', annotations: ['BOLD'] }, { equation: 'x^2' }, { mention: tasks }] },
      { name: 'Size', number: 2.5 },
      { name: 'Done', checkbox: true },
      { name: 'Colour', select: { name: 'Red' } },
      { name: 'Tags', multiSelect: [{ id: DONE }, { name: 'a' }, { name: 'b' }] },
      { name: 'Due', date: { start: '2026-03-01T09:30', end: '2026-03-01T10:00', timeZone: 'Europe/Zurich' } },
      { name: 'Who', people: [person.id] },
      { name: 'Site', url: ' https://example.org/a ' },
      { name: 'Mail', email: 'ada@example.org' },
      { name: 'Call', phone: '+41 1' },
      { name: 'Files', files: [{ name: 'Plan', url: 'https://example.org/plan.pdf' }] },
      { name: 'OK', verification: { until: '2999-01-01' } },
    ]);
    const { title, props, version } = await propsOf(id);
    expect(title).toBe('First');
    expect(version).toBe(1);
    expect(props).toEqual({
      note: [
        { type: 'TEXT', text: 'see ', annotations: ['BOLD'] },
        { type: 'EQUATION', expression: 'x^2' },
        { type: 'MENTION', resourceId: tasks },
      ],
      size: 2.5,
      done: true,
      color: RED,
      tags: [DONE, TODO],
      due: { start: '2026-03-01T08:30:00Z', end: '2026-03-01T09:00:00Z', timeZone: 'Europe/Zurich' },
      who: [person.id],
      site: 'https://example.org/a',
      mail: 'ada@example.org',
      call: '+41 1',
      files: [{ name: 'Plan', url: 'https://example.org/plan.pdf' }],
      ok: { start: expect.stringMatching(/Z$/), end: '2999-01-01', verifiedById: owner.personId },
    });
    await expectAgreement(world);
  });

  test('and leaves empty what is empty', async () => {
    const id = await one([
      { id: 'note', text: '' },
      { id: 'tags', multiSelect: [] },
      { id: 'site', url: ' ' },
      { id: 'size', clear: true },
    ]);
    expect((await propsOf(id)).props).toEqual({});
  });
});

describe('a value is refused', () => {
  const cases: [what: string, property: object, code: string, message: RegExp, at?: string[]][] = [
    ['of an unknown column', { id: 'nope', number: 1 }, 'NOT_FOUND', /column was not found/, ['id']],
    ['of a column named twice over', { id: 'size', name: 'Size', number: 1 }, 'INVALID', /got: both/],
    ['of no column', { number: 1 }, 'REQUIRED', /got: neither/],
    ['when there is none', { id: 'size' }, 'REQUIRED', /exactly one value/],
    ['when there are two', { id: 'size', number: 1, text: 'x' }, 'INVALID', /exactly one value/],
    ['of another kind', { id: 'size', text: '1' }, 'INVALID', /NUMBER, give number/, ['text']],
    ['of a column that is computed', { id: 'sum', number: 1 }, 'IMMUTABLE', /FORMULA and cannot be written/],
    ['of a column that is kept', { id: 'made', clear: true }, 'IMMUTABLE', /CREATED_TIME/],
    [
      'with an option that is not there',
      { id: 'color', select: { name: 'Green' } },
      'NOT_FOUND',
      /updateDataSource/,
      ['select'],
    ],
    [
      'with a person who is no member',
      { id: 'who', people: [newId()] },
      'NOT_FOUND',
      /person was not found/,
      ['people', '0'],
    ],
    [
      'with a mention of nothing',
      { id: 'note', richText: [{ mention: newId() }] },
      'NOT_FOUND',
      /mentioned was not found/,
      ['richText'],
    ],
    [
      'with a date that no calendar has',
      { id: 'due', date: { start: '2026-02-30' } },
      'INVALID',
      /expects a day/,
      ['date', 'start'],
    ],
    [
      'with a time nowhere in particular',
      { id: 'due', date: { start: '2026-02-03T10:00' } },
      'INVALID',
      /offset/,
      ['date', 'start'],
    ],
    [
      'with a time its clock skips',
      { id: 'due', date: { start: '2026-03-29T02:30', timeZone: 'Europe/Zurich' } },
      'INVALID',
      /expects/,
      ['date', 'start'],
    ],
    [
      'with an end before its start',
      { id: 'due', date: { start: '2026-02-03', end: '2026-02-02' } },
      'INVALID',
      /before start/,
      ['date', 'end'],
    ],
    [
      'with a zone that is none',
      { id: 'due', date: { start: '2026-02-03T10:00', timeZone: 'Mars/Base' } },
      'INVALID',
      /time zone like/,
      ['date', 'timeZone'],
    ],
    ['that would run when clicked', { id: 'site', url: 'javascript:alert(1)' }, 'INVALID', /no web address/, ['url']],
    ['with a zero character', { id: 'note', text: 'a\u0000b' }, 'INVALID', /U\+0000/, ['text']],
    [
      'that is too long',
      { id: 'note', text: 'x'.repeat(2_001) },
      'TOO_LONG',
      /2000 characters \(maxTextLength\), but has 2001/,
      ['text'],
    ],
    [
      'with too many options',
      { id: 'tags', multiSelect: Array(101).fill({ name: 'a' }) },
      'TOO_LONG',
      /100 options/,
      ['multiSelect'],
    ],
  ];
  test.each(cases)('%s', async (_what, property, code, message, at = []) => {
    const before = await storedRows(world);
    const { userErrors, rows } = await create(owner, { rows: [{ properties: [property] }] });
    expect(rows).toBeNull();
    expect(userErrors).toMatchObject([
      { code, message: expect.stringMatching(message), path: ['rows', '0', 'properties', '0', ...at] },
    ]);
    expect(await storedRows(world)).toEqual(before);
  });
});

describe('a call with rows that are refused', () => {
  const rows = [{ title: 'good' }, { properties: [{ id: 'size', text: 'x' }] }, { title: 'better' }];

  test('writes none when it is all or nothing', async () => {
    const before = await storedRows(world);
    const payload = await create(owner, { rows });
    expect(payload.userErrors).toMatchObject([{ code: 'INVALID', path: ['rows', '1', 'properties', '0', 'text'] }]);
    expect(await storedRows(world)).toEqual(before);
  });

  test('writes the others when each stands for itself', async () => {
    const payload = await create(owner, { rows, mode: 'EACH' });
    expect(payload.userErrors).toEqual([]);
    expect(payload.rows).toMatchObject([{ title: 'good' }, { title: 'better' }]);
    expect(payload.errors).toMatchObject([{ index: 1, error: { code: 'INVALID' } }]);
    const changed = await update(owner, {
      mode: 'EACH',
      rows: [
        { id: payload.rows[0].id, title: 'changed' },
        { id: newId(), title: 'nobody' },
        { id: 'no id at all', title: 'nobody' },
        { id: payload.rows[1].id, title: 'stale', expectedVersion: 7 },
      ],
    });
    expect(changed.rows).toMatchObject([{ title: 'changed', version: 2 }]);
    expect(changed.errors).toMatchObject([
      { index: 1, error: { code: 'NOT_FOUND', message: 'The page was not found.' } },
      { index: 2, error: { code: 'NOT_FOUND', message: 'The page was not found.' } },
      { index: 3, error: { code: 'STALE_VERSION' } },
    ]);
    await expectAgreement(world);
  });

  test('is as large as the operator allows', async () => {
    const environment = { GATEHOUSE_MAX_ROWS: '2', GATEHOUSE_MAX_REFERENCES: '1' };
    const { contentLimits } = readConfiguration({ environment, directory: world.dataDirectory });
    expect(contentLimits).toEqual({ ...DEFAULT_CONTENT_LIMITS, maxRows: 2, maxReferences: 1 });
    const caller = { ...world.store.callerFor(owner), contentLimits };
    const two = [{}, { properties: [{ id: 'tags', multiSelect: [{ id: TODO }] }] }];
    expect((await createRows(caller, { dataSourceId: tasks, rows: two })).ids).toHaveLength(2);
    await expect(createRows(caller, { dataSourceId: tasks, rows: [{}, ...two] })).rejects.toThrow(
      'at most 2 rows (maxRows)',
    );
    const both = [{ properties: [{ id: 'tags', multiSelect: [{ id: TODO }, { id: DONE }] }] }];
    await expect(createRows(caller, { dataSourceId: tasks, rows: both })).rejects.toThrow('at most 1 options');
  });

  test('is refused as a whole when it is empty, too large, or names a row twice', async () => {
    expect((await create(owner, { rows: [] })).userErrors).toMatchObject([{ code: 'REQUIRED' }]);
    expect((await create(owner, { rows: Array(101).fill({}), mode: 'EACH' })).userErrors).toMatchObject([
      { code: 'TOO_LONG', message: expect.stringContaining('at most 100 rows'), path: ['rows'] },
    ]);
    const id = await one([]);
    expect((await update(owner, { rows: [{ id }, { id }] })).userErrors).toMatchObject([{ code: 'INVALID' }]);
  });
});

describe('updateRows', () => {
  test('changes what is given and leaves the rest, in as many data sources as it names', async () => {
    const other = (await world.database({ title: 'Other' })).dataSourceId;
    const id = await one([
      { id: 'size', number: 1 },
      { id: 'color', select: { id: RED } },
    ]);
    const { rows: made } = await mutate(world, owner, 'createRows', { dataSourceId: other, rows: [{}] }, 'rows { id }');
    const { userErrors } = await update(owner, {
      rows: [
        { id, properties: [{ id: 'size', number: 2 }] },
        { id: made[0].id, title: 'Elsewhere' },
      ],
    });
    expect(userErrors).toEqual([]);
    expect(await propsOf(id)).toMatchObject({ props: { size: 2, color: RED }, version: 2 });
    expect(await propsOf(made[0].id)).toMatchObject({ title: 'Elsewhere', version: 2 });
    await expectAgreement(world);
  });

  test('writes nothing where it comes to the same', async () => {
    const id = await one([{ id: 'due', date: { start: '2026-01-01' } }]);
    const changes = () => world.sql<{ count: string }>('select count(*) from change');
    const before = await changes();
    await update(owner, { rows: [{ id, properties: [{ id: 'due', date: { start: '2026-01-01' } }] }] });
    expect((await propsOf(id)).version).toBe(1);
    expect(await changes()).toEqual(before);
  });

  test('records what was and what is', async () => {
    const id = await one([{ id: 'size', number: 1 }]);
    await update(owner, { rows: [{ id, title: 'Named', properties: [{ id: 'size', number: 2 }] }] });
    const [change] = await world.sql<{ details: object }>(
      `select details, resource_version from change where resource_id = $1 and type = 'PAGE_PROPERTIES_UPDATED'`,
      [id],
    );
    expect(change).toMatchObject({
      resource_version: 2,
      details: {
        updatedProperties: ['title', 'size'],
        before: { title: '', size: 1 },
        after: { title: 'Named', size: 2 },
      },
    });
  });

  test('leaves alone what lies in the trash, and what is locked', async () => {
    const [locked, trashed] = [await one([]), await one([])];
    await mutate(world, owner, 'lockPage', { id: locked });
    await mutate(world, owner, 'trashPage', { id: trashed });
    const { errors } = await update(owner, {
      mode: 'EACH',
      rows: [
        { id: locked, title: 'x' },
        { id: trashed, title: 'x' },
      ],
    });
    expect(errors).toMatchObject([{ error: { code: 'INVALID_STATE' } }, { error: { code: 'INVALID_STATE' } }]);
  });

  test('finds no page that is no row', async () => {
    const id = await world.page({ title: 'Plain' });
    expect((await update(owner, { rows: [{ id, title: 'x' }] })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });
});

describe('createPage and updatePage write one row the same way', () => {
  test('with its values', async () => {
    const made = await mutate(
      world,
      owner,
      'createPage',
      {
        parent: { dataSourceId: tasks },
        title: 'Single',
        icon: { emoji: '🌱' },
        properties: [{ name: 'Size', number: 4 }],
      },
      'page { id title icon { emoji } }',
    );
    expect(made).toMatchObject({ page: { title: 'Single', icon: { emoji: '🌱' } }, userErrors: [] });
    const { id } = made.page;
    expect(await propsOf(id)).toMatchObject({ title: 'Single', props: { size: 4 } });
    const input = { id, title: 'Renamed', icon: null, properties: [{ name: 'Size', clear: true }], expectedVersion: 1 };
    const changed = await mutate(world, owner, 'updatePage', input, 'page { version icon { emoji } }');
    expect(changed).toMatchObject({ page: { version: 2, icon: null }, userErrors: [] });
    expect(await propsOf(id)).toMatchObject({ title: 'Renamed', props: {} });
    await expectAgreement(world);
  });

  test('and take no values for a page that is no row', async () => {
    const properties = [{ id: 'size', number: 1 }];
    const id = await world.page({ title: 'Plain' });
    expect((await mutate(world, owner, 'createPage', { parent: { pageId: id }, properties })).userErrors).toMatchObject(
      [{ code: 'INVALID', path: ['properties'] }],
    );
    expect((await mutate(world, owner, 'updatePage', { id, properties })).userErrors).toMatchObject([
      { code: 'INVALID', path: ['properties'] },
    ]);
  });

  test('and refuse with the path of what is wrong', async () => {
    const properties = [{ id: 'size', text: 'x' }];
    const { userErrors } = await mutate(world, owner, 'createPage', { parent: { dataSourceId: tasks }, properties });
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['properties', '0', 'text'] }]);
  });
});

describe('who may insert but not read', () => {
  test('makes rows, names columns by id, and is shown ids alone', async () => {
    const bot = await botWith(world, ['CONTENT_INSERT'], tasks);
    const { rows, userErrors } = await create(bot, {
      rows: [{ title: 'Blind', properties: [{ id: 'size', number: 9 }] }],
    });
    expect(userErrors).toEqual([]);
    expect(rows).toEqual([{ id: expect.any(String), title: null, version: null, properties: null }]);
    expect(await propsOf(rows[0].id)).toMatchObject({ title: 'Blind', props: { size: 9 } });
  });

  test('may name no column or option by name, whether it is there or not', async () => {
    const bot = await botWith(world, ['CONTENT_INSERT'], tasks);
    const answers = await Promise.all(
      [
        { name: 'Size', number: 1 },
        { name: 'Nope', number: 1 },
        { id: 'color', select: { name: 'Red' } },
        { id: 'color', select: { name: 'Nope' } },
      ].map(async (property) => (await create(bot, { rows: [{ properties: [property] }] })).userErrors),
    );
    for (const errors of answers) expect(errors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[2]).toEqual(answers[3]);
  });

  test('may name none either where only another page is open to reading', async () => {
    const elsewhere = await world.page({ title: 'Open' });
    const bot = await botWith(world, ['CONTENT_INSERT', 'CONTENT_READ']);
    await world.share(bot, tasks, { access: ['INSERT'] });
    await world.share(bot, elsewhere, { access: ['READ'] });
    const ask = (property: object) => create(bot, { rows: [{ properties: [property] }] });
    const [known, unknown] = [await ask({ name: 'Size', number: 1 }), await ask({ name: 'Nope', number: 1 })];
    expect(known.userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    expect(known).toEqual(unknown);
    const { userErrors } = await ask({ id: 'size', text: 'x' });
    expect(userErrors).toMatchObject([{ code: 'INVALID', message: expect.not.stringContaining('NUMBER') }]);
  });

  test('changes nothing', async () => {
    const bot = await botWith(world, ['CONTENT_INSERT', 'CONTENT_READ'], tasks);
    const id = await one([]);
    expect((await update(bot, { rows: [{ id, title: 'x' }] })).userErrors).toMatchObject([
      { code: 'CAPABILITY_MISSING' },
    ]);
  });
});

describe('who may update but not read or insert', () => {
  test('changes rows and is shown ids alone', async () => {
    const bot = await botWith(world, ['CONTENT_UPDATE'], tasks);
    const id = await one([{ id: 'size', number: 1 }]);
    const { rows, userErrors } = await update(bot, { rows: [{ id, properties: [{ id: 'size', number: 5 }] }] });
    expect(userErrors).toEqual([]);
    expect(rows).toEqual([{ id, title: null, version: null, properties: null }]);
    expect(await propsOf(id)).toMatchObject({ props: { size: 5 } });
  });

  test('makes none, and learns no version by guessing', async () => {
    const bot = await botWith(world, ['CONTENT_UPDATE'], tasks);
    const id = await one([]);
    expect((await create(bot, { rows: [{}] })).userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    const guesses = await Promise.all(
      [1, 2].map((expectedVersion) => update(bot, { rows: [{ id, expectedVersion, title: 'x' }] })),
    );
    expect(guesses[0]!.userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    expect(guesses[0]).toEqual(guesses[1]);
  });
});

describe('out of reach', () => {
  test('a data source and a row are like missing ones', async () => {
    const bot = await botWith(world, ['CONTENT_INSERT', 'CONTENT_UPDATE', 'CONTENT_READ']);
    const id = await one([]);
    const [hidden, missing] = [tasks, newId()];
    expect(await create(bot, { dataSourceId: hidden, rows: [{}] })).toEqual(
      await create(bot, { dataSourceId: missing, rows: [{}] }),
    );
    expect(await update(bot, { rows: [{ id, title: 'x' }] })).toEqual(
      await update(bot, { rows: [{ id: newId(), title: 'x' }] }),
    );
  });
});
