// People and their tokens at the HTTP door: for tests of what members, owners and tokens may.

import { operatorOf } from '../src/gate/actor.js';
import type { Id } from '../src/lib/id.js';
import { createPersonalAccessToken, type NewPersonalToken } from '../src/people/personal-token-lifecycle.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';
import { signedIn } from './asking.js';
import type { Answer, SignedIn, World } from './world.js';

/** Somebody signed in, `minutesAgo` or just now, who asks in the world's workspace or in another one. */
export async function session(
  world: World,
  id: Id,
  { minutesAgo = 0, workspaceId = world.workspaceId }: { minutesAgo?: number; workspaceId?: Id } = {},
): Promise<SignedIn> {
  return { ...(await world.signedIn({ id }, { minutesAgo })), workspaceId };
}

/** Asks over HTTP, with a session or a token. */
export const askWith = (
  world: World,
  asker: SignedIn | string,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> => world.ask(typeof asker === 'string' ? bearing(asker) : asker, document, variables);

const bearing = (token: string) => ({ connectionId: '', installationId: '', token });

/** Makes a personal token for somebody and gives its text. */
export async function personalToken(world: World, id: Id, input: Partial<NewPersonalToken> = {}): Promise<string> {
  const caller = world.store.callerFor(signedIn(world, { id }, 'GUEST')); // the command looks up her role
  return (await createPersonalAccessToken(caller, { name: 'Script', ...input })).token;
}

/** The code of the first error at the top, else of the first in the payload of the first mutation, else OK. */
export function outcomeOf({ data, errors }: Pick<Answer, 'data' | 'errors'>): string {
  if (errors?.[0]) return errors[0].extensions.code;
  const [payload] = Object.values(data ?? {}) as { userErrors?: { code: string }[] }[];
  return payload?.userErrors?.[0]?.code ?? 'OK';
}

/** Another workspace in the same database. */
export const anotherWorkspace = async ({ store }: World, name = 'Elsewhere'): Promise<Id> =>
  (await createWorkspace(store, { name })).id;

/** The operator in this workspace, as the command line is. */
export const operator = ({ store, workspaceId }: World, id: Id = workspaceId) => store.callerFor(operatorOf(id));
