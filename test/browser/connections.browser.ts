// An owner looks after connections: from nothing to a program that reads, and back.

import { brotliCompressSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../server/chromium.js';
import { openCounted } from '../usage/counted.js';
import { openWorld, post, type SignedIn, type World } from '../world.js';
import { type Visitor, visit } from './visit.js';

describe('The console', () => {
  let world: World;
  let browser: Browser;
  let owner: SignedIn;
  beforeAll(async () => {
    world = await openWorld({ name: 'Acme' });
    browser = await launchChromium();
    const handbook = await world.page({ title: 'Handbook' });
    await world.page({ title: 'Holidays', under: handbook });
    await world.page({ title: 'Payroll' });
    owner = await world.signedIn(await world.person({ name: 'Olga', email: 'olga@example.org', role: 'OWNER' }));
  });
  afterAll(async () => {
    await browser?.close();
    await world[Symbol.asyncDispose]();
  });

  const isClean = ({ abroad, complaints }: Visitor): void =>
    expect({ abroad, complaints }).toEqual({ abroad: [], complaints: [] });

  test('leads an owner in at most twelve clicks from nothing to a program that reads what she shared', async () => {
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    let clicks = 0;
    const click = async (name: string | RegExp, role: 'button' | 'link' | 'tab' = 'button'): Promise<void> => {
      clicks++;
      await page.getByRole(role, { name }).click();
    };
    await page.goto('/console');
    await page.getByRole('heading', { name: 'No connection yet' }).waitFor();
    await picture('connections-empty');
    await click('New connection', 'link');
    await page.getByRole('heading', { name: 'New connection' }).waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Dashboard');
    await picture('connection-new');
    await click('Make connection');
    const token = await page.getByTestId('token').innerText();
    await click('Share pages', 'link');
    await click('Share a page');
    await page.getByLabel('Title').fill('hand');
    await page.getByRole('button', { name: 'Share Handbook' }).waitFor();
    await picture('share-picker');
    await click('Share Handbook');
    await page.getByText('Handbook is shared, with everything below it.').waitFor();

    const { data } = await post(`${world.url}/graphql`, token, '{ pages { nodes { title } } }');
    expect(data).toEqual({ pages: { nodes: [{ title: 'Holidays' }, { title: 'Handbook' }] } });
    expect(clicks).toBeLessThanOrEqual(12);
    isClean(visitor);
  });

  test('shows a program’s new token once it is replaced, while the old one goes on for a day', async () => {
    const { token, connectionId } = await world.connection(['CONTENT_READ'], 'Importer');
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections/${connectionId}`);
    await page.getByRole('button', { name: 'Replace the token' }).click();
    const replaced = await page.getByTestId('token').innerText();
    await picture('connection-configuration');
    for (const either of [token, replaced]) {
      expect((await post(`${world.url}/graphql`, either, '{ viewer { id } }')).status).toBe(200);
    }
    expect(replaced).not.toBe(token);
    isClean(visitor);
  });

  test('says what a connection would gain and lose before that is saved', async () => {
    const { connectionId, token } = await world.connection(['CONTENT_READ', 'USER_READ'], 'Reports');
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections/${connectionId}?tab=capabilities`);
    await page.getByRole('checkbox', { name: 'Update content' }).check();
    await page.getByRole('radio', { name: 'No user information' }).check();
    await page.getByText('Mutation.updatePage').waitFor();
    await page.getByText('Person.name').first().waitFor();
    await picture('connection-capabilities');
    expect((await post(`${world.url}/graphql`, token, '{ viewer { capabilities } }')).data).toEqual({
      viewer: { capabilities: ['CONTENT_READ', 'USER_READ'] },
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It holds from its next request on.').waitFor();
    expect((await post(`${world.url}/graphql`, token, '{ viewer { capabilities } }')).data).toEqual({
      viewer: { capabilities: ['CONTENT_READ', 'CONTENT_UPDATE'] },
    });
    isClean(visitor);
  });

  test('narrows a share, ends it, and says what still opens the page', async () => {
    const asker = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE'], 'Sync');
    const above = await world.page({ title: 'Projects' });
    const below = await world.page({ title: 'Apollo', under: above });
    await world.share(asker, above);
    await world.share(asker, below);
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections/${asker.connectionId}?tab=access`);
    await page.getByRole('button', { name: 'More about Projects' }).click();
    await page.getByRole('menuitem', { name: 'Change what it opens' }).click();
    await page.getByRole('checkbox', { name: 'Update', exact: true }).uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('cell', { name: 'Read, Insert, Read comments, Insert comments' }).waitFor();
    await picture('connection-access');
    await page.getByRole('button', { name: 'More about Apollo' }).click();
    await page.getByRole('menuitem', { name: 'Stop sharing' }).click();
    await page.getByText('still open through what is shared further up: Projects').waitFor();
    isClean(visitor);
  });

  test('shows what a connection asked, what was held back, and which capability nobody would miss', async () => {
    const asker = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE'], 'Counted');
    await using counted = await openCounted(world);
    await counted.ask(asker, '{ viewer { id } pages { nodes { lastEditedBy { name } } } }');
    await counted.ask(asker, '{ users { nodes { id } } }');
    await counted.write();
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections/${asker.connectionId}?tab=activity`);
    await page.getByRole('row', { name: 'Query.users 1' }).waitFor();
    await page.getByText('Never used: Update content.').waitFor();
    await picture('connection-activity');
    isClean(visitor);
  });

  test('publishes a connection once everything people are asked to trust is there', async () => {
    const { connectionId } = await world.connection(['CONTENT_READ'], 'Partner');
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections/${connectionId}?tab=distribution`);
    const publish = page.getByRole('button', { name: 'Publish', exact: true });
    expect(await publish.isDisabled()).toBe(true);
    await picture('connection-distribution');
    await page.getByLabel('Company').fill('Partner Inc.');
    await page.getByLabel('Website').fill('https://partner.example');
    await page.getByLabel('Privacy policy').fill('https://partner.example/privacy');
    await page.getByLabel('Terms of use').fill('https://partner.example/terms');
    await page.getByLabel('E-mail address for support').fill('support@partner.example');
    await page.getByRole('combobox', { name: 'Who may install it' }).click();
    await page.getByRole('option', { name: 'Any workspace' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').first().waitFor();
    await page.getByLabel('Redirect URIs').fill('https://partner.example/callback\nhttps://partner.example/call back');
    await page.getByRole('button', { name: 'Save the URIs' }).click();
    await page
      .getByText(/redirectUris|URI/)
      .first()
      .waitFor();
    await page.getByLabel('Redirect URIs').fill('https://partner.example/callback');
    await page.getByRole('button', { name: 'Save the URIs' }).click();
    await expect.poll(() => publish.isEnabled()).toBe(true);
    await publish.click();
    await page.getByRole('button', { name: 'Publish it' }).click();
    expect(await page.getByTestId('token').innerText()).toMatch(/^gth_ocs_/);
    await page.getByText('Its client id is').waitFor();
    isClean(visitor);
  });

  test('asks for the name before a connection is deleted', async () => {
    const { connectionId, token } = await world.connection(['CONTENT_READ'], 'Old one');
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections/${connectionId}?tab=danger`);
    await page.getByRole('button', { name: 'Delete' }).click();
    const sure = page.getByRole('button', { name: 'Delete it' });
    expect(await sure.isDisabled()).toBe(true);
    await picture('connection-delete');
    await page.getByLabel('Name').fill('Old one');
    await sure.click();
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    expect((await post(`${world.url}/graphql`, token, '{ viewer { id } }')).status).toBe(401);
    isClean(visitor);
  });

  test('keeps what is looked for in the address, and shows script in a name as text', async () => {
    await world.connection(['CONTENT_READ'], '<img src=x onerror=alert(1)>');
    await world.connection(['CONTENT_READ', 'COMMENT_READ', 'USER_READ_EMAIL'], 'Newsletter');
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections`);
    await page.getByRole('textbox', { name: 'Name' }).fill('onerror');
    await expect.poll(() => page.url()).toContain('?name=onerror');
    await page.reload();
    await page.getByRole('link', { name: '<img src=x onerror=alert(1)>' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('textbox', { name: 'Name' }).fill('');
    await page.getByRole('link', { name: 'Newsletter' }).waitFor();
    await picture('connections');
    isClean(visitor);
  });

  test('shows each of these steps in the audit log', async () => {
    await using visitor = await visit(browser, world, { as: owner, scheme: 'dark' });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/audit`);
    for (const action of [
      'connection.created',
      'token.rotated',
      'connection.capabilities_updated',
      'share.granted',
      'connection.deleted',
    ]) {
      await page.getByRole('button', { name: action }).first().waitFor();
    }
    await picture('audit-log');
    await page.getByRole('button', { name: 'token.rotated' }).first().click();
    await page.getByText('of the chain').waitFor();
    await picture('audit-entry');
    isClean(visitor);
  });

  test('asks a fixed number of operations for a screen, however long its list is', async () => {
    for (let n = 0; n < 20; n++) await world.connection(['CONTENT_READ'], `Number ${n}`);
    await using visitor = await visit(browser, world, { as: owner });
    const { page, operations } = visitor;
    await page.goto(`/console/${world.workspaceId}/connections`);
    await page.getByRole('link', { name: 'Number 19' }).waitFor();
    expect(operations.toSorted()).toEqual(['Connections', 'ConsoleSession']);
  });

  test('sends to the page for signing in whoever is not, and back to where she was', async () => {
    await using visitor = await visit(browser, world);
    const { page } = visitor;
    await page.goto(`/console/${world.workspaceId}/audit?action=token.rotated`);
    await page.waitForURL('**/sign-in?**');
    expect(new URL(page.url()).searchParams.get('next')).toBe(
      `/console/${world.workspaceId}/audit?action=token.rotated`,
    );
    expect(visitor.abroad).toEqual([]);
  });

  test('tells a guest what there is for her, and somebody of another workspace that she is not in this one', async () => {
    const guest = await world.signedIn(await world.person({ name: 'Gia', role: 'GUEST' }));
    await using visitor = await visit(browser, world, { as: guest });
    const { page, picture } = visitor;
    await page.goto('/console');
    await page.getByText('You are a guest here.').waitFor();
    await picture('guest');
    await page.goto('/console/0192f0c1-2345-7000-8000-000000000001/connections');
    await page.getByRole('heading', { name: 'No workspace here' }).waitFor();
  });

  test('loads at most 200 kB of compressed JavaScript for its first screen', async () => {
    await using visitor = await visit(browser, world, { as: owner });
    const { page } = visitor;
    const scripts = new Set<string>();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await page.goto('/console');
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    let bytes = 0;
    for (const path of scripts) {
      const file = await (await fetch(world.url + path, { headers: { 'accept-encoding': 'identity' } })).arrayBuffer();
      bytes += brotliCompressSync(Buffer.from(file)).length;
    }
    expect(scripts.size).toBeGreaterThan(2);
    expect(bytes).toBeLessThan(200_000);
    console.log(`first screen: ${bytes} bytes in ${scripts.size} scripts`);
  });
});
