// Every mutation on people and settings, given by every kind of actor: what is refused changes nothing and records
// nothing; what is done is recorded with who did it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditAction } from '../../src/audit/entry.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { addTeamspaceMember, createTeamspace } from '../../src/workspace/teamspace-lifecycle.js';
import { anotherWorkspace, askWith, operator, outcomeOf, personalToken, session } from '../actors.js';
import { type Answer, type Asker, openWorld, type World } from '../world.js';

const ACTORS = [
  'guest',
  'member',
  'owner',
  'owner, signed in for an hour',
  'owner of another workspace',
  'token of a member',
  'token of an owner',
  'administering token of an owner',
  'connection',
] as const;
type ActorName = (typeof ACTORS)[number];

interface Case {
  document: string;
  action: AuditAction;
  /** In the order of `ACTORS`; OK, or the code of the refusal. */
  outcomes: [string, string, string, string, string, string, string, string, string];
  /** What it is given, made anew for each actor, who asks in this workspace. */
  variables?: (workspaceId: Id) => Promise<Record<string, unknown>>;
}

let world: World;
let guest: Id;
let member: Id;
let owner: Id;
let foreigner: Id;
let elsewhere: Id;
let connection: Asker;
let memberToken: string;
let ownerToken: string;
let administeringToken: string;

beforeAll(async () => {
  world = await openWorld({ name: 'Acme' });
  await world.sql(`update workspace set personal_access_tokens = 'MEMBERS'`);
  guest = (await world.person({ name: 'Gus', role: 'GUEST' })).id;
  member = (await world.person({ name: 'Mia', role: 'MEMBER' })).id;
  owner = (await world.person({ name: 'Ona', role: 'OWNER' })).id;
  await world.person({ name: 'Oda', role: 'OWNER' });
  elsewhere = await anotherWorkspace(world);
  foreigner = (await createPerson(operator(world, elsewhere), { name: 'Fay', email: 'fay@example.org', role: 'OWNER' }))
    .id;
  await createPerson(operator(world, elsewhere), { name: 'Flo', email: 'flo@example.org', role: 'OWNER' });
  connection = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE', 'CONTENT_INSERT', 'USER_READ_EMAIL']);
  memberToken = await personalToken(world, member);
  ownerToken = await personalToken(world, owner);
  administeringToken = await personalToken(world, owner, { administer: true });
});
afterAll(() => world[Symbol.asyncDispose]());

async function give(who: ActorName, document: string, variables: Record<string, unknown>): Promise<Answer> {
  switch (who) {
    case 'guest':
      return askWith(world, await session(world, guest), document, variables);
    case 'member':
      return askWith(world, await session(world, member), document, variables);
    case 'owner':
      return askWith(world, await session(world, owner), document, variables);
    case 'owner, signed in for an hour':
      return askWith(world, await session(world, owner, { minutesAgo: 60 }), document, variables);
    case 'owner of another workspace':
      return askWith(world, await session(world, foreigner, { workspaceId: elsewhere }), document, variables);
    case 'token of a member':
      return askWith(world, memberToken, document, variables);
    case 'token of an owner':
      return askWith(world, ownerToken, document, variables);
    case 'administering token of an owner':
      return askWith(world, administeringToken, document, variables);
    case 'connection':
      return askWith(world, connection.token, document, variables);
  }
}

/** Everything these mutations could change, in the world's workspace. */
const state = async (): Promise<string> => {
  const [row] = await world.sql<{ state: string }>(
    `select md5(concat(
       (select string_agg(w::text, ',' order by w.id) from workspace w where w.id = $1),
       (select string_agg(m::text, ',' order by m.person_id) from membership m where m.workspace_id = $1),
       (select string_agg(t::text, ',' order by t.id) from teamspace t where t.workspace_id = $1),
       (select string_agg(m::text, ',' order by m.teamspace_id, m.person_id) from teamspace_member m where m.workspace_id = $1),
       (select string_agg(t::text, ',' order by t.id) from personal_access_token t where t.workspace_id = $1),
       (select string_agg(a::text, ',' order by a.connection_id) from approved_connection a where a.workspace_id = $1),
       (select count(*) from audit_entry a where a.workspace_id = $1))) as state`,
    [world.workspaceId],
  );
  return row!.state;
};

const version = async (workspaceId: Id, column = 'version'): Promise<number> => {
  const [row] = await world.sql<{ version: number }>(`select ${column} as version from workspace where id = $1`, [
    workspaceId,
  ]);
  return row!.version;
};
const person = async (role: 'GUEST' | 'MEMBER' | 'OWNER'): Promise<Id> => (await world.person({ role })).id;
const teamspace = async (access: 'OPEN' | 'CLOSED' = 'OPEN'): Promise<Id> =>
  (await createTeamspace(operator(world), { name: 'Team', access })).teamspace.id;
