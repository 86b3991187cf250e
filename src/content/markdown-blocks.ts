// Markdown → blocks. What stands for nothing we know is kept as text; nothing is dropped.

import type { Blockquote, Code, Definition, List, ListItem, Nodes, Paragraph, RootContent, Table } from 'mdast';
import type { BlockContent, BlockTree } from './block-content.js';
import { isTooCostly } from './markdown-cost.js';
import type { Dialect, ResolveLink } from './markdown-dialect.js';
import { type InlineContext, imageTag, type Piece, piecesOf, splitPieces, trimmed } from './markdown-inline.js';
import type { RichTextSpan } from './rich-text.js';

export interface Reading {
  dialect: Dialect;
  /** Says where links lead. */
  resolve: ResolveLink;
}

/** Blocks of a Markdown text. Never throws for any text. */
export function blocksOfMarkdown(source: string, { dialect, resolve }: Reading): BlockTree[] {
  if (isTooCostly(source)) return plainParagraphs(source);
  try {
    return convert(source, { dialect, resolve, depth: 0, outside: '', budget: { left: ELEMENT_BUDGET } });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return plainParagraphs(source);
  }
}

/** What a text within a text takes along. */
interface Surroundings extends Reading {
  /** How many HTML elements with Markdown inside surround this text. */
  depth: number;
  /** Source of the definitions that stand around it. */
  outside: string;
  /** Characters within elements that may still be looked at: each is read once for every element around it. */
  budget: { left: number };
}

interface Context extends InlineContext, Surroundings {
  /** How many quotes surround the node at hand. */
  quotes: number;
}

const MAX_ELEMENT_DEPTH = 20;
/** Reading so many takes two seconds at most; what is left of a text keeps its tags as they are. */
const ELEMENT_BUDGET = 1_000_000;

function convert(text: string, surroundings: Surroundings): BlockTree[] {
  const { dialect, outside } = surroundings;
  const source = outside === '' ? text : `${text}\n\n${outside}`;
  const { children } = dialect.parse(source);
  const definitions = new Map<string, Definition>();
  collectDefinitions(children, definitions);
  const own = [...definitions.values()].map(({ position }) =>
    source.slice(position?.start.offset ?? 0, position?.end.offset ?? 0),
  );
  return blocksOf(children, { ...surroundings, source, definitions, outside: own.join('\n'), quotes: 0 });
}

/** The first of a name counts, wherever it stands. */
function collectDefinitions(nodes: readonly Nodes[], found: Map<string, Definition>): void {
  for (const node of nodes) {
    if (node.type === 'definition' && !found.has(node.identifier)) found.set(node.identifier, node);
    if (['blockquote', 'list', 'listItem'].includes(node.type)) collectDefinitions((node as List).children, found);
  }
}

const leaf = (content: BlockContent): BlockTree => ({ content, children: [] });

function blocksOf(nodes: readonly RootContent[], context: Context): BlockTree[] {
  const blocks: BlockTree[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index]!;
    const element = node.type === 'html' ? elementAt(nodes, index, context) : null;
    if (element) {
      blocks.push(...elementBlocks(element, context));
      index = element.end;
    } else {
      const made = blocksOfNode(node, context);
      if (node.type === 'list') beginList(node, made, blocks.at(-1));
      blocks.push(...made);
    }
  }
  return blocks;
}

/** A numbered list says where it begins, when that is not at 1 or another one stands before it. */
function beginList({ start }: List, items: readonly BlockTree[], before: BlockTree | undefined): void {
  const first = items[0]?.content;
  if (first?.type !== 'NUMBERED_LIST_ITEM') return;
  const goesOn = before?.content.type === 'NUMBERED_LIST_ITEM';
  if (goesOn || (start != null && start !== 1)) first.start = start ?? 1;
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
    case 'code':
      return [leaf(codeBlock(node))];
    case 'definition':
      return [];
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

/** Formulas of several lines are code in the language "math". */
function codeBlock({ lang, meta, value }: Code): BlockContent {
  if (lang === 'math' && !meta && value.trim() !== '') return { type: 'EQUATION', expression: value };
  const language = [lang, meta].filter(Boolean).join(' ');
  return { type: 'CODE', ...(language && { language }), richText: plain(value) };
}

const plain = (text: string): RichTextSpan[] => (text === '' ? [] : [{ type: 'TEXT', text }]);

const sourceOf = (node: Nodes, { source }: Context): string =>
  source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);

function paragraphBlocks(node: Paragraph, context: Context): BlockTree[] {
  const [only, ...others] = node.children;
  if (only?.type === 'inlineMath' && only.isDisplayed && others.length === 0) {
    return [leaf({ type: 'EQUATION', expression: only.value.trim() })];
  }
  if (!context.dialect.isExport) return pieceBlocks(piecesOf(node.children, context));
  const formula = /^\$\$([^$]*(?:\$(?!\$)[^$]*)*)\$\$$/.exec(sourceOf(node, context).trim());
  if (formula && formula[1]!.trim() !== '') return [leaf({ type: 'EQUATION', expression: formula[1]!.trim() })];
  return pieceBlocks(piecesOf(node.children, context));
}

