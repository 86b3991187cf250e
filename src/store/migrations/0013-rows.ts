// Rows are written here: the numbers they are given.

import { Migration } from '@mikro-orm/migrations';

export class Rows extends Migration {
  override name = '0013-rows';

  override up(): void {
    this.addSql(`
-- The next number of a data source whose rows are numbered. A row of its own, so that who writes rows can hold the columns
-- of the data source together with others before it takes a number alone.
create table row_counter (
  workspace_id uuid not null,
  data_source_id uuid not null,
  next int not null,
  primary key (workspace_id, data_source_id),
  foreign key (workspace_id, data_source_id) references data_source on delete cascade);
`);
  }
}
