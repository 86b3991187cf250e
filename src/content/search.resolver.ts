// GraphQL's way to search.

import { Args, ArgsType, Ctx, Directive, Field, FieldResolver, InputType, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import { type List, ListArgs, windowOf } from '../lib/list.js';
import { invalid } from '../lib/refusal.js';
import { highlightsOf } from './loaders.js';
import { placedList } from './placed-list.js';
import {
  Highlight,
  MAX_HITS,
  ResourceKindEnum,
  type ResourceKindName,
  SearchHit,
  SearchHitList,
  SearchOrderEnum,
  type SearchOrderName,
  type SearchQuery,
} from './search-hit.js';
import { termsOf } from './search-query.js';

@InputType({ description: 'Which hits; every member given must hold.' })
class SearchFilter {
  @Directive('@open')
  @Field(() => [ResourceKindEnum], { nullable: true, description: 'Of any of these kinds; of all when left out.' })
  kinds?: ResourceKindName[] | null;

  @Directive('@reads(coordinate: "Page.inTrash")')
  @Field(() => Boolean, { nullable: true, description: 'Those in the trash instead of the others.' })
  inTrash?: boolean | null;
}

@ArgsType()
class SearchArgs extends ListArgs {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    description:
      'Words that must all be there, in the title or in the text; case and accents do not count. "…" keeps words together, - before a word leaves out what holds it, or between two takes either. The last word may be the beginning of one, from three letters on. Without a word to find nothing is found.',
  })
  query!: string;

  @Field(() => SearchFilter, { nullable: true, description: 'Only these.' })
  filter?: SearchFilter | null;

  @Field(() => SearchOrderEnum, { nullable: true, description: 'NEWEST when left out.' })
  orderBy?: SearchOrderName | null;
}

@Resolver()
export class SearchQueries {
  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @Directive('@cost(weight: 10)')
  @Query(() => SearchHitList, {
    nullable: true,
    description: `Pages, rows, databases and data sources that you may read and that hold these words, in titles and in the text of blocks. Hits in the title first, then the others, up to ${MAX_HITS} in all: those edited last.`,
  })
  async search(@Args(() => SearchArgs) args: SearchArgs, @Ctx() ctx: Context): Promise<List<SearchHit>> {
    const query = queryOf(args, ctx);
    const list = `Query.search ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    const placed = await ctx.content.search(ctx, query, window);
    return placedList(ctx, placed, window, list, () => ctx.content.countHits(ctx, query));
  }
}

@Resolver(() => SearchHit)
export class SearchHitFields {
  @Directive('@listSize(assumedSize: 3)')
  @Directive('@cost(weight: 2)')
  @FieldResolver(() => [Highlight])
  async highlights(@Root() hit: SearchHit, @Ctx() ctx: Context): Promise<Highlight[]> {
    return (await ctx.load(highlightsOf(hit.query), hit)) ?? [];
  }
}

function queryOf({ query, filter, orderBy }: SearchArgs, ctx: Context): SearchQuery {
  const most = ctx.contentLimits.maxSearchLength;
  if (query.length > most) {
    throw invalid(`query may have at most ${most} characters (maxSearchLength), but has ${query.length}.`);
  }
  return {
    terms: termsOf(query),
    kinds: [...new Set(filter?.kinds ?? [])].sort(),
    inTrash: filter?.inTrash ?? false,
    order: orderBy ?? 'NEWEST',
  };
}
