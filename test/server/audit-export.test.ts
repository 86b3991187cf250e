// /audit-export: the log as a file over HTTP, for owners and nobody else.

import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../src/lib/id.js';
import { personalToken } from '../actors.js';
import { rowsOf } from '../audit/reading.js';
import { type Asker, credentialsOf, openWorld, type SignedIn, type World } from '../world.js';

let world: World;
let reader: Asker;
let ada: { id: Id };
let owner: SignedIn;

beforeAll(async () => {
  world = await openWorld();
  reader = await world.connection(['CONTENT_READ', 'USER_READ']);
  ada = await world.person({ name: '+Ada', role: 'OWNER' });
  owner = await world.signedIn(ada);
  // Something of hers, so that there is a name to be seen.
  const made = await world.ask(
    owner,
    'mutation { createConnection(input: { name: "x", capabilities: [] }) { userErrors { message } } }',
  );
  expect(made.data).toEqual({ createConnection: { userErrors: [] } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const exported = () => world.sql(`select 1 from audit_entry where action = 'audit_log.exported'`);
const send = (
  asker: string | Asker | SignedIn | null,
  {
    method = 'POST',
    search = '',
    to = world,
    signal,
  }: { method?: string; search?: string; to?: World; signal?: AbortSignal } = {},
): Promise<Response> =>
  fetch(`${to.url}/audit-export${search}`, {
    method,
    headers: asker === null ? {} : credentialsOf(asker),
    ...(signal && { signal }),
  });
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions.code;

describe('Over HTTP the log is not given to', () => {
  const expectRefused = async (response: Response, status: number, code: string): Promise<void> => {
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(await exported()).toEqual([]);
  };

  test('who brings no token', async () => {
    await expectRefused(await send(null), 401, 'UNAUTHENTICATED');
  });

  test('a connection', async () => {
    for (const method of ['GET', 'POST']) await expectRefused(await send(reader, { method }), 403, 'FORBIDDEN');
  });

  test('a member or guest', async () => {
    for (const role of ['MEMBER', 'GUEST'] as const) {
      await expectRefused(await send(await world.signedIn(await world.person({ role }))), 403, 'FORBIDDEN');
    }
  });

  test('an owner by a personal token that does not administer', async () => {
    await expectRefused(await send(await personalToken(world, ada.id)), 403, 'FORBIDDEN');
  });

  test('a session without its token, or by a method that links can use', async () => {
    await expectRefused(await send({ ...owner, csrfToken: 'x' }), 403, 'FORBIDDEN');
    await expectRefused(await send(owner, { method: 'GET' }), 403, 'FORBIDDEN');
  });

  test('an owner who acts as an installation', async () => {
    const headers = { ...credentialsOf(owner), 'gatehouse-act-as': reader.installationId };
    const refused = await fetch(`${world.url}/audit-export`, { method: 'POST', headers });
    await expectRefused(refused, 403, 'FORBIDDEN');
  });

  test('who asks by another method, or for another format', async () => {
    const put = await send(owner, { method: 'PUT' });
    expect(put.headers.get('allow')).toBe('GET, POST');
    await expectRefused(put, 405, 'INVALID');
    await expectRefused(await send(owner, { search: '?format=xml' }), 400, 'INVALID');
  });

  test('an owner who has spent her points', async () => {
    await using poor = await openWorld({ limits: { maxPointsPerMinute: 1_500 } });
    const asker = await poor.signedIn(await poor.person({ role: 'OWNER' }));
    const first = await send(asker, { to: poor });
    expect([first.status, (await first.text()).length > 0]).toEqual([200, true]);
    const second = await send(asker, { to: poor });
    expect([second.status, await codeOf(second)]).toEqual([429, 'RATE_LIMITED']);
  });
});

describe('An owner gets', () => {
  test('a file of lines, to its own entry, that no cache keeps', async () => {
    const response = await send(owner);
    const text = await response.text();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="audit-log-[0-9a-f-]{36}-\d{4}-\d\d-\d\d\.ndjson"$/,
      ),
      'cache-control': 'private, no-store',
    });
    const rows = await rowsOf(world);
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).hash)).toEqual(rows.map(({ hash }) => hash));
    expect(rows.at(-1)).toMatchObject({ action: 'audit_log.exported', actorId: ada.id, address: '127.0.0.1' });
  });

  test('the same with a personal token that administers, which the entry names', async () => {
    const token = await personalToken(world, ada.id, { administer: true });
    expect((await send(token, { method: 'GET' })).status).toBe(200);
    const [{ id }] = (await world.sql('select id from personal_access_token order by created_at desc limit 1')) as [
      { id: Id },
    ];
    const last = (await rowsOf(world)).at(-1)!;
    expect(JSON.parse(last.details!)).toEqual({ format: 'ndjson', personalTokenId: id });
  });

  test('a table with the names she may see', async () => {
    const names = async (asker: string | SignedIn) => {
      const text = await (await send(asker, { search: '?format=csv' })).text();
      return new Set((parse(text, { columns: true }) as { actorName: string }[]).map(({ actorName }) => actorName));
    };
    expect(await names(owner)).toContain("'+Ada");
    const grace = await world.person({ name: 'Grace', role: 'OWNER' });
    const narrowed = await personalToken(world, grace.id, { administer: true, capabilities: ['CONTENT_READ'] });
    const seen = await names(narrowed);
    expect(seen).toContain('Grace'); // herself
    expect(seen).not.toContain("'+Ada");
  });

  test('a long log piece by piece; when she leaves, the rest is not read', async () => {
    await using long = await openWorld();
    const ENTRIES = 12_000;
    const asker = await long.signedIn(await long.person({ role: 'OWNER' }));
    const [{ position }] = (await long.sql('select position::int from audit_chain')) as [{ position: number }];
    await long.sql(
      `insert into audit_entry (workspace_id, position, id, action, details, occurred_at, previous_hash, hash)
       select $1, n, gen_random_uuid(), 'workspace.updated', json_build_object('text', repeat('x', 2000)), now(),
              sha256(''), sha256('') from generate_series($2::int + 1, $3::int) n`,
      [long.workspaceId, position, ENTRIES],
    );
    await long.sql('update audit_chain set position = $1', [ENTRIES]);
    const pieces = () => long.statements.filter((text) => text.includes('from audit_entry')).length;
    long.statements.length = 0;
    const whole = await (await send(asker, { to: long })).text();
    expect(whole.trimEnd().split('\n')).toHaveLength(ENTRIES + 1);
    expect(pieces()).toBe(13);
    long.statements.length = 0;
    const leave = new AbortController();
    const begun = await send(asker, { to: long, signal: leave.signal });
    await begun.body!.getReader().read();
    leave.abort();
    await sleep(500);
    expect(pieces()).toBeLessThan(10);
  });
});
