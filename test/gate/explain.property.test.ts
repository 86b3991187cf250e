// "Why?" over random worlds: the verdict is what the other doors do, for the connection itself, for an owner and for a
// guest who installed it, in every state a connection may be in; and its words name nothing the asker may not know.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SHARE_ACCESS } from '../../src/gate/capability.js';
import { makeWorld, type RandomWorld, worldShape } from './arbitraries.js';
import { Scanner } from './canary.js';
import { CASES_TIMEOUT_MS, cases, tally } from './cases.js';
import {
  type AskerModel,
  type ConnectionModel,
  newPerson,
  type PersonModel,
  type ResourceModel,
  secretsOf,
  type WorkspaceModel,
} from './model.js';
import { Oracle } from './oracle.js';
import { type Answered, Garden } from './plant.js';

/** What may have become of a connection, how the tables say it, and the question that then fails. */
const STATES = {
  works: { sql: [], fails: null },
  suspended: {
    sql: [`update connection set status = 'SUSPENDED', suspended_at = now() where id = $1`],
    fails: 'CONNECTION',
  },
  deleted: { sql: [`update connection set status = 'DELETED', deleted_at = now() where id = $1`], fails: 'CONNECTION' },
  'with a suspended installation': {
    sql: [`update installation set status = 'SUSPENDED' where connection_id = $1`],
    fails: 'INSTALLATION',
  },
  'in a deleted workspace': {
    sql: [`update workspace set deleted_at = now() where id = (select workspace_id from connection where id = $1)`],
    fails: 'WORKSPACE',
  },
  removed: { sql: [`update installation set status = 'ENDED' where connection_id = $1`], fails: 'INSTALLATION' },
  'without a live token': {
    sql: [
      `update token set expires_at = now() from installation i where i.id = token.installation_id and i.connection_id = $1`,
    ],
    fails: 'TOKEN',
  },
  'whose installer left': {
    sql: [
      `insert into membership (workspace_id, person_id, role, ended_at)
       select workspace_id, $2::uuid, 'MEMBER', now() from connection where id = $1`,
      `update installation set installed_by = $2 where connection_id = $1`,
    ],
    fails: 'MEMBERSHIP',
  },
} as const;
type State = keyof typeof STATES;

interface Explained {
  allowed: boolean;
  sentence: string;
  steps: { asked: string; outcome: string }[];
}

const QUERY = `query Q($id: ID!, $coordinate: String!, $read: AccessQuestion!, $act: AccessQuestion!, $title: AccessQuestion!,
    $name: AccessQuestion!, $field: AccessQuestion!) {
  found: node(id: $id) { id ... on Resource { title } }
  access: fieldAccess(coordinates: [$coordinate]) { allowed }
  ...W }
  fragment W on Query {
    read: explainAccess(question: $read) { ...E } act: explainAccess(question: $act) { ...E }
    title: explainAccess(question: $title) { ...E } name: explainAccess(question: $name) { ...E }
    field: explainAccess(question: $field) { ...E } }
  fragment E on AccessExplanation { allowed sentence resource { id title } installedBy { id name }
    steps { asked outcome detail needs has remedy shares { id access state resource { id title } grantedBy { id name } } } }`;

const FIELDS = [
  'Person.email',
  'User.name',
  'Page.title',
  'Query.users',
  'Query.databases',
  'Mutation.updateConnection',
];

const questionShape = fc.record({
  target: fc.nat(997),
  action: fc.constantFrom(...SHARE_ACCESS),
  field: fc.constantFrom(...FIELDS),
});
const stateShape = fc.oneof(
  { weight: 3, arbitrary: fc.constant<State>('works') },
  { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(STATES) as State[])) },
);

interface Asked {
  id: string;
  resource: ResourceModel | undefined;
  kind: string;
  action: (typeof SHARE_ACCESS)[number];
  field: string;
}

function askedOf({ workspace, neighbour }: RandomWorld, target: number): Pick<Asked, 'id' | 'resource' | 'kind'> {
  const others = [randomUUID(), 'nonsense', neighbour.resources.at(-1)!.id, workspace.people[0]!.id];
  const ids = [...workspace.resources.map(({ id }) => id), ...others];
  const id = ids[target % ids.length]!;
  const resource = workspace.resources.find((one) => one.id === id);
  return { id, resource, kind: resource?.kind ?? 'Page' };
}

const variablesOf = ({ id, kind, action, field }: Asked, about: object | null) => ({
  id,
  coordinate: field,
  read: { about, resourceId: id },
  act: { about, resourceId: id, action },
  title: { about, resourceId: id, coordinate: `${kind}.title` },
  name: { about, resourceId: id, coordinate: `${kind}.id` },
  field: { about, coordinate: field },
});

