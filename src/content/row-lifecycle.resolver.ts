// Mutations on many rows. Each reads its input, gives one command, answers its payload.

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
import { UserError } from '../gate/user-error.js';
import { enumType } from '../lib/enum.js';
import { parseId, requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { PropertyInput } from '../property/property-input.js';
import { resourceById } from './loaders.js';
import { Page } from './page.js';
import type { BatchMode } from './row-batch.js';
import { createRows, type RowsWritten, updateRows } from './row-lifecycle.js';

const BatchModeEnum = enumType<BatchMode>('BatchMode', 'What becomes of the rows of a call when some are refused.', {
  ALL_OR_NOTHING: 'None is written; `userErrors` says why, of the first that was refused.',
  EACH: 'The others are written; `errors` says why, of each that was refused.',
});

const MODE = { nullable: true, description: 'ALL_OR_NOTHING when left out.' };
const TITLE = 'The title; the same as the value of the column `title`.';

@InputType({ description: 'A new row.' })
class NewRowInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: TITLE })
  title?: string | null;

  @Field(() => [PropertyInput], { nullable: true, description: 'Its values; what is left out is empty.' })
  properties?: PropertyInput[] | null;
}

@InputType({ description: 'Where rows are made, and what they hold.' })
class CreateRowsInput {
  @Field(() => ID, { description: 'The data source.' })
  dataSourceId!: string;

  @Field(() => [NewRowInput], { description: 'The rows, at most 100 unless the operator chose otherwise.' })
  rows!: NewRowInput[];

  @Field(() => BatchModeEnum, MODE)
  mode?: BatchMode | null;
}

@InputType({ description: 'What to change about a row; what is left out stays.' })
class RowUpdateInput {
  @Field(() => ID, { description: 'The row.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Refused with `STALE_VERSION` when it has another by now.' })
  expectedVersion?: number | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: `${TITLE} Null empties it.` })
  title?: string | null;

  @Field(() => [PropertyInput], { nullable: true, description: 'Values to put in place of what is there.' })
  properties?: PropertyInput[] | null;
}

@InputType({ description: 'Which rows to change, and how.' })
class UpdateRowsInput {
  @Field(() => [RowUpdateInput], {
    description: 'The rows, each once, of any data sources; at most 100 unless the operator chose otherwise.',
  })
  rows!: RowUpdateInput[];

  @Field(() => BatchModeEnum, MODE)
  mode?: BatchMode | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Why one row of several was not written.' })
class RowError {
  @Field(() => Int, { description: 'Its place among the rows given, from 0.' })
  index!: number;

  @Field(() => UserError, { description: 'Why.' })
  error!: UserError;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The rows that were made.' })
class CreateRowsPayload extends MutationPayload {
  @Field(() => [Page], { nullable: true, description: 'Those that were made, in the order given.' })
  rows?: Page[];

  @Field(() => [RowError], { nullable: true, description: 'The others; empty unless the mode is EACH.' })
  errors?: RowError[];
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The rows that were changed.' })
class UpdateRowsPayload extends MutationPayload {
  @Field(() => [Page], {
    nullable: true,
    description: 'Those that are as they should be now, in the order given.',
  })
  rows?: Page[];

  @Field(() => [RowError], { nullable: true, description: 'The others; empty unless the mode is EACH.' })
  errors?: RowError[];
}

@Resolver()
export class RowMutations {
  @Directive('@requires(anyOf: [[CONTENT_INSERT]])')
  @Directive('@emits(events: [PAGE_CREATED, DATA_SOURCE_CONTENT_UPDATED, PAGE_PROPERTIES_UPDATED])')
  @Directive('@cost(weight: 20)')
  @Directive('@listSize(slicingArguments: ["input.rows"], sizedFields: ["rows"])')
  @Extensions({ replayable: true })
  @Mutation(() => CreateRowsPayload, {
    description: 'Makes rows of one data source, all in one step. Needs the capability on the data source.',
  })
  createRows(
    @Arg('input', () => CreateRowsInput, { description: 'Where, and what they hold.' }) input: CreateRowsInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithRows(ctx, async () =>
      createRows(ctx, { ...input, dataSourceId: requireId(input.dataSourceId, 'The data source') }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_PROPERTIES_UPDATED])')
  @Directive('@cost(weight: 20)')
  @Directive('@listSize(slicingArguments: ["input.rows"], sizedFields: ["rows"])')
  @Extensions({ replayable: true })
  @Mutation(() => UpdateRowsPayload, {
    description: 'Changes rows, all in one step. Needs the capability on each of them.',
  })
  updateRows(
    @Arg('input', () => UpdateRowsInput, { description: 'Which, and how.' }) input: UpdateRowsInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithRows(ctx, async () =>
      updateRows(ctx, { ...input, rows: input.rows.map((row) => ({ ...row, id: parseId(row.id) ?? row.id })) }),
    );
  }
}

/** A payload with the rows as the actor reaches them by now. */
const answerWithRows = (ctx: Context, command: () => Promise<RowsWritten>): Promise<object> =>
  carryOut(ctx, async () => {
    const { ids, errors } = await command();
    ctx.forget();
    const rows = await ctx.loadMany(resourceById, ids);
    return { rows: rows.filter((row) => row !== undefined), errors };
  });
