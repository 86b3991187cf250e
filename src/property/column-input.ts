// Columns of a data source as clients write them: new ones, and what is to change about those there are. What they become
// is in alter.ts.

import { Directive, Field, ID, InputType, Int } from 'type-graphql';
import type { FormulaResult, OptionColor, PropertyType, RollupFunction } from './property.js';
import { OptionInput } from './property-input.js';
import { FormulaResultEnum, OptionColorEnum, PropertyTypeEnum, RollupFunctionEnum } from './property-schema.js';

const CONTENT = '@sensitive(class: CONTENT)';

@Directive('@oneOf')
@InputType({ description: 'A column: exactly one of these.' })
export class PropertyRefInput {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  id?: string | null;

  @Directive('@reads(coordinate: "Property.name")')
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'Its heading, exactly.' })
  name?: string | null;
}

@InputType({ description: 'A new option of a column.' })
export class NewOptionInput {
  @Directive(CONTENT)
  @Field(() => String, { description: 'What people read; no other option of the column is called the same.' })
  name!: string;

  @Field(() => OptionColorEnum, { nullable: true, description: 'Its colour; DEFAULT when left out.' })
  color?: OptionColor | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;
}

@InputType({ description: 'A new group of a status column, with its options.' })
export class NewStatusGroupInput {
  @Directive(CONTENT)
  @Field(() => String, { description: 'What people read.' })
  name!: string;

  @Field(() => OptionColorEnum, { nullable: true, description: 'Its colour; DEFAULT when left out.' })
  color?: OptionColor | null;

  @Field(() => [NewOptionInput], { description: 'The options that belong to it, in order.' })
  options!: NewOptionInput[];
}

@InputType({ description: 'Where a new relation points to.' })
export class NewRelationInput {
  @Field(() => ID, { description: 'The data source of the rows it points to.' })
  dataSourceId!: string;

  @Directive(CONTENT)
  @Field(() => String, {
    nullable: true,
    description:
      'Makes it a relation of two ways: the other data source gets a column of this name that shows the same pairs from the other side. Needs CONTENT_UPDATE there.',
  })
  syncedName?: string | null;
}

@InputType({ description: 'What a new rollup is made of.' })
export class NewRollupInput {
  @Field(() => PropertyRefInput, { description: 'A relation of this data source.' })
  relation!: PropertyRefInput;

  @Field(() => PropertyRefInput, { description: 'A column of the data source it points to.' })
  property!: PropertyRefInput;

  @Field(() => RollupFunctionEnum, { description: 'What is made of the values.' })
  function!: RollupFunction;
}

@InputType({ description: 'A new column.' })
export class NewPropertyInput {
  @Directive(CONTENT)
  @Field(() => String, { description: 'Its heading; no other column is called the same.' })
  name!: string;

  @Field(() => PropertyTypeEnum, { description: 'What it holds. Anything but TITLE, of which there is one already.' })
  type!: PropertyType;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;

  @Field(() => [NewOptionInput], { nullable: true, description: 'For SELECT and MULTI_SELECT: the options, in order.' })
  options?: NewOptionInput[] | null;

  @Field(() => [NewStatusGroupInput], {
    nullable: true,
    description: 'For STATUS: the groups with their options. To-do, In progress and Complete when left out.',
  })
  groups?: NewStatusGroupInput[] | null;

  @Field(() => String, { nullable: true, description: 'For NUMBER: how to write it, such as `percent` or `euro`.' })
  format?: string | null;

  @Field(() => NewRelationInput, { nullable: true, description: 'For RELATION, which needs it.' })
  relation?: NewRelationInput | null;

  @Field(() => NewRollupInput, { nullable: true, description: 'For ROLLUP, which needs it.' })
  rollup?: NewRollupInput | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'For FORMULA, which needs it. Nobody evaluates it here.' })
  expression?: string | null;

  @Field(() => FormulaResultEnum, { nullable: true, description: 'For FORMULA: what it comes to; TEXT when left out.' })
  result?: FormulaResult | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'For UNIQUE_ID: what stands before the number.' })
  prefix?: string | null;
}

@InputType({ description: 'What to change about an option; what is left out stays.' })
export class OptionUpdateInput {
  @Field(() => OptionInput, { description: 'Which one.' })
  option!: OptionInput;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What people read from now on.' })
  name?: string | null;

