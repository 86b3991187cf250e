// The first tables. Design notes stand in docs/architecture.md; here each table says what one row is.

import { Migration } from '@mikro-orm/migrations';

export class Foundations extends Migration {
  override name = '0001-foundations';

  override up(): void {
    this.addSql(`
-- Facts about this installation of Gatehouse: the key check value, the log epoch.
create table gatehouse_fact (
  name text primary key,
  value text not null);

-- Container of everything. Every tenant table below leads its keys with workspace_id.
create table workspace (
  id uuid primary key,
  name text not null,
  version int not null default 1,
  created_at timestamptz not null default now());

create table teamspace (
  workspace_id uuid not null references workspace,
  id uuid not null,
  name text not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id));

-- A human, whatever workspaces she belongs to.
create table person (
  id uuid primary key,
  name text not null,
  email text not null,
  avatar_url text,
  created_at timestamptz not null default now());
create unique index person_email on person (lower(email));

create table membership (
  workspace_id uuid not null references workspace,
  person_id uuid not null references person,
  role text not null check (role in ('OWNER', 'MEMBER', 'GUEST')),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (workspace_id, person_id));

-- The app as its developer configured it; workspace_id is its home.
create table connection (
  workspace_id uuid not null references workspace,
  id uuid not null unique,
  name text not null,
  kind text not null check (kind in ('INTERNAL', 'PUBLIC')),
  status text not null check (status in ('ACTIVE', 'SUSPENDED', 'DELETED')),
  capabilities int not null,
  version int not null default 1,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id));

-- One connection in one workspace. Its bot is the user it acts as.
create table installation (
  workspace_id uuid not null references workspace,
  id uuid not null unique,
  connection_id uuid not null references connection (id),
  bot_id uuid not null,
  installed_by uuid references person,
  status text not null check (status in ('ACTIVE', 'SUSPENDED', 'ENDED')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, id));
create unique index installation_bot on installation (workspace_id, bot_id);
create index installation_connection on installation (connection_id);

-- What an installation was granted, from when to when: at most one open interval each.
create table capability_grant (
  workspace_id uuid not null,
  id uuid not null,
  installation_id uuid not null,
  capabilities int not null,
  granted_at timestamptz not null default now(),
  revoked_at timestamptz,
  granted_position bigint,
  revoked_position bigint,
  primary key (workspace_id, id),
  foreign key (workspace_id, installation_id) references installation);
create unique index capability_grant_open on capability_grant (workspace_id, installation_id) where revoked_at is null;

-- A secret in somebody's hands: its keyed hash, and the ciphertext of those an owner may see again.
create table token (
  workspace_id uuid not null references workspace,
  id uuid not null,
  kind text not null check (kind in ('INTERNAL')),
  installation_id uuid not null,
  hash bytea not null unique,
  last_four text not null,
  ciphertext bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, installation_id) references installation);
create index token_installation on token (workspace_id, installation_id) where revoked_at is null;

-- A resource opened to an installation or to a guest, from when to when. Nothing is deleted: narrowing ends one
-- interval and begins another.
create table share (
  workspace_id uuid not null,
  id uuid not null,
  installation_id uuid,
  person_id uuid,
  resource_id uuid not null,
  access int not null check (access > 0 and access < 32),
  granted_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  granted_position bigint,
  revoked_position bigint,
  primary key (workspace_id, id),
  check (num_nonnulls(installation_id, person_id) = 1),
  foreign key (workspace_id, installation_id) references installation,
  foreign key (workspace_id, person_id) references membership);
create unique index share_open_installation on share (workspace_id, installation_id, resource_id) where revoked_at is null;
create unique index share_open_person on share (workspace_id, person_id, resource_id) where revoked_at is null;
create index share_resource on share (workspace_id, resource_id) where revoked_at is null;

-- Pages, rows included: a row is a page whose parent is a data source.
create table page (
  workspace_id uuid not null references workspace,
  id uuid not null,
  parent_kind text not null check (parent_kind in ('WORKSPACE', 'PAGE', 'DATA_SOURCE')),
  parent_id uuid,
  teamspace_id uuid,
  title text not null,
  ancestors uuid[] not null,
  in_trash boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid,
  last_edited_at timestamptz not null default now(),
  last_edited_by uuid,
  primary key (workspace_id, id),
  check ((parent_kind = 'WORKSPACE') = (parent_id is null)),
  check (ancestors[cardinality(ancestors)] = id));
alter table page alter ancestors set storage main;
create index page_recent on page (workspace_id, last_edited_at desc, id desc);
create index page_child on page (workspace_id, parent_id, id);
create index page_above on page using gin (ancestors) with (fastupdate = off);

create table database (
  workspace_id uuid not null references workspace,
  id uuid not null,
  parent_kind text not null check (parent_kind in ('WORKSPACE', 'PAGE')),
  parent_id uuid,
  teamspace_id uuid,
  title text not null,
  ancestors uuid[] not null,
  in_trash boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid,
  last_edited_at timestamptz not null default now(),
  last_edited_by uuid,
  primary key (workspace_id, id),
  check ((parent_kind = 'WORKSPACE') = (parent_id is null)),
  check (ancestors[cardinality(ancestors)] = id));
create index database_recent on database (workspace_id, last_edited_at desc, id desc);
create index database_child on database (workspace_id, parent_id, id);
create index database_above on database using gin (ancestors) with (fastupdate = off);

-- Schema of the rows below it; "properties" is an array in column order (content/property.ts).
create table data_source (
  workspace_id uuid not null references workspace,
  id uuid not null,
  database_id uuid not null,
  title text not null,
  properties jsonb not null,
  ancestors uuid[] not null,
  in_trash boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid,
  last_edited_at timestamptz not null default now(),
  last_edited_by uuid,
  primary key (workspace_id, id),
  foreign key (workspace_id, database_id) references database,
  check (ancestors[cardinality(ancestors)] = id));
create index data_source_child on data_source (workspace_id, database_id, id);

-- Property values of a row: "props" is the truth, the slots are typed copies written by the same statement.
create table row_value (
  workspace_id uuid not null,
  data_source_id uuid not null,
  page_id uuid not null,
  props jsonb not null,
  n1 double precision, n2 double precision, n3 double precision, n4 double precision,
  n5 double precision, n6 double precision, n7 double precision, n8 double precision,
  d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz,
  t1 text collate "C", t2 text collate "C", t3 text collate "C", t4 text collate "C",
  t5 text collate "C", t6 text collate "C", t7 text collate "C", t8 text collate "C",
  b1 boolean, b2 boolean, b3 boolean, b4 boolean,
  a1 text[], a2 text[], a3 text[], a4 text[],
  primary key (workspace_id, data_source_id, page_id),
  foreign key (workspace_id, page_id) references page,
  foreign key (workspace_id, data_source_id) references data_source);
create index row_value_page on row_value (workspace_id, page_id);

-- Which property of a data source lies in which slot.
create table property_slot (
  workspace_id uuid not null,
  data_source_id uuid not null,
  property_id text not null,
  slot text not null,
  primary key (workspace_id, data_source_id, property_id),
  unique (workspace_id, data_source_id, slot),
  foreign key (workspace_id, data_source_id) references data_source);

-- Content of a page in reading order: "path" sorts a block before what stands below it.
create table block (
  workspace_id uuid not null,
  id uuid not null,
  page_id uuid not null,
  parent_id uuid,
  path text collate "C" not null,
  depth int not null,
  content jsonb not null,
  mentions uuid[] not null default '{}',
  version int not null default 1,
  created_at timestamptz not null default now(),
  last_edited_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, page_id) references page);
create unique index block_order on block (workspace_id, page_id, path);

-- Bytes in the file store, and the page they came with.
create table file (
  workspace_id uuid not null references workspace,
  id uuid not null,
  page_id uuid,
  name text not null,
  content_type text not null,
  size bigint not null,
  sha256 bytea not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id));

-- What came out of an export: where from, and a digest of what was written, so that running it again changes only
-- what has changed. What came by exports that share a resource has the same lineage; within one, an export can tell
-- what it does not hold any more.
create table imported (
  workspace_id uuid not null references workspace,
  resource_id uuid not null,
  path text not null,
  digest bytea not null,
  lineage uuid not null,
  primary key (workspace_id, resource_id));

-- How far a large import has come, so that it goes on where it stopped.
create table import_progress (
  workspace_id uuid not null references workspace,
  fingerprint text not null,
  done int not null,
  updated_at timestamptz not null default now(),
  primary key (workspace_id, fingerprint));

-- One committed write of content. "position" is given after the commit, never by the writer.
create table change (
  workspace_id uuid not null references workspace,
  seq bigint generated always as identity,
  id uuid not null,
  position bigint,
  type text not null,
  resource_id uuid not null,
  resource_version int not null,
  ancestors uuid[] not null,
  actor_kind text not null,
  actor_id uuid,
  details jsonb not null default '{}',
  occurred_at timestamptz not null default now(),
  primary key (workspace_id, seq));
create index change_unstamped on change (seq) where position is null;

-- One administrative change: people, permissions, settings, connections, tokens.
create table audit_entry (
  workspace_id uuid not null references workspace,
  seq bigint generated always as identity,
  id uuid not null,
  action text not null,
  actor_kind text not null,
  actor_id uuid,
  target_id uuid,
  details jsonb not null default '{}',
  occurred_at timestamptz not null default now(),
  primary key (workspace_id, seq));

-- Everything that can be shared, under one roof, for look-ups by id alone.
create view resource as
  select workspace_id, id, 'Page' as kind, parent_id, title, ancestors, in_trash, version,
         created_at, created_by, last_edited_at, last_edited_by from page
  union all
  select workspace_id, id, 'Database', parent_id, title, ancestors, in_trash, version,
         created_at, created_by, last_edited_at, last_edited_by from database
  union all
  select workspace_id, id, 'DataSource', database_id, title, ancestors, in_trash, version,
         created_at, created_by, last_edited_at, last_edited_by from data_source;
`);
    for (const slot of ['n', 'd', 't'].flatMap((kind) => [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${kind}${n}`))) {
      if (slot.startsWith('d') && Number(slot.slice(1)) > 4) continue;
      this.addSql(
        `create index row_value_${slot} on row_value (workspace_id, data_source_id, ${slot}, page_id) where ${slot} is not null`,
      );
    }
    for (const slot of ['a1', 'a2', 'a3', 'a4']) {
      this.addSql(
        `create index row_value_${slot} on row_value using gin (${slot}) with (fastupdate = off) where ${slot} is not null`,
      );
    }
  }
}
