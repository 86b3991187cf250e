// The tree of pages that benches of reach and of search ask about, and who asks: readers of much, of little and of what is old.

import pg from 'pg';
import { createConnection } from '../src/connection/lifecycle.js';
import { localContent } from '../src/content/local.js';
import { type Context, createContext } from '../src/context.js';
import { type Actor, operatorOf } from '../src/gate/actor.js';
import { ALL_BITS, CAPABILITIES } from '../src/gate/capability.js';
import { grantShare } from '../src/share/lifecycle.js';
import type { Store } from '../src/store/store.js';

export const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const ID = (n: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

// Page 0 is the root, 1 and 2 are the halves below it, and any other has ten below it. The second half is newer.
const PARENT = 'case when n = 0 then null when n <= 2 then 0 else (n - 3) / 10 + 1 end';

/** The first page of a level below the halves: 2 · 10^(level − 1) pages each. */
const first = (level: number): number => 1 + (2 * (10 ** (level - 1) - 1)) / 9;
export const inOlder = (level: number, n = 0): string => idOf(first(level) + n);
const inNewer = (level: number, n = 0): string => idOf(first(level) + 10 ** (level - 1) + n);
const many = (one: (n: number) => string): string[] => Array.from({ length: 50 }, (_, n) => one(n));

const SHARED: [name: string, roots: string[]][] = [
  ['1 share, a twig', [inNewer(5)]],
  ['50 shares, leaves', many((n) => inNewer(6, n * 7))],
  ['1 share, a branch', [inNewer(3)]],
  ['50 shares, twigs', many((n) => inNewer(5, n * 3))],
  ['1 share, the newer half', [idOf(2)]],
  ['50 shares, newer branches', many((n) => inNewer(3, n))],
  ['1 share, everything', [idOf(0)]],
  ['50 shares, everything', [idOf(0), ...many((n) => inNewer(4, n)).slice(1)]],
  ['1 share, an older branch', [inOlder(3)]],
  ['50 shares, older twigs', many((n) => inOlder(5, n * 3))],
  ['1 share, the older half', [idOf(1)]],
  ['50 shares, older branches', many((n) => inOlder(3, n))],
];

export interface BenchReader {
  name: string;
  ctx: Context;
}

/** A connection for each way to share the tree. */
export async function readersOf(store: Store, workspaceId: string): Promise<BenchReader[]> {
  const operator = store.callerFor(operatorOf(workspaceId));
  const readers: BenchReader[] = [];
  for (const [name, roots] of SHARED) {
    const { connection, installation } = await createConnection(operator, { name, capabilities: CAPABILITIES });
    for (const resourceId of roots) await grantShare(operator, { connectionId: connection.id, resourceId });
    const actor: Actor = {
      kind: 'CONNECTION',
      workspaceId,
      connectionId: connection.id,
      installationId: installation.id,
      botId: installation.id,
      installedById: null,
      bits: ALL_BITS,
    };
    readers.push({ name, ctx: contextOf(store, actor) });
  }
  return readers;
}

/** So many pages; the first of each level comes after all of the level above. */
export async function plant(databaseUrl: string, workspaceId: string, pages: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select setseed(0.5)');
    for (let [from, to] = [0, 1]; from < pages; [from, to] = [to, to === 1 ? 3 : (to - from) * 10 + to]) {
      await client.query(
        `insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors, created_at, last_edited_at)
         select $1, ${ID('n')}, case n when 0 then 'WORKSPACE' else 'PAGE' end, parent.id, 'Page ' || n,
                coalesce(parent.ancestors, '{}') || ${ID('n')}, timestamptz '2024-01-01',
                timestamptz '2025-01-01' + random() * interval '300 days'
                  + case when ${ID('2')} = any(parent.ancestors) or n = 2 then interval '1 year' else interval '0' end
           from generate_series($2::bigint, $3::bigint - 1) as n
           left join page parent on parent.workspace_id = $1 and parent.id = ${ID(`(${PARENT})`)}`,
        [workspaceId, from, Math.min(to, pages)],
      );
      await client.query('analyze page');
    }
  } finally {
    await client.end();
  }
  await vacuum(databaseUrl);
}

export async function vacuum(databaseUrl: string): Promise<void> {
  await query(databaseUrl, 'vacuum analyze');
}

export async function query<Row extends object>(databaseUrl: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}

export function contextOf(store: Store, actor: Actor): Context {
  return createContext({ actor, reader: store.reader(), content: localContent } as Parameters<typeof createContext>[0]);
}
