// The database: whether it answers, what it is, what was written in it, and what time it has. Asked with one
// connection of its own, for reading only; nothing is made, and a PostgreSQL that is stopped stays stopped.

import pg from 'pg';
import { Refusal } from '../../lib/refusal.js';
import { type BundledState, peekBundledPostgres } from '../../store/peek.js';
import { MIGRATION_NAMES } from '../../store/store.js';
import type { Configuration } from '../configuration.js';
import { type Finding, fail, type Machine, ok, skipped, warn } from './finding.js';
import type { Belonging } from './place.js';

const PATIENCE_MS = 5_000;
const LEAST_VERSION = 15;
const CLOCK_WARN_MS = 2_000;
const CLOCK_FAIL_MS = 60_000;

/** What was asked of it. */
interface Facts {
  version: number;
  versionText: string;
  standby: boolean;
  mayCreate: boolean;
  /** Names of what was executed; `null` before the first start. */
  migrations: string[] | null;
  keyCheck: string | null;
  /** How far its clock is ahead of ours. */
  aheadMs: number;
}

export interface DatabaseFindings {
  findings: Finding[];
  belonging: Belonging;
}

export async function checkDatabase(
  { databaseUrl, dataDirectory }: Configuration,
  machine: Machine,
): Promise<DatabaseFindings> {
  const where = databaseUrl ? given(databaseUrl) : await bundled(dataDirectory);
  if ('finding' in where) return unreached(where.finding, where.belonging);
  let facts: Facts;
  try {
    facts = await ask(where.client, machine);
  } catch (error) {
    return unreached(failure(where.shown, error), null);
  }
  const findings = [reached(where.shown, facts), checkVersion(facts), checkMigrations(facts), checkClock(facts)];
  return { findings, belonging: { used: facts.keyCheck !== null, keyCheck: facts.keyCheck } };
}

interface Target {
  /** Host and database, for people; never the password. */
  shown: string;
  client: pg.ClientConfig;
}

/** There is nothing to ask, and what is known nevertheless. */
interface Untold {
  finding: Finding;
  belonging: Belonging;
}

const untold = (finding: Finding, used?: boolean): Untold => ({
  finding,
  belonging: used === undefined ? null : { used, keyCheck: null },
});

function given(url: string): Target | Untold {
  if (
    !/^postgres(ql)?:\/\/./.test(url) ||
    !URL.canParse(url) ||
    !/^\/(?:[^%]|%[0-9a-f]{2})+$/i.test(new URL(url).pathname)
  ) {
    return untold(
      fail(
        'database',
        'DATABASE_URL is no address of a database.',
        'Write it like postgres://user:password@host:5432/database, with an @ in the password as %40.',
      ),
    );
  }
  const { host, pathname, searchParams } = new URL(url);
  const shown = `The database ${decodeURIComponent(pathname.slice(1))} at ${searchParams.get('host') ?? host}`;
  return { shown, client: { connectionString: url } };
}

async function bundled(dataDirectory: string): Promise<Target | Untold> {
  const name = 'database';
  let state: BundledState;
  try {
    state = await peekBundledPostgres(dataDirectory);
  } catch (error) {
    if (error instanceof Refusal) {
      return untold(
        fail(name, error.message, 'Restore that folder, or point GATEHOUSE_DATA at the right directory.'),
        true,
      );
    }
    return untold(skipped(name, 'The bundled PostgreSQL lies in the data directory, which cannot be read.'));
  }
  switch (state.kind) {
    case 'NONE':
      return untold(ok(name, 'There is no bundled PostgreSQL yet; the first start makes it.'), false);
    case 'STOPPED':
      return untold(
        ok(
          name,
          'The bundled PostgreSQL is stopped, as it is while nobody uses it; it is looked at while a server runs.',
        ),
        true,
      );
    case 'BUSY':
      return untold(
        warn(
          name,
          `The bundled PostgreSQL (process ${state.pid}) is ${state.doing}.`,
          'Wait until it has finished, and ask again.',
        ),
        true,
      );
    case 'RUNNING':
      return state.access
        ? { shown: `The bundled PostgreSQL (process ${state.pid})`, client: { ...state.access } }
        : untold(
            fail(
              name,
              `The bundled PostgreSQL (process ${state.pid}) runs, but access.json, which holds its password, is missing or broken.`,
              'Stop what uses it, or send it SIGINT; the next start makes a new password.',
            ),
            true,
          );
  }
}

/** Everything that hangs on the connection is left out, and says so. */
const unreached = (finding: Finding, belonging: Belonging): DatabaseFindings => ({
  findings: [
    finding,
    ...(['database version', 'migrations', 'clock'] as const).map((name) =>
      skipped(name, 'The database was not asked.'),
    ),
  ],
  belonging,
});

