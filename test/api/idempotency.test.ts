// A mutation that comes with a key is carried out once: again within a day, at the same time, after a crash.

import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPage } from '../../src/content/page-lifecycle.js';
import { CAPABILITIES } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { commit } from '../../src/unit-of-work.js';
import { anotherWorkspace, operator } from '../actors.js';
import { askAs, operatorIn } from '../asking.js';
import { type Asker, credentialsOf, openWorld, type World } from '../world.js';

let world: World;
let asker: Asker;
let root: Id;
beforeAll(async () => {
  world = await openWorld({ poolSize: 12 });
  root = (await createPage(operator(world), { parent: { kind: 'Workspace' }, title: 'Root' })).id;
  asker = await world.connection(CAPABILITIES);
  await world.share(asker, root);
});
afterAll(() => world[Symbol.asyncDispose]());

const CREATE = `mutation Create($parent: ID!, $title: String, $key: String!) {
  createPage(input: { parent: { pageId: $parent }, title: $title }) @idempotent(key: $key) {
    page { id title version } userErrors { __typename code message } } }`;

interface Made {
  page: { id: Id; title: string | null; version: number | null } | null;
  userErrors: { __typename: string; code: string; message: string }[];
}

const create = async (key: string, title = 'Made once', by: Asker = asker): Promise<Made> => {
  const { data, errors } = await world.ask<{ createPage: Made }, object>(by, CREATE, { parent: root, title, key });
  expect(errors).toBeUndefined();
  return data!.createPage;
};
const childrenOf = (id: Id) => world.sql<{ id: Id }>('select id from page where parent_id = $1', [id]);
const keysOf = (key: string) => world.sql('select mutation, result from idempotent_result where key = $1', [key]);

/** Over HTTP, with the header; several keys are several headers. */
// biome-ignore lint/suspicious/noExplicitAny: whatever was asked for
type Sent = { data?: any; errors?: { message: string; extensions: { code: string } }[] };
function send(query: string, key: string | string[], variables: Record<string, unknown> = {}): Promise<Sent> {
  const headers = { 'content-type': 'application/json', ...credentialsOf(asker), 'idempotency-key': key };
  return new Promise((resolve, reject) => {
    const sent = request(`${world.url}/graphql`, { method: 'POST', headers }, (response) =>
      json(response).then((body) => resolve(body as Sent), reject),
    );
    sent.on('error', reject);
    sent.end(JSON.stringify({ query, variables }));
  });
}

