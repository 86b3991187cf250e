// Rollups, as a client asks for them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import type { PropertySchema, RollupFunction } from '../../src/property/property.js';
import { canary, Scanner } from '../gate/canary.js';
import { type Answer, type Asker, openWorld, type World } from '../world.js';

const MAX_CANDIDATES = 5;

const [todo, done] = [newId(), newId()];
const [first, last] = [newId(), newId()];
const secret = canary('Title');

let world: World;
/** Reads both tables. */
let reader: Asker;
/** Reads the projects, and two of the tasks by themselves. */
let partly: Asker;
/** Reads the projects alone. */
let blind: Asker;
let writer: Asker;
let projects: Id;
let tasks: Id;
const rows = { web: newId(), app: newId(), idle: newId() };
const task = { a: newId(), b: newId(), c: newId(), d: newId() };

const taskColumns: PropertySchema[] = [
  { id: 'title', name: 'Name', type: 'TITLE' },
  { id: 'hours', name: 'Hours', type: 'NUMBER' },
  { id: 'due', name: 'Due', type: 'DATE' },
  { id: 'ok', name: 'Checked', type: 'CHECKBOX' },
  {
    id: 'tags',
    name: 'Tags',
    type: 'MULTI_SELECT',
    options: [
      { id: todo, name: 'T' },
      { id: done, name: 'D' },
    ],
  },
  {
    id: 'stage',
    name: 'Stage',
    type: 'STATUS',
    options: [
      { id: todo, name: 'To do' },
      { id: done, name: 'Done' },
    ],
    groups: [
      { id: first, name: 'Open', optionIds: [todo] },
      { id: last, name: 'Closed', optionIds: [done] },
    ],
  },
  { id: 'calc', name: 'Calculated', type: 'FORMULA', expression: '1', result: 'NUMBER' },
  { id: 'nest', name: 'Nested', type: 'ROLLUP', relationPropertyId: 'x', rollupPropertyId: 'y', function: 'SUM' },
];

const ROLLUPS: Record<string, [RollupFunction, target: string, along?: string]> = {
  count: ['COUNT', 'hours'],
  sum: ['SUM', 'hours'],
  median: ['MEDIAN', 'hours'],
  percent: ['PERCENT_CHECKED', 'ok'],
  latest: ['LATEST_DATE', 'due'],
  range: ['DATE_RANGE', 'due'],
  stages: ['COUNT_PER_GROUP', 'stage'],
  tags: ['SHOW_UNIQUE', 'tags'],
  names: ['SHOW_ORIGINAL', 'title'],
  misfit: ['SUM', 'title'],
  formula: ['SUM', 'calc'],
  nested: ['MAX', 'nest'],
  gone: ['SUM', 'nowhere'],
  astray: ['SUM', 'hours', 'lost'],
  mixed: ['COUNT', 'hours', 'any'],
};

