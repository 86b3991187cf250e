// Comparisons of text and time as filters take them, and their SQL. Shared by every list that filters.

import { Directive, Field, InputType } from 'type-graphql';
import { DateTime } from './datetime.js';
import { type Sql, sql } from './sql.js';

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
export function textTerms(column: Sql, filter: StringFilter | null | undefined): Sql[] {
  const { eq, contains, startsWith } = filter ?? {};
  return [
    ...(eq == null ? [] : [textEquals(column, eq)]),
    ...(contains == null ? [] : [textContains(column, contains)]),
    ...(startsWith == null ? [] : [textStartsWith(column, startsWith)]),
  ];
}

// One rule of text for every filter: equality is exact, parts are compared as the database lower-cases them.

export const textEquals = (column: Sql, text: string): Sql => storable(text, () => sql`${column} = ${text}`);

export const textContains = (column: Sql, text: string): Sql =>
  storable(text, () => sql`${column} ilike ${`%${literal(text)}%`}`);

export const textStartsWith = (column: Sql, text: string): Sql =>
  storable(text, () => sql`${column} ilike ${`${literal(text)}%`}`);

export const textEndsWith = (column: Sql, text: string): Sql =>
  storable(text, () => sql`${column} ilike ${`%${literal(text)}`}`);

/** Terms that must all hold; none for an absent filter. Instants are compared as they are shown, to the millisecond:
 *  the database keeps microseconds, and a row must not lie after the very time it says. */
export function timeTerms(column: Sql, filter: DateTimeFilter | null | undefined): Sql[] {
  const { before, onOrBefore, after, onOrAfter } = filter ?? {};
  return [
    ...(before == null ? [] : [within(column, null, before)]),
    ...(onOrBefore == null ? [] : [within(column, null, nextMillisecond(onOrBefore))]),
    ...(after == null ? [] : [within(column, nextMillisecond(after), null)]),
    ...(onOrAfter == null ? [] : [within(column, onOrAfter, null)]),
  ];
}

/** `from` or later, earlier than `to`; null is no bound. */
export function within(column: Sql, from: Date | null, to: Date | null): Sql {
  const terms = [
    ...(from === null ? [] : [sql`${column} >= ${from}::timestamptz`]),
    ...(to === null ? [] : [sql`${column} < ${to}::timestamptz`]),
  ];
  return sql`(${sql.join(terms, sql` and `)})`;
}

export const nextMillisecond = (instant: Date): Date => new Date(instant.getTime() + 1);

/** No stored text holds a NUL, and PostgreSQL would rather fail than compare one. */
const storable = (text: string, term: () => Sql): Sql => (text.includes('\0') ? sql`false` : term());

/** `%`, `_` and `\` mean themselves. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');
