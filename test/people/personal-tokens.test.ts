// Personal access tokens: how long they live, what they may, when they stop, who sees what of them, and that their text
// is nowhere.

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WORKSPACE_ROLES } from '../../src/gate/actor.js';
import { mayHavePersonalToken } from '../../src/gate/rules.js';
import { type Id, newId } from '../../src/lib/id.js';
import { mintToken, TOKEN_PATTERN } from '../../src/lib/secret.js';
import { removeMember } from '../../src/people/member-lifecycle.js';
import { updateWorkspacePolicy } from '../../src/workspace/policy-lifecycle.js';
import { anotherWorkspace, askWith, operator, outcomeOf, personalToken, session } from '../actors.js';
import { openWorld, type World } from '../world.js';

const CREATE = `mutation ($input: CreatePersonalAccessTokenInput!) { createPersonalAccessToken(input: $input) {
  token personalAccessToken { id name status lastFour capabilities administer createdAt expiresAt lastUsedAt revokedAt owner { name } revokedBy { name } }
  userErrors { code message path } } }`;
const REVOKE = `mutation ($id: ID!) { revokePersonalAccessToken(input: { id: $id }) {
  personalAccessToken { status revokedAt revokedBy { name } } userErrors { code } } }`;
const WHO = '{ viewer { id kind capabilities person { name email } } }';
const DAY_MS = 86_400_000;

interface Made {
  token: string;
  personalAccessToken: { id: Id; expiresAt: string; createdAt: string; capabilities: string[] };
}

let world: World;
let owner: { id: Id; name: string };
let member: { id: Id };
/** Every text that was made here. */
const texts: string[] = [];

beforeAll(async () => {
  world = await openWorld();
  owner = await world.person({ name: 'Ona', email: 'ona@example.org', role: 'OWNER' });
  member = await world.person({ name: 'Mia', email: 'mia@example.org' });
});
afterAll(() => world[Symbol.asyncDispose]());

const make = async (personId: Id, input: object): Promise<Made> => {
  const answer = await askWith(world, await session(world, personId), CREATE, { input: { name: 'Script', ...input } });
  expect(outcomeOf(answer), JSON.stringify(answer)).toBe('OK');
  const made = (answer.data as { createPersonalAccessToken: Made }).createPersonalAccessToken;
  texts.push(made.token);
  return made;
};
const refusal = async (personId: Id, input: object): Promise<unknown> => {
  const { data } = await askWith(world, await session(world, personId), CREATE, {
    input: { name: 'Script', ...input },
  });
  const { userErrors, token } = (data as { createPersonalAccessToken: { userErrors: object[]; token: unknown } })
    .createPersonalAccessToken;
  expect(token).toBeNull();
  return userErrors[0];
};
const policy = async (personalAccessTokens: 'OWNERS' | 'MEMBERS'): Promise<void> => {
  const [row] = await world.sql<{ version: number; now: string }>(
    'select policy_version as version, personal_access_tokens as now from workspace where id = $1',
    [world.workspaceId],
  );
  if (row!.now !== personalAccessTokens) {
    await updateWorkspacePolicy(operator(world), { personalAccessTokens, expectedVersion: row!.version });
  }
};

