// Denials in the audit log: counted in memory, one entry for each actor and coordinate when they are written down.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGateway, type Gateway } from '../../src/api/gateway.js';
import { Denials } from '../../src/audit/denials.js';
import type { Actor, ConnectionActor } from '../../src/gate/actor.js';
import { bitsOf } from '../../src/gate/capability.js';
import { newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { keepAuditLog } from '../../src/server/keep-audit-log.js';
import { signedIn } from '../asking.js';
import { type Asker, openWorld, type World } from '../world.js';
import { faultIn, headOf, rowsOf } from './reading.js';

let world: World;
let reader: Asker;
let member: Actor;
let logged: string[];
let time: Date;

beforeAll(async () => {
  world = await openWorld();
  reader = await world.connection(['CONTENT_READ']);
  member = signedIn(world, await world.person(), 'MEMBER');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const asConnection = (over: Partial<ConnectionActor> = {}): ConnectionActor => ({
  kind: 'CONNECTION',
  workspaceId: world.workspaceId,
  connectionId: reader.connectionId,
  installationId: reader.installationId,
  botId: newId(),
  installedById: null,
  bits: bitsOf(['CONTENT_READ']),
  ...over,
});

function open(options: { maxCounted?: number; em?: World['store']['em'] } = {}): Denials {
  logged = [];
  time = new Date('2026-11-25T12:00:00.000Z');
  const log = createLog({ level: 'debug', destination: { write: (line) => void logged.push(line) } });
  return new Denials(options.em ?? world.store.em, log, { ...options, now: () => time });
}

/** What was written about denials since, oldest first. */
async function written(since: number) {
  const rows = (await rowsOf(world)).slice(since).filter(({ action }) => action === 'denials.counted');
  return rows.map(({ details, ...row }) => ({ ...row, details: JSON.parse(details!) }));
}
const length = async (): Promise<number> => (await rowsOf(world)).length;

describe('A thousand denials of one actor at one coordinate', () => {
  test('become one entry, that says how many, and from when to when', async () => {
    const denials = open();
    const before = await length();
    const actor = asConnection({ address: '192.0.2.1' });
    for (let i = 0; i < 1_000; i++) {
      if (i === 999) time = new Date('2026-11-25T12:00:59.000Z');
      denials.count(i === 999 ? { ...actor, address: '192.0.2.2' } : actor, 'Query.users');
    }
    await denials.flush();
    expect(await written(before)).toMatchObject([
      {
        actorKind: 'CONNECTION',
        actorId: actor.botId,
        targetId: reader.connectionId,
        address: '192.0.2.2',
        details: {
          coordinate: 'Query.users',
          count: 1_000,
          since: '2026-11-25T12:00:00.000Z',
          until: '2026-11-25T12:00:59.000Z',
        },
      },
    ]);
    expect(faultIn(await rowsOf(world), await headOf(world))).toBeNull();
  });

  test('become another entry the next time; the one there stays', async () => {
    const denials = open();
    const actor = asConnection();
    denials.count(actor, 'Query.users');
    await denials.flush();
    const before = await rowsOf(world);
    denials.count(actor, 'Query.users');
    await denials.flush();
    expect((await rowsOf(world)).slice(0, before.length)).toEqual(before);
    expect(await written(before.length)).toMatchObject([{ details: { count: 1 } }]);
  });

  test('become nothing when there were none', async () => {
    const before = await length();
    await open().flush();
    expect(await length()).toBe(before);
  });
});

describe('Counted apart are', () => {
  test('coordinates, actors, and an owner who acts as an installation from the installation', async () => {
    const denials = open();
    const before = await length();
    const actor = asConnection();
    const owner = newId();
    denials.count(actor, 'Query.users');
    denials.count(actor, 'Mutation.createConnection');
    denials.count(member, 'Query.users');
    denials.count({ ...actor, actingFor: { personId: owner } }, 'Query.users');
    await denials.flush();
    const entries = await written(before);
    expect(
      entries.map(({ actorId, actingFor, details }) => [actorId, actingFor, details.coordinate, details.count]),
    ).toEqual([
      [actor.botId, null, 'Query.users', 1],
      [actor.botId, null, 'Mutation.createConnection', 1],
      [(member as { personId: string }).personId, null, 'Query.users', 1],
      [actor.botId, owner, 'Query.users', 1],
    ]);
  });
});

describe('Memory is bounded:', () => {
  test('what is beyond is said in the process log, and what is known counts on', async () => {
    const denials = open({ maxCounted: 3 });
    const before = await length();
    for (let i = 0; i < 5; i++) denials.count(asConnection({ botId: newId() }), 'Query.users');
    const known = asConnection();
    denials.count(known, 'Query.users');
    await denials.flush();
    expect(await written(before)).toHaveLength(3);
    expect(logged.join('')).toContain('"denials":3');
    denials.count(known, 'Query.users');
    await denials.flush();
    expect(await written(before)).toHaveLength(4);
  });
});

describe('While the database does not answer', () => {
  test('nothing is lost: it is written once it does', async () => {
    let down = true;
    const em = (() => {
      if (down) throw new Error('gone');
      return world.store.em();
    }) as World['store']['em'];
    const denials = open({ em });
    const before = await length();
    const actor = asConnection();
    denials.count(actor, 'Query.users');
    await denials.flush();
    expect(logged.join('')).toContain('could not be written');
    time = new Date('2026-11-25T12:01:00.000Z');
    denials.count(actor, 'Query.users');
    down = false;
    await denials.flush();
    expect(await written(before)).toMatchObject([
      { details: { count: 2, since: '2026-11-25T12:00:00.000Z', until: '2026-11-25T12:01:00.000Z' } },
    ]);
  });
});

describe('The guards of the gateway', () => {
  let gateway: Gateway;
  let denials: Denials;

  beforeAll(async () => {
    denials = open();
    const { store } = world;
    const log = createLog({ level: 'silent' });
    const observer = {
      operation: () => {},
      denied: (coordinate: string, actor: Actor) => denials.count(actor, coordinate),
    };
    gateway = await createGateway({ store, publicUrl: () => world.url, log, observer });
  });
  afterAll(() => gateway.stop());

  const ask = (actor: Actor, query: string) =>
    gateway.apollo.executeOperation({ query }, { contextValue: gateway.contextFor(actor, world.store.reader()) });

  test('count a query, a mutation and a field below by whom they refuse', async () => {
    const before = await length();
    const actor = asConnection();
    await ask(actor, '{ users { nodes { id } } }');
    await ask(member, 'mutation { createConnection(input: { name: "x", capabilities: [] }) { userErrors { code } } }');
    await ask(member, '{ viewer { workspace { auditEntries { nodes { id } } } } }');
    await denials.flush();
    expect((await written(before)).map(({ actorId, details }) => [actorId, details.coordinate, details.count])).toEqual(
      [
        [actor.botId, 'Query.users', 1],
        [(member as { personId: string }).personId, 'Mutation.createConnection', 1],
        [(member as { personId: string }).personId, 'Workspace.auditEntries', 1],
      ],
    );
  });

  test('count nothing where all is allowed, nor a value held back with a receipt', async () => {
    const before = await length();
    await ask(
      asConnection({ bits: bitsOf(['CONTENT_READ', 'USER_READ']) }),
      '{ users { nodes { id ... on Person { email } } } }',
    );
    await denials.flush();
    expect(await written(before)).toEqual([]);
  });
});

describe('The keeper of the audit log', () => {
  test('writes down what was counted now and then, and what is left when it stops', async () => {
    const denials = open();
    const before = await length();
    const log = createLog({ level: 'silent' });
    const keeper = keepAuditLog(world.store, denials, log, 50);
    denials.count(asConnection(), 'Query.users');
    while ((await written(before)).length === 0) await sleep(20);
    denials.count(asConnection(), 'Query.users');
    await keeper.stop();
    expect(await written(before)).toHaveLength(2);
  });

  test('says where a log ends, signed, whenever it has grown by a thousand entries, and once', async () => {
    const denials = open();
    const lines: string[] = [];
    const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
    for (let i = 0; i < 500; i++) denials.count(asConnection({ botId: newId() }), 'Query.users');
    await keepAuditLog(world.store, denials, log).stop();
    expect(lines).toEqual([]);
    for (let i = 0; i < 600; i++) denials.count(asConnection({ botId: newId() }), 'Query.users');
    await keepAuditLog(world.store, denials, log).stop();
    const head = (await headOf(world))!;
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        msg: 'Audit checkpoint',
        checkpoint: { workspaceId: world.workspaceId, count: head.position, hash: head.hash },
      },
    ]);
    await keepAuditLog(world.store, denials, log).stop();
    expect(lines).toHaveLength(1);
  });
});
