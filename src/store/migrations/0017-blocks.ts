// Blocks are written one by one, and say by whom.

import { Migration } from '@mikro-orm/migrations';

export class Blocks extends Migration {
  override name = '0017-blocks';

  override up(): void {
    this.addSql(`
-- The acting user, as in "page"; null when nobody of the workspace did it.
alter table block
  add column created_by uuid,
  add column last_edited_by uuid;
`);
  }
}
