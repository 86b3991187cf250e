// How many statements an operation costs. The number belongs to the document: neither the size of a list, nor the
// number of shares, nor what is found decides it. Transaction control is not counted; the token is.

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, Kind, parse, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createComment } from '../../src/comment/lifecycle.js';
import type { BlockTree } from '../../src/content/block-content.js';
import { type Id, newId } from '../../src/lib/id.js';
import { operator } from '../actors.js';
import * as operations from '../generated/operations.js';
import { type Asker, openWorld, type World } from '../world.js';

const SIZES = [1, 10, 100];
const MANY_SHARES = 50;
const TRANSACTION_CONTROL = /^\s*(begin|commit|rollback|savepoint|release|set)\b/i;

let world: World;
/** Sees the tree below `root` by one share. */
let reader: Asker;
/** Sees the same by one share, and has 49 more on other pages and below. */
let richReader: Asker;
let root: Id;
let source: Id;
let email: string;

beforeAll(async () => {
  world = await openWorld({ limits: { maxCost: 10_000_000 } }); // lists of lists of lists, a hundred each
  root = await world.page({ title: 'Root' });
  const mention = (resourceId: Id): BlockTree => ({
    content: { type: 'PARAGRAPH', richText: [{ type: 'MENTION', resourceId }] },
    children: [],
  });
  const pages = Array.from({ length: 120 }, (_, i) => ({
    id: newId(),
    title: `Page ${i}`,
    under: root,
    blocks: [mention(root)],
  }));
  const below = pages.slice(0, 60).flatMap((page, i) =>
    [1, 2].map((n) => ({
      id: newId(),
      title: `Page ${i}.${n}`,
      under: page.id,
      blocks: [mention(page.id), mention(root)],
    })),
  );
  const apart = Array.from({ length: 30 }, (_, i) => ({ id: newId(), title: `Apart ${i}` }));
  await world.pages([...pages, ...below, ...apart]);
  const database = await world.database({ title: 'Tasks', under: root });
  source = database.dataSourceId;
  await world.pages(Array.from({ length: 120 }, (_, i) => ({ id: newId(), title: `Row ${i}`, under: source })));
  const caller = operator(world);
  for (const { id } of [{ id: root }, ...pages.slice(0, 10)]) {
    for (let n = 0; n < 3; n++) {
      const { discussionId } = await createComment(caller, { parent: { kind: 'Page', id }, text: 'So?' });
      const richText = [{ text: 'See ' }, { mention: root }];
      await createComment(caller, { parent: { kind: 'Discussion', id: discussionId }, richText });
    }
  }
  ({ email } = await world.person({ name: 'Ada' }));

  reader = await world.connection(['CONTENT_READ', 'COMMENT_READ', 'USER_READ_EMAIL']);
  richReader = await world.connection(['CONTENT_READ', 'COMMENT_READ', 'USER_READ_EMAIL']);
  await world.share(reader, root);
  for (const id of [root, ...apart.map((page) => page.id), ...below.map((page) => page.id)].slice(0, MANY_SHARES)) {
    await world.share(richReader, id);
  }
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** What each document of schema/operations is asked with. */
const variablesOf: Record<string, (first: number) => Record<string, unknown>> = {
  WhoAmIDocument: () => ({}),
  ListPagesDocument: (first) => ({ first }),
  ReadPageDocument: (first) => ({ id: root, first }),
  FindNodeDocument: () => ({ id: root }),
  ListDatabasesDocument: () => ({}),
  ReadRowsDocument: (first) => ({ id: source, first }),
  FilterRowsDocument: (first) => ({ id: source, first, orderBy: [{ property: { id: 'title' } }] }),
  SumRowsDocument: (first) => ({ id: source, first, by: { createdAt: {} }, property: 'title' }),
  SortPagesDocument: (first) => ({ first, orderBy: [{ title: 'ASC' }] }),
  SortDatabasesDocument: (first) => ({ first, orderBy: [{ title: 'ASC' }] }),
  SearchDocument: (first) => ({ query: 'page or row', first }),
  ReadLinksDocument: (first) => ({ id: root, first }),
  FindUserDocument: () => ({ email }),
  MySchemaDocument: () => ({ coordinates: ['Person.email'] }),
};

/** Other shapes: deep nests, one list in another, the same thing along several ways. */
const nests: Record<string, string> = {
  'children of children': `query ($first: Int) {
    pages(first: $first) { nodes { id ... on Page { children(first: 100) { nodes { id ... on Page { children(first: 100) { nodes { id title } } } } } } } } }`,
  'blocks of children, and what they mention': `query ($first: Int, $root: ID!) {
    page(id: $root) { children(first: $first) { nodes { id ... on Page { blocks(first: 20) { nodes {
      id ... on ParagraphBlock { richText { plainText mention { id title } } } } } } } } } }`,
  'what was said on pages, by whom, and what it mentions': `query ($first: Int) {
    pages(first: $first) { nodes { id discussions(first: $first) { totalCount nodes { id block { id } resolvedBy { id }
      comments(first: $first) { totalCount nodes { id plainText createdBy { id } richText { mention { id } } page { id } } } } } } } }`,
  'discussions of a page by its id': `query ($first: Int, $root: ID!) {
    discussions(pageId: $root, first: $first) { totalCount nodes { id page { id } comments(first: $first) { nodes { id discussion { id } } } } } }`,
  'parents of parents': `query ($first: Int) {
    pages(first: $first) { nodes { id parent { id ... on Page { parent { id ... on Page { parent { id } } } } } } } }`,
  'links of children, both ways': `query ($first: Int, $root: ID!) {
    page(id: $root) { children(first: $first) { nodes { id ... on Page {
      mentions(first: $first) { totalCount nodes { id title } } backlinks(first: $first) { totalCount nodes { id title } } } } } } }`,
  'what is found, where the words stand, and who mentions it': `query ($first: Int) {
    search(query: "page or row", first: $first) { totalCount nodes { resource { id title
      ... on Page { backlinks(first: 5) { nodes { id } } } } highlights { parts { text isMatch } } } } }`,
  'the way down to pages and rows': `query ($first: Int) {
    pages(first: $first) { nodes { id breadcrumbs { id title } } } }`,
  'databases, their sources, their rows and the values in them': `query ($first: Int) {
    databases(first: 10) { nodes { id dataSources { id rows(first: $first) { nodes { id properties { id name } } } } } } }`,
  'authors along pages and rows': `query ($first: Int, $source: ID!) {
    dataSource(id: $source) { rows(first: $first) { nodes { id createdBy { id name } lastEditedBy { id name } } } } }`,
  'what is shared with a connection': `query ($first: Int) {
    viewer { installation { shares(first: $first) { totalCount nodes {
      id resource { id title } grantee { id name } grantedBy { id } } } } } }`,
  'what a connection reaches, and by which shares': `query ($first: Int) {
    viewer { installation { reach(first: $first) { totalCount nodes {
      inherited resource { id title parent { id } } shares { id resource { id } } } } } } }`,
  'the same page by six aliases': `query ($root: ID!) {
    a: page(id: $root) { id } b: page(id: $root) { title } c: page(id: $root) { id }
    d: page(id: $root) { title } e: page(id: $root) { id } f: page(id: $root) { title } }`,
};

const documents = Object.entries(operations as unknown as Record<string, DocumentNode>).filter(([name]) =>
  name.endsWith('Document'),
);

test('every document of schema/operations is counted here', () => {
  expect(documents.map(([name]) => name).sort()).toEqual(Object.keys(variablesOf).sort());
});

describe('the number of statements does not depend on', () => {
  describe('the size of a list', () => {
    test.each(documents)('%s', async (name, document) => {
      const counts: number[] = [];
      for (const first of SIZES) counts.push(await count(reader, document, variablesOf[name]!(first)));
      expect(new Set(counts).size, `statements for first: ${SIZES.join(', ')} were ${counts.join(', ')}`).toBe(1);
    });

    test.each(Object.entries(nests))('%s', async (_, text) => {
      const counts: number[] = [];
      for (const first of SIZES) counts.push(await count(reader, parse(text), used(text, first)));
      expect(new Set(counts).size, `statements for first: ${SIZES.join(', ')} were ${counts.join(', ')}`).toBe(1);
    });
  });

  describe('the number of shares', () => {
    test.each(documents)('%s', async (name, document) => {
      const variables = variablesOf[name]!(10);
      expect(await count(richReader, document, variables)).toBe(await count(reader, document, variables));
    });

    test.each(Object.entries(nests))('%s', async (_, text) => {
      const variables = used(text, 10);
      expect(await count(richReader, parse(text), variables)).toBe(await count(reader, parse(text), variables));
    });
  });
});

describe('at most two statements and one for each nesting level, the token included', () => {
  // One list and one count for each of children and blocks, its parent and its values: six below one page.
  for (const [name, document] of documents) {
    test(name, async () => {
      await expectWithinBound(reader, document, variablesOf[name]!(100));
    });
  }

  test.each(Object.entries(nests))('%s', async (_, text) => {
    await expectWithinBound(reader, parse(text), used(text, 100));
  });
});

test('a request that is refused for its token costs one statement, and none when the token cannot be ours', async () => {
  const { token } = await world.connection([]);
  const other = token.endsWith('0') ? `${token.slice(0, -1)}1` : `${token.slice(0, -1)}0`;
  expect(await count({ ...reader, token: other }, parse('{ viewer { id } }'), {}, 401)).toBe(0);
});

async function expectWithinBound(asker: Asker, document: DocumentNode, variables: object): Promise<void> {
  const statements = await sentFor(asker, document, variables);
  const bound = 2 + nestingLevels(document);
  expect(statements.length, `at most ${bound}, but sent:\n${statements.map(oneLine).join('\n')}`).toBeLessThanOrEqual(
    bound,
  );
}

async function count(asker: Asker, document: DocumentNode, variables: object, status = 200): Promise<number> {
  return (await sentFor(asker, document, variables, status)).length;
}

async function sentFor(asker: Asker, document: DocumentNode, variables: object, status = 200): Promise<string[]> {
  world.statements.length = 0;
  const answer = await world.ask(asker, document as TypedDocumentNode<unknown, object>, variables);
  expect(answer.status).toBe(status);
  if (status === 200) expect(answer.errors).toBeUndefined();
  return world.statements.filter((text) => !TRANSACTION_CONTROL.test(text));
}

/** How many selections stand below the operation's own, on the longest way down; fragments do not count. */
function nestingLevels(document: DocumentNode): number {
  let level = 0;
  let deepest = 0;
  visit(document, {
    Field: {
      enter: ({ selectionSet }) => {
        if (selectionSet) deepest = Math.max(deepest, ++level);
      },
      leave: ({ selectionSet }) => {
        if (selectionSet) level--;
      },
    },
    [Kind.FRAGMENT_DEFINITION]: () => false,
  });
  return deepest;
}

const oneLine = (statement: string): string => statement.replaceAll(/\s+/g, ' ').trim().slice(0, 160);

/** Only the variables a text declares. */
function used(text: string, first: number): Record<string, unknown> {
  const all = { first, root, source };
  return Object.fromEntries(Object.entries(all).filter(([name]) => text.includes(`$${name}:`)));
}
