// Mutations on blocks. Each reads its input, gives one command, answers its payload.

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
  InterfaceType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import { userById } from '../connection/users.js';
import type { Context } from '../context.js';
import { type Id, requireId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { carryOut, MutationPayload } from '../payload.js';
import type { User } from '../people/user.js';
import { EXPECTED_VERSION, shown } from './answer.js';
import { Block, LinkToPageBlock } from './block.js';
import { BlockInput } from './block-input.js';
import { appendBlocks, deleteBlock, moveBlock, updateBlock } from './block-lifecycle.js';
import type { Position } from './block-spot.js';
import { contentById, resourceById } from './loaders.js';
import { Page } from './page.js';
import type { Resource } from './resource.js';
import { requireNamed } from './span-input.js';

@Directive('@oneOf')
@InputType({ description: 'Where on a page: at an end of it, or by a block that stands on it.' })
class BlockPositionInput {
  @Field(() => Boolean, { nullable: true, description: 'True for the top of the page.' })
  start?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'True for the end of the page.' })
  end?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'Right after this block, and below what it stands below.' })
  after?: string | null;

  @Field(() => ID, { nullable: true, description: 'Right before this block, and below what it stands below.' })
  before?: string | null;

  @Field(() => ID, { nullable: true, description: 'Below this block, as the last of those that stand there.' })
  below?: string | null;
}

@InputType({ description: 'Which blocks to put where.' })
class AppendBlocksInput {
  @Field(() => ID, { description: 'The page.' })
  pageId!: string;

  @Field(() => [BlockInput], { description: 'The blocks, in order, with what stands below them.' })
  blocks!: BlockInput[];

  @Field(() => BlockPositionInput, { nullable: true, description: 'Where; at the end of the page when left out.' })
  position?: BlockPositionInput | null;

  @Field(() => Int, { nullable: true, description: `Of the page. ${EXPECTED_VERSION}` })
  expectedVersion?: number | null;
}

@InputType({ description: 'What to change about a block; what is left out stays.' })
class UpdateBlockInput {
  @Field(() => ID, { description: 'The block.' })
  id!: string;

  @Field(() => BlockInput, { description: 'What it holds from now on; of the kind it is.' })
  block!: BlockInput;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which block to put where.' })
class MoveBlockInput {
  @Field(() => ID, { description: 'The block.' })
  id!: string;

  @Field(() => ID, { nullable: true, description: 'The page to put it on; the one it stands on when left out.' })
  pageId?: string | null;

