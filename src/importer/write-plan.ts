// Writes what an export holds into a workspace. Ids are kept, so running it again changes what has changed, makes
// what is new, and leaves alone what is there no more. Small exports are one transaction; large ones go on after a
// break where they stopped.

import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { BlockTree } from '../content/block-content.js';
import { takeTree } from '../content/tree-lock.js';
import type { FileStore } from '../file/file-store.js';
import { type Actor, operatorOf } from '../gate/actor.js';
import { type Id, newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { commit, type Unit } from '../unit-of-work.js';
import { storeFiles } from './file-bytes.js';
import type { ImportPlan, PlannedPage, Skipped } from './plan.js';
import { CHUNK, PlanWriter, uuids, type Written } from './plan-writer.js';

/** Any number that is ours: imports into one workspace take turns by it. */
const IMPORT_LOCK = 728_315;
/** Up to this many entries an import is one transaction: whole or absent. */
const ONE_TRANSACTION_FILES = 20_000;

export interface WrittenImport extends Written {
  /** What an earlier import brought and this export does not hold any more; it stays. */
  vanished: Skipped[];
}

export interface WriteOptions {
  em: () => EntityManager;
  files: FileStore;
  workspaceId: Id;
  /** Runs first in the first transaction: makes the workspace when there is none yet. */
  prepare?: (unit: Unit) => Promise<unknown>;
  plan: ImportPlan;
  /** The body of a page, read when its turn comes. */
  blocksOf: (page: PlannedPage) => Promise<BlockTree[]>;
  onProgress?: (done: number, total: number) => void;
  /** Tests make it small. */
  oneTransactionFiles?: number;
}

/** Writes the plan. Refused: an id that is taken by something of another kind. */
export async function writePlan(options: WriteOptions): Promise<WrittenImport> {
  const {
    em,
    files: store,
    workspaceId,
    plan,
    onProgress = () => {},
    oneTransactionFiles = ONE_TRANSACTION_FILES,
  } = options;
  const actor = operatorOf(workspaceId);
  const paths = pathsOf(plan);
  const lineages = await lineagesOf(em(), workspaceId, [...paths.keys()]);
  const lineage = lineages[0] ?? newId();
  const total = plan.pages.length + plan.databases.length + plan.files.length;
  let done = 0;
  const advance = (count: number) => {
    done = Math.min(done + count, total);
    onProgress(done, total);
  };

  const files = await storeFiles(store, workspaceId, plan.files, () => advance(1));
  const writer = new PlanWriter({
    workspaceId,
    plan,
    blocksOf: options.blocksOf,
    stored: files.byId,
    paths,
    lineage,
    advance,
  });
  try {
    if (plan.fileCount <= oneTransactionFiles) {
      await commit({ em, actor }, async (unit) => {
        await options.prepare?.(unit);
        await begin(unit);
        await writer.files(unit);
        await writer.containers(unit);
        for (let from = 0; from < plan.pages.length; from += CHUNK)
          await writer.pages(unit, plan.pages.slice(from, from + CHUNK));
        await finish(unit, writer);
      });
    } else {
      await writeInSteps(options, actor, writer);
    }
  } catch (error) {
    if (plan.fileCount <= oneTransactionFiles) await files.remove(); // else committed steps may name them
    throw error;
  }
  return { ...writer.written, vanished: await vanished(em(), workspaceId, lineages, [...paths.keys()]) };
}

/** One transaction a chunk, each with the note how far it came; the same export goes on from there. */
async function writeInSteps(
  { em, plan, workspaceId, prepare }: WriteOptions,
  actor: Actor,
  writer: PlanWriter,
): Promise<void> {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(plan.pages.map(({ id, sourcePath, title }) => [id, sourcePath, title])))
    .digest('hex');
  const [progress] = await em().execute<{ done: number }[]>(
    'select done from import_progress where workspace_id = ? and fingerprint = ?',
    [workspaceId, fingerprint],
  );
  let done = progress?.done ?? 0;
  await commit({ em, actor }, async (unit) => {
    await prepare?.(unit);
    await begin(unit);
    await writer.files(unit);
    await writer.containers(unit);
    await writer.mendTrash(unit);
    unit.audit({ action: 'workspace.imported', targetId: workspaceId, details: { step: 'begun', from: done } });
  });
  while (done < plan.pages.length) {
    const chunk = plan.pages.slice(done, done + CHUNK);
    done += chunk.length;
    await commit({ em, actor }, async (unit) => {
      await begin(unit);
      await writer.pages(unit, chunk);
      await writer.mendTrash(unit);
      await unit.em.execute(
        `insert into import_progress (workspace_id, fingerprint, done) values (?, ?, ?)
         on conflict (workspace_id, fingerprint) do update set done = excluded.done, updated_at = now()`,
        [workspaceId, fingerprint, done],
      );
      unit.audit({ action: 'workspace.imported', targetId: workspaceId, details: { step: 'pages', done } });
    });
  }
  await commit({ em, actor }, async (unit) => {
    await begin(unit);
    await unit.em.execute('delete from import_progress where workspace_id = ? and fingerprint = ?', [
      workspaceId,
      fingerprint,
    ]);
    await finish(unit, writer);
  });
}

