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
sql.ref = (name: string): Sql =>
  remembered(refs, name, () => {
    invariant(/^\w+(\.\w+)*$/.test(name), `${name} is no name of a column.`);
    return new Sql([`"${name.replaceAll('.', '"."')}"`], []);
  });

/** A number of ours as text; never one a client sent, or there would be no end of texts. */
sql.lit = (value: number): Sql => {
  invariant(Number.isSafeInteger(value), `${value} is no whole number.`);
  return sql.raw(String(value));
};

/** Words of ours as text. Never anything a client sent. */
sql.raw = (text: string): Sql => remembered(words, text, () => new Sql([text], []));

/** Parts and values one after the other, with the text of `by` in between. */
sql.join = (items: readonly unknown[], by: Sql = COMMA): Sql => {
  invariant(items.length > 0, 'Nothing can be joined.');
  const [text = ''] = by.pieces;
  if (items.length > MOST_JOINTS) return new Sql(jointsFor(text, items.length), items);
  const known = joints.get(text) ?? [];
  joints.set(text, known);
  known[items.length] ??= jointsFor(text, items.length);
  return new Sql(known[items.length] as string[], items);
};

const COMMA = sql`, `;

/** The text of a statement with `mark` in place of each value, and the values in their order. */
export function spelled(
  statement: Sql,
  { mark, write = (piece) => piece }: { mark: (place: number) => string; write?: (piece: string) => string },
): { text: string; values: unknown[] } {
  let text = '';
  const bound: unknown[] = [];
  const add = ({ pieces, values }: Sql): void => {
    for (const [index, piece] of pieces.entries()) {
      text += write(piece);
      if (index === values.length) continue;
      const value = values[index];
      if (value instanceof Sql) add(value);
      else text += mark(bound.push(value));
    }
  };
  add(statement);
  return { text, values: bound };
}

// What our own code says, and so not much: the same text is the same object.
const refs = new Map<string, Sql>();
const words = new Map<string, Sql>();
/** Joins of more are rare, and made anew. */
const MOST_JOINTS = 100;
const jointsFor = (text: string, count: number): string[] => ['', ...Array<string>(count - 1).fill(text), ''];
/** By the text in between, and by how many it joins. */
const joints = new Map<string, string[][]>();

function remembered(known: Map<string, Sql>, key: string, make: () => Sql): Sql {
  const before = known.get(key);
  if (before) return before;
  const made = make();
  known.set(key, made);
  return made;
}
