// A signed-in person asks /graphql: what lets her in, where she asks, what another site could send in her name, and how
// long it lasts. Time is moved in the database.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf } from '../../src/gate/actor.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { type Asker, credentialsOf, openWorld, type SignedIn, type World } from '../world.js';
import { openAnotherDoor } from './another-door.js';
import { type Reply, type Sent, send } from './wire.js';

const WHO = '{ viewer { id kind workspace { name } person { email } } }';

let world: World;
let reader: Asker;
let ada: { id: string; email: string };
let signedIn: SignedIn;
/** A second workspace of hers, and one that is not. */
let second: string;
let foreign: string;

beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
  reader = await world.connection(['USER_READ']);
  ada = await world.person({ name: 'Ada', email: 'ada@example.org', role: 'OWNER' });
  second = (await createWorkspace(world.store, { name: 'Second' })).id;
  foreign = (await createWorkspace(world.store, { name: 'Foreign' })).id;
  await createPerson(world.store.callerFor(operatorOf(second)), { name: 'Ada', email: ada.email, role: 'GUEST' });
  signedIn = await world.signedIn(ada);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** What her browser sends, with what a case changes about it; `undefined` leaves a header out. */
const ask = (changed: Record<string, string | string[] | undefined> = {}, sent: Sent = {}): Promise<Reply> => {
  const headers = { 'content-type': 'application/json', ...credentialsOf(signedIn), ...changed };
  return send(world.url, {
    body: JSON.stringify({ query: WHO }),
    ...sent,
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Sent['headers'],
  });
};
const code = ({ text }: Reply): unknown => JSON.parse(text).errors?.[0]?.extensions?.code;
const workspaceIn = ({ text }: Reply): unknown => JSON.parse(text).data?.viewer?.workspace?.name;

