// The WebSocket door: who may open it, what comes through it, and how it ends.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suspendConnection, updateConnection } from '../../src/connection/lifecycle.js';
import { revokeToken } from '../../src/connection/token.js';
import { NOTICES } from '../../src/events/settler.js';
import { operatorOf } from '../../src/gate/actor.js';
import { newId } from '../../src/lib/id.js';
import { record } from '../events/settling.js';
import { canary } from '../gate/canary.js';
import { type Asker, openWorld, type World } from '../world.js';
import { openAnotherDoor } from './another-door.js';
import { bare, clientOf, type Envelope, FOLLOW, follow, once, until } from './sockets.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.sql('update workspace set event_window_ms = 0');
  world.keepLog();
});
afterAll(() => world[Symbol.asyncDispose]());

const operator = () => world.store.callerFor(operatorOf(world.workspaceId));
const write = (page: string) => record(world, page, { type: 'PAGE_CONTENT_UPDATED' });

/** A connection, with a page it reads. */
async function reading(): Promise<{ asker: Asker; page: string }> {
  const asker = await world.connection(['CONTENT_READ']);
  const page = await world.page({ title: 'Read' });
  await world.share(asker, page);
  return { asker, page };
}

const code = (ended: unknown): number | undefined => (ended as { code?: number }).code;

