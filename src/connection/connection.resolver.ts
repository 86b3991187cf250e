// GraphQL's way to users, connections and installations.

import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import { StringFilter } from '../lib/filter.js';
import { parseId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { User, UserList } from '../people/user.js';
import { Workspace } from '../workspace/workspace.js';
import { workspaceById } from '../workspace/workspaces.js';
import { Bot } from './bot.js';
import { Connection, Installation } from './connection.js';
import { connectionById, installationById } from './connections.js';
import { countUsers, listUsers, type UserQuery, userById } from './users.js';

@InputType({ description: 'Which users; every member given must hold.' })
class UserFilter {
  @Directive('@reads(coordinate: "User.name")')
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;

  @Directive('@reads(coordinate: "Person.email")')
  @Directive('@sensitive(class: EMAIL)')
  @Field(() => StringFilter, { nullable: true, description: 'By e-mail address, case left aside; finds people only.' })
  email?: StringFilter | null;
}

@ArgsType()
class UserListArgs extends ListArgs {
  @Field(() => UserFilter, { nullable: true, description: 'Only these.' })
  filter?: UserFilter | null;
}

@Resolver()
export class ConnectionQueries {
  @Directive('@open')
  @Query(() => User, {
    nullable: true,
    description: 'A person or bot by id, guests included; null when there is none.',
  })
  async user(
    @Arg('id', () => ID, { description: 'With or without dashes.' }) text: string,
    @Ctx() ctx: Context,
  ): Promise<User | null> {
    const id = parseId(text);
    return id === null ? null : ((await ctx.load(userById, id)) ?? null);
  }

  @Directive('@requires(anyOf: [[USER_READ]])')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @Query(() => UserList, {
    nullable: true,
    description: 'Members and bots of the workspace. Guests are left out; `user` finds them.',
  })
  async users(@Args(() => UserListArgs) args: UserListArgs, @Ctx() ctx: Context): Promise<List<User>> {
    const query: UserQuery = { name: args.filter?.name, email: args.filter?.email };
    const list = `Query.users ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    const users = await listUsers(ctx, query, window);
    return toList(
      users,
      window,
      ({ id }) => ctx.cursors.seal(list, [id]),
      () => countUsers(ctx, query),
    );
  }

  @Directive('@open')
  @Query(() => Connection, {
    nullable: true,
    description: 'A connection by id: your own, or any of the workspace if you administer it.',
  })
  async connection(
    @Arg('id', () => ID, { description: 'With or without dashes.' }) text: string,
    @Ctx() ctx: Context,
  ): Promise<Connection | null> {
    const id = parseId(text);
    return id === null ? null : ((await ctx.load(connectionById, id)) ?? null);
  }

  @Directive('@open')
  @Query(() => Installation, {
    nullable: true,
    description: 'An installation by id: your own, or any of the workspace if you administer it.',
  })
  async installation(
    @Arg('id', () => ID, { description: 'With or without dashes.' }) text: string,
    @Ctx() ctx: Context,
  ): Promise<Installation | null> {
    const id = parseId(text);
    return id === null ? null : ((await ctx.load(installationById, id)) ?? null);
  }
}

@Resolver(() => Bot)
export class BotFields {
  @Directive('@open')
  @FieldResolver(() => Connection, {
    nullable: true,
    description: 'The connection behind it; null unless it is your own or you administer the workspace.',
  })
  async connection(@Root() bot: Bot, @Ctx() ctx: Context): Promise<Connection | null> {
    return (await ctx.load(connectionById, bot.connectionId)) ?? null;
  }
}

@Resolver(() => Installation)
export class InstallationFields {
  @FieldResolver(() => Connection, { nullable: true, description: 'The connection installed.' })
  async connection(@Root() installation: Installation, @Ctx() ctx: Context): Promise<Connection | null> {
    return (await ctx.load(connectionById, installation.connectionId)) ?? null;
  }

  @FieldResolver(() => Workspace, { nullable: true, description: 'Where it is installed.' })
  async workspace(@Root() installation: Installation, @Ctx() ctx: Context): Promise<Workspace | null> {
    return (await ctx.load(workspaceById, installation.workspaceId)) ?? null;
  }

  @FieldResolver(() => User, { nullable: true, description: 'The user it acts as.' })
  async bot(@Root() installation: Installation, @Ctx() ctx: Context): Promise<User | null> {
    return (await ctx.load(userById, installation.botId)) ?? null;
  }
}
