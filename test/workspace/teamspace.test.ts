// Teamspaces: named parts of a workspace, and who belongs to them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import { createTeamspace } from '../../src/workspace/teamspace-lifecycle.js';
import { anotherWorkspace, askWith, operator, outcomeOf, session } from '../actors.js';
import { openWorld, type SignedIn, type World } from '../world.js';

const SETTINGS = 'id name icon description access archivedAt version';
const CREATE = `mutation ($input: CreateTeamspaceInput!) { createTeamspace(input: $input) { teamspace { ${SETTINGS} } userErrors { code message path } } }`;
const UPDATE = `mutation ($input: UpdateTeamspaceInput!) { updateTeamspace(input: $input) { teamspace { ${SETTINGS} } userErrors { code message path } } }`;
const ADD =
  'mutation ($t: ID!, $p: ID!) { addTeamspaceMember(input: { teamspaceId: $t, personId: $p }) { userErrors { code } } }';
const LIST = `query ($archived: Boolean, $first: Int, $after: String) { viewer { workspace {
  teamspaces(archived: $archived, first: $first, after: $after) { totalCount pageInfo { endCursor } nodes { name members(first: 1) { totalCount nodes { person { name } } } } } } } }`;

interface Teamspace {
  id: Id;
  version: number;
}

let world: World;
let owner: SignedIn;
let member: SignedIn;
let guest: SignedIn;
beforeAll(async () => {
  world = await openWorld();
  owner = await session(world, (await world.person({ name: 'Ona', role: 'OWNER' })).id);
  member = await session(world, (await world.person({ name: 'Mia' })).id);
  guest = await session(world, (await world.person({ name: 'Gus', role: 'GUEST' })).id);
});
afterAll(() => world[Symbol.asyncDispose]());

const make = async (input: object): Promise<Teamspace> => {
  const { data } = await askWith(world, owner, CREATE, { input: { name: 'Team', ...input } });
  return (data as { createTeamspace: { teamspace: Teamspace } }).createTeamspace.teamspace;
};
const change = async (input: object): Promise<Record<string, unknown>> => {
  const { data } = await askWith(world, owner, UPDATE, { input });
  return (data as { updateTeamspace: Record<string, unknown> }).updateTeamspace;
};

describe('a teamspace', () => {
  test('has a name, an icon, a description, and is open unless said otherwise', async () => {
    expect(await make({ name: ' Garden ', icon: '👩🏽‍🌾', description: 'What grows.' })).toEqual({
      id: expect.any(String),
      name: 'Garden',
      icon: '👩🏽‍🌾',
      description: 'What grows.',
      access: 'OPEN',
      archivedAt: null,
      version: 1,
    });
    expect(await make({ access: 'CLOSED' })).toMatchObject({ icon: null, description: null, access: 'CLOSED' });
  });

  test.each([
    ['an empty name', { name: '' }, 'REQUIRED'],
    ['nine letters for an icon', { icon: 'ninechars' }, 'INVALID'],
    ['nothing for an icon', { icon: '  ' }, 'INVALID'],
    ['a NUL in its description', { description: 'a\u0000b' }, 'INVALID'],
    ['a description without end', { description: 'x'.repeat(2_001) }, 'TOO_LONG'],
  ])('does not get %s', async (_, input, code) => {
    expect(outcomeOf(await askWith(world, owner, CREATE, { input: { name: 'Team', ...input } }))).toBe(code);
  });

  test('changes in what is given, once for each version', async () => {
    const { id: teamspaceId } = await make({ icon: 'A', description: 'First.' });
    expect(await change({ teamspaceId, name: 'Renamed', icon: null, expectedVersion: 1 })).toMatchObject({
      teamspace: { name: 'Renamed', icon: null, description: 'First.', version: 2 },
    });
    expect(await change({ teamspaceId, name: 'Late', expectedVersion: 1 })).toMatchObject({
      userErrors: [{ code: 'STALE_VERSION' }],
    });
    expect(await change({ teamspaceId, access: 'OPEN' })).toMatchObject({ teamspace: { version: 2 }, userErrors: [] });
    expect(await change({ teamspaceId, name: null })).toMatchObject({ userErrors: [{ code: 'REQUIRED' }] });
    expect(await change({ teamspaceId, access: 'CLOSED' })).toMatchObject({ teamspace: { access: 'CLOSED' } });
  });

  test('is put away and taken out again, and takes nobody in meanwhile', async () => {
    const { id: teamspaceId } = await make({ name: 'Attic' });
    const listed = async (archived?: boolean) =>
      JSON.stringify((await askWith(world, owner, LIST, { archived, first: 100 })).data);
    expect(await change({ teamspaceId, archived: true })).toMatchObject({
      teamspace: { archivedAt: expect.any(String) },
    });
    expect(await listed()).not.toContain('Attic');
    expect(await listed(true)).toContain('Attic');
    expect(outcomeOf(await askWith(world, owner, ADD, { t: teamspaceId, p: member.personId }))).toBe('INVALID_STATE');
    expect(await change({ teamspaceId, archived: false })).toMatchObject({ teamspace: { archivedAt: null } });
    expect(await listed()).toContain('Attic');
    expect(outcomeOf(await askWith(world, owner, ADD, { t: teamspaceId, p: member.personId }))).toBe('OK');
  });

  test('takes in members and owners, neither guests nor strangers', async () => {
    const { id: t } = await make({});
    expect(outcomeOf(await askWith(world, owner, ADD, { t, p: member.personId }))).toBe('OK');
    expect(outcomeOf(await askWith(world, owner, ADD, { t, p: owner.personId }))).toBe('OK');
    expect(outcomeOf(await askWith(world, owner, ADD, { t, p: guest.personId }))).toBe('INVALID_STATE');
    expect(outcomeOf(await askWith(world, owner, ADD, { t, p: newId() }))).toBe('NOT_FOUND');
    expect(outcomeOf(await askWith(world, owner, ADD, { t: newId(), p: member.personId }))).toBe('NOT_FOUND');
  });

  test('of another workspace does not exist here', async () => {
    const elsewhere = await anotherWorkspace(world);
    const { teamspace } = await createTeamspace(operator(world, elsewhere), { name: 'There' });
    expect(await change({ teamspaceId: teamspace.id, name: 'Taken' })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND' }],
    });
    expect((await askWith(world, owner, `{ node(id: "${teamspace.id}") { id } }`)).data).toEqual({ node: null });
  });
});

