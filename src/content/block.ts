// Blocks as GraphQL shows them: a flat list in reading order, each with its parent and depth. A block takes the
// access of its page.

import { Directive, Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';
import type { BlockContent, BlockType } from './block-content.js';
import { FileInfo, fileOf } from './file-info.js';
import { face } from './property-schema.js';
import { plainText, type RichTextSpan } from './rich-text.js';
import { Span, spansOf, type Titles } from './span.js';

export const BlockTypeEnum = enumType<BlockType>('BlockType', 'What a block is.', {
  PARAGRAPH: 'Text.',
  HEADING: 'A heading of level 1 to 4.',
  BULLETED_LIST_ITEM: 'A point of a list.',
  NUMBERED_LIST_ITEM: 'A numbered point of a list.',
  TO_DO: 'Something to tick off.',
  TOGGLE: 'A heading line that folds what stands below it.',
  QUOTE: 'A quotation.',
  CALLOUT: 'A framed remark.',
  CODE: 'Source code.',
  EQUATION: 'A formula in TeX.',
  DIVIDER: 'A line across.',
  TABLE: 'A simple table; its rows stand below it.',
  TABLE_ROW: 'A row of a simple table.',
  IMAGE: 'A picture.',
  FILE: 'A file.',
  BOOKMARK: 'A link on a line of its own.',
  OTHER: 'Anything else, as plain text.',
});

const READS = '@requires(anyOf: [[CONTENT_READ]])';
const CONTENT = '@sensitive(class: CONTENT)';

@InterfaceType({ implements: Node, description: 'A piece of a page.' })
export abstract class Block extends Node {
  access!: Bits;
  pageId!: Id;
  /** Place in reading order. */
  path!: string;

  @Directive(READS)
  @Field(() => BlockTypeEnum, { nullable: true, description: 'What it is.' })
  type!: BlockType | null;

  @Directive(READS)
  @Field(() => ID, { nullable: true, description: 'The block it stands below; null at the top of its page.' })
  parentId!: Id | null;

  @Directive(READS)
  @Field(() => Int, { nullable: true, description: 'How many blocks stand above it; 0 at the top of its page.' })
  depth!: number | null;

  @Directive(READS)
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'All its own text without style; empty when it has none.' })
  plainText!: string | null;
}

const described = (description: string) => ({ implements: Block, simpleResolvers: true, description });

@Directive(READS)
@ObjectType(described('Text.'))
export class ParagraphBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('A heading.'))
export class HeadingBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;

  @Field(() => Int, { nullable: true, description: '1 to 4.' })
  level!: number | null;
}

@Directive(READS)
@ObjectType(described('A point of a list.'))
export class BulletedListItemBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('A numbered point of a list.'))
export class NumberedListItemBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('Something to tick off.'))
export class ToDoBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;

  @Directive(CONTENT)
  @Field(() => Boolean, { nullable: true, description: 'Whether it is done.' })
  checked!: boolean | null;
}

@Directive(READS)
@ObjectType(described('A line that folds what stands below it.'))
export class ToggleBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('A quotation.'))
export class QuoteBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('A framed remark.'))
export class CalloutBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The emoji beside it; null when there is none.' })
  icon!: string | null;
}

@Directive(READS)
@ObjectType(described('Source code.'))
export class CodeBlock extends Block {
  @Field(() => [Span], { nullable: true, description: 'The code.' })
  richText!: Span[] | null;

  @Field(() => String, { nullable: true, description: 'Its language as written; null when none was given.' })
  language!: string | null;
}

@Directive(READS)
@ObjectType(described('A formula; its TeX is the plain text.'))
export class EquationBlock extends Block {}

@Directive(READS)
@ObjectType(described('A line across.'))
export class DividerBlock extends Block {}

@Directive(READS)
@ObjectType(described('A simple table; its rows are the blocks below it.'))
export class TableBlock extends Block {
  @Field(() => Int, { nullable: true, description: 'How many columns it has.' })
  width!: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its first row is a heading.' })
  hasColumnHeader!: boolean | null;
}

@Directive(READS)
@ObjectType(described('A row of a simple table.'))
export class TableRowBlock extends Block {
  @Field(() => [[Span]], { nullable: true, description: 'The text of each cell.' })
  cells!: Span[][] | null;
}

@Directive(READS)
@ObjectType(described('A picture.'))
export class ImageBlock extends Block {
  @Field(() => FileInfo, { nullable: true, description: 'The picture itself.' })
  file!: FileInfo | null;

  @Field(() => [Span], { nullable: true, description: 'What stands below it.' })
  caption!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('A file.'))
