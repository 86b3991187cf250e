// A process with sockets: a gateway that shares what it delivers, one that does not, or a bare `ws` loop. It says what it
// has used, and begins a wave when it is told to.

import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { createGateway } from '../src/api/gateway.js';
import { DEFAULT_LIMITS } from '../src/api/limits.js';
import { operatorOf } from '../src/gate/actor.js';
import { createLog } from '../src/lib/log.js';
import { createHttpDoor } from '../src/server/http.js';
import { keepEventLog } from '../src/server/keep-event-log.js';
import { openStore } from '../src/store/store.js';
import { commit } from '../src/unit-of-work.js';

const { BENCH_KIND, DATABASE_URL, BENCH_DATA = '', BENCH_KEYS, BENCH_WORKSPACE = '', BENCH_PAGE = '' } = process.env;

const now = (): number => performance.timeOrigin + performance.now();
const say = (message: Record<string, unknown>): void => void process.send?.(message);

/** Begins a wave; resolves with the moment from which it is only sent. */
const wave = BENCH_KIND === 'raw' ? await bare() : await gateway(BENCH_KIND === 'shared');

process.on('message', async ({ ask, text }: { ask: 'cpu' | 'memory' | 'wave'; text?: string }) => {
  if (ask === 'wave') return say(await wave(text ?? ''));
  if (ask === 'cpu') {
    const { user, system } = process.cpuUsage();
    return say({ cpuMicros: user + system });
  }
  for (let n = 0; n < 3; n++) (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return say({ rss, held: heapUsed + external });
});
process.on('disconnect', () => process.exit(0));

async function bare(): Promise<(text: string) => Promise<Record<string, number>>> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
  const open = new Set<WebSocket>();
  sockets.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.once('message', () => socket.send('{"type":"connection_ack"}'));
  });
  server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }));
  return async (text) => {
    const at = now();
    for (const socket of open) socket.send(text);
    return { committedAt: at, settledAt: at };
  };
}

async function gateway(sharesDeliveries: boolean): Promise<() => Promise<Record<string, number>>> {
  const log = createLog({ level: 'silent' });
  const store = await openStore({
    dataDirectory: BENCH_DATA,
    databaseUrl: DATABASE_URL,
    keyFile: BENCH_KEYS,
    log,
    poolSize: 4,
  });
  const limits = { ...DEFAULT_LIMITS, maxPointsPerMinute: 2_000_000_000 };
  const door = createHttpDoor({
    gateway: await createGateway({ store, log, limits }),
    store,
    log,
    sharesDeliveries,
  });
  let settled: ((at: number) => void) | undefined;
  keepEventLog({
    store,
    log,
    days: 30,
    settled: () => {
      settled?.(now());
      door.news();
    },
  });
  door.server.listen(0, '127.0.0.1', () => say({ port: (door.server.address() as AddressInfo).port }));
  return async () => {
    const { promise: settledAt, resolve } = Promise.withResolvers<number>();
    settled = resolve;
    await commit(store.callerFor(operatorOf(BENCH_WORKSPACE)), async (unit) =>
      unit.change({
        type: 'PAGE_CONTENT_UPDATED',
        resourceId: BENCH_PAGE,
        resourceVersion: 1,
        ancestors: [BENCH_PAGE],
      }),
    );
    return { committedAt: now(), settledAt: await settledAt };
  };
}
