// Traces: which spans there are, how they hang together, what they never carry; and nothing at all without an SDK.
// The SDK here is the smallest that keeps what it is told.

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type SpanStatus,
  trace,
} from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findTracing, withoutLiterals } from '../../src/lib/tracing.js';
import { type Asker, openWorld, post, type World } from '../world.js';
import { type Watched, watch } from './watched.js';

interface Kept {
  name: string;
  parent: Kept | undefined;
  attributes: Attributes;
  status: SpanStatus | undefined;
  ended: number;
}

const spans: Kept[] = [];

class KeptSpan {
  readonly kept: Kept;
  constructor(name: string, { attributes }: SpanOptions, within: Context) {
    const parent = trace.getSpan(within) as unknown as KeptSpan | undefined;
    this.kept = { name, parent: parent?.kept, attributes: { ...attributes }, status: undefined, ended: 0 };
    spans.push(this.kept);
  }
  isRecording = () => true;
  end = () => void this.kept.ended++;
  updateName = (name: string) => {
    this.kept.name = name;
    return this;
  };
  setStatus = (status: SpanStatus) => {
    this.kept.status = status;
    return this;
  };
  setAttribute = (name: string, value: string) => {
    this.kept.attributes[name] = value;
    return this;
  };
}

function registerSdk(): void {
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.call(self as never, ...args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan: (name, options = {}, within = context.active()) =>
        new KeptSpan(name, options, within) as unknown as Span,
      startActiveSpan: () => {
        throw new Error('Not used.');
      },
    }),
  });
}

describe('without an SDK', () => {
  test('there is no tracing at all', () => {
    expect(findTracing('1.0.0')).toBeNull();
  });
});

describe('with an SDK that was loaded before', () => {
  let world: World;
  let watched: Watched;
  let reader: Asker;

  beforeAll(async () => {
    registerSdk();
    world = await openWorld();
    watched = await watch(world, { tracing: findTracing('1.0.0') });
    reader = await world.connection(['CONTENT_READ', 'USER_READ']);
    const secret = await world.page({ title: 'Very secret title' });
    await world.share(reader, secret);
    await world.page({ title: 'Below', under: secret });
  });
  afterAll(async () => {
    await watched[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    trace.disable();
    context.disable();
  });
  beforeEach(() => {
    spans.length = 0;
  });

  const ask = (query: string, token = reader.token) => post(`${watched.url}/graphql`, token, query);
  const operations = () => spans.filter(({ parent }) => !parent);

  test('an operation is one span, and each of its statements one below it, the token’s included', async () => {
    watched.statements.length = 0;
    const { headers } = await ask(
      'query Tree { pages(first: 5) { nodes { title children(first: 5) { nodes { title } } } } }',
    );
    const [operation, ...more] = operations();
    expect(more).toEqual([]);
    expect(operation).toMatchObject({
      name: 'query',
      attributes: {
        'gatehouse.request.id': headers.get('x-request-id'),
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Tree',
      },
      status: undefined,
      ended: 1,
    });
    const below = spans.filter(({ parent }) => parent === operation);
    expect(below).toHaveLength(watched.statements.length);
    expect(below.length).toBeGreaterThan(2);
    for (const { name, attributes, ended } of below) {
      expect({ name, ended, system: attributes['db.system.name'] }).toEqual({
        name: expect.stringMatching(/^(SELECT|WITH|UPDATE|INSERT)$/),
        ended: 1,
        system: 'postgresql',
      });
    }
    expect(spans).toHaveLength(below.length + 1);
  });

  test('operations at the same time keep their statements apart', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        ask('{ pages(first: 5) { nodes { title children(first: 5) { nodes { title } } } } }'),
      ),
    );
    expect(operations()).toHaveLength(20);
    const counts = operations().map((operation) => spans.filter(({ parent }) => parent === operation).length);
    expect(new Set(counts).size).toBe(1);
  });

  test('there is none for fields, probes, or what the server asks for itself', async () => {
    await watched.store.ping();
    await fetch(`${watched.url}/readyz`);
    expect(spans).toEqual([]);
  });

  test('an error gives its code and no words', async () => {
    await ask('{ users { nodes { ... on Person { email @whenDenied(behave: ERROR) } } } nothing }');
    await ask('{ viewer { id } }', 'gth_int_nonsense');
    expect(operations().map(({ status, attributes }) => [status?.message, attributes['error.type']])).toEqual([
      [undefined, 'GRAPHQL_VALIDATION_FAILED'],
      [undefined, 'UNAUTHENTICATED'],
    ]);
    expect(operations().every(({ ended }) => ended === 1)).toBe(true);
  });

  test('a statement that fails gives the code of PostgreSQL', async () => {
    await world.sql('alter table page rename to page_gone');
    try {
      await ask('{ pages { nodes { title } } }');
      const failed = spans.filter(({ parent, status }) => parent && status);
      expect(failed.map(({ attributes, ended }) => [attributes['error.type'], ended])).toEqual([['42P01', 1]]);
      expect(operations()[0]?.attributes['error.type']).toBe('INTERNAL');
    } finally {
      await world.sql('alter table page_gone rename to page');
    }
  });

  test('nothing of tokens, titles, addresses or arguments is in any of them', async () => {
    await ask(`query ${reader.token} { pages { nodes { title } } }`);
    await ask('{ users(filter: { name: { eq: "needle-in-argument" } }) { totalCount } }');
    await ask(`{ page(id: "${world.workspaceId}") { title } }`);
    const said = JSON.stringify(spans.map(({ name, attributes, status }) => ({ name, attributes, status })));
    expect(said).toContain('[hidden]');
    for (const never of [reader.token, 'needle-in-argument', 'secret title', world.workspaceId, world.url]) {
      expect(said).not.toContain(never);
    }
  });
});

describe('a statement is shown without', () => {
  test.each([
    ['strings', `select 'it''s' || "a'b"`, `select ? || "a'b"`],
    ['strings with escapes', String.raw`select E'it\'s' , e'\\', 'x'`, 'select ? , ?, ?'],
    ['strings after a word', `select date'2026-01-01'`, 'select date?'],
    ['strings in dollars', 'select $$it is$$, $tag$o $$ o$tag$, $1', 'select ?, ?, $1'],
    [
      'numbers, but with its placeholders and names',
      'select t1.n2 + 42 - 1.5e3 limit $1',
      'select t1.n2 + ? - ? limit $1',
    ],
    ['comments', `select 1 -- it's\n, 2 /* 'x */`, 'select ? ? , ? ?'],
    ['anything, when it is not understood', `select 'open`, '?'],
    ['anything, when dollars stay open', 'select $tag$ open', '?'],
  ])('%s', (_, text, shown) => {
    expect(withoutLiterals(text)).toBe(shown);
  });
});
