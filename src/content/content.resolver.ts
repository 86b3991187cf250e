// GraphQL's way to content: arguments in, one call, nodes out.

import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Info,
  InputType,
  Int,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { userById } from '../connection/users.js';
import type { Context } from '../context.js';
import { DateTimeFilter, StringFilter } from '../lib/filter.js';
import { type Id, parseId } from '../lib/id.js';
import { asksTotal, type List, ListArgs, windowOf } from '../lib/list.js';
import { invalid } from '../lib/refusal.js';
import type { User } from '../people/user.js';
import { goingOn, withMoment } from '../property/moment.js';
import { PropertyArgs } from '../property/property-args.js';
import { RelationProperty } from '../property/property-schema.js';
import { PropertyValue, RelationValue } from '../property/property-value.js';
import { refuseTooManyCandidates, rowsReader } from '../property/rollup-query.js';
import { RowFilter, TIME_ZONE } from '../property/row-filter.js';
import { MAX_SORT_KEYS, nameOf, readOrder, refuseAmbiguous } from '../property/row-query.js';
import { type Block, BlockList } from './block.js';
import { Database, DatabaseList, DataSource, ResourceList } from './database.js';
import {
  blockCountOf,
  blocksOf,
  childCountOf,
  childrenOf,
  dataSourcesOf,
  propertiesOf,
  relatedCountOf,
  relatedOf,
  resourceById,
  rowCountOf,
  rowsOf,
} from './loaders.js';
import { DatabaseOrder, PageOrder, RowOrder } from './order.js';
import { Page, PageList } from './page.js';
import { nestedList, placedList } from './placed-list.js';
import { Resource } from './resource.js';
import type { ResourceQuery } from './source.js';
import { Span } from './span.js';

@InputType({ description: 'Which pages; every member given must hold.' })
class PageFilter {
  @Directive('@reads(coordinate: "Page.title")')
  @Field(() => StringFilter, { nullable: true, description: 'By title.' })
  title?: StringFilter | null;

  @Directive('@reads(coordinate: "Page.createdAt")')
  @Field(() => DateTimeFilter, { nullable: true, description: 'By when they were made.' })
  createdAt?: DateTimeFilter | null;

  @Directive('@reads(coordinate: "Page.lastEditedAt")')
  @Field(() => DateTimeFilter, { nullable: true, description: 'By when they were last changed.' })
  lastEditedAt?: DateTimeFilter | null;

  @Directive('@reads(coordinate: "Page.inTrash")')
  @Field(() => Boolean, { nullable: true, description: 'Those in the trash instead of the others.' })
  inTrash?: boolean | null;

  @Directive('@reads(coordinate: "Page.parent")')
  @Field(() => Boolean, {
    nullable: true,
    description: 'True for those whose `parent` is null alone: the top of what you reach; false for the others.',
  })
  topmost?: boolean | null;
}

@InputType({ description: 'Which databases; every member given must hold.' })
class DatabaseFilter {
  @Directive('@reads(coordinate: "Database.title")')
  @Field(() => StringFilter, { nullable: true, description: 'By title.' })
  title?: StringFilter | null;

  @Directive('@reads(coordinate: "Database.createdAt")')
  @Field(() => DateTimeFilter, { nullable: true, description: 'By when they were made.' })
  createdAt?: DateTimeFilter | null;

  @Directive('@reads(coordinate: "Database.lastEditedAt")')
  @Field(() => DateTimeFilter, { nullable: true, description: 'By when they were last changed.' })
  lastEditedAt?: DateTimeFilter | null;

  @Directive('@reads(coordinate: "Database.inTrash")')
  @Field(() => Boolean, { nullable: true, description: 'Those in the trash instead of the others.' })
  inTrash?: boolean | null;

  @Directive('@reads(coordinate: "Database.parent")')
  @Field(() => Boolean, {
    nullable: true,
    description: 'True for those whose `parent` is null alone: the top of what you reach; false for the others.',
  })
  topmost?: boolean | null;
}

const ORDER = `Up to ${MAX_SORT_KEYS} keys, the first one first; the id comes last. Last edited first when left out.`;

@ArgsType()
class PageListArgs extends ListArgs {
  @Field(() => PageFilter, { nullable: true, description: 'Only these.' })
  filter?: PageFilter | null;

  @Field(() => [PageOrder], { nullable: true, description: ORDER })
  orderBy?: PageOrder[] | null;
}

@ArgsType()
class DatabaseListArgs extends ListArgs {
  @Field(() => DatabaseFilter, { nullable: true, description: 'Only these.' })
  filter?: DatabaseFilter | null;

