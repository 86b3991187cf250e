// Rich text as clients write it, and as it is stored.

import { Directive, Field, ID, InputType } from 'type-graphql';
import { type Id, parseId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { requireDate } from '../property/date-text.js';
import { type ContentLimits, type Path, place, requireText, requireWithin } from './limits.js';
import { ANNOTATIONS, type Annotation, type RichTextSpan, type SpanStyle, type TextColor } from './rich-text.js';
import { AnnotationEnum, TextColorEnum } from './span.js';

@InputType({ description: 'A day or a moment, or a time between two.' })
export class MentionedDateInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: 'A day like `2026-11-22`, or a moment with its offset or `timeZone`.' })
  start!: string;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'When it ends, in the same form.' })
  end?: string | null;

  @Field(() => String, { nullable: true, description: 'Such as `Europe/Zurich`; beside moments only.' })
  timeZone?: string | null;
}

@InputType({
  description: 'A piece of rich text in one style: exactly one of `text`, `equation`, `mention`, `user` and `date`.',
})
export class SpanInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Text.' })
  text?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'A formula in TeX.' })
  equation?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of a page, database or data source that you reach.' })
  mention?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of a member or bot of this workspace.' })
  user?: string | null;

  @Field(() => MentionedDateInput, { nullable: true, description: 'A date.' })
  date?: MentionedDateInput | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Where `text` links to.' })
  href?: string | null;

  @Field(() => [AnnotationEnum], { nullable: true, description: 'How it looks.' })
  annotations?: Annotation[] | null;

  @Field(() => TextColorEnum, { nullable: true, description: 'Its colour; the usual one when left out.' })
  color?: TextColor | null;
}

/** As it is stored; pieces without text are left out. Whether what it mentions is there for the caller is for the command
 *  to ask. Refused: a piece that is several things or none, a link on something else than text, what is over a limit. */
export function spansOfInput(inputs: readonly SpanInput[], limits: ContentLimits, path: Path): RichTextSpan[] {
  requireWithin(inputs.length, limits, { limit: 'maxSpans', units: 'pieces', path });
  return inputs.flatMap((input, index) => spanOf(input, limits, [...path, String(index)]));
}

function spanOf(input: SpanInput, limits: ContentLimits, path: Path): RichTextSpan[] {
  const { text, equation, mention, user, date, href, annotations, color } = input;
  const given = [text, equation, mention, user, date].filter((one) => one != null).length;
  if (given !== 1) {
    throw new Refusal(
      given === 0 ? 'REQUIRED' : 'INVALID',
      `${place(path)} holds exactly one of text, equation, mention, user and date, but got: ${given}`,
      { path },
    );
  }
  if (href != null && text == null) {
    throw new Refusal('INVALID', `${place(path)} is no text, and only text links.`, { path: [...path, 'href'] });
  }
  const style: SpanStyle = {
    ...(annotations?.length && { annotations: ANNOTATIONS.filter((one) => annotations.includes(one)) }),
    ...(color && { color }),
  };
  if (mention != null) {
    return [{ type: 'MENTION', resourceId: requireNamed(mention, MENTIONED, [...path, 'mention']), ...style }];
  }
  if (user != null) return [{ type: 'USER', userId: requireNamed(user, PERSON, [...path, 'user']), ...style }];
  if (date != null) return [{ type: 'DATE', ...requireDate(date, [...path, 'date']), ...style }];
  if (equation != null) {
    const expression = requireText(equation, limits, { limit: 'maxEquationLength', path: [...path, 'equation'] });
    return expression === '' ? [] : [{ type: 'EQUATION', expression, ...style }];
  }
  const words = requireText(text ?? '', limits, { limit: 'maxTextLength', path: [...path, 'text'] });
  if (words === '') return [];
  const link = href == null ? null : requireAddress(href, limits, [...path, 'href']);
  return [{ type: 'TEXT', text: words, ...(link && { href: link }), ...style }];
}

/** What is said of something mentioned that is missing or out of reach, which look the same. */
export const MENTIONED = 'What is mentioned';
export const PERSON = 'The person';

/** An id in an input; refused like something missing when it is none. */
export function requireNamed(text: string, what: string, path: Path): Id {
  const id = parseId(text);
  if (id === null) throw notFoundAt(what, path);
  return id;
}

export const notFoundAt = (what: string, path: Path): Refusal =>
  new Refusal('NOT_FOUND', `${what} was not found.`, { path });

/** A web address as people write it, trimmed; null when it is empty. Refused: one that would be run where it is clicked. */
export function requireAddress(text: string, limits: ContentLimits, path: Path): string | null {
  const address = requireText(text, limits, { limit: 'maxUrlLength', path }).trim();
  if (address === '') return null;
  if (/\s|\p{Cc}/u.test(address) || /^(javascript|data|vbscript):/i.test(address)) {
    throw new Refusal('INVALID', `${place(path)} is no web address.`, { path });
  }
  return address;
}
