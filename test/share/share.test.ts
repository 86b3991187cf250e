// Reading shares: who sees which, from which side, and what of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonActor } from '../../src/gate/actor.js';
import { bitsOf } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { askAs, mutate, operatorIn, signedIn } from '../asking.js';
import { type Asker, openWorld, type World } from '../world.js';

// biome-ignore lint/suspicious/noExplicitAny: answers to whatever a test asks
type Data = Record<string, any>;
type Answered = { data?: Data | null | undefined; errors?: { extensions: { code: string } }[] };
type Ask = (query: string) => Promise<Answered>;

let world: World;
let owner: PersonActor;
let member: PersonActor;
let guest: PersonActor;
let stranger: PersonActor;
/** Without any user information. */
let reader: Asker;
let other: Asker;
/** home > team > plan; apart stands alone. */
const [home, team, plan, apart] = [newId(), newId(), newId(), newId()];
const shares: Record<string, Id> = {};

beforeAll(async () => {
  world = await openWorld();
  const personWith = async (role: PersonActor['role'], name: string) =>
    signedIn(world, await world.person({ role, name }), role) as PersonActor;
  owner = await personWith('OWNER', 'Ada');
  member = await personWith('MEMBER', 'Ruth');
  guest = await personWith('GUEST', 'Grace');
  stranger = await personWith('GUEST', 'Edith');
  reader = await world.connection(['CONTENT_READ'], 'Reader');
  other = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ'], 'Other');
  await world.pages([
    { id: home, title: 'Home' },
    { id: team, title: 'Team', under: home },
    { id: plan, title: 'Plan', under: team },
    { id: apart, title: 'Apart' },
  ]);
  const grant = async (name: string, input: Record<string, unknown>) => {
    shares[name] = (await mutate(world, member, 'grantShare', input, 'share { id }')).share.id;
  };
  await grant('reader on team', {
    installationId: reader.installationId,
    resourceId: team,
    access: ['READ', 'UPDATE'],
  });
  await grant('other on home', { installationId: other.installationId, resourceId: home, access: ['READ'] });
  await grant('other on plan', {
    installationId: other.installationId,
    resourceId: plan,
    access: ['UPDATE', 'INSERT'],
  });
  await grant('guest on plan', { personId: guest.personId, resourceId: plan, expiresAt: '2099-01-01T00:00:00Z' });
  // Of the reader's capabilities nothing is left here.
  await grant('reader on apart', { installationId: reader.installationId, resourceId: apart, access: ['UPDATE'] });
});
afterAll(() => world[Symbol.asyncDispose]());

const as: Record<string, () => Ask> = {
  'an owner': () => (query) => askAs(world, owner, query),
  'a member': () => (query) => askAs(world, member, query),
  "a member's token that does not administer": () => (query) => {
    const { session: _, ...person } = member;
    return askAs(world, { ...person, personalToken: { id: newId(), administers: false } }, query);
  },
  'the operator': () => (query) => askAs(world, operatorIn(world), query),
  'a guest': () => (query) => askAs(world, guest, query),
  'a guest with whom nothing is shared': () => (query) => askAs(world, stranger, query),
  'the connection': () => (query) => world.ask(reader, query),
  'another connection': () => (query) => world.ask(other, query),
};
const INSIDE = ['an owner', 'a member', "a member's token that does not administer", 'the operator'];
const OUTSIDE = ['a guest', 'the connection', 'another connection'];

const answerOf = async (who: string, query: string): Promise<Data> => {
  const { data, errors } = await as[who]!()(query);
  expect(errors).toBeUndefined();
  return data!;
};

