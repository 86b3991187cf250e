// Comparisons of values: one input for each kind. What they mean for empty values and in which property they may stand is
// decided in comparison.ts.

import { Directive, Field, Float, ID, InputType } from 'type-graphql';
import { type VerificationState, VerificationStateEnum } from './property-value.js';

const ALL_HOLD = 'Every member given must hold, and at least one is given.';
const IS_EMPTY = 'Whether there is no value.';
const IS_NOT_EMPTY = 'Whether there is a value.';

@InputType({
  description: `Compares a title, text, web address, e-mail address or telephone number. ${ALL_HOLD} An empty value has no text: it differs from every text and holds none. Of a text, mentions are left out.`,
})
export class TextFilter {
  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Is exactly this text; case counts.' })
  equals?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Is not exactly this text, or is empty.' })
  doesNotEqual?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Holds this text; case does not count.' })
  contains?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Does not hold this text, or is empty; case does not count.' })
  doesNotContain?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins with this text; case does not count.' })
  startsWith?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Ends with this text; case does not count.' })
  endsWith?: string | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: IS_EMPTY })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: IS_NOT_EMPTY })
  isNotEmpty?: boolean | null;
}

@InputType({
  description: `Compares a number. ${ALL_HOLD} An empty value is neither greater nor less, and differs from all.`,
})
export class NumberFilter {
  @Directive('@open')
  @Field(() => Float, { nullable: true, description: 'Is this number.' })
  equals?: number | null;

  @Directive('@open')
  @Field(() => Float, { nullable: true, description: 'Is another number, or is empty.' })
  doesNotEqual?: number | null;

  @Directive('@open')
  @Field(() => Float, { nullable: true, description: 'Is greater than this.' })
  greaterThan?: number | null;

  @Directive('@open')
  @Field(() => Float, { nullable: true, description: 'Is less than this.' })
  lessThan?: number | null;

  @Directive('@open')
  @Field(() => Float, { nullable: true, description: 'Is this or greater.' })
  greaterThanOrEqualTo?: number | null;

  @Directive('@open')
  @Field(() => Float, { nullable: true, description: 'Is this or less.' })
  lessThanOrEqualTo?: number | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: IS_EMPTY })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: IS_NOT_EMPTY })
  isNotEmpty?: boolean | null;
}

@InputType({ description: `Compares a checkbox. ${ALL_HOLD} One that was never touched is not checked.` })
export class CheckboxFilter {
  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Is so.' })
  equals?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Is not so.' })
  doesNotEqual?: boolean | null;
}

@InputType({
  description: `Compares the option chosen, by name or id, with one or several. ${ALL_HOLD} An option that does not exist is nobody's choice.`,
})
export class SelectFilter {
  @Directive('@open')
  @Field(() => [String], { nullable: true, description: 'Is any of these options.' })
  equals?: string[] | null;

  @Directive('@open')
  @Field(() => [String], { nullable: true, description: 'Is none of these options, or is empty.' })
  doesNotEqual?: string[] | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether none is chosen.' })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether one is chosen.' })
  isNotEmpty?: boolean | null;
}

@InputType({
  description: `Compares the options chosen, by name or id, with one or several. ${ALL_HOLD} An option that does not exist is nobody's choice.`,
})
export class MultiSelectFilter {
  @Directive('@open')
  @Field(() => [String], { nullable: true, description: 'Any of these options is chosen.' })
  contains?: string[] | null;

  @Directive('@open')
  @Field(() => [String], { nullable: true, description: 'None of these options is chosen.' })
  doesNotContain?: string[] | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether none is chosen.' })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether any is chosen.' })
  isNotEmpty?: boolean | null;
}

@InputType({
  description: `Compares where a date begins with a day, written \`YYYY-MM-DD\`, with an RFC 3339 time, to the millisecond, or with one of the days \`today\`, \`tomorrow\`, \`yesterday\`, \`oneWeekAgo\`, \`oneWeekFromNow\`, \`oneMonthAgo\`, \`oneMonthFromNow\`. A day stands for all of it, in the time zone of the list. ${ALL_HOLD} A value without a time of day begins with its day; an empty one is neither before nor after. What counts from now goes on counting from the first page of a list while you follow its cursors.`,
})
export class DateFilter {
  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins then; with a day, at any time of that day.' })
  equals?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins at another time, or is empty.' })
  doesNotEqual?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins earlier.' })
  before?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins later; with a day, on a later day.' })
  after?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins then or earlier; with a day, on that day or earlier.' })
  onOrBefore?: string | null;

  @Directive('@open')
  @Field(() => String, { nullable: true, description: 'Begins then or later.' })
  onOrAfter?: string | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Begins from Monday to Sunday of this week.' })
  thisWeek?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Begins today or on one of the 7 days before.' })
  pastWeek?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Begins today or up to a month before, the same day of the last month included.',
  })
  pastMonth?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Begins today or up to a year before, the same day of the last year included.',
  })
  pastYear?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Begins today or on one of the 7 days to come.' })
  nextWeek?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Begins today or up to a month ahead, the same day of the next month included.',
  })
  nextMonth?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Begins today or up to a year ahead, the same day of the next year included.',
  })
  nextYear?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: IS_EMPTY })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: IS_NOT_EMPTY })
  isNotEmpty?: boolean | null;
}