describe('a personal token lives', () => {
  test.each([
    ['a year when nothing is said', {}, 365],
    ['a year when null is said', { expiresAt: null, expiresInDays: null }, 365],
    ['7 days', { expiresInDays: 7 }, 7],
    ['30 days', { expiresInDays: 30 }, 30],
    ['90 days', { expiresInDays: 90 }, 90],
    ['180 days', { expiresInDays: 180 }, 180],
    ['365 days', { expiresInDays: 365 }, 365],
    ['until an instant', { expiresAt: new Date(Date.now() + 3 * DAY_MS).toISOString() }, 3],
    [
      'until an instant just within a year',
      { expiresAt: new Date(Date.now() + 365 * DAY_MS - 1_000).toISOString() },
      365,
    ],
  ])('%s', async (_, input, days) => {
    const { personalAccessToken } = await make(owner.id, input);
    const left = new Date(personalAccessToken.expiresAt).getTime() - Date.now();
    expect(left).toBeGreaterThan(days * DAY_MS - 60_000);
    expect(left).toBeLessThanOrEqual(days * DAY_MS);
  });

  test.each([
    ['8 days', { expiresInDays: 8 }, 'expiresInDays'],
    ['no day', { expiresInDays: 0 }, 'expiresInDays'],
    ['days the other way', { expiresInDays: -7 }, 'expiresInDays'],
    ['two years', { expiresInDays: 730 }, 'expiresInDays'],
    ['until an instant beyond a year', { expiresAt: new Date(Date.now() + 366 * DAY_MS).toISOString() }, 'expiresAt'],
    ['until an instant in the past', { expiresAt: new Date(Date.now() - 1_000).toISOString() }, 'expiresAt'],
    ['both ways', { expiresInDays: 7, expiresAt: new Date(Date.now() + DAY_MS).toISOString() }, 'expiresAt'],
  ])('not %s', async (_, input, path) => {
    expect(await refusal(owner.id, input)).toMatchObject({ code: 'INVALID', path: [path] });
  });

  test('no longer than until then: the next request is refused', async () => {
    const { token, personalAccessToken } = await make(owner.id, {});
    expect((await askWith(world, token, WHO)).status).toBe(200);
    await world.sql(`update personal_access_token set expires_at = now() where id = $1`, [personalAccessToken.id]);
    expect((await askWith(world, token, WHO)).status).toBe(401);
  });

  test('never longer than a year, whatever writes it', async () => {
    const { personalAccessToken } = await make(owner.id, {});
    await expect(
      world.sql(`update personal_access_token set expires_at = now() + interval '400 days' where id = $1`, [
        personalAccessToken.id,
      ]),
    ).rejects.toThrow('personal_access_token_check');
  });
});

