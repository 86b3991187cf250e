// The bundled PostgreSQL. It belongs to a data directory, not to a process: whoever needs it first starts it, others
// attach, the last to leave stops it, and one left alive by a killed process is adopted by whoever comes next.
//
//   <data directory>/server/              the claim of the one server (server-claim.ts)
//   <data directory>/postgres/hold/       held while somebody starts, attaches or stops (hold.ts)
//                             users/      one file a user: pid and start time; dead ones do not count
//                             access.json how to connect, and how PostgreSQL was started (0600)
//                             stopping    who is being stopped, for the case that the stopper is killed
//                             data/ socket/ postgresql.log
//
// PostgreSQL ending by itself is not repaired here: open once more, and it is started again at the same endpoint.

import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../lib/refusal.js';
import {
  type DataDirectory,
  makePrivateDirectory,
  openDataDirectory,
  orRefuse,
  ownerOf,
  readIfThere,
  sweepDrafts,
  writePrivateFile,
} from './data-directory.js';
import { parse, withHold } from './hold.js';
import { findBinaries } from './postgres-binaries.js';
import {
  boundLog,
  checkVersion,
  DATABASE,
  findPostmaster,
  makeCluster,
  type Postmaster,
  ROLE,
  resetPassword,
  startCluster,
  stopPostmaster,
  waitUntilGone,
  waitUntilReady,
} from './postgres-cluster.js';
import { chooseEndpoint, type Endpoint, forgetEndpoint } from './postgres-endpoint.js';
import { findHome, type Lodging, lodge, type Machine, thisMachine } from './postgres-lodging.js';
import { describe } from './postgres-user.js';
import { identifySelf, isRunning, type ProcessIdentity } from './process-identity.js';

export { claimServer } from './server-claim.js';

