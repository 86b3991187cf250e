// Documents and bodies made to hurt. Each is answered with a stable code, without a stack trace, in less than 100 ms of
// processor time of this process (client included), and a program beside them gets its answers.

import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../src/lib/id.js';
import { type Asker, openWorld, type World } from '../world.js';
import { type Reply, type Sent, send } from './wire.js';

const MAX_CPU_MS = 100;
const MAX_GROWTH = 64_000_000;

let world: World;
let page: Id;
let reader: Asker;

beforeAll(async () => {
  world = await openWorld();
  page = await world.page({ title: 'Handbook' });
  reader = await world.connection(['CONTENT_READ', 'USER_READ']);
  await world.share(reader, page);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const seq = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const nest = (depth: number, open: string, inner = '', close = '}'): string =>
  open.repeat(depth) + inner + close.repeat(depth);
const doubled = (type: string, last: string, body = ''): string =>
  `${seq(30, (i) => `fragment F${i} on ${type} { ${body} ...F${i + 1} ...F${i + 1} }`)} fragment F30 on ${type} { ${last} }`;

interface Hostile {
  query?: string;
  variables?: unknown;
  /** In place of query and variables. */
  body?: string;
  operationName?: string;
  status: number;
  /** Of the first error; `null` where it is simply answered. */
  code: string | null;
}

const refused = (query: string, code = 'INVALID', variables?: unknown): Hostile => ({
  query,
  variables,
  status: code.startsWith('GRAPHQL_') ? 200 : 400,
  code,
});
const answered = (query: string, variables?: unknown, code: string | null = null): Hostile => ({
  query,
  variables,
  status: 200,
  code,
});

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }';
const PARSE = 'GRAPHQL_PARSE_FAILED';
const VALIDATION = 'GRAPHQL_VALIDATION_FAILED';

const corpus: Record<string, Hostile> = {
  // length
  'a document of 16,001 bytes': refused(`{ viewer { id } }#${'-'.repeat(15_983)}`),
  'a document of 900,000 bytes': refused(`{ viewer { id } }#${'-'.repeat(900_000)}`),
  'a document of 15,000 commas': answered(`{ viewer { id } }${','.repeat(15_000)}`),
  '2,001 tokens': refused(`{ ${seq(1_999, (i) => `a${i}`)} }`, PARSE),
  'a text of 15,000 quotes': refused(`{ node(id: ${'"'.repeat(14_999)}) { id } }`, PARSE),
  'a block text of 7,000 lines': answered(`{ node(id: """${' \n'.repeat(7_000)}""") { id } }`),
  // depth
  'braces 5,000 deep': refused(nest(5_000, '{a', '', '}'), PARSE),
  'lists 5,000 deep in an argument': refused(`{ nodes(ids: ${nest(5_000, '[', '', ']')}) { id } }`, PARSE),
  'lists 400 deep in an argument': refused(`{ nodes(ids: ${nest(400, '[', '', ']')}) { id } }`, VALIDATION),
  'objects 480 deep in an argument': refused(
    `{ pages(filter: ${nest(480, '{title:', '1')}) { totalCount } }`,
    VALIDATION,
  ),
  'brackets 501 deep': refused(nest(501, '{ a'), PARSE),
  'fields 400 deep': refused(`{ ${nest(400, 'parent {', 'id')} }`),
  'inline fragments 490 deep': answered(`{ ${nest(490, '... {', 'viewer { id }')} }`),
  'fields 13 deep through fragments': refused(
    `{ page(id: 1) { ...F1 } } ${seq(11, (i) => `fragment F${i + 1} on Resource { parent { ...F${i + 2} } }`)} fragment F12 on Resource { id }`,
  ),
  // width
  '31 aliases': refused(`{ ${seq(31, (i) => `a${i}: viewer { id }`)} }`),
  '101 aliases of __typename': refused(`{ ${seq(101, (i) => `a${i}: __typename`)} }`),
  '660 aliases': refused(`{ ${seq(660, (i) => `a${i}: schemaSdl`)} }`),
  '30 aliases of the dearest leaf': refused(`{ ${seq(30, (i) => `a${i}: schemaSdl`)} }`, 'COST_EXCEEDED'),
  '15 aliases of the dearest leaf': answered(`{ ${seq(15, (i) => `a${i}: schemaSdl`)} }`),
  '500 times the same field': refused(`{ ${'__typename '.repeat(500)} }`),
  '300 times the same object': refused(`{ ${'viewer { id } '.repeat(300)} }`),
  '1,900 fields that do not exist': refused(`{ ${seq(1_900, (i) => `f${i}`)} }`, VALIDATION),
  '250 conditions on the same object': refused(`{ node(id: 1) { ${'... on Node { id } '.repeat(250)} } }`),
  '10 unknown directives on a field': refused(`{ viewer { id ${seq(10, (i) => `@x${i}`)} } }`),
  '900 directives on a field': refused(`{ viewer { id ${'@a '.repeat(900)} } }`),
  'unknown directives on 400 fields': refused(`{ ${seq(400, (i) => `f${i} @aa`)} }`, VALIDATION),
  '@defer and @stream': refused('{ ... @defer { viewer { id } } pages { nodes @stream { id } } }', VALIDATION),
  '130 operations': refused(seq(130, (i) => `query Q${i} { viewer { id } }`)),
  '90 operations over a chain of 60 fragments': refused(
    `${seq(90, (i) => `query Q${i} { ...F0 }`)} ${seq(60, (i) => `fragment F${i} on Query { ...F${i + 1} }`)} fragment F60 on Query { viewer { id } }`,
    'OPERATION_RESOLUTION_FAILURE',
  ),
  '400 variables nobody uses': refused(`query (${seq(400, (i) => `$v${i}: Int`)}) { viewer { id } }`, VALIDATION),
  '280 variables nobody declares': refused(
    `{ ${seq(28, (i) => `a${i}: nodes(ids: [${seq(10, (j) => `$v${i}${j}`)}]) { id }`)} }`,
    VALIDATION,
  ),
  // fragments
  'fragments doubled thirty times': refused(`{ ...F0 } ${doubled('Query', 'viewer { id }')}`, 'COST_EXCEEDED'),
  'fragments doubled thirty times, with nothing to pay in them': answered(
    `{ ...F0 } ${doubled('Query', '__typename')}`,
  ),
  'fragments doubled thirty times, with objects': refused(
    `{ page(id: 1) { ...F0 } } ${doubled('Page', 'id', 'createdBy { id }')}`,
    'COST_EXCEEDED',
  ),
  'fields tripled through fragments ten times': refused(
    `{ page(id: 1) { ...F0 } } ${seq(9, (i) => `fragment F${i} on Resource { a${i}: parent { ...F${i + 1} } b${i}: parent { ...F${i + 1} } parent { ...F${i + 1} } }`)} fragment F9 on Resource { id }`,
    'COST_EXCEEDED',
  ),
  'a fragment that spreads itself': refused('{ ...A } fragment A on Query { viewer { id } ...A }', VALIDATION),
  'two fragments in a circle': refused(
    '{ ...A } fragment A on Query { ...B } fragment B on Query { viewer { id } ...A }',
    VALIDATION,
  ),
  '60 fragments in circles': refused(
    `{ ...F0 } ${seq(60, (i) => `fragment F${i} on Query { __typename ...F${(i + 1) % 60} ...F${(i + 7) % 60} }`)}`,
    VALIDATION,
  ),
  '28 fragments that all spread each other': refused(
    `{ ...F0 } ${seq(28, (i) => `fragment F${i} on Query { ${seq(28, (j) => `...F${j}`)} }`)}`,
    VALIDATION,
  ),
  '60 fragments nobody spreads': refused(
    `{ viewer { id } } ${seq(60, (i) => `fragment F${i} on Query { __typename }`)}`,
    VALIDATION,
  ),
  '150 fragments': refused(
    `{ ${seq(150, (i) => `...F${i}`)} } ${seq(150, (i) => `fragment F${i} on Query { viewer { id } }`)}`,
  ),
  '300 spreads of fragments that do not exist': refused(`{ ${seq(300, (i) => `...G${i}`)} }`, VALIDATION),
  'fields that overlap with other arguments': refused(`{ ${seq(120, (i) => `page(id: ${i}) { id }`)} }`, VALIDATION),
  'lists of fields that overlap, one in the other': answered(
    `{ ${`page(id: 1) { ${'createdBy { id } '.repeat(9)} } `.repeat(9)} }`,
  ),
  'too many of them': refused(`{ ${`page(id: 1) { ${'createdBy { id } '.repeat(12)} } `.repeat(12)} }`),
  // introspection
  'introspection in a circle': refused(
    `{ __schema { types { ${nest(4, 'fields { type {', 'name', '} }')} } } }`,
    VALIDATION,
  ),
  'introspection in a circle through fragments': refused(
    '{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type { fields { type { ...C } } } fragment C on __Type { fields { type { name } } }',
    VALIDATION,
  ),
  'introspection twice': refused('{ a: __schema { types { name } } b: __schema { types { name } } }'),
  'introspection multiplied by aliases': refused(
    `{ __schema { types { fields { type { ${seq(28, (i) => `a${i}: fields { name }`)} } } } } }`,
  ),
  'introspection of 100 levels of ofType': answered(`{ __type(name: "Query") { ${nest(100, 'ofType {', 'name')} } }`),
  'as much introspection as there may be': answered(
    `{ __schema { types { fields { args { type { ${TYPE} } } type { ${TYPE} fields { name type { ${TYPE} } } } } possibleTypes { fields { name } } } } }`,
  ),
  // lists and numbers
  'lists of 100 in 100 in 100': refused(
    '{ pages(first: 100) { nodes { children(first: 100) { nodes { ... on Page { children(first: 100) { nodes { id } } } } } } } }',
    'COST_EXCEEDED',
  ),
  'a first of 99999999': refused('{ pages(first: 99999999) { nodes { id } } }', 'COST_EXCEEDED'),
  'a first of five thousand digits': refused(
    `{ pages(first: ${'9'.repeat(5_000)}) { nodes { id } } }`,
    'COST_EXCEEDED',
  ),
  'a first of 1e308, as a variable': refused('query ($n: Int) { pages(first: $n) { nodes { id } } }', 'COST_EXCEEDED', {
    n: 1e308,
  }),
  'a first of -2147483648': answered('{ pages(first: -2147483648) { nodes { id } } }', undefined, 'INVALID'),
  'a first and a last': answered('{ pages(first: 1, last: 1) { nodes { id } } }', undefined, 'INVALID'),
  'a first that is text': answered(
    'query ($n: Int) { pages(first: $n) { nodes { id } } }',
    { n: 'ten' },
    'BAD_USER_INPUT',
  ),
  '1,900 ids': refused(`{ nodes(ids: [${'"a",'.repeat(1_900)}]) { id } }`, 'COST_EXCEEDED'),
  '101 ids': answered(`{ nodes(ids: [${'"a",'.repeat(101)}]) { id } }`, undefined, 'INVALID'),
  // mutations
  'a mutation, where there is none': refused('mutation { rotateToken }', VALIDATION),
  '600 mutations': refused(`mutation { ${seq(600, (i) => `a${i}: rotateToken`)} }`),
  '1,000 mutations without aliases': refused(`mutation { ${seq(1_000, (i) => `f${i}`)} }`),
  'a subscription': refused('subscription { events { id } }', VALIDATION),
  // variables and bodies
  'a body of 10 MB': {
    body: `{"query":"{ viewer { id } }","variables":{"x":"${'x'.repeat(10_000_000)}"}}`,
    status: 413,
    code: 'INVALID',
  },
  'a list of 480,000 elements': refused('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', 'INVALID', {
    ids: Array(480_000).fill(1),
  }),
  'a list of 19,000 elements of the wrong type': refused(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    'COST_EXCEEDED',
    {
      ids: Array(19_000).fill([]),
    },
  ),
  'a list of 900 elements of the wrong type': answered(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    { ids: Array(900).fill({}) },
    'BAD_USER_INPUT',
  ),
  'variables 160,000 levels deep': {
    body: `{"query":"{ viewer { id } }","variables":{"x":${nest(160_000, '{"a":', '1')}}}`,
    status: 400,
    code: 'INVALID',
  },
  'lists 490,000 levels deep': {
    body: `{"query":"{ viewer { id } }","variables":{"x":${nest(490_000, '[', '', ']')}}}`,
    status: 400,
    code: 'INVALID',
  },
  '90,000 variables': {
    body: `{"query":"{ viewer { id } }","variables":{${Array.from({ length: 90_000 }, (_, i) => `"${i}":1`).join(',')}}}`,
    status: 400,
    code: 'INVALID',
  },
  'a text of 900,000 letters where a number belongs': answered(
    'query ($n: Int) { pages(first: $n) { totalCount } }',
    { n: 'x'.repeat(900_000) },
    'BAD_USER_INPUT',
  ),
  'an id of 900,000 letters': answered('query ($id: ID!) { node(id: $id) { id } }', { id: 'x'.repeat(900_000) }),
  'an operation name of 900,000 letters': {
    query: '{ viewer { id } }',
    operationName: 'x'.repeat(900_000),
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  'a thousand requests in one': {
    body: `[${Array(1_000).fill('{"query":"{ viewer { id } }"}').join(',')}]`,
    status: 400,
    code: 'BAD_REQUEST',
  },
  // text
  'half a surrogate pair in the document': refused('{ node(id: "\ud83d") { id } }'),
  'half a surrogate pair in a variable': answered(
    'query ($t: String) { pages(filter: { title: { contains: $t } }) { totalCount } }',
    { t: '\ud83d' },
  ),
  'NUL in the document': refused('{ viewer { id } }\u0000', PARSE),
  'NUL in an id': answered('query ($id: ID!) { node(id: $id) { id } }', { id: '\u0000' }),
  'NUL in a filter': answered('query ($t: String) { pages(filter: { title: { eq: $t } }) { totalCount } }', {
    t: 'a\u0000b',
  }),
  'letters that turn the direction': refused('{ viewer \u202e { id } }', PARSE),
  'a pattern of 4,000 wildcards': answered(
    'query ($t: String) { pages(filter: { title: { contains: $t } }) { totalCount } }',
    { t: '%_'.repeat(4_000) },
  ),
  'a cursor of 900,000 letters': answered(
    'query ($c: String) { pages(after: $c) { totalCount } }',
    { c: 'A'.repeat(900_000) },
    'CURSOR_INVALID',
  ),
  'the names of prototypes': answered(
    'query ($__proto__: ID) { __proto__: viewer { constructor: id toString: kind } node(id: "1") { id @include(if: true) } }',
    undefined,
    'GRAPHQL_VALIDATION_FAILED',
  ),
  'variables named as prototypes': {
    body: '{"query":"{ viewer { id } }","variables":{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}}',
    status: 200,
    code: null,
  },
};

const sentOf = ({ query, variables, body, operationName }: Hostile): Sent => ({
  headers: { 'content-type': 'application/json', authorization: `Bearer ${reader.token}` },
  body: body ?? JSON.stringify({ query, variables, operationName }),
});

/** The reply, and the processor time it took. */
async function measured(sent: Sent): Promise<{ reply: Reply; ms: number }> {
  const before = process.cpuUsage();
  const reply = await send(world.url, sent);
  const { user, system } = process.cpuUsage(before);
  return { reply, ms: (user + system) / 1_000 };
}

const codeOf = ({ text }: Reply): string | null => JSON.parse(text).errors?.[0]?.extensions?.code ?? null;

describe('answered quickly, with a code and without a trace:', () => {
  test.each(Object.entries(corpus))('%s', async (_, hostile) => {
    const sent = sentOf(hostile);
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { reply, ms } = await measured(sent);
      times.push(ms);
      expect(codeOf(reply)).toBe(hostile.code);
      expect(reply.status).toBe(hostile.status);
      expect(reply.text.length).toBeLessThan(hostile.code === null ? 4_000_000 : 20_000);
      if (hostile.code)
        expect(reply.text).not.toMatch(/RangeError|call stack|\.[jt]s:\d|node_modules|"stack|\bat [\w.]+ \(/);
      if (hostile.code !== VALIDATION && hostile.code)
        expect(JSON.parse(reply.text).errors.length).toBeLessThanOrEqual(10);
    }
    const [, median] = times.sort((one, other) => one - other);
    expect(median, `milliseconds of processor time: ${times.join(', ')}`).toBeLessThan(MAX_CPU_MS);
  });
});

test('there are at least forty of them', () => {
  expect(Object.keys(corpus).length).toBeGreaterThanOrEqual(40);
});

test('all of them again and again take no more memory', async () => {
  const all = async () => {
    for (const hostile of Object.values(corpus)) await send(world.url, sentOf(hostile));
  };
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) await all(); // until the heap has the size it needs for the largest of them
  collectGarbage();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 3; i++) await all();
  collectGarbage();
  expect(process.memoryUsage().rss - before).toBeLessThan(MAX_GROWTH);
});

test('a program beside them gets every answer, and soon', async () => {
  const neighbour = await world.connection(['CONTENT_READ']);
  await world.share(neighbour, page);
  let attacking = true;
  const attackers = Array.from({ length: 5 }, async (_, i) => {
    const cases = Object.values(corpus).filter(({ body, variables }) => !body && !variables);
    for (let n = i; attacking; n++) {
      await send(world.url, sentOf(cases[n % cases.length]!));
      await sleep(100);
    }
  });
  const waits: number[] = [];
  for (let i = 0; i < 50; i++) {
    const begun = performance.now();
    const answer = await world.ask(neighbour, `{ page(id: "${page}") { title } }`);
    waits.push(performance.now() - begun);
    expect(answer.data).toEqual({ page: { title: 'Handbook' } });
  }
  attacking = false;
  await Promise.all(attackers);
  expect(waits.sort((one, other) => one - other)[48], 'milliseconds of the slowest but one').toBeLessThan(500);
});

test('nothing of it was a fault of ours', () => {
  expect(world.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
