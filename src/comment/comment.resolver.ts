// GraphQL's way to comments: arguments in, one call, nodes out.

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
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { userById } from '../connection/users.js';
import { Block } from '../content/block.js';
import { contentById, resourceById } from '../content/loaders.js';
import { Page } from '../content/page.js';
import { nestedList } from '../content/placed-list.js';
import type { Context } from '../context.js';
import { bitsOf } from '../gate/capability.js';
import { type Id, parseId } from '../lib/id.js';
import { asksTotal, type List, ListArgs, windowOf } from '../lib/list.js';
import type { User } from '../people/user.js';
import { Comment, CommentList, Discussion, DiscussionList } from './comment.js';
import {
  commentCountIn,
  commentsIn,
  type DiscussionQuery,
  discussionById,
  discussionCountOn,
  discussionsOn,
} from './comments.js';

const COMMENT_READ = bitsOf(['COMMENT_READ']);
const READS = '@requires(anyOf: [[COMMENT_READ]])';
const LISTED = '@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])';

@ArgsType()
class DiscussionListArgs extends ListArgs {
  @Field(() => Boolean, {
    nullable: true,
    description: 'True for resolved ones alone, false for open ones; both when left out.',
  })
  resolved?: boolean | null;
}

@Resolver()
export class CommentQueries {
  @Directive(READS)
  @Directive(LISTED)
  @Query(() => DiscussionList, {
    nullable: true,
    description:
      'Discussions on a page and on its blocks, oldest first: for whoever may read its comments, whether she may read the page or not. Null when the page is missing or out of reach, and when its comments are not to be read.',
  })
  async discussions(
    @Arg('pageId', () => ID, { description: 'With or without dashes.' }) pageId: string,
    @Args(() => DiscussionListArgs) args: DiscussionListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Discussion> | null> {
    const id = parseId(pageId);
    const found = id === null ? undefined : await ctx.load(resourceById, id);
    const isPage = (found as { __typename?: string } | undefined)?.__typename === 'Page';
    if (!found || !isPage || (found.access & COMMENT_READ) === 0) return null;
    return discussionsAt(ctx, found.id, 'PAGE', args, info);
  }
}

@Resolver(() => Page)
export class PageCommentFields {
  @Directive(READS)
  @Directive(LISTED)
  @FieldResolver(() => DiscussionList, {
    nullable: true,
    description: 'Discussions on it and on its blocks, oldest first.',
  })
  discussions(
    @Root() { id }: Page,
    @Args(() => DiscussionListArgs) args: DiscussionListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Discussion>> {
    return discussionsAt(ctx, id, 'PAGE', args, info);
  }

  @Directive(READS)
  @Directive(LISTED)
  @FieldResolver(() => CommentList, {
    nullable: true,
    description: 'All comments on it and on its blocks, of whatever discussion, oldest first.',
  })
  comments(
    @Root() { id }: Page,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Comment>> {
    return commentsAt(ctx, id, 'PAGE', args, info);
  }
}

@Resolver(() => Block)
export class BlockCommentFields {
  @Directive(READS)
  @Directive(LISTED)
  @FieldResolver(() => DiscussionList, { nullable: true, description: 'Discussions on it, oldest first.' })
  discussions(
    @Root() { id }: Block,
    @Args(() => DiscussionListArgs) args: DiscussionListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Discussion>> {
    return discussionsAt(ctx, id, 'BLOCK', args, info);
  }
}

@Resolver(() => Discussion)
export class DiscussionFields {
  @FieldResolver()
  page(@Root() { pageId }: Discussion, @Ctx() ctx: Context): Promise<Page | null> {
    return pageOf(ctx, pageId);
  }

  @FieldResolver()
  async block(@Root() { blockId }: Discussion, @Ctx() ctx: Context): Promise<Block | null> {
    return blockId === null ? null : (((await ctx.load(contentById, blockId)) as Block | undefined) ?? null);
  }

  @FieldResolver()
  createdBy(@Root() { createdById }: Discussion, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, createdById);
  }

  @FieldResolver()
  resolvedBy(@Root() { resolvedById }: Discussion, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, resolvedById);
  }

  @Directive(LISTED)
  @FieldResolver(() => CommentList, { nullable: true, description: 'What was said in it, oldest first.' })
  comments(
    @Root() { id }: Discussion,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<List<Comment>> {
    return commentsAt(ctx, id, 'DISCUSSION', args, info);
  }
}

@Resolver(() => Comment)
export class CommentFields {
  @FieldResolver()
  async discussion(@Root() { discussionId }: Comment, @Ctx() ctx: Context): Promise<Discussion | null> {
    return (await ctx.load(discussionById, discussionId)) ?? null;
  }

  @FieldResolver()
  page(@Root() { pageId }: Comment, @Ctx() ctx: Context): Promise<Page | null> {
    return pageOf(ctx, pageId);
  }

  @FieldResolver()
  createdBy(@Root() { createdById }: Comment, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, createdById);
  }
}

function discussionsAt(
  ctx: Context,
  id: Id,
  on: DiscussionQuery['on'],
  args: DiscussionListArgs,
  info: GraphQLResolveInfo,
): Promise<List<Discussion>> {
  const query: DiscussionQuery = { on, resolved: args.resolved ?? null };
  const list = `${on} discussions ${id} ${query.resolved}`;
  const window = { ...windowOf(args, ctx.cursors, list), counted: asksTotal(info) };
  return nestedList(ctx, list, window, ctx.load(discussionsOn(query, window), id), () =>
    ctx.load(discussionCountOn(query), id),
  );
}

function commentsAt(
  ctx: Context,
  id: Id,
  holder: 'DISCUSSION' | 'PAGE',
  args: ListArgs,
  info: GraphQLResolveInfo,
): Promise<List<Comment>> {
  const list = `${holder} comments ${id}`;
  const window = { ...windowOf(args, ctx.cursors, list), counted: asksTotal(info) };
  return nestedList(ctx, list, window, ctx.load(commentsIn(holder, window), id), () =>
    ctx.load(commentCountIn(holder), id),
  );
}

const pageOf = async (ctx: Context, id: Id): Promise<Page | null> =>
  ((await ctx.load(resourceById, id)) as Page | undefined) ?? null;

const userOf = async (ctx: Context, id: Id | null): Promise<User | null> =>
  id === null ? null : ((await ctx.load(userById, id)) ?? null);
