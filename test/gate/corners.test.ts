// Corners of the gate that need more than a fact: every kind of rich text, every way to hand over a filter, refusals
// beside answers, and what error texts say.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockContent } from '../../src/content/block-content.js';
import type { RichTextSpan } from '../../src/content/rich-text.js';
import { newId } from '../../src/lib/id.js';
import { openWorld, type World } from '../world.js';
import { canary, Scanner } from './canary.js';

describe('A mention of a hidden page is masked in every kind of block and value', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const KINDS: Record<string, (spans: RichTextSpan[]) => BlockContent> = {
    PARAGRAPH: (richText) => ({ type: 'PARAGRAPH', richText }),
    HEADING: (richText) => ({ type: 'HEADING', level: 2, richText }),
    BULLETED_LIST_ITEM: (richText) => ({ type: 'BULLETED_LIST_ITEM', richText }),
    NUMBERED_LIST_ITEM: (richText) => ({ type: 'NUMBERED_LIST_ITEM', richText }),
    TO_DO: (richText) => ({ type: 'TO_DO', checked: true, richText }),
    TOGGLE: (richText) => ({ type: 'TOGGLE', richText }),
    QUOTE: (richText) => ({ type: 'QUOTE', richText }),
    CALLOUT: (richText) => ({ type: 'CALLOUT', icon: '💡', richText }),
    CODE: (richText) => ({ type: 'CODE', richText }),
    TABLE_ROW: (spans) => ({ type: 'TABLE_ROW', cells: [spans, spans] }),
    IMAGE: (caption) => ({ type: 'IMAGE', file: { name: 'a', url: 'https://example.org/a' }, caption }),
    FILE: (caption) => ({ type: 'FILE', file: { name: 'b', url: 'https://example.org/b' }, caption }),
    BOOKMARK: (caption) => ({ type: 'BOOKMARK', url: 'https://example.org/c', caption }),
  };
  const SPANS = '{ plainText href type mention { id title } }';
  const BLOCKS = `blocks(first: 50) { nodes { __typename id type plainText
    ${['Paragraph', 'Heading', 'BulletedListItem', 'NumberedListItem', 'ToDo', 'Toggle', 'Quote', 'Callout', 'Code']
      .map((kind) => `... on ${kind}Block { richText ${SPANS} }`)
      .join(' ')}
    ${['Image', 'File', 'Bookmark'].map((kind) => `... on ${kind}Block { caption ${SPANS} }`).join(' ')}
    ... on TableRowBlock { cells ${SPANS} } } }`;
  const VALUES = `properties { id ... on TextValue { text richText ${SPANS} } ... on RelationValue { pages { nodes { id title } } } }`;

  test.each(['hidden', 'gone', 'shared to update', 'shared to read'])('when it is %s', async (how) => {
    const title = canary('Title');
    const target = how === 'gone' ? newId() : await world.page({ title });
    const spans: RichTextSpan[] = [
      { type: 'TEXT', text: 'See ' },
      { type: 'MENTION', resourceId: target, annotations: ['BOLD'] },
    ];
    const blocks = Object.values(KINDS).map((make) => ({ content: make(spans), children: [] }));
    const { id: database, dataSourceId } = await world.database({
      properties: [
        { id: 'title', name: 'Name', type: 'TITLE' },
        { id: 'text', name: 'Text', type: 'TEXT' },
        { id: 'rel', name: 'Related', type: 'RELATION', dataSourceId: null },
      ],
    });
    const row = await world.page({ under: dataSourceId, props: { text: spans, rel: [target] }, blocks });
    const reader = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);
    await world.share(reader, database, { access: ['READ'] });
    if (how === 'shared to update') await world.share(reader, target, { access: ['UPDATE'] });
    if (how === 'shared to read') await world.share(reader, target, { access: ['READ'] });

    const { data, text } = await world.ask<{ page: PageShown }, { id: string }>(
      reader,
      `query Q($id: ID!) { page(id: $id) { ${BLOCKS} ${VALUES} } }`,
      { id: row },
    );
    const words = how === 'shared to read' ? title : 'Unavailable page';
    const mention = { hidden: null, gone: null, 'shared to update': { id: target, title: null } }[how] ?? null;
    const due = how === 'shared to read' ? { id: target, title } : mention;
    const { nodes } = data!.page.blocks;
    expect(nodes.map(({ type }) => type)).toEqual(Object.keys(KINDS));
    for (const block of nodes) {
      expect(block.plainText, block.type).toContain(`See ${words}`);
      for (const shown of [block.richText ?? block.caption ?? block.cells!]
        .flat(2)
        .filter(({ type }) => type === 'MENTION')) {
        expect(shown, block.type).toEqual({ plainText: words, href: null, type: 'MENTION', mention: due });
      }
    }
    const value = data!.page.properties.find(({ id }) => id === 'text')!;
    expect(value.text).toBe(`See ${words}`);
    expect(value.richText![1]).toEqual({ plainText: words, href: null, type: 'MENTION', mention: due });
    const pages = data!.page.properties.find(({ id }) => id === 'rel')!.pages!.nodes;
    expect(pages).toEqual(how === 'shared to read' ? [{ id: target, title }] : []);
    if (how !== 'shared to read') expect(new Scanner([title]).find(text)).toEqual([]);
    if (how === 'hidden' || how === 'gone') expect(text).not.toContain(target);
  });

  interface SpanShown {
    plainText: string;
    href: string | null;
    type: string;
    mention: { id: string; title: string | null } | null;
  }
  interface PageShown {
    blocks: {
      nodes: {
        type: string;
        plainText: string;
        richText?: SpanShown[];
        caption?: SpanShown[];
        cells?: SpanShown[][];
      }[];
    };
    properties: {
      id: string;
      text?: string;
      richText?: SpanShown[];
      pages?: { nodes: { id: string; title: string }[] };
    }[];
  }
});

