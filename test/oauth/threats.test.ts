// What must not work at the endpoints, and what must go on working beside it (the threats to OAuth, one by one).

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/id.js';
import { mutate, signedIn } from '../asking.js';
import { VARIANTS } from '../connection/redirect-variants.js';
import { openWorld, post, type SignedIn, type World } from '../world.js';
import {
  askingFor,
  CALLBACK,
  type Client,
  codeFor,
  consent,
  install,
  pkce,
  publicConnection,
  redeem,
  refresh,
  sendTo,
  tell,
  visit,
} from './installing.js';

let world: World;
let client: Client;
let other: Client;
let ada: { id: string };
let browser: SignedIn;
let page: string;

beforeAll(async () => {
  world = await openWorld();
  client = await publicConnection(world, {
    redirectUris: [CALLBACK, 'http://127.0.0.1/callback', `${CALLBACK}?kept=a+b`],
  });
  other = await publicConnection(world, { name: 'Other' });
  ada = await world.person({ name: 'Ada' });
  browser = await world.signedIn(ada);
  page = await world.page({ title: 'Plans' });
});
afterAll(() => world[Symbol.asyncDispose]());

const { challenge } = pkce();
const ask = (change: Record<string, string | null> = {}) => visit(world, browser, askingFor(client, challenge, change));
const statusOf = async (token: string) => (await post(`${world.url}/graphql`, token, '{ viewer { id } }')).status;
const pagesOf = async (token: string): Promise<string[]> => {
  const { data } = await post(`${world.url}/graphql`, token, '{ pages { nodes { title } } }');
  return (data as { pages: { nodes: { title: string }[] } }).pages.nodes.map(({ title }) => title).sort();
};

describe('A redirect URI', () => {
  test(`in any of ${VARIANTS.length} variants leads to a page and never anywhere else`, async () => {
    for (const redirect_uri of VARIANTS) {
      const { status, location, text } = await ask({ redirect_uri });
      expect([status, location], redirect_uri).toEqual([400, null]);
      expect(text).toContain('has not registered');
    }
  });

  test.each([
    ['none', { redirect_uri: null }],
    ['none, of no client', { redirect_uri: null, client_id: newId() }],
    ['a registered one of no client', { client_id: newId() }],
    ['a registered one of a client without dashes', { client_id: '0'.repeat(32) }],
    ['a registered one without a client', { client_id: null }],
  ])('%s leads to a page', async (_, change) => {
    const { status, location } = await ask(change);
    expect([status, location]).toEqual([400, null]);
  });

  test('of a suspended or internal connection leads to a page', async () => {
    const suspended = await publicConnection(world, { name: 'Suspended' });
    const owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
    await mutate(world, owner, 'suspendConnection', { id: suspended.id });
    expect((await visit(world, browser, askingFor(suspended, challenge))).status).toBe(400);
    const internal = await world.connection(['CONTENT_READ']);
    const asked = askingFor({ id: internal.connectionId, secret: '' }, challenge);
    expect((await visit(world, browser, asked)).status).toBe(400);
  });

  test('of a program on the own machine may have any port, and goes back to that one', async () => {
    const asked = askingFor(client, challenge, { redirect_uri: 'http://127.0.0.1:49152/callback' });
    expect((await consent(world, browser, asked)).href).toMatch(
      /^http:\/\/127\.0\.0\.1:49152\/callback\?code=gth_oac_/,
    );
  });

  test('keeps the query it was registered with', async () => {
    const asked = askingFor(client, challenge, { redirect_uri: `${CALLBACK}?kept=a+b` });
    expect((await consent(world, browser, asked)).href).toMatch(
      /callback\?kept=a\+b&code=gth_oac_.*&iss=.*&state=state$/,
    );
    const denied = await consent(world, browser, asked, { press: 'cancel' });
    expect(denied.href).toContain('callback?kept=a+b&error=access_denied');
  });
});

