// A wire between two ends that a test can cut, or silence.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Wire extends AsyncDisposable {
  port: number;
  /** Breaks every connection there is. */
  cut(): void;
  /** From here on nothing passes, and nobody is told: what is sent waits, in connections there are and in new ones. */
  hold(): void;
  /** Lets everything pass again, what has waited first. */
  release(): void;
  /** How many connections there are. */
  size(): number;
  close(): Promise<void>;
}

/** A proxy on a free port of 127.0.0.1, to a port or a Unix socket of this machine. A connection over which somebody says what
 *  `refused` matches is cut. */
export async function openWire(to: { port: number } | { path: string }, refused?: RegExp): Promise<Wire> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isHeld = false;
  const server = createServer((near) => {
    const far = connect(to as { port: number });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('data', (chunk) => {
        if (one === near && refused?.test(chunk.toString('latin1'))) near.destroy();
        else other.write(chunk);
      });
      one.on('end', () => other.end());
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
      if (isHeld) one.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const each = (work: (socket: Socket) => void): void => {
    for (const pair of pairs) for (const socket of pair) work(socket);
  };
  const close = async (): Promise<void> => {
    each((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => each((socket) => socket.destroy()),
    hold: () => {
      isHeld = true;
      each((socket) => socket.pause());
    },
    release: () => {
      isHeld = false;
      each((socket) => socket.resume());
    },
    size: () => pairs.size,
    close,
    [Symbol.asyncDispose]: close,
  };
}
