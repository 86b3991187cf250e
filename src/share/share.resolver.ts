// GraphQL's way to shares: from the side of who holds them, and from the side of what they open.

import { Args, ArgsType, Ctx, Directive, Field, FieldResolver, ID, InputType, Resolver, Root } from 'type-graphql';
import { Bot } from '../connection/bot.js';
import { Installation } from '../connection/connection.js';
import { installationById } from '../connection/connections.js';
import { countUsers, listUsers, type UserQuery, userById } from '../connection/users.js';
import { resourceById } from '../content/loaders.js';
import { Resource } from '../content/resource.js';
import type { Batch, Context } from '../context.js';
import { StringFilter } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import { type List, ListArgs, toList, type Window, windowOf } from '../lib/list.js';
import { User, UserList } from '../people/user.js';
import { Workspace } from '../workspace/workspace.js';

import { ResourceAccess, ResourceAccessList, Share, ShareList } from './share.js';
import {
  accessTo,
  granteeCountOf,
  installationIdOf,
  type Placed,
  reachCountOf,
  reachedBy,
  shareCountOf,
  sharesOf,
} from './shares.js';

const LISTED = '@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])';
const SHARERS = '@actor(kinds: [PERSON, OPERATOR], role: MEMBER)';

@InputType({ description: 'Whom to share with; every member given must hold.' })
class ShareCandidateFilter {
  @Directive('@reads(coordinate: "User.name")')
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;
}

@ArgsType()
class ShareCandidateArgs extends ListArgs {
  @Field(() => ShareCandidateFilter, { nullable: true, description: 'Only these.' })
  filter?: ShareCandidateFilter | null;
}

@Resolver(() => Share)
export class ShareFields {
  @FieldResolver(() => Resource, {
    nullable: true,
    description: 'What it opens, with everything below; null where that is out of your reach.',
  })
  async resource(@Root() { resourceId }: Share, @Ctx() ctx: Context): Promise<Resource | null> {
    return (await ctx.load(resourceById, resourceId)) ?? null;
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who holds it: the bot of a connection, or a guest.' })
  grantee(@Root() { granteeId }: Share, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, granteeId);
  }

  @FieldResolver(() => Installation, {
    nullable: true,
    description: 'The installation that holds it; null for a guest, and unless you may read that installation.',
  })
  async installation(@Root() { installationId }: Share, @Ctx() ctx: Context): Promise<Installation | null> {
    return installationId === null ? null : ((await ctx.load(installationById, installationId)) ?? null);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who opened just this; null for the operator on the command line.',
  })
  grantedBy(@Root() { grantedById }: Share, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, grantedById);
  }
}

@Resolver(() => ResourceAccess)
export class ResourceAccessFields {
  @FieldResolver(() => Resource, {
    nullable: true,
    description: 'What this is about; null where it is out of your reach.',
  })
  async resource(@Root() { resourceId }: ResourceAccess, @Ctx() ctx: Context): Promise<Resource | null> {
    return (await ctx.load(resourceById, resourceId)) ?? null;
  }

  @FieldResolver(() => User, { nullable: true, description: 'Whose it is: the bot of a connection, or a guest.' })
  grantee(@Root() { granteeId }: ResourceAccess, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, granteeId);
  }
}

@Resolver(() => Installation)
export class InstallationShareFields {
  @Directive(LISTED)
  @FieldResolver(() => ShareList, { nullable: true, description: 'What is shared with it, the oldest share first.' })
  shares(
    @Root() { id }: Installation,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<Share>> {
    return listAt(ctx, `Installation.shares ${id}`, args, id, sharesOf, shareCountOf);
  }

  @Directive(LISTED)
  @FieldResolver(() => ResourceAccessList, {
    nullable: true,
    description:
      'Everything it reaches, rows included: what is shared with it and what lies below. Last edited first, without the trash.',
  })
  reach(
    @Root() { id }: Installation,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<ResourceAccess>> {
    return listAt(ctx, `Installation.reach ${id}`, args, id, reachedBy, reachCountOf);
  }
}

@Resolver(() => Resource)
export class ResourceShareFields {
  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive(SHARERS)
  @Directive(LISTED)
  @FieldResolver(() => ResourceAccessList, {
    nullable: true,
    description:
      'The connections and guests it is open to, by shares on it and by shares above. Members and owners reach it anyway and are not listed.',
  })
  sharedWith(
    @Root() { id }: Resource,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<ResourceAccess>> {
    return listAt(ctx, `Resource.sharedWith ${id}`, args, id, accessTo, granteeCountOf);
  }
}

@Resolver(() => Workspace)
export class WorkspaceShareFields {
  @Directive(SHARERS)
  @Directive(LISTED)
  @FieldResolver(() => UserList, {
    nullable: true,
    description: 'Whom pages can be shared with: bots of the connections installed here, and guests.',
  })
  async shareCandidates(
    @Root() _workspace: Workspace,
    @Args(() => ShareCandidateArgs) args: ShareCandidateArgs,
    @Ctx() ctx: Context,
  ): Promise<List<User>> {
    const query: UserQuery = { among: 'SHARE_CANDIDATES', name: args.filter?.name };
    const list = `Workspace.shareCandidates ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listUsers(ctx, query, window),
      window,
      ({ id }) => ctx.cursors.seal(list, [id]),
      () => countUsers(ctx, query),
    );
  }
}

@Resolver(() => Bot)
export class BotShareFields {
  @Directive('@open')
  @Directive(SHARERS)
  @FieldResolver(() => ID, {
    nullable: true,
    description: 'The installation it acts for, to share something with; null once that has ended.',
  })
  async installationId(@Root() { id }: Bot, @Ctx() ctx: Context): Promise<Id | null> {
    return (await ctx.load(installationIdOf, id)) ?? null;
  }
}

async function userOf(ctx: Context, id: Id | null): Promise<User | null> {
  return id === null ? null : ((await ctx.load(userById, id)) ?? null);
}

/** A list that stands on something with an id, read and counted for all of a level at once. */
async function listAt<T>(
  ctx: Context,
  list: string,
  args: ListArgs,
  id: Id,
  rowsOf: (window: Window) => Batch<Id, Placed<T>[]>,
  countOf: Batch<Id, number>,
): Promise<List<T>> {
  const window = windowOf(args, ctx.cursors, list);
  const placed = (await ctx.load(rowsOf(window), id)) ?? [];
  const count = async () => (await ctx.load(countOf, id)) ?? 0;
  const { edges, nodes, pageInfo, totalCount } = toList(
    placed,
    window,
    ({ position }) => ctx.cursors.seal(list, position),
    count,
  );
  return {
    edges: () => edges().map(({ cursor, node }) => ({ cursor, node: node.row })),
    nodes: nodes.map(({ row }) => row),
    pageInfo,
    totalCount,
  };
}
