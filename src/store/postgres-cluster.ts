// One PostgreSQL database on disk: made, started, found running, stopped. Everything here is called with the hold of
// its data directory, so nobody else starts or stops at the same time; only a killed starter's child may still do.

import { randomBytes } from 'node:crypto';
import { chown, copyFile, mkdir, open, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../lib/refusal.js';
import { type DataDirectory, readIfThere, syncDirectory, writePrivateFile } from './data-directory.js';
import { type Endpoint, isSocket } from './postgres-endpoint.js';
import type { Lodging } from './postgres-lodging.js';
import { runAsUntilDone, spawnAs } from './postgres-user.js';
import { commandLine, identify, isRunning, type ProcessIdentity } from './process-identity.js';

export const ROLE = 'gatehouse';
export const DATABASE = 'gatehouse';

/** A PostgreSQL that lives, as it describes itself in `postmaster.pid`. */
export interface Postmaster extends ProcessIdentity {
  /** Unknown in the first moments. */
  readonly endpoint: Endpoint | null;
  /** `starting` also stands for recovering after a crash. */
  readonly status: 'starting' | 'ready' | 'stopping';
}

const POLL_MS = 10;
/** Recovery after a crash replays up to max_wal_size (1 GB); seconds on a good disk, minutes on a bad one. */
const START_PATIENCE_MS = 300_000;
/** A fast shutdown writes everything out first. */
const STOP_PATIENCE_MS = 120_000;
/** Backends of a killed PostgreSQL notice by themselves; until then a new one is refused. */
const ORPHANS_PATIENCE_MS = 20_000;
const MAX_LOG_BYTES = 10_000_000;

/** First settings; whoever runs Gatehouse may change them in `postgresql.conf` afterwards. What this module relies on
 *  is given at each start instead. */
const FIRST_SETTINGS = {
  max_connections: '100',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // No statement, no value, no failed query in the log: those belong to clients, who log them with our rules.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};

/** Our own way in, over sockets and loopback, always with the password. The superuser has none, so nobody is it. */
const CLIENTS = `# Written by Gatehouse.
local all all                scram-sha-256
host  all all 127.0.0.1/32   scram-sha-256
host  all all ::1/128        scram-sha-256
`;

/** Makes an empty database with our role in it. All or nothing: a process killed in the middle leaves only a
 *  folder that the next one removes. The role may create databases and watch the server, and is not a superuser. */
export async function makeCluster({ home, native, runAs, version }: Lodging, password: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(DRAFT)) await rm(join(home, name), { recursive: true, force: true, maxRetries: 10 });
  }
  const draft = join(home, `${DRAFT}${randomBytes(6).toString('hex')}`);
  await mkdir(draft, { mode: 0o700 });
  if (runAs.way === 'user') await chown(draft, runAs.uid, runAs.gid);
  try {
    const settings = Object.entries(FIRST_SETTINGS).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const made = await runAsUntilDone(runAs, [
      join(native, 'bin', 'initdb'),
      ...['--pgdata', draft, '--username', 'postgres', '--auth', 'reject', '--encoding', 'UTF8', '--locale', 'C'],
      // Since 17: upper and lower case of all of Unicode, sorted by code point, the same on every machine.
      ...(majorOf(version) >= 17 ? ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'] : []),
      ...settings,
    ]);
    if (!made.ok) throw failure(`A new database could not be made in ${home}`, made.output);
    await writeFile(join(draft, 'pg_hba.conf'), CLIENTS);
    await runStatements({ home, native, runAs, version }, draft, [
      `create role ${ROLE} login createdb password '${password}'`,
      `grant pg_monitor, pg_checkpoint to ${ROLE}`,
      `create database ${DATABASE} owner ${ROLE}`,
    ]);
    await rename(draft, join(home, 'data'));
    await syncDirectory(home);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

const DRAFT = 'initdb-';

/** Gives our role a new password, for a data directory that lost its own. PostgreSQL must be stopped. */
export async function resetPassword(lodging: Lodging, password: string): Promise<void> {
  await runStatements(lodging, join(lodging.home, 'data'), [`alter role ${ROLE} password '${password}'`]);
}

/** Refused with UNAVAILABLE when the database was written by another major version than the programs. */
export async function checkVersion({ home, version }: Lodging): Promise<void> {
  const found = Number(await readIfThere(join(home, 'data', 'PG_VERSION')));
  if (found === majorOf(version)) return;
  throw new Refusal(
    'UNAVAILABLE',
    `The database in ${home} was made by PostgreSQL ${found}, but the bundled programs are PostgreSQL ${version}: install the Gatehouse release it was made with, dump it there and restore it here, or serve it with a PostgreSQL ${found} of your own and set DATABASE_URL.`,
  );
}

/** The live PostgreSQL of the database in `home`, whoever started it, or `null`. */
export async function findPostmaster(home: string): Promise<Postmaster | null> {
  const data = join(home, 'data');
  const lines = await pidFile(data);
  if (!lines) return null;
  const pid = Number(lines[0]);
  const identity = pid > 0 ? await identify(pid) : null;
  // A pid of before a crash or reboot may be anybody's by now.
  if (!identity || !(await commandLine(pid)).includes(data)) return null;
  const [, , , port, socket, address, , status = ''] = lines;
  const host = socket || address;
  return {
    ...identity,
    endpoint: host && port ? { host, port: Number(port) } : null,
    status: status.startsWith('ready') ? 'ready' : status.startsWith('stopping') ? 'stopping' : 'starting',
  };
}

/** Starts PostgreSQL so that it outlives this process and its terminal, and answers when it takes connections. */
export async function startCluster(
  { postgres, owner }: DataDirectory,
  lodging: Lodging,
  endpoint: Endpoint,
  log: (message: string) => void,
): Promise<Postmaster & { endpoint: Endpoint }> {
  const { home, native, runAs } = lodging;
  const data = join(home, 'data');
  const logFile = logFileOf(postgres);
  const began = Date.now();
  for (;;) {
    await writePrivateFileIfMissing(logFile, owner);
    const offset = (await stat(logFile)).size;
    const output = await open(logFile, 'a');
    const child = spawnAs(runAs, [join(native, 'bin', 'postgres'), ...argumentsFor(data, endpoint)], {
      env: await notTheOldOne(data),
      detached: true, // a session of its own: neither Ctrl-C nor the end of our process group reaches it
      stdio: ['ignore', output.fd, output.fd],
    });
    let ended: string | null = null;
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      ended ??= `it ended with ${signal ?? `exit code ${code}`}`;
    });
    child.unref();
    await output.close();

    const ready = await waitUntilReady(home, () => ended, log);
    if (ready) return ready;
    const lines = await readFrom(logFile, offset);
    const orphans = lines.includes('pre-existing shared memory block');
    if (!orphans || Date.now() - began > ORPHANS_PATIENCE_MS) {
      throw failure(`PostgreSQL did not start in ${home}`, `${lines}\n${ended}`);
    }
    await sleep(100);
  }
}

/** Waits until PostgreSQL takes connections. `null` when there is none and `ended` says that none is coming. */
export async function waitUntilReady(
  home: string,
  ended: () => string | null,
  log: (message: string) => void,
): Promise<(Postmaster & { endpoint: Endpoint }) | null> {
  const began = Date.now();
  let told = false;
  for (;;) {
    const postmaster = await findPostmaster(home);
    if (postmaster?.status === 'ready' && postmaster.endpoint) return { ...postmaster, endpoint: postmaster.endpoint };
    if (!postmaster && ended() !== null) return null;
    const waited = Date.now() - began;
    if (waited > START_PATIENCE_MS) {
      throw new Refusal(
        'UNAVAILABLE',
        `PostgreSQL (process ${postmaster?.pid}) in ${home} still does not take connections after ${Math.round(waited / 1000)} s; it may be recovering from a crash. See its log and try again.`,
      );
    }
    if (waited > 2_000 && !told) {
      told = true;
      log('PostgreSQL is starting; after a crash it first replays what was written …');
    }
    await sleep(POLL_MS);
  }
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. Answers when it is gone. */
export async function stopPostmaster(postmaster: ProcessIdentity): Promise<void> {
  if (await isRunning(postmaster)) sendSignal(postmaster.pid, 'SIGINT');
  await waitUntilGone(postmaster);
}

/** Waits for one that is stopping. */
export async function waitUntilGone(postmaster: ProcessIdentity): Promise<void> {
  const began = Date.now();
  while (await isRunning(postmaster)) {
    if (Date.now() - began > STOP_PATIENCE_MS) {
      throw new Refusal(
        'UNAVAILABLE',
        `PostgreSQL (process ${postmaster.pid}) was asked to stop ${STOP_PATIENCE_MS / 1000} s ago and still runs: it may be writing to a slow disk. Wait for it, or send it SIGQUIT (committed data stays safe).`,
      );
    }
    await sleep(POLL_MS);
  }
}

/** Keeps the log in bounds: beyond 10 MB it becomes `postgresql.log.1` and starts anew. PostgreSQL appends, so this
 *  works while it writes. */
export async function boundLog(postgres: string): Promise<void> {
  const logFile = logFileOf(postgres);
  try {
    if ((await stat(logFile)).size <= MAX_LOG_BYTES) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await copyFile(logFile, `${logFile}.1`);
  await truncate(logFile);
}

const logFileOf = (postgres: string): string => join(postgres, 'postgresql.log');

const majorOf = (version: string): number => Number.parseInt(version, 10);

/** What must hold whatever `postgresql.conf` says. */
function argumentsFor(data: string, endpoint: Endpoint): string[] {
  const { host, port } = endpoint;
  const settings = {
    port,
    listen_addresses: isSocket(endpoint) ? '' : host,
    // A list; the quotes are for commas and blanks in the path.
    unix_socket_directories: isSocket(endpoint) ? `"${host.replaceAll('"', '""')}"` : '',
    unix_socket_permissions: '0700',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** PostgreSQL refuses to start while the pid of an old `postmaster.pid` is alive, whoever has it by now: after a
 *  container restart that may be this very process. We know it is no PostgreSQL of ours, and this variable, made for
 *  pg_ctl, says so without giving up the check for left-over backends. */
async function notTheOldOne(data: string): Promise<Record<string, string>> {
  const pid = (await pidFile(data))?.[0] ?? '';
  return /^\d+$/.test(pid) ? { PG_GRANDPARENT_PID: pid } : {};
}

async function runStatements({ native, runAs }: Lodging, data: string, statements: string[]): Promise<void> {
  const program = join(native, 'bin', 'postgres');
  const args = ['--single', '-D', data, '-c', 'exit_on_error=true', '-c', 'log_checkpoints=off', 'postgres'];
  const input = statements.map((statement) => `${statement};\n`).join('');
  const { ok, output } = await runAsUntilDone(runAs, [program, ...args], { input, env: await notTheOldOne(data) });
  if (!ok) throw failure(`The database in ${data} could not be prepared`, output);
}

async function pidFile(data: string): Promise<string[] | null> {
  const text = await readIfThere(join(data, 'postmaster.pid'));
  return text === null ? null : text.split('\n').map((line) => line.trim());
}

async function writePrivateFileIfMissing(path: string, owner: DataDirectory['owner']): Promise<void> {
  if ((await readIfThere(path)) === null) await writePrivateFile(path, '', owner);
}

async function readFrom(path: string, offset: number): Promise<string> {
  const text = (await readIfThere(path)) ?? '';
  return Buffer.from(text).subarray(offset).toString();
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself meanwhile
  }
}

/** One sentence with what matters of the program's words: its complaints if it marked any, else its last lines. */
function failure(what: string, output: string): Refusal {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const complaints = lines.filter((line) => /FATAL|PANIC|error|invalid|could not|ended with/i.test(line));
  const said = (complaints.length > 0 ? complaints : lines)
    .slice(-3)
    .map((line) => line.trim())
    .join(' | ');
  const advice = /No space left on device|Disk quota exceeded/.test(output)
    ? 'Free some disk space and try again.'
    : 'Mend that and try again, or use a PostgreSQL of your own with DATABASE_URL.';
  return new Refusal('UNAVAILABLE', `${what}; it said: ${said}. ${advice}`);
}
