// Where PostgreSQL lives and as whom: the one decision that differs between machines.
//
//   not root                         as we are
//   root, and it is somebody's       as the owner of the database or of the data directory
//   root, and it is root's           as `postgres`, else as `nobody`
//   … who cannot reach the place     in a user namespace: root on disk, nobody inside
//   … which is forbidden here        programs copied and database placed under /var/lib, a pointer left behind

import { chmod, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Refusal } from '../lib/refusal.js';
import {
  type DataDirectory,
  handOver,
  letPass,
  makePrivateDirectory,
  type Owner,
  ownerOf,
  readIfThere,
  writePrivateFile,
} from './data-directory.js';
import { describe, findUser, type RunAs, runAsUntilDone } from './postgres-user.js';

/** What a machine offers. `thisMachine` is the usual one; tests describe poorer ones. */
export interface Machine {
  /** Folder of the PostgreSQL programs. */
  readonly native: string;
  /** Users root may step down to, best first. */
  readonly users: readonly string[];
  /** The program that makes a user namespace. */
  readonly unshare: string;
  /** Where a short socket directory may be made when the path of the data directory is too long for one. */
  readonly temporary: readonly string[];
  /** A place others can reach and nobody tidies up (/var/tmp is swept after 30 days), for the last way. */
  readonly reachable: string;
}

export const thisMachine = (native: string): Machine => ({
  native,
  users: ['postgres', 'nobody'],
  unshare: 'unshare',
  temporary: [...new Set([tmpdir(), '/tmp'])],
  reachable: '/var/lib',
});

export interface Lodging {
  readonly runAs: RunAs;
  /** Folder of the programs: the package's, or a copy. */
  readonly native: string;
  /** Folder of the database and its socket: `postgres` in the data directory, or the reachable place. */
  readonly home: string;
  /** Of the programs, such as `18.4`. */
  readonly version: string;
}

const ELSEWHERE = 'elsewhere.json';
const INSTEAD = 'or use a PostgreSQL of your own with DATABASE_URL.';

/** Folder of the database, which need not exist yet. Refused when it was placed elsewhere and is gone. */
export async function findHome({ postgres }: DataDirectory): Promise<string> {
  const pointer = join(postgres, ELSEWHERE);
  const text = await readIfThere(pointer);
  if (text === null) return postgres;
  const { home } = JSON.parse(text) as { home: string };
  if (await ownerOf(home)) return home;
  throw new Refusal(
    'UNAVAILABLE',
    `The database should be in ${home} (says ${pointer}), but nothing is there: restore that folder, or delete the pointer to begin with an empty database.`,
  );
}

/** Decides how PostgreSQL runs and makes its places passable. Only with the hold, and only while it is stopped:
 *  ownership may change. Refused with UNAVAILABLE, naming each way that failed. */
export async function lodge(directory: DataDirectory, machine: Machine): Promise<Lodging> {
  const home = await findHome(directory);
  const data = await ownerOf(join(home, 'data'));
  await checkPrograms(machine.native);
  if (process.getuid?.() !== 0) return await lodgeAsOneself({ directory, machine, home, data });

  const native = home === directory.postgres ? machine.native : await copyPrograms(machine.native, home);
  const failures: string[] = [];
  for (const runAs of await candidates({ directory, machine, data })) {
    const place = runAs.way === 'user' ? dirname(home === directory.postgres ? directory.path : home) : home;
    const version = await versionFrom(runAs, native, place);
    if (version.ok) {
      const lodging = { runAs, native, home, version: version.output };
      if (runAs.way === 'user') await prepareFor(runAs, directory, lodging, data);
      return lodging;
    }
    failures.push(`${describe(runAs)}: ${version.output}`);
  }
  if (!data) return await lodgeElsewhere({ directory, machine, failures });
  throw new Refusal(
    'UNAVAILABLE',
    `PostgreSQL does not run as root, and nobody else can reach ${home} or ${native} (${failures.join('; ')}). Make their parent folders passable (chmod o+x), run as an ordinary user who owns them, ${INSTEAD}`,
  );
}

async function lodgeAsOneself({
  directory,
  machine,
  home,
  data,
}: {
  directory: DataDirectory;
  machine: Machine;
  home: string;
  data: Owner | null;
}): Promise<Lodging> {
  const uid = process.getuid?.();
  if (data && data.uid !== uid) {
    throw new Refusal(
      'UNAVAILABLE',
      `The database in ${directory.path} belongs to user ${data.uid}, but this process runs as user ${uid}: run as that user (or as root, if root made it), ${INSTEAD}`,
    );
  }
  // Containers like to run as a number without an account; PostgreSQL wants a name, and a namespace lends one.
  const named = (await runAsUntilDone({ way: 'self' }, ['id', '-un'])).ok;
  const runAs: RunAs = named ? { way: 'self' } : { way: 'namespace', command: machine.unshare };
  const { ok, output } = await versionFrom(runAs, machine.native, home);
  if (ok) return { runAs, native: machine.native, home, version: output };
  throw new Refusal(
    'UNAVAILABLE',
    `PostgreSQL wants a user with an account, but this process runs as number ${uid}, and a user namespace to lend it one is not possible here (${output}). Add the user to /etc/passwd, ${INSTEAD}`,
  );
}

