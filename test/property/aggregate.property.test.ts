// Aggregates and groups against a slow obvious reckoner: small random tables, every summary of every column, no difference.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import type { PropertySchema } from '../../src/property/property.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import { type Asker, openWorld, type World } from '../world.js';
import { Dice, type Pool, type RandomRow, randomColumns, randomRow } from './random-table.js';
import {
  beginning,
  checkboxesOf,
  datesOf,
  fillingOf,
  isCheckbox,
  isDate,
  isNumber,
  numbersOf,
  optionsOf,
  type Sight,
  spanEnd,
  spanOf,
  valuesIn,
} from './sums.js';

const TABLES = 12;
const UNITS = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const ZONES = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland'];
const GROUPED = ['SELECT', 'STATUS', 'MULTI_SELECT', 'PEOPLE', 'CREATED_BY', 'LAST_EDITED_BY', 'CHECKBOX', 'RELATION'];

interface Garden {
  world: World;
  asker: Asker;
  hall: Id;
  pool: Pool;
  sight: Sight;
}

async function plantGarden(): Promise<Garden> {
  // Many questions in one document: what they cost is not the point here.
  const world = await openWorld({
    limits: {
      maxCost: 10_000_000,
      maxAliases: 10_000,
      maxDocumentBytes: 1_000_000,
      maxDocumentTokens: 100_000,
      maxComparisons: 10_000_000,
    },
  });
  const [hall, open, closed] = [await world.page(), await world.page(), await world.page()];
  const pages = [open, closed].flatMap((under) => [1, 2, 3].map(() => ({ id: newId(), under })));
  await world.pages(pages);
  await world.sql('update page set in_trash = true where id = $1', [pages[0]!.id]);
  const people = [await world.person(), await world.person({ role: 'GUEST' })].map(({ id }) => id);
  const asker = await world.connection(['CONTENT_READ']);
  const [bot] = await world.sql<{ bot_id: Id }>('select bot_id from installation limit 1');
  await world.share(asker, hall);
  await world.share(asker, open);
  const users = [...people, bot!.bot_id];
  return {
    world,
    asker,
    hall,
    pool: { pages: [open, closed, newId(), ...pages.map(({ id }) => id)], users: [...users, newId()] },
    sight: { pages: new Set([open, pages[1]!.id, pages[2]!.id]), users: new Set(users) },
  };
}

/** A part of a document, and what it should answer. */
interface Part {
  text: string;
  due: (rows: readonly RandomRow[]) => unknown;
}

/** Every summary that a column has. */
function summariesOf(column: PropertySchema, sight: Sight): Record<string, Part> {
  const by = `(id: "${column.id}")`;
  const key = (kind: string) => `${kind}_${column.id}`;
  return {
    ...(isNumber(column) && {
      [key('n')]: {
        text: `numbers${by} { count sum average median min max range }`,
        due: (rows: readonly RandomRow[]) => numbersOf(rows, column),
      },
    }),
    ...(isDate(column) && {
      [key('d')]: {
        text: `dates${by} { count earliest latest }`,
        due: (rows: readonly RandomRow[]) => datesOf(rows, column),
      },
    }),
    ...(isCheckbox(column) && {
      [key('c')]: { text: `checkboxes${by} { checked unchecked }`, due: (rows) => checkboxesOf(rows, column) },
    }),
    [key('v')]: {
      text: `values${by} { empty notEmpty count unique }`,
      due: (rows: readonly RandomRow[]) => fillingOf(rows, column, sight),
    },
  };
}

const textOf = (parts: Record<string, Part>): string =>
  Object.entries(parts)
    .map(([alias, { text }]) => `${alias}: ${text}`)
    .join(' ');
const dueOf = (parts: Record<string, Part>, rows: readonly RandomRow[]): object =>
  Object.fromEntries(Object.entries(parts).map(([alias, { due }]) => [alias, due(rows)]));

interface Grouped {
  by: string;
  /** Keys of a row; none for what is empty. */
  keysOf: (row: RandomRow) => string[];
  compare: (one: string, other: string) => number;
  /** What a key shows besides its value. */
  shows: (key: string) => object;
}

/** All the ways a column groups rows. */
function groupingsOf(dice: Dice, column: PropertySchema, sight: Sight): Grouped[] {
  if (isDate(column)) {
    return [0, 1].map(() => {
      const [unit, timeZone] = [dice.pick(UNITS), dice.pick(ZONES)];
      const keysOf = (row: RandomRow) => {
        const date = beginning(row, column);
        return date ? [spanOf(date.text, unit, timeZone)] : [];
      };
      const times = { CREATED_TIME: 'createdAt', LAST_EDITED_TIME: 'lastEditedAt' } as const;
      const spans = `unit: ${unit}, timeZone: "${timeZone}"`;
      const time = times[column.type as 'CREATED_TIME'];
      return {
        by: time && dice.chance(50) ? `${time}: { ${spans} }` : `property: { id: "${column.id}", ${spans} }`,
        keysOf,
        compare: (one, other) => (one < other ? -1 : 1),
        shows: (from) => ({ __typename: 'DateKey', from, until: spanEnd(from, unit) }),
      };
    });
  }
  const kind = column.type === 'FORMULA' ? column.result : column.type;
  if (!GROUPED.includes(kind)) return [];
  const options = optionsOf(column);
  return [
    {
      by: `property: { id: "${column.id}" }`,
      keysOf: (row) => [...new Set(valuesIn(row, column, sight))],
      compare: (one, other) => options.indexOf(one) - options.indexOf(other) || (one < other ? -1 : 1),
      shows: (key) => {
        if (kind === 'CHECKBOX') return { __typename: 'CheckboxKey', checked: key === 'true' };
        if (kind === 'RELATION') return { __typename: 'PageKey', page: { id: key } };
        return options.length > 0
          ? { __typename: 'OptionKey', option: { id: key } }
          : { __typename: 'UserKey', user: { id: key } };
      },
    },
  ];
}