/** A public connection of another workspace that a member has installed here. */
const installed = async (approved: boolean): Promise<Id> => {
  const id = newId();
  await world.sql(
    `with made as (
       insert into connection (workspace_id, id, name, kind, status, capabilities, published_at)
       values ($1, $2, 'Partner', 'PUBLIC', 'ACTIVE', 1, now()) returning id)
     insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status)
     select $3, $4, id, $5, $6, 'ACTIVE' from made`,
    [elsewhere, id, world.workspaceId, newId(), newId(), member],
  );
  if (approved) {
    await world.sql('insert into approved_connection (workspace_id, connection_id) values ($1, $2)', [
      world.workspaceId,
      id,
    ]);
  }
  return id;
};
const errors = 'userErrors { __typename code message path }';
const no = 'FORBIDDEN';
const again = 'SIGN_IN_AGAIN';
const gone = 'NOT_FOUND';

const CASES: Record<string, Case> = {
  updateWorkspace: {
    document: `mutation ($v: Int!, $n: String!) { updateWorkspace(input: { name: $n, expectedVersion: $v }) { workspace { name } ${errors} } }`,
    action: 'workspace.updated',
    outcomes: [no, no, 'OK', 'OK', 'OK', no, no, 'OK', no],
    variables: async (at) => ({ v: await version(at), n: `Acme ${newId()}` }),
  },
  updateWorkspacePolicy: {
    document: `mutation ($v: Int!, $w: Boolean!) { updateWorkspacePolicy(input: { webhookActions: $w, expectedVersion: $v }) { policy { version } ${errors} } }`,
    action: 'workspace_policy.updated',
    outcomes: [no, no, 'OK', again, 'OK', no, no, again, no],
    variables: async (at) => {
      const v = await version(at, 'policy_version');
      return { v, w: v % 2 === 0 };
    },
  },
  'deleteWorkspace, by another name': {
    document: `mutation { deleteWorkspace(input: { name: "Not its name" }) { workspaceId ${errors} } }`,
    action: 'workspace.deleted',
    outcomes: [no, no, 'INVALID', again, 'INVALID', no, no, again, no],
  },
  createWorkspace: {
    document: `mutation { createWorkspace(input: { name: "Mine" }) { workspace { id name } ${errors} } }`,
    action: 'workspace.created',
    outcomes: [no, 'OK', 'OK', 'OK', 'OK', no, no, no, no],
  },
  createDemoWorkspace: {
    document: `mutation { createDemoWorkspace { workspace { id name } token ${errors} } }`,
    action: 'workspace.created',
    outcomes: [no, 'OK', 'OK', 'OK', 'OK', no, no, no, no],
  },
  'updateMember, of a member to guest': {
    document: `mutation ($p: ID!) { updateMember(input: { personId: $p, role: GUEST }) { member { role } ${errors} } }`,
    action: 'member.updated',
    outcomes: [no, no, 'OK', 'OK', gone, no, no, 'OK', no],
    variables: async () => ({ p: await person('MEMBER') }),
  },
  'updateMember, to owner': {
    document: `mutation ($p: ID!) { updateMember(input: { personId: $p, role: OWNER }) { member { role } ${errors} } }`,
    action: 'member.updated',
    outcomes: [no, no, 'OK', again, gone, no, no, again, no],
    variables: async () => ({ p: await person('MEMBER') }),
  },
  'updateMember, of an owner': {
    document: `mutation ($p: ID!) { updateMember(input: { personId: $p, role: MEMBER }) { member { role } ${errors} } }`,
    action: 'member.updated',
    outcomes: [no, no, 'OK', again, gone, no, no, again, no],
    variables: async () => ({ p: await person('OWNER') }),
  },
  'removeMember, a member': {
    document: `mutation ($p: ID!) { removeMember(input: { personId: $p }) { person { id } ${errors} } }`,
    action: 'member.removed',
    outcomes: [no, no, 'OK', 'OK', gone, no, no, 'OK', no],
    variables: async () => ({ p: await person('MEMBER') }),
  },
  'removeMember, an owner': {
    document: `mutation ($p: ID!) { removeMember(input: { personId: $p }) { person { id } ${errors} } }`,
    action: 'member.removed',
    outcomes: [no, no, 'OK', again, gone, no, no, again, no],
    variables: async () => ({ p: await person('OWNER') }),
  },
  createPersonalAccessToken: {
    document: `mutation { createPersonalAccessToken(input: { name: "Mine" }) { token personalAccessToken { id } ${errors} } }`,
    action: 'personal_access_token.created',
    outcomes: [no, 'OK', 'OK', again, 'OK', again, again, again, no],
  },
  'createPersonalAccessToken, to administer': {
    document: `mutation { createPersonalAccessToken(input: { name: "Mine", administer: true }) { personalAccessToken { id } ${errors} } }`,
    action: 'personal_access_token.created',
    outcomes: [no, no, 'OK', again, 'OK', again, again, again, no],
  },
  "revokePersonalAccessToken, somebody else's": {
    document: `mutation ($t: ID!) { revokePersonalAccessToken(input: { id: $t }) { personalAccessToken { status } ${errors} } }`,
    action: 'personal_access_token.revoked',
    outcomes: [gone, gone, 'OK', 'OK', gone, gone, gone, 'OK', no],
    variables: async () => {
      const somebody = await person('MEMBER');
      await personalToken(world, somebody);
      const [token] = await world.sql<{ id: Id }>('select id from personal_access_token where person_id = $1', [
        somebody,
      ]);
      return { t: token!.id };
    },
  },
  createTeamspace: {
    document: `mutation { createTeamspace(input: { name: "Team", icon: "🌱" }) { teamspace { id } ${errors} } }`,
    action: 'teamspace.created',
    outcomes: [no, no, 'OK', 'OK', 'OK', no, no, 'OK', no],
  },
  updateTeamspace: {
    document: `mutation ($t: ID!) { updateTeamspace(input: { teamspaceId: $t, name: "New" }) { teamspace { name } ${errors} } }`,
    action: 'teamspace.updated',
    outcomes: [no, no, 'OK', 'OK', gone, no, no, 'OK', no],
    variables: async () => ({ t: await teamspace() }),
  },
  'addTeamspaceMember, somebody else': {
    document: `mutation ($t: ID!, $p: ID!) { addTeamspaceMember(input: { teamspaceId: $t, personId: $p }) { teamspace { id } ${errors} } }`,
    action: 'teamspace_member.added',
    outcomes: [no, no, 'OK', 'OK', gone, no, no, 'OK', no],
    variables: async () => ({ t: await teamspace(), p: await person('MEMBER') }),
  },
  'removeTeamspaceMember, somebody else': {
    document: `mutation ($t: ID!, $p: ID!) { removeTeamspaceMember(input: { teamspaceId: $t, personId: $p }) { teamspace { id } ${errors} } }`,
    action: 'teamspace_member.removed',
    outcomes: [no, no, 'OK', 'OK', gone, no, no, 'OK', no],
    variables: async () => {
      const [t, p] = [await teamspace(), await person('MEMBER')];
      await addTeamspaceMember(operator(world), { teamspaceId: t, personId: p });
      return { t, p };
    },
  },
  approveConnection: {
    document: `mutation ($c: ID!) { approveConnection(input: { connectionId: $c }) { connectionId ${errors} } }`,
    action: 'connection.approved',
    outcomes: [no, no, 'OK', again, gone, no, no, again, no],
    variables: async () => ({ c: await installed(false) }),
  },
  disapproveConnection: {
    document: `mutation ($c: ID!) { disapproveConnection(input: { connectionId: $c }) { connectionId ${errors} } }`,
    action: 'connection.disapproved',
    outcomes: [no, no, 'OK', again, gone, no, no, again, no],
    variables: async () => ({ c: await installed(true) }),
  },
};

