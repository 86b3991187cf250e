// The real browser of the tests. Everybody may run them without one; CI may not.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATH = process.env.GATEHOUSE_CHROMIUM ?? '/usr/bin/chromium';
const HOW_TO_INSTALL =
  'These tests need Chromium: apt-get update && apt-get install --yes --no-install-recommends chromium, ' +
  'or name one with GATEHOUSE_CHROMIUM.';

/** Why tests in a browser are left out here; null where they are run. */
export const withoutBrowser = existsSync(PATH) || process.env.CI ? null : `in a browser: not run. ${HOW_TO_INSTALL}`;

/** Starts it, silent towards the outside: every host but these leads nowhere. Throws how to install it where there is none. */
export async function launchChromium(hosts: readonly string[] = ['127.0.0.1']): Promise<Browser> {
  if (!existsSync(PATH)) throw new Error(HOW_TO_INSTALL);
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=${['MAP * ~NOTFOUND', ...hosts.map((host) => `EXCLUDE ${host}`)].join(', ')}`,
    ],
  });
}
