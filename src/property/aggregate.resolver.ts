// GraphQL's way to what rows come to: each member of a summary asks for its own measure, and all of them go out together.

import { Arg, Args, ArgsType, Ctx, Directive, Field, FieldResolver, Resolver, Root } from 'type-graphql';
import { userById } from '../connection/users.js';
import { DataSource } from '../content/database.js';
import { groupCountOf, groupsOf, measuresOf, resourceById } from '../content/loaders.js';
import type { Page } from '../content/page.js';
import { nestedList } from '../content/placed-list.js';
import type { Context } from '../context.js';
import { READ } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { type List, ListArgs, windowOf } from '../lib/list.js';
import { invalid } from '../lib/refusal.js';
import type { User } from '../people/user.js';
import {
  type Aggregated,
  type CheckboxSummary,
  type DateSummary,
  groupKeyOf,
  holdsDates,
  kindOf,
  type Measure,
  type NumberSummary,
  PageKey,
  RowAggregate,
  RowGroup,
  RowGrouping,
  RowGroupList,
  RowSummary,
  readGrouping,
  UserKey,
  type ValueSummary,
} from './aggregate.js';
import { goingOn, withMoment } from './moment.js';
import type { PropertySchema } from './property.js';
import { PropertyArgs } from './property-args.js';
import { face } from './property-schema.js';
import { refuseTooManyCandidates, rowsReader } from './rollup-query.js';
import { RowFilter, TIME_ZONE } from './row-filter.js';
import { called, columnOf, nameOf, refuseAmbiguous } from './row-query.js';

@ArgsType()
class GroupListArgs extends ListArgs {
  @Field(() => RowFilter, { nullable: true, description: 'Only these rows.' })
  filter?: RowFilter | null;

  @Field(() => String, { nullable: true, description: TIME_ZONE })
  timeZone?: string | null;
}

/** Every row is looked at, however few groups they make. */
const WHOLE_TABLE = '@cost(weight: 10)';
/** Whoever asks looks at what rows hold: refused, and not only left out, where that is hidden. */
const LOOKS = '@requires(anyOf: [[CONTENT_READ]], whenDenied: ERROR)';

