// A statement that can be stopped: when its signal is aborted, PostgreSQL is asked to cancel it, and its connection goes
// back to the pool once it has. Kysely's own way reports each of these on the console and gives the connection back later.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Pool, PoolClient } from 'pg';
import type { Logger } from '../lib/log.js';
import { rowsOf, type Sending } from './statement.js';

const CANCEL_AGAIN_MS = 50;

/** The rows of a statement; throws the signal's reason once it is aborted, also while it waits for a connection. */
export async function cancellable<Row>(
  pool: Pool,
  sending: Sending,
  signal: AbortSignal | undefined,
  log: Logger,
): Promise<Row[]> {
  signal?.throwIfAborted();
  let client: PoolClient | undefined;
  let leave: () => void = () => {};
  let settling: AbortController | undefined;
  let cancelling: Promise<void> | undefined;
  const stop = (): void => {
    if (!client) {
      leave();
      return;
    }
    settling = new AbortController();
    cancelling = cancelUntil(settling.signal, pool, client).catch((error: unknown) => {
      log.warn({ err: error }, 'A statement nobody waits for could not be cancelled; its timeout will end it');
    });
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    client = await new Promise<PoolClient>((resolve, reject) => {
      leave = () => reject(signal?.reason);
      pool.connect((error, came) => {
        if (!came) reject(error);
        else if (signal?.aborted) came.release();
        else resolve(came);
      });
    });
    if (signal?.aborted) throw signal.reason; // between the two
    return await rowsOf<Row>(client, sending);
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    if (cancelling) {
      settling?.abort();
      await cancelling; // or it would hit whatever this connection is used for next
    }
    client?.release();
  }
}

/** Again and again: a request that comes before its statement is forgotten. */
async function cancelUntil(settled: AbortSignal, pool: Pool, client: PoolClient): Promise<void> {
  while (!settled.aborted) {
    await cancelBackend(pool, client);
    await sleep(CANCEL_AGAIN_MS, undefined, { signal: settled }).catch(() => {});
  }
}

/** What `pg` knows of a connection, beyond its types. */
interface Backend {
  processID: number;
  secretKey: number;
  host: string;
  port: number;
  ssl: unknown;
}

/** By a connection of its own: all of the pool's may be waiting to be cancelled. */
function cancelBackend(pool: Pool, client: PoolClient): Promise<void> {
  const backend = client as unknown as Backend;
  return backend.ssl ? cancelSignedIn(pool, backend) : cancelByKey(backend);
}

/** A cancel request of the protocol: no signing in, which would take longer than most statements. PostgreSQL closes the
 *  connection once it has seen to it. */
function cancelByKey({ processID, secretKey, host, port }: Backend): Promise<void> {
  const message = Buffer.alloc(16);
  for (const [index, value] of [16, CANCEL_REQUEST, processID, secretKey].entries())
    message.writeInt32BE(value, index * 4);
  return new Promise((resolve, reject) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy(new Error('The database did not take the request.')));
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('connect', () => socket.write(message));
    socket.resume();
  });
}

const CANCEL_REQUEST = 80_877_102;
const CANCEL_TIMEOUT_MS = 2_000;

/** Over TLS, where the key may not travel in the clear. */
async function cancelSignedIn(pool: Pool, { processID }: Backend): Promise<void> {
  const { Client: Another, options } = pool as unknown as { Client: typeof Client; options: { password?: string } };
  const another = new Another({ ...options, password: options.password }); // not enumerable: the spread leaves it out
  another.on('error', () => {});
  try {
    await another.connect();
    await another.query('select pg_cancel_backend($1)', [processID]);
  } finally {
    await another.end().catch(() => {});
  }
}
