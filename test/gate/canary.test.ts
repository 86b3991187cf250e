// The scanner that looks for canaries, itself put to the test: what it cannot find it cannot vouch for.

import { expect, test } from 'vitest';
import { canary, coreOf, Scanner, SPELLINGS } from './canary.js';
import { documentOf } from './document.js';
import {
  type AskerModel,
  newConnection,
  newDiscussion,
  newPerson,
  newResource,
  newWorkspace,
  secretsOf,
} from './model.js';
import { Garden } from './plant.js';

const around = [
  ['', ''],
  ['{"a":"', '"}'],
  ['xy', 'z'],
] as const;

test('there are at least twenty spellings, each unlike the others', () => {
  const spelt = Object.entries(SPELLINGS).map(([, spell]) => spell('Zq7+/bX2mKpw'));
  expect(Object.keys(SPELLINGS).length).toBeGreaterThanOrEqual(20);
  expect(new Set(spelt).size).toBeGreaterThanOrEqual(20);
});

test.each(Object.keys(SPELLINGS))('a canary spelt in %s is found, with anything around it', (spelling) => {
  const secret = `${canary('mail')}@hidden.example`;
  const scanner = new Scanner([canary('Other'), secret]);
  for (const [before, after] of around) {
    const planted = `${before}${SPELLINGS[spelling]!(coreOf(secret))}${after}`;
    expect(scanner.find(planted).map((sighting) => sighting.secret)).toContain(secret);
    expect(scanner.find(Buffer.from(planted, 'latin1')).map((sighting) => sighting.secret)).toContain(secret);
  }
});

test.each([0, 1, 2, 3, 4, 5])(
  'base64 of a longer text is seen through when %i bytes stand before the canary',
  (before) => {
    const secret = canary('Title');
    const scanner = new Scanner([secret]);
    const text = `${'é'.repeat(before)}${'a'.repeat(before)} "${secret}" and more`;
    expect(scanner.find(Buffer.from(text).toString('base64'))).not.toEqual([]);
    expect(scanner.find(Buffer.from(text).toString('base64url'))).not.toEqual([]);
    expect(scanner.find(JSON.stringify(JSON.stringify(text)))).not.toEqual([]);
    expect(scanner.find(encodeURIComponent(text))).not.toEqual([]);
  },
);

test('a text without a canary, and one with the wrong canary, raise nothing', () => {
  const scanner = new Scanner([canary('Title'), canary('Title')]);
  expect(scanner.find(`${canary('Title')} ${'lorem ipsum '.repeat(500)}`)).toEqual([]);
  expect(scanner.find(Buffer.alloc(10_000))).toEqual([]);
});

test('what may be seen is not held against the answer', () => {
  const [shown, hidden] = [canary('Title'), canary('Title')];
  const scanner = new Scanner([shown, hidden]);
  expect(scanner.find(`${shown}${hidden}`, (one) => one === shown).map(({ secret }) => secret)).toEqual([hidden]);
});

