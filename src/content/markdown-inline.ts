// Inside one paragraph: Markdown phrasing → rich text, with the pictures and files that have to become blocks.

import type { Definition, Image, Link, LinkReference, Nodes, PhrasingContent, Text } from 'mdast';
import type { BlockContent, FileReference } from './block-content.js';
import { isImageName } from './content-type.js';
import type { Dialect, LinkTarget, ResolveLink } from './markdown-dialect.js';
import { looksLikeFormula } from './markdown-math.js';
import { ANNOTATIONS, type Annotation, type RichTextSpan } from './rich-text.js';
import { decodeLink, webFileName } from './web-address.js';

export interface InlineContext {
  /** The text the nodes were parsed from. */
  source: string;
  resolve: ResolveLink;
  dialect: Dialect;
  /** What references stand for, by identifier. */
  definitions: ReadonlyMap<string, Definition>;
}

/** A span, or a block that cannot stand in a line; `label` is what the line shows in its place. */
export type Piece = { span: RichTextSpan } | { block: BlockContent; label: RichTextSpan[] };

interface Style {
  annotations: readonly Annotation[];
  href?: string;
}

const PLAIN: Style = { annotations: [] };

/** Pieces in reading order, neighbours of the same style merged; of an export without white space around them. */
export function piecesOf(nodes: readonly PhrasingContent[], context: InlineContext): Piece[] {
  const pieces = merged(walk(nodes, context, PLAIN));
  return context.dialect.isExport ? trimmed(pieces) : pieces;
}

/** Spans only, for places where no block can stand; the blocks come separately. */
export function splitPieces(pieces: readonly Piece[]): { spans: RichTextSpan[]; blocks: BlockContent[] } {
  const spans = pieces.flatMap((piece) =>
    'span' in piece ? [{ span: piece.span }] : piece.label.map((span) => ({ span })),
  );
  return {
    spans: merged(spans).map((piece) => (piece as { span: RichTextSpan }).span),
    blocks: pieces.flatMap((piece) => ('block' in piece ? [piece.block] : [])),
  };
}

/** The letters of a node without any marks. */
export function textOf(node: Nodes): string {
  if ('value' in node) return node.value;
  if (node.type === 'break') return '\n';
  if ('alt' in node) return node.alt ?? '';
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

function walk(nodes: readonly PhrasingContent[], context: InlineContext, style: Style): Piece[] {
  const pieces: Piece[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index]!;
    if (node.type === 'html') {
      const element = elementAt(nodes, index);
      if (element) {
        pieces.push(...walkElement(element, context, style));
        index = element.end;
        continue;
      }
    }
    pieces.push(...walkOne(node, context, style));
  }
  return pieces;
}

function walkOne(node: PhrasingContent, context: InlineContext, style: Style): Piece[] {
  switch (node.type) {
    case 'text':
      return context.dialect.isExport ? textPieces(node, context, style) : [text(inOneLine(node.value), style)];
    case 'inlineMath':
      return [{ span: { type: 'EQUATION', expression: node.value, ...marksOf(style) } }];
    case 'strong':
      return walk(node.children, context, withMark(style, 'BOLD'));
    case 'emphasis':
      return walk(node.children, context, withMark(style, 'ITALIC'));
    case 'delete':
      return walk(node.children, context, withMark(style, 'STRIKETHROUGH'));
    case 'inlineCode':
      return [text(context.dialect.isExport ? node.value : inOneLine(node.value), withMark(style, 'CODE'))];
    case 'break':
      return [text('\n', style)];
    case 'link':
      return linkPieces(node, context, style);
    case 'image':
      return imagePieces(node, context, style);
    case 'linkReference':
      return referencePieces(node, context, style);
    case 'imageReference': {
      const url = context.definitions.get(node.identifier)?.url;
      return url === undefined
        ? [text(sourceOf(node, context) ?? textOf(node), style)]
        : imagePieces({ type: 'image', url, alt: node.alt ?? '' }, context, style);
    }
    case 'html':
      return htmlPieces(node.value, context, style);
    default:
      // Footnotes are switched off in the parser; whatever else comes keeps its source.
      return [text(sourceOf(node, context) ?? textOf(node), style)];
  }
}

