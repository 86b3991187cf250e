// Many who follow: what each of them gets is what she would get alone.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAPABILITIES, type Capability } from '../../src/gate/capability.js';
import { CursorSeal } from '../../src/lib/cursor.js';
import type { Id } from '../../src/lib/id.js';
import { record } from '../events/settling.js';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';
import { openAnotherDoor } from './another-door.js';
import { clientOf, type Delivered, FOLLOW, type Following, follow, until } from './sockets.js';

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
