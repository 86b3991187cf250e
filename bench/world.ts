// The database of the benches: trees of pages by generate_series, one connection that a few of them are shared with.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createConnection } from '../src/connection/lifecycle.js';
import { operatorOf } from '../src/gate/actor.js';
import { CAPABILITIES } from '../src/gate/capability.js';
import { createLog } from '../src/lib/log.js';
import { keyedHash } from '../src/lib/secret.js';
import { grantShare } from '../src/share/lifecycle.js';
import { openBundledPostgres } from '../src/store/bundled-postgres.js';
import { openStore, type Store } from '../src/store/store.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';

/** Each page has this many below it, level by level until there are enough. */
const CHILDREN = 10;
const SHARES = 9; // all pages of the second level but one

export interface BenchWorld {
  store: Store;
  databaseUrl: string;
  workspaceId: string;
  installationId: string;
  token: string;
  tokenHash: string;
  /** Id of the n-th page, from the top and level by level. */
  pageId(n: number): string;
  pages: number;
}

export interface BenchPostgres {
  keyFile: string;
  dataDirectory: string;
  world(name: string, pages: number): Promise<BenchWorld>;
  close(): Promise<void>;
}

export async function openBenchPostgres(): Promise<BenchPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const dataDirectory = join(directory, 'data');
  const keyFile = join(directory, 'keys');
  const bundled = await openBundledPostgres({ dataDirectory });
  const { host, port, user, password, database } = bundled.access;
  const admin = new pg.Client({ host, port, user, password, database });
  await admin.connect();
  const stores: Store[] = [];
  const urlOf = (name: string): string =>
    host.startsWith('/')
      ? `postgres://${user}:${password}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`
      : `postgres://${user}:${password}@${host}:${port}/${name}`;
  return {
    keyFile,
    dataDirectory,
    async world(name, pages) {
      await admin.query(`create database ${name}`);
      const databaseUrl = urlOf(name);
      const log = createLog({ level: 'silent' });
      const store = await openStore({ dataDirectory, databaseUrl, keyFile, log, poolSize: 4 });
      stores.push(store);
      const workspace = await createWorkspace(store, { name: 'Bench' });
      await plant(databaseUrl, workspace.id, pages);
      const operating = store.callerFor(operatorOf(workspace.id));
      const made = await createConnection(operating, {
        name: 'Bench',
        capabilities: CAPABILITIES,
      });
      for (let n = 1; n <= Math.min(SHARES, pages - 1); n++) {
        await grantShare(operating, { connectionId: made.connection.id, resourceId: pageId(n) });
      }
      return {
        store,
        databaseUrl,
        workspaceId: workspace.id,
        installationId: made.installation.id,
        token: made.token,
        tokenHash: keyedHash(store.keys.for('token-hash'), made.token).toString('hex'),
        pageId,
        pages,
      };
    },
    async close() {
      for (const store of stores) await store.close();
      await admin.end();
      await bundled.release();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const pageId = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const ID = `('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;

/** Page n stands below page (n - 1) / 10 and was edited n seconds before the first one. */
async function plant(databaseUrl: string, workspaceId: string, pages: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    let [from, to] = [0, 1];
    while (from < pages) {
      await client.query(
        `insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors, created_at, last_edited_at)
         select $1, ${ID}, case n when 0 then 'WORKSPACE' else 'PAGE' end, parent.id, 'Page ' || n,
                coalesce(parent.ancestors, '{}') || ${ID},
                timestamptz '2026-01-01' - n * interval '1 second', timestamptz '2026-11-01' - n * interval '1 second'
           from generate_series($2::bigint, $3::bigint - 1) as n
           left join page parent on parent.workspace_id = $1
                and parent.id = case n when 0 then null
                    else ('00000000-0000-7000-8000-' || lpad(to_hex((n - 1) / ${CHILDREN}), 12, '0'))::uuid end`,
        [workspaceId, from, Math.min(to, pages)],
      );
      [from, to] = [to, to * CHILDREN + 1];
      await client.query('analyze page');
    }
    await client.query('vacuum analyze page');
  } finally {
    await client.end();
  }
}