describe('Who follows', () => {
  test('is told at once how far she is, and then what happens', async () => {
    const { asker, page } = await reading();
    const following = follow(clientOf(world, asker));
    await following.has(1);
    await write(page);
    await following.has(2);
    expect(following.envelopes()).toMatchObject([
      { kind: 'CAUGHT_UP', event: null },
      { kind: 'LIVE', event: { type: 'PAGE_CONTENT_UPDATED', resourceId: page, page: { title: 'Read' } } },
    ]);
    following.stop();
  });

  test('goes on from her cursor, without a gap and without a double', async () => {
    const { asker, page } = await reading();
    const seen: number[] = [];
    let after: string | null = null;
    const first = follow(clientOf(world, asker));
    await first.has(1);
    after = first.envelopes()[0]!.cursor;
    first.stop();
    const writing = (async () => {
      for (let n = 0; n < 60; n++) {
        await write(page);
        await sleep(Math.random() * 10);
      }
    })();
    let isWritten = false;
    void writing.then(() => {
      isWritten = true;
    });
    for (;;) {
      const isLast = isWritten;
      const following = follow(clientOf(world, asker), { after });
      if (isLast) await until(() => following.envelopes().some(({ kind }) => kind === 'CAUGHT_UP'));
      else await sleep(30 + Math.random() * 100);
      following.stop();
      for (const { cursor, event } of following.envelopes()) {
        after = cursor;
        if (event) seen.push(event.sequence);
      }
      if (isLast && seen.length >= 60) break;
    }
    await writing;
    expect(seen).toEqual(seen.map((_, index) => seen[0]! + index));
    expect(seen).toHaveLength(60);
  });

  test('is not told of what she does not reach, nor more often for it', async () => {
    const { asker, page } = await reading();
    const secret = canary('title');
    const hidden = await world.page({ title: secret });
    const following = follow(clientOf(world, asker));
    await following.has(1);
    for (let n = 0; n < 5; n++) await write(hidden);
    await write(page);
    await following.has(2);
    expect(following.types()).toEqual(['PAGE_CONTENT_UPDATED']);
    expect(following.deliveries).toHaveLength(2);
    expect(JSON.stringify(following.deliveries)).not.toContain(secret);
    following.stop();
  });

  test('is told from the share on, and not after it', async () => {
    const asker = await world.connection(['CONTENT_READ']);
    const page = await world.page();
    const following = follow(clientOf(world, asker));
    await following.has(1);
    await write(page);
    const share = await world.share(asker, page);
    await record(world, page, { type: 'PAGE_LOCKED' });
    await following.has(2);
    await world.unshare(share);
    await write(page);
    await world.share(asker, page);
    await record(world, page, { type: 'PAGE_UNLOCKED' });
    await following.has(3);
    expect(following.types()).toEqual(['PAGE_LOCKED', 'PAGE_UNLOCKED']);
    following.stop();
  });

  test('is told nothing any more once the capability is taken away, and goes on once it is back', async () => {
    const { asker, page } = await reading();
    const following = follow(clientOf(world, asker));
    await following.has(1);
    await updateConnection(operator(), { id: asker.connectionId, capabilities: ['COMMENT_READ'] });
    await write(page);
    await sleep(400);
    expect(following.types()).toEqual([]);
    await updateConnection(operator(), { id: asker.connectionId, capabilities: ['CONTENT_READ'] });
    await record(world, page, { type: 'PAGE_LOCKED' });
    await following.has(2);
    expect(following.types()).toEqual(['PAGE_LOCKED']);
    following.stop();
  });

  test('by a cursor of somebody else is refused, and by one that is not kept any more is told of the gap', async () => {
    const [{ asker, page }, other] = [await reading(), await reading()];
    const of = async (one: Asker, after: string | null) => {
      const following = follow(clientOf(world, one), { after });
      await Promise.race([following.has(1), following.ended]);
      following.stop();
      return following;
    };
    const { cursor } = (await of(other.asker, null)).envelopes()[0]!;
    const refused = await (await of(asker, cursor)).ended;
    expect(refused).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    const own = (await of(asker, null)).envelopes()[0]!.cursor;
    await write(page);
    await until(async () => (await world.sql('select 1 from change where settled_as is null')).length === 0);
    await world.sql('update event_log set floor = position');
    const gap = follow(clientOf(world, asker), { after: own });
    await gap.has(2);
    expect(gap.envelopes().map(({ kind }) => kind)).toEqual(['GAP', 'CAUGHT_UP']);
    gap.stop();
    await world.sql('update event_log set floor = 0');
  });

  test('needs CONTENT_READ, and is refused with what would be refused over HTTP', async () => {
    const asker = await world.connection(['COMMENT_READ']);
    const client = clientOf(world, asker);
    expect(await follow(client).ended).toMatchObject([{ extensions: { code: 'CAPABILITY_MISSING' } }]);
    expect(await follow(client, {}, 'subscription { nonsense }').ended).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
    expect(await follow(client, {}, 'subscription {').ended).toMatchObject([
      { extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
    ]);
    await client.dispose();
    const { errors } = await world.ask(asker, 'subscription { events { kind } }');
    expect(errors?.[0]?.extensions.code).toBe('INVALID');
  });

  test('gets receipts of what is held back, delivery by delivery', async () => {
    const { asker, page } = await reading();
    const person = await world.person({ name: canary('name') });
    const following = follow(
      clientOf(world, asker),
      {},
      'subscription { events { kind event { authors { id name } } } }',
    );
    await following.has(1);
    for (let n = 0; n < 2; n++) {
      await record(world, page, {
        type: 'PAGE_CONTENT_UPDATED',
        by: { kind: 'PERSON', workspaceId: world.workspaceId, personId: person.id, role: 'MEMBER', bits: 127 },
      });
    }
    await following.has(3);
    expect(JSON.stringify(following.deliveries)).not.toContain(person.name);
    for (const { extensions } of following.deliveries.slice(1)) {
      expect(extensions?.redactions).toMatchObject([{ coordinate: 'Person.name', count: 1 }]);
    }
    following.stop();
  });
});

describe('What another process has settled', () => {
  test('is told as soon as what one has settled oneself, as long as it is heard of, and also when it is not', async () => {
    const { asker, page } = await reading();
    await using door = await openAnotherDoor(world, { limits: { maxPointsPerMinute: 1e17 } });
    const here = follow(clientOf(world, asker));
    const there = follow(clientOf({ ...world, url: door.url }, asker));
    await here.has(1);
    await there.has(1);
    const latenesses = async (): Promise<number[]> => {
      const found: number[] = [];
      for (let n = 0; n < 9; n++) {
        const [so, far] = [here.deliveries.length, there.deliveries.length];
        await write(page);
        const cameAt = (following: typeof here, count: number) => following.has(count).then(() => performance.now());
        const [first, second] = await Promise.all([cameAt(here, so + 1), cameAt(there, far + 1)]);
        found.push(second - first);
        await sleep(Math.random() * 50);
      }
      return found.sort((one, other) => one - other);
    };
    const deaf = await latenesses();
    expect(deaf.at(-1)).toBeLessThan(1_000);
    const hearing = world.store.hear(NOTICES, door.hint);
    await sleep(100);
    const heard = await latenesses();
    await hearing.stop();
    expect(heard[4], `it was ${deaf[4]} without`).toBeLessThan(60);
    expect(there.envelopes().map(({ event }) => event?.sequence)).toEqual(
      here.envelopes().map(({ event }) => event?.sequence),
    );
    here.stop();
    there.stop();
  });

  test('is heard of again after the connection for it was cut', async () => {
    const heard: string[] = [];
    const hearing = world.store.hear('cut', (text) => heard.push(text));
    const say = (text: string) => async () => {
      await world.sql(`select pg_notify('cut', $1)`, [text]);
      return heard.includes(text);
    };
    await until(say('before'));
    await world.sql(`select pg_terminate_backend(pid) from pg_stat_activity
                      where application_name = 'gatehouse hearing' and datname = current_database()`);
    await until(say('after'));
    await hearing.stop();
    expect(await say('late')()).toBe(false);
    const [left] = await world.sql<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
        where application_name = 'gatehouse hearing' and datname = current_database()`,
    );
    expect(left).toEqual({ count: 0 });
  });
});

describe('The audit log', () => {
  interface Entry {
    position: number;
    action: string;
    targetId: string | null;
  }
  const AUDIT = `subscription S($after: String, $actions: [String!]) {
    auditEntryAdded(after: $after, filter: { actions: $actions }) { kind cursor entry { position action targetId } } }`;
  const audited = (client: Client, variables: Record<string, unknown> = {}) => {
    const following = follow(client, variables, AUDIT);
    const envelopes = () =>
      following.deliveries.flatMap(
        ({ data }) =>
          (data as unknown as { auditEntryAdded: { kind: string; cursor: string; entry: Entry | null } | null })
            ?.auditEntryAdded ?? [],
      );
    return { ...following, envelopes, entries: () => envelopes().flatMap(({ entry }) => entry ?? []) };
  };
  const owner = async () => world.signedIn(await world.person({ role: 'OWNER' }));

  test('is followed by an owner, entry by entry, from any cursor and by action', async () => {
    const who = clientOf(world, await owner());
    const [all, some] = [audited(who), audited(who, { actions: ['connection.suspended'] })];
    await all.has(1);
    await some.has(1);
    const asker = await world.connection(['CONTENT_READ']);
    await suspendConnection(operator(), { id: asker.connectionId });
    await until(() => some.entries().length > 0);
    await until(() => all.entries().some(({ action }) => action === 'connection.suspended'));
    expect(some.entries()).toMatchObject([{ action: 'connection.suspended', targetId: asker.connectionId }]);
    const positions = all.entries().map(({ position }) => position);
    expect(positions).toEqual(positions.map((_, n) => positions[0]! + n));
    const again = audited(who, { after: all.envelopes()[0]!.cursor });
    await again.has(positions.length + 1);
    expect(again.entries()).toEqual(all.entries());
    for (const following of [all, some, again]) following.stop();
  });

  test('is refused to everybody else, and by the cursor of another log or owner', async () => {
    const { asker } = await reading();
    const [one, other] = [await owner(), await owner()];
    for (const client of [
      clientOf(world, asker),
      clientOf(world, await world.signedIn(await world.person({ role: 'MEMBER' }))),
      clientOf(world, await world.signedIn(await world.person({ role: 'GUEST' }))),
      clientOf(world, { ...one, actAs: asker.installationId }),
    ]) {
      const following = audited(client);
      expect(await following.ended).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(following.entries()).toEqual([]);
    }
    const [events, foreign] = [follow(clientOf(world, one)), audited(clientOf(world, other))];
    await Promise.all([events.has(1), foreign.has(1)]);
    for (const { cursor } of [events.envelopes()[0]!, foreign.envelopes()[0]!]) {
      expect(await audited(clientOf(world, one), { after: cursor }).ended).toMatchObject([
        { extensions: { code: 'CURSOR_INVALID' } },
      ]);
    }
    events.stop();
    foreign.stop();
  });

  test('is told no more to who is no owner any more', async () => {
    const person = await world.person({ role: 'OWNER' });
    const following = audited(clientOf(world, await world.signedIn(person)));
    await following.has(1);
    await world.sql(`update membership set role = 'MEMBER' where person_id = $1`, [person.id]);
    await world.connection(['CONTENT_READ']);
    await sleep(600);
    expect(following.entries()).toEqual([]);
    following.stop();
  });
});

describe('A socket is closed within a second, with the last cursor, when', () => {
  const revocations: [string, (asker: Asker) => Promise<unknown>][] = [
    ['its token is revoked', ({ connectionId }) => revokeToken(operator(), { connectionId })],
    ['its connection is suspended', ({ connectionId: id }) => suspendConnection(operator(), { id })],
    [
      'its installation ends',
      ({ installationId }) => world.sql("update installation set status = 'ENDED' where id = $1", [installationId]),
    ],
  ];
  test.each(revocations)('%s, and what is written then does not arrive', async (_, revoke) => {
    const { asker, page } = await reading();
    const following = follow(clientOf(world, asker));
    await following.has(1);
    await write(page);
    await following.has(2);
    await revoke(asker);
    const at = performance.now();
    await write(page);
    const ended = await following.ended;
    expect(performance.now() - at).toBeLessThan(1_000);
    expect(code(ended)).toBe(4403);
    expect(following.types()).toHaveLength(1);
    expect([following.envelopes()[0]!.cursor, following.envelopes()[1]!.cursor]).toContain(
      (ended as { reason: string }).reason,
    );
  });

  test('somebody signs out', async () => {
    const person = await world.signedIn(await world.person({ role: 'MEMBER' }));
    const following = follow(clientOf(world, person));
    await following.has(1);
    await world.sql('update session set ended_at = now() where id = $1', [person.sessionId]);
    expect(code(await following.ended)).toBe(4403);
  });

  test('somebody leaves the workspace', async () => {
    const somebody = await world.person({ role: 'MEMBER' });
    const person = await world.signedIn(somebody);
    const following = follow(clientOf(world, { ...person, workspaceId: world.workspaceId }));
    await following.has(1);
    await world.sql('update membership set ended_at = now() where person_id = $1', [somebody.id]);
    expect(code(await following.ended)).toBe(4403);
  });
});

describe('Queries and mutations over a socket', () => {
  test('are answered as over HTTP', async () => {
    const asker = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);
    const page = await world.page({ title: 'Before' });
    await world.share(asker, page);
    const client = clientOf(world, asker);
    const query = `{ page(id: "${page}") { title } nothing: page(id: "${newId()}") { id } users(first: 1) { totalCount } }`;
    const { data, errors } = await once(client, query);
    const over = await world.ask(asker, query);
    expect({ data, errors }).toEqual({ data: over.data, errors: over.errors });
    const update = `mutation { updatePage(input: { id: "${page}", title: "After" }) { page { title } userErrors { code } } }`;
    expect((await once(client, update)).data).toEqual({ updatePage: { page: { title: 'After' }, userErrors: [] } });
    const stale = await once(client, '{ pages(first: 1000) { nodes { id } } }').catch((error: unknown) => error);
    expect(stale).toMatchObject([{ extensions: { code: 'COST_EXCEEDED' } }]);
    await client.dispose();
  });

  test('of an owner who acts as an installation change nothing', async () => {
    const { asker, page } = await reading();
    const owner = await world.signedIn(await world.person({ role: 'OWNER' }));
    const client = clientOf(world, { ...owner, actAs: asker.installationId });
    const who = await once(client, '{ viewer { kind installation { id } } }');
    expect(who.data).toEqual({ viewer: { kind: 'CONNECTION', installation: { id: asker.installationId } } });
    const update = `mutation { updatePage(input: { id: "${page}", title: "No" }) { userErrors { code } } }`;
    const refused = await once(client, update).catch((error: unknown) => ({ errors: error }));
    expect(JSON.stringify(refused)).toContain('FORBIDDEN');
    const following = follow(client);
    await following.has(1);
    await write(page);
    await following.has(2);
    following.stop();
  });
});

describe('A socket is refused', () => {
  const init = (payload?: unknown) => ({ type: 'connection_init', ...(payload !== undefined && { payload }) });

  test('to whoever does not say who she is', async () => {
    for (const payload of [
      undefined,
      {},
      { authorization: 'Bearer nonsense' },
      { authorization: 5 },
      { csrfToken: 'x' },
    ]) {
      const socket = await bare(world);
      socket.say(init(payload));
      expect((await socket.closed).code, JSON.stringify(payload)).toBe(4401);
      expect(socket.came.filter(({ type }) => type !== 'connection_ack')).toEqual([]);
    }
  });

  test('to a session without its token, and to one from another site', async () => {
    const person = await world.signedIn(await world.person());
    const cookie = `gatehouse-session=${person.secret}`;
    for (const [headers, csrfToken] of [
      [{ cookie }, undefined],
      [{ cookie }, 'wrong'],
      [{ cookie, origin: 'https://elsewhere.example' }, person.csrfToken],
      [{ cookie, 'sec-fetch-site': 'cross-site' }, person.csrfToken],
    ] as const) {
      const socket = await bare(world, { headers });
      socket.say(init({ csrfToken }));
      expect((await socket.closed).code).toBe(4403);
    }
  });

  test('before it was acknowledged, and for what is no message', async () => {
    const { asker } = await reading();
    const subscribe = { type: 'subscribe', id: '1', payload: { query: FOLLOW } };
    for (const [say, due] of [
      [[subscribe], 4401],
      [['nonsense'], 4400],
      [[{ type: 'nonsense' }], 4400],
      [[init({ authorization: `Bearer ${asker.token}` }), init()], 4429],
    ] as const) {
      const socket = await bare(world);
      for (const message of say) socket.say(message);
      expect((await socket.closed).code).toBe(due);
      expect(socket.came.filter(({ type }) => type === 'next')).toEqual([]);
    }
    await expect(bare(world, { path: '/elsewhere' })).rejects.toThrow('404');
    await expect(bare(world, { protocol: 'graphql-ws' })).rejects.toThrow('400');
  });

  test('more than fifty operations at a time', async () => {
    const { asker } = await reading();
    const client = clientOf(world, asker);
    const all = Array.from({ length: 51 }, () => follow(client));
    await until(() => all.filter(({ deliveries }) => deliveries.length > 0).length === 50, 20_000);
    const refused = await Promise.race(all.map(({ ended }) => ended));
    expect(refused).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    await client.dispose();
  });
});

describe('A socket that does not take what it is sent', () => {
  test('is closed with 4008, and nothing is kept for it beyond a megabyte', async () => {
    const { asker } = await reading();
    const socket = await bare(world);
    socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${asker.token}` } });
    await until(() => socket.came.length > 0);
    socket.ws.pause();
    const payload = { text: 'x'.repeat(200_000) };
    for (let n = 0; n < 100; n++) socket.say({ type: 'ping', payload });
    await sleep(500);
    socket.ws.resume();
    expect((await socket.closed).code).toBe(4008);
  });
});

