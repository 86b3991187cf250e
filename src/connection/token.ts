// Tokens of internal connections: minted, shown again, rotated with an overlap, ended.

import { requireAdministrator, requireFreshSignIn } from '../gate/ask.js';
import { type Id, newId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type KeyRing, keyedHash, mintToken, open, seal } from '../lib/secret.js';
import { type Caller, commit, type KeyHolder, type Unit } from '../unit-of-work.js';
import { policyOf } from '../workspace/policy.js';
import { overlap, requireOverlap } from './succession.js';
import { TokenTable } from './tables.js';

export interface RotatedToken {
  token: string;
  lastFour: string;
  /** Until when the token before this one still works; `null` when it does not, or there was none. */
  previousValidUntil: Date | null;
}

/** Gives the connection a new token. The one before works on for `overlapHours`, 0 to 24, default 24; any older one
 *  ends at once. Refused: who may not administer, a sign-in older than ten minutes, a connection that is not there. */
export function rotateToken(
  caller: KeyHolder,
  { connectionId, overlapHours }: { connectionId: Id; overlapHours?: number | null | undefined },
): Promise<RotatedToken> {
  const { actor, keys } = caller;
  requireAdministrator(actor, 'rotate tokens');
  requireFreshSignIn(actor, 'rotate a token');
  const hours = requireOverlap(overlapHours);
  return commit(caller, async (unit) => {
    const installationId = await lockInstallation(unit, connectionId);
    const previous = await overlap(unit, 'token', { holderId: installationId, hours });
    const token = await issueToken(unit, keys, installationId);
    const lastFour = token.slice(-4);
    const previousValidUntil = previous?.validUntil ?? null;
    unit.audit({
      action: 'token.rotated',
      targetId: connectionId,
      ...(previous && { before: { lastFour: previous.lastFour } }),
      after: { lastFour, previousValidUntil },
    });
    return { token, lastFour, previousValidUntil };
  });
}

/** The text of the connection's token, once more. Refused: who may not administer, a sign-in older than ten minutes, a
 *  connection that has no live token, and one whose token is shown only once. Each time is in the audit log. */
export function revealToken(
  caller: KeyHolder,
  { connectionId }: { connectionId: Id },
): Promise<{ token: string; lastFour: string }> {
  const { actor, keys } = caller;
  requireAdministrator(actor, 'see tokens again');
  requireFreshSignIn(actor, 'see a token again');
  return commit(caller, async (unit) => {
    const installationId = await lockInstallation(unit, connectionId);
    const [held] = await unit.em.execute<{ id: Id; lastFour: string; ciphertext: Buffer | null }[]>(
      `select id, last_four as "lastFour", ciphertext from token
        where workspace_id = ? and installation_id = ? and revoked_at is null and (expires_at is null or expires_at > now())
        order by created_at desc, id desc limit 1`,
      [actor.workspaceId, installationId],
    );
    if (!held) throw new Refusal('INVALID_STATE', 'This connection has no live token. Rotate it to get one.');
    const plain =
      held.ciphertext && open(keys.for('token-cipher'), held.ciphertext, tokenContext(actor.workspaceId, held.id));
    if (!plain) {
      throw new Refusal('INVALID_STATE', 'This token was shown once and is not kept. Rotate it to get a new one.');
    }
    unit.audit({ action: 'token.revealed', targetId: connectionId, details: { lastFour: held.lastFour } });
    return { token: plain.toString(), lastFour: held.lastFour };
  });
}

/** Ends a token of the connection, or every live one when none is named; it answers how many there were. Refused: who
 *  may not administer, and when there was none. */
export function revokeToken(
  caller: Caller,
  { connectionId, tokenId }: { connectionId: Id; tokenId?: Id | null | undefined },
): Promise<{ revoked: number }> {
  const { actor } = caller;
  requireAdministrator(actor, 'revoke tokens');
  return commit(caller, async (unit) => {
    const installationId = await lockInstallation(unit, connectionId);
    const ended = await unit.em.execute<{ lastFour: string }[]>(
      `update token set revoked_at = now(), ciphertext = null
        where workspace_id = ? and installation_id = ? and revoked_at is null and (expires_at is null or expires_at > now())
          ${tokenId ? 'and id = ?' : ''}
       returning last_four as "lastFour"`,
      [actor.workspaceId, installationId, ...(tokenId ? [tokenId] : [])],
    );
    if (ended.length === 0) {
      throw tokenId
        ? notFound('The token')
        : new Refusal('INVALID_STATE', 'This connection has no live token to revoke.');
    }
    unit.audit({
      action: 'token.revoked',
      targetId: connectionId,
      before: { lastFour: ended.map(({ lastFour }) => lastFour) },
    });
    return { revoked: ended.length };
  });
}

/** Mints a token for an installation, as part of a larger command. Where policy shows tokens once, nothing of it is kept
 *  that could be shown again. */
export async function issueToken(unit: Unit, keys: KeyRing, installationId: Id): Promise<string> {
  const { workspaceId } = unit.actor;
  const { showOnceTokens } = await policyOf(unit.em, workspaceId);
  const text = mintToken('INTERNAL');
  const id = newId();
  unit.em.persist(
    unit.em.create(TokenTable, {
      workspaceId,
      id,
      kind: 'INTERNAL',
      installationId,
      hash: keyedHash(keys.for('token-hash'), text),
      lastFour: text.slice(-4),
      ciphertext: showOnceTokens
        ? null
        : seal(keys.for('token-cipher'), Buffer.from(text), tokenContext(workspaceId, id)),
      expiresAt: null,
      revokedAt: null,
    }),
  );
  await unit.em.flush();
  return text;
}

/** A ciphertext opens for the row it was made for and no other. */
const tokenContext = (workspaceId: Id, tokenId: Id): string => `${workspaceId}/${tokenId}`;

/** The connection's own installation, at home in the actor's workspace, locked against concurrent commands. Those people
 *  installed for themselves have tokens that are nobody else's. */
export async function lockInstallation({ em, actor }: Unit, connectionId: Id): Promise<Id> {
  const [installation] = await em.execute<{ id: Id }[]>(
    `select id from installation
      where workspace_id = ? and connection_id = ? and installed_by is null and status <> 'ENDED' for update`,
    [actor.workspaceId, connectionId],
  );
  if (!installation) throw notFound('The connection');
  return installation.id;
}
