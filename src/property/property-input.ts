// Values of a row as clients write them. What they become is in read-values.ts.

import { Directive, Field, Float, ID, InputType } from 'type-graphql';
import { SpanInput } from '../content/span-input.js';

@Directive('@oneOf')
@InputType({ description: 'An option of a column: exactly one of these.' })
export class OptionInput {
  @Field(() => ID, { nullable: true, description: 'Id of the option.' })
  id?: string | null;

  @Directive('@reads(coordinate: "SelectOption.name")')
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'Its name, exactly. One that does not exist is refused: `updateDataSource` adds options.',
  })
  name?: string | null;
}

@InputType({ description: 'A date or time, or a span of them.' })
export class DateInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    description: '`YYYY-MM-DD`, or an RFC 3339 time; without an offset it is a time in `timeZone`.',
  })
  start!: string;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'Where a span ends: a day where it begins with one, else a time.',
  })
  end?: string | null;

  @Field(() => String, { nullable: true, description: 'IANA name, kept beside the times: `Europe/Zurich`.' })
  timeZone?: string | null;
}

@InputType({ description: 'That a page is right, said by whoever writes it.' })
export class VerificationInput {
  @Field(() => String, {
    nullable: true,
    description: 'Until when that holds: `YYYY-MM-DD`, or an RFC 3339 time. For good when left out.',
  })
  until?: string | null;
}

@InputType({ description: 'A file: somewhere on the web, or one you have uploaded.' })
export class FileInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: 'What it is called; that of the upload when left out. Needed beside `url`.',
  })
  name?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Where it is.' })
  url?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of a completed upload of yours, which is used up by it; instead of `url`.',
  })
  uploadId?: string | null;
}

@InputType({
  description:
    'What a row holds in one column from now on: name the column by `id` or by `name`, and give exactly one value, of the kind the column holds, or `clear`. What is read-only cannot be given: it is computed or kept by the gateway.',
})
export class PropertyInput {
  @Field(() => ID, { nullable: true, description: 'Id of the column.' })
  id?: string | null;

  @Directive('@reads(coordinate: "Property.name")')
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Heading of the column, exactly.' })
  name?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'For TITLE, and for TEXT without style.' })
  text?: string | null;

  @Field(() => [SpanInput], { nullable: true, description: 'For TEXT.' })
  richText?: SpanInput[] | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => Float, { nullable: true, description: 'For NUMBER.' })
  number?: number | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => Boolean, { nullable: true, description: 'For CHECKBOX.' })
  checkbox?: boolean | null;

  @Field(() => OptionInput, { nullable: true, description: 'For SELECT.' })
  select?: OptionInput | null;

  @Field(() => [OptionInput], { nullable: true, description: 'For MULTI_SELECT: all of them.' })
  multiSelect?: OptionInput[] | null;

  @Field(() => OptionInput, { nullable: true, description: 'For STATUS.' })
  status?: OptionInput | null;

  @Field(() => DateInput, { nullable: true, description: 'For DATE.' })
  date?: DateInput | null;

  @Field(() => [ID], { nullable: true, description: 'For PEOPLE: ids of members and groups, all of them.' })
  people?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'For RELATION: ids of pages that you reach, all of them. What is out of your reach and related already stays.',
  })
  relation?: string[] | null;

  @Field(() => [FileInput], { nullable: true, description: 'For FILES: all of them.' })
  files?: FileInput[] | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'For URL.' })
  url?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'For EMAIL.' })
  email?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'For PHONE.' })
  phone?: string | null;

  @Field(() => VerificationInput, { nullable: true, description: 'For VERIFICATION.' })
  verification?: VerificationInput | null;

  @Field(() => Boolean, { nullable: true, description: 'Give true to leave the column empty.' })
  clear?: boolean | null;
}
