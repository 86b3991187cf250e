// A second door to a world that counts what is asked, as `start` wires it; what it counted is written when a test says so.

import type { AddressInfo } from 'node:net';
import { createGateway } from '../../src/api/gateway.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/api/limits.js';
import { UsageTally } from '../../src/connection/usage-tally.js';
import type { Actor } from '../../src/gate/actor.js';
import { createLog } from '../../src/lib/log.js';
import { createHttpDoor } from '../../src/server/http.js';
import { keepUsage } from '../../src/server/keep-usage.js';
import { type Answer, type Asker, post, type World } from '../world.js';

export interface Counted extends AsyncDisposable {
  tally: UsageTally;
  logLines: string[];
  ask(asker: Asker, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** In-process, as somebody who has no token. */
  askAs(actor: Actor, query: string, variables?: Record<string, unknown>): Promise<Answer['data']>;
  write(): Promise<void>;
  stop(): Promise<void>;
}

export async function openCounted(
  world: World,
  { now, limits = {}, everyMs = 3_600_000 }: { now?: () => number; limits?: Partial<Limits>; everyMs?: number } = {},
): Promise<Counted> {
  const logLines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void logLines.push(line) } });
  const { store } = world;
  const tally = new UsageTally(now);
  const gateway = await createGateway({ store, log, limits: { ...DEFAULT_LIMITS, ...limits }, observer: tally });
  const door = createHttpDoor({ gateway, store, log, usage: tally });
  await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}/graphql`;
  const keeper = keepUsage({ store, tally, log, everyMs, ...(now && { now }) });
  return {
    tally,
    logLines,
    ask: (asker, query, variables) => post(url, asker.token, query, variables),
    askAs: async (actor, query, variables = {}) => {
      const { body } = await gateway.apollo.executeOperation(
        { query, variables },
        { contextValue: gateway.contextFor(actor, store.reader()) },
      );
      if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
      return body.singleResult.data;
    },
    write: keeper.write,
    stop: keeper.stop,
    async [Symbol.asyncDispose]() {
      await door.drain(1_000);
      await keeper.stop();
      await gateway.stop();
    },
  };
}
