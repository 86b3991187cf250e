// Property values of a page as GraphQL shows them, one type for each kind of column.

import { Directive, Field, Float, ID, InterfaceType, ObjectType } from 'type-graphql';
import { FileInfo, fileOf } from '../content/file-info.js';
import { plainText } from '../content/rich-text.js';
import { Span, spansOf, type Titles } from '../content/span.js';
import type { Bits } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import type { DateSpan, PropertySchema, PropertyType, StoredProps, StoredValues } from './property.js';
import { TITLE_PROPERTY_ID } from './property.js';
import { face, PropertyTypeEnum, SelectOption } from './property-schema.js';

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

/** A page's values in the order of its columns, for a reader with these bits on the page. */
export function valuesOf(
  page: { id: Id; title: string | null; access: Bits },
  columns: readonly PropertySchema[],
  props: StoredProps,
  titles: Titles,
): PropertyValue[] {
  return columns.map((column) => propertyValueOf(page, column, props, titles));
}

/** The one value of a page that is no row. */
export const titleValueOf = (page: { id: Id; title: string | null; access: Bits }): PropertyValue =>
  propertyValueOf(page, { id: TITLE_PROPERTY_ID, name: 'Title', type: 'TITLE' }, {}, {});

function propertyValueOf(
  { id: pageId, title, access }: { id: Id; title: string | null; access: Bits },
  column: PropertySchema,
  props: StoredProps,
  titles: Titles,
): PropertyValue {
  const shared = { access, id: column.id, name: column.name, type: column.type };
  const stored = <T extends PropertyType>(_type: T) => (props[column.id] ?? null) as StoredValues[T] | null;
  switch (column.type) {
    case 'TITLE':
      return face(TitleValue, { ...shared, title });
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
    case 'SELECT': {
      const option = column.options.find(({ id }) => id === stored('SELECT'));
      return face(SelectValue, { ...shared, option: option ? { ...option, access } : null });
    }
    case 'MULTI_SELECT': {
      const chosen = stored('MULTI_SELECT') ?? [];
      const options = chosen.flatMap((id) => column.options.filter((option) => option.id === id));
      return face(MultiSelectValue, { ...shared, options: options.map((option) => ({ ...option, access })) });
    }
    case 'URL':
      return face(UrlValue, { ...shared, url: stored('URL') });
    case 'EMAIL':
      return face(EmailValue, { ...shared, email: stored('EMAIL') });
    case 'PHONE':
      return face(PhoneValue, { ...shared, phone: stored('PHONE') });
    case 'RELATION':
      return face(RelationValue, { ...shared, pageId, relatedIds: stored('RELATION') ?? [] });
    case 'FILES':
      return face(FilesValue, { ...shared, files: (stored('FILES') ?? []).map((file) => fileOf(file, access)) });
  }
}
