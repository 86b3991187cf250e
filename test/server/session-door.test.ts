// A signed-in person asks /graphql: what lets her in, where she asks, and what another site could send in her name.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { credentialsOf, openWorld, type SignedIn, type World } from '../world.js';
import { type Reply, type Sent, send } from './wire.js';

const WHO = '{ viewer { id kind workspace { name } person { email } } }';

let world: World;
let ada: { id: string; email: string };
let signedIn: SignedIn;

beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
  ada = await world.person({ name: 'Ada', email: 'ada@example.org' });
  signedIn = await world.signedIn(ada);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** What her browser sends, with what a case changes about it. */
const ask = (headers: Sent['headers'] = {}, sent: Sent = {}): Promise<Reply> =>
  send(world.url, {
    body: JSON.stringify({ query: WHO }),
    ...sent,
    headers: { 'content-type': 'application/json', ...credentialsOf(signedIn), ...headers },
  });

describe('A signed-in person', () => {
  test('asks as herself, in her workspace', async () => {
    const { status, data } = await world.ask(signedIn, WHO);
    expect(status).toBe(200);
    expect(data).toEqual({
      viewer: { id: ada.id, kind: 'PERSON', workspace: { name: 'Home' }, person: { email: 'ada@example.org' } },
    });
  });
});

describe('is refused', () => {
  test('without the token of her session, or with another one', async () => {
    for (const token of ['', 'x', `${signedIn.csrfToken}x`])
      expect((await ask({ 'x-csrf-token': token })).status).toBe(403);
  });
});
