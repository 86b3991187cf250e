// Hearing what other processes notify, over one connection of its own. A hint and no more: it may be lost, late or never
// come, as behind a pooler that has no LISTEN, and whoever hears looks by herself now and then as well.

import { setTimeout as sleep } from 'node:timers/promises';
import pg, { type ClientConfig } from 'pg';
import type { Logger } from '../lib/log.js';

/** Between two attempts, at least and at most. */
const AGAIN_MS = 250;
const AGAIN_MOST_MS = 10_000;
/** A connection that is silently dead is found out by asking it now and then. */
const CHECK_EVERY_MS = 15_000;
const PATIENCE_MS = 5_000;
const FAREWELL_MS = 200;

export interface Hearing {
  /** Gives the connection back. Nothing is heard after it. */
  stop(): Promise<void>;
}

/** Calls `heard` with what is notified on the channel (a plain name). Never throws: while there is no connection it tries
 *  again, quietly after the first time. */
export function hear(config: () => ClientConfig, channel: string, heard: (text: string) => void, log: Logger): Hearing {
  const stopping = new AbortController();
  let again = AGAIN_MS;
  let troubled = false;

  const listen = async (): Promise<void> => {
    const client = new pg.Client({ ...config(), keepAlive: true, query_timeout: PATIENCE_MS });
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    client.on('error', end);
    client.on('end', end);
    stopping.signal.addEventListener('abort', end, { once: true });
    client.on('notification', ({ payload }) => heard(payload ?? ''));
    let checking: NodeJS.Timeout | undefined;
    try {
      await Promise.race([client.connect(), over]);
      if (stopping.signal.aborted) return;
      await client.query(`listen ${channel}`);
      again = AGAIN_MS;
      troubled = false;
      checking = setInterval(() => void client.query('select 1').catch(end), CHECK_EVERY_MS).unref();
      await over;
    } finally {
      clearInterval(checking);
      stopping.signal.removeEventListener('abort', end);
      // A server that is gone does not answer the farewell.
      await Promise.race([client.end().catch(() => {}), sleep(FAREWELL_MS)]);
      (client as unknown as Inner).connection.stream.destroy();
    }
  };
  const hearing = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await listen();
      } catch (error) {
        if (!troubled) log.debug({ err: error }, 'What other processes notify is not heard; it is tried again');
        troubled = true;
      }
      await sleep(again, undefined, { signal: stopping.signal }).catch(() => {});
      again = Math.min(again * 2, AGAIN_MOST_MS);
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return hearing;
    },
  };
}

/** What `pg` does not offer: its socket. */
interface Inner {
  connection: { stream: { destroy(): void } };
}