describe('A request is refused at the client, with state and issuer,', () => {
  test.each([
    ['without a challenge', { code_challenge: null }, 'invalid_request'],
    ['with an empty challenge', { code_challenge: '' }, 'invalid_request'],
    ['with a short challenge', { code_challenge: 'short' }, 'invalid_request'],
    ['with a challenge of other letters', { code_challenge: `${challenge.slice(1)}=` }, 'invalid_request'],
    ['with the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a method, which would be plain', { code_challenge_method: null }, 'invalid_request'],
    ['with a method of another case', { code_challenge_method: 's256' }, 'invalid_request'],
    ['without a response type', { response_type: null }, 'invalid_request'],
    ['for the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['for a hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['for a fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['with a request object', { request: 'eyJ' }, 'invalid_request'],
  ])('%s', async (_, change, error) => {
    const { status, location } = await ask(change);
    expect(status).toBe(303);
    const back = new URL(location as string);
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect(Object.fromEntries(back.searchParams)).toEqual({
      error,
      error_description: expect.any(String),
      state: 'state',
      iss: world.url,
    });
  });

  test.each(['scope', 'state', 'response_type', 'code_challenge'])('with %s twice', async (name) => {
    const { location } = await visit(world, browser, `${askingFor(client, challenge)}&${name}=x&${name}=y`);
    expect(new URL(location as string).searchParams.get('error')).toBe('invalid_request');
  });

  test.each(['client_id', 'redirect_uri'])('but on a page with %s twice', async (name) => {
    const asked = askingFor(client, challenge);
    const value = new URLSearchParams(asked).get(name) as string;
    const { status, location } = await visit(world, browser, `${asked}&${name}=${encodeURIComponent(value)}`);
    expect([status, location]).toEqual([400, null]);
  });
});

describe('What goes back to the client', () => {
  test.each([
    'xyz',
    'a%20b%2Bc',
    'a+b',
    '%F0%9F%98%80',
    '%FF%00',
    'a=b%26c=d',
    '!*()~',
    '<script>'.replace(/[<>]/g, '%3C'),
    'x'.repeat(4_000),
  ])('holds the state byte by byte: %s', async (state) => {
    const asked = `${askingFor(client, challenge, { state: null })}&state=${state}`;
    for (const press of ['allow', 'cancel']) {
      const { href } = await consent(world, browser, asked, { press });
      expect(href.split('&state=')[1]).toBe(state);
    }
  });

  test('holds no state where none came, and the issuer always', async () => {
    for (const press of ['allow', 'cancel']) {
      const back = await consent(world, browser, askingFor(client, challenge, { state: null }), { press });
      expect(back.searchParams.has('state')).toBe(false);
      expect(back.searchParams.get('iss')).toBe(world.url);
    }
  });
});

describe('The token endpoint', () => {
  test.each([
    ['another redirect URI', { redirect_uri: 'https://evil.example/' }, 'invalid_grant'],
    ['another registered redirect URI', { redirect_uri: 'http://127.0.0.1/callback' }, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: '' }, 'invalid_request'],
    ['no verifier', { code_verifier: '' }, 'invalid_grant'],
    ['a short verifier', { code_verifier: 'x'.repeat(42) }, 'invalid_request'],
    ['a verifier of other letters', { code_verifier: 'ü'.repeat(43) }, 'invalid_request'],
    ['the challenge as the verifier', { code_verifier: challenge }, 'invalid_grant'],
    ['no code', { code: '' }, 'invalid_request'],
    ['a code that never was', { code: 'gth_oac_x' }, 'invalid_grant'],
    ['no grant type', { grant_type: '' }, 'invalid_request'],
    ['a password', { grant_type: 'password', username: 'ada', password: 'x' }, 'unsupported_grant_type'],
    ['its own credentials alone', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    ['a refresh without a token', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['a refresh with nonsense', { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
  ])('refuses %s', async (_, change, error) => {
    const { status, body, headers } = await redeem(world, client, await codeFor(world, client, browser), change);
    expect([status, body.error]).toEqual([400, error]);
    expect(body).toEqual({ error, error_description: expect.any(String), request_id: expect.any(String) });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  test.each(['code', 'client_id', 'client_secret', 'grant_type', 'anything'])('refuses %s twice', async (name) => {
    const body = new URLSearchParams([
      ['client_id', client.id],
      ['client_secret', client.secret],
      ['grant_type', 'authorization_code'],
      ['code', 'x'],
      [name, 'x'],
      [name, 'x'],
    ]);
    expect((await sendTo(world, '/oauth/token', { body })).body.error).toBe('invalid_request');
  });

  test('takes JSON as well, and refuses what is neither, whatever is in it', async () => {
    const { code, verifier } = await codeFor(world, client, browser);
    const json = (body: unknown) =>
      sendTo(world, '/oauth/token', { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const proof = { client_id: client.id, client_secret: client.secret };
    for (const body of [[], null, 'text', { ...proof, grant_type: ['authorization_code'] }, { ...proof, code: {} }]) {
      expect((await json(body)).body.error).toBe('invalid_request');
    }
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', '']) {
      const refused = await sendTo(world, '/oauth/token', { headers: { 'content-type': type }, body: 'x' });
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
    }
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: CALLBACK };
    expect((await json({ ...proof, ...grant })).status).toBe(200);
  });

  test('takes nothing from the address, and no other method', async () => {
    const { code, verifier } = await codeFor(world, client, browser);
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: CALLBACK };
    const query = new URLSearchParams({ client_id: client.id, client_secret: client.secret });
    const inUrl = await sendTo(world, `/oauth/token?${query}`, { body: new URLSearchParams(grant) });
    expect([inUrl.status, inUrl.body.error]).toEqual([400, 'invalid_request']);
    for (const method of ['GET', 'PUT', 'OPTIONS', 'DELETE']) {
      expect((await fetch(`${world.url}/oauth/token`, { method })).status).toBe(405);
    }
    expect((await redeem(world, client, { code, verifier })).status).toBe(200);
    expect(world.logLines.join()).not.toContain(client.secret);
  });

  test('is offered to no page of another site', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    for (const path of ['/oauth/token', '/oauth/introspect', '/.well-known/oauth-authorization-server']) {
      for (const method of ['OPTIONS', 'POST', 'GET']) {
        const response = await fetch(`${world.url}${path}`, { method, headers });
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    }
  });
});

describe('A client proves itself', () => {
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const encoded = (text: string) =>
    [...text].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  const introspect = (headers: Record<string, string>, parameters: Record<string, string> = {}) =>
    sendTo(world, '/oauth/introspect', { headers, body: new URLSearchParams({ token: 'x', ...parameters }) });

  test('by Basic, form-encoded as the standard says or as it is', async () => {
    expect((await introspect(basic(client.id, client.secret))).status).toBe(200);
    expect((await introspect(basic(encoded(client.id), encoded(client.secret)))).status).toBe(200);
    expect((await introspect(basic(client.id, client.secret), { client_id: client.id })).status).toBe(200);
  });

  test.each([
    ['by nothing', {}, {}],
    ['by its id alone', {}, { client_id: 'ID' }],
    ['by the secret of another', { authorization: 'OTHERS' }, {}],
    ['by a bearer token', { authorization: 'Bearer x' }, {}],
    ['by half an encoding', { authorization: `Basic ${Buffer.from('%zz:%zz').toString('base64')}` }, {}],
    ['by no colon', { authorization: `Basic ${Buffer.from('x').toString('base64')}` }, {}],
    ['by no base64', { authorization: 'Basic ***' }, {}],
    ['by a NUL', { authorization: `Basic ${Buffer.from('\0:\0').toString('base64')}` }, {}],
  ])('not %s: 401, and how to', async (_, headers: { authorization?: string }, parameters) => {
    const authorization =
      headers.authorization === 'OTHERS' ? basic(client.id, other.secret).authorization : headers.authorization;
    const given: Record<string, string> = 'client_id' in parameters ? { client_id: client.id } : {};
    const refused = await introspect(authorization === undefined ? {} : { authorization }, given);
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  test.each([
    ['twice over', () => ({ client_secret: client.secret, client_id: client.id })],
    ['under two names', () => ({ client_id: other.id })],
  ])('not %s', async (_, parameters) => {
    const refused = await introspect(basic(client.id, client.secret), parameters());
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
  });

  test('by the old secret while it overlaps with the new one, and no longer', async () => {
    const rotated = await publicConnection(world, { name: 'Rotated' });
    const owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
    const { clientSecret } = await mutate(
      world,
      owner,
      'rotateClientSecret',
      { connectionId: rotated.id },
      'clientSecret',
    );
    for (const secret of [rotated.secret, clientSecret]) {
      expect((await introspect(basic(rotated.id, secret))).status).toBe(200);
    }
    await mutate(world, owner, 'rotateClientSecret', { connectionId: rotated.id, overlapHours: 0 }, 'clientSecret');
    expect((await introspect(basic(rotated.id, rotated.secret))).status).toBe(401);
  });

  test('and is held up after twenty wrong secrets, from there alone, without a word in the log', async () => {
    const guessed = await publicConnection(world, { name: 'Guessed' });
    const guess = () => introspect(basic(guessed.id, other.secret));
    const statuses: number[] = [];
    for (let n = 0; n < 22; n++) statuses.push((await guess()).status);
    expect(statuses).toEqual([...Array(20).fill(401), 429, 429]);
    const right = await introspect(basic(guessed.id, guessed.secret));
    expect([right.status, right.body.error]).toEqual([429, 'slow_down']);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await introspect(basic(client.id, client.secret))).status).toBe(200); // another client, from there, too
    await world.sql(`update sign_in_allowance set counted_at = counted_at - interval '2 minutes'`);
    expect((await introspect(basic(guessed.id, guessed.secret))).status).toBe(200);
    expect(world.logLines.join()).not.toContain(other.secret);
  });
});

describe('Of the tokens of another client', () => {
  let tokens: { access_token: string; refresh_token: string };
  beforeEach(async () => {
    tokens = await install(world, client, browser);
  });

  test('introspection says that they are not active, as of anything else', async () => {
    for (const token of [tokens.access_token, tokens.refresh_token, 'x', 'gth_oat_x', '\0']) {
      expect(await tell(world, other, '/oauth/introspect', { token })).toMatchObject({
        status: 200,
        body: { active: false },
      });
      expect((await tell(world, other, '/oauth/introspect', { token })).body).toEqual({ active: false });
    }
    expect((await tell(world, client, '/oauth/introspect', { token: tokens.access_token })).body.active).toBe(true);
  });

  test('revocation says that it is done, and does nothing', async () => {
    for (const token of [tokens.access_token, tokens.refresh_token, 'x']) {
      expect(await tell(world, other, '/oauth/revoke', { token })).toMatchObject({ status: 200, body: {} });
    }
    expect(await statusOf(tokens.access_token)).toBe(200);
    expect((await refresh(world, client, tokens.refresh_token)).status).toBe(200);
  });

  test('of an internal connection nothing is told to any client', async () => {
    const { token } = await world.connection(['CONTENT_READ']);
    expect((await tell(world, client, '/oauth/introspect', { token })).body).toEqual({ active: false });
    await tell(world, client, '/oauth/revoke', { token });
    expect(await statusOf(token)).toBe(200);
  });

  test('an access token can be ended by itself', async () => {
    await tell(world, client, '/oauth/revoke', { token: tokens.access_token });
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await refresh(world, client, tokens.refresh_token)).status).toBe(200);
  });
});

describe('What was chosen', () => {
  test('may be nothing', async () => {
    const tokens = await install(world, client, await world.signedIn(await world.person()));
    expect(await pagesOf(tokens.access_token)).toEqual([]);
  });

  test('is shared when the code is redeemed, and not before', async () => {
    const person = await world.person();
    const open = () => world.sql('select 1 from share');
    const before = (await open()).length;
    const installations = () => world.sql('select 1 from installation where installed_by = $1', [person.id]);
    const asked = await codeFor(world, client, await world.signedIn(person), { pages: [page] });
    expect((await open()).length).toBe(before);
    expect(await installations()).toEqual([]);
    const { body } = await redeem(world, client, asked);
    const shares = await world.sql(
      'select granted_by, access, expires_at from share where resource_id = $1 and granted_by = $2',
      [page, person.id],
    );
    expect(shares).toEqual([{ granted_by: person.id, access: 31, expires_at: null }]);
    expect((await open()).length).toBe(before + 1);
    expect(await pagesOf(body.access_token)).toEqual(['Plans']);
  });

  test('leaves out what is gone or in the trash by then', async () => {
    const [trashed, gone] = [await world.page({ title: 'Trashed' }), await world.page({ title: 'Gone' })];
    const asked = await codeFor(world, client, await world.signedIn(await world.person()), {
      pages: [page, trashed, gone],
    });
    await world.sql('update page set in_trash = true where id = $1', [trashed]);
    await world.sql('delete from page where id = $1', [gone]);
    const { body } = await redeem(world, client, asked);
    expect(await pagesOf(body.access_token)).toEqual(['Plans']);
  });

  test('leaves out what is in another workspace or nowhere', async () => {
    const asked = await codeFor(world, client, await world.signedIn(await world.person()), { pages: [page, newId()] });
    expect(await pagesOf((await redeem(world, client, asked)).body.access_token)).toEqual(['Plans']);
  });

  test('adds up when she installs it again: one bot, the tokens before end', async () => {
    const person = await world.signedIn(await world.person());
    const more = await world.page({ title: 'More' });
    const first = await install(world, client, person, { pages: [page] });
    const second = await install(world, client, person, { pages: [more, page] });
    expect(second.bot_id).toBe(first.bot_id);
    expect(await pagesOf(second.access_token)).toEqual(['More', 'Plans']);
    expect(await statusOf(first.access_token)).toBe(401);
    expect((await refresh(world, client, first.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('is hers alone: somebody else has an installation of her own', async () => {
    const [one, another] = [await world.signedIn(await world.person()), await world.signedIn(await world.person())];
    const first = await install(world, client, one, { pages: [page] });
    const second = await install(world, client, another);
    expect(second.bot_id).not.toBe(first.bot_id);
    expect(await pagesOf(first.access_token)).toEqual(['Plans']);
    expect(await pagesOf(second.access_token)).toEqual([]);
  });
});

describe('The policy of a workspace', () => {
  let owner: { id: string };
  beforeAll(async () => {
    owner = await world.person({ name: 'Olga', role: 'OWNER' });
  });
  afterEach(() => policy({ who_may_install: 'ANYONE', owners_only_shares: false }));
  const policy = (rules: Record<string, unknown>) =>
    world.sql(`update workspace set ${Object.keys(rules).map((name, at) => `${name} = $${at + 2}`)} where id = $1`, [
      world.workspaceId,
      ...Object.values(rules),
    ]);
  const offered = async (person: SignedIn, asking: Client) => {
    const { text } = await visit(world, person, askingFor(asking, challenge));
    return { allow: text.includes('value="allow"'), text };
  };

  test('may keep installing to owners: a member is told so, and cannot press what is not there', async () => {
    await policy({ who_may_install: 'OWNERS' });
    const { allow, text } = await offered(browser, client);
    expect(allow).toBe(false);
    expect(text).toContain('Only owners install connections here.');
    await expect(consent(world, browser, askingFor(client, challenge))).rejects.toThrow('422');
    expect((await offered(await world.signedIn(owner), client)).allow).toBe(true);
  });

  test('may ask for approval, which an owner gives by installing', async () => {
    await policy({ who_may_install: 'APPROVED_ONLY' });
    const fresh = await publicConnection(world, { name: 'Fresh' });
    expect((await offered(browser, fresh)).text).toContain('Owners have not approved this connection here.');
    await install(world, fresh, await world.signedIn(owner));
    expect((await offered(browser, fresh)).allow).toBe(true);
    await install(world, fresh, browser);
    const [entry] = await world.sql(
      `select target_id from audit_entry where action = 'connection.approved' order by position desc limit 1`,
    );
    expect(entry).toEqual({ target_id: fresh.id });
  });

  test('counts when the code is redeemed, not when it was made', async () => {
    const asked = await codeFor(world, client, browser);
    await policy({ who_may_install: 'OWNERS' });
    expect((await redeem(world, client, asked)).body.error).toBe('invalid_grant');
  });

  test('may keep shares to owners: then a member installs it without any page', async () => {
    await policy({ owners_only_shares: true });
    const person = await world.signedIn(await world.person());
    const { text } = await visit(world, person, askingFor(client, challenge));
    expect(text).toContain('Only owners share pages here.');
    expect(text).not.toContain('name="page"');
    expect(await pagesOf((await install(world, client, person, { pages: [page] })).access_token)).toEqual([]);
    const boss = await world.signedIn(await world.person({ role: 'OWNER' }));
    expect(await pagesOf((await install(world, client, boss, { pages: [page] })).access_token)).toEqual(['Plans']);
  });

  test('of a deleted workspace counts for nothing: it is no choice, and what was installed there is refused', async () => {
    const [workspaceId, person] = [newId(), await world.person()];
    await world.sql(`insert into workspace (id, name) values ($1, 'Short-lived')`, [workspaceId]);
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'MEMBER')`, [
      workspaceId,
      person.id,
    ]);
    const session = await world.signedIn(person);
    const tokens = await install(world, client, session, { workspaceId });
    const asked = await codeFor(world, client, session, { workspaceId });
    await world.sql('update workspace set deleted_at = now() where id = $1', [workspaceId]);
    expect((await offered(session, client)).text).not.toContain('Short-lived');
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await refresh(world, client, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await redeem(world, client, asked)).body.error).toBe('invalid_grant');
  });
});

describe('On the very next request it counts that', () => {
  let person: { id: string };
  let own: SignedIn;
  let installed: Client;
  let tokens: { access_token: string; refresh_token: string; bot_id: string };
  beforeEach(async () => {
    installed = await publicConnection(world, { name: 'Installed', capabilities: ['CONTENT_READ', 'USER_READ_EMAIL'] });
    person = await world.person();
    own = await world.signedIn(person);
    tokens = await install(world, installed, own, { pages: [page] });
  });
  const owner = async () => signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
  const emailSeen = async () => {
    const { data } = await post(
      `${world.url}/graphql`,
      tokens.access_token,
      `{ user(id: "${ada.id}") { ... on Person { email } } }`,
    );
    return (data as { user: { email: string | null } }).user.email;
  };

  test('she left: no token works, none is given', async () => {
    await world.sql('update membership set ended_at = now() where person_id = $1', [person.id]);
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await refresh(world, installed, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await tell(world, installed, '/oauth/introspect', { token: tokens.access_token })).body).toEqual({
      active: false,
    });
  });

  test('she became a guest: it reaches what she reaches of its pages, and no e-mail address', async () => {
    expect(await emailSeen()).not.toBeNull();
    await world.sql(`update membership set role = 'GUEST' where person_id = $1`, [person.id]);
    expect(await pagesOf(tokens.access_token)).toEqual([]);
    expect(await emailSeen()).toBeNull();
    await world.sql(
      'insert into share (workspace_id, id, person_id, resource_id, access) values ($1, $2, $3, $4, 31)',
      [world.workspaceId, newId(), person.id, page],
    );
    expect(await pagesOf(tokens.access_token)).toEqual(['Plans']);
  });

  test('she, or an owner, disconnected it', async () => {
    const [{ id } = { id: '' }] = await world.sql<{ id: string }>('select id from installation where bot_id = $1', [
      tokens.bot_id,
    ]);
    const member = signedIn(world, person, 'MEMBER');
    expect((await mutate(world, member, 'uninstallConnection', { installationId: id })).userErrors).toEqual([]);
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await refresh(world, installed, tokens.refresh_token)).body.error).toBe('invalid_grant');
    const again = await install(world, installed, own);
    expect(again.bot_id).not.toBe(tokens.bot_id);
    expect(await pagesOf(again.access_token)).toEqual([]);
  });

  test('its home suspended it, and resumed it', async () => {
    const her = await owner();
    await mutate(world, her, 'suspendConnection', { id: installed.id });
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await refresh(world, installed, tokens.refresh_token)).status).toBe(401);
    await mutate(world, her, 'resumeConnection', { id: installed.id });
    expect(await statusOf(tokens.access_token)).toBe(200);
  });

  test('its home lowered what it asks for; what it raised waits for her', async () => {
    const her = await owner();
    await mutate(world, her, 'updateConnection', { id: installed.id, capabilities: ['CONTENT_READ'] });
    expect(await emailSeen()).toBeNull();
    await mutate(world, her, 'updateConnection', {
      id: installed.id,
      capabilities: ['CONTENT_READ', 'USER_READ_EMAIL'],
    });
    expect(await emailSeen()).toBeNull();
    const refreshed = await refresh(world, installed, tokens.refresh_token);
    tokens = refreshed.body; // refreshing agrees to nothing
    expect(await emailSeen()).toBeNull();
    tokens = await install(world, installed, own);
    expect(await emailSeen()).not.toBeNull();
  });

  test('its home lowered what it asks for after she agreed, before the code was redeemed', async () => {
    const asked = await codeFor(world, installed, own);
    await mutate(world, await owner(), 'updateConnection', { id: installed.id, capabilities: ['CONTENT_READ'] });
    tokens = (await redeem(world, installed, asked)).body;
    expect(await emailSeen()).toBeNull();
  });

  test('an owner of the workspace cannot get a token of it', async () => {
    const elsewhere = await world.sql<{ id: string }>(
      `insert into workspace (id, name) values ($1, 'Elsewhere') returning id`,
      [newId()],
    );
    const workspaceId = elsewhere[0]?.id as string;
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'MEMBER')`, [
      workspaceId,
      person.id,
    ]);
    await install(world, installed, own, { workspaceId });
    const boss = await world.person();
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'OWNER')`, [
      workspaceId,
      boss.id,
    ]);
    const her = signedIn(world, boss, 'OWNER', { workspaceId });
    for (const mutation of ['rotateToken', 'revealToken']) {
      const { userErrors } = await mutate(world, her, mutation, { connectionId: installed.id });
      expect(userErrors, mutation).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
  });
});

test('no code, token or secret of a client is anywhere in the log, the audit log or the database', async () => {
  const person = await world.signedIn(await world.person());
  const asked = await codeFor(world, client, person);
  const { body: tokens } = await redeem(world, client, asked);
  const { body: next } = await refresh(world, client, tokens.refresh_token);
  const secrets = [
    asked.code,
    tokens.access_token,
    tokens.refresh_token,
    next.access_token,
    next.refresh_token,
    client.secret,
  ];
  const tables = await world.sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const rows: string[] = [...world.logLines];
  for (const { name } of tables) {
    rows.push(...(await world.sql<{ row: string }>(`select t::text as row from "${name}" t`)).map(({ row }) => row));
  }
  const everything = rows.join('\n');
  const hex = (text: string) => Buffer.from(text).toString('hex');
  expect(secrets.filter((one) => everything.includes(one) || everything.includes(hex(one)))).toEqual([]);
});
