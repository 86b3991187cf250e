// Whether people could sign in, by what the settings say about the way to the gateway.

import { partyAt } from '../../people/relying-party.js';
import type { Configuration } from '../configuration.js';
import { Entrance } from '../entrance.js';
import { type Finding, ok, warn } from './finding.js';

export function checkSignIn({ publicUrl, trustProxy }: Configuration): Finding {
  const entrance = new Entrance({ publicUrl: () => publicUrl, trustProxy });
  if (!entrance.isSecure) {
    return entrance.isOnThisMachine
      ? ok('sign-in', `People sign in on this machine only${partyAt(publicUrl) ? '' : ', without passkeys'}.`)
      : warn(
          'sign-in',
          `Nobody can sign in over plain http at ${publicUrl}.`,
          'Put a proxy that speaks https in front, and set GATEHOUSE_PUBLIC_URL to its address.',
        );
  }
  if (!trustProxy) {
    return warn(
      'sign-in',
      'To the limiter of sign-ins and to the audit log everybody comes from the address of the proxy.',
      'Set GATEHOUSE_TRUST_PROXY to 1, or to the addresses of the proxies in front.',
    );
  }
  if (!partyAt(publicUrl)) {
    return warn(
      'sign-in',
      'People sign in with passwords only: browsers make no passkeys for an IP address.',
      SET_A_NAME,
    );
  }
  return ok('sign-in', `People sign in at ${publicUrl}, through proxies that are trusted.`);
}

const SET_A_NAME = 'Set GATEHOUSE_PUBLIC_URL to an address with a host name.';
