// Which blocks of a page stay when it is written anew: those that say the same. Markdown has no form for colours, for
// mentions that are masked for whoever writes, or for an embed: a block that would be written the same as what is there now
// is left as it is.

import type { Id } from '../lib/id.js';
import type { BlockContent, BlockTree } from './block-content.js';
import type { BlockRow } from './block-rows.js';
import type { StandingBlock } from './block-spot.js';
import { blocksOfMarkdown } from './markdown-blocks.js';
import { MARKDOWN } from './markdown-dialect.js';
import { linksAmong } from './markdown-links.js';
import { markdownOf } from './markdown-text.js';
import type { Titles } from './span.js';

/** The new rows, of which those that say what a block says have its id and hold what it holds. `titles` are those the
 *  writer may read: what she was shown. */
export function keptBlocks(
  before: readonly StandingBlock[],
  rows: readonly BlockRow[],
  titles: Titles,
): { rows: BlockRow[]; kept: Set<Id> } {
  const contents = new Map(before.map(({ id, content }) => [id, content]));
  const ids = new Map<Id, Id>(); // of the new row → of the block that stays
  match(rows, before, (block) => canonical(block.content), ids);
  const stays = new Set(ids.values());
  const rest = before.filter(({ id }) => !stays.has(id));
  match(
    rows.filter(({ id }) => !ids.has(id)),
    rest,
    (block) => canonical(asRead(block.content, titles)),
    ids,
  );
  return {
    kept: new Set(ids.values()),
    rows: rows.map((row) => {
      const id = ids.get(row.id) ?? row.id;
      const parent_id = row.parent_id && (ids.get(row.parent_id) ?? row.parent_id);
      return { ...row, id, parent_id, content: contents.get(id) ?? row.content };
    }),
  };
}

/** Each row takes the first block left that says the same. */
function match(
  rows: readonly BlockRow[],
  blocks: readonly StandingBlock[],
  saying: (block: StandingBlock) => string,
  ids: Map<Id, Id>,
): void {
  if (rows.length === 0 || blocks.length === 0) return;
  const left = new Map<string, Id[]>();
  for (const block of [...blocks].reverse()) {
    const said = saying(block);
    const same = left.get(said);
    if (same) same.push(block.id);
    else left.set(said, [block.id]);
  }
  for (const { id, content } of rows) {
    const found = left.get(canonical(content))?.pop();
    if (found !== undefined) ids.set(id, found);
  }
}

/** What a block holds when it is read again from the Markdown it is written as; null when that is another number of
 *  blocks. */
function asRead(content: BlockContent, titles: Titles): BlockContent | null {
  const isRow = content.type === 'TABLE_ROW';
  const alone: BlockTree = { content, children: [] };
  const tree: BlockTree = isRow
    ? { content: { type: 'TABLE', width: content.cells.length, hasColumnHeader: true }, children: [alone] }
    : alone;
  const files =
    'file' in content && content.file.fileId !== undefined ? [[content.file.fileId, content.file] as const] : [];
  const read = blocksOfMarkdown(markdownOf([tree], titles), { dialect: MARKDOWN, resolve: linksAmong(new Map(files)) });
  const [first, ...others] = (isRow ? read[0]?.children : read) ?? [];
  return first && others.length === 0 ? first.content : null;
}

/** jsonb forgets the order of members. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, held: unknown) =>
    held !== null && typeof held === 'object' && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
