// What the rows of a data source come to, all together or group by group, and how that is asked. Its SQL is in
// aggregate-sql.ts, the fields that answer it in aggregate.resolver.ts.

import { Directive, Field, Float, ID, InputType, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { Page as PageType } from '../content/page.js';
import { Page } from '../content/page.js';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { invalid } from '../lib/refusal.js';
import { requireTimeZone } from '../lib/time-zone.js';
import { User } from '../people/user.js';
import { orderedOptions, type PropertySchema, type PropertyType } from './property.js';
import { face, optionOf, SelectOption } from './property-schema.js';
import { called, columnOf, type RowQuery } from './row-query.js';

/** Some rows, and how they fall into groups; all in one without a grouping. */
export interface Aggregated {
  rows: RowQuery;
  grouping: Grouping | null;
}

/** What is made of rows: how many there are, or something of what they hold in one column. */
export type Measure = { make: 'COUNT' } | { make: Making; property: PropertySchema };
/** VALUES are counted one by one where a row holds several. */
type Making =
  | 'NUMBERS'
  | 'SUM'
  | 'MEDIAN'
  | 'MIN'
  | 'MAX'
  | 'DATES'
  | 'EARLIEST'
  | 'LATEST'
  | 'CHECKED'
  | 'EMPTY'
  | 'VALUES'
  | 'UNIQUE';

export type DateUnit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

export const DateUnitEnum = enumType<DateUnit>('DateUnit', 'A span of the calendar.', {
  DAY: 'A day.',
  WEEK: 'A week, from Monday on.',
  MONTH: 'A month.',
  QUARTER: 'Three months, from January, April, July or October on.',
  YEAR: 'A year.',
});

/** By what a row says of itself; dates fall into spans of the calendar as a time zone has it. */
export type Grouping = { unit: DateUnit; timeZone: string } & (
  | { property: PropertySchema }
  | { time: 'createdAt' | 'lastEditedAt' }
);

const UNIT = 'How long each span is; a day when left out.';
const ZONE = 'IANA name of the time zone in which days begin; UTC when left out.';

@InputType({ description: 'Into which spans of the calendar.' })
class TimeGrouping {
  @Directive('@open')
  @Field(() => DateUnitEnum, { nullable: true, description: UNIT })
  unit?: DateUnit | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: ZONE })
  timeZone?: string | null;
}

@InputType({ description: 'A property to group by: name it by `name` or by `id`.' })
class PropertyGrouping {
  @Directive('@reads(coordinate: "Property.name")')
  @Field(() => String, { nullable: true, description: 'Heading of the column, exactly.' })
  name?: string | null;

  @Directive('@open')
  @Field(() => ID, { nullable: true, description: 'Id of the column.' })
  id?: string | null;

  @Directive('@open')
  @Field(() => DateUnitEnum, { nullable: true, description: `For dates. ${UNIT}` })
  unit?: DateUnit | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: `For dates. ${ZONE} A date without a time of day is that day.` })
  timeZone?: string | null;
}

@Directive('@oneOf')
@InputType({ description: 'What rows are grouped by: exactly one of these.' })
export class RowGrouping {
  @Directive('@reads(coordinate: "Page.properties")')
  @Field(() => PropertyGrouping, {
    nullable: true,
    description:
      'By the value of a property that is SELECT, STATUS, MULTI_SELECT, PEOPLE, CREATED_BY, LAST_EDITED_BY, CHECKBOX, RELATION, DATE, CREATED_TIME or LAST_EDITED_TIME.',
  })
  property?: PropertyGrouping | null;

  @Directive('@reads(coordinate: "Page.createdAt")')
  @Field(() => TimeGrouping, { nullable: true, description: 'By when they were made.' })
  createdAt?: TimeGrouping | null;

  @Directive('@reads(coordinate: "Page.lastEditedAt")')
  @Field(() => TimeGrouping, { nullable: true, description: 'By when they were last changed.' })
  lastEditedAt?: TimeGrouping | null;
}

const GROUPED: readonly PropertyType[] = [
  'SELECT',
  'STATUS',
  'MULTI_SELECT',
  'PEOPLE',
  'CREATED_BY',
  'LAST_EDITED_BY',
  'CHECKBOX',
  'RELATION',
  'DATE',
  'CREATED_TIME',
  'LAST_EDITED_TIME',
];

/** A column of dates, or of times. */
export const holdsDates = (property: PropertySchema): boolean =>
  ['DATE', 'CREATED_TIME', 'LAST_EDITED_TIME'].includes(kindOf(property));

