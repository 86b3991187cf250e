// Gatehouse-Act-As: an owner asks as an installation and is answered as it would be, byte for byte, and leaves a trace.

import type { EntityManager } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor, PersonActor, WorkspaceRole } from '../../src/gate/actor.js';
import { ALL_BITS, bitsOf } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { ActingAs } from '../../src/server/act-as.js';
import { installationIn } from '../../src/server/authenticate.js';
import { commit } from '../../src/unit-of-work.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { type Asker, openWorld, type World } from '../world.js';

const REFUSED = /^Gatehouse-Act-As takes the id of an installation of this workspace that works, and is for owners/;

let world: World;
let narrow: Asker;
let wide: Asker;
let shared: Id;
let hidden: Id;
let owner: PersonActor;

beforeAll(async () => {
  world = await openWorld();
  shared = await world.page({ title: 'Handbook' });
  hidden = await world.page({ title: 'Salaries' });
  await world.page({ title: 'Chapter', under: shared });
  await world.person({ name: 'Ada', email: 'ada@example.org' });
  narrow = await world.connection(['CONTENT_READ', 'USER_READ'], 'Narrow');
  wide = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ_EMAIL'], 'Wide');
  await world.share(narrow, shared);
  await world.share(wide, shared);
  await world.share(wide, hidden, { access: ['UPDATE'] });
  owner = await somebody('OWNER');
});
afterAll(() => world[Symbol.asyncDispose]());

async function somebody(role: WorkspaceRole): Promise<PersonActor> {
  const { id } = await world.person({ role });
  return { kind: 'PERSON', workspaceId: world.workspaceId, personId: id, role, bits: ALL_BITS };
}

const acting = (now?: () => number) => new ActingAs(world.store, now);
const actAs = (actor: Actor, ...headers: string[]): Promise<Actor> =>
  acting().actorFor(actor, headers, world.store.reader());

interface Answered {
  status: number;
  bytes: string;
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
  extensions?: { redactions?: { coordinate: string }[] };
}

/** What the gateway answers to an actor, as it is sent. */
async function answer(actor: Actor, query: string, variables: Record<string, unknown> = {}): Promise<Answered> {
  const { gateway, store } = world;
  const { body, http } = await gateway.apollo.executeOperation(
    { query, variables },
    { contextValue: gateway.contextFor(actor, store.reader()) },
  );
  if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
  const bytes = JSON.stringify(body.singleResult);
  return { status: http.status ?? 200, bytes, ...JSON.parse(bytes) };
}

const itself = async ({ installationId }: Asker): Promise<Actor> =>
  (await installationIn(world.workspaceId, installationId, world.store.reader()))!;

const entries = () =>
  world.sql<{ actor_kind: string; actor_id: Id; target_id: Id; details: object }>(
    `select actor_kind, actor_id, target_id, details from audit_entry
      where workspace_id = $1 and action = 'act_as.used' order by position`,
    [world.workspaceId],
  );

