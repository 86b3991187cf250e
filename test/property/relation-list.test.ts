// Pages a relation points to: a list like any other, in the order they were put there.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import { type Answer, type Asker, openWorld, type World } from '../world.js';

const MANY = 130; // more than a page of a list holds

let world: World;
let reader: Asker;
let many: Id;
let few: Id;
let none: Id;
let hidden: Id;
const open = Array.from({ length: MANY }, () => newId());
const closed = Array.from({ length: 5 }, () => newId());

beforeAll(async () => {
  world = await openWorld();
  const hall = await world.page({ title: 'Hall' });
  const cellar = await world.page({ title: 'Cellar' });
  const { dataSourceId } = await world.database({
    under: hall,
    properties: [
      { id: 'title', name: 'Name', type: 'TITLE' },
      { id: 'rel', name: 'Related', type: 'RELATION', dataSourceId: null },
      { id: 'other', name: 'Other', type: 'RELATION', dataSourceId: null },
    ],
  });
  [many, few, none, hidden] = [newId(), newId(), newId(), newId()];
  const mixed = open.flatMap((id, index) => [...closed.slice(index, index + 1), id]);
  await world.pages([
    ...open.map((id, index) => ({ id, title: `Open ${index}`, under: hall })),
    ...closed.map((id) => ({ id, title: 'Closed', under: cellar })),
    { id: many, title: 'Many', under: dataSourceId, props: { rel: mixed.toReversed(), other: mixed } },
    { id: few, title: 'Few', under: dataSourceId, props: { rel: [open[2]!, closed[0]!, open[0]!, newId(), open[1]!] } },
    { id: none, title: 'None', under: dataSourceId },
    { id: hidden, title: 'Hidden', under: dataSourceId, props: { rel: closed } },
  ]);
  reader = await world.connection(['CONTENT_READ']);
  await world.share(reader, hall);
});
afterAll(() => world[Symbol.asyncDispose]());

interface Shown {
  totalCount?: number;
  nodes: { id: Id; title: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

const INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

const ask = (row: Id, args: string, { counted = false, column = 'id: "rel"' } = {}): Promise<Answer<Asked>> =>
  world.ask(
    reader,
    `{ page(id: "${row}") { property(${column}) { ... on RelationValue { pages${args} {
       ${counted ? 'totalCount' : ''} nodes { id title } ${INFO} } } } } }`,
  );
type Asked = { page: { property: { pages: Shown } | null } };

async function related(row: Id, args = '', how?: { counted?: boolean; column?: string }): Promise<Shown> {
  const { data, errors } = await ask(row, args, how);
  expect(errors).toBeUndefined();
  return data!.page.property!.pages;
}

const ids = ({ nodes }: Shown): Id[] => nodes.map(({ id }) => id);

test('they come in the order they were put there, without those out of reach and those that are gone', async () => {
  const shown = await related(few, '', { counted: true });
  expect(ids(shown)).toEqual([open[2], open[0], open[1]]);
  expect(shown.totalCount).toBe(3);
});

test('what holds nothing and what holds only hidden pages look the same', async () => {
  const [a, b] = await Promise.all([none, hidden].map((row) => ask(row, '', { counted: true })));
  const bytes = ({ text }: Answer) => text.replace(/"remaining":\d+/, ''); // what asking cost before
  expect(bytes(a as Answer)).toBe(bytes(b as Answer));
  expect(a!.data!.page.property!.pages).toEqual({
    totalCount: 0,
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

test.each([false, true])('all of them are met once when they are walked, backwards: %s', async (backwards) => {
  const met: Id[] = [];
  let cursor: string | null = null;
  for (let more = true; more; ) {
    const args: string = backwards
      ? `(last: 50${cursor ? `, before: "${cursor}"` : ''})`
      : `(first: 50${cursor ? `, after: "${cursor}"` : ''})`;
    const shown: Shown = await related(many, args, { counted: true });
    expect(shown.totalCount).toBe(MANY);
    if (backwards) met.unshift(...ids(shown));
    else met.push(...ids(shown));
    cursor = backwards ? shown.pageInfo.startCursor : shown.pageInfo.endCursor;
    more = backwards ? shown.pageInfo.hasPreviousPage : shown.pageInfo.hasNextPage;
  }
  expect(met).toEqual(open.toReversed());
});

test('a page goes on after one that has been taken out since, or moved', async () => {
  const first = await related(few, '(first: 2)');
  const set = (list: Id[]) =>
    world.sql(`update row_value set props = jsonb_set(props, '{rel}', $1) where page_id = $2`, [
      JSON.stringify(list),
      few,
    ]);
  await set([open[2]!, closed[0]!, open[1]!]);
  expect(ids(await related(few, `(first: 2, after: "${first.pageInfo.endCursor}")`))).toEqual([open[1]]);
  await set([open[5]!, open[2]!, open[0]!, open[1]!]);
  expect(ids(await related(few, `(first: 2, after: "${first.pageInfo.endCursor}")`))).toEqual([open[1]]);
  await set([open[2]!, closed[0]!, open[0]!, open[1]!]);
});

test('those in the trash are none of them, until they are restored', async () => {
  await world.sql('update page set in_trash = true where id = $1', [open[0]]);
  const shown = await related(few, '', { counted: true });
  expect([ids(shown), shown.totalCount]).toEqual([[open[2], open[1]], 2]);
  await world.sql('update page set in_trash = false where id = $1', [open[0]]);
});

test('a cursor is good for one column of one row, and for the one who was given it', async () => {
  const { pageInfo } = await related(many, '(first: 2)');
  const after = `(first: 2, after: "${pageInfo.endCursor}")`;
  const refused = [{ extensions: { code: 'CURSOR_INVALID' } }];
  expect((await ask(few, after)).errors).toMatchObject(refused);
  expect((await ask(many, after, { column: 'id: "other"' })).errors).toMatchObject(refused);
  expect(ids(await related(many, after, { column: 'name: "Related"' }))).toEqual(open.toReversed().slice(2, 4));
});

test('one value is named by name or by id; what is no column is null, both and neither are refused', async () => {
  const { data, errors } = await ask(few, '', { column: 'name: "Nothing"' });
  expect([data!.page.property, errors]).toEqual([null, undefined]);
  for (const [column, got] of [
    ['name: null', 'neither'],
    ['name: "Related", id: "rel"', 'both'],
  ]) {
    const refused = await ask(few, '', { column: column! });
    expect(refused.errors?.[0]?.message).toBe(`Name a property by name or by id, but got: ${got}`);
  }
});

test('fewer than one and more than a hundred are refused', async () => {
  for (const first of [0, 101]) {
    const { errors } = await ask(few, `(first: ${first})`);
    expect(errors?.[0]?.message).toBe(`first must be between 1 and 100, but got: ${first}`);
  }
});
