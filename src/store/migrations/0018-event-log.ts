// The log: committed changes get positions, and become events.

import { Migration } from '@mikro-orm/migrations';

export class EventLog extends Migration {
  override name = '0018-event-log';

  override up(): void {
    this.addSql(`
set local statement_timeout = 0;

-- How far changes are numbered: one row, locked by whoever numbers the next.
create table log_counter (
  is_one boolean primary key default true check (is_one),
  position bigint not null,
  stamped_at timestamptz not null);

-- "stamped_at" never goes back, whatever the clock does. "settled_as" is the position of the event a change became part
-- of, and 0 when it became part of none.
alter table change
  add column stamped_at timestamptz,
  add column settled_as bigint;
alter table change alter occurred_at set default clock_timestamp();

-- What was written before there was a log is in no event.
update change c set position = n.position, stamped_at = now(), settled_as = 0
  from (select workspace_id, seq, row_number() over (order by seq) as position from change) n
 where n.workspace_id = c.workspace_id and n.seq = c.seq;
insert into log_counter (position, stamped_at) select count(*), now() from change;
create index change_unsettled on change (workspace_id, position) where position is not null and settled_as is null;
create index change_stamped on change (stamped_at);

-- Where an interval of access begins and ends among the changes, before and after they are numbered.
alter table share
  add column granted_seq bigint,
  add column revoked_seq bigint;
alter table capability_grant
  add column granted_seq bigint,
  add column revoked_seq bigint;
update share s
   set granted_position = c.position, revoked_position = case when s.revoked_at is null then null else c.position end
  from log_counter c;
update capability_grant g
   set granted_position = c.position, revoked_position = case when g.revoked_at is null then null else c.position end
  from log_counter c;
create index share_granted_unstamped on share (granted_seq) where granted_position is null;
create index share_revoked_unstamped on share (revoked_seq) where revoked_seq is not null and revoked_position is null;
create index grant_granted_unstamped on capability_grant (granted_seq) where granted_position is null;
create index grant_revoked_unstamped on capability_grant (revoked_seq)
  where revoked_seq is not null and revoked_position is null;
create index share_granted_at_position on share (workspace_id, granted_position);
create index share_revoked_at_position on share (workspace_id, revoked_position);
create index share_of_installation on share (workspace_id, installation_id, resource_id) where installation_id is not null;
create index share_of_person on share (workspace_id, person_id, resource_id) where person_id is not null;
create index share_expiry on share (workspace_id, expires_at) where expires_at is not null;
create index grant_granted_at_position on capability_grant (workspace_id, granted_position);
create index grant_of_installation on capability_grant (workspace_id, installation_id);

-- The place of this transaction's changes of access: one for all of them, so that no change of somebody else's lies
-- between the end of an interval and the beginning of the next.
create function access_seq() returns bigint language plpgsql as $$
declare
  known text := current_setting('gatehouse.access_seq', true);
begin
  if known is null or known = '' then
    known := nextval(pg_get_serial_sequence('change', 'seq'))::text;
    perform set_config('gatehouse.access_seq', known, true);
  end if;
  return known::bigint;
end $$;

create function place_access() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then new.granted_seq := access_seq(); end if;
  if new.revoked_at is not null and new.revoked_seq is null then new.revoked_seq := access_seq(); end if;
  return new;
end $$;
create trigger share_placed before insert or update of revoked_at on share
  for each row execute function place_access();
create trigger grant_placed before insert or update of revoked_at on capability_grant
  for each row execute function place_access();

-- Numbers what was committed and has no position, "most" at a time, in the order it was written. Whoever calls it holds
-- the counter for one call only, and each statement in it sees what was committed before that statement. Changes get
-- dense positions; an interval begins and ends after the change before it. Answers how many rows were stamped.
create function stamp_changes(most int) returns int language plpgsql volatile as $$
declare
  counter log_counter%rowtype;
  moment timestamptz;
  written bigint;
  stamped int;
begin
  if not exists (select from change where position is null)
     and not exists (select from share where granted_position is null)
     and not exists (select from share where revoked_seq is not null and revoked_position is null)
     and not exists (select from capability_grant where granted_position is null)
     and not exists (select from capability_grant where revoked_seq is not null and revoked_position is null)
  then
    return 0;
  end if;
  select * into counter from log_counter for update;
  moment := greatest(clock_timestamp(), counter.stamped_at);
  with waiting as (
    select * from (
      (select seq, 'CHANGE' as what, workspace_id, null::uuid as id, null::int as version
         from change where position is null order by seq limit most)
      union all
      (select granted_seq, 'SHARE_GRANTED', workspace_id, id, version
         from share where granted_position is null order by granted_seq limit most)
      union all
      (select revoked_seq, 'SHARE_REVOKED', workspace_id, id, version
         from share where revoked_seq is not null and revoked_position is null order by revoked_seq limit most)
      union all
      (select granted_seq, 'BITS_GRANTED', workspace_id, id, null
         from capability_grant where granted_position is null order by granted_seq limit most)
      union all
      (select revoked_seq, 'BITS_REVOKED', workspace_id, id, null
         from capability_grant where revoked_seq is not null and revoked_position is null
        order by revoked_seq limit most)) every
     order by seq limit most),
  placed as materialized (
    select w.*, counter.position + count(*) filter (where w.what = 'CHANGE') over (
             order by w.seq rows between unbounded preceding and current row) as position
      from waiting w),
  changes as (
    update change c set position = p.position, stamped_at = moment
      from placed p
     where p.what = 'CHANGE' and c.workspace_id = p.workspace_id and c.seq = p.seq),
  shares as (
    update share s
       set granted_position = coalesce(m.granted, s.granted_position),
           revoked_position = coalesce(m.revoked, s.revoked_position)
      from (select workspace_id, id, version,
                   max(position) filter (where what = 'SHARE_GRANTED') as granted,
                   max(position) filter (where what = 'SHARE_REVOKED') as revoked
              from placed where what like 'SHARE%' group by workspace_id, id, version) m
     where s.workspace_id = m.workspace_id and s.id = m.id and s.version = m.version),
  grants as (
    update capability_grant g
       set granted_position = coalesce(m.granted, g.granted_position),
           revoked_position = coalesce(m.revoked, g.revoked_position)
      from (select workspace_id, id,
                   max(position) filter (where what = 'BITS_GRANTED') as granted,
                   max(position) filter (where what = 'BITS_REVOKED') as revoked
              from placed where what like 'BITS%' group by workspace_id, id) m
     where g.workspace_id = m.workspace_id and g.id = m.id)
  select count(*) filter (where what = 'CHANGE'), count(*) into written, stamped from placed;
  if stamped > 0 then
    update log_counter set position = counter.position + written, stamped_at = moment;
    perform pg_notify('gatehouse_log', '');
  end if;
  return stamped;
end $$;

-- The log of a workspace: how many events it has, and up to which they are not kept any more. "version" counts the
-- settlings.
create table event_log (
  workspace_id uuid primary key references workspace,
  version bigint not null default 0,
  position bigint not null default 0,
  floor bigint not null default 0);

-- For how long changes of one thing are gathered into one event.
alter table workspace
  add column event_window_ms int not null default 1000 check (event_window_ms between 0 and 60000);

-- How many events a resource has had.
create table event_sequence (
  workspace_id uuid not null references workspace,
  resource_id uuid not null,
  sequence int not null,
  primary key (workspace_id, resource_id));

-- One settled event: one change or several. "position" counts the events of the workspace without a gap; the changes lie
-- between first_change and last_change. No interval of access above the resource begins or ends between them.
create table event (
  workspace_id uuid not null,
  position bigint not null,
  id uuid not null,
  type text not null,
  resource_id uuid not null,
  resource_version int not null,
  sequence int not null,
  ancestors uuid[] not null,
  first_change bigint not null,
  last_change bigint not null,
  occurred_at timestamptz not null,
  last_occurred_at timestamptz not null,
  author_ids uuid[] not null,
  by_operator boolean not null,
  details jsonb not null,
  settled_at timestamptz not null,
  primary key (workspace_id, position, settled_at)) partition by range (settled_at);
create index event_id on event (workspace_id, id);

-- Makes a partition for each of the days from now on that has none; answers how many. Attached, because making one in
-- its place would keep everybody from reading meanwhile.
create function make_event_partitions(days int) returns int language plpgsql as $$
declare
  day date;
  name text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(7283145);
  for day in select (now() at time zone 'UTC')::date + n from generate_series(0, days) n loop
    name := 'event_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass(name) is not null;
    execute format('create table %I (like event including defaults including constraints)', name);
    execute format('alter table event attach partition %I for values from (%L) to (%L)', name,
                   day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    made := made + 1;
  end loop;
  return made;
end $$;
select make_event_partitions(3);
`);
  }
}
