// Commands ask on their first line. What may not be is refused in one sentence; what a rule says stands in rules.ts.

import { Refusal } from '../lib/refusal.js';
import type { Actor } from './actor.js';
import { type Bits, bitsOf, type Capability } from './capability.js';
import { hasSignedInFreshly, mayAdminister } from './rules.js';

/** Throws `FORBIDDEN` unless the actor may administer its workspace. `doing` completes "Only a workspace owner may …". */
export function requireAdministrator(actor: Actor, doing: string): void {
  if (!mayAdminister(actor)) throw new Refusal('FORBIDDEN', `Only a workspace owner may ${doing}.`);
}

/** Throws `SIGN_IN_AGAIN` unless the person has signed in within ten minutes. `doing` completes "To …, sign in again". */
export function requireFreshSignIn(actor: Actor, doing: string): void {
  if (!hasSignedInFreshly(actor, new Date())) {
    throw new Refusal('SIGN_IN_AGAIN', `To ${doing}, sign in again: this step needs a sign-in within ten minutes.`);
  }
}

/** Throws `STALE_VERSION` when the caller expected another version than there is; it may leave out what it expects. */
export function requireVersion(version: number, expected: number | null | undefined): void {
  if (expected != null && expected !== version) {
    throw new Refusal(
      'STALE_VERSION',
      `Version ${expected} was expected, but there is version ${version} by now. Read it again, and decide anew.`,
      { currentVersion: version },
    );
  }
}

/** Throws `CAPABILITY_MISSING` unless the bits of an object hold a capability. `doing` completes "To … needs …" and says
 *  nothing of the object but what it is. `path` names the input it came by. */
export function requireBits(
  { access }: { access: Bits },
  need: Capability,
  doing: string,
  path?: readonly string[],
): void {
  if ((access & bitsOf([need])) === 0) throw lacking(access, need, doing, path);
}

/** The same refusal, for whoever knows already that the bits do not suffice. */
export const lacking = (access: Bits, need: Capability, doing: string, path?: readonly string[]): Refusal =>
  new Refusal('CAPABILITY_MISSING', `To ${doing} needs ${need}, which nothing gives you there.`, {
    needs: [[need]],
    has: access,
    ...(path && { path }),
  });
