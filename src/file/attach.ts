// Uploads become files of pages and databases: where content names an upload, a reference to a file is put instead.

import { type FileReference, UPLOAD } from '../content/block-content.js';
import { type Path, place } from '../content/limits.js';
import { notFoundAt } from '../content/span-input.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import { holdUploads, type ReadyUpload, spendUploads } from './upload-lifecycle.js';

/** A file that somebody writes by naming an upload, before it is known whether she may. */
export interface NamedUpload {
  file: FileReference & { [UPLOAD]: Id };
  /** What it is for: the beginning of the media type it must have. Anything when left out. */
  kind?: string | undefined;
  /** What refers to it: a page or a database. */
  resourceId: Id;
  path: Path;
}

/** Uploads on their way into content, in one command: held, then put in one by one, then written together. */
export class Attachments {
  private readonly attached: { upload: ReadyUpload; name: string; resourceId: Id }[] = [];

  private constructor(private readonly left: Map<Id, ReadyUpload>) {}

  /** Holds what may be put in. */
  static async hold(unit: Unit, ids: readonly Id[]): Promise<Attachments> {
    return new Attachments(new Map(await holdUploads(unit, 'CONTENT', [...new Set(ids)])));
  }

  /** Refused: an upload that is not there for the actor, or was used, also twice in one call; another kind of file than
   *  belongs there. */
  require(named: readonly NamedUpload[]): void {
    const seen = new Set<Id>();
    for (const { file, kind, path } of named) {
      const upload = this.left.get(file[UPLOAD]);
      if (!upload || seen.has(upload.id)) throw notFoundAt('The upload', path);
      seen.add(upload.id);
      if (kind !== undefined && !upload.contentType.startsWith(kind)) throw misfit(upload, kind, path);
    }
  }

  /** Puts files where uploads were named, once `require` has let them pass. */
  put(named: readonly NamedUpload[]): void {
    for (const { file, resourceId } of named) {
      const upload = this.left.get(file[UPLOAD]) as ReadyUpload;
      this.left.delete(upload.id);
      const { id: fileId, contentType, size } = upload;
      const name = file.name || upload.name;
      Object.assign(file, { name, fileId, contentType, size });
      this.attached.push({ upload, name, resourceId });
    }
  }

  /** Sent with what is written besides. */
  write(unit: Unit): void {
    if (this.attached.length === 0) return;
    spendUploads(
      unit,
      this.attached.map(({ upload }) => upload.id),
    );
    const records = this.attached.map(({ upload, name, resourceId }) => ({
      id: upload.id,
      resource_id: resourceId,
      name,
      content_type: upload.contentType,
      size: upload.size,
      sha256: upload.sha256.toString('hex'),
    }));
    unit.send(sql`
      insert into file (workspace_id, id, page_id, name, content_type, size, sha256)
      select ${unit.actor.workspaceId}, f.id, f.resource_id, f.name, f.content_type, f.size, decode(f.sha256, 'hex')
        from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
               as f(id uuid, resource_id uuid, name text, content_type text, size bigint, sha256 text)`);
  }
}

/** All of it at once. No statement when nothing is named. */
export async function attachUploads(unit: Unit, named: readonly NamedUpload[]): Promise<void> {
  if (named.length === 0) return;
  const attachments = await Attachments.hold(
    unit,
    named.map(({ file }) => file[UPLOAD]),
  );
  attachments.require(named);
  attachments.put(named);
  attachments.write(unit);
}

const misfit = ({ contentType }: ReadyUpload, kind: string, path: Path): Refusal =>
  new Refusal('INVALID', `${place(path)} should be a file of type ${kind}, but is ${contentType}.`, { path });

/** A file that names an upload. */
export const isNamedUpload = (file: FileReference): file is FileReference & { [UPLOAD]: Id } =>
  file[UPLOAD] !== undefined;
