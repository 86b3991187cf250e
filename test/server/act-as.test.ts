// Gatehouse-Act-As: an owner asks as an installation and is answered as it would be, byte for byte, and leaves a trace.

import type { EntityManager } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor, PersonActor, WorkspaceRole } from '../../src/gate/actor.js';
import { ALL_BITS } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { ActingAs } from '../../src/server/act-as.js';
import { commit } from '../../src/unit-of-work.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { personalToken } from '../actors.js';
import { type Answer, type Asker, credentialsOf, openWorld, type SignedIn, type World } from '../world.js';
import { send } from './wire.js';

const REFUSED = /^Gatehouse-Act-As takes the id of an installation of this workspace that works, and is for owners/;
const WHO = '{ viewer { kind installation { id } } }';

let world: World;
let narrow: Asker;
let wide: Asker;
let shared: Id;
let hidden: Id;
let owner: SignedIn;

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

const somebody = async (role: WorkspaceRole): Promise<SignedIn> => world.signedIn(await world.person({ role }));

const acting = (asker: Asker, whoever = owner): SignedIn => ({ ...whoever, actAs: asker.installationId });

/** The same person as the gateway takes her once she is known. */
const actorOf = ({ personId }: SignedIn, given: Partial<PersonActor> = {}): PersonActor => ({
  kind: 'PERSON',
  workspaceId: world.workspaceId,
  personId,
  role: 'OWNER',
  bits: ALL_BITS,
  ...given,
});

/** The actor that a header makes of another. */
const actAs = (actor: Actor, ...headers: string[]) =>
  new ActingAs(world.store).actorFor(actor, headers, world.store.reader());

const entries = ({ installationId }: Pick<Asker, 'installationId'>) =>
  world.sql<{ actor_kind: string; actor_id: Id; details: object; address: string | null }>(
    `select actor_kind, actor_id, details, address from audit_entry
      where workspace_id = $1 and action = 'act_as.used' and target_id = $2 order by position`,
    [world.workspaceId, installationId],
  );

/** Status and body of a request with these headers besides. */
const sent = async (asker: Asker | SignedIn, headers: Record<string, string | string[]>, query = WHO) => {
  const { status, text } = await send(world.url, {
    headers: { 'content-type': 'application/json', ...credentialsOf(asker), ...headers },
    body: JSON.stringify({ query }),
  });
  return { status, text };
};

