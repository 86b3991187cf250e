// Markdown → blocks, kind by kind; and that nothing is lost.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import type { LinkTarget } from '../../src/content/markdown-dialect.js';
import { markdownToBlocks } from '../../src/importer/markdown.js';
import { blocksOf, hex, idOf, link, outline, readFiles } from './export-builder.js';

const PAGE = idOf(7);
const TARGETS: Record<string, LinkTarget> = {
  'Page%20x.md': { kind: 'RESOURCE', id: PAGE },
  'Page (x.md': { kind: 'RESOURCE', id: PAGE },
  'photo.png': { kind: 'FILE', path: 'photo.png', fileId: idOf(8), name: 'photo.png' },
  'paper.pdf': { kind: 'FILE', path: 'paper.pdf', fileId: idOf(9), name: 'paper.pdf' },
};
const resolve = (href: string): LinkTarget => {
  if (/^javascript:/.test(href)) return { kind: 'UNSAFE' };
  if (/^[a-z]+:/.test(href)) return { kind: 'WEB', url: href };
  return TARGETS[href] ?? { kind: 'MISSING', path: href, id: null, isDatabase: false };
};

const blocks = (markdown: string) => markdownToBlocks(markdown, resolve);
const shape = (markdown: string) => outline(blocks(markdown));
const contents = (markdown: string) => blocks(markdown).map(({ content }) => content);
const spans = (markdown: string) => {
  const [content] = contents(markdown);
  return content && 'richText' in content ? content.richText : [];
};