describe('From the side of a page', () => {
  const ENTRIES = `sharedWith { totalCount nodes {
    grantee { __typename id name } granted effective inherited resource { title } shares { id resource { title } } } }`;

  test.each(INSIDE)('%s sees everybody it is open to, by which shares, and what is left of them', async (who) => {
    const { page } = await answerOf(who, `{ page(id: "${plan}") { ${ENTRIES} } }`);
    const byName = new Map<string, Data>(page.sharedWith.nodes.map((entry: Data) => [entry.grantee.name, entry]));
    expect(page.sharedWith.totalCount).toBe(3);
    expect([...byName.keys()].sort()).toEqual(['Grace', 'Other', 'Reader']);
    expect(byName.get('Reader')).toMatchObject({
      ...{ granted: ['READ', 'UPDATE'], effective: ['READ'], inherited: true, resource: { title: 'Plan' } },
      shares: [{ id: shares['reader on team'], resource: { title: 'Team' } }],
    });
    expect(byName.get('Other')).toMatchObject({
      ...{ granted: ['READ', 'UPDATE', 'INSERT'], effective: ['READ', 'UPDATE'], inherited: false },
      shares: [{ id: shares['other on plan'] }, { id: shares['other on home'], resource: { title: 'Home' } }],
    });
    expect(byName.get('Grace')).toMatchObject({
      ...{ grantee: { __typename: 'Person', id: guest.personId }, inherited: false },
      effective: ['READ', 'UPDATE', 'INSERT', 'COMMENT_READ', 'COMMENT_INSERT'],
    });
  });

  test('a share of which nothing is left is named all the same, so that nobody wonders', async () => {
    const { page } = await answerOf('a member', `{ page(id: "${apart}") { ${ENTRIES} } }`);
    expect(page.sharedWith.nodes).toMatchObject([{ granted: ['UPDATE'], effective: [], grantee: { name: 'Reader' } }]);
  });

  test.each(OUTSIDE)('%s learns of nobody', async (who) => {
    for (const id of [plan, team]) {
      const { data, errors } = await as[who]!()(
        `{ node(id: "${id}") { ... on Resource { id sharedWith { totalCount } } } }`,
      );
      const sees = !(who === 'a guest' && id === team);
      expect(data?.node).toEqual(sees ? { id, sharedWith: null } : null);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(sees ? ['FORBIDDEN'] : undefined);
    }
  });

  test('it is a list like any other: page by page, and back', async () => {
    const { page } = await answerOf('an owner', `{ page(id: "${plan}") { ${ENTRIES} } }`);
    const ids: Id[] = page.sharedWith.nodes.map(({ grantee }: Data) => grantee.id);
    expect(ids).toEqual([...ids].sort());
    const piece = async (args: string) =>
      (
        await answerOf(
          'an owner',
          `{ page(id: "${plan}") { sharedWith(${args}) { nodes { grantee { id } } pageInfo { hasNextPage startCursor endCursor } } } }`,
        )
      ).page.sharedWith;
    const first = await piece('first: 2');
    const rest = await piece(`first: 2, after: "${first.pageInfo.endCursor}"`);
    expect([...first.nodes, ...rest.nodes].map(({ grantee }) => grantee.id)).toEqual(ids);
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
    const before = await piece(`last: 2, before: "${rest.pageInfo.startCursor}"`);
    expect(before.nodes).toEqual(first.nodes);
  });

  test('a connection that was deleted, and a guest who left or became a member, are in it no more', async () => {
    const page = await world.page({ title: 'Room' });
    const gone = await world.connection(['CONTENT_READ']);
    const [left, promoted] = [await world.person({ role: 'GUEST' }), await world.person({ role: 'GUEST' })];
    for (const input of [{ connectionId: gone.connectionId }, { personId: left.id }, { personId: promoted.id }]) {
      await mutate(world, owner, 'grantShare', { ...input, resourceId: page });
    }
    const count = async () => {
      const { page: found } = await answerOf(
        'an owner',
        `{ page(id: "${page}") { sharedWith { totalCount nodes { inherited } } } }`,
      );
      return [found.sharedWith.totalCount, found.sharedWith.nodes.length];
    };
    expect(await count()).toEqual([3, 3]);
    await mutate(world, owner, 'deleteConnection', { id: gone.connectionId });
    await world.sql('update membership set ended_at = now() where person_id = $1', [left.id]);
    await world.sql(`update membership set role = 'MEMBER' where person_id = $1`, [promoted.id]);
    expect(await count()).toEqual([0, 0]);
  });
});

