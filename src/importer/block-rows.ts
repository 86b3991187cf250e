// Trees of blocks as rows in reading order.

import type { BlockContent, BlockTree } from '../content/block-content.js';
import { mentionsOf } from '../content/block-content.js';
import { derivedId, type Id } from '../lib/id.js';

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

/** Blocks in reading order. Ids follow from the page and the place, so that importing again gives the same ones. */
export function blockRows(pageId: Id, trees: readonly BlockTree[]): BlockRow[] {
  const rows: BlockRow[] = [];
  const walk = (children: readonly BlockTree[], parent: BlockRow | null): void => {
    children.forEach(({ content, children: below }, index) => {
      const place = index.toString(36).padStart(6, '0');
      const path = parent ? `${parent.path}.${place}` : place;
      const row: BlockRow = {
        id: derivedId(pageId, `block ${path}`),
        page_id: pageId,
        parent_id: parent?.id ?? null,
        path,
        depth: parent ? parent.depth + 1 : 0,
        content,
        mentions: mentionsOf(content),
      };
      rows.push(row);
      walk(below, row);
    });
  };
  walk(trees, null);
  return rows;
}
