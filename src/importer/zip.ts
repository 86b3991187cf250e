// Reads one zip defensively: nothing is unpacked to names the zip chooses, every size is counted while inflating.

import { Transform, type TransformCallback } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { invalid, Refusal } from '../lib/refusal.js';
import type { ExportEntry } from './archive.js';
import { type ExportLimits, RATIO_FLOOR_BYTES } from './limits.js';
import type { Skipped } from './plan.js';

/** What all parts of one export share: how much was seen so far. */
export class Budget {
  #files = 0;
  #bytes = 0;

  constructor(readonly limits: ExportLimits) {}

  get files(): number {
    return this.#files;
  }

  addFile(path: string, bytes: number): void {
    const { maxFiles, maxFileBytes, maxTotalBytes, maxFolderDepth } = this.limits;
    if (++this.#files > maxFiles) throw invalid(`An export may hold at most ${maxFiles} files; this one holds more.`);
    if (bytes > maxFileBytes) {
      throw invalid(`A file may have at most ${maxFileBytes} bytes, but "${path}" has ${bytes}.`);
    }
    this.#bytes += bytes;
    if (this.#bytes > maxTotalBytes) {
      throw invalid(`All files together may have at most ${maxTotalBytes} bytes; this export has more.`);
    }
    if (path.split('/').length - 1 > maxFolderDepth) {
      throw invalid(`Folders may lie at most ${maxFolderDepth} deep, but "${path.slice(0, 200)}…" lies deeper.`);
    }
  }
}

/** The zip at `fd`. Errors of the container become refusals that name it. */
export async function openZip(fd: number, name: string): Promise<yauzl.ZipFile> {
  try {
    return await yauzl.fromFdPromise(fd, { autoClose: false, decodeStrings: false });
  } catch (error) {
    throw broken(name, error);
  }
}

/** All files of an open zip, in its own order. Refuses unsafe names, encryption and what breaks the limits. */
export async function listZip(
  zip: yauzl.ZipFile,
  { name, budget, skipped, signal }: { name: string; budget: Budget; skipped: Skipped[]; signal?: AbortSignal },
): Promise<ExportEntry[]> {
  const entries: ExportEntry[] = [];
  const iterator = zip.eachEntry();
  for (;;) {
    signal?.throwIfAborted();
    const next = await iterator.next().catch((error: unknown) => {
      throw broken(name, error);
    });
    if (next.done) return entries;
    const entry = next.value;
    const isFolder = entry.fileNameRaw.at(-1) === 0x2f;
    const path = safePath(nameOf(entry), name);
    budget.addFile(path, entry.uncompressedSize);
    if (isFolder || path === '') continue;
    if (entry.isEncrypted())
      throw invalid(`Expected a zip without a password, but "${path}" in "${name}" is encrypted.`);
    refuseBomb(path, entry.uncompressedSize, entry.compressedSize, budget.limits);
    if (isSymbolicLink(entry)) {
      await refuseClimbingLink(zip, entry, path);
      skipped.push({ path, reason: 'a symbolic link' });
      continue;
    }
    entries.push({
      path,
      size: entry.uncompressedSize,
      modifiedAt: modifiedAt(entry),
      open: () => openEntry(zip, entry, path, budget.limits),
    });
  }
}

async function openEntry(zip: yauzl.ZipFile, entry: yauzl.Entry, path: string, limits: ExportLimits) {
  const source = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
    throw broken(path, error);
  });
  const checked = new Checked(path, entry, limits);
  source.on('error', (error) => checked.destroy(broken(path, error)));
  checked.on('close', () => {
    source.unpipe(checked);
    source.destroy();
  });
  return source.pipe(checked);
}

/** Counts what really comes out of the inflater, and compares the checksum at the end. */
class Checked extends Transform {
  #bytes = 0;
  #sum = 0;

  constructor(
    readonly path: string,
    readonly entry: yauzl.Entry,
    readonly limits: ExportLimits,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#bytes += chunk.length;
    this.#sum = crc32(chunk, this.#sum);
    try {
      if (this.#bytes > this.limits.maxFileBytes) {
        throw invalid(`A file may have at most ${this.limits.maxFileBytes} bytes, but "${this.path}" has more.`);
      }
      refuseBomb(this.path, this.#bytes, this.entry.compressedSize, this.limits);
      done(null, chunk);
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    const isWhole = this.#sum === this.entry.crc32;
    done(isWhole ? null : invalid(`Expected an undamaged zip, but the checksum of "${this.path}" is wrong.`));
  }
}

function refuseBomb(path: string, bytes: number, storedBytes: number, { maxRatio }: ExportLimits): void {
  if (bytes > RATIO_FLOOR_BYTES && bytes > storedBytes * maxRatio) {
    throw invalid(`Files may inflate to at most ${maxRatio} times their size, but "${path}" inflates further.`);
  }
}

// Many tools write UTF-8 without saying so; only what is not UTF-8 is read as the zip's old code page.
function nameOf(entry: yauzl.Entry): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(entry.fileNameRaw);
  } catch {
    return yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
  }
}

/** The path without `.` and empty segments. Refuses what could lead out of the folder it is unpacked to. */
export function safePath(path: string, archive: string): string {
  const unsafe =
    path.includes('\0') ||
    path.includes('\\') ||
    path.startsWith('/') ||
    /^[a-z]:(\/|$)/i.test(path) ||
    path.split('/').includes('..');
  if (unsafe) {
    throw invalid(`Expected paths inside the export, but "${archive}" holds ${JSON.stringify(path.slice(0, 200))}.`);
  }
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}

const unixMode = (entry: yauzl.Entry): number => entry.externalFileAttributes >>> 16;
const isSymbolicLink = (entry: yauzl.Entry): boolean => (unixMode(entry) & 0o170000) === 0o120000;

async function refuseClimbingLink(zip: yauzl.ZipFile, entry: yauzl.Entry, path: string): Promise<void> {
  const climbs = () => invalid(`Expected paths inside the export, but the symbolic link "${path}" leads out of it.`);
  if (entry.uncompressedSize > 4096) throw climbs();
  let target = '';
  for await (const chunk of await zip.openReadStreamPromise(entry)) target += String(chunk);
  let depth = path.split('/').length - 1;
  if (/^\/|^[a-z]:|\\/i.test(target)) throw climbs();
  for (const segment of target.split('/')) {
    if (segment === '..' && --depth < 0) throw climbs();
    if (segment !== '..' && segment !== '.' && segment !== '') depth += 1;
  }
}

// The oldest time a zip can write is what tools put there when they know none.
function modifiedAt(entry: yauzl.Entry): Date | null {
  const time = entry.getLastModDate({ timezone: 'UTC' });
  return time.getUTCFullYear() > 1980 ? time : null;
}

function broken(name: string, error: unknown): Error {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  return invalid(`Expected an undamaged zip, but "${name}" cannot be read: ${message}`);
}
