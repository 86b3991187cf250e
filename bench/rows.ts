// Rows of one large data source, filtered and sorted, beside a table that was made for them: typed columns and the same
// indexes. Both must answer the same ids. They are asked in turns, and each ratio is of one turn: what else the machine
// does hits both alike. `--small` runs everything tiny, to see that it works.

import 'reflect-metadata';
import { cpus } from 'node:os';
import pg from 'pg';
import type { DataSource } from '../src/content/database.js';
import { localContent } from '../src/content/local.js';
import { createRows } from '../src/content/row-lifecycle.js';
import { type Context, createContext } from '../src/context.js';
import { type Actor, operatorOf } from '../src/gate/actor.js';
import { ALL_BITS } from '../src/gate/capability.js';
import type { PropertySchema } from '../src/property/property.js';
import type { PropertyFilter } from '../src/property/property-filter.js';
import { readQuery } from '../src/property/row-query.js';
import { assignSlots } from '../src/property/slot.js';
import { grantShare } from '../src/share/lifecycle.js';
import { median } from './measure.js';
import { type BenchPostgres, type BenchWorld, openBenchPostgres } from './world.js';

const small = process.argv.includes('--small');
const SIZE = small ? { rows: 2_000, rounds: 3, inserts: 5 } : { rows: 1_000_000, rounds: 25, inserts: 300 };
const LIMIT = 100;

