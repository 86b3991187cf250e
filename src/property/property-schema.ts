// The columns of a data source as GraphQL shows them.

import { Directive, Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import type { PropertySchema, PropertyType as Type } from './property.js';

export const PropertyTypeEnum = enumType<Type>('PropertyType', 'What a column holds.', {
  TITLE: 'The name of the row; one column of each data source.',
  TEXT: 'Rich text.',
  NUMBER: 'A number.',
  CHECKBOX: 'Yes or no.',
  DATE: 'A date or time, or a span of them.',
  SELECT: 'One option of a list.',
  MULTI_SELECT: 'Several options of a list.',
  URL: 'A web address.',
  EMAIL: 'An e-mail address, as content: not the address of a user.',
  PHONE: 'A telephone number.',
  RELATION: 'Rows of a data source, or pages.',
  FILES: 'Files.',
});

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
@ObjectType({ simpleResolvers: true, description: 'One choice of a select or multi-select column.' })
export class SelectOption {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Unique within the workspace.' })
  id!: Id;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'What people read.' })
  name!: string | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ implements: Property, simpleResolvers: true, description: 'A column of one option, or of several.' })
export class SelectProperty extends Property {
  @Field(() => [SelectOption], { nullable: true, description: 'The options, in order.' })
  options!: SelectOption[] | null;
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

  @Field(() => ID, {
    nullable: true,
    description: 'The data source all of them lie in; null when there is none, or none that you reach.',
  })
  dataSourceId?: Id | null;
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
    case 'SELECT':
    case 'MULTI_SELECT':
      return face(SelectProperty, { ...shared, options: schema.options.map((option) => ({ ...option, access })) });
    case 'RELATION':
      return face(RelationProperty, { ...shared, relatedId: schema.dataSourceId });
    default:
      return face(PlainProperty, shared);
  }
}

/** A plain row that says of which class it is: what abstract types resolve by. */
export const face = <T extends object>(type: new () => T, fields: T): T & { __typename: string } => ({
  __typename: type.name,
  ...fields,
});
