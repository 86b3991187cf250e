// Refresh tokens: each is used once and answers a new pair. Whoever asks twice because the answer got lost is given the
// same pair again for a few seconds; whoever comes later with a spent one has found or stolen it, and all tokens of its
// family end. No library knows this grant; here it is one compare-and-swap. A refresh is not in the audit log: a client does it every hour, and may do no more after it.

import { type KeyRing, mintToken, open, seal } from '../lib/secret.js';
import type { Unit } from '../unit-of-work.js';
import { ACCESS_TOKEN_SECONDS, type ClientToken, endFamily, issuePair, type TokenPair } from './client-token.js';
import { invalidGrant } from './problem.js';

const GRACE_SECONDS = 10;
/** How long expired tokens are kept. */
const KEPT_DAYS = 30;

export interface Rotated extends TokenPair {
  /** Seconds the access token works on. */
  expiresIn: number;
}

/** The pair that follows a refresh token. Throws `OAuthProblem`; what was done because of it is to be committed. */
export async function rotate(unit: Unit, keys: KeyRing, spent: ClientToken): Promise<Rotated> {
  const { em } = unit;
  const { workspaceId, id } = spent;
  const cipher = keys.for('token-cipher');
  const context = `${workspaceId}/${id}/successors`;
  const pair: TokenPair = { accessToken: mintToken('ACCESS'), refreshToken: mintToken('REFRESH') };
  const taken = await em.execute<object[]>(
    `update token t set spent_at = clock_timestamp(), ciphertext = ?
      where t.workspace_id = ? and t.id = ? and t.kind = 'REFRESH' and t.spent_at is null and t.revoked_at is null
        and t.expires_at > now()
        and exists (
          select from installation i
            join workspace w on w.id = i.workspace_id and w.deleted_at is null
            join connection c on c.id = i.connection_id
            join membership m on m.workspace_id = i.workspace_id and m.person_id = i.installed_by and m.ended_at is null
           where i.workspace_id = t.workspace_id and i.id = t.installation_id
             and i.status = 'ACTIVE' and c.status = 'ACTIVE')
     returning t.id`,
    [seal(cipher, Buffer.from(`${pair.accessToken} ${pair.refreshToken}`), context), workspaceId, id],
  );
  if (taken.length === 1) {
    await issuePair(em, keys, spent, pair);
    await tidy(unit, spent);
    return { ...pair, expiresIn: ACCESS_TOKEN_SECONDS };
  }
  const [now] = await em.execute<
    { isRevoked: boolean; isSpent: boolean; isFresh: boolean; ciphertext: Buffer | null; secondsAgo: number }[]
  >(
    `select revoked_at is not null as "isRevoked", spent_at is not null as "isSpent",
            spent_at > clock_timestamp() - make_interval(secs => ?) as "isFresh", ciphertext,
            extract(epoch from clock_timestamp() - spent_at)::float8 as "secondsAgo"
       from token where workspace_id = ? and id = ?`,
    [GRACE_SECONDS, workspaceId, id],
  );
  if (now && !now.isRevoked && now.isSpent && now.isFresh) {
    const opened = now.ciphertext && open(cipher, now.ciphertext, context);
    const [accessToken, refreshToken] = opened?.toString().split(' ') ?? [];
    if (accessToken === undefined || refreshToken === undefined) throw invalidGrant();
    return { accessToken, refreshToken, expiresIn: Math.floor(ACCESS_TOKEN_SECONDS - now.secondsAgo) };
  }
  if (now && !now.isRevoked && now.isSpent && (await endFamily(unit, spent)) > 0) {
    unit.audit({
      action: 'token.revoked',
      targetId: spent.installationId,
      details: { because: 'A refresh token was used again.', connectionId: spent.connectionId },
      byNobody: true,
    });
  }
  throw invalidGrant();
}

/** What nobody can ask for any more is not kept: pairs that were given again, tokens that expired long ago. */
async function tidy({ em }: Unit, { workspaceId, familyId }: ClientToken): Promise<void> {
  await em.execute(
    `update token set ciphertext = null
      where workspace_id = ? and family_id = ? and spent_at < now() - make_interval(secs => ?) and ciphertext is not null`,
    [workspaceId, familyId, GRACE_SECONDS],
  );
  await em.execute(
    'delete from token where workspace_id = ? and family_id = ? and expires_at < now() - make_interval(days => ?)',
    [workspaceId, familyId, KEPT_DAYS],
  );
}
