// Groups of people: what a column of people may name beside persons.

import { Migration } from '@mikro-orm/migrations';

export class Groups extends Migration {
  override name = '0016-groups';

  override up(): void {
    this.addSql(`
-- People of a workspace under one name. A deleted one stays, so that what names it still says so; nobody is in it.
create table person_group (
  workspace_id uuid not null references workspace,
  id uuid not null,
  name text not null,
  version int not null default 1,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (workspace_id, id));
create unique index person_group_name on person_group (workspace_id, lower(name)) where deleted_at is null;

create table person_group_member (
  workspace_id uuid not null,
  group_id uuid not null,
  person_id uuid not null,
  added_at timestamptz not null default now(),
  primary key (workspace_id, group_id, person_id),
  foreign key (workspace_id, group_id) references person_group,
  foreign key (workspace_id, person_id) references membership);
create index person_group_member_person on person_group_member (workspace_id, person_id);
`);
  }
}
