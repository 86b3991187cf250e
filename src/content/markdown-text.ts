// Blocks → Markdown. What Markdown has a form for is written so that reading it again gives the same blocks; callouts,
// toggles and underlining are HTML, as GitHub shows it and Notion exports it. What it has no form for keeps its words:
// colours go, columns stand below each other, and what stood below a line stands after it.

import type { ListItem, BlockContent as MdastBlock, Paragraph, PhrasingContent, Root, RootContent } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { type Options, toMarkdown } from 'mdast-util-to-markdown';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { BlockContent, BlockTree, BlockType } from './block-content.js';
import { iconAtTop } from './markdown-blocks.js';
import { linkToFile } from './markdown-links.js';
import { mathToMarkdown } from './markdown-math.js';
import { escapedToMarkdown, type Line, phrasingOf } from './markdown-phrasing.js';
import { plainText, type RichTextSpan } from './rich-text.js';
import type { PageBody } from './source.js';
import type { Titles } from './span.js';

const OPTIONS: Options = {
  bullet: '-',
  emphasis: '*',
  fences: true,
  listItemIndent: 'one',
  resourceLink: true,
  rule: '-',
  extensions: [
    gfmToMarkdown(),
    mathToMarkdown,
    escapedToMarkdown,
    // That of GFM overlooks the second of two addresses that meet.
    { unsafe: [{ character: '@', before: '[+\\-.\\w]', inConstruct: 'phrasing' }] },
  ],
};

/** Markdown of a page for a reader who may read these titles and names; the rest of what is mentioned is masked. */
export const markdownOf = (trees: readonly BlockTree[], titles: Titles): string =>
  toMarkdown({ type: 'root', children: nodesOf(trees, titles) }, OPTIONS);

/** The same of all blocks of a page, in reading order. */
export function markdownOfBody({ blocks, titles }: PageBody): string {
  const trees: BlockTree[] = [];
  const byId = new Map<Id, BlockTree>();
  for (const { id, parentId, content } of blocks) {
    const tree: BlockTree = { content, children: [] };
    byId.set(id, tree);
    const above = parentId === null ? trees : byId.get(parentId)?.children;
    invariant(above, 'A block came before what it stands below.');
    above.push(tree);
  }
  return markdownOf(trees, titles);
}

const LISTS: Partial<Record<BlockType, 'BULLETS' | 'NUMBERS'>> = {
  BULLETED_LIST_ITEM: 'BULLETS',
  TO_DO: 'BULLETS',
  NUMBERED_LIST_ITEM: 'NUMBERS',
};

function nodesOf(trees: readonly BlockTree[], titles: Titles): RootContent[] {
  const nodes: RootContent[] = [];
  for (let index = 0; index < trees.length; ) {
    const tree = trees[index] as BlockTree;
    const kind = LISTS[tree.content.type];
    if (kind === undefined) {
      nodes.push(...nodesOfBlock(tree, titles));
      index += 1;
      continue;
    }
    let end = index + 1;
    while (end < trees.length && goesOn(kind, trees[end] as BlockTree)) end += 1;
    nodes.push(listOf(trees.slice(index, end), kind, titles));
    index = end;
  }
  return nodes;
}

/** Whether an item belongs to the list before it. A numbered one that says where it begins does not. */
const goesOn = (kind: 'BULLETS' | 'NUMBERS', { content }: BlockTree): boolean =>
  LISTS[content.type] === kind && !('start' in content && content.start !== undefined);

function listOf(items: readonly BlockTree[], kind: 'BULLETS' | 'NUMBERS', titles: Titles): RootContent {
  const first = items[0]?.content;
  const start = first?.type === 'NUMBERED_LIST_ITEM' ? (first.start ?? 1) : null;
  const children = items.map((item) => itemOf(item, titles));
  return { type: 'list', ordered: kind === 'NUMBERS', start, spread: false, children };
}