describe('whoever may act as an installation', () => {
  test('is an owner of its workspace, and asks as it from then on', async () => {
    const actor = await actAs(owner, narrow.installationId);
    expect(actor).toEqual({ ...(await itself(narrow)), actingFor: { personId: owner.personId } });
  });

  test('may leave the dashes of its id out', async () => {
    expect(await actAs(owner, narrow.installationId.replaceAll('-', '').toUpperCase())).toMatchObject({
      installationId: narrow.installationId,
    });
  });

  test('keeps the address she came from', async () => {
    expect(await actAs({ ...owner, address: '192.0.2.7' }, narrow.installationId)).toMatchObject({
      address: '192.0.2.7',
    });
  });

  describe('is refused, always with the same words,', () => {
    const cases: Record<string, () => Promise<[Actor, ...string[]]>> = {
      'as a member': async () => [await somebody('MEMBER'), narrow.installationId],
      'as a guest': async () => [await somebody('GUEST'), narrow.installationId],
      'as a member, for one that does not exist': async () => [await somebody('MEMBER'), newId()],
      'as a connection, for itself': async () => [await itself(narrow), narrow.installationId],
      'as a connection, for another': async () => [await itself(narrow), wide.installationId],
      'as an owner of another workspace': async () => {
        const { id } = await createWorkspace(world.store, { name: 'Elsewhere' });
        return [{ ...owner, workspaceId: id }, narrow.installationId];
      },
      'for one that does not exist': async () => [owner, newId()],
      'for what is no id': async () => [owner, 'nonsense'],
      'for nothing': async () => [owner, ''],
      'without a header': async () => [owner],
      'for a connection in place of its installation': async () => [owner, narrow.connectionId],
      'for two at once': async () => [owner, narrow.installationId, wide.installationId],
      'for two in one header': async () => [owner, `${narrow.installationId}, ${wide.installationId}`],
      'for a suspended one': async () => {
        const { installationId } = await world.connection([]);
        await world.sql(`update installation set status = 'SUSPENDED' where id = $1`, [installationId]);
        return [owner, installationId];
      },
      'for one of a suspended connection': async () => {
        const { installationId, connectionId } = await world.connection([]);
        await world.sql(`update connection set status = 'SUSPENDED' where id = $1`, [connectionId]);
        return [owner, installationId];
      },
      'for one that has ended': async () => {
        const { installationId } = await world.connection([]);
        await world.sql(`update installation set status = 'ENDED' where id = $1`, [installationId]);
        return [owner, installationId];
      },
      'with a token that does less than the installation': async () => [
        { ...owner, bits: bitsOf(['CONTENT_READ']), personalToken: { id: newId(), administers: true } },
        narrow.installationId,
      ],
    };

    test.each(Object.entries(cases))('%s', async (_, make) => {
      const [actor, ...headers] = await make();
      const before = await entries();
      await expect(actAs(actor, ...headers)).rejects.toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringMatching(REFUSED),
      });
      expect(await entries()).toEqual(before);
    });

    test('and without a look at the database when she is no owner', async () => {
      const member = await somebody('MEMBER');
      world.statements.length = 0;
      await expect(actAs(member, narrow.installationId)).rejects.toThrow(REFUSED);
      await expect(actAs(member, newId())).rejects.toThrow(REFUSED);
      expect(world.statements).toEqual([]);
    });
  });

  test('may with a token that does no less', async () => {
    const token = {
      ...owner,
      bits: bitsOf(['CONTENT_READ', 'USER_READ']),
      personalToken: { id: newId(), administers: true },
    };
    expect(await actAs(token, narrow.installationId)).toMatchObject({ installationId: narrow.installationId });
  });

  test('over HTTP: a connection that sends the header is refused, and pays nothing', async () => {
    const { sent, known, missing } = await overHttp();
    expect(sent).toBe(400);
    expect(known).toBe(missing);
    expect(JSON.parse(known)).toMatchObject({
      errors: [{ message: expect.stringMatching(REFUSED), extensions: { code: 'FORBIDDEN' } }],
      extensions: { cost: { actual: 0 } },
    });
  });

  async function overHttp(): Promise<{ sent: number; known: string; missing: string }> {
    const as = (id: Id) =>
      fetch(`${world.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${narrow.token}`,
          'gatehouse-act-as': id,
        },
        body: JSON.stringify({ query: '{ viewer { id } }' }),
      });
    const known = await as(wide.installationId);
    return { sent: known.status, known: await known.text(), missing: await (await as(newId())).text() };
  }
});

