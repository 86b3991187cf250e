// People as they are at the moment they ask, and their tokens: for tests of what members, owners and tokens may.

import { operatorOf, type PersonActor, type WorkspaceRole } from '../src/gate/actor.js';
import type { Id } from '../src/lib/id.js';
import { createPersonalAccessToken, type NewPersonalToken } from '../src/people/personal-token-lifecycle.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';
import { type Asked, type SignedIn, signedIn } from './asking.js';
import { type Answer, post, type World } from './world.js';

/** Somebody signed in, in the role she has now, as it is read at the start of each request. Fails for who is no member. */
export async function asMember(world: World, id: Id, options: SignedIn = {}): Promise<PersonActor> {
  const [membership] = await world.sql<{ role: WorkspaceRole }>(
    `select m.role from membership m join workspace w on w.id = m.workspace_id
      where m.workspace_id = $1 and m.person_id = $2 and m.ended_at is null and w.deleted_at is null`,
    [options.workspaceId ?? world.workspaceId, id],
  );
  if (!membership) throw new Error('She is no member.');
  return signedIn(world, { id }, membership.role, options);
}

/** Makes a personal token for somebody and gives its text. */
export async function personalToken(
  world: World,
  personId: Id,
  input: Partial<NewPersonalToken> = {},
): Promise<string> {
  const caller = world.store.callerFor(await asMember(world, personId));
  return (await createPersonalAccessToken(caller, { name: 'Script', ...input })).token;
}

/** Asks over HTTP with a token. */
export const askWith = (
  world: World,
  token: string,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> => post(`${world.url}/graphql`, token, document, variables);

/** The code of the first error at the top, else of the first in the payload of the first mutation, else OK. */
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