beforeAll(async () => {
  world = await openWorld({ limits: { maxAliases: 100, maxRollupCandidates: MAX_CANDIDATES } });
  const [hall, cellar] = [await world.page({ title: 'Hall' }), await world.page({ title: 'Cellar' })];
  ({ dataSourceId: tasks } = await world.database({ title: secret, under: cellar, properties: taskColumns }));
  ({ dataSourceId: projects } = await world.database({
    title: 'Projects',
    under: hall,
    properties: [
      { id: 'title', name: 'Name', type: 'TITLE' },
      { id: 'size', name: 'Size', type: 'NUMBER' },
      { id: 'rel', name: 'Tasks', type: 'RELATION', dataSourceId: tasks },
      { id: 'any', name: 'Anything', type: 'RELATION', dataSourceId: null },
      ...Object.entries(ROLLUPS).map(([id, [made, target, along = 'rel']]): PropertySchema => {
        return { id, name: id, type: 'ROLLUP', relationPropertyId: along, rollupPropertyId: target, function: made };
      }),
    ],
  }));
  await world.pages([
    {
      id: task.a,
      title: 'a',
      under: tasks,
      props: { hours: 0.1, ok: true, due: { start: '2026-01-31' }, stage: todo, tags: [todo, done] },
    },
    {
      id: task.b,
      title: 'b',
      under: tasks,
      props: { hours: 0.2, due: { start: '2026-02-01T09:00:00.000Z' }, stage: done, tags: [done] },
    },
    {
      id: task.c,
      title: secret,
      under: tasks,
      props: { hours: 1e6, ok: true, due: { start: '2099-01-01' }, stage: done, tags: [todo] },
    },
    { id: task.d, title: 'd', under: tasks, props: {} },
    {
      id: rows.web,
      title: 'Web',
      under: projects,
      props: { size: 1, rel: [task.c, task.b, task.a, newId(), task.d], any: [hall, cellar, task.a] },
    },
    { id: rows.app, title: 'App', under: projects, props: { size: 2, rel: [task.c] } },
    { id: rows.idle, title: 'Idle', under: projects, props: { size: 3 } },
  ]);
  reader = await world.connection(['CONTENT_READ']);
  partly = await world.connection(['CONTENT_READ']);
  blind = await world.connection(['CONTENT_READ']);
  writer = await world.connection(['CONTENT_UPDATE']);
  for (const id of [hall, cellar]) await world.share(reader, id);
  for (const id of [hall, task.a, task.b]) await world.share(partly, id);
  await world.share(blind, hall);
  await world.share(writer, hall);
});
afterAll(() => world[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: whatever a test selects
type Shown = any;

const RESULT = `function result { __typename type ... on RollupNumber { number } ... on RollupDate { date }
  ... on RollupDateRange { start end } ... on RollupGroups { groups { group { name options { id } } count share } }
  ... on RollupUnsupported { reason } ... on RollupValues { values(first: 2) { totalCount
    nodes { ... on TitleValue { title } ... on MultiSelectValue { options { name } } } pageInfo { endCursor hasNextPage } } } }`;

async function rollup(row: Id, id: string, asker = reader, answers = RESULT): Promise<Shown> {
  const { data, errors } = await world.ask<{ page: { property: Shown } }, object>(
    asker,
    `{ page(id: "${row}") { property(id: "${id}") { ... on RollupValue { ${answers} } } } }`,
  );
  expect(errors).toBeUndefined();
  return data!.page.property.result;
}

const ask = (args: string, asker = reader, answers = 'totalCount nodes { title }'): Promise<Answer<Shown>> =>
  world.ask(asker, `{ dataSource(id: "${projects}") { id rows(${args}) { ${answers} } } }`);

async function titles(args: string, asker = reader): Promise<string[]> {
  const { data, errors } = await ask(args, asker);
  expect(errors).toBeUndefined();
  const { nodes, totalCount } = data.dataSource.rows;
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ title }: Shown) => title);
}

