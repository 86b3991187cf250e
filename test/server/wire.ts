// HTTP as it goes over the wire: fetch is too well-behaved to send two of one header, or half a body.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  /** The bytes of the body as they came. */
  text: string;
}

export interface Sent {
  method?: string;
  /** With its query string; default /graphql. */
  path?: string;
  /** An array is sent as that many headers. */
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

/** One request on a connection of its own. */
export function send(url: string, { method = 'POST', path = '/graphql', headers = {}, body }: Sent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, path, headers, agent: false }, async (response) => {
      try {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: await text(response) });
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends bytes as they are, and gives all that comes back until the other side closes. */
export function exchange(url: string, bytes: string, { keepSending = '' } = {}): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let received = '';
    let more: NodeJS.Timeout | undefined;
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => {}); // a reset is an answer too: close follows
    socket.on('close', () => {
      clearInterval(more);
      resolve(received);
    });
    socket.write(bytes);
    if (keepSending) more = setInterval(() => socket.write(keepSending), 100);
  });
}

export interface Wire {
  /** Where it listens. */
  port: number;
  /** Connections break off, and new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** A wire to PostgreSQL that can be cut: `host` may be the directory of its socket. */
export async function layWire({ host, port }: { host: string; port: number }): Promise<Wire> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const cut = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  await listen(0);
  const at = (server.address() as { port: number }).port;
  return {
    port: at,
    cut,
    mend: () => listen(at),
    close: async () => {
      if (server.listening) await cut();
    },
  };
}
