// Opens an export, whichever way it was saved (a folder, a zip, a zip of zips in several parts), as one list of files.

import { createWriteStream, constants as fsConstants } from 'node:fs';
import { lstat, mkdtemp, open, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invalid, notFound } from '../lib/refusal.js';
import type { ExportLimits } from './limits.js';
import { parseFileName, parseName } from './names.js';
import type { Skipped } from './plan.js';
import { Budget, listZip, openZip } from './zip.js';

export interface ExportEntry {
  /** With `/`, relative to the export, safe. */
  path: string;
  size: number;
  modifiedAt: Date | null;
  open(): Promise<Readable>;
}

export interface Archive {
  /** Each path once, sorted. */
  entries: ExportEntry[];
  skipped: Skipped[];
  /** Everything seen, skipped or not. */
  fileCount: number;
  close(): Promise<void>;
}

const EXPECTED = 'Expected a "Markdown & CSV" export of Notion (a .zip, or the unpacked folder)';

/** Lists the files of an export. Refuses what is missing, broken, unsafe or beyond the limits; reads no page yet. */
export async function openArchive(path: string, limits: ExportLimits, signal?: AbortSignal): Promise<Archive> {
  const budget = new Budget(limits);
  const skipped: Skipped[] = [];
  const opened: { close(): void }[] = [];
  const close = async () => {
    for (const zip of opened.splice(0)) zip.close();
  };

  const readZip = async (fd: number, name: string, depth: number): Promise<ExportEntry[]> => {
    const zip = await openZip(fd, name);
    opened.push(zip);
    return unwrapParts(await listZip(zip, { name, budget, skipped, signal }), name, depth);
  };

  const unwrapParts = async (entries: ExportEntry[], name: string, depth: number): Promise<ExportEntry[]> => {
    const parts = new Set(partsIn(entries));
    if (parts.size === 0) return entries;
    if (depth >= limits.maxZipDepth) {
      throw invalid(`Zips may lie at most ${limits.maxZipDepth} deep, but "${name}" holds further zips.`);
    }
    const all = entries.filter((entry) => !parts.has(entry));
    for (const part of parts) {
      const file = await intoTemporaryFile(part, signal);
      all.push(...(await readZip(file.fd, part.path, depth + 1)));
    }
    return all;
  };

  try {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT'
        ? notFound(`The export "${path}"`)
        : invalid(`${EXPECTED}, but "${path}" cannot be read: ${error.code}.`);
    });
    if (!info.isDirectory() && !info.isFile()) throw invalid(`${EXPECTED}, but got: "${path}", neither of the two.`);
    const entries = info.isDirectory()
      ? await unwrapParts(await listFolder(path, { budget, skipped, signal }), basename(path), 0)
      : await readZip(await fdOfZip(path), basename(path), 1);
    return { entries: eachPathOnce(entries, skipped), skipped, fileCount: budget.files, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Zips that hold the export itself, as opposed to zips somebody attached to a page. */
function partsIn(entries: ExportEntry[]): ExportEntry[] {
  const outside = entries.filter(
    (entry) =>
      /\.zip$/i.test(entry.path) &&
      !entry.path
        .split('/')
        .some((segment) => segment === '__MACOSX' || segment.startsWith('._') || parseName(segment)),
  );
  const holdsPages = entries.some((entry) => parseFileName(basename(entry.path)));
  return holdsPages
    ? outside.filter((entry) => /^Export-.*\.zip$|-Part-\d+\.zip$/i.test(basename(entry.path)))
    : outside;
}

async function listFolder(
  root: string,
  { budget, skipped, signal }: { budget: Budget; skipped: Skipped[]; signal?: AbortSignal },
): Promise<ExportEntry[]> {
  const top = await realpath(root);
  const entries: ExportEntry[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    for (const child of await readdir(join(top, folder), { withFileTypes: true }).catch(unreadable)) {
      const path = folder === '' ? child.name : `${folder}/${child.name}`;
      const file = join(top, path);
      const info = await lstat(file).catch(unreadable);
      budget.addFile(path, info.isFile() ? info.size : 0);
      if (info.isDirectory()) folders.push(path);
      else if (info.isSymbolicLink()) {
        const target = await realpath(file).catch(() => null);
        if (target !== null && leadsOut(top, target)) {
          throw invalid(`Expected paths inside the export, but the symbolic link "${path}" leads out of it.`);
        }
        skipped.push({ path, reason: 'a symbolic link' });
      } else if (info.isFile()) {
        entries.push({ path, size: info.size, modifiedAt: info.mtime, open: () => openPlainFile(file) });
      } else skipped.push({ path, reason: 'not a regular file' });
    }
  }
  return entries;
}

const leadsOut = (top: string, target: string): boolean => {
  const way = relative(top, target);
  return way === '..' || way.startsWith(`..${sep}`);
};

async function openPlainFile(file: string): Promise<Readable> {
  // The file may have been exchanged for a link since it was listed.
  const handle = await open(file, fsConstants.O_RDONLY | fsConstants.O_NOFOLLOW).catch(unreadable);
  return handle.createReadStream();
}

const unreadable = (error: NodeJS.ErrnoException): never => {
  throw invalid(`Expected a readable export, but got ${error.code} for "${error.path}".`);
};

// yauzl closes the descriptor with the zip, so it must not belong to a FileHandle that may be collected.
async function fdOfZip(path: string): Promise<number> {
  const { open: openFd } = await import('node:fs');
  return new Promise((resolve, reject) =>
    openFd(path, 'r', (error, fd) =>
      error ? reject(invalid(`${EXPECTED}, but "${path}" cannot be read: ${error.code}.`)) : resolve(fd),
    ),
  );
}

/** A zip needs random access, so a part that lies inside another zip is copied out. The copy has no name any more
 *  when this returns: it is gone with the process, however that ends. */
async function intoTemporaryFile(part: ExportEntry, signal?: AbortSignal): Promise<{ fd: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-import-'));
  try {
    const file = join(folder, 'part.zip');
    await pipeline(await part.open(), createWriteStream(file, { mode: 0o600 }), { signal });
    return { fd: await fdOfZip(file) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function eachPathOnce(entries: ExportEntry[], skipped: Skipped[]): ExportEntry[] {
  const byPath = new Map<string, ExportEntry>();
  for (const entry of entries) {
    const first = byPath.get(entry.path);
    if (!first) byPath.set(entry.path, entry);
    // Every part brings an index of its own.
    else if (basename(entry.path) !== 'index.html') {
      skipped.push({ path: entry.path, reason: 'another part of the export holds a file at the same path' });
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
