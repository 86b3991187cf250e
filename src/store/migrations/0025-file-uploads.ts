// Uploads, and what finds the files that content refers to.

import { Migration } from '@mikro-orm/migrations';

export class FileUploads extends Migration {
  override name = '0025-file-uploads';

  override up(): void {
    this.addSql(`
-- Bytes on their way in. A row stays when its upload has ended: events name it. user_id is whoever made it, a person or a
-- bot; null for the operator. content_type is what its name says until the bytes are there, which then have the last word;
-- size likewise. used_at: a page, database or import has taken it.
create table file_upload (
  workspace_id uuid not null references workspace,
  id uuid not null,
  purpose text not null check (purpose in ('CONTENT', 'IMPORT')),
  state text not null default 'PENDING' check (state in ('PENDING', 'UPLOADED', 'COMPLETED', 'FAILED', 'EXPIRED')),
  user_id uuid,
  name text not null,
  content_type text not null,
  size bigint,
  max_bytes bigint not null,
  sha256 bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, id),
  check (state not in ('UPLOADED', 'COMPLETED') or (sha256 is not null and size is not null)));
create index file_upload_due on file_upload (expires_at)
  where state in ('PENDING', 'UPLOADED', 'COMPLETED') and used_at is null;
create index file_upload_open on file_upload (workspace_id, user_id)
  where state in ('PENDING', 'UPLOADED', 'COMPLETED') and used_at is null;
create index file_upload_of_bytes on file_upload (workspace_id, sha256) where sha256 is not null;

create index file_of_bytes on file (workspace_id, sha256);
create index block_of_file on block (workspace_id, (content #>> '{file,fileId}'))
  where content #>> '{file,fileId}' is not null;
`);
  }
}