describe('The same key', () => {
  test('gives the same page, and makes it once', async () => {
    const first = await create('once');
    const before = await childrenOf(root);
    expect(await create('once')).toEqual(first);
    expect(await childrenOf(root)).toEqual(before);
    expect(await keysOf('once')).toEqual([{ mutation: 'createPage', result: { id: first.page!.id } }]);
  });

  test('shows what is there now, as far as the caller may read it now', async () => {
    const other = await world.connection(CAPABILITIES);
    const share = await world.share(other, root);
    const { page } = await create('anew', 'Secret', other);
    await world.sql(`update page set title = 'Changed since', version = 7 where id = $1`, [page!.id]);
    expect((await create('anew', 'Secret', other)).page).toEqual({ id: page!.id, title: 'Changed since', version: 7 });
    await world.unshare(share);
    expect(await create('anew', 'Secret', other)).toEqual({ page: null, userErrors: [] });
  });

  test('with other arguments is refused, and says so', async () => {
    await create('arguments', 'One');
    const before = await childrenOf(root);
    expect(await create('arguments', 'Two')).toEqual({
      page: null,
      userErrors: [{ __typename: 'FieldError', code: 'INVALID', message: expect.stringContaining('other arguments') }],
    });
    expect(await childrenOf(root)).toEqual(before);
  });

  test('with the same arguments written in another order is the same', async () => {
    const [one, other] = [
      'title: "Same", parent: { workspace: true }',
      'parent: { workspace: true }, title: "Same"',
    ].map(
      (input) =>
        `mutation { createPage(input: { ${input} }) @idempotent(key: "order") { page { id } userErrors { code } } }`,
    );
    const first = await askAs(world, operatorIn(world), one!);
    expect(first.data).toMatchObject({ createPage: { userErrors: [] } });
    expect(await askAs(world, operatorIn(world), other!)).toEqual(first);
  });

  test('for another mutation is refused, naming the first', async () => {
    const { page } = await create('mutation');
    const { data } = await world.ask<Record<string, Made>, object>(
      asker,
      `mutation { updatePage(input: { id: "${page!.id}", title: "New" }) @idempotent(key: "mutation") { userErrors { code message } } }`,
    );
    expect(data!.updatePage!.userErrors).toEqual([{ code: 'INVALID', message: expect.stringContaining('createPage') }]);
  });

  test('in other hands, or in another workspace, is another key', async () => {
    const other = await world.connection(CAPABILITIES);
    await world.share(other, root);
    const [mine, theirs] = [await create('hands'), await create('hands', 'Made once', other)];
    expect(theirs.page!.id).not.toBe(mine.page!.id);
    const elsewhere = { ...operatorIn(world), workspaceId: await anotherWorkspace(world) };
    const text =
      'mutation { createPage(input: { parent: { workspace: true } }) @idempotent(key: "hands") { page { id } } }';
    const [here, there] = [await askAs(world, operatorIn(world), text), await askAs(world, elsewhere, text)];
    expect(there.data).not.toEqual(here.data);
  });

  test('is free again after 24 hours, and what is past its time is taken away', async () => {
    const first = await create('day', 'One');
    await world.sql(`update idempotent_result set created_at = now() - interval '23 hours' where key = 'day'`);
    expect((await create('day', 'One')).page!.id).toBe(first.page!.id);
    await world.sql(
      `update idempotent_result set created_at = now() - interval '25 hours' where key in ('day', 'once')`,
    );
    expect((await create('day', 'Two')).page!.id).not.toBe(first.page!.id);
    expect(await keysOf('once')).toEqual([]);
  });
});

describe('Thirty-two at once with one key', () => {
  test('make one page, and all of them answer with it', async () => {
    const before = (await childrenOf(root)).length;
    const answers = await Promise.all(Array.from({ length: 32 }, () => create('twins')));
    expect(new Set(answers.map(({ page }) => page?.id)).size).toBe(1);
    expect(answers[0]!.page).not.toBeNull();
    expect((await childrenOf(root)).length).toBe(before + 1);
  });
});

