// Receivers that answer slowly, endlessly, hugely or not at all: each costs a bounded time and memory, and what counts is the
// status line.

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { parseAllowances } from '../../src/webhook/address.js';
import { post } from '../../src/webhook/egress.js';

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = undefined;
});

/** Posts to something that does with the connection whatever it is told to. */
async function postedTo(behave: (socket: Socket) => void, maxMs = 700) {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => behave(socket));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const startedAt = performance.now();
  const posted = await post(
    { url: `http://127.0.0.1:${port}/`, headers: { 'x-one': '1' }, body: '{"a":1}' },
    { allowed: parseAllowances(`127.0.0.1:${port}`)!, maxMs },
  );
  return { ...posted, ms: performance.now() - startedAt };
}

const HEAD = 'HTTP/1.1 200 OK\r\n';

test('an answer is its status, its headers and the beginning of its body', async () => {
  const posted = await postedTo((socket) => socket.end(`${HEAD}content-length: 2\r\nx-two: 2\r\n\r\nok`));
  expect(posted).toMatchObject({ is: 'ANSWERED', status: 200, body: 'ok', headers: { 'x-two': '2' } });
});

test('a body without end is left after 16 kB, and one that drips when time is up: it has come all the same', async () => {
  const endless = await postedTo((socket) => {
    socket.write(`${HEAD}\r\n`);
    const flood = () => {
      while (!socket.destroyed && socket.write('x'.repeat(10_000)));
      if (!socket.destroyed) socket.once('drain', flood);
    };
    flood();
  });
  expect(endless).toMatchObject({ is: 'ANSWERED', status: 200 });
  expect(endless).toHaveProperty('body.length', 16_384);
  const dripping = await postedTo((socket) => {
    socket.write(`${HEAD}content-length: 1000000\r\n\r\n`);
    const timer = setInterval(() => socket.write('.'), 50);
    socket.once('close', () => clearInterval(timer));
  });
  expect(dripping).toMatchObject({ is: 'ANSWERED', status: 200 });
  expect(dripping.ms).toBeLessThan(2_000);
});

test('what says that it is packed is not unpacked', async () => {
  const packed = await postedTo((socket) =>
    socket.end(`${HEAD}content-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc`),
  );
  expect(packed).toMatchObject({ is: 'ANSWERED', body: 'abc' });
});

test.each([
  ['says nothing', () => {}, 'TIMEOUT'],
  ['sends half a status line', (socket: Socket) => void socket.write('HTTP/1.1 2'), 'TIMEOUT'],
  ['breaks off', (socket: Socket) => void socket.destroy(), 'CONNECTION'],
  ['speaks no HTTP', (socket: Socket) => void socket.end('hello there\r\n\r\n'), 'GARBAGE'],
  [
    'sends headers without end',
    (socket: Socket) => void socket.write(`${HEAD}${'x-y: z\r\n'.repeat(10_000)}`),
    'GARBAGE',
  ],
  [
    'only promises an answer',
    (socket: Socket) => void socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50)),
    'GARBAGE',
  ],
])('whoever %s has not got it', async (_what, behave, why) => {
  const posted = await postedTo(behave);
  expect(posted).toMatchObject({ is: 'FAILED', why });
  expect(posted.ms).toBeLessThan(2_000);
});

test('nobody at home is a failed connection', async () => {
  const posted = await post(
    { url: 'http://127.0.0.1:9/', headers: {}, body: '' },
    { allowed: parseAllowances('127.0.0.1:9')!, maxMs: 1_000 },
  );
  expect(posted).toEqual({ is: 'FAILED', why: 'CONNECTION' });
});
