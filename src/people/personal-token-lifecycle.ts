// Commands on personal access tokens.

import { userIdOf } from '../gate/actor.js';
import { requireFreshSignIn } from '../gate/ask.js';
import { ALL_BITS, type Bits, bitsOf, type Capability, namesOf, withImplied } from '../gate/capability.js';
import { mayHavePersonalToken, mayRevokePersonalToken } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { keyedHash, mintToken } from '../lib/secret.js';
import { type Caller, commit, type KeyHolder } from '../unit-of-work.js';
import { policyOf } from '../workspace/policy.js';
import { holdWorkspace, requireMember } from './membership.js';
import { PersonalTokenTable } from './tables.js';

/** Days a token may be made for, when they are counted. */
export const LIFETIMES_DAYS = [7, 30, 90, 180, 365] as const;
const MAX_LIFETIME_DAYS = 365; // also the default
const MS_A_DAY = 86_400_000;

export interface NewPersonalToken {
  name: string;
  /** An instant or a number of days, not both; neither is a year. */
  expiresAt?: Date | null;
  expiresInDays?: number | null;
  /** Default: whatever she may. */
  capabilities?: readonly Capability[] | null;
  administer?: boolean | null;
}

/** Makes a token for the person who asks, in the workspace she asks in. Its text is answered here and kept nowhere.
 *  Refused: who is not signed in freshly; guests, and members where policy says so; an unusable name or lifetime; to
 *  administer, anybody but an owner. */
export function createPersonalAccessToken(
  caller: KeyHolder,
  input: NewPersonalToken,
): Promise<{ id: Id; token: string }> {
  const { actor, keys } = caller;
  if (actor.kind !== 'PERSON') throw new Refusal('FORBIDDEN', 'Only a person may have a personal access token.');
  requireFreshSignIn(actor, 'make a personal access token');
  const name = requireName(input.name, 'name of the token');
  const expiresAt = expiryOf(input, new Date());
  const capabilities: Bits = input.capabilities ? withImplied(bitsOf(input.capabilities)) : ALL_BITS;
  const administer = input.administer ?? false;
  const { workspaceId, personId } = actor;
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const { role } = await requireMember(unit.em, workspaceId, personId);
    const { personalAccessTokens } = await policyOf(unit.em, workspaceId);
    if (!mayHavePersonalToken(role, personalAccessTokens)) {
      throw new Refusal(
        'FORBIDDEN',
        role === 'GUEST'
          ? 'A guest may not have a personal access token.'
          : 'The policy of this workspace leaves personal access tokens to owners. Ask one to change it.',
      );
    }
    if (administer && role !== 'OWNER') {
      throw new Refusal('FORBIDDEN', 'Only the token of a workspace owner may administer.', { path: ['administer'] });
    }
    const token = mintToken('PERSONAL');
    const id = newId();
    unit.em.persist(
      unit.em.create(PersonalTokenTable, {
        workspaceId,
        id,
        personId,
        name,
        hash: keyedHash(keys.for('token-hash'), token),
        lastFour: token.slice(-4),
        capabilities,
        administer,
        expiresAt,
        revokedAt: null,
        revokedBy: null,
      }),
    );
    unit.audit({
      action: 'personal_access_token.created',
      targetId: id,
      after: { name, capabilities: namesOf(capabilities), administer, expiresAt: expiresAt.toISOString() },
    });
    return { id, token };
  });
}

/** Ends a token. Refused: one that is missing, in another workspace or somebody else's, which all look the same; and one
 *  that has been ended before. */
export function revokePersonalAccessToken(caller: Caller, input: { id: Id }): Promise<{ id: Id }> {
  const { actor } = caller;
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const token = await unit.em.findOne(PersonalTokenTable, { workspaceId: actor.workspaceId, id: input.id });
    if (!token || !mayRevokePersonalToken(actor, token)) throw notFound('The personal access token');
    if (token.revokedAt) throw new Refusal('INVALID_STATE', 'This token has been ended already.');
    token.revokedAt = new Date();
    token.revokedBy = userIdOf(actor);
    unit.audit({
      action: 'personal_access_token.revoked',
      targetId: token.id,
      before: { name: token.name },
      details: { personId: token.personId },
    });
    return { id: token.id };
  });
}

/** When a new token ends. */
function expiryOf({ expiresAt, expiresInDays }: NewPersonalToken, now: Date): Date {
  if (expiresAt != null && expiresInDays != null) {
    throw new Refusal('INVALID', 'Give expiresAt or expiresInDays, not both.', { path: ['expiresAt'] });
  }
  if (expiresAt == null) {
    const days = expiresInDays ?? MAX_LIFETIME_DAYS;
    if (!(LIFETIMES_DAYS as readonly number[]).includes(days)) {
      throw new Refusal('INVALID', `expiresInDays must be one of ${LIFETIMES_DAYS.join(', ')}, but got: ${days}`, {
        path: ['expiresInDays'],
      });
    }
    return new Date(now.getTime() + days * MS_A_DAY);
  }
  const last = now.getTime() + MAX_LIFETIME_DAYS * MS_A_DAY;
  if (expiresAt.getTime() <= now.getTime() || expiresAt.getTime() > last) {
    throw new Refusal(
      'INVALID',
      `A token must end in the future and within ${MAX_LIFETIME_DAYS} days, but got: ${expiresAt.toISOString()}`,
      { path: ['expiresAt'] },
    );
  }
  return expiresAt;
}
