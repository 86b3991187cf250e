// Rich text → Markdown phrasing. Neighbours of the same style share their marks, links outside. A mention is a link with
// the title as its text; one that is masked for the reader is text alone, and names nothing.

import type { Literal, PhrasingContent } from 'mdast';
import type { Options } from 'mdast-util-to-markdown';
import { linkToDate, linkToResource, linkToUser } from './markdown-links.js';
import { type Annotation, type RichTextSpan, textOfDate, UNAVAILABLE_MENTION, UNAVAILABLE_USER } from './rich-text.js';
import type { Titles } from './span.js';

/** Text as it is to stand in the source. */
export interface Escaped extends Literal {
  type: 'escaped';
}

declare module 'mdast' {
  interface PhrasingContentMap {
    escaped: Escaped;
  }
  interface RootContentMap {
    escaped: Escaped;
  }
}

/** How `escaped` nodes are written. */
export const escapedToMarkdown: Options = {
  handlers: {
    escaped: Object.assign(({ value }: Escaped) => value, { peek: ({ value }: Escaped) => value.charAt(0) }),
  },
};

/** Where a text stands: only in paragraphs may its lines end. */
export type Line = 'PARAGRAPH' | 'HEADING' | 'CELL' | 'SUMMARY';

type Mark = { href: string } | Exclude<Annotation, 'CODE'>;

/** Something in a line, with the marks around it, the outermost first. */
interface Item {
  marks: readonly Mark[];
  nodes: PhrasingContent[];
}

const MARKS = ['BOLD', 'ITALIC', 'STRIKETHROUGH', 'UNDERLINE'] as const;

/** Nodes of a text for a reader who may read these titles and names. */
export function phrasingOf(spans: readonly RichTextSpan[], titles: Titles, line: Line): PhrasingContent[] {
  const items = merged(spans).map((span) => itemOf(span, titles, line));
  const nodes = atEdges(nested(items), line);
  return spans.some(({ annotations }) => annotations?.includes('STRIKETHROUGH'))
    ? nodes.flatMap(withUnderscores)
    : nodes;
}

function itemOf(span: RichTextSpan, titles: Titles, line: Line): Item {
  const annotations = span.annotations ?? [];
  const isCode = annotations.includes('CODE');
  const marks = MARKS.filter((mark) => annotations.includes(mark));
  const linked = (url: string, text: string): Item => {
    const children = [isCode ? codeOf(text) : { type: 'text' as const, value: text }];
    return { marks, nodes: [{ type: 'link', url, children }] };
  };
  switch (span.type) {
    case 'TEXT': {
      const nodes = isCode ? codeNodes(span.text, line) : textNodes(span.text, line);
      return { marks: span.href === undefined ? marks : [{ href: span.href }, ...marks], nodes };
    }
    case 'EQUATION':
      return { marks, nodes: [{ type: 'inlineMath', value: span.expression }] };
    case 'MENTION': {
      const title = titles[span.resourceId];
      if (title === undefined) return { marks, nodes: [{ type: 'text', value: UNAVAILABLE_MENTION }] };
      return linked(linkToResource(span.resourceId), inOneLine(title) || 'Untitled');
    }
    case 'USER':
      return linked(linkToUser(span.userId), inOneLine(titles[span.userId] ?? UNAVAILABLE_USER));
    case 'DATE':
      return linked(linkToDate(span), textOfDate(span));
  }
}

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Code between grave accents loses line ends; such code is an element, and so is what would close the element a summary
 *  stands in, or its cell. */
function codeNodes(text: string, line: Line): PhrasingContent[] {
  const isLost =
    /[\r\n]/.test(text) || (line === 'SUMMARY' ? text.includes('<') : line === 'CELL' && text.includes('\\|'));
  if (!isLost) return [codeOf(text)];
  return [html('<code>'), ...textNodes(text, 'CELL'), html('</code>')];
}

const codeOf = (value: string): PhrasingContent => ({ type: 'inlineCode', value });
const html = (value: string): PhrasingContent => ({ type: 'html', value });
const escaped = (value: string): PhrasingContent => ({ type: 'escaped', value });

/** A line end is a break. It is an element where no line may end, and where a break would not be one: beside a mark, or
 *  at the end of a text. */
function textNodes(text: string, line: Line): PhrasingContent[] {
  const parts = text.split(/\r\n?|\n/);
  return parts.flatMap((value, index): PhrasingContent[] => {
    const node: PhrasingContent[] = value === '' ? [] : [{ type: 'text', value }];
    if (index === 0) return node;
    const isWithin = line === 'PARAGRAPH' && value !== '' && parts[index - 1] !== '';
    return [isWithin ? { type: 'break' } : html('<br>'), ...node];
  });
}

