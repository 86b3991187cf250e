// Where PostgreSQL listens: a Unix socket where one can be, else loopback. Decided at each start.

import { randomBytes } from 'node:crypto';
import { chown, lstat, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Refusal } from '../lib/refusal.js';
import { makePrivateDirectory, readIfThere } from './data-directory.js';
import type { Lodging, Machine } from './postgres-lodging.js';
import { runAsUntilDone } from './postgres-user.js';

export interface Endpoint {
  /** A socket directory (begins with `/`), or `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
}

export const isSocket = ({ host }: Endpoint): boolean => host.startsWith('/');

const SOCKET_PORT = 5432; // only a part of the socket's name
/** The kernel allows 107 bytes on Linux and 103 on macOS. */
const MAX_SOCKET_PATH_BYTES = 100;
const TEMPORARY = 'gatehouse-socket-';

/** A place to listen at, writable for the user PostgreSQL runs as and nobody else. The one used `before` is preferred,
 *  so that processes attached when PostgreSQL died find the next one where they look. */
export async function chooseEndpoint(machine: Machine, lodging: Lodging, before: Endpoint | null): Promise<Endpoint> {
  const beside = join(lodging.home, 'socket');
  if (fits(beside)) {
    // Made anew, so nothing of a killed PostgreSQL is left in it.
    await rm(beside, { recursive: true, force: true });
    if (await makeSocketDirectory(beside, lodging)) return { host: beside, port: SOCKET_PORT };
  }
  if (before && (await isStillOurs(before, lodging))) return before;
  for (const parent of machine.temporary) {
    const host = await makeTemporary(parent, lodging);
    if (host) return { host, port: SOCKET_PORT };
  }
  const wanted = before && !isSocket(before) ? before.port : 0;
  return { host: '127.0.0.1', port: (await freePort(wanted)) ?? (await freePort(0)) ?? noPort() };
}

/** Removes a socket directory outside the data directory; anything else is left. */
export async function forgetEndpoint({ host }: Endpoint): Promise<void> {
  if (host.includes(`/${TEMPORARY}`)) await rm(host, { recursive: true, force: true });
}

const fits = (host: string): boolean =>
  Buffer.byteLength(join(host, `.s.PGSQL.${SOCKET_PORT}`)) <= MAX_SOCKET_PATH_BYTES;

async function makeTemporary(parent: string, lodging: Lodging): Promise<string | null> {
  if (!fits(join(parent, `${TEMPORARY}xxxxxx`))) return null;
  // Root's TMPDIR may be closed to the user PostgreSQL runs as.
  if (!(await runAsUntilDone(lodging.runAs, ['/bin/sh', '-c', 'cd "$1"', 'sh', parent])).ok) return null;
  const host = await mkdtemp(join(parent, TEMPORARY)); // a name nobody can have made before, 0700
  if (await makeSocketDirectory(host, lodging)) return host;
  await rm(host, { recursive: true });
  return null;
}

/** Whether that is the temporary directory our killed PostgreSQL left. Others can make names in /tmp, and a copied
 *  data directory names the one of its original: so the owner and PostgreSQL's own note in it must both agree. */
async function isStillOurs({ host, port }: Endpoint, { home, runAs }: Lodging): Promise<boolean> {
  if (!host.includes(`/${TEMPORARY}`)) return false;
  const note = await readIfThere(join(host, `.s.PGSQL.${port}.lock`));
  if (note?.split('\n')[1] !== join(home, 'data')) return false;
  const found = await lstat(host);
  const uid = runAs.way === 'user' ? runAs.uid : process.getuid?.();
  return found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
}

/** Answers whether sockets work there: some mounts know files only. */
async function makeSocketDirectory(host: string, { runAs }: Lodging): Promise<boolean> {
  await makePrivateDirectory(host, { uid: 0, gid: 0 });
  const works = await canListen(join(host, `.s.${randomBytes(4).toString('hex')}`));
  if (runAs.way === 'user') await chown(host, runAs.uid, runAs.gid);
  return works;
}

function noPort(): never {
  throw new Refusal(
    'UNAVAILABLE',
    'PostgreSQL can listen neither on a socket nor on a port of 127.0.0.1, because none is free: end something that listens, or use a PostgreSQL of your own with DATABASE_URL.',
  );
}

function canListen(path: string): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false)); // the question was whether it fails
    server.listen(path, () => server.close(() => answer(true)));
  });
}

/** `wanted` if it is free (0: any), else `null`. */
function freePort(wanted: number): Promise<number | null> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(null));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => answer(typeof address === 'object' && address ? address.port : null));
    });
  });
}
