// GraphQL's way to the usage of connections and of their installations.

import { Arg, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.js';
import { Connection, Installation } from './connection.js';
import { Usage, UsageWindow } from './usage.js';
import { usageOfConnection, usageOfInstallation } from './usages.js';

const FOR_OWNERS_AND_ITSELF = '@actor(kinds: [CONNECTION, PERSON, OPERATOR], role: OWNER)';
const WINDOW = { defaultValue: 'LAST_7_DAYS', description: 'How far back.' } as const;

@Resolver(() => Connection)
export class ConnectionUsageFields {
  @Directive(FOR_OWNERS_AND_ITSELF)
  @Directive('@cost(weight: 5)')
  @FieldResolver(() => Usage, {
    nullable: true,
    description:
      'What it asked, all its installations in this workspace together. For owners of its home, and for itself at home; elsewhere ask its installation.',
  })
  async usage(
    @Root() { id }: Connection,
    @Arg('window', () => UsageWindow, WINDOW) window: UsageWindow,
    @Ctx() ctx: Context,
  ): Promise<Usage | null> {
    return (await ctx.load(usageOfConnection(window), id)) ?? null;
  }
}

@Resolver(() => Installation)
export class InstallationUsageFields {
  @Directive(FOR_OWNERS_AND_ITSELF)
  @Directive('@cost(weight: 5)')
  @FieldResolver(() => Usage, { nullable: true, description: 'What it asked. For owners, and for itself.' })
  async usage(
    @Root() { id }: Installation,
    @Arg('window', () => UsageWindow, WINDOW) window: UsageWindow,
    @Ctx() ctx: Context,
  ): Promise<Usage | null> {
    return (await ctx.load(usageOfInstallation(window), id)) ?? null;
  }
}
