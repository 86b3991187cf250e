// Many who follow: what each of them gets is what she would get alone.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suspendConnection, updateConnection } from '../../src/connection/lifecycle.js';
import { revokeToken } from '../../src/connection/token.js';
import { operatorOf } from '../../src/gate/actor.js';
import { CAPABILITIES, type Capability } from '../../src/gate/capability.js';
import { CursorSeal } from '../../src/lib/cursor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { record } from '../events/settling.js';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';
import { openAnotherDoor } from './another-door.js';
import { bare, clientOf, type Delivered, type Envelope, FOLLOW, type Following, follow, until } from './sockets.js';

const CASES = Number(process.env.GATEHOUSE_CASES ?? 1);

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.sql('update workspace set event_window_ms = 0');
  world.keepLog();
});
afterAll(() => world[Symbol.asyncDispose]());

const pick = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T;
const some = <T>(of: readonly T[]): T[] => of.filter(() => Math.random() < 0.6);

interface Receiver {
  asker: Asker | SignedIn;
  /** Whom cursors are sealed for. */
  sealedFor: string;
}

describe('Deliveries that are shared', () => {
  const DOCUMENTS = [
    FOLLOW,
    'subscription { events { kind cursor other: cursor event { id type version sequence occurredAt } } }',
    'subscription { events { cursor event { type authors { id name ... on Person { email } } } } }',
    `subscription { events { cursor event { resourceId ... on PageEvent { page { title inTrash
      children(first: 2) { nodes { id title } pageInfo { hasNextPage } } } } } } }`,
    'subscription { events(filter: { notMine: true }) { kind event { type resourceId authors { id } } } }',
    `subscription { events(filter: { types: [PAGE_LOCKED, PAGE_CONTENT_UPDATED] }) { kind event { type
      ... on PageEvent { page { id createdBy { id name } parent { __typename } } } } } }`,
    'subscription { events { event { __typename type } } }',
  ];

  const member = async (role: 'MEMBER' | 'OWNER' | 'GUEST'): Promise<Receiver> => {
    const { id } = await world.person({ role, name: `${role} ${Math.random()}` });
    return { asker: await world.signedIn({ id }), sealedFor: `${world.workspaceId} PERSON ${id}` };
  };
  const connection = async (pages: readonly Id[]): Promise<Receiver> => {
    const wanted = some(CAPABILITIES).filter((one) => one !== 'CONTENT_READ') as Capability[];
    const asker = await world.connection(Math.random() < 0.9 ? ['CONTENT_READ', ...wanted] : wanted);
    for (const page of some(pages)) await world.share(asker, page);
    const [{ bot }] = (await world.sql<{ bot: Id }>('select bot_id as bot from installation where id = $1', [
      asker.installationId,
    ])) as [{ bot: Id }];
    return { asker, sealedFor: `${world.workspaceId} CONNECTION ${bot}` };
  };

  test('are those of one execution for each, for whoever follows and whatever happens', {
    timeout: 60_000 * CASES,
  }, async () => {
    await using alone = await openAnotherDoor(world, {
      sharesDeliveries: false,
      limits: { maxPointsPerMinute: 1e12 },
    });
    const pages: Id[] = [];
    for (let n = 0; n < 6; n++) {
      pages.push(await world.page({ title: `Page ${n}`, ...(n > 1 && { under: pick(pages) }) }));
    }
    const receivers = [
      ...(await Promise.all((['MEMBER', 'MEMBER', 'OWNER', 'OWNER', 'GUEST'] as const).map(member))),
      ...(await Promise.all(Array.from({ length: 5 }, () => connection(pages)))),
    ];
    const [authorOne, authorTwo] = receivers.flatMap(({ asker }) => ('personId' in asker ? asker.personId : []));
    const clients = receivers.flatMap((receiver) =>
      [world, alone].map((door) => ({ receiver, door, client: clientOf({ ...world, url: door.url }, receiver.asker) })),
    );
    const following = clients.flatMap(({ receiver, door, client }) =>
      DOCUMENTS.map((document) => ({ receiver, door, document, it: follow(client, {}, document) })),
    );
    const pairs = following
      .filter(({ door }) => door === world)
      .map((one) => ({
        ...one,
        twin: following.find(
          (two) => two.door === alone && two.receiver === one.receiver && two.document === one.document,
        )!.it,
      }));
    const ended = new Map<Following, unknown>();
    for (const { it } of following) void it.ended.then((why) => ended.set(it, why));
    const begun = ({ deliveries }: Following, it: Following) => deliveries.length > 0 || ended.has(it);
    await until(() => following.every(({ it }) => begun(it, it)), 20_000);

    for (let round = 0; round < 3 * CASES; round++) {
      for (let n = 0; n < 4; n++) {
        await record(world, pick(pages), {
          type: pick(['PAGE_CONTENT_UPDATED', 'PAGE_LOCKED', 'PAGE_UNLOCKED'] as const),
          ...(Math.random() < 0.6 && {
            by: {
              kind: 'PERSON' as const,
              workspaceId: world.workspaceId,
              personId: pick([authorOne, authorTwo]) as Id,
              role: 'MEMBER' as const,
              bits: 127,
            },
          }),
        });
        if (Math.random() < 0.5) await sleep(Math.random() * 150);
      }
      await quiet(following.map(({ it }) => it));
      for (const { it, twin, receiver, document } of pairs) {
        expect(shown(it, receiver), document).toEqual(shown(twin, receiver));
      }
      await world.sql(`update page set title = 'Round ' || $1 where id = $2`, [round, pick(pages)]);
    }
    const told = pairs.map(({ it }) => it.deliveries.length);
    expect(Math.max(...told)).toBeGreaterThan(10);
    for (const { client } of clients) await client.dispose();
  });

  /** Resolves once nothing has come for longer than the slower door looks. */
  async function quiet(all: readonly Following[]): Promise<void> {
    for (let [last, since] = [-1, performance.now()]; performance.now() - since < 700; await sleep(20)) {
      const now = all.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
      if (now !== last) [last, since] = [now, performance.now()];
    }
  }

  /** What came, with the place in the log for each cursor: it has to be one of hers. */
  function shown({ deliveries }: Following, { sealedFor }: Receiver): unknown {
    const seal = new CursorSeal(world.store.keys, sealedFor);
    return deliveries.map((delivered: Delivered) =>
      JSON.parse(JSON.stringify(delivered), (key, value) =>
        (key === 'cursor' || key === 'other') && value !== null ? seal.open('events', value) : value,
      ),
    );
  }
});