describe('Blocks', () => {
  it.each<[string, string, string[]]>([
    [
      'headings',
      '# A\n\n## B\n\n### C\n\n#### D\n\n###### E',
      ['HEADING A', 'HEADING B', 'HEADING C', 'HEADING D', 'HEADING E'],
    ],
    ['paragraphs with line breaks', 'a\nb  \nc\n\nd', ['PARAGRAPH a\nb\nc', 'PARAGRAPH d']],
    [
      'nested lists',
      '- a\n    1. b\n    2. c\n        - d\n- e',
      [
        'BULLETED_LIST_ITEM a',
        '  NUMBERED_LIST_ITEM b',
        '  NUMBERED_LIST_ITEM c',
        '    BULLETED_LIST_ITEM d',
        'BULLETED_LIST_ITEM e',
      ],
    ],
    [
      'paragraphs below list items',
      '- a\n    \n    below\n    \n- b',
      ['BULLETED_LIST_ITEM a', '  PARAGRAPH below', 'BULLETED_LIST_ITEM b'],
    ],
    [
      'to-dos, empty ones too',
      '- [ ]  a\n- [x]  b\n- [ ]  \n    - [x]  c\n- [x]',
      ['TO_DO a', 'TO_DO b', 'TO_DO', '  TO_DO c', 'TO_DO'],
    ],
    ['quotes', '> a\n> b\n>\n> - c', ['QUOTE a\nb', '  BULLETED_LIST_ITEM c']],
    ['dividers', 'a\n\n---\n\nb', ['PARAGRAPH a', 'DIVIDER', 'PARAGRAPH b']],
    [
      'indented text, which is no code',
      'a\n\n    b\n\n    - c',
      ['PARAGRAPH a', 'PARAGRAPH b', 'BULLETED_LIST_ITEM c'],
    ],
    [
      'callouts',
      '<aside>\n💡 Mind **this**\n\n- a\n\n</aside>\n\nafter',
      ['CALLOUT Mind this', '  BULLETED_LIST_ITEM a', 'PARAGRAPH after'],
    ],
    ['callouts with their icon alone', '<aside>\n⚠️\n\nMind\n\n</aside>', ['CALLOUT Mind']],
    [
      'callouts in lists and in callouts',
      '- a\n    \n    <aside>\n    💡 b\n    \n    <aside>\n    c\n    \n    </aside>\n    \n    </aside>\n    \n- d',
      ['BULLETED_LIST_ITEM a', '  CALLOUT b', '    CALLOUT c', 'BULLETED_LIST_ITEM d'],
    ],
    [
      'callouts in quotes',
      '> <aside>\n> 💡 a\n>\n> - b\n>\n> </aside>',
      ['QUOTE', '  CALLOUT a', '    BULLETED_LIST_ITEM b'],
    ],
    [
      'toggles',
      '<details>\n<summary>More **here**</summary>\n\na\n\n- b\n\n</details>',
      ['TOGGLE More here', '  PARAGRAPH a', '  BULLETED_LIST_ITEM b'],
    ],
    ['an element that is never closed', '<aside>\nopen\n\na', ['OTHER', 'PARAGRAPH a']],
    ['other HTML', '<div align="x">\nhi\n</div>', ['OTHER']],
    [
      'what would be references elsewhere',
      '[a]: http://x.example\n\n[^1]: note',
      ['PARAGRAPH [a]: http://x.example', 'PARAGRAPH [^1]: note'],
    ],
  ])('%s', (_, markdown, expected) => {
    expect(shape(markdown)).toEqual(expected);
  });

  it('keep the level of headings up to four', () => {
    expect(contents('# A\n\n###### B')).toMatchObject([{ level: 1 }, { level: 4 }]);
  });

  it('keep the state of to-dos and the icon of callouts', () => {
    expect(contents('- [x]  a\n- [ ]  b')).toMatchObject([{ checked: true }, { checked: false }]);
    expect(contents('<aside>\n👩‍🚀 a\n\n</aside>')).toMatchObject([{ type: 'CALLOUT', icon: '👩‍🚀' }]);
    expect(contents('<aside>\n12 a\n\n</aside>')[0]).not.toHaveProperty('icon');
  });

  it('keep code as it stands, with its language', () => {
    expect(contents('```ts\nconst a = `$1`; // <b> **x**\n\n\tb\n```')).toEqual([
      { type: 'CODE', language: 'ts', richText: [{ type: 'TEXT', text: 'const a = `$1`; // <b> **x**\n\n\tb' }] },
    ]);
    expect(contents('```\n```')).toEqual([{ type: 'CODE', richText: [] }]);
  });

  it('keep tables, filled up to their width', () => {
    expect(blocks('| a | b |\n| --- | --- |\n| x<br>y | [q](Page%20x.md) |\n| z |')).toEqual<BlockTree[]>([
      {
        content: { type: 'TABLE', width: 2, hasColumnHeader: true },
        children: [
          [[{ type: 'TEXT', text: 'a' }], [{ type: 'TEXT', text: 'b' }]],
          [[{ type: 'TEXT', text: 'x\ny' }], [{ type: 'MENTION', resourceId: PAGE }]],
          [[{ type: 'TEXT', text: 'z' }], []],
        ].map((cells) => ({ content: { type: 'TABLE_ROW' as const, cells: cells as never }, children: [] })),
      },
    ]);
    expect(contents('|  |  |\n| --- | --- |\n| a | b |')).toEqual([
      { type: 'TABLE', width: 2, hasColumnHeader: false },
    ]);
  });

  it('keep pictures and files, of the export and of the web', () => {
    expect(
      contents(
        '![photo.png](photo.png)\n\n![A view](photo.png)\n\n[paper.pdf](paper.pdf)\n\n![](https://x.example/a.png)',
      ),
    ).toEqual([
      { type: 'IMAGE', file: { name: 'photo.png', fileId: idOf(8) }, caption: [] },
      { type: 'IMAGE', file: { name: 'photo.png', fileId: idOf(8) }, caption: [{ type: 'TEXT', text: 'A view' }] },
      { type: 'FILE', file: { name: 'paper.pdf', fileId: idOf(9) }, caption: [] },
      { type: 'IMAGE', file: { name: 'a.png', url: 'https://x.example/a.png' }, caption: [] },
    ]);
    expect(shape('before ![](photo.png) after, see [the paper](paper.pdf).')).toEqual([
      'PARAGRAPH before',
      'IMAGE',
      'PARAGRAPH after, see the paper.',
      'FILE',
    ]);
    expect(shape('- a ![](photo.png)')).toEqual(['BULLETED_LIST_ITEM a', '  IMAGE']);
    expect(contents('<img src="https://x.example/a.svg" alt="b" width="40px" />')).toMatchObject([{ type: 'IMAGE' }]);
  });

  it('keep a picture that is not in the export as text', () => {
    expect(shape('![A view](gone.png)')).toEqual(['PARAGRAPH ![A view](gone.png)']);
  });

  it('keep formulas', () => {
    expect(contents('$$\n\\frac{a_1}{b_2} \\\\ *c*\n$$')).toEqual([
      { type: 'EQUATION', expression: '\\frac{a_1}{b_2} \\\\ *c*' },
    ]);
  });
});

