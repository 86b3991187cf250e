// Which rows: comparisons joined by and, or, not. How a filter is read against the columns of a data source stands in
// row-query.ts, its SQL in row-filter-sql.ts.

import { Directive, Field, InputType } from 'type-graphql';
import { PropertyFilter } from './property-filter.js';
import { DateFilter } from './value-filter.js';

/** What stands beside a filter says so. */
export const TIME_ZONE = 'IANA name of the time zone that days of the filter are in; UTC when left out.';

@Directive('@oneOf')
@InputType({
  description:
    'Which rows: exactly one of these. A comparison holds for a row or it does not, also where a value is empty, so `not` gives just the other rows.',
})
export class RowFilter {
  @Directive('@open')
  @Field(() => [RowFilter], { nullable: true, description: 'All of these hold; with none given, every row.' })
  and?: RowFilter[] | null;

  @Directive('@open')
  @Field(() => [RowFilter], { nullable: true, description: 'Any of these holds; with none given, no row.' })
  or?: RowFilter[] | null;

  @Directive('@open')
  @Field(() => RowFilter, { nullable: true, description: 'This does not hold.' })
  not?: RowFilter | null;

  @Directive('@reads(coordinate: "Page.properties")')
  @Field(() => PropertyFilter, { nullable: true, description: 'By the value of a property.' })
  property?: PropertyFilter | null;

  @Directive('@reads(coordinate: "Page.createdAt")')
  @Field(() => DateFilter, { nullable: true, description: 'By when they were made.' })
  createdAt?: DateFilter | null;

  @Directive('@reads(coordinate: "Page.lastEditedAt")')
  @Field(() => DateFilter, { nullable: true, description: 'By when they were last changed.' })
  lastEditedAt?: DateFilter | null;
}