/** What its values are compared and summed up as: for a formula what it comes to. */
export const kindOf = (property: PropertySchema): PropertyType =>
  property.type === 'FORMULA' ? property.result : property.type;

/** Refused: an unknown column, one that makes no groups, spans of what are no dates, and a time zone that is none. */
export function readGrouping(
  columns: readonly PropertySchema[],
  { property, createdAt, lastEditedAt }: RowGrouping,
): Grouping {
  const spans = ({ unit, timeZone }: TimeGrouping) => ({
    unit: unit ?? ('DAY' as const),
    timeZone: timeZone == null ? 'UTC' : requireTimeZone(timeZone),
  });
  if (createdAt) return { time: 'createdAt', ...spans(createdAt) };
  if (lastEditedAt) return { time: 'lastEditedAt', ...spans(lastEditedAt) };
  if (!property) throw invalid('A RowGrouping holds exactly one of property, createdAt, lastEditedAt, but got: none');
  const column = columnOf(columns, property);
  if (!GROUPED.includes(kindOf(column)))
    throw invalid(`${called(column)} is ${column.type}, which makes no groups: group by ${GROUPED.join(', ')}.`);
  if (!holdsDates(column) && (property.unit != null || property.timeZone != null))
    throw invalid(`${called(column)} is ${column.type}: unit and timeZone are for dates.`);
  return { property: column, ...spans(property) };
}

const READS = '@requires(anyOf: [[CONTENT_READ]])';
const CONTENT = '@sensitive(class: CONTENT)';

@Directive(READS)
@ObjectType({
  simpleResolvers: true,
  description: 'What the numbers of a column come to. Empty values are none of them.',
})
export class NumberSummary {
  access!: Bits;

  @Field(() => Int, { nullable: true, description: 'How many numbers there are.' })
  count!: () => Promise<number>;

  @Directive(CONTENT)
  @Field(() => Float, {
    nullable: true,
    description: 'Their sum, added up exactly; null when there is none, and when it is too large for a Float.',
  })
  sum!: () => Promise<number | null>;

  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'Their mean; null when there is none.' })
  average!: () => Promise<number | null>;

  @Directive(CONTENT)
  @Field(() => Float, {
    nullable: true,
    description: 'The one in the middle, or the mean of the two there; null when there is none.',
  })
  median!: () => Promise<number | null>;

  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'The least; null when there is none.' })
  min!: () => Promise<number | null>;

  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'The greatest; null when there is none.' })
  max!: () => Promise<number | null>;

  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'The greatest less the least; null when there is none.' })
  range!: () => Promise<number | null>;
}

const BEGINNING = 'by where dates begin: `YYYY-MM-DD`, or RFC 3339 with a time of day; null when there is none.';

@Directive(READS)
@ObjectType({
  simpleResolvers: true,
  description: 'What the dates of a column come to. Empty values are none of them.',
})
export class DateSummary {
  access!: Bits;

  @Field(() => Int, { nullable: true, description: 'How many dates there are.' })
  count!: () => Promise<number>;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: `The earliest, ${BEGINNING}` })
  earliest!: () => Promise<string | null>;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: `The latest, ${BEGINNING}` })
  latest!: () => Promise<string | null>;
}

@Directive(READS)
@ObjectType({ simpleResolvers: true, description: 'What the checkboxes of a column come to.' })
export class CheckboxSummary {
  access!: Bits;

  @Field(() => Int, { nullable: true, description: 'How many rows are checked.' })
  checked!: () => Promise<number>;

  @Field(() => Int, { nullable: true, description: 'How many rows are not.' })
  unchecked!: () => Promise<number>;
}

@Directive(READS)
@ObjectType({
  simpleResolvers: true,
  description:
    'How a column is filled, of any type. What you see nothing of counts as empty; a checkbox is never empty.',
})
export class ValueSummary {
  access!: Bits;

  @Field(() => Int, { nullable: true, description: 'How many rows hold no value.' })
  empty!: () => Promise<number>;

  @Field(() => Int, { nullable: true, description: 'How many rows hold a value.' })
  notEmpty!: () => Promise<number>;

  @Field(() => Int, { nullable: true, description: 'How many values there are; a row may hold several.' })
  count!: () => Promise<number>;

  @Field(() => Int, {
    nullable: true,
    description: 'How many different values there are; a mention counts as no text.',
  })
  unique!: () => Promise<number>;
}

