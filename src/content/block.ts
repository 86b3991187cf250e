// Blocks as GraphQL shows them: a flat list in reading order, each with its parent and depth. A block takes the
// access of its page.

import { Directive, Field, Float, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';
import { User } from '../people/user.js';
import type { BlockContent, BlockType, ListFormat } from './block-content.js';
import { FileInfo, fileOf } from './file-info.js';
import { Resource } from './resource.js';
import { plainText, type RichTextSpan, type TextColor, UNAVAILABLE_MENTION } from './rich-text.js';
import { Span, spansOf, TextColorEnum, type Titles } from './span.js';

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
  TABLE_OF_CONTENTS: 'The headings of the page.',
  COLUMN_LIST: 'Columns beside each other; they stand below it.',
  COLUMN: 'A column.',
  TABLE: 'A simple table; its rows stand below it.',
  TABLE_ROW: 'A row of a simple table.',
  LINK_TO_PAGE: 'A link to a page or database of this workspace, on a line of its own.',
  IMAGE: 'A picture.',
  VIDEO: 'A film.',
  AUDIO: 'A sound.',
  PDF: 'A PDF.',
  FILE: 'A file.',
  BOOKMARK: 'A link on a line of its own.',
  EMBED: 'Something of the web, shown in the page.',
  LINK_PREVIEW: 'A link with a preview of what it leads to.',
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

  @Directive(READS)
  @Field(() => Int, { nullable: true, description: 'Counts its changes; give it back as `expectedVersion`.' })
  version!: number | null;

  createdById!: Id | null;
  lastEditedById!: Id | null;

  @Directive(READS)
  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  createdAt!: Date | string | null;

  @Directive(READS)
  @Field(() => User, { nullable: true, description: 'Who made it; null when nobody in this workspace did.' })
  createdBy?: User | null;

  @Directive(READS)
  @Field(() => DateTime, { nullable: true, description: 'When it was last changed.' })
  lastEditedAt!: Date | string | null;

  @Directive(READS)
  @Field(() => User, { nullable: true, description: 'Who last changed it; null when nobody in this workspace did.' })
  lastEditedBy?: User | null;
}

@InterfaceType({ implements: Block, description: 'A block that holds text.' })
export abstract class TextBlock extends Block {
  @Directive(READS)
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;

  @Directive(READS)
  @Field(() => TextColorEnum, { nullable: true, description: 'Its colour; null for the usual one, and for code.' })
  color!: TextColor | null;
}

@InterfaceType({ implements: Block, description: 'A block that holds a file.' })
export abstract class MediaBlock extends Block {
  @Directive(READS)
  @Field(() => FileInfo, { nullable: true, description: 'The file itself.' })
  file!: FileInfo | null;

  @Directive(READS)
  @Field(() => [Span], { nullable: true, description: 'What stands below it.' })
  caption!: Span[] | null;
}

@InterfaceType({ implements: Block, description: 'A block that links to the web.' })
export abstract class WebBlock extends Block {
  @Directive(READS)
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'Where it links to.' })
  url!: string | null;

  @Directive(READS)
  @Field(() => [Span], { nullable: true, description: 'What stands below it.' })
  caption!: Span[] | null;
}

export const ListFormatEnum = enumType<ListFormat>('ListFormat', 'How the points of a numbered list are counted.', {
  NUMBERS: '1, 2, 3.',
  LETTERS: 'a, b, c.',
  ROMAN: 'i, ii, iii.',
});

const described = (description: string) => ({ implements: Block, simpleResolvers: true, description });
const describedText = (description: string) => ({ ...described(description), implements: [TextBlock, Block] });
const describedMedia = (description: string) => ({ ...described(description), implements: [MediaBlock, Block] });
const describedWeb = (description: string) => ({ ...described(description), implements: [WebBlock, Block] });

@Directive(READS)
@ObjectType(describedText('Text.'))
export class ParagraphBlock extends TextBlock {}

