// Mutations as doors: each is sent so that it changes nothing whatever its verdict, and the verdict agrees with the model to
// the letter. What it says of an object, and what its payload shows, is no more than a look at the object would.

import type { Body, Door, Place } from './doors.js';
import type { Seen } from './facts.js';
import type { ResourceModel } from './model.js';
import { Oracle } from './oracle.js';

interface Payload {
  shown?: { id: string; title: string | null } | null;
  userErrors: { code: string; message: string; path: string[] | null; needs?: string[][]; has?: string[] }[];
}

/** What a mutation should say. */
type Verdict = 'OK' | 'NOT_FOUND' | 'STALE_VERSION' | 'INVALID_STATE' | `CAPABILITY_MISSING ${string}`;

const ERRORS = 'userErrors { code message path ... on CapabilityError { needs has } }';
const NEVER = 2_147_483_647;

/** The capabilities the whole mutation needs, before it looks at anything. */
const isShut = (place: Place, needs: readonly ('CONTENT_UPDATE' | 'CONTENT_INSERT')[]): boolean => {
  const oracle = new Oracle(place.workspace, place.fact.asker);
  return needs.some((capability) => !oracle.may(capability));
};

/** The payload; undefined where somebody acts as the asker, who may send no mutation at all. */
function payloadIn(body: Body): Payload | undefined {
  if (body.errors?.[0]?.extensions?.code === 'FORBIDDEN' && !body.data) return undefined;
  const payload = body.data?.payload as Payload | undefined;
  if (!payload || body.errors) throw new Error(`A mutation answers with a payload, but got ${JSON.stringify(body)}.`);
  return payload;
}

function verdictOf({ userErrors: [error] }: Payload): Verdict {
  if (!error) return 'OK';
  if (error.code !== 'CAPABILITY_MISSING') return error.code as Verdict;
  return `CAPABILITY_MISSING ${error.needs!.flat().join()}`;
}

/** What an answer gives away of a resource: whether it is there, and whether it may be read. */
function seenBy(payload: Payload, resource: ResourceModel): Seen {
  const [error] = payload.userErrors;
  if (error?.code === 'NOT_FOUND') return 'NOTHING';
  if (error?.code === 'CAPABILITY_MISSING') return error.has!.includes('CONTENT_READ') ? 'WHOLE' : 'ID';
  if (error?.code === 'STALE_VERSION') return 'WHOLE';
  if (payload.shown?.id !== resource.id) throw new Error(`It should show ${resource.id}: ${JSON.stringify(payload)}.`);
  return payload.shown.title === null ? 'ID' : 'WHOLE';
}

interface Question {
  name: string;
  kinds: readonly ResourceModel['kind'][];
  needs: readonly ('CONTENT_UPDATE' | 'CONTENT_INSERT')[];
  ask(resource: ResourceModel): { query: string; variables: Record<string, unknown> };
  /** What the model says of an object that is reached. */
  due(access: ReadonlySet<string>, resource: ResourceModel): Verdict;
}

const lacks = (capability: string): Verdict => `CAPABILITY_MISSING ${capability}`;

const QUESTIONS: Question[] = [
  {
    name: 'mutation that is stale whatever there is',
    kinds: ['Page', 'Database', 'DataSource'],
    needs: ['CONTENT_UPDATE'],
    ask: ({ kind, id }) => ({
      query: `mutation M($input: Restore${kind}Input!) { payload: restore${kind}(input: $input) { ${ERRORS} } }`,
      variables: { input: { id, expectedVersion: NEVER } },
    }),
    due: (access) =>
      !access.has('UPDATE') ? lacks('CONTENT_UPDATE') : !access.has('READ') ? lacks('CONTENT_READ') : 'STALE_VERSION',
  },
  {
    name: 'echo of a mutation that leaves everything as it is',
    kinds: ['Page', 'Database', 'DataSource'],
    needs: ['CONTENT_UPDATE'],
    ask: ({ kind, id, title }) => ({
      query: `mutation M($input: Update${kind}Input!) { payload: update${kind}(input: $input) {
        shown: ${kind[0]!.toLowerCase()}${kind.slice(1)} { id title } ${ERRORS} } }`,
      variables: { input: { id, title } },
    }),
    due: (access, { inTrash }) => (!access.has('UPDATE') ? lacks('CONTENT_UPDATE') : inTrash ? 'INVALID_STATE' : 'OK'),
  },
  {
    name: 'mutation that would put a page below itself',
    kinds: ['Page'],
    needs: ['CONTENT_UPDATE', 'CONTENT_INSERT'],
    ask: ({ id }) => ({
      query: `mutation M($input: MovePageInput!) { payload: movePage(input: $input) { ${ERRORS} } }`,
      variables: { input: { id, parent: { pageId: id } } },
    }),
    due: (access, { inTrash }) =>
      !access.has('UPDATE')
        ? lacks('CONTENT_UPDATE')
        : !inTrash && !access.has('INSERT')
          ? lacks('CONTENT_INSERT')
          : 'INVALID_STATE',
  },
];

export const MUTATION_DOORS: Door[] = QUESTIONS.map(({ name, kinds, needs, ask, due }) => ({
  name,
  ask: async (place, resource) => {
    if (!kinds.includes(resource.kind)) return undefined;
    const payload = payloadIn(await place.send(ask(resource)));
    if (!payload) return undefined;
    const verdict = verdictOf(payload);
    if (isShut(place, needs)) {
      if (verdict.startsWith('CAPABILITY_MISSING') && payload.userErrors[0]!.message.startsWith('Mutation.'))
        return undefined;
      throw new Error(`Refused as a whole was expected, but got ${JSON.stringify(payload)}.`);
    }
    const access = new Oracle(place.workspace, place.fact.asker).access(resource);
    const expected = access.size === 0 ? 'NOT_FOUND' : due(access, resource);
    if (verdict !== expected) throw new Error(`${expected} was expected, but got ${JSON.stringify(payload)}.`);
    // That it lies in the trash is all there is to know by then.
    return verdict === 'INVALID_STATE' ? undefined : seenBy(payload, resource);
  },
}));