describe('a personal token may', () => {
  test('what its owner may, as herself', async () => {
    const page = await world.page({ title: 'Anything' });
    const { token } = await make(owner.id, {});
    const { data } = await askWith(
      world,
      token,
      `{ viewer { kind id capabilities person { name email } } page(id: "${page}") { title } }`,
    );
    expect(data).toEqual({
      viewer: {
        kind: 'PERSON',
        id: owner.id,
        capabilities: [
          'CONTENT_READ',
          'CONTENT_UPDATE',
          'CONTENT_INSERT',
          'COMMENT_READ',
          'COMMENT_INSERT',
          'USER_READ',
          'USER_READ_EMAIL',
        ],
        person: { name: 'Ona', email: 'ona@example.org' },
      },
      page: { title: 'Anything' },
    });
  });

  test('less, with the capabilities it was given and what they imply', async () => {
    const page = await world.page({ title: 'Not for it' });
    const { token, personalAccessToken } = await make(owner.id, { capabilities: ['USER_READ_EMAIL'] });
    expect(personalAccessToken.capabilities).toEqual(['USER_READ', 'USER_READ_EMAIL']);
    const answer = await askWith(
      world,
      token,
      `{ viewer { capabilities } page(id: "${page}") { id title } pages { totalCount } user(id: "${member.id}") { name } }`,
    );
    expect(answer.data).toEqual({
      viewer: { capabilities: ['USER_READ', 'USER_READ_EMAIL'] },
      page: { id: page, title: null },
      pages: null,
      user: { name: 'Mia' },
    });
    expect(answer.errors?.[0]?.extensions.code).toBe('CAPABILITY_MISSING');
  });

  test('with no capability at all, know its owner and nobody else', async () => {
    const { token } = await make(owner.id, { capabilities: [] });
    const { data } = await askWith(
      world,
      token,
      `{ viewer { capabilities person { email } } user(id: "${member.id}") { id name } }`,
    );
    expect(data).toEqual({
      viewer: { capabilities: [], person: { email: 'ona@example.org' } },
      user: { id: member.id, name: null },
    });
  });

  test('in its own workspace alone, also when its owner belongs to others', async () => {
    const elsewhere = await anotherWorkspace(world);
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'OWNER')`, [
      elsewhere,
      owner.id,
    ]);
    const { token } = await make(owner.id, { administer: true });
    const { data } = await askWith(
      world,
      token,
      `{ viewer { workspaces { id } workspace { id } } node(id: "${elsewhere}") { id } }`,
    );
    expect(data).toEqual({
      viewer: { workspaces: [{ id: world.workspaceId }], workspace: { id: world.workspaceId } },
      node: null,
    });
    const both = await askWith(world, await session(world, owner.id), '{ viewer { workspaces { id } } }');
    expect(both.data).toEqual({ viewer: { workspaces: [{ id: world.workspaceId }, { id: elsewhere }] } });
  });

  test('see in its slice what it may administer, or not', async () => {
    const [plain, administering] = [await make(owner.id, {}), await make(owner.id, { administer: true })];
    const slice = async (token: string) => (await askWith(world, token, '{ schemaSdl }')).text;
    expect(await slice(administering.token)).toContain('updateMember');
    expect(await slice(plain.token)).not.toContain('updateMember');
    expect(await slice(plain.token)).toContain('addTeamspaceMember');
  });

  test('administer no longer than its owner does', async () => {
    const second = await world.person({ role: 'OWNER' });
    const { token } = await make(second.id, { administer: true });
    const tokens = '{ viewer { workspace { personalAccessTokens { totalCount } } } }';
    expect((await askWith(world, token, tokens)).errors).toBeUndefined();
    await policy('MEMBERS');
    await world.sql(`update membership set role = 'MEMBER' where person_id = $1`, [second.id]);
    expect((await askWith(world, token, tokens)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    await policy('OWNERS');
  });

  test('pay from the budget of its person, whichever of hers it is', async () => {
    await using poor = await openWorld({ limits: { maxPointsPerMinute: 10 } });
    const { id } = await poor.person({ role: 'OWNER' });
    const [one, other] = [await personalToken(poor, id), await personalToken(poor, id)];
    const { token: connection } = await poor.connection(['CONTENT_READ']);
    const ask = async (token: string) => (await askWith(poor, token, '{ pages(first: 9) { nodes { id } } }')).status;
    expect(await ask(one)).toBe(200);
    const dear = async (token: string) =>
      (await askWith(poor, token, '{ a: pages(first: 9) { nodes { id } } b: viewer { id } }')).status;
    await poor.sql('update budget set points = 1, counted_at = now() where payer_id = $1', [id]);
    expect([await dear(other), await dear(one)]).toEqual([429, 429]);
    expect(await ask(connection)).toBe(200);
  });
});

describe('a personal token is refused', () => {
  const expectRefused = async (token: string): Promise<void> => {
    const answer = await askWith(world, token, WHO);
    const unknown = await askWith(world, mintToken('PERSONAL'), WHO);
    expect(answer.status).toBe(401);
    expect(answer.text).toBe(unknown.text);
    expect(answer.headers.get('www-authenticate')).toBe(unknown.headers.get('www-authenticate'));
  };

  test('when nobody has made it', () => expectRefused(mintToken('PERSONAL')));

  test('when its checksum is wrong, without a question to the database', async () => {
    const { token } = await make(owner.id, {});
    world.statements.length = 0;
    const wrong = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    expect((await askWith(world, wrong, WHO)).status).toBe(401);
    expect(world.statements).toEqual([]);
  });

  test('when it is ended, by its owner, by an administrator or by itself', async () => {
    await policy('MEMBERS');
    const hers = await session(world, member.id);
    const administrator = await session(world, owner.id);
    const [mine, theirs, itself] = [await make(member.id, {}), await make(member.id, {}), await make(member.id, {})];
    const answers = [
      await askWith(world, hers, REVOKE, { id: mine.personalAccessToken.id }),
      await askWith(world, administrator, REVOKE, { id: theirs.personalAccessToken.id }),
      await askWith(world, itself.token, REVOKE, { id: itself.personalAccessToken.id }),
    ];
    expect(answers.map(({ data }) => data)).toEqual(
      ['Mia', 'Ona', 'Mia'].map((name) => ({
        revokePersonalAccessToken: {
          personalAccessToken: { status: 'REVOKED', revokedAt: expect.any(String), revokedBy: { name } },
          userErrors: [],
        },
      })),
    );
    for (const { token } of [mine, theirs, itself]) await expectRefused(token);
    expect(outcomeOf(await askWith(world, hers, REVOKE, { id: mine.personalAccessToken.id }))).toBe('INVALID_STATE');
    await policy('OWNERS');
  });

  test('and not when another token of hers that does not administer tries to end it', async () => {
    const [one, other] = [await make(owner.id, {}), await make(owner.id, {})];
    expect(outcomeOf(await askWith(world, other.token, REVOKE, { id: one.personalAccessToken.id }))).toBe('NOT_FOUND');
    expect((await askWith(world, one.token, WHO)).status).toBe(200);
  });

  test('while policy blocks its owner, and works again when it does not', async () => {
    await policy('MEMBERS');
    const hers = await make(member.id, {});
    const owners = await make(owner.id, {});
    await policy('OWNERS');
    await expectRefused(hers.token);
    expect((await askWith(world, owners.token, WHO)).status).toBe(200);
    const node = `{ node(id: "${hers.personalAccessToken.id}") { ... on PersonalAccessToken { status } } }`;
    expect((await askWith(world, await session(world, member.id), node)).data).toEqual({ node: { status: 'BLOCKED' } });
    await policy('MEMBERS');
    expect((await askWith(world, hers.token, WHO)).status).toBe(200);
    await policy('OWNERS');
  });

  test('when the membership of its owner has ended', async () => {
    await policy('MEMBERS');
    const mia = await world.person();
    const { token } = await make(mia.id, {});
    await removeMember(operator(world), { personId: mia.id });
    await expectRefused(token);
    await policy('OWNERS');
  });

  test('and nobody is charged then', async () => {
    const second = await world.person({ role: 'OWNER' });
    const token = await personalToken(world, second.id);
    await world.sql('update personal_access_token set revoked_at = now() where person_id = $1', [second.id]);
    await askWith(world, token, '{ pages(first: 100) { nodes { id } } }');
    expect(await world.sql('select 1 from budget where payer_id = $1', [second.id])).toEqual([]);
  });
});

describe('whether somebody may have one is the same in the rule and in the statement', () => {
  const cases = WORKSPACE_ROLES.flatMap((role) =>
    (['OWNERS', 'MEMBERS'] as const).map((said) => [role, said] as const),
  );

  test.each(cases)('for %s where policy says %s', async (role, said) => {
    await policy('MEMBERS');
    const { id } = await world.person();
    const { token } = await make(id, {});
    await world.sql('update membership set role = $1 where person_id = $2', [role, id]);
    await policy(said);
    expect((await askWith(world, token, WHO)).status).toBe(mayHavePersonalToken(role, said) ? 200 : 401);
    await policy('OWNERS');
  });
});

describe('a personal token is made by', () => {
  test('an owner whatever the policy, a member where it says so, a guest never', async () => {
    await policy('OWNERS');
    await make(owner.id, {});
    expect(await refusal(member.id, {})).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('policy'),
    });
    await policy('MEMBERS');
    await make(member.id, {});
    const guest = await world.person({ role: 'GUEST' });
    expect(await refusal(guest.id, {})).toMatchObject({ code: 'FORBIDDEN' });
    await policy('OWNERS');
  });

  test('to administer, an owner alone', async () => {
    await policy('MEMBERS');
    expect(await refusal(member.id, { administer: true })).toMatchObject({ code: 'FORBIDDEN', path: ['administer'] });
    await make(owner.id, { administer: true });
    await policy('OWNERS');
  });

  test('nobody without a name for it', async () => {
    expect(await refusal(owner.id, { name: '  ' })).toMatchObject({ code: 'REQUIRED' });
    expect(await refusal(owner.id, { name: 'x'.repeat(201) })).toMatchObject({ code: 'TOO_LONG' });
  });
});

describe('of personal tokens', () => {
  const LISTS = `{ viewer { personalAccessTokens(first: 100) { totalCount nodes { id name owner { name } } }
    workspace { personalAccessTokens(first: 100) { totalCount nodes { id owner { name } } } } } }`;
  type Lists = {
    viewer: {
      personalAccessTokens: { totalCount: number; nodes: { id: Id; owner: { name: string } }[] } | null;
      workspace: { personalAccessTokens: { totalCount: number; nodes: { owner: { name: string } }[] } | null };
    };
  };

  test("one sees her own, an owner everybody's, and never the text", async () => {
    await policy('MEMBERS');
    const { token } = await make(member.id, { name: 'Backup' });
    const hers = await askWith(world, await session(world, member.id), LISTS);
    const all = await askWith(world, await session(world, owner.id), LISTS);
    const own = (hers.data as never as Lists).viewer;
    expect(new Set(own.personalAccessTokens!.nodes.map(({ owner }) => owner.name))).toEqual(new Set(['Mia']));
    expect(own.personalAccessTokens!.nodes[0]).toMatchObject({ name: 'Backup' });
    expect(own.workspace.personalAccessTokens).toBeNull();
    expect(hers.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const theirs = (all.data as never as Lists).viewer.workspace.personalAccessTokens!;
    expect(new Set(theirs.nodes.map(({ owner }) => owner.name))).toEqual(new Set(['Ona', 'Mia', 'Somebody']));
    expect(theirs.totalCount).toBe(theirs.nodes.length);
    expect(JSON.stringify([hers, all])).not.toContain(token.slice(0, 20));
    await policy('OWNERS');
  });

  test('those of others do not exist', async () => {
    const { personalAccessToken } = await make(owner.id, {});
    const ask = async (id: Id) =>
      (await askWith(world, await session(world, member.id), `{ node(id: "${id}") { id } }`)).data;
    expect(await ask(personalAccessToken.id)).toEqual({ node: null });
    expect(await ask(newId())).toEqual({ node: null });
    expect(
      (await askWith(world, await session(world, owner.id), `{ node(id: "${personalAccessToken.id}") { id } }`)).data,
    ).toEqual({
      node: { id: personalAccessToken.id },
    });
    const { token } = await world.connection(['CONTENT_READ', 'USER_READ_EMAIL']);
    expect((await askWith(world, token, `{ node(id: "${personalAccessToken.id}") { id } }`)).data).toEqual({
      node: null,
    });
  });

  test('connections have none', async () => {
    const { token } = await world.connection(['CONTENT_READ', 'USER_READ_EMAIL']);
    const { data, errors } = await askWith(world, token, '{ viewer { personalAccessTokens { totalCount } } }');
    expect(data).toEqual({ viewer: { personalAccessTokens: null } });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

// Last: it looks for what all of the above has made.
test('the text of no token is in the database or in the log', async () => {
  expect(texts.length).toBeGreaterThan(30);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  expect(rows.length).toBeGreaterThan(20);
  let dump = '';
  for (const { name } of rows) {
    const { rows: lines } = await client.query(`select t::text as line from "${name}" t`);
    dump += lines.map(({ line }) => line).join('\n');
  }
  await client.end();
  expect(dump).toContain('Backup'); // it does see the rows
  expect(dump).not.toMatch(TOKEN_PATTERN);
  const log = world.logLines.join('\n');
  expect(log.length).toBeGreaterThan(1_000);
  for (const text of texts) {
    const body = text.slice(8, 40); // without prefix and checksum
    for (const form of [body, Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64')]) {
      expect(dump.includes(form)).toBe(false);
      expect(log.includes(form)).toBe(false);
    }
  }
});
