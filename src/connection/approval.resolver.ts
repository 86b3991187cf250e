// GraphQL's way to the list of approved connections.

import {
  Arg,
  Args,
  Ctx,
  Directive,
  Extensions,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import { type Id, requireId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { carryOut, MutationPayload } from '../payload.js';
import { personById } from '../people/person.js';
import { Person } from '../people/user.js';
import { WorkspacePolicy } from '../workspace/policy.js';
import { Approval, ApprovalList, countApprovedConnections, listApprovedConnections } from './approval.js';
import { approveConnection, disapproveConnection } from './approval-lifecycle.js';

@InputType({ description: 'A public connection that is installed here.' })
class ApproveConnectionInput {
  @Field(() => ID, { description: 'Which one.' })
  connectionId!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The connection that is approved now.' })
class ApproveConnectionPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  connectionId?: Id;
}

@InputType({ description: 'A connection on the list.' })
class DisapproveConnectionInput {
  @Field(() => ID, { description: 'Which one.' })
  connectionId!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The connection that was approved.' })
class DisapproveConnectionPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  connectionId?: Id;
}

@Resolver()
export class ApprovalMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => ApproveConnectionPayload, {
    description: 'Lets members install a public connection where policy asks for approval. Needs a fresh sign-in.',
  })
  approveConnection(
    @Arg('input', () => ApproveConnectionInput, { description: 'Which one.' }) input: ApproveConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      approveConnection(ctx, { connectionId: requireId(input.connectionId, 'The public connection') }),
    );
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => DisapproveConnectionPayload, {
    description: 'Takes a connection off the approved list. Needs a fresh sign-in.',
  })
  disapproveConnection(
    @Arg('input', () => DisapproveConnectionInput, { description: 'Which one.' }) input: DisapproveConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      disapproveConnection(ctx, { connectionId: requireId(input.connectionId, 'The approved connection') }),
    );
  }
}

@Resolver(() => WorkspacePolicy)
export class PolicyApprovalFields {
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => ApprovalList, {
    description: 'Public connections owners have approved. They count where `whoMayInstall` is `APPROVED_ONLY`.',
  })
  async approvedConnections(@Args(() => ListArgs) args: ListArgs, @Ctx() ctx: Context): Promise<List<Approval>> {
    const list = 'WorkspacePolicy.approvedConnections';
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listApprovedConnections(ctx, window),
      window,
      ({ connectionId }) => ctx.cursors.seal(list, [connectionId]),
      () => countApprovedConnections(ctx),
    );
  }
}

@Resolver(() => Approval)
export class ApprovalFields {
  @FieldResolver(() => Person, { nullable: true, description: 'Who approved it; null when the operator did.' })
  async approvedBy(@Root() { approvedById }: Approval, @Ctx() ctx: Context): Promise<Person | null> {
    return approvedById === null ? null : ((await ctx.load(personById, approvedById)) ?? null);
  }
}
