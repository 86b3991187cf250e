// What a block holds on disk, one shape per kind. The GraphQL face of each kind is in block.ts.

import type { Id } from '../lib/id.js';
import { mentionsIn, type RichTextSpan } from './rich-text.js';

/** Bytes in the file store (`fileId`) or somewhere on the web (`url`): exactly one of the two. */
export interface FileReference {
  name: string;
  fileId?: Id;
  url?: string;
  /** Media type and bytes, kept beside `fileId` so that showing a block reads no second table. */
  contentType?: string;
  size?: number;
}

export type BlockContent =
  | { type: 'PARAGRAPH'; richText: RichTextSpan[] }
  | { type: 'HEADING'; level: 1 | 2 | 3 | 4; richText: RichTextSpan[] }
  | { type: 'BULLETED_LIST_ITEM'; richText: RichTextSpan[] }
  | { type: 'NUMBERED_LIST_ITEM'; richText: RichTextSpan[] }
  | { type: 'TO_DO'; checked: boolean; richText: RichTextSpan[] }
  | { type: 'TOGGLE'; richText: RichTextSpan[] }
  | { type: 'QUOTE'; richText: RichTextSpan[] }
  | { type: 'CALLOUT'; icon?: string; richText: RichTextSpan[] }
  | { type: 'CODE'; language?: string; richText: RichTextSpan[] }
  | { type: 'EQUATION'; expression: string }
  | { type: 'DIVIDER' }
  | { type: 'TABLE'; width: number; hasColumnHeader: boolean }
  | { type: 'TABLE_ROW'; cells: RichTextSpan[][] }
  | { type: 'IMAGE'; file: FileReference; caption: RichTextSpan[] }
  | { type: 'FILE'; file: FileReference; caption: RichTextSpan[] }
  | { type: 'BOOKMARK'; url: string; caption: RichTextSpan[] }
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
  'TABLE',
  'TABLE_ROW',
  'IMAGE',
  'FILE',
  'BOOKMARK',
  'OTHER',
] as const satisfies readonly BlockType[];

/** A block with what stands below it, as the importer and later the append commands hand it over. */
export interface BlockTree {
  content: BlockContent;
  children: BlockTree[];
}

/** Ids of everything a block's own text mentions, its children's not included. */
export function mentionsOf(content: BlockContent): Id[] {
  if ('richText' in content) return mentionsIn(content.richText);
  if ('caption' in content) return mentionsIn(content.caption);
  if (content.type === 'TABLE_ROW') return mentionsIn(content.cells.flat());
  return [];
}
