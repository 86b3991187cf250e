// One POST to somebody else's machine. Its name is looked up once, every answer is judged, the judged one is dialled and seen
// to be dialled. No redirect is followed, no proxy of the environment is used, nothing is unpacked; what takes too long or
// sends too much is left.

import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { type Egress, hostOf, mayBeDialled, portOf } from './address.js';

/** In all: looking up, connecting, sending and answering. */
const MAX_MS = 15_000;
const MAX_BYTES = 16_384;
const MAX_HEADER_BYTES = 16_384;
const MAX_INFORMATIONAL = 10;

/** What a name leads to, as numbers. */
export type Resolve = (hostname: string) => Promise<string[]>;

export interface EgressOptions extends Egress {
  /** Default: as the system resolves names. For tests. */
  resolve?: Resolve;
  /** Default: 15 s. For tests. */
  maxMs?: number;
  /** Default: as the system trusts. For tests, which have authorities of their own. */
  ca?: string;
}

export interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Ends it early. */
  signal?: AbortSignal;
}

/** What came of it. `FORBIDDEN`: nothing was dialled, because of where it would have led. */
export type Posted =
  | { is: 'ANSWERED'; status: number; headers: Record<string, string>; body: string }
  | { is: 'FAILED'; why: 'FORBIDDEN' | 'NAME' | 'CONNECTION' | 'TLS' | 'TIMEOUT' | 'GARBAGE' };

class Forbidden extends Error {}
class Late extends Error {}

/** Posts. Never throws: whatever goes wrong out there is an outcome. */
export async function post({ url: text, headers, body, signal }: Post, egress: EgressOptions): Promise<Posted> {
  const url = new URL(text);
  const isSecure = url.protocol === 'https:';
  const port = portOf(url);
  const judge = (address: string): boolean => mayBeDialled(address, port, { isSecure, allowed: egress.allowed });
  const host = hostOf(url);
  if (isIP(host) !== 0 && !judge(host)) return { is: 'FAILED', why: 'FORBIDDEN' };

  const bytes = Buffer.from(body);
  const request = (isSecure ? https : http).request(url, {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-length': bytes.length, 'accept-encoding': 'identity', connection: 'close' },
    lookup: judged(egress.resolve ?? resolveBySystem, judge),
    maxHeaderSize: MAX_HEADER_BYTES,
    ...(isSecure && { minVersion: 'TLSv1.2', ...(egress.ca !== undefined && { ca: egress.ca }) }),
    ...(signal && { signal }),
  });
  const timer = setTimeout(() => request.destroy(new Late()), egress.maxMs ?? MAX_MS);
  try {
    return await new Promise<Posted>((resolve, reject) => {
      let informational = 0;
      request.on('information', () => {
        if (++informational > MAX_INFORMATIONAL) request.destroy(new Error('HPE_TOO_MANY'));
      });
      request.on('socket', (socket: Socket) => {
        // Once more on the connection itself: the last word before anything is sent.
        socket.once('connect', () => {
          if (!judge(socket.remoteAddress ?? '')) socket.destroy(new Forbidden());
        });
      });
      request.on('error', reject);
      request.on('response', (response) => resolve(answeredBy(response)));
      request.end(bytes);
    });
  } catch (error) {
    return { is: 'FAILED', why: whyOf(error as NodeJS.ErrnoException) };
  } finally {
    clearTimeout(timer);
    request.destroy();
  }
}

/** The status counts, however the body goes on: whoever said that it has come has said so. */
async function answeredBy(response: http.IncomingMessage): Promise<Posted> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, MAX_BYTES - size));
      size += chunk.length;
      if (size >= MAX_BYTES) break;
    }
  } catch {
    // It broke off, or took too long: what has come is what is kept.
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : `${value}`,
    ]),
  );
  return { is: 'ANSWERED', status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() };
}

/** A look-up for sockets: of several answers all have to be good, and the first is dialled. */
const judged =
  (resolve: Resolve, judge: (address: string) => boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname.replace(/\.$/, '')).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(Object.assign(new Error('No address.'), { code: 'ENOTFOUND' }), '', 0);
        if (!addresses.every(judge)) return callback(new Forbidden(), '', 0);
        const family = isIP(first);
        if (options.all) return callback(null, [{ address: first, family }]);
        callback(null, first, family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

/** The one name that everybody takes for the same number. */
const resolveBySystem: Resolve = async (hostname) =>
  hostname === 'localhost'
    ? ['127.0.0.1']
    : (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

function whyOf(error: NodeJS.ErrnoException): Extract<Posted, { is: 'FAILED' }>['why'] {
  const { code = '' } = error;
  if (error instanceof Forbidden) return 'FORBIDDEN';
  if (error instanceof Late) return 'TIMEOUT';
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'NAME';
  if (code.startsWith('HPE_') || error.message === 'HPE_TOO_MANY') return 'GARBAGE';
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /CERT|SIGNATURE|ISSUER|CHAIN/.test(code))
    return 'TLS';
  return 'CONNECTION';
}
