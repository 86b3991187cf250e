// Content is written here, and no longer only imported: trash, locks, icons and covers, and keys of what was done already.

import { Migration } from '@mikro-orm/migrations';

export class Writing extends Migration {
  override name = '0012-writing';

  override up(): void {
    this.addSql(`
-- What lies in the trash names what was thrown away with it: itself, or something above. "icon" and "cover" are what
-- content/appearance.ts says. A locked page or database is not written until it is unlocked.
alter table page
  add column trashed_with uuid,
  add column locked boolean not null default false,
  add column icon jsonb,
  add column cover jsonb;
alter table database
  add column trashed_with uuid,
  add column locked boolean not null default false,
  add column icon jsonb,
  add column cover jsonb;
alter table data_source
  add column trashed_with uuid;
update page set trashed_with = id where in_trash;
update database set trashed_with = id where in_trash;
update data_source set trashed_with = id where in_trash;
create index page_trash on page (workspace_id, trashed_with) where in_trash;
create index database_trash on database (workspace_id, trashed_with) where in_trash;
create index data_source_trash on data_source (workspace_id, trashed_with) where in_trash;
create index data_source_above on data_source using gin (ancestors) with (fastupdate = off);

create or replace view resource as
  select workspace_id, id, 'Page' as kind, parent_id, title, ancestors, in_trash, version,
         created_at, created_by, last_edited_at, last_edited_by, trashed_with, locked, icon, cover from page
  union all
  select workspace_id, id, 'Database', parent_id, title, ancestors, in_trash, version,
         created_at, created_by, last_edited_at, last_edited_by, trashed_with, locked, icon, cover from database
  union all
  select workspace_id, id, 'DataSource', database_id, title, ancestors, in_trash, version,
         created_at, created_by, last_edited_at, last_edited_by, trashed_with, false, null, null from data_source;

-- What a mutation answered that was sent with a key, so that it is done once: ids, never a secret. "actor" is the acting
-- user, and the nil id for the operator.
create table idempotent_result (
  workspace_id uuid not null references workspace,
  actor uuid not null,
  key text not null,
  mutation text not null,
  fingerprint bytea not null,
  result jsonb,
  created_at timestamptz not null default now(),
  primary key (workspace_id, actor, key));
create index idempotent_result_age on idempotent_result (created_at);
`);
  }
}