describe('A filter on a hidden field is refused however it is handed over', () => {
  let world: World;
  let email: string;
  beforeAll(async () => {
    world = await openWorld();
    email = (await world.person({ email: `${canary('mail')}@hidden.example` })).email;
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const asked: Record<string, (email: string) => { query: string; variables?: Record<string, unknown> }> = {
    'as a literal': (eq) => ({ query: `{ users(filter: { email: { eq: "${eq}" } }) { totalCount } }` }),
    'as a variable inside': (eq) => ({
      query: 'query Q($e: String) { users(filter: { email: { eq: $e } }) { totalCount } }',
      variables: { e: eq },
    }),
    'as a variable comparator': (eq) => ({
      query: 'query Q($e: StringFilter) { users(filter: { email: $e }) { totalCount } }',
      variables: { e: { eq } },
    }),
    'as a whole variable': (eq) => ({
      query: 'query Q($f: UserFilter) { users(filter: $f) { totalCount } }',
      variables: { f: { email: { eq } } },
    }),
    'as the default of a variable': (eq) => ({
      query: `query Q($f: UserFilter = { email: { eq: "${eq}" } }) { users(filter: $f) { totalCount } }`,
    }),
    'as an empty comparator': () => ({ query: '{ users(filter: { email: {} }) { totalCount } }' }),
    'as an explicit null': () => ({ query: '{ users(filter: { email: null }) { totalCount } }' }),
    'as a comparator of nulls': () => ({ query: '{ users(filter: { email: { eq: null } }) { totalCount } }' }),
    'beside an allowed one': (eq) => ({
      query: `{ users(filter: { name: { contains: "a" }, email: { eq: "${eq}" } }) { totalCount } }`,
    }),
    'within a fragment, under an alias': (eq) => ({
      query: `{ ...F } fragment F on Query { name: users(first: 1, filter: { email: { startsWith: "${eq.slice(0, 9)}" } }) { nodes { id } } }`,
    }),
    'one of many': (eq) => ({
      query: `{ ok: users(first: 1) { nodes { id } } bad: users(filter: { email: { contains: "${eq.slice(4, 12)}" } }) { totalCount } }`,
    }),
  };

  test.each(Object.entries(asked))('%s', async (_, make) => {
    const reader = await world.connection(['USER_READ']);
    const allowed = await world.connection(['USER_READ_EMAIL']);
    const { query, variables } = make(email);
    const refused = await world.ask(reader, query, variables);
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['CAPABILITY_MISSING']);
    expect(refused.errors?.[0]?.extensions.needs).toEqual([['USER_READ_EMAIL']]);
    expect(Object.entries(refused.data ?? {}).filter(([key, value]) => key !== 'ok' && value !== null)).toEqual([]);
    expect(new Scanner([email]).find(refused.text)).toEqual([]);
    // The twin: with the capability it is a question like any other.
    expect((await world.ask(allowed, query, variables)).errors).toBeUndefined();
    expect(new Scanner([email]).find(world.logLines.join('\n'))).toEqual([]);
  });
});

describe('What is refused stands beside what is answered', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('a refused root field leaves its siblings alone, and one that is left out is no refusal', async () => {
    const page = await world.page({ title: 'Open' });
    const reader = await world.connection(['CONTENT_READ']);
    await world.share(reader, page);
    const query = '{ users { totalCount } pages { totalCount } out: users @include(if: false) { totalCount } }';
    const { data, errors } = await world.ask(reader, query);
    expect(data).toEqual({ users: null, pages: { totalCount: 1 } });
    expect(errors?.map(({ path }) => path)).toEqual([['users']]);
  });

  test('@whenDenied on one field is stricter there alone, and NULL does not loosen a refused root field', async () => {
    const { id } = await world.person();
    const reader = await world.connection([]);
    const query = `query Q($id: ID!) @whenDenied(behave: NULL) { user(id: $id) { id name label: name @whenDenied(behave: ERROR) } users { totalCount } }`;
    const { data, errors, extensions } = await world.ask<object, object>(reader, query, { id });
    expect(data).toEqual({ user: { id, name: null, label: null }, users: null });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(['user.label', 'users']);
    expect(extensions?.redactions).toEqual([
      { coordinate: 'Person.name', path: 'user.name', needs: [['USER_READ']], count: 1 },
    ]);
  });

  test('receipts of a list are counted by coordinate and path, without places', async () => {
    const reader = await world.connection(['USER_READ']);
    await world.person();
    const query = '{ users(first: 100) { nodes { id ... on Person { email mail: email } } } }';
    const { data, extensions } = await world.ask<{ users: { nodes: object[] } }, object>(reader, query);
    const people = data!.users.nodes.filter((one) => 'email' in one).length;
    expect(people).toBeGreaterThan(1);
    const receipt = { coordinate: 'Person.email', needs: [['USER_READ_EMAIL']], count: people };
    expect(extensions?.redactions).toEqual([
      { ...receipt, path: 'users.nodes.email' },
      { ...receipt, path: 'users.nodes.mail' },
    ]);
  });

  test('one fragment used in two places has its receipts in both', async () => {
    const [a, b] = [await world.person(), await world.person()];
    const reader = await world.connection([]);
    const query = `query Q($a: ID!, $b: ID!) { one: user(id: $a) { ...P } two: node(id: $b) { ...P } three: nodes(ids: [$a, $b]) { ...P } }
      fragment P on Person { name }`;
    const { data, extensions } = await world.ask<object, object>(reader, query, { a: a.id, b: b.id });
    expect(data).toEqual({ one: { name: null }, two: { name: null }, three: [{ name: null }, { name: null }] });
    const receipts = extensions?.redactions?.map(({ path, count }) => `${path} ${count}`);
    expect(receipts?.sort()).toEqual(['one.name 1', 'three.name 2', 'two.name 1']);
  });

  test('no error text guesses at names, in or out of the slice', async () => {
    const reader = await world.connection([]);
    for (const query of [
      '{ usres { id } }',
      '{ viewer { capabilites } }',
      '{ user(id: "x") { ... on Person { emial } } }',
      '{ users(filter: { emale: {} }) { totalCount } }',
    ]) {
      const { errors, text } = await world.ask(reader, query);
      expect(errors?.[0]?.extensions.code, query).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(text).not.toMatch(/did you mean/i);
    }
  });

  test('what the slice hides is still executed, with nulls and receipts', async () => {
    const { id } = await world.person();
    const reader = await world.connection(['USER_READ']);
    const query = `query Q($id: ID!) { __type(name: "Person") { fields { name } } user(id: $id) { ... on Person { email } } }`;
    const { data, errors } = await world.ask<{ __type: { fields: { name: string }[] }; user: object }, object>(
      reader,
      query,
      { id },
    );
    expect(data?.__type.fields.map(({ name }) => name)).not.toContain('email');
    expect(data?.user).toEqual({ email: null });
    expect(errors).toBeUndefined();
  });
});

