// Codes: made on the consent page, redeemed once. The code itself is nowhere; the database knows its keyed hash, what was
// agreed to, and the consent page it was agreed on.

import type { EntityManager } from '@mikro-orm/postgresql';
import { type PersonActor, userIdOf, type WorkspaceRole } from '../gate/actor.js';
import { type Bits, bitsOf, type Capability } from '../gate/capability.js';
import { type Id, newId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type KeyRing, keyedHash, mintToken } from '../lib/secret.js';

const CODE_SECONDS = 60;
/** How long a code is kept after it was made: a second redemption is recognised as long. */
const KEPT_DAYS = 7;

export interface Consent {
  /** Of the page she agreed on. */
  nonce: Buffer;
  connectionId: Id;
  redirectUri: string;
  codeChallenge: string;
  capabilities: readonly Capability[];
  resourceIds: readonly Id[];
}

/** What somebody agreed to, and what became of it. */
export interface StoredCode {
  workspaceId: Id;
  id: Id;
  connectionId: Id;
  personId: Id;
  /** Of the person, by now; `null` when she has left. */
  role: WorkspaceRole | null;
  redirectUri: string;
  codeChallenge: string;
  capabilities: Bits;
  resourceIds: Id[];
  isRedeemed: boolean;
  isExpired: boolean;
}

/** Makes a code for what somebody agrees to; nothing is installed or shared before a client redeems it. Refused: a page
 *  that was answered already. */
export async function makeCode(
  em: EntityManager,
  keys: KeyRing,
  actor: PersonActor,
  { nonce, connectionId, redirectUri, codeChallenge, capabilities, resourceIds }: Consent,
): Promise<string> {
  const code = mintToken('CODE');
  await em.execute(
    'delete from authorization_code where workspace_id = ? and created_at < now() - make_interval(days => ?)',
    [actor.workspaceId, KEPT_DAYS],
  );
  const made = await em.execute<object[]>(
    `insert into authorization_code (workspace_id, id, hash, nonce, connection_id, person_id, redirect_uri, code_challenge,
                                     capabilities, resource_ids, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, array(select jsonb_array_elements_text(?::jsonb)::uuid),
             now() + make_interval(secs => ?))
     on conflict (nonce) do nothing returning id`,
    [
      ...[actor.workspaceId, newId(), hashOf(keys, code), nonce, connectionId, userIdOf(actor), redirectUri],
      ...[codeChallenge, bitsOf(capabilities), JSON.stringify(resourceIds), CODE_SECONDS],
    ],
  );
  if (made.length === 0) throw answeredAlready();
  return code;
}

export const answeredAlready = (): Refusal =>
  new Refusal('INVALID_STATE', 'This page was answered already. Start again where you came from.');

/** The code with this text; `null` when there is none. */
export async function findCode(em: EntityManager, keys: KeyRing, code: string): Promise<StoredCode | null> {
  const [found] = await em.execute<StoredCode[]>(
    `select a.workspace_id as "workspaceId", a.id, a.connection_id as "connectionId", a.person_id as "personId", m.role,
            a.redirect_uri as "redirectUri", a.code_challenge as "codeChallenge", a.capabilities,
            a.resource_ids as "resourceIds", a.redeemed_at is not null as "isRedeemed",
            a.expires_at <= now() as "isExpired"
       from authorization_code a
       left join membership m
         on m.workspace_id = a.workspace_id and m.person_id = a.person_id and m.ended_at is null
      where a.hash = ?`,
    [hashOf(keys, code)],
  );
  return found ?? null;
}

/** Takes a code, once: of any number who come at the same time one is told that it did. */
export async function redeemCode(em: EntityManager, { workspaceId, id }: StoredCode): Promise<boolean> {
  const taken = await em.execute<object[]>(
    `update authorization_code set redeemed_at = now()
      where workspace_id = ? and id = ? and redeemed_at is null and expires_at > now() returning id`,
    [workspaceId, id],
  );
  return taken.length === 1;
}

const hashOf = (keys: KeyRing, code: string): Buffer => keyedHash(keys.for('token-hash'), code);