@Directive(READS)
@ObjectType(describedText('A heading.'))
export class HeadingBlock extends TextBlock {
  @Field(() => Int, { nullable: true, description: '1 to 4.' })
  level!: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it folds what stands below it.' })
  isToggleable!: boolean | null;
}

@Directive(READS)
@ObjectType(describedText('A point of a list.'))
export class BulletedListItemBlock extends TextBlock {}

@Directive(READS)
@ObjectType(describedText('A numbered point of a list.'))
export class NumberedListItemBlock extends TextBlock {
  @Field(() => Int, {
    nullable: true,
    description: 'The number its list begins with; null when it goes on with the list before it.',
  })
  start!: number | null;

  @Field(() => ListFormatEnum, { nullable: true, description: 'How its list is counted; null for the usual way.' })
  format!: ListFormat | null;
}

@Directive(READS)
@ObjectType(describedText('Something to tick off.'))
export class ToDoBlock extends TextBlock {
  @Directive(CONTENT)
  @Field(() => Boolean, { nullable: true, description: 'Whether it is done.' })
  checked!: boolean | null;
}

@Directive(READS)
@ObjectType(describedText('A line that folds what stands below it.'))
export class ToggleBlock extends TextBlock {}

@Directive(READS)
@ObjectType(describedText('A quotation.'))
export class QuoteBlock extends TextBlock {}

@Directive(READS)
@ObjectType(describedText('A framed remark.'))
export class CalloutBlock extends TextBlock {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The emoji beside it; null when there is none.' })
  icon!: string | null;
}

@Directive(READS)
@ObjectType(describedText('Source code.'))
export class CodeBlock extends TextBlock {
  @Field(() => String, { nullable: true, description: 'Its language as written; null when none was given.' })
  language!: string | null;

  @Field(() => [Span], { nullable: true, description: 'What stands below it.' })
  caption!: Span[] | null;
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

  @Field(() => Boolean, { nullable: true, description: 'Whether its first column is a heading.' })
  hasRowHeader!: boolean | null;
}

@Directive(READS)
@ObjectType(described('A row of a simple table.'))
export class TableRowBlock extends Block {
  @Field(() => [[Span]], { nullable: true, description: 'The text of each cell.' })
  cells!: Span[][] | null;
}

@Directive(READS)
@ObjectType(described('The headings of the page.'))
export class TableOfContentsBlock extends Block {
  @Field(() => TextColorEnum, { nullable: true, description: 'Its colour; null for the usual one.' })
  color!: TextColor | null;
}

@Directive(READS)
@ObjectType(described('Columns beside each other: the blocks below it.'))
export class ColumnListBlock extends Block {}

@Directive(READS)
@ObjectType(described('A column; what it holds are the blocks below it.'))
export class ColumnBlock extends Block {
  @Field(() => Float, { nullable: true, description: 'Its share of the width; null when all are as wide.' })
  widthRatio!: number | null;
}

@Directive(READS)
@ObjectType(described('A link to a page or database of this workspace, on a line of its own.'))
export class LinkToPageBlock extends Block {
  mentionedId!: Id | null;

  @Field(() => Resource, {
    nullable: true,
    description: 'Where it leads; null when that is gone or out of your reach.',
  })
  target?: Resource | null;
}

@Directive(READS)
@ObjectType(describedMedia('A picture.'))
export class ImageBlock extends MediaBlock {}

@Directive(READS)
@ObjectType(describedMedia('A film.'))
export class VideoBlock extends MediaBlock {}

@Directive(READS)
@ObjectType(describedMedia('A sound.'))
export class AudioBlock extends MediaBlock {}

@Directive(READS)
@ObjectType(describedMedia('A PDF.'))
export class PdfBlock extends MediaBlock {}

@Directive(READS)
@ObjectType(describedMedia('A file.'))
export class FileBlock extends MediaBlock {}

@Directive(READS)
@ObjectType(describedWeb('A link on a line of its own.'))
export class BookmarkBlock extends WebBlock {}

@Directive(READS)
@ObjectType(describedWeb('Something of the web, shown in the page.'))
export class EmbedBlock extends WebBlock {}

