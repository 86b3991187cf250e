// Imports that a server carries out.

import { Migration } from '@mikro-orm/migrations';

export class ImportJobs extends Migration {
  override name = '0026-import-jobs';

  override up(): void {
    this.addSql(`
-- One import, from its start to what became of it. runner is the process that has it; seen_at when that last said so.
-- result holds counts, and the first of what was left out.
create table import_job (
  workspace_id uuid not null references workspace,
  id uuid not null,
  upload_id uuid not null,
  state text not null default 'QUEUED' check (state in ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
  phase text check (phase in ('READING', 'WRITING')),
  done int not null default 0,
  total int not null default 0,
  result jsonb,
  reason text,
  started_by uuid,
  started_at timestamptz not null default now(),
  runner uuid,
  seen_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, upload_id) references file_upload);
create unique index import_job_under_way on import_job (workspace_id) where state in ('QUEUED', 'RUNNING');
create index import_job_of_upload on import_job (workspace_id, upload_id);
`);
  }
}
