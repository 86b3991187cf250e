// When a row was made and last edited, as its own columns say it.

import type { DateSpan } from '../property/property.js';

const CREATED = /^(created|created (time|at|on|date)|creation (time|date)|(date|time) created)$/i;
const EDITED =
  /^((last )?(edited|modified|updated)|(last )?(edited|modified|updated) (time|at|on|date)|(date|time) (last )?(edited|modified|updated))$/i;

export type TimeRole = 'CREATED' | 'EDITED';

/** What a column of this name tells about its rows, or `null`. */
export function timeRole(columnName: string): TimeRole | null {
  const name = columnName.trim();
  if (CREATED.test(name)) return 'CREATED';
  return EDITED.test(name) ? 'EDITED' : null;
}

/** The moment a value names; `null` for a day without a time of day and for a range. */
export function momentOf(value: DateSpan | undefined): Date | null {
  return value && value.end === undefined && value.start.includes('T') ? new Date(value.start) : null;
}

export interface Times {
  createdAt: Date | null;
  lastEditedAt: Date | null;
}

/** Fills what columns do not say with the time of the file, never with an edit before the creation. */
export function timesOf(fileTime: Date | null, { createdAt, lastEditedAt }: Partial<Times> = {}): Times {
  const created = createdAt ?? earlier(fileTime, lastEditedAt ?? null);
  const edited = lastEditedAt ?? fileTime;
  return { createdAt: created, lastEditedAt: created && edited && edited < created ? created : edited };
}

const earlier = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : a);