describe('From the side of a connection', () => {
  const SIDE = `shares { totalCount nodes { id access resource { id title } } }
    reach { totalCount nodes { inherited granted effective resource { id title } shares { id resource { id } } } }`;

  test('its owners see what is shared with it, and all it reaches by that, inherited or not', async () => {
    const { installation } = await answerOf('an owner', `{ installation(id: "${other.installationId}") { ${SIDE} } }`);
    expect(installation.shares).toMatchObject({
      totalCount: 2,
      nodes: [
        { id: shares['other on home'], access: ['READ'], resource: { title: 'Home' } },
        { id: shares['other on plan'], access: ['UPDATE', 'INSERT'], resource: { title: 'Plan' } },
      ],
    });
    const reach = new Map<string, Data>(installation.reach.nodes.map((entry: Data) => [entry.resource.title, entry]));
    expect(installation.reach.totalCount).toBe(3);
    expect(reach.get('Home')).toMatchObject({ inherited: false, effective: ['READ'] });
    expect(reach.get('Team')).toMatchObject({ inherited: true, shares: [{ resource: { id: home } }] });
    expect(reach.get('Plan')).toMatchObject({ inherited: false, granted: ['READ', 'UPDATE', 'INSERT'] });
  });

  test('it sees the same of itself, and nothing of what is out of its reach', async () => {
    const { viewer } = await answerOf('the connection', `{ viewer { installation { ${SIDE} } } }`);
    expect(viewer.installation.shares.nodes).toEqual([
      { id: shares['reader on team'], access: ['READ', 'UPDATE'], resource: { id: team, title: 'Team' } },
      { id: shares['reader on apart'], access: ['UPDATE'], resource: null },
    ]);
    const titles = viewer.installation.reach.nodes.map(({ resource }: Data) => resource.title);
    expect(titles.sort()).toEqual(['Plan', 'Team']);
    expect(JSON.stringify(viewer)).not.toContain(home);
  });

  test.each(['a member', 'a guest', 'another connection'])('%s does not even find it', async (who) => {
    expect(await answerOf(who, `{ installation(id: "${reader.installationId}") { ${SIDE} } }`)).toEqual({
      installation: null,
    });
  });

  test('a share keeps its place in the list while it changes', async () => {
    const { connectionId, installationId } = await world.connection(['CONTENT_READ']);
    const made: Id[] = [];
    for (const resourceId of [home, team, plan]) {
      made.push((await mutate(world, owner, 'grantShare', { connectionId, resourceId }, 'share { id }')).share.id);
    }
    const piece = async (args: string) =>
      (
        await answerOf(
          'an owner',
          `{ installation(id: "${installationId}") { shares(${args}) { nodes { id version } pageInfo { endCursor } } } }`,
        )
      ).installation.shares;
    const first = await piece('first: 1');
    await mutate(world, owner, 'updateShare', { id: made[0], access: ['READ'] });
    await mutate(world, owner, 'grantShare', { connectionId, resourceId: team, access: ['READ'] });
    const rest = await piece(`first: 5, after: "${first.pageInfo.endCursor}"`);
    expect(rest.nodes).toEqual([
      { id: made[1], version: 2 },
      { id: made[2], version: 1 },
    ]);
    expect((await piece('last: 3')).nodes.map(({ id }: Data) => id)).toEqual(made);
  });
});

describe('A share by its id', () => {
  const node = (id: Id) => `{ node(id: "${id}") { id ... on Share { access } } }`;

  test.each(INSIDE)('is found by %s, whosever it is', async (who) => {
    for (const id of Object.values(shares)) expect((await answerOf(who, node(id))).node).toMatchObject({ id });
  });

  test('is found by who holds it, and by nobody else outside', async () => {
    const holders = {
      'the connection': 'reader on team',
      'another connection': 'other on plan',
      'a guest': 'guest on plan',
    };
    for (const [who, own] of Object.entries(holders)) {
      for (const [name, id] of Object.entries(shares)) {
        const found = (await answerOf(who, node(id))).node;
        const held = name.split(' ')[0] === own.split(' ')[0];
        expect(found, `${who} and ${name}`).toEqual(held ? { id, access: expect.any(Array) } : null);
      }
    }
    expect((await answerOf('a guest with whom nothing is shared', node(shares['guest on plan']!))).node).toBeNull();
  });

  test('looks like nothing at all when it is gone, expired or of another workspace', async () => {
    const { connectionId } = await world.connection(['CONTENT_READ']);
    const grant = async () =>
      (await mutate(world, owner, 'grantShare', { connectionId, resourceId: home }, 'share { id }')).share.id as Id;
    const revoked = await grant();
    await mutate(world, owner, 'revokeShare', { id: revoked });
    const expired = await grant();
    await world.sql(`update share set expires_at = now() - interval '1 second' where id = $1`, [expired]);
    const missing = JSON.stringify(await answerOf('an owner', node(newId())));
    expect(JSON.stringify(await answerOf('an owner', node(revoked)))).toBe(missing);
    expect(JSON.stringify(await answerOf('an owner', node(expired)))).toBe(missing);
    const outsider = { ...owner, workspaceId: newId() };
    expect(JSON.stringify((await askAs(world, outsider, node(shares['other on home']!))).data)).toBe(missing);
  });

  test('names people by the rules of people, and the installation to those who may read that', async () => {
    const question = `{ node(id: "${shares['reader on team']}") { ... on Share {
      grantedBy { id name } grantee { id name } installation { id } } } }`;
    const { data, extensions } = await world.ask<Data, object>(reader, question);
    expect(data?.node).toEqual({
      grantedBy: { id: member.personId, name: null },
      grantee: { id: expect.any(String), name: 'Reader' }, // its own record it sees whole
      installation: { id: reader.installationId },
    });
    expect(extensions?.redactions).toMatchObject([{ coordinate: 'Person.name', needs: [['USER_READ']] }]);
    expect((await answerOf('a member', question)).node).toMatchObject({
      grantedBy: { name: 'Ruth' },
      installation: null,
    });
    expect((await answerOf('an owner', question)).node.installation).toEqual({ id: reader.installationId });
  });
});

