// A workspace of its own for the matrix, with everybody who may come to its door, and things made anew for each question.

import { createConnection } from '../../src/connection/lifecycle.js';
import { operatorOf, type WorkspaceRole } from '../../src/gate/actor.js';
import { ALL_BITS, CAPABILITIES } from '../../src/gate/capability.js';
import { bitsOfRole } from '../../src/gate/rules.js';
import { type Id, newId } from '../../src/lib/id.js';
import { keyedHash, mintToken } from '../../src/lib/secret.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { createPersonalAccessToken } from '../../src/people/personal-token-lifecycle.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { type Asker, credentialsOf, type SignedIn, type World } from '../world.js';

/** What came back: the data, or the code of the first error. */
export interface Came {
  status: number;
  data: Record<string, unknown> | null | undefined;
  code: string | undefined;
}

export interface Visitor {
  name: string;
  ask(query: string, variables?: Record<string, unknown>): Promise<Came>;
}

export interface Stage {
  workspaceId: Id;
  workspaceName: string;
  /** The connection that is one of the visitors. */
  connectionId: Id;
  installationId: Id;
  visitors: Visitor[];
  connection(): Promise<{ id: Id; installationId: Id }>;
  /** A connection whose checklist is done. */
  publishable(): Promise<Id>;
  page(): Promise<Id>;
  person(role?: WorkspaceRole): Promise<Id>;
}

export async function openStage(world: World): Promise<Stage> {
  const { store } = world;
  const workspaceName = `Stage ${newId()}`;
  const { id: workspaceId } = await createWorkspace(store, { name: workspaceName });
  const elsewhere = (await createWorkspace(store, { name: 'Elsewhere' })).id;
  const operating = store.callerFor(operatorOf(workspaceId));
  const person = async (role: WorkspaceRole = 'MEMBER', at = workspaceId): Promise<Id> => {
    const caller = store.callerFor(operatorOf(at));
    return (await createPerson(caller, { name: 'Somebody', email: `${newId()}@example.org`, role })).id;
  };
  const connection = async () => {
    const made = await createConnection(operating, { name: 'Board', capabilities: [...CAPABILITIES] });
    return { id: made.connection.id, installationId: made.installation.id, token: made.token };
  };

  const http = (name: string, credentials: Record<string, string>): Visitor => ({
    name,
    ask: async (query, variables) => {
      const response = await fetch(`${world.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...credentials },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as CameRaw;
      return { status: response.status, data, code: errors?.[0]?.extensions?.code };
    },
  });
  const signed = async (id: Id, at = workspaceId): Promise<SignedIn> => ({
    ...(await world.signedIn({ id })),
    workspaceId: at,
  });

  const [guest, member, owner, stranger] = [
    await person('GUEST'),
    await person('MEMBER'),
    await person('OWNER'),
    await person('OWNER', elsewhere),
  ];
  const own = await connection();
  const ownerHere = store.callerFor({
    kind: 'PERSON',
    workspaceId,
    personId: owner,
    role: 'OWNER',
    bits: bitsOfRole('OWNER'),
    session: { id: newId(), signedInAt: new Date() },
  });
  const narrow = await createPersonalAccessToken(ownerHere, { name: 'Script' });
  const broad = await createPersonalAccessToken(ownerHere, { name: 'Setup', administer: true });
  /** What the owner has installed for herself, with everything granted. */
  const client = async (): Promise<string> => {
    const { id: connectionId } = await connection();
    const [installationId, token] = [newId(), mintToken('ACCESS')];
    await world.sql(`update connection set kind = 'PUBLIC', published_at = now() where id = $1`, [connectionId]);
    await world.sql(
      `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status) values ($1, $2, $3, $4, $5, 'ACTIVE')`,
      [workspaceId, installationId, connectionId, newId(), owner],
    );
    await world.sql(
      'insert into capability_grant (workspace_id, id, installation_id, capabilities) values ($1, $2, $3, $4)',
      [workspaceId, newId(), installationId, ALL_BITS],
    );
    await world.sql(
      `insert into token (workspace_id, id, kind, installation_id, family_id, hash, last_four) values ($1, $2, 'ACCESS', $3, $2, $4, $5)`,
      [workspaceId, newId(), installationId, keyedHash(store.keys.for('token-hash'), token), token.slice(-4)],
    );
    return token;
  };
  const bearer = (token: string) => credentialsOf({ token } as Asker);
  const operator: Visitor = {
    name: 'operator',
    ask: async (query, variables) => {
      const ctx = world.gateway.contextFor(operatorOf(workspaceId), store.reader());
      const { body } = await world.gateway.apollo.executeOperation(
        { query, ...(variables && { variables }) },
        { contextValue: ctx },
      );
      const { data, errors } = (body.kind === 'single' ? body.singleResult : {}) as CameRaw;
      return { status: 200, data, code: errors?.[0]?.extensions?.code };
    },
  };

  return {
    workspaceId,
    workspaceName,
    connectionId: own.id,
    installationId: own.installationId,
    // From the weakest on: what one may change is there for those before.
    visitors: [
      http('nobody', {}),
      http('guest', credentialsOf(await signed(guest))),
      http('owner elsewhere', credentialsOf(await signed(stranger, elsewhere))),
      http('connection', bearer(own.token)),
      http('client', bearer(await client())),
      http('owner acting as it', credentialsOf({ ...(await signed(owner)), actAs: own.installationId })),
      http('member', credentialsOf(await signed(member))),
      http('token', bearer(narrow.token)),
      http('administering token', bearer(broad.token)),
      http('owner', credentialsOf(await signed(owner))),
      operator,
    ],
    connection,
    publishable: async () => {
      const { id } = await connection();
      await world.sql(
        `update connection set company = 'Board Ltd', privacy_url = 'https://board.example/p', terms_url = 'https://board.example/t',
                installation_scope = 'ANY', redirect_uris = '{https://board.example/callback}' where id = $1`,
        [id],
      );
      return id;
    },
    page: async () => {
      const id = newId();
      await world.sql(
        `insert into page (workspace_id, id, parent_kind, title, ancestors) values ($1, $2, 'WORKSPACE', 'Page', array[$2::uuid])`,
        [workspaceId, id],
      );
      return id;
    },
    person,
  };
}

interface CameRaw {
  data?: Record<string, unknown> | null;
  errors?: { extensions?: { code?: string } }[];
}