describe('What related rows come to', () => {
  test('is made of those that one reads', async () => {
    expect(await rollup(rows.web, 'sum')).toEqual({ __typename: 'RollupNumber', type: 'NUMBER', number: 1_000_000.3 });
    expect((await rollup(rows.web, 'sum', partly)).number).toBe(0.3);
    expect((await rollup(rows.web, 'sum', blind)).number).toBe(null);
    expect((await rollup(rows.web, 'count')).number).toBe(4);
    expect((await rollup(rows.web, 'count', partly)).number).toBe(2);
    expect((await rollup(rows.web, 'count', blind)).number).toBe(0);
    expect((await rollup(rows.web, 'median')).number).toBe(0.2);
    expect((await rollup(rows.web, 'percent')).number).toBe(0.5);
    expect((await rollup(rows.web, 'latest')).date).toBe('2099-01-01');
    expect((await rollup(rows.web, 'latest', partly)).date).toBe('2026-02-01T09:00:00.000Z');
    expect(await rollup(rows.web, 'range', partly)).toMatchObject({
      start: '2026-01-31',
      end: '2026-02-01T09:00:00.000Z',
    });
  });

  test('is by the groups of a status, those without a row as well', async () => {
    expect((await rollup(rows.app, 'stages')).groups).toEqual([
      { group: { name: 'Open', options: [{ id: todo }] }, count: 0, share: 0 },
      { group: { name: 'Closed', options: [{ id: done }] }, count: 1, share: 1 },
    ]);
    expect((await rollup(rows.idle, 'stages')).groups.map(({ share }: Shown) => share)).toEqual([null, null]);
    expect((await rollup(rows.app, 'stages', blind)).groups).toEqual([]);
  });

  test('is values that page like any list', async () => {
    const shown = (await rollup(rows.web, 'names')).values;
    expect([shown.totalCount, shown.nodes, shown.pageInfo.hasNextPage]).toEqual([
      4,
      [{ title: secret }, { title: 'b' }],
      true,
    ]);
    const on = `function result { ... on RollupValues { values(first: 2, after: "${shown.pageInfo.endCursor}") {
      totalCount nodes { ... on TitleValue { title } } pageInfo { hasNextPage } } } }`;
    expect((await rollup(rows.web, 'names', reader, on)).values).toEqual({
      totalCount: 4,
      nodes: [{ title: 'a' }, { title: 'd' }],
      pageInfo: { hasNextPage: false },
    });
    expect((await rollup(rows.web, 'names', partly)).values.nodes).toEqual([{ title: 'b' }, { title: 'a' }]);
  });

  test('is different values, one by one where a row holds several, from either end', async () => {
    const { nodes, totalCount, pageInfo } = (await rollup(rows.web, 'tags')).values;
    expect([totalCount, nodes]).toEqual([2, [{ options: [{ name: 'T' }] }, { options: [{ name: 'D' }] }]]);
    const walk = (args: string) =>
      rollup(
        rows.web,
        'tags',
        reader,
        `result { ... on RollupValues { values(${args}) { nodes { ... on MultiSelectValue { options { name } } } pageInfo { startCursor endCursor hasPreviousPage } } } }`,
      );
    const one = (await walk('last: 1')).values;
    expect([one.nodes, one.pageInfo.hasPreviousPage]).toEqual([[{ options: [{ name: 'D' }] }], true]);
    expect((await walk(`last: 1, before: "${one.pageInfo.startCursor}"`)).values.nodes).toEqual([
      { options: [{ name: 'T' }] },
    ]);
    expect((await walk(`first: 1, after: "${pageInfo.endCursor}"`)).values.nodes).toEqual([]);
  });

  test('is nothing where the function does not go with the column, and says why', async () => {
    const reason = async (id: string, asker = reader) => (await rollup(rows.web, id, asker)).reason;
    expect(await reason('misfit')).toBe('SUM takes NUMBER or UNIQUE_ID, but the column is TITLE.');
    expect(await reason('formula')).toBe(
      'It sums up a column that is FORMULA: what is itself computed is not summed up.',
    );
    expect(await reason('nested')).toMatch(/that is ROLLUP/);
    expect(await reason('gone')).toBe('The column it sums up is not there.');
    expect(await reason('astray')).toBe('The relation it goes along is not there.');
    expect(await reason('misfit', partly)).toMatch(/is TITLE/); // a row that is read shows its columns
  });

  test('counts pages of any kind where a relation points to several data sources', async () => {
    expect((await rollup(rows.web, 'mixed')).number).toBe(3);
    expect((await rollup(rows.web, 'mixed', blind)).number).toBe(1);
  });
});

describe('Whoever reads nothing of what is related', () => {
  test('sees the same whatever the column is, and whether it is there', async () => {
    const nothing = { __typename: 'RollupNumber', type: 'NUMBER', number: null };
    for (const id of ['sum', 'misfit', 'formula', 'nested', 'gone']) {
      expect(await rollup(rows.web, id, blind), id).toEqual(nothing);
      expect(await rollup(rows.idle, id, blind), id).toEqual(nothing);
    }
    expect((await rollup(rows.web, 'tags', blind)).values).toMatchObject({ totalCount: 0, nodes: [] });
  });

  test('can neither filter nor sort by it, in words that do not depend on what is there', async () => {
    const questions = (id: string) => [
      `filter: { property: { id: "${id}", rollup: { number: { greaterThan: 5 } } } }`,
      `filter: { property: { id: "${id}", rollup: { any: { text: { equals: "a" } } } } }`,
      `orderBy: [{ property: { id: "${id}" } }]`,
    ];
    const unnamed = ({ text }: Answer, id: string) =>
      text.replaceAll(`\\"${id}\\"`, 'it').replace(/"remaining":\d+/, '');
    for (const asker of [blind, partly]) {
      for (const [index, text] of questions('sum').entries()) {
        const there = await ask(text, asker);
        expect(there.errors).toMatchObject([{ extensions: { code: 'INVALID' } }]);
        expect(there.errors![0]!.message).toMatch(/sums up rows of no data source that you may read/);
        for (const id of ['misfit', 'formula', 'gone']) {
          expect(unnamed(await ask(questions(id)[index]!, asker), id)).toBe(unnamed(there, 'sum'));
        }
      }
    }
  });

  test('and without READ there are no rows at all', async () => {
    const { data, errors } = await ask(
      'filter: { property: { id: "sum", rollup: { number: { equals: 1 } } } }',
      writer,
    );
    expect([data.dataSource, errors]).toEqual([{ id: projects, rows: null }, undefined]);
  });
});

