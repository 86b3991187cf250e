// The doctor: each fault is named by exactly the line it belongs to, with what to do; looking changes nothing.

import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { examine } from '../../src/server/checks/examine.js';
import {
  type CheckName,
  type Finding,
  type Machine,
  type Status,
  thisMachine,
} from '../../src/server/checks/finding.js';
import { readConfiguration } from '../../src/server/configuration.js';
import { openWorld, type World } from '../world.js';
import { buildProgram, type Desk, openDesk, postgresOf } from './program.js';

const ALL: readonly CheckName[] = [
  'settings',
  'node',
  'file limit',
  'data directory',
  'disk',
  'key file',
  'database',
  'database version',
  'migrations',
  'clock',
  'port',
  'sign-in',
];

let world: World;
/** A healthy installation; a case breaks one thing about it. */
let directory: string;
let keyFile: string;
let environment: Record<string, string>;
let machine: Machine;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-doctor-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const data = join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  keyFile = join(data, 'keys');
  await copyFile(inject('keyFile'), keyFile);
  await chmod(keyFile, 0o600);
  environment = { GATEHOUSE_DATA: data, DATABASE_URL: world.databaseUrl, PORT: String(await freePort()) };
  machine = { ...thisMachine, fileLimit: () => 65_536, freeBytes: async () => 50e9 };
});

const look = (): Promise<Finding[]> =>
  examine({ configuration: readConfiguration({ environment, directory }), warnings: [] }, machine);

/** Everything is well but this line, which says what was found and what to do. */
async function expectOnly(name: CheckName, status: Status, words: RegExp): Promise<Finding[]> {
  const findings = await look();
  const wrong = findings.filter((finding) => finding.status === 'WARN' || finding.status === 'FAIL');
  expect(wrong.map((finding) => [finding.name, finding.status])).toEqual([[name, status]]);
  const [{ found, fix } = { found: '', fix: '' }] = wrong;
  expect(`${found} ${fix}`).toMatch(words);
  expect(found).toMatch(/^[^\n]+\.$/);
  expect(fix).toMatch(/^[^\n]{10,}$/);
  return findings;
}

const changed = (changes: Record<string, string>) => {
  environment = { ...environment, ...changes };
};
const address = (change: (url: URL) => void): { DATABASE_URL: string } => {
  const url = new URL(world.databaseUrl);
  change(url);
  return { DATABASE_URL: url.href };
};

test('nothing is wrong with what is well', async () => {
  const findings = await look();
  expect(findings.map(({ name }) => name)).toEqual(ALL);
  expect(findings.filter(({ status }) => status !== 'OK')).toEqual([]);
  expect(findings.every(({ found, fix }) => found.endsWith('.') && fix === undefined)).toBe(true);
});

