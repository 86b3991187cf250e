// Mutations on connections. Each reads its input, gives one command, answers its payload.

import { Arg, Ctx, Directive, Extensions, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import type { Capability } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Connection, Installation } from './connection.js';
import { createConnection } from './lifecycle.js';

@InputType({ description: 'A connection to make.' })
class CreateConnectionInput {
  @Field(() => String, { description: 'Its name, 1 to 200 characters.' })
  name!: string;

  @Field(() => [CapabilityEnum], { description: 'What it may do wherever something is shared with it.' })
  capabilities!: Capability[];
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The connection that was made.' })
class CreateConnectionPayload extends MutationPayload {
  @Field(() => Connection, { nullable: true, description: 'The connection.' })
  connection?: Connection;

  @Field(() => Installation, { nullable: true, description: 'Its one installation, in its own workspace.' })
  installation?: Installation;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'Its token.' })
  token?: string;
}

@Resolver()
export class ConnectionMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => CreateConnectionPayload, {
    description: 'Makes an internal connection, with its bot and a token. Nothing is shared with it yet.',
  })
  createConnection(
    @Arg('input', () => CreateConnectionInput, { description: 'What it is like.' }) input: CreateConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => createConnection(ctx, input));
  }
}
