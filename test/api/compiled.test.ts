// Compiled execution, one danger at a time. graphql-jit alone gets each of these wrong; here both engines agree.

import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  isInterfaceType,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileWeight } from '../../src/api/compile-weight.js';
import { type CompiledOptions, compileFor } from '../../src/api/compiled.js';
import { type Engine, interpret } from '../../src/api/engine.js';
import { executeOperation } from '../../src/api/execute.js';
import { buildGatewaySchema } from '../../src/api/schema.js';
import type { Actor } from '../../src/gate/actor.js';
import { bitsOf } from '../../src/gate/capability.js';
import { contextOn } from './compiled-world.js';
import { connectionWith, guardedToy } from './toy-schema.js';

const everyone = connectionWith('CONTENT_READ', 'USER_READ', 'USER_READ_EMAIL');

const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(rejections).toEqual([]);
});

interface Asked {
  variables?: Record<string, unknown>;
  actor?: Actor;
  operationName?: string;
  maxMs?: number;
}

/** Runs it by an engine, on no store. */
const run = (
  schema: GraphQLSchema,
  engine: Engine,
  document: DocumentNode,
  { actor = everyone, ...operation }: Asked = {},
): Promise<ExecutionResult> => executeOperation(schema, contextOn(actor).ctx, { document, ...operation }, engine);

/** A compiling engine and what became of each operation. */
function watched(schema: GraphQLSchema, options: CompiledOptions = { after: 0 }) {
  const ways: string[] = [];
  return { engine: compileFor(schema, { ...options, onRun: (how) => ways.push(how) }), ways };
}

const shown = ({ data, errors, extensions }: ExecutionResult) => ({
  data: JSON.stringify(data),
  errors: errors
    ?.map((error) => ({ ...error.toJSON(), cause: error.originalError?.constructor.name }))
    .sort((one, other) => (JSON.stringify(one.path) < JSON.stringify(other.path) ? -1 : 1)),
  extensions,
});

/** Both engines' answer, which is the same, and how the second came by it. */
async function both(schema: GraphQLSchema, text: string, asked: Asked = {}) {
  const { engine, ways } = watched(schema);
  const document = parse(text);
  const expected = await run(schema, interpret, document, asked);
  const found = await run(schema, engine, document, asked);
  expect(shown(found)).toEqual(shown(expected));
  return { ...expected, text: JSON.stringify(expected.data), how: ways[0] ?? 'refused' };
}

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

describe('A document', () => {
  const schema = guardedToy('type Query { one: Int @open, two: Int @open }', {
    'Query.one': () => 1,
    'Query.two': () => 2,
  });

  test('is compiled when it comes a third time', async () => {
    const { engine, ways } = watched(schema, {});
    const document = parse('{ one }');
    for (let n = 0; n < 4; n++) expect(await run(schema, engine, document)).toEqual({ data: { one: 1 } });
    expect(ways).toEqual(['interpreted', 'interpreted', 'compiled', 'compiled']);
  });

  test('is compiled for each of its operations by itself', async () => {
    const { engine, ways } = watched(schema, { after: 1 });
    const document = parse('query A { one } query B { two }');
    for (const operationName of ['A', 'B', 'A', 'B']) await run(schema, engine, document, { operationName });
    expect(ways).toEqual(['interpreted', 'interpreted', 'compiled', 'compiled']);
    expect(await run(schema, engine, document, { operationName: 'B' })).toEqual({ data: { two: 2 } });
  });

  test.each([undefined, '', 'C'])('that has no operation %j says so', async (operationName) => {
    const answer = await both(schema, 'query A { one } query B { two }', { operationName: operationName as string });
    expect(answer.errors).toHaveLength(1);
  });

  test('makes room for others when too many are kept', async () => {
    const { engine, ways } = watched(schema, { after: 1, keep: 2 });
    const [first, ...others] = ['{ one }', '{ two }', '{ one two }'].map((text) => parse(text)) as [DocumentNode];
    for (const document of [first, first, ...others, ...others]) await run(schema, engine, document);
    expect(ways.splice(0)).toEqual(['interpreted', 'compiled', 'interpreted', 'interpreted', 'compiled', 'compiled']);
    for (const document of [first, first]) await run(schema, engine, document);
    expect(ways).toEqual(['interpreted', 'compiled']);
  });

  test('that asks for the schema is left to graphql-js', async () => {
    const { engine, ways } = watched(schema);
    await run(schema, engine, parse('{ one about: __type(name: "Query") { name } }'));
    await run(schema, engine, parse('{ all: __schema { queryType { name } } }'));
    expect(ways).toEqual(['interpreted', 'interpreted']);
  });

  test('serves every set of capabilities by one compiled form', async () => {
    const guarded = guardedToy('type Query { one: Int @requires(anyOf: [[CONTENT_READ]]) }', { 'Query.one': () => 1 });
    const { engine, ways } = watched(guarded);
    const document = parse('{ one }');
    expect((await run(guarded, engine, document)).data).toEqual({ one: 1 });
    const refused = await run(guarded, engine, document, { actor: connectionWith() });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'CAPABILITY_MISSING' });
    expect(ways).toEqual(['compiled', 'compiled']);
  });
});

