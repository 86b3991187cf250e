// Property values of a page as GraphQL shows them, one type for each kind of column.

import { Directive, Field, Float, ID, InterfaceType, ObjectType } from 'type-graphql';
import { FileInfo, fileOf } from '../content/file-info.js';
import { plainText } from '../content/rich-text.js';
import { Span, spansOf, type Titles } from '../content/span.js';
import type { Bits } from '../gate/capability.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { User } from '../people/user.js';
import type {
  DateSpan,
  FormulaResult,
  PropertySchema,
  PropertyType,
  RollupFunction,
  SchemaOf,
  StoredProps,
  StoredValues,
  Verification,
} from './property.js';
import { TITLE_PROPERTY_ID } from './property.js';
import {
  FormulaResultEnum,
  face,
  optionOf,
  PropertyTypeEnum,
  RollupFunctionEnum,
  SelectOption,
} from './property-schema.js';

@InterfaceType({ description: 'What a page holds in one column.' })
export abstract class PropertyValue {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Id of the column.' })
  id!: string;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Heading of the column.' })
  name!: string | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => PropertyTypeEnum, { nullable: true, description: 'What the column holds.' })
  type!: PropertyType | null;
}

const READS = '@requires(anyOf: [[CONTENT_READ]])';
const CONTENT = '@sensitive(class: CONTENT)';

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'The name of the page.' })
export class TitleValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The title as plain text.' })
  title!: string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'Rich text.' })
export class TextValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The text without its style; null when empty.' })
  text!: string | null;

  @Field(() => [Span], { nullable: true, description: 'The text with its style.' })
  richText!: Span[] | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'A number.' })
export class NumberValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'The number; null when empty.' })
  number!: number | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'Yes or no.' })
export class CheckboxValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => Boolean, { nullable: true, description: 'Whether it is checked.' })
  checked!: boolean | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'A date or time, or a span of them.' })
export class DateValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => String, {
    nullable: true,
    description: 'Where it begins: `YYYY-MM-DD`, or RFC 3339 with a time of day.',
  })
  start!: string | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'Where it ends; null when it is no span.' })
  end!: string | null;

  @Field(() => String, { nullable: true, description: 'IANA time zone it was written in; null when it named none.' })
  timeZone!: string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'One option.' })
export class SelectValue extends PropertyValue {
  @Field(() => SelectOption, { nullable: true, description: 'The option chosen; null when empty.' })
  option!: SelectOption | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'Several options.' })
export class MultiSelectValue extends PropertyValue {
  @Field(() => [SelectOption], { nullable: true, description: 'The options chosen.' })
  options!: SelectOption[] | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'One option of a status.' })
export class StatusValue extends PropertyValue {
  @Field(() => SelectOption, { nullable: true, description: 'The option chosen; null when empty.' })
  option!: SelectOption | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'People of the workspace.' })
export class PeopleValue extends PropertyValue {
  pageId!: Id;
  personIds!: Id[];
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'A web address.' })
export class UrlValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The address; null when empty.' })
  url!: string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'An e-mail address, as content.' })
export class EmailValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The address; null when empty.' })
  email!: string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'A telephone number.' })
export class PhoneValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The number as written; null when empty.' })
  phone!: string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'Rows or pages pointed to.' })
export class RelationValue extends PropertyValue {
  /** The page that holds it. */
  pageId!: Id;
  /** As stored, whether the reader reaches them or not. */
  relatedIds!: Id[];
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'Files.' })
export class FilesValue extends PropertyValue {
  @Field(() => [FileInfo], { nullable: true, description: 'The files.' })
  files!: FileInfo[] | null;
}

@Directive(READS)
@ObjectType({ simpleResolvers: true, description: 'A date or time, or a span of them.' })
export class DateRange {
  access!: Bits;

  @Directive(CONTENT)
  @Field(() => String, {
    nullable: true,
    description: 'Where it begins: `YYYY-MM-DD`, or RFC 3339 with a time of day.',
  })
  start!: string | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'Where it ends; null when it is no span.' })
  end!: string | null;

  @Field(() => String, { nullable: true, description: 'IANA time zone it was written in; null when it named none.' })
  timeZone!: string | null;
}

@Directive(READS)
@ObjectType({
  implements: PropertyValue,
  simpleResolvers: true,
  description: 'What a formula came to when it was last computed: one of its members, or none when it came to nothing.',
})
export class FormulaValue extends PropertyValue {
  @Field(() => FormulaResultEnum, { nullable: true, description: 'Which of the members it has.' })
  result!: FormulaResult | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'The text, of a formula that comes to one.' })
  text!: string | null;

  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'The number, of a formula that comes to one.' })
  number!: number | null;

  @Directive(CONTENT)
  @Field(() => Boolean, { nullable: true, description: 'Yes or no, of a formula that comes to that.' })
  checked!: boolean | null;

  @Field(() => DateRange, { nullable: true, description: 'The date, of a formula that comes to one.' })
  date!: DateRange | null;
}

