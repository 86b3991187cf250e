// Every kind of secret is made once, and then looked for: in all rows of all tables, in the log, in the audit log, and in
// whatever was answered to others. Whoever has the database alone has nothing to sign in or to ask with.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/lib/secret.js';
import { hashPassword, isPassword } from '../../src/people/password.js';
import { openSigningSecret } from '../../src/webhook/secret.js';
import { mutate, signedIn } from '../asking.js';
import { codeFor, publicConnection, redeem, refresh } from '../oauth/installing.js';
import { openWorld, type World } from '../world.js';

let world: World;
const secrets = new Map<string, string>();

beforeAll(async () => {
  world = await openWorld();
  const owner = await world.person({ role: 'OWNER' });
  const session = await world.signedIn(owner);
  const actor = { ...signedIn(world, owner, 'OWNER'), session: { id: session.sessionId, signedInAt: new Date() } };
  const connection = await world.connection(['CONTENT_READ']);
  secrets.set('a token', connection.token);
  const { connectionId } = connection;
  secrets.set('a rotated token', (await mutate(world, actor, 'rotateToken', { connectionId }, 'token')).token);
  secrets.set('a token shown again', (await mutate(world, actor, 'revealToken', { connectionId }, 'token')).token);
  const made = await mutate(world, actor, 'createPersonalAccessToken', { name: 'Script' }, 'token');
  secrets.set('a personal token', made.token);
  const invited = await mutate(world, actor, 'inviteMember', { email: 'invited@example.org', role: 'MEMBER' }, 'link');
  secrets.set('an invitation', String(invited.link).split('/').at(-1) ?? '');
  secrets.set('a session', session.secret);
  secrets.set('a CSRF token', session.csrfToken);
  const password = 'correct horse battery staple';
  await world.sql('insert into person_secret (person_id, password_hash) values ($1, $2)', [
    owner.id,
    await hashPassword(world.store.keys, password),
  ]);
  secrets.set('a password', password);
  const client = await publicConnection(world);
  secrets.set('a client secret', client.secret);
  const asked = await codeFor(world, client, await world.signedIn(owner));
  secrets.set('a code', asked.code);
  const told = await redeem(world, client, asked);
  secrets.set('an access token', String(told.body.access_token));
  secrets.set('a refresh token', String(told.body.refresh_token));
  const next = await refresh(world, client, String(told.body.refresh_token));
  secrets.set('the next access token', String(next.body.access_token));
  secrets.set('the next refresh token', String(next.body.refresh_token));
  const endpoint = { connectionId, url: 'https://hooks.example.org/in', eventTypes: ['PAGE_CREATED'] };
  const { webhookSubscription } = await mutate(
    world,
    actor,
    'createWebhookSubscription',
    endpoint,
    'webhookSubscription { id }',
  );
  const { id } = webhookSubscription;
  const [held] = await world.sql<{ secret: Buffer }>('select secret from webhook_subscription where id = $1', [id]);
  const owned = { workspaceId: world.workspaceId, id };
  const handed = openSigningSecret(world.store.keys, owned, held!.secret);
  secrets.set('a token posted to an endpoint', handed);
  await mutate(world, actor, 'verifyWebhookSubscription', { id, token: handed });
  const rotated = await mutate(world, actor, 'rotateSigningSecret', { id }, 'signingSecret');
  secrets.set('a signing secret', rotated.signingSecret);
  const upload = 'fileUpload { id uploadUrl }';
  const { fileUpload } = await mutate(world, actor, 'createFileUpload', { name: 'a.svg' }, upload);
  await fetch(fileUpload.uploadUrl, { method: 'PUT', body: '<svg/>' });
  await mutate(world, actor, 'completeFileUpload', { id: fileUpload.id }, upload);
  secrets.set('an address to send a file to', String(fileUpload.uploadUrl).split('/').at(-1) ?? '');
  const look = { parent: { workspace: true }, icon: { uploadId: fileUpload.id } };
  const { page } = await mutate(world, actor, 'createPage', look, 'page { icon { url } }');
  expect((await fetch(page.icon.url)).status).toBe(200);
  secrets.set('an address of a file', String(page.icon.url).split('/').at(-1) ?? '');
  // Refusals, for the log: also of secrets where none belongs.
  await world.ask(connection, '{ viewer { id } nonsense }');
  for (const secret of secrets.values()) {
    await fetch(`${world.url}/graphql?access_token=${encodeURIComponent(secret)}&query={viewer{id}}`);
    await world.ask({ ...connection, token: secret }, `{ node(id: "${secret.slice(0, 60)}") { id } }`);
  }
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** A secret as itself, and as whoever stores it carelessly would write it. */
const spellings = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(secret),
];

async function dump(): Promise<{ table: string; text: string }[]> {
  const tables = await world.sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  return Promise.all(
    tables.map(async ({ name }) => ({
      table: name,
      text: JSON.stringify(await world.sql(`select row_to_json(t)::text as row from "${name}" t`)),
    })),
  );
}

describe('No secret', () => {
  test('is missing here, and none is too short to be looked for', () => {
    expect(secrets.size).toBe(18);
    for (const [name, secret] of secrets) expect(secret.length, name).toBeGreaterThan(20);
  });

  test('stands in any row of the database, however it is written', async () => {
    const tables = await dump();
    expect(tables.length).toBeGreaterThan(25);
    expect(tables.find(({ table }) => table === 'token')?.text).toContain('last_four');
    for (const [name, secret] of secrets) {
      for (const spelling of spellings(secret)) {
        for (const { table, text } of tables) expect(text.includes(spelling), `${name} in ${table}`).toBe(false);
      }
    }
  });

  test('was logged', () => {
    const log = world.logLines.join('\n');
    expect(log.length).toBeGreaterThan(500);
    for (const [name, secret] of secrets) {
      for (const spelling of spellings(secret)) expect(log.includes(spelling), name).toBe(false);
    }
  });

  test('can be tried against a dump without the key file: the same password has another hash with other keys', async () => {
    const [row] = await world.sql<{ password_hash: string }>('select password_hash from person_secret');
    const password = secrets.get('a password') ?? '';
    expect(await isPassword(world.store.keys, row!.password_hash, password)).toBe(true);
    expect(await isPassword(new KeyRing(Buffer.alloc(32, 7)), row!.password_hash, password)).toBe(false);
  });
});