/** The end of a line is a space to Markdown; only a break is a break. */
const inOneLine = (value: string): string => value.replace(/\n/g, ' ');

const withMark = (style: Style, mark: Annotation): Style =>
  style.annotations.includes(mark)
    ? style
    : { ...style, annotations: ANNOTATIONS.filter((it) => it === mark || style.annotations.includes(it)) };

const text = (value: string, style: Style): Piece => ({
  span: {
    type: 'TEXT',
    text: value,
    ...(style.href !== undefined && { href: style.href }),
    ...marksOf(style),
  },
});

const marksOf = ({ annotations }: Style): { annotations?: Annotation[] } =>
  annotations.length > 0 ? { annotations: [...annotations] } : {};

function sourceOf(node: Nodes, { source }: InlineContext): string | null {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  return start === undefined || end === undefined ? null : source.slice(start, end);
}

// ---- links and pictures

function linkPieces(node: Link, context: InlineContext, style: Style): Piece[] {
  const target = context.resolve(node.url);
  const label = (inner: Style) => {
    const pieces = walk(node.children, context, inner);
    return pieces.length > 0 ? pieces : [text(decodeLink(node.url), inner)];
  };
  switch (target.kind) {
    case 'RESOURCE':
    case 'USER':
    case 'DATE': {
      const first = walk(node.children, context, style)[0];
      const annotations = first && 'span' in first ? first.span.annotations : undefined;
      return [{ span: mentionOf(target, annotations ? { annotations } : style) }];
    }
    case 'WEB':
      return label({ ...style, href: target.url });
    case 'FILE': {
      const pieces = label(style);
      if (pieces.some((piece) => 'block' in piece)) return pieces;
      const { spans } = splitPieces(pieces);
      const file = storedFile(target);
      return [{ block: { type: 'FILE', file, caption: captionOf(textOf(node), target.name) }, label: spans }];
    }
    case 'UNSAFE':
      return [...label(style), text(` (${node.url})`, style)];
    case 'MISSING':
      return label(style);
  }
}

/** What is mentioned; its title or name is looked up for each reader, and what the link says is forgotten. */
function mentionOf(target: Extract<LinkTarget, { kind: 'RESOURCE' | 'USER' | 'DATE' }>, style: Style): RichTextSpan {
  switch (target.kind) {
    case 'RESOURCE':
      return { type: 'MENTION', resourceId: target.id, ...marksOf(style) };
    case 'USER':
      return { type: 'USER', userId: target.id, ...marksOf(style) };
    case 'DATE': {
      const { kind: _kind, ...date } = target;
      return { type: 'DATE', ...date, ...marksOf(style) };
    }
  }
}

const storedFile = ({ kind: _kind, path: _path, ...file }: Extract<LinkTarget, { kind: 'FILE' }>): FileReference =>
  file;

function referencePieces(node: LinkReference, context: InlineContext, style: Style): Piece[] {
  const url = context.definitions.get(node.identifier)?.url;
  if (url === undefined) return [text(sourceOf(node, context) ?? textOf(node), style)];
  return linkPieces({ type: 'link', url, children: node.children }, context, style);
}

