// Ours and the typed table in turns: each ratio is of one turn, so that what else the machine does hits both alike.

import pg from 'pg';
import type { DataSource } from '../src/content/database.js';
import { localContent } from '../src/content/local.js';
import { insertPages, type NewPlace } from '../src/content/new-page.js';
import { createRows } from '../src/content/row-lifecycle.js';
import { readTables, type Table } from '../src/content/table.js';
import { type Context, createContext, type Reader } from '../src/context.js';
import { type Actor, operatorOf } from '../src/gate/actor.js';
import { ALL_BITS } from '../src/gate/capability.js';
import { newId } from '../src/lib/id.js';
import { createLog } from '../src/lib/log.js';
import { type Sql, sql } from '../src/lib/sql.js';
import type { StoredProps } from '../src/property/property.js';
import { readQuery } from '../src/property/row-query.js';
import { writeRowValues } from '../src/property/row-values.js';
import { grantShare } from '../src/share/lifecycle.js';
import { readersOf } from '../src/store/reader.js';
import { commit } from '../src/unit-of-work.js';
import { median } from './measure.js';
import {
  common,
  DATA_SOURCE,
  DATABASE,
  half,
  idOf,
  QUESTIONS,
  STATES,
  targetsOf,
  typedStatement,
} from './row-questions.js';
import type { BenchWorld } from './world.js';

const LIMIT = 100;

type Say = (line: string) => void;

/** As somebody who reaches the whole workspace, and as a connection that the database is shared with. Of each the statements
 *  that a question sends, by themselves, and the whole way from asking to answer. */
export async function compareReads(world: BenchWorld, rounds: number, say: Say): Promise<void> {
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
  await using table = typedTable(world);
  const reader = world.store.reader();
  const operator = operatorOf(world.workspaceId);
  const actors = { 'whole workspace': operator, shared: connection };
  const dataSource = (await localContent.resources(contextOf(operator, reader), [DATA_SOURCE])).get(
    DATA_SOURCE,
  ) as DataSource;
  say(
    'p50 in ms, first 101 rows. The statements by themselves, × the typed one; (the whole way from asking to answer)',
  );
  for (const question of QUESTIONS) {
    const filter = { and: question.filter.map((property) => ({ property })) };
    const orderBy = [{ property: { id: question.sort, direction: question.direction } }];
    const ask = async (actor: Actor, by: Reader): Promise<string[]> => {
      const query = readQuery(dataSource, { filter, orderBy }, { now: new Date(), me: null });
      const found = await localContent.rows(contextOf(actor, by), [query], {
        limit: LIMIT,
        backwards: false,
        from: null,
      });
      return (found.get(query) ?? []).map(({ row }) => row.id);
    };
    const typed = typedStatement(question, LIMIT);
    const due = (await table.custom.rows(typed)).map(({ id }) => id);
    const both = await inTurns([() => table.custom.rows(typed), () => table.auto.rows(typed)], rounds);
    const mode = median(both[1] ?? []) < median(both[0] ?? []) ? 'auto' : 'custom';
    const against = async (ours: () => Promise<unknown>): Promise<string> => {
      const [reference = [], took = []] = await inTurns([() => table[mode].rows(typed), ours], rounds);
      return `${median(took).toFixed(2).padStart(6)} : ${median(reference).toFixed(2).padStart(5)} = ${quartiles(ratios(took, reference))}`;
    };
    say(`  ${question.title} of ${due.length} rows, goal ${question.goal} ×, typed planned ${mode}`);
    for (const [who, actor] of Object.entries(actors)) {
      const sent: Sql[] = [];
      await ask(actor, reader); // how long it is is known from then on
      const answer = await ask(actor, listening(reader, sent));
      if (answer.join() !== due.join())
        throw new Error(`${question.title}: ${answer.length} rows, but the typed table has ${due.length}.`);
      const statements = await against(async () => {
        for (const statement of sent) await reader.rows(statement);
      });
      const whole = await against(() => ask(actor, reader));
      say(`    ${who.padEnd(15)} ${statements}   all the way ${whole}`);
    }
  }
}

