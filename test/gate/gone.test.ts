// Missing, not shared, in another workspace, malformed: one answer to all of them, to the byte, at the same cost.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { steady } from './judge.js';
import {
  type AskerModel,
  newConnection,
  newDiscussion,
  newPerson,
  newResource,
  newWorkspace,
  SENSIBLE_SETS,
  twinOf,
  type WorkspaceModel,
} from './model.js';
import { type Answered, Garden } from './plant.js';

const shared = newResource({ kind: 'Page', parentId: null, at: 0 });
const page = newResource({ kind: 'Page', parentId: null, at: 1 });
const below = newResource({ kind: 'Page', parentId: page.id, at: 2, inTrash: true });
const database = newResource({ kind: 'Database', parentId: page.id, at: 3 });
const source = newResource({ kind: 'DataSource', parentId: database.id, at: 4 });
const row = newResource({ kind: 'Page', parentId: source.id, at: 5 });
const withdrawn = newResource({ kind: 'Page', parentId: null, at: 6 });
const wrongBits = newResource({ kind: 'Page', parentId: null, at: 7 });
page.mentions.push({ blockId: randomUUID(), resourceId: shared.id });
for (const one of [page, withdrawn, wrongBits]) one.discussions.push(newDiscussion());
const askers: Record<string, AskerModel> = Object.fromEntries(
  [0, 3, 4, 5, 95 - 3].map((set) => {
    const capabilities = SENSIBLE_SETS[set]!.filter((one) => one !== 'COMMENT_INSERT');
    const connection = newConnection({
      capabilities,
      shares: [
        { resourceId: shared.id, access: ['READ'], state: 'LIVE' },
        { resourceId: withdrawn.id, access: ['READ'], state: 'REVOKED' },
        { resourceId: page.id, access: ['READ', 'UPDATE'], state: 'EXPIRED' },
        { resourceId: wrongBits.id, access: ['COMMENT_INSERT'], state: 'LIVE' },
      ],
    });
    return [`a connection with ${capabilities.join(', ') || 'nothing'}`, { connection }];
  }),
);
const connections = Object.values(askers).map((asker) => (asker as { connection: typeof foreign }).connection);
const foreign = newConnection();
const stranger = newPerson();
const workspace: WorkspaceModel = newWorkspace({
  resources: [shared, page, below, database, source, row, withdrawn, wrongBits],
  people: [newPerson()],
  connections,
});
const far = newResource({ kind: 'Page', parentId: null, at: 9 });
const other = newConnection({ capabilities: SENSIBLE_SETS[95]! });
workspace.connections.push(other);
const elsewhere = newWorkspace({ resources: [far], people: [stranger], connections: [foreign] });

/** Well formed, each out of reach for a reason of its own. */
const OUT_OF_REACH: Record<string, string> = {
  missing: randomUUID(),
  'missing as well': randomUUID(),
  'a page that is not shared': page.id,
  'a page in the trash': below.id,
  'a database that is not shared': database.id,
  'a data source that is not shared': source.id,
  'a row that is not shared': row.id,
  'a page whose share was revoked': withdrawn.id,
  'a page shared with bits the connection lacks': wrongBits.id,
  'a block of a page that is not shared': page.mentions[0]!.blockId,
  'a comment on a page that is not shared': page.discussions[0]!.comments[0]!.id,
  'a discussion on a page that is not shared': page.discussions[0]!.id,
  'a comment on a page whose share was revoked': withdrawn.discussions[0]!.comments[0]!.id,
  'a comment on a page shared with bits the connection lacks': wrongBits.discussions[0]!.comments[0]!.id,
  'a page of another workspace': far.id,
  'another workspace': elsewhere.id,
  'another connection of this workspace': other.id,
  'the installation of another connection': other.installationId,
  'a person of another workspace': stranger.id,
  'a bot of another workspace': foreign.botId,
  'a connection of another workspace': foreign.id,
  'an installation of another workspace': foreign.installationId,
};
const MALFORMED = [
  '',
  'x',
  'null',
  "' or 1=1 --",
  randomUUID().slice(1),
  `${randomUUID()}0`,
  'Page:1',
  '💥',
  '0'.repeat(4000),
];

const QUESTIONS: Record<string, string> = {
  node: 'query Q($id: ID!) { node(id: $id) { __typename id ... on Resource { title parent { id } } ... on User { name } } }',
  'node, strictly':
    'query Q($id: ID!) @whenDenied(behave: ERROR) { node(id: $id) { id ... on Resource { title } ... on Block { plainText } } }',
  nodes: 'query Q($id: ID!) { nodes(ids: [$id, $id]) { id ... on Resource { title inTrash } } }',
  page: 'query Q($id: ID!) { page(id: $id) { id title blocks { totalCount } children { totalCount } properties { id } } }',
  database: 'query Q($id: ID!) { database(id: $id) { id title dataSources { id } } }',
  dataSource: 'query Q($id: ID!) { dataSource(id: $id) { id title rows { totalCount } } }',
  discussions: 'query Q($id: ID!) { discussions(pageId: $id) { totalCount nodes { id } } }',
  user: 'query Q($id: ID!) { user(id: $id) { id name ... on Person { email } } }',
  connection: 'query Q($id: ID!) { connection(id: $id) { id name } }',
  installation: 'query Q($id: ID!) { installation(id: $id) { id } }',
};

