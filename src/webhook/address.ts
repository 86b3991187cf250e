// Where may be posted to: an address of the internet, at a port of https, and whatever the operator allows besides. Texts are
// judged when an endpoint is saved; what a name resolves to is judged again at each attempt (egress.ts).

import ipaddr from 'ipaddr.js';

/** Addresses at a port that may be posted to although they are not public, over http as well. */
export interface EgressAllowance {
  range: [ipaddr.IPv4 | ipaddr.IPv6, number];
  port: number;
}

/** What an allowance is written as: `127.0.0.1:3000`, `10.0.0.0/8:8443`, `[::1]:3000`, `[fd00::/8]:8443`. */
const ALLOWANCE = /^(?:\[([0-9a-f:.]+)(?:\/(\d{1,3}))?\]|([0-9.]+)(?:\/(\d{1,2}))?):(\d{1,5})$/i;

/** Those of a text, separated by commas. `null` when one of them is none. */
export function parseEgressAllow(text: string): EgressAllowance[] | null {
  const found: EgressAllowance[] = [];
  for (const one of text.split(',').map((part) => part.trim())) {
    const [, six, sixBits, four, fourBits, portText] = one.match(ALLOWANCE) ?? [];
    const [host, port] = [six ?? four, Number(portText)];
    if (host === undefined || port < 1 || port > 65_535) return null;
    if (six !== undefined ? !ipaddr.IPv6.isValid(host) : !ipaddr.IPv4.isValidFourPartDecimal(host)) return null;
    const address = ipaddr.parse(host);
    const width = address.kind() === 'ipv4' ? 32 : 128;
    const bits = Number(sixBits ?? fourBits ?? width);
    if (bits > width) return null;
    found.push({ range: [address, bits], port });
  }
  return found;
}

export interface Destinations {
  allowed: readonly EgressAllowance[];
  /** `host:port` of the gateway itself, which never posts to itself. */
  ownHosts: readonly string[];
}

const HTTPS_PORTS = [443, 8443];
const MAX_URL_LENGTH = 2_000;

/** Names that mean the machine, its network or its provider wherever they are asked for. */
const INNER_NAME = /^(localhost|.*\.(localhost|local|localdomain|internal|home\.arpa))$/;
/** Public by the registries, yet what answers there is the provider of the machine. */
const INNER_ADDRESSES = ['168.63.129.16'];
/** What is given out of IPv6 to the internet. Everything else is special, or will be. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

const NOT_PUBLIC = 'url should be an address of the public internet.';

/** What is wrong with the text of an address to post to, in a sentence; `null` for one that may be dialled, if what it
 *  resolves to may be (`judgeAddress`). */
export function judgeUrl(text: string, { allowed, ownHosts }: Destinations): string | null {
  if (text.length > MAX_URL_LENGTH) return `url may have at most ${MAX_URL_LENGTH} characters.`;
  // Parsers leave some of these out, and then read another address than people do.
  if (/[\p{Cc}\s\\]/u.test(text)) return 'url should have no blanks, backslashes or control characters.';
  if (!URL.canParse(text)) return 'url should be an https address.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'url should be an https address.';
  if (url.username !== '' || url.password !== '') return 'url should carry no user name or password.';
  const port = portOf(url);
  const host = hostOf(url);
  if (ownHosts.includes(hostAndPortOf(text))) return 'url should not be the gateway itself.';
  const literal = addressOf(host);
  if (literal !== null) return judgeAddress(literal, url, allowed);
  if (allowed.some((one) => one.port === port)) return null; // what it resolves to is judged
  if (url.protocol !== 'https:') return 'url should be an https address.';
  if (!HTTPS_PORTS.includes(port)) return `url should be at port ${HTTPS_PORTS.join(' or ')}.`;
  return INNER_NAME.test(host) || !host.includes('.') ? NOT_PUBLIC : null;
}

/** What is wrong with dialling this address, literal or resolved, for a url; `null` when it may be. What is no address at
 *  all may not. */
export function judgeAddress(address: string, url: URL, allowed: readonly EgressAllowance[]): string | null {
  const parsed = plainAddress(address);
  if (parsed === null) return NOT_PUBLIC;
  const port = portOf(url);
  if (allowed.some((one) => one.port === port && covers(one, parsed))) return null;
  if (!isPublic(parsed)) return NOT_PUBLIC;
  if (url.protocol !== 'https:') return 'url should be an https address.';
  return HTTPS_PORTS.includes(port) ? null : `url should be at port ${HTTPS_PORTS.join(' or ')}.`;
}

/** Whether two texts are the same address. */
export function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [plainAddress(one), plainAddress(other)];
  return a !== null && b !== null && a.toNormalizedString() === b.toNormalizedString();
}

/** `host:port` of a url, as `Destinations` want it. */
export function hostAndPortOf(text: string): string {
  const url = new URL(text);
  return `${hostOf(url)}:${portOf(url)}`;
}

export const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);

/** Without brackets, and without the dot at the end that changes nothing. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** The host when it is an address and no name. */
export const addressOf = (host: string): string | null =>
  ipaddr.IPv6.isValid(host) || ipaddr.IPv4.isValidFourPartDecimal(host) ? host : null;

/** An IPv4 address within IPv6 is that IPv4 address. Those with a zone are none: they are of this machine's network. */
function plainAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return addressOf(address) === null || address.includes('%') ? null : ipaddr.process(address);
}

function covers({ range: [range, bits] }: EgressAllowance, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return range.kind() === address.kind() && (address as ipaddr.IPv4).match(range as ipaddr.IPv4, bits);
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv6'
    ? (address as ipaddr.IPv6).match(GLOBAL_IPV6)
    : !INNER_ADDRESSES.includes(address.toString());
}
