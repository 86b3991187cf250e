// The pages of a list whose filter counts from now belong together: the cursor of one brings along the moment that the
// first of them counted from, as the last member of its position.

import type { Position } from '../lib/cursor.js';
import type { RowQuery } from './row-query.js';

/** The query as asked, counted from the moment of the page that is gone on from. */
export const goingOn = (asked: RowQuery, from: Position | null, read: (now: Date) => RowQuery): RowQuery =>
  asked.moment && from ? read(new Date(from.at(-1) as string)) : asked;

/** Positions that bring the moment of their query along, where it has one. */
export const withMoment =
  ({ moment }: RowQuery) =>
  <Row extends { position: Position }>(rows: readonly Row[] | undefined): Row[] | undefined =>
    rows?.map((row) => (moment ? { ...row, position: [...row.position, moment.toISOString()] } : row));
