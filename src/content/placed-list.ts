// Lists out of placed rows: what a content source answers, with cursors sealed for the list they came from.

import type { Context } from '../context.js';
import { type List, toList, type Window } from '../lib/list.js';
import type { Placed } from './source.js';

/** A list out of placed rows; `list` names it in its cursors. */
export function placedList<T>(
  ctx: Context,
  placed: readonly Placed<T>[],
  window: Window,
  list: string,
  totalCount: () => Promise<number>,
): List<T> {
  const { edges, nodes, pageInfo } = toList(
    placed,
    window,
    ({ position }) => ctx.cursors.seal(list, position),
    totalCount,
  );
  return {
    edges: () => edges().map(({ cursor, node }) => ({ cursor, node: node.row })),
    nodes: nodes.map(({ row }) => row),
    pageInfo,
    totalCount,
  };
}

/** The same for a list among many of one level: rows and count come batched. */
export async function nestedList<T>(
  ctx: Context,
  list: string,
  window: Window,
  placed: Promise<Placed<T>[] | undefined>,
  count: () => Promise<number | undefined>,
): Promise<List<T>> {
  const rows = (await placed) ?? [];
  // Counted with the rows where there are rows to tell; an empty list from its start has none.
  const total = rows[0]?.total ?? (rows.length === 0 && window.from === null ? 0 : undefined);
  return placedList(ctx, rows, window, list, async () => total ?? (await count()) ?? 0);
}
