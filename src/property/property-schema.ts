// The columns of a data source as GraphQL shows them.

import { Directive, Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import type {
  FormulaResult,
  OptionColor,
  PropertySchema,
  RollupFunction,
  SchemaOf,
  SelectOption as StoredOption,
  PropertyType as Type,
} from './property.js';

export const PropertyTypeEnum = enumType<Type>('PropertyType', 'What a column holds.', {
  TITLE: 'The name of the row; one column of each data source.',
  TEXT: 'Rich text.',
  NUMBER: 'A number.',
  CHECKBOX: 'Yes or no.',
  DATE: 'A date or time, or a span of them.',
  SELECT: 'One option of a list.',
  MULTI_SELECT: 'Several options of a list.',
  STATUS: 'One option of a list whose options belong to groups, such as "To do" and "Done".',
  PEOPLE: 'People of the workspace.',
  URL: 'A web address.',
  EMAIL: 'An e-mail address, as content: not the address of a user.',
  PHONE: 'A telephone number.',
  RELATION: 'Rows of a data source, or pages.',
  ROLLUP: 'What the rows that a relation points to come to.',
  FORMULA: 'What an expression came to when it was last computed.',
  FILES: 'Files.',
  UNIQUE_ID: 'A number of its own for each row.',
  CREATED_TIME: 'When the row was made.',
  CREATED_BY: 'Who made the row.',
  LAST_EDITED_TIME: 'When the row was last changed.',
  LAST_EDITED_BY: 'Who last changed the row.',
  VERIFICATION: 'Whether somebody said that the page is right, and until when.',
  BUTTON: 'A button, which holds nothing.',
  PLACE: 'A place on the map.',
});

export const OptionColorEnum = enumType<OptionColor>('OptionColor', 'Colour that an option is shown in.', {
  DEFAULT: 'No colour of its own.',
  GRAY: 'Grey.',
  BROWN: 'Brown.',
  ORANGE: 'Orange.',
  YELLOW: 'Yellow.',
  GREEN: 'Green.',
  BLUE: 'Blue.',
  PURPLE: 'Purple.',
  PINK: 'Pink.',
  RED: 'Red.',
});

export const FormulaResultEnum = enumType<FormulaResult>('FormulaResult', 'What kind of value a formula comes to.', {
  TEXT: 'A text.',
  NUMBER: 'A number.',
  CHECKBOX: 'Yes or no.',
  DATE: 'A date or time, or a span of them.',
});

export const RollupFunctionEnum = enumType<RollupFunction>(
  'RollupFunction',
  'What is made of the values of related rows. Shares are between 0 and 1.',
  {
    COUNT: 'How many rows there are.',
    COUNT_VALUES: 'How many values there are; a row may hold several.',
    EMPTY: 'How many rows hold no value.',
    NOT_EMPTY: 'How many rows hold a value.',
    UNIQUE: 'How many different values there are.',
    SHOW_UNIQUE: 'The different values.',
    PERCENT_EMPTY: 'Share of the rows that hold no value.',
    PERCENT_NOT_EMPTY: 'Share of the rows that hold a value.',
    SUM: 'Sum of the numbers.',
    AVERAGE: 'Mean of the numbers.',
    MEDIAN: 'Middle one of the numbers.',
    MIN: 'Least of the numbers.',
    MAX: 'Greatest of the numbers.',
    RANGE: 'Greatest of the numbers less the least.',
    EARLIEST_DATE: 'Earliest of the dates.',
    LATEST_DATE: 'Latest of the dates.',
    DATE_RANGE: 'From the earliest of the dates to the latest.',
    CHECKED: 'How many are checked.',
    UNCHECKED: 'How many are not checked.',
    PERCENT_CHECKED: 'Share of those that are checked.',
    PERCENT_UNCHECKED: 'Share of those that are not checked.',
    COUNT_PER_GROUP: 'How many there are in each group of a status.',
    PERCENT_PER_GROUP: 'Share of each group of a status.',
    SHOW_ORIGINAL: 'All the values.',
  },
);

@InterfaceType({ description: 'A column of a data source.' })
export abstract class Property {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Short and stable under renaming; unique within the data source.' })
  id!: string;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its heading.' })
  name!: string | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => PropertyTypeEnum, { nullable: true, description: 'What it holds.' })
  type!: Type | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'What it is for; null when nobody said.' })
  description!: string | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ implements: Property, simpleResolvers: true, description: 'A column whose type says everything.' })
export class PlainProperty extends Property {}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({
  implements: Property,
  simpleResolvers: true,
  description: 'A column of numbers.',
})
export class NumberProperty extends Property {
  @Field(() => String, {
    nullable: true,
    description: 'How the numbers are written: `percent`, `euro` and the like; null for plain numbers.',
  })
  format!: string | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'One choice of a select, multi-select or status column.' })
export class SelectOption {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Unique within the workspace.' })
  id!: Id;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'What people read.' })
  name!: string | null;

  @Field(() => OptionColorEnum, { nullable: true, description: 'Its colour.' })
  color!: OptionColor | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'What it is for; null when nobody said.' })
  description!: string | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ implements: Property, simpleResolvers: true, description: 'A column of one option, or of several.' })
