// Comparisons of text and time as filters take them, and their SQL. Shared by every list that filters.

import { type RawBuilder, sql } from 'kysely';
import { Directive, Field, InputType } from 'type-graphql';
import { DateTime } from './datetime.js';

@InputType({ description: 'Compares text; every member given must hold.' })
export class StringFilter {
  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Exactly this text.' })
  eq?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Holds this text; case does not count.' })
  contains?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins with this text; case does not count.' })
  startsWith?: string | null;
}

@InputType({ description: 'Compares instants; every member given must hold.' })
export class DateTimeFilter {
  @Directive('@open')
  @Field(() => DateTime, { nullable: true, description: 'Earlier than this.' })
  before?: Date | null;

  @Directive('@open')
  @Field(() => DateTime, { nullable: true, description: 'This or earlier.' })
  onOrBefore?: Date | null;

  @Directive('@open')
  @Field(() => DateTime, { nullable: true, description: 'Later than this.' })
  after?: Date | null;

  @Directive('@open')
  @Field(() => DateTime, { nullable: true, description: 'This or later.' })
  onOrAfter?: Date | null;
}

/** Terms that must all hold; none for an absent filter. */
export function textTerms(column: RawBuilder<unknown>, filter: StringFilter | null | undefined): RawBuilder<unknown>[] {
  const { eq, contains, startsWith } = filter ?? {};
  // No stored text holds a NUL, and PostgreSQL would rather fail than compare one.
  if ([eq, contains, startsWith].some((text) => text?.includes('\0'))) return [sql`false`];
  return [
    ...(eq == null ? [] : [sql`${column} = ${eq}`]),
    ...(contains == null ? [] : [sql`${column} ilike ${`%${literal(contains)}%`}`]),
    ...(startsWith == null ? [] : [sql`${column} ilike ${`${literal(startsWith)}%`}`]),
  ];
}

/** Terms that must all hold; none for an absent filter. */
export function timeTerms(
  column: RawBuilder<unknown>,
  filter: DateTimeFilter | null | undefined,
): RawBuilder<unknown>[] {
  const { before, onOrBefore, after, onOrAfter } = filter ?? {};
  return [
    ...(before == null ? [] : [sql`${column} < ${before}`]),
    ...(onOrBefore == null ? [] : [sql`${column} <= ${onOrBefore}`]),
    ...(after == null ? [] : [sql`${column} > ${after}`]),
    ...(onOrAfter == null ? [] : [sql`${column} >= ${onOrAfter}`]),
  ];
}

/** `%`, `_` and `\` mean themselves. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');
