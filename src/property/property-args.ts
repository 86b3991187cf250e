// Naming one property in the arguments of a field.

import { ArgsType, Directive, Field, ID } from 'type-graphql';

@ArgsType()
export class PropertyArgs {
  @Directive('@reads(coordinate: "Property.name")')
  @Field(() => String, { nullable: true, description: 'Heading of the column, exactly.' })
  name?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the column.' })
  id?: string | null;
}
