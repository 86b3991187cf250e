// Blocks as clients write them: one kind each, with what is to stand below it. The same shapes change a block: what is
// left out stays then.

import { Directive, Field, Float, ID, InputType, Int } from 'type-graphql';
import { ListFormatEnum } from './block.js';
import type { ListFormat } from './block-content.js';
import type { TextColor } from './rich-text.js';
import { TextColorEnum } from './span.js';
import { SpanInput } from './span-input.js';

const BELOW = 'Blocks to stand below it, in order. Never when a block is changed.';
const COLOR = { nullable: true, description: 'Its colour; null for the usual one.' };

/** What any member of `BlockInput` may hold. */
export interface AnyBlockInput {
  children?: BlockInput[] | null;
}

@InputType({ description: 'A block with text.' })
abstract class TextInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its text without style, in place of `richText`.' })
  text?: string | null;

  @Field(() => [SpanInput], { nullable: true, description: 'Its text; empty when left out.' })
  richText?: SpanInput[] | null;
}

@InputType({ description: 'A block with text that may have a colour.' })
abstract class ColoredTextInput extends TextInput {
  @Field(() => TextColorEnum, COLOR)
  color?: TextColor | null;

  @Field(() => [BlockInput], { nullable: true, description: BELOW })
  children?: BlockInput[] | null;
}

@InputType({ description: 'Text.' })
export class ParagraphInput extends ColoredTextInput {}

@InputType({ description: 'A heading.' })
export class HeadingInput extends ColoredTextInput {
  @Field(() => Int, { nullable: true, description: '1 to 4; 1 when left out.' })
  level?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it folds what stands below it; false when left out.' })
  isToggleable?: boolean | null;
}

@InputType({ description: 'A point of a list.' })
export class BulletedListItemInput extends ColoredTextInput {}

@InputType({ description: 'A numbered point of a list.' })
export class NumberedListItemInput extends ColoredTextInput {
  @Field(() => Int, {
    nullable: true,
    description: 'The number its list begins with; null goes on with the list before it.',
  })
  start?: number | null;

  @Field(() => ListFormatEnum, { nullable: true, description: 'How its list is counted; null for the usual way.' })
  format?: ListFormat | null;
}

@InputType({ description: 'Something to tick off.' })
export class ToDoInput extends ColoredTextInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => Boolean, { nullable: true, description: 'Whether it is done; false when left out.' })
  checked?: boolean | null;
}

@InputType({ description: 'A line that folds what stands below it.' })
export class ToggleInput extends ColoredTextInput {}

@InputType({ description: 'A quotation.' })
export class QuoteInput extends ColoredTextInput {}

@InputType({ description: 'A framed remark.' })
export class CalloutInput extends ColoredTextInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'One emoji beside it; null for none.' })
  icon?: string | null;
}

@InputType({ description: 'Source code.' })
export class CodeInput extends TextInput {
  @Field(() => String, { nullable: true, description: 'Its language; null for none.' })
  language?: string | null;

  @Field(() => [SpanInput], { nullable: true, description: 'What stands below it; empty when left out.' })
  caption?: SpanInput[] | null;
}

@InputType({ description: 'A formula.' })
export class EquationInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: 'Its TeX.' })
  expression!: string;
}

@InputType({ description: 'The headings of the page.' })
export class TableOfContentsInput {
  @Field(() => TextColorEnum, COLOR)
  color?: TextColor | null;
}

@InputType({ description: 'Columns beside each other.' })
export class ColumnListInput {
  @Field(() => [ColumnInput], { description: 'The columns, two at least.' })
  columns!: ColumnInput[];
}

@InputType({ description: 'A column.' })
export class ColumnInput {
  @Field(() => Float, {
    nullable: true,
    description: 'Its share of the width, above 0 and up to 1; null for as wide as the others.',
  })
  widthRatio?: number | null;

  @Field(() => [BlockInput], { nullable: true, description: BELOW })
  children?: BlockInput[] | null;
}

@InputType({ description: 'A simple table.' })
export class TableInput {
  @Field(() => Int, {
    nullable: true,
    description: 'How many columns; as many as its first row has when left out. Never changed.',
  })
  width?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its first row is a heading; false when left out.' })
  hasColumnHeader?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its first column is a heading; false when left out.' })
  hasRowHeader?: boolean | null;

