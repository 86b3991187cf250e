// The store: one PostgreSQL, one ORM on it, the keys beside it. Opening it migrates it; closing it leaves it.

import { join } from 'node:path';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Pool, PoolClient } from 'pg';
import { CapabilityGrantTable, ConnectionTable, InstallationTable, TokenTable } from '../connection/tables.js';
import type { Reader } from '../context.js';
import { settleEpoch } from '../events/epoch.js';
import { type FileStore, filesIn } from '../file/file-store.js';
import type { Actor } from '../gate/actor.js';
import { invariant } from '../lib/invariant.js';
import type { Logger } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';
import { type KeyRing, keyedHash, openKeyFile } from '../lib/secret.js';
import { MembershipTable, PersonalTokenTable, PersonTable } from '../people/tables.js';
import type { KeyHolder } from '../unit-of-work.js';
import { TeamspaceTable, WorkspaceTable } from '../workspace/tables.js';
import { openBundledPostgres } from './bundled-postgres.js';
import { openDataDirectory } from './data-directory.js';
import { layLines } from './line.js';
import { Foundations } from './migrations/0001-foundations.js';
import { Budgets } from './migrations/0002-budgets.js';
import { Audit } from './migrations/0003-audit.js';
import { SignIn } from './migrations/0004-sign-in.js';
import { Connections } from './migrations/0005-connections.js';
import { Members } from './migrations/0006-members.js';
import { Shares } from './migrations/0007-shares.js';
import { Usage } from './migrations/0008-usage.js';
import { PublicConnections } from './migrations/0009-public-connections.js';
import { OAuth } from './migrations/0010-oauth.js';
import { Passkeys } from './migrations/0011-passkeys.js';
import { Writing } from './migrations/0012-writing.js';
import { Rows } from './migrations/0013-rows.js';
import { Groups } from './migrations/0016-groups.js';
import { Blocks } from './migrations/0017-blocks.js';
import { EventLog } from './migrations/0018-event-log.js';
import { AccessChanges } from './migrations/0019-access-changes.js';
import { PageReach } from './migrations/0020-page-reach.js';
import { FileUploads } from './migrations/0025-file-uploads.js';
import { ImportJobs } from './migrations/0026-import-jobs.js';
import { readersOf } from './reader.js';

/** Any number that is ours: migrations of two processes take turns by it. */
const MIGRATION_LOCK = 7_283_144;
const DEFAULT_MAX_STATEMENT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Kysely gives a healthy connection back long before this. */
const GIVE_BACK_MS = 100;

const MIGRATIONS = [
  { name: '0001-foundations', class: Foundations },
  { name: '0002-budgets', class: Budgets },
  { name: '0003-audit', class: Audit },
  { name: '0004-sign-in', class: SignIn },
  { name: '0005-connections', class: Connections },
  { name: '0006-members', class: Members },
  { name: '0007-shares', class: Shares },
  { name: '0008-usage', class: Usage },
  { name: '0009-public-connections', class: PublicConnections },
  { name: '0010-oauth', class: OAuth },
  { name: '0011-passkeys', class: Passkeys },
  { name: '0012-writing', class: Writing },
  { name: '0013-rows', class: Rows },
  { name: '0016-groups', class: Groups },
  { name: '0017-blocks', class: Blocks },
  { name: '0018-event-log', class: EventLog },
  { name: '0019-access-changes', class: AccessChanges },
  { name: '0020-page-reach', class: PageReach },
  { name: '0025-file-uploads', class: FileUploads },
  { name: '0026-import-jobs', class: ImportJobs },
];
export const MIGRATION_NAMES: readonly string[] = MIGRATIONS.map(({ name }) => name);

export interface StoreOptions {
  dataDirectory: string;
  /** A server of one's own; without it the bundled PostgreSQL of the data directory is used. */
  databaseUrl?: string | undefined;
  /** Default: `keys` in the data directory. */
  keyFile?: string | undefined;
  log: Logger;
  /** Connections kept at most; default 10. */
  poolSize?: number;
  /** PostgreSQL cancels a statement that takes longer; default 5 seconds. */
  maxStatementMs?: number | undefined;
  /** Called with the text of each statement sent, transaction control included. For tests. */
  onStatement?: (text: string) => void;
  /** The same, for metrics and traces: what it answers is called when the statement has ended, with what went wrong if
   *  something did. */
  watchStatement?: (text: string) => (error?: unknown) => void;
}

