// A second door to a world, with metrics and traces as `start` wires them.

import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';
import { createGateway } from '../../src/api/gateway.js';
import { createLog } from '../../src/lib/log.js';
import type { Tracing } from '../../src/lib/tracing.js';
import { createHttpDoor } from '../../src/server/http.js';
import { createMetrics, type Metrics } from '../../src/server/metrics.js';
import { openStore, type Store } from '../../src/store/store.js';
import type { World } from '../world.js';

export interface Watched extends AsyncDisposable {
  url: string;
  store: Store;
  metrics: Metrics;
  logLines: string[];
  /** Statements sent since the last `statements.length = 0`. */
  statements: string[];
}

export async function watch(
  world: World,
  options: { tracing?: Tracing | null; metricsToken?: string; showStatements?: boolean } = {},
): Promise<Watched> {
  const { tracing = null, metricsToken, showStatements = false } = options;
  const logLines: string[] = [];
  const statements: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void logLines.push(line) } });
  const metrics = createMetrics();
  const store = await openStore({
    dataDirectory: world.dataDirectory,
    databaseUrl: world.databaseUrl,
    keyFile: inject('keyFile'),
    log,
    poolSize: 4,
    onStatement: (text) => void statements.push(text),
    watchStatement: (text) => {
      const counted = metrics.statement();
      const traced = tracing?.statement(text);
      return (error) => {
        counted(error);
        traced?.(error);
      };
    },
  });
  metrics.watchPool(store.poolUse);
  const gateway = await createGateway({ store, log, observer: metrics, tracing, showStatements });
  const door = createHttpDoor({ gateway, store, log, metrics, metricsToken, tracing });
  await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`,
    store,
    metrics,
    logLines,
    statements,
    async [Symbol.asyncDispose]() {
      await door.drain(1_000);
      await gateway.stop();
      await store.close();
    },
  };
}
