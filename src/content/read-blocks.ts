// What clients write as blocks, read and checked: pure, and before anything is looked up. Whether what they mention is
// there for the caller is for the command to ask (mentioned.ts).

import { isNamedUpload, type NamedUpload } from '../file/attach.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { isOneEmoji } from './appearance.js';
import {
  type BlockContent,
  type BlockTree,
  type BlockType,
  type FileReference,
  fitsBelow,
  UPLOAD,
} from './block-content.js';
import type {
  AnyBlockInput,
  BlockInput,
  CalloutInput,
  CodeInput,
  ColumnInput,
  ColumnListInput,
  EquationInput,
  HeadingInput,
  LinkToPageInput,
  MediaInput,
  NumberedListItemInput,
  ParagraphInput,
  TableInput,
  TableOfContentsInput,
  TableRowInput,
  ToDoInput,
  WebLinkInput,
} from './block-input.js';
import { type ContentLimits, type Path, place, requireText, requireUrl, requireWithin } from './limits.js';
import type { RichTextSpan, TextColor } from './rich-text.js';
import { MENTIONED, requireNamed, type SpanInput, spansOfInput } from './span-input.js';
import { webFileName } from './web-address.js';

/** Trees as they are stored. Refused: a block of several kinds or none, what may not stand where it does, what is over a
 *  limit. */
export function readBlocks(inputs: readonly BlockInput[], limits: ContentLimits, path: Path): BlockTree[] {
  if (inputs.length === 0) throw new Refusal('REQUIRED', `${place(path)} should hold a block at least.`, { path });
  const reading = { limits, count: 0 };
  const trees = inputs.map((input, index) => treeOf(reading, input, 1, [...path, String(index)]));
  requireWithin(reading.count, limits, { limit: 'maxBlocks', units: 'blocks', path });
  return trees;
}

/** A block that is there, with what an input changes about it; what is left out stays. Refused: another kind, what stands
 *  below it, what never changes. */
export function changedBy(before: BlockContent, input: BlockInput, limits: ContentLimits, path: Path): BlockContent {
  const { kind, given } = kindOf(input, path);
  const at = [...path, kind];
  if (TYPES[kind] !== before.type) {
    throw new Refusal('IMMUTABLE', `${place(at)} does not fit the block: its kind never changes.`, { path: at });
  }
  if (BELOW.some((name) => (given as Record<string, unknown>)[name] != null)) {
    throw new Refusal(
      'INVALID',
      `${place(at)} holds blocks, but those below a block are changed on their own: by appendBlocks, updateBlock, moveBlock and deleteBlock.`,
      { path: at },
    );
  }
  return contentOf(kind, given, before, limits, at);
}

type Kind = keyof BlockInput;

const TYPES: Record<Kind, BlockType> = {
  paragraph: 'PARAGRAPH',
  heading: 'HEADING',
  bulletedListItem: 'BULLETED_LIST_ITEM',
  numberedListItem: 'NUMBERED_LIST_ITEM',
  toDo: 'TO_DO',
  toggle: 'TOGGLE',
  quote: 'QUOTE',
  callout: 'CALLOUT',
  code: 'CODE',
  equation: 'EQUATION',
  divider: 'DIVIDER',
  tableOfContents: 'TABLE_OF_CONTENTS',
  columnList: 'COLUMN_LIST',
  column: 'COLUMN',
  table: 'TABLE',
  tableRow: 'TABLE_ROW',
  linkToPage: 'LINK_TO_PAGE',
  image: 'IMAGE',
  video: 'VIDEO',
  audio: 'AUDIO',
  pdf: 'PDF',
  file: 'FILE',
  bookmark: 'BOOKMARK',
  embed: 'EMBED',
};

/** Members that stand for blocks below. */
const BELOW = ['children', 'columns', 'rows'] as const;

interface Reading {
  limits: ContentLimits;
  count: number;
}

function treeOf(reading: Reading, input: BlockInput, level: number, path: Path): BlockTree {
  const { limits } = reading;
  reading.count += 1;
  requireWithin(level, limits, { limit: 'maxBlockDepth', units: 'blocks above each other', path });
  const { kind, given } = kindOf(input, path);
  const at = [...path, kind];
  const content = contentOf(kind, given, null, limits, at);
  const below = blocksBelow(kind, given);
  const children = below.blocks.map((child, index) => {
    const where = [...at, below.name, String(index)];
    const tree = treeOf(reading, child, level + 1, where);
    if (!fitsBelow(content, tree.content)) throw misplaced(where);
    return tree;
  });
  if (kind === 'columnList' && children.length < 2) {
    throw new Refusal('INVALID', `${place(at)} should have two columns at least, but has ${children.length}.`, {
      path: at,
    });
  }
  return { content, children };
}

export const misplaced = (path: Path): Refusal =>
  new Refusal(
    'INVALID',
    `${place(path)} cannot stand there. Rows stand below tables as wide as they are, columns below lists of columns, and anything else at the top or below text, to-dos, toggles, headings that fold, quotes, callouts and columns.`,
    { path },
  );

