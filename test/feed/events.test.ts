// The log as its receivers read it: what happened to what they reach and reached then, and nothing else.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateConnection } from '../../src/connection/lifecycle.js';
import { movePage, updatePage } from '../../src/content/page-lifecycle.js';
import { deletePage, trashPage } from '../../src/content/trash.js';
import { settleEpoch } from '../../src/events/epoch.js';
import { dropExpired } from '../../src/events/retention.js';
import { operatorOf } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { signedIn } from '../asking.js';
import { record, settled } from '../events/settling.js';
import { canary } from '../gate/canary.js';
import { type Answer, type Asker, openWorld, type SignedIn, type World } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

interface Shown {
  __typename: string;
  type: string;
  resourceId: Id;
  sequence: number;
  authors: { id: Id; name: string | null }[];
  page?: { id: Id; title: string | null } | null;
}
interface Found {
  totalCount: number;
  edges: { cursor: string; node: Shown }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const EVENTS = `query E($after: String, $first: Int = 20, $filter: EventFilter) {
  events(after: $after, first: $first, filter: $filter) {
    totalCount
    edges { cursor node { __typename type resourceId sequence authors { id name } ... on PageEvent { page { id title } } } }
    pageInfo { hasNextPage endCursor }
  } }`;

type Variables = { after?: string | null; first?: number; filter?: Record<string, unknown> };

const ask = (asker: Asker | SignedIn, variables: Variables = {}): Promise<Answer> =>
  world.ask(asker, EVENTS, variables as Record<string, unknown>);

async function read(asker: Asker | SignedIn, variables: Variables = {}): Promise<Found> {
  const { data, errors } = await ask(asker, variables);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.events as Found;
}

const short = ({ edges }: Found): string[] => edges.map(({ node }) => node.type);
const code = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code;

const operator = () => world.store.callerFor(operatorOf(world.workspaceId));
const rename = (id: Id, title = newId()) => updatePage(operator(), { id, title });
const written = (id: Id) => record(world, id, { type: 'PAGE_CONTENT_UPDATED' });

describe('What is seen', () => {
  test('is what happened since the share, in order, with cursors that go on', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const page = await world.page({ title: 'Early' });
    await rename(page, 'Earlier');
    await world.share(reader, page);
    await rename(page, 'Later');
    await written(page);
    await settled(world);
    const all = await read(reader);
    expect(short(all)).toEqual(['PAGE_PROPERTIES_UPDATED', 'PAGE_CONTENT_UPDATED']);
    expect(all.totalCount).toBe(2);
    expect(all.edges[1]!.node).toMatchObject({
      __typename: 'PageEvent',
      resourceId: page,
      sequence: 4,
      authors: [],
      page: { id: page, title: 'Later' },
    });
    const first = await read(reader, { first: 1 });
    expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: first.edges[0]!.cursor });
    const second = await read(reader, { after: first.pageInfo.endCursor });
    expect(short(second)).toEqual(['PAGE_CONTENT_UPDATED']);
    expect(short(await read(reader, { after: second.pageInfo.endCursor }))).toEqual([]);
  });

  test('what is not shared is not', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const [page, other] = [await world.page(), await world.page()];
    await world.share(reader, page);
    await written(other);
    await settled(world);
    expect(await read(reader)).toMatchObject({ totalCount: 0, edges: [] });
  });

  test('ends with the share, and what happened meanwhile stays hidden when it is shared again', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    const share = await world.share(reader, page);
    await written(page);
    await settled(world);
    expect(short(await read(reader))).toHaveLength(1);
    await world.unshare(share);
    expect(short(await read(reader))).toEqual([]);
    await rename(page);
    await settled(world);
    expect(short(await read(reader))).toEqual([]);
    await world.share(reader, page);
    await settled(world);
    expect(short(await read(reader))).toEqual(['PAGE_CONTENT_UPDATED']);
  });

  test('loses nothing while a share is changed into another', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    await world.share(reader, page);
    await written(page);
    await world.share(reader, page, { access: ['READ'] });
    await written(page);
    await settled(world, { windowMs: 100 });
    expect(short(await read(reader))).toEqual(['PAGE_CONTENT_UPDATED', 'PAGE_CONTENT_UPDATED']);
  });

  test('needs the bits of then as well as those of now', async () => {
    const reader = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);
    const page = await world.page();
    const share = await world.share(reader, page, { access: ['UPDATE'] });
    await written(page);
    await settled(world);
    expect(short(await read(reader))).toEqual([]);
    await world.unshare(share);
    await world.share(reader, page);
    await written(page);
    await settled(world);
    expect(short(await read(reader))).toEqual(['PAGE_CONTENT_UPDATED']);
  });

  test('needs the capability of then: what happened without it stays hidden', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    await world.share(reader, page);
    const set = (capabilities: 'CONTENT_READ'[] | 'CONTENT_UPDATE'[]) =>
      updateConnection(operator(), { id: reader.connectionId, capabilities });
    await set(['CONTENT_UPDATE']);
    await written(page);
    await set(['CONTENT_READ']);
    await rename(page);
    await settled(world);
    expect(short(await read(reader))).toEqual(['PAGE_PROPERTIES_UPDATED']);
  });

  test('without CONTENT_READ is refused as a whole', async () => {
    const reader = await world.connection(['COMMENT_READ']);
    expect(code(await ask(reader))).toBe('CAPABILITY_MISSING');
  });

  test('of comments needs COMMENT_READ', async () => {
    const [reader, deaf] = [
      await world.connection(['CONTENT_READ', 'COMMENT_READ']),
      await world.connection(['CONTENT_READ']),
    ];
    const page = await world.page();
    for (const one of [reader, deaf]) await world.share(one, page);
    const comment = newId();
    await record(world, page, { type: 'COMMENT_CREATED', resourceId: comment });
    await settled(world);
    expect((await read(reader)).edges.map(({ node }) => node)).toMatchObject([
      { __typename: 'CommentEvent', resourceId: comment, sequence: 1 },
    ]);
    expect(short(await read(deaf))).toEqual([]);
  });

  test('tells of a move into the reach, and of none out of it', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const [open, closed] = [await world.page(), await world.page()];
    await world.share(reader, open);
    const page = await world.page({ under: closed });
    const to = (id: Id) => movePage(operator(), { id: page, parent: { kind: 'Page', id } });
    await written(page);
    await to(open);
    await settled(world);
    expect(short(await read(reader))).toEqual(['PAGE_MOVED']);
    await to(closed);
    await settled(world);
    expect(short(await read(reader))).toEqual([]);
  });

  test('tells of the trash, and of nothing once it is deleted for good', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    await world.share(reader, page);
    await trashPage(operator(), { id: page });
    await settled(world);
    expect(short(await read(reader))).toEqual(['PAGE_DELETED']);
    await deletePage(operator(), { id: page });
    await settled(world);
    expect(short(await read(reader))).toEqual([]);
  });

  test('for members is everything, for guests what is shared with them', async () => {
    const member = await world.signedIn(await world.person({ role: 'MEMBER' }));
    const guest = await world.person({ role: 'GUEST' });
    const guestIn = await world.signedIn(guest);
    const page = await world.page();
    await written(page);
    await world.sql('insert into share (workspace_id, id, person_id, resource_id, access) values ($1, $2, $3, $4, 1)', [
      world.workspaceId,
      newId(),
      guest.id,
      page,
    ]);
    await rename(page);
    await settled(world);
    expect(short(await read(guestIn))).toEqual(['PAGE_PROPERTIES_UPDATED']);
    const { totalCount } = await read(member, { filter: { within: page } });
    expect(totalCount).toBe(3);
  });

  test('of what somebody installed for herself is cut by what she reached', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const guest = await world.person({ role: 'GUEST' });
    const page = await world.page();
    await world.share(reader, page);
    await world.sql('update installation set installed_by = $1 where id = $2', [guest.id, reader.installationId]);
    await written(page);
    await world.sql('insert into share (workspace_id, id, person_id, resource_id, access) values ($1, $2, $3, $4, 1)', [
      world.workspaceId,
      newId(),
      guest.id,
      page,
    ]);
    await rename(page);
    await settled(world);
    expect(short(await read(reader))).toEqual(['PAGE_PROPERTIES_UPDATED']);
  });

  test('ends where a share expired before it happened', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    const id = await world.share(reader, page, { expiresAt: new Date(Date.now() + 3_600_000) });
    await written(page);
    await world.sql('update share set expires_at = now() where id = $1', [id]);
    await rename(page);
    await world.share(reader, page);
    await settled(world);
    expect(short(await read(reader))).toEqual(['PAGE_CONTENT_UPDATED']);
  });
});

