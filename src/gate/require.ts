// The first lines of commands: what the rules say, or a refusal that says what to do.

import { Refusal } from '../lib/refusal.js';
import type { Actor } from './actor.js';
import { hasSignedInFreshly, mayAdminister } from './rules.js';

/** `doing` completes "Only a workspace owner may …". */
export function requireAdministrator(actor: Actor, doing: string): void {
  if (!mayAdminister(actor)) throw new Refusal('FORBIDDEN', `Only a workspace owner may ${doing}.`);
}

/** `step` begins "… needs a sign-in …". Tokens are refused: they are nobody who could sign in. */
export function requireFreshSignIn(actor: Actor, step: string): void {
  if (hasSignedInFreshly(actor, new Date())) return;
  throw new Refusal(
    'SIGN_IN_AGAIN',
    `${step} needs a sign-in within the last ten minutes. Sign in again and repeat it; a token cannot do it.`,
  );
}