/** Everyone may ask `--version`, root included. */
async function checkPrograms(native: string): Promise<void> {
  const { ok, output } = await versionFrom({ way: 'self' }, native, '/');
  if (ok) return;
  throw new Refusal(
    'UNAVAILABLE',
    `The bundled PostgreSQL programs in ${native} do not run on this machine (${output}). They need glibc (not Alpine) and a complete npm install: provide that, ${INSTEAD}`,
  );
}

async function candidates({
  directory,
  machine,
  data,
}: {
  directory: DataDirectory;
  machine: Machine;
  data: Owner | null;
}): Promise<RunAs[]> {
  const owner = data?.uid || directory.owner.uid;
  const namespace: RunAs = { way: 'namespace', command: machine.unshare };
  if (owner !== 0) {
    const user = await findUser(owner);
    if (user) return [user];
  }
  const users = await usersToBecome(machine);
  // What root owns was made in a namespace: stay there while it can be, else hand the files over.
  return data?.uid === 0 ? [namespace, ...users] : [...users, namespace];
}

/** The first user there is. */
async function usersToBecome(machine: Machine): Promise<(RunAs & { way: 'user' })[]> {
  for (const name of machine.users) {
    const user = await findUser(name);
    if (user) return [user];
  }
  return [];
}

/** Asks the kernel rather than reading mode bits: can this user enter `place` and run the programs? */
async function versionFrom(runAs: RunAs, native: string, place: string): Promise<{ ok: boolean; output: string }> {
  const script = 'cd "$1" && exec "$2" --version';
  const run = await runAsUntilDone(runAs, ['/bin/sh', '-c', script, 'sh', place, join(native, 'bin', 'postgres')]);
  const version = /^postgres \(PostgreSQL\) (\S+)/m.exec(run.output)?.[1];
  return run.ok && version ? { ok: true, output: version } : { ok: false, output: run.output || 'no answer' };
}

async function prepareFor(
  user: RunAs & { way: 'user' },
  directory: DataDirectory,
  { home, native }: Lodging,
  data: Owner | null,
): Promise<void> {
  for (const path of home === directory.postgres ? [directory.path, home] : [home]) {
    if (!(await versionFrom(user, native, path)).ok) await letPass(path, user.gid);
  }
  if (data && data.uid !== user.uid) await handOver(join(home, 'data'), user);
}

async function lodgeElsewhere({
  directory,
  machine,
  failures,
}: {
  directory: DataDirectory;
  machine: Machine;
  failures: string[];
}): Promise<Lodging> {
  const [user] = await usersToBecome(machine);
  if (!user) failures.push(`none of the users ${machine.users.join(', ')} exists`);
  const lodging = user && (await tryElsewhere(user, machine, failures));
  if (lodging) {
    const pointer = JSON.stringify({ home: lodging.home, why: failures });
    await writePrivateFile(join(directory.postgres, ELSEWHERE), pointer, directory.owner, { durable: true });
    return lodging;
  }
  throw new Refusal(
    'UNAVAILABLE',
    `PostgreSQL does not run as root, and no other way worked here (${failures.join('; ')}). Run Gatehouse as an ordinary user, ${INSTEAD}`,
  );
}

async function tryElsewhere(
  user: RunAs & { way: 'user' },
  machine: Machine,
  failures: string[],
): Promise<Lodging | null> {
  let home: string | null = null;
  try {
    home = await makeHome(machine.reachable);
    const native = await copyPrograms(machine.native, home);
    await letPass(home, user.gid);
    const version = await versionFrom(user, native, home);
    if (version.ok) return { runAs: user, native, home, version: version.output };
    failures.push(`${describe(user)} in ${machine.reachable}: ${version.output}`);
  } catch (error) {
    failures.push(`${describe(user)} in ${machine.reachable}: ${(error as Error).message}`);
  }
  if (home) await rm(home, { recursive: true });
  return null;
}

async function makeHome(reachable: string): Promise<string> {
  await mkdir(reachable, { recursive: true });
  return await mkdtemp(join(reachable, 'gatehouse-'));
}

/** Copies the programs into `home` unless that version is there already. Returns the copy. */
async function copyPrograms(native: string, home: string): Promise<string> {
  const wanted = await readIfThere(join(native, '..', 'package.json'));
  const copy = join(home, 'programs');
  if (wanted !== null && (await readIfThere(join(copy, 'package.json'))) === wanted) return join(copy, 'native');
  const draft = `${copy}.new`;
  await rm(draft, { recursive: true, force: true });
  await makePrivateDirectory(draft, { uid: 0, gid: 0 });
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  if (wanted !== null) await cp(join(native, '..', 'package.json'), join(draft, 'package.json'));
  await chmod(draft, 0o755);
  await rm(copy, { recursive: true, force: true });
  await rename(draft, copy);
  return join(copy, 'native');
}