/** The typed table through the driver of our own readers: planned with the values each time, as for them, and as PostgreSQL
 *  has it by itself, which is to plan once where that looks no worse. */
function typedTable({ databaseUrl }: BenchWorld): { custom: Reader; auto: Reader } & AsyncDisposable {
  const types = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;
  const pools = ['force_custom_plan', 'auto'].map(
    (mode) =>
      new pg.Pool({
        connectionString: databaseUrl,
        max: 1,
        types,
        options: `-c timezone=UTC -c plan_cache_mode=${mode}`,
      }),
  );
  const [custom, auto] = pools.map((pool) => readersOf(pool, createLog({ level: 'silent' }))()) as [Reader, Reader];
  return {
    custom,
    auto,
    [Symbol.asyncDispose]: async () => {
      for (const pool of pools) await pool.end();
    },
  };
}

/** Notes what is sent. */
const listening = (reader: Reader, sent: Sql[]): Reader => ({
  rows: (statement) => {
    sent.push(statement);
    return reader.rows(statement);
  },
  get sent() {
    return reader.sent;
  },
});

export async function compareInserts(
  world: BenchWorld,
  { rows, inserts }: { rows: number; inserts: number },
  say: Say,
): Promise<void> {
  await using table = typedTable(world);
  const caller = world.store.callerFor(operatorOf(world.workspaceId));
  const targets = targetsOf(rows);
  let n = rows;
  const typed = async () => {
    n++;
    await table.auto.rows(sql`
      insert into typed_row (id, title, kind, state, number, points, due, done, tags, people, related, link)
      values (${idOf(9, n)}, ${`New ${n}`}, ${half}, ${STATES[0]?.id}, ${n % 1000}, ${n % 100}, ${'2026-05-01Z'}, ${true},
              ${[common]}, ${[]}, ${[idOf(7, n % targets)]}, ${`https://example.org/${n}`})`);
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
            { id: 'related', relation: [idOf(7, n % targets)] },
            { id: 'link', url: `https://example.org/${n}` },
          ],
        },
      ],
    });
  };
  // What createRows sends in the end, without what it asks before: the page, its values, what is recorded of it.
  const columns = await commit(caller, async (unit) => {
    unit.unannounced();
    return (await readTables(unit, [DATA_SOURCE])).get(DATA_SOURCE) as Table;
  });
  const spot: NewPlace = {
    parentKind: 'DATA_SOURCE',
    parent: { kind: 'DataSource', ...columns },
    teamspaceId: null,
    ancestors: columns.ancestors,
  };
  const written = async () => {
    n++;
    const [id, title] = [newId(), `New ${n}`];
    const props: StoredProps = {
      kind: half as string,
      state: STATES[0]?.id as string,
      number: n % 1000,
      points: n % 100,
      due: { start: '2026-05-01' },
      done: true,
      tags: [common as string],
      related: [idOf(7, n % targets)],
      link: `https://example.org/${n}`,
    };
    await commit(caller, async (unit) => {
      insertPages(unit, spot, [{ id, title, icon: null, cover: null }]);
      writeRowValues(unit, world.workspaceId, [{ dataSourceId: DATA_SOURCE, pageId: id, title, props }], () => columns);
    });
  };
  const [reference = [], ...others] = await inTurns([typed, written, ours], inserts);
  const of = (took: number[] = []) => `${median(took).toFixed(2)} ms = ${quartiles(ratios(took, reference))}`;
  say('One row of ten properties, durable, goal 2.5 ×');
  say(
    `  typed insert ${median(reference).toFixed(2)} ms   what is written ${of(others[0])}   createRows ${of(others[1])}`,
  );
}

/** Milliseconds of each, turn by turn. */
async function inTurns(ways: readonly (() => Promise<unknown>)[], rounds: number): Promise<number[][]> {
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

const contextOf = (actor: Actor, reader: Reader): Context =>
  createContext({ actor, reader, content: localContent } as Parameters<typeof createContext>[0]);
