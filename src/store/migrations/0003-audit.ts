// The audit log becomes a chain: each workspace's rows are numbered and hashed one after the other, those there are
// included, and from then on none is changed or deleted. docs/audit.md says what that proves and what it does not.

import { Migration } from '@mikro-orm/migrations';
import {
  CHAINED_COLUMNS,
  type ChainedRow,
  type ChainHead,
  canonicalJson,
  hashAfter,
  NO_HASH,
} from '../../audit/chain.js';
import type { AuditAction } from '../../audit/entry.js';
import { withoutSensitive } from '../../audit/sensitive.js';
import type { Id } from '../../lib/id.js';

const CHUNK = 1_000;

export class Audit extends Migration {
  override name = '0003-audit';

  override async up(): Promise<void> {
    await this.execute(NEW_COLUMNS);
    const workspaces = await this.execute(
      'select workspace_id as id, max(position)::float8 as last from audit_entry group by workspace_id',
    );
    for (const { id, last } of workspaces as { id: Id; last: number }[]) {
      let head: ChainHead = { position: 0, hash: NO_HASH };
      while (head.position < last) head = await this.chain(id, head);
      await this.execute(`insert into audit_chain (workspace_id, position, hash) values (?, ?, decode(?, 'hex'))`, [
        id,
        head.position,
        head.hash,
      ]);
    }
    await this.execute(FROM_NOW_ON);
  }

  /** Hashes the next rows of a workspace, in the order they were written; what should not have got in is taken out. */
  private async chain(workspaceId: Id, { position, hash }: ChainHead): Promise<ChainHead> {
    const found = await this.execute(
      `select ${CHAINED_COLUMNS} from audit_entry where workspace_id = ? and position > ? order by position limit ?`,
      [workspaceId, position, CHUNK],
    );
    let previousHash = hash;
    const rows = (found as unknown as ChainedRow[]).map((row) => {
      const held = JSON.parse(row.details ?? '{}') as Record<string, unknown>;
      const details = canonicalJson(withoutSensitive(row.action as AuditAction, held));
      const next = {
        position: row.position,
        details,
        previousHash,
        hash: hashAfter(previousHash, { ...row, details }),
      };
      previousHash = next.hash;
      return next;
    });
    await this.execute(
      `update audit_entry e
          set details = r.details::json, previous_hash = decode(r."previousHash", 'hex'), hash = decode(r.hash, 'hex')
         from json_to_recordset(?::json) as r(position bigint, details text, "previousHash" text, hash text)
        where e.workspace_id = ? and e.position = r.position`,
      [JSON.stringify(rows), workspaceId],
    );
    return { position: position + rows.length, hash: previousHash };
  }
}

const NEW_COLUMNS = `
set local statement_timeout = 0;

-- Where the chain of a workspace ends: locked by whoever adds to it, so that positions are dense. "checkpointed" is the
-- position of the last checkpoint in the process log.
create table audit_chain (
  workspace_id uuid primary key,
  position bigint not null,
  hash bytea not null,
  checkpointed bigint not null default 0);

-- What is kept as "json" is kept to the byte, and so hashed to the byte. No reference to the workspace: checking it would
-- lock its row behind the chain, and rows outlive what they speak of.
alter table audit_entry
  drop constraint audit_entry_workspace_id_fkey,
  alter actor_kind drop not null,
  alter details drop not null,
  alter details drop default,
  alter details type json using details::json,
  alter occurred_at drop default,
  add position bigint,
  add acting_for uuid,
  add before json,
  add after json,
  add address text,
  add previous_hash bytea,
  add hash bytea;

update audit_entry e set position = n.position
  from (select workspace_id, seq, row_number() over (partition by workspace_id order by seq) as position
          from audit_entry) n
 where n.workspace_id = e.workspace_id and n.seq = e.seq;
create unique index audit_entry_position on audit_entry (workspace_id, position);
`;

const FROM_NOW_ON = `
alter table audit_entry
  alter position set not null,
  alter previous_hash set not null,
  alter hash set not null,
  drop constraint audit_entry_pkey,
  drop column seq,
  add constraint audit_entry_pkey primary key using index audit_entry_position;
create unique index audit_entry_id on audit_entry (workspace_id, id);
create index audit_entry_action on audit_entry (workspace_id, action, position);
create index audit_entry_actor on audit_entry (workspace_id, actor_id, position);
create index audit_entry_acting_for on audit_entry (workspace_id, acting_for, position) where acting_for is not null;
create index audit_entry_target on audit_entry (workspace_id, target_id, position);
create index audit_entry_time on audit_entry (workspace_id, occurred_at);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only added to: % on % is refused.', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_final before update or delete or truncate on audit_entry
  for each statement execute function refuse_audit_change();
alter table audit_entry enable always trigger audit_entry_final;
create trigger audit_chain_final before delete or truncate on audit_chain
  for each statement execute function refuse_audit_change();
alter table audit_chain enable always trigger audit_chain_final;
create trigger audit_chain_forward before update on audit_chain
  for each row when (new.workspace_id <> old.workspace_id or new.position < old.position)
  execute function refuse_audit_change();
alter table audit_chain enable always trigger audit_chain_forward;
`;