describe.each(Object.entries(CASES))('%s', (_, { document, action, outcomes, variables }) => {
  test.each(ACTORS.map((who, index) => [who, outcomes[index]!] as const))('by %s is %s', async (who, expected) => {
    const given = (await variables?.(who === 'owner of another workspace' ? elsewhere : world.workspaceId)) ?? {};
    const before = await state();
    const [last] = await world.sql<{ id: Id }>('select id from audit_entry order by id desc limit 1');
    const answer = await give(who, document, given);
    expect(outcomeOf(answer), JSON.stringify(answer)).toBe(expected);
    const entries = await world.sql<{ action: string; actor_id: Id | null }>(
      'select action, actor_id from audit_entry where id > $1 order by id',
      [last!.id],
    );
    if (expected === 'OK') {
      const [entry] = entries.filter((one) => one.action === action);
      const asked = who === 'owner of another workspace' ? foreigner : who.includes('member') ? member : owner;
      expect(entry).toMatchObject({ action, actor_id: asked });
      if (who === 'owner of another workspace') expect(await state()).toBe(before);
    } else {
      expect(entries).toEqual([]);
      expect(await state()).toBe(before);
    }
  });
});

describe('a member in an open teamspace', () => {
  const add = `mutation ($t: ID!, $p: ID!) { addTeamspaceMember(input: { teamspaceId: $t, personId: $p }) { teamspace { members { nodes { person { name } } } } ${errors} } }`;
  const remove = `mutation ($t: ID!, $p: ID!) { removeTeamspaceMember(input: { teamspaceId: $t, personId: $p }) { ${errors} } }`;

  test('lets herself in and out', async () => {
    const t = await teamspace();
    const added = await give('member', add, { t, p: member });
    expect(added.data).toEqual({
      addTeamspaceMember: { teamspace: { members: { nodes: [{ person: { name: 'Mia' } }] } }, userErrors: [] },
    });
    expect(outcomeOf(await give('member', add, { t, p: member }))).toBe('ALREADY_EXISTS');
    expect(outcomeOf(await give('member', remove, { t, p: member }))).toBe('OK');
    expect(outcomeOf(await give('member', remove, { t, p: member }))).toBe('NOT_FOUND');
  });

  test('does not let herself into a closed one, but out of it', async () => {
    const t = await teamspace('CLOSED');
    expect(outcomeOf(await give('member', add, { t, p: member }))).toBe('FORBIDDEN');
    expect(outcomeOf(await give('owner', add, { t, p: member }))).toBe('OK');
    expect(outcomeOf(await give('member', remove, { t, p: member }))).toBe('OK');
  });
});
