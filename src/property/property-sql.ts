// A property of a row as SQL: its typed copy in a slot where it has one, else out of `props`. In all of it `r` is the
// page and `v` its row_value, which may be missing. Empty is null.

import { invariant } from '../lib/invariant.js';
import { type Sql, sql } from '../lib/sql.js';
import type { PropertySchema } from './property.js';
import { SLOTS, TEXT_PREFIX } from './slot.js';

/** Property id → slot column. */
export type Slots = Readonly<Record<string, string>>;

/** The slot column of a property; null when it has none. */
export function slotOf({ id }: PropertySchema, slots: Slots): Sql | null {
  const slot = slots[id];
  if (slot === undefined) return null;
  invariant(SLOTS.includes(slot), `There is no slot ${slot}.`);
  return sql.ref(`v.${slot}`);
}

export const inProps = ({ id }: PropertySchema): Sql => sql`(v.props -> ${id}::text)`;

// PostgreSQL may look at rows of other data sources before it drops them, where the same id can belong to a property
// of another type: every cast asks for the type first.

export const numberOf = (property: PropertySchema, slots: Slots): Sql =>
  slotOf(property, slots) ??
  sql`(case jsonb_typeof(${inProps(property)}) when 'number' then ${inProps(property)}::float8 end)`;

/** Where a date begins. */
export const beginningOf = (property: PropertySchema, slots: Slots): Sql =>
  slotOf(property, slots) ??
  sql`(case jsonb_typeof(${inProps(property)}) when 'object' then (${inProps(property)} ->> 'start')::timestamptz end)`;

export const checkOf = (property: PropertySchema, slots: Slots): Sql =>
  slotOf(property, slots) ?? sql`(${inProps(property)} = 'true'::jsonb)`;

export const optionOf = (property: PropertySchema, slots: Slots): Sql =>
  slotOf(property, slots) ?? sql`(v.props ->> ${property.id}::text)`;

/** Whether a date is a day, and not a time. */
export const isDay = (property: PropertySchema): Sql => sql`length(${inProps(property)} ->> 'start') = 10`;

/** Where a verification ends. */
export const endOf = (property: PropertySchema): Sql =>
  sql`(case jsonb_typeof(${inProps(property)}) when 'object' then (${inProps(property)} ->> 'end')::timestamptz end)`;

/** Ids of options, people or pages, as text. */
export const idsOf = (property: PropertySchema, slots: Slots): Sql =>
  slotOf(property, slots) ?? sql`array(select jsonb_array_elements_text(${itemsIn(property)}))`;

/** The whole text; what a mention shows is not part of it. */
export function textOf(property: PropertySchema): Sql {
  if (property.type === 'TITLE') return sql`nullif(r.title, '')`;
  if (property.type !== 'TEXT') return sql`(v.props ->> ${property.id}::text)`;
  return sql`(
    select string_agg(coalesce(span ->> 'text', span ->> 'expression', ''), '' order by place)
      from jsonb_array_elements(${itemsIn(property)}) with ordinality as spans(span, place))`;
}

/** What texts are sorted by: as `folded` makes it for slots. */
export const sortTextOf = (property: PropertySchema, slots: Slots): Sql =>
  (property.type === 'TITLE' ? null : slotOf(property, slots)) ?? sortText(textOf(property));

/** The first characters, lower-cased, in order of code points; null for ''. */
export const sortText = (text: Sql): Sql =>
  sql`(nullif(left(lower(${text}), ${sql.lit(TEXT_PREFIX)}), '') collate "C")`;

/** What its array holds, as JSON; nothing where it is none. */
export const itemsIn = (property: PropertySchema): Sql =>
  sql`case jsonb_typeof(${inProps(property)}) when 'array' then ${inProps(property)} else '[]' end`;
