// Mutations on comments. Each reads its input, gives one command, answers its payload: ids, and what may be read of the rest.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { Batch, Context } from '../context.js';
import { type Id, requireId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Comment, Discussion } from './comment.js';
import { CommentTextInput } from './comment-text.js';
import { commentById, discussionById } from './comments.js';
import { type CommentPlace, createComment, deleteComment, resolveDiscussion, updateComment } from './lifecycle.js';

const EXPECTED_VERSION = 'Refused with `STALE_VERSION` when it has another by now. Needs COMMENT_READ on its page.';

@Directive('@oneOf')
@InputType({ description: 'What a comment is written on.' })
class CommentPlaceInput {
  @Field(() => ID, { nullable: true, description: 'A page: it begins a discussion there.' })
  pageId?: string | null;

  @Field(() => ID, { nullable: true, description: 'A block: it begins a discussion there.' })
  blockId?: string | null;

  @Field(() => ID, { nullable: true, description: 'A discussion: it answers there, whether that is resolved or not.' })
  discussionId?: string | null;
}

@InputType({ description: 'A comment, as `text` or `richText`, and what it is written on.' })
class CreateCommentInput extends CommentTextInput {
  @Field(() => CommentPlaceInput, { description: 'What it is written on.' })
  parent!: CommentPlaceInput;
}

@InputType({ description: 'What a comment is to say from now on, as `text` or `richText`.' })
class UpdateCommentInput extends CommentTextInput {
  @Field(() => ID, { description: 'The comment; one of your own.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which comment to delete for good.' })
class DeleteCommentInput {
  @Field(() => ID, { description: 'The comment; one of your own, unless you administer the workspace.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which discussion is settled, or open again.' })
class ResolveDiscussionInput {
  @Field(() => ID, { description: 'The discussion.' })
  id!: string;

  @Field(() => Boolean, { defaultValue: true, description: 'False to open it again.' })
  resolved!: boolean;
}

const READABLE = 'null when you may not read comments on its page.';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The comment that was written.' })
class CreateCommentPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  commentId?: string;

  @Field(() => ID, { nullable: true, description: 'Id of the discussion it begins or answers.' })
  discussionId?: string;

  @Field(() => Comment, { nullable: true, description: `The comment as it is now; ${READABLE}` })
  comment?: Comment | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The comment that was changed.' })
class UpdateCommentPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  commentId?: string;

  @Field(() => Comment, { nullable: true, description: `The comment as it is now; ${READABLE}` })
  comment?: Comment | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The comment that is gone.' })
class DeleteCommentPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id it had.' })
  deletedId?: string;

  @Field(() => Discussion, {
    nullable: true,
    description: `What is left of its discussion; null when it was the last comment there. Also ${READABLE}`,
  })
  discussion?: Discussion | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The discussion, settled or open.' })
class ResolveDiscussionPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  discussionId?: string;

  @Field(() => Discussion, { nullable: true, description: `The discussion as it is now; ${READABLE}` })
  discussion?: Discussion | null;
}

@Resolver()
export class CommentMutations {
  @Directive('@requires(anyOf: [[COMMENT_INSERT]])')
  @Directive('@emits(events: [COMMENT_CREATED])')
  @Extensions({ replayable: true })
  @Mutation(() => CreateCommentPayload, {
    description: 'Writes a comment on a page, on a block or in a discussion. A locked page may be commented.',
  })
  createComment(
    @Arg('input', () => CreateCommentInput, { description: 'What, and where.' }) input: CreateCommentInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id, discussionId } = await createComment(ctx, { ...input, parent: placeOf(input.parent) });
      return { commentId: id, discussionId, comment: await shown(ctx, commentById, id) };
    });
  }

  @Directive('@requires(anyOf: [[COMMENT_INSERT]])')
  @Directive('@emits(events: [COMMENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => UpdateCommentPayload, { description: 'Changes what a comment of your own says.' })
  updateComment(
    @Arg('input', () => UpdateCommentInput, { description: 'What to change.' }) input: UpdateCommentInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id } = await updateComment(ctx, { ...input, id: requireId(input.id, 'The comment') });
      return { commentId: id, comment: await shown(ctx, commentById, id) };
    });
  }

  @Directive('@requires(anyOf: [[COMMENT_INSERT]])')
  @Directive('@emits(events: [COMMENT_DELETED])')
  @Extensions({ replayable: true })
  @Mutation(() => DeleteCommentPayload, {
    description: 'Deletes a comment of your own for good; whoever administers the workspace, any comment.',
  })
  deleteComment(
    @Arg('input', () => DeleteCommentInput, { description: 'Which one.' }) input: DeleteCommentInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id, discussionId } = await deleteComment(ctx, { ...input, id: requireId(input.id, 'The comment') });
      return { deletedId: id, discussion: await shown(ctx, discussionById, discussionId) };
    });
  }

  @Directive('@requires(anyOf: [[COMMENT_INSERT]])')
  @Directive('@emits(events: [COMMENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => ResolveDiscussionPayload, {
    description: 'Says that a discussion is settled, or open again. The event is one of the comment it begins with.',
  })
  resolveDiscussion(
    @Arg('input', () => ResolveDiscussionInput, { description: 'Which one.' }) input: ResolveDiscussionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id } = await resolveDiscussion(ctx, { ...input, id: requireId(input.id, 'The discussion') });
      return { discussionId: id, discussion: await shown(ctx, discussionById, id) };
    });
  }
}

/** What a command wrote, as the actor may read it now. Nothing that was loaded before counts. */
async function shown<T>(ctx: Context, byId: Batch<Id, T>, id: Id): Promise<T | null> {
  ctx.forget();
  return (await ctx.load(byId, id)) ?? null;
}

/** What an input names. Refused like something missing: what is no id. */
function placeOf({ pageId, blockId, discussionId }: CommentPlaceInput): CommentPlace {
  if (pageId != null) return { kind: 'Page', id: requireId(pageId, 'The page') };
  if (blockId != null) return { kind: 'Block', id: requireId(blockId, 'The block') };
  if (discussionId != null) return { kind: 'Discussion', id: requireId(discussionId, 'The discussion') };
  throw new Refusal('REQUIRED', 'parent should name a page, a block or a discussion.', { path: ['parent'] });
}
