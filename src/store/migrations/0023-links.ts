// Who mentions a page: looked for from the page that is mentioned, in blocks and in the values of rows.

import { Migration } from '@mikro-orm/migrations';

export class Links extends Migration {
  override name = '0023-links';

  override up(): void {
    this.addSql(`
-- The tables may be large.
set local statement_timeout = 0;
create index block_mentions on block using gin (mentions) where mentions <> '{}';

-- Ids of the pages, databases and data sources that the texts among the values of a row mention.
create function mentioned_in_values(props jsonb) returns uuid[] language sql immutable parallel safe strict as $$
  select coalesce(array_agg(distinct (span ->> 'resourceId')::uuid), '{}')
    from jsonb_each(props) as prop(id, value),
         jsonb_array_elements(case jsonb_typeof(prop.value) when 'array' then prop.value else '[]' end) as span
   where span ->> 'type' = 'MENTION'
$$;
alter table row_value add column mentions uuid[] not null generated always as (mentioned_in_values(props)) stored;
create index row_value_mentions on row_value using gin (mentions) where mentions <> '{}';
`);
  }
}