@Directive(READS)
@ObjectType({
  implements: PropertyValue,
  simpleResolvers: true,
  description: 'What the rows that a relation points to come to: those of them that you may read.',
})
export class RollupValue extends PropertyValue {
  pageId!: Id;
  column!: SchemaOf<'ROLLUP'>;
  /** The relation it goes along; null when it is gone. */
  relation!: SchemaOf<'RELATION'> | null;
  /** As stored, whether the reader reaches them or not. */
  relatedIds!: Id[];

  @Field(() => RollupFunctionEnum, { nullable: true, description: 'What is made of their values.' })
  function!: RollupFunction | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'The number of a row.' })
export class UniqueIdValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'The number; null when the row has none yet.' })
  number!: number | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What stands before it, as TASK in TASK-12; null for nothing.' })
  prefix!: string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'When the page was made.' })
export class CreatedTimeValue extends PropertyValue {
  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  createdAt!: Date | string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'Who made the page.' })
export class CreatedByValue extends PropertyValue {
  userId!: Id | null;

  @Field(() => User, { nullable: true, description: 'Who made it; null when nobody in this workspace did.' })
  createdBy?: User | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'When the page was last changed.' })
export class LastEditedTimeValue extends PropertyValue {
  @Field(() => DateTime, { nullable: true, description: 'When it was last changed.' })
  lastEditedAt!: Date | string | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'Who last changed the page.' })
export class LastEditedByValue extends PropertyValue {
  userId!: Id | null;

  @Field(() => User, { nullable: true, description: 'Who last changed it; null when nobody in this workspace did.' })
  lastEditedBy?: User | null;
}

export type VerificationState = 'VERIFIED' | 'EXPIRED' | 'UNVERIFIED';

export const VerificationStateEnum = enumType<VerificationState>('VerificationState', 'Whether a page is verified.', {
  VERIFIED: 'Somebody said that it is right, and that still holds.',
  EXPIRED: 'Somebody said that it is right, until a time that has passed.',
  UNVERIFIED: 'Nobody said so.',
});

@Directive(READS)
@ObjectType({
  implements: PropertyValue,
  simpleResolvers: true,
  description: 'Whether somebody said that the page is right.',
})
export class VerificationValue extends PropertyValue {
  stored!: Verification | null;

  @Field(() => VerificationStateEnum, { nullable: true, description: 'Whether that holds, at the time of asking.' })
  state?: VerificationState | null;

  @Field(() => DateRange, {
    nullable: true,
    description: 'From when it holds, and until when; without an end for good. Null when unverified.',
  })
  date!: DateRange | null;

  @Field(() => User, { nullable: true, description: 'Who said so; null when nobody in this workspace did.' })
  verifiedBy?: User | null;
}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'A button, which holds nothing.' })
export class ButtonValue extends PropertyValue {}

@Directive(READS)
@ObjectType({ implements: PropertyValue, simpleResolvers: true, description: 'A place on the map.' })
export class PlaceValue extends PropertyValue {
  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'Degrees north; null when empty.' })
  latitude!: number | null;

  @Directive(CONTENT)
  @Field(() => Float, { nullable: true, description: 'Degrees east; null when empty.' })
  longitude!: number | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What people call it.' })
  placeName!: string | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'Its address.' })
  address!: string | null;

  @Field(() => String, { nullable: true, description: 'Its id with Google; null when it has none.' })
  googlePlaceId!: string | null;

  @Field(() => String, { nullable: true, description: 'Its id with Amazon; null when it has none.' })
  awsPlaceId!: string | null;
}

/** What values are made of besides `props`: the page itself. */
export interface Valued {
  id: Id;
  title: string | null;
  access: Bits;
  createdAt: Date | string | null;
  createdById: Id | null;
  lastEditedAt: Date | string | null;
  lastEditedById: Id | null;
}

/** A page's values in the order of its columns, for a reader with these bits on the page. */
export function valuesOf(
  page: Valued,
  columns: readonly PropertySchema[],
  props: StoredProps,
  titles: Titles,
): PropertyValue[] {
  return columns.map((column) =>
    column.type === 'ROLLUP'
      ? rollupValueOf(page, column, columns, props)
      : propertyValueOf(page, column, props, titles),
  );
}

/** A rollup, before anything is computed: that is done for each reader, and never stored. */
function rollupValueOf(
  { id: pageId, access }: Valued,
  column: SchemaOf<'ROLLUP'>,
  columns: readonly PropertySchema[],
  props: StoredProps,
): RollupValue {
  const relation = columns.find(
    (one): one is SchemaOf<'RELATION'> => one.id === column.relationPropertyId && one.type === 'RELATION',
  );
  return face(RollupValue, {
    access,
    id: column.id,
    name: column.name,
    type: column.type,
    function: column.function,
    pageId,
    column,
    relation: relation ?? null,
    relatedIds: relation ? ((props[relation.id] as Id[] | undefined) ?? []) : [],
  });
}

