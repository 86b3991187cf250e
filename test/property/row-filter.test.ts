// Rows of a data source, filtered and sorted, as a client asks for them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRows, updateRows } from '../../src/content/row-lifecycle.js';
import { type Id, newId } from '../../src/lib/id.js';
import { MAX_TEXT, MAX_VALUES } from '../../src/property/comparison.js';
import type { PropertySchema, StoredProps } from '../../src/property/property.js';
import type { PropertyInput } from '../../src/property/property-input.js';
import { MAX_COMPARISONS, MAX_DEPTH, MAX_SORT_KEYS } from '../../src/property/row-query.js';
import { operator } from '../actors.js';
import {
  FilterRowsDocument,
  type FilterRowsQuery,
  type PropertyFilter,
  type RowFilter,
  type RowOrder,
  SortDatabasesDocument,
  SortPagesDocument,
} from '../generated/operations.js';
import { type Answer, type Asker, openWorld, type World } from '../world.js';

const [red, blue, gone] = [newId(), newId(), newId()];
const [open, closed, missing] = [newId(), newId(), newId()];
const LONG = 'So long that a slot holds but the beginning of it. '.repeat(6);

const columns: PropertySchema[] = [
  { id: 'title', name: 'Name', type: 'TITLE' },
  { id: 'text', name: 'Notes', type: 'TEXT' },
  { id: 'url', name: 'Link', type: 'URL' },
  { id: 'mail', name: 'Mail', type: 'EMAIL' },
  { id: 'phone', name: 'Phone', type: 'PHONE' },
  { id: 'number', name: 'Price', type: 'NUMBER' },
  { id: 'check', name: 'Done', type: 'CHECKBOX' },
  { id: 'date', name: 'Due', type: 'DATE' },
  {
    id: 'select',
    name: 'Status',
    type: 'SELECT',
    options: [
      { id: red, name: 'Red' },
      { id: blue, name: 'Blue' },
    ],
  },
  {
    id: 'multi',
    name: 'Tags',
    type: 'MULTI_SELECT',
    options: [
      { id: red, name: 'Red' },
      { id: blue, name: 'Blue' },
    ],
  },
  { id: 'relation', name: 'Project', type: 'RELATION', dataSourceId: null },
  { id: 'files', name: 'Files', type: 'FILES' },
  { id: 'people', name: 'Who', type: 'PEOPLE' },
  { id: 'by', name: 'By', type: 'CREATED_BY' },
  { id: 'made', name: 'Made', type: 'CREATED_TIME' },
  { id: 'formula', name: 'Total', type: 'FORMULA', expression: '1', result: 'NUMBER' },
  { id: 'button', name: 'Press', type: 'BUTTON' },
  { id: 'place', name: 'Where', type: 'PLACE' },
  // More numbers than there are slots: the last of them live in `props` alone.
  ...Array.from({ length: 9 }, (_, i): PropertySchema => ({ id: `n${i}`, name: `Number ${i}`, type: 'NUMBER' })),
];

const text = (...parts: string[]) => parts.map((part) => ({ type: 'TEXT' as const, text: part }));

const values: Record<string, { title: string; props: StoredProps }> = {
  a: {
    title: 'Alpha',
    props: {
      text: text('Hel', 'lo'),
      url: 'https://a.example',
      mail: 'A@example.org',
      phone: '+49 1',
      number: 1,
      check: true,
      date: { start: '2026-03-01' },
      select: red,
      multi: [red, blue],
      relation: [open, closed],
      files: [{ name: 'a', externalUrl: 'https://a.example/a' } as never],
      n8: 1,
    },
  },
  b: {
    title: 'beta 100%',
    props: {
      text: [...text('See '), { type: 'MENTION', resourceId: open }],
      url: LONG,
      mail: 'b@example.org',
      phone: '+49 2',
      number: 2.5,
      check: false,
      date: { start: '2026-03-01T12:00:00.000Z', end: '2026-04-01' },
      select: blue,
      multi: [blue],
      relation: [closed],
      n8: -1,
    },
  },
  c: { title: '', props: { select: gone, multi: [gone], relation: [missing] } },
};

let world: World;
let now: Date | null = null;
let reader: Asker;
let writer: Asker;
let source: Id;
let database: Id;
let hall: Id;
const idOf: Record<string, Id> = {};

