// What related rows come to as SQL: figures over rows `r` with their values `v`, as aggregate-sql.ts has them. One
// definition for what is shown, what is filtered and what is sorted by.

import type { Context } from '../context.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Measure } from './aggregate.js';
import { looksAtMembers, measureOf, readMeasure } from './aggregate-sql.js';
import type { PropertySchema, RollupFunction } from './property.js';
import { optionOf, type Slots } from './property-sql.js';

/** One aggregate. Where `members` is a column, it looks at the values that rows hold there one by one. */
export interface Figure {
  made: Sql;
  members: PropertySchema | null;
  read: (text: string | null) => number | string | null;
}

/** What a function makes of a column that it goes with; nothing where it shows values. */
export function figuresOf(ctx: Context, rollup: RollupFunction, target: PropertySchema, slots: Slots): Figure[] {
  const of = (make: Exclude<Measure['make'], 'COUNT'>): Measure => ({ make, property: target });
  const moment = (make: 'EARLIEST' | 'LATEST'): Figure => ({
    made: measureOf(ctx, of(make), slots),
    members: null,
    read: (text) => readMeasure(of(make), text),
  });
  switch (rollup) {
    case 'EARLIEST_DATE':
      return [moment('EARLIEST')];
    case 'LATEST_DATE':
      return [moment('LATEST')];
    case 'DATE_RANGE':
      return [moment('EARLIEST'), moment('LATEST')];
    case 'COUNT_PER_GROUP':
    case 'PERCENT_PER_GROUP': {
      const groups = target.type === 'STATUS' ? target.groups : [];
      return groups.map(({ optionIds }) =>
        number(sql`count(*) filter (where ${optionOf(target, slots)} = any(${optionIds}::text[]))`),
      );
    }
    case 'SHOW_ORIGINAL':
    case 'SHOW_UNIQUE':
      return [];
    default: {
      const made = numberMade(ctx, rollup, target, slots);
      const counted = COUNTED[rollup];
      return [number(made, counted && looksAtMembers(of(counted)) ? target : null)];
    }
  }
}

/** What functions count that may look at values one by one. */
const COUNTED: Partial<Record<RollupFunction, 'VALUES' | 'UNIQUE' | 'EMPTY'>> = {
  COUNT_VALUES: 'VALUES',
  UNIQUE: 'UNIQUE',
  EMPTY: 'EMPTY',
  NOT_EMPTY: 'EMPTY',
  PERCENT_EMPTY: 'EMPTY',
  PERCENT_NOT_EMPTY: 'EMPTY',
};

const number = (made: Sql, members: PropertySchema | null = null): Figure => ({
  made,
  members,
  read: (text) => readMeasure({ make: 'COUNT' }, text),
});

type NumberFunction = Exclude<
  RollupFunction,
  | 'EARLIEST_DATE'
  | 'LATEST_DATE'
  | 'DATE_RANGE'
  | 'COUNT_PER_GROUP'
  | 'PERCENT_PER_GROUP'
  | 'SHOW_ORIGINAL'
  | 'SHOW_UNIQUE'
>;

/** A number, or null; never one too large for a float. */
function numberMade(ctx: Context, rollup: NumberFunction, property: PropertySchema, slots: Slots): Sql {
  const make = (make: Exclude<Measure['make'], 'COUNT'>) => measureOf(ctx, { make, property }, slots);
  const rest = (part: Sql) => sql`${ROWS} - (${part})`;
  const share = (part: Sql) => sql`(${part})::float8 / nullif(${ROWS}, 0)`;
  switch (rollup) {
    case 'COUNT':
      return sql`count(*)`;
    case 'COUNT_VALUES':
      return make('VALUES');
    case 'UNIQUE':
      return make('UNIQUE');
    case 'EMPTY':
      return make('EMPTY');
    case 'NOT_EMPTY':
      return rest(make('EMPTY'));
    case 'PERCENT_EMPTY':
      return share(make('EMPTY'));
    case 'PERCENT_NOT_EMPTY':
      return share(rest(make('EMPTY')));
    case 'CHECKED':
      return make('CHECKED');
    case 'UNCHECKED':
      return rest(make('CHECKED'));
    case 'PERCENT_CHECKED':
      return share(make('CHECKED'));
    case 'PERCENT_UNCHECKED':
      return share(rest(make('CHECKED')));
    case 'SUM':
      return asFloat(make('SUM'));
    case 'AVERAGE':
      return sql`${asFloat(make('SUM'))} / nullif(${make('NUMBERS')}, 0)`;
    case 'MEDIAN':
      return sql`nullif(nullif(${make('MEDIAN')}, 'Infinity'), '-Infinity')`;
    case 'MIN':
      return make('MIN');
    case 'MAX':
      return make('MAX');
    case 'RANGE':
      // PostgreSQL would rather fail than overflow.
      return sql`case when ${make('MAX')} / 2 - ${make('MIN')} / 2 < 8.9e307 then ${make('MAX')} - ${make('MIN')} end`;
  }
}

/** Once each, however many values of them are looked at. */
const ROWS = sql`count(distinct r.id)`;

const asFloat = (decimal: Sql): Sql =>
  sql`(case when abs(${decimal}) <= 1.7976931348623157e308 then (${decimal})::float8 end)`;
