// When tokens were last used: remembered here and written every few seconds, in one statement for all of them. A request
// never waits for it, and a crash loses a few seconds of it.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import type { Logger } from '../lib/log.js';

const WRITE_EVERY_MS = 5_000;

export interface LastUse {
  /** A token was used just now. */
  note(workspaceId: Id, tokenId: Id): void;
  /** Writes what is remembered, now. What could not be written is kept for the next time. Never throws. */
  write(): Promise<void>;
  /** Writes a last time. */
  stop(): Promise<void>;
}

export interface LastUseOptions {
  em: () => EntityManager;
  log: Logger;
  writeEveryMs?: number;
}

/** Begins to remember; nothing is written while nothing is used. */
export function rememberLastUse({ em, log, writeEveryMs = WRITE_EVERY_MS }: LastUseOptions): LastUse {
  let used = new Map<Id, { workspace_id: Id; id: Id; at: string }>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  const writeNow = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (used.size === 0) return;
    const batch = used;
    used = new Map();
    try {
      await em().execute(WRITE, [JSON.stringify([...batch.values()])]);
    } catch (error) {
      log.warn({ err: error }, 'When tokens were last used could not be written; it is tried again');
      used = new Map([...batch, ...used]); // what came meanwhile is newer
      schedule();
    }
  };
  /** One at a time: two batches would wait for each other's rows. */
  const write = async (): Promise<void> => {
    while (writing) await writing;
    writing = writeNow();
    await writing;
    writing = undefined;
  };
  const schedule = (): void => {
    timer ??= setTimeout(() => void write(), writeEveryMs).unref();
  };

  return {
    note: (workspaceId, tokenId) => {
      used.set(tokenId, { workspace_id: workspaceId, id: tokenId, at: new Date().toISOString() });
      schedule();
    },
    write,
    stop: async () => {
      await write();
      clearTimeout(timer);
    },
  };
}

/** A token is in one of the two tables. Several processes write, and none turns the clock back. */
const WRITE = `
  with used as (select * from jsonb_to_recordset(?::jsonb) as u(workspace_id uuid, id uuid, at timestamptz)),
  connections as (
    update token t set last_used_at = u.at from used u
     where t.workspace_id = u.workspace_id and t.id = u.id and (t.last_used_at is null or t.last_used_at < u.at))
  update personal_access_token t set last_used_at = u.at from used u
   where t.workspace_id = u.workspace_id and t.id = u.id and (t.last_used_at is null or t.last_used_at < u.at)`;
