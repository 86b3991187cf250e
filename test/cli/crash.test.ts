// Killed with SIGKILL, at no chosen moment: what was acknowledged is there afterwards, whole, and nothing is there by
// half. GATEHOUSE_CASES multiplies how often.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { newId } from '../../src/lib/id.js';
import { urlOf } from '../global-setup.js';
import { post } from '../world.js';
import { buildProgram, type Desk, ended, openDesk, postgresOf, type Running, writeFiles } from './program.js';

const TIMES = Number(process.env.GATEHOUSE_CASES ?? 1);
const WRITES = 200 * TIMES;
const KILLS = 3 * TIMES;
const PAGES = 2_000;
const PATIENCE_MS = 180_000; // far more than it takes, even beside other work
const ONE_LINE = /^[^\n]+[.?!]\n$/;

const dataOf = (desk: Desk): string => join(desk.directory, '.gatehouse');

describe('of 200 writes, those that were acknowledged are there, and none by half, when', {
  timeout: PATIENCE_MS * TIMES,
}, () => {
  test('the processes are killed: PostgreSQL goes on, and the next server adopts it', async () => {
    const desk = await openDesk();
    let server = await desk.start(['--no-demo']);
    const postgres = await postgresOf(dataOf(desk));
    const workspaceId = await makeWorkspace(desk);
    const ledger = new Ledger();
    for (let kill = 1; kill <= KILLS; kill++) {
      const writer = await startWriter(desk, workspaceId, `Writer ${kill}`, ledger);
      await ledger.reaches((WRITES / KILLS) * kill - 4 * Math.random());
      if (kill % 2 === 0) await server.end('SIGKILL');
      await ledger.reaches((WRITES / KILLS) * kill);
      await killed(writer);
      if (kill % 2 === 0) server = await desk.start(['--no-demo']);
      expect(await postgresOf(dataOf(desk))).toBe(postgres);
    }
    await expectWhole(desk, ledger);
    await expectAnswers(server, desk);
    expect(await server.end()).toMatchObject({ code: 0 });
    expect(await postgresOf(dataOf(desk))).toBeNull();
  });

  test('PostgreSQL is killed: the server brings it back by itself', async () => {
    const desk = await openDesk();
    const server = await desk.start(['--no-demo']);
    const workspaceId = await makeWorkspace(desk);
    const ledger = new Ledger();
    const writer = await startWriter(desk, workspaceId, 'Writer', ledger);
    const throughBin: Promise<unknown>[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      await ledger.reaches((WRITES / (KILLS + 1)) * kill);
      throughBin.push(createThroughBin(desk, ledger, `Bin ${kill}`));
      if (kill % 2 === 0) await sleep(1_000 * Math.random());
      // What was acknowledged before the last kill may be read only now, while the server is still at bringing it back.
      const victim = await vi.waitUntil(() => postgresOf(dataOf(desk)), { timeout: 30_000, interval: 20 });
      process.kill(victim, 'SIGKILL');
    }
    await ledger.reaches(WRITES);
    await killed(writer);
    await Promise.all(throughBin);
    await expectWhole(desk, ledger);
    await expectAnswers(server, desk);
    expect(await server.end()).toMatchObject({ code: 0 });
  });
});

test(`an import of ${PAGES} pages is whole or absent when the process or PostgreSQL is killed, and running it again completes it`, {
  timeout: PATIENCE_MS * TIMES,
}, async () => {
  const desk = await openDesk();
  await writeExport(desk);
  const server = await desk.start(['--no-demo']);
  const absent: string[] = [];
  for (let round = 0; round < 2 * TIMES; round++) {
    const workspace = `Round ${round}`;
    const child = desk.spawn(['import', 'export', '--workspace', workspace, '--json']);
    const outcome = ended(child);
    await writingBegan(desk, outcome);
    await sleep(300 * Math.random());
    if (round % 2 === 0) child.kill('SIGKILL');
    else process.kill((await postgresOf(dataOf(desk)))!, 'SIGKILL');
    const { code, signal, stdout, stderr } = await outcome;
    if (signal === null && code !== 0) {
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
      expect(stderr, 'one sentence').toMatch(ONE_LINE);
    }
    const found = await pagesOf(desk, workspace);
    expect([null, PAGES], `pages of ${workspace}`).toContain(found);
    if (found === null) absent.push(workspace);
  }
  expect(absent, 'it should be killed in the middle, else this shows nothing').not.toEqual([]);

  const again = await desk.launch(['import', 'export', '--workspace', absent[0]!, '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ created: { pages: PAGES }, updated: { pages: 0 } });
  expect(await pagesOf(desk, absent[0]!)).toBe(PAGES);
  await expectAnswers(server, desk);
  expect(await server.end()).toMatchObject({ code: 0 });
});

describe('a server', () => {
  test('is refused beside another one on the same data directory, naming process, port and directory', async () => {
    const desk = await openDesk();
    const port = await freePort();
    const first = await desk.start(['--no-demo', '--port', String(port)]);
    const directory = await realpath(dataOf(desk));
    expect(await desk.launch(['start', '--port', '0'])).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `A server already runs on the data directory ${directory}: process ${first.pid}, port ${port}. Stop it first, or give this one a directory of its own with GATEHOUSE_DATA.\n`,
    });
    await expectAnswers(first, desk);
    expect(await first.end()).toMatchObject({ code: 0 });
  });
});

/** What was acknowledged, and by whom it was waited for. */
class Ledger {
  readonly connections = new Set<string>();
  readonly people = new Set<string>();
  readonly workspaces = new Set<string>();
  readonly failures: string[] = [];

