// What rows come to, as a client asks for it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import type { PropertySchema } from '../../src/property/property.js';
import { canary, Scanner } from '../gate/canary.js';
import { type Answer, type Asker, openWorld, type World } from '../world.js';

const [red, blue, green] = [newId(), newId(), newId()];
const [todo, done] = [newId(), newId()];

let world: World;
let now: Date | null = null;
let reader: Asker;
let writer: Asker;
let stranger: Asker;
let source: Id;
let open: Id;
let person: Id;
const secret = canary('Title');
const secretName = canary('Name');

beforeAll(async () => {
  world = await openWorld({ limits: { maxAliases: 100 }, clock: () => now ?? new Date() });
  const hall = await world.page({ title: 'Hall' });
  open = await world.page({ title: 'Open' });
  const closed = await world.page({ title: secret });
  person = (await world.person({ name: secretName })).id;
  const columns: PropertySchema[] = [
    { id: 'title', name: 'Name', type: 'TITLE' },
    { id: 'price', name: 'Price', type: 'NUMBER' },
    { id: 'due', name: 'Due', type: 'DATE' },
    { id: 'ok', name: 'Done', type: 'CHECKBOX' },
    {
      id: 'color',
      name: 'Colour',
      type: 'SELECT',
      options: [
        { id: red, name: 'Red' },
        { id: blue, name: 'Blue' },
        { id: green, name: 'Green' },
      ],
    },
    {
      id: 'stage',
      name: 'Stage',
      type: 'STATUS',
      options: [
        { id: done, name: 'Done' },
        { id: todo, name: 'To do' },
      ],
      groups: [
        { id: newId(), name: 'Open', optionIds: [todo] },
        { id: newId(), name: 'Closed', optionIds: [done] },
      ],
    },
    {
      id: 'tags',
      name: 'Tags',
      type: 'MULTI_SELECT',
      options: [
        { id: red, name: 'Red' },
        { id: blue, name: 'Blue' },
      ],
    },
    { id: 'who', name: 'Who', type: 'PEOPLE' },
    { id: 'rel', name: 'Related', type: 'RELATION', dataSourceId: null },
    { id: 'sum', name: 'Sum', type: 'ROLLUP', relationPropertyId: 'rel', rollupPropertyId: 'x', function: 'SUM' },
  ];
  ({ dataSourceId: source } = await world.database({ title: 'Things', under: hall, properties: columns }));
  const row = (title: string, props: object) => ({ id: newId(), under: source, title, props: props as never });
  await world.pages([
    row('a', {
      price: 0.1,
      due: { start: '2026-01-31' },
      ok: true,
      color: red,
      stage: done,
      tags: [red, blue],
      who: [person],
      rel: [open, closed],
    }),
    row('b', {
      price: 0.2,
      due: { start: '2026-01-31T23:30:00.000Z' },
      color: blue,
      stage: todo,
      tags: [red],
      rel: [closed],
    }),
    row('c', { price: 5, due: { start: '2025-12-31', end: '2027-01-01' }, color: red, tags: [newId()] }),
    row('d', { color: newId() }),
  ]);
  const hidden = await world.database({ title: 'Hidden', properties: columns });
  await world.pages([
    {
      id: newId(),
      under: hidden.dataSourceId,
      title: secret,
      props: { price: 1e6, color: green, due: { start: '1999-01-01' } },
    },
  ]);
  reader = await world.connection(['CONTENT_READ']);
  writer = await world.connection(['CONTENT_UPDATE', 'USER_READ']);
  stranger = await world.connection(['CONTENT_READ']);
  for (const id of [hall, open]) await world.share(reader, id);
  await world.share(writer, hall);
});
afterAll(() => world[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: whatever a test selects
type Shown = any;

const ask = (text: string, asker = reader): Promise<Answer<{ dataSource: Shown }>> =>
  world.ask(asker, `{ dataSource(id: "${source}") { id ${text} } }`);

async function shown(text: string): Promise<Shown> {
  const { data, errors } = await ask(text);
  expect(errors).toBeUndefined();
  const { id: _, ...fields } = data!.dataSource;
  return fields;
}

async function groups(by: string, answers = 'count'): Promise<Shown[]> {
  const { groups } = await shown(
    `groups(by: { ${by} }) { totalCount nodes { key { value ... on OptionKey { option { name } } } ${answers} } }`,
  );
  expect(groups.totalCount).toBe(groups.nodes.length);
  return groups.nodes;
}

describe('All rows together', () => {
  test('numbers: added up exactly, empty ones left aside', async () => {
    expect(
      await shown('aggregate { count numbers(name: "Price") { count sum average median min max range } }'),
    ).toEqual({
      aggregate: {
        count: 4,
        numbers: { count: 3, sum: 5.3, average: 5.3 / 3, median: 0.2, min: 0.1, max: 5, range: 4.9 },
      },
    });
  });

  test('dates by where they begin, as they were written', async () => {
    expect(await shown('aggregate { dates(name: "Due") { count earliest latest } }')).toEqual({
      aggregate: { dates: { count: 3, earliest: '2025-12-31', latest: '2026-01-31T23:30:00.000Z' } },
    });
  });

  test('checkboxes and values of any type; what one sees nothing of counts as empty', async () => {
    const text = `aggregate { checkboxes(name: "Done") { checked unchecked }
      select: values(name: "Colour") { empty notEmpty count unique } tags: values(name: "Tags") { empty notEmpty count unique }
      related: values(name: "Related") { empty notEmpty count unique } title: values(id: "title") { empty unique } }`;
    expect(await shown(text)).toEqual({
      aggregate: {
        checkboxes: { checked: 1, unchecked: 3 },
        select: { empty: 1, notEmpty: 3, count: 3, unique: 2 },
        tags: { empty: 2, notEmpty: 2, count: 3, unique: 2 },
        related: { empty: 3, notEmpty: 1, count: 1, unique: 1 },
        title: { empty: 0, unique: 4 },
      },
    });
  });

  test('of the rows a filter keeps; of none there is nothing', async () => {
    const numbers =
      'count numbers(id: "price") { count sum average median min max range } dates(id: "due") { count earliest }';
    const found = await shown(
      `some: aggregate(filter: { property: { id: "color", select: { equals: ["Red"] } } }) { ${numbers} }
       none: aggregate(filter: { or: [] }) { ${numbers} }`,
    );
    expect(found.some).toMatchObject({ count: 2, numbers: { sum: 5.1, count: 2 } });
    expect(found.none).toEqual({
      count: 0,
      numbers: { count: 0, sum: null, average: null, median: null, min: null, max: null, range: null },
      dates: { count: 0, earliest: null },
    });
  });

  test('a sum beyond what a Float holds is null, and so is all that comes of it', async () => {
    const { dataSourceId } = await world.database({ properties: [{ id: 'n', name: 'N', type: 'NUMBER' }] });
    await world.pages([1, 2].map(() => ({ id: newId(), under: dataSourceId, props: { n: 1.7e308 } })));
    await world.share(reader, dataSourceId);
    const { data } = await world.ask<{ dataSource: Shown }, object>(
      reader,
      `{ dataSource(id: "${dataSourceId}") { aggregate { numbers(id: "n") { count sum average max } } } }`,
    );
    expect(data!.dataSource.aggregate.numbers).toEqual({ count: 2, sum: null, average: null, max: 1.7e308 });
  });
});

describe('Group by group', () => {
  test('options in the order of their column; rows without one are the last group', async () => {
    expect(await groups('property: { name: "Colour" }', 'count numbers(name: "Price") { sum }')).toEqual([
      { key: { value: red, option: { name: 'Red' } }, count: 2, numbers: { sum: 5.1 } },
      { key: { value: blue, option: { name: 'Blue' } }, count: 1, numbers: { sum: 0.2 } },
      { key: null, count: 1, numbers: { sum: null } },
    ]);
  });

  test('a status group by group', async () => {
    const nodes = await groups('property: { name: "Stage" }');
    expect(nodes.map(({ key, count }) => [key?.option.name, count])).toEqual([
      ['To do', 1],
      ['Done', 1],
      [undefined, 2],
    ]);
  });

  test('a row that holds several options counts in each of its groups', async () => {
    const nodes = await groups('property: { name: "Tags" }');
    expect(nodes.map(({ key, count }) => [key?.option.name, count])).toEqual([
      ['Red', 2],
      ['Blue', 1],
      [undefined, 2],
    ]);
  });

  test('people by id, whatever one may know of them; pages that one may read', async () => {
    expect(await groups('property: { name: "Who" }')).toEqual([
      { key: { value: person }, count: 1 },
      { key: null, count: 3 },
    ]);
    expect(await groups('property: { name: "Related" }')).toEqual([
      { key: { value: open }, count: 1 },
      { key: null, count: 3 },
    ]);
  });

  test('checkboxes: unchecked first, and never empty', async () => {
    expect(await groups('property: { name: "Done" }')).toEqual([
      { key: { value: 'false' }, count: 3 },
      { key: { value: 'true' }, count: 1 },
    ]);
  });

  test.each([
    ['DAY', 'UTC', ['2025-12-31 1', '2026-01-31 2', 'null 1']],
    ['DAY', 'Europe/Berlin', ['2025-12-31 1', '2026-01-31 1', '2026-02-01 1', 'null 1']],
    ['WEEK', 'UTC', ['2025-12-29 1', '2026-01-26 2', 'null 1']],
    ['MONTH', 'Europe/Berlin', ['2025-12-01 1', '2026-01-01 1', '2026-02-01 1', 'null 1']],
    ['QUARTER', 'UTC', ['2025-10-01 1', '2026-01-01 2', 'null 1']],
    ['YEAR', 'UTC', ['2025-01-01 1', '2026-01-01 2', 'null 1']],
  ])('dates by %s as %s has it; a date without a time is that day everywhere', async (unit, timeZone, due) => {
    const nodes = await groups(`property: { name: "Due", unit: ${unit}, timeZone: "${timeZone}" }`);
    expect(nodes.map(({ key, count }) => `${key?.value ?? null} ${count}`)).toEqual(due);
  });

  test('of rows whose days are in the time zone of the filter', async () => {
    const filter = 'filter: { property: { name: "Due", date: { equals: "2026-02-01" } } }';
    for (const [timeZone, count] of [
      ['UTC', 0],
      ['Europe/Berlin', 1],
    ]) {
      const { aggregate, groups } = await shown(
        `aggregate(${filter}, timeZone: "${timeZone}") { count }
         groups(${filter}, timeZone: "${timeZone}", by: { property: { name: "Colour" } }) { totalCount }`,
      );
      expect([aggregate.count, groups.totalCount]).toEqual([count, count]);
    }
  });

  test('of one moment on all pages, where the filter counts from now', async () => {
    const by = 'by: { property: { name: "Colour" } }, filter: { property: { name: "Due", date: { pastYear: true } } }';
    const page = 'totalCount nodes { count } pageInfo { endCursor }';
    now = new Date('2026-06-01T00:00:00Z');
    const first = (await shown(`groups(first: 1, ${by}) { ${page} }`)).groups;
    expect(first).toMatchObject({ totalCount: 2, nodes: [{ count: 2 }] });
    now = new Date('2036-06-01T00:00:00Z');
    const rest = (await shown(`groups(first: 1, after: "${first.pageInfo.endCursor}", ${by}) { ${page} }`)).groups;
    expect(rest).toMatchObject({ totalCount: 2, nodes: [{ count: 1 }] });
    expect((await shown(`groups(${by}) { totalCount }`)).groups.totalCount).toBe(0);
    now = null;
  });

  test('a cursor belongs to its grouping and its filter', async () => {
    const page = 'nodes { count } pageInfo { endCursor }';
    const { groups } = await shown(`groups(first: 1, by: { property: { id: "color" } }) { ${page} }`);
    const after = `first: 1, after: "${groups.pageInfo.endCursor}"`;
    expect((await shown(`groups(${after}, by: { property: { id: "color" } }) { ${page} }`)).groups.nodes).toEqual([
      { count: 1 },
    ]);
    for (const other of [
      'by: { property: { id: "tags" } }',
      'by: { property: { id: "color" } }, filter: { and: [] }',
    ]) {
      const { errors } = await ask(`groups(${after}, ${other}) { ${page} }`);
      expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    }
  });
});

describe('What does not fit is refused, and says what was expected', () => {
  test.each([
    [
      'an unknown column',
      'aggregate { numbers(name: "Prize") { sum } }',
      /no property with the name "Prize"; expected one of "Name", "Price"/,
    ],
    ['a column by neither', 'aggregate { numbers { sum } }', /Name a property by name or by id, but got: neither/],
    [
      'numbers of a text',
      'aggregate { numbers(name: "Name") { sum } }',
      /"Name" is TITLE, but numbers takes: NUMBER, UNIQUE_ID/,
    ],
    ['dates of numbers', 'aggregate { dates(name: "Price") { latest } }', /"Price" is NUMBER, but dates takes: DATE/],
    [
      'checkboxes of dates',
      'aggregate { checkboxes(name: "Due") { checked } }',
      /"Due" is DATE, but checkboxes takes: CHECKBOX/,
    ],
    [
      'values of a rollup',
      'aggregate { values(name: "Sum") { empty } }',
      /"Sum" is ROLLUP, but values takes: any but ROLLUP/,
    ],
    [
      'groups of numbers',
      'groups(by: { property: { name: "Price" } }) { totalCount }',
      /"Price" is NUMBER, which makes no groups/,
    ],
    [
      'spans of options',
      'groups(by: { property: { name: "Colour", unit: DAY } }) { totalCount }',
      /unit and timeZone are for dates/,
    ],
    [
      'no time zone',
      'groups(by: { createdAt: { timeZone: "Nowhere" } }) { totalCount }',
      /expects an IANA name like "Europe\/Berlin", but got: "Nowhere"/,
    ],
    ['an offset', 'groups(by: { createdAt: { timeZone: "+01:00" } }) { totalCount }', /expects an IANA name/],
    ['too many groups', 'groups(first: 101, by: { createdAt: {} }) { totalCount }', /first must be between 1 and 100/],
  ])('%s', async (_, text, message) => {
    const { errors } = await ask(text);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID' } }]);
    expect(errors![0]!.message).toMatch(message);
  });
});

describe('Whoever may not read the rows', () => {
  const questions = (name: string) => [
    `aggregate { count }`,
    `aggregate { numbers(name: "${name}") { sum } }`,
    `aggregate(filter: { property: { name: "${name}", number: { equals: 1 } } }) { count }`,
    `groups(by: { property: { name: "${name}" } }) { totalCount nodes { key { value } } }`,
    `groups(by: { lastEditedAt: {} }) { totalCount }`,
  ];

  test('is refused with an error, the same for columns that are there and columns that are not', async () => {
    for (const [index, text] of questions('Price').entries()) {
      const there = await ask(text, writer);
      expect(there.errors).toMatchObject([{ extensions: { code: 'CAPABILITY_MISSING', needs: [['CONTENT_READ']] } }]);
      const missing = await ask(questions('Prize')[index]!, writer);
      expect(missing.text).toBe(there.text);
    }
  });

  test('and what is out of reach comes to nothing at all', async () => {
    for (const text of questions('Price')) {
      const { data, errors } = await ask(text, stranger);
      expect([data, errors]).toEqual([{ dataSource: null }, undefined]);
    }
  });
});

test('nothing that is hidden shows in a key, a figure or an error', async () => {
  const scanner = new Scanner([secret, secretName]);
  const keys = 'key { value ... on UserKey { user { id name } } ... on PageKey { page { id title } } }';
  for (const text of [
    `groups(by: { property: { name: "Related" } }) { nodes { ${keys} values(name: "Related") { unique } } }`,
    `groups(by: { property: { name: "Who" } }) { nodes { ${keys} } }`,
    `groups(by: { property: { name: "${secret.slice(0, 9)}" } }) { nodes { ${keys} } }`,
    'aggregate { numbers(name: "Price") { max sum } dates(name: "Due") { earliest } values(name: "Colour") { unique } }',
  ]) {
    for (const asker of [reader, writer, stranger]) expect(scanner.find((await ask(text, asker)).text)).toEqual([]);
  }
  expect(scanner.find(world.logLines.join('\n'))).toEqual([]);
});

test('all that is asked of all groups takes one statement more than the groups', async () => {
  const sent = async (text: string) => {
    world.statements.length = 0;
    await shown(text);
    return world.statements.filter((statement) => /\bcount\(|array\[/.test(statement)).length;
  };
  const summaries = `numbers(name: "Price") { sum median } dates(name: "Due") { latest } values(name: "Tags") { count unique empty }`;
  expect(await sent(`aggregate { count ${summaries} }`)).toBe(1);
  for (const first of [1, 10, 100]) {
    expect(
      await sent(
        `groups(first: ${first}, by: { property: { id: "tags" } }) { totalCount nodes { count ${summaries} } }`,
      ),
    ).toBe(2);
  }
});
