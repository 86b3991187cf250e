// Carries out imports that owners have asked for, one after the other in each process, and ends those whose process is gone.

import { setTimeout as sleep } from 'node:timers/promises';
import { failSilentImports, runImport, takeImport } from '../importer/import-job-lifecycle.js';
import type { ExportLimits } from '../importer/limits.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';

const LOOK_EVERY_MS = 1_000;

export interface ImportsKeeper {
  /** Ends what is under way; it has failed then. */
  stop(): Promise<void>;
}

export interface ImportsKeeping {
  store: Pick<Store, 'em' | 'files' | 'committed'>;
  log: Logger;
  limits: Partial<ExportLimits>;
  everyMs?: number;
}

/** Begins to look for imports. */
export function keepImports({ store, log, limits, everyMs = LOOK_EVERY_MS }: ImportsKeeping): ImportsKeeper {
  const { em, files, committed } = store;
  const stopping = new AbortController();
  const { signal } = stopping;
  const runner = newId();
  const keeping = (async () => {
    while (!signal.aborted) {
      try {
        await failSilentImports({ em, committed });
        const job = await takeImport(em(), runner);
        if (job) {
          await runImport({ em, committed, files, limits, log, signal }, job);
          continue;
        }
      } catch (error) {
        log.warn({ err: error }, 'Imports could not be looked for; it is tried again');
      }
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await keeping;
    },
  };
}