// Faults that were found, and their mends.

test('the same question gets the same bytes: receipts stand in one order, whichever statement comes back first', async () => {
  await using world = await openWorld();
  const updater = await world.connection(['CONTENT_UPDATE']);
  const [a, b] = [await world.page(), await world.page()];
  for (const id of [a, b]) await world.share(updater, id);
  const { id: person } = await world.person();
  const query = `{
    first: node(id: "${a}") { ... on Resource { title parent { id } createdBy { name } } }
    second: page(id: "${b}") { title parent { id } }
    third: user(id: "${person}") { name }
    fourth: nodes(ids: ["${b}", "${a}"]) { ... on Resource { title } }
  }`;
  const answers = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const came = await Promise.all(Array.from({ length: 10 }, () => world.ask(updater, query)));
    for (const { text } of came) answers.add(text.replace(/"remaining":[\d.]+/, ''));
  }
  expect(answers.size).toBe(1);
});

test('a relation column names no data source that is out of reach: it looks like one that is not there', async () => {
  await using world = await openWorld();
  const hidden = await world.database({ title: 'Hidden' });
  const relation = { id: 'rel', name: 'Related', type: 'RELATION' as const, dataSourceId: hidden.dataSourceId };
  const open = await world.database({ properties: [{ id: 'title', name: 'Name', type: 'TITLE' }, relation] });
  const reader = await world.connection(['CONTENT_READ']);
  await world.share(reader, open.id);
  const query = `{ dataSource(id: "${open.dataSourceId}") { properties { id ... on RelationProperty { dataSourceId } } } }`;
  const refused = await world.ask<{ dataSource: unknown }, object>(reader, query);
  expect(refused.data?.dataSource).toEqual({ properties: [{ id: 'title' }, { id: 'rel', dataSourceId: null }] });
  expect(refused.text).not.toContain(hidden.dataSourceId);
  // The twin: within reach it is named.
  await world.share(reader, hidden.id);
  const allowed = await world.ask<{ dataSource: unknown }, object>(reader, query);
  expect(allowed.data?.dataSource).toEqual({
    properties: [{ id: 'title' }, { id: 'rel', dataSourceId: hidden.dataSourceId }],
  });
});

test('a coordinate and a path have one receipt, whatever types of object stand on the way', async () => {
  await using world = await openWorld();
  const { id: author } = await world.person();
  const page = await world.page();
  const database = await world.database();
  await world.sql('update page set created_by = $1', [author]);
  await world.sql('update database set created_by = $1', [author]);
  const reader = await world.connection(['CONTENT_READ', 'USER_READ']);
  for (const id of [page, database.id]) await world.share(reader, id);
  const query = `{ nodes(ids: ["${page}", "${database.id}"]) { ... on Resource { createdBy { ... on Person { email } } } } }`;
  const { data, extensions } = await world.ask<object, object>(reader, query);
  expect(data).toEqual({ nodes: [{ createdBy: { email: null } }, { createdBy: { email: null } }] });
  expect(extensions?.redactions).toEqual([
    { coordinate: 'Person.email', path: 'nodes.createdBy.email', needs: [['USER_READ_EMAIL']], count: 2 },
  ]);
});
