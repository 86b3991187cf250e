// Attachments on their way into the file store. Bytes lie under their hash, so the same bytes are stored once and
// nothing is ever written over.

import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlockContent, BlockTree, FileReference } from '../content/block-content.js';
import { type Id, newId } from '../lib/id.js';
import type { StoredProps } from '../property/property.js';
import type { PlannedFile } from './plan.js';

export interface StoredFile extends PlannedFile {
  sha256: Buffer;
}

export interface StoredFiles {
  byId: ReadonlyMap<Id, StoredFile>;
  /** Takes back what was not there before; for when the import fails. */
  remove(): Promise<void>;
}

/** Puts the bytes into `<directory>/<sha256>`. What was stored before a failure is removed again. */
export async function storeFiles(
  directory: string,
  files: readonly PlannedFile[],
  onFile: () => void,
): Promise<StoredFiles> {
  const byId = new Map<Id, StoredFile>();
  const made: string[] = [];
  const remove = async () => {
    await Promise.all(made.map((path) => rm(path, { force: true })));
  };
  if (files.length > 0) await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    for (const file of files) {
      const stored = await storeFile(directory, file, made);
      byId.set(file.id, stored);
      onFile();
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { byId, remove };
}

async function storeFile(directory: string, file: PlannedFile, made: string[]): Promise<StoredFile> {
  const part = join(directory, `${newId()}.part`);
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      size += chunk.length;
      next(null, chunk);
    },
  });
  try {
    await pipeline(await file.open(), measure, createWriteStream(part, { mode: 0o600 }));
    const sha256 = hash.digest();
    const target = join(directory, sha256.toString('hex'));
    if (!existsSync(target)) {
      made.push(target);
      await rename(part, target);
    }
    return { ...file, size, sha256 };
  } finally {
    await rm(part, { force: true });
  }
}

/** The blocks with media type and size beside each reference to a stored file. */
export const blocksWithFacts = (blocks: readonly BlockTree[], files: ReadonlyMap<Id, StoredFile>): BlockTree[] =>
  blocks.map(({ content, children }) => ({
    content: 'file' in content ? ({ ...content, file: withFacts(content.file, files) } as BlockContent) : content,
    children: blocksWithFacts(children, files),
  }));

/** The same for property values. */
export const propsWithFacts = (props: StoredProps, files: ReadonlyMap<Id, StoredFile>): StoredProps =>
  Object.fromEntries(
    Object.entries(props).map(([id, value]) => [
      id,
      Array.isArray(value)
        ? (value.map((item) => (isFile(item) ? withFacts(item, files) : item)) as typeof value)
        : value,
    ]),
  );

const isFile = (item: unknown): item is FileReference => item !== null && typeof item === 'object' && 'fileId' in item;

function withFacts(file: FileReference, files: ReadonlyMap<Id, StoredFile>): FileReference {
  const stored = file.fileId === undefined ? undefined : files.get(file.fileId);
  return stored ? { ...file, contentType: stored.contentType, size: stored.size } : file;
}
