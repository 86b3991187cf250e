// Two ways to an answer, and one answer: a document Apollo knows goes straight to execution, and nobody can tell.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpAsked } from '../../src/api/answer.js';
import { createGateway, type Gateway } from '../../src/api/gateway.js';
import type { OperationReport } from '../../src/api/observe.js';
import { guard } from '../../src/api/schema.js';
import type { Reader } from '../../src/context.js';
import { createLog } from '../../src/lib/log.js';
import { invalid } from '../../src/lib/refusal.js';
import { KeyRing } from '../../src/lib/secret.js';
import { connectionWith, toySchema } from './toy-schema.js';

const SDL = `
  type Query { page(title: String = "Untitled"): Page @open, strict: Int! @open, refused: Int @open, broken: Int @open }
  type Mutation { count: Int @open, fail: Int @open }
  type Page { id: ID @open, title: String @open, secret: String @requires(anyOf: [[USER_READ_EMAIL]]) }`;

const reader: Reader = { rows: () => Promise.reject(new Error('A toy has no store.')), sent: 0 };
const actor = connectionWith('CONTENT_READ');

let gateway: Gateway;
let counted: number;
const reports: OperationReport[] = [];

beforeAll(async () => {
  const schema = toySchema(SDL);
  const { Query, Mutation } = {
    Query: schema.getQueryType()!.getFields(),
    Mutation: schema.getMutationType()!.getFields(),
  };
  Query.page!.resolve = async (_row, { title }) => ({ id: '1', title, secret: 'hidden', access: 1 });
  Query.strict!.resolve = () => null;
  Query.refused!.resolve = () => {
    throw invalid('first must be between 1 and 100, but got: 0');
  };
  Query.broken!.resolve = () => {
    throw new Error('relation "page" does not exist');
  };
  Mutation.count!.resolve = () => ++counted;
  Mutation.fail!.resolve = () => {
    counted++;
    throw invalid('This never works.');
  };
  gateway = await createGateway({
    store: { keys: new KeyRing(Buffer.alloc(32)), em: () => null as never },
    log: createLog({ level: 'silent' }),
    guarded: guard(schema),
    observer: { operation: (report) => void reports.push(report), denied: () => {} },
    showStatements: true,
  });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  counted = 0;
  reports.length = 0;
});

interface Asking {
  query: string;
  variables?: unknown;
  operationName?: unknown;
  extensions?: unknown;
}

async function answer(body: Asking | unknown[], accept?: string) {
  const asked: HttpAsked = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept && { accept }) },
    search: '',
    body,
  };
  const { status, headers, text } = await gateway.answer(asked, gateway.contextFor(actor, reader));
  // Ids of faults are new each time.
  return { status, headers: Object.fromEntries(headers), text: text?.replaceAll(/[0-9a-f-]{36}/g, 'an id') };
}

/** Asks a few times, the first time by Apollo, and holds all answers to the same bytes. How often Apollo was asked. */
async function sameEachTime(body: Asking, accept?: string) {
  const apollo = vi.spyOn(gateway.apollo, 'executeHTTPGraphQLRequest');
  const first = await answer(body, accept);
  const calls = apollo.mock.calls.length;
  for (let time = 0; time < 4; time++) expect(await answer(body, accept)).toEqual(first);
  const byApollo = apollo.mock.calls.length - calls;
  apollo.mockRestore();
  return { ...first, byApollo };
}

/** By a document that no case had before. */
const fresh = (query: string): string => `# ${++documents}\n${query}`;
let documents = 0;