describe('Filters', () => {
  test('choose types, a subtree, columns and what others did', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const ada = signedIn(world, await world.person(), 'MEMBER');
    const bot = await world.sql<{ botId: Id }>('select bot_id as "botId" from installation where id = $1', [
      reader.installationId,
    ]);
    const itself = {
      kind: 'CONNECTION' as const,
      workspaceId: world.workspaceId,
      connectionId: reader.connectionId,
      installationId: reader.installationId,
      botId: bot[0]!.botId,
      installedById: null,
      bits: 1,
    };
    const page = await world.page();
    const below = await world.page({ under: page });
    await world.share(reader, page);
    await record(world, page, { type: 'PAGE_CONTENT_UPDATED', by: ada });
    await record(world, page, { type: 'PAGE_CONTENT_UPDATED', by: itself });
    await record(world, below, { type: 'PAGE_LOCKED', by: itself });
    await record(world, below, { type: 'PAGE_PROPERTIES_UPDATED', details: { updatedProperties: ['title'] } });
    await settled(world);
    const types = async (filter: Record<string, unknown>) => short(await read(reader, { filter }));
    expect(await types({ types: ['PAGE_LOCKED', 'PAGE_MOVED'] })).toEqual(['PAGE_LOCKED']);
    expect(await types({ types: [] })).toEqual([]);
    expect(await types({ within: below })).toEqual(['PAGE_LOCKED', 'PAGE_PROPERTIES_UPDATED']);
    expect(await types({ propertyIds: ['title', 'x'] })).toEqual(['PAGE_PROPERTIES_UPDATED']);
    expect(await types({ propertyIds: ['x'] })).toEqual([]);
    expect(await types({ notMine: true })).toEqual(['PAGE_CONTENT_UPDATED', 'PAGE_PROPERTIES_UPDATED']);
  });

  test('that drop what is mine keep what others had a part in', async () => {
    const [ada, bob] = [await world.person({ name: 'Ada' }), await world.person()];
    const page = await world.page();
    for (const one of [ada, bob])
      await record(world, page, { type: 'PAGE_CONTENT_UPDATED', by: signedIn(world, one, 'MEMBER') });
    await settled(world, { windowMs: 200 });
    const { edges } = await read(await world.signedIn(ada), {
      filter: { within: page, types: ['PAGE_CONTENT_UPDATED'], notMine: true },
    });
    expect(edges.map(({ node }) => node.authors)).toMatchObject([[{ id: ada.id }, { id: bob.id }]]);
  });

  test('that name what is hidden are answered like those that name nothing', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const hidden = await world.page();
    await written(hidden);
    await settled(world);
    const told = async (within: string) => (await ask(reader, { filter: { within } })).data;
    const nothing = await told(newId());
    expect(await told(hidden)).toEqual(nothing);
    expect(await told('x')).toEqual(nothing);
  });
});

