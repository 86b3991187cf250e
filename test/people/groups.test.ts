// Groups: who makes and changes them, who sees what of them, and how they stand beside persons where people are named.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/gate/actor.js';
import { bitsOf } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { removeMember, updateMember } from '../../src/people/member-lifecycle.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { operator } from '../actors.js';
import { askAs, mutate, operatorIn, type Payload, signedIn } from '../asking.js';
import { canary, Scanner } from '../gate/canary.js';
import { openWorld, type World } from '../world.js';

const WHOLE =
  'group { id name avatarUrl version deletedAt createdAt members { totalCount nodes { person { id } role } } }';

let world: World;
let owner: Actor;
let member: Actor;
let guest: Actor;
let ada: Id;
let grace: Id;
let gina: Id;
beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ name: 'Olga', role: 'OWNER' }), 'OWNER');
  ada = (await world.person({ name: 'Ada' })).id;
  grace = (await world.person({ name: 'Grace' })).id;
  gina = (await world.person({ name: 'Gina', role: 'GUEST' })).id;
  member = signedIn(world, { id: ada }, 'MEMBER');
  guest = signedIn(world, { id: gina }, 'GUEST');
});
afterAll(() => world[Symbol.asyncDispose]());

let groups = 0;
const make = async (personIds: Id[] = [], name = `Group ${++groups}`): Promise<Id> =>
  (await mutate(world, owner, 'createGroup', { name, personIds }, 'group { id }')).group.id;
const inGroup = async (id: Id): Promise<Id[]> =>
  (
    await world.sql<{ person_id: Id }>(
      'select person_id from person_group_member where group_id = $1 order by person_id',
      [id],
    )
  ).map((row) => row.person_id);
const refusal = ({ userErrors: [first] }: Payload) => first && { code: first.code, path: first.path };
const actionsOn = async (id: Id) =>
  (
    await world.sql<{ action: string }>('select action from audit_entry where target_id = $1 order by position', [id])
  ).map(({ action }) => action);