const say = (line = ''): void => void process.stdout.write(`${line}\n`);
const idOf = (kind: number, n: number): string => `${kind}0000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const optionsOf = (kind: number, names: readonly string[]) => names.map((name, n) => ({ id: idOf(kind, n), name }));

const PEOPLE = 500;
const TARGETS = Math.max(1, Math.floor(SIZE.rows / 40)); // forty rows point to each
const [DATABASE, DATA_SOURCE] = [idOf(2, 0), idOf(3, 0)];
const KINDS = optionsOf(4, ['rare', 'one', 'twenty', 'half', 'rest']); // 0.01, 1, 20, 50, 28.99 %
const STATES = optionsOf(5, ['To do', 'Doing', 'Done', 'Dropped']);
const TAGS = optionsOf(6, ['common', 'scarce', ...Array.from({ length: 50 }, (_, n) => `Tag ${n}`)]); // 20, 1, 2 % each
const person = (n: number): string => idOf(8, n);

const COLUMNS: PropertySchema[] = [
  { id: 'title', name: 'Name', type: 'TITLE' },
  { id: 'kind', name: 'Kind', type: 'SELECT', options: KINDS },
  { id: 'state', name: 'State', type: 'STATUS', options: STATES, groups: [] },
  { id: 'number', name: 'Number', type: 'NUMBER' },
  { id: 'points', name: 'Points', type: 'NUMBER' },
  { id: 'due', name: 'Due', type: 'DATE' },
  { id: 'done', name: 'Done', type: 'CHECKBOX' },
  { id: 'tags', name: 'Tags', type: 'MULTI_SELECT', options: TAGS },
  { id: 'people', name: 'People', type: 'PEOPLE' },
  { id: 'related', name: 'Related', type: 'RELATION', dataSourceId: DATA_SOURCE },
  { id: 'link', name: 'Link', type: 'URL' },
];
const SLOTS = assignSlots(COLUMNS, new Map());

interface Question {
  title: string;
  /** How many times the typed table it may take. */
  goal: number;
  filter: PropertyFilter[];
  sort: string;
  direction: 'ASC' | 'DESC';
  /** The same for the typed table. */
  where: string;
}

const [rare, one, twenty, half] = KINDS.map(({ id }) => id);
const [common, scarce] = TAGS.map(({ id }) => id);
const kind = (id: string | undefined): PropertyFilter => ({ id: 'kind', select: { equals: [id as string] } });
const done: PropertyFilter = { id: 'done', checkbox: { equals: true } };
const has = (id: string | undefined): PropertyFilter => ({ id: 'tags', multiSelect: { contains: [id as string] } });

const QUESTIONS: Question[] = [
  {
    title: 'select 0.01 %',
    goal: 3,
    filter: [kind(rare), { id: 'number', number: { greaterThanOrEqualTo: 20 } }, done],
    sort: 'due',
    direction: 'DESC',
    where: `kind = '${rare}' and number >= 20 and done`,
  },
  {
    title: 'select 1 %',
    goal: 3,
    filter: [kind(one), { id: 'number', number: { lessThan: 950 } }, { id: 'due', date: { before: '2028-01-01' } }],
    sort: 'number',
    direction: 'ASC',
    where: `kind = '${one}' and number < 950 and due < '2028-01-01Z'`,
  },
  {
    title: 'select 20 %',
    goal: 3,
    filter: [kind(twenty), { id: 'points', number: { greaterThanOrEqualTo: 5 } }, done],
    sort: 'due',
    direction: 'DESC',
    where: `kind = '${twenty}' and points >= 5 and done`,
  },
  {
    title: 'select 50 %',
    goal: 3,
    filter: [
      kind(half),
      { id: 'number', number: { greaterThanOrEqualTo: 20 } },
      { id: 'due', date: { onOrAfter: '2026-02-01', before: '2028-06-01' } },
    ],
    sort: 'number',
    direction: 'DESC',
    where: `kind = '${half}' and number >= 20 and due >= '2026-02-01Z' and due < '2028-06-01Z'`,
  },
  {
    title: 'has 20 %',
    goal: 3,
    filter: [has(common), { id: 'number', number: { lessThan: 900 } }, done],
    sort: 'due',
    direction: 'ASC',
    where: `tags @> array['${common}'] and number < 900 and done`,
  },
  {
    title: 'has 1 %, twice',
    goal: 8,
    filter: [
      has(scarce),
      { id: 'people', people: { contains: [person(7)] } },
      { id: 'state', status: { doesNotEqual: [STATES[3]?.id as string] } },
    ],
    sort: 'link',
    direction: 'ASC',
    where: `tags @> array['${scarce}'] and people @> array['${person(7)}'] and state is distinct from '${STATES[3]?.id}'`,
  },
  {
    title: 'relation has',
    goal: 3,
    filter: [
      { id: 'related', relation: { contains: [idOf(7, 1)] } },
      { id: 'points', number: { greaterThanOrEqualTo: 5 } },
      done,
    ],
    sort: 'number',
    direction: 'ASC',
    where: `related @> array['${idOf(7, 1)}'] and points >= 5 and done`,
  },
  {
    title: 'is empty, 5 %',
    goal: 3,
    filter: [kind(half), { id: 'number', number: { isEmpty: true } }, done],
    sort: 'due',
    direction: 'ASC',
    where: `kind = '${half}' and number is null and done`,
  },
  {
    title: 'has not, 80 %',
    goal: 3,
    filter: [
      { id: 'tags', multiSelect: { doesNotContain: [common as string] } },
      { id: 'points', number: { greaterThanOrEqualTo: 5 } },
      { id: 'kind', select: { doesNotEqual: [half as string] } },
    ],
    sort: 'due',
    direction: 'DESC',
    where: `not coalesce(tags @> array['${common}'], false) and points >= 5 and kind is distinct from '${half}'`,
  },
];

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
    await plant(client, world);
    say(`${SIZE.rows} rows planted twice in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
    await compareReads(client, world);
    await compareInserts(client, world);
  } finally {
    await client.end();
  }
}