@Resolver(() => DataSource)
export class AggregateFields {
  @Directive(WHOLE_TABLE)
  @Directive(LOOKS)
  @FieldResolver(() => RowAggregate, {
    nullable: true,
    description: 'What its rows come to, all together. Only rows that you may read count, none from the trash.',
  })
  async aggregate(
    @Root() dataSource: DataSource,
    @Arg('filter', () => RowFilter, { nullable: true, description: 'Only these rows.' })
    filter: RowFilter | null | undefined,
    @Arg('timeZone', () => String, { nullable: true, description: TIME_ZONE }) timeZone: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<RowAggregate> {
    const read = await rowsReader(ctx, dataSource, { filter, timeZone });
    const of: Aggregated = { rows: read(ctx.now()), grouping: null };
    await refuseTooManyCandidates(ctx, of.rows);
    return face(RowAggregate, {
      access: dataSource.access,
      of,
      groupKey: null,
      count: () => count(ctx, { of, groupKey: null }, { make: 'COUNT' }),
    });
  }

  @Directive(WHOLE_TABLE)
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @Directive(LOOKS)
  @FieldResolver(() => RowGroupList, {
    nullable: true,
    description:
      'Its rows group by group, and what each group comes to: options in the order of their column, users and pages by id, unchecked before checked, dates from early to late; rows without a value come last. A row that holds several options, people or pages counts in each of its groups. Only rows that you may read count, none from the trash.',
  })
  async groups(
    @Root() dataSource: DataSource,
    @Arg('by', () => RowGrouping, { description: 'What they are grouped by.' }) by: RowGrouping,
    @Args(() => GroupListArgs) args: GroupListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<RowGroup>> {
    const { access, storedProperties } = dataSource;
    const { filter, timeZone } = args;
    const read = await rowsReader(ctx, dataSource, { filter, timeZone });
    const asked = read(ctx.now());
    const grouping = readGrouping(storedProperties, by);
    const list = `DataSource.groups ${dataSource.id} ${nameOf(asked, { filter, timeZone })} ${JSON.stringify(grouping)}`;
    const window = windowOf(args, ctx.cursors, list);
    const rows = goingOn(asked, window.from, read);
    await refuseTooManyCandidates(ctx, rows);
    const of: Aggregated = { rows, grouping };
    const found = ctx.load(groupsOf(window), of).then((placed) =>
      withMoment(rows)(placed)?.map(({ row, ...place }) => {
        const key = groupKeyOf(grouping, row, access);
        return { ...place, row: face(RowGroup, { access, of, groupKey: row.key, key, count: row.count }) };
      }),
    );
    return nestedList(ctx, list, window, found, () => ctx.load(groupCountOf, of));
  }
}

@Resolver(() => RowSummary)
export class RowSummaryFields {
  @FieldResolver()
  numbers(@Root() rows: RowSummary, @Args(() => PropertyArgs) args: PropertyArgs, @Ctx() ctx: Context): NumberSummary {
    const property = columnFor(rows, args, 'numbers', isNumber, 'NUMBER, UNIQUE_ID');
    const number = (make: 'SUM' | 'MEDIAN' | 'MIN' | 'MAX') => measure<number>(ctx, rows, { make, property });
    const howMany = () => count(ctx, rows, { make: 'NUMBERS', property });
    return {
      access: rows.access,
      count: howMany,
      sum: () => number('SUM'),
      average: async () => {
        const [sum, many] = await Promise.all([number('SUM'), howMany()]);
        return sum === null ? null : sum / many;
      },
      median: () => number('MEDIAN'),
      min: () => number('MIN'),
      max: () => number('MAX'),
      range: async () => {
        const [min, max] = await Promise.all([number('MIN'), number('MAX')]);
        return min === null || max === null ? null : finite(max - min);
      },
    };
  }

  @FieldResolver()
  dates(@Root() rows: RowSummary, @Args(() => PropertyArgs) args: PropertyArgs, @Ctx() ctx: Context): DateSummary {
    const property = columnFor(rows, args, 'dates', holdsDates, 'DATE, CREATED_TIME, LAST_EDITED_TIME');
    return {
      access: rows.access,
      count: () => count(ctx, rows, { make: 'DATES', property }),
      earliest: () => measure(ctx, rows, { make: 'EARLIEST', property }),
      latest: () => measure(ctx, rows, { make: 'LATEST', property }),
    };
  }

  @FieldResolver()
  checkboxes(
    @Root() rows: RowSummary,
    @Args(() => PropertyArgs) args: PropertyArgs,
    @Ctx() ctx: Context,
  ): CheckboxSummary {
    const property = columnFor(rows, args, 'checkboxes', (one) => kindOf(one) === 'CHECKBOX', 'CHECKBOX');
    const checked = () => count(ctx, rows, { make: 'CHECKED', property });
    return { access: rows.access, checked, unchecked: () => rest(ctx, rows, checked()) };
  }

  @FieldResolver()
  values(@Root() rows: RowSummary, @Args(() => PropertyArgs) args: PropertyArgs, @Ctx() ctx: Context): ValueSummary {
    const property = columnFor(rows, args, 'values', ({ type }) => type !== 'ROLLUP', 'any but ROLLUP');
    const empty = () => count(ctx, rows, { make: 'EMPTY', property });
    return {
      access: rows.access,
      empty,
      notEmpty: () => rest(ctx, rows, empty()),
      count: () => count(ctx, rows, { make: 'VALUES', property }),
      unique: () => count(ctx, rows, { make: 'UNIQUE', property }),
    };
  }
}

@Resolver(() => UserKey)
export class UserKeyFields {
  @FieldResolver()
  async user(@Root() { value }: UserKey, @Ctx() ctx: Context): Promise<User | null> {
    return (await ctx.load(userById, value as Id)) ?? null;
  }
}

@Resolver(() => PageKey)
export class PageKeyFields {
  @FieldResolver()
  async page(@Root() { value }: PageKey, @Ctx() ctx: Context): Promise<Page | null> {
    const page = await ctx.load(resourceById, value as Id);
    return page && (page.access & READ) !== 0 ? (page as Page) : null;
  }
}

type Rows = Pick<RowSummary, 'of' | 'groupKey'>;

async function measure<T extends number | string>(ctx: Context, rows: Rows, measure: Measure): Promise<T | null> {
  const { of, groupKey } = rows;
  return ((await ctx.load(measuresOf, { of, groupKey, measure })) as T | null | undefined) ?? null;
}

const count = async (ctx: Context, rows: Rows, one: Measure): Promise<number> => (await measure(ctx, rows, one)) ?? 0;

/** How many rows are left beside those. */
async function rest(ctx: Context, rows: Rows, those: Promise<number>): Promise<number> {
  const [all, some] = await Promise.all([count(ctx, rows, { make: 'COUNT' }), those]);
  return all - some;
}

const finite = (number: number): number | null => (Number.isFinite(number) ? number : null);

const isNumber = (property: PropertySchema): boolean => ['NUMBER', 'UNIQUE_ID'].includes(kindOf(property));

/** Refused: an unknown column, and one of another type than the summary is for. */
function columnFor(
  { of }: RowSummary,
  named: PropertyArgs,
  summary: string,
  fits: (property: PropertySchema) => boolean,
  types: string,
): PropertySchema {
  refuseAmbiguous(named);
  const column = columnOf(of.rows.dataSource.storedProperties, named);
  if (fits(column)) return column;
  throw invalid(`${called(column)} is ${column.type}, but ${summary} takes: ${types}.`);
}