@Directive(READS)
@ObjectType(describedWeb('A link with a preview of what it leads to.'))
export class LinkPreviewBlock extends WebBlock {}

@Directive(READS)
@ObjectType(described('Anything else, as plain text.'))
export class OtherBlock extends Block {
  @Field(() => String, { nullable: true, description: 'What it was where it came from.' })
  kind!: string | null;
}

export const BlockList = listOf(Block, 'Block');

const CLASS_OF = {
  PARAGRAPH: ParagraphBlock,
  HEADING: HeadingBlock,
  BULLETED_LIST_ITEM: BulletedListItemBlock,
  NUMBERED_LIST_ITEM: NumberedListItemBlock,
  TO_DO: ToDoBlock,
  TOGGLE: ToggleBlock,
  QUOTE: QuoteBlock,
  CALLOUT: CalloutBlock,
  CODE: CodeBlock,
  EQUATION: EquationBlock,
  DIVIDER: DividerBlock,
  TABLE_OF_CONTENTS: TableOfContentsBlock,
  COLUMN_LIST: ColumnListBlock,
  COLUMN: ColumnBlock,
  TABLE: TableBlock,
  TABLE_ROW: TableRowBlock,
  LINK_TO_PAGE: LinkToPageBlock,
  IMAGE: ImageBlock,
  VIDEO: VideoBlock,
  AUDIO: AudioBlock,
  PDF: PdfBlock,
  FILE: FileBlock,
  BOOKMARK: BookmarkBlock,
  EMBED: EmbedBlock,
  LINK_PREVIEW: LinkPreviewBlock,
  OTHER: OtherBlock,
} satisfies Record<BlockType, new () => Block>;

/** All concrete types, for the schema to list: they are only reached through the interface. */
export const BLOCK_CLASSES: (new () => Block)[] = Object.values(CLASS_OF);

export interface StoredBlock {
  id: Id;
  pageId: Id;
  parentId: Id | null;
  path: string;
  depth: number;
  content: BlockContent;
  version: number;
  createdAt: string;
  createdById: Id | null;
  lastEditedAt: string;
  lastEditedById: Id | null;
}

/** A block for a reader with these bits on its page, who may read these titles. */
export function blockOf({ content, ...place }: StoredBlock, access: Bits, titles: Titles): Block {
  const shown: Block = {
    ...place,
    access,
    type: content.type,
    plainText: textOf(content, titles),
  };
  return {
    ...facesOf(content, access, titles, place.pageId),
    ...shown,
    __typename: CLASS_OF[content.type].name,
  } as Block;
}

/** What a kind holds, under the same names, with its parts as GraphQL shows them. */
function facesOf(content: BlockContent, access: Bits, titles: Titles, pageId: Id): object {
  const spans = (stored: readonly RichTextSpan[]) => spansOf(stored, access, titles);
  return {
    ...content,
    ...('richText' in content && { richText: spans(content.richText) }),
    ...('caption' in content && { caption: spans(content.caption ?? []) }),
    ...('cells' in content && { cells: content.cells.map(spans) }),
    ...('file' in content && { file: fileOf(content.file, access, pageId) }),
    ...(content.type === 'CODE' && { caption: spans(content.caption ?? []) }),
    ...(content.type === 'HEADING' && { isToggleable: content.isToggleable ?? false }),
    ...(content.type === 'TABLE' && { hasRowHeader: content.hasRowHeader ?? false }),
    ...(content.type === 'LINK_TO_PAGE' && { mentionedId: content.resourceId }),
  };
}

function textOf(content: BlockContent, titles: Titles): string {
  const text = (spans: readonly RichTextSpan[]) => plainText(spans, (id) => titles[id]);
  if ('richText' in content) return text(content.richText);
  if ('cells' in content) return content.cells.map(text).join('\t');
  if ('caption' in content) return text(content.caption ?? []);
  if (content.type === 'EQUATION') return content.expression;
  if (content.type === 'LINK_TO_PAGE') return titles[content.resourceId] ?? UNAVAILABLE_MENTION;
  return content.type === 'OTHER' ? content.text : '';
}
