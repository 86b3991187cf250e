// What a block holds on disk, one shape per kind, and what may stand below what. The GraphQL face of each kind is in
// block.ts.

import type { Id } from '../lib/id.js';
import { mentionsIn, type RichTextSpan, type TextColor, usersIn } from './rich-text.js';

/** By what a file says that it is named by an upload: it stays beside what becomes of it, as a command may run again. */
export const UPLOAD = Symbol('upload');

/** Bytes in the file store (`fileId`) or somewhere on the web (`url`): exactly one of the two. */
export interface FileReference {
  name: string;
  fileId?: Id;
  url?: string;
  /** An upload of the writer's, which becomes the file before anything is written (file/attach.ts). Never stored. */
  [UPLOAD]?: Id;
  /** Media type and bytes, kept beside `fileId` so that showing a block reads no second table. */
  contentType?: string;
  size?: number;
}

/** How the points of a numbered list are counted. */
export const LIST_FORMATS = ['NUMBERS', 'LETTERS', 'ROMAN'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

interface Text {
  richText: RichTextSpan[];
  color?: TextColor;
}

interface Media {
  file: FileReference;
  caption: RichTextSpan[];
}

interface WebLink {
  url: string;
  caption: RichTextSpan[];
}

export type BlockContent =
  | ({ type: 'PARAGRAPH' } & Text)
  | ({ type: 'HEADING'; level: 1 | 2 | 3 | 4; isToggleable?: true } & Text)
  | ({ type: 'BULLETED_LIST_ITEM' } & Text)
  /** `start` begins a list with this number; without it an item goes on with the list before it. */
  | ({ type: 'NUMBERED_LIST_ITEM'; start?: number; format?: ListFormat } & Text)
  | ({ type: 'TO_DO'; checked: boolean } & Text)
  | ({ type: 'TOGGLE' } & Text)
  | ({ type: 'QUOTE' } & Text)
  | ({ type: 'CALLOUT'; icon?: string } & Text)
  | { type: 'CODE'; language?: string; richText: RichTextSpan[]; caption?: RichTextSpan[] }
  | { type: 'EQUATION'; expression: string }
  | { type: 'DIVIDER' }
  | { type: 'TABLE_OF_CONTENTS'; color?: TextColor }
  | { type: 'COLUMN_LIST' }
  | { type: 'COLUMN'; widthRatio?: number }
  | { type: 'TABLE'; width: number; hasColumnHeader: boolean; hasRowHeader?: true }
  | { type: 'TABLE_ROW'; cells: RichTextSpan[][] }
  | { type: 'LINK_TO_PAGE'; resourceId: Id }
  | ({ type: 'IMAGE' } & Media)
  | ({ type: 'VIDEO' } & Media)
  | ({ type: 'AUDIO' } & Media)
  | ({ type: 'PDF' } & Media)
  | ({ type: 'FILE' } & Media)
  | ({ type: 'BOOKMARK' } & WebLink)
  | ({ type: 'EMBED' } & WebLink)
  | ({ type: 'LINK_PREVIEW' } & WebLink)
  /** Anything we keep as plain text for now. */
  | { type: 'OTHER'; kind: string; text: string };

export type BlockType = BlockContent['type'];

export const BLOCK_TYPES = [
  'PARAGRAPH',
  'HEADING',
  'BULLETED_LIST_ITEM',
  'NUMBERED_LIST_ITEM',
  'TO_DO',
  'TOGGLE',
  'QUOTE',
  'CALLOUT',
  'CODE',
  'EQUATION',
  'DIVIDER',
  'TABLE_OF_CONTENTS',
  'COLUMN_LIST',
  'COLUMN',
  'TABLE',
  'TABLE_ROW',
  'LINK_TO_PAGE',
  'IMAGE',
  'VIDEO',
  'AUDIO',
  'PDF',
  'FILE',
  'BOOKMARK',
  'EMBED',
  'LINK_PREVIEW',
  'OTHER',
] as const satisfies readonly BlockType[];

/** A block with what stands below it, as the importer, the commands and Markdown hand it over. */
export interface BlockTree {
  content: BlockContent;
  children: BlockTree[];
}

/** Ids of everything a block's own text mentions, people included, its children's not. */
export function mentionsOf(content: BlockContent): Id[] {
  const spans = textsOf(content).flat();
  const target = content.type === 'LINK_TO_PAGE' ? [content.resourceId] : [];
  return spans.length === 0 ? target : [...mentionsIn(spans), ...usersIn(spans)];
}

/** Every rich text of a block. */
export function textsOf(content: BlockContent): RichTextSpan[][] {
  if ('cells' in content) return content.cells;
  return [
    ...('richText' in content ? [content.richText] : []),
    ...('caption' in content && content.caption ? [content.caption] : []),
  ];
}

const HOLDS_BLOCKS: ReadonlySet<BlockType> = new Set([
  'PARAGRAPH',
  'BULLETED_LIST_ITEM',
  'NUMBERED_LIST_ITEM',
  'TO_DO',
  'TOGGLE',
  'QUOTE',
  'CALLOUT',
  'COLUMN',
]);

/** Whether one block may stand right below another; at the top of a page when there is none. Rows of a table are as wide
 *  as it. What is below an OTHER block stays as it came. */
export function fitsBelow(parent: BlockContent | null, child: BlockContent): boolean {
  if (parent?.type === 'TABLE') return child.type === 'TABLE_ROW' && child.cells.length === parent.width;
  if (parent?.type === 'COLUMN_LIST') return child.type === 'COLUMN';
  if (child.type === 'TABLE_ROW' || child.type === 'COLUMN') return false;
  if (parent === null || HOLDS_BLOCKS.has(parent.type)) return true;
  return parent.type === 'HEADING' && parent.isToggleable === true;
}
