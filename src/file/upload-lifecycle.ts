// Commands on uploads: begun, filled, completed, put on a page, expired. An upload is there for whoever began it alone.

import { contentTypeOf } from '../content/content-type.js';
import { type ContentLimits, limitsOf, requireLine, requireWithin, type Writer } from '../content/limits.js';
import { type Actor, operatorOf, userIdOf } from '../gate/actor.js';
import { lacking, requireAdministrator } from '../gate/ask.js';
import { bitsOf } from '../gate/capability.js';
import { type Id, newId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { contentTypeOfBytes } from './content-check.js';
import { type Draft, type FileStore, TooManyBytes } from './file-store.js';
import type { UploadPurpose, UploadState } from './upload.js';

/** To send bytes, complete it and use it. Exports are larger. */
const LIVES_MINUTES: Record<UploadPurpose, number> = { CONTENT: 60, IMPORT: 24 * 60 };

export interface NewUpload {
  name: string;
  /** Bytes that will come; any number up to the limit when left out. */
  size?: number | null | undefined;
  purpose?: UploadPurpose | null | undefined;
}

/** Begins an upload. Refused: who may neither insert nor update; for an import, who does not administer the workspace; a name
 *  that is empty or too long; more than the limit. */
export function createFileUpload(caller: Writer, input: NewUpload): Promise<{ id: Id }> {
  const limits = limitsOf(caller);
  const purpose = input.purpose ?? 'CONTENT';
  requireUploader(caller.actor, purpose);
  const name = requireLine(input.name, limits, { limit: 'maxTitleLength', path: ['name'] });
  if (!name) throw new Refusal('REQUIRED', 'name should be the name of the file, but is empty.', { path: ['name'] });
  const limit = purpose === 'IMPORT' ? 'maxImportUploadBytes' : 'maxUploadBytes';
  const { size = null } = input;
  if (size !== null) {
    requireWithin(size, limits, { limit, units: 'bytes', path: ['size'] });
    if (!Number.isInteger(size) || size < 0) {
      throw new Refusal('INVALID', `size should be a number of bytes, but is: ${size}`, { path: ['size'] });
    }
  }
  return commit(caller, async (unit) => {
    await requireRoom(unit, limits);
    const id = newId();
    await unit.rows(sql`
      insert into file_upload (workspace_id, id, purpose, user_id, name, content_type, size, max_bytes, expires_at)
      values (${unit.actor.workspaceId}, ${id}, ${purpose}, ${userIdOf(unit.actor)}::uuid, ${name},
              ${purpose === 'IMPORT' ? 'application/zip' : contentTypeOf(name)}, ${size}::bigint,
              ${size ?? limits[limit]}::bigint, now() + make_interval(mins => ${LIVES_MINUTES[purpose]}::int))`);
    unit.change({ type: 'FILE_UPLOAD_CREATED', resourceId: id, resourceVersion: 1, ancestors: [] });
    return { id };
  });
}

/** Whoever may write anywhere may upload: what waits to be used is bounded, so that nobody fills the disk. Uploads of one user
 *  are counted one after the other. */
async function requireRoom({ actor, rows }: Unit, { maxOpenUploads }: ContentLimits): Promise<void> {
  const user = userIdOf(actor);
  await rows(sql`select pg_advisory_xact_lock(${sql.lit(UPLOADS_LOCK)}, hashtext(${user ?? actor.workspaceId}))`);
  const [row] = await rows(sql<{ open: number }>`
    select count(*)::int as open from file_upload
     where workspace_id = ${actor.workspaceId} and user_id is not distinct from ${user}::uuid
       and state in ('PENDING', 'UPLOADED', 'COMPLETED') and used_at is null and expires_at > now()`);
  if (row && row.open < maxOpenUploads) return;
  throw new Refusal(
    'INVALID_STATE',
    `At most ${maxOpenUploads} uploads of yours may wait to be used (maxOpenUploads). Use some, or wait until they expire.`,
  );
}

/** Any number that is ours. */
const UPLOADS_LOCK = 728_317;

const WRITING = bitsOf(['CONTENT_INSERT', 'CONTENT_UPDATE']);

/** What an upload ends up in asks again, on the very object. */
function requireUploader(actor: Actor, purpose: UploadPurpose): void {
  if (purpose === 'IMPORT') requireAdministrator(actor, 'upload an export');
  else if ((actor.bits & WRITING) === 0) throw lacking(actor.bits, 'CONTENT_INSERT', 'upload a file');
}

/** Says that an upload is as it should be: from now on it can be used. One that was completed before stays so. Refused: an
 *  upload that is missing or somebody else's, which look the same; one whose bytes have not come, that failed or expired. */
export function completeFileUpload(caller: Writer, { id }: { id: Id }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    const [upload] = await unit.rows(sql<{ state: UploadState; purpose: UploadPurpose; isLate: boolean }>`
      select state, purpose, expires_at <= now() as "isLate" from file_upload
       where workspace_id = ${unit.actor.workspaceId} and id = ${id}::uuid
         and user_id is not distinct from ${userIdOf(unit.actor)}::uuid
         for update`);
    if (!upload) throw notFound('The upload');
    requireUploader(unit.actor, upload.purpose);
    if (upload.state === 'COMPLETED') {
      unit.unchanged();
      return { id };
    }
    if (upload.state !== 'UPLOADED' || upload.isLate) {
      throw new Refusal('INVALID_STATE', WHY_NOT[upload.isLate ? 'EXPIRED' : upload.state]);
    }
    await unit.rows(sql`
      update file_upload set state = 'COMPLETED' where workspace_id = ${unit.actor.workspaceId} and id = ${id}`);
    unit.change({ type: 'FILE_UPLOAD_COMPLETED', resourceId: id, resourceVersion: 2, ancestors: [] });
    return { id };
  });
}

