// Links that work once: printed or handed out whole, kept as a keyed hash. Opening one does nothing yet; what it is for is
// done by the form behind it, in the transaction that uses it up. What each kind does stands in setup.ts,
// sign-in-link.ts and invitation.ts.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { WorkspaceRole } from '../gate/actor.js';
import { type Id, newId } from '../lib/id.js';
import { notFound, type Refusal } from '../lib/refusal.js';
import { isWellFormedSignInSecret, type KeyRing, keyedHash, mintSignInSecret } from '../lib/secret.js';

export type LinkKind = 'SETUP' | 'SIGN_IN' | 'INVITATION';

/** How long each works when it is not used. */
const LIVES_MINUTES: Readonly<Record<LinkKind, number>> = {
  SETUP: 24 * 60,
  SIGN_IN: 15,
  INVITATION: 7 * 24 * 60,
};

const PATHS: Readonly<Record<LinkKind, string>> = { SETUP: '/setup/', SIGN_IN: '/sign-in/', INVITATION: '/invite/' };

export interface OneTimeLink {
  id: Id;
  kind: LinkKind;
  workspaceId: Id | null;
  personId: Id | null;
  email: string | null;
  name: string | null;
  role: WorkspaceRole | null;
  createdBy: Id | null;
}

export interface MadeLink {
  id: Id;
  /** What follows the public URL: given out here and never again. */
  path: string;
  expiresAt: Date;
}

/** Makes a link. Those of the same kind for the same thing that nobody has used yet stop working. */
export async function makeLink(
  em: EntityManager,
  keys: KeyRing,
  given: Pick<OneTimeLink, 'kind'> & Partial<OneTimeLink>,
): Promise<MadeLink> {
  const { kind, workspaceId = null, personId = null, email = null, name = null, role = null, createdBy = null } = given;
  await em.execute(
    `update one_time_link set revoked_at = now()
      where kind = ? and used_at is null and revoked_at is null and workspace_id is not distinct from ?::uuid
        and person_id is not distinct from ?::uuid and lower(email) is not distinct from lower(?)`,
    [kind, workspaceId, personId, email],
  );
  const [id, secret] = [newId(), mintSignInSecret('LINK')];
  const [made] = await em.execute<{ expiresAt: Date }[]>(
    `insert into one_time_link (id, kind, hash, workspace_id, person_id, email, name, role, created_by, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, now() + make_interval(mins => ?))
     returning expires_at as "expiresAt"`,
    [id, kind, hashOf(keys, secret), workspaceId, personId, email, name, role, createdBy, LIVES_MINUTES[kind]],
  );
  return { id, path: PATHS[kind] + secret, expiresAt: new Date(made!.expiresAt) };
}

/** The link with this secret while it works; `undefined` when it was used, has expired, or never was. */
export async function findLink(
  em: EntityManager,
  keys: KeyRing,
  kind: LinkKind,
  secret: string,
): Promise<OneTimeLink | undefined> {
  if (!isWellFormedSignInSecret('LINK', secret)) return undefined;
  const [link] = await em.execute<OneTimeLink[]>(
    `select id, kind, workspace_id as "workspaceId", person_id as "personId", email, name, role,
            created_by as "createdBy"
       from one_time_link where hash = ? and kind = ? and ${WORKS}`,
    [hashOf(keys, secret), kind],
  );
  return link;
}

/** Uses a link up, once, whoever else tries at this moment. Throws `deadLink` when it does not work (any more). */
export async function useLink(em: EntityManager, { id }: Pick<OneTimeLink, 'id'>): Promise<void> {
  const used = await em.execute<object[]>(
    `update one_time_link set used_at = now() where id = ? and ${WORKS} returning id`,
    [id],
  );
  if (used.length === 0) throw deadLink();
}

/** The same words whatever was wrong with it. */
export const deadLink = (): Refusal => notFound('A link that works');

const WORKS = 'used_at is null and revoked_at is null and expires_at > now()';

const hashOf = (keys: KeyRing, secret: string): Buffer => keyedHash(keys.for('link-hash'), secret);