describe('Whom a page can be shared with', () => {
  const question = (filter = '') =>
    `{ viewer { workspace { shareCandidates${filter} { totalCount nodes { __typename id name ... on Bot { installationId } } } } } }`;

  test('is listed for a member: bots with their installations, and guests; enough to share with each', async () => {
    const gone = await world.connection(['CONTENT_READ'], 'Gone');
    await mutate(world, owner, 'deleteConnection', { id: gone.connectionId });
    const { shareCandidates } = (await answerOf('a member', question())).viewer.workspace;
    const names = shareCandidates.nodes.map(({ name }: Data) => name);
    expect(names).toEqual(expect.arrayContaining(['Reader', 'Other', 'Grace', 'Edith']));
    for (const name of ['Gone', 'Ada', 'Ruth']) expect(names).not.toContain(name);
    expect(shareCandidates.totalCount).toBe(names.length);
    const page = await world.page({ title: 'New' });
    for (const { __typename, id, installationId } of shareCandidates.nodes as Data[]) {
      const grantee = __typename === 'Bot' ? { installationId } : { personId: id };
      const made = await mutate(
        world,
        member,
        'grantShare',
        { ...grantee, resourceId: page },
        'share { grantee { id } }',
      );
      expect(made).toEqual({ share: { grantee: { id } }, userErrors: [] });
    }
  });

  test('is searched by name', async () => {
    const found = (await answerOf('a member', question('(filter: { name: { startsWith: "gr" } })'))).viewer.workspace;
    expect(found.shareCandidates).toMatchObject({ totalCount: 1, nodes: [{ name: 'Grace' }] });
  });

  test('is not searched by a name that is hidden', async () => {
    const narrowed = { ...member, bits: bitsOf(['CONTENT_READ']) };
    const { errors } = await askAs(world, narrowed, question('(filter: { name: { startsWith: "Gr" } })'));
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['CAPABILITY_MISSING']);
  });

  test.each(OUTSIDE)('is nothing for %s', async (who) => {
    const { data, errors } = await as[who]!()(question());
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(data?.viewer.workspace).toEqual({ shareCandidates: null });
    const bot = `{ users(first: 50) { nodes { ... on Bot { installationId } } } }`;
    const asked = await as[who]!()(bot);
    expect(JSON.stringify(asked.data ?? null)).not.toMatch(/"installationId":"/);
    expect(asked.errors?.length).toBeGreaterThan(0);
  });
});

describe('A connection sees, in all it may ask about shares, nothing of another', () => {
  test('nor of a guest, nor of pages above what it reaches', async () => {
    const everything = `{ viewer { installation { shares { nodes { id grantee { id name } grantedBy { id } } }
      reach { nodes { grantee { id name } resource { id title parent { id } } shares { id grantee { id } } } } } }
      nodes(ids: [${Object.values(shares).map((id) => JSON.stringify(id))}]) { id } }`;
    const { text } = await world.ask(reader, everything);
    const own = [shares['reader on team'], shares['reader on apart']];
    for (const id of Object.values(shares)) expect(text.includes(id), id).toBe(own.includes(id));
    for (const hidden of [home, apart, 'Home', 'Apart', 'Other', 'Grace', guest.personId, other.installationId]) {
      expect(text).not.toContain(hidden);
    }
  });
});
