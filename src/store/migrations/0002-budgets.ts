// What each installation or person may still ask for: points that come back evenly with time.

import { Migration } from '@mikro-orm/migrations';

export class Budgets extends Migration {
  override name = '0002-budgets';

  override up(): void {
    this.addSql(`
-- Points left of whoever pays, and when that was counted. No row: the budget is full. Unlogged: after a crash of
-- PostgreSQL every budget is full again, which is cheaper than writing each request to disk twice.
create unlogged table budget (
  workspace_id uuid not null,
  payer_id uuid not null,
  points double precision not null,
  counted_at timestamptz not null,
  primary key (workspace_id, payer_id))
  with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
`);
  }
}