describe('a fault of the database is named by its line:', () => {
  const rest = ['database version', 'migrations', 'clock'];
  async function expectUnreached(words: RegExp): Promise<void> {
    const findings = await expectOnly('database', 'FAIL', words);
    const skipped = findings.filter(({ status }) => status === 'SKIPPED');
    expect(skipped.map(({ name }) => name)).toEqual(rest);
  }

  test('nobody listens', async () => {
    changed({ DATABASE_URL: `postgres://ada:hunter2@127.0.0.1:${await freePort()}/gatehouse` });
    await expectUnreached(/gatehouse at 127\.0\.0\.1:\d+ refuses connections \(ECONNREFUSED\)\. Start PostgreSQL/);
  });

  test('a host nobody knows', async () => {
    changed({ DATABASE_URL: 'postgres://ada:hunter2@nowhere.invalid/gatehouse' });
    await expectUnreached(/nowhere\.invalid has a host name .* Correct the host/);
  });

  test('a wrong password', async () => {
    changed(
      address((url) => {
        url.password = 'hunter2';
      }),
    );
    await expectUnreached(/does not accept this user and password \(28P01\)/);
  });

  test('a database that does not exist', async () => {
    changed(
      address((url) => {
        url.pathname = '/missing';
      }),
    );
    await expectUnreached(/The database missing at .* does not exist \(3D000\)\. Make it with createdb/);
  });

  test('an address that is none', async () => {
    for (const url of ['mysql://ada:hunter2@localhost/x', 'postgres://localhost', 'postgres://h/100%', 'localhost/x']) {
      changed({ DATABASE_URL: url });
      await expectUnreached(/DATABASE_URL is no address of a database\. Write it like postgres:/);
    }
  });

  test('something else that listens there', async () => {
    const other = await listen(createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    changed({ DATABASE_URL: `postgres://ada:hunter2@127.0.0.1:${other}/gatehouse` });
    await expectUnreached(/does not speak as PostgreSQL does/);
  });

  test('something that listens and never answers', { timeout: 20_000 }, async () => {
    const other = await listen(createServer(() => {}));
    changed({ DATABASE_URL: `postgres://ada:hunter2@127.0.0.1:${other}/gatehouse` });
    await expectUnreached(/does not answer \(timed out\)/);
  });

  test('a password is never repeated', async () => {
    for (const url of [
      'postgres://ada:hunter2@127.0.0.1:1/x',
      'postgres://ada:hunter2@',
      'hunter2',
      'postgres://a:hunter2@h/x?sslmode=no',
    ]) {
      changed({ DATABASE_URL: url });
      expect(JSON.stringify(await look())).not.toContain('hunter2');
    }
  });

  test('a version that is too old', async () => {
    const [{ version } = { version: '' }] = await world.sql<{ version: string }>(
      `select current_setting('server_version_num') as version`,
    );
    const port = await listen(rewriting(version, `14${version.slice(2)}`));
    changed(
      address((url) => {
        url.hostname = '127.0.0.1';
        url.port = String(port);
        url.search = '';
      }),
    );
    await expectOnly('database version', 'FAIL', /PostgreSQL 14 is too old\. Upgrade it to PostgreSQL 15 or newer/);
  });

  test('a schema of a newer Gatehouse', async () => {
    await world.sql(`insert into gatehouse_migration (name) values ('9999-later')`);
    onTestFinished(async () => void (await world.sql(`delete from gatehouse_migration where name = '9999-later'`)));
    await expectOnly('migrations', 'FAIL', /newer Gatehouse: it has 9999-later\. Install that version/);
  });

  test('a migration that has to be done', async () => {
    await world.sql(`delete from gatehouse_migration where name = '0001-foundations'`);
    onTestFinished(
      async () => void (await world.sql(`insert into gatehouse_migration (name) values ('0001-foundations')`)),
    );
    await expectOnly('migrations', 'WARN', /To be done: 0001-foundations\. Make a backup/);
  });

  test('tables have to be made, by a user who may not make any', async () => {
    const database = await emptyDatabase();
    await rm(keyFile);
    changed(
      address((url) => {
        url.pathname = `/${database}`;
      }),
    );
    const findings = await look();
    expect(findings.filter(({ status }) => status !== 'OK')).toEqual([]);
    expect(findings.find(({ name }) => name === 'migrations')?.found).toMatch(
      /is new; the first start makes its tables/,
    );
    await world.sql(`alter database ${database} set search_path = pg_catalog`);
    await expectOnly('migrations', 'FAIL', /this user may not make any\. Make the user of DATABASE_URL the owner/);
  });

  test('a clock ten minutes off, in either direction, and one that is slightly off', async () => {
    machine = { ...machine, now: () => Date.now() - 600_000 };
    await expectOnly(
      'clock',
      'FAIL',
      /of this machine is (599|600)\.\d s behind that of the database\. Let both be set by NTP/,
    );
    machine = { ...machine, now: () => Date.now() + 600_000 };
    await expectOnly('clock', 'FAIL', /(599|600)\.\d s ahead of/);
    machine = { ...machine, now: () => Date.now() + 10_000 };
    await expectOnly('clock', 'WARN', /\d+\.\d s ahead of/);
  });
});

describe('a fault of the data directory is named by its line:', () => {
  test('it is not there, but its database is in use', async () => {
    changed({ GATEHOUSE_DATA: join(directory, 'unmounted'), GATEHOUSE_KEY_FILE: keyFile });
    await expectOnly(
      'data directory',
      'WARN',
      /unmounted is not there, but the database has been used.* mount its volume/,
    );
  });

  test('a file is in its place', async () => {
    await writeFile(join(directory, 'file'), '');
    changed({ GATEHOUSE_DATA: join(directory, 'file') });
    await expectOnly('data directory', 'FAIL', /file is a file\. Move it away/);
  });

  test('it cannot be made where it should be', async () => {
    changed({ GATEHOUSE_DATA: join(directory, 'closed/data'), GATEHOUSE_KEY_FILE: keyFile });
    machine = { ...machine, mayUse: async (path) => path !== directory };
    await expectOnly('data directory', 'FAIL', /is not there and cannot be made in .*\. Make it as an administrator/);
  });

  test('it belongs to somebody else', async () => {
    const { uid } = await stat(directory);
    if (process.getuid?.() === 0) await chown(environment.GATEHOUSE_DATA!, 12_345, 12_345);
    machine = { ...machine, uid: uid + 1_000 };
    await expectOnly(
      'data directory',
      'FAIL',
      /belongs to user \d+, and this is user \d+\. Run Gatehouse as that user/,
    );
  });

  test('it cannot be written to', async () => {
    machine = { ...machine, mayUse: async () => false };
    await expectOnly('data directory', 'FAIL', /cannot be written to\. Run chmod 700/);
  });

  test('it is open to everybody', async () => {
    await chmod(environment.GATEHOUSE_DATA!, 0o755);
    await expectOnly('data directory', 'WARN', /open to other users \(mode 0755\)\. Close it to them: chmod 700/);
  });

  test('passing through, as the user of PostgreSQL may have to, is none', async () => {
    await chmod(environment.GATEHOUSE_DATA!, 0o711);
    expect((await look()).filter(({ status }) => status !== 'OK')).toEqual([]);
  });

  test('its disk is nearly full', async () => {
    machine = { ...machine, freeBytes: async () => 900e6 };
    await expectOnly('disk', 'WARN', /900 MB are free at .*\. Free some space/);
    machine = { ...machine, freeBytes: async () => 5e6 };
    await expectOnly('disk', 'FAIL', /^5 MB are free/);
  });
});

describe('a fault of the key file is named by its line:', () => {
  test('it is gone', async () => {
    await rm(keyFile);
    await expectOnly('key file', 'FAIL', /keys is not there, but the database has been used with one\. Restore it/);
  });

  test('it is garbled', async () => {
    await writeFile(keyFile, 'not a key');
    const findings = await expectOnly('key file', 'FAIL', /does not hold 64 hexadecimal digits\. Restore it/);
    expect(JSON.stringify(findings)).not.toContain('not a key');
  });

  test('it is of another database', async () => {
    await writeFile(keyFile, `${'ab'.repeat(32)}\n`);
    await expectOnly('key file', 'FAIL', /belongs to another database\. Restore the key file this database was first/);
  });

  test('everybody may read it', async () => {
    await chmod(keyFile, 0o644);
    await expectOnly('key file', 'FAIL', /open to everybody \(mode 0644\)\. Close it: chmod 600/);
  });

  test('its group may read it', async () => {
    await chmod(keyFile, 0o640);
    await expectOnly('key file', 'WARN', /open to its group \(mode 0640\)/);
  });

  test('it is a directory', async () => {
    await rm(keyFile);
    await mkdir(keyFile);
    await expectOnly('key file', 'FAIL', /cannot be read \(EISDIR\)/);
  });
});

describe('a fault of the machine is named by its line:', () => {
  test('the port is taken by a stranger', async () => {
    changed({ PORT: String(await listen(createHttpServer((_, response) => response.end('hello')))) });
    await expectOnly('port', 'FAIL', /is taken by another program\. Stop it, or choose another port/);
  });

  test('the port is taken by one that does not answer', async () => {
    changed({ PORT: String(await listen(createServer(() => {}))) });
    await expectOnly('port', 'FAIL', /is taken by another program/);
  });

  test('the port is taken by the Gatehouse of another directory', async () => {
    changed({ PORT: new URL(world.url).port });
    await expectOnly('port', 'FAIL', /is taken by a Gatehouse of another data directory/);
  });

  test('the address is none of this machine', async () => {
    changed({ HOST: '192.0.2.1' });
    await expectOnly('port', 'FAIL', /192\.0\.2\.1 is no address of this machine \(EADDRNOTAVAIL\)\. Set HOST/);
  });

  test('nobody could sign in at the address clients use', async () => {
    changed({ GATEHOUSE_PUBLIC_URL: 'http://gatehouse.example.org' });
    await expectOnly(
      'sign-in',
      'WARN',
      /Nobody can sign in over plain http at http:\/\/gatehouse\.example\.org\. Put a proxy/,
    );
  });

  test('the proxy in front is not trusted, so that everybody comes from its address', async () => {
    changed({ GATEHOUSE_PUBLIC_URL: 'https://gatehouse.example.org' });
    await expectOnly('sign-in', 'WARN', /everybody comes from the address of the proxy\. Set GATEHOUSE_TRUST_PROXY/);
    changed({ GATEHOUSE_TRUST_PROXY: '127.0.0.1' });
    expect((await look()).filter(({ status }) => status !== 'OK')).toEqual([]);
  });

  test('there are no passkeys at the address clients use, because it is no name', async () => {
    changed({ GATEHOUSE_PUBLIC_URL: 'https://192.0.2.1', GATEHOUSE_TRUST_PROXY: '127.0.0.1' });
    await expectOnly('sign-in', 'WARN', /no passkeys for an IP address\. Set GATEHOUSE_PUBLIC_URL to/);
  });

  test('Node is too old', async () => {
    machine = { ...machine, nodeVersion: '20.20.2' };
    await expectOnly('node', 'FAIL', /Node 20\.20\.2 is too old\. Install Node 22\.18 or newer/);
    machine = { ...machine, nodeVersion: '22.17.1' };
    await expectOnly('node', 'FAIL', /too old/);
    machine = { ...machine, nodeVersion: '22.18.0' };
    expect((await look()).filter(({ status }) => status !== 'OK')).toEqual([]);
  });

  test('few files may be open', async () => {
    machine = { ...machine, fileLimit: () => 1_024 };
    await expectOnly('file limit', 'WARN', /At most 1024 open files\. Raise it/);
    machine = { ...machine, fileLimit: () => 64 };
    await expectOnly('file limit', 'FAIL', /At most 64 open files/);
    machine = { ...machine, fileLimit: () => null };
    expect((await look()).filter(({ status }) => status !== 'OK')).toEqual([]);
  });
});

describe('gatehouse doctor', () => {
  interface Answer {
    ok: boolean;
    checks: { name: CheckName; status: string; found: string; fix: string | null }[];
  }
  const wrong = ({ checks }: Answer) =>
    checks.filter(({ status }) => status === 'warn' || status === 'fail').map(({ name, status }) => [name, status]);
  const ask = async (desk: Desk, changes: Record<string, string> = {}) => {
    const outcome = await desk.run(['doctor', '--json'], changes);
    return { ...outcome, answer: JSON.parse(outcome.stdout) as Answer };
  };

  test('says in a line each what it found, and ends with 0', async () => {
    const desk = await openDesk(environment);
    const { code, stdout, stderr } = await desk.run(['doctor']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 26).trimEnd()),
    ).toEqual(ALL.map((name) => expect.stringMatching(new RegExp(`^(ok|warn) +${name}$`))));
  });

  test('ends with 1 when something is wrong, and with 0 after a mere warning', async () => {
    const desk = await openDesk(environment);
    await chmod(keyFile, 0o640);
    expect((await ask(desk)).code).toBe(0);
    await chmod(keyFile, 0o644);
    const { code, answer } = await ask(desk);
    expect(code).toBe(1);
    expect(answer.ok).toBe(false);
    expect(wrong(answer)).toContainEqual(['key file', 'fail']);
  });

  test('a broken settings file is named, and what it might have said is left alone', async () => {
    const desk = await openDesk(environment);
    await writeFile(join(desk.directory, 'gatehouse.config.json'), '{"DATABASE_URL": "postgres://a:hunter2@h/d",,}');
    const { code, answer, stdout } = await ask(desk);
    expect(code).toBe(1);
    expect(wrong(answer)[0]).toEqual(['settings', 'fail']);
    expect(answer.checks.filter(({ status }) => status === 'skipped')).toHaveLength(9);
    expect(stdout).not.toContain('hunter2');
  });

  test('a setting of the wrong shape and one nobody knows are named', async () => {
    const desk = await openDesk(environment);
    const shape = await ask(desk, { PORT: 'many' });
    expect(shape.code).toBe(1);
    expect(shape.answer.checks[0]).toMatchObject({
      name: 'settings',
      status: 'fail',
      found: expect.stringMatching(/PORT/),
    });
    const unknown = await ask(desk, { GATEHOUSE_PUBLIC_ULR: 'x' });
    expect(unknown.code).toBe(0);
    expect(unknown.answer.checks[0]?.found).toMatch(/GATEHOUSE_PUBLIC_ULR.*GATEHOUSE_PUBLIC_URL/);
    expect(unknown.stderr).toBe('');
  });

  test('a low limit of open files is seen in a process that has it', async () => {
    const desk = await openDesk(environment);
    const command = `ulimit -n 200 && exec ${join(await buildProgram(), 'bin/gatehouse')} doctor --json`;
    const env = { PATH: process.env.PATH, ...environment };
    const ended = promisify(execFile)('/bin/sh', ['-c', command], { cwd: desk.directory, env });
    const { code, stdout } = (await ended.catch((error: unknown) => error)) as { code: number; stdout: string };
    expect(code).toBe(1);
    const { checks } = JSON.parse(stdout) as Answer;
    expect(checks.find(({ name }) => name === 'file limit')).toMatchObject({
      status: 'fail',
      found: 'At most 200 open files.',
    });
  });

  test('before the first start there is nothing to mend, and nothing is made', async () => {
    const desk = await openDesk({ PORT: environment.PORT! });
    const { code, answer } = await ask(desk);
    expect(code).toBe(0);
    expect(answer.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(await readdir(desk.directory)).toEqual([]);
  });

  test('the bundled PostgreSQL is looked at while the server runs, and left alone when it is stopped', async () => {
    const desk = await openDesk({ PORT: environment.PORT! });
    const server = await desk.start(['--no-demo', '--port', environment.PORT!]);
    const data = join(desk.directory, '.gatehouse');
    const running = await ask(desk);
    expect(running.code).toBe(0);
    expect(running.answer.checks.filter(({ status }) => status === 'skipped')).toEqual([]);
    expect(running.answer.checks.find(({ name }) => name === 'database')?.found).toMatch(
      /bundled PostgreSQL \(process \d+\) answers/,
    );
    expect(running.answer.checks.find(({ name }) => name === 'key file')?.found).toMatch(/belongs to the database/);
    expect(running.answer.checks.find(({ name }) => name === 'port')).toMatchObject({
      status: 'ok',
      found: `Port ${server.port} is held by our own server, process ${server.pid}.`,
    });
    await server.end();

    expect(await postgresOf(data)).toBeNull();
    const before = await contents(data);
    const stopped = await ask(desk);
    expect(stopped.code).toBe(0);
    expect(stopped.answer.checks.find(({ name }) => name === 'database')?.found).toMatch(/is stopped/);
    await rm(join(data, 'keys'));
    const lost = await ask(desk);
    expect(lost.code).toBe(1);
    expect(wrong(lost.answer)).toContainEqual(['key file', 'fail']);
    expect(await postgresOf(data)).toBeNull();
    expect(await contents(data)).toEqual(before.filter((line) => !line.startsWith('keys ')));
  });
});

/** Paths with what would show that one was touched. */
async function contents(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const lines = names.map(async (name) => {
    const { mtimeMs, size, mode } = await stat(join(folder, name));
    return name === '.' ? name : `${name} ${size} ${mode} ${mtimeMs}`;
  });
  return (await Promise.all(lines)).sort();
}

/** Closed when the test is finished. */
function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A far end that is the real one, but for one word of what it says; both of one length. */
function rewriting(word: string, other: string): Server {
  const { host, port } = inject('postgres');
  return createServer((near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    near.pipe(far);
    far.on('data', (chunk) => near.write(Buffer.from(chunk.toString('latin1').replaceAll(word, other), 'latin1')));
    far.on('error', () => near.destroy());
    near.on('error', () => far.destroy());
    near.on('close', () => far.destroy());
  });
}

async function emptyDatabase(): Promise<string> {
  const database = `empty_${process.pid}`;
  await world.sql(`create database ${database}`);
  onTestFinished(async () => void (await world.sql(`drop database ${database} with (force)`)));
  return database;
}