  @Field(() => [DatabaseOrder], { nullable: true, description: ORDER })
  orderBy?: DatabaseOrder[] | null;
}

@ArgsType()
class RowListArgs extends ListArgs {
  @Field(() => RowFilter, { nullable: true, description: 'Only these.' })
  filter?: RowFilter | null;

  @Field(() => [RowOrder], { nullable: true, description: ORDER })
  orderBy?: RowOrder[] | null;

  @Field(() => String, { nullable: true, description: TIME_ZONE })
  timeZone?: string | null;
}

const MAX_BLOCKS = 2_000;
const DEFAULT_BLOCKS = 100;
const DEEPEST = 1_000;

@ArgsType()
class BlockArgs {
  @Field(() => Int, { defaultValue: DEFAULT_BLOCKS, description: `How many from the start, 1 to ${MAX_BLOCKS}.` })
  first!: number;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many levels, 1 for the top one alone; all when left out.' })
  depth?: number | null;
}

const LISTED = '@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])';

@Resolver()
export class ContentQueries {
  @Directive('@open')
  @Query(() => Page, {
    nullable: true,
    description: 'A page or row by its id; null when it is missing or out of reach.',
  })
  page(
    @Arg('id', () => ID, { description: 'With or without dashes.' }) id: string,
    @Ctx() ctx: Context,
  ): Promise<Page | null> {
    return ofKind<Page>(ctx, id, 'Page');
  }

  @Directive('@open')
  @Query(() => Database, {
    nullable: true,
    description: 'A database by its id; null when it is missing or out of reach.',
  })
  database(
    @Arg('id', () => ID, { description: 'With or without dashes.' }) id: string,
    @Ctx() ctx: Context,
  ): Promise<Database | null> {
    return ofKind<Database>(ctx, id, 'Database');
  }

  @Directive('@open')
  @Query(() => DataSource, {
    nullable: true,
    description: 'A data source by its id; null when it is missing or out of reach.',
  })
  dataSource(
    @Arg('id', () => ID, { description: 'With or without dashes.' }) id: string,
    @Ctx() ctx: Context,
  ): Promise<DataSource | null> {
    return ofKind<DataSource>(ctx, id, 'DataSource');
  }

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive(LISTED)
  @Query(() => PageList, { nullable: true, description: 'All pages you may read, rows included.' })
  async pages(@Args(() => PageListArgs) args: PageListArgs, @Ctx() ctx: Context): Promise<List<Page>> {
    const query = queryOf(args);
    const list = `Query.pages ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    const placed = await ctx.content.pages(ctx, query, window);
    return placedList(ctx, placed, window, list, () => ctx.content.countPages(ctx, query));
  }

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive(LISTED)
  @Query(() => DatabaseList, { nullable: true, description: 'All databases you may read.' })
  async databases(@Args(() => DatabaseListArgs) args: DatabaseListArgs, @Ctx() ctx: Context): Promise<List<Database>> {
    const query = queryOf(args);
    const list = `Query.databases ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    const placed = await ctx.content.databases(ctx, query, window);
    return placedList(ctx, placed, window, list, () => ctx.content.countDatabases(ctx, query));
  }
}

@Resolver(() => Resource)
export class ResourceFields {
  @FieldResolver()
  async parent(@Root() resource: Resource, @Ctx() ctx: Context): Promise<Resource | null> {
    return resource.parentId === null ? null : ((await ctx.load(resourceById, resource.parentId)) ?? null);
  }

  @FieldResolver()
  createdBy(@Root() resource: Resource, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, resource.createdById);
  }

  @FieldResolver()
  lastEditedBy(@Root() resource: Resource, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, resource.lastEditedById);
  }
}