export interface DatabaseAccess {
  /** May be the directory of a Unix socket. */
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

type Log = (message: string) => void;

/** Longer than the slowest start or stop of whoever is waited for. */
const HOLD_PATIENCE_MS = 600_000;

/** Opens (starts or attaches to) the PostgreSQL of a data directory; `release` leaves it, and the last one to leave
 *  stops it. May be called by many processes at once and many times in one; each call is a user of its own. Ends in a
 *  Refusal (UNAVAILABLE) whose message says what to do. `release` may be called more than once. */
export async function openBundledPostgres(options: {
  dataDirectory: string;
  log?: Log;
}): Promise<{ access: DatabaseAccess; release(): Promise<void> }> {
  return await openBundledPostgresOn(thisMachine(await findBinaries()), options);
}

/** The same on a machine described by the caller; for tests of the ways root has. */
export async function openBundledPostgresOn(
  machine: Machine,
  { dataDirectory, log = () => {} }: { dataDirectory: string; log?: Log },
): Promise<{ access: DatabaseAccess; release(): Promise<void> }> {
  const directory = await openDataDirectory(dataDirectory);
  return await orRefuse(directory.path, async () => {
    const { access, user } = await withHold(holdOn(directory, 'opening its PostgreSQL', log), async () => {
      const user = await enter(directory);
      try {
        const postmaster = await attach(directory, log);
        await boundLog(directory.postgres);
        return { user, access: await (postmaster ? known(directory, postmaster) : start(directory, machine, log)) };
      } catch (error) {
        await abandon(directory, user).catch((second: Error) => log(`Tidying up failed too: ${second.message}`));
        throw error;
      }
    });
    let leaving: Promise<void> | undefined;
    const release = () => {
      leaving ??= orRefuse(directory.path, () => leave(directory, user, log));
      return leaving;
    };
    return { access, release };
  });
}

/** What `access.json` holds. */
interface AccessFile extends DatabaseAccess {
  /** Where PostgreSQL was at its last start; whether it still runs is asked of PostgreSQL's own pid file. */
  pid: number | null;
  way: string;
  version: string;
}

const holdOn = (directory: DataDirectory, purpose: string, log: Log) => ({
  directory,
  path: join(directory.postgres, 'hold'),
  purpose: `${purpose} (${directory.path})`,
  patienceMs: HOLD_PATIENCE_MS,
  log,
});

/** The PostgreSQL that runs already and will go on running, or `null`. */
async function attach(directory: DataDirectory, log: Log): Promise<(Postmaster & { endpoint: Endpoint }) | null> {
  const home = await findHome(directory);
  const postmaster = await findPostmaster(home);
  if (!postmaster) return null;
  const told = parse<ProcessIdentity>((await readIfThere(stoppingFile(directory))) ?? '');
  const stopping = told?.pid === postmaster.pid && told.started === postmaster.started;
  if (stopping || postmaster.status === 'stopping') {
    log('PostgreSQL is being stopped; it is started again right after.');
    await waitUntilGone(postmaster);
    return null;
  }
  return await waitUntilReady(home, () => 'it runs, or it has ended', log);
}

async function known(
  directory: DataDirectory,
  { pid, endpoint: { host, port } }: Postmaster & { endpoint: Endpoint },
): Promise<DatabaseAccess> {
  const file = await readAccess(directory);
  if (file) return { host, port, user: file.user, password: file.password, database: file.database };
  throw new Refusal(
    'UNAVAILABLE',
    `PostgreSQL (process ${pid}) runs for ${directory.path}, but ${accessFile(directory)}, which holds its password, is missing or broken. Stop the servers and commands that use it, or send it SIGINT; the next start makes a new password.`,
  );
}

async function start(directory: DataDirectory, machine: Machine, log: Log): Promise<DatabaseAccess> {
  const lodging = await lodge(directory, machine);
  const before = await readAccess(directory);
  const password = before?.password ?? randomBytes(24).toString('base64url');
  const data = join(lodging.home, 'data');
  const isNew = (await ownerOf(data)) === null;
  if (!isNew) await checkVersion(lodging);

  if (!isNew && !before) {
    log(`${accessFile(directory)} was missing or broken; the database gets a new password.`);
    await resetPassword(lodging, password);
  }
  // A new database is made last: killed in between, its password is on disk, and the next start makes it.
  const endpoint = await chooseEndpoint(machine, lodging, before);
  const access = { ...endpoint, user: ROLE, password, database: DATABASE };
  await writeAccess(directory, lodging, access, null);
  if (isNew) {
    log(`Making a new database in ${lodging.home} …`);
    await makeCluster(lodging, password);
  }
  await rm(stoppingFile(directory), { force: true });
  await sweepDrafts(directory.postgres);
  const postmaster = await startCluster(directory, lodging, endpoint, log);
  const reached = { ...access, host: postmaster.endpoint.host, port: postmaster.endpoint.port };
  await writeAccess(directory, lodging, reached, postmaster.pid);
  log(`PostgreSQL ${lodging.version} runs ${describe(lodging.runAs)} (process ${postmaster.pid}).`);
  return reached;
}

async function leave(directory: DataDirectory, user: string, log: Log): Promise<void> {
  await withHold(holdOn(directory, 'leaving its PostgreSQL', log), async () => {
    await rm(user, { force: true });
    await stopIfUnused(directory, log);
  });
}

/** Undoes an opening that failed. A PostgreSQL that still recovers is left to it: stopped, it would begin again. */
async function abandon(directory: DataDirectory, user: string): Promise<void> {
  await rm(user, { force: true });
  const postmaster = await findPostmaster(await findHome(directory));
  if (postmaster && postmaster.status !== 'starting') await stopIfUnused(directory, () => {});
}

/** Stops PostgreSQL unless somebody uses it. */
async function stopIfUnused(directory: DataDirectory, log: Log): Promise<void> {
  if (await hasUsers(directory)) return;
  const postmaster = await findPostmaster(await findHome(directory));
  if (!postmaster) return;
  const { pid, started, endpoint } = postmaster;
  await writePrivateFile(stoppingFile(directory), JSON.stringify({ pid, started }), directory.owner);
  await stopPostmaster(postmaster);
  await rm(stoppingFile(directory), { force: true });
  if (endpoint) await forgetEndpoint(endpoint);
  log(`PostgreSQL (process ${pid}) stopped.`);
}

/** Signs this call in as a user. Answers the file to remove when it leaves. */
async function enter(directory: DataDirectory): Promise<string> {
  const users = usersDirectory(directory);
  await makePrivateDirectory(users, directory.owner);
  const self = await identifySelf();
  const file = join(users, `${self.pid}-${randomBytes(6).toString('hex')}`);
  await writePrivateFile(file, JSON.stringify({ ...self, inode: directory.inode }), directory.owner);
  return file;
}

/** Whether a live user is left. Files of dead ones are removed. */
async function hasUsers(directory: DataDirectory): Promise<boolean> {
  let any = false;
  for (const name of await readdir(usersDirectory(directory))) {
    const file = join(usersDirectory(directory), name);
    const user = parse<ProcessIdentity & { inode: number }>((await readIfThere(file)) ?? '');
    if (user?.inode === directory.inode && (await isRunning(user))) any = true;
    else await rm(file, { force: true });
  }
  return any;
}

async function readAccess(directory: DataDirectory): Promise<AccessFile | null> {
  return parse<AccessFile>((await readIfThere(accessFile(directory))) ?? '');
}

async function writeAccess(
  directory: DataDirectory,
  { runAs, version }: Lodging,
  access: DatabaseAccess,
  pid: number | null,
): Promise<void> {
  const file: AccessFile = { ...access, pid, way: describe(runAs), version };
  await writePrivateFile(accessFile(directory), `${JSON.stringify(file, null, 2)}\n`, directory.owner, {
    durable: true,
  });
}

const accessFile = ({ postgres }: DataDirectory): string => join(postgres, 'access.json');
const stoppingFile = ({ postgres }: DataDirectory): string => join(postgres, 'stopping');
const usersDirectory = ({ postgres }: DataDirectory): string => join(postgres, 'users');
