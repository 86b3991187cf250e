// Who belongs to a workspace: who sees it, what ends with a membership, and that there is always an owner.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkspaceRole } from '../../src/gate/actor.js';
import { ALL_BITS } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { keyedHash, mintToken } from '../../src/lib/secret.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { SIGN_IN_LIMITS } from '../../src/people/limiter.js';
import { removeMember, updateMember } from '../../src/people/member-lifecycle.js';
import { makeSetupLinks, setUp } from '../../src/people/setup.js';
import { RefusedSignIns } from '../../src/people/sign-in.js';
import { addTeamspaceMember, createTeamspace } from '../../src/workspace/teamspace-lifecycle.js';
import { anotherWorkspace, askWith, operator, outcomeOf, personalToken, session } from '../actors.js';
import { askAs, signedIn } from '../asking.js';
import { openWorld, type SignedIn, type World } from '../world.js';

const UPDATE = `mutation ($p: ID!, $r: WorkspaceRole!, $v: Int) {
  updateMember(input: { personId: $p, role: $r, expectedVersion: $v }) {
    member { person { id name } role version } userErrors { __typename code message path ... on StaleVersionError { currentVersion } } } }`;
const REMOVE = `mutation ($p: ID!) { removeMember(input: { personId: $p }) { person { id name } userErrors { code message } } }`;
const LEAVE = 'mutation { leaveWorkspace { workspaceId userErrors { code message } } }';
const WHO = '{ viewer { id capabilities } }';

let world: World;
let owner: { id: Id };
beforeAll(async () => {
  world = await openWorld();
  await world.sql(`update workspace set personal_access_tokens = 'MEMBERS'`);
  owner = await world.person({ name: 'Ona Owner', role: 'OWNER' });
});
afterAll(() => world[Symbol.asyncDispose]());

const roleOf = async (personId: Id, workspaceId = world.workspaceId): Promise<WorkspaceRole | null> => {
  const [row] = await world.sql<{ role: WorkspaceRole }>(
    'select role from membership where workspace_id = $1 and person_id = $2 and ended_at is null',
    [workspaceId, personId],
  );
  return row?.role ?? null;
};
const entriesOn = (targetId: Id): Promise<{ action: string; actor_id: Id | null }[]> =>
  world.sql('select action, actor_id from audit_entry where target_id = $1 order by position', [targetId]);

