// When a change of a share is felt: at the next request, of every kind, of whoever holds it.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { askAs, mutate, signedIn } from '../asking.js';
import { openWorld, type World } from '../world.js';

let world: World;
let owner: Actor;
/** What is shared and then not; a page with a block, below it a page and a database with a row. */
const target = newId();
const below = newId();
let source: Id;
/** Stays shared throughout, is older than the rest, and mentions the target. */
const newest = newId();
const oldest = newId();

/** The data of an answer that must have no errors. */
// biome-ignore lint/suspicious/noExplicitAny: an answer to whatever question a test asks
type Data = Record<string, any>;

interface Grantee {
  input: { connectionId: Id } | { personId: Id };
  installationId?: Id;
  ask(query: string): Promise<Data>;
}

const dataOf = ({ data, errors }: { data?: Data | null | undefined; errors?: unknown }): Data => {
  expect(errors).toBeUndefined();
  return data!;
};

const kindsOfGrantee: Record<string, () => Promise<Grantee>> = {
  'a connection': async () => {
    const asker = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ']);
    return {
      input: { connectionId: asker.connectionId },
      installationId: asker.installationId,
      ask: async (query) => dataOf(await world.ask(asker, query)),
    };
  },
  'a guest': async () => {
    const person = await world.person({ role: 'GUEST' });
    const actor = signedIn(world, person, 'GUEST');
    return { input: { personId: person.id }, ask: async (query) => dataOf(await askAs(world, actor, query)) };
  },
};

beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
  const block = {
    content: { type: 'PARAGRAPH' as const, richText: [{ type: 'TEXT' as const, text: 'Within' }] },
    children: [],
  };
  const mention = {
    content: { type: 'PARAGRAPH' as const, richText: [{ type: 'MENTION' as const, resourceId: target }] },
    children: [],
  };
  await world.pages([
    { id: target, title: 'Target', lastEditedAt: at(5), blocks: [block] },
    { id: below, title: 'Below', under: target, lastEditedAt: at(4) },
    { id: newest, title: 'Newest', lastEditedAt: at(9) },
    { id: oldest, title: 'Oldest', lastEditedAt: at(1), blocks: [mention] },
  ]);
  source = (await world.database({ title: 'Tasks', under: target })).dataSourceId;
  await world.page({ title: 'Row', under: source, lastEditedAt: at(3) });
});
afterAll(() => world[Symbol.asyncDispose]());

/** Kinds of requests; each says whether the target, or what lies below it, is read by it. */
const requests: Record<string, (ask: Grantee['ask'], cursor: string) => Promise<boolean>> = {
  'by id': async (ask) => (await ask(`{ page(id: "${target}") { title } }`)).page?.title === 'Target',
  'by id of whatever': async (ask) =>
    (await ask(`{ node(id: "${below}") { ... on Resource { title } } }`)).node?.title === 'Below',
  'by many ids': async (ask) => {
    const [first, second] = (await ask(`{ nodes(ids: ["${oldest}", "${target}"]) { ... on Resource { title } } }`))
      .nodes;
    expect(first.title).toBe('Oldest');
    return second?.title === 'Target';
  },
  'its content': shows(`{ page(id: "${target}") { blocks { nodes { plainText } } } }`, 'Within'),
  'what lies below it': shows(`{ page(id: "${target}") { children { nodes { title } } } }`, 'Below'),
  'rows below it': (ask) => shows(`{ dataSource(id: "${source}") { rows { nodes { title } } } }`, 'Row')(ask),
  'a list': shows('{ pages { nodes { title } } }', 'Target'),
  'a filtered list': shows('{ pages(filter: { title: { startsWith: "Tar" } }) { nodes { title } } }', 'Target'),
  'a count': async (ask) => (await ask('{ pages { totalCount } }')).pages.totalCount > 2,
  'whether there is more': shows('{ pages(first: 2) { pageInfo { hasNextPage } } }', 'true'),
  'a list from an earlier cursor': (ask, cursor) =>
    shows(`{ pages(after: "${cursor}") { nodes { title } } }`, 'Target')(ask),
  'a mention elsewhere': shows(`{ page(id: "${oldest}") { blocks { nodes { plainText } } } }`, 'Target'),
};

/** Whether the answer to a question holds a text. */
function shows(question: string, text: string): (ask: Grantee['ask']) => Promise<boolean> {
  return async (ask) => JSON.stringify(await ask(question)).includes(text);
}

async function sharedWith(kind: string) {
  const { input, installationId, ask } = await kindsOfGrantee[kind]!();
  const share = async (resourceId: Id): Promise<Id> =>
    (await mutate(world, owner, 'grantShare', { ...input, resourceId }, 'share { id }')).share.id;
  await share(newest);
  await share(oldest);
  const id = await share(target);
  const { pages: first } = await ask('{ pages(first: 1) { nodes { title } pageInfo { endCursor } } }');
  expect(first.nodes).toEqual([{ title: 'Newest' }]);
  const look = async (): Promise<Record<string, boolean>> => {
    const seen: Record<string, boolean> = {};
    for (const [name, request] of Object.entries(requests)) seen[name] = await request(ask, first.pageInfo.endCursor);
    return seen;
  };
  return { id, input, installationId, ask, look, share };
}