describe('Variables', () => {
  const schema = guardedToy(
    `type Query {
       find(filter: Filter): String @open
       one(by: By!): String @open
       list(first: Int! = 100, after: String): String @open }
     input Filter { title: String @open, size: Int @open, and: [Filter!] @open, or: [Filter!] @open, not: Filter @open }
     input By @oneOf { id: ID title: String }`,
    {
      'Query.find': (_row, args) => JSON.stringify(args),
      'Query.one': (_row, args) => JSON.stringify(args),
      'Query.list': (_row, args) => JSON.stringify(args),
    },
  );

  test('of a recursive type cost no time', async () => {
    const since = process.cpuUsage();
    const answer = await both(schema, 'query ($f: Filter) { find(filter: $f) }', {
      variables: { f: { and: [{ or: [{ not: { title: 'a' } }] }] } },
    });
    expect(answer.how).toBe('compiled');
    expect(answer.text).toContain('title');
    expect(cpuMs(since)).toBeLessThan(1_000); // 4.9 s and a stack overflow without the fence
  });

  test.each([
    ['two members of a @oneOf', 'query ($by: By!) { one(by: $by) }', { by: { id: '1', title: 'a' } }],
    ['none of a @oneOf', 'query ($by: By!) { one(by: $by) }', { by: {} }],
    ['a null member of a @oneOf', 'query ($by: By!) { one(by: $by) }', { by: { id: null } }],
    ['nothing where something is required', 'query ($by: By!) { one(by: $by) }', {}],
    ['a wrong type', 'query ($f: Filter) { find(filter: $f) }', { f: { size: 'large' } }],
    ['a member that does not exist', 'query ($f: Filter) { find(filter: $f) }', { f: { length: 1 } }],
    ['null for a non-null argument', 'query ($n: Int) { list(first: $n) }', { n: null }],
    ['null in a literal @oneOf', 'query ($id: ID) { one(by: { id: $id }) }', { id: null }],
  ])('that are wrong are refused in the same words: %s', async (_what, text, variables) => {
    const answer = await both(schema, text, { variables });
    expect(answer.errors).toHaveLength(1);
  });

  test.each([
    ['a default of a variable', 'query ($n: Int! = 7) { list(first: $n) }', {}, { first: 7 }],
    ['a default of an argument', 'query ($n: Int) { list(first: $n) }', {}, { first: 100 }],
    [
      'one value taken for a list',
      'query ($f: [Filter!]) { find(filter: { and: $f }) }',
      { f: { size: 1 } },
      { filter: { and: [{ size: 1 }] } },
    ],
  ])('are coerced by graphql-js: %s', async (_what, text, variables, args) => {
    const answer = await both(schema, text, { variables });
    expect(JSON.parse(Object.values(answer.data ?? {})[0] as string)).toEqual(args);
    expect(answer.how).toBe('compiled');
  });

  test('that are absent inside a literal stay absent', async () => {
    const text = 'query ($t: String, $s: Int) { find(filter: { title: $t, size: $s }) }';
    const absent = await both(schema, text, { variables: { t: 'a' } });
    expect(absent.data).toEqual({ find: '{"filter":{"title":"a"}}' });
    const given = await both(schema, text, { variables: { t: 'a', s: null } });
    expect(given.data).toEqual({ find: '{"filter":{"title":"a","size":null}}' });
    expect([absent.how, given.how]).toEqual(['compiled', 'compiled']);
  });
});