/** One import of a workspace at a time, and nobody else writes content meanwhile; bulk statements may take longer than those of
 *  a request. The row of the workspace is not locked: an owner who removes a member or ends a token must not wait. */
async function begin(unit: Unit): Promise<void> {
  await unit.em.execute(`set local statement_timeout = '10min'`);
  await unit.em.execute('select pg_advisory_xact_lock(?, hashtext(?))', [IMPORT_LOCK, unit.actor.workspaceId]);
  takeTree(unit);
}

async function finish(unit: Unit, writer: PlanWriter): Promise<void> {
  await writer.mendAncestors(unit);
  await writer.mendTrash(unit);
  unit.audit({
    action: 'workspace.imported',
    targetId: unit.actor.workspaceId,
    details: { step: 'done', created: writer.written.created, updated: writer.written.updated },
  });
}

/** Ancestors of everything planned, root first, itself last. A database counts for its data source. */
function pathsOf({ pages, databases }: ImportPlan): Map<Id, Id[]> {
  const parentOf = new Map<Id, Id | null>();
  for (const { id, parent } of pages) parentOf.set(id, parent?.id ?? null);
  for (const { id, dataSourceId, parent } of databases) {
    parentOf.set(id, parent?.id ?? null);
    parentOf.set(dataSourceId, id);
  }
  const paths = new Map<Id, Id[]>();
  const pathOf = (id: Id): Id[] => {
    const known = paths.get(id);
    if (known) return known;
    const parent = parentOf.get(id);
    invariant(parent !== undefined, `The import knows no parent for ${id}.`);
    const path = [...(parent === null ? [] : pathOf(parent)), id];
    paths.set(id, path);
    return path;
  };
  for (const id of parentOf.keys()) pathOf(id);
  return paths;
}

/** Lineages of earlier imports that brought any of these resources. */
async function lineagesOf(em: EntityManager, workspaceId: Id, ids: readonly Id[]): Promise<Id[]> {
  const rows = await em.execute<{ lineage: Id }[]>(
    'select distinct lineage from imported where workspace_id = ? and resource_id = any(?::uuid[]) order by lineage',
    [workspaceId, uuids(ids)],
  );
  return rows.map(({ lineage }) => lineage);
}

/** What earlier exports of the same lineage brought and this one does not hold any more. */
async function vanished(
  em: EntityManager,
  workspaceId: Id,
  lineages: readonly Id[],
  planned: readonly Id[],
): Promise<Skipped[]> {
  const rows = await em.execute<{ path: string }[]>(
    `select path from imported where workspace_id = ? and lineage = any(?::uuid[]) and not (resource_id = any(?::uuid[])) order by path`,
    [workspaceId, uuids(lineages), uuids(planned)],
  );
  return rows.map(({ path }) => ({
    path,
    reason: 'An earlier import brought it and this export does not hold it any more; it was kept.',
  }));
}
