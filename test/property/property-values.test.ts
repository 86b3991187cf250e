// What a row shows of each type of column, and what a column says of itself, as a client asks for them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import type { PropertySchema } from '../../src/property/property.js';
import { type Asker, openWorld, type World } from '../world.js';

let now = new Date('2026-03-01T00:00:00.000Z');
const MADE = new Date('2026-01-02T03:04:05.678Z');
const [todo, doing, done] = [newId(), newId(), newId()];
const [start, end] = [newId(), newId()];
const options = [
  { id: todo, name: 'To do' },
  { id: doing, name: 'Doing', color: 'BLUE' as const, description: 'Somebody is at it' },
  { id: done, name: 'Done', color: 'GREEN' as const },
];

let world: World;
let reader: Asker;
let source: Id;
let other: Id;
let row: Id;
let empty: Id;
let people: { id: Id; name: string; email: string }[];

beforeAll(async () => {
  world = await openWorld({ clock: () => now });
  const hall = await world.page();
  people = [await world.person(), await world.person(), await world.person({ role: 'GUEST' })];
  const ids = people.map(({ id }) => id);
  const [dataSource, otherSource] = [newId(), newId()];
  const columns: PropertySchema[] = [
    { id: 'title', name: 'Name', type: 'TITLE', description: 'What it is called' },
    { id: 'number', name: 'Price', type: 'NUMBER', format: 'euro' },
    {
      id: 'status',
      name: 'Status',
      type: 'STATUS',
      options,
      groups: [
        { id: start, name: 'Not begun', optionIds: [todo] },
        { id: end, name: 'Complete', color: 'GREEN', optionIds: [done, doing] },
      ],
    },
    { id: 'people', name: 'Who', type: 'PEOPLE' },
    { id: 'relation', name: 'Projects', type: 'RELATION', dataSourceId: otherSource, syncedPropertyId: 'back' },
    {
      id: 'rollup',
      name: 'How many',
      type: 'ROLLUP',
      relationPropertyId: 'relation',
      rollupPropertyId: 'title',
      function: 'COUNT',
    },
    { id: 'text', name: 'Words', type: 'FORMULA', expression: 'upper(prop("Name"))', result: 'TEXT' },
    { id: 'sum', name: 'Sum', type: 'FORMULA', expression: '1 + 1', result: 'NUMBER' },
    { id: 'big', name: 'Big', type: 'FORMULA', expression: 'true', result: 'CHECKBOX' },
    { id: 'due', name: 'Due', type: 'FORMULA', expression: 'now()', result: 'DATE' },
    { id: 'number_of', name: 'No', type: 'UNIQUE_ID', prefix: 'TASK' },
    { id: 'created', name: 'Made', type: 'CREATED_TIME' },
    { id: 'by', name: 'Made by', type: 'CREATED_BY' },
    { id: 'edited', name: 'Changed', type: 'LAST_EDITED_TIME' },
    { id: 'editor', name: 'Changed by', type: 'LAST_EDITED_BY' },
    { id: 'verified', name: 'Verified', type: 'VERIFICATION' },
    { id: 'button', name: 'Press', type: 'BUTTON' },
    { id: 'place', name: 'Where', type: 'PLACE' },
  ];
  await world.database({ under: hall, dataSourceId: dataSource, properties: columns });
  await world.database({
    dataSourceId: otherSource,
    properties: [
      { id: 'title', name: 'Name', type: 'TITLE' },
      { id: 'back', name: 'Tasks', type: 'RELATION', dataSourceId: dataSource, syncedPropertyId: 'relation' },
    ],
  });
  [source, other] = [dataSource, otherSource];
  [row, empty] = [newId(), newId()];
  await world.pages([
    {
      id: row,
      under: source,
      title: 'Row',
      createdAt: MADE,
      lastEditedAt: MADE,
      props: {
        number: 2.5,
        status: doing,
        people: ids,
        text: 'ROW',
        sum: 2,
        big: true,
        due: { start: '2026-03-01', timeZone: 'Europe/Berlin' },
        number_of: 12,
        verified: { start: '2026-01-01', end: '2026-03-01T00:00:00.001Z', verifiedById: ids[0]! },
        place: { latitude: 52.5, longitude: 13.4, name: 'Office', address: 'Street 1', googlePlaceId: 'g' },
      },
    },
    { id: empty, under: source, title: '', createdAt: MADE, lastEditedAt: MADE },
  ]);
  await world.sql('update page set created_by = $1, last_edited_by = $2 where id = $3', [ids[1], ids[2], row]);
  reader = await world.connection(['CONTENT_READ']);
  await world.share(reader, hall);
});
afterAll(() => world[Symbol.asyncDispose]());

