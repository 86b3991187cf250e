// What operations cost: a leaf 0, an object 1, a list as many objects as were asked for; twenty blocks one.

import { type DocumentNode, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { Scales } from '../../src/api/cost.js';
import { buildGatewaySchema } from '../../src/api/schema.js';
import * as operations from '../generated/operations.js';
import { toySchema } from './toy-schema.js';

const { schema } = buildGatewaySchema();
const scales = new Scales(schema);

const weigh = (text: string, variables: Record<string, unknown> = {}): number => {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  return scales.weigh(document, null, variables);
};

describe('asking costs', () => {
  test.each([
    ['nothing for a leaf of the root', '{ __typename }', 0],
    ['fifty points for the slice as text', '{ schemaSdl }', 50],
    ['one for an object', '{ viewer { id kind capabilities } }', 1],
    ['one for each object in another', '{ viewer { workspace { id } connection { id } } }', 3],
    ['nothing for introspection', '{ __schema { types { fields { name } } } }', 0],
    ['a list and as many as are asked for', '{ pages(first: 10) { nodes { id } } }', 11],
    ['the same from the end', '{ pages(last: 10) { nodes { id } } }', 11],
    ['fifty when no number is given', '{ pages { nodes { id } } }', 51],
    ['fifty when it is null', '{ pages(first: null) { nodes { id } } }', 51],
    ['a list alone when only its length is asked for', '{ pages(first: 100) { totalCount } }', 1],
    ['edges and their nodes', '{ pages(first: 10) { edges { cursor node { id } } pageInfo { hasNextPage } } }', 22],
    ['lists in lists multiplied', '{ pages(first: 10) { nodes { children(first: 5) { nodes { id } } } } }', 71],
    ['as many as there are ids', '{ nodes(ids: ["a", "b", "c"]) { id } }', 3],
    ['a point for twenty blocks', '{ page(id: 1) { blocks(first: 2000) { nodes { id plainText } } } }', 102],
    ['a hundred blocks when no number is given', '{ page(id: 1) { blocks { nodes { id } } } }', 7],
    ['a point for a broken twenty', '{ page(id: 1) { blocks(first: 21) { nodes { id } } } }', 4],
    [
      'blocks with what stands in them, twenty to a point as well',
      '{ page(id: 1) { blocks(first: 20) { nodes { ... on ParagraphBlock { richText { plainText mention { id } } } } } } }',
      5,
    ],
    ['one for the values of a row', '{ page(id: 1) { properties { id name } } }', 2],
    [
      'related pages like any list',
      '{ page(id: 1) { properties { ... on RelationValue { pages(first: 5) { nodes { id } } } } } }',
      8,
    ],
    [
      'the dearest of the types it may be',
      '{ node(id: 1) { ... on Page { createdBy { id } lastEditedBy { id } } ... on Database { createdBy { id } } } }',
      3,
    ],
    [
      'a fragment wherever it is spread',
      '{ a: page(id: 1) { ...P } b: page(id: 2) { ...P } } fragment P on Page { createdBy { id } }',
      4,
    ],
    [
      'nothing for what is skipped',
      '{ viewer @skip(if: true) { workspace { id } } node(id: 1) @include(if: false) { id } }',
      0,
    ],
  ])('%s', (_, text, cost) => {
    expect(weigh(text)).toBe(cost);
  });

  test('what the variables hold', () => {
    const text =
      'query ($first: Int = 7, $with: Boolean = true) { pages(first: $first) @include(if: $with) { nodes { id } } }';
    const document = parse(text);
    const cost = (variables: Record<string, unknown>) => scales.weigh(document, null, variables);
    expect(cost({})).toBe(8);
    expect(cost({ first: 20 })).toBe(21);
    expect(cost({ first: null })).toBe(51);
    expect(cost({ with: false })).toBe(0);
    expect(cost({ with: false, first: 20 })).toBe(0);
    expect(cost({ first: 20 })).toBe(21);
    const ids = parse('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }');
    expect(scales.weigh(ids, null, { ids: ['a', 'b'] })).toBe(2);
    expect(scales.weigh(ids, null, { ids: 'a' })).toBe(1);
    expect(scales.weigh(ids, null, { ids: ['a', 'b', 'c'] })).toBe(3);
    const rows = parse('mutation ($input: CreateRowsInput!) { createRows(input: $input) { rows { id } } }');
    for (const count of [1, 3, 2, 100]) {
      const input = { dataSourceId: 'a', rows: Array(count).fill({}) };
      expect(scales.weigh(rows, null, { input })).toBe(20 + count);
    }
    const written = 'mutation { createRows(input: { dataSourceId: "a", rows: [{}, {}] }) { rows { id } } }';
    expect(scales.weigh(parse(written), null, {})).toBe(22);
  });

  test('the operation that is named, among several', () => {
    const document = parse('query A { viewer { id } } query B { pages(first: 5) { nodes { id } } }');
    expect(scales.weigh(document, 'A', {})).toBe(1);
    expect(scales.weigh(document, 'B', {})).toBe(6);
    expect(scales.weigh(document, null, {})).toBe(0);
    expect(scales.weigh(document, 'C', {})).toBe(0);
  });
});

describe('sums and products end at a billion instead of running over', () => {
  test.each([
    ['99999999999999999999', '{ pages(first: 99999999999999999999) { nodes { id } } }', 1_000_000_000],
    [
      'the largest Int',
      '{ pages(first: 2147483647) { nodes { children(first: 2147483647) { nodes { id } } } } }',
      1_000_000_000,
    ],
    ['a negative number counts as none', '{ pages(first: -2147483648) { nodes { id } } }', 1],
  ])('%s', (_, text, cost) => {
    expect(scales.weigh(parse(text), null, {})).toBe(cost);
  });

  test.each([Number.MAX_VALUE, Number.POSITIVE_INFINITY, 1e21])('a variable of %d', (first) => {
    const document = parse('query ($first: Int) { pages(first: $first) { nodes { id } } }');
    expect(scales.weigh(document, null, { first })).toBe(1_000_000_000);
  });

  test('fragments doubled thirty times', () => {
    const doubled = Array.from({ length: 30 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(
      ' ',
    );
    const before = process.cpuUsage();
    expect(weigh(`{ ...F0 } ${doubled} fragment F30 on Query { viewer { id } }`)).toBe(1_000_000_000);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(100);
  });

  test('fragments in a circle end', () => {
    expect(scales.weigh(parse('{ ...A } fragment A on Query { viewer { id } ...A }'), null, {})).toBe(1);
  });
});

describe('the schema may say otherwise', () => {
  const toy = toySchema(`
    type Query {
      plain: Thing
      dear: Thing @cost(weight: 10)
      dearLeaf: Int @cost(weight: 3)
      many: [Thing] @listSize(assumedSize: 4)
      dearMany(first: Int): [Thing] @cost(weight: 2) @listSize(assumedSize: 4, slicingArguments: ["first"])
      page(first: Int = 3): ThingList @listSize(slicingArguments: ["first"], sizedFields: ["nodes"])
    }
    type ThingList { nodes: [Thing] total: Int }
    type Thing { id: ID other: Thing }`);
  const toyScales = new Scales(toy);

  test.each([
    ['{ plain { id } }', 1],
    ['{ dear { id } }', 10],
    ['{ dear { other { id } } }', 11],
    ['{ dearLeaf a: dearLeaf }', 6],
    ['{ many { id } }', 4],
    ['{ dearMany { id } }', 8],
    ['{ dearMany(first: 2) { other { id } } }', 6],
    ['{ page { nodes { id } } }', 4],
    ['{ page(first: 9) { nodes { id } total } }', 10],
  ])('%s costs %i', (text, cost) => {
    expect(toyScales.weigh(parse(text), null, {})).toBe(cost);
  });

  test.each([
    ['{ dear { other { id } } dearLeaf }', { dear: { other: null }, dearLeaf: 1 }, 13],
    ['{ dearMany { id } }', { dearMany: [{ id: 1 }, null, { id: 2 }] }, 4],
    ['{ page(first: 9) { nodes { id } } }', { page: { nodes: [{ id: 1 }, { id: 2 }] } }, 3],
    [
      '{ plain { other { id } ...F } } fragment F on Thing { other { other { id } } }',
      { plain: { other: { id: 1, other: { id: 2 } } } },
      3,
    ],
    ['{ a: plain { id } b: plain { id } }', { a: { id: 1 }, b: null }, 1],
    ['{ page { nodes { id } } }', null, 0],
  ])('and %s is counted by its answer', (text, data, cost) => {
    expect(toyScales.count(parse(text), null, data)).toBe(cost);
  });
});

describe('an answer costs what is in it', () => {
  test.each([
    ['{ pages(first: 100) { totalCount nodes { id title } } }', { pages: { totalCount: 2, nodes: [{}, {}] } }, 3],
    [
      '{ pages(first: 100) { nodes { parent { id } } } }',
      { pages: { nodes: [{ parent: { id: 1 } }, { parent: null }] } },
      4,
    ],
    [
      '{ page(id: 1) { id blocks(first: 2000) { nodes { id } } } }',
      { page: { blocks: { nodes: Array(41).fill({}) } } },
      5,
    ],
    ['{ page(id: 1) { properties { id } } }', { page: { properties: Array(12).fill({}) } }, 2],
    ['{ page(id: 1) { id } }', { page: null }, 0],
    ['{ __schema { types { name } } }', { __schema: { types: [{}, {}] } }, 0],
  ])('%s', (text, data, cost) => {
    expect(scales.count(parse(text), null, data)).toBe(cost);
  });
});

test('every operation in schema/operations may be asked for a hundred at a time', () => {
  const documents = Object.entries(operations as unknown as Record<string, DocumentNode>).filter(([name]) =>
    name.endsWith('Document'),
  );
  expect(documents.length).toBeGreaterThan(5);
  for (const [name, document] of documents) {
    expect(scales.weigh(document, null, { first: 100 }), name).toBeLessThanOrEqual(1_000);
  }
});