/** The one value of a page that is no row. */
export const titleValueOf = ({ title, access }: { title: string | null; access: Bits }): PropertyValue =>
  face(TitleValue, { access, id: TITLE_PROPERTY_ID, name: 'Title', type: 'TITLE', title });

function propertyValueOf(
  page: Valued,
  column: Exclude<PropertySchema, { type: 'ROLLUP' }>,
  props: StoredProps,
  titles: Titles,
): PropertyValue {
  const { access } = page;
  const shared = { access, id: column.id, name: column.name, type: column.type };
  const stored = <T extends PropertyType>(_type: T) => (props[column.id] ?? null) as StoredValues[T] | null;
  const chosen = (id: Id | null) => {
    const option = 'options' in column ? column.options.find((one) => one.id === id) : undefined;
    return option ? optionOf(option, access) : null;
  };
  switch (column.type) {
    case 'TITLE':
      return face(TitleValue, { ...shared, title: page.title });
    case 'TEXT': {
      const spans = stored('TEXT') ?? [];
      const text = spans.length === 0 ? null : plainText(spans, (id) => titles[id]);
      return face(TextValue, { ...shared, text, richText: spansOf(spans, access, titles) });
    }
    case 'NUMBER':
      return face(NumberValue, { ...shared, number: stored('NUMBER') });
    case 'CHECKBOX':
      return face(CheckboxValue, { ...shared, checked: stored('CHECKBOX') ?? false });
    case 'DATE': {
      const { start, end, timeZone }: Partial<DateSpan> = stored('DATE') ?? {};
      return face(DateValue, { ...shared, start: start ?? null, end: end ?? null, timeZone: timeZone ?? null });
    }
    case 'SELECT':
      return face(SelectValue, { ...shared, option: chosen(stored('SELECT')) });
    case 'STATUS':
      return face(StatusValue, { ...shared, option: chosen(stored('STATUS')) });
    case 'MULTI_SELECT': {
      const options = (stored('MULTI_SELECT') ?? []).flatMap((id) => chosen(id) ?? []);
      return face(MultiSelectValue, { ...shared, options });
    }
    case 'PEOPLE':
      return face(PeopleValue, { ...shared, pageId: page.id, personIds: stored('PEOPLE') ?? [] });
    case 'URL':
      return face(UrlValue, { ...shared, url: stored('URL') });
    case 'EMAIL':
      return face(EmailValue, { ...shared, email: stored('EMAIL') });
    case 'PHONE':
      return face(PhoneValue, { ...shared, phone: stored('PHONE') });
    case 'RELATION':
      return face(RelationValue, { ...shared, pageId: page.id, relatedIds: stored('RELATION') ?? [] });
    case 'FILES':
      return face(FilesValue, {
        ...shared,
        files: (stored('FILES') ?? []).map((file) => fileOf(file, access, page.id)),
      });
    case 'FORMULA': {
      const { result } = column;
      const value = stored('FORMULA');
      return face(FormulaValue, {
        ...shared,
        result,
        text: result === 'TEXT' ? (value as string | null) : null,
        number: result === 'NUMBER' ? (value as number | null) : null,
        checked: result === 'CHECKBOX' ? (value as boolean | null) : null,
        date: result === 'DATE' ? dateRangeOf(value as DateSpan | null, access) : null,
      });
    }
    case 'UNIQUE_ID':
      return face(UniqueIdValue, { ...shared, number: stored('UNIQUE_ID'), prefix: column.prefix ?? null });
    case 'CREATED_TIME':
      return face(CreatedTimeValue, { ...shared, createdAt: page.createdAt });
    case 'CREATED_BY':
      return face(CreatedByValue, { ...shared, userId: page.createdById });
    case 'LAST_EDITED_TIME':
      return face(LastEditedTimeValue, { ...shared, lastEditedAt: page.lastEditedAt });
    case 'LAST_EDITED_BY':
      return face(LastEditedByValue, { ...shared, userId: page.lastEditedById });
    case 'VERIFICATION': {
      const value = stored('VERIFICATION');
      return face(VerificationValue, { ...shared, stored: value, date: dateRangeOf(value, access) });
    }
    case 'BUTTON':
      return face(ButtonValue, shared);
    case 'PLACE': {
      const place = stored('PLACE');
      return face(PlaceValue, {
        ...shared,
        latitude: place?.latitude ?? null,
        longitude: place?.longitude ?? null,
        placeName: place?.name ?? null,
        address: place?.address ?? null,
        googlePlaceId: place?.googlePlaceId ?? null,
        awsPlaceId: place?.awsPlaceId ?? null,
      });
    }
  }
}

const dateRangeOf = (span: DateSpan | null, access: Bits): DateRange | null =>
  span && { access, start: span.start, end: span.end ?? null, timeZone: span.timeZone ?? null };

/** An end that is a day passes when that day begins, in UTC. */
export function stateOf(verification: Verification | null, now: Date): VerificationState {
  if (verification === null) return 'UNVERIFIED';
  const { end } = verification;
  return end !== undefined && new Date(end) <= now ? 'EXPIRED' : 'VERIFIED';
}
