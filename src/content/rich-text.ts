// Rich text as it is stored: spans in reading order. A mention keeps the id of what it points to and never its
// title: the title is content of another page and is looked up for each reader.

import type { Id } from '../lib/id.js';

export const ANNOTATIONS = ['BOLD', 'ITALIC', 'STRIKETHROUGH', 'UNDERLINE', 'CODE'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];

/** Of text, and of blocks. */
export const TEXT_COLORS = [
  'GRAY',
  'BROWN',
  'ORANGE',
  'YELLOW',
  'GREEN',
  'BLUE',
  'PURPLE',
  'PINK',
  'RED',
  'GRAY_BACKGROUND',
  'BROWN_BACKGROUND',
  'ORANGE_BACKGROUND',
  'YELLOW_BACKGROUND',
  'GREEN_BACKGROUND',
  'BLUE_BACKGROUND',
  'PURPLE_BACKGROUND',
  'PINK_BACKGROUND',
  'RED_BACKGROUND',
] as const;
export type TextColor = (typeof TEXT_COLORS)[number];

export interface SpanStyle {
  annotations?: Annotation[];
  color?: TextColor;
}

export interface TextSpan extends SpanStyle {
  type: 'TEXT';
  text: string;
  href?: string;
}

export interface EquationSpan extends SpanStyle {
  type: 'EQUATION';
  expression: string;
}

export interface MentionSpan extends SpanStyle {
  type: 'MENTION';
  /** A page, database or data source of the same workspace; may be out of the reader's reach, or gone. */
  resourceId: Id;
}

export interface UserSpan extends SpanStyle {
  type: 'USER';
  /** Somebody of the same workspace, or a bot; may have left. */
  userId: Id;
}

export interface DateSpan extends SpanStyle {
  type: 'DATE';
  /** A day or a moment, as ISO 8601 writes it. */
  start: string;
  end?: string;
  timeZone?: string;
}

export type RichTextSpan = TextSpan | EquationSpan | MentionSpan | UserSpan | DateSpan;

/** What a reader sees where a mention points to something missing or out of reach. */
export const UNAVAILABLE_MENTION = 'Unavailable page';
/** And where it points to somebody whose name is not hers to read. */
export const UNAVAILABLE_USER = 'Unavailable person';

/** Ids of the pages, databases and data sources the spans mention, each once. */
export const mentionsIn = (spans: readonly RichTextSpan[]): Id[] => [
  ...new Set(spans.flatMap((span) => (span.type === 'MENTION' ? [span.resourceId] : []))),
];

/** Ids of the people and bots the spans mention, each once. */
export const usersIn = (spans: readonly RichTextSpan[]): Id[] => [
  ...new Set(spans.flatMap((span) => (span.type === 'USER' ? [span.userId] : []))),
];

/** Plain text of spans for a reader for whom `nameOf` answers titles and names; `undefined` masks the mention. */
export const plainText = (spans: readonly RichTextSpan[], nameOf: (id: Id) => string | undefined): string =>
  spans.map((span) => shownText(span, nameOf)).join('');

function shownText(span: RichTextSpan, nameOf: (id: Id) => string | undefined): string {
  switch (span.type) {
    case 'TEXT':
      return span.text;
    case 'EQUATION':
      return span.expression;
    case 'MENTION':
      return nameOf(span.resourceId) ?? UNAVAILABLE_MENTION;
    case 'USER':
      return nameOf(span.userId) ?? UNAVAILABLE_USER;
    case 'DATE':
      return textOfDate(span);
  }
}

/** A day, a moment, or two of them with an arrow in between. */
export const textOfDate = ({ start, end }: Pick<DateSpan, 'start' | 'end'>): string =>
  end === undefined ? start : `${start} → ${end}`;

/** What filters and sorts look at: text, formulas and dates as written. A mention adds nothing, because what it shows
 *  depends on who reads it. */
export const comparableText = (spans: readonly RichTextSpan[]): string => plainText(spans, () => '');