export class FileBlock extends Block {
  @Field(() => FileInfo, { nullable: true, description: 'The file itself.' })
  file!: FileInfo | null;

  @Field(() => [Span], { nullable: true, description: 'What stands below it.' })
  caption!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('A link on a line of its own.'))
export class BookmarkBlock extends Block {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'Where it links to.' })
  url!: string | null;

  @Field(() => [Span], { nullable: true, description: 'What stands below it.' })
  caption!: Span[] | null;
}

@Directive(READS)
@ObjectType(described('Anything else, as plain text.'))
export class OtherBlock extends Block {
  @Field(() => String, { nullable: true, description: 'What it was where it came from.' })
  kind!: string | null;
}

export const BlockList = listOf(Block, 'Block');

/** All concrete types, for the schema to list: they are only reached through the interface. */
export const BLOCK_CLASSES = [
  ParagraphBlock,
  HeadingBlock,
  BulletedListItemBlock,
  NumberedListItemBlock,
  ToDoBlock,
  ToggleBlock,
  QuoteBlock,
  CalloutBlock,
  CodeBlock,
  EquationBlock,
  DividerBlock,
  TableBlock,
  TableRowBlock,
  ImageBlock,
  FileBlock,
  BookmarkBlock,
  OtherBlock,
];

export interface StoredBlock {
  id: Id;
  pageId: Id;
  parentId: Id | null;
  path: string;
  depth: number;
  content: BlockContent;
}

/** A block for a reader with these bits on its page, who may read these titles. */
export function blockOf({ content, ...stored }: StoredBlock, access: Bits, titles: Titles): Block {
  const text = (spans: readonly RichTextSpan[]) => plainText(spans, (id) => titles[id]);
  const spans = (stored: readonly RichTextSpan[]) => spansOf(stored, access, titles);
  const shared = { ...stored, access, type: content.type };
  switch (content.type) {
    case 'PARAGRAPH':
      return face(ParagraphBlock, { ...shared, plainText: text(content.richText), richText: spans(content.richText) });
    case 'HEADING':
      return face(HeadingBlock, {
        ...shared,
        plainText: text(content.richText),
        richText: spans(content.richText),
        level: content.level,
      });
    case 'BULLETED_LIST_ITEM':
      return face(BulletedListItemBlock, {
        ...shared,
        plainText: text(content.richText),
        richText: spans(content.richText),
      });
    case 'NUMBERED_LIST_ITEM':
      return face(NumberedListItemBlock, {
        ...shared,
        plainText: text(content.richText),
        richText: spans(content.richText),
      });
    case 'TO_DO':
      return face(ToDoBlock, {
        ...shared,
        plainText: text(content.richText),
        richText: spans(content.richText),
        checked: content.checked,
      });
    case 'TOGGLE':
      return face(ToggleBlock, { ...shared, plainText: text(content.richText), richText: spans(content.richText) });
    case 'QUOTE':
      return face(QuoteBlock, { ...shared, plainText: text(content.richText), richText: spans(content.richText) });
    case 'CALLOUT':
      return face(CalloutBlock, {
        ...shared,
        plainText: text(content.richText),
        richText: spans(content.richText),
        icon: content.icon ?? null,
      });
    case 'CODE':
      return face(CodeBlock, {
        ...shared,
        plainText: text(content.richText),
        richText: spans(content.richText),
        language: content.language ?? null,
      });
    case 'EQUATION':
      return face(EquationBlock, { ...shared, plainText: content.expression });
    case 'DIVIDER':
      return face(DividerBlock, { ...shared, plainText: '' });
    case 'TABLE':
      return face(TableBlock, {
        ...shared,
        plainText: '',
        width: content.width,
        hasColumnHeader: content.hasColumnHeader,
      });
    case 'TABLE_ROW':
      return face(TableRowBlock, {
        ...shared,
        plainText: content.cells.map(text).join('\t'),
        cells: content.cells.map(spans),
      });
    case 'IMAGE':
      return face(ImageBlock, {
        ...shared,
        plainText: text(content.caption),
        file: fileOf(content.file, access),
        caption: spans(content.caption),
      });
    case 'FILE':
      return face(FileBlock, {
        ...shared,
        plainText: text(content.caption),
        file: fileOf(content.file, access),
        caption: spans(content.caption),
      });
    case 'BOOKMARK':
      return face(BookmarkBlock, {
        ...shared,
        plainText: text(content.caption),
        url: content.url,
        caption: spans(content.caption),
      });
    case 'OTHER':
      return face(OtherBlock, { ...shared, plainText: content.text, kind: content.kind });
  }
}
