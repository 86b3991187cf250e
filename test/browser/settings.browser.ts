// An owner looks after the workspace, and everybody after her own account.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser as WithoutScreen } from '../server/browser.js';
import { launchChromium } from '../server/chromium.js';
import { openWorld, post, type SignedIn, type World } from '../world.js';
import { type Visitor, visit } from './visit.js';

describe('The settings', () => {
  let world: World;
  let browser: Browser;
  let owner: SignedIn;
  beforeAll(async () => {
    world = await openWorld({ name: 'Acme' });
    browser = await launchChromium();
    owner = await world.signedIn(await world.person({ name: 'Olga', email: 'olga@example.org', role: 'OWNER' }));
  });
  afterAll(async () => {
    await browser?.close();
    await world[Symbol.asyncDispose]();
  });

  const isClean = ({ abroad, complaints }: Visitor): void =>
    expect({ abroad, complaints }).toEqual({ abroad: [], complaints: [] });
  const actions = async (): Promise<string[]> =>
    (await world.sql<{ action: string }>('select action from audit_entry')).map(({ action }) => action);

  test('change the role of a member, and refuse to leave the workspace without an owner', async () => {
    const { id } = await world.person({ name: 'Mia' });
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/settings?tab=members`);
    await page.getByRole('combobox', { name: 'Role of Mia' }).click();
    await page.getByRole('option', { name: 'Owner' }).click();
    await page.getByText('Mia is an owner now.').waitFor();
    await picture('settings-members');
    expect(await world.sql('select role from membership where person_id = $1', [id])).toEqual([{ role: 'OWNER' }]);
    expect(await actions()).toContain('member.updated');
    await page.getByRole('combobox', { name: 'Role of Mia' }).click();
    await page.getByRole('option', { name: 'Guest' }).click();
    await page.getByText('Mia is a guest now.').waitFor();
    await page.getByRole('combobox', { name: 'Role of Olga' }).click();
    await page.getByRole('option', { name: 'Member' }).click();
    await page.getByText('Nothing was changed').waitFor();
    isClean(visitor);
  });

  test('make a link that invites somebody, and remove a member once that is confirmed', async () => {
    await world.person({ name: 'Rae' });
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/settings?tab=members`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByLabel('E-mail address').fill('new@example.org');
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = await page.getByTestId('link').innerText();
    await picture('settings-invite');
    const invited = new WithoutScreen(world.url);
    await invited.open(new URL(link).pathname);
    expect(invited.page.text).toContain('new@example.org');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Remove Rae' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove Rae' }).click();
    await page.getByText('Rae is not in this workspace any more.').waitFor();
    await page.getByRole('button', { name: 'Remove Rae' }).waitFor({ state: 'hidden' });
    isClean(visitor);
  });

  test('rename the workspace, make a teamspace, and set the policy', async () => {
    await using visitor = await visit(browser, world, { as: owner });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/settings?tab=workspace`);
    await page.getByLabel('Name of the workspace').fill('Acme & Co');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('button', { name: 'Workspace Acme & Co. Change it' }).waitFor();
    await page.getByRole('switch', { name: 'Only owners share pages' }).check();
    await page.getByRole('button', { name: 'Save the policy' }).click();
    await page.getByText('The policy holds from now on.').waitFor();
    await page.getByLabel('New teamspace').fill('Engineering');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('cell', { name: 'Engineering' }).waitFor();
    await picture('settings-workspace');
    const { data } = await world.ask(owner, '{ viewer { workspace { name policy { ownersOnlyShares } } } }');
    expect(data).toEqual({ viewer: { workspace: { name: 'Acme & Co', policy: { ownersOnlyShares: true } } } });
    isClean(visitor);
  });

  test('make a personal token, which works until it is revoked, and end another session', async () => {
    const mia = await world.person({ name: 'Mona', role: 'OWNER' });
    const [here, elsewhere] = [await world.signedIn(mia), await world.signedIn(mia)];
    await using visitor = await visit(browser, world, { as: here });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/settings?tab=account`);
    await page.getByRole('button', { name: 'New token' }).click();
    await page.getByLabel('Name').fill('Backup');
    await page.getByRole('button', { name: 'Make token' }).click();
    const token = await page.getByTestId('token').innerText();
    const asToken = () => post(`${world.url}/graphql`, token, '{ viewer { person { name } } }');
    expect((await asToken()).data).toEqual({ viewer: { person: { name: 'Mona' } } });
    await page.keyboard.press('Escape');
    await picture('settings-account');
    await page.getByRole('button', { name: 'Revoke Backup' }).click();
    await page.getByText('Backup is revoked.').waitFor();
    expect((await asToken()).status).toBe(401);
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByText('Signed out everywhere else.').waitFor();
    expect((await world.ask(elsewhere, '{ viewer { id } }')).status).toBe(401);
    expect((await world.ask(here, '{ viewer { id } }')).status).toBe(200);
    isClean(visitor);
  });

  test('asks for signing in again before a token is made long after that', async () => {
    const late = await world.signedIn(await world.person({ name: 'Lara' }), { minutesAgo: 30 });
    await using visitor = await visit(browser, world, { as: late, scheme: 'dark', width: 480 });
    const { page, picture } = visitor;
    await page.goto(`/console/${world.workspaceId}/settings`);
    await page.getByRole('button', { name: 'New token' }).click();
    await page.getByLabel('Name').fill('Late');
    await page.getByRole('button', { name: 'Make token' }).click();
    await page.getByRole('link', { name: 'Sign in again' }).waitFor();
    await picture('settings-sign-in-again');
    isClean(visitor);
  });
});