function itemOf({ content, children: below }: BlockTree, titles: Titles): ListItem {
  const line = 'richText' in content ? content.richText : [];
  const checked = content.type === 'TO_DO' ? content.checked : null;
  // GFM wants text behind a box; a box alone is read as one all the same.
  const box: Paragraph = { type: 'paragraph', children: [{ type: 'html', value: checked ? '[x]' : '[ ]' }] };
  const empty = checked === null ? [] : [box];
  const head = line.length > 0 ? [paragraphOf(line, titles, 'PARAGRAPH')] : empty;
  const children = [...head, ...nodesOf(below, titles)] as MdastBlock[];
  const isTight = children.length < 2 || (children.length === 2 && children[1]?.type === 'list');
  return { type: 'listItem', spread: !isTight, checked: line.length > 0 ? checked : null, children };
}

function nodesOfBlock({ content, children: below }: BlockTree, titles: Titles): RootContent[] {
  const paragraph = (spans: readonly RichTextSpan[]) => paragraphOf(spans, titles, 'PARAGRAPH');
  const after = () => nodesOf(below, titles);
  switch (content.type) {
    case 'PARAGRAPH':
      return [content.richText.length === 0 ? html('<br>') : paragraph(content.richText), ...after()];
    case 'HEADING': {
      const children = phrasingOf(content.richText, titles, 'HEADING');
      return [{ type: 'heading', depth: content.level, children }, ...after()];
    }
    case 'QUOTE': {
      const line = content.richText.length > 0 ? [paragraph(content.richText)] : [];
      return [{ type: 'blockquote', children: [...line, ...after()] as MdastBlock[] }];
    }
    case 'CALLOUT':
      return [...calloutOpening(content, titles), ...after(), html('</aside>')];
    case 'TOGGLE': {
      // No tag of the text may close what surrounds it.
      const summary = lineOf(paragraphOf(content.richText, titles, 'SUMMARY')).replace(
        /(\\+)</g,
        (found, escapes: string) => (escapes.length % 2 === 1 ? `${escapes.slice(1)}&lt;` : found),
      );
      return [html(`<details>\n<summary>${summary}</summary>`), ...after(), html('</details>')];
    }
    case 'CODE': {
      const value = plainText(content.richText, (id) => titles[id]);
      const [lang = null, ...meta] = content.language === undefined ? [] : content.language.split(' ');
      const code: RootContent = { type: 'code', lang, meta: meta.join(' ') || null, value };
      return [code, ...captionOf(content.caption ?? [], titles)];
    }
    case 'EQUATION':
      return [equationOf(content.expression)];
    case 'DIVIDER':
      return [{ type: 'thematicBreak' }];
    case 'TABLE':
      return [tableOf(content, below, titles)];
    case 'IMAGE':
      return [imageOf(content, titles)];
    case 'VIDEO':
    case 'AUDIO':
    case 'PDF':
    case 'FILE': {
      const { file, caption } = content;
      const href = file.fileId === undefined ? (file.url ?? '') : linkToFile(file.fileId);
      return [linkLine(href, plainText(caption, (id) => titles[id]) || file.name)];
    }
    case 'BOOKMARK':
    case 'EMBED':
    case 'LINK_PREVIEW':
      return [linkLine(content.url, plainText(content.caption, (id) => titles[id]) || content.url)];
    case 'LINK_TO_PAGE':
      return [paragraph([{ type: 'MENTION', resourceId: content.resourceId }])];
    case 'TABLE_OF_CONTENTS':
      return [];
    case 'COLUMN_LIST':
    case 'COLUMN':
      return after();
    case 'TABLE_ROW':
      return [paragraph(content.cells.flat())];
    case 'BULLETED_LIST_ITEM':
    case 'NUMBERED_LIST_ITEM':
    case 'TO_DO':
      return [
        listOf([{ content, children: below }], content.type === 'NUMBERED_LIST_ITEM' ? 'NUMBERS' : 'BULLETS', titles),
      ];
    case 'OTHER':
      return [
        content.kind === 'html' ? html(content.text) : paragraph([{ type: 'TEXT', text: content.text }]),
        ...after(),
      ];
  }
}

const html = (value: string): RootContent => ({ type: 'html', value });

