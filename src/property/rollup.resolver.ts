// GraphQL's way to rollups: what related rows come to, and the values they hold.

import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Directive, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import {
  differentValueCountOf,
  differentValuesOf,
  propertiesOf,
  relatedCountOf,
  relatedOf,
  rollupOf,
} from '../content/loaders.js';
import type { Page } from '../content/page.js';
import { nestedList } from '../content/placed-list.js';
import type { ColumnOfRelated, Placed, Related } from '../content/source.js';
import type { Context } from '../context.js';
import { invariant } from '../lib/invariant.js';
import { asksTotal, type List, ListArgs, type Window, windowOf } from '../lib/list.js';
import {
  FilesValue,
  MultiSelectValue,
  PeopleValue,
  type PropertyValue,
  RelationValue,
  RollupValue,
} from './property-value.js';
import { PropertyValueList, RollupResult, RollupValues, rollupResultOf } from './rollup.js';

@Resolver(() => RollupValue)
export class RollupValueFields {
  @FieldResolver(() => RollupResult, { nullable: true, description: 'What they come to.' })
  async result(@Root() value: RollupValue, @Ctx() ctx: Context): Promise<RollupResult> {
    const rolledUp = await ctx.load(rollupOf, value);
    invariant(rolledUp, 'A rollup comes to something, or says why not.');
    return rollupResultOf(value, rolledUp);
  }
}

@Resolver(() => RollupValues)
export class RollupValuesFields {
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => PropertyValueList, {
    nullable: true,
    description:
      'SHOW_ORIGINAL: the value of each row that you may read, in the order of the relation, empty ones included. SHOW_UNIQUE: each different value once, where it first comes; of what a row can hold several of, each by itself.',
  })
  values(
    @Root() { of, target, slots }: RollupValues,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<PropertyValue>> {
    const list = `RollupValues.values ${of.pageId} ${of.id} ${of.function}`;
    const window = { ...windowOf(args, ctx.cursors, list), counted: asksTotal(info) };
    const within = of.relation?.dataSourceId;
    const related: Related = { relatedIds: of.relatedIds, ...(within && { within }) };
    if (of.function === 'SHOW_UNIQUE' && target && within) {
      const column: ColumnOfRelated = { ...related, within, property: target, slots };
      return nestedList(ctx, list, window, different(ctx, column, window), () =>
        ctx.load(differentValueCountOf, column),
      );
    }
    const originals = original(ctx, related, of.column.rollupPropertyId, window);
    return nestedList(ctx, list, window, originals, () => ctx.load(relatedCountOf, related));
  }
}

async function original(
  ctx: Context,
  related: Related,
  propertyId: string,
  window: Window,
): Promise<Placed<PropertyValue>[] | undefined> {
  const placed = await ctx.load(relatedOf(window), related);
  return (
    placed &&
    inPlace(
      placed,
      await valuesOf(
        ctx,
        placed.map(({ row }) => row),
        propertyId,
      ),
    )
  );
}

async function different(
  ctx: Context,
  column: ColumnOfRelated,
  window: Window,
): Promise<Placed<PropertyValue>[] | undefined> {
  const placed = await ctx.load(differentValuesOf(window), column);
  if (!placed) return undefined;
  const values = await valuesOf(
    ctx,
    placed.map(({ row }) => row.page),
    column.property.id,
  );
  return inPlace(
    placed,
    values.map((value, index) => narrowed(value, placed[index]?.row)),
  );
}

/** What pages hold in one column. They were read a moment ago: what has gone since is left out as if it had not been. */
async function valuesOf(
  ctx: Context,
  pages: readonly Page[],
  propertyId: string,
): Promise<(PropertyValue | undefined)[]> {
  const all = await ctx.loadMany(propertiesOf, pages);
  return all.map((values) => values?.find(({ id }) => id === propertyId));
}

const inPlace = (
  placed: readonly Placed<unknown>[],
  values: readonly (PropertyValue | undefined)[],
): Placed<PropertyValue>[] =>
  placed.flatMap((one, index) => {
    const row = values[index];
    return row ? [{ ...one, row }] : [];
  });

/** Of a value that holds several, the one meant alone. */
function narrowed(
  value: PropertyValue | undefined,
  one: { member: string; place: number } | undefined,
): PropertyValue | undefined {
  if (!value || !one) return value;
  const { member, place } = one;
  const is = (type: { name: string }): boolean => (value as { __typename?: string }).__typename === type.name;
  if (is(MultiSelectValue)) {
    const { options } = value as MultiSelectValue;
    return { ...value, options: options?.filter(({ id }) => id === member) } as PropertyValue;
  }
  if (is(PeopleValue)) return { ...value, personIds: [member] } as PropertyValue;
  if (is(RelationValue)) return { ...value, relatedIds: [member] } as PropertyValue;
  if (is(FilesValue)) return { ...value, files: (value as FilesValue).files?.slice(place - 1, place) } as PropertyValue;
  return value;
}
