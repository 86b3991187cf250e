// Keyset pages over any number of sort keys: the order, what lies beyond a position, and the position of a row. The id
// is the last key and goes the way of the key before it. Empty values come last in both directions.

import type { Position } from '../lib/cursor.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Direction } from './order.js';

export interface SortTerm {
  value: Sql;
  /** SQL type that the text of a value reads back as. */
  type: 'text' | 'float8' | 'timestamptz' | 'boolean' | 'int' | 'int[]' | 'uuid' | 'text[]';
  direction: Direction;
  nullable: boolean;
  /** An index of row_value has the rows with a value in this order, and by page_id among equals. */
  indexed?: boolean;
}

/** A stretch of a list: condition and order of its rows, in walking direction. */
export interface Stretch {
  where: Sql;
  order: Sql;
  /** Whether its rows all have a value to be sorted by. */
  isFilled?: boolean;
}

/** Sort values of a row, each as text: JSON that is only read when it comes back in a cursor. */
export const placeOf = (terms: readonly SortTerm[]): Sql =>
  sql`json_build_array(${sql.join(terms.map(({ value }) => sql`(${value})::text`))})::text`;

/** What goes into a cursor, out of a row with its place. */
export const positionOf = (place: string, id: string): Position => [place, id];

/** What is left of a list in walking direction. */
export function stretchOf(terms: readonly SortTerm[], window: Window): Stretch {
  return stretch(keysetOf(terms), startOf(window), window.backwards);
}

/** The same in one or two stretches, to be read one after the other: an index holds rows with a value or rows without,
 *  and the second stretch is read only when the first leaves room. */
export function stretchesOf(terms: readonly SortTerm[], window: Window): Stretch[] {
  const [first, ...rest] = terms;
  if (!first?.indexed) return [stretchOf(terms, window)];
  const { backwards } = window;
  const start = startOf(window);
  const keyset = keysetOf(terms);
  const filled = (from: Start | null): Stretch => {
    const terms = [{ ...first, nullable: false }, ...rest];
    const { where, order } = stretch({ ...keyset, terms, id: sql`v.page_id` }, from, backwards);
    return { where: sql`${first.value} is not null and ${where}`, order, isFilled: true };
  };
  const empty = (from: Start | null): Stretch => {
    const { where, order } = stretch({ ...keyset, terms: rest }, from, backwards);
    return { where: sql`${first.value} is null and ${where}`, order };
  };
  if (!first.nullable) return [filled(start)];
  if (start === null) return backwards ? [empty(null), filled(null)] : [filled(null), empty(null)];
  if (start.values[0] !== null) return backwards ? [filled(start)] : [filled(start), empty(null)];
  const among = { ...start, values: start.values.slice(1) };
  return backwards ? [empty(among), filled(null)] : [empty(among)];
}

interface Keyset {
  terms: readonly SortTerm[];
  id: Sql;
  idDirection: Direction;
}

const keysetOf = (terms: readonly SortTerm[]): Keyset => ({
  terms,
  id: sql`r.id`,
  idDirection: terms.at(-1)?.direction ?? 'ASC',
});

/** Where to go on, exclusive. */
export interface Start {
  values: readonly (string | null)[];
  id: string;
}

/** Behind what a window begins; null where it begins with the list. */
export function startOf({ from }: Pick<Window, 'from'>): Start | null {
  if (!from) return null;
  const [place = '[]', id = ''] = from;
  return { values: JSON.parse(place) as (string | null)[], id };
}

const stretch = (keyset: Keyset, start: Start | null, backwards: boolean): Stretch => ({
  where: start ? beyond(keyset, start, backwards) : sql`true`,
  order: inOrder(keyset, backwards),
});

function inOrder({ terms, id, idDirection }: Keyset, backwards: boolean): Sql {
  const way = (direction: Direction) => ((direction === 'ASC') === backwards ? sql`desc` : sql`asc`);
  const keys = terms.map(({ value, direction, nullable }) => {
    if (!nullable) return sql`${value} ${way(direction)}`; // as an index has it
    return backwards ? sql`${value} ${way(direction)} nulls first` : sql`${value} ${way(direction)} nulls last`;
  });
  return sql.join([...keys, sql`${id} ${way(idDirection)}`]);
}

/** True for rows strictly beyond the start, walking its way. */
function beyond({ terms, id, idDirection }: Keyset, start: Start, backwards: boolean): Sql {
  const bound = terms.map(({ type }, index) => sql`${start.values[index]}::${sql.raw(type)}`);
  const further = (way: Direction) => ((way === 'ASC') === backwards ? sql`<` : sql`>`);
  if (terms.every((term) => !term.nullable && term.direction === idDirection)) {
    // One comparison of rows, which an index answers.
    const row = sql.join([...terms.map(({ value }) => value), id]);
    return sql`(${row}) ${further(idDirection)} (${sql.join([...bound, sql`${start.id}::uuid`])})`;
  }
  // Further by one key and equal in all before it.
  let after: Sql = sql`${id} ${further(idDirection)} ${start.id}::uuid`;
  for (let index = terms.length - 1; index >= 0; index--) {
    const { value, nullable, direction } = terms[index] as SortTerm;
    const isEmpty = start.values[index] === null;
    const equal = isEmpty ? sql`${value} is null` : sql`${value} = ${bound[index]}`;
    const past = isEmpty
      ? backwards
        ? sql`${value} is not null`
        : sql`false`
      : nullable && !backwards
        ? sql`(${value} ${further(direction)} ${bound[index]} or ${value} is null)`
        : sql`${value} ${further(direction)} ${bound[index]}`;
    after = sql`(${past} or (${equal} and ${after}))`;
  }
  return after;
}