const KEY = `key { __typename value ... on OptionKey { option { id } } ... on UserKey { user { id } }
  ... on PageKey { page { id } } ... on CheckboxKey { checked } ... on DateKey { from until } }`;

function groupsDue({ keysOf, compare, shows }: Grouped, parts: Record<string, Part>, rows: readonly RandomRow[]) {
  const keys = [...new Set(rows.flatMap(keysOf))].sort(compare);
  const groups: { key: object | null; rows: RandomRow[] }[] = keys.map((value) => ({
    key: { value, ...shows(value) },
    rows: rows.filter((row) => keysOf(row).includes(value)),
  }));
  const without = rows.filter((row) => keysOf(row).length === 0);
  if (without.length > 0) groups.push({ key: null, rows: without });
  return groups.map(({ key, rows }) => ({ key, count: rows.length, ...dueOf(parts, rows) }));
}

test('every summary of every column, and every group, is as reckoned by hand', {
  timeout: CASES_TIMEOUT_MS,
}, async () => {
  const { world, asker, hall, pool, sight } = await plantGarden();
  await using _closed = world;
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  const ask = async (id: Id, text: string): Promise<Record<string, unknown>> => {
    const { data, errors } = await world.ask<{ dataSource: Record<string, unknown> }, object>(
      asker,
      `query ($id: ID!) { dataSource(id: $id) { ${text} } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    return data!.dataSource;
  };
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const dice = new Dice(seed);
      const columns = randomColumns(dice);
      const { dataSourceId } = await world.database({ under: hall, properties: columns });
      const rows = Array.from({ length: dice.upTo(20) }, (_, number) => randomRow(dice, columns, pool, number));
      await world.pages(rows.map((row) => ({ ...row, under: dataSourceId })));
      const trashed = rows.filter(() => dice.chance(10));
      await world.sql(
        `update page p set created_by = n."createdBy", last_edited_by = n."lastEditedBy", in_trash = n.id = any($2)
           from jsonb_to_recordset($1::jsonb) n(id uuid, "createdBy" uuid, "lastEditedBy" uuid) where p.id = n.id`,
        [JSON.stringify(rows), trashed.map(({ id }) => id)],
      );
      const cut = new Date('2026-01-01T09:30:00.000Z');
      const filter = dice.chance(50) ? `filter: { createdAt: { before: "${cut.toISOString()}" } }` : null;
      const kept = rows.filter((row) => !trashed.includes(row) && (!filter || row.createdAt < cut));

      const all = Object.assign({}, ...columns.map((column) => summariesOf(column, sight)));
      const { aggregate } = await ask(dataSourceId, `aggregate${filter ? `(${filter})` : ''} { count ${textOf(all)} }`);
      expect(aggregate).toEqual({ count: kept.length, ...dueOf(all, kept) });
      count.cases += Object.keys(all).length;

      const groupings = columns.flatMap((column) => groupingsOf(dice, column, sight));
      const parts = summariesOf(dice.pick(columns), sight);
      const fields = groupings.map(
        ({ by }, i) =>
          `g${i}: groups(first: 100, by: { ${by} }${filter ? `, ${filter}` : ''}) { totalCount nodes { ${KEY} count ${textOf(parts)} } }`,
      );
      const answered = fields.length === 0 ? {} : await ask(dataSourceId, fields.join('\n'));
      for (const [i, grouped] of groupings.entries()) {
        const nodes = groupsDue(grouped, parts, kept);
        expect(answered[`g${i}`], grouped.by).toEqual({ totalCount: nodes.length, nodes });
        count.cases++;
      }

      if (groupings.length > 0) {
        const grouped = dice.pick(groupings);
        const [size, backwards] = [1 + dice.upTo(2), dice.chance(50)];
        const walked: unknown[] = [];
        for (let cursor: string | null = null, more = true; more; ) {
          const range: string = backwards
            ? `last: ${size}${cursor ? `, before: "${cursor}"` : ''}`
            : `first: ${size}${cursor ? `, after: "${cursor}"` : ''}`;
          const { groups } = (await ask(
            dataSourceId,
            `groups(${range}, by: { ${grouped.by} }) { totalCount nodes { ${KEY} count } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`,
          )) as { groups: Shown };
          if (backwards) walked.unshift(...groups.nodes);
          else walked.push(...groups.nodes);
          cursor = backwards ? groups.pageInfo.startCursor : groups.pageInfo.endCursor;
          more = backwards ? groups.pageInfo.hasPreviousPage : groups.pageInfo.hasNextPage;
        }
        expect(walked, grouped.by).toEqual(
          groupsDue(
            grouped,
            {},
            rows.filter((row) => !trashed.includes(row)),
          ),
        );
        count.cases++;
      }
      count.worlds++;
    }),
    { ...cases('aggregates and the reckoner', TABLES), endOnFailure: true },
  );
  tally('aggregates and the reckoner', count, started);
});

interface Shown {
  nodes: unknown[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}
