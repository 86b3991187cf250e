// Tokens of clients: issued in pairs, found again by their hash, ended as a family.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { WorkspaceRole } from '../gate/actor.js';
import type { Bits } from '../gate/capability.js';
import { type Id, newId } from '../lib/id.js';
import { isWellFormedToken, type KeyRing, keyedHash } from '../lib/secret.js';
import type { Unit } from '../unit-of-work.js';

export const ACCESS_TOKEN_SECONDS = 3_600;
/** Since it was issued; every refresh gives a new one. */
export const REFRESH_TOKEN_DAYS = 90;

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

/** Whose a token is, and what became of it. */
export interface ClientToken {
  workspaceId: Id;
  id: Id;
  kind: 'ACCESS' | 'REFRESH';
  familyId: Id;
  installationId: Id;
  connectionId: Id;
  botId: Id;
  personId: Id;
  /** Of the person, by now; `null` when she has left. */
  role: WorkspaceRole | null;
  capabilities: Bits;
  /** Neither ended, expired nor spent, of an installation that works. */
  isLive: boolean;
  /** Seconds since 1970. */
  issuedAt: number;
  expiresAt: number;
}

/** The token with this text, if it was given to this client; `null` for anything else. */
export async function findClientToken(
  em: EntityManager,
  keys: KeyRing,
  clientId: Id,
  text: string,
): Promise<ClientToken | null> {
  if (!isWellFormedToken(text)) return null;
  const [found] = await em.execute<ClientToken[]>(
    `select t.workspace_id as "workspaceId", t.id, t.kind, t.family_id as "familyId", i.id as "installationId",
            i.connection_id as "connectionId", i.bot_id as "botId", i.installed_by as "personId", m.role,
            coalesce(g.capabilities, 0) as capabilities,
            t.revoked_at is null and t.expires_at > now() and t.spent_at is null and i.status = 'ACTIVE'
              and c.status = 'ACTIVE' and w.deleted_at is null and m.person_id is not null as "isLive",
            floor(extract(epoch from t.created_at))::float8 as "issuedAt",
            floor(extract(epoch from t.expires_at))::float8 as "expiresAt"
       from token t
       join installation i on i.workspace_id = t.workspace_id and i.id = t.installation_id
       join workspace w on w.id = i.workspace_id
       join connection c on c.id = i.connection_id
       left join capability_grant g
         on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
       left join membership m
         on m.workspace_id = i.workspace_id and m.person_id = i.installed_by and m.ended_at is null
      where t.hash = ? and t.family_id is not null and i.connection_id = ?`,
    [keyedHash(keys.for('token-hash'), text), clientId],
  );
  return found ?? null;
}

/** Writes down a pair that was minted, as part of a larger command. */
export async function issuePair(
  em: EntityManager,
  keys: KeyRing,
  { workspaceId, installationId, familyId }: { workspaceId: Id; installationId: Id; familyId: Id },
  { accessToken, refreshToken }: TokenPair,
): Promise<void> {
  const hash = (text: string) => keyedHash(keys.for('token-hash'), text);
  const common = [installationId, familyId];
  await em.execute(
    `insert into token (workspace_id, id, kind, hash, last_four, expires_at, installation_id, family_id) values
       (?, ?, 'ACCESS', ?, ?, now() + make_interval(secs => ?), ?, ?),
       (?, ?, 'REFRESH', ?, ?, now() + make_interval(days => ?), ?, ?)`,
    [
      ...[workspaceId, newId(), hash(accessToken), accessToken.slice(-4), ACCESS_TOKEN_SECONDS, ...common],
      ...[workspaceId, newId(), hash(refreshToken), refreshToken.slice(-4), REFRESH_TOKEN_DAYS, ...common],
    ],
  );
}

/** Ends all tokens that came of one code; it answers how many still worked. */
export async function endFamily(
  { em }: Pick<Unit, 'em'>,
  { workspaceId, familyId }: { workspaceId: Id; familyId: Id },
): Promise<number> {
  const ended = await em.execute<object[]>(
    `update token set revoked_at = now(), ciphertext = null
      where workspace_id = ? and family_id = ? and revoked_at is null returning id`,
    [workspaceId, familyId],
  );
  return ended.length;
}