/** Ours as somebody who reaches the whole workspace, and as a connection that the database is shared with. */
async function compareReads(client: pg.Client, world: BenchWorld): Promise<void> {
  const operating = world.store.callerFor(operatorOf(world.workspaceId));
  await grantShare(operating, { installationId: world.installationId, resourceId: DATABASE });
  const connection: Actor = {
    kind: 'CONNECTION',
    workspaceId: world.workspaceId,
    connectionId: world.installationId,
    installationId: world.installationId,
    botId: world.installationId,
    installedById: null,
    bits: ALL_BITS,
  };
  const [whole, shared] = [contextFor(world, operatorOf(world.workspaceId)), contextFor(world, connection)];
  const dataSource = (await localContent.resources(whole, [DATA_SOURCE])).get(DATA_SOURCE) as DataSource;
  say('p50 in ms from asking to answer, first 101 rows');
  for (const question of QUESTIONS) {
    const filter = { and: question.filter.map((property) => ({ property })) };
    const orderBy = [{ property: { id: question.sort, direction: question.direction } }];
    const query = readQuery(dataSource, { filter, orderBy }, { now: new Date(), me: null });
    const ours = (ctx: Context) => async (): Promise<string[]> => {
      const found = await localContent.rows(ctx, [query], { limit: LIMIT, backwards: false, from: null });
      return (found.get(query) ?? []).map(({ row }) => row.id);
    };
    const text = `select id, title, version, created_at, last_edited_at from typed_row where ${question.where}
      order by ${question.sort}${question.sort === 'link' ? ' collate "C"' : ''} ${question.direction}, id ${question.direction} limit ${LIMIT + 1}`;
    const typed = async (): Promise<string[]> =>
      (await client.query<{ id: string }>({ name: question.title, text })).rows.map(({ id }) => id);
    const [due, ...answers] = [await typed(), await ours(whole)(), await ours(shared)()];
    for (const answer of answers) {
      if (answer.join() !== due.join())
        throw new Error(`${question.title}: ${answer.length} rows, but the typed table has ${due.length}.`);
    }
    const took = await inTurns([typed, ours(whole), ours(shared)]);
    const [p50, wholeMs, sharedMs] = took.map((ms) => median(ms).toFixed(2)) as [string, string, string];
    const of = (index: number) => quartiles(ratios(took[index] ?? [], took[0] ?? []));
    say(
      `  ${question.title.padEnd(15)} ${String(due.length).padStart(3)} rows  typed ${p50.padStart(7)}  whole workspace ${wholeMs.padStart(7)}  shared ${sharedMs.padStart(7)}  ${of(1)}  ${of(2)}  goal ${question.goal}`,
    );
  }
}

async function compareInserts(client: pg.Client, world: BenchWorld): Promise<void> {
  const caller = world.store.callerFor(operatorOf(world.workspaceId));
  let n = SIZE.rows;
  const typed = async () => {
    n++;
    await client.query({
      name: 'insert',
      text: `insert into typed_row (id, title, kind, state, number, points, due, done, tags, people, related, link)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      values: [
        idOf(9, n),
        `New ${n}`,
        half,
        STATES[0]?.id,
        n % 1000,
        n % 100,
        '2026-05-01Z',
        true,
        [common],
        [],
        [idOf(7, n % TARGETS)],
        `https://example.org/${n}`,
      ],
    });
    return [];
  };
  const ours = async () => {
    n++;
    await createRows(caller, {
      dataSourceId: DATA_SOURCE,
      rows: [
        {
          title: `New ${n}`,
          properties: [
            { id: 'kind', select: { id: half as string } },
            { id: 'state', status: { id: STATES[0]?.id as string } },
            { id: 'number', number: n % 1000 },
            { id: 'points', number: n % 100 },
            { id: 'due', date: { start: '2026-05-01' } },
            { id: 'done', checkbox: true },
            { id: 'tags', multiSelect: [{ id: common as string }] },
            { id: 'people', people: [] },
            { id: 'related', relation: [idOf(7, n % TARGETS)] },
            { id: 'link', url: `https://example.org/${n}` },
          ],
        },
      ],
    });
    return [];
  };
  const took = await inTurns([typed, ours], SIZE.inserts);
  const [one, other] = took.map((ms) => median(ms).toFixed(2));
  say(
    `One row of ten properties, durable: typed ${one} ms, createRows ${other} ms  ${quartiles(ratios(took[1] ?? [], took[0] ?? []))}  goal 2.5`,
  );
}

/** Milliseconds of each, turn by turn. */
async function inTurns(ways: readonly (() => Promise<string[]>)[], rounds = SIZE.rounds): Promise<number[][]> {
  const took: number[][] = ways.map(() => []);
  for (let round = 0; round < rounds * 1.2; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const index = (turn + round) % ways.length;
      const began = performance.now();
      await ways[index]?.();
      if (round >= rounds * 0.2) took[index]?.push(performance.now() - began);
    }
  }
  return took;
}

function ratios(above: readonly number[], below: readonly number[]): number[] {
  return above.map((ms, round) => ms / (below[round] ?? Number.NaN));
}

function quartiles(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(2);
  return `${at(0.5)} × (${at(0.25)}–${at(0.75)})`;
}

function contextFor(world: BenchWorld, actor: Actor): Context {
  return createContext({ actor, reader: world.store.reader(), content: localContent } as Parameters<
    typeof createContext
  >[0]);
}

