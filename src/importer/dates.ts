// Dates as Notion writes them, read column by column: "04/12/2024" means something only beside its neighbours.

import { DateTime } from 'luxon';
import type { DateSpan } from '../property/property.js';

/** Reads one trimmed cell; `null` when it is no date of this column's kind. */
export type ReadDate = (cell: string) => DateSpan | null;

type NumericOrder = 'DAY_FIRST' | 'MONTH_FIRST' | null;

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

// Abbreviations as English date formatting writes them, with the region whose clock they name. A time is only taken
// when that clock really shows the abbreviation's offset then.
const ZONES: Readonly<Record<string, { zone: string; offset: number }>> = {
  UTC: { zone: 'UTC', offset: 0 },
  GMT: { zone: 'UTC', offset: 0 },
  EST: { zone: 'America/New_York', offset: -300 },
  EDT: { zone: 'America/New_York', offset: -240 },
  CST: { zone: 'America/Chicago', offset: -360 },
  CDT: { zone: 'America/Chicago', offset: -300 },
  MST: { zone: 'America/Denver', offset: -420 },
  MDT: { zone: 'America/Denver', offset: -360 },
  PST: { zone: 'America/Los_Angeles', offset: -480 },
  PDT: { zone: 'America/Los_Angeles', offset: -420 },
  CET: { zone: 'Europe/Paris', offset: 60 },
  CEST: { zone: 'Europe/Paris', offset: 120 },
  JST: { zone: 'Asia/Tokyo', offset: 540 },
};

const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?\s*([AaPp][Mm])?`;
const ZONE = String.raw`(?:\s*(Z|[+-]\d{2}:?\d{2}|\([^()]+\)|[A-Z]{3,4}))?`;
const TAIL = `(?:(?:T|,?\\s+)${TIME}${ZONE})?$`;
const MONTH_NAME_FIRST = new RegExp(`^([A-Za-z]{3,9})\\.? (\\d{1,2}), (\\d{4})${TAIL}`);
const DAY_NAME_FIRST = new RegExp(`^(\\d{1,2}) ([A-Za-z]{3,9})\\.? (\\d{4})${TAIL}`);
const YEAR_FIRST = new RegExp(`^(\\d{4})([-/])(\\d{1,2})\\2(\\d{1,2})${TAIL}`);
const NUMERIC = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})${TAIL}`);
const TIME_ONLY = new RegExp(`^${TIME}${ZONE}$`);
const RANGE = /\s*→\s*/;

/** How the cells of a column are to be read, or why "1/2/2024" among them cannot be. Cells are trimmed, not empty.
 *  A time without a zone is taken as UTC. */
export function readDates(cells: readonly string[]): { read: ReadDate } | { ambiguous: true } {
  const numeric = cells.flatMap((cell) => cell.split(RANGE)).flatMap((part) => NUMERIC.exec(part) ?? []);
  const order = numeric.length === 0 ? null : numericOrder(cells);
  if (order === 'AMBIGUOUS') return { ambiguous: true };
  return { read: (cell) => readSpan(cell, order) };
}

function numericOrder(cells: readonly string[]): NumericOrder | 'AMBIGUOUS' {
  let dayFirst = false;
  let monthFirst = false;
  for (const part of cells.flatMap((cell) => cell.split(RANGE))) {
    const match = NUMERIC.exec(part);
    if (!match) continue;
    if (Number(match[1]) > 12 || match[2] === '.') dayFirst = true;
    if (Number(match[3]) > 12) monthFirst = true;
  }
  if (dayFirst === monthFirst) return 'AMBIGUOUS';
  return dayFirst ? 'DAY_FIRST' : 'MONTH_FIRST';
}