async function ask(config: pg.ClientConfig, machine: Machine): Promise<Facts> {
  const client = new pg.Client({
    ...config,
    application_name: 'gatehouse doctor',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    options: `-c statement_timeout=${PATIENCE_MS} -c default_transaction_read_only=on`,
  });
  client.on('error', () => {}); // what breaks it rejects the query too
  await client.connect();
  try {
    await client.query('select 1'); // what is slow the first time should not be taken for a clock
    const before = machine.now();
    const { rows } = await client.query<{
      now: string;
      version: string;
      versionText: string;
      standby: boolean;
      mayCreate: boolean | null;
      migrated: boolean;
      remembers: boolean;
    }>(
      `select extract(epoch from clock_timestamp()) * 1000 as now,
              current_setting('server_version_num') as version,
              current_setting('server_version') as "versionText",
              pg_is_in_recovery() as standby,
              has_schema_privilege(current_schema(), 'create') as "mayCreate",
              to_regclass('gatehouse_migration') is not null as migrated,
              to_regclass('gatehouse_fact') is not null as remembers`,
    );
    const [row] = rows;
    if (!row) throw new Error('It answered without a row.');
    const ours = (before + machine.now()) / 2;
    const migrations = row.migrated
      ? (await client.query<{ name: string }>('select name from gatehouse_migration order by name')).rows
      : null;
    const facts = row.remembers
      ? (await client.query<{ value: string }>(`select value from gatehouse_fact where name = 'key_check'`)).rows
      : [];
    return {
      version: Math.floor(Number(row.version) / 10_000),
      versionText: row.versionText,
      standby: row.standby,
      mayCreate: row.mayCreate === true,
      migrations: migrations?.map(({ name }) => name) ?? null,
      keyCheck: facts[0]?.value ?? null,
      aheadMs: Number(row.now) - ours,
    };
  } finally {
    await client.end().catch(() => {}); // it is of no use any more, whatever it says
  }
}

/** PostgreSQL's codes, and those of the way to it, each with what to do. */
const FIXES: Readonly<Record<string, readonly [found: string, fix: string]>> = {
  ECONNREFUSED: ['refuses connections', 'Start PostgreSQL, or correct host and port in DATABASE_URL.'],
  ENOENT: ['has no socket there', 'Start PostgreSQL, or correct host and port in DATABASE_URL.'],
  ENOTFOUND: ['has a host name nobody knows', 'Correct the host in DATABASE_URL.'],
  EAI_AGAIN: ['has a host name that cannot be looked up now', 'Correct the host in DATABASE_URL, or mend the DNS.'],
  ETIMEDOUT: ['does not answer', 'Let this machine through its firewall, or correct the host in DATABASE_URL.'],
  EHOSTUNREACH: ['cannot be reached from here', 'Mend the route to it, or correct the host in DATABASE_URL.'],
  '28P01': ['does not accept this user and password', 'Correct them in DATABASE_URL.'],
  '28000': ['does not let this user in', 'Correct the user in DATABASE_URL, or allow it in pg_hba.conf.'],
  '3D000': ['does not exist', 'Make it with createdb, or correct its name in DATABASE_URL.'],
  '42501': [
    'keeps its tables from this user',
    'Use the user that made them in DATABASE_URL, or grant them to this one.',
  ],
  '53300': ['has no connection left', 'Raise max_connections, or end programs that keep some open.'],
  '57P03': ['is starting or stopping', 'Wait until it has finished, and ask again.'],
};

function failure(shown: string, error: unknown): Finding {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const known = FIXES[code] ?? (/timeout/i.test(message) ? FIXES.ETIMEDOUT : undefined);
  if (known) return fail('database', `${shown} ${known[0]} (${code || 'timed out'}).`, known[1]);
  if (/certificate|SSL|TLS/i.test(`${code} ${message}`)) {
    return fail(
      'database',
      `${shown} and this program do not agree on TLS (${code || message}).`,
      'Set sslmode in DATABASE_URL (disable, require, verify-full), and NODE_EXTRA_CA_CERTS for a certificate authority of your own.',
    );
  }
  return fail(
    'database',
    `${shown} does not speak as PostgreSQL does (${code || message.slice(0, 100)}).`,
    'Correct host and port in DATABASE_URL, and see the log of PostgreSQL.',
  );
}

const reached = (shown: string, { standby }: Facts): Finding =>
  standby
    ? fail('database', `${shown} is a standby, for reading only.`, 'Point DATABASE_URL at the primary.')
    : ok('database', `${shown} answers.`);

function checkVersion({ version, versionText }: Facts): Finding {
  const name = 'database version';
  if (version >= LEAST_VERSION) return ok(name, `PostgreSQL ${versionText}.`);
  return fail(name, `PostgreSQL ${version} is too old.`, `Upgrade it to PostgreSQL ${LEAST_VERSION} or newer.`);
}

function checkMigrations({ migrations, mayCreate }: Facts): Finding {
  const name = 'migrations';
  const newer = (migrations ?? []).filter((executed) => !MIGRATION_NAMES.includes(executed));
  if (newer.length > 0) {
    return fail(
      name,
      `The database was written by a newer Gatehouse: it has ${newer.join(', ')}.`,
      'Install that version, or restore a backup from before the upgrade.',
    );
  }
  const pending = MIGRATION_NAMES.filter((known) => !migrations?.includes(known));
  if (pending.length > 0 && !mayCreate) {
    return fail(
      name,
      'Tables have to be made, and this user may not make any.',
      'Make the user of DATABASE_URL the owner of the database, or grant it create on the schema.',
    );
  }
  if (migrations === null) return ok(name, 'The database is new; the first start makes its tables.');
  if (pending.length > 0) {
    return warn(
      name,
      `To be done: ${pending.join(', ')}.`,
      'Make a backup and start the server (or run any command), which does them.',
    );
  }
  return ok(name, `All ${MIGRATION_NAMES.length} done.`);
}

function checkClock({ aheadMs }: Facts): Finding {
  const name = 'clock';
  const off = Math.abs(aheadMs);
  const seconds = `${(off / 1_000).toFixed(1)} s`;
  if (off < CLOCK_WARN_MS) return ok(name, 'The clocks of this machine and of the database agree.');
  const found = `The clock of this machine is ${seconds} ${aheadMs > 0 ? 'behind' : 'ahead of'} that of the database.`;
  const fix = 'Let both be set by NTP (timedatectl set-ntp true).';
  return off < CLOCK_FAIL_MS ? warn(name, found, fix) : fail(name, found, fix);
}