describe('Cursors', () => {
  test('go on whatever the filter, and are no use to anybody else', async () => {
    const [reader, other] = [await world.connection(['CONTENT_READ']), await world.connection(['CONTENT_READ'])];
    const page = await world.page();
    for (const one of [reader, other]) await world.share(one, page);
    await written(page);
    await rename(page);
    await settled(world);
    const after = (await read(reader, { first: 1 })).pageInfo.endCursor;
    expect(short(await read(reader, { after, filter: { types: ['PAGE_PROPERTIES_UPDATED'] } }))).toHaveLength(1);
    expect(code(await ask(other, { after }))).toBe('CURSOR_INVALID');
    for (const forged of ['', 'x', `x${after}`, Buffer.from('["",1]').toString('base64url')])
      expect(code(await ask(reader, { after: forged })), forged).toBe('CURSOR_INVALID');
  });

  test('are of one length wherever they stand', async () => {
    const owner = await world.signedIn(await world.person({ role: 'OWNER' }));
    const { edges } = await read(owner, { first: 20 });
    expect(new Set(edges.map(({ cursor }) => cursor.length)).size).toBe(1);
  });

  test('from before a restore, or for what is not kept any more, are answered with where to go on', async () => {
    await using world = await openWorld();
    const reader = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    await world.share(reader, page);
    for (let n = 0; n < 3; n++) await record(world, page, { type: 'PAGE_CONTENT_UPDATED' });
    await settled(world);
    const of = (after: string | null): Promise<Answer> =>
      world.ask(reader, EVENTS, { after } as Record<string, unknown>);
    const before = (await of(null)).data!.events as Found;
    expect(before.edges).toHaveLength(3);
    const [first, , last] = before.edges.map(({ cursor }) => cursor);

    // A day passes out of what is kept.
    const [day] = await world.sql<{ name: string }>(
      `select min(relname) as name from pg_class where relname ~ '^event_[0-9]{8}$'`,
    );
    await world.sql('alter table event detach partition '.concat(day!.name));
    await world.sql(`update ${day!.name} set settled_at = settled_at - interval '40 days'`);
    const old = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
    await world.sql(`alter table ${day!.name} rename to event_${old.replaceAll('-', '')}`);
    await world.sql(
      `alter table event attach partition event_${old.replaceAll('-', '')} for values from ('${old} 00:00Z') to (timestamptz '${old} 00:00Z' + interval '1 day')`,
    );
    await world.sql('select make_event_partitions(3)');
    await world.sql("update change set stamped_at = stamped_at - interval '40 days'");
    expect(await dropExpired(world.store.em(), new Date(Date.now() - 30 * 86_400_000))).toBe(1);
    expect(await world.sql('select 1 from change')).toEqual([]);
    const expired = await of(first!);
    expect(code(expired)).toBe('CURSOR_EXPIRED');
    await record(world, page, { type: 'PAGE_LOCKED' });
    await settled(world);
    const { floor } = expired.errors![0]!.extensions as unknown as { floor: string };
    expect(short((await of(floor)).data!.events as Found)).toEqual(['PAGE_LOCKED']);
    expect(short((await of(null)).data!.events as Found)).toEqual(['PAGE_LOCKED']);
    expect(short((await of(last!)).data!.events as Found)).toEqual(['PAGE_LOCKED']);

    await world.sql('update event_log set position = 2, floor = 0');
    expect(code(await of(last!)), 'ahead of the log').toBe('CURSOR_INVALID');
    await world.sql("update gatehouse_fact set value = 'elsewhere' where name = 'log_origin'");
    await settleEpoch(world.store.em());
    expect(code(await of(last!)), 'of another log').toBe('CURSOR_EXPIRED');
  });
});

