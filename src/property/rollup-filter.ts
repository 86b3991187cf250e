// Comparisons of a rollup: of what related rows come to, or of the values they hold.

import { Directive, Field, InputType } from 'type-graphql';
import { DateFilter, NumberFilter, RelatedFilter } from './value-filter.js';

@InputType({
  description:
    'Compares a rollup: exactly one of these. Only related rows that you may read count, and it takes that you may read their data source.',
})
export class RollupFilter {
  @Directive('@reads(coordinate: "RollupNumber.number")')
  @Field(() => NumberFilter, { nullable: true, description: 'What they come to, for functions that give a number.' })
  number?: NumberFilter | null;

  @Directive('@reads(coordinate: "RollupDate.date")')
  @Field(() => DateFilter, { nullable: true, description: 'What they come to, for EARLIEST_DATE and LATEST_DATE.' })
  date?: DateFilter | null;

  @Directive('@reads(coordinate: "RollupValues.values")')
  @Field(() => RelatedFilter, { nullable: true, description: 'It holds for one of the related rows, or for more.' })
  any?: RelatedFilter | null;

  @Directive('@reads(coordinate: "RollupValues.values")')
  @Field(() => RelatedFilter, {
    nullable: true,
    description: 'It holds for all related rows; also where there is none.',
  })
  every?: RelatedFilter | null;

  @Directive('@reads(coordinate: "RollupValues.values")')
  @Field(() => RelatedFilter, { nullable: true, description: 'It holds for none of the related rows.' })
  none?: RelatedFilter | null;
}
