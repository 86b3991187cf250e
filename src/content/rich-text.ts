// Rich text as it is stored: spans in reading order. A mention keeps the id of what it points to and never its
// title: the title is content of another page and is looked up for each reader.

import type { Id } from '../lib/id.js';

export const ANNOTATIONS = ['BOLD', 'ITALIC', 'STRIKETHROUGH', 'UNDERLINE', 'CODE'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];

export interface TextSpan {
  type: 'TEXT';
  text: string;
  href?: string;
  annotations?: Annotation[];
}

export interface EquationSpan {
  type: 'EQUATION';
  expression: string;
  annotations?: Annotation[];
}

export interface MentionSpan {
  type: 'MENTION';
  /** A page, database or data source of the same workspace; may be out of the reader's reach, or gone. */
  resourceId: Id;
  annotations?: Annotation[];
}

export type RichTextSpan = TextSpan | EquationSpan | MentionSpan;

/** What a reader sees where a mention points to something missing or out of reach. */
export const UNAVAILABLE_MENTION = 'Unavailable page';

/** Ids of everything the spans mention, each once. */
export const mentionsIn = (spans: readonly RichTextSpan[]): Id[] => [
  ...new Set(spans.flatMap((span) => (span.type === 'MENTION' ? [span.resourceId] : []))),
];

/** Plain text of spans for a reader for whom `titleOf` answers; `undefined` masks the mention. */
export const plainText = (spans: readonly RichTextSpan[], titleOf: (id: Id) => string | undefined): string =>
  spans
    .map((span) => {
      if (span.type === 'TEXT') return span.text;
      if (span.type === 'EQUATION') return span.expression;
      return titleOf(span.resourceId) ?? UNAVAILABLE_MENTION;
    })
    .join('');

/** What filters and sorts look at: text and formulas as written. A mention adds nothing, because what it shows
 *  depends on who reads it. */
export const comparableText = (spans: readonly RichTextSpan[]): string => plainText(spans, () => '');