describe('Values', () => {
  const VALUES = `{ events(first: 10, filter: { types: [PAGE_PROPERTIES_UPDATED] }) { nodes { ... on PagePropertiesEvent {
    updatedProperties { id before { ...V } after { ...V } } } } } }
    fragment V on PropertyValue { __typename name ... on TitleValue { title } ... on NumberValue { number } ... on TextValue { text }
      ... on PeopleValue { people(first: 1) { nodes { id name ... on Person { email } } } }
      ... on RelationValue { pages(first: 1) { nodes { title } } } }`;

  test('are shown as they were and became, by the guards of values', async () => {
    const [name, email, mention] = [canary('name'), `${canary('mail')}@example.org`, canary('title')];
    const person = await world.person({ name, email });
    const hidden = await world.page({ title: mention });
    const { id, dataSourceId } = await world.database({
      properties: [
        { id: 'title', name: 'Name', type: 'TITLE' },
        { id: 'n', name: 'Count', type: 'NUMBER' },
        { id: 'p', name: 'Who', type: 'PEOPLE' },
        { id: 't', name: 'Notes', type: 'TEXT' },
        { id: 'r', name: 'Where', type: 'RELATION', dataSourceId: null },
        { id: 'd', name: 'Due', type: 'DATE' },
      ],
    });
    const row = await world.page({ under: dataSourceId, title: 'Row' });
    const [blind, seeing] = [
      await world.connection(['CONTENT_READ']),
      await world.connection(['CONTENT_READ', 'USER_READ_EMAIL']),
    ];
    for (const one of [blind, seeing]) await world.share(one, id);
    await world.share(seeing, hidden);
    await record(world, row, {
      type: 'PAGE_PROPERTIES_UPDATED',
      details: {
        updatedProperties: ['title', 'n', 'p', 't', 'r', 'd', 'gone'],
        before: { title: 'Old', n: 1, r: [hidden], d: 'no date', gone: 5 },
        after: { title: 'New', n: 2, p: [person.id], t: [{ type: 'MENTION', resourceId: hidden }] },
      },
    });
    await settled(world);
    const see: Answer = await world.ask(seeing, VALUES);
    expect((see.data!.events as { nodes: { updatedProperties: unknown }[] }).nodes[0]?.updatedProperties).toEqual([
      {
        id: 'title',
        before: { __typename: 'TitleValue', name: 'Name', title: 'Old' },
        after: { __typename: 'TitleValue', name: 'Name', title: 'New' },
      },
      {
        id: 'n',
        before: { __typename: 'NumberValue', name: 'Count', number: 1 },
        after: { __typename: 'NumberValue', name: 'Count', number: 2 },
      },
      {
        id: 'p',
        before: { __typename: 'PeopleValue', name: 'Who', people: { nodes: [] } },
        after: { __typename: 'PeopleValue', name: 'Who', people: { nodes: [{ id: person.id, name, email }] } },
      },
      {
        id: 't',
        before: { __typename: 'TextValue', name: 'Notes', text: null },
        after: { __typename: 'TextValue', name: 'Notes', text: mention },
      },
      {
        id: 'r',
        before: { __typename: 'RelationValue', name: 'Where', pages: { nodes: [{ title: mention }] } },
        after: { __typename: 'RelationValue', name: 'Where', pages: { nodes: [] } },
      },
      { id: 'd', before: null, after: { __typename: 'DateValue', name: 'Due' } },
      { id: 'gone', before: null, after: null },
    ]);
    const { text, extensions } = await world.ask(blind, VALUES);
    for (const secret of [name, email, mention]) expect(text).not.toContain(secret);
    expect(extensions?.redactions?.map(({ coordinate }) => coordinate).sort()).toEqual(['Person.email', 'Person.name']);
  });

  test('show authors by the rule of people', async () => {
    const name = canary('author');
    const author = await world.person({ name });
    const page = await world.page();
    const [blind, seeing] = [
      await world.connection(['CONTENT_READ']),
      await world.connection(['CONTENT_READ', 'USER_READ']),
    ];
    for (const one of [blind, seeing]) await world.share(one, page);
    await record(world, page, { type: 'PAGE_CONTENT_UPDATED', by: signedIn(world, author, 'MEMBER') });
    await settled(world);
    expect((await read(seeing)).edges[0]!.node.authors).toEqual([{ id: author.id, name }]);
    expect((await read(blind)).edges[0]!.node.authors).toEqual([{ id: author.id, name: null }]);
  });
});

