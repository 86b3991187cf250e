// Typed copies of property values in generic columns of the row, so that filters and sorts find an index.
// The truth stays in `props`; the slots are written by the same statement and can always be made again from it.

import { comparableText, type RichTextSpan } from '../content/rich-text.js';
import type { DateSpan, PropertySchema, PropertyType, StoredProps } from './property.js';

/** How many columns of each kind `row_value` has: n numbers, d instants, t text, b booleans, a arrays. */
const SLOT_COUNTS = { n: 8, d: 4, t: 8, b: 4, a: 4 } as const;
type SlotKind = keyof typeof SLOT_COUNTS;

const KIND_OF: Record<PropertyType, SlotKind> = {
  TITLE: 't',
  TEXT: 't',
  SELECT: 't',
  URL: 't',
  EMAIL: 't',
  PHONE: 't',
  NUMBER: 'n',
  DATE: 'd',
  CHECKBOX: 'b',
  MULTI_SELECT: 'a',
  RELATION: 'a',
  FILES: 'a',
};

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
  const assigned = new Map(
    [...taken].filter(([id, slot]) => properties.some((p) => p.id === id && slot.startsWith(KIND_OF[p.type]))),
  );
  const used = new Set(assigned.values());
  for (const { id, type } of properties) {
    if (assigned.has(id)) continue;
    const free = SLOTS.find((slot) => slot.startsWith(KIND_OF[type]) && !used.has(slot));
    if (!free) continue;
    assigned.set(id, free);
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
  for (const { id, type } of properties) {
    const slot = slots.get(id);
    const value = type === 'TITLE' ? title : props[id];
    if (slot !== undefined && value !== undefined) values[slot] = slotValue(type, value);
  }
  return values;
}

function slotValue(type: PropertyType, value: unknown): unknown {
  switch (type) {
    case 'TEXT':
      return folded(comparableText(value as RichTextSpan[]));
    case 'TITLE':
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return folded(value as string);
    case 'DATE':
      return (value as DateSpan).start;
    case 'FILES':
      return (value as { name: string }[]).map(({ name }) => name);
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
