// Workspace.auditEntries: the log as owners read it, and nobody else.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Denials } from '../../src/audit/denials.js';
import type { Actor } from '../../src/gate/actor.js';
import { bitsOf } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { commit } from '../../src/unit-of-work.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { askAs, operatorIn, signedIn } from '../asking.js';
import { type Asker, openWorld, type World } from '../world.js';
import { rowsOf } from './reading.js';

interface Entry {
  id: Id;
  position: number;
  action: string;
  occurredAt: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test selects
  [field: string]: any;
}

let world: World;
let owner: Actor;
let ada: { id: Id };
let reader: Asker;
let botId: Id;
const target = newId();

beforeAll(async () => {
  world = await openWorld();
  ada = await world.person({ name: 'Ada', email: 'ada@example.org', role: 'OWNER' });
  owner = signedIn(world, ada, 'OWNER');
  reader = await world.connection(['CONTENT_READ'], 'Reader');
  const [row] = await world.sql<{ bot_id: Id }>('select bot_id from installation where id = $1', [
    reader.installationId,
  ]);
  botId = row!.bot_id;
  await commit(world.store.callerFor({ ...owner, address: '192.0.2.3' }), async ({ audit }) => {
    audit({
      action: 'workspace.updated',
      targetId: target,
      before: { name: 'Old', email: 'x@example.org' },
      after: { name: 'New', list: [1, { two: '2' }] },
      details: { why: 'because\u0000' },
    });
    for (let i = 0; i < 4; i++) audit({ action: 'share.granted', targetId: newId() });
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const query = (args: string, fields: string): string =>
  `{ viewer { workspace { auditEntries${args && `(${args})`} { ${fields} } } } }`;
async function list(args: string, fields: string, actor: Actor = owner) {
  const { data, errors } = await askAs(world, actor, query(args, fields));
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test selects
  return { list: (data as any)?.viewer.workspace.auditEntries, errors };
}
async function nodes(args: string, fields = 'position action', actor?: Actor): Promise<Entry[]> {
  const { list: found, errors } = await list(args, `nodes { ${fields} }`, actor);
  expect(errors).toBeUndefined();
  return found.nodes;
}

describe('The audit log of a workspace is read by', () => {
  test('its owners, newest first', async () => {
    const rows = await rowsOf(world);
    expect(await nodes('')).toEqual(rows.map(({ position, action }) => ({ position, action })).reverse());
  });

  test('the operator', async () => {
    expect(await nodes('first: 1', 'action', operatorIn(world))).toEqual([{ action: 'share.granted' }]);
  });

  test('a personal token that administers, and none that does not', async () => {
    const { session: _, ...person } = owner as Extract<Actor, { kind: 'PERSON' }>;
    const token = { id: newId(), administers: true };
    expect(await nodes('first: 1', 'action', { ...person, personalToken: token })).toHaveLength(1);
    const plain: Actor = { ...person, role: 'MEMBER', personalToken: { ...token, administers: false } };
    expect(await list('first: 1', 'nodes { action }', plain)).toMatchObject({
      list: null,
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test.each(['MEMBER', 'GUEST'] as const)('no %s', async (role) => {
    const refused = await list('', 'totalCount nodes { id }', signedIn(world, await world.person({ role }), role));
    expect(refused).toMatchObject({ list: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  test('no connection: to it there is no such field', async () => {
    const { data, errors } = await world.ask(reader, query('', 'totalCount'));
    expect(data).toEqual({ viewer: { workspace: { auditEntries: null } } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const shown = await world.ask(reader, '{ __type(name: "Workspace") { fields { name } } }');
    expect(shown.text).not.toContain('auditEntries');
  });

  test('no owner of another workspace', async () => {
    const other = await createWorkspace(world.store, { name: 'Other' });
    const elsewhere = signedIn(world, ada, 'OWNER', { workspaceId: other.id });
    expect(await nodes('', 'action', elsewhere)).toEqual([{ action: 'workspace.created' }]);
    const [mine] = await rowsOf(world);
    expect((await askAs(world, elsewhere, `{ node(id: "${mine!.id}") { id } }`)).data).toEqual({ node: null });
  });
});

describe('An entry', () => {
  test('says what was done, by whom, to what, before and after, from where and when', async () => {
    const [entry] = await nodes(
      `filter: { targetId: "${target}" }`,
      `action actorKind actor { id name ... on Person { email } } actingFor { id } targetId before after details address
       occurredAt position`,
    );
    expect(entry).toEqual({
      action: 'workspace.updated',
      actorKind: 'PERSON',
      actor: { id: ada.id, name: 'Ada', email: 'ada@example.org' },
      actingFor: null,
      targetId: target,
      before: { name: 'Old', email: '[redacted]' },
      after: { name: 'New', list: [1, { two: '2' }] },
      details: { why: 'because\u0000' },
      address: '192.0.2.3',
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      position: expect.any(Number),
    });
  });

  test('carries what its hash was taken of, so that whoever reads all of them can check the chain', async () => {
    let previous = '0'.repeat(64);
    for (const entry of (await nodes('', 'position previousHash hash canonical')).reverse()) {
      const hash = createHash('sha256').update(previous, 'hex').update(entry.canonical).digest('hex');
      expect(entry).toMatchObject({ previousHash: previous, hash });
      previous = hash;
    }
  });

  test('of the operator has no actor, and one of nobody no kind either', async () => {
    await commit(world.store.callerFor(owner), async ({ audit }) =>
      audit({ action: 'session.refused', targetId: ada.id, byNobody: true }),
    );
    expect(await nodes('first: 1', 'actorKind actor { id }')).toEqual([{ actorKind: null, actor: null }]);
    expect(await nodes('last: 1', 'actorKind actor { id }')).toEqual([{ actorKind: 'OPERATOR', actor: null }]);
  });

  test('of an owner who acted as an installation names both', async () => {
    const acting: Actor = {
      kind: 'CONNECTION',
      workspaceId: world.workspaceId,
      connectionId: reader.connectionId,
      installationId: reader.installationId,
      botId,
      installedById: null,
      bits: bitsOf(['CONTENT_READ']),
      actingFor: { personId: ada.id },
    };
    const denials = new Denials(world.store.em, createLog({ level: 'silent' }));
    denials.count(acting, 'Query.users');
    await denials.flush();
    const expected = [{ actor: { __typename: 'Bot', name: 'Reader' }, actingFor: { name: 'Ada' } }];
    const fields = 'actor { __typename name } actingFor { name }';
    expect(await nodes('first: 1', fields)).toEqual(expected);
    expect(await nodes(`first: 1, filter: { actorId: "${ada.id}" }`, fields)).toEqual(expected);
    expect(await nodes(`first: 1, filter: { actorId: "${botId}" }`, fields)).toEqual(expected);
  });

  test('of somebody who was removed still shows her name', async () => {
    const gone = await world.person({ name: 'Grace', role: 'OWNER' });
    await commit(world.store.callerFor(signedIn(world, gone, 'OWNER')), async ({ audit }) =>
      audit({ action: 'workspace.updated', targetId: target }),
    );
    await world.sql('update membership set ended_at = now() where person_id = $1', [gone.id]);
    expect(await nodes(`filter: { actorId: "${gone.id}" }`, 'actor { name }')).toEqual([{ actor: { name: 'Grace' } }]);
  });

  test('masks its actor by the rule of people: without USER_READ there is no name', async () => {
    const narrowed = { ...owner, personId: (await world.person()).id, bits: bitsOf(['CONTENT_READ']) } as Actor;
    const { data, extensions } = await askAs(
      world,
      narrowed,
      query(`filter: { targetId: "${target}" }, last: 1`, 'nodes { actor { id name } }'),
    );
    expect(data).toMatchObject({
      viewer: { workspace: { auditEntries: { nodes: [{ actor: { id: ada.id, name: null } }] } } },
    });
    expect(extensions?.redactions).toMatchObject([{ needs: [['USER_READ']] }]);
  });

  test('is found by its id, by who may read the log and nobody else', async () => {
    const [row] = await rowsOf(world);
    const document = `{ node(id: "${row!.id}") { __typename id ... on AuditEntry { action after } } }`;
    expect((await askAs(world, owner, document)).data).toEqual({
      node: { __typename: 'AuditEntry', id: row!.id, action: 'workspace.created', after: { name: 'Test' } },
    });
    const member = signedIn(world, await world.person(), 'MEMBER');
    expect((await askAs(world, member, document)).data).toEqual({ node: null });
    expect((await world.ask(reader, document)).data).toEqual({ node: null });
  });
});

describe('The list', () => {
  test('is filtered by actions, by actor, by target and by time', async () => {
    const all = await nodes('', 'position action actor { id } targetId occurredAt');
    const where = (keep: (entry: Entry) => boolean) => all.filter(keep).map(({ position }) => position);
    const found = async (filter: string) => (await nodes(`filter: ${filter}`)).map(({ position }) => position);
    expect(await found('{ actions: ["share.granted", "connection.created"] }')).toEqual(
      where(({ action }) => ['share.granted', 'connection.created'].includes(action)),
    );
    expect(await found(`{ targetId: "${target.replaceAll('-', '').toUpperCase()}" }`)).toEqual(
      where(({ targetId }) => targetId === target),
    );
    expect(await found(`{ actions: ["share.granted"], actorId: "${ada.id}" }`)).toEqual(
      where(({ action, actor }) => action === 'share.granted' && actor?.id === ada.id),
    );
    const middle = all[Math.floor(all.length / 2)]!.occurredAt;
    expect(await found(`{ occurredAt: { onOrAfter: "${middle}" } }`)).toEqual(
      where(({ occurredAt }) => occurredAt >= middle),
    );
    expect(await found(`{ occurredAt: { before: "${middle}" } }`)).toEqual(
      where(({ occurredAt }) => occurredAt < middle),
    );
  });

  test('is empty for an actor or target nobody is, whatever its form', async () => {
    expect(await nodes(`filter: { actorId: "${newId()}" }`)).toEqual([]);
    expect(await nodes('filter: { targetId: "nonsense" }')).toEqual([]);
    expect(await nodes('filter: { actions: [] }')).toEqual([]);
  });

  test('refuses an action that does not exist, naming those that do', async () => {
    const { list: none, errors } = await list('filter: { actions: ["token.rotatet"] }', 'totalCount');
    expect(none).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID' } }]);
    expect(errors![0]!.message).toMatch(/got: "token\.rotatet"\. There are: .*token\.rotated/);
  });

  test('comes page by page in both directions, without gaps and without repeats', async () => {
    const all = (await nodes('', 'id')).map(({ id }) => id);
    for (const [size, cursor, edge] of [
      ['first', 'after', 'endCursor'],
      ['last', 'before', 'startCursor'],
    ] as const) {
      const seen: Id[] = [];
      let at: string | null = null;
      for (;;) {
        const args: string = `${size}: 4${at === null ? '' : `, ${cursor}: "${at}"`}`;
        const { list: page } = await list(
          args,
          `totalCount nodes { id } pageInfo { ${edge} hasNextPage hasPreviousPage }`,
        );
        expect(page.totalCount).toBe(all.length);
        const ids = page.nodes.map(({ id }: Entry) => id);
        if (size === 'first') seen.push(...ids);
        else seen.unshift(...ids);
        if (!(size === 'first' ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage)) break;
        at = page.pageInfo[edge];
      }
      expect(seen).toEqual(all);
    }
  });

  test('takes no cursor of another filter, and not a thousand at once', async () => {
    const { list: page } = await list('first: 1', 'pageInfo { endCursor }');
    const foreign = await list(
      `first: 1, after: "${page.pageInfo.endCursor}", filter: { actions: ["share.granted"] }`,
      'totalCount',
    );
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    expect((await list('first: 1000', 'totalCount')).errors).toMatchObject([{ extensions: { code: 'INVALID' } }]);
  });
});
