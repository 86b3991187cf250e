// What people sign in with beside passwords.

import { Migration } from '@mikro-orm/migrations';

export class Passkeys extends Migration {
  override name = '0011-passkeys';

  override up(): void {
    this.addSql(`
-- A passkey of somebody: the public half of a key whose other half never leaves her device. Nothing here lets anybody in.
create table passkey (
  id uuid primary key,
  person_id uuid not null references person,
  name text not null,
  credential_id bytea not null unique,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz);
create index passkey_person on passkey (person_id);

-- What was given to a browser to sign, until an answer to it comes: once, within minutes. With a session a passkey is to
-- be made in it; without one somebody wants to sign in.
create table passkey_challenge (
  challenge bytea primary key,
  session_id uuid references session,
  expires_at timestamptz not null);
create index passkey_challenge_age on passkey_challenge (expires_at);
`);
  }
}