describe('teamspaces are found', () => {
  test('by members and owners, in the list and by id', async () => {
    const { id } = await make({ name: 'Found' });
    for (const actor of [owner, member]) {
      const { data } = await askWith(world, actor, `{ node(id: "${id}") { __typename ... on Teamspace { name } } }`);
      expect(data).toEqual({ node: { __typename: 'Teamspace', name: 'Found' } });
      expect(JSON.stringify((await askWith(world, actor, LIST, { first: 100 })).data)).toContain('Found');
    }
  });

  test('by no guest and no connection', async () => {
    const { id } = await make({ name: 'Hidden' });
    const { token } = await world.connection(['CONTENT_READ', 'USER_READ_EMAIL']);
    const node = `{ node(id: "${id}") { id } }`;
    expect((await askWith(world, guest, node)).data).toEqual({ node: null });
    expect((await askWith(world, token, node)).data).toEqual({ node: null });
    for (const { data, errors } of [await askWith(world, guest, LIST), await askWith(world, token, LIST)]) {
      expect(data).toEqual({ viewer: { workspace: { teamspaces: null } } });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  test('with their members, page by page, in as many statements for one as for many', async () => {
    await using other = await openWorld();
    const head = await session(other, (await other.person({ name: 'Olga', role: 'OWNER' })).id);
    const max = await other.person({ name: 'Max' });
    const counts: number[] = [];
    for (let made = 0; made < 3; made++) {
      const { teamspace } = await createTeamspace(operator(other), { name: `Team ${made}` });
      for (const p of [head.personId, max.id].slice(0, made)) await askWith(other, head, ADD, { t: teamspace.id, p });
      other.statements.length = 0;
      await askWith(other, head, LIST);
      counts.push(other.statements.length);
    }
    expect(new Set(counts).size).toBe(1);
    const { data } = await askWith(other, head, LIST, { first: 2 });
    const { teamspaces } = (
      data as never as { viewer: { workspace: { teamspaces: { pageInfo: { endCursor: string } } } } }
    ).viewer.workspace;
    expect(teamspaces).toMatchObject({
      totalCount: 3,
      nodes: [
        { name: 'Team 0', members: { totalCount: 0, nodes: [] } },
        { name: 'Team 1', members: { totalCount: 1, nodes: [{ person: { name: 'Olga' } }] } },
      ],
    });
    const rest = await askWith(other, head, LIST, { first: 2, after: teamspaces.pageInfo.endCursor });
    expect(rest.data).toMatchObject({
      viewer: {
        workspace: {
          teamspaces: {
            nodes: [{ name: 'Team 2', members: { totalCount: 2, nodes: [{ person: { name: 'Olga' } }] } }],
          },
        },
      },
    });
  });
});
