// One server per data directory. Commands need no claim: they attach to the same PostgreSQL.

import { join } from 'node:path';
import { Refusal } from '../lib/refusal.js';
import { openDataDirectory, orRefuse } from './data-directory.js';
import { tryHold } from './hold.js';

/** Claims the data directory for one *server*. Refuses (Refusal INVALID_STATE) with one sentence naming pid, port and
 *  directory of the server that holds it and what to do. A claim left by a dead process is taken over. */
export async function claimServer(options: {
  dataDirectory: string;
  port: number;
}): Promise<{ release(): Promise<void> }> {
  const directory = await openDataDirectory(options.dataDirectory);
  const { path } = directory;
  const outcome = await orRefuse(path, () => tryHold(directory, join(path, 'server'), { port: options.port }));
  if ('release' in outcome) return outcome;
  const { pid, facts } = outcome;
  throw new Refusal(
    'INVALID_STATE',
    `A server already runs on the data directory ${path}: process ${pid}, port ${facts.port}. Stop it first, or give this one a directory of its own with GATEHOUSE_DATA.`,
    { pid, port: facts.port, dataDirectory: path },
  );
}
