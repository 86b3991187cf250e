// The mutation on what a data source is: its title and its columns.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { Bits } from '../gate/capability.js';
import { requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { SchemaChange } from '../property/column-input.js';
import { EXPECTED_VERSION, shown } from './answer.js';
import { updateDataSource } from './data-source-lifecycle.js';
import { DataSource } from './database.js';

@InputType({ description: 'What to change about a data source; what is left out stays.' })
class UpdateDataSourceInput {
  @Field(() => ID, { description: 'The data source.' })
  id!: string;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its title from now on; null empties it.' })
  title?: string | null;

  @Field(() => [SchemaChange], { nullable: true, description: 'Changes of its columns, made in this order.' })
  changes?: SchemaChange[] | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'What became of the values of a column.' })
class PropertyConversion {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Id of the column.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'In how many rows the value is another one now.' })
  converted!: number | null;

  @Field(() => Int, { nullable: true, description: 'How many rows hold nothing there any more.' })
  emptied!: number | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The data source that was changed.' })
class UpdateDataSourcePayload extends MutationPayload {
  @Field(() => DataSource, { nullable: true, description: 'As it is now: its id, and what you may read of it.' })
  dataSource?: DataSource;

  @Field(() => [PropertyConversion], {
    nullable: true,
    description: 'Columns whose values changed, because they have another type or lost an option.',
  })
  conversions?: PropertyConversion[];
}

@Resolver()
export class DataSourceMutations {
  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [DATA_SOURCE_SCHEMA_UPDATED])')
  @Directive('@cost(weight: 20)')
  @Extensions({ replayable: true })
  @Mutation(() => UpdateDataSourcePayload, {
    description: 'Changes the title and the columns of a data source, with what its rows hold in them.',
  })
  updateDataSource(
    @Arg('input', () => UpdateDataSourceInput, { description: 'What to change.' }) input: UpdateDataSourceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id, converted } = await updateDataSource(ctx, { ...input, id: requireId(input.id, 'The data source') });
      const dataSource = await shown(ctx, id);
      const access = dataSource?.access ?? 0;
      return {
        dataSource,
        conversions: converted.map(({ propertyId, ...counts }) => ({ access, id: propertyId, ...counts })),
      };
    });
  }
}