/** What a connection may ask, with and without what it lacks. */
const DOCUMENTS: Record<string, string> = {
  'who it is': `{ viewer { id kind capabilities workspace { id name } workspaces { id } person { id }
    connection { id name status capabilities } installation { id bot { id name } } } }`,
  'what it may read': '{ pages(first: 100) { totalCount nodes { id title parent { id } } } databases { totalCount } }',
  'people, with what is held back': '{ users(first: 100) { totalCount nodes { id name ... on Person { email } } } }',
  'pages it reaches, and does not': `query Q($shared: ID!, $hidden: ID!) {
    shared: page(id: $shared) { id title inTrash children { totalCount nodes { id } } }
    hidden: page(id: $hidden) { id title lastEditedAt } nodes(ids: [$shared, $hidden, "nonsense"]) { id } }`,
  'a field refused with an error':
    'query Q($hidden: ID!) { page(id: $hidden) { id title @whenDenied(behave: ERROR) } }',
  'a filter on what it may not see': '{ users(filter: { email: { eq: "ada@example.org" } }) { nodes { id } } }',
  'what is for owners and itself': 'query Q($connection: ID!) { connection(id: $connection) { id name } }',
  'the schema by introspection': '{ __schema { types { name fields { name args { name } } inputFields { name } } } }',
  'a type of the schema': '{ __type(name: "Person") { fields { name } } }',
  'the schema as SDL, and what fields need':
    '{ schemaSdl fieldAccess(coordinates: ["Person.email", "Query.pages", "Mutation.createConnection"]) { coordinate allowed needs } }',
  'what does not exist': '{ nothing }',
  'what is no GraphQL': '{ pages(',
  'a variable of the wrong type': 'query Q($first: Int) { pages(first: $first) { totalCount } }',
  'a size out of range': '{ pages(first: 0) { totalCount } }',
  'a cursor that is none': '{ pages(after: "nonsense") { totalCount } }',
  'too much': '{ pages(first: 100) { nodes { children(first: 100) { nodes { id } } } } }',
};