const WHY_NOT: Record<Exclude<UploadState, 'COMPLETED'>, string> = {
  PENDING: 'The bytes have not come yet. Send them to uploadUrl by PUT first.',
  UPLOADED: 'The upload waits to be completed.',
  FAILED: 'What came was not what was announced. Begin another upload.',
  EXPIRED: 'The upload has expired. Begin another one.',
};

/** An upload that bytes are sent for. */
export interface OpenUpload {
  id: Id;
  contentType: string;
  /** As announced. */
  size: number | null;
  maxBytes: number;
}

/** The actor's upload that waits for its bytes; `null` when there is none with this id. */
export async function openUpload({ em, actor }: Caller, id: Id): Promise<OpenUpload | null> {
  const [row] = await em().execute<OpenUpload[]>(
    `select id, content_type as "contentType", size::float8 as size, max_bytes::float8 as "maxBytes" from file_upload
      where workspace_id = ? and id = ? and user_id is not distinct from ?::uuid
        and state = 'PENDING' and expires_at > now()`,
    [actor.workspaceId, id, userIdOf(actor)],
  );
  return row ?? null;
}

/** What became of bytes that were sent. */
export type Received = { kind: 'STORED' } | { kind: 'GONE' } | { kind: 'TOO_LARGE' } | { kind: 'WRONG'; why: string };

/** Takes the bytes of an upload in. The first that come whole are its bytes, whoever else sends some meanwhile; a sender who
 *  breaks off may begin again. Bytes are in their place before the upload says so, so that a crash in between leaves
 *  nothing but bytes nobody refers to. */
