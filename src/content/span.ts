// Rich text as GraphQL shows it. A mention shows the title of what it points to only to those who may read that;
// for everybody else it looks the same whether the page is hidden or gone.

import { Directive, Field, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { Resource } from './resource.js';
import { type Annotation, plainText, type RichTextSpan } from './rich-text.js';

export const AnnotationEnum = enumType<Annotation>('Annotation', 'How a piece of text looks.', {
  BOLD: 'Bold.',
  ITALIC: 'Italic.',
  STRIKETHROUGH: 'Struck through.',
  UNDERLINE: 'Underlined.',
  CODE: 'Set as code.',
});

export const SpanType = enumType<RichTextSpan['type']>('SpanType', 'What a piece of rich text is.', {
  TEXT: 'Text, perhaps with a link.',
  EQUATION: 'A formula in TeX.',
  MENTION: 'A link to a page, database or data source of this workspace.',
});

/** Titles of mentioned resources the reader may read; everything else is masked. */
export type Titles = Readonly<Record<Id, string>>;

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'A piece of rich text in one style.' })
export class Span {
  access!: Bits;
  mentionedId!: Id | null;

  @Field(() => SpanType, { nullable: true, description: 'What it is.' })
  type!: RichTextSpan['type'] | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'What people read. "Unavailable page" for a mention of what you do not reach.',
  })
  plainText!: string | null;

  @Field(() => String, { nullable: true, description: 'Where it links to; null when it does not, and for mentions.' })
  href!: string | null;

  @Field(() => [AnnotationEnum], { nullable: true, description: 'How it looks.' })
  annotations!: Annotation[] | null;

  @Field(() => Resource, {
    nullable: true,
    description: 'What it mentions; null when that is gone or out of your reach.',
  })
  mention?: Resource | null;
}

/** Spans for a reader with these bits on the page the text stands on. */
export const spansOf = (stored: readonly RichTextSpan[], access: Bits, titles: Titles): Span[] =>
  stored.map((span) => ({
    access,
    type: span.type,
    plainText: plainText([span], (id) => titles[id]),
    href: span.type === 'TEXT' ? (span.href ?? null) : null,
    annotations: span.annotations ?? [],
    mentionedId: span.type === 'MENTION' ? span.resourceId : null,
  }));
