// The line of a transaction: where the ORM has one open, its own connection takes our statements as well, with values that
// are bound, prepared like those of readers. What needs no answer yet waits for what does, `begin` and `commit` too:
// each journey to PostgreSQL takes longer than most statements.
//
// In a journey each statement sees what those before it have done and what was committed until it begins, as if it had
// come by itself.

import type { Pool, PoolClient } from 'pg';
import type { Logger } from '../lib/log.js';
import type { Sql } from '../lib/sql.js';
import { LINE, type Line } from '../unit-of-work.js';
import { Prepared } from './prepared.js';
import { Shapes } from './shapes.js';
import { allRowsOf, type Sending } from './statement.js';

/** Gives each connection of the pool a line, which it answers with when it is asked for `LINE`. */
export function layLines(pool: Pool, log: Logger): void {
  const words: Words = { shapes: new Shapes(), prepared: new Prepared(log) };
  pool.on('connect', (client) => layLine(client, words));
}

interface Words {
  shapes: Shapes;
  prepared: Prepared;
}

type Query = (...args: unknown[]) => unknown;

/** What the ORM says passes the line, so that it stays in order with what waits. */
function layLine(client: PoolClient, words: Words): void {
  const target = client as unknown as { query: Query };
  const inner = target.query.bind(client);
  const line = new TransactionLine(client, words);
  target.query = (...args) => {
    const [said] = args;
    switch (said) {
      case LINE:
        return Promise.resolve({ rows: [line] });
      case 'begin':
        return line.begin();
      case 'commit':
        return line.commit();
      case 'rollback':
        return line.rollback() ? NOTHING : inner(...args);
    }
    if (line.isClear) return inner(...args);
    const gone = line.sent();
    if (typeof said === 'string') return gone.then(() => inner(...args));
    gone.catch(() => {}); // a cursor, that has to be answered at once
    return inner(...args);
  };
}

/** As `pg` answers what has no rows. */
const NOTHING = Promise.resolve({ rows: [], rowCount: null, command: '' });

interface Waiting {
  sending: Sending;
  answer: (rows: unknown[]) => void;
  fail: (error: unknown) => void;
}

class TransactionLine implements Line {
  private waiting: Waiting[] = [];
  private readonly refused = new WeakSet<object>();

  constructor(
    private readonly client: PoolClient,
    private readonly words: Words,
  ) {}

  get isClear(): boolean {
    return this.waiting.length === 0;
  }

  rows<Row>(statement: Sql<Row>): Promise<Row[]> {
    const answer = this.send(statement);
    this.sent().catch(() => {}); // the answer says it
    return answer;
  }

  send<Row>(statement: Sql<Row>): Promise<Row[]> {
    const { shape, values } = this.words.shapes.of(statement);
    return this.wait({ shape, values, name: this.words.prepared.nameOf(shape) }) as Promise<Row[]>;
  }

  wasRefused(error: unknown): boolean {
    return error instanceof Object && this.refused.has(error);
  }

  begin(): typeof NOTHING {
    this.waiting = [];
    for (const one of BEGINNING) this.wait(one);
    return NOTHING;
  }

  /** Without a journey where nothing was sent since the beginning. */
  async commit(): Promise<Awaited<typeof NOTHING>> {
    if (this.isUnbegun && this.waiting.length === BEGINNING.length) {
      this.waiting = [];
      return NOTHING;
    }
    this.wait(COMMIT);
    await this.sent();
    return NOTHING;
  }

  /** Takes back what waits; whether that was all there is. */
  rollback(): boolean {
    const { isUnbegun, waiting } = this;
    this.waiting = [];
    for (const { fail } of waiting) fail(new Error('The transaction ended before this was sent.'));
    return isUnbegun;
  }

  private get isUnbegun(): boolean {
    return this.waiting[0]?.sending === BEGINNING[0];
  }

  async sent(): Promise<void> {
    if (this.isClear) return;
    const going = this.waiting;
    this.waiting = [];
    try {
      const answers = await allRowsOf(
        this.client,
        going.map(({ sending }) => sending),
      );
      for (const [index, { answer }] of going.entries()) answer(answers[index] ?? []);
    } catch (error) {
      const isPrepared = going.some(({ sending }) => sending.name !== undefined);
      if (isPrepared && this.words.prepared.wasRefused(error)) this.refused.add(error as object);
      for (const { fail } of going) fail(error);
      throw error;
    }
  }

  /** Whoever needs no answer hears of a failure from what goes with it. */
  private wait(sending: Sending): Promise<unknown[]> {
    const answered = new Promise<unknown[]>((answer, fail) => {
      this.waiting.push({ sending, answer, fail });
    });
    answered.catch(() => {});
    return answered;
  }
}

const control = (text: string): Sending => ({ shape: { text, uses: 0 }, values: [], name: undefined });
/** Commands look for what has an id: PostgreSQL may plan that once, whatever the id, when it finds that no worse. */
const BEGINNING = [control('begin'), control('set local plan_cache_mode = auto')];
const COMMIT = control('commit');
