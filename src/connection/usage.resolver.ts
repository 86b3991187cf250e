// GraphQL's way to the usage of a connection.

import { Arg, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import { Connection } from './connection.js';
import { Usage, UsageWindow } from './usage.js';
import { usageOf } from './usages.js';

@Resolver(() => Connection)
export class ConnectionUsage {
  @Directive('@actor(kinds: [CONNECTION, PERSON, OPERATOR], role: OWNER)')
  @Directive('@cost(weight: 5)')
  @FieldResolver(() => Usage, {
    nullable: true,
    description: 'What it asked in this workspace. For owners, and for the connection itself.',
  })
  async usage(
    @Root() connection: Connection,
    @Arg('window', () => UsageWindow, { defaultValue: 'LAST_7_DAYS', description: 'How far back.' })
    window: UsageWindow,
    @Ctx() ctx: Context,
  ): Promise<Usage | null> {
    return (await ctx.load(usageOf(window), connection.id)) ?? null;
  }
}