describe('an owner who acts as an installation', () => {
  const variables = () => ({ shared, hidden, connection: wide.connectionId, first: 'many' });
  let toldApart = 0;

  describe('is answered with the same bytes as it', () => {
    test.each(Object.entries(DOCUMENTS))('%s', async (_, query) => {
      const answers: string[] = [];
      for (const asker of [narrow, wide]) {
        const own = await answer(await itself(asker), query, variables());
        const acted = await answer(await actAs(owner, asker.installationId), query, variables());
        expect(acted).toEqual(own);
        answers.push(own.bytes);
      }
      if (answers[0] !== answers[1]) toldApart++;
    });

    test('and most of them tell the two connections apart', () => {
      expect(toldApart).toBeGreaterThan(8);
    });

    test('and they are not those she would get herself, nor those of the other', async () => {
      const asHerself = await answer(owner, DOCUMENTS['what it may read']!);
      const asNarrow = await answer(await actAs(owner, narrow.installationId), DOCUMENTS['what it may read']!);
      expect(asHerself.data).toMatchObject({ pages: { totalCount: 3 } });
      expect(asNarrow.data).toMatchObject({ pages: { totalCount: 2 } });
      const receipts = async (asker: Asker) =>
        (await answer(await actAs(owner, asker.installationId), DOCUMENTS['people, with what is held back']!))
          .extensions?.redactions;
      expect(await receipts(narrow)).toMatchObject([{ coordinate: 'Person.email' }]);
      expect(await receipts(wide)).toBeUndefined();
    });
  });

  test('goes on where a list of the connection stopped, and the other way round: a cursor is of the installation', async () => {
    const first = '{ pages(first: 1) { pageInfo { endCursor } } }';
    const next = 'query Q($after: String) { pages(first: 1, after: $after) { nodes { title } } }';
    const cursorOf = async (actor: Actor) =>
      ((await answer(actor, first)).data!.pages as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
    const [connection, acted] = [await itself(narrow), await actAs(owner, narrow.installationId)];
    const bySelf = await answer(acted, next, { after: await cursorOf(connection) });
    const byOwner = await answer(connection, next, { after: await cursorOf(acted) });
    expect(bySelf.data).toEqual({ pages: { nodes: [{ title: expect.any(String) }] } });
    expect(byOwner.bytes).toBe(bySelf.bytes);
  });

  test('and not with a cursor of her own, nor with one of another installation', async () => {
    const first = '{ pages(first: 1) { pageInfo { endCursor } } }';
    const next = 'query Q($after: String) { pages(first: 1, after: $after) { nodes { title } } }';
    for (const actor of [owner, await actAs(owner, wide.installationId)]) {
      const { data } = await answer(actor, first);
      const after = (data!.pages as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
      const acted = await answer(await actAs(owner, narrow.installationId), next, { after });
      expect(acted.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    }
  });

  describe('changes nothing', () => {
    const CREATE = 'mutation M { createConnection(input: { name: "X", capabilities: [] }) { userErrors { code } } }';

    test('a mutation is refused before any of it is carried out', async () => {
      const acted = await actAs(owner, narrow.installationId);
      const { status, data, errors } = await answer(acted, CREATE);
      expect({ status, data }).toEqual({ status: 400, data: undefined });
      expect(errors).toMatchObject([
        { message: expect.stringMatching(/only looks/), extensions: { code: 'FORBIDDEN' } },
      ]);
    });

    test('also beside queries in one document, and its queries are answered', async () => {
      const acted = await actAs(owner, narrow.installationId);
      const both = `query Q { viewer { kind } } ${CREATE}`;
      const { gateway, store } = world;
      const ask = async (operationName: string) => {
        const { body } = await gateway.apollo.executeOperation(
          { query: both, operationName },
          { contextValue: gateway.contextFor(acted, store.reader()) },
        );
        return body.kind === 'single' ? body.singleResult : {};
      };
      expect(await ask('M')).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      expect(await ask('Q')).toMatchObject({ data: { viewer: { kind: 'CONNECTION' } } });
    });

    test('where the same mutation of the connection itself has an answer of its own', async () => {
      const { status, data } = await answer(await itself(narrow), CREATE);
      expect({ status, data }).toEqual({
        status: 200,
        data: { createConnection: { userErrors: [{ code: 'FORBIDDEN' }] } },
      });
    });

    test('and no command takes her for the installation, should one be reached some other way', async () => {
      const acted = await actAs(owner, narrow.installationId);
      const change = () =>
        commit(world.store.callerFor(acted), async ({ audit }) =>
          audit({ action: 'workspace.updated', targetId: newId() }),
        );
      await expect((async () => change())()).rejects.toThrow(/acts as somebody else/);
    });
  });
});

describe('the audit log', () => {
  test('says who acted as which installation, before she is answered', async () => {
    const asker = await world.connection([]);
    await actAs(owner, asker.installationId);
    const [entry, ...more] = (await entries()).filter(({ target_id }) => target_id === asker.installationId);
    expect(entry).toMatchObject({
      actor_kind: 'PERSON',
      actor_id: owner.personId,
      details: { connectionId: asker.connectionId },
    });
    expect(more).toEqual([]);
  });

  test('has one entry a minute for each owner and installation, however much she asks', async () => {
    const [one, other] = [await world.connection([]), await world.connection([])];
    const another = await somebody('OWNER');
    let clock = 0;
    const door = acting(() => clock);
    const ask = (actor: Actor, asker: Asker) => door.actorFor(actor, [asker.installationId], world.store.reader());
    const count = async ({ installationId }: Asker) =>
      (await entries()).filter(({ target_id }) => target_id === installationId).length;

    await Promise.all(Array.from({ length: 20 }, () => ask(owner, one)));
    clock = 59_999;
    await ask(owner, one);
    expect(await count(one)).toBe(1);
    await ask(another, one);
    await ask(owner, other);
    expect([await count(one), await count(other)]).toEqual([2, 1]);
    clock = 60_000;
    await ask(owner, one);
    expect(await count(one)).toBe(3);
  });

  test('comes first: where nothing can be written, nothing is answered, and the next one tries again', async () => {
    const asker = await world.connection([]);
    let isBroken = true;
    const door = new ActingAs({
      callerFor: (actor) => {
        const caller = world.store.callerFor(actor);
        const broken = { transactional: () => Promise.reject(new Error('no database')) } as unknown as EntityManager;
        return isBroken ? { ...caller, em: () => broken } : caller;
      },
    });
    const ask = () => door.actorFor(owner, [asker.installationId], world.store.reader());
    await expect(ask()).rejects.toThrow('no database');
    isBroken = false;
    await ask();
    expect((await entries()).filter(({ target_id }) => target_id === asker.installationId)).toHaveLength(1);
  });
});
