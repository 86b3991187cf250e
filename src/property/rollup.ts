// Rollups: what the rows that a relation points to come to, for each reader over those of them that she may read. Never
// stored. The SQL is in rollup-sql.ts, the fields in rollup.resolver.ts.

import { Directive, Field, Float, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import { listOf } from '../lib/list.js';
import { holdsDates, kindOf } from './aggregate.js';
import type { PropertySchema, RollupFunction } from './property.js';
import { face, StatusGroup, statusGroupsOf } from './property-schema.js';
import { PropertyValue, type RollupValue } from './property-value.js';

const READS = '@requires(anyOf: [[CONTENT_READ]])';
const CONTENT = '@sensitive(class: CONTENT)';

export type RollupResultType = 'NUMBER' | 'DATE' | 'DATE_RANGE' | 'GROUPS' | 'VALUES' | 'UNSUPPORTED';

export const RollupResultTypeEnum = enumType<RollupResultType>('RollupResultType', 'What a rollup comes to.', {
  NUMBER: 'A number.',
  DATE: 'A date or time.',
  DATE_RANGE: 'From a date or time to another.',
  GROUPS: 'How many there are in each group of a status.',
  VALUES: 'Values of the rows.',
  UNSUPPORTED: 'Nothing: the function does not go with the column.',
});

@InterfaceType({ description: 'What related rows come to.' })
export abstract class RollupResult {
  access!: Bits;

  @Directive(READS)
  @Field(() => RollupResultTypeEnum, { nullable: true, description: 'Which kind it is.' })
  type!: RollupResultType | null;
}

@Directive(READS)
@ObjectType({ implements: RollupResult, simpleResolvers: true, description: 'A number.' })
export class RollupNumber extends RollupResult {
  @Directive(CONTENT)
  @Field(() => Float, {
    nullable: true,
    description: 'The number. Null when there is nothing to make it of, and when it is too large for a Float.',
  })
  number!: number | null;
}

@Directive(READS)
@ObjectType({ implements: RollupResult, simpleResolvers: true, description: 'A date or time.' })
export class RollupDate extends RollupResult {
  @Directive(CONTENT)
  @Field(() => String, {
    nullable: true,
    description: '`YYYY-MM-DD`, or RFC 3339 with a time of day; null when there is none.',
  })
  date!: string | null;
}

@Directive(READS)
@ObjectType({ implements: RollupResult, simpleResolvers: true, description: 'From the earliest date to the latest.' })
export class RollupDateRange extends RollupResult {
  @Directive(CONTENT)
  @Field(() => String, {
    nullable: true,
    description:
      'The earliest, by where dates begin: `YYYY-MM-DD`, or RFC 3339 with a time of day; null when there is none.',
  })
  start!: string | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The latest, likewise.' })
  end!: string | null;
}

@Directive(READS)
@ObjectType({ simpleResolvers: true, description: 'How many related rows are in a group of a status.' })
export class RollupGroup {
  access!: Bits;

  @Field(() => StatusGroup, { nullable: true, description: 'The group.' })
  group!: StatusGroup | null;

  @Field(() => Int, { nullable: true, description: 'How many are in it.' })
  count!: number | null;

  @Field(() => Float, { nullable: true, description: 'Their share of all related rows; null when there is no row.' })
  share!: number | null;
}

@Directive(READS)
@ObjectType({ implements: RollupResult, simpleResolvers: true, description: 'Related rows by the groups of a status.' })
export class RollupGroups extends RollupResult {
  @Field(() => [RollupGroup], { nullable: true, description: 'Each group, in order, those without a row as well.' })
  groups!: RollupGroup[] | null;
}

@Directive(READS)
@ObjectType({ implements: RollupResult, simpleResolvers: true, description: 'Values of related rows.' })
export class RollupValues extends RollupResult {
  of!: RollupValue;
  /** The column, where the reader may know it: without that there is no row that she reads. */
  target!: PropertySchema | null;
  slots!: Readonly<Record<string, string>>;
}

@Directive(READS)
@ObjectType({
  implements: RollupResult,
  simpleResolvers: true,
  description: 'The function does not go with the column.',
})
export class RollupUnsupported extends RollupResult {
  @Field(() => String, { nullable: true, description: 'Why, in a sentence.' })
  reason!: string | null;
}

export const PropertyValueList = listOf(PropertyValue, 'PropertyValue');

/** What a rollup found, and what it made of that. */
export interface RolledUp {
  /** Related rows that may be read. */
  rows: number;
  /** The column that is summed up; null when it is not there. */
  target: PropertySchema | null;
  /** Of its data source. */
  slots: Readonly<Record<string, string>>;
  /** Whether the reader may know that column: she reads its data source, or one of the rows. */
  isKnown: boolean;
  /** What the figures of the function came to, in their order. */
  figures: (number | string | null)[];
}

export const isNumeric = (property: PropertySchema): boolean => ['NUMBER', 'UNIQUE_ID'].includes(property.type);

const NUMBERS: readonly RollupFunction[] = ['SUM', 'AVERAGE', 'MEDIAN', 'MIN', 'MAX', 'RANGE'];
const DATES: readonly RollupFunction[] = ['EARLIEST_DATE', 'LATEST_DATE', 'DATE_RANGE'];
const CHECKS: readonly RollupFunction[] = ['CHECKED', 'UNCHECKED', 'PERCENT_CHECKED', 'PERCENT_UNCHECKED'];
const GROUPS: readonly RollupFunction[] = ['COUNT_PER_GROUP', 'PERCENT_PER_GROUP'];
const SHOWS: readonly RollupFunction[] = ['SHOW_ORIGINAL', 'SHOW_UNIQUE'];

/** Why a function makes nothing of a column, in a sentence; null when it does. */
export function misfitOf(rollup: RollupFunction, target: PropertySchema | null): string | null {
  if (rollup === 'COUNT') return null;
  if (target === null) return 'The column it sums up is not there.';
  if (target.type === 'ROLLUP' || target.type === 'FORMULA')
    return `It sums up a column that is ${target.type}: what is itself computed is not summed up.`;
  const takes = (types: string) => `${rollup} takes ${types}, but the column is ${target.type}.`;
  if (NUMBERS.includes(rollup) && !isNumeric(target)) return takes('NUMBER or UNIQUE_ID');
  if (DATES.includes(rollup) && !holdsDates(target)) return takes('DATE, CREATED_TIME or LAST_EDITED_TIME');
  if (CHECKS.includes(rollup) && kindOf(target) !== 'CHECKBOX') return takes('CHECKBOX');
  if (GROUPS.includes(rollup) && target.type !== 'STATUS') return takes('STATUS');
  return null;
}

/** What a function comes to, whatever column it is put on. */
export function resultTypeOf(rollup: RollupFunction): Exclude<RollupResultType, 'UNSUPPORTED'> {
  if (rollup === 'DATE_RANGE') return 'DATE_RANGE';
  if (DATES.includes(rollup)) return 'DATE';
  if (GROUPS.includes(rollup)) return 'GROUPS';
  return SHOWS.includes(rollup) ? 'VALUES' : 'NUMBER';
}

/** How a function counts, of which nothing comes to 0 and not to null. */
const COUNTS: readonly RollupFunction[] = [
  'COUNT',
  'COUNT_VALUES',
  'EMPTY',
  'NOT_EMPTY',
  'UNIQUE',
  'CHECKED',
  'UNCHECKED',
];

/** What is shown of it. Where the reader may not know the column, no row is there that she reads: it looks the same
 *  whatever the column is, and whether there is one. */
export function rollupResultOf(value: RollupValue, { rows, target, slots, isKnown, figures }: RolledUp): RollupResult {
  const { access, column, relation } = value;
  const misfit =
    relation === null ? 'The relation it goes along is not there.' : isKnown ? misfitOf(column.function, target) : null;
  if (misfit !== null) return face(RollupUnsupported, { access, type: 'UNSUPPORTED', reason: misfit });
  const type = resultTypeOf(column.function);
  switch (type) {
    case 'NUMBER': {
      const number = (figures[0] ?? null) as number | null;
      return face(RollupNumber, { access, type, number: number ?? (COUNTS.includes(column.function) ? 0 : null) });
    }
    case 'DATE':
      return face(RollupDate, { access, type, date: (figures[0] ?? null) as string | null });
    case 'DATE_RANGE': {
      const [start, end] = figures as (string | null)[];
      return face(RollupDateRange, { access, type, start: start ?? null, end: end ?? null });
    }
    case 'GROUPS': {
      const groups = isKnown && target?.type === 'STATUS' ? statusGroupsOf(target, access) : [];
      return face(RollupGroups, {
        access,
        type,
        groups: groups.map((group, index) => {
          const count = (figures[index] ?? 0) as number;
          return { access, group, count, share: rows === 0 ? null : count / rows };
        }),
      });
    }
    case 'VALUES':
      return face(RollupValues, { access, type, of: value, target: isKnown ? target : null, slots });
  }
}
