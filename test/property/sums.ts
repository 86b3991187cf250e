// What values come to, written down slowly and plainly: in memory, without SQL and without anything of src/ but types.
// Aggregates and rollups are held against it.

import { DateTime } from 'luxon';
import type { DateSpan, PropertySchema } from '../../src/property/property.js';
import type { RandomRow } from './random-table.js';

/** What the asker sees of what values point to. */
export interface Sight {
  pages: ReadonlySet<string>;
  users: ReadonlySet<string>;
}

const kindOf = (column: PropertySchema) => (column.type === 'FORMULA' ? column.result : column.type);

/** The values a row holds in a column, as texts that are equal when the values are. */
export function valuesIn(row: RandomRow, column: PropertySchema, sight: Sight): string[] {
  const value = row.props[column.id];
  const known = (id: string | null) => (id !== null && sight.users.has(id) ? [id] : []);
  switch (kindOf(column)) {
    case 'TITLE':
      return row.title === '' ? [] : [row.title];
    case 'CHECKBOX':
      if (column.type === 'FORMULA') return value === undefined ? [] : [String(value)];
      return [String(value === true)];
    case 'CREATED_TIME':
      return [row.createdAt.toISOString()];
    case 'LAST_EDITED_TIME':
      return [row.lastEditedAt.toISOString()];
    case 'CREATED_BY':
      return known(row.createdBy);
    case 'LAST_EDITED_BY':
      return known(row.lastEditedBy);
    case 'BUTTON':
    case 'ROLLUP':
      return [];
  }
  if (value === undefined) return [];
  switch (kindOf(column)) {
    case 'TEXT':
      if (column.type === 'FORMULA') return [value as string];
      return [(value as { text?: string }[]).map(({ text }) => text ?? '').join('')];
    case 'NUMBER':
    case 'UNIQUE_ID':
      return [String((value as number) + 0)]; // -0 is 0
    case 'SELECT':
    case 'STATUS':
    case 'MULTI_SELECT':
      return [value].flat().filter((id) => optionsOf(column).includes(id as string)) as string[];
    case 'PEOPLE':
      return (value as string[]).flatMap(known);
    case 'RELATION':
      return (value as string[]).filter((id) => sight.pages.has(id));
    case 'FILES':
      return (value as object[]).map((file) => JSON.stringify(file));
    case 'DATE':
    case 'VERIFICATION':
    case 'PLACE':
      return [JSON.stringify(value)];
    default:
      return [value as string];
  }
}

/** Ids of the options, as they are sorted: a status group by group. */
export function optionsOf(column: PropertySchema): string[] {
  if (!('options' in column)) return [];
  const all = column.options.map(({ id }) => id);
  if (column.type !== 'STATUS') return all;
  const grouped = column.groups.flatMap(({ optionIds }) => optionIds);
  return [...grouped, ...all.filter((id) => !grouped.includes(id))];
}

export const isNumber = (column: PropertySchema): boolean => ['NUMBER', 'UNIQUE_ID'].includes(kindOf(column));
export const isDate = (column: PropertySchema): boolean =>
  ['DATE', 'CREATED_TIME', 'LAST_EDITED_TIME'].includes(kindOf(column));
export const isCheckbox = (column: PropertySchema): boolean => kindOf(column) === 'CHECKBOX';

export function numbersOf(rows: readonly RandomRow[], column: PropertySchema) {
  const numbers = rows
    .flatMap((row) => (row.props[column.id] as number | undefined) ?? [])
    .map((number) => number + 0)
    .sort((a, b) => a - b);
  const many = numbers.length;
  if (many === 0) return { count: 0, sum: null, average: null, median: null, min: null, max: null, range: null };
  const [low, high] = [numbers[Math.floor((many - 1) / 2)]!, numbers[Math.ceil((many - 1) / 2)]!];
  const [min, max] = [numbers[0]!, numbers.at(-1)!];
  const sum = exactSum(numbers);
  const median = low === high ? low : low + 0.5 * (high - low);
  return { count: many, sum, average: sum / many, median, min, max, range: max - min };
}

/** As one does it on paper: all decimals written out, then added. */
function exactSum(numbers: readonly number[]): number {
  const parts = numbers.map((number) => {
    const [digits = '', exponent = '0'] = String(number).split('e');
    const [whole = '', decimals = ''] = digits.split('.');
    return { digits: BigInt(whole + decimals), exponent: Number(exponent) - decimals.length };
  });
  const least = Math.min(...parts.map(({ exponent }) => exponent));
  const sum = parts.reduce((all, { digits, exponent }) => all + digits * 10n ** BigInt(exponent - least), 0n);
  return Number(`${sum}e${least}`);
}

/** Where a date begins: its text, and the instant. */
export function beginning(row: RandomRow, column: PropertySchema): { text: string; at: number } | null {
  const text =
    column.type === 'CREATED_TIME'
      ? row.createdAt.toISOString()
      : column.type === 'LAST_EDITED_TIME'
        ? row.lastEditedAt.toISOString()
        : (row.props[column.id] as DateSpan | undefined)?.start;
  return text === undefined ? null : { text, at: Date.parse(text) };
}

export function datesOf(rows: readonly RandomRow[], column: PropertySchema) {
  // Of a day and its first moment the day comes first.
  const dates = rows
    .flatMap((row) => beginning(row, column) ?? [])
    .sort((a, b) => a.at - b.at || a.text.length - b.text.length);
  return { count: dates.length, earliest: dates[0]?.text ?? null, latest: dates.at(-1)?.text ?? null };
}

export function checkboxesOf(rows: readonly RandomRow[], column: PropertySchema) {
  const checked = rows.filter((row) => row.props[column.id] === true).length;
  return { checked, unchecked: rows.length - checked };
}

export function fillingOf(rows: readonly RandomRow[], column: PropertySchema, sight: Sight) {
  const held = rows.map((row) => valuesIn(row, column, sight));
  const notEmpty = held.filter((values) => values.length > 0).length;
  const unique = new Set(held.flat()).size;
  return { empty: rows.length - notEmpty, notEmpty, count: held.flat().length, unique };
}

/** First day of the span of the calendar that a date begins in. A date without a time of day is that day everywhere. */
export function spanOf(text: string, unit: string, timeZone: string): string {
  const zone = text.length === 10 ? 'utc' : timeZone;
  const day = DateTime.fromISO(text, { zone: 'utc' }).setZone(zone);
  return day.startOf(unit.toLowerCase() as 'day').toISODate()!;
}

/** First day after it. */
export const spanEnd = (from: string, unit: string): string =>
  DateTime.fromISO(from, { zone: 'utc' })
    .plus({ [unit.toLowerCase()]: 1 })
    .toISODate()!;