beforeAll(async () => {
  const limits = { maxCost: 10_000_000 }; // lists of lists of lists
  world = await openWorld({ limits, clock: () => now ?? new Date() });

  hall = await world.page({ title: 'Hall' });
  await world.pages([
    { id: open, title: 'Open' },
    { id: closed, title: 'Closed' },
  ]);
  ({ id: database, dataSourceId: source } = await world.database({
    title: 'Things',
    under: hall,
    properties: columns,
  }));
  const rows = Object.entries(values).map(([name, value], index) => {
    idOf[name] = newId();
    const at = new Date(Date.UTC(2026, 0, 1 + index));
    return { id: idOf[name]!, under: source, createdAt: at, lastEditedAt: at, ...value };
  });
  await world.pages(rows);
  reader = await world.connection(['CONTENT_READ']);
  writer = await world.connection(['CONTENT_UPDATE']);
  for (const id of [hall, open]) await world.share(reader, id);
  await world.share(writer, hall);
});
afterAll(() => world[Symbol.asyncDispose]());

type Rows = NonNullable<NonNullable<FilterRowsQuery['dataSource']>['rows']>;

const ask = (variables: object, asker = reader): Promise<Answer<FilterRowsQuery>> =>
  world.ask(asker, FilterRowsDocument, { id: source, ...variables });

const listed = async (variables: object): Promise<Rows> => {
  const answer = await ask(variables);
  expect(answer.errors).toBeUndefined();
  return answer.data!.dataSource!.rows!;
};

const nameOf = (id: Id): string => Object.keys(idOf).find((name) => idOf[name] === id) ?? id;

/** Names of the rows a filter keeps, in order of the alphabet; the count must agree. */
async function kept(filter: RowFilter): Promise<string> {
  const { nodes, totalCount } = await listed({ filter });
  expect(totalCount).toBe(nodes!.length);
  return nodes!
    .map(({ id }) => nameOf(id))
    .sort()
    .join('');
}

async function refusal(variables: object): Promise<string> {
  const { data, errors } = await ask(variables);
  expect(data?.dataSource).toEqual({ id: source, rows: null });
  expect(errors).toHaveLength(1);
  expect(errors![0]!.extensions.code).toBe('INVALID');
  expect(errors![0]!.path).toEqual(['dataSource', 'rows']);
  return errors![0]!.message;
}

const of = (id: string, comparison: object): PropertyFilter => ({ id, ...comparison });

