// GraphQL's way to a demo workspace of one's own.

import { Ctx, Directive, Extensions, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { Refusal } from '../lib/refusal.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Workspace } from '../workspace/workspace.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The demo workspace that was made.' })
class CreateDemoWorkspacePayload extends MutationPayload {
  @Field(() => Workspace, { nullable: true, description: 'The workspace.' })
  workspace?: Workspace;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'The token of a connection that sees part of it.' })
  token?: string;
}

@Resolver()
export class DemoMutations {
  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => CreateDemoWorkspacePayload, {
    description: 'Makes a small workspace with pages, people and a connection to try things on; you are its owner.',
  })
  createDemoWorkspace(@Ctx() ctx: Context): Promise<object> {
    return carryOut(ctx, () => {
      if (!ctx.createDemoWorkspace) throw new Refusal('UNAVAILABLE', 'There is no demo here.');
      return ctx.createDemoWorkspace(ctx);
    });
  }
}
