// A database from before the chain: its entries are chained as they are, in their order, when it is first opened.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CHAINED_COLUMNS, type ChainedRow } from '../../src/audit/chain.js';
import { verifyLog } from '../../src/audit/verify.js';
import { operatorOf } from '../../src/gate/actor.js';
import { newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { Foundations } from '../../src/store/migrations/0001-foundations.js';
import { openStore, type Store } from '../../src/store/store.js';
import { urlOf } from '../global-setup.js';

const OLD_ENTRIES = 2_300;
const database = `old_${process.pid}`;
const [here, there, untouched] = [newId(), newId(), newId()];
const directory = join(process.env.TMPDIR ?? '/tmp', `gatehouse-${database}`);

let client: pg.Client;
let store: Store;

beforeAll(async () => {
  const postgres = inject('postgres');
  const admin = new pg.Client({ ...postgres, database: 'postgres' });
  await admin.connect();
  await admin.query(`create database ${database}`);
  await admin.end();
  client = new pg.Client({ connectionString: urlOf(postgres, database) });
  await client.connect();
  const foundations = new Foundations(undefined as never, undefined as never);
  foundations.up();
  for (const statement of foundations.getQueries()) await client.query(String(statement));
  await client.query(`create table gatehouse_migration (id serial primary key, name varchar(255),
                      executed_at timestamptz default current_timestamp);
                      insert into gatehouse_migration (name) values ('0001-foundations')`);
  for (const id of [here, there, untouched]) {
    await client.query(`insert into workspace (id, name) values ($1, 'Old')`, [id]);
  }
  // Two workspaces write in turns, as they did; one wrote nothing.
  await client.query(
    `insert into audit_entry (workspace_id, id, action, actor_kind, target_id, details, occurred_at)
     select case when n % 3 = 0 then $2::uuid else $1::uuid end, gen_random_uuid(),
            case when n % 5 = 0 then 'person.created' else 'share.granted' end, 'OPERATOR', gen_random_uuid(),
            jsonb_build_object('name', 'Ada', 'n', n, 'a', 1.50), now() - n * interval '1 second 7 microseconds'
       from generate_series(1, $3::int) n`,
    [here, there, OLD_ENTRIES],
  );
  store = await openStore({
    dataDirectory: directory,
    databaseUrl: urlOf(postgres, database),
    keyFile: inject('keyFile'),
    log: createLog({ level: 'silent' }),
  });
});
afterAll(async () => {
  await store?.close();
  await client?.end();
  const admin = new pg.Client({ ...inject('postgres'), database: 'postgres' });
  await admin.connect();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
  await rm(directory, { recursive: true, force: true });
});

const rowsOf = async (workspaceId: string): Promise<ChainedRow[]> =>
  (
    await client.query(`select ${CHAINED_COLUMNS} from audit_entry where workspace_id = $1 order by position`, [
      workspaceId,
    ])
  ).rows;

describe('The entries of before', () => {
  test('are one whole chain for each workspace', async () => {
    const [one, two] = [await verifyLog(store.em(), here), await verifyLog(store.em(), there)];
    expect([one.fault, two.fault]).toEqual([null, null]);
    expect(one.head.position + two.head.position).toBe(OLD_ENTRIES);
  });

  test('stand in the order they were written in, whatever their time', async () => {
    const numbers = (await rowsOf(there)).map(({ details }) => JSON.parse(details!).n);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => (index + 1) * 3));
  });

  test('keep what they say, but for what is sensitive', async () => {
    for (const { action, details, before, after, address } of await rowsOf(there)) {
      const { name, ...rest } = JSON.parse(details!);
      expect({ name, before, after, address }).toEqual({
        name: action === 'person.created' ? '[redacted]' : 'Ada',
        before: null,
        after: null,
        address: null,
      });
      expect(rest).toEqual({ n: expect.any(Number), a: 1.5 });
    }
  });

  test('are gone on with by the next command', async () => {
    const before = await rowsOf(here);
    const caller = store.callerFor(operatorOf(here));
    await createPerson(caller, { name: 'Grace', email: 'grace@example.org', role: 'OWNER' });
    const rows = await rowsOf(here);
    expect(rows.slice(0, before.length)).toEqual(before);
    expect(rows.slice(before.length).map(({ action }) => action)).toEqual(['person.created', 'member.added']);
    expect((await verifyLog(store.em(), here)).fault).toBeNull();
  });

  test('cannot be changed any more', async () => {
    await expect(client.query('update audit_entry set action = action')).rejects.toThrow('only added to');
  });
});
