// Property types and values of a data source as they are stored: the schema in `data_source.properties`,
// the values in `row_value.props`, keyed by property id. The GraphQL faces are in property-value.ts.

import type { FileReference } from '../content/block-content.js';
import type { RichTextSpan } from '../content/rich-text.js';
import type { Id } from '../lib/id.js';

export const PROPERTY_TYPES = [
  'TITLE',
  'TEXT',
  'NUMBER',
  'CHECKBOX',
  'DATE',
  'SELECT',
  'MULTI_SELECT',
  'STATUS',
  'PEOPLE',
  'URL',
  'EMAIL',
  'PHONE',
  'RELATION',
  'ROLLUP',
  'FORMULA',
  'FILES',
  'UNIQUE_ID',
  'CREATED_TIME',
  'CREATED_BY',
  'LAST_EDITED_TIME',
  'LAST_EDITED_BY',
  'VERIFICATION',
  'BUTTON',
  'PLACE',
] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** Each data source has exactly one title property, and this is its id. */
export const TITLE_PROPERTY_ID = 'title';

export const OPTION_COLORS = [
  'DEFAULT',
  'GRAY',
  'BROWN',
  'ORANGE',
  'YELLOW',
  'GREEN',
  'BLUE',
  'PURPLE',
  'PINK',
  'RED',
] as const;
export type OptionColor = (typeof OPTION_COLORS)[number];

export interface SelectOption {
  /** Unique within the workspace, so that a value needs no data source beside it. */
  id: Id;
  name: string;
  /** DEFAULT when left out, as in groups. */
  color?: OptionColor;
  description?: string;
}

/** A stage that several options of a status belong to. */
export interface StatusGroup {
  id: Id;
  name: string;
  color?: OptionColor;
  /** In order; an option is in one group at most. */
  optionIds: Id[];
}

/** What a formula comes to, as the type of column that holds the like. */
export const FORMULA_RESULTS = ['TEXT', 'NUMBER', 'CHECKBOX', 'DATE'] as const;
export type FormulaResult = (typeof FORMULA_RESULTS)[number];

export const ROLLUP_FUNCTIONS = [
  'COUNT',
  'COUNT_VALUES',
  'EMPTY',
  'NOT_EMPTY',
  'UNIQUE',
  'SHOW_UNIQUE',
  'PERCENT_EMPTY',
  'PERCENT_NOT_EMPTY',
  'SUM',
  'AVERAGE',
  'MEDIAN',
  'MIN',
  'MAX',
  'RANGE',
  'EARLIEST_DATE',
  'LATEST_DATE',
  'DATE_RANGE',
  'CHECKED',
  'UNCHECKED',
  'PERCENT_CHECKED',
  'PERCENT_UNCHECKED',
  'COUNT_PER_GROUP',
  'PERCENT_PER_GROUP',
  'SHOW_ORIGINAL',
] as const;
export type RollupFunction = (typeof ROLLUP_FUNCTIONS)[number];

/** One column of a data source. `id` is short and opaque, stable under renaming, unique within the data source. */
export type PropertySchema = { id: string; name: string; description?: string } & (
  | {
      type: Exclude<
        PropertyType,
        'NUMBER' | 'SELECT' | 'MULTI_SELECT' | 'STATUS' | 'RELATION' | 'ROLLUP' | 'FORMULA' | 'UNIQUE_ID'
      >;
    }
  /** `format` says how to write it: `percent`, `euro` …; a plain number when left out. */
  | { type: 'NUMBER'; format?: string }
  | { type: 'SELECT' | 'MULTI_SELECT'; options: SelectOption[] }
  | { type: 'STATUS'; options: SelectOption[]; groups: StatusGroup[] }
  /** `dataSourceId` is null when the related pages do not all lie in one data source. `syncedPropertyId` is the column
   *  of that data source that shows the same pairs from the other side; left out when there is none. */
  | { type: 'RELATION'; dataSourceId: Id | null; syncedPropertyId?: string }
  /** `relationPropertyId` is a relation of this data source, `rollupPropertyId` a column of the one it points to. */
  | { type: 'ROLLUP'; relationPropertyId: string; rollupPropertyId: string; function: RollupFunction }
  /** Nobody evaluates the expression here: values are the ones last computed where it came from. */
  | { type: 'FORMULA'; expression: string; result: FormulaResult }
  /** `prefix` stands before the number where it is shown: `TASK-12`. */
  | { type: 'UNIQUE_ID'; prefix?: string }
);

/** A column of one type. */
export type SchemaOf<Type extends PropertyType> = Extract<PropertySchema, { type: Type }>;

/** `start` and `end` are `YYYY-MM-DD`, or RFC 3339 in UTC when the value has a time of day. */
export interface DateSpan {
  start: string;
  end?: string;
  /** IANA name the value was written in, when it said one. */
  timeZone?: string;
}

/** Who said that a page is right, when, and until when that holds; `end` left out is for good. */
export interface Verification extends DateSpan {
  verifiedById: Id | null;
}

/** Where something is, in degrees, with what people call it. */
export interface Place {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
  googlePlaceId?: string;
  awsPlaceId?: string;
}

/** Values by type. A missing key means empty; `''`, `[]` and `null` are never stored. */
export interface StoredValues {
  /** The title itself is `page.title`; it has no entry in `props`. */
  TITLE: never;
  TEXT: RichTextSpan[];
  NUMBER: number;
  CHECKBOX: boolean;
  DATE: DateSpan;
  /** Option id. */
  SELECT: Id;
  /** Option ids. */
  MULTI_SELECT: Id[];
  /** Option id. */
  STATUS: Id;
  /** Ids of people who are or were in the workspace. */
  PEOPLE: Id[];
  URL: string;
  EMAIL: string;
  PHONE: string;
  /** Page ids, whether the reader reaches them or not. */
  RELATION: Id[];
  /** Computed for each reader, never stored. */
  ROLLUP: never;
  /** As last computed, of the type that the schema's `result` says. */
  FORMULA: string | number | boolean | DateSpan;
  FILES: FileReference[];
  /** A whole number above 0, unique within the data source. */
  UNIQUE_ID: number;
  // The page's own columns have these four: no entry in `props`.
  CREATED_TIME: never;
  CREATED_BY: never;
  LAST_EDITED_TIME: never;
  LAST_EDITED_BY: never;
  VERIFICATION: Verification;
  /** Does something where it is pressed, and holds nothing. */
  BUTTON: never;
  PLACE: Place;
}

export type StoredValue = StoredValues[PropertyType];
export type StoredProps = Record<string, StoredValue>;

/** Options of a select, multi-select or status column in the order they are sorted by: those of a status group by
 *  group, those of none last. */
export function orderedOptions(property: PropertySchema): readonly SelectOption[] {
  if (!('options' in property)) return [];
  if (property.type !== 'STATUS') return property.options;
  const { options, groups } = property;
  const grouped = groups.flatMap(({ optionIds }) => optionIds.flatMap((id) => options.filter((one) => one.id === id)));
  return [...grouped, ...options.filter((option) => !grouped.includes(option))];
}