const USER = '{ id name ... on Person { email } }';
const VALUES = `properties { __typename id name type
  ... on TitleValue { title } ... on NumberValue { number }
  ... on StatusValue { option { id name color description } }
  ... on PeopleValue { people { totalCount nodes ${USER} } }
  ... on FormulaValue { result text formulaNumber: number checked date { start end timeZone } }
  ... on UniqueIdValue { uniqueNumber: number prefix }
  ... on CreatedTimeValue { createdAt } ... on CreatedByValue { createdBy ${USER} }
  ... on LastEditedTimeValue { lastEditedAt } ... on LastEditedByValue { lastEditedBy ${USER} }
  ... on VerificationValue { state date { start end timeZone } verifiedBy ${USER} }
  ... on PlaceValue { latitude longitude placeName address googlePlaceId awsPlaceId } }`;

type Values = Record<string, Record<string, unknown>>;

async function valuesOf(asker: Asker, id: Id): Promise<{ values: Values; redacted: string[] }> {
  const { data, errors, extensions } = await world.ask<{ page: { properties: { id: string }[] } }, object>(
    asker,
    `query Q($id: ID!) { page(id: $id) { ${VALUES} } }`,
    { id },
  );
  expect(errors).toBeUndefined();
  return {
    values: Object.fromEntries(data!.page.properties.map(({ id, ...value }) => [id, value])),
    redacted: [...new Set((extensions?.redactions ?? []).map(({ coordinate }) => coordinate))].sort(),
  };
}

const masked = ({ id }: { id: Id }) => ({ id, name: null, email: null });

describe('A row shows', () => {
  test('each value in the type of its column', async () => {
    const { values } = await valuesOf(reader, row);
    const [first, second, third] = people.map(masked);
    expect(values).toEqual({
      title: { __typename: 'TitleValue', name: 'Name', type: 'TITLE', title: 'Row' },
      number: { __typename: 'NumberValue', name: 'Price', type: 'NUMBER', number: 2.5 },
      status: {
        __typename: 'StatusValue',
        name: 'Status',
        type: 'STATUS',
        option: { description: null, ...options[1] },
      },
      people: {
        __typename: 'PeopleValue',
        name: 'Who',
        type: 'PEOPLE',
        people: { totalCount: 3, nodes: [first, second, third] },
      },
      relation: { __typename: 'RelationValue', name: 'Projects', type: 'RELATION' },
      ...(values.rollup && { rollup: values.rollup }), // shown elsewhere
      text: { ...formula('Words', 'TEXT'), text: 'ROW' },
      sum: { ...formula('Sum', 'NUMBER'), formulaNumber: 2 },
      big: { ...formula('Big', 'CHECKBOX'), checked: true },
      due: { ...formula('Due', 'DATE'), date: { start: '2026-03-01', end: null, timeZone: 'Europe/Berlin' } },
      number_of: { __typename: 'UniqueIdValue', name: 'No', type: 'UNIQUE_ID', uniqueNumber: 12, prefix: 'TASK' },
      created: { __typename: 'CreatedTimeValue', name: 'Made', type: 'CREATED_TIME', createdAt: MADE.toISOString() },
      by: { __typename: 'CreatedByValue', name: 'Made by', type: 'CREATED_BY', createdBy: second },
      edited: {
        __typename: 'LastEditedTimeValue',
        name: 'Changed',
        type: 'LAST_EDITED_TIME',
        lastEditedAt: MADE.toISOString(),
      },
      editor: { __typename: 'LastEditedByValue', name: 'Changed by', type: 'LAST_EDITED_BY', lastEditedBy: third },
      verified: {
        __typename: 'VerificationValue',
        name: 'Verified',
        type: 'VERIFICATION',
        state: 'VERIFIED',
        date: { start: '2026-01-01', end: '2026-03-01T00:00:00.001Z', timeZone: null },
        verifiedBy: first,
      },
      button: { __typename: 'ButtonValue', name: 'Press', type: 'BUTTON' },
      place: {
        __typename: 'PlaceValue',
        name: 'Where',
        type: 'PLACE',
        latitude: 52.5,
        longitude: 13.4,
        placeName: 'Office',
        address: 'Street 1',
        googlePlaceId: 'g',
        awsPlaceId: null,
      },
    });
  });

  const formula = (name: string, result: string) => ({
    __typename: 'FormulaValue',
    name,
    type: 'FORMULA',
    result,
    text: null,
    formulaNumber: null,
    checked: null,
    date: null,
  });

  test('and nothing where nothing is stored', async () => {
    const { values } = await valuesOf(reader, empty);
    expect(values.status!.option).toBeNull();
    expect(values.people!.people).toEqual({ totalCount: 0, nodes: [] });
    expect(values.text).toEqual(formula('Words', 'TEXT'));
    expect(values.number_of).toMatchObject({ uniqueNumber: null, prefix: 'TASK' });
    expect(values.by!.createdBy).toBeNull();
    expect(values.verified).toMatchObject({ state: 'UNVERIFIED', date: null, verifiedBy: null });
    expect(values.place).toMatchObject({ latitude: null, longitude: null, placeName: null });
  });

  test('a verification as expired from the very time on until which it holds', async () => {
    const before = now;
    now = new Date(before.getTime() + 1);
    expect((await valuesOf(reader, row)).values.verified!.state).toBe('EXPIRED');
    now = before;
    expect((await valuesOf(reader, row)).values.verified!.state).toBe('VERIFIED');
  });
});