  @Field(() => BlockPositionInput, { description: 'Where on that page.' })
  position!: BlockPositionInput;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which block to delete for good.' })
class DeleteBlockInput {
  @Field(() => ID, { description: 'The block.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InterfaceType({ implements: MutationPayload, description: 'What mutations on blocks answer.' })
abstract class BlocksPayload extends MutationPayload {
  @Directive('@open')
  @Field(() => Page, { nullable: true, description: 'The page as it is now: its id, and what you may read of it.' })
  page?: Page;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: BlocksPayload, simpleResolvers: true, description: 'The blocks that were put there.' })
class AppendBlocksPayload extends BlocksPayload {
  @Field(() => [ID], { nullable: true, description: 'Ids of the blocks as they were given, without those below them.' })
  blockIds?: string[];

  @Directive('@listSize(assumedSize: 100)')
  @Field(() => [Block], { nullable: true, description: 'The same blocks; null when you may not read the page.' })
  blocks?: Block[] | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: BlocksPayload, simpleResolvers: true, description: 'The block that was changed.' })
class UpdateBlockPayload extends BlocksPayload {
  @Field(() => Block, { nullable: true, description: 'The block as it is now; null when you may not read its page.' })
  block?: Block | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: BlocksPayload, simpleResolvers: true, description: 'The block that was moved.' })
class MoveBlockPayload extends BlocksPayload {
  @Field(() => Block, { nullable: true, description: 'The block as it is now; null when you may not read its page.' })
  block?: Block | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: BlocksPayload, simpleResolvers: true, description: 'The block that is gone.' })
class DeleteBlockPayload extends BlocksPayload {
  @Field(() => ID, { nullable: true, description: 'The id it had.' })
  deletedId?: string;
}

@Resolver()
export class BlockMutations {
  @Directive('@requires(anyOf: [[CONTENT_INSERT]])')
  @Directive('@emits(events: [PAGE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => AppendBlocksPayload, {
    description:
      'Puts blocks on a page, whole trees at once. Below a block that is there it needs CONTENT_UPDATE as well.',
  })
  appendBlocks(
    @Arg('input', () => AppendBlocksInput, { description: 'What, and where.' }) input: AppendBlocksInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const pageId = requireId(input.pageId, 'The page');
      const position = input.position ? positionOf(input.position) : undefined;
      const { id, blockIds } = await appendBlocks(ctx, { ...input, pageId, position });
      const page = await shown(ctx, id);
      return { page, blockIds, blocks: await readableBlocks(ctx, blockIds) };
    });
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => UpdateBlockPayload, { description: 'Changes what a block holds. Its kind never changes.' })
  updateBlock(
    @Arg('input', () => UpdateBlockInput, { description: 'What to change.' }) input: UpdateBlockInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithBlock(ctx, () => updateBlock(ctx, { ...input, id: requireId(input.id, 'The block') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => MoveBlockPayload, {
    description:
      'Puts a block elsewhere on its page, or on another one, where it needs CONTENT_INSERT; with all that stands below it.',
  })
  moveBlock(
    @Arg('input', () => MoveBlockInput, { description: 'Which, and where to.' }) input: MoveBlockInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithBlock(ctx, async () =>
      moveBlock(ctx, {
        id: requireId(input.id, 'The block'),
        expectedVersion: input.expectedVersion,
        pageId: input.pageId == null ? undefined : requireId(input.pageId, 'The page'),
        position: positionOf(input.position),
      }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => DeleteBlockPayload, {
    description: 'Deletes a block for good, with all that stands below it.',
  })
  deleteBlock(
    @Arg('input', () => DeleteBlockInput, { description: 'Which one.' }) input: DeleteBlockInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id, blockId } = await deleteBlock(ctx, { ...input, id: requireId(input.id, 'The block') });
      return { page: await shown(ctx, id), deletedId: blockId };
    });
  }
}

@Resolver(() => Block)
export class BlockFields {
  @FieldResolver()
  async createdBy(@Root() { createdById }: Block, @Ctx() ctx: Context): Promise<User | null> {
    return createdById === null ? null : ((await ctx.load(userById, createdById)) ?? null);
  }

  @FieldResolver()
  async lastEditedBy(@Root() { lastEditedById }: Block, @Ctx() ctx: Context): Promise<User | null> {
    return lastEditedById === null ? null : ((await ctx.load(userById, lastEditedById)) ?? null);
  }
}

@Resolver(() => LinkToPageBlock)
export class LinkToPageBlockFields {
  @FieldResolver()
  async target(@Root() { mentionedId }: LinkToPageBlock, @Ctx() ctx: Context): Promise<Resource | null> {
    return mentionedId === null ? null : ((await ctx.load(resourceById, mentionedId)) ?? null);
  }
}

const answerWithBlock = (ctx: Context, command: () => Promise<{ id: Id; blockId: Id }>): Promise<object> =>
  carryOut(ctx, async () => {
    const { id, blockId } = await command();
    const page = await shown(ctx, id);
    return { page, block: (await readableBlocks(ctx, [blockId]))?.[0] ?? null };
  });

/** Blocks of one page by id; null when it may not be read. */
async function readableBlocks(ctx: Context, ids: readonly Id[]): Promise<Block[] | null> {
  const found = await ctx.loadMany(contentById, ids);
  const blocks = found.filter((one): one is Block => one !== undefined);
  return blocks.length === 0 ? null : blocks;
}

/** Which position an input names; what is no id is no block. */
function positionOf({ start, end, after, before, below }: BlockPositionInput): Position {
  if (start === true) return { kind: 'START' };
  if (end === true) return { kind: 'END' };
  if (after != null) return { kind: 'AFTER', id: requireBlock(after) };
  if (before != null) return { kind: 'BEFORE', id: requireBlock(before) };
  if (below != null) return { kind: 'BELOW', id: requireBlock(below) };
  throw new Refusal('INVALID', 'position.start and position.end should be true, or another position be given.', {
    path: ['position'],
  });
}

const requireBlock = (text: string): Id => requireNamed(text, 'The block', ['position']);
