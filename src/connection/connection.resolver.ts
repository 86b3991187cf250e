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
import { wordsFor } from '../gate/capability.js';
import { DateTime } from '../lib/datetime.js';
import { StringFilter } from '../lib/filter.js';
import { parseId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { User, UserList } from '../people/user.js';
import { Workspace } from '../workspace/workspace.js';
import { workspaceById } from '../workspace/workspaces.js';
import { AccessToken } from './access-token.js';
import { Bot } from './bot.js';
import { Connection, ConnectionKind, ConnectionList, ConnectionStatus, Installation } from './connection.js';
import {
  connectionById,
  countConnections,
  installationById,
  installationsByConnection,
  lastUseByConnection,
  listConnections,
  placeOf,
  tokensByConnection,
} from './connections.js';
import { logoUrl } from './logo.js';
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

@InputType({ description: 'Which connections; every member given must hold.' })
class ConnectionFilter {
  @Directive('@reads(coordinate: "Connection.name")')
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;

  @Directive('@reads(coordinate: "Connection.kind")')
  @Field(() => ConnectionKind, { nullable: true, description: 'Only of this kind.' })
  kind?: ConnectionKind | null;

  @Directive('@reads(coordinate: "Connection.status")')
  @Field(() => ConnectionStatus, {
    nullable: true,
    description: 'Only these; deleted ones are listed when asked for, for 30 days.',
  })
  status?: ConnectionStatus | null;
}

@ArgsType()
class ConnectionListArgs extends ListArgs {
  @Field(() => ConnectionFilter, { nullable: true, description: 'Only these.' })
  filter?: ConnectionFilter | null;
}

@Resolver(() => Workspace)
export class WorkspaceConnectionFields {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => ConnectionList, {
    nullable: true,
    description: 'Connections at home or installed in the workspace, by name.',
  })
  async connections(
    @Args(() => ConnectionListArgs) { filter, ...args }: ConnectionListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<Connection>> {
    const query = { name: filter?.name, kind: filter?.kind, status: filter?.status };
    const list = `Workspace.connections ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listConnections(ctx, query, window),
      window,
      (connection) => ctx.cursors.seal(list, placeOf(connection)),
      () => countConnections(ctx, query),
    );
  }
}

@Resolver(() => Connection)
export class ConnectionFields {
  @FieldResolver(() => String, { nullable: true, description: 'Where its logo is; null without one.' })
  logoUrl(@Root() { logoSha256 }: Connection, @Ctx() ctx: Context): string | null {
    return logoUrl(ctx.publicUrl(), logoSha256);
  }

  @FieldResolver(() => [String], { description: 'What it may do, in the words people are asked to agree to.' })
  capabilityWords(@Root() { capabilities }: Connection): string[] {
    return wordsFor(capabilities);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When it last asked for anything, to some seconds; null: never yet.',
  })
  async lastUsedAt(@Root() { id }: Connection, @Ctx() ctx: Context): Promise<Date | string | null> {
    return (await ctx.load(lastUseByConnection, id)) ?? null;
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: GUEST)')
  @FieldResolver(() => User, { nullable: true, description: 'Who made it; null when the operator did.' })
  async createdBy(@Root() { createdById }: Connection, @Ctx() ctx: Context): Promise<User | null> {
    return createdById === null ? null : ((await ctx.load(userById, createdById)) ?? null);
  }

  @FieldResolver(() => [Installation], { description: 'Its installations in this workspace that you may see.' })
  async installations(@Root() { id }: Connection, @Ctx() ctx: Context): Promise<Installation[]> {
    return (await ctx.load(installationsByConnection, id)) ?? [];
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @FieldResolver(() => [AccessToken], { nullable: true, description: 'Its live tokens, newest first.' })
  async tokens(@Root() { id }: Connection, @Ctx() ctx: Context): Promise<AccessToken[]> {
    return (await ctx.load(tokensByConnection, id)) ?? [];
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

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who installed it; null when it belongs to the workspace.',
  })
  async installedBy(@Root() { installedById }: Installation, @Ctx() ctx: Context): Promise<User | null> {
    return installedById === null ? null : ((await ctx.load(userById, installedById)) ?? null);
  }

  @FieldResolver(() => User, { nullable: true, description: 'The user it acts as.' })
  async bot(@Root() installation: Installation, @Ctx() ctx: Context): Promise<User | null> {
    return (await ctx.load(userById, installation.botId)) ?? null;
  }
}