describe('Of people a row shows', () => {
  const shownTo = async (asker: Asker) => {
    const { values, redacted } = await valuesOf(asker, row);
    const { nodes } = values.people!.people as { nodes: object[] };
    return {
      shown: [...nodes, values.by!.createdBy, values.editor!.lastEditedBy, values.verified!.verifiedBy],
      redacted,
    };
  };
  const all = () => [...people, people[1]!, people[2]!, people[0]!];

  test('the id alone without USER_READ, with receipts', async () => {
    const { shown, redacted } = await shownTo(reader);
    expect(shown).toEqual(all().map(masked));
    expect(redacted).toEqual(['Person.email', 'Person.name']);
  });

  test('names with it, addresses with USER_READ_EMAIL', async () => {
    for (const capability of ['USER_READ', 'USER_READ_EMAIL'] as const) {
      const asker = await world.connection(['CONTENT_READ', capability]);
      await world.share(asker, source);
      const { shown, redacted } = await shownTo(asker);
      const hidden = capability === 'USER_READ' ? { email: null } : {};
      expect(shown).toEqual(all().map(({ id, name, email }) => ({ id, name, email, ...hidden })));
      expect(redacted).toEqual(capability === 'USER_READ' ? ['Person.email'] : []);
    }
  });

  test('nothing at all to who may not read the row', async () => {
    const asker = await world.connection(['CONTENT_UPDATE', 'USER_READ_EMAIL']);
    await world.share(asker, source);
    const { data } = await world.ask<{ page: object }, object>(
      asker,
      `query Q($id: ID!) { page(id: $id) { id ${VALUES} } }`,
      { id: row },
    );
    expect(data).toEqual({ page: { id: row, properties: null } });
  });

  test('a page at a time, forwards and backwards, also when somebody is taken out in between', async () => {
    const asked = async (range: string) => {
      const { data, errors } = await world.ask<{ page: { property: { people: People } } }, object>(
        reader,
        `{ page(id: "${row}") { property(id: "people") { ... on PeopleValue { people(${range}) {
           totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage } } } } } }`,
      );
      return { errors, list: data?.page.property.people };
    };
    const [first, second, third] = people.map(({ id }) => id);
    const one = (await asked('first: 2')).list!;
    expect([one.totalCount, one.nodes, one.pageInfo.hasNextPage]).toEqual([3, [{ id: first }, { id: second }], true]);
    const after = one.edges[1]!.cursor;
    const rest = (await asked(`first: 2, after: "${after}"`)).list!;
    expect([rest.nodes, rest.pageInfo]).toEqual([[{ id: third }], { hasNextPage: false, hasPreviousPage: true }]);
    const back = (await asked(`last: 2, before: "${rest.edges[0]!.cursor}"`)).list!;
    expect([back.nodes, back.pageInfo.hasPreviousPage]).toEqual([[{ id: first }, { id: second }], false]);
    const stored = JSON.stringify([first, third]);
    await world.sql(`update row_value set props = jsonb_set(props, '{people}', $1) where page_id = $2`, [stored, row]);
    expect((await asked(`first: 2, after: "${after}"`)).list!.nodes).toEqual([{ id: third }]);
    expect((await asked(`last: 2, before: "${after}"`)).list!.nodes).toEqual([{ id: first }]);
    await world.sql(`update row_value set props = jsonb_set(props, '{people}', $1) where page_id = $2`, [
      JSON.stringify([first, second, third]),
      row,
    ]);
    const { errors } = await world.ask(
      reader,
      `{ page(id: "${empty}") { property(id: "people") { ... on PeopleValue { people(after: "${after}") { nodes { id } } } } } }`,
    );
    expect(errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');
  });
  interface People {
    totalCount: number;
    nodes: { id: Id }[];
    edges: { cursor: string }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
  }
});

describe('A column says', () => {
  const SCHEMA = `properties { __typename id name type description
    ... on NumberProperty { format }
    ... on StatusProperty { options { id name color description } groups { id name color options { id } } }
    ... on RelationProperty { dataSourceId syncedProperty { id name } }
    ... on RollupProperty { relationPropertyId rollupPropertyId function }
    ... on FormulaProperty { expression result } ... on UniqueIdProperty { prefix } }`;
  const columnsFor = async (asker: Asker) => {
    const { data, errors } = await world.ask<{ dataSource: { properties: { id: string }[] } }, object>(
      asker,
      `{ dataSource(id: "${source}") { ${SCHEMA} } }`,
    );
    expect(errors).toBeUndefined();
    return Object.fromEntries(data!.dataSource.properties.map((column) => [column.id, column]));
  };

  test('how it is set up', async () => {
    const columns = await columnsFor(reader);
    expect(columns.title).toMatchObject({ __typename: 'PlainProperty', description: 'What it is called' });
    expect(columns.number).toMatchObject({ __typename: 'NumberProperty', format: 'euro', description: null });
    expect(columns.status).toMatchObject({
      options: options.map((option) => ({ color: 'DEFAULT', description: null, ...option })),
      groups: [
        { id: start, name: 'Not begun', color: 'DEFAULT', options: [{ id: todo }] },
        { id: end, name: 'Complete', color: 'GREEN', options: [{ id: done }, { id: doing }] },
      ],
    });
    expect(columns.rollup).toMatchObject({
      relationPropertyId: 'relation',
      rollupPropertyId: 'title',
      function: 'COUNT',
    });
    expect(columns.text).toMatchObject({ expression: 'upper(prop("Name"))', result: 'TEXT' });
    expect(columns.number_of).toMatchObject({ prefix: 'TASK' });
  });

  test('nothing of the other side of a relation while that is out of reach', async () => {
    expect((await columnsFor(reader)).relation).toMatchObject({ dataSourceId: null, syncedProperty: null });
  });

  test('nor of its column when the data source may be named but not read', async () => {
    const asker = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);
    await world.share(asker, source);
    await world.share(asker, other, { access: ['UPDATE'] });
    expect((await columnsFor(asker)).relation).toMatchObject({ dataSourceId: other, syncedProperty: null });
  });

  test('and what it is called there to who reads both', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    for (const id of [source, other]) await world.share(asker, id);
    expect((await columnsFor(asker)).relation).toMatchObject({
      dataSourceId: other,
      syncedProperty: { id: 'back', name: 'Tasks' },
    });
  });
});
