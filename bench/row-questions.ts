// The rows of the bench and what is asked of them: one data source with ten properties, and the same in a table that was
// made for it, with typed columns and the same indexes. Everything of row n follows from a hash of n.

import type pg from 'pg';
import { type Sql, sql } from '../src/lib/sql.js';
import type { PropertySchema } from '../src/property/property.js';
import type { PropertyFilter } from '../src/property/property-filter.js';
import { assignSlots } from '../src/property/slot.js';
import type { BenchWorld } from './world.js';

export const idOf = (kind: number, n: number): string =>
  `${kind}0000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const optionsOf = (kind: number, names: readonly string[]) => names.map((name, n) => ({ id: idOf(kind, n), name }));

const PEOPLE = 500;
/** How many pages rows point to: forty rows to each. */
export const targetsOf = (rows: number): number => Math.max(1, Math.floor(rows / 40));
export const [DATABASE, DATA_SOURCE] = [idOf(2, 0), idOf(3, 0)];
const KINDS = optionsOf(4, ['rare', 'one', 'twenty', 'half', 'rest']); // 0.01, 1, 20, 50, 28.99 %
export const STATES = optionsOf(5, ['To do', 'Doing', 'Done', 'Dropped']);
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

export interface Question {
  title: string;
  /** How many times the typed table it may take. */
  goal: number;
  filter: PropertyFilter[];
  sort: string;
  direction: 'ASC' | 'DESC';
  /** The same for the typed table, its values bound. */
  where: Sql;
}

export const [rare, one, twenty, half] = KINDS.map(({ id }) => id);
export const [common, scarce] = TAGS.map(({ id }) => id);
const kind = (id: string | undefined): PropertyFilter => ({ id: 'kind', select: { equals: [id as string] } });
const done: PropertyFilter = { id: 'done', checkbox: { equals: true } };
const has = (id: string | undefined): PropertyFilter => ({ id: 'tags', multiSelect: { contains: [id as string] } });

export const QUESTIONS: Question[] = [
  {
    title: 'select 0.01 %',
    goal: 3,
    filter: [kind(rare), { id: 'number', number: { greaterThanOrEqualTo: 20 } }, done],
    sort: 'due',
    direction: 'DESC',
    where: sql`kind = ${rare} and number >= ${20} and done`,
  },
  {
    title: 'select 1 %',
    goal: 3,
    filter: [kind(one), { id: 'number', number: { lessThan: 950 } }, { id: 'due', date: { before: '2028-01-01' } }],
    sort: 'number',
    direction: 'ASC',
    where: sql`kind = ${one} and number < ${950} and due < ${'2028-01-01Z'}`,
  },
  {
    title: 'select 20 %',
    goal: 3,
    filter: [kind(twenty), { id: 'points', number: { greaterThanOrEqualTo: 5 } }, done],
    sort: 'due',
    direction: 'DESC',
    where: sql`kind = ${twenty} and points >= ${5} and done`,
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
    where: sql`kind = ${half} and number >= ${20} and due >= ${'2026-02-01Z'} and due < ${'2028-06-01Z'}`,
  },
  {
    title: 'has 20 %',
    goal: 3,
    filter: [has(common), { id: 'number', number: { lessThan: 900 } }, done],
    sort: 'due',
    direction: 'ASC',
    where: sql`tags @> ${[common]} and number < ${900} and done`,
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
    where: sql`tags @> ${[scarce]} and people @> ${[person(7)]} and state is distinct from ${STATES[3]?.id}`,
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
    where: sql`related @> ${[idOf(7, 1)]} and points >= ${5} and done`,
  },
  {
    title: 'is empty, 5 %',
    goal: 3,
    filter: [kind(half), { id: 'number', number: { isEmpty: true } }, done],
    sort: 'due',
    direction: 'ASC',
    where: sql`kind = ${half} and number is null and done`,
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
    where: sql`not coalesce(tags @> ${[common]}, false) and points >= ${5} and kind is distinct from ${half}`,
  },
];

/** What somebody would ask the typed table who needs of each row what a page shows of itself, and where a list goes on. */
export const typedStatement = ({ where, sort, direction }: Question, limit: number): Sql<{ id: string }> => sql`
  select id, title, in_trash as "inTrash", version, created_at as "createdAt", created_by as "createdById",
         last_edited_at as "lastEditedAt", last_edited_by as "lastEditedById", locked as "isLocked", icon, cover,
         ${sql.ref(sort)} as place
    from typed_row
   where ${where}
   order by ${sql.ref(sort)} ${sql.raw(direction)}, id ${sql.raw(direction)}
   limit ${limit + 1}`;

/** Plants so many rows twice. */
export async function plantRows(client: pg.Client, { workspaceId }: BenchWorld, rows: number): Promise<void> {
  const targets = targetsOf(rows);
  await client.query("set timezone = 'UTC'");
  await client.query(
    `create table typed_row (id uuid primary key, title text not null, version int not null default 1,
       in_trash boolean not null default false, locked boolean not null default false, icon jsonb, cover jsonb,
       created_at timestamptz not null default now(), created_by uuid, last_edited_at timestamptz not null default now(),
       last_edited_by uuid,
       kind text, state text, number double precision, points double precision, due timestamptz, done boolean,
       tags text[], people text[], related text[], link text collate "C")`,
  );
  const hash = (part: string) => `(('x' || substr(md5(n || '${part}'), 1, 8))::bit(32)::bigint)`;
  const option = (kind: number, n: string) => `'${kind}0000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0')`;
  await client.query(
    `insert into typed_row (id, title, version, created_at, last_edited_at, kind, state, number, points, due, done, tags,
                            people, related, link)
     select (${option(7, 'n')})::uuid, 'Row ' || n, 1, at, at,
            ${option(4, `case when h < 1 then 0 when h < 101 then 1 when h < 2101 then 2 when h < 7101 then 3 else 4 end`)},
            ${option(5, `${hash('state')} % 4`)},
            case when ${hash('empty')} % 20 > 0 then ${hash('number')} % 100000 / 100.0 end,
            ${hash('points')} % 100, timestamptz '2026-01-01Z' + ${hash('due')} % 1000 * interval '1 day',
            ${hash('done')} % 2 = 0,
            array[${option(6, `2 + ${hash('tag')} % 50`)}]
              || case when ${hash('common')} % 5 = 0 then array[${option(6, '0')}] else '{}' end
              || case when ${hash('scarce')} % 100 = 0 then array[${option(6, '1')}] else '{}' end,
            array[${option(8, `${hash('people')} % ${PEOPLE}`)}], array[${option(7, `${hash('related')} % ${targets}`)}],
            'https://example.org/' || md5(n || 'link')
       from (select n, ${hash('kind')} % 10000 as h, timestamptz '2026-01-01Z' + n * interval '1 second' as at
               from generate_series(0, $1::bigint - 1) as n) rows`,
    [rows],
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