function imagePieces(node: Image, context: InlineContext, style: Style): Piece[] {
  const target = context.resolve(node.url);
  const alt = node.alt ?? '';
  if (target.kind === 'RESOURCE' || target.kind === 'USER' || target.kind === 'DATE') {
    return [{ span: mentionOf(target, style) }];
  }
  if (target.kind !== 'FILE' && target.kind !== 'WEB') {
    return [text(sourceOf(node, context) ?? `![${alt}](${node.url})`, style)];
  }
  const name = target.kind === 'FILE' ? target.name : webFileName(target.url);
  const file = target.kind === 'FILE' ? storedFile(target) : { name, url: target.url };
  const isPicture = !context.dialect.isExport || isImageName(name) || !/\.[a-z0-9]{2,5}$/i.test(name);
  const type = isPicture ? 'IMAGE' : 'FILE';
  const href = target.kind === 'WEB' ? target.url : undefined;
  const caption = captionOf(alt, name);
  // A picture that is a link keeps its address in the caption.
  const linked =
    style.href === undefined ? caption : [{ type: 'TEXT' as const, text: alt || style.href, href: style.href }];
  const shown = text(alt || name, { ...style, ...(href !== undefined && { href }) });
  return [{ block: { type, file, caption: linked }, label: 'span' in shown ? [shown.span] : [] }];
}

const captionOf = (label: string, name: string): RichTextSpan[] =>
  label.trim() === '' || label.trim() === name ? [] : [{ type: 'TEXT', text: label.trim() }];

// ---- HTML

const MARK_OF_ELEMENT: Readonly<Record<string, Annotation>> = {
  b: 'BOLD',
  strong: 'BOLD',
  i: 'ITALIC',
  em: 'ITALIC',
  s: 'STRIKETHROUGH',
  del: 'STRIKETHROUGH',
  strike: 'STRIKETHROUGH',
  u: 'UNDERLINE',
  code: 'CODE',
};

interface Element {
  name: string;
  href: string | undefined;
  children: PhrasingContent[];
  /** Index of the closing tag. */
  end: number;
}

/** The element a tag opens, when it is one we know and it is closed in the same line. */
function elementAt(nodes: readonly PhrasingContent[], start: number): Element | null {
  const node = nodes[start]!;
  const open = node.type === 'html' ? /^<([a-z]+)(\s[^>]*)?>$/i.exec(node.value) : null;
  if (!open) return null;
  const name = open[1]!.toLowerCase();
  if (!Object.hasOwn(MARK_OF_ELEMENT, name) && name !== 'a') return null;
  let depth = 0;
  for (let index = start; index < nodes.length; index += 1) {
    const other = nodes[index]!;
    if (other.type !== 'html') continue;
    if (new RegExp(`^<${name}(\\s[^>]*)?>$`, 'i').test(other.value)) depth += 1;
    else if (new RegExp(`^</${name}\\s*>$`, 'i').test(other.value)) depth -= 1;
    if (depth > 0) continue;
    return { name, href: attribute(open[2] ?? '', 'href'), children: nodes.slice(start + 1, index), end: index };
  }
  return null;
}

function walkElement({ name, href, children }: Element, context: InlineContext, style: Style): Piece[] {
  if (name !== 'a') return walk(children, context, withMark(style, MARK_OF_ELEMENT[name]!));
  return linkPieces({ type: 'link', url: href ?? '', children: children as Link['children'] }, context, style);
}

function htmlPieces(value: string, context: InlineContext, style: Style): Piece[] {
  if (/^<br\s*\/?>$/i.test(value)) return [text('\n', style)];
  const image = imageTag(value);
  return image ? imagePieces(image, context, style) : [text(value, style)];
}

/** An `<img>` as the Markdown it stands for, or `null`. */
export function imageTag(html: string): Image | null {
  const tag = /^<img\s([^>]*?)\/?>$/i.exec(html.trim());
  const url = tag && attribute(tag[1]!, 'src');
  return url ? { type: 'image', url, alt: attribute(tag[1]!, 'alt') ?? '' } : null;
}

const attribute = (attributes: string, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i')
    .exec(attributes)
    ?.slice(1)
    .find((it) => it !== undefined);

// ---- plain text: formulas, and links that CommonMark does not take for links

// Only what looks like a formula: "$5 and $10" does not.
const FORMULA = /(?<![\\$])\$(?!\s)([^$\n]+?)(?<![\s\\])\$(?![\d$])/;
const LOOSE_LINK = /(!?)\[([^\]\n]*)\]\(((?:(?!\]\()[^\n])+?\.[A-Za-z0-9]{1,8})\)/;