describe('whoever may act as an installation', () => {
  test('is an owner of its workspace', async () => {
    const { status, data } = await world.ask(acting(narrow), WHO);
    expect(status).toBe(200);
    expect(data).toEqual({ viewer: { kind: 'CONNECTION', installation: { id: narrow.installationId } } });
  });

  test('may leave the dashes of its id out', async () => {
    const actAs = narrow.installationId.replaceAll('-', '').toUpperCase();
    const { data } = await world.ask({ ...owner, actAs }, WHO);
    expect(data).toMatchObject({ viewer: { installation: { id: narrow.installationId } } });
  });

  test('asks as herself without the header', async () => {
    expect((await world.ask(owner, WHO)).data).toEqual({ viewer: { kind: 'PERSON', installation: null } });
  });

  test('may with a token of hers that administers and does no less than the installation', async () => {
    const token = await personalToken(world, owner.personId, {
      capabilities: ['CONTENT_READ', 'USER_READ'],
      administer: true,
    });
    const { status, text } = await sent({ ...narrow, token }, { 'gatehouse-act-as': narrow.installationId });
    expect(status).toBe(200);
    expect(text).toBe((await sent(narrow, {})).text);
  });

  describe('is refused with the same bytes, and pays nothing,', () => {
    let refused: string;
    beforeAll(async () => {
      const missing = await sent(owner, { 'gatehouse-act-as': newId() });
      refused = missing.text;
      expect(missing.status).toBe(400);
      expect(JSON.parse(refused)).toMatchObject({
        errors: [{ message: expect.stringMatching(REFUSED), extensions: { code: 'FORBIDDEN' } }],
        extensions: { cost: { requested: 2, actual: 0 } },
      });
    });

    const cases: Record<string, () => Promise<[Asker | SignedIn, string | string[]]>> = {
      'as a member': async () => [await somebody('MEMBER'), narrow.installationId],
      'as a guest': async () => [await somebody('GUEST'), narrow.installationId],
      'as a member, for one that does not exist': async () => [await somebody('MEMBER'), newId()],
      'as a connection, for itself': async () => [narrow, narrow.installationId],
      'as a connection, for another': async () => [narrow, wide.installationId],
      'as a connection, for one that does not exist': async () => [narrow, newId()],
      'with a token of an owner that does not administer': async () => [
        { ...narrow, token: await personalToken(world, owner.personId) },
        narrow.installationId,
      ],
      'with a token that administers and does less than the installation': async () => [
        {
          ...narrow,
          token: await personalToken(world, owner.personId, { capabilities: ['CONTENT_READ'], administer: true }),
        },
        narrow.installationId,
      ],
      'as an owner, for one of another workspace': async () => {
        const { id: workspaceId } = await createWorkspace(world.store, { name: 'Elsewhere' });
        const both = await somebody('OWNER');
        await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'OWNER')`, [
          workspaceId,
          both.personId,
        ]);
        return [{ ...both, workspaceId }, narrow.installationId];
      },
      'for what is no id': async () => [owner, 'nonsense'],
      'for nothing': async () => [owner, ''],
      'for a connection in place of its installation': async () => [owner, narrow.connectionId],
      'for two at once': async () => [owner, [narrow.installationId, wide.installationId]],
      'for the same one twice': async () => [owner, [narrow.installationId, narrow.installationId]],
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
    };

    test.each(Object.entries(cases))('%s', async (_, make) => {
      const [asker, header] = await make();
      const written = await world.sql(`select 1 from audit_entry where action = 'act_as.used'`);
      expect(await sent(asker, { 'gatehouse-act-as': header })).toEqual({ status: 400, text: refused });
      expect(await world.sql(`select 1 from audit_entry where action = 'act_as.used'`)).toEqual(written);
    });

    test('and without a look at the database when she is no owner', async () => {
      const member = actorOf(owner, { role: 'MEMBER' });
      world.statements.length = 0;
      await expect(actAs(member, narrow.installationId)).rejects.toThrow(REFUSED);
      await expect(actAs(member, newId())).rejects.toThrow(REFUSED);
      expect(world.statements).toEqual([]);
    });
  });

  test('nobody is, who is not signed in', async () => {
    const { status } = await sent(
      { ...narrow, token: 'gth_int_nobody' },
      { 'gatehouse-act-as': narrow.installationId },
    );
    expect(status).toBe(401);
  });

  describe('may no more from the next request on', () => {
    test('when she is no owner any more', async () => {
      const other = await somebody('OWNER');
      expect((await world.ask(acting(narrow, other), WHO)).status).toBe(200);
      await world.sql(`update membership set role = 'MEMBER' where person_id = $1`, [other.personId]);
      expect((await world.ask(acting(narrow, other), WHO)).status).toBe(400);
    });

    test('when the installation is suspended; and gets less when it may less', async () => {
      const asker = await world.connection(['USER_READ']);
      const people = '{ users { totalCount } }';
      expect((await world.ask(acting(asker), people)).errors).toBeUndefined();
      await world.sql('update capability_grant set capabilities = 0 where installation_id = $1', [
        asker.installationId,
      ]);
      expect((await world.ask(acting(asker), people)).errors).toMatchObject([
        { extensions: { code: 'CAPABILITY_MISSING' } },
      ]);
      await world.sql(`update installation set status = 'SUSPENDED' where id = $1`, [asker.installationId]);
      expect((await world.ask(acting(asker), people)).status).toBe(400);
    });
  });
});

/** What a connection may ask, with and without what it lacks. */
const DOCUMENTS: Record<string, string> = {
  'who it is': `{ viewer { id kind capabilities workspace { id name } workspaces { id } person { id } sessions { id }
    connection { id name status capabilities } installation { id bot { id name } } } }`,
  'what it may read': '{ pages(first: 100) { totalCount nodes { id title parent { id } } } databases { totalCount } }',
  'people, with what is held back': '{ users(first: 100) { totalCount nodes { id name ... on Person { email } } } }',
  'pages it reaches, and does not': `query Q($shared: ID!, $hidden: ID!) {
    shared: page(id: $shared) { id title inTrash children { totalCount nodes { id } } }
    hidden: page(id: $hidden) { id title lastEditedAt } nodes(ids: [$shared, $hidden, "nonsense"]) { id } }`,
  'a field refused with an error':
    'query Q($hidden: ID!) { page(id: $hidden) { id title @whenDenied(behave: ERROR) } }',
  'a filter on what it may not see': '{ users(filter: { email: { eq: "ada@example.org" } }) { nodes { id } } }',
  'what is for owners and itself':
    'query Q($connection: ID!) { connection(id: $connection) { id name usage { requests shares { share { id access } } } } }',
  'what is for owners': `query Q($connection: ID!) { effectiveAccess(connectionId: $connection) { types }
    viewer { workspace { connections { totalCount } } } }`,
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
  'too much of a document': `{ ${'id '.repeat(500)} }`,
};

describe('an owner who acts as an installation', () => {
  const variablesFor = (query: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries({ shared, hidden, connection: wide.connectionId, first: 'many' }).filter(([name]) =>
        query.includes(`$${name}:`),
      ),
    );
  const shownOf = ({ status, text, headers }: Answer<unknown>) => ({ status, text, type: headers.get('content-type') });
  let toldApart = 0;

  describe('is answered with the same bytes as it', () => {
    test.each(Object.entries(DOCUMENTS))('%s', async (_, query) => {
      const texts: string[] = [];
      for (let time = 0; time < 4; time++) {
        // Known documents go another way to the same answer, and are compiled in the end.
        for (const asker of [narrow, wide]) {
          const own = await world.ask(asker, query, variablesFor(query));
          const acted = await world.ask(acting(asker), query, variablesFor(query));
          expect(shownOf(acted)).toEqual(shownOf(own));
          texts.push(own.text);
        }
      }
      if (new Set(texts).size > 1) toldApart++;
    });

    test('and most of them tell the two connections apart', () => {
      expect(toldApart).toBeGreaterThanOrEqual(9);
    });

    test('and they are not those she would get herself', async () => {
      const asHerself = await world.ask(owner, DOCUMENTS['what it may read']!);
      const asNarrow = await world.ask(acting(narrow), DOCUMENTS['what it may read']!);
      expect(asHerself.data).toMatchObject({ pages: { totalCount: 3 } });
      expect(asNarrow.data).toMatchObject({ pages: { totalCount: 2 } });
      const receipts = async (asker: SignedIn) =>
        (await world.ask(asker, DOCUMENTS['people, with what is held back']!)).extensions?.redactions;
      expect(await receipts(acting(narrow))).toMatchObject([{ coordinate: 'Person.email' }]);
      expect(await receipts(acting(wide))).toBeUndefined();
      expect(await receipts(owner)).toBeUndefined();
    });
  });

  describe('cursors are those of the installation', () => {
    const FIRST = '{ pages(first: 1) { pageInfo { endCursor } } }';
    const NEXT = 'query Q($after: String) { pages(first: 1, after: $after) { nodes { title } } }';
    const cursorOf = async (asker: Asker | SignedIn) =>
      (await world.ask<{ pages: { pageInfo: { endCursor: string } } }, object>(asker, FIRST)).data!.pages.pageInfo
        .endCursor;

    test('she goes on where its list stopped, and it goes on where hers did', async () => {
      const hers = await world.ask(acting(narrow), NEXT, { after: await cursorOf(narrow) });
      const its = await world.ask(narrow, NEXT, { after: await cursorOf(acting(narrow)) });
      expect(hers.data).toEqual({ pages: { nodes: [{ title: expect.any(String) }] } });
      expect(its.text).toBe(hers.text);
    });

    test('not where her own did, or that of another installation', async () => {
      for (const asker of [owner, acting(wide), wide]) {
        const { errors } = await world.ask(acting(narrow), NEXT, { after: await cursorOf(asker) });
        expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
      }
    });

    test('nor she herself where hers as the installation did', async () => {
      const { errors } = await world.ask(owner, NEXT, { after: await cursorOf(acting(narrow)) });
      expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    });
  });

  describe('changes nothing', () => {
    const CREATE = 'mutation M { createConnection(input: { name: "X", capabilities: [] }) { userErrors { code } } }';

    test('a mutation is refused before any of it is carried out', async () => {
      const { status, data, errors } = await world.ask(acting(narrow), CREATE);
      expect({ status, data }).toEqual({ status: 400, data: undefined });
      expect(errors).toMatchObject([
        { message: expect.stringMatching(/only looks/), extensions: { code: 'FORBIDDEN' } },
      ]);
    });

    test('be it one that holds nothing', async () => {
      const { data, errors } = await world.ask(acting(narrow), 'mutation { __typename }');
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    });

    test('also beside queries in one document, whose queries are answered', async () => {
      const both = `query Q { viewer { kind } } ${CREATE}`;
      const ask = async (operationName: string) => {
        const response = await fetch(`${world.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...credentialsOf(acting(narrow)) },
          body: JSON.stringify({ query: both, operationName }),
        });
        return response.json();
      };
      for (let time = 0; time < 4; time++) {
        expect(await ask('M')).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
        expect(await ask('Q')).toMatchObject({ data: { viewer: { kind: 'CONNECTION' } } });
      }
    });

    test('where the same mutation of the connection itself has an answer of its own', async () => {
      const { status, data } = await world.ask(narrow, CREATE);
      expect({ status, data }).toEqual({
        status: 200,
        data: { createConnection: { userErrors: [{ code: 'FORBIDDEN' }] } },
      });
    });

    test('and no command takes her for the installation, should one be reached some other way', async () => {
      const acted = await actAs(actorOf(owner), narrow.installationId);
      const change = () =>
        commit(world.store.callerFor(acted), async ({ audit }) =>
          audit({ action: 'workspace.updated', targetId: newId() }),
        );
      await expect((async () => change())()).rejects.toThrow(/acts as somebody else/);
    });
  });

  test('pays herself', async () => {
    const other = await somebody('OWNER');
    const asker = await world.connection(['CONTENT_READ']);
    await world.ask(acting(asker, other), '{ pages(first: 10) { nodes { id } } }');
    const payers = await world.sql<{ payer_id: Id }>('select payer_id from budget where payer_id = any($1)', [
      [other.personId, asker.installationId],
    ]);
    expect(payers).toEqual([{ payer_id: other.personId }]);
  });
});

