// Typed copies of property values in generic columns of the row, so that filters and sorts find an index.
// The truth stays in `props`; the slots are written by the same statement and can always be made again from it.

import { comparableText, type RichTextSpan } from '../content/rich-text.js';
import type { DateSpan, PropertySchema, PropertyType, StoredProps } from './property.js';

/** How many columns of each kind `row_value` has: n numbers, d instants, t text, b booleans, a arrays. */
const SLOT_COUNTS = { n: 8, d: 4, t: 8, b: 4, a: 4 } as const;
type SlotKind = keyof typeof SLOT_COUNTS;

const KIND_OF: Record<Exclude<PropertyType, 'FORMULA'>, SlotKind | null> = {
  TITLE: 't',
  TEXT: 't',
  SELECT: 't',
  STATUS: 't',
  URL: 't',
  EMAIL: 't',
  PHONE: 't',
  NUMBER: 'n',
  UNIQUE_ID: 'n',
  DATE: 'd',
  VERIFICATION: 'd',
  CHECKBOX: 'b',
  MULTI_SELECT: 'a',
  PEOPLE: 'a',
  RELATION: 'a',
  // Nothing of these lies in `props`, or nobody asks for more than whether there is something.
  FILES: null,
  ROLLUP: null,
  CREATED_TIME: null,
  CREATED_BY: null,
  LAST_EDITED_TIME: null,
  LAST_EDITED_BY: null,
  BUTTON: null,
  PLACE: null,
};

/** Which kind of slot a column needs; null for none. A formula needs the one of what it comes to. */
const kindOf = (property: PropertySchema): SlotKind | null =>
  KIND_OF[property.type === 'FORMULA' ? property.result : property.type];

/** A B-tree entry must stay under 2,704 bytes; 200 characters are at most 800. */
export const TEXT_PREFIX = 200;

/** All slot columns, in the order of the table. */
export const SLOTS: readonly string[] = Object.entries(SLOT_COUNTS).flatMap(([kind, count]) =>
  Array.from({ length: count }, (_, index) => `${kind}${index + 1}`),
);

/** Property id → slot. Those in `taken` keep theirs; the others get free ones in order, and none when all of a kind are gone. */
export function assignSlots(
  properties: readonly PropertySchema[],
  taken: ReadonlyMap<string, string>,
): Map<string, string> {
  const fits = (property: PropertySchema, slot: string) => slot.charAt(0) === kindOf(property);
  const assigned = new Map([...taken].filter(([id, slot]) => properties.some((p) => p.id === id && fits(p, slot))));
  const used = new Set(assigned.values());
  for (const property of properties) {
    if (assigned.has(property.id)) continue;
    const free = SLOTS.find((slot) => fits(property, slot) && !used.has(slot));
    if (!free) continue;
    assigned.set(property.id, free);
    used.add(free);
  }
  return assigned;
}

/** Slot → value for one row; an absent slot is null. */
export function slotValues(
  title: string,
  props: StoredProps,
  properties: readonly PropertySchema[],
  slots: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const property of properties) {
    const slot = slots.get(property.id);
    const value = property.type === 'TITLE' ? title : props[property.id];
    if (slot === undefined || value === undefined || kindOf(property) === null) continue;
    values[slot] = slotValue(property.type === 'FORMULA' ? property.result : property.type, value);
  }
  return values;
}

function slotValue(type: PropertyType, value: unknown): unknown {
  switch (type) {
    case 'TEXT':
      // A formula comes to plain text.
      return folded(typeof value === 'string' ? value : comparableText(value as RichTextSpan[]));
    case 'TITLE':
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return folded(value as string);
    case 'DATE':
    case 'VERIFICATION':
      return (value as DateSpan).start;
    default:
      return value;
  }
}

/** Text as its slot holds it: each character lower-cased by itself, the first ones only; null when there is none.
 *  What begins with a text has a slot that begins with the slot of that text. */
export const folded = (text: string): string | null =>
  Array.from(text.slice(0, 2 * TEXT_PREFIX), (character) => [...character.toLowerCase()][0])
    .slice(0, TEXT_PREFIX)
    .join('') || null;
