// Texts no parser should see. What pairs marks, and what nests lists, takes time by their number squared: few bytes are
// minutes. Asked before Markdown is read.

import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

const MAX_NESTING_CHARS = 240;
/** Of marks in one text squared, all texts together (10,000 in one: 3.5 s, measured), and of lists times lines (11,000 in
 *  16,000 lines: 10 s). */
const MOST = 20_000_000;

/** Whether reading a text would take many seconds. Nesting this deep costs the parser minutes (500 lists in each other:
 *  7 s, 2,000: 6 min; measured) and is no page, and neither are ten thousand stars in one paragraph. */
export function isTooCostly(source: string): boolean {
  for (const match of source.matchAll(/^[ \t>*+\-\d.)]{240,}/gm)) {
    const end = source.indexOf('\n', match.index);
    const line = source.slice(match.index, end < 0 ? undefined : end);
    if (line.length > MAX_NESTING_CHARS && /\s|>/.test(match[0])) return true;
  }
  if (listsTimesLines(source) > MOST) return true;
  return mostPairs(source) > MOST && pairsOf(blockStructure(source)) > MOST;
}

/** Each item that stands further in than the one before it begins a list. */
function listsTimesLines(source: string): number {
  const lines = source.split('\n');
  let lists = 0;
  let before = -1;
  for (const line of lines) {
    const item = /^([ \t>]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/.exec(line);
    if (!item) continue;
    const indent = (item[1] as string).length;
    if (indent > before) lists += 1;
    before = indent;
  }
  return lists * lines.length;
}

const MARKS = /[*_~[\]<`$]/g;

const squared = (text: string): number => (text.match(MARKS)?.length ?? 0) ** 2;

/** Never less than there are: an empty line always ends a text, and a line of a list or a heading always begins one. */
function mostPairs(source: string): number {
  let pairs = 0;
  let marks = 0;
  for (const line of source.split('\n')) {
    if (/^[ \t>]*$/.test(line) || /^ {0,3}(?:[-*+] +\S|#{1,6} )/.test(line)) {
      pairs += marks * marks;
      marks = 0;
    }
    marks += line.match(MARKS)?.length ?? 0;
  }
  return pairs + marks * marks;
}

/** The text as blocks alone, which takes time by its length: what stands in code, in cells and in definitions pairs with
 *  nothing around it. */
const blockStructure = (source: string): Nodes =>
  fromMarkdown(source, { extensions: [gfm(), { disable: { null: IN_TEXT } }], mdastExtensions: [gfmFromMarkdown()] });

const IN_TEXT = [
  ...['attention', 'autolink', 'characterEscape', 'characterReference', 'codeText', 'hardBreakEscape', 'htmlText'],
  ...['labelEnd', 'labelStartImage', 'labelStartLink', 'strikethrough', 'tasklistCheck'],
  ...['wwwAutolink', 'protocolAutolink', 'emailAutolink'],
  ...['gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'],
];

function pairsOf(node: Nodes): number {
  if (node.type === 'text') return squared(node.value);
  return 'children' in node ? node.children.reduce((sum, child) => sum + pairsOf(child), 0) : 0;
}