describe('the list of members', () => {
  const LIST = `query ($filter: MemberFilter, $first: Int, $after: String) {
    viewer { workspace { members(filter: $filter, first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { person { name email } role joinedAt } } } } }`;
  let other: World;
  let guest: { id: Id };
  let member: { id: Id };
  let head: { id: Id };
  beforeAll(async () => {
    other = await openWorld();
    head = await other.person({ name: 'Olga', email: 'olga@example.org', role: 'OWNER' });
    member = await other.person({ name: 'Max', email: 'Max@Example.org', role: 'MEMBER' });
    guest = await other.person({ name: 'Gina', email: 'gina@example.org', role: 'GUEST' });
    const former = await other.person({ name: 'Fred', role: 'MEMBER' });
    await removeMember(operator(other), { personId: former.id });
  });
  afterAll(() => other[Symbol.asyncDispose]());

  const names = async (actor: SignedIn, variables: object = {}): Promise<unknown> => {
    const { data, errors } = await askWith(other, actor, LIST, { ...variables });
    const { viewer } = data as { viewer: { workspace: { members: { nodes: { person: { name: string } }[] } | null } } };
    return errors?.[0]?.extensions.code ?? viewer.workspace.members?.nodes.map(({ person }) => person.name);
  };

  test('shows everybody to an owner, with role and the day she joined', async () => {
    const { data } = await askWith(other, await session(other, head.id), LIST);
    const joinedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(data).toMatchObject({
      viewer: {
        workspace: {
          members: {
            totalCount: 3,
            nodes: [
              { person: { name: 'Olga', email: 'olga@example.org' }, role: 'OWNER', joinedAt },
              { person: { name: 'Max', email: 'Max@Example.org' }, role: 'MEMBER', joinedAt },
              { person: { name: 'Gina', email: 'gina@example.org' }, role: 'GUEST', joinedAt },
            ],
          },
        },
      },
    });
  });

  test('leaves guests out for a member, who sees whom to ask', async () => {
    expect(await names(await session(other, member.id))).toEqual(['Olga', 'Max']);
  });

  test('leaves guests out for the token of an owner that does not administer', async () => {
    const token = await personalToken(other, head.id);
    const { data } = await askWith(other, token, LIST);
    expect(data).toMatchObject({ viewer: { workspace: { members: { totalCount: 2 } } } });
  });

  test('is not for guests', async () => {
    expect(await names(await session(other, guest.id))).toBe('FORBIDDEN');
  });

  test('is not for connections, whatever they may', async () => {
    const { token } = await other.connection(['CONTENT_READ', 'USER_READ_EMAIL']);
    const { data, errors } = await askWith(other, token, LIST);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(data).toEqual({ viewer: { workspace: { members: null } } });
  });

  test('needs USER_READ of a token, and its filter by address USER_READ_EMAIL', async () => {
    const blind = await personalToken(other, head.id, { capabilities: ['CONTENT_READ'] });
    expect((await askWith(other, blind, LIST)).extensions?.redactions).toMatchObject([
      { coordinate: 'Workspace.members', needs: [['USER_READ']] },
    ]);
    const nameless = await personalToken(other, head.id, { capabilities: ['USER_READ'] });
    const seen = await askWith(other, nameless, LIST);
    expect(seen.text).toContain('Olga');
    expect(seen.data).toMatchObject({
      viewer: {
        workspace: { members: { nodes: [{ person: { email: 'olga@example.org' } }, { person: { email: null } }] } },
      },
    });
    const filter = { email: { eq: 'max@example.org' } };
    const refused = await askWith(other, nameless, LIST, { filter });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'CAPABILITY_MISSING', needs: [['USER_READ_EMAIL']] });
    expect(await names(await session(other, head.id), { filter })).toEqual(['Max']);
  });

  test('filters by role and by name, and goes on page by page', async () => {
    const actor = await session(other, head.id);
    expect(await names(actor, { filter: { role: 'GUEST' } })).toEqual(['Gina']);
    expect(await names(actor, { filter: { name: { contains: 'A' } } })).toEqual(['Olga', 'Max', 'Gina']);
    expect(await names(await session(other, member.id), { filter: { role: 'GUEST' } })).toEqual([]);
    const { data } = await askWith(other, actor, LIST, { first: 2 });
    const { pageInfo } = (data as never as { viewer: { workspace: { members: { pageInfo: { endCursor: string } } } } })
      .viewer.workspace.members;
    expect(pageInfo).toMatchObject({ hasNextPage: true });
    expect(await names(actor, { first: 2, after: pageInfo.endCursor })).toEqual(['Gina']);
  });

  test('of another workspace one belongs to is shown there, not here', async () => {
    const elsewhere = await anotherWorkspace(other);
    await createPerson(operator(other, elsewhere), { name: 'Olga', email: 'olga@example.org', role: 'GUEST' });
    const document =
      '{ viewer { workspaces { name policy { version } members { totalCount } personalAccessTokens { totalCount } teamspaces { totalCount } } } }';
    const here = await askWith(other, await session(other, head.id), document);
    expect(here.data).toMatchObject({
      viewer: {
        workspaces: [
          { name: 'Test', policy: { version: 1 }, members: { totalCount: 3 } },
          { name: 'Elsewhere', policy: null, members: null, personalAccessTokens: null, teamspaces: null },
        ],
      },
    });
    expect(here.errors?.map(({ extensions }) => extensions.code)).toEqual(Array(4).fill('FORBIDDEN'));
  });
});

