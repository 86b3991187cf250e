// What a comment says, as clients write it.

import { Directive, Field, InputType } from 'type-graphql';
import { type ContentLimits, requireText } from '../content/limits.js';
import type { RichTextSpan } from '../content/rich-text.js';
import { SpanInput, spansOfInput } from '../content/span-input.js';
import { Refusal } from '../lib/refusal.js';

export interface CommentText {
  text?: string | null | undefined;
  richText?: readonly SpanInput[] | null | undefined;
}

@InputType({ description: 'What a comment says: `text` or `richText`.' })
export abstract class CommentTextInput implements CommentText {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'What it says, without style, in place of `richText`.' })
  text?: string | null;

  @Field(() => [SpanInput], { nullable: true, description: 'What it says.' })
  richText?: SpanInput[] | null;
}

/** As it is stored. Refused: both or neither of them; nothing but blanks; what is over a limit. */
export function requireWords({ text, richText }: CommentText, limits: ContentLimits): RichTextSpan[] {
  if (text != null && richText != null) {
    throw new Refusal('INVALID', 'A comment should have text or richText, but has both.', { path: ['richText'] });
  }
  const path = text == null ? ['richText'] : ['text'];
  const spans: RichTextSpan[] =
    text == null
      ? spansOfInput(richText ?? [], limits, path)
      : [{ type: 'TEXT', text: requireText(text, limits, { limit: 'maxTextLength', path }) }];
  if (spans.some((span) => span.type !== 'TEXT' || span.text.trim() !== '')) return spans;
  throw new Refusal('REQUIRED', 'A comment should say something: give it text or richText.', { path });
}
