// Dates as clients write them, and as a text that becomes a date is read: a day, or a time of day with an offset or in a
// time zone.

import { DateTime, IANAZone } from 'luxon';
import { type Path, place } from '../content/limits.js';
import { Refusal } from '../lib/refusal.js';
import type { DateSpan } from './property.js';

export interface WrittenDate {
  start: string;
  end?: string | null | undefined;
  timeZone?: string | null | undefined;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/i;
const LONGEST_ZONE = 64;

/** As it is stored. Refused: no date, an end before the start, a day beside a time, a time that no clock in its zone
 *  shows or that could be anywhere, a zone that does not exist. */
export function requireDate({ start, end, timeZone }: WrittenDate, path: Path): DateSpan {
  const zone = timeZone ?? null;
  if (zone !== null && (zone.length > LONGEST_ZONE || !IANAZone.isValidZone(zone))) {
    throw invalidAt([...path, 'timeZone'], `expects a time zone like "Europe/Zurich", but got: ${quoted(zone)}`);
  }
  const from = requireMoment(start, zone, [...path, 'start']);
  if (zone !== null && !from.hasTime) {
    throw invalidAt([...path, 'timeZone'], 'may stand only beside a time of day: a day begins everywhere.');
  }
  const span: DateSpan = { start: from.text, ...(zone !== null && { timeZone: zone }) };
  if (end == null) return span;
  const to = requireMoment(end, zone, [...path, 'end']);
  if (to.hasTime !== from.hasTime) {
    throw invalidAt([...path, 'end'], 'must be a day where start is a day, and a time where start is a time.');
  }
  if (Date.parse(to.text) < Date.parse(from.text)) throw invalidAt([...path, 'end'], 'must not lie before start.');
  return { ...span, end: to.text };
}

/** The date a text says, `2026-11-22`, `2026-11-22T09:30:00Z` or two of them with `→` in between; undefined when it says
 *  none. What `textOfDate` writes is read again as it was, its time zone left out. */
export function dateOfText(text: string): DateSpan | undefined {
  const [start = '', end, ...more] = text.trim().split(ARROW);
  if (more.length > 0) return undefined;
  try {
    return requireDate({ start, end }, []);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

export const textOfDate = ({ start, end }: DateSpan): string => (end === undefined ? start : `${start} → ${end}`);

const ARROW = /\s*→\s*/;

function requireMoment(text: string, zone: string | null, path: Path): { text: string; hasTime: boolean } {
  if (DAY.test(text)) {
    const day = DateTime.fromISO(text, { zone: 'utc' });
    if (day.isValid && day.year >= 1) return { text, hasTime: false };
  }
  const match = TIME.exec(text);
  if (match) {
    const [, day, offset] = match;
    if (offset === undefined && zone === null) {
      throw invalidAt(path, `needs an offset, or a timeZone beside it, but got: ${quoted(text)}`);
    }
    const time = DateTime.fromISO(text, { zone: offset === undefined ? (zone as string) : 'utc' });
    // An hour that a clock skips would silently become another one; 24:00 would become the next day.
    const isKept = offset !== undefined || time.toFormat("yyyy-MM-dd'T'HH:mm") === text.slice(0, 16).toUpperCase();
    const isDay = DateTime.fromISO(day as string, { zone: 'utc' }).isValid && !/T24/i.test(text);
    const utc = time.toUTC();
    if (time.isValid && isKept && isDay && utc.year >= 1 && utc.year <= 9999) {
      return { text: utc.toISO({ suppressMilliseconds: true }) as string, hasTime: true };
    }
  }
  throw invalidAt(
    path,
    `expects a day like "2026-11-22" or a time like "2026-11-22T09:30:00Z", but got: ${quoted(text)}`,
  );
}

const invalidAt = (path: Path, message: string): Refusal =>
  new Refusal('INVALID', `${place(path)} ${message}`, { path });

/** As JSON, so that nothing in it reads as ours; long ones are cut. */
const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
