// From an internal connection to a public one, and what its clients and installations get.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isClientSecret } from '../../src/connection/client-secret.js';
import { isRegistered, requireRedirectUris } from '../../src/connection/redirect-uri.js';
import type { Actor } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import { askAs, mutate, signedIn } from '../asking.js';
import { openWorld, post, type World } from '../world.js';
import { VARIANTS } from './redirect-variants.js';

let world: World;
let owner: Actor;

beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
});
afterAll(() => world[Symbol.asyncDispose]());

const READY = {
  company: 'Partner Ltd',
  privacyUrl: 'https://partner.example/privacy',
  termsUrl: 'https://partner.example/terms',
  installationScope: 'ANY',
};
const CALLBACK = 'https://partner.example/callback';

const draft = async (capabilities = ['CONTENT_READ']) =>
  (await mutate(world, owner, 'createConnection', { name: 'Partner', capabilities }, 'connection { id } token'))!;

const ready = async (capabilities?: string[]) => {
  const { connection, token } = await draft(capabilities);
  const { id } = connection as { id: Id };
  expect((await mutate(world, owner, 'updateConnection', { id, ...READY })).userErrors).toEqual([]);
  expect(
    (await mutate(world, owner, 'updateRedirectUris', { connectionId: id, redirectUris: [CALLBACK] })).userErrors,
  ).toEqual([]);
  return { id, token: token as string };
};

const publish = (id: Id, actor = owner) =>
  mutate(world, actor, 'publishConnection', { id }, 'connection { kind publishedAt } clientId clientSecret');

const isSecret = (id: Id, text: string) => isClientSecret(world.store.em(), world.store.keys, id, text);

