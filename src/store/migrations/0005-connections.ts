// What owners do with connections: logos, who made them and when they ended.

import { Migration } from '@mikro-orm/migrations';

export class Connections extends Migration {
  override name = '0005-connections';

  override up(): void {
    this.addSql(`
-- Pictures of connections, under the hash of their bytes. Few and small, and so kept with what names them.
create table logo (
  workspace_id uuid not null references workspace,
  sha256 text not null,
  content_type text not null check (content_type in ('image/png', 'image/jpeg', 'image/webp')),
  bytes bytea not null check (length(bytes) <= 200000),
  created_at timestamptz not null default now(),
  primary key (workspace_id, sha256));
create index logo_sha256 on logo (sha256);

alter table connection
  add logo_sha256 text,
  add created_by uuid,
  add suspended_at timestamptz,
  add deleted_at timestamptz,
  add foreign key (workspace_id, logo_sha256) references logo;
`);
  }
}