function blocksBelow(kind: Kind, given: AnyBlockInput): { name: string; blocks: readonly BlockInput[] } {
  if (kind === 'table') {
    return { name: 'rows', blocks: ((given as TableInput).rows ?? []).map((tableRow) => ({ tableRow })) };
  }
  if (kind === 'columnList') {
    return { name: 'columns', blocks: ((given as ColumnListInput).columns ?? []).map((column) => ({ column })) };
  }
  return { name: 'children', blocks: given.children ?? [] };
}

/** GraphQL sees to it that exactly one is given; a caller within the house may not have. */
function kindOf(input: BlockInput, path: Path): { kind: Kind; given: AnyBlockInput } {
  const [only, ...others] = (Object.keys(TYPES) as Kind[]).filter((kind) => input[kind] != null);
  if (!only || others.length > 0 || input.divider === false) {
    throw new Refusal('INVALID', `${place(path)} should be exactly one kind of block.`, { path });
  }
  return { kind: only, given: only === 'divider' ? {} : (input[only] as AnyBlockInput) };
}

/** What a block holds by what is given, and by what was there before where something is left out. */
function contentOf(
  kind: Kind,
  given: AnyBlockInput,
  before: BlockContent | null,
  limits: ContentLimits,
  path: Path,
): BlockContent {
  const type = TYPES[kind];
  // What is undefined stays, and what is null is taken away.
  const held = <T>(name: string, value: T | null | undefined): T | undefined =>
    value === undefined ? ((before as Record<string, unknown> | null)?.[name] as T | undefined) : (value ?? undefined);
  const optional = <T>(name: string, value: T | null | undefined): object => {
    const kept = held(name, value);
    return kept === undefined ? {} : { [name]: kept };
  };
  const flag = (name: string, value: boolean | null | undefined): object => (held(name, value) ? { [name]: true } : {});
  const spans = (name: string, value: readonly SpanInput[] | null | undefined): RichTextSpan[] =>
    held(name, value && spansOfInput(value, limits, [...path, name])) ?? [];
  const richText = ({ text, richText: pieces }: { text?: string | null; richText?: SpanInput[] | null }) => {
    if (text != null && pieces != null) {
      throw new Refusal('INVALID', `${place(path)} should have text or richText, but has both.`, { path });
    }
    return spans('richText', text === undefined ? pieces : [{ text: text ?? '' }].filter((one) => one.text !== ''));
  };
  const color = (value: TextColor | null | undefined) => optional('color', value);
  const plain = (value: ParagraphInput) => ({ richText: richText(value), ...color(value.color) });

  switch (type) {
    case 'PARAGRAPH':
    case 'BULLETED_LIST_ITEM':
    case 'TOGGLE':
    case 'QUOTE':
      return { type, ...plain(given as ParagraphInput) };
    case 'HEADING': {
      const input = given as HeadingInput;
      const level = requireBetween(held('level', input.level) ?? 1, [1, 4], [...path, 'level']) as 1 | 2 | 3 | 4;
      return { type, level, ...plain(input), ...flag('isToggleable', input.isToggleable) };
    }
    case 'NUMBERED_LIST_ITEM': {
      const input = given as NumberedListItemInput;
      if (input.start != null) requireBetween(input.start, [0, 999_999_999], [...path, 'start']);
      return { type, ...plain(input), ...optional('start', input.start), ...optional('format', input.format) };
    }
    case 'TO_DO': {
      const input = given as ToDoInput;
      return { type, checked: held('checked', input.checked) ?? false, ...plain(input) };
    }
    case 'CALLOUT': {
      const input = given as CalloutInput;
      return { type, ...plain(input), ...optional('icon', input.icon && requireEmoji(input.icon, [...path, 'icon'])) };
    }
    case 'CODE': {
      const input = given as CodeInput;
      const language = input.language && (requireLanguage(input.language, [...path, 'language']) || null);
      const caption = spans('caption', input.caption);
      return {
        type,
        ...optional('language', language === '' ? null : language),
        richText: richText(input),
        ...(caption.length > 0 && { caption }),
      };
    }
    case 'EQUATION': {
      const { expression } = given as EquationInput;
      return {
        type,
        expression: requireText(expression, limits, { limit: 'maxEquationLength', path: [...path, 'expression'] }),
      };
    }
    case 'TABLE_OF_CONTENTS':
      return { type, ...color((given as TableOfContentsInput).color) };
    case 'COLUMN': {
      const { widthRatio } = given as ColumnInput;
      if (widthRatio != null) requireBetween(widthRatio, [0.01, 1], [...path, 'widthRatio']);
      return { type, ...optional('widthRatio', widthRatio) };
    }
    case 'TABLE': {
      const input = given as TableInput;
      const flags = {
        hasColumnHeader: held('hasColumnHeader', input.hasColumnHeader) ?? false,
        ...flag('hasRowHeader', input.hasRowHeader),
      };
      return { type, width: widthOf(input, before, limits, path), ...flags };
    }
    case 'TABLE_ROW': {
      const { cells } = given as TableRowInput;
      requireWithin(cells.length, limits, { limit: 'maxTableWidth', units: 'cells', path: [...path, 'cells'] });
      if (before?.type === 'TABLE_ROW') requireAsWide(cells.length, before.cells.length, [...path, 'cells']);
      return { type, cells: cells.map((cell, index) => spansOfInput(cell, limits, [...path, 'cells', String(index)])) };
    }
    case 'LINK_TO_PAGE':
      return {
        type,
        resourceId: requireNamed((given as LinkToPageInput).targetId, MENTIONED, [...path, 'targetId']),
      };
    case 'IMAGE':
    case 'VIDEO':
    case 'AUDIO':
    case 'PDF':
    case 'FILE': {
      const input = given as MediaInput;
      const file = fileOf(input, before && 'file' in before ? before.file : null, limits, path);
      return { type, file, caption: spans('caption', input.caption) };
    }
    case 'BOOKMARK':
    case 'EMBED':
    case 'LINK_PREVIEW': {
      const input = given as WebLinkInput;
      const url = held('url', input.url && requireUrl(input.url, limits, [...path, 'url']));
      if (!url) throw addressMissing(path);
      return { type, url, caption: spans('caption', input.caption) };
    }
    case 'DIVIDER':
    case 'COLUMN_LIST':
      return { type };
    case 'OTHER':
      throw new Refusal('INVALID', `${place(path)} is nothing that is written.`, { path });
  }
}