describe('A group', () => {
  test('is made, renamed, filled, emptied and deleted by an owner, and each step is written down', async () => {
    const made = await mutate(world, owner, 'createGroup', { name: ' Editors ', personIds: [ada, ada] }, WHOLE);
    expect(made.userErrors).toEqual([]);
    expect(made.group).toMatchObject({
      name: 'Editors',
      avatarUrl: null,
      version: 1,
      deletedAt: null,
      members: { totalCount: 1, nodes: [{ person: { id: ada }, role: 'MEMBER' }] },
    });
    const { id: groupId } = made.group;
    const renamed = await mutate(world, owner, 'updateGroup', { groupId, name: 'Writers', expectedVersion: 1 }, WHOLE);
    expect(renamed.group).toMatchObject({ name: 'Writers', version: 2 });
    const filled = await mutate(world, owner, 'addGroupMembers', { groupId, personIds: [ada, grace] }, WHOLE);
    expect(filled.group).toMatchObject({ version: 3, members: { totalCount: 2 } });
    const emptied = await mutate(world, owner, 'removeGroupMembers', { groupId, personIds: [ada] }, WHOLE);
    expect(emptied.group).toMatchObject({ version: 4, members: { nodes: [{ person: { id: grace } }] } });
    const deleted = await mutate(world, owner, 'deleteGroup', { groupId, expectedVersion: 4 }, WHOLE);
    expect(deleted.group).toMatchObject({ name: 'Writers', deletedAt: expect.any(String), members: { totalCount: 0 } });
    expect(await actionsOn(groupId)).toEqual([
      'group.created',
      'group.updated',
      'group_member.added',
      'group_member.removed',
      'group.deleted',
    ]);
    for (const [mutation, input] of [
      ['updateGroup', { name: 'Again' }],
      ['deleteGroup', {}],
      ['addGroupMembers', { personIds: [ada] }],
      ['removeGroupMembers', { personIds: [grace] }],
    ] as const) {
      expect(refusal(await mutate(world, owner, mutation, { groupId, ...input }))).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('is neither made nor changed by members, guests and connections', async () => {
    const groupId = await make([ada]);
    for (const actor of [member, guest]) {
      for (const [mutation, input] of [
        ['createGroup', { name: 'Mine' }],
        ['updateGroup', { groupId, name: 'Mine' }],
        ['deleteGroup', { groupId }],
        ['addGroupMembers', { groupId, personIds: [grace] }],
        ['removeGroupMembers', { groupId, personIds: [ada] }],
      ] as const) {
        expect(refusal(await mutate(world, actor, mutation, input))).toEqual({ code: 'FORBIDDEN', path: null });
      }
    }
    expect(await inGroup(groupId)).toEqual([ada]);
    expect(await actionsOn(groupId)).toEqual(['group.created']);
  });

  test('of another workspace looks like none', async () => {
    const { id: workspaceId } = await createWorkspace(world.store, { name: 'Elsewhere' });
    const groupId = await make([ada]);
    const there = signedIn(world, { id: newId() }, 'OWNER', { workspaceId });
    const query = `{ user(id: "${groupId}") { id } node(id: "${groupId}") { id } }`;
    expect((await askAs(world, there, query)).data).toEqual({ user: null, node: null });
    const byOperator = { ...operatorIn(world), workspaceId };
    expect(refusal(await mutate(world, byOperator, 'deleteGroup', { groupId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await askAs(world, owner, query)).data).toEqual({ user: { id: groupId }, node: { id: groupId } });
  });

  test('has a name that no other one has, but a deleted one had', async () => {
    const groupId = await make([], 'Board');
    const again = () => mutate(world, owner, 'createGroup', { name: 'BOARD' });
    expect(refusal(await again())).toEqual({ code: 'ALREADY_EXISTS', path: ['name'] });
    const other = await make();
    expect(refusal(await mutate(world, owner, 'updateGroup', { groupId: other, name: 'board' }))).toEqual({
      code: 'ALREADY_EXISTS',
      path: ['name'],
    });
    expect((await mutate(world, owner, 'updateGroup', { groupId, name: 'BOARD' })).userErrors).toEqual([]);
    await mutate(world, owner, 'deleteGroup', { groupId });
    expect((await again()).userErrors).toEqual([]);
  });

  test('is changed at the version that was read, or not at all', async () => {
    const groupId = await make();
    const change = (expectedVersion: number) =>
      mutate(world, owner, 'updateGroup', { groupId, name: newId(), expectedVersion });
    const changed = await Promise.all([change(1), change(1)]);
    expect(changed.map((one) => refusal(one)?.code ?? 'done').sort()).toEqual(['STALE_VERSION', 'done']);
    expect(refusal(await mutate(world, owner, 'deleteGroup', { groupId, expectedVersion: 1 }))?.code).toBe(
      'STALE_VERSION',
    );
  });

  test('holds members, all of those named or none: no guest, no stranger, nobody of another workspace', async () => {
    const groupId = await make();
    for (const [wrong, code] of [
      [gina, 'INVALID_STATE'],
      [newId(), 'NOT_FOUND'],
    ] as const) {
      const personIds = [ada, wrong];
      expect(refusal(await mutate(world, owner, 'addGroupMembers', { groupId, personIds }))).toEqual({
        code,
        path: ['personIds'],
      });
      expect(refusal(await mutate(world, owner, 'createGroup', { name: newId(), personIds }))?.code).toBe(code);
    }
    expect(await inGroup(groupId)).toEqual([]);
    await mutate(world, owner, 'addGroupMembers', { groupId, personIds: [ada] });
    expect(refusal(await mutate(world, owner, 'addGroupMembers', { groupId, personIds: [ada] }))?.code).toBe(
      'ALREADY_EXISTS',
    );
    expect(refusal(await mutate(world, owner, 'removeGroupMembers', { groupId, personIds: [ada, grace] }))?.code).toBe(
      'NOT_FOUND',
    );
    expect(refusal(await mutate(world, owner, 'removeGroupMembers', { groupId, personIds: [] }))?.code).toBe(
      'NOT_FOUND',
    );
    const many = Array.from({ length: 101 }, () => newId());
    expect(refusal(await mutate(world, owner, 'addGroupMembers', { groupId, personIds: many }))?.code).toBe('TOO_LONG');
    expect(await inGroup(groupId)).toEqual([ada]);
  });

  test('loses who leaves the workspace, and who becomes a guest', async () => {
    const [mia, max] = [(await world.person()).id, (await world.person()).id];
    const groupId = await make([ada, mia, max]);
    await removeMember(operator(world), { personId: mia });
    await updateMember(operator(world), { personId: max, role: 'GUEST' });
    expect(await inGroup(groupId)).toEqual([ada]);
    expect(await actionsOn(groupId)).toEqual(['group.created', 'group_member.removed', 'group_member.removed']);
  });
});

describe('Groups', () => {
  const LIST = `query ($filter: GroupFilter, $first: Int, $after: String) { viewer { workspace {
    groups(filter: $filter, first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id name members(first: 1) { totalCount } } } } } }`;

  test('are listed to members and owners by name and page by page, without those deleted', async () => {
    const names = ['List one', 'List two', 'List three'];
    const ids = [];
    for (const name of names) ids.push(await make([ada], name));
    await mutate(world, owner, 'deleteGroup', { groupId: ids[1] });
    const filter = { name: { startsWith: 'list' } };
    for (const actor of [owner, member, operatorIn(world)]) {
      const { data } = await askAs(world, actor, LIST, { filter, first: 1 });
      const { groups } = (data as unknown as Listed).viewer.workspace;
      expect(groups).toMatchObject({
        totalCount: 2,
        nodes: [{ id: ids[0], name: 'List one', members: { totalCount: 1 } }],
        pageInfo: { hasNextPage: true },
      });
      const next = await askAs(world, actor, LIST, { filter, first: 1, after: groups!.pageInfo.endCursor });
      expect((next.data as unknown as Listed).viewer.workspace.groups).toMatchObject({
        nodes: [{ id: ids[2] }],
        pageInfo: { hasNextPage: false },
      });
    }
  });

  test('are not listed to guests and connections, who find one by its id and not who is in it', async () => {
    const groupId = await make([ada], 'Hidden list');
    const reader = await world.connection(['USER_READ_EMAIL']);
    const one = `{ user(id: "${groupId}") { __typename id name ... on Group { members { totalCount } } } }`;
    for (const ask of [
      (query: string) => askAs(world, guest, query),
      (query: string) => world.ask<Record<string, unknown>, object>(reader, query),
    ]) {
      const list = await ask('{ viewer { workspace { groups { totalCount } } } }');
      expect(list.data).toMatchObject({ viewer: { workspace: { groups: null } } });
      expect(list.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
      const found = await ask(one);
      expect(found.data).toEqual({ user: { __typename: 'Group', id: groupId, name: 'Hidden list', members: null } });
      expect(found.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    }
  });

  test('are no users: neither the list of users nor that of candidates for shares has any', async () => {
    const groupId = await make();
    const { data } = await askAs(
      world,
      owner,
      `{ users(first: 100) { nodes { __typename id } }
         named: users(filter: { name: { startsWith: "Group" } }) { totalCount }
         viewer { workspace { shareCandidates(first: 100) { nodes { __typename id } } } } }`,
    );
    expect(JSON.stringify(data)).not.toContain(groupId);
    expect(JSON.stringify(data)).not.toContain('"Group"');
    expect(data?.named).toEqual({ totalCount: 0 });
  });

  interface Listed {
    viewer: { workspace: { groups: { pageInfo: { endCursor: string } } | null } };
  }
});

describe('Where people are named', () => {
  const name = canary('Name');
  const email = `${canary('mail')}@hidden.example`;
  const called = canary('Group');
  let person: Id;
  let groupId: Id;
  let row: Id;
  let database: Id;
  beforeAll(async () => {
    person = (await world.person({ name, email })).id;
    groupId = await make([person], called);
    const made = await world.database({
      properties: [
        { id: 'title', name: 'Name', type: 'TITLE' },
        { id: 'who', name: 'Who', type: 'PEOPLE' },
        { id: 'made', name: 'Made by', type: 'CREATED_BY' },
        { id: 'last', name: 'Changed by', type: 'LAST_EDITED_BY' },
        { id: 'sure', name: 'Checked', type: 'VERIFICATION' },
      ],
    });
    database = made.id;
    row = await world.page({
      title: 'Row',
      under: made.dataSourceId,
      props: { who: [person, groupId, newId()], sure: { verifiedById: person, start: '2026-01-01T00:00:00.000Z' } },
    });
    await world.sql('update page set created_by = $1, last_edited_by = $1 where id = $2', [person, row]);
  });

  const PERSON = '__typename id name ... on Person { email }';
  const DOORS: Record<string, string> = {
    'a column of people': `... on PeopleValue { people(first: 10) { totalCount nodes { ${PERSON} } edges { node { ${PERSON} } } } }`,
    'a column of who made the row': `... on CreatedByValue { createdBy { ${PERSON} } }`,
    'a column of who last changed it': `... on LastEditedByValue { lastEditedBy { ${PERSON} } }`,
    'a column of who said it is right': `... on VerificationValue { verifiedBy { ${PERSON} } }`,
  };

  test.each(Object.keys(DOORS))(
    '%s hides and shows name and e-mail as her record does, and never her id',
    async (door) => {
      const query = `{ page(id: "${row}") { properties { ${DOORS[door]} } } }`;
      const scanner = new Scanner([name, email, called]);
      for (const [capabilities, hidden] of [
        [['CONTENT_READ'], [name, email, called]],
        [['CONTENT_READ', 'USER_READ'], [email]],
        [['CONTENT_READ', 'USER_READ_EMAIL'], []],
      ] as const) {
        const reader = await world.connection(capabilities);
        await world.share(reader, database);
        const { text, extensions } = await world.ask(reader, query);
        const found = new Set(scanner.find(text).map(({ secret }) => secret));
        const grouped = door === 'a column of people';
        const shown = [name, email, ...(grouped ? [called] : [])].filter(
          (secret) => !(hidden as readonly string[]).includes(secret),
        );
        expect([...found].sort()).toEqual(shown.sort());
        expect(text).toContain(person);
        if (grouped) expect(text).toContain(groupId);
        const receipts = extensions?.redactions?.map(({ coordinate }) => coordinate) ?? [];
        expect(receipts.includes('Person.email')).toBe((hidden as readonly string[]).includes(email));
      }
      const { text } = await world.ask(await world.signedIn({ id: gina }), query);
      expect(scanner.find(text)).toEqual([]); // out of a guest's reach altogether
    },
  );

  test('rows grouped by people hide and show them in the same way', async () => {
    const query = `{ database(id: "${database}") { dataSources { groups(by: { property: { name: "Who" } }) {
      nodes { count key { value ... on UserKey { user { ${PERSON} } } } } } } } }`;
    const scanner = new Scanner([name, email, called]);
    for (const [capabilities, shown] of [
      [['CONTENT_READ'], []],
      [
        ['CONTENT_READ', 'USER_READ'],
        [name, called],
      ],
      [
        ['CONTENT_READ', 'USER_READ_EMAIL'],
        [name, email, called],
      ],
    ] as const) {
      const reader = await world.connection(capabilities);
      await world.share(reader, database);
      const { text } = await world.ask(reader, query);
      expect(new Set(scanner.find(text).map(({ secret }) => secret))).toEqual(new Set(shown));
      for (const id of [person, groupId]) expect(text).toContain(`"value":"${id}"`);
    }
  });

  test('a group is written, found and counted like a person; one that is not there, or of another workspace, is nobody', async () => {
    const { dataSourceId } = await world.database({
      properties: [
        { id: 'title', name: 'Name', type: 'TITLE' },
        { id: 'who', name: 'Who', type: 'PEOPLE' },
      ],
    });
    const write = (people: Id[]) =>
      mutate(
        world,
        owner,
        'createRows',
        { dataSourceId, rows: [{ properties: [{ id: 'who', people }] }] },
        'rows { id }',
      );
    const {
      rows: [made],
      userErrors,
    } = await write([groupId, person]);
    expect(userErrors).toEqual([]);
    const { data } = await askAs(
      world,
      owner,
      `{ dataSource(id: "${dataSourceId}") {
         with: rows(filter: { property: { id: "who", people: { contains: ["${groupId}"] } } }) { nodes { id } }
         without: rows(filter: { property: { id: "who", people: { doesNotContain: ["${groupId}"] } } }) { nodes { id } }
         groups(by: { property: { id: "who" } }) { nodes { count key { ... on UserKey { user { __typename name } } } } } } }`,
    );
    expect(data?.dataSource).toEqual({
      with: { nodes: [{ id: made.id }] },
      without: { nodes: [] },
      groups: {
        nodes: expect.arrayContaining([
          { count: 1, key: { user: { __typename: 'Group', name: called } } },
          { count: 1, key: { user: { __typename: 'Person', name } } },
        ]),
      },
    });
    const gone = await make();
    await mutate(world, owner, 'deleteGroup', { groupId: gone });
    const elsewhere = newId();
    const { id: other } = await createWorkspace(world.store, { name: 'Elsewhere' });
    await world.sql(`insert into person_group (workspace_id, id, name) values ($1, $2, 'Theirs')`, [other, elsewhere]);
    const refused = await Promise.all([gone, elsewhere, newId()].map((id) => write([person, id])));
    for (const one of refused) expect(one).toEqual(refused[0]);
    expect(refused[0]?.userErrors).toMatchObject([{ code: 'NOT_FOUND', message: 'The person was not found.' }]);
  });

  test('a deleted group keeps its place and name, and who is nobody of the workspace is left out', async () => {
    const gone = await make([person], 'Gone soon');
    await world.sql(`update row_value set props = jsonb_set(props, '{who}', $1) where page_id = $2`, [
      JSON.stringify([gone, person, newId()]),
      row,
    ]);
    await mutate(world, owner, 'deleteGroup', { groupId: gone });
    const { data } = await askAs(
      world,
      owner,
      `{ page(id: "${row}") { property(name: "Who") { ... on PeopleValue { people { totalCount nodes { id name ... on Group { members { totalCount } } } } } } } }`,
    );
    expect(data).toEqual({
      page: {
        property: {
          people: {
            totalCount: 2,
            nodes: [
              { id: gone, name: 'Gone soon', members: { totalCount: 0 } },
              { id: person, name },
            ],
          },
        },
      },
    });
  });

  test('a group says who is in it as the list of members does: a personal token without e-mails sees none', async () => {
    const narrow: Actor = { ...member, bits: bitsOf(['USER_READ']) };
    const query = `{ user(id: "${groupId}") { ... on Group { members { nodes { person { id name email } } } } } }`;
    const { data, extensions } = await askAs(world, narrow, query);
    expect(data).toEqual({ user: { members: { nodes: [{ person: { id: person, name, email: null } }] } } });
    expect(extensions?.redactions).toMatchObject([{ coordinate: 'Person.email', count: 1 }]);
    expect((await askAs(world, member, query)).data).toEqual({
      user: { members: { nodes: [{ person: { id: person, name, email } }] } },
    });
  });
});

describe('A filter by e-mail', () => {
  test('answers the same bytes for an address there is and for none, to who may not see addresses', async () => {
    const { email } = await world.person({ email: `${canary('mail')}@hidden.example` });
    const reader = await world.connection(['USER_READ']);
    const refused = async (address: string, how: string): Promise<string> => {
      const { text, errors } = await world.ask(
        reader,
        `query ($text: String) { users(filter: { email: { ${how}: $text } }) { totalCount nodes { id } } }`,
        { text: address },
      );
      expect(errors?.[0]?.extensions.code).toBe('CAPABILITY_MISSING');
      return text.replace(/"remaining":[\d.e+]+/, '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
    };
    for (const how of ['eq', 'contains', 'startsWith']) {
      expect(await refused(email, how)).toBe(await refused(`x${email.slice(1)}`, how));
    }
  });

  test('finds one with the capability, whatever the case, and leaves bots and groups out', async () => {
    const { id, email } = await world.person({ email: `Finder.${newId()}@Example.org` });
    const reader = await world.connection(['USER_READ_EMAIL']);
    const find = async (filter: object) =>
      (
        await world.ask<{ users: { nodes: { id: Id }[] } }, object>(
          reader,
          'query ($filter: UserFilter) { users(filter: $filter) { nodes { id } } }',
          { filter },
        )
      ).data?.users.nodes;
    expect(await find({ email: { eq: email.toUpperCase() } })).toEqual([{ id }]);
    expect(await find({ email: { startsWith: 'finder.' }, name: { eq: 'Somebody' } })).toEqual([{ id }]);
    expect(await find({ email: { startsWith: 'finder.' }, name: { eq: 'Nobody' } })).toEqual([]);
    expect(await find({ email: { contains: '' }, name: { contains: 'Reader' } })).toEqual([]);
  });
});
