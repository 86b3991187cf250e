// What clients of public connections hold: codes, and tokens that succeed each other.

import { Migration } from '@mikro-orm/migrations';

export class OAuth extends Migration {
  override name = '0010-oauth';

  override up(): void {
    this.addSql(`
-- What somebody agreed to on the consent page, until a client redeems it: once, within a minute. Kept for a while after
-- that, so that a second redemption is known for what it is. The nonce is that of the page she agreed on.
create table authorization_code (
  workspace_id uuid not null references workspace,
  id uuid not null,
  hash bytea not null unique,
  nonce bytea not null unique,
  connection_id uuid not null references connection (id),
  person_id uuid not null,
  redirect_uri text not null,
  code_challenge text not null,
  capabilities int not null,
  resource_ids uuid[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, person_id) references membership);
create index authorization_code_age on authorization_code (workspace_id, created_at);

-- Tokens of clients. All that came of one code are a family, named by the code. A refresh token that was used is spent;
-- its ciphertext then holds its successors, which it answers for some seconds more.
alter table token
  drop constraint token_kind_check,
  add constraint token_kind_check check (kind in ('INTERNAL', 'ACCESS', 'REFRESH')),
  add column family_id uuid,
  add column spent_at timestamptz,
  add constraint token_family_check check ((kind = 'INTERNAL') = (family_id is null)),
  add constraint token_spent_check check (spent_at is null or kind = 'REFRESH');
create index token_family on token (workspace_id, family_id) where family_id is not null;

-- Somebody has one installation of a connection in a workspace, whatever she agrees to and how often.
create unique index installation_person on installation (workspace_id, connection_id, installed_by)
  where installed_by is not null and status <> 'ENDED';
`);
  }
}
