// What becomes of each value of a column that gets another type: the table of docs/decisions/0020, line by line.

import { describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/id.js';
import { type Convertible, converter, OptionMaker } from '../../src/property/convert.js';
import type { PropertySchema, StoredValue } from '../../src/property/property.js';

const RED = newId();
const COLUMN: Record<Convertible, PropertySchema> = {
  TEXT: { id: 'c', name: 'C', type: 'TEXT' },
  NUMBER: { id: 'c', name: 'C', type: 'NUMBER' },
  SELECT: {
    id: 'c',
    name: 'C',
    type: 'SELECT',
    options: [
      { id: RED, name: 'Red' },
      { id: 'n', name: '12.5' },
      { id: 'd', name: '2026-01-02' },
    ],
  },
  DATE: { id: 'c', name: 'C', type: 'DATE' },
};

const text = (words: string): StoredValue => [{ type: 'TEXT', text: words }];
const maker = (limits = { maxOptions: 100, maxNameLength: 100 }) =>
  new OptionMaker([], (id, name) => ({ id, name }), limits);

/** Options by name, so that a table can be written down. */
function become(from: Convertible, to: Convertible, value: StoredValue): unknown {
  const options = maker();
  const became = converter(COLUMN[from], to, options)(value);
  return to === 'SELECT' ? options.options.find(({ id }) => id === became)?.name : became;
}

const TABLE: [from: Convertible, value: StoredValue, to: Convertible, became: unknown][] = [
  ['TEXT', text('12'), 'NUMBER', 12],
  ['TEXT', text(' -1.5e3 '), 'NUMBER', -1500],
  ['TEXT', text('twelve'), 'NUMBER', undefined],
  ['TEXT', text('1e999'), 'NUMBER', undefined],
  ['TEXT', text('0x10'), 'NUMBER', undefined],
  ['TEXT', text('1,000'), 'NUMBER', undefined],
  ['TEXT', text(' Red '), 'SELECT', 'Red'],
  ['TEXT', text('two\nlines'), 'SELECT', undefined],
  ['TEXT', text('x'.repeat(101)), 'SELECT', undefined],
  ['TEXT', [{ type: 'MENTION', resourceId: newId() }], 'SELECT', undefined],
  ['TEXT', text('2026-01-02'), 'DATE', { start: '2026-01-02' }],
  ['TEXT', text('2026-01-02T10:00:00+02:00'), 'DATE', { start: '2026-01-02T08:00:00Z' }],
  ['TEXT', text('2026-01-02 → 2026-01-05'), 'DATE', { start: '2026-01-02', end: '2026-01-05' }],
  ['TEXT', text('2026-01-02 → 2026-01-01'), 'DATE', undefined],
  ['TEXT', text('tomorrow'), 'DATE', undefined],
  ['NUMBER', 12.5, 'TEXT', text('12.5')],
  ['NUMBER', 0, 'SELECT', '0'],
  ['NUMBER', 20260102, 'DATE', undefined],
  ['SELECT', RED, 'TEXT', text('Red')],
  ['SELECT', 'n', 'NUMBER', 12.5],
  ['SELECT', RED, 'NUMBER', undefined],
  ['SELECT', 'd', 'DATE', { start: '2026-01-02' }],
  ['SELECT', 'gone', 'TEXT', undefined],
  ['DATE', { start: '2026-01-02', end: '2026-01-03' }, 'TEXT', text('2026-01-02 → 2026-01-03')],
  ['DATE', { start: '2026-01-02T08:00:00Z', timeZone: 'Europe/Zurich' }, 'TEXT', text('2026-01-02T08:00:00Z')],
  ['DATE', { start: '2026-01-02' }, 'NUMBER', undefined],
  ['DATE', { start: '2026-01-02' }, 'SELECT', '2026-01-02'],
];

describe('A value becomes one of another type by way of its text', () => {
  test.each(TABLE)('%s %j as %s: %j', (from, value, to, became) => {
    expect(become(from, to, value)).toEqual(became);
  });

  test('and back again, where it was one before', () => {
    for (const [from, value, to] of TABLE) {
      const options = maker();
      const between = converter(COLUMN[from], to, options)(value);
      if (between === undefined || from === 'SELECT') continue;
      const via: PropertySchema =
        to === 'SELECT' ? { id: 'c', name: 'C', type: to, options: options.options } : COLUMN[to];
      const again = converter(via, from, maker())(between);
      expect(converter(COLUMN[from], to, options)(again as StoredValue)).toEqual(between);
    }
  });

  test('with one option for each different text, as long as there is room', () => {
    const options = maker({ maxOptions: 2, maxNameLength: 100 });
    const convert = converter(COLUMN.TEXT, 'SELECT', options);
    const [a, b, again, full] = ['a', 'b', ' a', 'c'].map((words) => convert(text(words)));
    expect(a).toBe(again);
    expect(b).not.toBe(a);
    expect(full).toBeUndefined();
    expect(options.options.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