test('no byte, header or log line holds a hidden canary, however wrong the question is', async () => {
  await using garden = await Garden.open();
  const person = newPerson();
  const hidden = newResource({ kind: 'Page', parentId: null, at: 0 });
  const open = newResource({ kind: 'Page', parentId: null, at: 1, createdBy: person.id });
  open.mentions.push({ blockId: crypto.randomUUID(), resourceId: hidden.id });
  hidden.discussions.push(newDiscussion());
  open.discussions.push(newDiscussion({ resourceIds: [hidden.id] }));
  const reader = newConnection({
    capabilities: ['CONTENT_READ', 'CONTENT_UPDATE', 'CONTENT_INSERT', 'COMMENT_INSERT'],
    shares: [{ resourceId: open.id, access: ['READ', 'UPDATE', 'INSERT', 'COMMENT_INSERT'], state: 'LIVE' }],
  });
  const workspace = newWorkspace({ resources: [hidden, open], people: [person], connections: [reader] });
  await garden.plant(workspace);
  const scanner = new Scanner(secretsOf(workspace));
  const asker: AskerModel = { connection: reader };
  const mayBeSeen = (secret: string): boolean => secret === open.title || secret === reader.name;
  const node = { name: 'node', args: { id: hidden.id }, fields: [{ name: 'id' }, { name: 'title', on: 'Resource' }] };
  const wrong = [
    documentOf([node]),
    documentOf([node], '@whenDenied(behave: ERROR)'),
    { query: '{ nonsense }', variables: {} },
    { query: '{ page(id: 7) { titel } }', variables: {} },
    { query: `{ node(id: "${hidden.id}") { ... on Person { emial } } }`, variables: {} },
    { query: 'query Q($id: ID!) { node(id: $id) { id } }', variables: { id: { deep: [hidden.id] } } },
    { query: `{ user(id: "${person.id}") { name ... on Person { email } } }`, variables: {} },
    {
      query: `query Q @whenDenied(behave: ERROR) { user(id: "${person.id}") { name ... on Person { email } } }`,
      variables: {},
    },
    { query: '{ users(first: 5, filter: { email: { contains: "@" } }) { nodes { id } } }', variables: {} },
    { query: '{ pages(first: 1000, filter: { title: { contains: "Title" } }) { nodes { title } } }', variables: {} },
    { query: '{ pages(after: "%%%") { nodes { title } } }', variables: {} },
    { query: `{ page(id: "${open.id}") { title createdBy { name } blocks { nodes { plainText } } } }`, variables: {} },
    {
      query: `{ page(id: "${open.id}") { markdown blocks { nodes { ... on TextBlock { richText { plainText } } } } } }`,
      variables: {},
    },
    { query: `{ page(id: "${hidden.id}") { markdown } }`, variables: {} },
    ...[hidden.title, 'title', 'see', 'unavailable or title'].map((words) => ({
      query:
        'query Q($w: String!) { search(query: $w) { totalCount nodes { resource { title } highlights { parts { text } } } } }',
      variables: { w: words.slice(0, 9) },
    })),
    { query: `{ page(id: "${hidden.id}") { backlinks { totalCount } breadcrumbs { id } } }`, variables: {} },
    {
      query: `{ page(id: "${open.id}") { mentions { nodes { title } totalCount } backlinks { nodes { title } } breadcrumbs { title } } }`,
      variables: {},
    },
    ...[
      `appendBlocks(input: { pageId: "${hidden.id}", blocks: [{ divider: true }] })`,
      `appendBlocks(input: { pageId: "${open.id}", blocks: [{ paragraph: { richText: [{ mention: "${hidden.id}" }] } }] })`,
      `updateBlock(input: { id: "${open.mentions[0]!.blockId}", block: { paragraph: { color: RED } } })`,
      `moveBlock(input: { id: "${open.mentions[0]!.blockId}", pageId: "${hidden.id}", position: { end: true } })`,
      `deleteBlock(input: { id: "${hidden.id}" })`,
      `replaceMarkdown(input: { pageId: "${open.id}", markdown: "[x](gatehouse:${hidden.id})" })`,
    ].map((mutation) => ({
      query: `mutation { ${mutation} { page { id title markdown } userErrors { code message path } } }`,
      variables: {},
    })),
    ...[hidden, open].flatMap(({ id, discussions: [discussion] }) => [
      {
        query: `{ discussions(pageId: "${id}") { nodes { comments(first: 5) { nodes { plainText } } } } }`,
        variables: {},
      },
      { query: `{ page(id: "${id}") { comments { nodes { plainText richText { plainText } } } } }`, variables: {} },
      {
        query: `{ nodes(ids: ["${discussion!.id}", "${discussion!.comments[0]!.id}"]) { id ... on Comment { plainText } } }`,
        variables: {},
      },
      ...[
        `createComment(input: { parent: { discussionId: "${discussion!.id}" }, text: "x" })`,
        `updateComment(input: { id: "${discussion!.comments[0]!.id}", text: "x" })`,
        `deleteComment(input: { id: "${discussion!.comments[0]!.id}" })`,
        `resolveDiscussion(input: { id: "${discussion!.id}" })`,
      ].map((mutation) => ({ query: `mutation { ${mutation} { userErrors { message path } } }`, variables: {} })),
    ]),
    { query: '{ schemaSdl __schema { types { name description fields { name description } } } }', variables: {} },
    { query: `{ page(id: "${hidden.id}\\u0000") { title } }`, variables: {} },
    { query: `{ pages(filter: { title: { eq: "\\u0000" } }) { nodes { title } } }`, variables: {} },
    ...[
      `updatePage(input: { id: "${hidden.id}", title: "x", expectedVersion: 1 })`,
      `updatePage(input: { id: "${open.id}", properties: [{ id: "x", relation: ["${hidden.id}"] }] })`,
      `updateRows(input: { rows: [{ id: "${hidden.id}" }, { id: "${open.id}" }], mode: EACH }) { errors { error { message } } rows { title } }`,
      `createRows(input: { dataSourceId: "${hidden.id}", rows: [{ title: "x" }] })`,
      `updateDataSource(input: { id: "${hidden.id}", changes: [{ remove: { name: "Name" } }] })`,
      `createDatabase(input: { parent: { pageId: "${hidden.id}" }, properties: [{ name: "A", type: RELATION, relation: { dataSourceId: "${hidden.id}" } }] })`,
    ].map((mutation) => ({
      query: `mutation { ${mutation.includes(') {') ? mutation.replace(/}$/, 'userErrors { message } }') : `${mutation} { userErrors { message } }`} }`,
      variables: {},
    })),
  ];
  for (const document of wrong) {
    const { bytes } = await garden.ask(workspace, asker, document);
    expect(scanner.find(bytes, mayBeSeen), document.query).toEqual([]);
  }
  for (const path of ['/graphql', '/livez', '/readyz', '/version', `/pages/${hidden.id}`, '/']) {
    const response = await fetch(garden.world.url + path, { headers: { authorization: `Bearer ${reader.token}` } });
    const bytes = [...response.headers].map(String).join('\n') + (await response.text());
    expect(scanner.find(bytes), path).toEqual([]);
  }
  expect(garden.world.logLines.length).toBeGreaterThan(0);
  expect(scanner.find(garden.world.logLines.join('\n'))).toEqual([]);
});
