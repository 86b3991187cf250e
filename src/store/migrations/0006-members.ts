// Who belongs to a workspace and what its owners have decided: policy, teamspaces, personal access tokens.

import { Migration } from '@mikro-orm/migrations';

export class Members extends Migration {
  override name = '0006-members';

  override up(): void {
    this.addSql(`
-- Its picture; its policy, with a version of its own; and since when it is deleted: it can be restored for 30 days.
alter table workspace
  add icon_url text,
  add deleted_at timestamptz,
  add policy_version int not null default 1,
  add who_may_install text not null default 'ANYONE' check (who_may_install in ('ANYONE', 'APPROVED_ONLY', 'OWNERS')),
  add owners_only_shares boolean not null default false,
  add webhook_actions boolean not null default true,
  add personal_access_tokens text not null default 'OWNERS' check (personal_access_tokens in ('OWNERS', 'MEMBERS')),
  add show_once_tokens boolean not null default false;

-- created_at is when she joined, the last time.
alter table membership add version int not null default 1;

alter table teamspace
  add icon text,
  add description text,
  add access text not null default 'OPEN' check (access in ('OPEN', 'CLOSED')),
  add version int not null default 1,
  add archived_at timestamptz;

create table teamspace_member (
  workspace_id uuid not null,
  teamspace_id uuid not null,
  person_id uuid not null,
  added_at timestamptz not null default now(),
  primary key (workspace_id, teamspace_id, person_id),
  foreign key (workspace_id, teamspace_id) references teamspace,
  foreign key (workspace_id, person_id) references membership);
create index teamspace_member_person on teamspace_member (workspace_id, person_id);

-- A public connection that owners approve of, where only such may be installed.
create table approved_connection (
  workspace_id uuid not null references workspace,
  connection_id uuid not null references connection (id),
  approved_by uuid references person,
  approved_at timestamptz not null default now(),
  primary key (workspace_id, connection_id));

-- A person's own key to a workspace: its keyed hash, never the text. It narrows what she may, and always expires.
create table personal_access_token (
  workspace_id uuid not null references workspace,
  id uuid not null,
  person_id uuid not null,
  name text not null,
  hash bytea not null unique,
  last_four text not null,
  capabilities int not null,
  administer boolean not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null check (expires_at <= created_at + interval '366 days'),
  revoked_at timestamptz,
  revoked_by uuid references person,
  last_used_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, person_id) references membership);
create index personal_access_token_person on personal_access_token (workspace_id, person_id, id);
`);
  }
}