describe('Literals', () => {
  const schema = guardedToy('type Query { echo(text: String, number: Float): String @open }', {
    'Query.echo': (_row, { text }: never) => text,
  });

  test.each([
    '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d(globalThis.broken=true)',
    '__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8',
    '__MAGIC_PLUS_INFINITY__bb201c39_3333_4695_b4ad_7f1722e7aa7a',
    '"}); globalThis.broken = true; ({"',
    ['$', '{globalThis.broken=true} ` \\ \u2028'].join(''),
  ])('never become code: %j', async (text) => {
    const answer = await both(schema, `{ echo(text: ${JSON.stringify(text)}) }`);
    expect(answer.data).toEqual({ echo: text });
    expect(answer.how).toBe('compiled');
    expect(globalThis).not.toHaveProperty('broken');
  });
});

describe('Conditions', () => {
  const schema = guardedToy(
    'type Query { a: Node @open, b: Node @open } type Node @open { id: ID name: String next: Node }',
    {
      'Query.a': () => ({ id: 1, name: 'a', next: { id: 2, name: 'n' } }),
      'Query.b': () => ({ id: 3, name: 'b', next: { id: 4, name: 'm' } }),
    },
  );

  test.each([
    [
      'a fragment that is skipped once and not twice',
      '{ a { ...F @skip(if: $off) ...F } } fragment F on Node { id name }',
    ],
    [
      'two spreads under two conditions',
      '{ a { ...F @include(if: $off) ...F @include(if: $on) } } fragment F on Node { id }',
    ],
    [
      'a fragment shared by two places',
      '{ a { ...F @include(if: $off) } b { ...F } } fragment F on Node { id next { id } }',
    ],
    ['the order of keys', '{ a { id @include(if: $off) name id } }'],
    [
      'two nodes of a field with other selections',
      '{ a @include(if: $off) { id } a @skip(if: $off) { name next { id } } }',
    ],
    ['nothing left', '{ a { id @skip(if: $on) } }'],
    ['both on one field', '{ a { id @skip(if: $off) @include(if: $off) name } }'],
    ['literals', '{ a { id @skip(if: true) name @include(if: true) } }'],
  ])('hold: %s', async (_what, selections) => {
    const [on, off] = ['$on', '$off'].map((name) => (selections.includes(name) ? `${name}: Boolean!` : ''));
    const declared = [on, off].filter(Boolean).join(', ');
    const text = `query ${declared && `(${declared})`} ${selections}`;
    for (const variables of [
      { on: true, off: false },
      { on: false, off: true },
    ]) {
      const answer = await both(schema, text, { variables });
      expect(answer.how).toBe('compiled');
    }
  });

  test('are each an outcome with a compiled form of its own', async () => {
    const { engine, ways } = watched(schema, { after: 1 });
    const document = parse('query ($on: Boolean!) { a { id name @include(if: $on) } }');
    const ask = (on: boolean) => run(schema, engine, document, { variables: { on } });
    expect([await ask(true), await ask(false), await ask(true), await ask(false)].map(({ data }) => data)).toEqual([
      { a: { id: '1', name: 'a' } },
      { a: { id: '1' } },
      { a: { id: '1', name: 'a' } },
      { a: { id: '1' } },
    ]);
    expect(ways).toEqual(['interpreted', 'interpreted', 'compiled', 'compiled']);
  });

  test('that are null are an error', async () => {
    const answer = await both(schema, 'query ($on: Boolean = true) { a { id @include(if: $on) } }', {
      variables: { on: null },
    });
    expect(answer.errors).toHaveLength(1);
  });

  test('beyond sixteen outcomes are interpreted', async () => {
    const { engine, ways } = watched(schema);
    const names = ['v', 'w', 'x', 'y', 'z'];
    const document = parse(
      `query (${names.map((name) => `$${name}: Boolean!`)}) { a { ${names.map((name) => `${name}: id @skip(if: $${name})`)} } }`,
    );
    for (let outcome = 0; outcome < 32; outcome++) {
      const variables = Object.fromEntries(names.map((name, n) => [name, (outcome >> n) % 2 === 1]));
      await run(schema, engine, document, { variables });
    }
    expect(ways.filter((how) => how === 'compiled')).toHaveLength(16);
  });
});

