// Pages written as Markdown. A block that says the same as before stays the block it was: it keeps its id, and what
// Markdown has no form for.

import { type Id, newId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { commit, type Unit } from '../unit-of-work.js';
import type { BlockTree, FileReference } from './block-content.js';
import { insertBlocks, mentionedIn, recordContent, requireDepth } from './block-lifecycle.js';
import { type BlockRow, blockRows, firstKeys } from './block-rows.js';
import type { StandingBlock } from './block-spot.js';
import { keptBlocks } from './kept-blocks.js';
import { type ContentLimits, limitsOf, type Path, requireText, requireWithin, type Writer } from './limits.js';
import { blocksOfMarkdown } from './markdown-blocks.js';
import { isTooCostly } from './markdown-cost.js';
import { MARKDOWN } from './markdown-dialect.js';
import { linksAmong } from './markdown-links.js';
import { requireMentioned } from './mentioned.js';
import { readableTitlesOf } from './readable-titles.js';
import { lockEditable } from './target.js';
import { holdTree } from './tree-lock.js';

const PATH = ['markdown'];

/** Puts what a Markdown text says in place of the blocks of a page. Blocks that say the same as before stay. Refused: what
 *  the actor may not update; what lies in the trash or is locked; what is mentioned and out of her reach; what is over a
 *  limit or would take too long to read; a stale version. */
export function replaceMarkdown(
  caller: Writer,
  input: { pageId: Id; markdown: string; expectedVersion?: number | null | undefined },
): Promise<{ id: Id }> {
  const limits = limitsOf(caller);
  requireReadable(input.markdown, limits, PATH);
  return commit(caller, async (unit) => {
    holdTree(unit);
    const page = await lockEditable(
      unit,
      { kind: 'Page', id: input.pageId, doing: 'replace what a page holds' },
      input,
    );
    const before = await standingBlocks(unit, page.id);
    const trees = treesOf(input.markdown, filesOf(before), limits, PATH);
    const titles = await readableTitlesOf(unit, mentionedIn(before.map(({ content }) => ({ content, children: [] }))));
    const { rows, kept } = keptBlocks(before, newRows(page.id, trees, limits), titles);
    const made = rows.filter(({ id }) => !kept.has(id));
    await requireMentioned(unit, mentionedIn(made.map(({ content }) => ({ content, children: [] }))), PATH);
    if (made.length === 0 && isSameOrder(before, rows)) {
      unit.unchanged();
      return { id: page.id };
    }
    await deleteOthers(unit, page.id, kept);
    await putInOrder(
      unit,
      rows.filter(({ id }) => kept.has(id)),
    );
    await insertBlocks(unit, made);
    await recordContent(
      unit,
      page,
      made.filter(({ depth }) => depth === 0).map(({ id }) => id),
    );
    return { id: page.id };
  });
}

/** Writes what a Markdown text says onto a page that was made in the same unit and holds nothing yet. Refused: what is
 *  mentioned and out of reach; what is over a limit or would take too long to read. */
export async function insertMarkdown(
  unit: Unit,
  pageId: Id,
  { markdown, limits, path }: { markdown: string; limits: ContentLimits; path: Path },
): Promise<void> {
  requireReadable(markdown, limits, path);
  const trees = treesOf(markdown, new Map(), limits, path);
  await requireMentioned(unit, mentionedIn(trees), path);
  await insertBlocks(unit, newRows(pageId, trees, limits));
}

function requireReadable(markdown: string, limits: ContentLimits, path: Path): void {
  requireText(markdown, limits, { limit: 'maxMarkdownLength', path });
  if (!isTooCostly(markdown)) return;
  throw new Refusal(
    'INVALID',
    `${path.join('.')} would take too long to read: thousands of marks stand in one paragraph, or of lists in each other.`,
    { path },
  );
}

function treesOf(
  markdown: string,
  files: ReadonlyMap<string, FileReference>,
  limits: ContentLimits,
  path: Path,
): BlockTree[] {
  const source = markdown.replace(/\r\n?/g, '\n');
  const trees = blocksOfMarkdown(source, { dialect: MARKDOWN, resolve: linksAmong(files) });
  const count = (some: readonly BlockTree[]): number =>
    some.reduce((sum, { children }) => sum + 1 + count(children), 0);
  requireWithin(count(trees), limits, { limit: 'maxMarkdownBlocks', units: 'blocks', path });
  return trees;
}

function newRows(pageId: Id, trees: readonly BlockTree[], limits: ContentLimits): BlockRow[] {
  const rows = blockRows({ pageId, parent: null, keys: firstKeys(trees.length) }, trees, newId);
  requireDepth(rows, limits, PATH);
  return rows;
}

/** What is stored for this page stays with it; a file of another page is opened to nobody by its id. */
function filesOf(blocks: readonly StandingBlock[]): Map<string, FileReference> {
  return new Map(
    blocks.flatMap(({ content }): [string, FileReference][] =>
      'file' in content && content.file.fileId !== undefined ? [[content.file.fileId, content.file]] : [],
    ),
  );
}

const standingBlocks = ({ actor, rows }: Unit, pageId: Id): Promise<StandingBlock[]> =>
  rows(sql<StandingBlock>`
    select id, parent_id as "parentId", path, depth, content, version from block
     where workspace_id = ${actor.workspaceId} and page_id = ${pageId}::uuid order by path`);

/** Both in reading order: the same blocks below the same ones. */
const isSameOrder = (before: readonly StandingBlock[], rows: readonly BlockRow[]): boolean =>
  before.length === rows.length &&
  before.every(({ id, parentId }, index) => rows[index]?.id === id && rows[index]?.parent_id === parentId);

async function deleteOthers({ actor, rows }: Unit, pageId: Id, kept: ReadonlySet<Id>): Promise<void> {
  await rows(sql`
    delete from block
     where workspace_id = ${actor.workspaceId} and page_id = ${pageId}::uuid and id <> all(${[...kept]}::uuid[])`);
}

/** Puts blocks where they stand from now on. In two steps, as no two paths are ever equal, not even for a moment. */
async function putInOrder({ actor, rows }: Unit, kept: readonly BlockRow[]): Promise<void> {
  if (kept.length === 0) return;
  await rows(sql`
    update block b
       set path = '~' || r.path, depth = r.depth, parent_id = r.parent_id
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as r(id uuid, parent_id uuid, path text, depth int)
     where b.workspace_id = ${actor.workspaceId} and b.id = r.id`);
  const [{ page_id: pageId }] = kept as [BlockRow];
  await rows(sql`
    update block set path = substr(path, 2)
     where workspace_id = ${actor.workspaceId} and page_id = ${pageId}::uuid and path >= '~' collate "C"`);
}
