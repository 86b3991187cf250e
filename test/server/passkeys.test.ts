// The pages that have to do with passkeys: what they answer over HTTP to who is up to no good, and how somebody adds a
// passkey, signs in with it and deletes it in a real browser, whose authenticator is a virtual one.

import type { CDPSession, Browser as Chromium, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Id } from '../../src/lib/id.js';
import { hashPassword } from '../../src/people/password.js';
import { Authenticator } from '../people/authenticator.js';
import { openWorld, type World } from '../world.js';
import { type AnotherDoor, openAnotherDoor } from './another-door.js';
import { Browser } from './browser.js';
import { launchChromium, withoutBrowser } from './chromium.js';
import { send } from './wire.js';

const PASSWORD = 'correct battery horse';
const SCRIPTED =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  "script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

let world: World;
let door: AnotherDoor;
beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
  door = await openAnotherDoor(world, { host: 'localhost' });
});
afterAll(async () => {
  await door.close();
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.sql('delete from sign_in_allowance');
});

/** Somebody with a password. */
async function account(name = 'Ada'): Promise<{ id: Id; email: string }> {
  const person = await world.person({ name });
  await world.sql('insert into person_secret (person_id, password_hash) values ($1, $2)', [
    person.id,
    await hashPassword(world.store.keys, PASSWORD),
  ]);
  return person;
}

async function signedInBrowser(email: string): Promise<Browser> {
  const browser = new Browser(door.url);
  await browser.open('/sign-in');
  await browser.submit({ email, password: PASSWORD });
  return browser;
}

const challengeFor = async (
  browser: Browser,
  path: string,
  fields: Record<string, string> = { csrf: browser.csrf },
) => {
  const body = new URLSearchParams(fields).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, headers: told, text } = await browser.send({ method: 'POST', path, headers, body });
  return { status, headers: told, told: JSON.parse(text) };
};

/** Adds a passkey as the page's script does. */
async function addPasskey(browser: Browser, key: Authenticator, name = 'Phone'): Promise<void> {
  await browser.open('/account/passkeys');
  const { csrf } = browser;
  const { told } = await challengeFor(browser, '/account/passkeys/challenge');
  await browser.post('/account/passkeys', { csrf, name, response: JSON.stringify(key.create(told)) });
}