const all = (seen: boolean) => Object.fromEntries(Object.keys(requests).map((name) => [name, seen]));

const changes: Record<string, (id: Id, input: Grantee['input']) => Promise<unknown>> = {
  'the share is revoked': (id) => mutate(world, owner, 'revokeShare', { id }),
  'it is narrowed to what does not let read': (id) => mutate(world, owner, 'updateShare', { id, access: ['UPDATE'] }),
  'the same is shared again for less': (_, input) =>
    mutate(world, owner, 'grantShare', { ...input, resourceId: target, access: ['COMMENT_INSERT', 'UPDATE'] }),
  'it expires': async (id) => {
    const expiresAt = new Date(Date.now() + 1_000);
    await mutate(world, owner, 'updateShare', { id, expiresAt: expiresAt.toISOString() });
    await sleep(expiresAt.getTime() - Date.now() + 10);
  },
};

describe.each(Object.keys(kindsOfGrantee))('%s misses what it read before, whatever it asks next, when', (kind) => {
  test.each(Object.keys(changes))('%s', async (change) => {
    const { id, input, look } = await sharedWith(kind);
    expect(await look()).toEqual(all(true));
    await changes[change]!(id, input);
    expect(await look()).toEqual(all(false));
  });

  test('but not as long as the share still lives', async () => {
    const { id, look } = await sharedWith(kind);
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    await mutate(world, owner, 'updateShare', { id, expiresAt, access: ['READ'] });
    expect(await look()).toEqual(all(true));
  });

  test('and reads it again once it is widened', async () => {
    const { id, look } = await sharedWith(kind);
    await mutate(world, owner, 'updateShare', { id, access: ['UPDATE'] });
    expect(await look()).toEqual(all(false));
    await mutate(world, owner, 'updateShare', { id, access: ['READ'] });
    expect(await look()).toEqual(all(true));
  });
});

describe.each(Object.keys(kindsOfGrantee))('Shares of %s add up', (kind) => {
  test('revoking, narrowing or letting expire below a live share changes nothing, and the answer names that share', async () => {
    const { ask, share, installationId } = await sharedWith(kind);
    const before = await ask('{ pages { totalCount } }');
    const reads = async () => (await ask(`{ page(id: "${below}") { title } }`)).page?.title;
    const first = await share(below);
    const answer = 'share { id } stillOpenedBy { id access resource { id title } }';
    const narrowed = await mutate(world, owner, 'updateShare', { id: first, access: ['UPDATE'] }, answer);
    const [above] = narrowed.stillOpenedBy;
    expect(narrowed.stillOpenedBy).toMatchObject([{ resource: { id: target, title: 'Target' } }]);
    expect(above.access).toContain('READ');
    expect(await reads()).toBe('Below');

    const revoked = await mutate(world, owner, 'revokeShare', { id: first }, answer);
    expect(revoked).toMatchObject({ share: { id: first }, stillOpenedBy: [above] });
    expect(await reads()).toBe('Below');
    expect(await ask('{ pages { totalCount } }')).toEqual(before);

    // Every surface names it: the page's side …
    const entry = 'inherited shares { id resource { id } }';
    const question = `{ page(id: "${below}") { sharedWith(first: 100) { nodes { ${entry} } } } }`;
    const inherited = { inherited: true, shares: [{ id: above.id, resource: { id: target } }] };
    expect(dataOf(await askAs(world, owner, question)).page.sharedWith.nodes).toContainEqual(inherited);
    // … and the connection's.
    if (installationId) {
      const reach = `{ installation(id: "${installationId}") { reach(first: 90) { nodes { resource { id } ${entry} } } } }`;
      const { nodes } = dataOf(await askAs(world, owner, reach)).installation.reach;
      expect(nodes).toContainEqual({ resource: { id: below }, ...inherited });
    }
  });

  test('with nothing above, the answer to a revocation names nothing', async () => {
    const { id } = await sharedWith(kind);
    const { stillOpenedBy } = await mutate(world, owner, 'revokeShare', { id }, 'stillOpenedBy { id }');
    expect(stillOpenedBy).toEqual([]);
  });

  test('a share above that has expired, or is held by somebody else, opens nothing and is not named', async () => {
    const { id, share } = await sharedWith(kind);
    const lower = await share(below);
    await sharedWith(kind);
    await world.sql(`update share set expires_at = now() - interval '1 second' where id = $1`, [id]);
    const { stillOpenedBy } = await mutate(world, owner, 'revokeShare', { id: lower }, 'stillOpenedBy { id }');
    expect(stillOpenedBy).toEqual([]);
  });
});
