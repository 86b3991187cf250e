// Looks after the audit log while the server runs: every minute denials are written down, and a checkpoint of each log
// that has grown goes to the process log, which is outside the database.

import { takeDueCheckpoints } from '../audit/checkpoint.js';
import type { Denials } from '../audit/denials.js';
import type { Logger } from '../lib/log.js';
import type { Store } from '../store/store.js';

const EVERY_MS = 60_000; // a minute

export interface AuditKeeper {
  /** Writes down what is left. */
  stop(): Promise<void>;
}

/** Begins to look after it. */
export function keepAuditLog(
  { em, keys }: Pick<Store, 'em' | 'keys'>,
  denials: Denials,
  log: Logger,
  everyMs = EVERY_MS,
): AuditKeeper {
  const look = async (): Promise<void> => {
    await denials.flush();
    try {
      const checkpoints = await takeDueCheckpoints(em(), keys, new Date());
      for (const checkpoint of checkpoints) log.info({ checkpoint }, 'Audit checkpoint');
    } catch (error) {
      log.warn({ err: error }, 'No audit checkpoint could be taken');
    }
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return look();
    },
  };
}
