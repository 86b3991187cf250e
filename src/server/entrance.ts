// How the gateway is reached from outside: its public address, the proxies it believes, and what follows for sign-in.
// Nothing here believes a header that a client could have written, unless a trusted proxy passed it on.

import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** How many proxies stand in front of the gateway, or in which networks they are. None by default. */
export type TrustProxy = { hops: number } | { ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][] };

/** `1`, or `127.0.0.1, 10.0.0.0/8, ::1`; `null` for anything else. */
export function parseTrustProxy(text: string): TrustProxy | null {
  if (/^\d{1,2}$/.test(text.trim())) return { hops: Number(text) };
  const parts = text.split(',').map((part) => part.trim());
  const ranges = parts.map((part) => {
    if (ipaddr.isValidCIDR(part)) return ipaddr.parseCIDR(part);
    const address = plainAddress(part);
    if (address === null) return null;
    const parsed = ipaddr.parse(address);
    return [parsed, parsed.kind() === 'ipv4' ? 32 : 128] as [ipaddr.IPv4 | ipaddr.IPv6, number];
  });
  return ranges.includes(null) ? null : { ranges: ranges as [ipaddr.IPv4 | ipaddr.IPv6, number][] };
}

const NO_PROXY: TrustProxy = { hops: 0 };

export interface EntranceOptions {
  /** The address clients use, from the configuration. */
  publicUrl: () => string;
  trustProxy?: TrustProxy | undefined;
}

export class Entrance {
  private readonly trustProxy: TrustProxy;

  constructor(private readonly options: EntranceOptions) {
    this.trustProxy = options.trustProxy ?? NO_PROXY;
  }

  /** Where links lead to, without a slash at the end. */
  get publicUrl(): string {
    return this.options.publicUrl();
  }

  /** Whether cookies are for https alone. */
  get isSecure(): boolean {
    return this.publicUrl.startsWith('https:');
  }

  /** Whether it is for this machine alone. */
  get isOnThisMachine(): boolean {
    return isLoopbackName(new URL(this.publicUrl).hostname);
  }

  /** Whose request it is, as far as trusted proxies say: the nearest address none of them vouches for. */
  addressOf(request: IncomingMessage): string {
    const { remoteAddress = '' } = request.socket;
    return this.believesNobody ? remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '') : this.walk(request).address;
  }

  /** Why nobody may sign in by this request, as a sentence for whoever reads the page; `null` when she may. Passwords and
   *  sessions travel over https, or stay on this machine. */
  refusalToSignIn(request: IncomingMessage): string | null {
    if (this.isSecure) {
      if (this.believesNobody) return null; // what it came by is not to be known
      const { trusted } = this.walk(request);
      return forwardedProtocol(request, trusted) === 'https' ? null : OVER_HTTPS(this.publicUrl);
    }
    if (!this.isOnThisMachine) return NEEDS_HTTPS;
    const host = URL.canParse(`http://${request.headers.host}`)
      ? new URL(`http://${request.headers.host}`).hostname
      : '';
    const direct = isLoopbackName(host) && !FORWARDING.some((name) => name in request.headers);
    return direct ? null : NEEDS_HTTPS;
  }

  /** Whether a page of this gateway sent the request, as far as the browser says: browsers say so in one of two headers,
   *  other programs in none. Not enough by itself; the token of the form or session decides as well. */
  comesFromHere({ headers }: IncomingMessage): boolean {
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') return false;
    const { origin } = headers; // `null` where the page told the browser not to say, as ours do
    return origin === undefined || origin === 'null' || this.isOwnOrigin(origin);
  }

  private get believesNobody(): boolean {
    return 'hops' in this.trustProxy && this.trustProxy.hops === 0;
  }

  private isOwnOrigin(origin: string): boolean {
    if (!URL.canParse(origin)) return false;
    const [given, own] = [new URL(origin), new URL(this.publicUrl)];
    if (given.origin === own.origin) return true;
    return (
      given.protocol === own.protocol &&
      given.port === own.port &&
      isLoopbackName(given.hostname) &&
      isLoopbackName(own.hostname)
    );
  }

  /** The nearest address that is not a trusted proxy, and how many of them there are before it. */
  private walk(request: IncomingMessage): { address: string; trusted: number } {
    const socket = plainAddress(request.socket.remoteAddress ?? '') ?? '';
    const forwarded = String(request.headers['x-forwarded-for'] ?? '')
      .split(',')
      .reverse();
    let [address, trusted] = [socket, 0];
    while (this.isTrusted(address, trusted)) {
      trusted++;
      const before = plainAddress(forwarded[trusted - 1] ?? '');
      if (before === null) break; // the proxy asks for itself, or says something that is no address
      address = before;
    }
    return { address, trusted };
  }

  private isTrusted(address: string, hopsBefore: number): boolean {
    const { trustProxy } = this;
    if ('hops' in trustProxy) return hopsBefore < trustProxy.hops;
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return trustProxy.ranges.some((range) => parsed.kind() === range[0].kind() && parsed.match(range as never));
  }
}

/** Headers by which a proxy says that it asks for somebody else. */
const FORWARDING = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

const NEEDS_HTTPS =
  'Signing in needs https, or the machine Gatehouse runs on. Whoever runs it sets GATEHOUSE_PUBLIC_URL to its https address.';
const OVER_HTTPS = (publicUrl: string): string => `Sign in over https, at ${publicUrl}`;

/** What the outermost of so many trusted proxies was asked by. */
function forwardedProtocol({ headers }: IncomingMessage, trusted: number): string | undefined {
  if (trusted === 0) return undefined;
  const said = String(headers['x-forwarded-proto'] ?? '').split(',');
  return said[Math.max(0, said.length - trusted)]?.trim().toLowerCase();
}

/** The address in its shortest form, IPv4 as such; without the port some proxies add. `null` for anything else. */
function plainAddress(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1');
  return ipaddr.isValid(bare) && (bare.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(bare))
    ? ipaddr.process(bare).toString()
    : null;
}

const isLoopbackName = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
