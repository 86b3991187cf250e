// GraphQL's way to a workspace and its policy.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { createWorkspace, deleteWorkspace, updateWorkspace } from './lifecycle.js';
import { InstallPolicy, PersonalTokenPolicy, policyById, WorkspacePolicy } from './policy.js';
import { updateWorkspacePolicy } from './policy-lifecycle.js';
import { Workspace } from './workspace.js';

@InputType({ description: 'A workspace to make.' })
class CreateWorkspaceInput {
  @Field(() => String, { description: 'Its name, 1 to 200 characters.' })
  name!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The workspace that was made.' })
class CreateWorkspacePayload extends MutationPayload {
  @Field(() => Workspace, { nullable: true, description: 'The workspace.' })
  workspace?: Workspace;
}

@InputType({ description: 'What to change about the workspace you ask in. What is left out stays.' })
class UpdateWorkspaceInput {
  @Field(() => String, { nullable: true, description: 'Its new name, 1 to 200 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'A link to its new picture, https; null takes it away.' })
  iconUrl?: string | null;

  @Field(() => Int, { description: 'The version you have read; refused when there is a newer one.' })
  expectedVersion!: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The workspace as it is now.' })
class UpdateWorkspacePayload extends MutationPayload {
  @Field(() => Workspace, { nullable: true, description: 'The workspace.' })
  workspace?: Workspace;
}

@InputType({ description: 'The workspace you ask in, by its name: whoever deletes it types that once more.' })
class DeleteWorkspaceInput {
  @Field(() => String, { description: 'Its name, exactly.' })
  name!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The workspace that was deleted.' })
class DeleteWorkspacePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  workspaceId?: Id;

  @Field(() => DateTime, { nullable: true, description: 'Until when the operator can restore it.' })
  restorableUntil?: Date;
}

@InputType({ description: 'What to change about the policy. What is left out stays.' })
class UpdateWorkspacePolicyInput {
  @Field(() => InstallPolicy, { nullable: true, description: 'Who may install public connections.' })
  whoMayInstall?: InstallPolicy | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether only owners may share pages.' })
  ownersOnlyShares?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether automations and buttons may send webhooks.' })
  webhookActions?: boolean | null;

  @Field(() => PersonalTokenPolicy, { nullable: true, description: 'Who may have personal access tokens.' })
  personalAccessTokens?: PersonalTokenPolicy | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether tokens of connections are shown once. Turning it on makes those there are impossible to reveal, for good.',
  })
  showOnceTokens?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Changes of one thing within so many milliseconds are one event, 0 to 60000.',
  })
  eventWindowMs?: number | null;

  @Field(() => Int, { description: 'The version of the policy you have read; refused when there is a newer one.' })
  expectedVersion!: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The policy as it is now.' })
class UpdateWorkspacePolicyPayload extends MutationPayload {
  @Field(() => WorkspacePolicy, { nullable: true, description: 'The policy.' })
  policy?: WorkspacePolicy;
}

@Resolver()
export class WorkspaceMutations {
  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => CreateWorkspacePayload, {
    description: 'Makes an empty workspace, whose owner you are. For who is signed in and a member somewhere.',
  })
  createWorkspace(
    @Arg('input', () => CreateWorkspaceInput, { description: 'What it is like.' }) input: CreateWorkspaceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({ workspace: await createWorkspace(ctx, input) }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => UpdateWorkspacePayload, { description: 'Renames the workspace, or gives it another picture.' })
  updateWorkspace(
    @Arg('input', () => UpdateWorkspaceInput, { description: 'What changes.' }) input: UpdateWorkspaceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => updateWorkspace(ctx, input));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => DeleteWorkspacePayload, {
    description:
      'Deletes the workspace you ask in: nobody and no token finds it any more. Needs a sign-in within ten minutes.',
  })
  deleteWorkspace(
    @Arg('input', () => DeleteWorkspaceInput, { description: 'Its name, as a confirmation.' })
    input: DeleteWorkspaceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => deleteWorkspace(ctx, input));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => UpdateWorkspacePolicyPayload, {
    description: 'Changes what holds for everybody in the workspace. Needs a sign-in within ten minutes.',
  })
  updateWorkspacePolicy(
    @Arg('input', () => UpdateWorkspacePolicyInput, { description: 'What changes.' })
    input: UpdateWorkspacePolicyInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => updateWorkspacePolicy(ctx, input));
  }
}

@Resolver(() => Workspace)
export class WorkspaceFields {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: MEMBER)')
  @FieldResolver(() => WorkspacePolicy, { nullable: true, description: 'What holds for everybody here.' })
  async policy(@Root() workspace: Workspace, @Ctx() ctx: Context): Promise<WorkspacePolicy | null> {
    return (await ctx.load(policyById, workspace.id)) ?? null;
  }
}