  @Field(() => [TableRowInput], { nullable: true, description: 'Its rows, in order. Never when a block is changed.' })
  rows?: TableRowInput[] | null;
}

@InputType({ description: 'A row of a simple table.' })
export class TableRowInput {
  @Field(() => [[SpanInput]], { description: 'The text of each cell.' })
  cells!: SpanInput[][];
}

@InputType({ description: 'A link to a page or database of this workspace, on a line of its own.' })
export class LinkToPageInput {
  @Field(() => ID, { description: 'Id of a page, database or data source that you reach.' })
  targetId!: string;
}

@InputType({ description: 'A block that stands for something on the web.' })
abstract class CaptionedInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'Where it is on the web, http or https. Needed for a new block.',
  })
  url?: string | null;

  @Field(() => [SpanInput], { nullable: true, description: 'What stands below it; empty when left out.' })
  caption?: SpanInput[] | null;
}

@InputType({ description: 'A file: on the web, or one you have uploaded.' })
export class MediaInput extends CaptionedInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'Its name; that of the upload, or the last part of the address, when left out.',
  })
  name?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of a completed upload of yours, which is used up by it; instead of `url`.',
  })
  uploadId?: string | null;
}

@InputType({ description: 'A link to the web, on a line of its own.' })
export class WebLinkInput extends CaptionedInput {}

const kind = (description: string) => ({ nullable: true, description });

@Directive('@oneOf')
@InputType({ description: 'A block: exactly one kind.' })
export class BlockInput {
  @Field(() => ParagraphInput, kind('Text.'))
  paragraph?: ParagraphInput | null;

  @Field(() => HeadingInput, kind('A heading.'))
  heading?: HeadingInput | null;

  @Field(() => BulletedListItemInput, kind('A point of a list.'))
  bulletedListItem?: BulletedListItemInput | null;

  @Field(() => NumberedListItemInput, kind('A numbered point of a list.'))
  numberedListItem?: NumberedListItemInput | null;

  @Field(() => ToDoInput, kind('Something to tick off.'))
  toDo?: ToDoInput | null;

  @Field(() => ToggleInput, kind('A line that folds what stands below it.'))
  toggle?: ToggleInput | null;

  @Field(() => QuoteInput, kind('A quotation.'))
  quote?: QuoteInput | null;

  @Field(() => CalloutInput, kind('A framed remark.'))
  callout?: CalloutInput | null;

  @Field(() => CodeInput, kind('Source code.'))
  code?: CodeInput | null;

  @Field(() => EquationInput, kind('A formula.'))
  equation?: EquationInput | null;

  @Field(() => Boolean, kind('True for a line across.'))
  divider?: boolean | null;

  @Field(() => TableOfContentsInput, kind('The headings of the page.'))
  tableOfContents?: TableOfContentsInput | null;

  @Field(() => ColumnListInput, kind('Columns beside each other.'))
  columnList?: ColumnListInput | null;

  @Field(() => ColumnInput, kind('A column; below a list of columns only.'))
  column?: ColumnInput | null;

  @Field(() => TableInput, kind('A simple table.'))
  table?: TableInput | null;

  @Field(() => TableRowInput, kind('A row; below a table only.'))
  tableRow?: TableRowInput | null;

  @Field(() => LinkToPageInput, kind('A link to a page or database of this workspace, on a line of its own.'))
  linkToPage?: LinkToPageInput | null;

  @Field(() => MediaInput, kind('A picture.'))
  image?: MediaInput | null;

  @Field(() => MediaInput, kind('A film.'))
  video?: MediaInput | null;

  @Field(() => MediaInput, kind('A sound.'))
  audio?: MediaInput | null;

  @Field(() => MediaInput, kind('A PDF.'))
  pdf?: MediaInput | null;

  @Field(() => MediaInput, kind('A file.'))
  file?: MediaInput | null;

  @Field(() => WebLinkInput, kind('A link on a line of its own.'))
  bookmark?: WebLinkInput | null;

  @Field(() => WebLinkInput, kind('Something of the web, shown in the page.'))
  embed?: WebLinkInput | null;
}
