// Secrets of public connections' clients: minted, rotated with an overlap, checked.

import type { EntityManager } from '@mikro-orm/postgresql';
import { requireAdministrator, requireFreshSignIn } from '../gate/ask.js';
import { type Id, newId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type KeyRing, keyedHash, mintToken } from '../lib/secret.js';
import { commit, type KeyHolder, type Unit } from '../unit-of-work.js';
import { lockConnection } from './lifecycle.js';
import { overlap, requireOverlap } from './succession.js';

export interface RotatedClientSecret {
  clientSecret: string;
  /** Until when the secret before this one still works; `null` when it does not. */
  previousValidUntil: Date | null;
}

/** Gives a public connection's client a new secret; the one before works on for `overlapHours`, 0 to 24, default 24.
 *  Refused: who may not administer, a sign-in older than ten minutes, a connection that is not public. */
export function rotateClientSecret(
  caller: KeyHolder,
  { connectionId, overlapHours }: { connectionId: Id; overlapHours?: number | null | undefined },
): Promise<RotatedClientSecret> {
  const { actor, keys } = caller;
  requireAdministrator(actor, 'rotate client secrets');
  requireFreshSignIn(actor, 'rotate a client secret');
  const hours = requireOverlap(overlapHours);
  return commit(caller, async (unit) => {
    const connection = await lockConnection(unit, connectionId);
    if (connection.kind !== 'PUBLIC') {
      throw new Refusal('INVALID_STATE', 'Only a public connection has a client secret. Publish it first.');
    }
    const previous = await overlap(unit, 'clientSecret', { holderId: connectionId, hours });
    const clientSecret = await issueClientSecret(unit, keys, connectionId);
    const previousValidUntil = previous?.validUntil ?? null;
    unit.audit({
      action: 'client_secret.rotated',
      targetId: connectionId,
      after: { lastFour: clientSecret.slice(-4), previousValidUntil },
    });
    return { clientSecret, previousValidUntil };
  });
}

/** Mints a client secret, as part of a larger command. */
export async function issueClientSecret({ em, actor }: Unit, keys: KeyRing, connectionId: Id): Promise<string> {
  const text = mintToken('CLIENT_SECRET');
  await em.execute(
    'insert into client_secret (workspace_id, id, connection_id, hash, last_four) values (?, ?, ?, ?, ?)',
    [actor.workspaceId, newId(), connectionId, keyedHash(keys.for('token-hash'), text), text.slice(-4)],
  );
  return text;
}

/** Whether this is a live secret of the client, which is the public connection with this id. By its hash alone, so that
 *  comparing tells nothing. */
export async function isClientSecret(em: EntityManager, keys: KeyRing, clientId: Id, text: string): Promise<boolean> {
  const found = await em.execute<object[]>(
    `select 1 from client_secret s join connection c on c.workspace_id = s.workspace_id and c.id = s.connection_id
      where s.hash = ? and s.connection_id = ? and s.revoked_at is null
        and (s.expires_at is null or s.expires_at > now()) and c.kind = 'PUBLIC' and c.status = 'ACTIVE'`,
    [keyedHash(keys.for('token-hash'), text), clientId],
  );
  return found.length > 0;
}