describe('the short way is taken by', () => {
  const cases: Record<string, Asking> = {
    'a query': { query: '{ page { id title } }' },
    'variables, a name and extensions': {
      query: 'query A($t: String) { page(title: $t) { title } } query B { page { id } }',
      operationName: 'A',
      variables: { t: 'Über "uns"\u2028' },
      extensions: { clientLibrary: { name: 'a client' } },
    },
    'nulls where members may be left out': {
      query: '{ page { title } }',
      variables: null as unknown,
      operationName: null as unknown,
      extensions: null as unknown,
    },
    'what is held back, with its receipt': { query: '{ page { id secret } }' },
    introspection: { query: '{ __type(name: "Page") { name fields { name } } }' },
    'a mutation': { query: 'mutation { __typename }' },
  };

  test.each(Object.entries(cases))('%s', async (_, body) => {
    const found = await sameEachTime({ ...body, query: fresh(body.query) });
    expect(found.status).toBe(200);
    expect(JSON.parse(found.text as string).errors).toBeUndefined();
    expect(found.byApollo).toBe(0);
  });

  test('whatever type is accepted, as Apollo has chosen it', async () => {
    for (const [accept, type] of [
      ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
      ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json; charset=utf-8'],
      ['application/json;q=0.9, text/plain', 'application/json; charset=utf-8'],
      ['*/*', 'application/json; charset=utf-8'],
    ] as const) {
      const found = await sameEachTime({ query: '{ page { id } }' }, accept);
      expect(found.headers['content-type']).toBe(type);
      expect(found.byApollo).toBe(0);
    }
  });
});

describe('Apollo has the last word on', () => {
  const cases: Record<string, Asking> = {
    'a field that fails for a reason': { query: '{ refused page { id } }' },
    'a field that fails for none': { query: '{ broken page { id } }' },
    'an answer that is null altogether': { query: '{ strict }' },
    'a variable of the wrong type': { query: 'query ($t: String) { page(title: $t) { id } }', variables: { t: 1 } },
    'an operation that is not there': { query: '{ page { id } }', operationName: 'Missing' },
    'an operation without a name among several': { query: 'query A { page { id } } query B { page { id } }' },
    'a document that is not valid': { query: '{ nothing }' },
    'variables that are a text': { query: '{ page { id } }', variables: '{}' },
    'a name that is a number': { query: '{ page { id } }', operationName: 1 },
    'extensions that are a list': { query: '{ page { id } }', extensions: [] },
    'a persisted query': { query: '{ page { id } }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
  };

  test.each(Object.entries(cases))('%s', async (_, body) => {
    const found = await sameEachTime({ ...body, query: fresh(body.query) });
    expect(JSON.parse(found.text as string).errors).not.toHaveLength(0);
    expect(found.byApollo).toBe(4);
  });

  test('types that cannot be had', async () => {
    const found = await sameEachTime({ query: '{ page { id } }' }, 'text/html');
    expect(found.status).toBe(406);
    expect(found.byApollo).toBe(4);
  });
});

test('Nothing is executed twice, whichever way it goes', async () => {
  const query = fresh('mutation { a: count b: count }');
  for (let time = 1; time <= 3; time++) {
    expect((await answer({ query })).text).toContain(`"a":${2 * time - 1},"b":${2 * time}`);
  }
  const failing = fresh('mutation { count fail }');
  for (let time = 1; time <= 3; time++) {
    expect((await answer({ query: failing })).text).toContain(`"count":${2 * time + 5},"fail":null`);
  }
  expect(counted).toBe(12);
});

test('Each operation is counted once, and alike', async () => {
  const [fine, wrong] = [fresh('{ page { id secret } }'), fresh('{ refused }')];
  for (let time = 0; time < 3; time++) {
    await answer({ query: fine });
    await answer({ query: wrong });
  }
  expect(reports).toHaveLength(6);
  for (const { seconds } of reports) expect(seconds).toBeLessThan(5);
  const facts = reports.map(({ type, codes, redactions }) => ({ type, codes, redactions }));
  expect(new Set(facts.map((report) => JSON.stringify(report))).size).toBe(2);
});

test('A document that was only ever refused is not known', async () => {
  const apollo = vi.spyOn(gateway.apollo, 'executeHTTPGraphQLRequest');
  const query = fresh('{ nothing }');
  for (let time = 0; time < 3; time++) expect((await answer({ query })).text).toContain('GRAPHQL_VALIDATION_FAILED');
  expect(apollo).toHaveBeenCalledTimes(3);
  apollo.mockRestore();
});
