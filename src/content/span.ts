// Rich text as GraphQL shows it. A mention shows the title of what it points to only to those who may read that;
// for everybody else it looks the same whether the page is hidden or gone. A name shows by the rule of people.

import { Directive, Field, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { User } from '../people/user.js';
import { Resource } from './resource.js';
import { type Annotation, type DateSpan, plainText, type RichTextSpan, type TextColor } from './rich-text.js';

export const AnnotationEnum = enumType<Annotation>('Annotation', 'How a piece of text looks.', {
  BOLD: 'Bold.',
  ITALIC: 'Italic.',
  STRIKETHROUGH: 'Struck through.',
  UNDERLINE: 'Underlined.',
  CODE: 'Set as code.',
});

export const TextColorEnum = enumType<TextColor>('TextColor', 'Colour of text, or of what is behind it.', {
  GRAY: 'Grey.',
  BROWN: 'Brown.',
  ORANGE: 'Orange.',
  YELLOW: 'Yellow.',
  GREEN: 'Green.',
  BLUE: 'Blue.',
  PURPLE: 'Purple.',
  PINK: 'Pink.',
  RED: 'Red.',
  GRAY_BACKGROUND: 'On grey.',
  BROWN_BACKGROUND: 'On brown.',
  ORANGE_BACKGROUND: 'On orange.',
  YELLOW_BACKGROUND: 'On yellow.',
  GREEN_BACKGROUND: 'On green.',
  BLUE_BACKGROUND: 'On blue.',
  PURPLE_BACKGROUND: 'On purple.',
  PINK_BACKGROUND: 'On pink.',
  RED_BACKGROUND: 'On red.',
});

export const SpanType = enumType<RichTextSpan['type']>('SpanType', 'What a piece of rich text is.', {
  TEXT: 'Text, perhaps with a link.',
  EQUATION: 'A formula in TeX.',
  MENTION: 'A link to a page, database or data source of this workspace.',
  USER: 'A mention of a person or bot.',
  DATE: 'A date.',
});

/** Titles and names of what is mentioned, as far as the reader may read them; everything else is masked. */
export type Titles = Readonly<Record<Id, string>>;

// Text stands in blocks and values, and in comments, whose readers need not read the page. Whatever holds it asks before.
const READS = '@requires(anyOf: [[CONTENT_READ], [COMMENT_READ]])';

@Directive(READS)
@ObjectType({ simpleResolvers: true, description: 'A day or a moment in a text, or a time between two.' })
export class MentionedDate {
  access!: Bits;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'When it begins: a day, or a moment in UTC.' })
  start!: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'When it ends; null when it does not say.' })
  end!: string | null;

  @Field(() => String, { nullable: true, description: 'The time zone it was written in; null when it does not say.' })
  timeZone!: string | null;
}

@Directive(READS)
@ObjectType({ simpleResolvers: true, description: 'A piece of rich text in one style.' })
export class Span {
  access!: Bits;
  mentionedId!: Id | null;
  userId!: Id | null;

  @Field(() => SpanType, { nullable: true, description: 'What it is.' })
  type!: RichTextSpan['type'] | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description:
      'What people read. "Unavailable page" for a mention of what you do not reach, "Unavailable person" for a name you may not read.',
  })
  plainText!: string | null;

  @Field(() => String, { nullable: true, description: 'Where it links to; null when it does not, and for mentions.' })
  href!: string | null;

  @Field(() => [AnnotationEnum], { nullable: true, description: 'How it looks.' })
  annotations!: Annotation[] | null;

  @Field(() => TextColorEnum, { nullable: true, description: 'Its colour; null for the usual one.' })
  color!: TextColor | null;

  @Field(() => Resource, {
    nullable: true,
    description: 'What it mentions; null when that is gone or out of your reach.',
  })
  mention?: Resource | null;

  @Field(() => User, { nullable: true, description: 'Whom it mentions; null when it mentions nobody of here.' })
  user?: User | null;

  @Field(() => MentionedDate, { nullable: true, description: 'The date it is; null when it is none.' })
  date!: MentionedDate | null;
}

/** Spans for a reader with these bits on the page the text stands on. */
export const spansOf = (stored: readonly RichTextSpan[], access: Bits, titles: Titles): Span[] =>
  stored.map((span) => ({
    access,
    type: span.type,
    plainText: plainText([span], (id) => titles[id]),
    href: span.type === 'TEXT' ? (span.href ?? null) : null,
    annotations: span.annotations ?? [],
    color: span.color ?? null,
    mentionedId: span.type === 'MENTION' ? span.resourceId : null,
    userId: span.type === 'USER' ? span.userId : null,
    date: span.type === 'DATE' ? dateOf(span, access) : null,
  }));

const dateOf = ({ start, end, timeZone }: DateSpan, access: Bits): MentionedDate => ({
  access,
  start,
  end: end ?? null,
  timeZone: timeZone ?? null,
});
