// For whom passkeys are made and answer: this gateway, by the name it is reached under. The name comes from the
// configuration and from nothing a request says.

import ipaddr from 'ipaddr.js';
import { Refusal } from '../lib/refusal.js';

export interface RelyingParty {
  /** The host name passkeys are bound to. */
  id: string;
  /** The one origin whose pages may ask for them. */
  origin: string;
}

/** The gateway as passkeys know it; `null` where it is reached by an IP address, for which browsers make none. */
export function partyAt(publicUrl: string): RelyingParty | null {
  const { hostname, origin } = new URL(publicUrl);
  return ipaddr.isValid(hostname.replace(/^\[|\]$/g, '')) ? null : { id: hostname, origin };
}

/** The same. Refused: it is reached by an IP address. */
export function requireParty(publicUrl: string): RelyingParty {
  const party = partyAt(publicUrl);
  if (!party) throw new Refusal('INVALID_STATE', noName(publicUrl));
  return party;
}

/** What is to be done about an IP address. */
export const noName = (publicUrl: string): string =>
  `Passkeys need a host name, but GATEHOUSE_PUBLIC_URL is ${publicUrl}. Whoever runs Gatehouse sets it to an address with a name: https://gatehouse.example.org, or http://localhost:4000 on this machine.`;