describe('A comparison keeps the rows it names', () => {
  // What each keeps of a (all is there), b (something else is there) and c (empty).
  const table: [kept: string, PropertyFilter][] = [
    ['a', of('title', { text: { equals: 'Alpha' } })],
    ['', of('title', { text: { equals: 'alpha' } })],
    ['bc', of('title', { text: { doesNotEqual: 'Alpha' } })],
    ['a', of('title', { text: { contains: 'LPH' } })],
    ['b', of('title', { text: { contains: '0%' } })],
    ['', of('title', { text: { contains: '%a' } })],
    ['bc', of('title', { text: { doesNotContain: 'lph' } })],
    ['b', of('title', { text: { startsWith: 'BETA' } })],
    ['b', of('title', { text: { endsWith: '100%' } })],
    ['c', of('title', { text: { isEmpty: true } })],
    ['ab', of('title', { text: { isNotEmpty: true } })],
    ['ab', of('title', { text: { contains: '' } })],
    ['', of('title', { text: { contains: 'a\0' } })],
    ['abc', of('title', { text: { doesNotContain: 'a\0' } })],
    ['', of('title', { text: { equals: '' } })],

    ['a', of('text', { text: { equals: 'Hello' } })],
    ['bc', of('text', { text: { doesNotEqual: 'Hello' } })],
    ['a', of('text', { text: { contains: 'LL' } })],
    ['bc', of('text', { text: { doesNotContain: 'll' } })],
    ['b', of('text', { text: { startsWith: 'see' } })],
    ['b', of('text', { text: { endsWith: 'SEE ' } })],
    ['c', of('text', { text: { isEmpty: true } })],
    ['ab', of('text', { text: { isNotEmpty: true } })],

    ['b', of('url', { text: { equals: LONG } })],
    ['', of('url', { text: { equals: `${LONG}x` } })],
    ['', of('url', { text: { equals: LONG.toUpperCase() } })],
    ['b', of('url', { text: { startsWith: LONG.toUpperCase() } })],
    ['', of('url', { text: { startsWith: `${LONG}x` } })],
    ['b', of('url', { text: { endsWith: 'beginning of it. ' } })],
    ['c', of('url', { text: { isEmpty: true } })],
    ['a', of('mail', { text: { startsWith: 'a@' } })],
    ['bc', of('mail', { text: { doesNotEqual: 'A@example.org' } })],
    ['ab', of('mail', { text: { contains: '@EXAMPLE' } })],
    ['b', of('phone', { text: { endsWith: '2' } })],
    ['ab', of('phone', { text: { isNotEmpty: true } })],

    ['a', of('number', { number: { equals: 1 } })],
    ['bc', of('number', { number: { doesNotEqual: 1 } })],
    ['b', of('number', { number: { greaterThan: 1 } })],
    ['a', of('number', { number: { lessThan: 2.5 } })],
    ['ab', of('number', { number: { greaterThanOrEqualTo: 1 } })],
    ['ab', of('number', { number: { lessThanOrEqualTo: 2.5 } })],
    ['c', of('number', { number: { isEmpty: true } })],
    ['ab', of('number', { number: { isEmpty: false } })],
    ['', of('number', { number: { greaterThan: 1, lessThan: 2 } })],
    ['b', of('n8', { number: { lessThan: 0 } })],
    ['c', of('n8', { number: { isEmpty: true } })],

    ['a', of('check', { checkbox: { equals: true } })],
    ['bc', of('check', { checkbox: { equals: false } })],
    ['bc', of('check', { checkbox: { doesNotEqual: true } })],
    ['a', of('check', { checkbox: { doesNotEqual: false } })],

    ['ab', of('date', { date: { equals: '2026-03-01' } })],
    ['b', of('date', { date: { equals: '2026-03-01T13:00:00+01:00' } })],
    ['a', of('date', { date: { equals: '2026-03-01T00:00:00Z' } })],
    ['c', of('date', { date: { doesNotEqual: '2026-03-01' } })],
    ['', of('date', { date: { before: '2026-03-01' } })],
    ['a', of('date', { date: { before: '2026-03-01T12:00:00Z' } })],
    ['', of('date', { date: { after: '2026-03-01' } })],
    ['b', of('date', { date: { after: '2026-03-01T00:00:00Z' } })],
    ['ab', of('date', { date: { onOrBefore: '2026-03-01' } })],
    ['ab', of('date', { date: { onOrAfter: '2026-03-01' } })],
    ['b', of('date', { date: { onOrAfter: '2026-03-01T12:00:00Z' } })],
    ['c', of('date', { date: { isEmpty: true } })],

    ['a', of('select', { select: { equals: 'Red' } })],
    ['a', of('select', { select: { equals: red } })],
    ['', of('select', { select: { equals: 'red' } })],
    ['ab', of('select', { select: { equals: ['Red', 'Blue'] } })],
    ['bc', of('select', { select: { doesNotEqual: 'Red' } })],
    ['c', of('select', { select: { doesNotEqual: ['Red', 'Blue'] } })],
    ['', of('select', { select: { equals: 'Nothing' } })],
    ['abc', of('select', { select: { doesNotEqual: 'Nothing' } })],
    ['', of('select', { select: { equals: gone } })],
    ['c', of('select', { select: { isEmpty: true } })],

    ['a', of('multi', { multiSelect: { contains: 'Red' } })],
    ['ab', of('multi', { multiSelect: { contains: ['Red', blue] } })],
    ['bc', of('multi', { multiSelect: { doesNotContain: 'Red' } })],
    ['', of('multi', { multiSelect: { contains: 'Nothing' } })],
    ['c', of('multi', { multiSelect: { isEmpty: true } })],
    ['ab', of('multi', { multiSelect: { isNotEmpty: true } })],

    ['a', of('relation', { relation: { contains: open } })],
    ['a', of('relation', { relation: { contains: open.replaceAll('-', '').toUpperCase() } })],
    ['bc', of('relation', { relation: { doesNotContain: open } })],
    ['bc', of('relation', { relation: { isEmpty: true } })],
    ['a', of('relation', { relation: { isNotEmpty: true } })],

    ['a', of('files', { files: { isNotEmpty: true } })],
    ['bc', of('files', { files: { isEmpty: true } })],
  ];

  test.each(table.map(([names, property]) => [JSON.stringify(property).slice(0, 90), names, property] as const))(
    '%s keeps "%s"',
    async (_, names, property) => {
      expect(await kept({ property })).toBe(names);
      const others = 'abc'
        .split('')
        .filter((name) => !names.includes(name))
        .join('');
      expect(await kept({ not: { property } }), 'and its negation the others').toBe(others);
    },
  );

  test('by name as well as by id', async () => {
    expect(await kept({ property: { name: 'Price', number: { equals: 1 } } })).toBe('a');
  });

  test('by times, to the millisecond that is shown', async () => {
    await world.sql(`update page set last_edited_at = '2026-01-02T00:00:00.000789Z' where id = $1`, [idOf.b]);
    const at = '2026-01-02T00:00:00.000Z';
    expect(await kept({ lastEditedAt: { onOrBefore: at } })).toBe('ab');
    expect(await kept({ lastEditedAt: { after: at } })).toBe('c');
    expect(await kept({ createdAt: { before: at } })).toBe('a');
    expect(await kept({ createdAt: { onOrAfter: at } })).toBe('bc');
  });

  test('joined by and, or, not', async () => {
    const a: RowFilter = { property: of('number', { number: { equals: 1 } }) };
    const b: RowFilter = { property: of('number', { number: { equals: 2.5 } }) };
    expect(await kept({ or: [a, b] })).toBe('ab');
    expect(await kept({ and: [a, b] })).toBe('');
    expect(await kept({ and: [{ not: a }, { not: { not: b } }] })).toBe('b');
    expect(await kept({ and: [] })).toBe('abc');
    expect(await kept({ or: [] })).toBe('');
  });
});

