// Links of a page, both ways, and the way down to it.

import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Directive, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import { asksTotal, type List, ListArgs, windowOf } from '../lib/list.js';
import { ResourceList } from './database.js';
import { backlinkCountOf, backlinksOf, breadcrumbsOf, mentionCountOf, mentionsOf } from './loaders.js';
import { Page, PageList } from './page.js';
import { nestedList } from './placed-list.js';
import { Resource } from './resource.js';

const LISTED = '@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])';

@Resolver(() => Page)
export class PageLinkFields {
  @Directive(LISTED)
  @FieldResolver(() => PageList, {
    nullable: true,
    description:
      'Pages whose text mentions it, in blocks or in values of a row, and that you may read; last edited first, none from the trash.',
  })
  backlinks(
    @Root() page: Page,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Page>> {
    const list = `Page.backlinks ${page.id}`;
    const window = { ...windowOf(args, ctx.cursors, list), counted: asksTotal(info) };
    return nestedList(ctx, list, window, ctx.load(backlinksOf(window), page.id), () =>
      ctx.load(backlinkCountOf, page.id),
    );
  }

  @Directive(LISTED)
  @FieldResolver(() => ResourceList, {
    nullable: true,
    description:
      'Pages, databases and data sources that its text mentions and that you may read, each once, in the order in which they first come; none from the trash.',
  })
  mentions(
    @Root() page: Page,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Resource>> {
    const list = `Page.mentions ${page.id}`;
    const window = { ...windowOf(args, ctx.cursors, list), counted: asksTotal(info) };
    return nestedList(ctx, list, window, ctx.load(mentionsOf(window), page.id), () =>
      ctx.load(mentionCountOf, page.id),
    );
  }
}

@Resolver(() => Resource)
export class BreadcrumbFields {
  @FieldResolver()
  async breadcrumbs(@Root() resource: Resource, @Ctx() ctx: Context): Promise<Resource[]> {
    return (await ctx.load(breadcrumbsOf, resource.id)) ?? [];
  }
}
