// Workspaces: made, renamed, deleted and restored.

import { type GraphQLObjectType, getNamedType, isCompositeType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/api/schema.js';
import { type Id, newId } from '../../src/lib/id.js';
import { inviteMember, openInvitation } from '../../src/people/invitation.js';
import { restoreWorkspace } from '../../src/workspace/lifecycle.js';
import { anotherWorkspace, askWith, operator, outcomeOf, personalToken, session } from '../actors.js';
import { askAs, signedIn } from '../asking.js';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';

const CREATE =
  'mutation ($n: String!) { createWorkspace(input: { name: $n }) { workspace { id name version } userErrors { code message } } }';
const UPDATE = `mutation ($input: UpdateWorkspaceInput!) { updateWorkspace(input: $input) {
  workspace { name iconUrl version } userErrors { __typename code message path ... on StaleVersionError { currentVersion } } } }`;
const DELETE =
  'mutation ($n: String!) { deleteWorkspace(input: { name: $n }) { workspaceId restorableUntil userErrors { code message path } } }';

let world: World;
let owner: { id: Id };
beforeAll(async () => {
  world = await openWorld({ name: 'Acme' });
  owner = await world.person({ name: 'Ona', role: 'OWNER' });
});
afterAll(() => world[Symbol.asyncDispose]());

describe('a workspace made by somebody signed in', () => {
  test('is hers, empty, and one of those she may ask in', async () => {
    const { data } = await askWith(world, await session(world, owner.id), CREATE, { n: ' Second ' });
    const { workspace } = (data as { createWorkspace: { workspace: { id: Id; name: string } } }).createWorkspace;
    expect(workspace).toMatchObject({ name: 'Second', version: 1 });
    const there = await session(world, owner.id, { workspaceId: workspace.id });
    const asked = await askWith(
      world,
      there,
      '{ viewer { workspace { name members { nodes { person { name } role } } } workspaces { name } } pages { totalCount } }',
    );
    expect(asked.data).toEqual({
      viewer: {
        workspace: { name: 'Second', members: { nodes: [{ person: { name: 'Ona' }, role: 'OWNER' }] } },
        workspaces: [{ name: 'Acme' }, { name: 'Second' }],
      },
      pages: { totalCount: 0 },
    });
    const entries = await world.sql<{ action: string; actor_id: Id }>(
      'select action, actor_id from audit_entry where workspace_id = $1 order by position',
      [workspace.id],
    );
    expect(entries).toEqual([
      { action: 'workspace.created', actor_id: owner.id },
      { action: 'member.added', actor_id: owner.id },
    ]);
  });

  test('may not be nameless, and then is not there', async () => {
    const count = () => world.sql('select 1 from workspace');
    const before = (await count()).length;
    expect(outcomeOf(await askWith(world, await session(world, owner.id), CREATE, { n: '  ' }))).toBe('REQUIRED');
    expect((await count()).length).toBe(before);
  });

  test('may be a demo, with pages and a token that reads part of it', async () => {
    const demo = 'mutation { createDemoWorkspace { workspace { id name } token userErrors { code message } } }';
    type Made = { createDemoWorkspace: { workspace: { id: Id; name: string }; token: string } };
    const made: Made['createDemoWorkspace'][] = [];
    for (let i = 0; i < 2; i++) {
      const { data } = await askWith(world, await session(world, owner.id), demo);
      made.push((data as never as Made).createDemoWorkspace);
    }
    expect(made[0]!.workspace).toMatchObject({ name: 'Demo' });
    expect(made[0]!.workspace.id).not.toBe(made[1]!.workspace.id);
    for (const { token, workspace } of made) {
      expect((await askWith(world, token, '{ pages { totalCount } }')).data).toEqual({ pages: { totalCount: 5 } });
      const there = await session(world, owner.id, { workspaceId: workspace.id });
      expect((await askWith(world, there, '{ pages { totalCount } }')).data).toEqual({ pages: { totalCount: 6 } });
    }
  });
});

describe('a workspace', () => {
  const settings = async (): Promise<{ version: number; name: string }> => {
    const [row] = await world.sql<{ version: number; name: string }>(
      'select version, name from workspace where id = $1',
      [world.workspaceId],
    );
    return row!;
  };
  const change = async (input: object): Promise<Record<string, unknown>> => {
    const { version } = await settings();
    const { data } = await askWith(world, await session(world, owner.id), UPDATE, {
      input: { expectedVersion: version, ...input },
    });
    return (data as { updateWorkspace: Record<string, unknown> }).updateWorkspace;
  };

  test('gets another name or picture, and loses the picture with null', async () => {
    expect(await change({ iconUrl: 'https://example.org/a.png' })).toMatchObject({
      workspace: { name: 'Acme', iconUrl: 'https://example.org/a.png', version: 2 },
    });
    expect(await change({ name: 'Acme & Sons' })).toMatchObject({
      workspace: { name: 'Acme & Sons', iconUrl: 'https://example.org/a.png', version: 3 },
    });
    expect(await change({ name: 'Acme', iconUrl: null })).toMatchObject({ workspace: { name: 'Acme', iconUrl: null } });
  });

  test.each([
    ['no name', { name: null }, 'REQUIRED'],
    ['an empty name', { name: ' ' }, 'REQUIRED'],
    ['a picture from anywhere but https', { iconUrl: 'http://example.org/a.png' }, 'INVALID'],
    ['a script for a picture', { iconUrl: 'javascript:alert(1)' }, 'INVALID'],
    ['data for a picture', { iconUrl: 'data:image/svg+xml,<svg/>' }, 'INVALID'],
    ['a password in the link', { iconUrl: 'https://me:secret@example.org/a.png' }, 'INVALID'],
    ['a link without end', { iconUrl: `https://example.org/${'a'.repeat(2_000)}` }, 'INVALID'],
  ])('does not get %s', async (_, input, code) => {
    const before = await settings();
    expect(await change(input)).toMatchObject({ workspace: null, userErrors: [{ code }] });
    expect(await settings()).toEqual(before);
  });

  test('that is given what it has, or nothing, stays at its version', async () => {
    const before = await settings();
    for (const input of [{}, { name: before.name }]) {
      expect(await change(input)).toMatchObject({ workspace: before, userErrors: [] });
    }
    expect(await settings()).toEqual(before);
  });

  test('is not changed for who has read an older version', async () => {
    const { version } = await settings();
    expect(await change({ name: 'Late', expectedVersion: version - 1 })).toMatchObject({
      workspace: null,
      userErrors: [{ __typename: 'StaleVersionError', code: 'STALE_VERSION', currentVersion: version }],
    });
  });

  test('of two changes at once takes one and refuses the other', async () => {
    const { version } = await settings();
    const actor = await session(world, owner.id);
    const answers = await Promise.all(
      ['One', 'Two'].map((name) => askWith(world, actor, UPDATE, { input: { name, expectedVersion: version } })),
    );
    expect(answers.map(outcomeOf).sort()).toEqual(['OK', 'STALE_VERSION']);
    await change({ name: 'Acme' });
  });
});

describe('a workspace one may ask in too', () => {
  const hanging = Object.values((buildGatewaySchema().schema.getType('Workspace') as GraphQLObjectType).getFields())
    .filter(({ type }) => isCompositeType(getNamedType(type)))
    .map(({ name }) => name);

  test('has these things hanging on it', () => {
    expect(hanging).toEqual(
      expect.arrayContaining([
        'auditEntries',
        'connections',
        'members',
        'personalAccessTokens',
        'policy',
        'teamspaces',
      ]),
    );
  });

  test.each(hanging)('shows its %s to who asks in it, not to who asks elsewhere', async (name) => {
    const elsewhere = await anotherWorkspace(world);
    const { id } = await world.person({ role: 'OWNER' });
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'GUEST')`, [elsewhere, id]);
    const document = `{ viewer { workspaces { id ${name} { __typename } } } }`;
    const { data, errors } = await askWith(world, await session(world, id), document);
    expect(data).toEqual({
      viewer: {
        workspaces: [
          { id: world.workspaceId, [name]: expect.anything() },
          { id: elsewhere, [name]: null },
        ],
      },
    });
    expect(errors?.map(({ extensions, path }) => [extensions.code, path])).toEqual([
      ['FORBIDDEN', ['viewer', 'workspaces', 1, name]],
    ]);
  });
});

describe('a deleted workspace', () => {
  let doomed: World;
  let head: SignedIn;
  let member: SignedIn;
  let reader: Asker;
  let token: string;
  let invitation: string;
  let page: Id;
  beforeAll(async () => {
    doomed = await openWorld({ name: 'Doomed' });
    const { id } = await doomed.person({ role: 'OWNER' });
    member = await session(doomed, (await doomed.person({ name: 'Mia' })).id);
    page = await doomed.page({ title: 'Page' });
    reader = await doomed.connection(['CONTENT_READ']);
    await doomed.share(reader, page);
    token = await personalToken(doomed, id);
    const { path } = await inviteMember(operator(doomed), { email: 'new@example.org', role: 'MEMBER' });
    invitation = path.slice('/invite/'.length);
    expect(await openInvitation(doomed.store, invitation)).toMatchObject({ email: 'new@example.org' });
    head = await session(doomed, id);
  });
  afterAll(() => doomed[Symbol.asyncDispose]());

  const WHO = '{ viewer { workspace { name } } }';

  test('was deleted by its name, typed once more', async () => {
    const { data } = await askWith(doomed, head, DELETE, { n: 'doomed' });
    expect(data).toMatchObject({ deleteWorkspace: { userErrors: [{ code: 'INVALID', path: ['name'] }] } });
    expect((await askWith(doomed, reader.token, WHO)).status).toBe(200);

    const document = `mutation { deleteWorkspace(input: { name: "Doomed" }) { workspaceId restorableUntil userErrors { code } }
      createTeamspace(input: { name: "Never" }) { userErrors { code } } }`;
    const done = await askWith(doomed, head, document);
    expect(done.data).toMatchObject({
      deleteWorkspace: { workspaceId: doomed.workspaceId, userErrors: [] },
      createTeamspace: { userErrors: [{ code: 'FORBIDDEN' }] },
    });
    const { restorableUntil } = (done.data as { deleteWorkspace: { restorableUntil: string } }).deleteWorkspace;
    const days = (new Date(restorableUntil).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
  });

  test('answers no token any more, in the words for any other', async () => {
    for (const given of [reader.token, token]) {
      const answer = await askWith(doomed, given, WHO);
      expect(answer.status).toBe(401);
      expect(answer.text).toContain('None came, or it is not valid');
    }
  });

  test('lets nobody in who is signed in, and is in no list of workspaces', async () => {
    for (const asker of [head, member]) {
      const answer = await askWith(doomed, asker, WHO);
      expect(answer.status).toBe(403);
      expect(answer.text).toBe((await askWith(doomed, { ...asker, workspaceId: newId() }, WHO)).text);
    }
    const elsewhere = await anotherWorkspace(doomed);
    await doomed.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'OWNER')`, [
      elsewhere,
      head.personId,
    ]);
    const there = { ...head, workspaceId: elsewhere };
    expect((await askWith(doomed, there, '{ viewer { workspaces { name } } }')).data).toEqual({
      viewer: { workspaces: [{ name: 'Elsewhere' }] },
    });
    expect((await askWith(doomed, there, `{ node(id: "${doomed.workspaceId}") { id } }`)).data).toEqual({ node: null });
  });

  test('lets nobody join by an invitation', async () => {
    expect(await openInvitation(doomed.store, invitation)).toBeNull();
    await expect(inviteMember(operator(doomed), { email: 'late@example.org', role: 'MEMBER' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('takes no command that had begun before', async () => {
    const begun = signedIn(doomed, { id: head.personId }, 'OWNER');
    const late = await askAs(
      doomed,
      begun,
      'mutation { createTeamspace(input: { name: "Late" }) { userErrors { code } } }',
    );
    expect(outcomeOf(late)).toBe('NOT_FOUND');
  });

  test('is restored by the operator alone, with everything as it was', async () => {
    const owner = signedIn(doomed, { id: head.personId }, 'OWNER');
    expect(() => restoreWorkspace(doomed.store.callerFor(owner))).toThrow('Only the operator may restore a workspace.');
    expect(await restoreWorkspace(operator(doomed))).toEqual({ id: doomed.workspaceId, name: 'Doomed' });
    expect((await askWith(doomed, reader.token, `{ page(id: "${page}") { title } }`)).data).toEqual({
      page: { title: 'Page' },
    });
    expect((await askWith(doomed, token, WHO)).data).toEqual({ viewer: { workspace: { name: 'Doomed' } } });
    const actions = await doomed.sql<{ action: string }>(
      `select action from audit_entry where action in ('workspace.deleted', 'workspace.restored') order by position`,
    );
    expect(actions.map(({ action }) => action)).toEqual(['workspace.deleted', 'workspace.restored']);
  });

  test('is not restored twice, nor after 30 days', async () => {
    await expect(restoreWorkspace(operator(doomed))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await doomed.sql(`update workspace set deleted_at = now() - interval '30 days'`);
    await expect(restoreWorkspace(operator(doomed))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await doomed.sql(`update workspace set deleted_at = now() - interval '29 days 23 hours'`);
    expect(await restoreWorkspace(operator(doomed))).toMatchObject({ name: 'Doomed' });
  });
});
