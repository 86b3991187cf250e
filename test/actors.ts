// Who asks in tests of people and settings: somebody signed in, in-process; a personal token or a connection, over HTTP.

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { operatorOf, type PersonActor, type WorkspaceRole } from '../src/gate/actor.js';
import { bitsOfRole } from '../src/gate/rules.js';
import { type Id, newId } from '../src/lib/id.js';
import { createPersonalAccessToken, type NewPersonalToken } from '../src/people/personal-token-lifecycle.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';
import { type Answer, post, type World } from './world.js';

const MS_A_MINUTE = 60_000;

export interface SignedIn {
  /** Since when. Default: just now. */
  minutesAgo?: number;
  /** Default: the world's. */
  workspaceId?: Id;
}

/** A person as the gateway takes her when she is signed in: her role is read now, as it is at the start of each request.
 *  Fails for who is no member. */
export async function signedIn(
  world: World,
  personId: Id,
  { minutesAgo = 0, workspaceId = world.workspaceId }: SignedIn = {},
): Promise<PersonActor> {
  const [membership] = await world.sql<{ role: WorkspaceRole }>(
    `select m.role from membership m join workspace w on w.id = m.workspace_id
      where m.workspace_id = $1 and m.person_id = $2 and m.ended_at is null and w.deleted_at is null`,
    [workspaceId, personId],
  );
  if (!membership) throw new Error('She is no member.');
  const { role } = membership;
  return {
    kind: 'PERSON',
    workspaceId,
    personId,
    role,
    bits: bitsOfRole(role),
    session: { id: newId(), signedInAt: new Date(Date.now() - minutesAgo * MS_A_MINUTE) },
  };
}

export type Asked = Pick<Answer, 'data' | 'errors' | 'extensions'>;

/** Asks in-process as this actor. */
export async function askAs(
  { gateway, store }: World,
  actor: PersonActor,
  document: TypedDocumentNode | string,
  variables: Record<string, unknown> = {},
): Promise<Asked> {
  const query = typeof document === 'string' ? document : print(document);
  const { body } = await gateway.apollo.executeOperation(
    { query, variables },
    { contextValue: gateway.contextFor(actor, store.reader()) },
  );
  if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
  return JSON.parse(JSON.stringify(body.singleResult)) as Asked;
}

/** Makes a personal token for somebody and gives its text. */
export async function personalToken(
  world: World,
  personId: Id,
  input: Partial<NewPersonalToken> = {},
  options: SignedIn = {},
): Promise<string> {
  const actor = await signedIn(world, personId, options);
  return (await createPersonalAccessToken(world.store.callerFor(actor), { name: 'Script', ...input })).token;
}

/** Asks over HTTP with a token. */
export const askWith = (
  world: World,
  token: string,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> => post(`${world.url}/graphql`, token, document, variables);

/** The first code of `userErrors` of the first mutation, of the errors at the top, or OK. */
export function outcomeOf({ data, errors }: Asked): string {
  if (errors?.[0]) return errors[0].extensions.code;
  const [payload] = Object.values(data ?? {}) as { userErrors?: { code: string }[] }[];
  return payload?.userErrors?.[0]?.code ?? 'OK';
}

/** Another workspace in the same database. */
export const anotherWorkspace = async ({ store }: World, name = 'Elsewhere'): Promise<Id> =>
  (await createWorkspace(store, { name })).id;

/** The operator in this workspace, as the command line is. */
export const operator = ({ store, workspaceId }: World, id: Id = workspaceId) => store.callerFor(operatorOf(id));