describe('Pages with passkeys', () => {
  test('run files of this gateway alone, and speak to it alone', async () => {
    const browser = await signedInBrowser((await account()).email);
    for (const path of ['/sign-in', '/sign-in/passkey', '/account/passkeys']) {
      const { headers, text } = await browser.open(path);
      expect([path, headers['content-security-policy']]).toEqual([path, SCRIPTED]);
      expect(text.match(/<script[^>]*>/g)).toEqual([
        expect.stringMatching(/^<script src="\/assets\/webauthn-[0-9a-f]{8}\.js" defer>$/),
        expect.stringMatching(/^<script src="\/assets\/passkeys-[0-9a-f]{8}\.js" defer>$/),
      ]);
      expect(text).not.toMatch(/<style|\sstyle=|\son\w+=/);
      for (const [, at] of text.matchAll(/<script src="([^"]+)"/g)) {
        const asset = await send(door.url, { method: 'GET', path: at! });
        expect(asset).toMatchObject({
          status: 200,
          headers: {
            'content-type': 'text/javascript; charset=utf-8',
            'cache-control': 'public, max-age=31536000, immutable',
          },
        });
      }
    }
    for (const path of ['/account', '/sign-out', '/account/password']) {
      const { headers, text } = await browser.open(path);
      expect(headers['content-security-policy']).not.toContain('script-src');
      expect(text).not.toContain('<script');
    }
  });

  test('are as they always were where the gateway is reached by an IP address, which passkeys refuse', async () => {
    const browser = new Browser(world.url);
    const { headers, text } = await browser.open('/sign-in');
    expect(headers['content-security-policy']).not.toContain('script-src');
    expect(text).not.toMatch(/passkey|<script/);
    const { status, told } = await challengeFor(browser, '/sign-in/passkey/challenge');
    expect([status, told.message]).toEqual([422, expect.stringContaining('Passkeys need a host name, but')]);
    await browser.post('/sign-in/passkey', { csrf: browser.csrf, response: '{}' });
    expect(browser.page.status).toBe(422);
  });

  test('give challenges to their own forms alone: not to another site, and by POST', async () => {
    const { email } = await account();
    const browser = await signedInBrowser(email);
    await browser.open('/account/passkeys');
    for (const path of ['/sign-in/passkey/challenge', '/account/passkeys/challenge']) {
      const { status, headers } = await challengeFor(browser, path);
      expect([status, headers['cache-control'], headers['content-type']]).toEqual([
        200,
        'no-store',
        'application/json',
      ]);
      expect((await challengeFor(browser, path, { csrf: 'x' })).status).toBe(403);
      expect((await challengeFor(browser, path, {})).status).toBe(403);
      expect((await challengeFor(new Browser(door.url, { origin: 'https://evil.example' }), path)).status).toBe(403);
      expect(await browser.send({ method: 'GET', path })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    }
    const stranger = new Browser(door.url);
    await stranger.open('/sign-in');
    expect((await challengeFor(stranger, '/account/passkeys/challenge')).status).toBe(403);
  });

  test('take no form of another site', async () => {
    const { email, id } = await account();
    const browser = await signedInBrowser(email);
    await addPasskey(browser, new Authenticator(door.url));
    const [{ id: passkey } = { id: '' }] = await world.sql<{ id: Id }>('select id from passkey where person_id = $1', [
      id,
    ]);
    for (const [path, fields] of [
      ['/sign-in/passkey', { response: '{}' }],
      ['/account/passkeys', { delete: passkey }],
    ] as const) {
      for (const forged of [{ csrf: 'x' }, {} as Record<string, string>]) {
        expect((await browser.post(path, { ...fields, ...forged })).text).toContain('another site sent it');
      }
    }
    expect(await world.sql('select 1 from passkey where id = $1', [passkey])).toHaveLength(1);
  });

  test('sign in, go on to where she was going, and only there', async () => {
    const { email, id } = await account();
    const key = new Authenticator(door.url);
    await addPasskey(await signedInBrowser(email), key);
    const signIn = async (next: string) => {
      const browser = new Browser(door.url);
      await browser.open(`/sign-in?next=${encodeURIComponent(next)}`);
      const { csrf } = browser;
      const response = key.get((await challengeFor(browser, '/sign-in/passkey/challenge')).told);
      const action = /<form method="post" action="(\/sign-in\/passkey[^"]*)"/.exec(browser.page.text)?.[1] ?? '';
      await browser.post(action, { csrf, response });
      return browser;
    };
    expect((await signIn('/account/passkeys')).path).toBe('/account/passkeys');
    const elsewhere = await signIn('https://evil.example/');
    expect(elsewhere.path).toBe('/console');
    expect(await world.sql('select 1 from session where person_id = $1', [id])).toHaveLength(3);
  });

  test('say what was wrong with an answer in the same words and with the same status whatever it was', async () => {
    const { email } = await account();
    const key = new Authenticator(door.url);
    await addPasskey(await signedInBrowser(email), key);
    const attempt = async (answer: (told: object) => string) => {
      const browser = new Browser(door.url);
      await browser.open('/sign-in');
      const { csrf } = browser;
      const { told } = await challengeFor(browser, '/sign-in/passkey/challenge');
      const { status, text } = await browser.post('/sign-in/passkey', { csrf, response: answer(told) });
      return { status, text: text.replaceAll(browser.csrf, ''), alert: browser.alert };
    };
    const answers = await Promise.all([
      attempt((told) => key.get(told, { isVerified: false })),
      attempt((told) => key.get(told, { id: Buffer.alloc(32, 1).toString('base64url') })),
      attempt((told) => new Authenticator(door.url).get(told, { userHandle: '' })),
      attempt(() => 'nonsense'),
      attempt(() => ''),
    ]);
    expect(answers[0]).toMatchObject({
      status: 403,
      alert: 'This passkey is not known here, or its answer was not accepted. Try again.',
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('show a list and nothing to do with it once the sign-in is ten minutes old', async () => {
    const { email, id } = await account();
    const browser = await signedInBrowser(email);
    await addPasskey(browser, new Authenticator(door.url), '<b>"Phone"</b>');
    expect(browser.page.text).toContain('&lt;b&gt;&quot;Phone&quot;&lt;/b&gt;</strong>');
    expect(browser.page.text).toContain('>Delete</button>');
    await world.sql(`update session set signed_in_at = now() - interval '11 minutes' where person_id = $1`, [id]);
    await browser.open('/account/passkeys');
    expect(browser.page.text).toContain('Phone');
    expect(browser.page.text).not.toMatch(/<form/);
    expect(browser.page.text).toContain('href="/sign-in?next=%2Faccount%2Fpasskeys"');
    const { status, told } = await challengeFor(browser, '/account/passkeys/challenge', {
      csrf: (await csrfOf(browser)) ?? '',
    });
    expect([status, told.message]).toEqual([422, expect.stringContaining('sign in again')]);
  });

  /** Of another page of hers: the same for all. */
  const csrfOf = async (browser: Browser) => {
    await browser.open('/sign-out');
    return browser.csrf;
  };
});

if (withoutBrowser) test.skip(withoutBrowser);

describe.skipIf(withoutBrowser !== null)('In a browser', () => {
  let chrome: Chromium;
  let page: Page;
  let devtools: CDPSession;
  let complaints: string[];
  beforeAll(async () => {
    chrome = await launchChromium(['localhost', '127.0.0.1']);
  });
  afterAll(() => chrome?.close());
  beforeEach(async () => {
    complaints = [];
    const context = await chrome.newContext({ baseURL: door.url });
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
  });

  const plugIn = async ({ isUserVerified = true, hasResidentKey = true } = {}): Promise<string> => {
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey,
      hasUserVerification: true,
      isUserVerified,
      automaticPresenceSimulation: true,
    } as const;
    return (await devtools.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
  };
  const signIn = async (email: string): Promise<void> => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console**');
    await page.goto('/account');
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
  };
  const byPasskey = () => page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  const alert = async (words: string): Promise<void> => {
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
  };

  test('she adds a passkey, signs out, signs in with it, deletes it, and is refused with it', async () => {
    const { email } = await account('Wanda Walker');
    const authenticatorId = await plugIn();
    await signIn(email);
    await page.getByRole('link', { name: 'Your passkeys' }).click();
    await page.getByLabel('Its name').fill('Laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('listitem').waitFor();
    expect(await page.getByRole('listitem').innerText()).toMatch(
      /^Laptop\s+Added 20\d\d-\d\d-\d\d, not used yet\.\s+Delete$/,
    );
    const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost', userName: email }]);

    // The same device makes no second one.
    await page.getByLabel('Its name').fill('Again');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await alert('There is a passkey for this account on this device already.');

    await page.goto('/account');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await byPasskey();
    await page.waitForURL('**/console**');
    await page.goto('/account');
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    expect(await page.getByText('You are signed in as').innerText()).toContain('Wanda Walker');

    await page.getByRole('link', { name: 'Your passkeys' }).click();
    expect(await page.getByRole('listitem').innerText()).toContain('last used 20');
    await page.getByRole('button', { name: 'Delete Laptop' }).click();
    await page.getByText('You have none yet.').waitFor();
    await page.goto('/account');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await byPasskey();
    await alert('This passkey is not known here');
    expect(await page.title()).toBe('Error: Sign in – Gatehouse');
    expect(complaints).toEqual([expect.stringContaining('403')]); // the last answer itself
  });

  test('who cannot prove that it is she is refused, and tells nobody so but the page', async () => {
    const { email } = await account();
    await plugIn({ isUserVerified: false });
    await signIn(email);
    await page.goto('/account/passkeys');
    await page.getByLabel('Its name').fill('Laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await alert('Nothing was done');
    expect(await page.getByText('You have none yet.').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('without a script the password is there, and no button that would do nothing', async () => {
    const { email } = await account();
    const context = await chrome.newContext({ baseURL: door.url, javaScriptEnabled: false });
    page = await context.newPage();
    await page.goto('/sign-in');
    expect(await page.getByRole('button').allInnerTexts()).toEqual(['Sign in']);
    await signIn(email);
    await page.goto('/account/passkeys');
    expect(await page.getByText('A passkey can only be added with JavaScript.').isVisible()).toBe(true);
    expect(await page.getByRole('button').count()).toBe(0);
  });

  test('at another name of the gateway the page says where passkeys work', async () => {
    const { email } = await account();
    await page.goto(`${door.url.replace('localhost', '127.0.0.1')}/sign-in`);
    await alert(`Passkeys work at ${door.url}.`);
    expect(await page.getByRole('button').allInnerTexts()).toEqual(['Sign in']);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console**');
    await page.goto(new URL('/account', page.url()).href);
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
  });
});