describe('Nested interfaces', () => {
  const kinds = ['A', 'B', 'C', 'D'];
  const schema = guardedToy(
    `type Query { node: Node @open } interface Node @open { id: ID next: Node }
     ${kinds.map((kind) => `type ${kind} implements Node @open { id: ID next: Node }`).join('\n')}`,
    { 'Query.node': () => chain(9) },
  );
  const chain = (depth: number): object | null =>
    depth === 0 ? null : { __typename: kinds[depth % 4], id: depth, next: chain(depth - 1) };
  const nested = (depth: number): string => `{ node { id ${'next { id '.repeat(depth)} ${'}'.repeat(depth)} } }`;
  const weigh = (text: string): number => {
    const document = parse(text);
    return compileWeight(schema, document, getOperationAST(document)!);
  };

  test('are weighed by possible types to the power of depth', () => {
    expect(weigh(nested(0))).toBe(9); // node, and for each of 4 types the type and its id
    expect(weigh(nested(1))).toBe(1 + 4 * (1 + 1 + 1 + 4 * 2));
    expect(weigh(nested(7))).toBeGreaterThan(100_000);
  });

  test('are compiled while they are light', async () => {
    expect((await both(schema, nested(2))).how).toBe('compiled');
  });

  test('that are heavy cost no time: they are interpreted', async () => {
    const since = process.cpuUsage();
    expect((await both(schema, nested(7))).how).toBe('interpreted'); // 6 s of compiling without the fence
    const doubling = `{ node { ...F20 } } fragment F0 on Node { id } ${Array.from({ length: 20 }, (_, n) => `fragment F${n + 1} on Node { ...F${n} ...F${n} }`).join(' ')}`;
    expect((await both(schema, doubling)).how).toBe('interpreted');
    expect(cpuMs(since)).toBeLessThan(1_000);
  });
});

describe('Response keys', () => {
  const people = guardedToy(
    `type Query { person: User @open }
     interface User { id: ID @open }
     type Person implements User @requires(anyOf: [[USER_READ]]) {
       id: ID @open, name: String, email: String @requires(anyOf: [[USER_READ_EMAIL]]), friend: User }`,
    { 'Query.person': () => ann },
  );
  const access = bitsOf(['USER_READ']);
  const ben = { __typename: 'Person', access, id: 2, name: 'Ben', email: 'ben@example.org' };
  const ann = { __typename: 'Person', access, id: 1, name: 'Ann', email: 'ann@example.org', friend: ben };

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__typename'])('may be %s', async (key) => {
    const field = key === '__typename' ? '__typename' : `${key}: id`;
    const answer = await both(people, `{ person { ${field} } }`);
    expect(answer.text).toContain(`"${key}":`);
    expect(answer.how).toBe(key === '__proto__' ? 'interpreted' : 'compiled');
  });

  test('that spell the path of another field do not take its place', async () => {
    // As paths joined by "_": b_Person_Person_x twice.
    const text = `{
      x: person { ... on Person { b_Person: name } }
      Person_x: person { ... on Person { b: email } } }`;
    const answer = await both(people, text, { actor: connectionWith('USER_READ') });
    expect(answer.data).toEqual({ x: { b_Person: 'Ann' }, Person_x: { b: null } });
    expect(answer.text).not.toContain('@');
    expect(answer.how).toBe('interpreted');
  });

  test('are where receipts point to, in both engines', async () => {
    const answer = await both(
      people,
      '{ a: person { ... on Person { mail: email friend { ... on Person { email } } } } }',
      {
        actor: connectionWith('USER_READ'),
      },
    );
    const receipts = answer.extensions?.redactions as { coordinate: string; path: string; count: number }[];
    expect(receipts.map(({ coordinate, path, count }) => `${coordinate} ${path} ${count}`).sort()).toEqual([
      'Person.email a.friend.email 1',
      'Person.email a.mail 1',
    ]);
    expect(answer.how).toBe('compiled');
  });
});

