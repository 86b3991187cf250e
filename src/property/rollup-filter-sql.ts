// Filters and orders by rollups as SQL: what related rows come to as a value of row `r`. Inside, `r`, `v` and `reach` are
// those of the related row.

import type { SortTerm } from '../content/keyset.js';
import { reachOf, readable } from '../content/reach.js';
import type { Context } from '../context.js';
import { within } from '../lib/filter.js';
import { invariant } from '../lib/invariant.js';
import { type Sql, sql } from '../lib/sql.js';
import { membersOf } from './aggregate-sql.js';
import type { ResolvedRollup, RollupTest } from './comparison.js';
import { idsOf, type Slots } from './property-sql.js';
import { resultTypeOf } from './rollup.js';
import { figuresOf } from './rollup-sql.js';
import { keeps } from './row-filter-sql.js';

/** True for the rows whose rollup passes. */
export function rollupHolds(ctx: Context, test: RollupTest, slots: Slots): Sql {
  const { rollup } = test;
  if ('someRow' in test) {
    const kept = keeps(ctx, test.someRow, rollup.source.slots);
    return sql`exists (select 1 from ${relatedRows(ctx, rollup, slots)} and ${kept})`;
  }
  const { figure } = test;
  switch (figure.is) {
    case 'EMPTY':
      return sql`${made(ctx, rollup, slots)} is null`;
    case 'NUMBER':
      return sql`${made(ctx, rollup, slots)}::float8 ${sql.raw(figure.compare)} ${figure.number}::float8`;
    case 'BEGINNING': {
      const at = within(INSTANT, figure.from, figure.to);
      const bounds = figure.days
        ? sql`case when made.moment[2] = 0 then ${within(INSTANT, figure.days.from, figure.days.to)} else ${at} end`
        : at;
      return sql`(select ${bounds} from (select ${made(ctx, rollup, slots)} as moment) made)`;
    }
    default:
      invariant(false, `No rollup is compared by ${figure.is}.`);
  }
}

/** A moment is when it is, in seconds, and whether it says the time of day. */
const INSTANT = sql`to_timestamp(made.moment[1])`;

export function rollupSortValue(ctx: Context, rollup: ResolvedRollup, slots: Slots): Omit<SortTerm, 'direction'> {
  const value = made(ctx, rollup, slots);
  return resultTypeOf(rollup.column.function) === 'DATE'
    ? { value: sql`to_timestamp((${value})[1])`, type: 'timestamptz', nullable: true }
    : { value: sql`${value}::float8`, type: 'float8', nullable: true };
}

/** What the function makes of the related rows that may be read: one figure. */
function made(ctx: Context, rollup: ResolvedRollup, slots: Slots): Sql {
  const { column, target, source } = rollup;
  const [figure] = target ? figuresOf(ctx, column.function, target, source.slots) : [];
  const items = figure?.members
    ? sql`left join lateral (${membersOf(ctx, figure.members, source.slots)}) as item on true`
    : sql``;
  // Without a column rows can still be counted.
  return sql`(select ${figure?.made ?? sql`count(*)`} from ${relatedRows(ctx, rollup, slots, items)})`;
}

/** What stands after `from`: the related rows that may be read. A row of another data source, which PostgreSQL may look at
 *  before it drops it, has none. */
const relatedRows = (ctx: Context, { own, relation, source }: ResolvedRollup, slots: Slots, items = sql``): Sql => sql`
  (select case when v.data_source_id = ${own}::uuid then ${idsOf(relation, slots)} end as ids) held
  cross join lateral (select distinct held.id::uuid from unnest(held.ids) as held(id)) as target(id)
  join page r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = target.id and r.parent_id = ${source.id}::uuid
  left join row_value v on v.workspace_id = ${ctx.actor.workspaceId} and v.page_id = r.id
       and v.data_source_id = ${source.id}::uuid
  cross join lateral ${reachOf(ctx.actor, sql.ref('r.ancestors'))}
  ${items}
 where not r.in_trash and ${readable}`;
