// Reads a whole export into a plan: what would be written, inferred and skipped. Writes nothing anywhere.

import type { BlockTree } from '../content/block-content.js';
import type { Id } from '../lib/id.js';
import { openArchive } from './archive.js';
import { DEFAULT_LIMITS, type ExportLimits } from './limits.js';
import { PlanMaker } from './make-plan.js';
import type { NamedPerson } from './people.js';
import type { ImportPlan, PlannedPage } from './plan.js';
import { surveyExport } from './survey.js';

export interface ReadExportOptions {
  /** Makes ids for things that have none of their own. */
  idNamespace: Id;
  limits?: Partial<ExportLimits>;
  /** People of the workspace it will be written into; columns that name them alone become columns of people. */
  people?: readonly NamedPerson[];
  /** Called for each page and table read. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface ExportReading {
  plan: ImportPlan;
  /** The body of a page of the plan, read when asked for, so that no more than one need be in memory. */
  blocksOf(page: PlannedPage): Promise<BlockTree[]>;
  /** After this neither `blocksOf` nor a file's `open` works. */
  close(): Promise<void>;
}

/** Reads the export at `path`: a folder, a zip, or a zip of zips. Refuses (`INVALID`) what is broken, unsafe, beyond
 *  the limits or no "Markdown & CSV" export, and (`NOT_FOUND`) a path that leads nowhere. */
export async function readExport(path: string, options: ReadExportOptions): Promise<ExportReading> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const archive = await openArchive(path, limits, options.signal);
  try {
    const survey = await surveyExport(archive, path, { ...options, limits });
    const maker = new PlanMaker(survey, options.idNamespace, options.people);
    return { plan: maker.make(), blocksOf: (page) => maker.blocksOf(page), close: archive.close };
  } catch (error) {
    await archive.close();
    throw error;
  }
}
