// Markdown as Notion exports it: its titles, and its blocks.

import type { BlockTree } from '../content/block-content.js';
import { blocksOfMarkdown } from '../content/markdown-blocks.js';
import { isTooCostly } from '../content/markdown-cost.js';
import { EXPORT, type ResolveLink } from '../content/markdown-dialect.js';
import { textOf } from '../content/markdown-inline.js';

/** Blocks of a page. `resolve` says where its links lead. Never throws for any text. */
export const markdownToBlocks = (source: string, resolve: ResolveLink): BlockTree[] =>
  blocksOfMarkdown(source, { dialect: EXPORT, resolve });

/** The first heading of a text: as it is written, and read as Markdown. `rest` is the text without it. */
export interface Heading {
  raw: string;
  text: string;
  rest: string;
}

/** The heading at the very top, or `null` when something else stands there. */
export function headingAtTop(source: string): Heading | null {
  const match = /^(?:[ \t]*\n)*[ ]{0,3}#{1,6}(?:[ \t]+([^\n]*))?(?:\n|$)/.exec(source);
  if (!match) return null;
  const raw = (match[1] ?? '').trim();
  const heading = /[\\`*_[\]<>&~#$!:]|www\./.test(raw) ? EXPORT.parse(match[0]).children[0] : null;
  return { raw, text: (heading ? textOf(heading) : raw).trim(), rest: source.slice(match[0].length) };
}

/** The text of the first heading of the highest level further down, or `null`. */
export function headingBelow(source: string): string | null {
  if (!/^[ ]{0,3}#[ \t]+\S|^[ ]{0,3}=+[ \t]*$/m.test(source) || isTooCostly(source)) return null;
  const heading = EXPORT.parse(source).children.find((node) => node.type === 'heading' && node.depth === 1);
  return (heading && textOf(heading).trim()) || null;
}
