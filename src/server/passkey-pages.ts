// The pages that have to do with passkeys: signing in with one, and one's own. They work with a script (passkeys.js), which
// asks for a challenge here and sends the answer as a form.

import { hasSignedInFreshly } from '../gate/rules.js';
import { parseId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { herself } from '../people/about.js';
import { createPasskey, deletePasskey, type PasskeyHolder, startPasskey } from '../people/passkey-lifecycle.js';
import { signInByPasskey, startPasskeySignIn } from '../people/passkey-sign-in.js';
import { passkeysOf } from '../people/passkeys.js';
import { requireParty } from '../people/relying-party.js';
import type { StartedSession } from '../people/session.js';
import type { Doorkeeper } from '../people/sign-in.js';
import type { Store } from '../store/store.js';
import type { Entrance } from './entrance.js';
import type { Page, Telling, Visit } from './page.js';
import { PASSKEYS, passkeySignIn, passkeysPage } from './passkey-views.js';
import { signInPage } from './sign-in-views.js';

export interface PasskeyPagesOptions {
  store: Store;
  entrance: Entrance;
  doorkeeper: Doorkeeper;
  /** Gives the browser the cookies of a session, and says where to go. */
  welcome(visit: Visit, started: StartedSession): string;
}

export function passkeyPages({ store, entrance, doorkeeper, welcome }: PasskeyPagesOptions): Record<string, Page> {
  return {
    '/sign-in/passkey': {
      hasScripts: true,
      show: ({ frame, session }, filled) =>
        signInPage(frame, filled, session, passkeySignIn(frame, entrance.publicUrl)),
      act: async (visit, form) => {
        const input = { response: form.get('response') ?? '', replaces: visit.session?.sessionId };
        const party = requireParty(entrance.publicUrl);
        const home = welcome(visit, await signInByPasskey(visit.visitor, party, input, doorkeeper));
        return visit.frame.next ?? home;
      },
    },

    [PASSKEYS]: {
      isPrivate: true,
      hasScripts: true,
      show: async (visit, filled) => {
        const { actor, publicUrl } = holderOf(visit, entrance);
        return passkeysPage(visit.frame, filled, {
          passkeys: await passkeysOf(store.reader(), visit.session!.personId),
          isFresh: hasSignedInFreshly(actor, new Date()),
          publicUrl: publicUrl(),
        });
      },
      act: async (visit, form) => {
        const holder = holderOf(visit, entrance);
        if (form.has('delete')) {
          const id = parseId(form.get('delete') ?? '');
          if (id !== null) await deletePasskey(holder, { id }).catch(unlessGone);
        } else {
          await createPasskey(holder, { name: form.get('name') ?? '', response: form.get('response') ?? '' });
        }
        return PASSKEYS;
      },
    },
  };
}

/** What the script on these pages asks for. */
export function passkeyTellings({ entrance }: Pick<PasskeyPagesOptions, 'entrance'>): Record<string, Telling> {
  return {
    '/sign-in/passkey/challenge': {
      tell: ({ visitor }) => startPasskeySignIn(visitor, requireParty(entrance.publicUrl)),
    },
    [`${PASSKEYS}/challenge`]: {
      isPrivate: true,
      tell: async (visit) => (await startPasskey(holderOf(visit, entrance))).options,
    },
  };
}

/** Whoever is signed in, in no workspace in particular. */
const holderOf = ({ visitor, session }: Visit, entrance: Entrance): PasskeyHolder => {
  const { personId, sessionId: id, signedInAt } = session!;
  return {
    ...visitor,
    actor: herself(personId, visitor.address, { id, signedInAt }),
    publicUrl: () => entrance.publicUrl,
  };
};

/** Somebody deleted it before, herself in another window perhaps: it is not there, as was wanted. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error;
}