describe('A signed-in person', () => {
  test('asks as herself, with one statement that finds her and charges her', async () => {
    world.statements.length = 0;
    const { status, data, headers } = await world.ask(signedIn, '{ viewer { id kind } }');
    expect(status).toBe(200);
    expect(data).toEqual({ viewer: { id: ada.id, kind: 'PERSON' } });
    expect(world.statements).toHaveLength(1);
    expect(world.statements[0]).toMatch(/from session s.*insert into budget/s);
    expect(headers.get('vary')).toBe('Authorization, Cookie, Gatehouse-Workspace, Gatehouse-Act-As');
    expect(headers.get('cache-control')).toBe('private, no-store');
  });

  test('may do what her role may, from this very request on', async () => {
    const ask = async () =>
      (await world.ask(signedIn, '{ viewer { workspace { connections(first: 1) { totalCount } } } }')).errors?.[0];
    expect(await ask()).toBeUndefined();
    await world.sql(`update membership set role = 'MEMBER' where person_id = $1 and workspace_id = $2`, [
      ada.id,
      world.workspaceId,
    ]);
    expect((await ask())?.extensions.code).toBe('FORBIDDEN');
    await world.sql(`update membership set role = 'OWNER' where person_id = $1 and workspace_id = $2`, [
      ada.id,
      world.workspaceId,
    ]);
    expect(await ask()).toBeUndefined();
  });

  test('may send what browsers say about where a request comes from', async () => {
    const { origin } = new URL(world.url);
    expect((await ask({ origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await ask({ origin: origin.replace('127.0.0.1', 'localhost') })).status).toBe(200);
  });
});

describe('A session is refused', () => {
  test.each([
    ['without its token', { 'x-csrf-token': undefined }],
    ['with an empty token', { 'x-csrf-token': '' }],
    ['with a token cut short', { 'x-csrf-token': 'x' }],
    ['with a token that is longer', () => ({ 'x-csrf-token': `${signedIn.csrfToken}x` })],
    ['with its token twice', () => ({ 'x-csrf-token': [signedIn.csrfToken, signedIn.csrfToken] })],
    ['from another site', { origin: 'https://evil.example' }],
    ['from another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['from another host of this site', { 'sec-fetch-site': 'same-site' }],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['by a name that only leads here', { host: 'rebound.example' }],
    ['through a proxy nobody trusts', { 'x-forwarded-for': '192.0.2.1' }],
  ])('%s: 403, and the database is not asked', async (_, changed) => {
    world.statements.length = 0;
    const reply = await ask(typeof changed === 'function' ? changed() : changed);
    expect({ status: reply.status, code: code(reply) }).toEqual({ status: 403, code: 'FORBIDDEN' });
    expect(world.statements).toEqual([]);
  });

  test('with the token of another session', async () => {
    const { csrfToken } = await world.signedIn(ada);
    expect((await ask({ 'x-csrf-token': csrfToken })).status).toBe(403);
  });

  test('by GET, whose answers other sites may cause', async () => {
    const reply = await ask(
      { 'apollo-require-preflight': 'yes' },
      { method: 'GET', path: `/graphql?query=${encodeURIComponent(WHO)}`, body: '' },
    );
    expect(reply.status).toBe(403);
    expect(reply.text).not.toContain('data');
  });

  test('as a form, as any site could send it', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
      expect((await ask({ 'content-type': type })).status).toBe(415);
    }
  });

  test('that never was, in the words and with the status of a token that is not valid', async () => {
    const constant = await send(world.url, { headers: { 'content-type': 'application/json' }, body: '{}' });
    const unknown = await world.signedIn(ada);
    await world.sql('delete from session where id = $1', [unknown.sessionId]);
    const reply = await ask(credentialsOf(unknown));
    expect({ status: reply.status, text: reply.text }).toEqual({ status: 401, text: constant.text });
  });
});

describe('A request that could be of two senders', () => {
  test('is refused with 400 when it claims both a token and a session', async () => {
    const reply = await ask({ authorization: `Bearer ${reader.token}` });
    expect({ status: reply.status, code: code(reply) }).toEqual({ status: 400, code: 'INVALID' });
  });

  test('is that of the bearer when a cookie only came along', async () => {
    const reply = await ask({ authorization: `Bearer ${reader.token}`, 'x-csrf-token': undefined });
    expect(JSON.parse(reply.text).data.viewer.kind).toBe('CONNECTION');
    const wrong = await ask({ authorization: 'Bearer nonsense', 'x-csrf-token': undefined });
    expect(wrong.status).toBe(401);
  });

  test('is refused with 400 when two sessions come at once', async () => {
    const other = await world.signedIn(ada);
    const cookie = `gatehouse-session=${signedIn.secret}; gatehouse-session=${other.secret}`;
    expect((await ask({ cookie })).status).toBe(400);
    const same = `gatehouse-session=${signedIn.secret}; gatehouse-session=${signedIn.secret}`;
    expect((await ask({ cookie: same })).status).toBe(200);
  });

  test('is nobody’s when the secret of a session comes as a bearer token, or a token as a session', async () => {
    const asBearer = await ask({
      authorization: `Bearer ${signedIn.secret}`,
      cookie: undefined,
      'x-csrf-token': undefined,
    });
    expect(asBearer.status).toBe(401);
    expect((await ask({ cookie: `gatehouse-session=${reader.token}` })).status).toBe(403);
  });

  test('is nobody’s when a session is in the query string', async () => {
    const path = `/graphql?session=${signedIn.secret}&gatehouse-session=${signedIn.secret}`;
    expect((await ask({ cookie: undefined }, { path })).status).toBe(401);
  });
});

describe('The workspace she asks in', () => {
  const askIn = (workspace: string | undefined) => ask({ 'gatehouse-workspace': workspace });

  test('is the one she names, with or without dashes', async () => {
    expect(workspaceIn(await askIn(world.workspaceId))).toBe('Home');
    expect(workspaceIn(await askIn(second))).toBe('Second');
    expect(workspaceIn(await askIn(second.replaceAll('-', '').toUpperCase()))).toBe('Second');
  });

  test('is the one she asked in last when she names none', async () => {
    await askIn(second);
    expect(workspaceIn(await askIn(undefined))).toBe('Second');
    await askIn(world.workspaceId);
    expect(workspaceIn(await askIn(undefined))).toBe('Home');
  });

  test('brings its own role', async () => {
    const connections = '{ viewer { workspace { connections(first: 1) { totalCount } } } }';
    const here = await world.ask(signedIn, connections);
    const there = await world.ask({ ...signedIn, workspaceId: second }, connections);
    expect([here.errors, there.errors?.[0]?.extensions.code]).toEqual([undefined, 'FORBIDDEN']);
  });

  test('is refused in the same words whether it is not hers, does not exist, or cannot', async () => {
    const replies = await Promise.all(
      [foreign, '01234567-89ab-7cde-8f01-23456789abcd', 'nonsense', '', `${second}, ${second}`].map(askIn),
    );
    for (const { status, text } of replies) expect({ status, text }).toEqual({ status: 403, text: replies[0]!.text });
    expect(replies[0]!.text).not.toContain('Foreign');
  });

  test('ends with her membership, from the next request on; her others go on', async () => {
    const ben = await world.person({ name: 'Ben' });
    await createPerson(world.store.callerFor(operatorOf(second)), { name: 'Ben', email: ben.email, role: 'MEMBER' });
    const bens = { ...(await world.signedIn(ben)), workspaceId: world.workspaceId };
    expect((await world.ask(bens, WHO)).status).toBe(200);
    await world.sql('update membership set ended_at = now() where person_id = $1 and workspace_id = $2', [
      ben.id,
      world.workspaceId,
    ]);
    expect((await world.ask(bens, WHO)).status).toBe(403);
    const { workspaceId: _, ...unnamed } = bens;
    expect((await world.ask(unnamed, WHO)).data).toMatchObject({ viewer: { workspace: { name: 'Second' } } });
    await world.sql('update membership set ended_at = now() where person_id = $1', [ben.id]);
    expect((await world.ask(unnamed, WHO)).status).toBe(403);
  });

  test('has all of hers beside it in Viewer.workspaces, which a token has not', async () => {
    const asked = '{ viewer { workspaces { name } } }';
    const names = async (asker: Asker | SignedIn) =>
      (await world.ask<{ viewer: { workspaces: { name: string }[] } }, object>(asker, asked)).data?.viewer.workspaces;
    expect(await names(signedIn)).toEqual([{ name: 'Home' }, { name: 'Second' }]);
    expect(await names(reader)).toEqual([{ name: 'Home' }]);
  });
});

describe('A session lasts', () => {
  const statusAfter = async (moved: string): Promise<number> => {
    const session = await world.signedIn(ada);
    await world.sql(`update session set ${moved} where id = $1`, [session.sessionId]);
    return (await world.ask(session, WHO)).status;
  };

  test('half an hour unused, and no longer', async () => {
    expect(await statusAfter(`last_used_at = now() - interval '29 minutes 55 seconds'`)).toBe(200);
    expect(await statusAfter(`last_used_at = now() - interval '30 minutes 1 second'`)).toBe(401);
  });

  test('twelve hours from signing in, however much it is used', async () => {
    expect(await statusAfter(`signed_in_at = now() - interval '11 hours 59 minutes'`)).toBe(200);
    expect(await statusAfter(`signed_in_at = now() - interval '12 hours 1 second'`)).toBe(401);
  });

  test('until it is ended, here or by another process', async () => {
    await using door = await openAnotherDoor(world);
    const session = await world.signedIn(ada);
    expect((await world.ask(session, WHO)).status).toBe(200);
    await world.ask(session, `mutation { endSession(input: { id: "${session.sessionId}" }) { userErrors { code } } }`);
    expect((await world.ask(session, WHO)).status).toBe(401);
    expect(
      (await send(door.url, { headers: { 'content-type': 'application/json', ...credentialsOf(session) } })).status,
    ).toBe(401);
  });

  test('longer for being used: that is written down now and then, many at once, and when a process ends', async () => {
    const door = await openAnotherDoor(world);
    const sessions = await Promise.all([world.signedIn(ada), world.signedIn(ada)]);
    const ids = sessions.map(({ sessionId }) => sessionId);
    await world.sql(`update session set last_used_at = now() - interval '20 minutes' where id = any($1)`, [ids]);
    world.statements.length = 0;
    for (const session of [...sessions, ...sessions]) {
      const headers = { 'content-type': 'application/json', ...credentialsOf(session) };
      expect((await send(door.url, { headers, body: JSON.stringify({ query: '{ viewer { id } }' }) })).status).toBe(
        200,
      );
    }
    expect(world.statements.filter((text) => /update session/.test(text))).toEqual([]);
    await door.close();
    expect(world.statements.filter((text) => /update session/.test(text))).toHaveLength(1);
    const rows = await world.sql<{ fresh: boolean }>(
      `select last_used_at > now() - interval '1 minute' as fresh from session where id = any($1)`,
      [ids],
    );
    expect(rows).toEqual([{ fresh: true }, { fresh: true }]);
  });
});

describe('Her points', () => {
  test('are one budget for all of her sessions, and another person’s are another', async () => {
    await using door = await openAnotherDoor(world, { limits: { maxPointsPerMinute: 60_000 } });
    const cleo = await world.person({ name: 'Cleo' });
    const [one, other, ada2] = [await world.signedIn(cleo), await world.signedIn(cleo), await world.signedIn(ada)];
    await world.sql(
      `insert into budget (workspace_id, payer_id, points, counted_at) values ($1, $2, 2, now() + interval '1 hour')`,
      [world.workspaceId, cleo.id],
    );
    const status = async (session: SignedIn) =>
      (
        await send(door.url, {
          headers: { 'content-type': 'application/json', ...credentialsOf(session) },
          body: JSON.stringify({ query: '{ viewer { workspace { name } } }' }),
        })
      ).status;
    expect([await status(one), await status(other), await status(one), await status(ada2)]).toEqual([
      200, 429, 429, 200,
    ]);
  });
});