describe('Rich text', () => {
  it('has annotations', () => {
    expect(spans('a **b *c*** ~~d~~ `e` <u>f</u> <b>g</b>')).toEqual([
      { type: 'TEXT', text: 'a ' },
      { type: 'TEXT', text: 'b ', annotations: ['BOLD'] },
      { type: 'TEXT', text: 'c', annotations: ['BOLD', 'ITALIC'] },
      { type: 'TEXT', text: ' ' },
      { type: 'TEXT', text: 'd', annotations: ['STRIKETHROUGH'] },
      { type: 'TEXT', text: ' ' },
      { type: 'TEXT', text: 'e', annotations: ['CODE'] },
      { type: 'TEXT', text: ' ' },
      { type: 'TEXT', text: 'f', annotations: ['UNDERLINE'] },
      { type: 'TEXT', text: ' ' },
      { type: 'TEXT', text: 'g', annotations: ['BOLD'] },
    ]);
  });

  it('links to the web', () => {
    expect(spans('see [**this**](https://x.example) and https://y.example')).toEqual([
      { type: 'TEXT', text: 'see ' },
      { type: 'TEXT', text: 'this', href: 'https://x.example', annotations: ['BOLD'] },
      { type: 'TEXT', text: ' and ' },
      { type: 'TEXT', text: 'https://y.example', href: 'https://y.example' },
    ]);
  });

  it('mentions exported pages by id, without their titles', () => {
    expect(spans('**see [Secret plan](Page%20x.md)**')).toEqual([
      { type: 'TEXT', text: 'see ', annotations: ['BOLD'] },
      { type: 'MENTION', resourceId: PAGE, annotations: ['BOLD'] },
    ]);
  });

  it('mentions them also where the link is none to CommonMark', () => {
    expect(spans('a [Page (x](Page (x.md) b')).toEqual([
      { type: 'TEXT', text: 'a ' },
      { type: 'MENTION', resourceId: PAGE },
      { type: 'TEXT', text: ' b' },
    ]);
    expect(spans('`[Page](Page%20x.md)`')).toEqual([
      { type: 'TEXT', text: '[Page](Page%20x.md)', annotations: ['CODE'] },
    ]);
  });

  it('keeps the text of links that lead nowhere, and shows where unsafe ones would', () => {
    expect(spans('[a](gone.md) [b](javascript:alert(1))')).toEqual([
      { type: 'TEXT', text: 'a b (javascript:alert(1))' },
    ]);
  });

  it('takes for a formula only what looks like one', () => {
    expect(spans('if $a^2 = \\{b\\}$ then \\*c\\*')).toEqual([
      { type: 'TEXT', text: 'if ' },
      { type: 'EQUATION', expression: 'a^2 = \\{b\\}' },
      { type: 'TEXT', text: ' then *c*' },
    ]);
    expect(spans('it costs $5 and $10, or 5$ and 6$')).toEqual([
      { type: 'TEXT', text: 'it costs $5 and $10, or 5$ and 6$' },
    ]);
  });

  it('keeps HTML it does not know as text', () => {
    expect(shape('a <kbd>b</kbd> <u>c')).toEqual(['PARAGRAPH a <kbd>b</kbd> <u>c']);
  });
});

