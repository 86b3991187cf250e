// Trees of blocks as rows in reading order.

import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { type BlockContent, type BlockTree, mentionsOf } from './block-content.js';
import { keysBetween, prefixOf } from './block-order.js';

/** A row of the table, by its column names. */
export interface BlockRow {
  id: Id;
  page_id: Id;
  parent_id: Id | null;
  path: string;
  depth: number;
  content: BlockContent;
  mentions: Id[];
}

/** Where trees are put: below a block or at the top of a page, each under its own key. */
export interface Root {
  pageId: Id;
  parent: { id: Id; path: string; depth: number } | null;
  keys: readonly string[];
}

/** Blocks in reading order. `idOf` gives an id for a place, which is made of numbers: `000000.00000z`. */
export function blockRows(
  { pageId, parent, keys }: Root,
  trees: readonly BlockTree[],
  idOf: (place: string) => Id,
): BlockRow[] {
  const rows: BlockRow[] = [];
  const walk = (
    children: readonly BlockTree[],
    keysOfThem: readonly string[],
    above: { id: Id; path: string; depth: number } | null,
    placeAbove: string,
  ): void => {
    children.forEach(({ content, children: below }, index) => {
      const place = `${placeAbove}${index.toString(36).padStart(6, '0')}`;
      const key = keysOfThem[index];
      invariant(key !== undefined, 'A block has no key.');
      const row: BlockRow = {
        id: idOf(place),
        page_id: pageId,
        parent_id: above?.id ?? null,
        path: `${prefixOf(above?.path ?? null)}${key}`,
        depth: above ? above.depth + 1 : 0,
        content,
        mentions: mentionsOf(content),
      };
      rows.push(row);
      walk(below, firstKeys(below.length), row, `${place}.`);
    });
  };
  walk(trees, keys, parent, '');
  return rows;
}

/** Keys for the first blocks of a page, or below a block that had none. */
export function firstKeys(count: number): string[] {
  const keys = keysBetween(null, null, count);
  invariant(keys, 'There is always room where nothing is.');
  return keys;
}
