// Clients nobody changed for us go the whole way: discovery, install, use, refresh, introspection, the end.

import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, post, type SignedIn, type World } from '../world.js';
import { CALLBACK, type Client, consent, publicConnection } from './installing.js';

let world: World;
let ada: { id: string; name: string; email: string };
let browser: SignedIn;
let page: string;
let client: Client;

beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
  ada = await world.person({ name: 'Ada', email: 'ada@example.org' });
  browser = await world.signedIn(ada);
  page = await world.page({ title: 'Plans' });
  await world.page({ title: 'Secret' });
  client = await publicConnection(world, { capabilities: ['CONTENT_READ', 'USER_READ', 'USER_READ_EMAIL'] });
});
afterAll(() => world[Symbol.asyncDispose]());

const pagesSeenBy = async (token: string) => {
  const { data, status } = await post(`${world.url}/graphql`, token, '{ pages { nodes { title } } viewer { id } }');
  return { status, ...(data as { pages: { nodes: { title: string }[] }; viewer: { id: string } } | null) };
};

describe.each([
  ['HTTP Basic', () => oidc.ClientSecretBasic(client.secret)],
  ['its secret in the body', () => oidc.ClientSecretPost(client.secret)],
])('openid-client with %s', (_, proof) => {
  test('discovers, installs, refreshes, introspects and revokes', async () => {
    const config = await oidc.discovery(new URL(world.url), client.id, undefined, proof(), {
      algorithm: 'oauth2',
      execute: [oidc.allowInsecureRequests],
    });
    expect(config.serverMetadata()).toMatchObject({
      issuer: world.url,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const asked = oidc.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
    });
    const back = await consent(world, browser, asked.search, { pages: [page] });
    const tokens = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });
    expect(tokens).toMatchObject({
      access_token: expect.stringMatching(/^gth_oat_/),
      refresh_token: expect.stringMatching(/^gth_ort_/),
      token_type: 'bearer',
      expires_in: 3600,
      bot_id: expect.any(String),
      workspace_id: world.workspaceId,
      workspace_name: 'Home',
      workspace_icon: null,
      owner: {
        type: 'user',
        user: { object: 'user', id: ada.id, type: 'person', name: 'Ada', person: { email: 'ada@example.org' } },
      },
      duplicated_template_id: null,
      request_id: expect.any(String),
    });
    expect(await pagesSeenBy(tokens.access_token)).toEqual({
      status: 200,
      pages: { nodes: [{ title: 'Plans' }] },
      viewer: { id: tokens.bot_id },
    });
    const second = await oidc.refreshTokenGrant(config, tokens.refresh_token as string);
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect((await pagesSeenBy(second.access_token)).status).toBe(200);
    expect(await oidc.tokenIntrospection(config, second.access_token)).toMatchObject({
      active: true,
      client_id: client.id,
      scope: 'CONTENT_READ USER_READ USER_READ_EMAIL',
      sub: tokens.bot_id,
      iss: world.url,
    });
    await oidc.tokenRevocation(config, second.refresh_token as string);
    expect((await pagesSeenBy(second.access_token)).status).toBe(401);
    expect(await oidc.tokenIntrospection(config, second.access_token)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(config, second.refresh_token as string)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});

test('oauth4webapi discovers, installs, refreshes, introspects and revokes', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(world.url);
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
  );
  const me: oauth.Client = { client_id: client.id };
  const proof = oauth.ClientSecretBasic(client.secret);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const asked = new URL(as.authorization_endpoint as string);
  asked.search = String(
    new URLSearchParams({
      client_id: client.id,
      redirect_uri: CALLBACK,
      response_type: 'code',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    }),
  );
  const back = oauth.validateAuthResponse(
    as,
    me,
    await consent(world, browser, asked.search, { pages: [page] }),
    state,
  );
  const first = await oauth.processAuthorizationCodeResponse(
    as,
    me,
    await oauth.authorizationCodeGrantRequest(as, me, proof, back, CALLBACK, verifier, insecure),
  );
  const second = await oauth.processRefreshTokenResponse(
    as,
    me,
    await oauth.refreshTokenGrantRequest(as, me, proof, first.refresh_token as string, insecure),
  );
  const introspect = async (token: string) =>
    oauth.processIntrospectionResponse(as, me, await oauth.introspectionRequest(as, me, proof, token, insecure));
  expect(await introspect(second.access_token)).toMatchObject({ active: true, client_id: client.id });
  expect((await pagesSeenBy(second.access_token)).pages?.nodes).toEqual([{ title: 'Plans' }]);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, me, proof, second.refresh_token as string, insecure),
  );
  expect(await introspect(second.access_token)).toEqual({ active: false });
});