describe('a role', () => {
  test('counts from the next request on', async () => {
    const mia = await world.person({ name: 'Mia' });
    const token = await personalToken(world, mia.id);
    const members = '{ viewer { workspace { members { totalCount } } } }';
    expect((await askWith(world, token, members)).errors).toBeUndefined();
    const answer = await askWith(world, await session(world, owner.id), UPDATE, { p: mia.id, r: 'OWNER' });
    expect(answer.data).toEqual({
      updateMember: { member: { person: { id: mia.id, name: 'Mia' }, role: 'OWNER', version: 2 }, userErrors: [] },
    });
    expect(await roleOf(mia.id)).toBe('OWNER');
    const entries = await world.sql<{ actor_id: Id; before: object; after: object }>(
      `select actor_id, before, after from audit_entry where action = 'member.updated' and target_id = $1`,
      [mia.id],
    );
    expect(entries).toEqual([{ actor_id: owner.id, before: { role: 'MEMBER' }, after: { role: 'OWNER' } }]);
  });

  test('as it is already stays so, and nothing is recorded', async () => {
    const mia = await world.person();
    const before = await entriesOn(mia.id);
    const { data } = await askWith(world, await session(world, owner.id), UPDATE, { p: mia.id, r: 'MEMBER' });
    expect(data).toMatchObject({ updateMember: { member: { role: 'MEMBER', version: 1 }, userErrors: [] } });
    expect(await entriesOn(mia.id)).toEqual(before);
  });

  test('is not changed for who has read an older one', async () => {
    const mia = await world.person();
    const actor = await session(world, owner.id);
    expect(outcomeOf(await askWith(world, actor, UPDATE, { p: mia.id, r: 'GUEST', v: 1 }))).toBe('OK');
    const { data } = await askWith(world, actor, UPDATE, { p: mia.id, r: 'MEMBER', v: 1 });
    expect(data).toMatchObject({
      updateMember: {
        member: null,
        userErrors: [{ __typename: 'StaleVersionError', currentVersion: 2 }],
      },
    });
    expect(await roleOf(mia.id)).toBe('GUEST');
  });

  test('of a stranger, of somebody who left, and of no id at all is not found, in the same words', async () => {
    const former = await world.person();
    await removeMember(operator(world), { personId: former.id });
    const elsewhere = await anotherWorkspace(world);
    const foreigner = await createPerson(operator(world, elsewhere), {
      name: 'X',
      email: 'x@example.org',
      role: 'MEMBER',
    });
    const actor = await session(world, owner.id);
    const answers = await Promise.all(
      [former.id, foreigner.id, newId(), 'nobody'].map((p) => askWith(world, actor, UPDATE, { p, r: 'GUEST' })),
    );
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(outcomeOf(answers[0]!)).toBe('NOT_FOUND');
    expect(await roleOf(foreigner.id, elsewhere)).toBe('MEMBER');
  });

  test('of a guest ends her personal tokens and her places in teamspaces', async () => {
    const mia = await world.person();
    const token = await personalToken(world, mia.id);
    const { teamspace } = await createTeamspace(operator(world), { name: 'Team' });
    await addTeamspaceMember(operator(world), { teamspaceId: teamspace.id, personId: mia.id });
    expect((await askWith(world, token, WHO)).status).toBe(200);
    const actor = await session(world, owner.id);
    await askWith(world, actor, UPDATE, { p: mia.id, r: 'GUEST' });
    expect((await askWith(world, token, WHO)).status).toBe(401);
    expect(await world.sql('select 1 from teamspace_member where person_id = $1', [mia.id])).toEqual([]);
    await askWith(world, actor, UPDATE, { p: mia.id, r: 'MEMBER' });
    expect((await askWith(world, token, WHO)).status).toBe(401);
  });

  test('given up counts for what follows in the same operation', async () => {
    const second = await world.person({ role: 'OWNER' });
    const { data } = await askWith(
      world,
      await session(world, second.id),
      `mutation ($p: ID!) {
        updateMember(input: { personId: $p, role: MEMBER }) { member { role } userErrors { code } }
        createTeamspace(input: { name: "Never" }) { teamspace { id } userErrors { code } } }`,
      { p: second.id },
    );
    expect(data).toEqual({
      updateMember: { member: { role: 'MEMBER' }, userErrors: [] },
      createTeamspace: { teamspace: null, userErrors: [{ code: 'FORBIDDEN' }] },
    });
  });
});

