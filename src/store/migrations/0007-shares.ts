// Shares from both sides: an id that stays, and who opened and closed.

import { Migration } from '@mikro-orm/migrations';

export class Shares extends Migration {
  override name = '0007-shares';

  override up(): void {
    this.addSql(`
-- Each row is one interval of a share, and a version of it: the id stays while what it opens changes. Who began and who
-- ended it is null for the operator; an interval that expired was ended by nobody.
alter table share
  add column version int not null default 1,
  add column granted_by uuid references person,
  add column revoked_by uuid references person;
alter table share drop constraint share_pkey, add primary key (workspace_id, id, version);
create unique index share_open on share (workspace_id, id) where revoked_at is null;
`);
  }
}