describe('Whatever is said', () => {
  const CODES = [1000, 1005, 1006, 1009, 4400, 4401, 4403, 4408, 4409, 4429];
  const RUNS = 60 * Number(process.env.GATEHOUSE_CASES ?? 1);

  test('a socket ends with a code that is documented, and tells nothing before it was acknowledged', {
    timeout: 60_000 * RUNS,
  }, async () => {
    const { asker } = await reading();
    const pick = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T;
    const good = { authorization: `Bearer ${asker.token}` };
    const frame = (): unknown =>
      pick<() => unknown>([
        () => ({ type: 'connection_init', payload: pick([good, good, {}, null, { authorization: newId() }]) }),
        () => ({
          type: 'subscribe',
          id: pick(['1', '2', '', 5]),
          payload: { query: pick([FOLLOW, '{ viewer { id } }', '{', '']) },
        }),
        () => ({
          type: 'subscribe',
          id: pick(['1', '__proto__']),
          payload: { query: FOLLOW, variables: pick([{ after: newId() }, [], 'x']) },
        }),
        () => ({ type: 'complete', id: pick(['1', '2', 'none', null]) }),
        () => ({ type: pick(['ping', 'pong', 'next', 'error', 'connection_ack', 'x', null]), payload: {} }),
        () => pick(['', '[]', 'null', '{"type":', '"x"', `{"type":"ping","payload":${'['.repeat(2_000)}`]),
      ])();
    const said: unknown[][] = [];
    await Promise.all(
      Array.from({ length: RUNS }, async () => {
        const socket = await bare(world);
        const frames = Array.from({ length: 1 + Math.floor(Math.random() * 8) }, frame);
        said.push(frames);
        for (const one of frames) {
          if (socket.ws.readyState === socket.ws.OPEN) socket.say(one);
          await sleep(Math.random() * 20);
        }
        await sleep(50);
        socket.ws.close(1000);
        const { code } = await socket.closed;
        expect(CODES, `${code} ${JSON.stringify(frames)}`).toContain(code);
        const ack = socket.came.findIndex(({ type }) => type === 'connection_ack');
        const told = socket.came.findIndex(({ type }) => type === 'next');
        expect(told < 0 || (ack >= 0 && ack < told)).toBe(true);
      }),
    );
    expect((await world.ask(asker, '{ viewer { id } }')).status).toBe(200);
    expect(world.logLines.filter((line) => line.includes('A socket failed'))).toEqual([]);
  });
});

describe('When the server stops', () => {
  test('sockets are closed with 1012 and the last cursor', async () => {
    let following: ReturnType<typeof follow>;
    let last: Envelope;
    {
      await using other = await openWorld();
      const asker = await other.connection(['CONTENT_READ']);
      following = follow(clientOf(other, asker));
      await following.has(1);
      last = following.envelopes()[0]!;
      await sleep(100);
    }
    expect(await following.ended).toMatchObject({ code: 1012, reason: last.cursor });
  });
});
