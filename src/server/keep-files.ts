// Ends uploads that were not used in time, forgets files that nothing refers to any more, and takes away bytes that belong to
// no file: every few minutes. Several processes may do it at once.

import { setTimeout as sleep } from 'node:timers/promises';
import { forgetFiles, wantedBytes } from '../file/keeping.js';
import { expireUploads } from '../file/upload-lifecycle.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';

const LOOK_EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 3_600_000;
/** Bytes lie for so long before they can be taken away: an import puts them there before it writes what refers to them. */
const GRACE_MS = 24 * 3_600_000;

export interface FilesKeeper {
  stop(): Promise<void>;
}

/** Begins to look. */
export function keepFiles(
  store: Pick<Store, 'em' | 'files' | 'committed'>,
  log: Logger,
  { everyMs = LOOK_EVERY_MS, sweepEveryMs = SWEEP_EVERY_MS } = {},
): FilesKeeper {
  const stopping = new AbortController();
  let sweptAt = Number.NEGATIVE_INFINITY;
  const keeping = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await expireUploads(store);
        if (performance.now() - sweptAt >= sweepEveryMs) {
          sweptAt = performance.now();
          await sweepFiles(store);
        }
      } catch (error) {
        log.warn({ err: error }, 'Files could not be looked after; it is tried again');
      }
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await keeping;
    },
  };
}

/** Once: files nothing refers to, then bytes of no file. Answers how many bytes' worth of files are gone. */
export async function sweepFiles(
  { em, files }: Pick<Store, 'em' | 'files'>,
  { graceMs = GRACE_MS, now = Date.now() } = {},
): Promise<number> {
  await forgetFiles(em(), graceMs);
  return files.sweep({ graceMs, now, isWanted: (workspaceId, hashes) => wantedBytes(em(), workspaceId, hashes) });
}
