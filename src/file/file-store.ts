// Where the bytes of files lie: under their hash, in the folder of their workspace, so that the same bytes are there once and
// nothing is ever written over. Who may have them is never decided here: a hash opens nothing.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Id, newId, parseId } from '../lib/id.js';

/** Bytes that have come in whole, and belong to nothing yet. */
export interface Draft {
  /** To look into it. */
  path: string;
  size: number;
  sha256: Buffer;
  /** Puts it where its hash says. When nothing lay there, answers what takes it away again, unless somebody else has kept
   *  the same bytes meanwhile; null when it was there already. */
  keep(): Promise<(() => Promise<void>) | null>;
  /** Throws it away, unless it was kept. */
  drop(): Promise<void>;
}

export interface DraftOptions {
  /** More than this throws `TooManyBytes`. */
  maxBytes?: number;
  /** Waits until the disk has it. */
  durable?: boolean;
  signal?: AbortSignal;
}

export interface FileStore {
  /** Takes bytes in. Throws what the source throws; nothing is left then. */
  draft(workspaceId: Id, source: NodeJS.ReadableStream, options?: DraftOptions): Promise<Draft>;
  /** The path of bytes that were kept. */
  pathOf(workspaceId: Id, sha256: Buffer): string;
  /** Removes bytes that were neither kept nor kept again for `graceMs` and that `isWanted` denies, and drafts that nobody
   *  finished. Answers how many. */
  sweep(options: {
    graceMs: number;
    now?: number;
    isWanted: (workspaceId: Id, sha256: readonly Buffer[]) => Promise<ReadonlySet<string>>;
  }): Promise<number>;
}

/** More came than may. */
export class TooManyBytes extends Error {
  constructor(readonly maxBytes: number) {
    super(`More than ${maxBytes} bytes came.`);
  }
}

const HASH = /^[0-9a-f]{64}$/;
/** Under this name bytes lie while it is seen whether somebody has kept them again. */
const GOING = /^([0-9a-f]{64})\.going$/;
/** So many hashes are asked about at once. */
const SWEPT_AT_ONCE = 500;

/** A store in a folder, which is made when the first bytes come. */
export function filesIn(directory: string): FileStore {
  const folderOf = (workspaceId: Id): string => join(directory, workspaceId);
  const pathOf = (workspaceId: Id, sha256: Buffer): string => join(folderOf(workspaceId), sha256.toString('hex'));

  return {
    pathOf,
    draft: async (workspaceId, source, { maxBytes = Number.POSITIVE_INFINITY, durable = false, signal } = {}) => {
      await mkdir(folderOf(workspaceId), { recursive: true, mode: 0o700 });
      const path = join(folderOf(workspaceId), `${newId()}.part`);
      const drop = () => rm(path, { force: true });
      const measure = new Measure(maxBytes);
      try {
        const file: Writable = createWriteStream(path, { mode: 0o600, flush: durable });
        await pipeline(source, measure, file, { signal: signal as AbortSignal });
      } catch (error) {
        await drop();
        throw error;
      }
      const sha256 = measure.hash.digest();
      const target = pathOf(workspaceId, sha256);
      return { path, size: measure.size, sha256, drop, keep: () => keep(path, target, durable) };
    },
    sweep: async ({ graceMs, now = Date.now(), isWanted }) => {
      const isOld = async (path: string): Promise<boolean> => {
        const info = await stat(path).catch(() => null);
        return info !== null && now - info.mtimeMs > graceMs;
      };
      let removed = 0;
      for (const name of await readdir(directory).catch(() => [])) {
        const workspaceId = parseId(name);
        if (workspaceId === null || workspaceId !== name) continue;
        const folder = folderOf(workspaceId);
        const old: string[] = [];
        for (const file of await readdir(folder)) {
          const path = join(folder, file);
          const [, going] = GOING.exec(file) ?? [];
          if (going !== undefined)
            await rename(path, join(folder, going)); // a process ended in the middle
          else if (!(await isOld(path))) continue;
          else if (HASH.test(file)) old.push(file);
          else if (file.endsWith('.part')) await rm(path, { force: true });
        }
        for (let from = 0; from < old.length; from += SWEPT_AT_ONCE) {
          const some = old.slice(from, from + SWEPT_AT_ONCE);
          const wanted = await isWanted(
            workspaceId,
            some.map((hash) => Buffer.from(hash, 'hex')),
          );
          for (const hash of some) if (!wanted.has(hash) && (await takeAway(join(folder, hash), isOld))) removed++;
        }
      }
      return removed;
    },
  };
}

/** Whoever keeps bytes that are there already touches them first. So either they are seen to be new here, or whoever
 *  touched found nothing and has put them there again. */
async function takeAway(path: string, mayGo: (path: string) => Promise<boolean>): Promise<boolean> {
  const going = `${path}.going`;
  try {
    await rename(path, going);
  } catch {
    return false; // another sweep was faster
  }
  if (await mayGo(going)) {
    await rm(going, { force: true });
    return true;
  }
  await rename(going, path);
  return false;
}

async function keep(path: string, target: string, durable: boolean): Promise<(() => Promise<void>) | null> {
  const now = new Date();
  try {
    await utimes(target, now, now);
    await rm(path, { force: true });
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { mtimeMs } = await stat(path);
  await rename(path, target);
  if (durable) await flushFolderOf(target);
  return async () => {
    await takeAway(target, async (going) => (await stat(going)).mtimeMs === mtimeMs);
  };
}

/** A new name is only there after a crash once its folder has been written. */
async function flushFolderOf(path: string): Promise<void> {
  const folder = await open(join(path, '..'), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

class Measure extends Transform {
  readonly hash = createHash('sha256');
  size = 0;

  constructor(private readonly maxBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null, chunk?: Buffer) => void) {
    this.size += chunk.length;
    if (this.size > this.maxBytes) return done(new TooManyBytes(this.maxBytes));
    this.hash.update(chunk);
    done(null, chunk);
  }
}
