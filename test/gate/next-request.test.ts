// What is taken away is gone from the very next request on, of whatever kind. Each kind is asked before, several times, so
// that whatever might be remembered of it is: the document, its compiled form, the prepared statement, the token.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/gate/actor.js';
import { newId } from '../../src/lib/id.js';
import { mutate, operatorIn, signedIn } from '../asking.js';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';

let world: World;
let owner: Actor;
let page: string;

beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
  page = await world.page({ title: 'Handbook' });
  for (let n = 0; n < 4; n++) await world.page({ title: `Chapter ${n}`, under: page });
});
afterAll(() => world[Symbol.asyncDispose]());

/** A request of each kind, and whether its answer still shows what is to go. `cursor` is of a list asked for before. */
const KINDS: Record<string, { ask: (cursor: string) => string; shows: (text: string) => boolean }> = {
  'a page by its id': { ask: () => `{ page(id: "${page}") { title } }`, shows: (text) => text.includes('Handbook') },
  'a node by its id': {
    ask: () => `{ node(id: "${page}") { id ... on Page { title } } }`,
    shows: (text) => text.includes('Handbook'),
  },
  'a list': { ask: () => '{ pages(first: 10) { nodes { title } } }', shows: (text) => text.includes('Chapter') },
  'a count': { ask: () => '{ pages { totalCount } }', shows: (text) => /"totalCount":[1-9]/.test(text) },
  'a filter': {
    ask: () => '{ pages(filter: { title: { startsWith: "Chap" } }) { nodes { id } } }',
    shows: (text) => /"nodes":\[\{/.test(text),
  },
  'the next page of an earlier list': {
    ask: (cursor) => `{ pages(first: 2, after: "${cursor}") { nodes { title } } }`,
    shows: (text) => /"title":"(Handbook|Chapter)/.test(text),
  },
  'what it may do': {
    ask: () => '{ viewer { capabilities } }',
    shows: (text) => text.includes('CONTENT_READ'),
  },
};

/** What is taken away, and what of a request is left: nothing at all, or everything but the content. */
const STEPS: Record<
  string,
  { take: (asker: Asker) => Promise<unknown>; leaves: 'NOTHING' | 'NO_CONTENT' | 'NO_BITS' }
> = {
  'its token is revoked': {
    take: ({ connectionId }) => mutate(world, owner, 'revokeToken', { connectionId }),
    leaves: 'NOTHING',
  },
  'its token is rotated without an overlap': {
    take: ({ connectionId }) => mutate(world, owner, 'rotateToken', { connectionId, overlapHours: 0 }),
    leaves: 'NOTHING',
  },
  'its token expires': {
    take: ({ installationId }) =>
      world.sql(`update token set expires_at = now() - interval '1 second' where installation_id = $1`, [
        installationId,
      ]),
    leaves: 'NOTHING',
  },
  'it is suspended': {
    take: ({ connectionId }) => mutate(world, owner, 'suspendConnection', { id: connectionId }),
    leaves: 'NOTHING',
  },
  'it is deleted': {
    take: ({ connectionId }) => mutate(world, owner, 'deleteConnection', { id: connectionId }),
    leaves: 'NOTHING',
  },
  'its capabilities are narrowed': {
    take: ({ connectionId }) =>
      mutate(world, owner, 'updateConnection', { id: connectionId, capabilities: ['COMMENT_READ'] }),
    leaves: 'NO_BITS',
  },
  'its share is revoked': {
    take: async (asker) => world.unshare(await world.share(asker, page)),
    leaves: 'NO_CONTENT',
  },
  'its share expires': {
    take: ({ installationId }) =>
      world.sql(`update share set expires_at = now() - interval '1 second' where installation_id = $1`, [
        installationId,
      ]),
    leaves: 'NO_CONTENT',
  },
  'its share no longer opens reading': {
    take: async (asker) =>
      mutate(world, owner, 'updateShare', { id: await world.share(asker, page), access: ['COMMENT_READ'] }),
    leaves: 'NO_CONTENT',
  },
};

describe('A connection sees nothing any more, at whatever it asks next, once', () => {
  test.each(Object.entries(STEPS))('%s', async (_, { take, leaves }) => {
    const asker = await world.connection(['CONTENT_READ', 'COMMENT_READ']);
    await world.share(asker, page);
    const { data } = await world.ask(asker, '{ pages(first: 2) { pageInfo { endCursor } } }');
    const cursor = (data as { pages: { pageInfo: { endCursor: string } } }).pages.pageInfo.endCursor;
    const documents = Object.entries(KINDS).map(([kind, { ask, shows }]) => ({ kind, query: ask(cursor), shows }));
    for (const { kind, query, shows } of documents) {
      for (let again = 0; again < 4; again++) {
        const { status, text } = await world.ask(asker, query);
        expect([status, shows(text)], kind).toEqual([200, true]);
      }
    }
    await take(asker);
    for (const { kind, query, shows } of documents) {
      const { status, text } = await world.ask(asker, query);
      const keepsBits = kind === 'what it may do' && leaves === 'NO_CONTENT';
      expect([status, shows(text)], kind).toEqual([leaves === 'NOTHING' ? 401 : 200, keepsBits]);
    }
  });
});

describe('A person sees nothing any more, at whatever she asks next, once', () => {
  const ask = async (asker: Asker | SignedIn) => {
    const { status, text } = await world.ask(asker, `{ page(id: "${page}") { title } pages { totalCount } }`);
    return [status, text.includes('Handbook')];
  };

  test('she is removed, signed in or with a personal token', async () => {
    await mutate(world, operatorIn(world), 'updateWorkspacePolicy', {
      expectedVersion: 1,
      personalAccessTokens: 'MEMBERS',
    });
    const person = await world.person();
    const session = await world.signedIn(person);
    const made = await mutate(
      world,
      signedIn(world, person, 'MEMBER'),
      'createPersonalAccessToken',
      { name: 'Script' },
      'token',
    );
    const script = { connectionId: newId(), installationId: newId(), token: made.token as string };
    for (let again = 0; again < 4; again++) {
      expect(await ask(session)).toEqual([200, true]);
      expect(await ask(script)).toEqual([200, true]);
    }
    await mutate(world, owner, 'removeMember', { personId: person.id });
    expect(await ask(session)).toEqual([403, false]);
    expect(await ask(script)).toEqual([401, false]);
  });

  test('her role is taken down to a guest’s', async () => {
    const person = await world.person();
    const session = await world.signedIn(person);
    for (let again = 0; again < 4; again++) expect(await ask(session)).toEqual([200, true]);
    await mutate(world, owner, 'updateMember', { personId: person.id, role: 'GUEST' });
    expect(await ask(session)).toEqual([200, false]);
  });
});