describe('What was not carried out', () => {
  test('is not kept: a refusal may be tried again', async () => {
    expect((await create('refused', 'x'.repeat(2_001))).userErrors).toMatchObject([{ code: 'TOO_LONG' }]);
    expect(await keysOf('refused')).toEqual([]);
    const late = await world.connection(CAPABILITIES);
    expect((await create('late', 'Late', late)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    await world.share(late, root);
    expect((await create('late', 'Late', late)).userErrors).toEqual([]);
  });

  test('leaves neither the change nor the key behind when it breaks off', async () => {
    const before = await childrenOf(root);
    const once = { key: 'crash', mutation: 'createPage', fingerprint: Buffer.from('00', 'hex') };
    const broken = commit({ ...operator(world), once }, async (unit) => {
      await unit.em.execute(
        `insert into page (workspace_id, id, parent_kind, title, ancestors) values (?, ?, 'WORKSPACE', 'Half', array[?::uuid])`,
        [world.workspaceId, ...Array(2).fill(newId())],
      );
      throw new Error('The machine went away.');
    });
    await expect(broken).rejects.toThrow('went away');
    expect(await keysOf('crash')).toEqual([]);
    expect(await childrenOf(root)).toEqual(before);
  });
});

describe('A mutation that shows a secret, or keeps no answer', () => {
  test.each([
    ['createPersonalAccessToken', '{ name: "Script" }'],
    ['createConnection', '{ name: "Board", capabilities: [CONTENT_READ] }'],
    ['createWorkspace', '{ name: "New" }'],
  ])('takes no key: %s', async (mutation, input) => {
    const tables = ['personal_access_token', 'connection', 'workspace'];
    const count = () =>
      world.sql(`select ${tables.map((table) => `(select count(*) from ${table}) as ${table}`).join(', ')}`);
    const before = await count();
    const { data } = await askAs(
      world,
      operatorIn(world),
      `mutation { ${mutation}(input: ${input}) @idempotent(key: "secret") { userErrors { code message } } }`,
    );
    const [payload] = Object.values(data as Record<string, Made>);
    // What is not for this actor is refused before.
    expect(payload!.userErrors).toMatchObject([{ code: expect.stringMatching(/^(INVALID|FORBIDDEN)$/) }]);
    if (payload!.userErrors[0]!.code === 'INVALID')
      expect(payload!.userErrors[0]!.message).toContain('no idempotency key');
    expect(await count()).toEqual(before);
    expect(await keysOf('secret')).toEqual([]);
  });

  test('and every mutation on content takes one', async () => {
    const { schema } = (await import('../../src/api/schema.js')).buildGatewaySchema();
    const mutations = Object.values(schema.getMutationType()!.getFields());
    const emits = mutations.filter(({ astNode }) => astNode?.directives?.some(({ name }) => name.value === 'emits'));
    expect(emits.length).toBeGreaterThan(20);
    for (const { name, extensions } of mutations) {
      expect(extensions.replayable === true, name).toBe(emits.some((field) => field.name === name));
    }
  });
});

describe('A key', () => {
  test.each([
    ['an empty one', ''],
    ['one of 256 characters', 'x'.repeat(256)],
    ['one with a line break', 'a\nb'],
  ])('%s is refused', async (_, key) => {
    expect((await create(key)).userErrors).toMatchObject([{ code: 'INVALID' }]);
  });

  test('of 255 characters is taken', async () => {
    expect((await create('x'.repeat(255))).userErrors).toEqual([]);
  });

  test('is refused with a capability that is missing as without', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    await world.share(reader, root);
    expect((await create('capable', 'New', reader)).userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING' }]);
    expect(await keysOf('capable')).toEqual([]);
  });
});

describe('The header Idempotency-Key', () => {
  const ONE = `mutation M($title: String) { createPage(input: { parent: { workspace: true }, title: $title })
    { page { id } userErrors { code message } } }`;
  const below = () => ONE.replace('workspace: true', `pageId: "${root}"`);

  test('counts for the one mutation of an operation', async () => {
    const first = await send(below(), 'header', { title: 'One' });
    expect(first.data.createPage.userErrors).toEqual([]);
    expect(await send(below(), 'header', { title: 'One' })).toEqual(first);
    const { data } = await send(below(), 'header', { title: 'Two' });
    expect(data.createPage.userErrors).toMatchObject([{ code: 'INVALID' }]);
  });

  test('gives way to the directive', async () => {
    const text = below().replace('title: $title })', 'title: $title }) @idempotent(key: "inner")');
    await send(text, 'outer', { title: 'One' });
    expect(await keysOf('inner')).toHaveLength(1);
    expect(await keysOf('outer')).toEqual([]);
  });

  test('is refused for more than one mutation, also in fragments, and nothing is done', async () => {
    const before = await childrenOf(root);
    const field = (alias: string) =>
      `${alias}: createPage(input: { parent: { pageId: "${root}" } }) { userErrors { code } }`;
    for (const text of [
      `mutation { ${field('a')} ${field('b')} }`,
      `mutation { ${field('a')} ... on Mutation { ${field('b')} } }`,
      `mutation { ...Two } fragment Two on Mutation { ${field('a')} ${field('b')} }`,
    ]) {
      const { data, errors } = await send(text, 'many');
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'INVALID' } }]);
    }
    expect(await childrenOf(root)).toEqual(before);
  });

  test('given twice is none at all', async () => {
    const { data } = await send(below(), ['one', 'two']);
    expect(data.createPage.userErrors).toMatchObject([{ code: 'INVALID' }]);
  });

  test('says nothing to a query', async () => {
    const { data } = await send('{ viewer { id } }', 'query');
    expect(data.viewer.id).toBeTruthy();
    expect(await keysOf('query')).toEqual([]);
  });
});