function readSpan(cell: string, order: NumericOrder): DateSpan | null {
  const parts = cell.split(RANGE);
  if (parts.length > 2) return null;
  const startText = parts[0]!;
  const endText = parts[1];
  const zone = endText === undefined ? undefined : zoneIn(endText);
  let start = readMoment(startText, order);
  if (!start) return null;
  if (endText === undefined) return span(start);
  // Notion names the zone once, at the end.
  if (zone && start.hasTime && !zoneIn(startText)) start = readMoment(`${startText} ${zone}`, order) ?? start;
  const timeOnly = TIME_ONLY.exec(endText);
  const startZone = zoneIn(startText);
  const inherited = startZone && !zone ? `${endText} ${startZone}` : endText;
  const end = timeOnly
    ? start.hasTime && moment(start.year, start.month, start.day, TIME_ONLY.exec(inherited)!.slice(1))
    : readMoment(start.hasTime ? inherited : endText, order);
  if (!end || end.hasTime !== start.hasTime || end.text < start.text || end.timeZone !== start.timeZone) return null;
  return { ...span(start), end: end.text, ...(start.timeZone && { timeZone: start.timeZone }) };
}

interface Moment {
  year: number;
  month: number;
  day: number;
  hasTime: boolean;
  text: string;
  timeZone?: string;
}

const span = ({ text, timeZone }: Moment): DateSpan => ({ start: text, ...(timeZone && { timeZone }) });

const zoneIn = (text: string): string | undefined => new RegExp(`${TIME}${ZONE}$`).exec(text)?.[6];

function readMoment(text: string, order: NumericOrder): Moment | null {
  let match = MONTH_NAME_FIRST.exec(text);
  if (match) return moment(Number(match[3]), monthNumber(match[1]!), Number(match[2]), match.slice(4));
  match = DAY_NAME_FIRST.exec(text);
  if (match) return moment(Number(match[3]), monthNumber(match[2]!), Number(match[1]), match.slice(4));
  match = YEAR_FIRST.exec(text);
  if (match) return moment(Number(match[1]), Number(match[3]), Number(match[4]), match.slice(5));
  match = NUMERIC.exec(text);
  if (!match || order === null) return null;
  const [first, second] = [Number(match[1]), Number(match[3])];
  const [day, month] = order === 'DAY_FIRST' ? [first, second] : [second, first];
  return moment(Number(match[4]), month, day, match.slice(5));
}

function monthNumber(name: string): number {
  const lower = name.toLowerCase();
  return (
    MONTHS.findIndex(
      (month) => month === lower || month.slice(0, 3) === lower || (lower === 'sept' && month === 'september'),
    ) + 1
  );
}

function moment(year: number, month: number, day: number, tail: (string | undefined)[]): Moment | null {
  const [hourText, minuteText, secondText, fraction, half, zoneText] = tail;
  const base = { year, month, day };
  if (year < 1) return null;
  if (hourText === undefined) {
    const date = DateTime.fromObject(base, { zone: 'utc' });
    return date.isValid ? { ...base, hasTime: false, text: date.toISODate() } : null;
  }
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  const zone = readZone(zoneText);
  if (!zone) return null;
  const clock = {
    ...base,
    hour,
    minute: Number(minuteText),
    second: Number(secondText ?? 0),
    millisecond: Math.round(Number(fraction ?? 0) * 1000),
  };
  const time = DateTime.fromObject(clock, { zone: zone.zone });
  // An hour that a clock skipped would silently become another one.
  if (!time.isValid || time.hour !== hour || (zone.offset !== undefined && time.offset !== zone.offset)) return null;
  const text = time.toUTC().toISO({ suppressMilliseconds: true });
  return { ...base, hasTime: true, text, ...(zone.name && { timeZone: zone.name }) };
}

function readZone(text: string | undefined): { zone: string; offset?: number; name?: string } | null {
  if (text === undefined || text === 'Z') return { zone: 'UTC' };
  const name = text.replace(/^\((.*)\)$/, '$1').trim();
  const known = ZONES[name.toUpperCase()];
  if (known) return { zone: known.zone, offset: known.offset, name: known.zone };
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name);
  if (fixed) return { zone: `UTC${fixed[1]}${Number(fixed[2])}:${fixed[3] ?? '00'}` };
  if (/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(name) && DateTime.local({ zone: name }).isValid)
    return { zone: name, name };
  return null;
}
