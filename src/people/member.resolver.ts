// GraphQL's way to members.

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
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { WorkspaceRole } from '../gate/actor.js';
import { WorkspaceRoleEnum } from '../gate/enums.js';
import { StringFilter } from '../lib/filter.js';
import { type Id, requireId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Teamspace } from '../workspace/teamspace.js';
import { Workspace } from '../workspace/workspace.js';
import { Group } from './group.js';
import { Member, MemberList } from './member.js';
import { leaveWorkspace, removeMember, updateMember } from './member-lifecycle.js';
import { countMembers, listMembers, type MemberPlace, memberCountOf, memberFor, membersOf } from './members.js';
import { personFor } from './person.js';
import { Person } from './user.js';

@InputType({ description: 'Which members; every member given must hold.' })
class MemberFilter {
  @Directive('@open')
  @Field(() => WorkspaceRoleEnum, { nullable: true, description: 'With exactly this role.' })
  role?: WorkspaceRole | null;

  @Directive('@reads(coordinate: "User.name")')
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;

  @Directive('@reads(coordinate: "Person.email")')
  @Directive('@sensitive(class: EMAIL)')
  @Field(() => StringFilter, { nullable: true, description: 'By e-mail address, case left aside.' })
  email?: StringFilter | null;
}

@ArgsType()
class MemberListArgs extends ListArgs {
  @Field(() => MemberFilter, { nullable: true, description: 'Only these.' })
  filter?: MemberFilter | null;
}

@InputType({ description: 'A member and her new role.' })
class UpdateMemberInput {
  @Field(() => ID, { description: 'Whose role.' })
  personId!: string;

  @Field(() => WorkspaceRoleEnum, { description: 'What she becomes.' })
  role!: WorkspaceRole;

  @Field(() => Int, {
    nullable: true,
    description: 'The version of the member you have read; refused when there is a newer one.',
  })
  expectedVersion?: number | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The member as she is now.' })
class UpdateMemberPayload extends MutationPayload {
  @Field(() => Member, { nullable: true, description: 'The member.' })
  member?: Member;
}

@InputType({ description: 'Who is to go.' })
class RemoveMemberInput {
  @Field(() => ID, { description: 'Whose membership ends.' })
  personId!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'Who was a member until now.' })
class RemoveMemberPayload extends MutationPayload {
  @Field(() => Person, { nullable: true, description: 'The person.' })
  person?: Person;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The workspace you have left.' })
class LeaveWorkspacePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  workspaceId?: Id;
}

@Resolver()
export class MemberMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => UpdateMemberPayload, {
    description:
      'Gives a member another role. Making or unmaking an owner needs a sign-in within ten minutes, and one owner always stays.',
  })
  updateMember(
    @Arg('input', () => UpdateMemberInput, { description: 'Who, and what she becomes.' }) input: UpdateMemberInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { member } = await updateMember(ctx, { ...input, personId: requireId(input.personId, 'The member') });
      return { member: memberFor(ctx, member) };
    });
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => RemoveMemberPayload, {
    description:
      'Ends a membership, with her personal tokens, the shares to her and the public connections she installed. What she granted stays.',
  })
  removeMember(
    @Arg('input', () => RemoveMemberInput, { description: 'Who.' }) input: RemoveMemberInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { person } = await removeMember(ctx, { personId: requireId(input.personId, 'The member') });
      return { person: personFor(ctx, person) };
    });
  }

  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => LeaveWorkspacePayload, {
    description: 'Ends your own membership and all that hangs on it. Needs a sign-in within ten minutes.',
  })
  leaveWorkspace(@Ctx() ctx: Context): Promise<object> {
    return carryOut(ctx, () => leaveWorkspace(ctx));
  }
}

@Resolver(() => Workspace)
export class WorkspaceMemberFields {
  @Directive('@requires(anyOf: [[USER_READ]])')
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: MEMBER)')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => MemberList, {
    nullable: true,
    description: 'Who belongs to the workspace. Guests are listed for owners, and for themselves.',
  })
  async members(@Args(() => MemberListArgs) args: MemberListArgs, @Ctx() ctx: Context): Promise<List<Member>> {
    const { role, name, email } = args.filter ?? {};
    const query = { role, name, email };
    const list = `Workspace.members ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listMembers(ctx, query, window),
      window,
      ({ person }) => ctx.cursors.seal(list, [person.id]),
      () => countMembers(ctx, query),
    );
  }
}

@Resolver(() => Teamspace)
export class TeamspaceMemberFields {
  @Directive('@requires(anyOf: [[USER_READ]])')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => MemberList, { nullable: true, description: 'Who belongs to it.' })
  members(@Root() { id }: Teamspace, @Args(() => ListArgs) args: ListArgs, @Ctx() ctx: Context): Promise<List<Member>> {
    return membersIn(ctx, 'TEAMSPACE', id, args);
  }
}

@Resolver(() => Group)
export class GroupMemberFields {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: MEMBER)')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => MemberList, { nullable: true, description: 'Who belongs to it.' })
  members(@Root() { id }: Group, @Args(() => ListArgs) args: ListArgs, @Ctx() ctx: Context): Promise<List<Member>> {
    return membersIn(ctx, 'GROUP', id, args);
  }
}

async function membersIn(ctx: Context, place: MemberPlace, id: Id, args: ListArgs): Promise<List<Member>> {
  const list = `members ${place} ${id}`;
  const window = windowOf(args, ctx.cursors, list);
  return toList(
    (await ctx.load(membersOf(place, window), id)) ?? [],
    window,
    ({ person }) => ctx.cursors.seal(list, [person.id]),
    async () => (await ctx.load(memberCountOf(place), id)) ?? 0,
  );
}
