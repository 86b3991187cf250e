// How large a request may be: each limit as far as it goes, and one step further.

import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createGateway } from '../../src/api/gateway.js';
import { DEFAULT_LIMITS, refuseLongDocument, refuseSprawl, refuseVariables } from '../../src/api/limits.js';
import { guard } from '../../src/api/schema.js';
import { createLog } from '../../src/lib/log.js';
import { KeyRing } from '../../src/lib/secret.js';
import { connectionWith, toySchema } from './toy-schema.js';

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const nested = (depth: number, name = 'parent'): string =>
  `${`${name} {`.repeat(depth - 1)} id ${'}'.repeat(depth - 1)}`;

/** What is said about a document: nothing when it is within all limits. */
function saidOf(document: string): string | null {
  try {
    refuseLongDocument(document, DEFAULT_LIMITS);
    refuseSprawl(parse(document), DEFAULT_LIMITS);
    return null;
  } catch (error) {
    expect(error).toMatchObject({ name: 'Refusal', code: 'INVALID' });
    return (error as Error).message;
  }
}

const expectAllowed = (document: string): void => expect(saidOf(document)).toBeNull();
const expectRefused = (document: string, sentence: string): void => expect(saidOf(document)).toBe(sentence);

describe('fields may stand twelve deep in each other', () => {
  const twelve = 'Fields may stand at most 12 deep in each other, fragments included, but here they stand 13 deep.';

  test('written out', () => {
    expectAllowed(`{ ${nested(12)} }`);
    expectRefused(`{ ${nested(13)} }`, twelve);
  });

  test('in inline fragments, which add nothing themselves', () => {
    expectAllowed(`{ ${nested(12, '... on Page { parent ')}`.replaceAll('} id', ' id') + '}'.repeat(12));
    expectRefused(`{ ... on Query { ${nested(13)} } }`, twelve);
  });

  test('through fragments that spread fragments', () => {
    const chain = (depth: number) =>
      `{ ...F1 } ${times(depth - 1, (i) => `fragment F${i + 1} on Page { parent { ...F${i + 2} } }`)} fragment F${depth} on Page { id }`;
    expectAllowed(chain(12));
    expectRefused(chain(13), twelve);
  });

  test('in whichever operation or fragment they stand', () => {
    expectRefused(`query A { id } query B { ${nested(13)} }`, twelve);
    expectRefused(`{ id } fragment Unused on Page { ${nested(13)} }`, twelve);
  });

  test('and introspection does not count', () => {
    expectAllowed(`{ __schema { types { ${nested(12, 'ofType')} } } }`);
    expectAllowed(`{ __type(name: "Page") { ...T } } fragment T on __Type { ${nested(13, 'ofType')} }`);
  });
});

describe('a document may use thirty aliases', () => {
  const many = 'A document may use at most 30 aliases, but this one uses 31.';

  test.each(['id', '__typename', 'page(id: 1) { id }'])('of %s', (field) => {
    expectAllowed(`{ ${times(30, (i) => `a${i}: ${field}`)} }`);
    expectRefused(`{ ${times(31, (i) => `a${i}: ${field}`)} }`, many);
  });

  test('wherever they stand', () => {
    const spread = (count: number) =>
      `{ ${times(15, (i) => `a${i}: id`)} ...F } fragment F on Query { ... on Query { ${times(count, (i) => `b${i}: id`)} } }`;
    expectAllowed(spread(15));
    expectRefused(spread(16), many);
  });

  test('none of them below introspection, which is free', () => {
    const below =
      'Below __schema and __type aliases are not allowed: introspection is free, and they would multiply it.';
    expectAllowed('{ mine: __schema { types { name } } }');
    expectRefused('{ __schema { a: types { name } } }', below);
    expectRefused('{ __schema { types { ...T } } } fragment T on __Type { a: name }', below);
  });
});

test('an operation may hold ten mutations, through fragments as well', () => {
  const many = 'An operation may hold at most 10 mutations, but this one holds 11.';
  expectAllowed(`mutation { ${times(10, (i) => `a${i}: add`)} }`);
  expectRefused(`mutation { ${times(11, (i) => `a${i}: add`)} }`, many);
  const parts = (count: number) =>
    `mutation { a: add ...F ...F } fragment F on Mutation { ${times(count, (i) => `b${i}: add`)} }`;
  expectAllowed(parts(9));
  expectRefused(parts(10), many);
  expectAllowed(`query { ${times(11, (i) => `a${i}: add`)} }`);
});

describe('five directives may stand in one place', () => {
  const many = (count: number) => `At most 5 directives may stand in one place, but here stand ${count}.`;

  test.each([
    ['a field', (all: string) => `{ id ${all} }`],
    ['an operation', (all: string) => `query Q ${all} { id }`],
    ['a variable', (all: string) => `query Q($v: Int ${all}) { id }`],
    ['a spread', (all: string) => `{ ...F ${all} } fragment F on Query { id }`],
    ['an inline fragment', (all: string) => `{ ... ${all} { id } }`],
    ['a fragment', (all: string) => `{ ...F } fragment F on Query ${all} { id }`],
  ])('on %s', (_, document) => {
    expectAllowed(document('@aa '.repeat(5)));
    expectRefused(document('@aa '.repeat(6)), many(6));
    expectRefused(document('@aa '.repeat(10)), many(10));
  });
});

test('a document may ask for introspection once', () => {
  const once = 'A document may ask for __schema or __type once, but this one asks 2 times.';
  expectAllowed('{ __schema { queryType { name } } viewer { id } }');
  expectRefused('{ a: __schema { queryType { name } } b: __schema { queryType { name } } }', once);
  expectRefused('{ __schema { queryType { name } } __type(name: "Page") { name } }', once);
});

test('what validation compares with each other is counted before it does', () => {
  const sentence = (comparisons: number, fragments: number, name: string, count: number) =>
    `Fields of the same name and fragments are compared with each other, at most 15000 times, but this document needs ${comparisons}: it has ${fragments} fragments, and writes ${name} ${count} times.`;
  expectAllowed(`{ ${'id '.repeat(173)} }`);
  expectRefused(`{ ${'id '.repeat(174)} }`, sentence(15_051, 0, 'id', 174));
  expectRefused(`{ ${'__typename '.repeat(500)} }`, sentence(124_750, 0, '__typename', 500));
  const fragments = (count: number) => `{ ...F0 } ${times(count, (i) => `fragment F${i} on Query { f${i} }`)}`;
  expectAllowed(fragments(71));
  expectRefused(fragments(72), sentence(15_336, 72, 'f0', 1));
});

test('a document is text: half a surrogate pair is none', () => {
  expectAllowed('{ id(text: "\u{1F600}") }');
  expectRefused('{ id(text: "\ud83d") }', 'A document should be Unicode, but this one has half a surrogate pair.');
});

describe('fragments that spread each other', () => {
  test('in a circle are left to validation', () => {
    expectAllowed('{ ...A } fragment A on Query { id ...B } fragment B on Query { ...A }');
    expectAllowed(`{ ...F0 } ${times(28, (i) => `fragment F${i} on Query { ${times(28, (j) => `...F${j}`)} }`)}`);
  });

  test('twice each, thirty times over, are walked once each', () => {
    const doubling = `{ ...F0 } ${times(30, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F30 on Query { id }`;
    const before = process.cpuUsage();
    expectAllowed(doubling);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(50);
  });
});

describe('variables may hold', () => {
  const said = (variables: unknown): string | null => {
    try {
      refuseVariables(variables, DEFAULT_LIMITS);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('twenty thousand values together', () => {
    const many = 'Variables may hold at most 20000 values, but these hold more.';
    expect(said({ ids: Array(19_999).fill(1) })).toBeNull();
    expect(said({ ids: Array(20_000).fill(1) })).toBe(many);
    expect(said({ lists: Array.from({ length: 99 }, () => Array(200).fill(1)) })).toBeNull();
    expect(said({ lists: Array.from({ length: 100 }, () => Array(200).fill(1)) })).toBe(many);
  });

  test('fifty levels', () => {
    const deep = (depth: number): unknown => JSON.parse(`${'{"not":'.repeat(depth)}1${'}'.repeat(depth)}`);
    expect(said(deep(50))).toBeNull();
    expect(said(deep(51))).toBe('Variables may be at most 50 levels deep, but these are deeper.');
    expect(said(deep(200_000))).toBe('Variables may be at most 50 levels deep, but these are deeper.');
  });

  test('nothing at all', () => {
    expect(said(undefined)).toBeNull();
    expect(said(null)).toBeNull();
    expect(said({})).toBeNull();
  });
});

describe('a door that did not look at the limits', () => {
  /** Asks past HTTP, as the command line does. */
  async function askDirectly(query: string): Promise<{ done: number; answer: Record<string, unknown> }> {
    let done = 0;
    const schema = toySchema('type Query { one: Int @open } type Mutation { add: Int @open }');
    schema.getMutationType()!.getFields().add!.resolve = () => ++done;
    const gateway = await createGateway({
      store: { keys: new KeyRing(Buffer.alloc(32)), em: () => null as never },
      log: createLog({ level: 'silent' }),
      guarded: guard(schema),
    });
    const reader = { rows: () => Promise.reject(new Error('A toy has no store.')), sent: 0 };
    const { body } = await gateway.apollo.executeOperation(
      { query },
      { contextValue: gateway.contextFor(connectionWith(), reader) },
    );
    await gateway.stop();
    return { done, answer: body.kind === 'single' ? { ...body.singleResult } : {} };
  }

  test('finds them seen to when something is to be executed', async () => {
    const allowed = await askDirectly(`mutation { ${times(10, (i) => `a${i}: add`)} }`);
    expect(allowed.done).toBe(10);
    const refused = await askDirectly(`mutation { ${times(11, (i) => `a${i}: add`)} }`);
    expect(refused.done).toBe(0);
    expect(refused.answer).toEqual({
      errors: [
        {
          message: 'An operation may hold at most 10 mutations, but this one holds 11.',
          extensions: { code: 'INVALID' },
        },
      ],
      extensions: { cost: { requested: 0, actual: 0 } },
    });
  });
});
