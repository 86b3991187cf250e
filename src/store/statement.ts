// Statements on one connection, in the words `pg` has for whatever it is given to send. Its own query asks PostgreSQL
// to describe the columns each time; those of a prepared statement never change, and are read once. Several go in one
// journey, one after the other: PostgreSQL leaves out what comes after one that fails.

import type { PoolClient } from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import type { Columns, Shape } from './shapes.js';

/** The part of a connection of `pg` that sends. */
interface Wire {
  stream: { cork(): void; uncork(): void };
  /** By name, those PostgreSQL has read on this connection. */
  parsedStatements: Record<string, string | undefined>;
  parse(message: { name: string | undefined; text: string }): void;
  bind(message: { statement: string | undefined; values: unknown[]; valueMapper: typeof prepareValue }): void;
  describe(message: { type: 'P' }): void;
  execute(message: null): void;
  sync(): void;
}

interface Field {
  name: string;
  dataTypeID: number;
}

/** A statement with its values, prepared under `name` where there is one. */
export interface Sending {
  shape: Shape;
  values: unknown[];
  name: string | undefined;
}

/** Sends a statement, and answers its rows. */
export async function rowsOf<Row>(client: PoolClient, sending: Sending): Promise<Row[]> {
  const [rows] = await allRowsOf(client, [sending]);
  return rows as Row[];
}

/** Sends statements together, and answers the rows of each. When one fails, those after it are not carried out. */
export function allRowsOf(client: PoolClient, sendings: readonly Sending[]): Promise<unknown[][]> {
  const journey = new Journey(client, sendings);
  client.query(journey as never);
  return journey.answer;
}

const NO_COLUMNS: Columns = { names: [], parsers: [], emptyRow: {} };

/** What watches the statements of a connection reads `texts`; the rest is for `pg`. */
class Journey {
  readonly answer: Promise<unknown[][]>;
  private readonly rows: unknown[][];
  private readonly columns: (Columns | undefined)[] = [];
  /** Which of them PostgreSQL is at. */
  private at = 0;
  private resolve!: (rows: unknown[][]) => void;
  private reject!: (error: unknown) => void;
  private failure: unknown;

  constructor(
    private readonly client: PoolClient,
    private readonly sendings: readonly Sending[],
  ) {
    this.rows = sendings.map(() => []);
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get texts(): string[] {
    return this.sendings.map(({ shape }) => shape.text);
  }

  /** `pg` notes what was read under this name and text. */
  get name(): string | undefined {
    return this.sendings[this.at]?.name;
  }

  get text(): string | undefined {
    return this.sendings[this.at]?.shape.text;
  }

  /** From here on called by `pg`. What goes wrong here is answered, and never thrown. */
  submit(wire: Wire): Error | null {
    wire.stream.cork();
    try {
      const read = new Set<string>();
      for (let index = 0; index < this.sendings.length; index++) {
        const { shape, values, name } = this.sendings[index] as Sending;
        const isKnown = name !== undefined && (wire.parsedStatements[name] !== undefined || read.has(name));
        if (!isKnown) wire.parse({ name, text: shape.text });
        if (name !== undefined) read.add(name);
        wire.bind({ statement: name, values, valueMapper: prepareValue });
        if (isKnown) this.columns[index] = shape.columns;
        if (!this.columns[index]) wire.describe({ type: 'P' });
        wire.execute(null);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      wire.sync(); // what was sent is answered, and the connection is ready again
      wire.stream.uncork();
    }
    return null;
  }

  handleRowDescription({ fields }: { fields: Field[] }): void {
    const columns = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => this.client.getTypeParser(dataTypeID) as (text: string) => unknown),
      emptyRow: Object.fromEntries(fields.map(({ name }) => [name, null])),
    };
    this.columns[this.at] = columns;
    const sending = this.sendings[this.at];
    if (sending?.name !== undefined) sending.shape.columns = columns;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const columns = this.columns[this.at];
    if (this.failure !== undefined || !columns) return;
    const { names, parsers, emptyRow } = columns;
    try {
      const row = { ...emptyRow };
      for (let at = 0; at < fields.length; at++) {
        const text = fields[at];
        if (text != null) row[names[at] as string] = parsers[at]?.(text);
      }
      this.rows[this.at]?.push(row);
    } catch (error) {
      this.fail(error);
    }
  }

  handleError(error: unknown): void {
    this.fail(error);
  }

  handleReadyForQuery(): void {
    if (this.failure === undefined) this.resolve(this.rows);
  }

  handleCommandComplete(): void {
    const sending = this.sendings[this.at];
    if (sending?.name !== undefined) sending.shape.columns ??= NO_COLUMNS;
    this.at++;
  }

  handleEmptyQuery(): void {
    this.at++;
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  private fail(error: unknown): void {
    this.failure ??= error;
    this.reject(error);
  }
}
