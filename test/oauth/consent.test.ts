// The consent page: what it says and refuses, and how somebody gets through it in a real browser without scripts.

import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/id.js';
import { hashPassword } from '../../src/people/password.js';
import { storePassword } from '../../src/people/sign-in.js';
import { launchChromium } from '../server/chromium.js';
import { openWorld, post, type SignedIn, type World } from '../world.js';
import { askingFor, type Client, pkce, publicConnection, redeem, visit } from './installing.js';

const PASSWORD = 'correct horse battery';
/** Pictures of what was seen are left there, when it is named. */
const PICTURES = process.env.GATEHOUSE_PICTURES;
/** One pixel. */
const LOGO = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let world: World;
let app: Server;
let callback: string;
let client: Client;
let ada: { id: string; email: string };
let signedIn: SignedIn;
let handbook: string;
let secret: string;

/** What the program of the developer was sent back with. */
const arrived: URL[] = [];
let appPage = '';

beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
  app = createServer((request, response) => {
    const url = new URL(request.url as string, callback);
    if (url.pathname === '/callback') arrived.push(url);
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(url.pathname === '/' ? appPage : '<h1>Welcome back</h1>');
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  callback = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;
  client = await publicConnection(world, {
    name: 'Roadmap <b>Reporter</b>',
    capabilities: ['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ'],
    redirectUris: ['http://127.0.0.1/callback', 'https://app.example.org/callback'],
    supportEmail: 'help@partner.example',
    logo: LOGO,
  });
  ada = await world.person({ name: 'Ada', email: 'ada@example.org' });
  signedIn = await world.signedIn(ada);
  await storePassword(world.store.em(), ada.id, await hashPassword(world.store.keys, PASSWORD));
  handbook = await world.page({ title: 'Handbook' });
  const chapter = await world.page({ title: 'Chapter one', under: handbook });
  await world.page({ title: 'Holidays', under: chapter });
  secret = await world.page({ title: 'Salaries' });
  const tasks = await world.database({
    title: 'Tasks',
    under: handbook,
    properties: [
      { id: 'title', name: 'Name', type: 'TITLE' },
      { id: 'pts', name: 'Points', type: 'NUMBER' },
      { id: 'done', name: 'Done', type: 'CHECKBOX' },
    ] as never,
  });
  await world.page({ title: 'Write it down', under: tasks.dataSourceId, props: { pts: 3, done: true } as never });
  await world.page({ title: 'Read it again', under: tasks.dataSourceId, props: { pts: 5 } as never });
});
afterAll(async () => {
  await new Promise((resolve) => app.close(resolve));
  await world[Symbol.asyncDispose]();
});

const asked = (challenge = pkce().challenge): string => askingFor(client, challenge, { redirect_uri: callback });
const pressed = (consent: string | null, press: string, more: [string, string][] = []): URLSearchParams =>
  new URLSearchParams([['consent', consent ?? ''], ['workspace', world.workspaceId], ['do', press], ...more]);
const codes = async (): Promise<number> =>
  (await world.sql<{ count: number }>('select count(*)::int as count from authorization_code'))[0]?.count ?? 0;

