// What a value was and is, shown as any other value is: by the same faces, so by the same guards. Values are stored as they
// were written; what a column has become since decides how they are shown, and whether they can be.

import { resourceById } from '../content/loaders.js';
import type { Page } from '../content/page.js';
import type { RichTextSpan } from '../content/rich-text.js';
import type { Titles } from '../content/span.js';
import type { Context } from '../context.js';
import { READ } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { type PropertySchema, type StoredProps, TITLE_PROPERTY_ID } from '../property/property.js';
import { face } from '../property/property-schema.js';
import { type PropertyValue, titleValueOf, valuesOf } from '../property/property-value.js';
import { type EventDetails, PropertyChange } from './event.js';

/** Changes of values on a page, for whoever reads it. */
export async function propertyChangesOf(
  ctx: Context,
  page: Page,
  { updatedProperties = [], before = {}, after = {}, columns }: EventDetails,
): Promise<PropertyChange[]> {
  const known = (columns ?? []) as PropertySchema[];
  const titles = await readableTitles(ctx, [before, after]);
  const shown = (id: string, values: Record<string, unknown>): PropertyValue | null => {
    const column = known.find((one) => one.id === id);
    const title = (values[TITLE_PROPERTY_ID] as string | undefined) ?? null;
    if (!column) return id === TITLE_PROPERTY_ID ? titleValueOf({ title, access: page.access }) : null;
    const value = values[id];
    if (value != null && !fits(column, value)) return null;
    const props = value == null ? {} : { [id]: value };
    return valuesOf({ ...page, title }, [column], props as StoredProps, titles)[0] ?? null;
  };
  return (updatedProperties as string[]).map((id) =>
    face(PropertyChange, { access: page.access, id, before: shown(id, before), after: shown(id, after) }),
  );
}

/** Whether a column can hold this: its type may have been changed between the write and the event. */
function fits(column: PropertySchema, value: unknown): boolean {
  switch (column.type) {
    case 'TITLE':
    case 'SELECT':
    case 'STATUS':
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return typeof value === 'string';
    case 'NUMBER':
    case 'UNIQUE_ID':
      return typeof value === 'number';
    case 'CHECKBOX':
      return typeof value === 'boolean';
    case 'DATE':
    case 'VERIFICATION':
      return isSpan(value);
    case 'PLACE':
      return typeof (value as { latitude?: unknown }).latitude === 'number';
    case 'MULTI_SELECT':
    case 'PEOPLE':
    case 'RELATION':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'TEXT':
    case 'FILES':
      return Array.isArray(value) && value.every((item) => typeof item === 'object');
    case 'FORMULA':
      return column.result === 'DATE' ? isSpan(value) : typeof value === PRIMITIVES[column.result];
    default:
      return false;
  }
}

const PRIMITIVES = { TEXT: 'string', NUMBER: 'number', CHECKBOX: 'boolean' } as const;

const isSpan = (value: unknown): boolean => typeof (value as { start?: unknown }).start === 'string';

/** Titles of what texts among the values mention, as far as it may be read. */
async function readableTitles(ctx: Context, values: readonly Record<string, unknown>[]): Promise<Titles> {
  const ids = values.flatMap((props) => Object.values(props).flatMap(mentionedIn));
  const mentioned = await ctx.loadMany(resourceById, [...new Set(ids)]);
  return Object.fromEntries(
    mentioned.flatMap((one) => (one && one.access & READ && one.title !== null ? [[one.id, one.title]] : [])),
  );
}

const mentionedIn = (value: unknown): Id[] =>
  Array.isArray(value)
    ? (value as RichTextSpan[]).flatMap((span) => (span?.type === 'MENTION' ? [span.resourceId] : []))
    : [];