/** Text becomes paragraphs, pictures stand between them, files that the text names come after it. */
function pieceBlocks(pieces: readonly Piece[]): BlockTree[] {
  if (pieces.every((piece) => 'span' in piece)) {
    const { spans } = splitPieces(pieces);
    return spans.length === 0 ? [] : [leaf({ type: 'PARAGRAPH', richText: spans })];
  }
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
  const box = emptyBox(line, item, context);
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
function emptyBox(line: readonly RichTextSpan[], { children }: ListItem, context: Context): ' ' | 'x' | null {
  const [only] = line;
  if (!children[0] || sourceOf(children[0], context).startsWith('\\')) return null;
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
  if (/^<br\s*\/?>$/i.test(html.trim())) return [leaf({ type: 'PARAGRAPH', richText: [] })];
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
  if (!open || context.depth >= MAX_ELEMENT_DEPTH || context.budget.left <= 0) return null;
  const name = open[1]!.toLowerCase() as Element['name'];
  const from = node.position!.start.offset! + open[0].length;
  let depth = 1;
  for (let index = start; index < nodes.length; index += 1) {
    const other = nodes[index]!;
    if (other.type !== 'html') continue;
    const begin = Math.max(other.position!.start.offset!, from);
    const end = other.position!.end.offset!;
    context.budget.left -= 10 + end - begin;
    for (const tag of context.source.slice(begin, end).matchAll(new RegExp(`<(/?)${name}\\b[^>]*>`, 'gi'))) {
      depth += tag[1] ? -1 : 1;
      if (depth > 0) continue;
      const inner = context.source.slice(from, begin + tag.index);
      context.budget.left -= inner.length;
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
  const indents = unquoted.flatMap((line) => (trimmedText(line) === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]));
  const indent = indents.reduce((least, it) => Math.min(least, it), indents[0] ?? 0);
  const lines = [first.replace(/^[ \t]+/, ''), ...unquoted.map((line) => line.slice(Math.min(indent, line.length)))];
  return trimmedText(lines.join('\n'));
}

/** Without the white space at its ends that is none to Markdown; other spaces are text. */
const trimmedText = (text: string): string => text.replace(/^[ \t\n]+/, '').replace(/[ \t\n]+$/, '');

function elementBlocks(element: Element, context: Context): BlockTree[] {
  const inside: Surroundings = { ...context, depth: context.depth + 1 };
  const after = element.after === '' ? [] : convert(element.after, inside);
  const block = element.name === 'aside' ? calloutBlock : toggleBlock;
  return [block(element.inner, inside), ...after];
}

function calloutBlock(inner: string, inside: Surroundings): BlockTree {
  const icon = iconAtTop(inner);
  const blocks = convert(icon ? inner.slice(icon.length).replace(/^[ \t\n]+/, '') : inner, inside);
  const { richText, children } = lineOfBlocks(blocks);
  return { content: { type: 'CALLOUT', ...(icon && { icon: icon.trim() }), richText }, children };
}

/** The emoji a callout begins with. */
// The flag that knows emoji of several code points is newer than our compilation target.
const EMOJI_PATTERN = '^(?:\\p{RGI_Emoji}|\\p{Extended_Pictographic}\\uFE0F?)(?=\\s|$)';
const EMOJI = new RegExp(EMOJI_PATTERN, 'v');
export const iconAtTop = (text: string): string | undefined => EMOJI.exec(text)?.[0];

function toggleBlock(inner: string, inside: Surroundings): BlockTree {
  const summary = /^\s*<summary\b[^>]*>([\s\S]*?)<\/summary>/i.exec(inner);
  const head = summary ? lineOfBlocks(convert(trimmedText(summary[1]!), inside)) : { richText: [], children: [] };
  const body = convert(outdented(inner.slice(summary?.[0].length ?? 0), 0), inside);
  return { content: { type: 'TOGGLE', richText: head.richText }, children: [...head.children, ...body] };
}

function lineOfBlocks([first, ...others]: BlockTree[]): { richText: RichTextSpan[]; children: BlockTree[] } {
  if (first?.content.type === 'PARAGRAPH' && first.children.length === 0) {
    return { richText: first.content.richText, children: others };
  }
  return { richText: [], children: first ? [first, ...others] : [] };
}

const plainParagraphs = (source: string): BlockTree[] =>
  source
    .split(/\n\s*\n/)
    .filter((text) => text.trim() !== '')
    .map((text) => leaf({ type: 'PARAGRAPH', richText: plain(text) }));
