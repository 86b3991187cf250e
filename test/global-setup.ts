// One PostgreSQL for the whole run, and in it one migrated database that every test file copies.

import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { createLog } from '../src/lib/log.js';
import { openBundledPostgres } from '../src/store/bundled-postgres.js';
import { openStore } from '../src/store/store.js';

export const TEMPLATE = 'gatehouse_template';

declare module 'vitest' {
  interface ProvidedContext {
    /** How to reach the PostgreSQL of this run. */
    postgres: { host: string; port: number; user: string; password: string };
    /** The key file the template was opened with. */
    keyFile: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  const bundled = await openBundledPostgres({ dataDirectory: join(directory, 'data') });
  const { host, port, user, password, database } = bundled.access;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  const store = await openStore({
    dataDirectory: join(directory, 'template'),
    databaseUrl: urlOf({ host, port, user, password }, TEMPLATE),
    keyFile: join(directory, 'keys'),
    log: createLog({ level: 'silent' }),
  });
  await store.close();
  await client.end();
  project.provide('postgres', { host, port, user, password });
  project.provide('keyFile', join(directory, 'keys'));
  return async () => {
    await bundled.release();
    await rm(directory, { recursive: true, force: true });
  };
}

/** A connection URL; a host that is a directory is a Unix socket. */
export const urlOf = (at: { host: string; port: number; user: string; password: string }, database: string): string =>
  at.host.startsWith('/')
    ? `postgres://${at.user}:${at.password}@localhost:${at.port}/${database}?host=${encodeURIComponent(at.host)}`
    : `postgres://${at.user}:${at.password}@${at.host}:${at.port}/${database}`;
