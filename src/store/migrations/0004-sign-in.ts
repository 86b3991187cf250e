// How people prove who they are: passwords, sessions, one-time links, and what the limiter counts. A person may be in
// several workspaces, so these rows belong to her and not to a tenant.

import { Migration } from '@mikro-orm/migrations';

export class SignIn extends Migration {
  override name = '0004-sign-in';

  override up(): void {
    this.addSql(`
-- What a person signs in with, apart from her record: whoever reads people reads none of it. Argon2id, its secret value
-- in the key file. No row: no password yet.
create table person_secret (
  person_id uuid primary key references person,
  password_hash text not null,
  updated_at timestamptz not null default now());

-- Somebody signed in, in one browser. The cookie's secret is nowhere; its keyed hash is replaced by a new one whenever it
-- is rotated. Live: not ended, used lately, signed in today (people/session.ts says how lately).
create table session (
  id uuid primary key,
  person_id uuid not null references person,
  hash bytea not null unique,
  workspace_id uuid references workspace,
  created_at timestamptz not null default now(),
  signed_in_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  address text,
  user_agent text,
  ended_at timestamptz);
create index session_open on session (person_id) where ended_at is null;

-- The workspaces somebody is in, asked with each of her requests.
create index membership_person on membership (person_id) where ended_at is null;

-- A link that works once. SETUP makes the first owner of a workspace, or of a workspace still to be made; SIGN_IN lets
-- a person in to set a password; INVITATION lets whoever holds it join as the person with this address.
create table one_time_link (
  id uuid primary key,
  kind text not null check (kind in ('SETUP', 'SIGN_IN', 'INVITATION')),
  hash bytea not null unique,
  workspace_id uuid references workspace,
  person_id uuid references person,
  email text,
  name text,
  role text check (role in ('OWNER', 'MEMBER', 'GUEST')),
  created_by uuid references person,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  check ((kind = 'SIGN_IN') = (person_id is not null)),
  check ((kind = 'INVITATION') = (email is not null and role is not null)),
  check (kind <> 'INVITATION' or workspace_id is not null));
create index one_time_link_open on one_time_link (workspace_id, kind) where used_at is null and revoked_at is null;

-- Tries left of an account or of an address, as of when that was counted; they come back evenly. The key is a keyed
-- hash, because people type passwords where an e-mail address belongs. No row: all are left.
create table sign_in_allowance (
  key bytea primary key,
  tries double precision not null,
  counted_at timestamptz not null);
create index sign_in_allowance_age on sign_in_allowance (counted_at);
`);
  }
}
