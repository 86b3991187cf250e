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

@InterfaceType({ implements: Block, description: 'A block that holds text.' })
export abstract class TextBlock extends Block {
  @Directive(READS)
  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;
}

const described = (description: string) => ({ implements: Block, simpleResolvers: true, description });
const describedText = (description: string) => ({ ...described(description), implements: [TextBlock, Block] });

@Directive(READS)
@ObjectType(describedText('Text.'))
export class ParagraphBlock extends TextBlock {}

@Directive(READS)
@ObjectType(describedText('A heading.'))
export class HeadingBlock extends TextBlock {
  @Field(() => Int, { nullable: true, description: '1 to 4.' })
  level!: number | null;
}

@Directive(READS)
@ObjectType(describedText('A point of a list.'))
export class BulletedListItemBlock extends TextBlock {}

@Directive(READS)
@ObjectType(describedText('A numbered point of a list.'))
export class NumberedListItemBlock extends TextBlock {}

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
  TABLE: TableBlock,
  TABLE_ROW: TableRowBlock,
  IMAGE: ImageBlock,
  FILE: FileBlock,
  BOOKMARK: BookmarkBlock,
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
}

/** A block for a reader with these bits on its page, who may read these titles. */
export function blockOf({ content, ...place }: StoredBlock, access: Bits, titles: Titles): Block {
  const shown: Block = {
    ...place,
    access,
    type: content.type,
    plainText: textOf(content, (spans) => plainText(spans, (id) => titles[id])),
  };
  return { ...facesOf(content, access, titles), ...shown, __typename: CLASS_OF[content.type].name } as Block;
}

/** What a kind holds, under the same names, with its parts as GraphQL shows them. */
function facesOf(content: BlockContent, access: Bits, titles: Titles): object {
  const spans = (stored: readonly RichTextSpan[]) => spansOf(stored, access, titles);
  return {
    ...content,
    ...('richText' in content && { richText: spans(content.richText) }),
    ...('caption' in content && { caption: spans(content.caption) }),
    ...('cells' in content && { cells: content.cells.map(spans) }),
    ...('file' in content && { file: fileOf(content.file, access) }),
  };
}

function textOf(content: BlockContent, text: (spans: readonly RichTextSpan[]) => string): string {
  if ('richText' in content) return text(content.richText);
  if ('caption' in content) return text(content.caption);
  if ('cells' in content) return content.cells.map(text).join('\t');
  if (content.type === 'EQUATION') return content.expression;
  return content.type === 'OTHER' ? content.text : '';
}