describe('a membership that ends', () => {
  /** Everything that can hang on one. */
  async function laden() {
    const mia = await world.person({ name: 'Mia' });
    const token = await personalToken(world, mia.id);
    const page = await world.page({ title: 'Shared' });
    const asGuest = newId();
    await world.sql(
      'insert into share (workspace_id, id, person_id, resource_id, access) values ($1, $2, $3, $4, 31)',
      [world.workspaceId, asGuest, mia.id, page],
    );
    const { teamspace } = await createTeamspace(operator(world), { name: 'Team' });
    await addTeamspaceMember(operator(world), { teamspaceId: teamspace.id, personId: mia.id });
    const partner = await installedBy(mia.id, page);
    return { mia, token, page, asGuest, teamspaceId: teamspace.id, partner };
  }

  /** A public connection as an installation by a person will be, with a token that answers. */
  async function installedBy(personId: Id, page: Id) {
    const elsewhere = await anotherWorkspace(world);
    const [connectionId, installationId, share] = [newId(), newId(), newId()];
    await world.sql(
      `insert into connection (workspace_id, id, name, kind, status, capabilities, published_at) values ($1, $2, 'Partner', 'PUBLIC', 'ACTIVE', 1, now())`,
      [elsewhere, connectionId],
    );
    await world.sql(
      `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status) values ($1, $2, $3, $4, $5, 'ACTIVE')`,
      [world.workspaceId, installationId, connectionId, newId(), personId],
    );
    await world.sql(
      'insert into capability_grant (workspace_id, id, installation_id, capabilities) values ($1, $2, $3, $4)',
      [world.workspaceId, newId(), installationId, ALL_BITS],
    );
    await world.sql(
      'insert into share (workspace_id, id, installation_id, resource_id, access) values ($1, $2, $3, $4, 31)',
      [world.workspaceId, share, installationId, page],
    );
    const token = mintToken('INTERNAL');
    await world.sql(
      `insert into token (workspace_id, id, kind, installation_id, hash, last_four) values ($1, $2, 'INTERNAL', $3, $4, $5)`,
      [
        world.workspaceId,
        newId(),
        installationId,
        keyedHash(world.store.keys.for('token-hash'), token),
        token.slice(-4),
      ],
    );
    return { installationId, share, token };
  }

  test('takes everything along that hung on it, at the next request', async () => {
    const { mia, token, page, asGuest, teamspaceId, partner } = await laden();
    const title = `{ page(id: "${page}") { title } }`;
    const hers = await session(world, mia.id);
    expect((await askWith(world, hers, WHO)).status).toBe(200);
    expect((await askWith(world, token, WHO)).status).toBe(200);
    expect((await askWith(world, partner.token, title)).data).toEqual({ page: { title: 'Shared' } });

    const actor = await session(world, owner.id);
    const { data } = await askWith(world, actor, REMOVE, { p: mia.id });
    expect(data).toEqual({ removeMember: { person: { id: mia.id, name: 'Mia' }, userErrors: [] } });

    expect((await askWith(world, token, WHO)).status).toBe(401);
    expect((await askWith(world, partner.token, title)).status).toBe(401);
    const shut = await askWith(world, hers, WHO);
    expect(shut.status).toBe(403);
    expect(shut.text).toContain('You are in no such workspace.');
    const left = await world.sql<{ left: string }>(
      `select 'share' as left from share where person_id = $1 and revoked_at is null
       union all select 'teamspace' from teamspace_member where person_id = $1
       union all select 'token' from personal_access_token where person_id = $1 and revoked_at is null
       union all select 'installation' from installation where installed_by = $1 and status <> 'ENDED'
       union all select 'share' from share where installation_id = $2 and revoked_at is null
       union all select 'grant' from capability_grant where installation_id = $2 and revoked_at is null
       union all select 'token' from token where installation_id = $2 and revoked_at is null`,
      [mia.id, partner.installationId],
    );
    expect(left).toEqual([]);
    const by = (action: string) => expect.objectContaining({ action, actor_id: owner.id });
    expect(await entriesOn(mia.id)).toContainEqual(by('member.removed'));
    expect(await entriesOn(asGuest)).toContainEqual(by('share.revoked'));
    expect(await entriesOn(partner.share)).toContainEqual(by('share.revoked'));
    expect(await entriesOn(partner.installationId)).toContainEqual(by('connection.uninstalled'));
    expect(await entriesOn(teamspaceId)).toContainEqual(by('teamspace_member.removed'));
  });

  test('leaves what she granted, with her name', async () => {
    const mia = await world.person({ name: 'Mia Granted', role: 'OWNER' });
    const connection = await world.connection(['CONTENT_READ', 'USER_READ']);
    const page = await world.page({ title: 'Kept' });
    await world.share(connection, page);
    await askWith(world, await session(world, owner.id), REMOVE, { p: mia.id });
    const { data } = await askWith(
      world,
      connection.token,
      `{ page(id: "${page}") { title } user(id: "${mia.id}") { name } }`,
    );
    expect(data).toEqual({ page: { title: 'Kept' }, user: { name: 'Mia Granted' } });
  });

  test('and begins again begins anew', async () => {
    const { mia, token, page } = await laden();
    await askWith(world, await session(world, owner.id), REMOVE, { p: mia.id });
    // Given to her by somebody who had not heard yet.
    await world.sql(
      'insert into share (workspace_id, id, person_id, resource_id, access) values ($1, $2, $3, $4, 31)',
      [world.workspaceId, newId(), mia.id, page],
    );
    const email = (await world.sql<{ email: string }>('select email from person where id = $1', [mia.id]))[0]!.email;
    expect(await world.person({ email, role: 'GUEST' })).toMatchObject({ id: mia.id, name: 'Mia' });
    expect((await askWith(world, token, WHO)).status).toBe(401);
    const back = await session(world, mia.id);
    expect(await roleOf(mia.id)).toBe('GUEST');
    expect((await askWith(world, back, `{ page(id: "${page}") { title } }`)).data).toEqual({ page: null });
    const [{ minutes }] = (await world.sql<{ minutes: number }>(
      `select extract(epoch from now() - created_at)::float8 / 60 as minutes from membership where person_id = $1`,
      [mia.id],
    )) as [{ minutes: number }];
    expect(minutes).toBeLessThan(1);
  });

  test('by her own will needs her to be signed in freshly', async () => {
    const mia = await world.person();
    const token = await personalToken(world, mia.id);
    expect(outcomeOf(await askWith(world, token, LEAVE))).toBe('FORBIDDEN');
    const { token: connection } = await world.connection([]);
    expect(outcomeOf(await askWith(world, connection, LEAVE))).toBe('FORBIDDEN');
    expect(outcomeOf(await askWith(world, await session(world, mia.id, { minutesAgo: 11 }), LEAVE))).toBe(
      'SIGN_IN_AGAIN',
    );
    expect(await roleOf(mia.id)).toBe('MEMBER');
    const { data } = await askWith(world, await session(world, mia.id), LEAVE);
    expect(data).toEqual({ leaveWorkspace: { workspaceId: world.workspaceId, userErrors: [] } });
    expect(await roleOf(mia.id)).toBeNull();
    expect((await askWith(world, token, WHO)).status).toBe(401);
    expect(await entriesOn(mia.id)).toContainEqual({ action: 'member.left', actor_id: mia.id });
  });

  test('leaves nothing to do for what follows in the same operation', async () => {
    const [mia, ben] = [await world.person({ role: 'OWNER' }), await world.person()];
    const { data } = await askWith(
      world,
      await session(world, mia.id),
      `mutation ($p: ID!) { leaveWorkspace { userErrors { code } }
         removeMember(input: { personId: $p }) { userErrors { code } }
         createPersonalAccessToken(input: { name: "Late" }) { token userErrors { code } } }`,
      { p: ben.id },
    );
    expect(data).toEqual({
      leaveWorkspace: { userErrors: [] },
      removeMember: { userErrors: [{ code: 'FORBIDDEN' }] },
      createPersonalAccessToken: { token: null, userErrors: [{ code: 'FORBIDDEN' }] },
    });
    expect(await roleOf(ben.id)).toBe('MEMBER');
  });

  test("is not one's own by removeMember", async () => {
    const mia = await world.person({ role: 'OWNER' });
    expect(outcomeOf(await askWith(world, await session(world, mia.id), REMOVE, { p: mia.id }))).toBe('INVALID_STATE');
  });
});