describe('the audit log', () => {
  test('says who acted as which installation, and from where, before she is answered', async () => {
    const asker = await world.connection([]);
    await world.ask(acting(asker), WHO);
    expect(await entries(asker)).toEqual([
      {
        actor_kind: 'PERSON',
        actor_id: owner.personId,
        details: { connectionId: asker.connectionId },
        address: expect.stringContaining('127.0.0.1'),
      },
    ]);
  });

  test('says nothing of what the connection asks itself', async () => {
    const asker = await world.connection([]);
    await world.ask(asker, WHO);
    expect(await entries(asker)).toEqual([]);
  });

  test('has one entry a minute for each owner and installation, however much she asks', async () => {
    const [one, other] = [await world.connection([]), await world.connection([])];
    const another = actorOf(await somebody('OWNER'));
    let clock = 0;
    const door = new ActingAs(world.store, () => clock);
    const ask = (actor: Actor, asker: Asker) => door.actorFor(actor, [asker.installationId], world.store.reader());

    await Promise.all(Array.from({ length: 20 }, () => ask(actorOf(owner), one)));
    clock = 59_999;
    await ask(actorOf(owner), one);
    expect(await entries(one)).toHaveLength(1);
    await ask(another, one);
    await ask(actorOf(owner), other);
    expect([(await entries(one)).length, (await entries(other)).length]).toEqual([2, 1]);
    clock = 60_000;
    await ask(actorOf(owner), one);
    expect(await entries(one)).toHaveLength(3);
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
    const ask = () => door.actorFor(actorOf(owner), [asker.installationId], world.store.reader());
    await expect(ask()).rejects.toThrow('no database');
    isBroken = false;
    await ask();
    expect(await entries(asker)).toHaveLength(1);
  });
});