  @Field(() => OptionColorEnum, { nullable: true, description: 'Its colour.' })
  color?: OptionColor | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What it is for; null takes that away.' })
  description?: string | null;

  @Field(() => OptionInput, { nullable: true, description: 'For STATUS: the group it belongs to from now on.' })
  group?: OptionInput | null;
}

@InputType({ description: 'What to change about a group of a status column; what is left out stays.' })
export class StatusGroupUpdateInput {
  @Field(() => OptionInput, { description: 'Which one.' })
  group!: OptionInput;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What people read from now on.' })
  name?: string | null;

  @Field(() => OptionColorEnum, { nullable: true, description: 'Its colour.' })
  color?: OptionColor | null;
}

@InputType({ description: 'A new option of a status column, and where it belongs.' })
export class AddedOptionInput extends NewOptionInput {
  @Field(() => OptionInput, { nullable: true, description: 'For STATUS: its group; the first one when left out.' })
  group?: OptionInput | null;
}

@InputType({ description: 'What to change about a column; what is left out stays.' })
export class PropertyUpdateInput {
  @Field(() => PropertyRefInput, { description: 'Which one.' })
  property!: PropertyRefInput;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'Its heading from now on.' })
  name?: string | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What it is for; null takes that away.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: 'For NUMBER: how to write it; null for a plain number.' })
  format?: string | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'For FORMULA: its expression. What was computed stays.' })
  expression?: string | null;

  @Directive(CONTENT)
  @Field(() => String, {
    nullable: true,
    description: 'For UNIQUE_ID: what stands before the number; null for nothing.',
  })
  prefix?: string | null;

  @Field(() => [OptionUpdateInput], {
    nullable: true,
    description: 'For SELECT, MULTI_SELECT and STATUS: options to change, before others are removed or added.',
  })
  updateOptions?: OptionUpdateInput[] | null;

  @Field(() => [OptionInput], {
    nullable: true,
    description: 'For SELECT, MULTI_SELECT and STATUS: options to remove. Rows that hold one hold it no more.',
  })
  removeOptions?: OptionInput[] | null;

  @Field(() => [AddedOptionInput], {
    nullable: true,
    description: 'For SELECT, MULTI_SELECT and STATUS: options to add at the end.',
  })
  addOptions?: AddedOptionInput[] | null;

  @Field(() => [StatusGroupUpdateInput], { nullable: true, description: 'For STATUS: groups to change.' })
  updateGroups?: StatusGroupUpdateInput[] | null;
}

@InputType({ description: 'Another type for a column.' })
export class PropertyRetypeInput {
  @Field(() => PropertyRefInput, { description: 'Which one: TEXT, NUMBER, SELECT or DATE.' })
  property!: PropertyRefInput;

  @Field(() => PropertyTypeEnum, {
    description:
      'TEXT, NUMBER, SELECT or DATE. Each value is written as text and read again as the new type; where that fails the row is left empty, and the payload tells how often. A SELECT gets an option for each different text.',
  })
  type!: PropertyType;
}

@InputType({ description: 'Another place for a column.' })
export class PropertyMoveInput {
  @Field(() => PropertyRefInput, { description: 'Which one.' })
  property!: PropertyRefInput;

  @Field(() => Int, { description: 'How many columns stand before it.' })
  position!: number;
}

@Directive('@oneOf')
@InputType({ description: 'A change of the columns of a data source: exactly one of these.' })
export class SchemaChange {
  @Field(() => NewPropertyInput, { nullable: true, description: 'Adds a column at the end.' })
  add?: NewPropertyInput | null;

  @Field(() => PropertyUpdateInput, { nullable: true, description: 'Changes a column and keeps its type.' })
  update?: PropertyUpdateInput | null;

  @Field(() => PropertyRetypeInput, { nullable: true, description: 'Gives a column another type.' })
  retype?: PropertyRetypeInput | null;

  @Field(() => PropertyMoveInput, { nullable: true, description: 'Puts a column elsewhere among the others.' })
  move?: PropertyMoveInput | null;

  @Field(() => PropertyRefInput, {
    nullable: true,
    description:
      'Removes a column with its values. Of a relation of two ways the column on the other side goes too, which needs CONTENT_UPDATE there.',
  })
  remove?: PropertyRefInput | null;
}
