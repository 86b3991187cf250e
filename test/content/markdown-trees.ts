// Random trees of blocks of which Markdown can say everything.

import fc from 'fast-check';
import type { BlockContent, BlockTree } from '../../src/content/block-content.js';
import { ANNOTATIONS, type Annotation, type RichTextSpan } from '../../src/content/rich-text.js';

/** Pages that are mentioned, with their titles. */
export const TITLES = {
  '00000000-0000-4000-8000-000000000001': 'A *page* [with] `marks`',
  '00000000-0000-4000-8000-000000000002': '',
  '00000000-0000-4000-8000-0000000000a1': 'Ada & <b>',
};

const PIECES = [
  ...[
    'a',
    'word',
    'x y',
    'é',
    '漢字',
    '👩‍🚀',
    '💡 ',
    '0',
    '12',
    '1. ',
    '2) ',
    '- ',
    '+ ',
    '* ',
    '> ',
    '# ',
    '---',
    '===',
    '```',
    '~~~',
  ],
  ...[
    '*',
    '**',
    '_',
    '__',
    '~',
    '~~',
    '`',
    '``',
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    '<',
    '>',
    '</',
    '\\',
    '\\\\',
    '|',
    '$',
    '$$',
    '&',
    '&amp;',
    '&#32;',
  ],
  ...[
    '!',
    '"',
    "'",
    ':',
    '. ',
    ';',
    '@',
    '/',
    '{',
    '}',
    '^',
    '=',
    ' ',
    '  ',
    '\t',
    '\u00a0',
    '\n',
    '[ ] ',
    '[x]',
    '[^1]',
    '[a]: b',
  ],
  ...[
    'http://x.example/a_b',
    'www.x.example',
    'a@x.example',
    'mailto:',
    '<u>',
    '</u>',
    '<br>',
    '<aside>',
    '</aside>',
    '</details>',
    '</summary>',
    '<!--',
    '-->',
  ],
];

const text = (pieces: readonly string[] = PIECES) =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
const oneLine = text(PIECES.filter((piece) => !/[\n\t]/.test(piece)));

const style = fc
  .tuple(fc.subarray([...ANNOTATIONS]), fc.boolean())
  .map(([annotations, isPlain]) =>
    isPlain || annotations.length === 0 ? {} : { annotations: annotations as Annotation[] },
  );

const href = fc.constantFrom(
  'https://x.example/a?b=c&d',
  '/url',
  'https://x.example/(a)_b*c',
  'mailto:a@x.example',
  '#f',
  'a\\b<c>',
);

const span: fc.Arbitrary<RichTextSpan> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(text(), style).map(([words, marks]): RichTextSpan => ({ type: 'TEXT', text: words, ...marks })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(text(), style, href)
      .map(([words, marks, link]): RichTextSpan => ({ type: 'TEXT', text: words, href: link, ...marks })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('x^2', 'a', '5', 'x + y', '\\frac{a}{b}', '$', 'a$b', ' x', '\\$', '*a*')
      .map((expression): RichTextSpan => ({ type: 'EQUATION', expression })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...Object.keys(TITLES).slice(0, 2)), style)
      .map(([resourceId, marks]): RichTextSpan => ({ type: 'MENTION', resourceId: resourceId!, ...marks })),
  },
  { weight: 1, arbitrary: fc.constant<RichTextSpan>({ type: 'USER', userId: Object.keys(TITLES)[2]! }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<RichTextSpan>(
      { type: 'DATE', start: '2026-11-22' },
      { type: 'DATE', start: '2026-11-22T09:30:00Z', end: '2026-11-23T09:30:00Z', timeZone: 'Europe/Zurich' },
    ),
  },
);

const styleOf = (one: RichTextSpan): string => JSON.stringify([one.type === 'TEXT' ? one.href : null, one.annotations]);

/** As reading gives it: neighbours of the same style are one. */
export function merged(spans: readonly RichTextSpan[]): RichTextSpan[] {
  const result: RichTextSpan[] = [];
  for (const one of spans) {
    const last = result.at(-1);
    if (one.type === 'TEXT' && last?.type === 'TEXT' && styleOf(one) === styleOf(last)) {
      result[result.length - 1] = { ...last, text: last.text + one.text };
    } else result.push(one);
  }
  return result;
}