@InputType({
  description: `Compares people with one or several, by id, or by \`me\` for whoever asks. ${ALL_HOLD} Somebody who does not exist is in no row.`,
})
export class PeopleFilter {
  @Directive('@open')
  @Field(() => [ID], { nullable: true, description: 'Any of these is among them.' })
  contains?: string[] | null;

  @Directive('@open')
  @Field(() => [ID], { nullable: true, description: 'None of these is among them.' })
  doesNotContain?: string[] | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether there is nobody.' })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether there is somebody.' })
  isNotEmpty?: boolean | null;
}

@InputType({
  description: `Compares whether a page is verified, at the time of asking. ${ALL_HOLD}`,
})
export class VerificationFilter {
  @Directive('@open')
  @Field(() => VerificationStateEnum, { nullable: true, description: 'Is so.' })
  equals?: VerificationState | null;

  @Directive('@open')
  @Field(() => VerificationStateEnum, { nullable: true, description: 'Is not so.' })
  doesNotEqual?: VerificationState | null;
}

@InputType({
  description: `Compares the pages pointed to with one or several. ${ALL_HOLD} Only pages you may read count; the others are as if they did not exist.`,
})
export class RelationFilter {
  @Directive('@open')
  @Field(() => [ID], { nullable: true, description: 'Points to any of these pages.' })
  contains?: string[] | null;

  @Directive('@open')
  @Field(() => [ID], { nullable: true, description: 'Points to none of these pages.' })
  doesNotContain?: string[] | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether it points to no page that you may read.' })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether it points to a page that you may read.' })
  isNotEmpty?: boolean | null;
}

@InputType({ description: `Asks for files. ${ALL_HOLD}` })
export class FilesFilter {
  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether there is no file.' })
  isEmpty?: boolean | null;

  @Directive('@open')
  @Field(() => Boolean, { nullable: true, description: 'Whether there is a file.' })
  isNotEmpty?: boolean | null;
}

@InputType({
  description:
    'Compares what a formula came to when it was last computed: exactly one comparison, of the kind it comes to.',
})
export class FormulaFilter {
  @Directive('@reads(coordinate: "FormulaValue.text")')
  @Field(() => TextFilter, { nullable: true, description: 'For TEXT.' })
  text?: TextFilter | null;

  @Directive('@reads(coordinate: "FormulaValue.number")')
  @Field(() => NumberFilter, { nullable: true, description: 'For NUMBER.' })
  number?: NumberFilter | null;

  @Directive('@reads(coordinate: "FormulaValue.checked")')
  @Field(() => CheckboxFilter, { nullable: true, description: 'For CHECKBOX.' })
  checkbox?: CheckboxFilter | null;

  @Directive('@reads(coordinate: "FormulaValue.date")')
  @Field(() => DateFilter, { nullable: true, description: 'For DATE.' })
  date?: DateFilter | null;
}

@InputType({
  description:
    'Compares the value of a related row: exactly one comparison, of the kind the column that is summed up holds.',
})
export class RelatedFilter {
  @Directive('@reads(coordinate: "TextValue.text")')
  @Field(() => TextFilter, { nullable: true, description: 'For TITLE, TEXT, URL, EMAIL and PHONE.' })
  text?: TextFilter | null;

  @Directive('@reads(coordinate: "NumberValue.number")')
  @Field(() => NumberFilter, { nullable: true, description: 'For NUMBER and UNIQUE_ID.' })
  number?: NumberFilter | null;

  @Directive('@reads(coordinate: "CheckboxValue.checked")')
  @Field(() => CheckboxFilter, { nullable: true, description: 'For CHECKBOX.' })
  checkbox?: CheckboxFilter | null;

  @Directive('@reads(coordinate: "SelectValue.option")')
  @Field(() => SelectFilter, { nullable: true, description: 'For SELECT.' })
  select?: SelectFilter | null;

  @Directive('@reads(coordinate: "StatusValue.option")')
  @Field(() => SelectFilter, { nullable: true, description: 'For STATUS.' })
  status?: SelectFilter | null;

  @Directive('@reads(coordinate: "MultiSelectValue.options")')
  @Field(() => MultiSelectFilter, { nullable: true, description: 'For MULTI_SELECT.' })
  multiSelect?: MultiSelectFilter | null;

  @Directive('@reads(coordinate: "DateValue.start")')
  @Field(() => DateFilter, { nullable: true, description: 'For DATE, CREATED_TIME and LAST_EDITED_TIME.' })
  date?: DateFilter | null;

  @Directive('@reads(coordinate: "PeopleValue.people")')
  @Field(() => PeopleFilter, { nullable: true, description: 'For PEOPLE, CREATED_BY and LAST_EDITED_BY.' })
  people?: PeopleFilter | null;

  @Directive('@reads(coordinate: "RelationValue.pages")')
  @Field(() => RelationFilter, { nullable: true, description: 'For RELATION.' })
  relation?: RelationFilter | null;

  @Directive('@reads(coordinate: "FilesValue.files")')
  @Field(() => FilesFilter, { nullable: true, description: 'For FILES.' })
  files?: FilesFilter | null;

  @Directive('@reads(coordinate: "VerificationValue.state")')
  @Field(() => VerificationFilter, { nullable: true, description: 'For VERIFICATION.' })
  verification?: VerificationFilter | null;
}
