// The data directory and the files in it: who owns them, who may read them, how they are written.
//
// Everything in it is for its owner alone: directories 0700, files 0600. One exception: when root runs PostgreSQL as
// another user, that user has to pass through to its own files. Then the directory gets that user's *group* and 0710,
// rather than 0711: passing without listing, and for that group only. Files stay 0600. (`letPass` does it.)

import { randomBytes } from 'node:crypto';
import { chmod, chown, lchown, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Refusal } from '../lib/refusal.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface DataDirectory {
  /** Absolute, without symbolic links: the same text for every process. */
  readonly path: string;
  /** Whoever the directory belongs to. What root makes in it is given to them, so that they can go on without root. */
  readonly owner: Owner;
  /** Tells the directory from a copy of it, which also copies the notes about who uses the original. */
  readonly inode: number;
  /** Where this module keeps its own things, the database among them. */
  readonly postgres: string;
}

/** Opens the directory, making it (0700) when missing; parents get the usual mode. Refused with UNAVAILABLE when it
 *  cannot be made, or belongs to somebody else and this process is not root. */
export async function openDataDirectory(given: string): Promise<DataDirectory> {
  const wanted = resolve(given);
  return await orRefuse(wanted, async () => {
    await mkdir(dirname(wanted), { recursive: true });
    await makeDirectory(wanted);
    const path = await realpath(wanted);
    const { uid, gid, ino: inode } = await stat(path);
    const owner = { uid, gid };
    const postgres = join(path, 'postgres');
    await makePrivateDirectory(postgres, owner);
    return { path, owner, inode, postgres };
  });
}

/** Runs `work` on the directory; a file system that says no (closed, full, read-only …) becomes a Refusal. */
export async function orRefuse<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const advice = code && ADVICE[code];
    if (!advice) throw error;
    throw new Refusal('UNAVAILABLE', `The data directory ${path} cannot be used (${message}). ${advice}`);
  }
}

const ANOTHER = 'choose another directory with GATEHOUSE_DATA, or use a PostgreSQL of your own with DATABASE_URL.';
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: `Run as the user it belongs to, or ${ANOTHER}`,
  EPERM: `Run as the user it belongs to, or ${ANOTHER}`,
  ENOSPC: 'The disk is full: free some space and try again.',
  EDQUOT: 'Your quota is used up: free some space and try again.',
  EROFS: `The file system is read-only: ${ANOTHER}`,
  ENOTDIR: `A part of the path is a file: ${ANOTHER}`,
  EEXIST: `There is a file in its place: ${ANOTHER}`,
  ENOENT: 'It was removed meanwhile: start again.',
};

/** Makes a 0700 directory; one that exists is left as it is. When we are root it is given to `owner`. */
export async function makePrivateDirectory(path: string, owner: Owner): Promise<void> {
  if (await makeDirectory(path)) await give(path, owner);
}

/** Writes a 0600 file in one step: readers see the old text or the new. `durable` also waits for the disk. */
export async function writePrivateFile(
  path: string,
  text: string,
  owner: Owner,
  { durable = false } = {},
): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await give(draft, owner);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Removes what killed processes had begun to write in `directory`. Only where nobody else writes at the moment. */
export async function sweepDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/\.[0-9a-f]{12}$/.test(name)) await rm(join(directory, name), { force: true });
  }
}

/** The text of a file, or `null` when there is none. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Owner of a file or directory, or `null` when there is none. */
export async function ownerOf(path: string): Promise<Owner | null> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Lets members of `gid` pass through a directory of ours (see the head of this file). Root only. */
export async function letPass(path: string, gid: number): Promise<void> {
  const { uid, gid: group, mode } = await stat(path);
  // Somebody gave the directory a group on purpose: keep it, and let everyone pass instead.
  const groupInUse = group !== gid && (mode & 0o070) !== 0;
  if (!groupInUse) await chown(path, uid, gid);
  await chmod(path, (mode & 0o7777) | (groupInUse ? 0o001 : 0o010));
}

/** Gives a directory and everything in it to `owner`. Root only; symbolic links are not followed. */
export async function handOver(path: string, owner: Owner): Promise<void> {
  for (const entry of await readdir(path, { recursive: true })) await lchown(join(path, entry), owner.uid, owner.gid);
  await lchown(path, owner.uid, owner.gid);
}

/** Makes a rename or creation inside `directory` survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** True when the directory was made here, false when it existed. */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
    return false;
  }
}

async function give(path: string, { uid, gid }: Owner): Promise<void> {
  if (process.getuid?.() === 0 && uid !== 0) await chown(path, uid, gid);
}