function fileOf(input: MediaInput, before: FileReference | null, limits: ContentLimits, path: Path): FileReference {
  if (input.url != null && input.uploadId != null) {
    throw new Refusal('INVALID', `${place(path)} should have a url or an uploadId, but has both.`, { path });
  }
  const url = input.url == null ? undefined : requireUrl(input.url, limits, [...path, 'url']);
  const name =
    input.name == null
      ? undefined
      : requireText(input.name, limits, { limit: 'maxTitleLength', path: [...path, 'name'] });
  if (input.uploadId != null) {
    return { name: name ?? '', [UPLOAD]: requireNamed(input.uploadId, 'The upload', [...path, 'uploadId']) };
  }
  if (url === undefined && before === null) {
    throw new Refusal('REQUIRED', `${place(path)} should say where it is, by url or uploadId.`, {
      path: [...path, 'url'],
    });
  }
  if (url === undefined) return { ...(before as FileReference), ...(name && { name }) };
  return { name: name || webFileName(url), url };
}

/** The beginning of the media type that an upload for a block must have; blocks of files take any. */
const KIND_OF_FILE: Partial<Record<BlockType, string>> = {
  IMAGE: 'image/',
  VIDEO: 'video/',
  AUDIO: 'audio/',
  PDF: 'application/pdf',
};

/** Uploads that blocks name, for the page they are put on. */
export function uploadsOfBlocks(trees: readonly BlockTree[], pageId: Id, path: Path): NamedUpload[] {
  return trees.flatMap(({ content, children }) => [
    ...('file' in content && isNamedUpload(content.file)
      ? [{ file: content.file, kind: KIND_OF_FILE[content.type], resourceId: pageId, path }]
      : []),
    ...uploadsOfBlocks(children, pageId, path),
  ]);
}

const addressMissing = (path: Path): Refusal =>
  new Refusal('REQUIRED', `${place(path)} should say where it is on the web, by url.`, { path: [...path, 'url'] });

function widthOf(input: TableInput, before: BlockContent | null, limits: ContentLimits, path: Path): number {
  if (before?.type === 'TABLE') {
    if (input.width != null) requireAsWide(input.width, before.width, [...path, 'width']);
    return before.width;
  }
  const rows = input.rows ?? [];
  const width = input.width ?? rows[0]?.cells.length ?? 0;
  requireBetween(width, [1, limits.maxTableWidth], [...path, 'width']);
  for (const [index, { cells }] of rows.entries()) {
    requireAsWide(cells.length, width, [...path, 'rows', String(index), 'cells']);
  }
  return width;
}

function requireAsWide(width: number, due: number, path: Path): void {
  if (width === due) return;
  throw new Refusal('INVALID', `${place(path)} should be as wide as the table, but is: ${width}`, { path });
}

function requireBetween(value: number, [least, most]: readonly [number, number], path: Path): number {
  if (value >= least && value <= most) return value;
  throw new Refusal('INVALID', `${place(path)} should be between ${least} and ${most}, but is: ${value}`, { path });
}

function requireEmoji(text: string, path: Path): string {
  if (isOneEmoji(text)) return text;
  const got = JSON.stringify(text.slice(0, 20));
  throw new Refusal('INVALID', `${place(path)} should be one emoji, but is: ${got}`, { path });
}

const LONGEST_LANGUAGE = 100;

function requireLanguage(text: string, path: Path): string {
  const language = text.trim();
  if (language.length <= LONGEST_LANGUAGE && !/[`\p{Cc}]/u.test(language) && language.isWellFormed()) return language;
  throw new Refusal('INVALID', `${place(path)} should be the name of a language, but is none.`, { path });
}