/** Everything of row n follows from a hash of n. */
async function plant(client: pg.Client, { workspaceId }: BenchWorld): Promise<void> {
  await client.query("set timezone = 'UTC'");
  await client.query('set plan_cache_mode = force_custom_plan'); // as the server's own connections
  await client.query(
    `create table typed_row (id uuid primary key, title text not null, version int not null default 1,
       created_at timestamptz not null default now(), last_edited_at timestamptz not null default now(),
       kind text, state text, number double precision, points double precision, due timestamptz, done boolean,
       tags text[], people text[], related text[], link text collate "C")`,
  );
  const hash = (part: string) => `(('x' || substr(md5(n || '${part}'), 1, 8))::bit(32)::bigint)`;
  const option = (kind: number, n: string) => `'${kind}0000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0')`;
  await client.query(
    `insert into typed_row
     select (${option(7, 'n')})::uuid, 'Row ' || n, 1, at, at,
            ${option(4, `case when h < 1 then 0 when h < 101 then 1 when h < 2101 then 2 when h < 7101 then 3 else 4 end`)},
            ${option(5, `${hash('state')} % 4`)},
            case when ${hash('empty')} % 20 > 0 then ${hash('number')} % 100000 / 100.0 end,
            ${hash('points')} % 100, timestamptz '2026-01-01Z' + ${hash('due')} % 1000 * interval '1 day',
            ${hash('done')} % 2 = 0,
            array[${option(6, `2 + ${hash('tag')} % 50`)}]
              || case when ${hash('common')} % 5 = 0 then array[${option(6, '0')}] else '{}' end
              || case when ${hash('scarce')} % 100 = 0 then array[${option(6, '1')}] else '{}' end,
            array[${option(8, `${hash('people')} % ${PEOPLE}`)}], array[${option(7, `${hash('related')} % ${TARGETS}`)}],
            'https://example.org/' || md5(n || 'link')
       from (select n, ${hash('kind')} % 10000 as h, timestamptz '2026-01-01Z' + n * interval '1 second' as at
               from generate_series(0, $1::bigint - 1) as n) rows`,
    [SIZE.rows],
  );
  for (const column of ['kind', 'state', 'number', 'points', 'due', 'link'])
    await client.query(`create index on typed_row (${column}, id)`);
  for (const column of ['tags', 'people', 'related'])
    await client.query(`create index on typed_row using gin (${column}) with (fastupdate = off)`);
  const ws = [workspaceId];
  await client.query(
    `insert into database (workspace_id, id, parent_kind, title, ancestors) values ($1, '${DATABASE}', 'WORKSPACE', 'Rows', array['${DATABASE}'::uuid])`,
    ws,
  );
  await client.query(
    `insert into data_source (workspace_id, id, database_id, title, properties, ancestors)
     values ($1, '${DATA_SOURCE}', '${DATABASE}', 'Rows', $2, array['${DATABASE}', '${DATA_SOURCE}']::uuid[])`,
    [workspaceId, JSON.stringify(COLUMNS)],
  );
  for (const [property, slot] of SLOTS) {
    await client.query(
      `insert into property_slot (workspace_id, data_source_id, property_id, slot) values ($1, '${DATA_SOURCE}', $2, $3)`,
      [workspaceId, property, slot],
    );
  }
  await client.query(
    `insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors, created_at, last_edited_at)
     select $1, id, 'DATA_SOURCE', '${DATA_SOURCE}', title, array['${DATABASE}', '${DATA_SOURCE}', id]::uuid[], created_at, last_edited_at
       from typed_row`,
    ws,
  );
  const slots = [...SLOTS].map(([property, slot]) => ({
    slot,
    value: property === 'title' ? 'lower(title)' : property,
  }));
  const props = COLUMNS.slice(1).map(
    ({ id }) =>
      `'${id}', ${id === 'due' ? `jsonb_build_object('start', to_char(due, 'YYYY-MM-DD'))` : `to_jsonb(${id})`}`,
  );
  await client.query(
    `insert into row_value (workspace_id, data_source_id, page_id, props, ${slots.map(({ slot }) => slot).join(', ')})
     select $1, '${DATA_SOURCE}', id, jsonb_strip_nulls(jsonb_build_object(${props.join(', ')})), ${slots.map(({ value }) => value).join(', ')}
       from typed_row`,
    ws,
  );
  for (const table of ['typed_row', 'page', 'row_value']) await client.query(`vacuum analyze ${table}`);
}
