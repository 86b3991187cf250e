// Somebody at a screen of the console, whose browser reaches this gateway and nothing else.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { SignedIn, World } from '../world.js';

/** Where pictures of the screens go when a folder is named. */
const PICTURES = process.env.GATEHOUSE_PICTURES;

export interface Visitor extends AsyncDisposable {
  page: Page;
  /** Requests that wanted to leave for another host. */
  abroad: string[];
  /** Errors of the page's console, uncaught ones, and violations of the content security policy. */
  complaints: string[];
  /** Addresses under /graphql that were asked, one for each request. */
  operations: string[];
  /** Takes a picture of what is in sight, when pictures are wanted. */
  picture(name: string): Promise<void>;
}

// Text, because these tests are typed for Node and not for a page.
const REPORT_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('policy: ' + violatedDirective + ' ' + blockedURI))`;

export interface VisitOptions {
  /** Nobody, when left out. */
  as?: SignedIn;
  scheme?: 'light' | 'dark';
  width?: number;
}

/** Opens a browser's own profile, signed in as `as`. */
export async function visit(browser: Browser, world: World, options: VisitOptions = {}): Promise<Visitor> {
  const { as, scheme = 'light', width = 1280 } = options;
  const context = await browser.newContext({
    baseURL: world.url,
    viewport: { width, height: 860 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
  });
  const [abroad, complaints, operations]: [string[], string[], string[]] = [[], [], []];
  await context.route(
    () => true,
    (route) => {
      const url = new URL(route.request().url());
      if (url.origin === world.url || url.protocol === 'data:' || url.protocol === 'blob:') return route.continue();
      abroad.push(url.href);
      return route.abort();
    },
  );
  await context.addInitScript(REPORT_VIOLATIONS);
  if (as) {
    await context.addCookies([
      { name: 'gatehouse-session', value: as.secret, url: world.url, httpOnly: true, sameSite: 'Lax' },
      { name: 'gatehouse-csrf', value: as.csrfToken, url: world.url, sameSite: 'Lax' },
    ]);
  }
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/graphql') operations.push(request.postDataJSON()?.operationName);
  });
  page.setDefaultTimeout(15_000);
  return {
    page,
    abroad,
    complaints,
    operations,
    picture: async (name) => {
      if (PICTURES === undefined) return;
      await mkdir(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}-${scheme}.png`) });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
