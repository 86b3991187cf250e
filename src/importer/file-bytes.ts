// Attachments on their way into the file store. Bytes lie under their hash, so the same bytes are stored once and
// nothing is ever written over.

import type { BlockContent, BlockTree, FileReference } from '../content/block-content.js';
import type { FileStore } from '../file/file-store.js';
import type { Id } from '../lib/id.js';
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

/** Puts the bytes of a workspace into the store. What was stored before a failure is removed again. */
export async function storeFiles(
  store: FileStore,
  workspaceId: Id,
  files: readonly PlannedFile[],
  onFile: () => void,
): Promise<StoredFiles> {
  const byId = new Map<Id, StoredFile>();
  const made: (() => Promise<void>)[] = [];
  const remove = async () => {
    await Promise.all(made.map((takeAway) => takeAway()));
  };
  try {
    for (const file of files) {
      const draft = await store.draft(workspaceId, await file.open());
      const { size, sha256 } = draft;
      const takeAway = await draft.keep();
      if (takeAway) made.push(takeAway);
      byId.set(file.id, { ...file, size, sha256 });
      onFile();
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { byId, remove };
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