@Resolver(() => Page)
export class PageFields {
  @Directive(LISTED)
  @FieldResolver(() => ResourceList, {
    nullable: true,
    description: 'Pages and databases right below it that you may read, oldest first.',
  })
  children(
    @Root() page: Page,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Resource>> {
    const list = `Page.children ${page.id}`;
    const window = { ...windowOf(args, ctx.cursors, list), counted: asksTotal(info) };
    return nestedList(ctx, list, window, ctx.load(childrenOf(window), page.id), () => ctx.load(childCountOf, page.id));
  }

  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => BlockList, { nullable: true, description: 'Its content, flat and in reading order.' })
  blocks(
    @Root() page: Page,
    @Args(() => BlockArgs) args: BlockArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Block>> {
    if (args.depth != null && args.depth < 1) throw invalid(`depth must be at least 1, but got: ${args.depth}`);
    const deepest = (args.depth ?? DEEPEST) - 1;
    const list = `Page.blocks ${page.id} ${deepest}`;
    const limits = { max: MAX_BLOCKS, default: DEFAULT_BLOCKS };
    const window = { ...windowOf(args, ctx.cursors, list, limits), counted: asksTotal(info) };
    return nestedList(ctx, list, window, ctx.load(blocksOf(window, deepest), page.id), () =>
      ctx.load(blockCountOf(deepest), page.id),
    );
  }

  @FieldResolver(() => [PropertyValue], {
    nullable: true,
    description: 'Its values, in the order of the columns; the title alone for a page that is no row.',
  })
  async properties(@Root() page: Page, @Ctx() ctx: Context): Promise<PropertyValue[]> {
    return (await ctx.load(propertiesOf, page)) ?? [];
  }

  @FieldResolver(() => PropertyValue, {
    nullable: true,
    description:
      'One of its values, by the `name` or the `id` of the column: for paging through what it holds. Null when there is no such column.',
  })
  async property(
    @Root() page: Page,
    @Args(() => PropertyArgs) { name, id }: PropertyArgs,
    @Ctx() ctx: Context,
  ): Promise<PropertyValue | null> {
    refuseAmbiguous({ name, id });
    const values = (await ctx.load(propertiesOf, page)) ?? [];
    return values.find((value) => (name == null ? value.id === id : value.name === name)) ?? null;
  }
}

@Resolver(() => Database)
export class DatabaseFields {
  @FieldResolver()
  async dataSources(@Root() database: Database, @Ctx() ctx: Context): Promise<DataSource[]> {
    return (await ctx.load(dataSourcesOf, database.id)) ?? [];
  }
}

@Resolver(() => DataSource)
export class DataSourceFields {
  @Directive(LISTED)
  @FieldResolver(() => PageList, { nullable: true, description: 'Its rows that you may read.' })
  async rows(
    @Root() dataSource: DataSource,
    @Args(() => RowListArgs) args: RowListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<Page>> {
    const read = await rowsReader(ctx, dataSource, args);
    const asked = read(ctx.now());
    const list = `DataSource.rows ${dataSource.id} ${nameOf(asked, args)}`;
    const window = windowOf(args, ctx.cursors, list);
    const query = goingOn(asked, window.from, read);
    await refuseTooManyCandidates(ctx, query);
    const placed = ctx.load(rowsOf(window), query).then(withMoment(query));
    return nestedList(ctx, list, window, placed, () => ctx.load(rowCountOf, query));
  }
}

@Resolver(() => RelationProperty)
export class RelationPropertyFields {
  @FieldResolver()
  async dataSourceId(@Root() { relatedId }: RelationProperty, @Ctx() ctx: Context): Promise<Id | null> {
    return relatedId === null ? null : ((await ctx.load(resourceById, relatedId))?.id ?? null);
  }
}

@Resolver(() => RelationValue)
export class RelationValueFields {
  @Directive(LISTED)
  @FieldResolver(() => PageList, {
    nullable: true,
    description: 'Those of them that you may read, in the order they were put there; none from the trash.',
  })
  pages(
    @Root() value: RelationValue,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Page>> {
    const list = `RelationValue.pages ${value.pageId} ${value.id}`;
    const window = { ...windowOf(args, ctx.cursors, list), counted: asksTotal(info) };
    return nestedList(ctx, list, window, ctx.load(relatedOf(window), value), () => ctx.load(relatedCountOf, value));
  }
}

@Resolver(() => Span)
export class SpanFields {
  @FieldResolver()
  async mention(@Root() span: Span, @Ctx() ctx: Context): Promise<Resource | null> {
    return span.mentionedId === null ? null : ((await ctx.load(resourceById, span.mentionedId)) ?? null);
  }

  @FieldResolver()
  user(@Root() span: Span, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, span.userId);
  }
}

async function ofKind<T extends Resource>(ctx: Context, text: string, kind: string): Promise<T | null> {
  const id = parseId(text);
  const resource = id === null ? undefined : await ctx.load(resourceById, id);
  return resource && isA(resource, kind) ? (resource as T) : null;
}

const isA = (resource: Resource, kind: string): boolean => (resource as { __typename?: string }).__typename === kind;

async function userOf(ctx: Context, id: Id | null): Promise<User | null> {
  return id === null ? null : ((await ctx.load(userById, id)) ?? null);
}

const queryOf = ({ filter, orderBy }: PageListArgs | DatabaseListArgs): ResourceQuery => ({
  title: filter?.title,
  createdAt: filter?.createdAt,
  lastEditedAt: filter?.lastEditedAt,
  inTrash: filter?.inTrash ?? false,
  topmost: filter?.topmost ?? null,
  order: readOrder(orderBy),
});