export class SelectProperty extends Property {
  @Field(() => [SelectOption], { nullable: true, description: 'The options, in order.' })
  options!: SelectOption[] | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'A stage that options of a status belong to.' })
export class StatusGroup {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Unique within the column.' })
  id!: Id;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'What people read.' })
  name!: string | null;

  @Field(() => OptionColorEnum, { nullable: true, description: 'Its colour.' })
  color!: OptionColor | null;

  @Field(() => [SelectOption], { nullable: true, description: 'The options that belong to it, in order.' })
  options!: SelectOption[] | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({
  implements: Property,
  simpleResolvers: true,
  description: 'A column of one option, whose options belong to groups.',
})
export class StatusProperty extends Property {
  @Field(() => [SelectOption], { nullable: true, description: 'The options, in order.' })
  options!: SelectOption[] | null;

  @Field(() => [StatusGroup], { nullable: true, description: 'The groups, from the first stage to the last.' })
  groups!: StatusGroup[] | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({
  implements: Property,
  simpleResolvers: true,
  description: 'A column that points to other rows or pages.',
})
export class RelationProperty extends Property {
  /** As stored, whether the reader reaches it or not. */
  relatedId!: Id | null;
  syncedPropertyId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The data source all of them lie in; null when there is none, or none that you reach.',
  })
  dataSourceId?: Id | null;

  @Field(() => Property, {
    nullable: true,
    description:
      'The column of that data source that shows the same pairs from the other side; null when there is none, or none that you may read.',
  })
  syncedProperty?: Property | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({
  implements: Property,
  simpleResolvers: true,
  description: 'A column that sums up what related rows hold.',
})
export class RollupProperty extends Property {
  @Field(() => ID, { nullable: true, description: 'The relation, a column of the same data source.' })
  relationPropertyId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The column of the related rows that is summed up.' })
  rollupPropertyId!: string | null;

  @Field(() => RollupFunctionEnum, { nullable: true, description: 'What is made of their values.' })
  function!: RollupFunction | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({
  implements: Property,
  simpleResolvers: true,
  description: 'A column of computed values. They are kept as they came: nothing computes them anew here.',
})
export class FormulaProperty extends Property {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'The expression, as its author wrote it.' })
  expression!: string | null;

  @Field(() => FormulaResultEnum, { nullable: true, description: 'What kind of value it comes to.' })
  result!: FormulaResult | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ implements: Property, simpleResolvers: true, description: 'A column that numbers the rows.' })
export class UniqueIdProperty extends Property {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'What stands before the numbers, as TASK in TASK-12; null when nothing does.',
  })
  prefix!: string | null;
}

/** The GraphQL face of a stored column, for a reader with these bits on its data source. */
export function propertyOf(schema: PropertySchema, access: Bits): Property {
  const shared = {
    access,
    id: schema.id,
    name: schema.name,
    type: schema.type,
    description: schema.description ?? null,
  };
  switch (schema.type) {
    case 'NUMBER':
      return face(NumberProperty, { ...shared, format: schema.format ?? null });
    case 'SELECT':
    case 'MULTI_SELECT':
      return face(SelectProperty, { ...shared, options: optionsOf(schema.options, access) });
    case 'STATUS':
      return face(StatusProperty, {
        ...shared,
        options: optionsOf(schema.options, access),
        groups: statusGroupsOf(schema, access),
      });
    case 'RELATION':
      return face(RelationProperty, {
        ...shared,
        relatedId: schema.dataSourceId,
        syncedPropertyId: schema.syncedPropertyId ?? null,
      });
    case 'ROLLUP': {
      const { relationPropertyId, rollupPropertyId } = schema;
      return face(RollupProperty, { ...shared, relationPropertyId, rollupPropertyId, function: schema.function });
    }
    case 'FORMULA':
      return face(FormulaProperty, { ...shared, expression: schema.expression, result: schema.result });
    case 'UNIQUE_ID':
      return face(UniqueIdProperty, { ...shared, prefix: schema.prefix ?? null });
    default:
      return face(PlainProperty, shared);
  }
}

/** The groups of a status, from the first stage to the last. */
export function statusGroupsOf(schema: SchemaOf<'STATUS'>, access: Bits): StatusGroup[] {
  const options = optionsOf(schema.options, access);
  return schema.groups.map(({ id, name, color, optionIds }) => ({
    access,
    id,
    name,
    color: color ?? 'DEFAULT',
    options: optionIds.flatMap((optionId) => options.filter((option) => option.id === optionId)),
  }));
}

export const optionOf = (option: StoredOption, access: Bits): SelectOption => ({
  access,
  id: option.id,
  name: option.name,
  color: option.color ?? 'DEFAULT',
  description: option.description ?? null,
});

const optionsOf = (options: readonly StoredOption[], access: Bits): SelectOption[] =>
  options.map((option) => optionOf(option, access));

/** A plain row that says of which class it is: what abstract types resolve by. */
export const face = <T extends object>(type: new () => T, fields: T): T & { __typename: string } => ({
  __typename: type.name,
  ...fields,
});
