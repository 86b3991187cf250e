// Readers: SQL to the pool and rows back, past the ORM, which would make a unit of identity for each.

import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import type { Reader } from '../context.js';
import type { Logger } from '../lib/log.js';
import { cancellable } from './cancel.js';
import { Prepared } from './prepared.js';

/** Makes readers of one pool. */
export function readersOf(pool: Pool, orm: MikroORM, log: Logger): (signal?: AbortSignal) => Reader {
  const dialect = (orm.em.fork() as EntityManager).getKysely(); // writes statements; nothing is sent by it
  const prepared = new Prepared(log);
  return (signal) => {
    let sent = 0;
    return {
      rows: async <Row>(statement: Parameters<Reader['rows']>[0]) => {
        sent++;
        const { sql: text, parameters } = statement.compile(dialect);
        const asIs = { text, values: parameters as unknown[] };
        const name = prepared.nameOf(text);
        if (name === undefined) return cancellable<Row>(pool, asIs, signal, log);
        try {
          return await cancellable<Row>(pool, { ...asIs, name }, signal, log);
        } catch (error) {
          if (!prepared.wasRefused(error)) throw error;
          return cancellable<Row>(pool, asIs, signal, log);
        }
      },
      get sent() {
        return sent;
      },
    };
  };
}
