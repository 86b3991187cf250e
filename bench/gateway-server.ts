// A gateway in a process of its own, as `start` makes it, but for what is compared: which engine, and with or without
// the rule table.

import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { compileFor } from '../src/api/compiled.js';
import { interpret } from '../src/api/engine.js';
import { createGateway } from '../src/api/gateway.js';
import { DEFAULT_LIMITS } from '../src/api/limits.js';
import { observers } from '../src/api/observe.js';
import { buildGatewaySchema, buildUnguardedSchema } from '../src/api/schema.js';
import { UsageTally } from '../src/connection/usage-tally.js';
import { createLog } from '../src/lib/log.js';
import { createHttpDoor } from '../src/server/http.js';
import { keepUsage } from '../src/server/keep-usage.js';
import { createMetrics } from '../src/server/metrics.js';
import { openStore } from '../src/store/store.js';
import { serveCpuTime } from './measured.js';

const { DATABASE_URL, BENCH_DATA = '', BENCH_KEYS, BENCH_ENGINE, BENCH_GATE } = process.env;

const log = createLog({ level: 'silent' });
const metrics = createMetrics();
const store = await openStore({
  dataDirectory: BENCH_DATA,
  databaseUrl: DATABASE_URL,
  keyFile: BENCH_KEYS,
  log,
  poolSize: 4,
  watchStatement: () => metrics.statement(),
});
metrics.watchPool(store.poolUse);

const guarded =
  BENCH_GATE === 'off'
    ? { schema: buildUnguardedSchema(), rules: { fields: new Map(), inputs: new Map(), content: new Map() } }
    : buildGatewaySchema();
const engine = BENCH_ENGINE === 'graphql-js' ? interpret : compileFor(guarded.schema);

const limits = { ...DEFAULT_LIMITS, maxPointsPerMinute: 2_000_000_000 };
const usage = new UsageTally();
keepUsage({ store, tally: usage, log });
const gateway = await createGateway({ store, log, guarded, limits, engine, observer: observers(metrics, usage) });
const door = createHttpDoor({ gateway, store, log, metrics, usage });
door.server.listen(0, '127.0.0.1', () => serveCpuTime((door.server.address() as AddressInfo).port));
