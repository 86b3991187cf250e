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
  'URL',
  'EMAIL',
  'PHONE',
  'RELATION',
  'FILES',
] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** Each data source has exactly one title property, and this is its id. */
export const TITLE_PROPERTY_ID = 'title';

export interface SelectOption {
  /** Unique within the workspace, so that a value needs no data source beside it. */
  id: Id;
  name: string;
}

/** One column of a data source. `id` is short and opaque, stable under renaming, unique within the data source. */
export type PropertySchema = { id: string; name: string; description?: string } & (
  | { type: Exclude<PropertyType, 'SELECT' | 'MULTI_SELECT' | 'RELATION'> }
  | { type: 'SELECT' | 'MULTI_SELECT'; options: SelectOption[] }
  /** `dataSourceId` is null when the related pages do not all lie in one data source. */
  | { type: 'RELATION'; dataSourceId: Id | null }
);

/** `start` and `end` are `YYYY-MM-DD`, or RFC 3339 in UTC when the value has a time of day. */
export interface DateSpan {
  start: string;
  end?: string;
  /** IANA name the value was written in, when it said one. */
  timeZone?: string;
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
  URL: string;
  EMAIL: string;
  PHONE: string;
  /** Page ids, whether the reader reaches them or not. */
  RELATION: Id[];
  FILES: FileReference[];
}

export type StoredValue = StoredValues[PropertyType];
export type StoredProps = Record<string, StoredValue>;
