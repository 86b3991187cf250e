// The helper for programs that follow from elsewhere, through a wire that breaks.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFollower, type Envelope, FollowError, type FollowerOptions } from '../../src/client/follow.js';
import { revokeToken, rotateToken } from '../../src/connection/token.js';
import { operatorOf } from '../../src/gate/actor.js';
import { record } from '../events/settling.js';
import { openWire, type Wire } from '../server/cut-wire.js';
import { until } from '../server/sockets.js';
import { type Asker, openWorld, type World } from '../world.js';

const EVENTS = 40 * Number(process.env.GATEHOUSE_CASES ?? 1);
const QUERY = `subscription S($after: String, $filter: EventFilter) {
  events(after: $after, filter: $filter) { kind cursor event { type sequence } } }`;

let world: World;
let wire: Wire;
beforeAll(async () => {
  world = await openWorld();
  await world.sql('update workspace set event_window_ms = 0');
  world.keepLog();
  wire = await openWire({ port: Number(new URL(world.url).port) });
});
afterAll(async () => {
  await wire.close();
  await world[Symbol.asyncDispose]();
});

const operator = () => world.store.callerFor(operatorOf(world.workspaceId));

interface Happened {
  type: string;
  sequence: number;
}

async function reading(): Promise<{ asker: Asker; page: string }> {
  const asker = await world.connection(['CONTENT_READ']);
  const page = await world.page();
  await world.share(asker, page);
  return { asker, page };
}

const authorization = ({ token }: Asker) => ({ authorization: `Bearer ${token}` });

function following(connectionParams: FollowerOptions['connectionParams'], query = QUERY, more: object = {}) {
  const follower = createFollower({ url: `ws://127.0.0.1:${wire.port}/graphql`, connectionParams: connectionParams! });
  const envelopes: Envelope<Happened>[] = [];
  const stop = new AbortController();
  const ended = (async () => {
    for await (const envelope of follower.follow<Happened>({ query, signal: stop.signal, ...more })) {
      envelopes.push(envelope);
    }
  })()
    .catch((error: unknown) => error)
    .finally(() => follower.close());
  return { envelopes, ended, stop: () => stop.abort(), follower };
}

const sequencesOf = (envelopes: readonly Envelope<Happened>[]) =>
  envelopes.flatMap(({ event }) => event?.sequence ?? []);

describe('Who follows by the helper', () => {
  test('meets every event once and in order, however often the wire is cut, and whatever else she asks with', {
    timeout: 20_000 * EVENTS,
  }, async () => {
    const { asker, page } = await reading();
    const filter = { types: ['PAGE_CONTENT_UPDATED'] };
    const { envelopes, ended, stop } = following(authorization(asker), QUERY, { variables: { filter } });
    await until(() => envelopes.length > 0);
    for (let n = 0; n < EVENTS; n++) {
      await record(world, page, { type: 'PAGE_LOCKED' });
      await record(world, page, { type: 'PAGE_CONTENT_UPDATED' });
      if (n % 8 === 4) wire.cut();
      await sleep(Math.random() * 30);
    }
    await until(() => sequencesOf(envelopes).length >= EVENTS, 30_000);
    const first = sequencesOf(envelopes)[0] as number;
    expect(sequencesOf(envelopes)).toEqual(Array.from({ length: EVENTS }, (_, n) => first + 2 * n));
    expect(envelopes.filter(({ kind }) => kind === 'CAUGHT_UP').length).toBeGreaterThan(1);
    stop();
    expect(await ended).toBeUndefined();
  });

  test('goes on from the cursor she kept', async () => {
    const { asker, page } = await reading();
    const before = following(authorization(asker));
    await until(() => before.envelopes.length > 0);
    before.stop();
    await before.ended;
    await record(world, page, { type: 'PAGE_LOCKED' });
    await until(async () => (await world.sql('select from change where settled_as is null')).length === 0);
    const after = following(authorization(asker), QUERY, { after: before.envelopes[0]?.cursor });
    await until(() => after.envelopes.length > 1);
    expect(after.envelopes.map(({ kind }) => kind)).toEqual(['LIVE', 'CAUGHT_UP']);
    after.stop();
    await after.ended;
  });

  test('learns that her token is revoked, and is not tried again with it', async () => {
    const { asker } = await reading();
    const { envelopes, ended } = following(authorization(asker));
    await until(() => envelopes.length > 0);
    await revokeToken(operator(), { connectionId: asker.connectionId });
    const error = await ended;
    expect(error).toBeInstanceOf(FollowError);
    expect(error).toMatchObject({ closeCode: 4403 });
  });

  test('goes on with a new token, when she gives it as a function and has one', async () => {
    const { asker, page } = await reading();
    let token = asker.token;
    const { envelopes, ended, stop } = following(() => authorization({ ...asker, token }));
    await until(() => envelopes.length > 0);
    token = (await rotateToken(operator(), { connectionId: asker.connectionId, overlapHours: 0 })).token;
    await until(() => envelopes.length > 1);
    await record(world, page, { type: 'PAGE_LOCKED' });
    await until(() => sequencesOf(envelopes).length > 0);
    stop();
    expect(await ended).toBeUndefined();
  });

  test('is told at once when what she says is of no use', async () => {
    const { asker } = await reading();
    const wrong = await following({ authorization: 'Bearer nonsense' }).ended;
    expect(wrong).toMatchObject({ name: 'FollowError', closeCode: 4401 });
    const refused = await following(authorization(asker), 'subscription { nothing }').ended;
    expect(refused).toMatchObject({ closeCode: null, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    const blind = await following(
      authorization(asker),
      'subscription ($after: String) { events(after: $after) { kind } }',
    ).ended;
    expect((blind as Error).message).toContain('`cursor`');
    const foreign = following(authorization(asker), QUERY, { after: 'nonsense' });
    expect(await foreign.ended).toMatchObject({ errors: [{ extensions: { code: 'CURSOR_INVALID' } }] });
  });

  test('ends when she says so, and nothing is left open', async () => {
    const { asker } = await reading();
    const { envelopes, ended, stop } = following(authorization(asker));
    await until(() => envelopes.length > 0);
    stop();
    expect(await ended).toBeUndefined();
    await until(() => wire.size() === 0);
  });
});
