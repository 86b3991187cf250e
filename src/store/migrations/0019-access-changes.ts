// What sockets have to know while they are open: that somebody may have become somebody else, or nobody.

import { Migration } from '@mikro-orm/migrations';

export class AccessChanges extends Migration {
  override name = '0019-access-changes';

  override up(): void {
    this.addSql(`
-- Whose place at the gate was changed: an installation or a person, all of a workspace where that is null, and a person
-- wherever she is where the workspace is. It says no more than "ask again"; rows are kept for an hour. Whoever reads on goes
-- by "xid": what is committed late has an old one, and is seen all the same.
create table access_change (
  seq bigint generated always as identity primary key,
  workspace_id uuid,
  subject_id uuid,
  xid xid8 not null default pg_current_xact_id(),
  occurred_at timestamptz not null default now());
create index access_change_xid on access_change (xid);

create function tell_access_change() returns trigger language plpgsql as $$
begin
  case tg_table_name
    when 'token', 'capability_grant' then
      insert into access_change (workspace_id, subject_id) values (new.workspace_id, new.installation_id);
    when 'personal_access_token' then
      insert into access_change (workspace_id, subject_id) values (new.workspace_id, new.person_id);
    when 'session' then
      insert into access_change (workspace_id, subject_id) values (null, new.person_id);
    when 'installation' then
      insert into access_change (workspace_id, subject_id) values (new.workspace_id, new.id);
    when 'connection' then
      insert into access_change (workspace_id, subject_id)
      select i.workspace_id, i.id from installation i where i.connection_id = new.id;
    when 'membership' then
      insert into access_change (workspace_id, subject_id) values (new.workspace_id, new.person_id);
      insert into access_change (workspace_id, subject_id)
      select i.workspace_id, i.id from installation i
       where i.workspace_id = new.workspace_id and i.installed_by = new.person_id;
    when 'workspace' then
      insert into access_change (workspace_id, subject_id) values (new.id, null);
  end case;
  return null;
end $$;
create trigger token_access after update of revoked_at, expires_at on token
  for each row execute function tell_access_change();
create trigger grant_access after insert on capability_grant
  for each row execute function tell_access_change();
create trigger personal_token_access after update of revoked_at, expires_at on personal_access_token
  for each row execute function tell_access_change();
create trigger session_access after update of ended_at on session
  for each row execute function tell_access_change();
create trigger installation_access after update of status, installed_by on installation
  for each row execute function tell_access_change();
create trigger connection_access after update of status on connection
  for each row execute function tell_access_change();
create trigger membership_access after update of role, ended_at on membership
  for each row execute function tell_access_change();
create trigger workspace_access after update of deleted_at, personal_access_tokens on workspace
  for each row execute function tell_access_change();
`);
  }
}
