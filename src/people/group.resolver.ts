// GraphQL's way to groups. Who belongs to one stands with the members (member.resolver.ts).

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
import { StringFilter } from '../lib/filter.js';
import { type Id, requireId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Workspace } from '../workspace/workspace.js';
import { Group, GroupList } from './group.js';
import {
  addGroupMembers,
  createGroup,
  deleteGroup,
  MAX_PEOPLE,
  removeGroupMembers,
  updateGroup,
} from './group-lifecycle.js';
import { countGroups, groupById, listGroups } from './groups.js';

@InputType({ description: 'A group to make.' })
class CreateGroupInput {
  @Field(() => String, { description: 'Its name, 1 to 200 characters; no other group has it.' })
  name!: string;

  @Field(() => [ID], { nullable: true, description: `Members of the workspace who belong to it, up to ${MAX_PEOPLE}.` })
  personIds?: string[] | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The group that was made.' })
class CreateGroupPayload extends MutationPayload {
  @Field(() => Group, { nullable: true, description: 'The group.' })
  group?: Group;
}

@InputType({ description: 'What to change about a group. What is left out stays.' })
class UpdateGroupInput {
  @Field(() => ID, { description: 'Which one.' })
  groupId!: string;

  @Field(() => String, { nullable: true, description: 'Its new name, 1 to 200 characters; no other group has it.' })
  name?: string | null;

  @Field(() => Int, { nullable: true, description: 'The version you have read; refused when there is a newer one.' })
  expectedVersion?: number | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The group as it is now.' })
class UpdateGroupPayload extends MutationPayload {
  @Field(() => Group, { nullable: true, description: 'The group.' })
  group?: Group;
}

@InputType({ description: 'A group to delete.' })
class DeleteGroupInput {
  @Field(() => ID, { description: 'Which one.' })
  groupId!: string;

  @Field(() => Int, { nullable: true, description: 'The version you have read; refused when there is a newer one.' })
  expectedVersion?: number | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The group that was deleted.' })
class DeleteGroupPayload extends MutationPayload {
  @Field(() => Group, { nullable: true, description: 'What is left of it.' })
  group?: Group;
}

@InputType({ description: 'People, and a group.' })
class AddGroupMembersInput {
  @Field(() => ID, { description: 'Which group.' })
  groupId!: string;

  @Field(() => [ID], { description: `Members of the workspace, up to ${MAX_PEOPLE}.` })
  personIds!: string[];
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The group they belong to now.' })
class AddGroupMembersPayload extends MutationPayload {
  @Field(() => Group, { nullable: true, description: 'The group.' })
  group?: Group;
}

@InputType({ description: 'People, and a group they belong to.' })
class RemoveGroupMembersInput {
  @Field(() => ID, { description: 'Which group.' })
  groupId!: string;

  @Field(() => [ID], { description: `Who is taken out, up to ${MAX_PEOPLE}.` })
  personIds!: string[];
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The group they belonged to.' })
class RemoveGroupMembersPayload extends MutationPayload {
  @Field(() => Group, { nullable: true, description: 'The group.' })
  group?: Group;
}

@InputType({ description: 'Which groups; every member given must hold.' })
class GroupFilter {
  @Directive('@reads(coordinate: "Group.name")')
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;
}

@ArgsType()
class GroupListArgs extends ListArgs {
  @Field(() => GroupFilter, { nullable: true, description: 'Only these.' })
  filter?: GroupFilter | null;
}

@Resolver()
export class GroupMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => CreateGroupPayload, { description: 'Makes a group of people.' })
  createGroup(
    @Arg('input', () => CreateGroupInput, { description: 'What it is like.' }) input: CreateGroupInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      answered(ctx, await createGroup(ctx, { name: input.name, personIds: people(input.personIds ?? []) })),
    );
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => UpdateGroupPayload, { description: 'Renames a group.' })
  updateGroup(
    @Arg('input', () => UpdateGroupInput, { description: 'What changes.' }) input: UpdateGroupInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => answered(ctx, await updateGroup(ctx, { ...input, groupId: group(input) })));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => DeleteGroupPayload, {
    description: 'Deletes a group for good. Columns of people go on naming it, by its id and name.',
  })
  deleteGroup(
    @Arg('input', () => DeleteGroupInput, { description: 'Which one.' }) input: DeleteGroupInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => answered(ctx, await deleteGroup(ctx, { ...input, groupId: group(input) })));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => AddGroupMembersPayload, {
    description: 'Adds members of the workspace to a group, all or none. Those who belong to it already stay.',
  })
  addGroupMembers(
    @Arg('input', () => AddGroupMembersInput, { description: 'Who, and where.' }) input: AddGroupMembersInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      answered(ctx, await addGroupMembers(ctx, { groupId: group(input), personIds: people(input.personIds) })),
    );
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => RemoveGroupMembersPayload, { description: 'Takes people out of a group, all or none.' })
  removeGroupMembers(
    @Arg('input', () => RemoveGroupMembersInput, { description: 'Who, and where.' }) input: RemoveGroupMembersInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      answered(ctx, await removeGroupMembers(ctx, { groupId: group(input), personIds: people(input.personIds) })),
    );
  }
}

@Resolver(() => Workspace)
export class WorkspaceGroupFields {
  @Directive('@requires(anyOf: [[USER_READ]])')
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: MEMBER)')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => GroupList, { nullable: true, description: 'Its groups of people, oldest first.' })
  async groups(@Args(() => GroupListArgs) args: GroupListArgs, @Ctx() ctx: Context): Promise<List<Group>> {
    const name = args.filter?.name;
    const list = `Workspace.groups ${JSON.stringify(name ?? null)}`;
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listGroups(ctx, name, window),
      window,
      ({ id }) => ctx.cursors.seal(list, [id]),
      () => countGroups(ctx, name),
    );
  }
}

const group = ({ groupId }: { groupId: string }): Id => requireId(groupId, 'The group');
const people = (ids: readonly string[]): Id[] => ids.map((id) => requireId(id, 'The member'));

/** The group as it is after the command. */
const answered = async (ctx: Context, { id }: { id: Id }): Promise<{ group?: Group }> => {
  ctx.forget();
  const found = await ctx.load(groupById, id);
  return found ? { group: found } : {};
};
