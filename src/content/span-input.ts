// Rich text as clients write it, and as it is stored.

import { Directive, Field, ID, InputType } from 'type-graphql';
import { parseId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type ContentLimits, type Path, place, requireText, requireWithin } from './limits.js';
import type { Annotation, RichTextSpan } from './rich-text.js';
import { AnnotationEnum } from './span.js';

@InputType({ description: 'A piece of rich text in one style: exactly one of `text`, `equation` and `mention`.' })
export class SpanInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Text.' })
  text?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'A formula in TeX.' })
  equation?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of a page, database or data source that you reach.' })
  mention?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Where `text` links to.' })
  href?: string | null;

  @Field(() => [AnnotationEnum], { nullable: true, description: 'How it looks.' })
  annotations?: Annotation[] | null;
}

/** As it is stored; pieces without text are left out. Whether what it mentions is there for the caller is for the command
 *  to ask. Refused: a piece that is several things or none, a link on something else than text, what is over a limit. */
export function spansOfInput(inputs: readonly SpanInput[], limits: ContentLimits, path: Path): RichTextSpan[] {
  requireWithin(inputs.length, limits, { limit: 'maxSpans', units: 'pieces', path });
  return inputs.flatMap((input, index) => spanOf(input, limits, [...path, String(index)]));
}

function spanOf(
  { text, equation, mention, href, annotations }: SpanInput,
  limits: ContentLimits,
  path: Path,
): RichTextSpan[] {
  const given = [text, equation, mention].filter((one) => one != null).length;
  if (given !== 1) {
    throw new Refusal(
      given === 0 ? 'REQUIRED' : 'INVALID',
      `${place(path)} holds exactly one of text, equation and mention, but got: ${given}`,
      { path },
    );
  }
  if (href != null && text == null) {
    throw new Refusal('INVALID', `${place(path)} is no text, and only text links.`, { path: [...path, 'href'] });
  }
  const style = annotations?.length ? { annotations: [...new Set(annotations)] } : {};
  if (mention != null) {
    const resourceId = parseId(mention);
    if (resourceId === null) throw notFound('What is mentioned');
    return [{ type: 'MENTION', resourceId, ...style }];
  }
  if (equation != null) {
    const expression = requireText(equation, limits, { limit: 'maxEquationLength', path: [...path, 'equation'] });
    return expression === '' ? [] : [{ type: 'EQUATION', expression, ...style }];
  }
  const words = requireText(text ?? '', limits, { limit: 'maxTextLength', path: [...path, 'text'] });
  if (words === '') return [];
  const link = href == null ? null : requireAddress(href, limits, [...path, 'href']);
  return [{ type: 'TEXT', text: words, ...(link && { href: link }), ...style }];
}

/** A web address as people write it, trimmed; null when it is empty. Refused: one that would be run where it is clicked. */
export function requireAddress(text: string, limits: ContentLimits, path: Path): string | null {
  const address = requireText(text, limits, { limit: 'maxUrlLength', path }).trim();
  if (address === '') return null;
  if (/\s|\p{Cc}/u.test(address) || /^(javascript|data|vbscript):/i.test(address)) {
    throw new Refusal('INVALID', `${place(path)} is no web address.`, { path });
  }
  return address;
}
