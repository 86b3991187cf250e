// Comparisons of a rollup: of what related rows come to, or of the values they hold.

import { Directive, Field, InputType } from 'type-graphql';
import {
  CheckboxFilter,
  DateFilter,
  FilesFilter,
  MultiSelectFilter,
  NumberFilter,
  PeopleFilter,
  RelationFilter,
  SelectFilter,
  TextFilter,
  VerificationFilter,
} from './property-filter.js';

@InputType({
  description:
    'Compares the value of a related row: exactly one comparison, of the kind the column that is summed up holds.',
})
export class RelatedFilter {
  @Directive('@reads(coordinate: "TextValue.text")')
  @Field(() => TextFilter, { nullable: true, description: 'For TITLE, TEXT, URL, EMAIL and PHONE.' })
  text?: TextFilter | null;

  @Directive('@reads(coordinate: "NumberValue.number")')
  @Field(() => NumberFilter, { nullable: true, description: 'For NUMBER and UNIQUE_ID.' })
  number?: NumberFilter | null;

  @Directive('@reads(coordinate: "CheckboxValue.checked")')
  @Field(() => CheckboxFilter, { nullable: true, description: 'For CHECKBOX.' })
  checkbox?: CheckboxFilter | null;

  @Directive('@reads(coordinate: "SelectValue.option")')
  @Field(() => SelectFilter, { nullable: true, description: 'For SELECT.' })
  select?: SelectFilter | null;

  @Directive('@reads(coordinate: "StatusValue.option")')
  @Field(() => SelectFilter, { nullable: true, description: 'For STATUS.' })
  status?: SelectFilter | null;

  @Directive('@reads(coordinate: "MultiSelectValue.options")')
  @Field(() => MultiSelectFilter, { nullable: true, description: 'For MULTI_SELECT.' })
  multiSelect?: MultiSelectFilter | null;

  @Directive('@reads(coordinate: "DateValue.start")')
  @Field(() => DateFilter, { nullable: true, description: 'For DATE, CREATED_TIME and LAST_EDITED_TIME.' })
  date?: DateFilter | null;

  @Directive('@reads(coordinate: "PeopleValue.people")')
  @Field(() => PeopleFilter, { nullable: true, description: 'For PEOPLE, CREATED_BY and LAST_EDITED_BY.' })
  people?: PeopleFilter | null;

  @Directive('@reads(coordinate: "RelationValue.pages")')
  @Field(() => RelationFilter, { nullable: true, description: 'For RELATION.' })
  relation?: RelationFilter | null;

  @Directive('@reads(coordinate: "FilesValue.files")')
  @Field(() => FilesFilter, { nullable: true, description: 'For FILES.' })
  files?: FilesFilter | null;

  @Directive('@reads(coordinate: "VerificationValue.state")')
  @Field(() => VerificationFilter, { nullable: true, description: 'For VERIFICATION.' })
  verification?: VerificationFilter | null;
}

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
