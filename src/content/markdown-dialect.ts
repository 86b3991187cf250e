// Two ways to read Markdown into blocks by one conversion: what clients write, which is CommonMark and GFM to the letter,
// and what Notion exports, which is neither always. And where a link leads, which each of them resolves its own way.

import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Id } from '../lib/id.js';
import { mathFromMarkdown, mathText } from './markdown-math.js';

export type LinkTarget =
  | { kind: 'RESOURCE'; id: Id }
  | { kind: 'USER'; id: Id }
  | { kind: 'DATE'; start: string; end?: string; timeZone?: string }
  | { kind: 'FILE'; path: string; fileId: Id; name: string; contentType?: string; size?: number }
  | { kind: 'WEB'; url: string }
  /** Relative, but there is nothing. `path` is what was looked for. */
  | { kind: 'MISSING'; path: string; id: Id | null; isDatabase: boolean }
  /** A scheme nobody should follow, such as `javascript:`. */
  | { kind: 'UNSAFE' };

/** Resolves a link as it is written. */
export type ResolveLink = (href: string) => LinkTarget;

export interface Dialect {
  parse(source: string): Root;
  /** As Notion exports: line ends are breaks, links may have spaces in them, "$x^2$" is found in the text, and what is
   *  shown like a picture may be another file. */
  isExport: boolean;
}

/** CommonMark and GFM, and formulas. Footnotes are text: blocks hold none. */
export const MARKDOWN: Dialect = {
  isExport: false,
  parse: (source) =>
    fromMarkdown(source, {
      extensions: [gfm(), mathText, without('gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall')],
      mdastExtensions: [...WITHOUT_GUESSES, mathFromMarkdown],
    }),
};

// The parser sees addresses itself. What is looked for in the text afterwards would find escaped ones too.
const WITHOUT_GUESSES = gfmFromMarkdown().map(({ transforms: _transforms, ...extension }) => extension);

// Indentation is how Notion writes "below the block before", never code. References and footnotes it never writes
// at all, so that what looks like one is text.
export const EXPORT: Dialect = {
  isExport: true,
  parse: (source) =>
    fromMarkdown(source, {
      extensions: [
        gfm(),
        without('codeIndented', 'definition', 'gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'),
      ],
      mdastExtensions: [gfmFromMarkdown()],
    }),
};

function without(...constructs: string[]): { disable: { null: string[] } } {
  return { disable: { null: constructs } };
}
