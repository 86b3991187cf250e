// What installations asked: counters by the hour, and when a capability or a share was last of use.

import { Migration } from '@mikro-orm/migrations';

export class Usage extends Migration {
  override name = '0008-usage';

  override up(): void {
    this.addSql(`
-- How much of something an installation asked within an hour. REQUESTS, ERRORS and POINTS have no name; CODE has the
-- code of an error, REDACTION and DENIAL a coordinate of the schema. Processes add up; kept for 90 days.
create table usage_count (
  workspace_id uuid not null,
  installation_id uuid not null,
  hour timestamptz not null,
  counter text not null check (counter in ('REQUESTS', 'ERRORS', 'POINTS', 'CODE', 'REDACTION', 'DENIAL')),
  name text not null,
  n bigint not null,
  primary key (workspace_id, installation_id, hour, counter, name),
  foreign key (workspace_id, installation_id) references installation on delete cascade)
  with (fillfactor = 80);

-- When something a capability opens was last asked for and answered.
create table capability_use (
  workspace_id uuid not null,
  installation_id uuid not null,
  capability text not null,
  used_at timestamptz not null,
  primary key (workspace_id, installation_id, capability),
  foreign key (workspace_id, installation_id) references installation on delete cascade)
  with (fillfactor = 80);

-- When something a share opens was last read, as far as that was looked at; whatever version of the share it was.
create table share_use (
  workspace_id uuid not null references workspace on delete cascade,
  share_id uuid not null,
  used_at timestamptz not null,
  primary key (workspace_id, share_id))
  with (fillfactor = 80);
`);
  }
}
