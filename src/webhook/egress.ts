// How anything is posted to an address that somebody else chose. A name is resolved once, all it resolves to is judged, and the
// judged address is dialled; who answers is looked at again before a byte is sent. Node's own client follows no redirects,
// unpacks nothing, and an agent of one's own asks no proxy of the environment.

import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { addressOf, type Destinations, hostOf, isSameAddress, judgeAddress, judgeUrl, portOf } from './address.js';

/** All addresses of a name. Throws when it has none. */
export type Resolve = (name: string) => Promise<string[]>;

const resolveByOs: Resolve = async (name) =>
  (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);

export interface Posting {
  /** Sockets are kept for one endpoint and no other. */
  endpointId: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Chooses among addresses, so that attempts do not all go to one that is dead. */
  attempt: number;
}

/** Why no answer came. */
export type Unanswered = 'ADDRESS_REFUSED' | 'NOT_RESOLVED' | 'NOT_CONNECTED' | 'TLS' | 'TIMEOUT' | 'BROKEN_ANSWER';

export type Answered =
  | { status: number; headers: Record<string, string>; body: string; ms: number }
  | { status: null; reason: Unanswered; ms: number };

export interface Egress {
  /** Posts once, within 15 s in all. Never throws. */
  post(posting: Posting): Promise<Answered>;
  /** Closes all sockets. */
  close(): void;
}

export interface EgressOptions extends Destinations {
  resolve?: Resolve;
  /** Certificates that are believed besides those of the system. */
  ca?: string | undefined;
  totalMs?: number;
}

const TOTAL_MS = 15_000;
/** Once the status is known: the body is read only to be shown, and so that the socket can be used again. */
const BODY_MS = 2_000;
const MAX_BODY = 16_384;
const MAX_HEADERS = 16_384;
const MAX_SOCKETS = 4;
const MAX_IDLE_MS = 5_000;
const MAX_AGENTS = 1_000;

/** Makes what posts. Close it when nothing more is to be sent. */
export function createEgress({
  allowed,
  ownHosts,
  resolve = resolveByOs,
  ca,
  totalMs = TOTAL_MS,
}: EgressOptions): Egress {
  const agents = new Map<string, http.Agent>();
  const agentFor = (endpointId: string, address: string, protocol: string): http.Agent => {
    const key = `${endpointId} ${address} ${protocol}`;
    const options = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: MAX_IDLE_MS };
    const agent =
      agents.get(key) ??
      (protocol === 'http:'
        ? new http.Agent(options)
        : new https.Agent({ ...options, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca && { ca }) }));
    agents.delete(key); // and to the end: the first is the one that was used least lately
    agents.set(key, agent);
    const [eldest] = agents;
    if (agents.size > MAX_AGENTS && eldest) {
      agents.delete(eldest[0]); // its idle sockets end by themselves
    }
    return agent;
  };

  const addressFor = async (url: URL, attempt: number): Promise<{ address: string } | { reason: Unanswered }> => {
    const host = hostOf(url);
    const literal = addressOf(host);
    const addresses = literal === null ? await resolve(host).catch(() => []) : [literal];
    if (addresses.length === 0) return { reason: 'NOT_RESOLVED' };
    // One that may not be dialled spoils all: a name that mixes them means no good.
    if (addresses.some((one) => judgeAddress(one, url, allowed) !== null)) return { reason: 'ADDRESS_REFUSED' };
    return { address: addresses[(attempt - 1) % addresses.length] as string };
  };

  return {
    async post({ endpointId, url: text, headers, body, attempt }) {
      const began = performance.now();
      const ms = () => Math.round(performance.now() - began);
      if (judgeUrl(text, { allowed, ownHosts }) !== null) return { status: null, reason: 'ADDRESS_REFUSED', ms: ms() };
      const url = new URL(text);
      const deadline = AbortSignal.timeout(totalMs);
      const found = await Promise.race([
        addressFor(url, attempt),
        aborted(deadline).then(() => ({ reason: 'TIMEOUT' as const })),
      ]);
      if ('reason' in found) return { status: null, reason: found.reason, ms: ms() };
      const { address } = found;
      const host = hostOf(url);
      const { promise, resolve: settle } = Promise.withResolvers<Answered>();
      let isAnswered = false; // from then on the status stands, whatever becomes of the body
      const failed = (reason: Unanswered) => {
        if (!isAnswered) settle({ status: null, reason, ms: ms() });
      };
      const request = (url.protocol === 'http:' ? http : https).request({
        agent: agentFor(endpointId, address, url.protocol),
        host: address,
        port: portOf(url),
        ...(url.protocol === 'https:' && { servername: addressOf(host) === null ? host : '' }),
        method: 'POST',
        path: url.pathname + url.search,
        setDefaultHeaders: false,
        headers: { host: url.host, connection: 'keep-alive', ...headers, 'content-length': String(body.length) },
        maxHeaderSize: MAX_HEADERS,
        insecureHTTPParser: false,
      });
      let isConnected = false;
      const begin = (socket: Socket) => {
        if (!isSameAddress(socket.remoteAddress ?? '', address)) {
          failed('ADDRESS_REFUSED');
          request.destroy();
          return;
        }
        isConnected = true;
        request.end(body);
      };
      request.on('socket', (socket) => {
        if (!socket.connecting) begin(socket);
        else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => begin(socket));
      });
      const giveUp = () => {
        failed('TIMEOUT');
        request.destroy();
      };
      deadline.addEventListener('abort', giveUp, { once: true });
      request.on('error', (error: NodeJS.ErrnoException) => failed(reasonOf(error, isConnected)));
      request.on('response', (response) => {
        isAnswered = true;
        void beginningOf(response, deadline).then((read) =>
          settle({ status: response.statusCode ?? 0, headers: plainHeaders(response.headers), body: read, ms: ms() }),
        );
      });
      // An answer that begins with a change of protocol is none.
      request.on('upgrade', (_, socket) => {
        failed('BROKEN_ANSWER');
        socket.destroy();
      });
      const answered = await promise;
      deadline.removeEventListener('abort', giveUp);
      return answered;
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The beginning of a body, as text. What is longer, slower or breaks off is cut there, and its socket closed. */
function beginningOf(response: http.IncomingMessage, deadline: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let length = 0;
  const end = () => {
    clearTimeout(timer);
    deadline.removeEventListener('abort', cut);
    resolve(Buffer.concat(chunks).subarray(0, MAX_BODY).toString('utf8'));
  };
  const cut = () => {
    end();
    response.destroy();
  };
  const timer = setTimeout(cut, BODY_MS);
  deadline.addEventListener('abort', cut, { once: true });
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BODY) cut();
  });
  response.on('end', end);
  response.on('error', cut);
  response.on('close', end);
  return promise;
}

const plainHeaders = (headers: http.IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

function reasonOf({ code = '' }: NodeJS.ErrnoException, isConnected: boolean): Unanswered {
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) return 'TLS';
  return isConnected ? 'BROKEN_ANSWER' : 'NOT_CONNECTED';
}
