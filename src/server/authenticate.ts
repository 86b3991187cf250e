// Who is calling? One statement from a token to an actor. What is refused is refused with the same words, whatever
// was wrong with the token; a token that cannot be ours never reaches the database.

import { installationBits, installationWorks, tokenLives } from '../connection/admission.js';
import type { Reader } from '../context.js';
import type { Actor, ConnectionActor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { isWellFormedToken, type KeyRing, keyedHash, TOKEN_PREFIXES } from '../lib/secret.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Budgets, Charge, Charged, ChargedRow } from './budget.js';
import { authenticatePersonalToken } from './personal-token.js';

export const unauthenticated = (): Refusal =>
  new Refusal(
    'UNAUTHENTICATED',
    'Send a token: "Authorization: Bearer gth_…". None came, or it is not valid (any more).',
  );

/** What a token is known by, here and in the database. */
export interface Credential {
  hash: Buffer;
  /** The hash as a key of maps. */
  name: string;
  /** A person's own token, by its prefix; else one of a connection. */
  isPersonal: boolean;
}

/** Who a token stands for. */
export interface Authenticated {
  actor: Actor;
  charged: Charged;
  tokenId: Id;
}

/** Of headers seen lately. It says nothing about whether a token is live; hashing it and checking its sum took a tenth
 *  of the time of a request. */
const KEPT_CREDENTIALS = 1_000;

/** Reads the tokens of requests. */
export class Credentials {
  private readonly kept = new Map<string, Credential>();

  constructor(private readonly keys: KeyRing) {}

  /** Throws `UNAUTHENTICATED` for anything but exactly one `Bearer` with what may be a token of ours. */
  of(authorization: readonly string[]): Credential {
    const [header] = authorization;
    if (header === undefined || authorization.length !== 1) throw unauthenticated();
    const known = this.kept.get(header);
    if (known) return known;
    const token = header.match(/^Bearer ([^\s,]+)$/i)?.[1];
    if (!token || !isWellFormedToken(token)) throw unauthenticated();
    const hash = keyedHash(this.keys.for('token-hash'), token);
    const isPersonal = token.startsWith(TOKEN_PREFIXES.PERSONAL);
    const credential = { hash, name: hash.toString('base64'), isPersonal };
    if (this.kept.size >= KEPT_CREDENTIALS) this.kept.clear();
    this.kept.set(header, credential);
    return credential;
  }
}

/** The actor behind a token, and the points it has left: both in one statement, which charges `points` as well, when
 *  there are as many. Throws `UNAUTHENTICATED` for a token that is not live; nobody is charged then. */
export async function authenticate(
  { hash, name, isPersonal }: Credential,
  reader: Reader,
  { budgets, points }: { budgets: Budgets; points: number },
): Promise<Authenticated> {
  const charge = budgets.charge(name, points);
  let found: Authenticated | null;
  try {
    found = await (isPersonal ? authenticatePersonalToken : authenticateConnection)(hash, reader, charge);
  } catch (error) {
    charge.failed();
    throw error;
  }
  if (!found) throw unauthenticated();
  return found;
}

type ConnectionRow = Omit<ConnectionActor, 'kind'> & ChargedRow & { tokenId: Id };

async function authenticateConnection(hash: Buffer, reader: Reader, charge: Charge): Promise<Authenticated | null> {
  const [row] = await reader.rows(sql<ConnectionRow>`
    with who as (
      select ${installationColumns}, t.id as "tokenId"
        from token t
        join installation i on i.workspace_id = t.workspace_id and i.id = t.installation_id
        ${grantAndConnection}
       where t.hash = ${hash} and ${tokenLives} and ${installationWorks})
    ${charge.statement(sql`who."workspaceId"`, sql`who."installationId"`)}`);
  if (!row) return null;
  const { before, after, tokenId, ...identity } = row;
  return { actor: { kind: 'CONNECTION', ...identity, tokenId }, charged: charge.settle({ before, after }), tokenId };
}

/** The actor that an installation is, for the command line; `null` when there is no live one with this id or of this connection. */
export async function actAs(connectionOrInstallationId: Id, reader: Reader): Promise<Actor | null> {
  const [row] = await reader.rows(sql<Omit<ConnectionActor, 'kind'>>`
    select ${installationColumns}
      from installation i ${grantAndConnection}
     where (i.id = ${connectionOrInstallationId}::uuid or i.connection_id = ${connectionOrInstallationId}::uuid)
       and ${installationWorks}
     order by i.created_at limit 1`);
  return row ? { kind: 'CONNECTION', ...row } : null;
}

/** The actor a working installation of this workspace is; `null` when there is none with this id. */
export const installationIn = (workspaceId: Id, installationId: Id, reader: Reader): Promise<ConnectionActor | null> =>
  installationWhere(sql`i.workspace_id = ${workspaceId} and i.id = ${installationId}::uuid`, reader);

/** The actor of the one working installation `i` that meets a condition; `null` when none does. */
export async function installationWhere(condition: Sql, reader: Reader): Promise<ConnectionActor | null> {
  const [row] = await reader.rows(sql<Omit<ConnectionActor, 'kind'>>`
    select ${installationColumns}
      from installation i ${grantAndConnection}
     where ${condition} and ${installationWorks}`);
  return row ? { kind: 'CONNECTION', ...row } : null;
}

const installationColumns = sql`
  i.workspace_id as "workspaceId", i.connection_id as "connectionId", i.id as "installationId", i.bot_id as "botId",
  i.installed_by as "installedById", ${installationBits} as bits`;

const grantAndConnection = sql`
  join workspace w on w.id = i.workspace_id
  join connection c on c.id = i.connection_id
  join capability_grant g on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
  left join membership m on m.workspace_id = i.workspace_id and m.person_id = i.installed_by and m.ended_at is null`;
