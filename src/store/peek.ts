// Looks at a data directory without opening, making, repairing or starting anything. For the doctor.

import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseAccess } from './bundled-postgres.js';
import { readIfThere } from './data-directory.js';
import { type Holder, parse } from './hold.js';
import { findPostmaster } from './postgres-cluster.js';
import { findHome } from './postgres-lodging.js';
import { isRunning } from './process-identity.js';

export type BundledState =
  | { kind: 'NONE' }
  | { kind: 'STOPPED' }
  | { kind: 'BUSY'; pid: number; doing: 'starting' | 'stopping' }
  /** `access` is `null` when the file that says how to connect is missing or broken. */
  | { kind: 'RUNNING'; pid: number; access: DatabaseAccess | null };

/** The bundled PostgreSQL as it is now. Refused when its place is known and gone. */
export async function peekBundledPostgres(dataDirectory: string): Promise<BundledState> {
  const path = await unlessMissing(() => realpath(dataDirectory));
  if (path === null) return { kind: 'NONE' };
  const postgres = join(path, 'postgres');
  const { ino: inode, uid, gid } = await stat(path);
  const home = await findHome({ path, postgres, inode, owner: { uid, gid } });
  if ((await unlessMissing(() => stat(join(home, 'data')))) === null) return { kind: 'NONE' };
  const postmaster = await findPostmaster(home);
  if (!postmaster) return { kind: 'STOPPED' };
  const { pid, status, endpoint } = postmaster;
  if (status !== 'ready' || !endpoint) return { kind: 'BUSY', pid, doing: status === 'stopping' ? status : 'starting' };
  const access = parse<DatabaseAccess>((await readIfThere(join(postgres, 'access.json'))) ?? '');
  if (!access) return { kind: 'RUNNING', pid, access };
  const { user, password, database } = access;
  return { kind: 'RUNNING', pid, access: { user, password, database, host: endpoint.host, port: endpoint.port } };
}

/** The live server of a data directory, or `null`. */
export async function peekServer(dataDirectory: string): Promise<{ pid: number; port: number } | null> {
  const claim = join(dataDirectory, 'server');
  const [name] = (await unlessMissing(() => readdir(claim))) ?? [];
  if (name === undefined) return null;
  const holder = parse<Holder<{ port: number }>>((await readIfThere(join(claim, name))) ?? '');
  if (!holder || holder.inode !== (await stat(dataDirectory)).ino || !(await isRunning(holder))) return null;
  return { pid: holder.pid, port: holder.facts.port };
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