  note(line: string): void {
    const { connection, person, failed } = JSON.parse(line) as Record<string, string | undefined>;
    if (connection) this.connections.add(connection);
    if (person) this.people.add(person);
    if (failed) this.failures.push(failed);
  }

  /** Waits until this many writes of connections and people were acknowledged. */
  async reaches(count: number): Promise<void> {
    const begun = Date.now();
    while (this.connections.size + this.people.size < count) {
      if (Date.now() - begun > PATIENCE_MS / 3)
        throw new Error(`No more writes: ${this.failures.slice(-3).join(' / ')}`);
      await sleep(2);
    }
  }
}

async function startWriter(desk: Desk, workspaceId: string, name: string, ledger: Ledger): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('writer.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, await buildProgram(), dataOf(desk), workspaceId, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(child.stdout!).on('line', (line) => ledger.note(line));
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const end = once(child, 'close'); // all it printed has been read then
  child.kill('SIGKILL');
  await end;
}

async function createThroughBin(desk: Desk, ledger: Ledger, name: string): Promise<void> {
  const { code, stdout, stderr } = await desk.launch(['workspace', 'create', name, '--json']);
  if (code === 0) ledger.workspaces.add(JSON.parse(stdout).workspace.id);
  else expect(stderr, 'one sentence').toMatch(ONE_LINE);
}

async function makeWorkspace(desk: Desk): Promise<string> {
  return (await desk.json<{ workspace: { id: string } }>('workspace', 'create', 'Acme')).workspace.id;
}

async function expectWhole(desk: Desk, ledger: Ledger): Promise<void> {
  const [row] = await rows<{ connections: string[]; people: string[]; workspaces: string[]; halves: number }>(
    desk,
    `select array(select id::text from connection) as connections,
            array(select person_id::text from membership) as people,
            array(select id::text from workspace) as workspaces,
            (select count(*)::int from connection c
              where (select count(*) from installation i where i.connection_id = c.id) <> 1
                 or (select count(*) from capability_grant g join installation i on i.id = g.installation_id
                      where i.connection_id = c.id and g.revoked_at is null) <> 1
                 or (select count(*) from token t join installation i on i.id = t.installation_id
                      where i.connection_id = c.id and t.revoked_at is null) <> 1
                 or (select count(*) from audit_entry a
                      where a.target_id = c.id and a.action = 'connection.created') <> 1)
            + (select count(*)::int from person p
                where not exists (select from membership m where m.person_id = p.id)
                   or (select count(*) from audit_entry a where a.target_id = p.id) <> 2)
            + (select count(*)::int from audit_entry a where a.action = 'connection.created'
                  and not exists (select from connection c where c.id = a.target_id)) as halves`,
  );
  const missing = (acknowledged: Set<string>, found: string[] = []) =>
    [...acknowledged].filter((id) => !found.includes(id));
  expect(missing(ledger.connections, row?.connections)).toEqual([]);
  expect(missing(ledger.people, row?.people)).toEqual([]);
  expect(missing(ledger.workspaces, row?.workspaces)).toEqual([]);
  expect(row?.halves).toBe(0);
}

/** A connection made now can ask: server, database and keys belong together. */
async function expectAnswers(server: Running, desk: Desk): Promise<void> {
  const workspace = await desk.json<{ workspace: { id: string } }>('workspace', 'create', 'Afterwards');
  const { token } = await desk.json<{ token: string }>(
    ...['connection', 'create', '--workspace', workspace.workspace.id, '--name', 'x', '--capabilities', 'CONTENT_READ'],
  );
  const answer = await post(server.url, token, '{ pages { totalCount } }');
  expect(answer.data).toEqual({ pages: { totalCount: 0 } });
}

async function writeExport(desk: Desk): Promise<void> {
  const hex = () => newId().replaceAll('-', '');
  const files: Record<string, string> = {};
  for (let folder = 0; folder < PAGES / 100; folder++) {
    files[`export/Folder ${folder} ${hex()}.md`] = `# Folder ${folder}\n`;
    for (let page = 1; page < 100; page++) {
      files[`export/Folder ${folder}/Page ${page} ${hex()}.md`] =
        `# Page ${page}\n\nSome **text**.\n\n- one\n- two\n\n> a quote\n`;
    }
  }
  await writeFiles(desk.directory, files);
}

/** Waits until some transaction has written, seen from outside by its lock on the table of pages. */
async function writingBegan(desk: Desk, outcome: Promise<unknown>): Promise<void> {
  const client = await clientOf(desk);
  try {
    let over = false;
    outcome.then(() => {
      over = true;
    });
    while (!over) {
      const { rows } = await client.query(
        `select 1 from pg_locks where relation = 'page'::regclass and mode = 'RowExclusiveLock' limit 1`,
      );
      if (rows.length > 0) return;
      await sleep(5);
    }
  } finally {
    await client.end();
  }
}

/** How many pages the workspace has; `null` when there is no such workspace. */
async function pagesOf(desk: Desk, workspace: string): Promise<number | null> {
  await desk.run(['workspace', 'list']); // whatever was killed runs again
  const [row] = await rows<{ count: number }>(
    desk,
    `select (select count(*)::int from page where workspace_id = w.id) as count from workspace w where name = $1`,
    [workspace],
  );
  return row?.count ?? null;
}

async function rows<Row extends object>(desk: Desk, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = await clientOf(desk);
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function clientOf(desk: Desk): Promise<pg.Client> {
  const access = JSON.parse(await readFile(join(dataOf(desk), 'postgres/access.json'), 'utf8'));
  const client = new pg.Client({ connectionString: urlOf(access, access.database) });
  client.on('error', () => {}); // it is killed along with the rest
  await client.connect();
  return client;
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    }),
  );
}