function atEdges(nodes: PhrasingContent[], line: Line): PhrasingContent[] {
  const [only, ...others] = nodes;
  if (only?.type === 'inlineMath' && others.length === 0) return [{ ...only, isAlone: true }];
  return line === 'CELL' ? spaced(nodes) : nodes;
}

/** The serialiser leaves an underscore within a word alone, and then writes a letter beside tildes as a number, where the
 *  underscore becomes a mark: beside tildes all of them are escaped here. */
function withUnderscores(node: PhrasingContent): PhrasingContent[] {
  if ('children' in node) return [{ ...node, children: node.children.flatMap(withUnderscores) } as PhrasingContent];
  if (node.type !== 'text' || !node.value.includes('_')) return [node];
  return node.value
    .split(/(_)/)
    .filter((part) => part !== '')
    .map((part) => (part === '_' ? escaped('\\_') : { type: 'text', value: part }));
}

/** A cell loses the spaces at its ends: they are written as numbers. */
function spaced(nodes: PhrasingContent[]): PhrasingContent[] {
  const spaces = (text: string) =>
    text === '' ? [] : [escaped(text.replace(/./g, (space) => (space === ' ' ? '&#x20;' : '&#x9;')))];
  return nodes.flatMap((node, index): PhrasingContent[] => {
    if (node.type !== 'text') return [node];
    const before = index === 0 ? (/^[ \t]+/.exec(node.value)?.[0] ?? '') : '';
    const rest = node.value.slice(before.length);
    const after = index === nodes.length - 1 ? (/[ \t]+$/.exec(rest)?.[0] ?? '') : '';
    const value = rest.slice(0, rest.length - after.length);
    return [...spaces(before), ...(value === '' ? [] : [{ ...node, value }]), ...spaces(after)];
  });
}

/** Marks around as many neighbours as have them. */
function nested(items: readonly Item[]): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  for (let index = 0; index < items.length; ) {
    const item = items[index] as Item;
    const { mark, end } = widest(items, index);
    if (mark === null) {
      // Dollars next to dollars would be one run of them; an empty element keeps them apart, and is read as nothing.
      const isNextToFormula = nodes.at(-1)?.type === 'inlineMath' && item.nodes[0]?.type === 'inlineMath';
      if (isNextToFormula) nodes.push(html('<u>'), html('</u>'));
      nodes.push(...item.nodes);
      index += 1;
      continue;
    }
    const inside = items.slice(index, end).map(({ marks, nodes: own }) => ({
      marks: marks.filter((one) => !same(one, mark)),
      nodes: own,
    }));
    nodes.push(...wrapped(mark, nested(inside)));
    index = end;
  }
  return nodes;
}

/** The mark of an item that goes on the longest; a link before anything else, as no link stands in another. */
function widest(items: readonly Item[], from: number): { mark: Mark | null; end: number } {
  let best: { mark: Mark | null; end: number } = { mark: null, end: from };
  for (const mark of items[from]?.marks ?? []) {
    let end = from + 1;
    while (end < items.length && items[end]?.marks.some((one) => same(one, mark))) end += 1;
    if (typeof mark === 'object') return { mark, end };
    if (end > best.end) best = { mark, end };
  }
  return best;
}

const same = (one: Mark, other: Mark): boolean =>
  typeof one === 'object' && typeof other === 'object' ? one.href === other.href : one === other;

function wrapped(mark: Mark, children: PhrasingContent[]): PhrasingContent[] {
  if (typeof mark === 'object') return [{ type: 'link', url: mark.href, children }];
  switch (mark) {
    case 'BOLD':
      return [{ type: 'strong', children }];
    case 'ITALIC':
      return [{ type: 'emphasis', children }];
    case 'STRIKETHROUGH':
      return [{ type: 'delete', children }];
    case 'UNDERLINE':
      return [html('<u>'), ...children, html('</u>')];
  }
}

/** Neighbours that look the same are one piece. */
function merged(spans: readonly RichTextSpan[]): RichTextSpan[] {
  const result: RichTextSpan[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last?.type === 'TEXT' && span.type === 'TEXT' && styleOf(last) === styleOf(span)) {
      result[result.length - 1] = { ...last, text: last.text + span.text };
    } else result.push(span);
  }
  return result;
}

const styleOf = (span: RichTextSpan): string =>
  JSON.stringify(['href' in span ? span.href : null, span.annotations ?? []]);
