// What makes a connection public: where its clients may be sent back to, what people are told about it, its secrets.

import { Migration } from '@mikro-orm/migrations';

export class PublicConnections extends Migration {
  override name = '0009-public-connections';

  override up(): void {
    this.addSql(`
alter table connection
  add company text,
  add website_url text,
  add privacy_url text,
  add terms_url text,
  add support_email text,
  add redirect_uris text[] not null default '{}',
  add installation_scope text check (installation_scope in ('ANY', 'SELECTED')),
  add selected_workspaces uuid[] not null default '{}',
  add published_at timestamptz,
  add check (kind = 'INTERNAL' or published_at is not null);

-- By which a public connection's client proves who it is: its keyed hash. The one before a rotation works on for a while.
create table client_secret (
  workspace_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  hash bytea not null unique,
  last_four text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, connection_id) references connection);
create index client_secret_connection on client_secret (workspace_id, connection_id) where revoked_at is null;
`);
  }
}
