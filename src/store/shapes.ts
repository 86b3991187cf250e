// Shapes of statements: what two of them have in common that differ in their values alone. A shape is found by the pieces
// a statement is made of, in their order, so that its text is put together once and not looked at again.

import { Sql, spelled } from '../lib/sql.js';

/** Statements of one text. */
export interface Shape {
  text: string;
  /** How often it came. */
  uses: number;
  /** What it is prepared under. */
  name?: string | undefined;
  /** Known once it was prepared. */
  columns?: Columns | undefined;
}

/** The columns of a statement: what reads each, and a row in which all of them are empty. */
export interface Columns {
  names: string[];
  parsers: ((text: string) => unknown)[];
  emptyRow: Record<string, unknown>;
}

/** A place among the statements that begin alike. Most have one way on. */
interface Branch {
  first: readonly string[] | null;
  next: Branch | null;
  others: Map<readonly string[], Branch> | null;
  shape: Shape | null;
}

/** Clients invent shapes, by filters: beyond so many branches it begins anew. */
const MOST_BRANCHES = 20_000;
/** Stands for any value. */
const BOUND: readonly string[] = [];

export class Shapes {
  private root = branch();
  private branches = 0;

  /** The shape of a statement, and its values in the order of their numbers. */
  of(statement: Sql): { shape: Shape; values: unknown[] } {
    if (this.branches > MOST_BRANCHES) {
      this.root = branch();
      this.branches = 0;
    }
    const values: unknown[] = [];
    const end = this.follow(this.root, statement, values);
    end.shape ??= { text: textOf(statement), uses: 0 };
    end.shape.uses++;
    return { shape: end.shape, values };
  }

  private follow(from: Branch, { pieces, values }: Sql, bound: unknown[]): Branch {
    let at = this.step(from, pieces);
    for (const value of values) {
      if (value instanceof Sql) at = this.follow(at, value, bound);
      else {
        bound.push(value);
        at = this.step(at, BOUND);
      }
    }
    return at;
  }

  private step(from: Branch, pieces: readonly string[]): Branch {
    if (from.first === pieces && from.next) return from.next;
    const known = from.others?.get(pieces);
    if (known) return known;
    const next = branch();
    this.branches++;
    if (from.first === null) {
      from.first = pieces;
      from.next = next;
    } else {
      from.others ??= new Map();
      from.others.set(pieces, next);
    }
    return next;
  }
}

const branch = (): Branch => ({ first: null, next: null, others: null, shape: null });

/** The text of a statement, with $1, $2 … for its values. */
const textOf = (statement: Sql): string => spelled(statement, { mark: (place) => `$${place}` }).text;
