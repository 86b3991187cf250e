// The WebSocket door at /graphql: graphql-transport-ws, and nothing else. What a socket says is for socket.ts.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { Conversation, type ConversationOptions } from './socket.js';

export type SocketDoorOptions = Omit<ConversationOptions, 'ofPayer' | 'cursors'>;

export interface SocketDoor {
  /** Closes all sockets; those with an operation under way once it has ended, or after `graceMs`. */
  drain(graceMs: number): Promise<void>;
  /** How many are open. */
  readonly size: number;
}

/** Takes sockets from a server. */
export function openSocketDoor(server: Server, options: SocketDoorOptions): SocketDoor {
  const { log, gateway } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: gateway.limits.maxBodyBytes,
    handleProtocols,
  });
  const open = new Set<Conversation>();
  const shared = { ofPayer: new Map<string, number>(), cursors: new Map<string, string>() };
  let isDraining = false;

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const [path] = (request.url ?? '').split('?');
    const protocols = request.headers['sec-websocket-protocol'] ?? '';
    if (path !== '/graphql') return refuse(socket, '404 Not Found');
    if (isDraining) return refuse(socket, '503 Service Unavailable');
    if (!handleProtocols(protocols)) return refuse(socket, '400 Bad Request');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const conversation = new Conversation(ws, request, { ...options, ...shared });
      open.add(conversation);
      ws.once('close', () => open.delete(conversation));
    });
  });
  sockets.on('wsClientError', (error, socket) => {
    log.debug({ err: error }, 'What wanted to be a WebSocket was none');
    refuse(socket, '400 Bad Request');
  });

  return {
    get size() {
      return open.size;
    },
    drain: async (graceMs) => {
      isDraining = true;
      await Promise.all([...open].map((conversation) => conversation.leave(graceMs)));
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
