// GraphQL's way to what a connection can do, now and with other capabilities.

import { Arg, Ctx, Directive, ID, Query, Resolver } from 'type-graphql';
import { actorOfConnection } from '../connection/installation-actor.js';
import type { Context } from '../context.js';
import { bitsOf, type Capability, withImplied } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { parseId } from '../lib/id.js';
import { EffectiveAccess, effectiveAccess } from './effective-access.js';

@Resolver()
export class EffectiveAccessQueries {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Directive('@cost(weight: 20)')
  @Query(() => EffectiveAccess, {
    nullable: true,
    description:
      'What a connection of the workspace can do, and what would change with other capabilities; null when there is no such connection.',
  })
  async effectiveAccess(
    @Arg('connectionId', () => ID, { description: 'With or without dashes.' }) text: string,
    @Arg('capabilities', () => [CapabilityEnum], {
      nullable: true,
      description: 'A set to try; what it was granted when left out.',
    })
    capabilities: Capability[] | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<EffectiveAccess | null> {
    const id = parseId(text);
    const present = id === null ? undefined : await ctx.load(actorOfConnection, id);
    if (!present) return null;
    const bits = capabilities ? withImplied(bitsOf(capabilities)) : present.bits;
    return effectiveAccess(ctx, present, { ...present, bits });
  }
}