describe('Hostile texts', () => {
  it.each([
    ['quotes in quotes', `${'>'.repeat(5_000)} deep`],
    ['lists in lists', Array.from({ length: 1_000 }, (_, depth) => `${'  '.repeat(depth)}- deep`).join('\n')],
    ['callouts in callouts', `${'<aside>\n\n'.repeat(200)}deep${'\n\n</aside>'.repeat(200)}`],
    ['brackets', `${'['.repeat(20_000)}deep`],
    ['stars', `${'*a'.repeat(10_000)} deep`],
  ])('of many %s are read in little time, and their text is kept', (_, markdown) => {
    const begun = performance.now();
    expect(JSON.stringify(blocks(markdown))).toContain('deep');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('never fail', () => {
    const piece = fc.constantFrom(
      '- ',
      '> ',
      '# ',
      '<aside>',
      '</aside>',
      '<details>',
      '<summary>',
      '$$',
      '$',
      '`',
      '```',
      '\n',
      '\n\n',
      '    ',
      '[a](',
      ')',
      '![',
      '**',
      '|',
      '| --- |',
      '\\',
      '&amp;',
      '[ ] ',
      'x',
      '1. ',
      '<u>',
      '</u>',
      'Page%20x.md',
      '\u{1F4A1}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        blocks(pieces.join(''));
      }),
      { numRuns: 2_000 },
    );
  });

  it('lose no word', () => {
    const word = fc.stringMatching(/^[a-z]{3,8}$/).map((text) => `w${text}w`);
    const around = fc.constantFrom(
      ['- ', ''],
      ['> ', ''],
      ['## ', ''],
      ['**', '**'],
      ['<aside>\n', '\n\n</aside>'],
      ['| ', ' |\n| --- |\n| b |'],
      ['```\n', '\n```'],
      ['    ', ''],
      ['- [ ]  ', ''],
      ['<div>', '</div>'],
      ['[', '](gone.md)'],
      ['$$', '$$'],
      ['1. - ', ''],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, around), { maxLength: 12 }), (parts) => {
        const markdown = parts.map(([text, [before, after]]) => `${before}${text}${after}`).join('\n\n');
        const kept = JSON.stringify(blocks(markdown));
        for (const [text] of parts) expect(kept).toContain(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('Links in an export', () => {
  it.each([
    ['with parentheses', 'A (b) c'],
    ['with one parenthesis', 'A (b'],
    ['with commas, dots and signs', 'A, b. & c #1 100% ü'],
  ])('lead to pages whose titles come %s', async (_, title) => {
    const name = `${title} ${hex(2)}.md`;
    const reading = await readFiles({
      [`Home ${hex(1)}.md`]: `# Home\n\n[${title}](${link(`Home ${hex(1)}`, name)})`,
      [`Home ${hex(1)}/${name}`]: `# ${title}\n\n[up](${link('..', `Home ${hex(1)}.md`)})`,
    });
    expect(reading.plan.skipped).toEqual([]);
    expect(outline(await blocksOf(reading, idOf(1)))).toEqual([`PARAGRAPH <${idOf(2)}>`]);
    expect(outline(await blocksOf(reading, idOf(2)))).toEqual([`PARAGRAPH <${idOf(1)}>`]);
  });

  it('that lead nowhere are named', async () => {
    const { plan } = await readFiles({
      [`Home ${hex(1)}.md`]: `[a](Gone%20${hex(9)}.md) [b](c.png) [d](https://x.example) [e](#f)`,
    });
    expect(plan.skipped.map(({ path }) => path)).toEqual([`Gone ${hex(9)}.md`, 'c.png']);
  });
});