const paragraphOf = (spans: readonly RichTextSpan[], titles: Titles, line: Line): Paragraph => ({
  type: 'paragraph',
  children: phrasingOf(spans, titles, line),
});

/** A paragraph on its own, for within an HTML element. */
const lineOf = (paragraph: Paragraph): string =>
  toMarkdown({ type: 'root', children: [paragraph] } satisfies Root, OPTIONS).replace(/\n+$/, '');

/** The line stands right behind the icon; one that holds HTML stands apart, where no tag in it closes the callout. */
function calloutOpening({ icon, richText }: Extract<BlockContent, { type: 'CALLOUT' }>, titles: Titles): RootContent[] {
  const opening = `<aside>${icon === undefined ? '' : `\n${icon}`}`;
  if (richText.length === 0) return [html(opening)];
  const paragraph = withoutIcon(paragraphOf(richText, titles, 'PARAGRAPH'));
  const line = lineOf(paragraph);
  if (line.includes('<')) return [html(opening), paragraph];
  return [html(`${opening}${icon === undefined ? '\n' : ' '}${line}`)];
}

/** A text that begins with an emoji has no icon by that: its first character is written as a number. */
function withoutIcon({ children: [first, ...others] }: Paragraph): Paragraph {
  if (first?.type !== 'text' || iconAtTop(first.value) === undefined) {
    return { type: 'paragraph', children: [...(first ? [first] : []), ...others] };
  }
  const character = String.fromCodePoint(first.value.codePointAt(0) as number);
  const number: PhrasingContent = { type: 'escaped', value: `&#x${character.codePointAt(0)?.toString(16)};` };
  const rest = { ...first, value: first.value.slice(character.length) };
  return { type: 'paragraph', children: [number, ...(rest.value === '' ? [] : [rest]), ...others] };
}

/** Of one line between dollars, of several as code in the language "math". */
function equationOf(expression: string): RootContent {
  const isLine = !/[\n$]|^\s|\s$|^$/.test(expression) && expression.length < 1_000;
  if (!isLine) return { type: 'code', lang: 'math', meta: null, value: expression };
  return { type: 'paragraph', children: [{ type: 'inlineMath', value: expression, isDisplayed: true }] };
}

function tableOf(
  { width, hasColumnHeader }: Extract<BlockContent, { type: 'TABLE' }>,
  rows: readonly BlockTree[],
  titles: Titles,
): RootContent {
  const cells = rows.map(({ content }) => (content.type === 'TABLE_ROW' ? content.cells : []));
  const header = Array.from({ length: width }, (): RichTextSpan[] => []);
  return {
    type: 'table',
    align: [],
    children: (hasColumnHeader && cells.length > 0 ? cells : [header, ...cells]).map((row) => ({
      type: 'tableRow',
      children: Array.from({ length: width }, (_, index) => ({
        type: 'tableCell',
        children: phrasingOf(row[index] ?? [], titles, 'CELL'),
      })),
    })),
  };
}

/** A picture that is a link keeps its address in the caption. */
function imageOf({ file, caption }: Extract<BlockContent, { type: 'IMAGE' }>, titles: Titles): RootContent {
  const url = file.fileId === undefined ? (file.url ?? '') : linkToFile(file.fileId);
  const alt = plainText(caption, (id) => titles[id]).replace(/\s*\n\s*/g, ' ');
  const image: PhrasingContent = { type: 'image', url, alt };
  const [only, ...others] = caption;
  const href = others.length === 0 && only?.type === 'TEXT' ? only.href : undefined;
  return { type: 'paragraph', children: [href === undefined ? image : { type: 'link', url: href, children: [image] }] };
}

const linkLine = (url: string, text: string): RootContent => ({
  type: 'paragraph',
  children: [{ type: 'link', url, children: [{ type: 'text', value: text.replace(/\s*\n\s*/g, ' ') }] }],
});

const captionOf = (caption: readonly RichTextSpan[], titles: Titles): RootContent[] =>
  caption.length === 0 ? [] : [paragraphOf(caption, titles, 'PARAGRAPH')];