describe('The page', () => {
  test('cannot be framed, kept, or made to load or run anything from elsewhere', async () => {
    const { headers, text } = await visit(world, signedIn, asked());
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(text).not.toMatch(/<script|<iframe|\son\w+=|style="/);
    expect(text).not.toContain('<b>');
    const https = await visit(
      world,
      signedIn,
      askingFor(client, pkce().challenge, { redirect_uri: 'https://app.example.org/callback' }),
    );
    expect(https.headers.get('content-security-policy')).toContain("form-action 'self' https:;");
  });

  test('says who asks, what it can and cannot do, and where she is sent back to', async () => {
    const { text } = await visit(world, signedIn, asked());
    const plain = text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    for (const words of [
      'Roadmap &lt;b&gt;Reporter&lt;/b&gt;',
      'by Partner Ltd',
      'help@partner.example',
      'Ada (ada@example.org)',
      'It can Content and comments on the pages you choose alone. Read content Update content Read user information without e-mail addresses',
      'It cannot Insert content Read comments Insert comments Read e-mail addresses of people',
      new URL(callback).host,
    ]) {
      expect(plain.replaceAll(' )', ')').replaceAll('( ', '('), words).toContain(words);
    }
    expect(text).toMatch(/<img src="\/logos\/[0-9a-f]{64}"/);
  });

  test('links to https alone, whatever came to stand in the database', async () => {
    await world.sql(
      `update connection set website_url = 'javascript:alert(1)', terms_url = 'data:text/html,x' where id = $1`,
      [client.id],
    );
    const { text } = await visit(world, signedIn, asked());
    await world.sql(
      `update connection set website_url = 'https://partner.example', terms_url = 'https://partner.example/terms' where id = $1`,
      [client.id],
    );
    expect(text).not.toMatch(/javascript:|data:/);
    expect(text).toContain('href="https://partner.example/privacy"');
  });

  test('sends who is not signed in to sign in, and nowhere else afterwards', async () => {
    const search = asked();
    const { status, location } = await visit(world, null, search);
    expect(status).toBe(303);
    expect(location).toBe(`/sign-in?next=${encodeURIComponent(`/oauth/authorize${search}`)}`);
    for (const next of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/account',
      '/oauth/authorize',
      '/console//evil.example/../',
      '/consoles',
      '/console/\\evil.example',
    ]) {
      const page = await (await fetch(`${world.url}/sign-in?next=${encodeURIComponent(next)}`)).text();
      expect({ next, goesThere: !page.includes('action="/sign-in"') }).toEqual({ next, goesThere: false });
    }
    for (const next of ['/console', '/console/0192f0c1/audit', '/console/0192f0c1/audit?action=token.rotated']) {
      const page = await (await fetch(`${world.url}/sign-in?next=${encodeURIComponent(next)}`)).text();
      expect(page).toContain(`action="/sign-in?next=${encodeURIComponent(next)}"`);
    }
  });

  test('offers the workspaces where it may be installed, and says why not the others', async () => {
    const chosen = newId();
    const guest = await world.person({ role: 'GUEST' });
    const limited = await publicConnection(world, { installationScope: 'SELECTED', selectedWorkspaces: [chosen] });
    const search = askingFor(limited, pkce().challenge);
    const { text } = await visit(world, signedIn, search);
    expect(text).toContain('This connection is offered to other workspaces only.');
    expect(text).not.toContain('value="allow"');
    const refused = await visit(
      world,
      signedIn,
      search,
      pressed(text.match(/name="consent" value="([^"]*)"/)?.[1] ?? '', 'allow'),
    );
    expect([refused.status, refused.location]).toEqual([422, null]);
    expect((await visit(world, await world.signedIn(guest), asked())).text).toContain('Guests install no connections.');
    await world.sql(`insert into workspace (id, name) values ($1, 'Branch')`, [chosen]);
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'MEMBER')`, [
      chosen,
      ada.id,
    ]);
    expect((await visit(world, signedIn, search)).text).toMatch(/to Branch\?/);
    await world.sql('delete from membership where workspace_id = $1', [chosen]);
  });

  test('shows the page tree with how much comes along, finds rows, and keeps what was chosen', async () => {
    const search = asked();
    const { text, consent } = await visit(world, signedIn, search);
    expect(text).toMatch(/Handbook <small>4 subpages come along<\/small>/);
    expect(text).toMatch(/Tasks <small>database · 2 rows come along<\/small>/);
    expect(text).not.toContain('Write it down <small>');
    const more: [string, string][] = [
      ['page', secret],
      ['search', 'write'],
    ];
    const found = await visit(world, signedIn, search, pressed(consent, 'look', more));
    expect(found.text).toMatch(/Write it down <small>in Handbook \/ Tasks<\/small>/);
    expect(found.text).toMatch(new RegExp(`value="${secret}" checked`));
    expect(found.consent).toBe(consent);
  });

  test('opens the tree of a large workspace step by step', async () => {
    const large = newId();
    await world.sql(`insert into workspace (id, name) values ($1, 'Large')`, [large]);
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'MEMBER')`, [
      large,
      ada.id,
    ]);
    await world.sql(
      `with made as (
         select gen_random_uuid() as id, n from generate_series(1, 1500) n)
       insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors)
       select $1, id, case when n = 1 then 'WORKSPACE' else 'PAGE' end,
              case when n > 1 then (select id from made where n = 1) end, 'Page ' || lpad(n::text, 4, '0'),
              case when n = 1 then array[id] else array[(select id from made where n = 1), id] end from made`,
      [large],
    );
    const search = asked();
    const { consent } = await visit(world, signedIn, search);
    const inLarge = (more: [string, string][]) =>
      visit(world, signedIn, search, new URLSearchParams([['consent', consent ?? ''], ['workspace', large], ...more]));
    const closed = await inLarge([['do', 'look']]);
    expect(closed.text).toMatch(/Page 0001 <small>more than 1,000 subpages come along<\/small>/);
    expect(closed.text.match(/name="page"/g)).toHaveLength(1);
    const root = closed.text.match(/name="opening" value="([^"]*)"/)?.[1] as string;
    const open = await inLarge([['opening', root]]);
    expect(open.text.match(/name="page"/g)).toHaveLength(201);
    expect(open.text).toContain('There are more. Search for them.');
    expect(open.text).toContain(`name="open" value="${root}"`);
    expect((await inLarge([['search', '1499']])).text).toMatch(/Page 1499 <small>in Page 0001<\/small>/);
    await world.sql('delete from membership where workspace_id = $1', [large]);
  });

  test('shows three real rows of what was chosen, with what stays hidden', async () => {
    const search = asked();
    const { consent } = await visit(world, signedIn, search);
    const { text } = await visit(world, signedIn, search, pressed(consent, 'look', [['page', handbook]]));
    const preview = text
      .slice(text.indexOf('class="preview"'))
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
    expect(preview).toContain('Points 5');
    expect(preview).toContain('Points 3');
    expect(preview).toContain('Your name Ada');
    expect(preview).toMatch(/Your e-mail address Hidden needs “Read user information with e-mail addresses”/);
    expect(preview).not.toContain('Salaries');
    expect(text.match(/<section><h3>/g)).toHaveLength(4);
    const blind = await publicConnection(world, { name: 'Writer', capabilities: ['CONTENT_INSERT'] });
    const writing = askingFor(blind, pkce().challenge);
    const shown = await visit(world, signedIn, writing);
    const { text: nothing } = await visit(
      world,
      signedIn,
      writing,
      pressed(shown.consent, 'look', [['page', handbook]]),
    );
    expect(nothing).not.toContain('>5<');
    expect(nothing).toContain('needs “Read content”');
    expect(nothing).toMatch(/Your name<\/dt><dd>Hidden/);
  });
});

