// Markdown as Notion exports it → blocks. What stands for nothing we know is kept as text; nothing is dropped.

import type { Blockquote, List, ListItem, Nodes, Paragraph, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { BlockContent, BlockTree } from '../content/block-content.js';
import type { RichTextSpan } from '../content/rich-text.js';
import { imageTag, type Piece, piecesOf, splitPieces, textOf, trimmed } from './inline.js';
import type { ResolveLink } from './links.js';

/** Blocks of a Markdown text. `resolve` says where its links lead. Never throws for any text. */
export function markdownToBlocks(source: string, resolve: ResolveLink): BlockTree[] {
  if (isTooDeep(source)) return plainParagraphs(source);
  try {
    return convert(source, resolve, 0);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return plainParagraphs(source);
  }
}

/** The first heading of a text: as it is written, and read as Markdown. `rest` is the text without it. */
export interface Heading {
  raw: string;
  text: string;
  rest: string;
}

/** The heading at the very top, or `null` when something else stands there. */
export function headingAtTop(source: string): Heading | null {
  const match = /^(?:[ \t]*\n)*[ ]{0,3}#{1,6}(?:[ \t]+([^\n]*))?(?:\n|$)/.exec(source);
  if (!match) return null;
  const raw = (match[1] ?? '').trim();
  const heading = /[\\`*_[\]<>&~#$!:]|www\./.test(raw) ? parse(match[0]).children[0] : null;
  return { raw, text: (heading ? textOf(heading) : raw).trim(), rest: source.slice(match[0].length) };
}

/** The text of the first heading of the highest level further down, or `null`. */
export function headingBelow(source: string): string | null {
  if (!/^[ ]{0,3}#[ \t]+\S|^[ ]{0,3}=+[ \t]*$/m.test(source) || isTooDeep(source)) return null;
  const heading = parse(source).children.find((node) => node.type === 'heading' && node.depth === 1);
  return (heading && textOf(heading).trim()) || null;
}

// Indentation is how Notion writes "below the block before", never code. References and footnotes it never writes
// at all, so that what looks like one is text.
const parse = (source: string) =>
  fromMarkdown(source, {
    extensions: [
      gfm(),
      {
        disable: {
          null: ['codeIndented', 'definition', 'gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'],
        },
      },
    ],
    mdastExtensions: [gfmFromMarkdown()],
  });

interface Context {
  source: string;
  resolve: ResolveLink;
  /** How many HTML elements with Markdown inside surround this text. */
  depth: number;
  /** How many quotes surround the node at hand. */
  quotes: number;
}

const MAX_ELEMENT_DEPTH = 20;

const convert = (source: string, resolve: ResolveLink, depth: number): BlockTree[] =>
  blocksOf(parse(source).children, { source, resolve, depth, quotes: 0 });

const leaf = (content: BlockContent): BlockTree => ({ content, children: [] });

function blocksOf(nodes: readonly RootContent[], context: Context): BlockTree[] {
  const blocks: BlockTree[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index]!;
    const element = node.type === 'html' ? elementAt(nodes, index, context) : null;
    if (element) {
      blocks.push(...elementBlocks(element, context));
      index = element.end;
    } else blocks.push(...blocksOfNode(node, context));
  }
  return blocks;
}

function blocksOfNode(node: RootContent, context: Context): BlockTree[] {
  switch (node.type) {
    case 'paragraph':
      return paragraphBlocks(node, context);
    case 'heading': {
      const { spans, blocks } = splitPieces(piecesOf(node.children, context));
      const level = Math.min(node.depth, 4) as 1 | 2 | 3 | 4;
      return [leaf({ type: 'HEADING', level, richText: spans }), ...blocks.map(leaf)];
    }
    case 'list':
      return node.children.map((item) => listItemBlock(item, node, context));
    case 'blockquote':
      return [quoteBlock(node, context)];
    case 'code': {
      const language = [node.lang, node.meta].filter(Boolean).join(' ');
      return [leaf({ type: 'CODE', ...(language && { language }), richText: plain(node.value) })];
    }
    case 'table':
      return tableBlocks(node, context);
    case 'thematicBreak':
      return [leaf({ type: 'DIVIDER' })];
    case 'html':
      return htmlBlocks(node.value, context);
    default: {
      const text = sourceOf(node, context);
      return text.trim() === '' ? [] : [leaf({ type: 'OTHER', kind: node.type, text })];
    }
  }
}

const plain = (text: string): RichTextSpan[] => (text === '' ? [] : [{ type: 'TEXT', text }]);

const sourceOf = (node: Nodes, { source }: Context): string =>
  source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);

function paragraphBlocks(node: Paragraph, context: Context): BlockTree[] {
  const formula = /^\$\$([^$]*(?:\$(?!\$)[^$]*)*)\$\$$/.exec(sourceOf(node, context).trim());
  if (formula && formula[1]!.trim() !== '') return [leaf({ type: 'EQUATION', expression: formula[1]!.trim() })];
  return pieceBlocks(piecesOf(node.children, context));
}

/** Text becomes paragraphs, pictures stand between them, files that the text names come after it. */
function pieceBlocks(pieces: readonly Piece[]): BlockTree[] {
  const isBlank = (piece: Piece) => 'span' in piece && piece.span.type === 'TEXT' && piece.span.text.trim() === '';
  if (pieces.every((piece) => 'block' in piece || isBlank(piece))) {
    return pieces.flatMap((piece) => ('block' in piece ? [leaf(piece.block)] : []));
  }
  const blocks: BlockTree[] = [];
  let line: Piece[] = [];
  const endLine = () => {
    const { spans, blocks: files } = splitPieces(trimmed(line));
    if (spans.length > 0) blocks.push(leaf({ type: 'PARAGRAPH', richText: spans }));
    blocks.push(...files.map(leaf));
    line = [];
  };
  for (const piece of pieces) {
    if ('block' in piece && piece.block.type === 'IMAGE') {
      endLine();
      blocks.push(leaf(piece.block));
    } else line.push(piece);
  }
  endLine();
  return blocks;
}

/** What stands in the line of a block that may have children, and what goes below it. */
function lineAndBelow(nodes: readonly RootContent[], context: Context): { line: RichTextSpan[]; below: BlockTree[] } {
  const [first, ...others] = nodes;
  if (first?.type !== 'paragraph') return { line: [], below: blocksOf(nodes, context) };
  const [head, ...more] = paragraphBlocks(first, context);
  const below = [...more, ...blocksOf(others, context)];
  if (head?.content.type === 'PARAGRAPH') return { line: head.content.richText, below };
  return { line: [], below: head ? [head, ...below] : below };
}

function listItemBlock(item: ListItem, list: List, context: Context): BlockTree {
  const { line, below } = lineAndBelow(item.children, context);
  const box = emptyBox(line);
  if (typeof item.checked === 'boolean' || box !== null) {
    const checked = item.checked ?? box === 'x';
    return { content: { type: 'TO_DO', checked, richText: box === null ? line : [] }, children: below };
  }
  return {
    content: { type: list.ordered ? 'NUMBERED_LIST_ITEM' : 'BULLETED_LIST_ITEM', richText: line },
    children: below,
  };
}

// GFM wants text behind a box; Notion writes to-dos without any.
function emptyBox(line: readonly RichTextSpan[]): ' ' | 'x' | null {
  const [only] = line;
  if (line.length !== 1 || only?.type !== 'TEXT' || only.annotations || only.href !== undefined) return null;
  if (only.text === '[ ]' || only.text === '[]') return ' ';
  return /^\[x\]$/i.test(only.text) ? 'x' : null;
}

function quoteBlock(node: Blockquote, context: Context): BlockTree {
  const { line, below } = lineAndBelow(node.children, { ...context, quotes: context.quotes + 1 });
  return { content: { type: 'QUOTE', richText: line }, children: below };
}

function tableBlocks(node: Table, context: Context): BlockTree[] {
  const files: BlockContent[] = [];
  const rows = node.children.map((row) =>
    row.children.map((cell) => {
      const { spans, blocks } = splitPieces(piecesOf(cell.children, context));
      files.push(...blocks);
      return spans;
    }),
  );
  const width = Math.max(1, ...rows.map((row) => row.length));
  // Markdown has no table without a header; Notion leaves it empty then.
  const hasColumnHeader = rows[0]?.some((cell) => cell.length > 0) ?? false;
  const children = (hasColumnHeader ? rows : rows.slice(1)).map((row) =>
    leaf({ type: 'TABLE_ROW', cells: Array.from({ length: width }, (_, index) => row[index] ?? []) }),
  );
  return [{ content: { type: 'TABLE', width, hasColumnHeader }, children }, ...files.map(leaf)];
}

function htmlBlocks(html: string, context: Context): BlockTree[] {
  const image = imageTag(html);
  if (!image) return html.trim() === '' ? [] : [leaf({ type: 'OTHER', kind: 'html', text: html })];
  return pieceBlocks(piecesOf([image], context));
}

// ---- elements with Markdown inside: callouts and toggles

interface Element {
  name: 'aside' | 'details';
  inner: string;
  /** What follows the closing tag in the same node. */
  after: string;
  /** Index of the node with the closing tag. */
  end: number;
}

function elementAt(nodes: readonly RootContent[], start: number, context: Context): Element | null {
  const node = nodes[start]!;
  const open = /^\s*<(aside|details)\b[^>]*>/i.exec(sourceOf(node, context));
  if (!open || context.depth >= MAX_ELEMENT_DEPTH) return null;
  const name = open[1]!.toLowerCase() as Element['name'];
  const from = node.position!.start.offset! + open[0].length;
  let depth = 1;
  for (let index = start; index < nodes.length; index += 1) {
    const other = nodes[index]!;
    if (other.type !== 'html') continue;
    const begin = Math.max(other.position!.start.offset!, from);
    const end = other.position!.end.offset!;
    for (const tag of context.source.slice(begin, end).matchAll(new RegExp(`<(/?)${name}\\b[^>]*>`, 'gi'))) {
      depth += tag[1] ? -1 : 1;
      if (depth > 0) continue;
      const inner = context.source.slice(from, begin + tag.index);
      const after = context.source.slice(begin + tag.index + tag[0].length, end);
      return { name, inner: outdented(inner, context.quotes), after: outdented(after, context.quotes), end: index };
    }
  }
  return null;
}

/** Text from inside lists and quotes as if it stood at the margin. */
function outdented(text: string, quotes: number): string {
  const [first = '', ...others] = text.split('\n');
  const unquoted = others.map((line) => line.replace(new RegExp(`^(?:[ \\t]*> ?){0,${quotes}}`), ''));
  const indents = unquoted.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = indents.reduce((least, it) => Math.min(least, it), indents[0] ?? 0);
  return [first.trimStart(), ...unquoted.map((line) => line.slice(Math.min(indent, line.length)))].join('\n').trim();
}

function elementBlocks(element: Element, { resolve, depth }: Context): BlockTree[] {
  const after = element.after === '' ? [] : convert(element.after, resolve, depth + 1);
  const block = element.name === 'aside' ? calloutBlock : toggleBlock;
  return [block(element.inner, resolve, depth + 1), ...after];
}

function calloutBlock(inner: string, resolve: ResolveLink, depth: number): BlockTree {
  const icon = iconAtTop(inner);
  const blocks = convert(icon ? inner.slice(icon.length).trimStart() : inner, resolve, depth);
  const { richText, children } = lineOfBlocks(blocks);
  return { content: { type: 'CALLOUT', ...(icon && { icon: icon.trim() }), richText }, children };
}

// The flag that knows emoji of several code points is newer than our compilation target.
const EMOJI_PATTERN = '^(?:\\p{RGI_Emoji}|\\p{Extended_Pictographic}\\uFE0F?)(?=\\s|$)';
const EMOJI = new RegExp(EMOJI_PATTERN, 'v');
const iconAtTop = (text: string): string | undefined => EMOJI.exec(text)?.[0];

function toggleBlock(inner: string, resolve: ResolveLink, depth: number): BlockTree {
  const summary = /^\s*<summary\b[^>]*>([\s\S]*?)<\/summary>/i.exec(inner);
  const head = summary ? lineOfBlocks(convert(summary[1]!.trim(), resolve, depth)) : { richText: [], children: [] };
  const body = convert(outdented(inner.slice(summary?.[0].length ?? 0), 0), resolve, depth);
  return { content: { type: 'TOGGLE', richText: head.richText }, children: [...head.children, ...body] };
}

function lineOfBlocks([first, ...others]: BlockTree[]): { richText: RichTextSpan[]; children: BlockTree[] } {
  if (first?.content.type === 'PARAGRAPH' && first.children.length === 0) {
    return { richText: first.content.richText, children: others };
  }
  return { richText: [], children: first ? [first, ...others] : [] };
}

// ---- texts no parser should see

const MAX_NESTING_CHARS = 240;

/** Nesting this deep costs the parser minutes (500 lists in each other: 7 s, 2,000: 6 min; measured) and is no page. */
function isTooDeep(source: string): boolean {
  for (const match of source.matchAll(/^[ \t>*+\-\d.)]{240,}/gm)) {
    const marks = match[0];
    const line = source.slice(
      match.index,
      source.indexOf('\n', match.index) < 0 ? undefined : source.indexOf('\n', match.index),
    );
    if (line.length > MAX_NESTING_CHARS && /\s|>/.test(marks)) return true;
  }
  return false;
}

const plainParagraphs = (source: string): BlockTree[] =>
  source
    .split(/\n\s*\n/)
    .filter((text) => text.trim() !== '')
    .map((text) => leaf({ type: 'PARAGRAPH', richText: plain(text) }));
