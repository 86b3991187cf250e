// Which files and bytes are still wanted.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';

/** Takes away the rows of files that came by an upload and that nothing refers to any more: no block of any page, and
 *  neither value, icon nor cover of what they were put on. What an import brought stays: the next one may name it again. */
export async function forgetFiles(em: EntityManager, olderThanMs: number): Promise<void> {
  await em.execute(
    `delete from file f
      using file_upload u
      where u.workspace_id = f.workspace_id and u.id = f.id
        and u.used_at < now() - make_interval(secs => ?)
        and not exists (select from block b
                         where b.workspace_id = f.workspace_id and b.content #>> '{file,fileId}' = f.id::text)
        and not exists (select from row_value v
                         where v.workspace_id = f.workspace_id and v.page_id = f.page_id
                           and v.props::text like '%' || f.id::text || '%')
        and not exists (select from resource r
                         where r.workspace_id = f.workspace_id and r.id = f.page_id
                           and (r.icon #>> '{file,fileId}' = f.id::text or r.cover #>> '{file,fileId}' = f.id::text))`,
    [olderThanMs / 1_000],
  );
}

/** Those of these hashes, in hexadecimal, that a file, an upload or an import under way still has. */
export async function wantedBytes(
  em: EntityManager,
  workspaceId: Id,
  hashes: readonly Buffer[],
): Promise<ReadonlySet<string>> {
  const rows = await em.execute<{ hash: string }[]>(
    `select encode(h.sha256, 'hex') as hash
       from unnest(?::bytea[]) as h(sha256)
      where exists (select from file f where f.workspace_id = ? and f.sha256 = h.sha256)
         or exists (select from file_upload u
                     where u.workspace_id = ? and u.sha256 = h.sha256
                       and (u.used_at is null or exists (
                              select from import_job j
                               where j.workspace_id = u.workspace_id and j.upload_id = u.id
                                 and j.state in ('QUEUED', 'RUNNING'))))`,
    [`{${hashes.map((hash) => `"\\\\x${hash.toString('hex')}"`).join(',')}}`, workspaceId, workspaceId],
  );
  return new Set(rows.map(({ hash }) => hash));
}