describe('An answer', () => {
  test('is taken once: a second one makes nothing', async () => {
    const search = asked();
    const { consent } = await visit(world, signedIn, search);
    const before = await codes();
    const both = await Promise.all([1, 2].map(() => visit(world, signedIn, search, pressed(consent, 'allow'))));
    expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
    const later = await visit(world, signedIn, search, pressed(consent, 'allow'));
    expect(later.status).toBe(409);
    expect(later.text).toContain('was answered already');
    expect(await codes()).toBe(before + 1);
  });

  test.each([
    ['by a page of another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['by another site of the same machine', {}, { 'sec-fetch-site': 'same-site' }],
    ['with a foreign origin', {}, { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['without the nonce', { consent: '' }, {}],
    ['with a nonce of her own making', { consent: `x.${Date.now() + 1_000}.x` }, {}],
  ])('is refused when it is sent %s', async (_, change: { consent?: string }, headers: Record<string, string>) => {
    const search = asked();
    const { consent } = await visit(world, signedIn, search);
    const before = await codes();
    for (const press of ['allow', 'cancel', 'look']) {
      const form = pressed(change.consent ?? consent, press);
      const { status, location } = await visit(world, signedIn, search, form, headers);
      expect([status, location], press).toEqual([403, null]);
    }
    expect(await codes()).toBe(before);
  });

  test('is refused in another session, to another request, and half an hour later', async () => {
    const search = asked();
    const { consent } = await visit(world, signedIn, search);
    const form = pressed(consent, 'allow');
    expect((await visit(world, await world.signedIn(ada), search, form)).status).toBe(403);
    expect((await visit(world, signedIn, `${search}x`, form)).status).toBe(403);
    expect((await visit(world, signedIn, asked(), form)).status).toBe(403);
    expect((await visit(world, null, search, form)).location).toMatch(/^\/sign-in\?next=/);
    const [nonce, until, seal] = (consent ?? '').split('.');
    const older = [nonce, String(Number(until) - 1), seal].join('.');
    expect((await visit(world, signedIn, search, pressed(older, 'allow'))).status).toBe(403);
    expect((await visit(world, signedIn, search, form)).status).toBe(303);
  });

  test('of somebody whose session has ended is none', async () => {
    const session = await world.signedIn(ada);
    const search = asked();
    const { consent } = await visit(world, session, search);
    await world.sql('update session set ended_at = now() where id = $1', [session.sessionId]);
    expect((await visit(world, session, search, pressed(consent, 'allow'))).location).toMatch(/^\/sign-in/);
  });
});

describe('In a browser without scripts', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    arrived.length = 0;
    context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1100, height: 900 } });
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const picture = async (name: string) => {
    if (!PICTURES) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
    }
  };
  const signIn = async () => {
    await page.getByLabel('E-mail address').fill(ada.email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  test('she signs in, chooses pages, sees what it would see, and allows it', async () => {
    const { challenge, verifier } = pkce();
    await page.goto(`${world.url}/oauth/authorize${asked(challenge)}`);
    await signIn();
    expect(new URL(page.url()).pathname).toBe('/oauth/authorize');
    await picture('consent');
    await page.getByText('Below Handbook').click();
    await page.getByLabel('Tasks').check();
    await page.getByLabel('Find a page').fill('holi');
    await page.getByLabel('Find a page').press('Enter'); // looks, and never allows
    await page.getByLabel('Holidays').check();
    await picture('consent-found');
    await page.getByRole('button', { name: 'Show the preview' }).click();
    await page.getByLabel('Find a page').fill('');
    await page.getByRole('button', { name: 'Search' }).click();
    await picture('consent-preview');
    expect(await page.getByLabel('Tasks').isChecked()).toBe(true);
    expect(await page.locator('.preview').innerText()).toContain('Write it down');
    expect(arrived).toEqual([]);
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await page.innerText('h1')).toBe('Welcome back');
    const [back] = arrived;
    expect(back?.searchParams.get('iss')).toBe(world.url);
    const code = back?.searchParams.get('code') as string;
    const { body: tokens } = await redeem(world, client, { code, verifier }, { redirect_uri: callback });
    const { data } = await post(`${world.url}/graphql`, tokens.access_token, '{ pages { nodes { title } } }');
    const titles = (data as { pages: { nodes: { title: string }[] } }).pages.nodes.map(({ title }) => title);
    expect(titles.sort()).toEqual(['Holidays', 'Read it again', 'Write it down']);
    await page.goto(`${world.url}/oauth/authorize${asked()}`);
    expect(await page.getByText('Open to it already').innerText()).toContain('Holidays, Tasks');
  });

  test('she says no', async () => {
    await page.goto(`${world.url}/oauth/authorize${asked()}`);
    await signIn();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(arrived.map(({ searchParams }) => searchParams.get('error'))).toEqual(['access_denied']);
  });

  test('she presses Allow twice in a hurry, and one code is made', async () => {
    await page.goto(`${world.url}/oauth/authorize${asked()}`);
    await signIn();
    const before = await codes();
    await page.getByRole('button', { name: 'Allow' }).dblclick();
    await page.getByRole('heading', { name: /Welcome back|Nothing was done/ }).waitFor();
    expect(await codes()).toBe(before + 1);
  });

  test('a page of the client frames it and sees nothing, and posts to it and does nothing', async () => {
    await page.goto(`${world.url}/oauth/authorize${asked()}`);
    await signIn();
    const consent = await page.locator('input[name=consent]').getAttribute('value');
    const here = page.url();
    const before = await codes();
    const escaped = here.replaceAll('&', '&amp;');
    appPage = `<iframe src="${escaped}"></iframe>
      <form method="post" action="${escaped}"><input name="consent" value="${consent}">
        <input name="workspace" value="${world.workspaceId}"><button name="do" value="allow">Win a prize</button></form>`;
    await page.goto(new URL('/', callback).href);
    const [, frame] = page.frames();
    expect(frame?.url()).toMatch(/^chrome-error:/);
    await page.getByRole('button', { name: 'Win a prize' }).click();
    expect(await page.innerText('h1')).toBe('Nothing was done');
    expect(await codes()).toBe(before);
    await picture('refused');
  });

  test('a small screen shows it, too', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${world.url}/oauth/authorize${asked()}`);
    await signIn();
    await picture('consent-small');
    const wide = await page
      .locator('main')
      .evaluate((main) => (main as unknown as { scrollWidth: number }).scrollWidth);
    expect(wide).toBeLessThanOrEqual(360);
  });
});
