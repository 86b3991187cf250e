// Where webhooks may be posted to. Two questions, asked at different times: of the text of an address when it is saved, and
// of the machine it leads to at each attempt, because names change what they mean. What the operator names is let through;
// everything else has to be public, by https, at the ports of https.

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Machines and ports the operator lets webhooks be posted to besides; `null` for the ports of https. */
export interface Allowance {
  network: [ipaddr.IPv4 | ipaddr.IPv6, number];
  port: number | null;
}

export interface Egress {
  allowed: readonly Allowance[];
  /** Where clients reach the gateway: it posts nothing to itself. */
  publicUrl?: () => string;
}

const HTTPS_PORTS: readonly number[] = [443, 8443];
/** Public by its number, and yet inside: the virtual machine host of a large provider. */
const INSIDE = ['168.63.129.16'];
/** Names that lead inside wherever they are asked. */
const INSIDE_NAMES = /(^|\.)(localhost|localdomain|internal|intranet|local|lan|home|corp|onion)$/;

/** Reads `127.0.0.1:3000, 10.0.0.0/8, [::1]:8080`; `null` for anything else. */
export function parseAllowances(text: string): Allowance[] | null {
  const parts = text.split(',').map((part) => part.trim());
  const allowances = parts.map((part): Allowance | null => {
    const [, bracketed, plain, port] =
      /^(?:\[([0-9a-fA-F:.]+(?:\/\d+)?)\]|([^:\s]+|[0-9a-fA-F:.]+(?:\/\d+)?))(?::(\d{1,5}))?$/.exec(part) ?? [];
    const network = bracketed ?? plain ?? '';
    if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return null;
    const parsed = networkOf(network);
    return parsed && { network: parsed, port: port === undefined ? null : Number(port) };
  });
  return allowances.includes(null) ? null : (allowances as Allowance[]);
}

function networkOf(text: string): Allowance['network'] | null {
  if (text.includes('/')) return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : null;
  if (isIP(text) === 0) return null;
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** What is wrong with an address somebody wants to save, in a sentence that begins with `url`; `null` when nothing is. Looks at
 *  the text alone: it asks no name server, and says the same whether there is such a machine or not. */
export function judgeUrl(text: string, egress: Egress): string | null {
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return 'url should be an https address, without blanks.';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'url should name nobody before an @.';
  if (url.hash !== '') return 'url should have nothing behind a #.';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return NOT_HTTPS;
  const host = hostOf(url);
  const port = portOf(url);
  if (isOwn(url, egress)) return 'url should not be an address of this gateway.';
  const literal = literalOf(host);
  if (literal !== null) {
    if (mayBeDialled(literal, port, { isSecure: url.protocol === 'https:', ...egress })) return null;
    return url.protocol === 'https:' ? NOT_PUBLIC : NOT_HTTPS;
  }
  const mayBeNamed = egress.allowed.some((allowance) => fits(allowance, port));
  if (url.protocol === 'http:') return mayBeNamed ? null : NOT_HTTPS;
  if (!HTTPS_PORTS.includes(port) && !mayBeNamed) return `url should use port 443 or 8443, but uses ${port}.`;
  return (INSIDE_NAMES.test(host) || !host.includes('.')) && !mayBeNamed ? NOT_PUBLIC : null;
}

const NOT_HTTPS = 'url should be an https address. Others are for what the operator names with GATEHOUSE_EGRESS_ALLOW.';
const NOT_PUBLIC =
  'url should lead to a public address. Others are for what the operator names with GATEHOUSE_EGRESS_ALLOW.';

/** Whether a connection to this very machine may be made. `address` is what a name led to, or the number itself. */
export function mayBeDialled(
  address: string,
  port: number,
  { isSecure, allowed }: Pick<Egress, 'allowed'> & { isSecure: boolean },
): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.process(address);
  const isNamed = allowed.some(
    (allowance) =>
      fits(allowance, port) &&
      parsed.kind() === allowance.network[0].kind() &&
      parsed.match(allowance.network as never),
  );
  if (isNamed) return true;
  return isSecure && HTTPS_PORTS.includes(port) && isPublic(parsed);
}

/** Of IPv6 what is handed out to the world (RFC 4291 §2.4); the rest has meanings that change. */
const GLOBAL: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address.range() === 'unicast' &&
  !INSIDE.includes(address.toString()) &&
  (address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL));

const fits = (allowance: Allowance, port: number): boolean =>
  allowance.port === null ? HTTPS_PORTS.includes(port) : allowance.port === port;

export const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80));

/** The name without the dot at its end, or the number without brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** The number an address is, `localhost` included; `null` for a name. */
const literalOf = (host: string): string | null =>
  host === 'localhost' ? '127.0.0.1' : isIP(host) === 0 ? null : host;

function isOwn(url: URL, { publicUrl }: Egress): boolean {
  const own = publicUrl?.() ?? '';
  return URL.canParse(own) && hostOf(new URL(own)) === hostOf(url) && portOf(new URL(own)) === portOf(url);
}