describe('Who is cut off again and again', () => {
  const READERS = 20;
  const CUTS = CASES > 1 ? 25 * CASES : 10;

  test('gets each event that she may see once and in order, and no other', { timeout: 60_000 * CASES }, async () => {
    const [page, other, hidden] = [newId(), newId(), newId()];
    await world.pages([page, other, hidden].map((id) => ({ id })));
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await record(world, pick([page, other, hidden]), { type: 'PAGE_CONTENT_UPDATED' });
        await sleep(Math.random() * 20);
      }
    })();
    const readers = Array.from({ length: READERS }, async () => {
      const asker = await world.connection(['CONTENT_READ']);
      for (const one of [page, other]) await world.share(asker, one);
      let after: string | null = null;
      const seen: string[] = [];
      const part = async (isEnough: (came: () => Envelope[]) => Promise<unknown>): Promise<void> => {
        const socket = await bare(world);
        const envelopes = (): Envelope[] =>
          socket.came.flatMap(({ type, payload }) =>
            type === 'next' ? ((payload as Delivered).data?.events ?? []) : [],
          );
        socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${asker.token}` } });
        await until(() => socket.came.length > 0, 20_000);
        socket.say({ type: 'subscribe', id: '1', payload: { query: FOLLOW, variables: { after } } });
        await isEnough(envelopes);
        if (Math.random() < 0.5) socket.ws.terminate();
        else socket.ws.close(1000);
        await socket.closed;
        for (const { cursor, event } of envelopes()) {
          after = cursor;
          if (event) seen.push(`${event.resourceId} ${event.sequence}`);
        }
      };
      const caughtUp = (came: () => Envelope[]) => until(() => came().some(({ kind }) => kind === 'CAUGHT_UP'), 30_000);
      await part(caughtUp);
      // What was written before her shares were numbered is not hers, and may be settled a moment later.
      const isPast = `select 1 from event where first_change > (
        select max(granted_position) from share where installation_id = $1 having bool_and(granted_position is not null))`;
      await until(async () => (await world.sql(isPast, [asker.installationId])).length > 0, 20_000);
      const from = await lastPosition();
      for (let n = 0; n < CUTS; n++) await part(() => sleep(Math.random() * 60));
      return async () => {
        await part(caughtUp);
        return { seen, from };
      };
    });
    const ends = await Promise.all(readers);
    isOver = true;
    await writing;
    await until(async () => (await world.sql('select 1 from change where settled_as is null')).length === 0);
    await sleep(300);
    const all = await world.sql<{ name: string; position: number }>(
      `select resource_id || ' ' || sequence as name, position::float8 as position from event
        where resource_id in ($1, $2) order by event.position`,
      [page, other],
    );
    for (const end of ends) {
      const { seen, from } = await end();
      const first = all.findIndex(({ name }) => name === seen[0]);
      // What happened while the first part began is hers or not; from then on nothing is missing.
      expect(all.slice(0, first).every(({ position }) => position <= from)).toBe(true);
      expect(seen).toEqual(all.slice(first).map(({ name }) => name));
    }
  });

  const lastPosition = async (): Promise<number> => {
    const [row] = await world.sql<{ position: number }>('select max(position)::float8 as position from event');
    return row?.position ?? 0;
  };
});

describe('Whatever is taken away', () => {
  const operator = () => world.store.callerFor(operatorOf(world.workspaceId));
  const CLOSING = ['TOKEN', 'SUSPENSION', 'MEMBER', 'SESSION'] as const;
  const SILENT = ['SHARE', 'CAPABILITY'] as const;
  const KINDS = [...CLOSING, ...SILENT];
  const COUNT = 15 * CASES;
  const AT_ONCE = 5;

  /** Somebody who reaches a page, and how that is taken from her. */
  async function reaching(kind: (typeof KINDS)[number], page: Id) {
    if (kind === 'MEMBER' || kind === 'SESSION') {
      const { id } = await world.person({ role: 'MEMBER' });
      const asker = { ...(await world.signedIn({ id })), workspaceId: world.workspaceId };
      const text =
        kind === 'MEMBER'
          ? 'update membership set ended_at = now() where person_id = $1'
          : 'update session set ended_at = now() where person_id = $1';
      return { asker, revoke: () => world.sql(text, [id]) };
    }
    const asker = await world.connection(['CONTENT_READ']);
    const share = await world.share(asker, page);
    const { connectionId } = asker;
    const ways = {
      TOKEN: () => revokeToken(operator(), { connectionId }),
      SUSPENSION: () => suspendConnection(operator(), { id: connectionId }),
      SHARE: () => world.unshare(share),
      CAPABILITY: () => updateConnection(operator(), { id: connectionId, capabilities: ['COMMENT_READ'] }),
    };
    return { asker, revoke: ways[kind] as () => Promise<unknown> };
  }

  test('nothing that is written after it arrives, and sockets of who is gone close within a second', {
    timeout: 60_000 * CASES,
  }, async () => {
    const pages = Array.from({ length: COUNT }, () => ({ id: newId() }));
    await world.pages(pages);
    const left = pages.entries();
    const one = async (kind: (typeof KINDS)[number], page: Id): Promise<void> => {
      const { asker, revoke } = await reaching(kind, page);
      const filter = { within: page };
      const following = follow(clientOf(world, asker), { filter });
      await following.has(1);
      let type: 'PAGE_CONTENT_UPDATED' | 'PAGE_LOCKED' = 'PAGE_CONTENT_UPDATED';
      let isOver = false;
      const writing = Array.from({ length: 2 }, async () => {
        while (!isOver) {
          await record(world, page, { type });
          await sleep(Math.random() * 10);
        }
      });
      await following.has(3);
      await revoke();
      const at = performance.now();
      type = 'PAGE_LOCKED';
      const closed = await Promise.race([following.ended, sleep(1_000, null)]);
      const ms = performance.now() - at;
      isOver = true;
      await Promise.all(writing);
      expect(following.types(), kind).not.toContain('PAGE_LOCKED');
      if ((CLOSING as readonly string[]).includes(kind)) {
        expect(closed, `${kind} after ${ms} ms`).toMatchObject({ code: 4403 });
      } else if (closed !== null) {
        // Something was on its way when the capability went.
        expect(closed, kind).toMatchObject([{ extensions: { code: 'CAPABILITY_MISSING' } }]);
      }
      following.stop();
    };
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const [n, { id }] of left) await one(KINDS[n % KINDS.length] as (typeof KINDS)[number], id);
      }),
    );
  });
});

describe('An installation', () => {
  test('follows up to two hundred times at once, those not counted that were refused or have ended', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    const clients = Array.from({ length: 5 }, () => clientOf(world, asker));
    const [last] = clients.slice(-1) as [(typeof clients)[number]];
    for (let n = 0; n < 10; n++) {
      const refused = await follow(last, { after: 'nonsense' }).ended;
      expect(refused).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    }
    const all = clients.slice(0, 4).flatMap((client) => Array.from({ length: 50 }, () => follow(client)));
    await until(() => all.every(({ deliveries }) => deliveries.length > 0), 20_000);
    expect(await follow(last).ended).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    all[0]!.stop();
    await until(async () => {
      const following = follow(last);
      await Promise.race([following.ended, following.has(1)]);
      return following.deliveries.length > 0;
    });
    expect(await follow(last).ended).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    for (const client of clients) await client.dispose();
  });
});
