// Rows of one large data source, filtered, sorted and written, beside a table that was made for them: typed columns and the
// same indexes. `--small` runs everything tiny, to see that it works.

import 'reflect-metadata';
import { cpus } from 'node:os';
import pg from 'pg';
import { compareInserts, compareReads } from './row-measure.js';
import { plantRows } from './row-questions.js';
import { type BenchPostgres, openBenchPostgres } from './world.js';

const small = process.argv.includes('--small');
const SIZE = small ? { rows: 2_000, rounds: 3, inserts: 5 } : { rows: 1_000_000, rounds: 25, inserts: 300 };

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

const postgres = await openBenchPostgres();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void postgres.close().finally(() => process.exit(1))); // PostgreSQL would go on
}
try {
  say(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`,
  );
  say(small ? 'Small: for correctness only, the figures mean nothing.' : '');
  await measure(postgres);
} finally {
  await postgres.close();
}

async function measure(postgres: BenchPostgres): Promise<void> {
  const world = await postgres.world('bench_rows', 1);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const startedAt = performance.now();
    await plantRows(client, world, SIZE.rows);
    say(`${SIZE.rows} rows planted twice in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
    await compareReads(world, SIZE.rounds, say);
    await compareInserts(world, SIZE, say);
  } finally {
    await client.end();
  }
}
