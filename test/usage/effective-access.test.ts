// What a connection can do, said beforehand: for each of the 96 sets of capabilities it is what the connection then
// finds, in its slice, by fieldAccess, and by asking.

import { isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/api/schema.js';
import { sliceSchema } from '../../src/api/slice.js';
import { type Actor, type ConnectionActor, operatorOf, type PersonActor } from '../../src/gate/actor.js';
import { ALL_BITS, bitsOf, CAPABILITIES, type Capability, namesOf, withImplied } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { installationIn } from '../../src/server/authenticate.js';
import { type Asker, openWorld, type World } from '../world.js';

const { schema, rules } = buildGatewaySchema();

const SETS = Array.from({ length: ALL_BITS + 1 }, (_, bits) => bits)
  .filter((bits) => withImplied(bits) === bits)
  .map((bits) => namesOf(bits));

const CHANGE = 'types fields mutations pages { reached readable } databases { reached readable }';
const EFFECT = `query Q($id: ID!, $capabilities: [Capability!]) {
  effectiveAccess(connectionId: $id, capabilities: $capabilities) {
    capabilities types fields { coordinate allowed needs whenDenied } mutations { coordinate allowed }
    pages { reached readable } databases { reached readable } gained { ${CHANGE} } lost { ${CHANGE} } } }`;

interface Change {
  types: string[];
  fields: string[];
  mutations: string[];
  pages: { reached: number; readable: number };
  databases: { reached: number; readable: number };
}

interface Effect {
  capabilities: Capability[];
  types: string[];
  fields: { coordinate: string; allowed: boolean; needs: Capability[][]; whenDenied: string }[];
  mutations: { coordinate: string; allowed: boolean }[];
  pages: { reached: number; readable: number };
  databases: { reached: number; readable: number };
  gained: Change;
  lost: Change;
}

interface Answered {
  data?: Record<string, unknown> | null;
  errors?: { path?: (string | number)[]; extensions?: { code?: string } }[];
  extensions?: { redactions?: { coordinate: string }[] };
}

let world: World;
let owner: PersonActor;
let asker: Asker;
/** One object of each kind, all of them shared in full. */
let samples: Record<string, Id>;

beforeAll(async () => {
  world = await openWorld();
  owner = await somebody('OWNER');
  asker = await world.connection(['CONTENT_READ', 'USER_READ']);
  const page = await world.page({ title: 'Handbook' });
  const database = await world.database({ title: 'Tasks', under: page });
  const row = await world.page({ title: 'Row', under: database.dataSourceId });
  const { id: person } = await world.person({ name: 'Ada', email: 'ada@example.org' });
  const bot = (await itself(await world.connection([]))).botId;
  samples = { Page: page, Database: database.id, DataSource: database.dataSourceId, Person: person, Bot: bot };
  await world.share(asker, page);
  // Beside it, opened to something else than reading.
  const [updated, inserted, hidden] = [await world.page(), await world.page(), await world.page()];
  const apart = await world.database();
  await world.share(asker, updated, { access: ['UPDATE'] });
  await world.share(asker, inserted, { access: ['INSERT', 'COMMENT_READ'] });
  await world.share(asker, apart.id, { access: ['READ'] });
  reached = [page, row, updated, inserted, hidden, database.id, apart.id];
  await world.sql('update page set in_trash = true where id = $1', [await world.page({ under: page })]);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Pages and databases outside the trash. */
let reached: Id[];

async function somebody(role: 'OWNER' | 'MEMBER' | 'GUEST'): Promise<PersonActor> {
  const { id } = await world.person({ role });
  return { kind: 'PERSON', workspaceId: world.workspaceId, personId: id, role, bits: ALL_BITS };
}

const itself = async ({ installationId }: Asker): Promise<ConnectionActor> =>
  (await installationIn(world.workspaceId, installationId, world.store.reader()))!;

const withSet = async (capabilities: readonly Capability[]): Promise<ConnectionActor> => ({
  ...(await itself(asker)),
  bits: bitsOf(capabilities),
});

async function ask(actor: Actor, query: string, variables: Record<string, unknown> = {}): Promise<Answered> {
  const { gateway, store } = world;
  const { body } = await gateway.apollo.executeOperation(
    { query, variables },
    { contextValue: gateway.contextFor(actor, store.reader()) },
  );
  if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
  return JSON.parse(JSON.stringify(body.singleResult)) as Answered;
}

async function effectOf(
  capabilities?: readonly Capability[],
  of: Pick<Asker, 'connectionId'> = asker,
): Promise<Effect> {
  const { data, errors } = await ask(owner, EFFECT, { id: of.connectionId, capabilities });
  expect(errors).toBeUndefined();
  return data!.effectiveAccess as Effect;
}

const allowedIn = ({ fields }: Effect): string[] => allowedOf(fields);
const allowedMutations = ({ mutations }: Effect): string[] => allowedOf(mutations);
const allowedOf = (accesses: Effect['mutations']): string[] =>
  accesses.filter(({ allowed }) => allowed).map(({ coordinate }) => coordinate);

/** Coordinates of fields of a slice, with arguments and inputs. */
function coordinatesIn(slice: ReturnType<typeof sliceSchema>): Set<string> {
  const found = new Set<string>();
  for (const type of Object.values(slice.getTypeMap())) {
    if (!('getFields' in type)) continue;
    for (const field of Object.values(type.getFields())) {
      found.add(`${type.name}.${field.name}`);
      for (const arg of 'args' in field ? field.args : []) found.add(`${type.name}.${field.name}(${arg.name}:)`);
    }
  }
  return found;
}

/** Asks for every plain field of every sample, for each list, and with each input that looks at something hidden. */
const EVERYTHING = () => {
  const plain = (typeName: string): string => {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`No type ${typeName}`);
    return Object.values(type.getFields())
      .filter((field) => isLeafType(field.type))
      .map(({ name }) => name)
      .join(' ');
  };
  return `{
    ${Object.entries(samples)
      .map(([type, id]) => `of${type}: node(id: "${id}") { ... on ${type} { id ${plain(type)} } }`)
      .join('\n')}
    pages { totalCount } databases { totalCount } users { totalCount }
    title: pages(filter: { title: null }) { totalCount }
    name: users(filter: { name: null }) { totalCount }
    email: users(filter: { email: null }) { totalCount } }`;
};

/** What each of those lists takes. */
const LOOKS: Record<string, string[]> = {
  pages: ['Query.pages'],
  databases: ['Query.databases'],
  users: ['Query.users'],
  title: ['Query.pages', 'PageFilter.title'],
  name: ['Query.users', 'UserFilter.name'],
  email: ['Query.users', 'UserFilter.email'],
};

describe('for each of the 96 sets of capabilities', () => {
  test.each(SETS.map((capabilities) => [capabilities.join(', ') || 'none', capabilities] as const))(
    '%s: what is said is what is found',
    async (_, capabilities) => {
      const effect = await effectOf(capabilities);
      const actor = await withSet(capabilities);
      expect(effect.capabilities).toEqual(capabilities);

      // In its slice: what it says of a type that is not there at all, nobody can ask.
      const found = coordinatesIn(sliceSchema(schema, rules, actor));
      for (const { coordinate, allowed } of effect.fields) {
        const isThere = [...found].some((one) => one.startsWith(`${coordinate.split('.')[0]}.`));
        if (isThere) expect(found.has(coordinate), coordinate).toBe(allowed);
      }
      const { data: introspected } = await ask(actor, '{ __schema { types { name kind } } }');
      const { types } = introspected!.__schema as { types: { name: string; kind: string }[] };
      const composites = types.filter(
        ({ name, kind }) => ['OBJECT', 'INTERFACE', 'UNION'].includes(kind) && !name.startsWith('__'),
      );
      expect(effect.types).toEqual(composites.map(({ name }) => name).sort());

      // By fieldAccess, a hundred at a time.
      for (let at = 0; at < effect.fields.length; at += 100) {
        const said = effect.fields.slice(at, at + 100);
        const { data } = await ask(
          actor,
          'query Q($c: [String!]!) { fieldAccess(coordinates: $c) { coordinate allowed needs whenDenied } }',
          { c: said.map(({ coordinate }) => coordinate) },
        );
        expect(data!.fieldAccess).toEqual(said);
      }

      // By asking.
      const allowed = new Set(allowedIn(effect));
      const { data, errors = [], extensions } = await ask(actor, EVERYTHING());
      const held = new Set(extensions?.redactions?.map(({ coordinate }) => coordinate));
      let asked = 0;
      for (const { coordinate, allowed: passes } of effect.fields) {
        const [typeName = '', fieldName = ''] = coordinate.split('.');
        const object = data![`of${typeName}`] as Record<string, unknown> | null | undefined;
        if (!object || !(fieldName in object)) continue; // not among the samples, out of reach, or no plain field
        expect(held.has(coordinate), coordinate).toBe(!passes);
        asked++;
      }
      expect(asked).toBeGreaterThanOrEqual(capabilities.some((name) => name.startsWith('CONTENT')) ? 15 : 5);
      const refused = new Set(errors.map(({ path }) => path?.[0]));
      for (const [key, needed] of Object.entries(LOOKS)) {
        expect(refused.has(key), key).toBe(!needed.every((coordinate) => allowed.has(coordinate)));
      }

      // By what its shares open.
      const { data: nodes } = await ask(
        actor,
        'query Q($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Resource { inTrash } } pages { totalCount } databases { totalCount } }',
        { ids: reached },
      );
      const objects = (nodes!.nodes as ({ __typename: string } | null)[]).filter((one) => one !== null);
      const count = (kind: string) => objects.filter(({ __typename }) => __typename === kind).length;
      const listed = (list: unknown) => (list as { totalCount: number } | null)?.totalCount ?? 0;
      expect(effect.pages).toEqual({ reached: count('Page'), readable: listed(nodes!.pages) });
      expect(effect.databases).toEqual({ reached: count('Database'), readable: listed(nodes!.databases) });
    },
  );

  test('what is gained and lost is the difference to what it was granted', async () => {
    const present = await effectOf();
    expect(present.capabilities).toEqual(['CONTENT_READ', 'USER_READ']);
    const left = (from: readonly string[], others: readonly string[]) => from.filter((one) => !others.includes(one));
    for (const capabilities of SETS) {
      const proposed = await effectOf(capabilities);
      for (const [change, to, from] of [
        ['gained', proposed, present],
        ['lost', present, proposed],
      ] as const) {
        const { types, fields, mutations } = proposed[change];
        expect(types).toEqual(left(to.types, from.types));
        expect(fields).toEqual(left(allowedIn(to), allowedIn(from)));
        expect(mutations).toEqual(left(allowedMutations(to), allowedMutations(from)));
      }
      for (const kind of ['pages', 'databases'] as const) {
        for (const how of ['reached', 'readable'] as const) {
          const { [kind]: gained } = proposed.gained;
          const { [kind]: lost } = proposed.lost;
          expect(present[kind][how] + gained[how] - lost[how]).toBe(proposed[kind][how]);
        }
      }
    }
  });
});

describe('without a set to try', () => {
  test('it is what was granted, and nothing is gained or lost', async () => {
    const effect = await effectOf();
    expect(effect).toEqual(await effectOf(['USER_READ', 'CONTENT_READ']));
    const none = {
      types: [],
      fields: [],
      mutations: [],
      pages: { reached: 0, readable: 0 },
      databases: { reached: 0, readable: 0 },
    };
    expect([effect.gained, effect.lost]).toEqual([none, none]);
  });

  test('and follows it', async () => {
    const other = await world.connection(['CONTENT_READ']);
    await world.share(other, samples.Page!);
    expect((await effectOf(undefined, other)).pages).toEqual({ reached: 2, readable: 2 });
    await world.sql('update capability_grant set capabilities = $2 where installation_id = $1', [
      other.installationId,
      bitsOf(['CONTENT_UPDATE']),
    ]);
    const effect = await effectOf(undefined, other);
    expect(effect).toMatchObject({ capabilities: ['CONTENT_UPDATE'], pages: { reached: 2, readable: 0 } });
    expect(allowedIn(effect)).not.toContain('Page.title');
  });
});

describe('an owner who tries a set', () => {
  test('reads what it would bring, with what it implies', async () => {
    const { capabilities, gained, lost } = await effectOf(['CONTENT_READ', 'USER_READ_EMAIL']);
    expect(capabilities).toEqual(['CONTENT_READ', 'USER_READ', 'USER_READ_EMAIL']);
    expect(gained.fields).toEqual(['Person.email', 'UserFilter.email']);
    expect(lost.fields).toEqual([]);
  });

  test('reads what it would take away: pages that may be changed and not read any more are reached still', async () => {
    const { gained, lost, pages } = await effectOf(['CONTENT_UPDATE']);
    expect(gained).toMatchObject({ fields: ['Query.fileUpload'], pages: { reached: 1, readable: 0 } });
    expect(lost).toMatchObject({ pages: { reached: 0, readable: 2 }, databases: { reached: 1, readable: 2 } });
    expect(pages).toEqual({ reached: 3, readable: 0 });
    expect(lost.fields).toEqual(
      expect.arrayContaining(['Page.title', 'Person.name', 'Query.pages', 'PageFilter.title']),
    );
  });

  test('changes nothing by it', async () => {
    const before = await effectOf();
    await effectOf(['COMMENT_READ']);
    expect(await effectOf()).toEqual(before);
  });

  test('pays for what it takes: without the counts nothing is counted', async () => {
    world.statements.length = 0;
    await ask(owner, 'query Q($id: ID!) { effectiveAccess(connectionId: $id) { types fields { coordinate } } }', {
      id: asker.connectionId,
    });
    expect(world.statements).toHaveLength(1);
    world.statements.length = 0;
    await effectOf(['COMMENT_READ']);
    expect(world.statements).toHaveLength(2);
  });
});

describe('effective access is', () => {
  test('for owners and the operator', async () => {
    for (const actor of [owner, operatorOf(world.workspaceId)]) {
      const { data, errors } = await ask(actor, EFFECT, { id: asker.connectionId });
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({ effectiveAccess: { capabilities: ['CONTENT_READ', 'USER_READ'] } });
    }
  });

  test('not for members, guests, or a connection, be it the one it is about', async () => {
    for (const actor of [await somebody('MEMBER'), await somebody('GUEST'), await itself(asker)]) {
      const { data, errors } = await ask(actor, EFFECT, { id: asker.connectionId });
      expect(data).toEqual({ effectiveAccess: null });
      expect(errors).toMatchObject([{ path: ['effectiveAccess'], extensions: { code: 'FORBIDDEN' } }]);
    }
  });

  test('null for what is no connection here: missing, malformed, of another workspace, deleted', async () => {
    const gone = await world.connection([]);
    await world.sql(`update connection set status = 'DELETED' where id = $1`, [gone.connectionId]);
    for (const [actor, id] of [
      [owner, newId()],
      [owner, 'nonsense'],
      [owner, asker.installationId],
      [owner, gone.connectionId],
      [{ ...owner, workspaceId: newId() }, asker.connectionId],
    ] as const) {
      expect(await ask(actor, EFFECT, { id })).toMatchObject({ data: { effectiveAccess: null } });
    }
  });

  test('said of what a guest installed as what is left of it for her', async () => {
    const { connectionId } = await world.connection([...CAPABILITIES]);
    const guest = await somebody('GUEST');
    const installed = newId();
    await world.sql(`update installation set status = 'ENDED' where connection_id = $1`, [connectionId]);
    await world.sql(
      `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status)
       values ($1, $2, $3, $4, $5, 'ACTIVE')`,
      [world.workspaceId, installed, connectionId, newId(), guest.personId],
    );
    await world.sql(
      'insert into capability_grant (workspace_id, id, installation_id, capabilities) values ($1, $2, $3, $4)',
      [world.workspaceId, newId(), installed, bitsOf(['CONTENT_READ'])],
    );
    await world.sql(
      'insert into share (workspace_id, id, installation_id, resource_id, access) values ($1, $2, $3, $4, 31)',
      [world.workspaceId, newId(), installed, samples.Page],
    );
    const effect = await effectOf(CAPABILITIES, { connectionId });
    expect(effect.capabilities).toEqual(CAPABILITIES.filter((name) => name !== 'USER_READ_EMAIL'));
    expect(effect.pages).toEqual({ reached: 0, readable: 0 }); // nothing is shared with her
    await world.sql('insert into share (workspace_id, id, person_id, resource_id, access) values ($1, $2, $3, $4, 1)', [
      world.workspaceId,
      newId(),
      guest.personId,
      samples.Page,
    ]);
    expect((await effectOf(CAPABILITIES, { connectionId })).pages).toEqual({ reached: 2, readable: 2 });
  });

  test('said of a suspended connection as it would be if it worked', async () => {
    const other = await world.connection(['CONTENT_READ']);
    await world.sql(`update installation set status = 'SUSPENDED' where id = $1`, [other.installationId]);
    expect((await effectOf(undefined, other)).capabilities).toEqual(['CONTENT_READ']);
  });
});