/** The explanations in an answer, each of which names at most one failure: the one that decided. */
function explained({ body }: Answered, fails: string | null): Record<string, Explained> {
  expect(body.errors?.filter(({ path }) => path?.[0] !== 'found') ?? []).toEqual([]);
  const { read, act, title, name, field } = body.data as Record<string, Explained>;
  const found = { read, act, title, name, field } as Record<string, Explained>;
  for (const one of Object.values(found)) {
    const failed = one.steps.filter(({ outcome }) => outcome === 'FAILED').map(({ asked }) => asked);
    expect(failed.length, one.sentence).toBe(one.allowed ? 0 : 1);
    if (fails) expect(failed).toEqual([fails]);
    expect(one.sentence).toMatch(/^".*" may .*\.$/s);
  }
  return found;
}

const verdicts = (found: Record<string, Explained>): Record<string, boolean> =>
  Object.fromEntries(Object.entries(found).map(([key, { allowed }]) => [key, allowed]));

/** What this asker may read of the workspace. */
function readableBy(workspace: WorkspaceModel, asker: AskerModel, about: ConnectionModel): (secret: string) => boolean {
  const oracle = new Oracle(workspace, asker);
  const shown = new Set([
    about.name,
    ...workspace.resources.filter(oracle.reads).map(({ title }) => title),
    ...(oracle.may('USER_READ') ? workspace.people.map(({ name }) => name) : []),
  ]);
  return (secret) => shown.has(secret);
}

test('the verdict is what the other doors do, and no word of it is more than the asker may know', {
  timeout: CASES_TIMEOUT_MS,
}, async () => {
  await using garden = await Garden.open();
  const title = 'explain';
  const count = { worlds: 0, cases: 0 };
  const met = new Set<string>();
  const started = Date.now();
  const questions = fc.array(questionShape, { minLength: 8, maxLength: 8 });
  const leaver = newPerson();
  await garden.world.sql('insert into person (id, name, email) values ($1, $2, $3)', [
    leaver.id,
    leaver.name,
    leaver.email,
  ]);
  await fc.assert(
    fc.asyncProperty(worldShape, questions, stateShape, async (shape, asked, state) => {
      const world = makeWorld(shape);
      const { workspace, neighbour } = world;
      const connection = workspace.connections[0]!;
      const guest = workspace.people[1] as PersonModel;
      connection.installedBy = guest;
      await garden.plant(workspace, neighbour);
      const owner = newPerson({ role: 'OWNER' });
      const member = newPerson();
      const { sql, fails } = STATES[state];
      for (const text of sql) {
        await garden.world.sql(text, text.includes('$2') ? [connection.id, leaver.id] : [connection.id]);
      }
      const scanner = new Scanner([...secretsOf(workspace), ...secretsOf(neighbour)]);
      const foreign = new Scanner(secretsOf(neighbour));
      const itself = { connection };
      const oracle = new Oracle(workspace, itself);
      const about = { installationId: connection.installationId };
      for (const { target, action, field } of asked) {
        const one: Asked = { ...askedOf(world, target), action, field };
        const due = JSON.stringify({ one, connection, workspace });

        const byOwner = await garden.ask(
          workspace,
          { person: owner },
          { query: QUERY, variables: variablesOf(one, about) },
        );
        expect(foreign.find(byOwner.bytes), due).toEqual([]);
        const told = verdicts(explained(byOwner, fails));
        count.cases += 5;

        const answered = await garden.ask(workspace, itself, { query: QUERY, variables: variablesOf(one, null) });
        expect(answered.status, due).toBe(fails ? 401 : 200);
        if (fails) {
          expect(Object.values(told), due).toEqual(Object.values(told).map(() => false));
          met.add(fails);
          continue;
        }
        const { found, access } = answered.body.data as {
          found: { title?: string | null } | null;
          access: { allowed: boolean }[];
        };
        const seen = one.resource ? found : null;
        const doors = {
          read: seen?.title != null,
          act: one.resource !== undefined && oracle.access(one.resource).has(action),
          title: seen?.title != null,
          name: seen !== null,
          field: access[0]!.allowed,
        };
        expect(verdicts(explained(answered, null)), due).toEqual(doors);
        expect(told, due).toEqual(doors);
        expect(scanner.find(answered.bytes, readableBy(workspace, itself, connection)), due).toEqual([]);
        count.cases += 5;

        const byGuest = await garden.ask(
          workspace,
          { person: guest },
          { query: QUERY, variables: variablesOf(one, about) },
        );
        const knows = one.resource && new Oracle(workspace, { person: guest }).reaches(one.resource);
        const known = knows ? doors : { read: false, act: false, title: false, name: false, field: doors.field };
        expect(verdicts(explained(byGuest, null)), due).toEqual(known);
        const mayRead = readableBy(workspace, { person: guest }, connection);
        expect(
          scanner.find(byGuest.bytes, (secret) => mayRead(secret) || secret === guest.email),
          due,
        ).toEqual([]);
        count.cases += 5;
      }
      const { body } = await garden.ask(
        workspace,
        { person: member },
        {
          query: 'query Q($q: AccessQuestion!) { explainAccess(question: $q) { allowed } }',
          variables: { q: { about } },
        },
      );
      expect(body.errors?.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
      met.add('works');
      count.worlds++;
    }),
    cases(title, 60),
  );
  tally(`${title}, ${[...met].sort().join(' ')}`, count, started);
});