function textPieces(node: Text, context: InlineContext, style: Style): Piece[] {
  const source = sourceOf(node, context)?.replace(/\n[ \t>]*/g, '\n');
  // Backslashes belong to a formula, but Markdown has already eaten some of them.
  const isLiteral = source === undefined || source === node.value;
  const raw = isLiteral || source.includes('&') ? node.value : source;
  const literal = (part: string) => (raw === node.value ? part : part.replace(/\\([!-/:-@[-`{-~])/g, '$1'));
  const pieces: Piece[] = [];
  let rest = raw;
  while (rest.includes('$')) {
    const match = FORMULA.exec(rest);
    if (!match) break;
    const end = match.index + match[0].length;
    if (looksLikeFormula(match[1]!)) {
      pieces.push(...looseLinks(literal(rest.slice(0, match.index)), context, style));
      pieces.push({ span: { type: 'EQUATION', expression: match[1]!, ...marksOf(style) } });
    } else pieces.push(text(literal(rest.slice(0, end)), style));
    rest = rest.slice(end);
  }
  if (pieces.length === 0) return looseLinks(node.value, context, style);
  return [...pieces, ...looseLinks(literal(rest), context, style)];
}

/** Names with spaces or odd parentheses are not links to CommonMark. They are here when they lead somewhere. */
function looseLinks(value: string, context: InlineContext, style: Style): Piece[] {
  const pieces: Piece[] = [];
  let rest = value;
  let from = 0;
  while (rest.includes('](', from)) {
    const match = LOOSE_LINK.exec(rest.slice(from));
    if (!match) break;
    const start = from + match.index;
    const end = start + match[0].length;
    const target = context.resolve(match[3]!);
    if (target.kind !== 'RESOURCE' && target.kind !== 'FILE') {
      from = end;
      continue;
    }
    pieces.push(text(rest.slice(0, start), style));
    const [, bang, label, url] = match;
    if (bang) pieces.push(...imagePieces({ type: 'image', url: url!, alt: label! }, context, style));
    else {
      const children: Text[] = [{ type: 'text', value: label! }];
      pieces.push(...linkPieces({ type: 'link', url: url!, children }, { ...context, source: '' }, style));
    }
    rest = rest.slice(end);
    from = 0;
  }
  return [...pieces, text(rest, style)];
}

// ---- tidying

function merged(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if ('span' in piece && piece.span.type === 'TEXT') {
      if (piece.span.text === '') continue;
      if (last && 'span' in last && last.span.type === 'TEXT' && sameStyle(last.span, piece.span)) {
        result[result.length - 1] = { span: { ...last.span, text: last.span.text + piece.span.text } };
        continue;
      }
    }
    result.push(piece);
  }
  return result;
}

const sameStyle = (a: RichTextSpan & { type: 'TEXT' }, b: RichTextSpan & { type: 'TEXT' }): boolean =>
  a.href === b.href && (a.annotations ?? []).join() === (b.annotations ?? []).join();

/** Without white space at both ends, code excepted. */
export function trimmed(pieces: readonly Piece[]): Piece[] {
  const result = [...pieces];
  const trim = (at: 0 | -1, cut: (text: string) => string) => {
    for (let piece = result.at(at); piece; piece = result.at(at)) {
      if (!('span' in piece) || piece.span.type !== 'TEXT' || piece.span.annotations?.includes('CODE')) return;
      const text = cut(piece.span.text);
      if (text !== '') {
        result.splice(at, 1, { span: { ...piece.span, text } });
        return;
      }
      result.splice(at, 1);
    }
  };
  trim(0, (text) => text.trimStart());
  trim(-1, (text) => text.trimEnd());
  return result;
}
