// Readers: SQL to the pool and rows back, past the ORM, which would make a unit of identity for each.

import type { Pool } from 'pg';
import type { Reader } from '../context.js';
import type { Logger } from '../lib/log.js';
import type { Sql } from '../lib/sql.js';
import { cancellable } from './cancel.js';
import { Prepared } from './prepared.js';
import { Shapes } from './shapes.js';

/** Makes readers of one pool. */
export function readersOf(pool: Pool, log: Logger): (signal?: AbortSignal) => Reader {
  const shapes = new Shapes();
  const prepared = new Prepared(log);

  const send = async <Row>(statement: Sql<Row>, signal: AbortSignal | undefined): Promise<Row[]> => {
    const { shape, values } = shapes.of(statement);
    const name = prepared.nameOf(shape);
    try {
      return await cancellable<Row>(pool, { shape, values, name }, signal, log);
    } catch (error) {
      if (name === undefined || !prepared.wasRefused(error)) throw error;
      return cancellable<Row>(pool, { shape, values, name: undefined }, signal, log);
    }
  };

  return (signal) => {
    let sent = 0;
    return {
      rows: (statement) => {
        sent++;
        return send(statement, signal);
      },
      get sent() {
        return sent;
      },
    };
  };
}
