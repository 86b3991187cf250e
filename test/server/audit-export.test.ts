// /audit-export: the log as a file over HTTP, for owners and nobody else.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Actor } from '../../src/gate/actor.js';
import { formatIn, sendAuditLog } from '../../src/server/audit-export.js';
import { signedIn } from '../asking.js';
import { rowsOf } from '../audit/reading.js';
import { type Asker, openWorld, type World } from '../world.js';

let world: World;
let reader: Asker;
let owner: Actor;

beforeAll(async () => {
  world = await openWorld();
  reader = await world.connection(['CONTENT_READ', 'USER_READ']);
  owner = signedIn(world, await world.person({ name: '+Ada', role: 'OWNER' }), 'OWNER');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const exported = () => world.sql(`select 1 from audit_entry where action = 'audit_log.exported'`);
const get = (path: string, init: RequestInit = {}) =>
  fetch(`${world.url}${path}`, { headers: { authorization: `Bearer ${reader.token}` }, ...init });
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions.code;

describe('Over HTTP the log is not given to', () => {
  test('who brings no token', async () => {
    const refused = await get('/audit-export', { headers: {} });
    expect(refused.status).toBe(401);
    expect(await codeOf(refused)).toBe('UNAUTHENTICATED');
  });

  test('a connection, and the attempt leaves no entry that says it was', async () => {
    for (const method of ['GET', 'POST']) {
      const refused = await get('/audit-export?format=csv', { method });
      expect(refused.status).toBe(403);
      expect(await codeOf(refused)).toBe('FORBIDDEN');
    }
    expect(await exported()).toEqual([]);
  });

  test('a member', async () => {
    const member = signedIn(world, await world.person(), 'MEMBER');
    const refused = await fetch(await doorOf(member));
    expect(refused.status).toBe(403);
    expect(await exported()).toEqual([]);
  });

  test('who asks by another method, or for another format', async () => {
    const put = await get('/audit-export', { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(formatIn('?format=csv')).toBe('csv');
    expect(formatIn('')).toBe('ndjson');
    expect(() => formatIn('?format=xml')).toThrow('format should be ndjson or csv, but is: xml');
  });
});

/** A server that knows who is asking: what authenticate() is for otherwise. */
async function doorOf(actor: Actor, format = '', { store } = world): Promise<string> {
  const server = createServer((_, response) => {
    sendAuditLog({ actor, em: store.em }, formatIn(format), response).catch((error: { status?: number }) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(error.status ?? 500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('An owner gets', () => {
  test('a file of lines, to its own entry, that no cache keeps', async () => {
    const response = await fetch(await doorOf(owner));
    const text = await response.text();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="audit-log-[0-9a-f-]{36}-\d{4}-\d\d-\d\d\.ndjson"$/,
      ),
      'cache-control': 'private, no-store',
    });
    const rows = await rowsOf(world);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).hash),
    ).toEqual(rows.map(({ hash }) => hash));
    expect(rows.at(-1)).toMatchObject({
      action: 'audit_log.exported',
      actorId: (owner as { personId: string }).personId,
    });
  });

  test('a table with the names she may see', async () => {
    const names = async (actor: Actor) => {
      const text = await (await fetch(await doorOf(actor, '?format=csv'))).text();
      return new Set((parse(text, { columns: true }) as { actorName: string }[]).map(({ actorName }) => actorName));
    };
    expect(await names(owner)).toEqual(new Set(['', "'+Ada"]));
    const narrowed = { ...signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER'), bits: 0 };
    expect(await names(narrowed)).toEqual(new Set(['', 'Somebody']));
  });

  test('a long log piece by piece; when she leaves, the rest is not read', async () => {
    await using long = await openWorld();
    const ENTRIES = 12_000;
    await long.sql(
      `insert into audit_entry (workspace_id, position, id, action, details, occurred_at, previous_hash, hash)
       select $1, n, gen_random_uuid(), 'workspace.updated', json_build_object('text', repeat('x', 2000)), now(),
              sha256(''), sha256('') from generate_series(2, $2::int) n`,
      [long.workspaceId, ENTRIES],
    );
    await long.sql('update audit_chain set position = $1', [ENTRIES]);
    const anOwner = signedIn(long, await long.person({ role: 'OWNER' }), 'OWNER');
    const url = await doorOf(anOwner, '', long);
    const pieces = () => long.statements.filter((text) => text.includes('from audit_entry')).length;
    long.statements.length = 0;
    const whole = await (await fetch(url)).text();
    expect(whole.trimEnd().split('\n').length).toBeGreaterThan(ENTRIES);
    expect(pieces()).toBe(13);
    long.statements.length = 0;
    const leave = new AbortController();
    const begun = await fetch(url, { signal: leave.signal });
    await begun.body!.getReader().read();
    leave.abort();
    await sleep(500);
    expect(pieces()).toBeLessThan(10);
  });
});
