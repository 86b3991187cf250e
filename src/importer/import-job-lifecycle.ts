// Imports of uploaded exports: asked for by an owner, taken up by whichever server looks first, carried out as the command
// line does it. A job belongs to the process that took it; when that falls silent, it has failed, and says so.

import { setInterval } from 'node:timers';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { FileStore } from '../file/file-store.js';
import { holdUploads, spendUploads } from '../file/upload-lifecycle.js';
import { operatorOf, userIdOf } from '../gate/actor.js';
import { requireAdministrator } from '../gate/ask.js';
import { type Id, newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { type Caller, commit } from '../unit-of-work.js';
import { type ImportPhase, importExport } from './import-export.js';
import type { ExportLimits } from './limits.js';

/** A server says so often that it is still at it. */
const SAYS_EVERY_MS = 1_000;
/** One that has not said so for this long is gone. */
const SILENT_SECONDS = 60;
const SHOWN_SKIPPED = 100;

/** Asks for an import of an export that was uploaded for it. Refused: who does not administer the workspace; an upload that is
 *  missing, somebody else's, not completed, used or for something else, which look the same; while another import of the
 *  workspace is under way. */
export function startImport(caller: Caller, { fileUploadId }: { fileUploadId: Id }): Promise<{ id: Id }> {
  requireAdministrator(caller.actor, 'import an export');
  return commit(caller, async (unit) => {
    const { workspaceId } = unit.actor;
    const upload = (await holdUploads(unit, 'IMPORT', [fileUploadId])).get(fileUploadId);
    if (!upload) throw notFound('The upload');
    const id = newId();
    const [begun] = await unit.rows(sql`
      insert into import_job (workspace_id, id, upload_id, started_by)
      values (${workspaceId}, ${id}, ${fileUploadId}, ${userIdOf(unit.actor)}::uuid)
      on conflict (workspace_id) where state in ('QUEUED', 'RUNNING') do nothing
      returning 1`);
    if (!begun) {
      throw new Refusal(
        'INVALID_STATE',
        'An import into this workspace is under way. Start the next one once it has ended.',
      );
    }
    spendUploads(unit, [fileUploadId]);
    unit.audit({ action: 'import.started', targetId: id, details: { upload: fileUploadId, bytes: upload.size } });
    return { id };
  });
}

export interface TakenJob {
  workspaceId: Id;
  id: Id;
  sha256: Buffer;
  runner: Id;
}

/** Takes a job that waits, for the process named `runner`; `null` when none does. Several processes never take the same. */
export async function takeImport(em: EntityManager, runner: Id): Promise<TakenJob | null> {
  const [job] = await em.execute<TakenJob[]>(
    `update import_job j
        set state = 'RUNNING', runner = ?, seen_at = now()
       from (select q.workspace_id, q.id, u.sha256
               from import_job q
               join file_upload u on u.workspace_id = q.workspace_id and u.id = q.upload_id
              where q.state = 'QUEUED'
              order by q.started_at limit 1
                for update of q skip locked) next
      where j.workspace_id = next.workspace_id and j.id = next.id
     returning j.workspace_id as "workspaceId", j.id, next.sha256, j.runner`,
    [runner],
  );
  return job ?? null;
}

/** Ends jobs whose process has fallen silent. Answers how many. */
export async function failSilentImports({ em, committed }: Pick<Caller, 'em' | 'committed'>): Promise<number> {
  const silent = await em().execute<{ workspaceId: Id; id: Id; runner: Id }[]>(
    `select workspace_id as "workspaceId", id, runner from import_job
      where state = 'RUNNING' and seen_at < now() - make_interval(secs => ?)`,
    [SILENT_SECONDS],
  );
  let failed = 0;
  for (const job of silent) {
    const reason = `The gateway that ran it ended, or the machine stood still. ${HOW_TO_GO_ON}`;
    if (await end({ em, ...(committed && { committed }) }, job, { state: 'FAILED', reason }, SILENT_SECONDS)) failed++;
  }
  return failed;
}

const HOW_TO_GO_ON = 'Upload the export again and start anew: what is there already is left alone.';

export interface ImportRunner {
  em: () => EntityManager;
  committed: () => void;
  files: FileStore;
  limits: Partial<ExportLimits>;
  log: Logger;
  /** Ends the import, which has failed then. */
  signal: AbortSignal;
}

/** Carries out a job that was taken, to its end. Never throws what the export is to blame for. */
export async function runImport(running: ImportRunner, job: TakenJob): Promise<void> {
  const { em, files, limits, log, signal } = running;
  const { workspaceId, id, sha256, runner } = job;
  let far: { phase: ImportPhase; done: number; total: number } = { phase: 'READING', done: 0, total: 0 };
  let saying = Promise.resolve();
  const say = async () => {
    await em().execute(
      `update import_job set phase = ?, done = ?, total = ?, seen_at = now()
        where workspace_id = ? and id = ? and runner = ? and state = 'RUNNING'`,
      [far.phase, far.done, far.total, workspaceId, id, runner],
    );
  };
  const timer = setInterval(() => {
    saying = saying
      .then(say)
      .catch((error: unknown) => log.warn({ err: error }, 'How far an import is could not be said'));
  }, SAYS_EVERY_MS);
  try {
    const { plan, written } = await importExport(files.pathOf(workspaceId, sha256), {
      em,
      files,
      workspaceId,
      limits,
      signal,
      onProgress: (phase, done, total) => {
        signal.throwIfAborted();
        far = { phase, done, total };
      },
    });
    clearInterval(timer);
    await saying;
    await say();
    const skipped = [...plan.skipped, ...written.vanished];
    const { created, updated } = written;
    const result = { created, updated, skippedCount: skipped.length, skipped: skipped.slice(0, SHOWN_SKIPPED) };
    await end(running, job, { state: 'DONE', result });
  } catch (error) {
    clearInterval(timer);
    await saying;
    if (!(error instanceof Refusal) && !signal.aborted) log.error({ err: error, importId: id }, 'An import failed');
    const reason = signal.aborted
      ? `The gateway was stopped. ${HOW_TO_GO_ON}`
      : error instanceof Refusal
        ? error.message
        : `Something went wrong here; the log says more under ${id}. ${HOW_TO_GO_ON}`;
    await end(running, job, { state: 'FAILED', reason });
  }
}

/** Says what became of a job, once, on behalf of the process that has it; when that must have been silent for so long, only
 *  if it still is. False when it was said before. */
function end(
  caller: Pick<Caller, 'em' | 'committed'>,
  { workspaceId, id, runner }: { workspaceId: Id; id: Id; runner: Id },
  outcome: { state: 'DONE'; result: object } | { state: 'FAILED'; reason: string },
  silentSeconds = 0,
): Promise<boolean> {
  const { state } = outcome;
  const result = 'result' in outcome ? JSON.stringify(outcome.result) : null;
  const reason = 'reason' in outcome ? outcome.reason : null;
  return commit({ ...caller, actor: operatorOf(workspaceId) }, async (unit) => {
    const [ended] = await unit.rows(sql`
      update import_job set state = ${state}, result = ${result}::jsonb, reason = ${reason}, finished_at = now()
       where workspace_id = ${workspaceId} and id = ${id}::uuid and state = 'RUNNING'
         and runner = ${runner}::uuid and seen_at <= now() - make_interval(secs => ${silentSeconds}::float8)
      returning 1`);
    if (!ended) unit.unchanged();
    else if (state === 'FAILED') unit.audit({ action: 'import.failed', targetId: id, details: { reason } });
    else unit.audit({ action: 'import.finished', targetId: id });
    return ended !== undefined;
  });
}
