// Which bytes an address leads to. Never by their hash: by what refers to the file, as far as the actor reaches and may read
// that now.

import { reachOf, readable } from '../content/reach.js';
import type { Reader } from '../context.js';
import type { Actor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';

export interface StoredFile {
  name: string;
  contentType: string;
  size: number;
  sha256: Buffer;
}

/** A file that a page or database refers to. Nothing where that is missing or out of reach, may not be read, or does not refer
 *  to it (any more): in a block, a value, its icon or its cover. One statement decides and reads. */
export async function findFile(
  reader: Reader,
  actor: Actor,
  { resourceId, fileId }: { resourceId: Id; fileId: Id },
): Promise<StoredFile | null> {
  const { workspaceId } = actor;
  const held = sql`jsonb_build_object('file', jsonb_build_object('fileId', ${fileId}::text))`;
  const [file] = await reader.rows(sql<StoredFile>`
    select f.name, f.content_type as "contentType", f.size::float8 as size, f.sha256
      from resource r
      cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
      join file f on f.workspace_id = r.workspace_id and f.id = ${fileId}::uuid
     where r.workspace_id = ${workspaceId} and r.id = ${resourceId}::uuid and ${readable}
       and (exists (select from block b
                     where b.workspace_id = ${workspaceId} and b.content #>> '{file,fileId}' = ${fileId}::text
                       and b.page_id = r.id)
            or exists (select from row_value v
                         join data_source d on d.workspace_id = v.workspace_id and d.id = v.data_source_id
                        cross join lateral jsonb_array_elements(d.properties) as p(held)
                        where v.workspace_id = ${workspaceId} and v.page_id = r.id and v.data_source_id = r.parent_id
                          and p.held ->> 'type' = 'FILES'
                          and v.props -> (p.held ->> 'id') @> jsonb_build_array(jsonb_build_object('fileId', ${fileId}::text)))
            or r.icon @> ${held} or r.cover @> ${held})`);
  return file ?? null;
}
