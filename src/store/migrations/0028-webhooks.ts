// Webhooks: where a connection wants its events sent, and what came of each.

import { Migration } from '@mikro-orm/migrations';

export class Webhooks extends Migration {
  override name = '0028-webhooks';

  override up(): void {
    this.addSql(`
-- A webhook subscription: an endpoint of a connection, in the connection's home. It covers every workspace in which the
-- connection is installed. PENDING until somebody confirms the token that was posted to it; PAUSED by hand or because it
-- fails; DISABLED because it said that it is gone. "event_types" and "filter" must both hold. Secrets are sealed.
create table webhook_subscription (
  workspace_id uuid not null references workspace,
  id uuid not null unique,
  connection_id uuid not null references connection (id),
  url text not null,
  event_types text[] not null,
  filter jsonb not null default '{}',
  document text,
  lane text not null default 'PARALLEL' check (lane in ('PARALLEL', 'RESOURCE')),
  state text not null default 'PENDING' check (state in ('PENDING', 'ACTIVE', 'PAUSED', 'DISABLED')),
  state_reason text check (state_reason in ('BY_HAND', 'FAILING', 'GONE')),
  state_since timestamptz not null default now(),
  secret bytea not null,
  previous_secret bytea,
  overlap_until timestamptz,
  handshake_expires_at timestamptz,
  handshake_tries int not null default 0,
  verified_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  version int not null default 1,
  primary key (workspace_id, id),
  check ((previous_secret is null) = (overlap_until is null)));
create index webhook_subscription_connection on webhook_subscription (connection_id) where deleted_at is null;

-- What changes with each delivery to it: how many it was given, and how it does. "breaker_until": when an open breaker lets
-- a probe pass; whoever sets "probe_until" sends it.
create table webhook_endpoint (
  workspace_id uuid not null,
  subscription_id uuid not null unique,
  sequence bigint not null default 0,
  breaker text not null default 'CLOSED' check (breaker in ('CLOSED', 'OPEN', 'HALF_OPEN')),
  breaker_until timestamptz,
  breaker_openings int not null default 0,
  probe_owner uuid,
  probe_until timestamptz,
  window_from timestamptz,
  window_attempts int not null default 0,
  window_failures int not null default 0,
  failing_since timestamptz,
  failures_in_a_row int not null default 0,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  primary key (workspace_id, subscription_id),
  foreign key (workspace_id, subscription_id) references webhook_subscription)
  with (fillfactor = 50);

-- Up to which event of a workspace deliveries were made.
create table webhook_position (
  workspace_id uuid not null references workspace,
  subscription_id uuid not null references webhook_subscription (id),
  position bigint not null,
  primary key (workspace_id, subscription_id));
create index webhook_position_subscription on webhook_position (subscription_id);

-- A delivery: one event on its way to an endpoint, in the workspace of the event. A HANDSHAKE carries the token, a TEST
-- nothing that happened; those lie in the connection's home. Its id follows from subscription and event, and is the same
-- however often it is made. PENDING: not tried yet. FAILED: tried, and tried again at next_at. DEAD: given up. SUPPRESSED:
-- what it tells may not be told any more. "round" counts how often it was sent anew, "attempt" the attempts of this round.
-- "waits": an earlier delivery of the same resource comes first. "crashes": leases in a row that ended without an outcome.
create table delivery (
  workspace_id uuid not null references workspace,
  id uuid not null,
  subscription_id uuid not null,
  kind text not null default 'EVENT' check (kind in ('EVENT', 'HANDSHAKE', 'TEST')),
  event_position bigint,
  event_id uuid,
  event_type text,
  resource_id uuid,
  occurred_at timestamptz,
  sequence bigint,
  previous_sequence bigint,
  state text not null default 'PENDING'
    check (state in ('PENDING', 'LEASED', 'DELIVERED', 'FAILED', 'DEAD', 'SUPPRESSED')),
  waits boolean not null default false,
  round int not null default 1,
  attempt int not null default 0,
  crashes int not null default 0,
  next_at timestamptz not null default now(),
  lease_owner uuid,
  lease_until timestamptz,
  last_status int,
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (workspace_id, id),
  check (kind <> 'EVENT' or (event_position is not null and event_id is not null and sequence is not null)),
  check ((state = 'LEASED') = (lease_until is not null)),
  check ((state in ('DELIVERED', 'DEAD', 'SUPPRESSED')) = (finished_at is not null)));
create unique index delivery_id on delivery (id);
create unique index delivery_event on delivery (workspace_id, subscription_id, event_position) where kind = 'EVENT';

-- Only what is on its way stands in these: however much was delivered or waits, who claims looks at the first few of each
-- subscription.
create index delivery_due on delivery (subscription_id, next_at, sequence)
  where state in ('PENDING', 'FAILED') and not waits;
create index delivery_leased on delivery (lease_until) where state = 'LEASED';
create index delivery_in_flight on delivery (subscription_id) where state = 'LEASED';
create index delivery_lane on delivery (subscription_id, resource_id, sequence)
  where state in ('PENDING', 'FAILED', 'LEASED');
create index delivery_list on delivery (subscription_id, created_at desc, id desc);
create index delivery_finished on delivery (finished_at) where finished_at is not null;

-- One POST. "request" and "response" are what was sent and the beginning of what came back, sealed.
create table attempt (
  workspace_id uuid not null,
  delivery_id uuid not null,
  round int not null,
  n int not null,
  started_at timestamptz not null,
  ms int,
  status int,
  outcome text not null,
  reason text,
  request bytea,
  response bytea,
  primary key (workspace_id, delivery_id, round, n),
  foreign key (workspace_id, delivery_id) references delivery on delete cascade);
create index attempt_started on attempt (started_at);

-- Rows come and go quickly; what is dead in the indexes is taken out soon.
alter table delivery set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
alter table webhook_endpoint set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
`);
  }
}