export async function receiveUpload(
  caller: Caller & { files: FileStore },
  upload: OpenUpload,
  source: NodeJS.ReadableStream,
): Promise<Received> {
  const { files, actor } = caller;
  let draft: Draft;
  try {
    draft = await files.draft(actor.workspaceId, source, { maxBytes: upload.maxBytes, durable: true });
  } catch (error) {
    if (!(error instanceof TooManyBytes)) throw error;
    return fail(caller, upload, { kind: 'TOO_LARGE' });
  }
  try {
    const { size, sha256 } = draft;
    if (upload.size !== null && upload.size !== size) {
      const why = `${upload.size} bytes were announced, but ${size} came.`;
      return await fail(caller, upload, { kind: 'WRONG', why });
    }
    let contentType: string;
    try {
      contentType = await contentTypeOfBytes(draft.path, upload.contentType);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return await fail(caller, upload, { kind: 'WRONG', why: error.message });
    }
    await draft.keep();
    return await commit(caller, async (unit): Promise<Received> => {
      unit.unannounced();
      const [stored] = await unit.rows(sql`
        update file_upload
           set state = 'UPLOADED', sha256 = ${sha256}, size = ${size}::bigint, content_type = ${contentType}
         where workspace_id = ${actor.workspaceId} and id = ${upload.id}::uuid and state = 'PENDING' and expires_at > now()
        returning 1`);
      return { kind: stored ? 'STORED' : 'GONE' };
    });
  } finally {
    await draft.drop();
  }
}

function fail(caller: Caller, { id }: OpenUpload, outcome: Received): Promise<Received> {
  return commit(caller, async (unit) => {
    const [failed] = await unit.rows(sql`
      update file_upload set state = 'FAILED'
       where workspace_id = ${unit.actor.workspaceId} and id = ${id}::uuid and state = 'PENDING' and expires_at > now()
      returning 1`);
    if (failed) unit.change({ type: 'FILE_UPLOAD_UPLOAD_FAILED', resourceId: id, resourceVersion: 2, ancestors: [] });
    else unit.unchanged();
    return failed ? outcome : { kind: 'GONE' };
  });
}

/** Ends uploads that were not used in time, a batch at a time. Answers how many. */
export async function expireUploads(caller: Omit<Caller, 'actor'>): Promise<number> {
  const due = await caller.em().execute<{ workspaceId: Id }[]>(
    `select distinct workspace_id as "workspaceId" from file_upload
      where state in ('PENDING', 'UPLOADED', 'COMPLETED') and used_at is null and expires_at <= now()`,
  );
  let expired = 0;
  for (const { workspaceId } of due) {
    expired += await commit({ ...caller, actor: operatorOf(workspaceId) }, async (unit) => {
      const gone = await unit.rows(sql<{ id: Id }>`
        update file_upload set state = 'EXPIRED', sha256 = null
         where workspace_id = ${workspaceId}
           and id in (select id from file_upload
                       where workspace_id = ${workspaceId} and state in ('PENDING', 'UPLOADED', 'COMPLETED')
                         and used_at is null and expires_at <= now()
                       order by id limit 1000 for update skip locked)
        returning id`);
      for (const { id } of gone) {
        unit.change({ type: 'FILE_UPLOAD_EXPIRED', resourceId: id, resourceVersion: 3, ancestors: [] });
      }
      if (gone.length === 0) unit.unchanged();
      return gone.length;
    });
  }
  return expired;
}

/** Uploads that are ready, held until the commit: completed, not expired, not used, the actor's own. What is missing in the
 *  answer is not there for her, for whatever reason. */
export async function holdUploads(
  unit: Unit,
  purpose: UploadPurpose,
  ids: readonly Id[],
): Promise<ReadonlyMap<Id, ReadyUpload>> {
  if (ids.length === 0) return new Map();
  const { actor, rows } = unit;
  const ready = await rows(sql<ReadyUpload>`
    select id, name, content_type as "contentType", size::float8 as size, sha256
      from file_upload
     where workspace_id = ${actor.workspaceId} and id = any(${ids}::uuid[]) and purpose = ${purpose}
       and user_id is not distinct from ${userIdOf(actor)}::uuid
       and state = 'COMPLETED' and used_at is null and expires_at > now()
     order by id for update`);
  return new Map(ready.map((upload) => [upload.id, upload]));
}

/** Held uploads are used, for good. */
export function spendUploads({ actor, send }: Unit, ids: readonly Id[]): void {
  if (ids.length === 0) return;
  send(sql`
    update file_upload set used_at = now()
     where workspace_id = ${actor.workspaceId} and id = any(${ids}::uuid[])`);
}

export interface ReadyUpload {
  id: Id;
  name: string;
  contentType: string;
  size: number;
  sha256: Buffer;
}