describe('Two worlds', () => {
  test('that differ in what is hidden answer alike', async () => {
    await using quiet = await openWorld();
    await using busy = await openWorld();
    const answers = await Promise.all(
      [quiet, busy].map(async (world) => {
        const [page, hidden] = [newId(), newId()];
        await world.pages([
          { id: page, title: 'Seen' },
          { id: hidden, title: 'Hidden' },
        ]);
        const reader = await world.connection(['CONTENT_READ']);
        await world.share(reader, page);
        for (let n = 0; n < 12; n++) {
          if (world === busy) {
            await record(world, hidden, { type: 'PAGE_CONTENT_UPDATED' });
            await record(world, page, { type: 'COMMENT_CREATED', resourceId: newId() });
          }
          await record(world, page, { type: n % 2 ? 'PAGE_LOCKED' : 'PAGE_CONTENT_UPDATED' });
        }
        await settled(world);
        const { text } = await world.ask(
          reader,
          `{ events(first: 10) { totalCount edges { cursor node { type sequence version } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
        );
        return text.replaceAll(
          /"(cursor|endCursor)":"([^"]+)"/g,
          (_, key, cursor: string) => `${key} of ${cursor.length}`,
        );
      }),
    );
    expect(answers[0]).toBe(answers[1]);
  });
});
