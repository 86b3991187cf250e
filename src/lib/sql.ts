// SQL as templates: pieces of text as they are written here, and values that are bound, never spliced. Templates stand
// in templates. Which pieces they are made of says what the text of a statement is: whoever sends it need not put the
// same text together twice (store/shapes.ts).

import { invariant } from './invariant.js';

/** A statement or a part of one; `Row` is what a statement answers. */
export class Sql<Row = unknown> {
  declare readonly answers?: Row;

  /** One piece more than values. The same text is the same array, as far as can be. */
  constructor(
    readonly pieces: readonly string[],
    /** Parts, and what is bound. */
    readonly values: readonly unknown[],
  ) {}
}

/** What stands in the template is bound, unless it is a part itself. */
export function sql<Row = unknown>(pieces: TemplateStringsArray, ...values: unknown[]): Sql<Row> {
  return new Sql<Row>(pieces, values);
}

/** A column or table, quoted: `r.title`. */
sql.ref = (name: string): Sql => {
  invariant(/^\w+(\.\w+)*$/.test(name), `${name} is no name of a column.`);
  return spliced(`"${name.replaceAll('.', '"."')}"`);
};

/** A number of ours as text; never one a client sent, or there would be no end of texts. */
sql.lit = (value: number): Sql => {
  invariant(Number.isSafeInteger(value), `${value} is no whole number.`);
  return spliced(String(value));
};

/** A word of ours as text. Never anything a client sent. */
sql.raw = (text: string): Sql => spliced(text);

/** Parts and values one after the other, with the text of `by` in between. */
sql.join = (items: readonly unknown[], by: Sql = COMMA): Sql => {
  invariant(items.length > 0, 'Nothing can be joined.');
  const [text = ''] = by.pieces;
  const key = `${items.length} ${text}`;
  return new Sql(
    remembered(joints, key, () => ['', ...Array<string>(items.length - 1).fill(text), '']),
    items,
  );
};

const COMMA = sql`, `;

const words = new Map<string, readonly string[]>();
const joints = new Map<string, readonly string[]>();

const spliced = (text: string): Sql =>
  new Sql(
    remembered(words, text, () => [text]),
    [],
  );

/** There are few; were there ever many, the rest would only be dearer. */
const MOST_REMEMBERED = 1_000;

function remembered(known: Map<string, readonly string[]>, key: string, make: () => string[]): readonly string[] {
  const before = known.get(key);
  if (before) return before;
  const pieces = make();
  if (known.size < MOST_REMEMBERED) known.set(key, pieces);
  return pieces;
}
