// A hold: at most one live process has it, and a dead one loses it. Made of what every POSIX file system gives.
//
// The hold is a directory with at most one file in it, named after one holder. `rename` puts a prepared directory in
// its place in one step, and succeeds only where there is no directory or an empty one. A dead holder is removed by
// its own name, so two processes that both saw it dead cannot remove each other's fresh hold, which is what goes
// wrong with a plain lock file.

import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../lib/refusal.js';
import { type DataDirectory, makePrivateDirectory, writePrivateFile } from './data-directory.js';
import { identify, identifySelf, isRunning, type ProcessIdentity } from './process-identity.js';

export interface Held {
  /** Gives the hold back. Once only. */
  release(): Promise<void>;
}

export interface Holder<Facts> extends ProcessIdentity {
  readonly inode: number;
  /** What the holder said about itself. */
  readonly facts: Facts;
}

const POLL_MS = 10;

/** Takes the hold at `path` in a data directory, or says who has it. Never waits; a dead holder is replaced, and so is
 *  one of the directory this one was copied from. Not reentrant: within one process a second attempt finds the first
 *  one holding. */
export async function tryHold<Facts>(
  { owner, inode }: DataDirectory,
  path: string,
  facts: Facts,
): Promise<Held | Holder<Facts>> {
  const self: Holder<Facts> = { ...(await identifySelf()), inode, facts };
  const name = `${self.pid}-${randomBytes(6).toString('hex')}`;
  const prepared = `${path}.${name}`;
  await makePrivateDirectory(prepared, owner);
  try {
    await writePrivateFile(join(prepared, name), JSON.stringify(self), owner);
    for (;;) {
      if (await renamed(prepared, path)) {
        await sweep(path);
        return { release: () => unlink(join(path, name)) };
      }
      const holder = await clearDeadHolder<Facts>(path, inode);
      if (holder) {
        await rm(prepared, { recursive: true });
        return holder;
      }
    }
  } catch (error) {
    await rm(prepared, { recursive: true, force: true });
    throw error;
  }
}

/** Runs `work` under the hold, waiting for it as long as its holder lives, at most `patienceMs`. After two seconds
 *  `log` says once who is being waited for. Refused with UNAVAILABLE when patience ends. */
export async function withHold<T>(
  { directory, path, purpose, patienceMs, log }: HoldRequest,
  work: () => Promise<T>,
): Promise<T> {
  const began = Date.now();
  let told = false;
  for (;;) {
    const outcome = await tryHold(directory, path, { purpose });
    if ('release' in outcome) {
      try {
        return await work();
      } finally {
        await outcome.release();
      }
    }
    const waited = Date.now() - began;
    const who = `process ${outcome.pid}, which is ${outcome.facts.purpose}`;
    if (waited > patienceMs) {
      throw new Refusal(
        'UNAVAILABLE',
        `Waited ${Math.round(waited / 1000)} s for ${who}, and it has not finished. See what it is doing, or end it, and try again.`,
      );
    }
    if (waited > 2_000 && !told) {
      told = true;
      log?.(`Waiting for ${who} …`);
    }
    await sleep(POLL_MS + Math.random() * POLL_MS);
  }
}

interface HoldRequest {
  directory: DataDirectory;
  path: string;
  /** Completes "process 12, which is …" for those who wait. */
  purpose: string;
  patienceMs: number;
  log?: ((message: string) => void) | undefined;
}

/** The live holder, or `null` when there is none (any more). */
async function clearDeadHolder<Facts>(path: string, inode: number): Promise<Holder<Facts> | null> {
  const [name] = await readdir(path);
  if (name === undefined) return null; // released between the rename and now
  const file = join(path, name);
  const text = await unlessGone(readFile(file, 'utf8'));
  if (text === null) return null;
  const holder = parse<Holder<Facts>>(text);
  if (holder?.inode === inode && (await isRunning(holder))) return holder;
  await unlessGone(unlink(file)); // somebody else may have cleared it first
  return null;
}

/** Removes what processes killed on their way to the hold had prepared. */
async function sweep(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const alive = await identify(Number.parseInt(name.slice(prefix.length), 10));
    if (!alive) await rm(join(dirname(path), name), { recursive: true, force: true });
  }
}

/** `null` for broken text: a hold is only ever seen complete, unless the power went before it was on disk. */
export function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function unlessGone<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