describe('Rows', () => {
  const later = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), 2));
  const lateFailure = (message: string, ms: number): Promise<never> =>
    new Promise((_resolve, reject) => setTimeout(() => reject(new Error(message)), ms));
  const sdl = `type Query { row: Row @open, rows: [Row] @open, matrix: [[Int]] @open, thing: Thing @open, calm: Int @open }
    interface Thing @open { id: ID }
    type Row implements Thing @open { id: ID, name: String, size: Int, must: Int!, count: Int, rows: [Row] }`;
  const answering = (resolvers: Record<string, () => unknown>) =>
    guardedToy(sdl, { 'Query.calm': () => later(1), ...resolvers });

  test('whose values are functions and promises are read as graphql-js reads them', async () => {
    const row = { id: () => 'f', name: later('p'), count: async () => 3, rows: () => new Set([{ id: later(1) }]) };
    const answer = await both(answering({ 'Query.row': () => row }), '{ row { id name count rows { id } } }');
    expect(answer.data).toEqual({ row: { id: 'f', name: 'p', count: 3, rows: [{ id: '1' }] } });
    expect(answer.how).toBe('compiled');
  });

  test('with a getter that throws are an error at that field, at once or later', async () => {
    const row = () => ({
      id: 1,
      get name() {
        throw new Error('The getter threw');
      },
    });
    for (const resolve of [row, async () => later(row())]) {
      const answer = await both(answering({ 'Query.row': resolve }), '{ calm row { id name } }');
      expect(answer.data).toEqual({ calm: 1, row: { id: '1', name: null } });
      expect(answer.errors?.[0]?.path).toEqual(['row', 'name']);
      expect(answer.how).toBe('compiled');
    }
  });

  test('from an iterator that throws are an error at the list, at once or later', async () => {
    const broken = () => ({
      *[Symbol.iterator]() {
        yield { id: 1 };
        throw new Error('The iterator threw');
      },
    });
    for (const resolve of [broken, async () => later(broken())]) {
      const answer = await both(answering({ 'Query.rows': resolve }), '{ calm rows { id } }');
      expect(answer.data).toEqual({ calm: 1, rows: null });
      expect(answer.errors?.[0]?.message).toBe('The iterator threw');
      expect(answer.how).toBe('compiled');
    }
  });

  test('that reject late keep their place in the list', async () => {
    const rows = () => [lateFailure('late', 8), later({ id: 2 }), new Error('soon'), { id: 4 }];
    const answer = await both(answering({ 'Query.rows': rows }), '{ rows { id } }');
    expect(answer.data).toEqual({ rows: [null, { id: '2' }, null, { id: '4' }] });
    expect(answer.how).toBe('compiled');
    const matrix = () => [[1, later(2)], later([3, lateFailure('late', 4)]), null, 5];
    await both(answering({ 'Query.matrix': matrix }), '{ matrix }');
  });

  test('that are no list are an error in the same words', async () => {
    for (const rows of [() => 'text', () => later({ id: 1 }), () => 5]) {
      await both(answering({ 'Query.rows': rows }), '{ rows { id } again: rows { id } }');
    }
  });

  test('whose type cannot be told end nothing, at once or later', async () => {
    for (const thing of [() => ({ id: 1 }), () => later({ id: 1 })]) {
      const schema = answering({ 'Query.thing': thing });
      const type = schema.getType('Thing');
      if (!isInterfaceType(type)) throw new Error('No interface');
      type.resolveType = () => {
        throw new Error('resolveType threw');
      };
      const { engine, ways } = watched(schema);
      const answer = await run(schema, engine, parse('{ calm thing { id } }'), { maxMs: 2_000 });
      expect(answer.data).toEqual({ calm: 1, thing: null });
      expect(answer.errors?.[0]?.path).toEqual(['thing']);
      expect(ways).toEqual(['compiled']);
    }
  });

  test('with values of the wrong type keep the cause, so that it can be masked', async () => {
    const row = { id: 1, size: 'secret internals', name: { toString: 1 } };
    const answer = await both(answering({ 'Query.row': () => row }), '{ row { id size name } }');
    expect(answer.data).toEqual({ row: { id: '1', size: null, name: null } });
    expect(answer.errors?.map(({ originalError }) => originalError instanceof GraphQLError)).toEqual([true, true]);
  });

  test.each([
    ['null', { id: 1, must: null }],
    ['an error', { id: 1, must: new Error('no') }],
    ['a late error', { id: 1, must: () => lateFailure('no', 2) }],
  ])('that break a promise of the schema become null above: %s', async (_what, row) => {
    const answer = await both(answering({ 'Query.row': () => row }), '{ calm row { id must must } }');
    expect(answer.data).toEqual({ calm: 1, row: null });
  });

  test('thrown things that are no errors are worded alike', async () => {
    for (const thrown of ['text', { code: 1 }]) {
      const resolve = () => {
        throw thrown;
      };
      const answer = await both(answering({ 'Query.row': resolve }), '{ row { id } }');
      expect(answer.errors).toHaveLength(1);
    }
  });
});

