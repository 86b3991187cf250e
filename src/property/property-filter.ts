// Comparisons of one property, as rows are filtered by them: those of a value, of a formula and of a rollup.

import { Directive, Field, ID, InputType } from 'type-graphql';
import { RollupFilter } from './rollup-filter.js';
import { FormulaFilter, RelatedFilter } from './value-filter.js';

@InputType({
  description:
    'Compares one property: name it by `name` or by `id`, and give exactly one comparison, of the kind the property holds.',
})
export class PropertyFilter extends RelatedFilter {
  @Directive('@reads(coordinate: "Property.name")')
  @Field(() => String, { nullable: true, description: 'Heading of the column, exactly.' })
  name?: string | null;

  @Directive('@open')
  @Field(() => ID, { nullable: true, description: 'Id of the column.' })
  id?: string | null;

  @Directive('@reads(coordinate: "FormulaValue.result")')
  @Field(() => FormulaFilter, { nullable: true, description: 'For FORMULA.' })
  formula?: FormulaFilter | null;

  @Directive('@reads(coordinate: "RollupValue.result")')
  @Field(() => RollupFilter, { nullable: true, description: 'For ROLLUP.' })
  rollup?: RollupFilter | null;
}