describe('Filters and orders by a rollup', () => {
  test('compare what it comes to', async () => {
    const by = (id: string, rollup: string) =>
      titles(`filter: { property: { id: "${id}", rollup: { ${rollup} } } }, orderBy: [{ property: { id: "title" } }]`);
    expect(await by('sum', 'number: { greaterThan: 5 }')).toEqual(['App', 'Web']);
    expect(await by('sum', 'number: { isEmpty: true }')).toEqual(['Idle']);
    expect(await by('count', 'number: { equals: 0 }')).toEqual(['Idle']);
    expect(await by('latest', 'date: { onOrAfter: "2099-01-01" }')).toEqual(['App', 'Web']);
    expect(await by('names', 'any: { text: { equals: "a" } }')).toEqual(['Web']);
    expect(await by('names', `every: { text: { equals: "${secret}" } }`)).toEqual(['App', 'Idle']);
    expect(await by('names', 'none: { text: { equals: "b" } }')).toEqual(['App', 'Idle']);
    expect(await by('tags', 'any: { multiSelect: { contains: ["D"] } }')).toEqual(['Web']);
    expect(await titles('orderBy: [{ property: { id: "count", direction: DESC } }]')).toEqual(['Web', 'App', 'Idle']);
    expect(await titles('orderBy: [{ property: { id: "sum", direction: DESC } }]')).toEqual(['Web', 'App', 'Idle']);
  });

  test('go on by cursor', async () => {
    const page = 'nodes { title } pageInfo { endCursor }';
    const order = 'orderBy: [{ property: { id: "sum" } }]';
    const { data } = await ask(`first: 1, ${order}`, reader, page);
    const { nodes, pageInfo } = data.dataSource.rows;
    expect(nodes).toEqual([{ title: 'App' }]);
    expect(await ask(`first: 5, after: "${pageInfo.endCursor}", ${order}`, reader, page)).toMatchObject({
      data: { dataSource: { rows: { nodes: [{ title: 'Web' }, { title: 'Idle' }] } } },
    });
  });

  test.each([
    [
      'another comparison',
      'sum',
      'date: { isEmpty: true }',
      /comes to NUMBER: compare it by any, every, none or number, but got: date/,
    ],
    ['two at once', 'sum', 'number: { equals: 1 }, any: { number: { equals: 1 } }', /exactly one comparison/],
    ['none', 'sum', '', /exactly one comparison, for "sum" any, every, none or number, but got: none/],
    ['a number of values', 'names', 'number: { equals: 1 }', /comes to VALUES: compare it by any, every or none/],
    ['a number of a text', 'misfit', 'number: { equals: 1 }', /comes to nothing. SUM takes NUMBER or UNIQUE_ID/],
    [
      'another type of value',
      'sum',
      'any: { text: { equals: "a" } }',
      /sums up NUMBER: compare it by number, but got: text/,
    ],
    ['values of a formula', 'formula', 'any: { number: { equals: 1 } }', /that is FORMULA/],
    ['a relation that is gone', 'astray', 'number: { equals: 1 }', /goes along a relation that is not there/],
  ])('are refused for %s', async (_, id, rollup, message) => {
    const { errors } = await ask(`filter: { property: { id: "${id}", rollup: { ${rollup} } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID' } }]);
    expect(errors![0]!.message).toMatch(message);
  });

  test('values give no order', async () => {
    const { errors } = await ask('orderBy: [{ property: { id: "names" } }]');
    expect(errors![0]!.message).toMatch(/"names" comes to VALUES, which gives no order/);
  });

  test('look at so many rows and no more: those one reads, and other conditions leave', async () => {
    const hidden = await world.page({ title: 'Elsewhere' });
    const crowd = Array.from({ length: MAX_CANDIDATES }, (_, i) => ({
      id: newId(),
      title: `Crowd ${i}`,
      under: projects,
      props: { size: 9 },
    }));
    const filter = 'property: { id: "count", rollup: { number: { equals: 4 } } }';
    const narrow = `filter: { and: [{ ${filter} }, { property: { id: "size", number: { lessThan: 5 } } }] }`;
    await world.pages(crowd.slice(0, 2));
    expect(await titles(`filter: { ${filter} }`)).toEqual(['Web']); // five there are
    await world.pages(crowd);
    const refused = { extensions: { code: 'COST_EXCEEDED' } };
    for (const args of [
      `filter: { ${filter} }`,
      `filter: { not: { ${filter} } }`,
      `filter: { or: [{ ${filter} }, { property: { id: "size", number: { lessThan: 5 } } }] }`,
      'orderBy: [{ property: { id: "count" } }]',
    ]) {
      const { data, errors } = await ask(args);
      expect(errors, args).toMatchObject([refused]);
      expect(errors![0]!.message).toBe(
        'A filter or order by a rollup looks at up to 5 rows, but here are more. Leave some out by other conditions, joined with `and`.',
      );
      expect(data.dataSource.rows).toBeNull();
    }
    for (const what of ['aggregate', 'groups']) {
      const by = what === 'groups' ? ', by: { createdAt: {} }' : '';
      const count = what === 'groups' ? 'totalCount' : 'count';
      const text = `{ dataSource(id: "${projects}") { ${what}(filter: { ${filter} }${by}) { ${count} } } }`;
      expect((await world.ask(reader, text)).errors).toMatchObject([refused]);
    }
    expect(await titles(narrow)).toEqual(['Web']);
    // Rows in the trash, and those elsewhere, are none of them.
    await world.sql('update page set in_trash = true where id = any($1)', [crowd.map(({ id }) => id)]);
    expect(await titles(`filter: { ${filter} }`)).toEqual(['Web']);
    expect(hidden).toBeTruthy();
  });
});

test('nothing that is hidden shows in a figure, a value, a reason or an error', async () => {
  const scanner = new Scanner([secret]);
  for (const asker of [partly, blind, writer]) {
    for (const row of Object.values(rows)) {
      const { text } = await world.ask(
        asker,
        `{ page(id: "${row}") { properties { id name ... on RollupValue { ${RESULT} } } } dataSource(id: "${projects}") {
           properties { id ... on RollupProperty { relationPropertyId rollupPropertyId function } ... on RelationProperty { dataSourceId } } } }`,
      );
      expect(scanner.find(text)).toEqual([]);
      expect(text).not.toContain(tasks);
      expect(text).not.toContain(task.c);
      expect(text.replace(/"cost".*/, '')).not.toMatch(/1000000|1e\+?6|2099/);
    }
    for (const args of [
      `filter: { property: { id: "names", rollup: { any: { text: { equals: "${secret}" } } } } }`,
      'orderBy: [{ property: { id: "sum" } }]',
    ]) {
      const { errors } = await ask(args, asker);
      if (asker !== writer) expect(JSON.stringify(errors)).not.toContain(secret.slice(-12));
    }
  }
  expect(scanner.find(world.logLines.join('\n'))).toEqual([]);
});

test('the number of statements depends neither on how many rows there are nor on what is hidden of what they point to', async () => {
  const sent = async (first: number, asker: Asker) => {
    world.statements.length = 0;
    const { errors } = await world.ask(
      asker,
      `{ dataSource(id: "${projects}") { rows(first: ${first}, orderBy: [{ property: { id: "title" } }]) {
         nodes { properties { ... on RollupValue { ${RESULT} } } } } } }`,
    );
    expect(errors).toBeUndefined();
    return world.statements.length;
  };
  for (const asker of [reader, blind]) {
    const counts = [];
    for (const first of [1, 2, 3]) counts.push(await sent(first, asker));
    expect(new Set(counts).size, counts.join(', ')).toBe(1);
  }
  // What hidden rows there are, and whether there are any, changes nothing either.
  const before = await sent(3, blind);
  await world.sql(`update row_value set props = props - 'rel', a1 = null where page_id = $1`, [rows.app]);
  expect(await sent(3, blind)).toBe(before);
});