describe('the last owner', () => {
  const alone = async (): Promise<{ workspaceId: Id; first: Id }> => {
    const workspaceId = await anotherWorkspace(world, 'Alone');
    const { id } = await createPerson(operator(world, workspaceId), {
      name: 'First',
      email: `${newId()}@example.org`,
      role: 'OWNER',
    });
    return { workspaceId, first: id };
  };
  const owners = async (workspaceId: Id): Promise<number> => {
    const [row] = await world.sql<{ count: number }>(
      `select count(*)::int as count from membership where workspace_id = $1 and role = 'OWNER' and ended_at is null`,
      [workspaceId],
    );
    return row!.count;
  };

  test('can neither be demoted nor leave nor be removed, not even by the operator', async () => {
    const { workspaceId, first } = await alone();
    const actor = await session(world, first, { workspaceId });
    expect(outcomeOf(await askWith(world, actor, UPDATE, { p: first, r: 'MEMBER' }))).toBe('INVALID_STATE');
    expect(outcomeOf(await askWith(world, actor, LEAVE))).toBe('INVALID_STATE');
    const shell = operator(world, workspaceId);
    await expect(updateMember(shell, { personId: first, role: 'GUEST' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
    });
    await expect(removeMember(shell, { personId: first })).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await roleOf(first, workspaceId)).toBe('OWNER');
  });

  test('can, once there is another one', async () => {
    const { workspaceId, first } = await alone();
    await createPerson(operator(world, workspaceId), {
      name: 'Second',
      email: `${newId()}@example.org`,
      role: 'OWNER',
    });
    expect(outcomeOf(await askWith(world, await session(world, first, { workspaceId }), LEAVE))).toBe('OK');
    expect(await owners(workspaceId)).toBe(1);
  });

  test.each([
    ['demote each other', (p: Id) => ({ document: UPDATE, variables: { p, r: 'MEMBER' } })],
    ['remove each other', (p: Id) => ({ document: REMOVE, variables: { p } })],
    ['leave', () => ({ document: LEAVE, variables: {} })],
  ])('stays when two owners %s at once, 50 times', async (_, step) => {
    const { workspaceId, first } = await alone();
    let pair = [first];
    for (let round = 0; round < 50; round++) {
      const { id } = await createPerson(operator(world, workspaceId), {
        name: 'Next',
        email: `${newId()}@example.org`,
        role: 'OWNER',
      });
      pair = [pair[0]!, id];
      const [one, other] = await Promise.all(pair.map((p) => session(world, p, { workspaceId })));
      const answers = await Promise.all([
        askWith(world, one!, step(other!.personId).document, step(other!.personId).variables),
        askWith(world, other!, step(one!.personId).document, step(one!.personId).variables),
      ]);
      expect(answers.map(outcomeOf).filter((outcome) => outcome === 'OK')).toHaveLength(1);
      expect(await owners(workspaceId)).toBe(1);
      const [left] = await world.sql<{ id: Id }>(
        `select person_id as id from membership where workspace_id = $1 and role = 'OWNER' and ended_at is null`,
        [workspaceId],
      );
      pair = [left!.id];
    }
  });

  test('of a workspace that had none may be somebody who was a member, by the link of the setup', async () => {
    await using fresh = await openWorld();
    const mia = await fresh.person({ email: 'mia@example.org' });
    const [link] = await makeSetupLinks(fresh.store);
    const secret = link!.path.slice('/setup/'.length);
    const input = { name: '', email: 'mia@example.org', password: 'a long line of words nobody guesses' };
    const doorkeeper = { limits: SIGN_IN_LIMITS, refused: new RefusedSignIns() };
    await setUp(fresh.store, secret, input, doorkeeper);
    const roles = await fresh.sql('select person_id, role from membership');
    expect(roles).toEqual([{ person_id: mia.id, role: 'OWNER' }]);
    await expect(setUp(fresh.store, secret, input, doorkeeper)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of a deleted workspace is not asked for', async () => {
    await using fresh = await openWorld();
    await anotherWorkspace(fresh);
    await fresh.sql('update workspace set deleted_at = now() where id = $1', [fresh.workspaceId]);
    expect((await makeSetupLinks(fresh.store)).map(({ workspaceName }) => workspaceName)).toEqual(['Elsewhere']);
  });

  test('acts no more once she is removed, even in what she had begun', async () => {
    const { workspaceId, first } = await alone();
    const second = await createPerson(operator(world, workspaceId), {
      name: 'Second',
      email: `${newId()}@example.org`,
      role: 'OWNER',
    });
    const begun = signedIn(world, second, 'OWNER', { workspaceId });
    await removeMember(operator(world, workspaceId), { personId: second.id });
    expect(outcomeOf(await askAs(world, begun, UPDATE, { p: first, r: 'MEMBER' }))).toBe('FORBIDDEN');
    const make = 'mutation { createTeamspace(input: { name: "X" }) { userErrors { code } } }';
    expect(outcomeOf(await askAs(world, begun, make))).toBe('FORBIDDEN');
  });
});
