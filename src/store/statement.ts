// One statement on one connection, in the words `pg` has for whatever it is given to send. Its own query asks PostgreSQL
// to describe the columns each time; those of a prepared statement never change, and are read once.

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

/** Sends a statement, prepared under `name` where there is one, and answers its rows. */
export function rowsOf<Row>(
  client: PoolClient,
  shape: Shape,
  values: unknown[],
  name: string | undefined,
): Promise<Row[]> {
  const statement = new Statement<Row>(client, shape, values, name);
  client.query(statement as never);
  return statement.answer;
}

class Statement<Row> {
  readonly text: string;
  readonly answer: Promise<Row[]>;
  private readonly rows: Row[] = [];
  private resolve!: (rows: Row[]) => void;
  private reject!: (error: unknown) => void;
  private columns: Columns | undefined;
  private failure: unknown;

  constructor(
    private readonly client: PoolClient,
    private readonly shape: Shape,
    private readonly values: unknown[],
    readonly name: string | undefined,
  ) {
    this.text = shape.text;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** From here on called by `pg`. What goes wrong here is answered, and never thrown. */
  submit(wire: Wire): Error | null {
    const { name, text, values } = this;
    wire.stream.cork();
    try {
      const isKnown = name !== undefined && wire.parsedStatements[name] !== undefined;
      if (!isKnown) wire.parse({ name, text });
      wire.bind({ statement: name, values, valueMapper: prepareValue });
      if (isKnown) this.columns = this.shape.columns;
      if (!this.columns) wire.describe({ type: 'P' });
      wire.execute(null);
      wire.sync();
      return null;
    } catch (error) {
      wire.sync(); // what was sent is answered, and the connection is ready again
      this.fail(error);
      return null;
    } finally {
      wire.stream.uncork();
    }
  }

  handleRowDescription({ fields }: { fields: Field[] }): void {
    this.columns = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => this.client.getTypeParser(dataTypeID) as (text: string) => unknown),
      emptyRow: Object.fromEntries(fields.map(({ name }) => [name, null])),
    };
    if (this.name !== undefined) this.shape.columns = this.columns;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.failure !== undefined || !this.columns) return;
    const { names, parsers, emptyRow } = this.columns;
    try {
      const row = { ...emptyRow };
      for (let at = 0; at < fields.length; at++) {
        const text = fields[at];
        if (text != null) row[names[at] as string] = parsers[at]?.(text);
      }
      this.rows.push(row as Row);
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

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  private fail(error: unknown): void {
    this.failure ??= error;
    this.reject(error);
  }
}
