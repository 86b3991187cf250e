// What owners do with connections, and what nobody else can.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/gate/actor.js';
import { newId } from '../../src/lib/id.js';
import { askAs, mutate, operatorIn, type Payload, signedIn } from '../asking.js';
import { type Asker, openWorld, post, type World } from '../world.js';

/** One pixel each. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WEBP = 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA';
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').toString('base64');

let world: World;
let owner: Actor;

beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
});
afterAll(() => world[Symbol.asyncDispose]());

const make = async (input: Record<string, unknown> = {}): Promise<Payload> => {
  const made = await mutate(
    world,
    owner,
    'createConnection',
    { name: 'Dashboard', capabilities: ['CONTENT_READ'], ...input },
    'connection { id version name kind status capabilities capabilityWords logoUrl } installation { id } token',
  );
  expect(made.userErrors).toEqual([]);
  return made;
};

const statusOf = async (token: string): Promise<number> =>
  (await post(`${world.url}/graphql`, token, '{ viewer { kind } }')).status;

const auditOf = (id: string) =>
  world.sql<{ action: string; before: unknown; after: unknown }>(
    'select action, details from audit_entry where target_id = $1 order by position',
    [id],
  );

describe('createConnection', () => {
  test('makes an internal connection whose token works at once and reaches nothing', async () => {
    await world.page({ title: 'Secret' });
    const { connection, token } = await make({ capabilities: ['CONTENT_READ', 'USER_READ_EMAIL'] });
    expect(connection).toMatchObject({
      name: 'Dashboard',
      kind: 'INTERNAL',
      status: 'ACTIVE',
      capabilities: ['CONTENT_READ', 'USER_READ', 'USER_READ_EMAIL'],
      capabilityWords: ['Read content', 'Read user information with e-mail addresses'],
    });
    const { data } = await post(`${world.url}/graphql`, token, '{ viewer { kind } pages { totalCount } }');
    expect(data).toEqual({ viewer: { kind: 'CONNECTION' }, pages: { totalCount: 0 } });
    expect((await auditOf(connection.id)).map(({ action }) => action)).toEqual(['connection.created']);
  });

  test.each([
    ['an empty name', { name: '  ' }, 'REQUIRED'],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, 'TOO_LONG'],
    ['a name with a line break', { name: 'a\nb' }, 'INVALID'],
    ['a logo that is no base64', { logo: 'not base64!' }, 'INVALID'],
    ['a logo that is SVG', { logo: SVG }, 'INVALID'],
    ['a logo of more than 200,000 bytes', { logo: Buffer.alloc(200_001).toString('base64') }, 'TOO_LONG'],
    ['a workspace that is not there', { workspaceId: newId() }, 'NOT_FOUND'],
    ['an id that is none', { workspaceId: 'nonsense' }, 'NOT_FOUND'],
  ])('refuses %s and makes nothing', async (_, input, code) => {
    const count = () => world.sql<{ n: number }>('select count(*)::int as n from connection');
    const before = await count();
    const refused = await mutate(world, owner, 'createConnection', {
      name: 'X',
      capabilities: [],
      ...(input as object),
    });
    expect(refused.userErrors).toMatchObject([{ __typename: 'FieldError', code }]);
    expect(refused.userErrors[0]?.message).toMatch(/^[A-Z].*\.$/);
    expect(await count()).toEqual(before);
  });

  test('makes it in another workspace she owns, and in none where she is only a member', async () => {
    await using other = await openWorld();
    const [place] = await world.sql<{ id: string }>(
      `insert into workspace (id, name) values ($1, 'Other') returning id`,
      [newId()],
    );
    expect(other.workspaceId).not.toBe(place!.id);
    const input = { workspaceId: place!.id, name: 'There', capabilities: [] };
    const person = owner as Extract<Actor, { kind: 'PERSON' }>;
    const join = (role: string) =>
      world.sql(
        `insert into membership (workspace_id, person_id, role) values ($1, $2, $3)
         on conflict (workspace_id, person_id) do update set role = excluded.role`,
        [place!.id, person.personId, role],
      );
    await join('MEMBER');
    expect((await mutate(world, owner, 'createConnection', input)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    await join('OWNER');
    const made = await mutate(world, owner, 'createConnection', input, 'connection { id } token');
    const [row] = await world.sql('select workspace_id from connection where id = $1', [made.connection.id]);
    expect(row).toEqual({ workspace_id: place!.id });
    // Seen from here it is not there: an owner of one workspace is nobody in particular in another.
    const seen = await askAs(world, owner, `{ connection(id: "${made.connection.id}") { id } }`);
    expect(seen.data).toEqual({ connection: null });
  });
});

describe('updateConnection', () => {
  test('changes what is given, leaves the rest, and counts the version', async () => {
    const { connection } = await make();
    const { id, version } = connection;
    const changed = await mutate(
      world,
      owner,
      'updateConnection',
      { id, expectedVersion: version, name: 'Board' },
      'connection { name version capabilities }',
    );
    expect(changed.connection).toEqual({ name: 'Board', version: version + 1, capabilities: ['CONTENT_READ'] });
    const [, entry] = await world.sql('select action from audit_entry where target_id = $1 order by position', [id]);
    expect(entry).toEqual({ action: 'connection.updated' });
  });

  test('refuses another version than expected, and says which there is', async () => {
    const { connection } = await make();
    const refused = await mutate(world, owner, 'updateConnection', {
      id: connection.id,
      expectedVersion: connection.version + 7,
      name: 'Lost',
    });
    expect(refused.userErrors).toMatchObject([
      { __typename: 'StaleVersionError', code: 'STALE_VERSION', currentVersion: connection.version },
    ]);
    const { data } = await askAs(world, owner, `{ connection(id: "${connection.id}") { name } }`);
    expect(data).toEqual({ connection: { name: 'Dashboard' } });
  });

  test('takes capabilities away and gives them from the next request on', async () => {
    const page = await world.page({ title: 'Handbook' });
    const { connection, installation, token } = await make();
    await world.share({ connectionId: connection.id, installationId: installation.id, token }, page);
    const title = async () =>
      (await post(`${world.url}/graphql`, token, `{ page(id: "${page}") { title } }`)).data as { page: unknown };
    expect(await title()).toEqual({ page: { title: 'Handbook' } });
    await mutate(world, owner, 'updateConnection', { id: connection.id, capabilities: ['CONTENT_UPDATE'] });
    expect(await title()).toEqual({ page: { title: null } });
    await mutate(world, owner, 'updateConnection', { id: connection.id, capabilities: ['CONTENT_READ'] });
    expect(await title()).toEqual({ page: { title: 'Handbook' } });
    const intervals = await world.sql(
      'select capabilities, revoked_at is null as open from capability_grant where installation_id = $1 order by granted_at, revoked_at nulls last',
      [installation.id],
    );
    expect(intervals).toEqual([
      { capabilities: 1, open: false },
      { capabilities: 2, open: false },
      { capabilities: 1, open: true },
    ]);
  });

  test('changes nothing, and records nothing, when everything is as it should be', async () => {
    const { connection } = await make();
    const before = await auditOf(connection.id);
    const same = await mutate(
      world,
      owner,
      'updateConnection',
      { id: connection.id, name: 'Dashboard', capabilities: ['CONTENT_READ'] },
      'connection { version }',
    );
    expect(same).toEqual({ connection: { version: connection.version }, userErrors: [] });
    expect(await auditOf(connection.id)).toEqual(before);
  });
});

describe('a logo', () => {
  test.each([
    ['PNG', PNG, 'image/png'],
    ['WebP', WEBP, 'image/webp'],
  ])('that is %s is served under its hash, so that nothing in it can run', async (_, logo, type) => {
    const { connection } = await make({ logo });
    expect(connection.logoUrl).toMatch(new RegExp(`^${world.url}/logos/[0-9a-f]{64}$`));
    const response = await fetch(connection.logoUrl);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).toString('base64')).toBe(logo);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
  });

  test('is gone once no connection has it', async () => {
    const { connection } = await make({ logo: PNG.replace('DUlEQ', 'DUlEQ') });
    const second = await make({ logo: PNG });
    await mutate(world, owner, 'updateConnection', { id: connection.id, logo: null });
    expect((await fetch(second.connection.logoUrl)).status).toBe(200);
    const others = await world.sql<{ id: string }>(`select id from connection where logo_sha256 is not null`);
    for (const { id } of others) await mutate(world, owner, 'updateConnection', { id, logo: null });
    expect((await fetch(second.connection.logoUrl)).status).toBe(404);
    expect(await world.sql('select count(*)::int as n from logo')).toEqual([{ n: 0 }]);
  });

  test.each(['nonsense', '..%2f..%2fkeys', 'A'.repeat(64), '0'.repeat(64), ''])(
    'that nobody has is not found: /logos/%s',
    async (name) => {
      const response = await fetch(`${world.url}/logos/${name}`);
      expect(response.status).toBe(404);
    },
  );
});

describe('suspending', () => {
  test('refuses the token from the next request on, and resuming takes it back', async () => {
    const { connection, token } = await make();
    const { id } = connection;
    expect(await statusOf(token)).toBe(200);
    const suspended = await mutate(world, owner, 'suspendConnection', { id }, 'connection { status suspendedAt }');
    expect(suspended.connection).toEqual({ status: 'SUSPENDED', suspendedAt: expect.any(String) });
    expect(await statusOf(token)).toBe(401);
    const again = await mutate(world, owner, 'suspendConnection', { id });
    expect(again.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    const resumed = await mutate(world, owner, 'resumeConnection', { id }, 'connection { status suspendedAt }');
    expect(resumed.connection).toEqual({ status: 'ACTIVE', suspendedAt: null });
    expect(await statusOf(token)).toBe(200);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'connection.created',
      'connection.suspended',
      'connection.resumed',
    ]);
  });

  test('is refused for what is not suspended', async () => {
    const { connection } = await make();
    const refused = await mutate(world, owner, 'resumeConnection', { id: connection.id });
    expect(refused.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  });
});

describe('deleteConnection', () => {
  test('ends token, grant and shares at once, keeps no text of a token, and is listed for 30 days', async () => {
    const page = await world.page();
    const { connection, installation, token } = await make({ name: 'Doomed', logo: PNG });
    const { id } = connection;
    await world.share({ connectionId: id, installationId: installation.id, token }, page);
    const gone = await mutate(world, owner, 'deleteConnection', { id }, 'connection { status deletedAt }');
    expect(gone).toEqual({ connection: { status: 'DELETED', deletedAt: expect.any(String) }, userErrors: [] });
    expect(await statusOf(token)).toBe(401);
    expect((await fetch(connection.logoUrl)).status).toBe(404);
    const [left] = await world.sql(
      `select (select count(*)::int from token where installation_id = $1 and (revoked_at is null or ciphertext is not null)) as tokens,
              (select count(*)::int from share where installation_id = $1 and revoked_at is null) as shares,
              (select count(*)::int from capability_grant where installation_id = $1 and revoked_at is null) as grants`,
      [installation.id],
    );
    expect(left).toEqual({ tokens: 0, shares: 0, grants: 0 });
    const listed = async (status: string) => {
      const query = `{ workspace: viewer { workspace { connections(first: 100, filter: { ${status} }) { nodes { id } } } } }`;
      const { data } = await askAs(world, owner, query);
      return JSON.stringify(data).includes(id);
    };
    expect(await listed('')).toBe(false);
    expect(await listed('status: DELETED')).toBe(true);
    await world.sql(`update connection set deleted_at = now() - interval '31 days' where id = $1`, [id]);
    expect(await listed('status: DELETED')).toBe(false);
    // Neither comes back nor can be touched.
    for (const mutation of ['deleteConnection', 'resumeConnection', 'suspendConnection', 'updateConnection']) {
      expect((await mutate(world, owner, mutation, { id })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
    // Its bot still names what it wrote.
    const [bot] = await world.sql<{ bot_id: string }>('select bot_id from installation where id = $1', [
      installation.id,
    ]);
    const { data } = await askAs(world, owner, `{ user(id: "${bot!.bot_id}") { name } }`);
    expect(data).toEqual({ user: { name: 'Doomed' } });
  });
});

describe('tokens', () => {
  const tokenInput = (connection: { id: string }, more: object = {}) => ({ connectionId: connection.id, ...more });

  test('are shown again to an owner who has just signed in, and it is recorded', async () => {
    const { connection, token } = await make();
    const shown = await mutate(world, owner, 'revealToken', tokenInput(connection), 'token lastFour');
    expect(shown).toEqual({ token, lastFour: token.slice(-4), userErrors: [] });
    expect((await auditOf(connection.id)).map(({ action }) => action)).toContain('token.revealed');
  });

  test('rotate: the new one works, the one before until the overlap ends, any older one no more', async () => {
    const { connection, token: first } = await make();
    const rotate = (more?: object) =>
      mutate(world, owner, 'rotateToken', tokenInput(connection, more), 'token previousValidUntil');
    const second = await rotate();
    expect(Date.parse(second.previousValidUntil)).toBeGreaterThan(Date.now() + 23.9 * 3_600_000);
    expect(await Promise.all([first, second.token].map(statusOf))).toEqual([200, 200]);
    const third = await rotate({ overlapHours: 1 });
    expect(await Promise.all([first, second.token, third.token].map(statusOf))).toEqual([401, 200, 200]);
    await world.sql(`update token set expires_at = now() - interval '1 second' where last_four = $1`, [
      second.token.slice(-4),
    ]);
    expect(await Promise.all([second.token, third.token].map(statusOf))).toEqual([401, 200]);
    const fourth = await rotate({ overlapHours: 0 });
    expect(fourth.previousValidUntil).toBeNull();
    expect(await Promise.all([third.token, fourth.token].map(statusOf))).toEqual([401, 200]);
  });

  test.each([-1, 25, 1_000_000])('rotate refuses an overlap of %i hours and changes nothing', async (overlapHours) => {
    const { connection, token } = await make();
    const refused = await mutate(world, owner, 'rotateToken', tokenInput(connection, { overlapHours }));
    expect(refused.userErrors).toMatchObject([{ code: 'INVALID', path: ['overlapHours'] }]);
    expect(await statusOf(token)).toBe(200);
  });

  test('rotated by twenty callers at once leave one live token and one overlap', async () => {
    const { connection, installation } = await make();
    const made = await Promise.all(
      Array.from({ length: 20 }, () => mutate(world, owner, 'rotateToken', tokenInput(connection), 'token')),
    );
    const live = await world.sql(
      'select expires_at is null as current from token where installation_id = $1 and revoked_at is null order by expires_at nulls first',
      [installation.id],
    );
    expect(live).toEqual([{ current: true }, { current: false }]);
    const statuses = await Promise.all(made.map(({ token }) => statusOf(token)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
  });

  test('the one before is not shown any more once it was rotated away', async () => {
    const { connection } = await make();
    const { token } = await mutate(world, owner, 'rotateToken', tokenInput(connection), 'token');
    expect((await mutate(world, owner, 'revealToken', tokenInput(connection), 'token')).token).toBe(token);
    const kept = await world.sql(
      `select t.ciphertext is not null as kept from token t join installation i on i.id = t.installation_id
        where i.connection_id = $1 order by t.created_at`,
      [connection.id],
    );
    expect(kept).toEqual([{ kept: false }, { kept: true }]);
  });

  test('end one at a time or all at once, and not twice', async () => {
    const { connection, token: first } = await make();
    const { token: second } = await mutate(world, owner, 'rotateToken', tokenInput(connection), 'token');
    const { data } = await askAs(
      world,
      owner,
      `{ connection(id: "${connection.id}") { tokens { id lastFour validUntil revealable } } }`,
    );
    const tokens = (data!.connection as { tokens: { id: string; lastFour: string }[] }).tokens;
    expect(tokens).toMatchObject([
      { lastFour: second.slice(-4), validUntil: null, revealable: true },
      { lastFour: first.slice(-4), validUntil: expect.any(String), revealable: false },
    ]);
    const end = (more?: object) => mutate(world, owner, 'revokeToken', tokenInput(connection, more), 'revoked');
    expect(await end({ tokenId: tokens[1]!.id })).toEqual({ revoked: 1, userErrors: [] });
    expect(await Promise.all([first, second].map(statusOf))).toEqual([401, 200]);
    expect((await end({ tokenId: tokens[1]!.id })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await end()).revoked).toBe(1);
    expect(await statusOf(second)).toBe(401);
    expect((await end()).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    expect((await mutate(world, owner, 'revealToken', tokenInput(connection))).userErrors).toMatchObject([
      { code: 'INVALID_STATE' },
    ]);
  });

  test('of an older sign-in are neither shown, rotated nor deleted with their connection', async () => {
    const { connection, token } = await make();
    const stale = { ...owner, session: { id: newId(), signedInAt: new Date(Date.now() - 11 * 60_000) } } as Actor;
    for (const [mutation, input] of [
      ['revealToken', tokenInput(connection)],
      ['rotateToken', tokenInput(connection)],
      ['deleteConnection', { id: connection.id }],
    ] as const) {
      expect((await mutate(world, stale, mutation, input)).userErrors).toMatchObject([{ code: 'SIGN_IN_AGAIN' }]);
    }
    expect(await statusOf(token)).toBe(200);
  });
});

describe('nobody but an owner', () => {
  const steps = (connection: { id: string }) =>
    [
      ['createConnection', { name: 'Mine', capabilities: ['CONTENT_READ'] }],
      ['updateConnection', { id: connection.id, capabilities: ['USER_READ_EMAIL'] }],
      ['suspendConnection', { id: connection.id }],
      ['resumeConnection', { id: connection.id }],
      ['deleteConnection', { id: connection.id }],
      ['revealToken', { connectionId: connection.id }],
      ['rotateToken', { connectionId: connection.id }],
      ['revokeToken', { connectionId: connection.id }],
    ] as const;

  const others: [string, (asker: Asker) => Promise<Actor>][] = [
    ['a member', async () => signedIn(world, await world.person(), 'MEMBER')],
    ['a guest', async () => signedIn(world, await world.person({ role: 'GUEST' }), 'GUEST')],
    [
      'the connection itself',
      async ({ connectionId, installationId }) => ({
        kind: 'CONNECTION',
        workspaceId: world.workspaceId,
        connectionId,
        installationId,
        botId: newId(),
        installedById: null,
        bits: 127,
      }),
    ],
  ];

  test.each(others)('%s may do any of it', async (_, actorFor) => {
    const { connection, installation, token } = await make();
    const actor = await actorFor({ connectionId: connection.id, installationId: installation.id, token });
    for (const [mutation, input] of steps(connection)) {
      expect((await mutate(world, actor, mutation, input)).userErrors, mutation).toMatchObject([{ code: 'FORBIDDEN' }]);
    }
    expect(await statusOf(token)).toBe(200);
    expect((await auditOf(connection.id)).map(({ action }) => action)).toEqual(['connection.created']);
    const seen = await askAs(
      world,
      actor,
      `{ connection(id: "${connection.id}") { tokens { id } } viewer { workspace { connections { totalCount } } } }`,
    );
    expect(seen.data?.viewer).toEqual({ workspace: { connections: null } });
    expect(JSON.stringify(seen.data)).not.toMatch(/"tokens":\[/);
  });

  test('an owner of another workspace finds none of it', async () => {
    const { connection, token } = await make();
    const place = newId();
    await world.sql(`insert into workspace (id, name) values ($1, 'Elsewhere')`, [place]);
    const stranger = signedIn(world, { id: newId() }, 'OWNER', { workspaceId: place });
    for (const [mutation, input] of steps(connection).slice(1)) {
      expect((await mutate(world, stranger, mutation, input)).userErrors, mutation).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
    }
    expect(await statusOf(token)).toBe(200);
  });

  test('the operator may do all of it', async () => {
    const { connection } = await make();
    for (const [mutation, input] of steps(connection).filter(([name]) => !/resume|delete/.test(name))) {
      expect((await mutate(world, operatorIn(world), mutation, input)).userErrors, mutation).toEqual([]);
    }
  });
});

describe('a person who installed a public connection', () => {
  test('sees it, whom it belongs to is told nothing, and she and owners can disconnect it', async () => {
    const [ada, ben] = [await world.person({ name: 'Ada' }), await world.person({ name: 'Ben' })];
    const { connection } = await make({ name: 'Partner' });
    await world.sql(`update connection set kind = 'PUBLIC', published_at = now() where id = $1`, [connection.id]);
    const install = async (person: { id: string }) => {
      const id = newId();
      await world.sql(
        `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status) values ($1, $2, $3, $4, $5, 'ACTIVE')`,
        [world.workspaceId, id, connection.id, newId(), person.id],
      );
      return id;
    };
    const [hers, his] = [await install(ada), await install(ben)];
    const [adaHere, benHere] = [signedIn(world, ada, 'MEMBER'), signedIn(world, ben, 'MEMBER')];
    const query = '{ viewer { installations { id connection { name installations { id } } } } }';
    expect((await askAs(world, adaHere, query)).data).toEqual({
      viewer: { installations: [{ id: hers, connection: { name: 'Partner', installations: [{ id: hers }] } }] },
    });
    expect((await askAs(world, owner, `{ connection(id: "${connection.id}") { installations { id } } }`)).data).toEqual(
      {
        connection: { installations: expect.arrayContaining([{ id: hers }, { id: his }]) },
      },
    );
    const end = (actor: Actor, id: string) =>
      mutate(world, actor, 'uninstallConnection', { installationId: id }, 'installation { status }');
    expect((await end(adaHere, his)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(await end(adaHere, hers)).toEqual({ installation: { status: 'ENDED' }, userErrors: [] });
    expect((await end(adaHere, hers)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await end(owner, his)).userErrors).toEqual([]);
    expect((await askAs(world, benHere, query)).data).toEqual({ viewer: { installations: [] } });
  });

  test('cannot disconnect what belongs to the workspace, and an owner deletes that instead', async () => {
    const { installation } = await make();
    const member = signedIn(world, await world.person(), 'MEMBER');
    const end = (actor: Actor) => mutate(world, actor, 'uninstallConnection', { installationId: installation.id });
    expect((await end(member)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await end(owner)).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  });
});

describe('the list of connections', () => {
  test('comes by name, filtered, page by page', async () => {
    await using fresh = await openWorld();
    const boss = signedIn(fresh, await fresh.person({ role: 'OWNER' }), 'OWNER');
    for (const name of ['Zebra', 'apple', 'Mango', 'Apple pie', 'kiwi']) {
      await mutate(fresh, boss, 'createConnection', { name, capabilities: [] });
    }
    const list = async (args: string) => {
      const { data } = await askAs(
        fresh,
        boss,
        `{ viewer { workspace { connections(${args}) { totalCount nodes { name } pageInfo { hasNextPage endCursor startCursor } } } } }`,
      );
      return (data!.viewer as { workspace: { connections: ListAnswer } }).workspace.connections;
    };
    const first = await list('first: 3');
    expect(first.nodes.map(({ name }) => name)).toEqual(['apple', 'Apple pie', 'kiwi']);
    expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true } });
    const rest = await list(`first: 3, after: "${first.pageInfo.endCursor}"`);
    expect(rest.nodes.map(({ name }) => name)).toEqual(['Mango', 'Zebra']);
    const back = await list(`last: 2, before: "${rest.pageInfo.startCursor}"`);
    expect(back.nodes.map(({ name }) => name)).toEqual(['Apple pie', 'kiwi']);
    expect((await list('filter: { name: { contains: "apple" } }')).nodes.map(({ name }) => name)).toHaveLength(2);
  });
});

interface ListAnswer {
  totalCount: number;
  nodes: { name: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string; startCursor: string };
}
