// GraphQL's way to "why?": a question in, its facts read, one explanation out.

import { Arg, Ctx, Directive, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { userById } from '../connection/users.js';
import { resourceById } from '../content/loaders.js';
import { Resource } from '../content/resource.js';
import type { Context } from '../context.js';
import type { Id } from '../lib/id.js';
import { User } from '../people/user.js';
import { explainAccess } from './explain-access.js';
import { AccessExplanation, AccessQuestion, AccessShare } from './explanation.js';

@Resolver()
export class ExplainQueries {
  @Directive('@open')
  @Query(() => AccessExplanation, {
    nullable: true,
    description:
      'Why may, or may not, a connection do this? For owners about any connection of the workspace, for whoever installed it, and for a connection about itself. What is out of your reach explains like what is missing.',
  })
  explainAccess(
    @Arg('question', () => AccessQuestion, { description: 'Who, what, and where.' }) question: AccessQuestion,
    @Ctx() ctx: Context,
  ): Promise<AccessExplanation> {
    return explainAccess(ctx, question);
  }
}

@Resolver(() => AccessExplanation)
export class AccessExplanationFields {
  @FieldResolver(() => Resource, {
    nullable: true,
    description: 'What was asked about; null where you do not reach it.',
  })
  async resource(@Root() { resourceId }: AccessExplanation, @Ctx() ctx: Context): Promise<Resource | null> {
    return resourceId === null ? null : ((await ctx.load(resourceById, resourceId)) ?? null);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who installed it; null when it belongs to the workspace.',
  })
  installedBy(@Root() { installedById }: AccessExplanation, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, installedById);
  }
}

@Resolver(() => AccessShare)
export class AccessShareFields {
  @FieldResolver(() => Resource, {
    nullable: true,
    description: 'What it is on; null where that is out of your reach.',
  })
  async resource(@Root() { resourceId }: AccessShare, @Ctx() ctx: Context): Promise<Resource | null> {
    return (await ctx.load(resourceById, resourceId)) ?? null;
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who granted it; null for the operator.' })
  grantedBy(@Root() { grantedById }: AccessShare, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, grantedById);
  }
}

async function userOf(ctx: Context, id: Id | null): Promise<User | null> {
  return id === null ? null : ((await ctx.load(userById, id)) ?? null);
}