/** A lone line end is a line without text, and that is another block. */
const isSayable = (spans: readonly RichTextSpan[]): boolean =>
  spans.length > 0 && !spans.every((one) => one.type === 'TEXT' && /^\n?$/.test(one.text));

export const richText = fc.array(span, { minLength: 1, maxLength: 4 }).map(merged).filter(isSayable);
const perhaps = fc.oneof({ weight: 4, arbitrary: richText }, { weight: 1, arbitrary: fc.constant<RichTextSpan[]>([]) });

const leaf = (content: fc.Arbitrary<BlockContent>): fc.Arbitrary<BlockTree> =>
  content.map((one) => ({ content: one, children: [] }));

const table: fc.Arbitrary<BlockTree> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.array(perhaps, { minLength: 3, maxLength: 3 }), { maxLength: 3 }))
  .map(([width, rows]) => {
    const cells = rows.map((row) => row.slice(0, width));
    return {
      content: { type: 'TABLE' as const, width, hasColumnHeader: cells[0]?.some((cell) => cell.length > 0) ?? false },
      children: cells.map((row) => ({ content: { type: 'TABLE_ROW' as const, cells: row }, children: [] })),
    };
  });

const leaves: fc.Arbitrary<BlockTree> = fc.oneof(
  { weight: 4, arbitrary: leaf(richText.map((spans) => ({ type: 'PARAGRAPH', richText: spans }))) },
  leaf(fc.constant({ type: 'PARAGRAPH', richText: [] })),
  leaf(
    fc
      .tuple(fc.constantFrom(1, 2, 3, 4), perhaps)
      .map(([level, spans]) => ({ type: 'HEADING', level, richText: spans }) as BlockContent),
  ),
  leaf(
    fc
      .tuple(text(), fc.constantFrom(undefined, 'ts', 'a b', 'c++'), fc.boolean())
      .map(([words, language, isEmpty]) => ({
        type: 'CODE',
        ...(language && { language }),
        richText: isEmpty ? [] : [{ type: 'TEXT', text: words }],
      })),
  ),
  leaf(fc.constantFrom('e = mc^2', 'a\n\nb', '$', '- a', 'x').map((expression) => ({ type: 'EQUATION', expression }))),
  leaf(fc.constant({ type: 'DIVIDER' })),
  leaf(
    oneLine.map((words) => {
      const caption = words.trim();
      const file = { name: 'a b.png', url: 'https://x.example/a%20b.png?c' };
      return { type: 'IMAGE', file, caption: caption === '' ? [] : [{ type: 'TEXT', text: caption }] };
    }),
  ),
  leaf(fc.constant({ type: 'OTHER', kind: 'html', text: '<div align="x">\n*no* mark\n</div>' })),
  table,
);

/** Text that stands first below a line without text would be read as the line. */
const isApart = ({ content, children: [first] }: BlockTree): boolean =>
  !('richText' in content) || content.richText.length > 0 || first?.content.type !== 'PARAGRAPH';

const nested = (below: fc.Arbitrary<BlockTree[]>): fc.Arbitrary<BlockTree> =>
  fc
    .tuple(
      fc.oneof(
        fc.constantFrom('BULLETED_LIST_ITEM', 'NUMBERED_LIST_ITEM', 'QUOTE', 'TOGGLE').map((type) => ({ type })),
        fc.boolean().map((checked) => ({ type: 'TO_DO', checked })),
        fc.constantFrom({}, { icon: '💡' }).map((icon) => ({ type: 'CALLOUT', ...icon })),
      ),
      perhaps,
      below,
    )
    .map(([kind, spans, children]): BlockTree => ({ content: { ...kind, richText: spans } as BlockContent, children }))
    .filter(isApart);

const blocksOf = (depth: number): fc.Arbitrary<BlockTree[]> => {
  const one = depth === 0 ? leaves : fc.oneof(leaves, nested(blocksOf(depth - 1)));
  return fc.array(one, { maxLength: depth === 2 ? 5 : 3 });
};

/** Trees of which Markdown can say everything. */
export const sayableTrees: fc.Arbitrary<BlockTree[]> = blocksOf(2);
