// Mutations on pages and rows. Each reads its input, gives one command, answers its payload.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { Context } from '../context.js';
import { requireId } from '../lib/id.js';
import { MutationPayload } from '../payload.js';
import { PropertyInput } from '../property/property-input.js';
import { answerWith, answerWithId, EXPECTED_VERSION } from './answer.js';
import { CoverInput, IconInput } from './appearance.js';
import { Page } from './page.js';
import { createPage, lockPage, movePage, unlockPage, updatePage } from './page-lifecycle.js';
import { PagePlaceInput, placeOf } from './place.js';
import { deletePage, restorePage, trashPage } from './trash.js';

@InputType({ description: 'A new page, or a new row.' })
class CreatePageInput {
  @Field(() => PagePlaceInput, { description: 'Where it is put.' })
  parent!: PagePlaceInput;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its title; empty when left out.' })
  title?: string | null;

  @Field(() => IconInput, { nullable: true, description: 'The small picture before its title.' })
  icon?: IconInput | null;

  @Field(() => CoverInput, { nullable: true, description: 'The wide picture above it.' })
  cover?: CoverInput | null;

  @Field(() => [PropertyInput], { nullable: true, description: 'For a row: its values; what is left out is empty.' })
  properties?: PropertyInput[] | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'What it holds, as Markdown that `Page.markdown` describes; nothing when left out.',
  })
  markdown?: string | null;
}

@InputType({ description: 'What to change about a page; what is left out stays.' })
class UpdatePageInput {
  @Field(() => ID, { description: 'The page.' })
  id!: string;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its title from now on; null empties it.' })
  title?: string | null;

  @Field(() => IconInput, { nullable: true, description: 'The small picture before its title; null takes it away.' })
  icon?: IconInput | null;

  @Field(() => CoverInput, { nullable: true, description: 'The wide picture above it; null takes it away.' })
  cover?: CoverInput | null;

  @Field(() => [PropertyInput], { nullable: true, description: 'For a row: values to put in place of what is there.' })
  properties?: PropertyInput[] | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which page to put where.' })
class MovePageInput {
  @Field(() => ID, { description: 'The page.' })
  id!: string;

  @Field(() => PagePlaceInput, { description: 'Where it is put.' })
  parent!: PagePlaceInput;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which page to throw away.' })
class TrashPageInput {
  @Field(() => ID, { description: 'The page.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which page to bring back.' })
class RestorePageInput {
  @Field(() => ID, { description: 'The page.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which page to delete for good.' })
class DeletePageInput {
  @Field(() => ID, { description: 'The page.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which page to lock.' })
class LockPageInput {
  @Field(() => ID, { description: 'The page.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which page to unlock.' })
class UnlockPageInput {
  @Field(() => ID, { description: 'The page.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InterfaceType({
  implements: MutationPayload,
  description: 'What mutations on a page answer that is there afterwards.',
})
abstract class PagePayload extends MutationPayload {
  @Directive('@open')
  @Field(() => Page, { nullable: true, description: 'The page as it is now: its id, and what you may read of it.' })
  page?: Page;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: PagePayload, simpleResolvers: true, description: 'The page that was made.' })
class CreatePagePayload extends PagePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: PagePayload, simpleResolvers: true, description: 'The page that was changed.' })
class UpdatePagePayload extends PagePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: PagePayload, simpleResolvers: true, description: 'The page that was moved.' })
class MovePagePayload extends PagePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: PagePayload, simpleResolvers: true, description: 'The page that was thrown away.' })
class TrashPagePayload extends PagePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: PagePayload, simpleResolvers: true, description: 'The page that was brought back.' })
class RestorePagePayload extends PagePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: PagePayload, simpleResolvers: true, description: 'The page that was locked.' })
class LockPagePayload extends PagePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: PagePayload, simpleResolvers: true, description: 'The page that was unlocked.' })
class UnlockPagePayload extends PagePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The page that is gone.' })
class DeletePagePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id it had.' })
  deletedId?: string;
}

@Resolver()
export class PageMutations {
  @Directive('@requires(anyOf: [[CONTENT_INSERT]])')
  @Directive('@emits(events: [PAGE_CREATED, DATA_SOURCE_CONTENT_UPDATED, PAGE_PROPERTIES_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => CreatePagePayload, {
    description: 'Makes a page, or a row below a data source. Needs the capability on what it is put below.',
  })
  createPage(
    @Arg('input', () => CreatePageInput, { description: 'What, and where.' }) input: CreatePageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () => createPage(ctx, { ...input, parent: placeOf(input.parent) }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_PROPERTIES_UPDATED, PAGE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => UpdatePagePayload, {
    description: 'Changes title, icon or cover of a page or row, and the values of a row.',
  })
  updatePage(
    @Arg('input', () => UpdatePageInput, { description: 'What to change.' }) input: UpdatePageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () => updatePage(ctx, { ...input, id: requireId(input.id, 'The page') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE, CONTENT_INSERT]])')
  @Directive('@emits(events: [PAGE_MOVED, DATA_SOURCE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => MovePagePayload, {
    description:
      'Puts a page or row elsewhere, with all that is below it. Needs to update the page, and to insert where it is put.',
  })
  movePage(
    @Arg('input', () => MovePageInput, { description: 'Which, and where to.' }) input: MovePageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () =>
      movePage(ctx, { ...input, id: requireId(input.id, 'The page'), parent: placeOf(input.parent) }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_DELETED, DATA_SOURCE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => TrashPagePayload, {
    description: 'Puts a page or row into the trash, with all that is below it.',
  })
  trashPage(
    @Arg('input', () => TrashPageInput, { description: 'Which one.' }) input: TrashPageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () => trashPage(ctx, { ...input, id: requireId(input.id, 'The page') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_UNDELETED, DATA_SOURCE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => RestorePagePayload, {
    description: 'Brings a page or row back from the trash, with all that went along.',
  })
  restorePage(
    @Arg('input', () => RestorePageInput, { description: 'Which one.' }) input: RestorePageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () => restorePage(ctx, { ...input, id: requireId(input.id, 'The page') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_LOCKED])')
  @Extensions({ replayable: true })
  @Mutation(() => LockPagePayload, {
    description: 'Locks a page: nothing of it is written until it is unlocked.',
  })
  lockPage(
    @Arg('input', () => LockPageInput, { description: 'Which one.' }) input: LockPageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () => lockPage(ctx, { ...input, id: requireId(input.id, 'The page') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_UNLOCKED])')
  @Extensions({ replayable: true })
  @Mutation(() => UnlockPagePayload, {
    description: 'Lets a page be written again.',
  })
  unlockPage(
    @Arg('input', () => UnlockPageInput, { description: 'Which one.' }) input: UnlockPageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () => unlockPage(ctx, { ...input, id: requireId(input.id, 'The page') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [])')
  @Extensions({ replayable: true })
  @Mutation(() => DeletePagePayload, {
    description:
      'Deletes a page or row for good that lies in the trash, with all that is below it. This cannot be taken back.',
  })
  deletePage(
    @Arg('input', () => DeletePageInput, { description: 'Which one.' }) input: DeletePageInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithId(ctx, () => deletePage(ctx, { ...input, id: requireId(input.id, 'The page') }));
  }
}
