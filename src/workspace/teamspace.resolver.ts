// GraphQL's way to teamspaces. Who belongs to one stands with the members (people/member.resolver.ts).

import {
  Arg,
  Args,
  ArgsType,
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
} from 'type-graphql';
import type { Context } from '../context.js';
import { requireId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Teamspace, TeamspaceAccess, TeamspaceList } from './teamspace.js';
import { addTeamspaceMember, createTeamspace, removeTeamspaceMember, updateTeamspace } from './teamspace-lifecycle.js';
import { countTeamspaces, listTeamspaces } from './teamspaces.js';
import { Workspace } from './workspace.js';

@InputType({ description: 'A teamspace to make.' })
class CreateTeamspaceInput {
  @Field(() => String, { description: 'Its name, 1 to 200 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'An emoji, or up to eight letters.' })
  icon?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for, up to 2,000 characters.' })
  description?: string | null;

  @Field(() => TeamspaceAccess, { nullable: true, description: 'Who decides who belongs to it; open when left out.' })
  access?: TeamspaceAccess | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The teamspace that was made.' })
class CreateTeamspacePayload extends MutationPayload {
  @Field(() => Teamspace, { nullable: true, description: 'The teamspace.' })
  teamspace?: Teamspace;
}

@InputType({ description: 'What to change about a teamspace. What is left out stays.' })
class UpdateTeamspaceInput {
  @Field(() => ID, { description: 'Which one.' })
  teamspaceId!: string;

  @Field(() => String, { nullable: true, description: 'Its new name, 1 to 200 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'An emoji, or up to eight letters; null takes it away.' })
  icon?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for; null takes that away.' })
  description?: string | null;

  @Field(() => TeamspaceAccess, { nullable: true, description: 'Who decides who belongs to it.' })
  access?: TeamspaceAccess | null;

  @Field(() => Boolean, { nullable: true, description: 'Puts it away, or takes it out again.' })
  archived?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'The version you have read; refused when there is a newer one.' })
  expectedVersion?: number | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The teamspace as it is now.' })
class UpdateTeamspacePayload extends MutationPayload {
  @Field(() => Teamspace, { nullable: true, description: 'The teamspace.' })
  teamspace?: Teamspace;
}

@InputType({ description: 'Somebody, and a teamspace.' })
class AddTeamspaceMemberInput {
  @Field(() => ID, { description: 'Which teamspace.' })
  teamspaceId!: string;

  @Field(() => ID, { description: 'Who is added.' })
  personId!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The teamspace she belongs to now.' })
class AddTeamspaceMemberPayload extends MutationPayload {
  @Field(() => Teamspace, { nullable: true, description: 'The teamspace.' })
  teamspace?: Teamspace;
}

@InputType({ description: 'Somebody, and a teamspace she belongs to.' })
class RemoveTeamspaceMemberInput {
  @Field(() => ID, { description: 'Which teamspace.' })
  teamspaceId!: string;

  @Field(() => ID, { description: 'Who is taken out.' })
  personId!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The teamspace she belonged to.' })
class RemoveTeamspaceMemberPayload extends MutationPayload {
  @Field(() => Teamspace, { nullable: true, description: 'The teamspace.' })
  teamspace?: Teamspace;
}

@ArgsType()
class TeamspaceListArgs extends ListArgs {
  @Field(() => Boolean, { nullable: true, description: 'Whether those put away are listed too; false when left out.' })
  archived?: boolean | null;
}

@Resolver()
export class TeamspaceMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => CreateTeamspacePayload, { description: 'Makes a teamspace with nobody in it.' })
  createTeamspace(
    @Arg('input', () => CreateTeamspaceInput, { description: 'What it is like.' }) input: CreateTeamspaceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => createTeamspace(ctx, input));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => UpdateTeamspacePayload, { description: 'Changes a teamspace, puts it away or takes it out again.' })
  updateTeamspace(
    @Arg('input', () => UpdateTeamspaceInput, { description: 'What changes.' }) input: UpdateTeamspaceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      updateTeamspace(ctx, { ...input, teamspaceId: requireId(input.teamspaceId, 'The teamspace') }),
    );
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: MEMBER)')
  @Mutation(() => AddTeamspaceMemberPayload, {
    description: 'Adds a member of the workspace to a teamspace: owners anybody, others themselves to an open one.',
  })
  addTeamspaceMember(
    @Arg('input', () => AddTeamspaceMemberInput, { description: 'Who, and where.' }) input: AddTeamspaceMemberInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => addTeamspaceMember(ctx, placeOf(input)));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: MEMBER)')
  @Mutation(() => RemoveTeamspaceMemberPayload, {
    description: 'Takes somebody out of a teamspace: owners anybody, others themselves.',
  })
  removeTeamspaceMember(
    @Arg('input', () => RemoveTeamspaceMemberInput, { description: 'Who, and where.' })
    input: RemoveTeamspaceMemberInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => removeTeamspaceMember(ctx, placeOf(input)));
  }
}

const placeOf = (input: { teamspaceId: string; personId: string }) => ({
  teamspaceId: requireId(input.teamspaceId, 'The teamspace'),
  personId: requireId(input.personId, 'The member'),
});

@Resolver(() => Workspace)
export class WorkspaceTeamspaceFields {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: MEMBER)')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => TeamspaceList, { nullable: true, description: 'Its teamspaces, oldest first.' })
  async teamspaces(
    @Args(() => TeamspaceListArgs) args: TeamspaceListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<Teamspace>> {
    const archived = args.archived ?? false;
    const list = `Workspace.teamspaces ${archived}`;
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listTeamspaces(ctx, archived, window),
      window,
      ({ id }) => ctx.cursors.seal(list, [id]),
      () => countTeamspaces(ctx, archived),
    );
  }
}
