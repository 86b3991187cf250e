// How long lists were when they were asked for last: PostgreSQL need not consider again what it did not need then, which
// takes it as long as reading. Nothing but the way to the rows hangs on it. A list that came to its end within the page is
// gathered and sorted: all its rows have to be looked at anyway. One whose page was filled with rows that have a value to be
// sorted by is walked along those alone; should they not fill it any more, it is asked for once more, in both stretches.

import { hash } from 'node:crypto';
import { type Actor, userIdOf } from '../gate/actor.js';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import type { RowQuery } from '../property/row-query.js';

export type Length = 'SHORT' | 'FULL';

const MOST = 10_000;
/** By hash: filters may be long. */
const known = new Map<string, Length>();

/** What the first page of a list is known by. Who reaches a part has lists of her own. */
export const pageKey = (actor: Actor, { dataSource, filter, order }: RowQuery, limit: number): string =>
  hash(
    'sha256',
    JSON.stringify(
      [dataSource.id, mayReachWholeWorkspace(actor) || userIdOf(actor), filter, order, limit],
      (key, value) => (key === 'property' ? value.id : value),
    ),
    'base64',
  );

export const lengthOf = (key: string): Length | undefined => known.get(key);

/** The one that was noted first is forgotten where there are too many. */
export function noteLength(key: string, length: Length | undefined): void {
  if (length === undefined) known.delete(key);
  else known.set(key, length);
  if (known.size > MOST) for (const first of known.keys()) return void known.delete(first);
}