describe('publishConnection', () => {
  test('says what is missing, item by item, and publishes nothing until all is there', async () => {
    const { connection } = await draft();
    const { id } = connection;
    const open = async () => {
      const { data } = await askAs(
        world,
        owner,
        `{ connection(id: "${id}") { publishChecklist { item done sentence } } }`,
      );
      const { publishChecklist } = data!.connection as { publishChecklist: { item: string; done: boolean }[] };
      return publishChecklist.filter(({ done }) => !done).map(({ item }) => item);
    };
    expect(await open()).toEqual(['REDIRECT_URIS', 'COMPANY', 'PRIVACY_URL', 'TERMS_URL', 'INSTALLATION_SCOPE']);
    const refused = await publish(id);
    expect(refused.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    expect(refused.userErrors[0]?.message).toContain('privacy policy');
    await mutate(world, owner, 'updateConnection', { id, ...READY, installationScope: 'SELECTED' });
    expect(await open()).toEqual(['REDIRECT_URIS', 'INSTALLATION_SCOPE']);
    await mutate(world, owner, 'updateConnection', { id, selectedWorkspaces: [newId()] });
    await mutate(world, owner, 'updateRedirectUris', { connectionId: id, redirectUris: [CALLBACK] });
    expect(await open()).toEqual([]);
    expect((await publish(id)).userErrors).toEqual([]);
  });

  test('gives client id and secret, keeps the home installation and its token, and cannot be done twice', async () => {
    const { id, token } = await ready();
    const published = await publish(id);
    expect(published).toMatchObject({
      connection: { kind: 'PUBLIC', publishedAt: expect.any(String) },
      clientId: id,
      clientSecret: expect.stringMatching(/^gth_ocs_[0-9A-Za-z]{38}$/),
      userErrors: [],
    });
    expect((await post(`${world.url}/graphql`, token, '{ viewer { kind } }')).status).toBe(200);
    expect(await isSecret(id, published.clientSecret)).toBe(true);
    expect(await isSecret(newId(), published.clientSecret)).toBe(false);
    expect((await publish(id)).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    // A client secret is no token.
    expect((await post(`${world.url}/graphql`, published.clientSecret, '{ viewer { kind } }')).status).toBe(401);
    const actions = await world.sql(
      'select action from audit_entry where target_id = $1 order by position desc limit 1',
      [id],
    );
    expect(actions).toEqual([{ action: 'connection.published' }]);
  });

  test('fixes who may install it, and keeps at least one redirect URI', async () => {
    const { id } = await ready();
    await publish(id);
    for (const change of [{ installationScope: 'SELECTED' }, { selectedWorkspaces: [newId()] }]) {
      const refused = await mutate(world, owner, 'updateConnection', { id, ...change });
      expect(refused.userErrors).toMatchObject([{ code: 'IMMUTABLE', path: Object.keys(change) }]);
    }
    const none = await mutate(world, owner, 'updateRedirectUris', { connectionId: id, redirectUris: [] });
    expect(none.userErrors).toMatchObject([{ code: 'INVALID' }]);
    expect((await mutate(world, owner, 'updateConnection', { id, company: 'Renamed Ltd' })).userErrors).toEqual([]);
  });

  test.each([
    ['a member', 0, 'MEMBER', 'FORBIDDEN'],
    ['an owner whose sign-in is eleven minutes old', 11, 'OWNER', 'SIGN_IN_AGAIN'],
  ] as const)('is refused to %s', async (_, minutesAgo, role, code) => {
    const { id } = await ready();
    const actor = signedIn(world, await world.person({ role }), role, { minutesAgo });
    expect((await publish(id, actor)).userErrors).toMatchObject([{ code }]);
    const [row] = await world.sql('select kind from connection where id = $1', [id]);
    expect(row).toEqual({ kind: 'INTERNAL' });
  });

  test('is refused for one that is suspended', async () => {
    const { id } = await ready();
    await mutate(world, owner, 'suspendConnection', { id });
    expect((await publish(id)).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  });
});

describe('client secrets', () => {
  const rotate = (connectionId: Id, overlapHours?: number) =>
    mutate(world, owner, 'rotateClientSecret', { connectionId, overlapHours }, 'clientSecret previousValidUntil');

  test('rotate with an overlap: the one before works on, any older one does not', async () => {
    const { id } = await ready();
    const { clientSecret: first } = await publish(id);
    const { clientSecret: second, previousValidUntil } = await rotate(id);
    expect(Date.parse(previousValidUntil)).toBeGreaterThan(Date.now() + 23.9 * 3_600_000);
    expect([await isSecret(id, first), await isSecret(id, second)]).toEqual([true, true]);
    const { clientSecret: third } = await rotate(id);
    expect([await isSecret(id, first), await isSecret(id, second), await isSecret(id, third)]).toEqual([
      false,
      true,
      true,
    ]);
    const { clientSecret: fourth } = await rotate(id, 0);
    expect([await isSecret(id, third), await isSecret(id, fourth)]).toEqual([false, true]);
  });

  test('are refused to an internal connection, and end when the connection does', async () => {
    const { connection } = await draft();
    expect((await rotate(connection.id)).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    const { id } = await ready();
    const { clientSecret } = await publish(id);
    await mutate(world, owner, 'suspendConnection', { id });
    expect(await isSecret(id, clientSecret)).toBe(false);
    await mutate(world, owner, 'resumeConnection', { id });
    expect(await isSecret(id, clientSecret)).toBe(true);
    await mutate(world, owner, 'deleteConnection', { id });
    expect(await isSecret(id, clientSecret)).toBe(false);
  });
});

describe('a redirect URI', () => {
  test.each([
    'https://app.example.org/callback',
    'https://app.example.org',
    'https://app.example.org:8443/a/b?x=1',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:4711/callback',
    'http://[::1]:4711/callback',
  ])('may be %s', (uri) => {
    expect(requireRedirectUris([uri])).toEqual([uri]);
  });

  test.each([
    'http://app.example.org/callback',
    'http://localhost/callback',
    'http://127.0.0.1.example.org/callback',
    'http://127.0.0.1@evil.example/callback',
    'https://app.example.org/callback#part',
    'https://user@app.example.org/callback',
    'https://*.example.org/callback',
    'https://app.example.org/a/../callback',
    'https://app.example.org/%2e%2e/callback',
    'https://APP.example.org/callback',
    'https://app.example.org:443/callback',
    'https://äpp.example.org/callback',
    'https:\\\\app.example.org\\callback',
    'https:app.example.org/callback',
    ' https://app.example.org/callback',
    'https://app.example.org/call back',
    'https://app.example.org/callback\n',
    'javascript:alert(1)',
    'data:text/html,x',
    'org.example.app:/callback',
    '/callback',
    '',
    `https://app.example.org/${'x'.repeat(2_000)}`,
  ])('may not be %j', (uri) => {
    expect(() => requireRedirectUris([uri])).toThrow(Refusal);
  });

  test('is compared letter by letter, but for the port of a program on the own machine', () => {
    const registered = ['https://app.example.org/callback', 'http://127.0.0.1/callback'];
    for (const same of [
      'https://app.example.org/callback',
      'http://127.0.0.1/callback',
      'http://127.0.0.1:1/callback',
      'http://127.0.0.1:65535/callback',
    ]) {
      expect(isRegistered(registered, same), same).toBe(true);
    }
    for (const other of VARIANTS) expect(isRegistered(registered, other), other).toBe(false);
  });

  test('that differs in any way from those registered is none of them', () => {
    const registered = ['https://app.example.org/callback'];
    fc.assert(
      fc.property(fc.string(), fc.nat(40), (inserted, at) => {
        const [uri = ''] = registered;
        const other = uri.slice(0, at) + inserted + uri.slice(at);
        return isRegistered(registered, other) === (other === uri);
      }),
    );
  });
});

describe('more and fewer capabilities on a public connection', () => {
  const installed = async () => {
    const { id, token } = await ready(['CONTENT_READ', 'USER_READ']);
    await publish(id);
    const person = await world.person();
    const installationId = newId();
    await world.sql(
      `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status) values ($1, $2, $3, $4, $5, 'ACTIVE')`,
      [world.workspaceId, installationId, id, newId(), person.id],
    );
    await world.sql(
      `insert into capability_grant (workspace_id, id, installation_id, capabilities) values ($1, $2, $3, 33)`,
      [world.workspaceId, newId(), installationId],
    );
    return { id, token, installationId, member: signedIn(world, person, 'MEMBER') };
  };
  const seen = async (actor: Actor, id: Id) => {
    const query = `{ installation(id: "${id}") { status capabilities pendingCapabilities } }`;
    return (await askAs(world, actor, query)).data!.installation;
  };
  const ask = (id: Id, capabilities: string[]) => mutate(world, owner, 'updateConnection', { id, capabilities });

  test('more wait for the person who installed it, while what was granted works on', async () => {
    const { id, token, installationId, member } = await installed();
    await ask(id, ['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ']);
    expect(await seen(member, installationId)).toEqual({
      status: 'UPGRADE_PENDING',
      capabilities: ['CONTENT_READ', 'USER_READ'],
      pendingCapabilities: ['CONTENT_UPDATE'],
    });
    const { data } = await post(`${world.url}/graphql`, token, '{ viewer { capabilities } }');
    expect(data).toEqual({ viewer: { capabilities: ['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ'] } }); // at home
    const somebody = signedIn(world, await world.person(), 'MEMBER');
    const approve = (actor: Actor) => mutate(world, actor, 'approveUpgrade', { installationId });
    expect((await approve(somebody)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await approve(member)).userErrors).toEqual([]);
    expect(await seen(member, installationId)).toEqual({
      status: 'ACTIVE',
      capabilities: ['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ'],
      pendingCapabilities: [],
    });
    expect((await approve(member)).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  });

  test('more wait for an owner where policy keeps installing to owners', async () => {
    const { id, installationId, member } = await installed();
    await ask(id, ['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ']);
    const policy = async (whoMayInstall: string) => {
      const [row] = await world.sql<{ version: number }>(
        'select policy_version as version from workspace where id = $1',
        [world.workspaceId],
      );
      const input = { expectedVersion: row!.version, whoMayInstall };
      expect((await mutate(world, owner, 'updateWorkspacePolicy', input)).userErrors).toEqual([]);
    };
    await policy('OWNERS');
    const approve = (actor: Actor) => mutate(world, actor, 'approveUpgrade', { installationId });
    expect((await approve(member)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect(await seen(member, installationId)).toMatchObject({ status: 'UPGRADE_PENDING' });
    expect((await approve(owner)).userErrors).toEqual([]);
    expect(await seen(member, installationId)).toMatchObject({ status: 'ACTIVE' });
    await policy('ANYONE');
  });

  test('fewer count at once, and asking for them again later waits again', async () => {
    const { id, installationId, member } = await installed();
    await ask(id, ['CONTENT_READ']);
    expect(await seen(member, installationId)).toEqual({
      status: 'ACTIVE',
      capabilities: ['CONTENT_READ'],
      pendingCapabilities: [],
    });
    await ask(id, ['CONTENT_READ', 'USER_READ']);
    expect(await seen(member, installationId)).toMatchObject({
      status: 'UPGRADE_PENDING',
      capabilities: ['CONTENT_READ'],
    });
    expect((await mutate(world, owner, 'approveUpgrade', { installationId })).userErrors).toEqual([]);
  });
});
