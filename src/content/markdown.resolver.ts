// Pages as Markdown: read, and written anew.

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
import { requireId } from '../lib/id.js';
import { invalid } from '../lib/refusal.js';
import { MutationPayload } from '../payload.js';
import { answerWith, EXPECTED_VERSION } from './answer.js';
import { bodyOf } from './loaders.js';
import { replaceMarkdown } from './markdown-lifecycle.js';
import { markdownOfBody } from './markdown-text.js';
import { Page } from './page.js';

const FORM =
  'CommonMark and GFM. `$x^2$` and `$$x$$` are formulas, `<aside>` is a callout, `<details>` a toggle, `<u>` underlines, `[Title](gatehouse:<id>)` mentions a page, `gatehouse:user/<id>` a person.';

@InputType({ description: 'What a page is to hold.' })
class ReplaceMarkdownInput {
  @Field(() => ID, { description: 'The page.' })
  pageId!: string;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: FORM })
  markdown!: string;

  @Field(() => Int, { nullable: true, description: `Of the page. ${EXPECTED_VERSION}` })
  expectedVersion?: number | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The page that was written anew.' })
class ReplaceMarkdownPayload extends MutationPayload {
  @Field(() => Page, { nullable: true, description: 'The page as it is now: its id, and what you may read of it.' })
  page?: Page;
}

@Resolver()
export class MarkdownMutations {
  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [PAGE_CONTENT_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => ReplaceMarkdownPayload, {
    description:
      'Puts what a Markdown text says in place of all blocks of a page. Blocks that say the same as before keep their ids, and what Markdown has no form for.',
  })
  replaceMarkdown(
    @Arg('input', () => ReplaceMarkdownInput, { description: 'Which page, and what.' }) input: ReplaceMarkdownInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'page', () =>
      replaceMarkdown(ctx, { ...input, pageId: requireId(input.pageId, 'The page') }),
    );
  }
}

@Resolver(() => Page)
export class PageMarkdownFields {
  @Directive('@cost(weight: 50)')
  @Directive('@sensitive(class: CONTENT)')
  @FieldResolver(() => String, {
    nullable: true,
    description: `All it holds, as Markdown: ${FORM} What is mentioned and out of your reach reads "Unavailable page".`,
  })
  async markdown(@Root() { id }: Page, @Ctx() ctx: Context): Promise<string> {
    const { maxMarkdownBlocks } = ctx.contentLimits;
    const body = await ctx.load(bodyOf(maxMarkdownBlocks), id);
    if (!body) return '';
    if (body.blocks.length > maxMarkdownBlocks) {
      throw invalid(
        `A page is read as Markdown up to ${maxMarkdownBlocks} blocks (maxMarkdownBlocks), but this one has more: read its blocks.`,
      );
    }
    return markdownOfBody(body);
  }
}