describe('What is hidden decides nothing', () => {
  /** The answer as it came; cursors are sealed anew each time, so only their length is kept, and budgets go down. */
  const answers = async (variables: object): Promise<string> =>
    (await ask(variables)).text
      .replaceAll(/(Cursor":)"([^"]*)"/g, (_, name, cursor) => `${name}${cursor.length}`)
      .replace(/"remaining":\d+/, '');

  test('a relation to a page out of reach is found by nobody, like one to a page that does not exist', async () => {
    for (const operator of ['contains', 'doesNotContain']) {
      const [hidden, none] = await Promise.all(
        [closed, missing].map((id) =>
          answers({ filter: { property: of('relation', { relation: { [operator]: id } }) } }),
        ),
      );
      expect(hidden).toBe(none);
    }
    expect(await kept({ property: of('relation', { relation: { contains: closed } }) })).toBe('');
  });

  test('and by those who reach it', async () => {
    const share = await world.share(reader, closed);
    expect(await kept({ property: of('relation', { relation: { contains: closed } }) })).toBe('ab');
    expect(await kept({ property: of('relation', { relation: { isEmpty: true } }) })).toBe('c');
    await world.unshare(share);
  });

  test('whether a page that is pointed to exists changes no answer while it is hidden', async () => {
    const questions: object[] = [
      { filter: { property: of('relation', { relation: { isEmpty: true } }) } },
      { filter: { property: of('relation', { relation: { contains: [closed, open] } }) } },
      { orderBy: [{ property: { id: 'relation' } }, { createdAt: 'ASC' }] },
      { filter: { property: of('text', { text: { contains: 'Closed' } }) } },
    ];
    const seen = async () => Promise.all(questions.map(async (question) => (await listed(question)).nodes));
    const before = await seen();
    await world.sql(`update page set title = 'Aaa', in_trash = true where id = $1`, [closed]);
    expect(await seen()).toEqual(before);
    await world.sql(`update page set title = 'Closed', in_trash = false where id = $1`, [closed]);
  });

  test('the title of a page that is mentioned is no part of a text', async () => {
    expect(await kept({ property: of('text', { text: { contains: 'Open' } }) })).toBe('');
    expect(await kept({ property: of('text', { text: { contains: 'Unavailable' } }) })).toBe('');
  });

  test('neither names nor addresses of people decide which rows come, nor in which order', async () => {
    const people = [await world.person({ name: 'Anna' }), await world.person({ name: 'Zoe' })];
    const [anna, zoe] = people.map(({ id }) => id);
    for (const [row, id] of [
      ['a', zoe],
      ['b', anna],
    ] as const) {
      await world.sql('update page set created_by = $1 where id = $2', [id, idOf[row]]);
      await world.sql(`update row_value set props = props || $1, a3 = array[$2] where page_id = $3`, [
        JSON.stringify({ people: [id] }),
        id,
        idOf[row],
      ]);
    }
    const questions = [
      { filter: { property: of('people', { people: { contains: anna } }) } },
      { filter: { property: of('by', { people: { doesNotContain: [zoe, 'me'] } }) } },
      { filter: { property: of('people', { people: { contains: 'Anna' } }) } },
      { orderBy: [{ property: { id: 'people' } }] },
      { orderBy: [{ property: { id: 'by', direction: 'DESC' } }, { property: { id: 'people' } }] },
    ];
    const before = await Promise.all(questions.map(answers));
    expect(await kept(questions[0]!.filter!)).toBe('b');
    expect(await kept(questions[1]!.filter!)).toBe('bc');
    expect(await kept(questions[2]!.filter!)).toBe('');
    await world.sql(`update person set name = 'Zz ' || email, email = 'aa' || email where id = $1`, [anna]);
    await world.sql(`update person set name = 'Anna' where id = $1`, [zoe]);
    expect(await Promise.all(questions.map(answers))).toEqual(before);
  });

  test('without CONTENT_READ there are no rows, whatever the filter says', async () => {
    for (const name of ['Price', 'Nothing']) {
      const { data, errors, extensions } = await ask({ filter: { property: { name, number: { equals: 1 } } } }, writer);
      expect(errors).toBeUndefined();
      expect(data?.dataSource).toEqual({ id: source, rows: null });
      expect(extensions?.redactions?.map(({ coordinate }) => coordinate)).toEqual(['DataSource.rows']);
    }
  });
});

describe('A filter that does not fit is refused, and says what was expected', () => {
  const property = (filter: object) => refusal({ filter: { property: filter } });

  test('an unknown property', async () => {
    expect(await property({ name: 'Prize', number: { equals: 1 } })).toMatch(
      /^This data source has no property with the name "Prize"; expected one of "Name", "Notes", /,
    );
    expect(await property({ id: 'Price', number: { equals: 1 } })).toMatch(/no property with the id "Price"/);
  });

  test('a comparison of another kind', async () => {
    expect(await property({ name: 'Price', text: { equals: '1' } })).toBe(
      '"Price" is NUMBER: compare it by number, but got: text',
    );
  });

  test('none or several where one is due', async () => {
    expect(await property({ name: 'Price' })).toBe(
      'A PropertyFilter holds exactly one comparison, for "Price" number, but got: none',
    );
    expect(await property({ name: 'Price', number: { equals: 1 }, text: { equals: 'x' } })).toMatch(
      /but got: text and number$/,
    );
    expect(await property({ number: { equals: 1 } })).toBe('Name a property by name or by id, but got: neither');
    expect(await property({ id: 'number', name: 'Price', number: { equals: 1 } })).toMatch(/but got: both$/);
    expect(await property({ name: 'Price', number: {} })).toMatch(/^number is given, but compares nothing/);
    expect(await property({ name: 'Price', number: { equals: null } })).toMatch(/^number.equals may not be null/);
    expect(await refusal({ filter: { createdAt: {} } })).toMatch(/^createdAt is given, but compares nothing/);
  });

  test('a formula compared as something else than it comes to', async () => {
    expect(await property({ name: 'Total', number: { equals: 1 } })).toBe(
      '"Total" is FORMULA: compare it by formula, but got: number',
    );
    expect(await property({ name: 'Total', formula: { text: { equals: '1' } } })).toBe(
      '"Total" comes to NUMBER: compare it by number, but got: text',
    );
    expect(await property({ name: 'Total', formula: {} })).toMatch(/^A FormulaFilter holds exactly one comparison/);
  });

  test('what nobody can compare', async () => {
    for (const [name, type] of [
      ['Press', 'BUTTON'],
      ['Where', 'PLACE'],
    ]) {
      expect(await property({ name, text: { isEmpty: true } })).toBe(`"${name}" is ${type}, which cannot be compared.`);
      expect(await refusal({ orderBy: [{ property: { name } }] })).toBe(`"${name}" is ${type}, which gives no order.`);
    }
  });

  test('a time zone that is none, whether days are asked about or not', async () => {
    for (const timeZone of ['Europe/Atlantis', '+02:00', 'UTC+1', '', '../etc', 'GMT\0']) {
      expect(await refusal({ timeZone })).toMatch(/^timeZone expects an IANA name like "Europe\/Berlin", but got: /);
    }
    for (const timeZone of ['Europe/Berlin', 'europe/berlin', 'UTC', 'Etc/GMT+12', 'Asia/Kolkata']) {
      expect((await listed({ timeZone })).totalCount).toBe(3);
    }
  });

  test('a date that is none', async () => {
    for (const operand of [
      'someday',
      'Today',
      '2026-02-30',
      '2026-02-30T10:00:00Z',
      '2026-1-1',
      '2026-01-01T10:00:00',
      '',
    ]) {
      expect(await property({ id: 'date', date: { equals: operand } })).toMatch(/^equals expects a day like/);
    }
  });

  test('more than a filter may hold', async () => {
    const one: RowFilter = { property: of('number', { number: { equals: 1 } }) };
    expect(await kept({ and: Array.from({ length: MAX_COMPARISONS }, () => one) })).toBe('a');
    expect(await refusal({ filter: { and: Array.from({ length: MAX_COMPARISONS + 1 }, () => one) } })).toMatch(
      /^A filter may hold at most/,
    );
    let deep: RowFilter = one;
    for (let depth = 1; depth < MAX_DEPTH; depth++) deep = { not: deep };
    expect(await kept(deep)).toBe('bc');
    expect(await refusal({ filter: { not: deep } })).toMatch(/levels deep/);
    expect(await property({ id: 'title', text: { equals: 'x'.repeat(MAX_TEXT + 1) } })).toMatch(
      /at most 2000 characters/,
    );
    const many = Array.from({ length: MAX_VALUES + 1 }, () => newId());
    expect(await property({ id: 'relation', relation: { contains: many } })).toMatch(/at most 100 values/);
  });

  test('an order that is none, or too long', async () => {
    expect(await refusal({ orderBy: [{ property: { id: 'files' } }] })).toBe('"Files" is FILES, which gives no order.');
    expect(await refusal({ orderBy: [{ property: { name: 'Nothing' } }] })).toMatch(/no property with the name/);
    const keys = Array.from({ length: MAX_SORT_KEYS + 1 }, () => ({ createdAt: 'ASC' }));
    expect(await refusal({ orderBy: keys })).toMatch(/^orderBy takes at most 5 keys, but got: 6/);
  });

  test('two members of a oneOf, before anything is executed', async () => {
    const { errors } = await ask({ filter: { and: [], or: [] } });
    expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('An order', () => {
  const inOrder = async (...orderBy: RowOrder[]): Promise<string> =>
    (await listed({ orderBy })).nodes!.map(({ id }) => nameOf(id)).join('');
  const by = (id: string, direction: 'ASC' | 'DESC'): RowOrder => ({ property: { id, direction } });

  test.each(['title', 'text', 'url', 'mail', 'phone', 'number', 'date', 'select', 'multi'])(
    'by %s puts empty values last in both directions',
    async (id) => {
      const [up, down] = [await inOrder(by(id, 'ASC')), await inOrder(by(id, 'DESC'))];
      expect([up, down].map((order) => order.at(-1))).toEqual(['c', 'c']);
      expect(up.slice(0, 2)).toBe('ab');
      expect(down.slice(0, 2)).toBe('ba');
    },
  );

  test('by a checkbox takes one never touched for unchecked', async () => {
    expect(await inOrder(by('check', 'DESC'), { createdAt: 'ASC' })).toBe('abc');
    expect(await inOrder(by('check', 'ASC'), { createdAt: 'ASC' })).toBe('bca');
  });

  test('by a relation looks at what the asker may read', async () => {
    expect(await inOrder(by('relation', 'ASC'), { createdAt: 'DESC' })).toBe('acb');
  });

  test('by times, and by the last change first when none is given', async () => {
    expect(await inOrder({ createdAt: 'ASC' })).toBe('abc');
    expect(await inOrder({ lastEditedAt: 'DESC' })).toBe('cba');
    expect(await inOrder()).toBe('cba');
  });

  test('of pages and databases goes by title and times', async () => {
    const titles = async (orderBy: object[]) => {
      const { data, errors } = await world.ask(reader, SortPagesDocument, { orderBy: orderBy as never });
      expect(errors).toBeUndefined();
      return data!.pages!.nodes!.map(({ title }) => title);
    };
    expect(await titles([{ title: 'ASC' }])).toEqual(['Alpha', 'beta 100%', 'Hall', 'Open', '']);
    expect(await titles([{ title: 'DESC' }])).toEqual(['Open', 'Hall', 'beta 100%', 'Alpha', '']);
    expect((await titles([{ createdAt: 'ASC' }])).slice(0, 3)).toEqual(['Alpha', 'beta 100%', '']);
    const { data } = await world.ask(reader, SortDatabasesDocument, { orderBy: [{ title: 'ASC' }] });
    expect(data!.databases!.nodes!.map(({ id }) => id)).toEqual([database]);
  });
});

describe('Cursors of a sorted list', () => {
  let table: Id;
  const size = 23;

  beforeAll(async () => {
    ({ dataSourceId: table } = await world.database({ under: hall, properties: columns }));
    await world.pages(
      Array.from({ length: size }, (_, i) => ({
        id: newId(),
        under: table,
        title: i % 4 === 0 ? '' : `Same ${i % 3}`,
        createdAt: new Date(Date.UTC(2026, 0, 1 + (i % 2))),
        lastEditedAt: new Date(Date.UTC(2026, 0, 1)),
        props: {
          ...(i % 5 !== 0 && { number: i % 3 }),
          ...(i % 3 !== 0 && { date: { start: `2026-01-0${1 + (i % 4)}` } }),
          ...(i % 2 !== 0 && { multi: i % 3 === 0 ? [red, blue] : [blue] }),
          ...(i % 7 !== 0 && { n8: -i % 4 }),
        },
      })),
    );
  });

  const orders: RowOrder[][] = [
    [],
    [{ createdAt: 'ASC' }],
    [{ lastEditedAt: 'ASC' }, { createdAt: 'DESC' }],
    [{ property: { id: 'number', direction: 'DESC' } }],
    [{ property: { id: 'n8', direction: 'ASC' } }, { property: { id: 'title', direction: 'DESC' } }],
    [
      { property: { id: 'multi', direction: 'ASC' } },
      { property: { id: 'date', direction: 'DESC' } },
      { createdAt: 'ASC' },
    ],
    [{ property: { id: 'date', direction: 'ASC' } }, { property: { id: 'number', direction: 'ASC' } }],
    [{ property: { id: 'check', direction: 'DESC' } }, { property: { id: 'title', direction: 'ASC' } }],
  ];

  test.each(orders.map((orderBy) => [JSON.stringify(orderBy), orderBy] as const))(
    'reach every row once, forwards and backwards: %s',
    async (_, orderBy) => {
      const whole = await listed({ id: table, orderBy, first: 100 });
      const due = whole.nodes!.map(({ id }) => id);
      expect(new Set(due).size).toBe(size);
      const everyRow: RowFilter = { property: of('check', { checkbox: { equals: false } }) };
      for (const filter of [null, everyRow]) {
        const forwards: Id[] = [];
        for (let after: string | null | undefined = null, more: boolean | undefined = true; more; ) {
          const page: Rows = await listed({ id: table, orderBy, filter, first: 4, after });
          forwards.push(...page.nodes!.map(({ id }) => id));
          [after, more] = [page.pageInfo!.endCursor, page.pageInfo!.hasNextPage];
        }
        expect(forwards).toEqual(due);
        const backwards: Id[] = [];
        for (let before: string | null | undefined = null, more: boolean | undefined = true; more; ) {
          const page: Rows = await listed({ id: table, orderBy, filter, last: 4, before });
          backwards.unshift(...page.nodes!.map(({ id }) => id));
          [before, more] = [page.pageInfo!.startCursor, page.pageInfo!.hasPreviousPage];
        }
        expect(backwards).toEqual(due);
      }
    },
  );

  test('count relative dates from the moment of the first page', async () => {
    const orderBy = [{ createdAt: 'ASC' }];
    const filter = { createdAt: { before: 'today' } };
    now = new Date('2026-01-02T12:00:00Z'); // half of the rows are of the first of January, half of the second
    const first = await listed({ id: table, filter, orderBy, first: 5 });
    expect(first.totalCount).toBe(12);
    now = new Date('2026-01-03T12:00:00Z');
    const range = { filter, orderBy, first: 100, after: first.pageInfo!.endCursor };
    const rest = await listed({ id: table, ...range });
    expect([rest.nodes!.length, rest.totalCount]).toEqual([7, 12]);
    expect((await listed({ id: table, filter, orderBy })).totalCount).toBe(23);
    const { errors } = await ask({ id: table, ...range, timeZone: 'Asia/Tokyo' });
    expect(errors?.[0]?.extensions.code, 'another time zone is another list').toBe('CURSOR_INVALID');
    now = null;
  });

  test('belong to their filter and order, and to their data source', async () => {
    const filter = { property: of('number', { number: { lessThan: 5 } }) };
    const orderBy = [{ createdAt: 'ASC' }];
    const { pageInfo } = await listed({ id: table, filter, orderBy, first: 1 });
    const after = pageInfo!.endCursor;
    const code = async (variables: object) =>
      (await ask({ first: 1, after, ...variables })).errors?.[0]?.extensions.code;
    expect(await code({ id: table, filter, orderBy })).toBeUndefined();
    expect(await code({ id: table, filter, orderBy: [{ createdAt: 'DESC' }] })).toBe('CURSOR_INVALID');
    expect(await code({ id: table, filter: { not: filter }, orderBy })).toBe('CURSOR_INVALID');
    expect(await code({ id: table, orderBy })).toBe('CURSOR_INVALID');
    expect(await code({ id: source, filter, orderBy })).toBe('CURSOR_INVALID');
  });
});

describe('A filter of relations takes, whether the page is there, hidden or missing,', () => {
  const sent = async (filter: RowFilter): Promise<number> => {
    await listed({ filter }); // what is remembered is
    world.statements.length = 0;
    await listed({ filter });
    return world.statements.length;
  };
  const pointing = (contains: string[]): RowFilter => ({ property: of('relation', { relation: { contains } }) });
  const all: RowFilter = { and: [] };
  const nothing: RowFilter = { or: [] }; // an empty list is not counted

  test('no statement more where the list hangs on one', async () => {
    const [some, none] = [await sent(all), await sent(nothing)];
    expect(await sent(pointing([open]))).toBe(some);
    for (const pages of [[closed], [missing], ['nonsense'], []]) expect(await sent(pointing(pages))).toBe(none);
  });

  test('one more where several would do, or one among other things', async () => {
    const [some, none] = [await sent(all), await sent(nothing)];
    expect(await sent(pointing([open, closed, missing]))).toBe(some + 1);
    for (const page of [open, closed, missing]) {
      expect(await sent({ or: [all, pointing([page])] })).toBe(some + 1);
      expect(await sent({ and: [nothing, pointing([closed, page])] })).toBe(none + 1);
    }
  });
});

describe('A list whose length is known from before', () => {
  let grown: Id;
  let rows: Id[];
  beforeAll(async () => {
    const properties: PropertySchema[] = [
      { id: 'title', name: 'Name', type: 'TITLE' },
      { id: 'size', name: 'Size', type: 'NUMBER' },
      { id: 'kind', name: 'Kind', type: 'TEXT' },
    ];
    ({ dataSourceId: grown } = await world.database({ title: 'Grown', under: hall, properties }));
    const made = await createRows(operator(world), {
      dataSourceId: grown,
      rows: Array.from({ length: 6 }, (_, n) => ({ properties: valuesOf(n, n < 5 ? 'one' : 'other') })),
    });
    rows = made.ids;
  });

  const filter = { property: { id: 'kind', text: { equals: 'one' } } };
  const orderBy = [{ property: { id: 'size', direction: 'DESC' as const } }];
  const titles = async (first: number): Promise<string> => {
    const { nodes } = await listed({ id: grown, filter, orderBy, first });
    return nodes!.map(({ id }) => rows.indexOf(id)).join('');
  };
  const valuesOf = (size: number | null, kind: string): PropertyInput[] => [
    size === null ? { id: 'size', clear: true } : { id: 'size', number: size },
    { id: 'kind', richText: [{ text: kind }] },
  ];
  const write = (n: number, size: number | null) =>
    updateRows(operator(world), { rows: [{ id: rows[n]!, properties: valuesOf(size, 'one') }] });

  test('answers as it would otherwise, however it has changed since', async () => {
    for (const _ of [1, 2]) {
      expect(await titles(2), 'full').toBe('43');
      expect(await titles(10), 'short').toBe('43210');
    }
    await write(4, null); // nothing to be sorted by any more
    await write(3, null);
    for (const _ of [1, 2]) {
      expect(await titles(2)).toBe('21');
      expect(await titles(10)).toBe('21043');
      expect(await titles(4), 'full, but not with values alone').toBe('2104');
    }
    for (const n of [0, 1]) await write(n, null);
    for (const _ of [1, 2]) {
      expect(await titles(2), 'not full of values any more').toBe('24');
      expect(await titles(10)).toBe('24310');
    }
    await write(5, 9); // one more of its kind
    for (const _ of [1, 2]) {
      expect(await titles(2)).toBe('52');
      expect(await titles(4)).toBe('5243');
      expect(await titles(10)).toBe('524310');
    }
  });

  test('takes as many statements as before, and one more only when it has lost what filled the page', async () => {
    const sent = async (first: number): Promise<number> => {
      world.statements.length = 0;
      await titles(first);
      return world.statements.filter((statement) => statement.includes('as place')).length; // others count
    };
    await write(0, 1);
    await write(1, 2);
    const counts: number[] = [];
    for (const first of [2, 2, 2, 10, 10, 10]) counts.push(await sent(first));
    expect(counts).toEqual([1, 1, 1, 1, 1, 1]);
    for (const n of [0, 1, 2, 5]) await write(n, null);
    expect([await sent(2), await sent(2)]).toEqual([2, 1]);
  });
});

test('several data sources and several aliases cost one statement a level', async () => {
  const sent = async (text: string): Promise<number> => {
    world.statements.length = 0;
    const { errors } = await world.ask(reader, text);
    expect(errors).toBeUndefined();
    return world.statements.filter((statement) => statement.includes('as part')).length;
  };
  const rows = 'rows(filter: { property: { id: "title", text: { isNotEmpty: true } } }) { nodes { id } }';
  expect(await sent(`{ databases(first: 10) { nodes { dataSources { ${rows} } } } }`)).toBe(1);
  expect(await sent(`{ databases(first: 10) { nodes { dataSources { a: ${rows} b: rows { nodes { id } } } } } }`)).toBe(
    1,
  );
});