let garden: Garden;
beforeAll(async () => {
  garden = await Garden.open();
  await garden.plant(workspace, elsewhere);
});
afterAll(() => garden[Symbol.asyncDispose]());

/** What came, with the id taken out, should it be there. */
const withoutId = (answered: Answered, id: string): string =>
  id.length < 8 ? steady(answered) : steady(answered).replaceAll(id, 'ID');

describe.each(Object.entries(askers))('For %s', (_, asker) => {
  test.each(Object.entries(QUESTIONS))(
    '%s answers alike to all that is out of reach, with the same statements',
    async (_name, query) => {
      const { statements } = garden.world;
      const answers = new Map<string, string>();
      const costs = new Map<string, string>();
      for (const [why, id] of Object.entries(OUT_OF_REACH)) {
        statements.length = 0;
        const answered = await garden.ask(workspace, asker, { query, variables: { id } });
        answers.set(why, withoutId(answered, id));
        costs.set(why, statements.join('\n'));
        expect(
          Object.values(answered.body.data ?? {})
            .flat()
            .every((one) => one === null),
          why,
        ).toBe(true);
      }
      for (const [why, answer] of answers) expect(answer, why).toBe(answers.get('missing'));
      for (const [why, cost] of costs) expect(cost, why).toBe(costs.get('missing'));
      for (const id of MALFORMED) {
        const answered = await garden.ask(workspace, asker, { query, variables: { id } });
        expect(withoutId(answered, id), `malformed: ${id.slice(0, 40)}`).toBe(answers.get('missing'));
      }
    },
  );
});

test('the twin: what is shared is answered at the same places', async () => {
  const [, reader] = Object.values(askers);
  const node = await garden.ask(workspace, reader!, { query: QUESTIONS.node!, variables: { id: shared.id } });
  expect(node.body.data?.node).toEqual({ __typename: 'Page', id: shared.id, title: shared.title, parent: null });
  const asked = await garden.ask(workspace, reader!, { query: QUESTIONS.page!, variables: { id: shared.id } });
  expect(asked.body.data?.page).toMatchObject({ id: shared.id, title: shared.title });
});

test('the same id in another workspace is another object, and each token sees its own', async () => {
  const twin = twinOf(workspace);
  await garden.plant(twin);
  const [theirs] = twin.connections;
  const query = 'query Q($id: ID!) { node(id: $id) { id ... on Resource { title } } }';
  const [, reader] = Object.values(askers);
  for (const one of twin.resources) {
    const there = await garden.ask(twin, { connection: theirs! }, { query, variables: { id: one.id } });
    expect(there.body.data?.node).toEqual({ id: one.id, title: one.title });
    const here = await garden.ask(workspace, reader!, { query, variables: { id: one.id } });
    expect(here.body.data?.node).toEqual(one.id === shared.id ? { id: shared.id, title: shared.title } : null);
  }
});

test('a filter on a hidden e-mail says the same of somebody who exists and of nobody', async () => {
  const [member] = workspace.people;
  for (const [name, asker] of Object.entries(askers)) {
    if (name.includes('USER_READ_EMAIL')) continue;
    for (const how of ['eq', 'startsWith', 'contains']) {
      const ask = async (text: string | null): Promise<string> => {
        const query = `query Q($f: UserFilter) { users(filter: $f) { totalCount nodes { id } } }`;
        const answered = await garden.ask(workspace, asker, {
          query,
          variables: { f: { email: text && { [how]: text } } },
        });
        expect(answered.body.errors?.map(({ extensions }) => extensions?.code)).toEqual(['CAPABILITY_MISSING']);
        return withoutId(answered, text ?? '');
      };
      const there = await ask(member!.email);
      expect(await ask('nobody@hidden.example'), name).toBe(there);
      expect(await ask(stranger.email), name).toBe(there);
      expect(await ask(null), name).toBe(there);
    }
  }
});

test('an absent variable touches no filter, an explicit null does', async () => {
  const asker = Object.entries(askers).find(([name]) => name.endsWith('CONTENT_READ, USER_READ'))![1];
  const query = 'query Q($e: StringFilter) { users(filter: { email: $e }) { totalCount } }';
  const absent = await garden.ask(workspace, asker, { query, variables: {} });
  expect(absent.body.errors).toBeUndefined();
  expect(absent.body.data?.users).toEqual({ totalCount: workspace.people.length + workspace.connections.length });
  const explicit = await garden.ask(workspace, asker, { query, variables: { e: null } });
  expect(explicit.body.errors?.[0]?.extensions?.code).toBe('CAPABILITY_MISSING');
});