describe('An operation that has begun', () => {
  const sdl = `type Query { me: Int @open, never: Int @open, add(by: Int!): Payload! @open }
    type Mutation { add(by: Int!): Payload! @open }
    type Payload @open { total: Int, broken: Int, nested: Payload }`;

  const FIELDS = 'a: add(by: 1) { total broken nested { total } } b: add(by: 2) { total nested { total } }';

  /** What became of a total that each `add` raises. */
  async function adding(text: string) {
    let total = 0;
    const add = async (_row: unknown, { by }: { by: number }) => {
      total += by;
      const after = total;
      return {
        total: after,
        broken: () => {
          throw new Error('broken');
        },
        nested: async () => ({ total: after * 10 }),
      };
    };
    const schema = guardedToy(sdl, { 'Query.add': add, 'Mutation.add': add });
    const { engine, ways } = watched(schema);
    const { data } = await run(schema, engine, parse(text));
    expect(data).toEqual({
      a: { total: 1, broken: null, nested: { total: 10 } },
      b: { total: 3, nested: { total: 30 } },
    });
    expect(total).toBe(3);
    return ways;
  }

  test('is never run again, whatever its resolvers do', async () => {
    expect(await adding(`{ ${FIELDS} }`)).toEqual(['compiled']);
  });

  test('and changes something is left to graphql-js', async () => {
    expect(await adding(`mutation { ${FIELDS} }`)).toEqual(['interpreted']);
  });

  test('and does not end is given up by its deadline', async () => {
    const schema = guardedToy(sdl, { 'Query.never': () => new Promise(() => {}) });
    const { engine, ways } = watched(schema);
    const answer = await engine({ schema, ctx: contextOn(everyone).ctx, document: parse('{ never }'), deadlineMs: 20 });
    expect(answer.data).toBeNull();
    expect(answer.errors?.[0]?.message).toContain('20 ms');
    expect(ways).toEqual(['compiled']);
  });

  test('stands on the event it is given', async () => {
    const schema = guardedToy('type Query { me: Int @open } type Subscription { ticks: Int @open }');
    const { engine, ways } = watched(schema);
    const document = parse('subscription { ticks }');
    const ticks = await engine({ schema, ctx: contextOn(everyone).ctx, document, rootValue: { ticks: 7 } });
    expect(ticks).toEqual({ data: { ticks: 7 } });
    expect(ways).toEqual(['compiled']);
  });
});

test('Resolvers are told of the real schema and the real document', async () => {
  const infos: Record<string, unknown>[] = [];
  const schema = guardedToy('type Query { find(text: String): Found @open } type Found @open { id: ID }');
  const field = schema.getQueryType()?.getFields().find;
  field!.resolve = (_row, args, _ctx, info) => {
    const { fieldName, fieldNodes, fragments, operation, parentType, path, returnType, rootValue, variableValues } =
      info;
    infos.push({
      args,
      fieldName,
      fieldNodes,
      fragments,
      operation,
      parentType,
      key: path.key,
      returnType,
      rootValue,
      variableValues,
    });
    expect(info.schema).toBe(schema);
    return { id: 1 };
  };
  const text =
    'query Q($t: String = "a", $unused: Int) { x: find(text: $t) { ...F } } fragment F on Found { id @include(if: true) }';
  await both(schema, text, { variables: { unused: 5 } });
  const [expected, found] = infos;
  expect(found).toEqual(expected);
  expect(found?.variableValues).toEqual({ t: 'a', unused: 5 });
});

test("The gateway's own schema can be compiled", async () => {
  const { schema } = buildGatewaySchema();
  const { engine, ways } = watched(schema);
  await run(schema, engine, parse('{ pages(first: 2) { totalCount nodes { id title parent { id } } } }'));
  expect(ways).toEqual(['compiled']);
});