@InterfaceType({ description: 'What rows come to. Only rows that you may read count.' })
export abstract class RowSummary {
  access!: Bits;
  /** Which rows, and which group of them. */
  of!: Aggregated;
  groupKey!: string | null;

  @Directive(READS)
  @Field(() => Int, { nullable: true, description: 'How many rows there are.' })
  count!: number | (() => Promise<number>) | null;

  @Directive(READS)
  @Field(() => NumberSummary, { nullable: true, description: 'What a column of numbers comes to.' })
  numbers?: NumberSummary | null;

  @Directive(READS)
  @Field(() => DateSummary, { nullable: true, description: 'What a column of dates or times comes to.' })
  dates?: DateSummary | null;

  @Directive(READS)
  @Field(() => CheckboxSummary, { nullable: true, description: 'What a column of checkboxes comes to.' })
  checkboxes?: CheckboxSummary | null;

  @Directive(READS)
  @Field(() => ValueSummary, { nullable: true, description: 'How a column of any type is filled.' })
  values?: ValueSummary | null;
}

@Directive(READS)
@ObjectType({ implements: RowSummary, simpleResolvers: true, description: 'What all rows asked for come to.' })
export class RowAggregate extends RowSummary {}

@InterfaceType({ description: 'What the rows of a group have in common.' })
export abstract class GroupKey {
  access!: Bits;

  @Directive(READS)
  @Directive(CONTENT)
  @Field(() => String, {
    nullable: true,
    description: 'As text: the id of an option, user or page; `true` or `false`; the first day of a span.',
  })
  value!: string | null;
}

@Directive(READS)
@ObjectType({ implements: GroupKey, simpleResolvers: true, description: 'They hold this option.' })
export class OptionKey extends GroupKey {
  @Field(() => SelectOption, { nullable: true, description: 'The option.' })
  option!: SelectOption | null;
}

@Directive(READS)
@ObjectType({ implements: GroupKey, simpleResolvers: true, description: 'They name this user.' })
export class UserKey extends GroupKey {
  @Field(() => User, { nullable: true, description: 'The user.' })
  user?: User | null;
}

@Directive(READS)
@ObjectType({ implements: GroupKey, simpleResolvers: true, description: 'They are all checked, or none of them is.' })
export class CheckboxKey extends GroupKey {
  @Directive(CONTENT)
  @Field(() => Boolean, { nullable: true, description: 'Whether they are checked.' })
  checked!: boolean | null;
}

@Directive(READS)
@ObjectType({ implements: GroupKey, simpleResolvers: true, description: 'Their dates begin in this span.' })
export class DateKey extends GroupKey {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The first day of it, `YYYY-MM-DD`.' })
  from!: string | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The first day after it, `YYYY-MM-DD`.' })
  until!: string | null;
}

@Directive(READS)
@ObjectType({ implements: GroupKey, simpleResolvers: true, description: 'They point to this page.' })
export class PageKey extends GroupKey {
  @Field(() => Page, { nullable: true, description: 'The page; null when it went out of your reach meanwhile.' })
  page?: PageType | null;
}

@Directive(READS)
@ObjectType({
  implements: RowSummary,
  simpleResolvers: true,
  description: 'Rows that have something in common, and what they come to.',
})
export class RowGroup extends RowSummary {
  @Field(() => GroupKey, { nullable: true, description: 'What they have in common; null for those without a value.' })
  key!: GroupKey | null;
}

export const RowGroupList = listOf(RowGroup, 'RowGroup');

/** A group as a statement finds it. `key` is as text, of options their rank; null where the value is empty. */
export interface FoundGroup {
  key: string | null;
  /** Of spans of the calendar: the first day after. */
  until: string | null;
  count: number;
}

/** What a group has in common, for a reader with these bits on the data source. */
export function groupKeyOf(grouping: Grouping, { key, until }: FoundGroup, access: Bits): GroupKey | null {
  if (key === null) return null;
  if ('time' in grouping || holdsDates(grouping.property))
    return face(DateKey, { access, value: key, from: key, until });
  const { property } = grouping;
  switch (kindOf(property)) {
    case 'CHECKBOX':
      return face(CheckboxKey, { access, value: key, checked: key === 'true' });
    case 'PEOPLE':
    case 'CREATED_BY':
    case 'LAST_EDITED_BY':
      return face(UserKey, { access, value: key as Id });
    case 'RELATION':
      return face(PageKey, { access, value: key as Id });
    default: {
      const option = orderedOptions(property)[Number(key) - 1];
      return option ? face(OptionKey, { access, value: option.id, option: optionOf(option, access) }) : null;
    }
  }
}