export interface Store {
  keys: KeyRing;
  /** A fresh unit of identity: one per request or command. */
  em(): EntityManager;
  /** This store, in the hands of somebody. */
  callerFor(actor: Actor): KeyHolder;
  /** Said by commands: something that was recorded is committed. */
  committed(): void;
  /** `listener` is told of every commit of this process, until what is answered is called. */
  onCommitted(listener: () => void): () => void;
  /** Once `signal` is aborted it sends nothing more, and what is under way is cancelled. */
  reader(signal?: AbortSignal): Reader;
  /** Connections to the database at this moment. */
  poolUse(): { inUse: number; idle: number; waiting: number };
  /** Bytes of files. */
  files: FileStore;
  /** Answers when the database does; throws otherwise. */
  ping(): Promise<void>;
  /** Starts the bundled PostgreSQL again, at the same address, when it has ended; a database of one's own is left to
   *  whoever runs it. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

/** Opens, and brings the schema up to date. Refused: a database that cannot be reached, was made by a newer Gatehouse,
 *  or belongs to another key file. */
export async function openStore(options: StoreOptions): Promise<Store> {
  await openDataDirectory(options.dataDirectory);
  const keys = await openKeyFile(options.keyFile ?? join(options.dataDirectory, 'keys'));
  const openBundled = () =>
    openBundledPostgres({ dataDirectory: options.dataDirectory, log: (message) => options.log.debug(message) });
  let bundled = options.databaseUrl ? null : await openBundled();
  let orm: MikroORM | undefined;
  let pool: Pool | undefined;
  try {
    const address = bundled ? bundled.access : givenAddress(options.databaseUrl);
    orm = await openOrm(options, address, (made) => {
      pool = made;
    });
    await migrate(orm);
    await checkKey(orm.em.fork() as EntityManager, keys);
    await settleEpoch(orm.em.fork() as EntityManager);
  } catch (error) {
    await orm?.close(true);
    await bundled?.release();
    throw reachable(error, options.databaseUrl);
  }
  const opened = orm;
  invariant(pool, 'Migrations ran without a connection.');
  const em = () => opened.em.fork() as EntityManager;
  const listeners = new Set<() => void>();
  const committed = () => {
    for (const listener of listeners) listener();
  };
  return {
    keys,
    em,
    callerFor: (actor) => ({ actor, em, keys, committed }),
    committed,
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reader: readersOf(pool, options.log),
    poolUse: () => {
      const { totalCount = 0, idleCount = 0, waitingCount = 0 } = pool ?? {};
      return { inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
    },
    files: filesIn(join(options.dataDirectory, 'files')),
    ping: async () => {
      await em().execute('select 1');
    },
    revive: async () => {
      if (!bundled) return;
      const left = bundled;
      bundled = await openBundled(); // entered before the old one is left: it is never empty in between
      await left.release();
    },
    close: async () => {
      await opened.close(true);
      await bundled?.release();
    },
  };
}

interface Address {
  database: string;
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  /** Everything in one, as `pg` understands it: Unix sockets, TLS and all. */
  connectionString?: string;
}

function givenAddress(url: string | undefined): Address {
  const database = url && /^postgres(ql)?:\/\/./.test(url) && URL.canParse(url) ? new URL(url).pathname.slice(1) : '';
  if (database === '' || /%(?![0-9a-f]{2})/i.test(database)) {
    throw new Refusal('INVALID', 'DATABASE_URL should look like postgres://user:password@host:5432/database.');
  }
  return { database: decodeURIComponent(database), connectionString: url };
}

function openOrm(options: StoreOptions, address: Address, onPool: (pool: Pool) => void): Promise<MikroORM> {
  return MikroORM.init({
    dbName: address.database,
    entities: [
      WorkspaceTable,
      TeamspaceTable,
      PersonTable,
      MembershipTable,
      PersonalTokenTable,
      ConnectionTable,
      InstallationTable,
      CapabilityGrantTable,
      TokenTable,
    ],
    extensions: [Migrator],
    pool: { min: 0, max: options.poolSize ?? 10 },
    ensureDatabase: false,
    logger: (message) => options.log.debug(message),
    migrations: { migrationsList: MIGRATIONS, tableName: 'gatehouse_migration', snapshot: false, allOrNothing: true },
    driverOptions: {
      ...address,
      application_name: 'gatehouse',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      options: `-c statement_timeout=${options.maxStatementMs ?? DEFAULT_MAX_STATEMENT_MS} -c timezone=UTC -c plan_cache_mode=force_custom_plan`,
      onPoolCreated: (pool: Pool) => {
        onPool(pool);
        pool.on('connect', returnWhenBroken);
        const { onStatement, watchStatement } = options;
        if (onStatement) pool.on('connect', (client) => reportStatements(client, onStatement));
        if (watchStatement) pool.on('connect', (client) => watchStatements(client, watchStatement));
        layLines(pool, options.log); // last: what goes by a line is reported as well
      },
    },
  });
}

/** A transaction whose connection breaks cannot roll back, and Kysely then never gives the connection back: the pool
 *  would be one short for good, and never end. */
function returnWhenBroken(client: PoolClient): void {
  client.once('end', () =>
    setTimeout(() => {
      try {
        client.release(true);
      } catch {
        // given back in time, as most are
      }
    }, GIVE_BACK_MS),
  );
}

/** Every statement of a connection passes its `query`, whoever sends it. */
function reportStatements(client: object, onStatement: (text: string) => void): void {
  const target = client as { query: (...args: unknown[]) => unknown };
  const inner = target.query.bind(client);
  target.query = (...args) => {
    for (const text of textsOf(args[0])) onStatement(text);
    return inner(...args);
  };
}

/** The same, from its beginning to its end: a result that is waited for ends with it, any other at once. */
function watchStatements(client: object, watch: (text: string) => (error?: unknown) => void): void {
  const target = client as { query: (...args: unknown[]) => unknown };
  const inner = target.query.bind(client);
  target.query = (...args) => {
    const watched = textsOf(args[0]).map((text) => watch(text));
    const ended = (error?: unknown) => {
      for (const end of watched) end(error);
    };
    const result = inner(...args);
    const answer = result instanceof Promise ? result : (result as { answer?: Promise<unknown> }).answer;
    if (answer) answer.then(() => ended(), ended);
    else ended();
    return result;
  };
}

/** Of what `pg` is given to send. */
const textsOf = (said: unknown): readonly string[] => {
  if (typeof said === 'string') return [said];
  const { text = '', texts = [text] } = said as { text?: string; texts?: readonly string[] };
  return texts;
};

/** One process migrates, the others wait. Refuses a schema that a newer Gatehouse has written. */
async function migrate(orm: MikroORM): Promise<void> {
  const em = orm.em.fork() as EntityManager;
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  await em.transactional(async (lock) => {
    const holder = lock as EntityManager;
    await holder.execute('set local statement_timeout = 0');
    await holder.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    const executed = (await orm.migrator.getExecuted()).map(({ name }) => name);
    const newer = executed.filter((name) => !known.has(name));
    if (newer.length > 0) {
      throw new Refusal(
        'INVALID_STATE',
        `The database was written by a newer Gatehouse (it has ${newer.join(', ')}). Install that version, or restore a backup from before the upgrade.`,
      );
    }
    if (executed.length < MIGRATIONS.length) await orm.migrator.up();
  });
}

/** What the database keeps to know its key file by. */
export const keyCheckOf = (keys: KeyRing): string => keyedHash(keys.for('key-check'), 'gatehouse').toString('hex');

/** The database remembers which key file it belongs to; with another one every token and cursor would be wrong. */
async function checkKey(em: EntityManager, keys: KeyRing): Promise<void> {
  const check = keyCheckOf(keys);
  await em.execute(`insert into gatehouse_fact (name, value) values ('key_check', ?) on conflict do nothing`, [check]);
  const [fact] = await em.execute<{ value: string }[]>(`select value from gatehouse_fact where name = 'key_check'`);
  invariant(fact, 'The key check value vanished.');
  if (fact.value !== check) {
    throw new Refusal(
      'INVALID_STATE',
      'The key file does not belong to this database. Restore the one this database was first opened with, or point GATEHOUSE_KEY_FILE at it.',
    );
  }
}

/** One sentence for a database that cannot be reached; its password is never in it. */
function reachable(error: unknown, url: string | undefined): unknown {
  if (error instanceof Refusal) return error;
  const { code, message } = error as { code?: string; message?: string };
  const unreachable = [
    'ECONNREFUSED',
    'ENOTFOUND',
    'ETIMEDOUT',
    'ECONNRESET',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    '28P01',
    '28000',
    '3D000',
    '57P03',
    '53300',
  ];
  const timedOut = /timeout/i.test(message ?? '');
  if (!url || !(unreachable.includes(code ?? '') || timedOut)) return error;
  const { host, pathname } = new URL(url);
  return new Refusal(
    'UNAVAILABLE',
    `The database ${pathname.slice(1)} at ${host} could not be reached (${code ?? 'timed out'}). Check DATABASE_URL and that PostgreSQL is running.`,
  );
}
