// An import as a whole: the export is read, then written. The command line and the server do it alike.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { FileStore } from '../file/file-store.js';
import type { Id } from '../lib/id.js';
import type { Unit } from '../unit-of-work.js';
import type { ExportLimits } from './limits.js';
import { peopleOf } from './people.js';
import type { ImportPlan } from './plan.js';
import { readExport } from './read-export.js';
import { type WrittenImport, writePlan } from './write-plan.js';

/** Ids need only be unique within a workspace, so one fixed namespace does; another would make new files of old ones. */
const ID_NAMESPACE = '2f6a1c58-8f3e-5a77-b1d4-0c9e7a5d3b21';

export type ImportPhase = 'READING' | 'WRITING';

export interface ImportExport {
  em: () => EntityManager;
  files: FileStore;
  workspaceId: Id;
  limits: Partial<ExportLimits>;
  /** Makes the workspace when there is none yet, in the first transaction. */
  prepare?: (unit: Unit) => Promise<unknown>;
  /** What it throws ends the import; what is not committed by then is undone. */
  onProgress: (phase: ImportPhase, done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Imports the export at `path`. It is read before anything is written: what cannot be imported changes nothing. Refused:
 *  what `readExport` and `writePlan` refuse. */
export async function importExport(
  path: string,
  { em, files, workspaceId, limits, prepare, onProgress, signal }: ImportExport,
): Promise<{ plan: ImportPlan; written: WrittenImport }> {
  const found = await readExport(path, {
    idNamespace: ID_NAMESPACE,
    limits,
    people: await peopleOf(em(), workspaceId),
    onProgress: (done, total) => onProgress('READING', done, total),
    ...(signal && { signal }),
  });
  try {
    const { plan, blocksOf } = found;
    const written = await writePlan({
      em,
      files,
      workspaceId,
      ...(prepare && { prepare }),
      plan,
      blocksOf,
      onProgress: (done, total) => onProgress('WRITING', done, total),
    });
    return { plan, written };
  } finally {
    await found.close();
  }
}
