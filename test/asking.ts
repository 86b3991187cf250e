// Asks as somebody in particular, past the HTTP door: for rules that do not depend on how she came in.

import { type Actor, operatorOf, type PersonActor, type WorkspaceRole } from '../src/gate/actor.js';
import { bitsOfRole } from '../src/gate/rules.js';
import type { Id } from '../src/lib/id.js';
import type { Answer, World } from './world.js';

export interface SignedIn {
  minutesAgo?: number;
  /** Default: the world's. */
  workspaceId?: Id;
}

/** A person signed in this very moment, or `minutesAgo`. */
export const signedIn = (
  world: World,
  { id }: { id: Id },
  role: WorkspaceRole,
  { minutesAgo = 0, workspaceId = world.workspaceId }: SignedIn = {},
): PersonActor => ({
  kind: 'PERSON',
  workspaceId,
  personId: id,
  role,
  bits: bitsOfRole(role),
  session: { id, signedInAt: new Date(Date.now() - minutesAgo * 60_000) },
});

export const operatorIn = (world: World): Actor => operatorOf(world.workspaceId);

export type Asked = Pick<Answer, 'data' | 'errors' | 'extensions'>;

/** Executes one document as this actor, as the doors do. */
export async function askAs(
  world: World,
  actor: Actor,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Asked> {
  const { gateway, store } = world;
  const { body } = await gateway.apollo.executeOperation(
    { query, ...(variables && { variables }) },
    { contextValue: gateway.contextFor(actor, store.reader()) },
  );
  if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
  return JSON.parse(JSON.stringify(body.singleResult));
}

export interface Payload {
  userErrors: { __typename: string; code: string; message: string; path: string[] | null; currentVersion?: number }[];
  // biome-ignore lint/suspicious/noExplicitAny: a payload of whatever mutation a test sends
  [field: string]: any;
}

/** Sends one mutation with its input and gives its payload. `answers` is what to select of it. */
export async function mutate(
  world: World,
  actor: Actor,
  mutation: string,
  input: Record<string, unknown>,
  answers = '',
): Promise<Payload> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const inputType = INPUTS[mutation] ?? type;
  const { data, errors } = await askAs(
    world,
    actor,
    `mutation M($input: ${inputType}!) { payload: ${mutation}(input: $input) {
       ${answers} userErrors { __typename code message path ... on StaleVersionError { currentVersion } } } }`,
    { input },
  );
  if (!data) throw new Error(`${mutation} answered ${JSON.stringify(errors)}.`);
  return data.payload as Payload;
}

/** Where several mutations share an input. */
const INPUTS: Record<string, string> = {
  suspendConnection: 'ConnectionInput',
  resumeConnection: 'ConnectionInput',
  deleteConnection: 'ConnectionInput',
};
