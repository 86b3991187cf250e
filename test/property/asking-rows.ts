// Many questions about the rows of one data source in one document.

import { expect } from 'vitest';
import type { Id } from '../../src/lib/id.js';
import type { RowFilter, RowOrder } from '../generated/operations.js';
import type { Asker, World } from '../world.js';

export interface Question {
  filter: RowFilter | null;
  orderBy: RowOrder[];
  timeZone: string | null;
}

const COUNT_EVERY = 5;

/** Asks all at once, and says which rows come, in which order, and how many there are said to be. */
export async function askRows(
  { world, asker }: { world: World; asker: Asker },
  dataSourceId: Id,
  questions: readonly Question[],
): Promise<{ ids: string[]; count: number }[]> {
  const declared = questions.map((_, i) => `$f${i}: RowFilter, $o${i}: [RowOrder!], $z${i}: String`).join(', ');
  const fields = questions.map((_, i) => {
    const counted = i % COUNT_EVERY === 0 ? 'totalCount ' : '';
    return `q${i}: rows(first: 100, filter: $f${i}, orderBy: $o${i}, timeZone: $z${i}) { ${counted}nodes { id } }`;
  });
  const document = `query ($id: ID!, ${declared}) { dataSource(id: $id) { ${fields.join(' ')} } }`;
  const variables = Object.fromEntries(
    questions.flatMap(({ filter, orderBy, timeZone }, i) => [
      [`f${i}`, filter],
      [`o${i}`, orderBy],
      [`z${i}`, timeZone],
    ]),
  );
  const answer = await world.ask<
    Record<string, Record<string, { totalCount?: number; nodes: { id: string }[] }>>,
    object
  >(asker, document, { id: dataSourceId, ...variables });
  expect(answer.errors, JSON.stringify(questions)).toBeUndefined();
  return questions.map((_, i) => {
    const { totalCount, nodes } = answer.data!.dataSource![`q${i}`]!;
    return { ids: nodes.map(({ id }) => id), count: totalCount ?? nodes.length };
  });
}
