// Filters and orders against a slow obvious evaluator: small random tables, many random questions, no difference.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import {
  FORMULA_RESULTS,
  PROPERTY_TYPES,
  type PropertySchema,
  type StoredProps,
  TITLE_PROPERTY_ID,
} from '../../src/property/property.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import {
  FilterRowsDocument,
  type FilterRowsQuery,
  type PropertyFilter,
  type RowFilter,
  type RowOrder,
} from '../generated/operations.js';
import { type Answer, type Asker, openWorld, type World } from '../world.js';
import { askRows, type Question } from './asking-rows.js';
import { answerOf, type Row, type Table } from './evaluate.js';

const TABLES = 10; // 40 in all of the four runs that 10,000 cases take
const QUESTIONS = 250; // of each table
const AT_ONCE = 25;

/** Everything random comes from one number, but for the ids. */
class Dice {
  constructor(private state: number) {}
  /** 0 to `max`, by mulberry32. */
  upTo = (max: number): number => {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % (max + 1);
  };
  chance = (percent: number): boolean => this.upTo(99) < percent;
  pick = <T>(from: readonly T[]): T => from[this.upTo(from.length - 1)]!;
  some = <T>(from: readonly T[], max: number): T[] => Array.from({ length: this.upTo(max) }, () => this.pick(from));
}

// Few texts, so that they meet; with case, wildcards, letters beyond ASCII and beyond 16 bits, and long ones.
const LONG = 'Lang und länger '.repeat(14);
const TEXTS = [
  'a',
  'A',
  'Ab',
  'aB',
  'abc',
  'b%',
  'B_',
  'b\\',
  'ÄÖ',
  'äö',
  'ΣΑΣ',
  'ΣΑΣΑ',
  'σας',
  'İi',
  'ß',
  'SS',
  '😀',
  '~',
  '\uFB00',
];
const LONG_TEXTS = [LONG, `${LONG}x`, `${LONG}X`, LONG.toUpperCase(), `${'😀'.repeat(199)}ab`, `${'😀'.repeat(199)}aC`];
const PARTS = [...TEXTS, '', '%', '_', '\\', 'i', 'σ', 'ς', 'LÄNGER ', 'x', LONG.slice(0, 205), 'c', "'", 'a\0'];
// Around New Year's Eve and around the night in which clocks change in New York; a week, a month and a year from them.
const NOWS = [
  '2026-01-01T04:30:00.000Z',
  '2026-01-31T23:30:00.000Z',
  '2026-03-08T06:59:59.999Z',
  '2028-02-29T12:00:00.000Z',
];
const ZONES = [null, null, 'UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'America/Santiago'];
const NUMBERS = [0, -0, 1, -1, 0.1, 0.30000000000000004, 0.3, 2 ** 53, -1e21, 1e-300, 7];
const DATES = [
  '2026-01-01',
  '2026-01-02',
  '2025-12-31',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T09:30:00.000Z',
  '2026-01-01T23:59:59.999Z',
];
const DATE_OPERANDS = [...DATES, '2026-01-01T10:30:00+01:00', '2026-03-08T05:00:00Z', '0001-01-01', '9999-12-31'];
const WORDS = ['today', 'tomorrow', 'yesterday', 'oneWeekAgo', 'oneWeekFromNow', 'oneMonthAgo', 'oneMonthFromNow'];
const RANGES = ['thisWeek', 'pastWeek', 'pastMonth', 'pastYear', 'nextWeek', 'nextMonth', 'nextYear'];

interface Garden {
  world: World;
  /** Sees every table and, of the pages relations point to, what stands below `open` and is not in the trash. */
  asker: Asker;
  hall: Id;
  targets: Id[];
  readable: Map<Id, string>;
  /** The user that the asker is, and others. */
  me: Id;
  people: Id[];
  now: Date;
}

async function plantGarden(): Promise<Garden> {
  // Many questions in one document: what they cost is not the point here.
  const limits = { maxCost: 10_000_000, maxVariableValues: 1_000_000 };
  const world = await openWorld({ limits, clock: () => garden.now });
  const [hall, open, closed] = [await world.page(), await world.page({ title: 'Open' }), await world.page()];
  const titles = ['Zebra', 'zebra', 'Äpfel', '', 'apple'];
  const pages = [open, closed].flatMap((under) => titles.map((title) => ({ id: newId(), title, under })));
  await world.pages(pages);
  const asker = await world.connection(['CONTENT_READ']);
  await world.share(asker, hall);
  await world.share(asker, open);
  const [opened] = pages;
  await world.sql('update page set in_trash = true where id = $1', [opened!.id]);
  const readable = new Map([
    [open, 'Open'],
    ...pages.slice(1, titles.length).map(({ id, title }): [Id, string] => [id, title]),
  ]);
  const [bot] = await world.sql<{ id: Id }>('select bot_id as id from installation where id = $1', [
    asker.installationId,
  ]);
  const people = [await world.person(), await world.person(), await world.person({ role: 'GUEST' })];
  const garden: Garden = {
    world,
    asker,
    hall,
    targets: [open, closed, newId(), ...pages.map(({ id }) => id)],
    readable,
    me: bot!.id,
    people: [bot!.id, ...people.map(({ id }) => id)],
    now: new Date(),
  };
  return garden;
}

const TYPES = PROPERTY_TYPES.filter((type) => !['TITLE', 'ROLLUP', 'BUTTON', 'PLACE'].includes(type));

function columnsOf(dice: Dice): PropertySchema[] {
  // Every other table has more of a kind than there are slots.
  const few = [dice.pick(TYPES), dice.pick(TYPES)];
  const all = dice.chance(50) ? Array.from({ length: 16 }, () => dice.pick(few)) : TYPES;
  // The same ids in every table, for properties of other types.
  const shift = dice.upTo(all.length);
  const columns = all.map((type, index): PropertySchema => {
    const shared = { id: `p${(index + shift) % all.length}`, name: `${type} ${index}` };
    const options = ['Red', 'red', 'Blue', 'Green'].map((name) => ({ id: newId(), name }));
    switch (type) {
      case 'SELECT':
      case 'MULTI_SELECT':
        return { ...shared, type, options };
      case 'STATUS': {
        const [red, small, blue] = options.map(({ id }) => id) as [Id, Id, Id, Id];
        const groups = [[blue], [small, red]].map((optionIds, n) => ({ id: newId(), name: `Group ${n}`, optionIds }));
        return { ...shared, type, options, groups };
      }
      case 'RELATION':
        return { ...shared, type, dataSourceId: null };
      case 'FORMULA':
        return { ...shared, type, expression: 'prop("A")', result: dice.pick(FORMULA_RESULTS) };
      default:
        return { ...shared, type } as PropertySchema;
    }
  });
  return [...columns, { id: TITLE_PROPERTY_ID, name: 'Name', type: 'TITLE' }];
}

const isOfPage = ({ type }: PropertySchema): boolean => type.startsWith('CREATED') || type.startsWith('LAST_EDITED');

/** One of the dates, or a day or a time up to a year from now. */
const dateNear = (dice: Dice, now: Date): string => {
  if (dice.chance(40)) return dice.pick(DATES);
  return dice.chance(50) ? timeNear(dice, now).slice(0, 10) : timeNear(dice, now);
};

function timeNear(dice: Dice, now: Date): string {
  const days = dice.pick([
    -366, -365, -32, -31, -30, -29, -28, -8, -7, -6, -1, 0, 0, 0, 1, 6, 7, 8, 28, 29, 30, 31, 365,
  ]);
  const hours = dice.upTo(14) - 7;
  return new Date(now.getTime() + (days * 24 + hours) * 3_600_000 + dice.upTo(2) - 1).toISOString();
}

function propsOf(dice: Dice, columns: readonly PropertySchema[], { targets, people, now }: Garden): StoredProps {
  const props: StoredProps = {};
  const text = () => dice.pick(dice.chance(20) ? LONG_TEXTS : TEXTS);
  const span = () => ({ start: dateNear(dice, now), ...(dice.chance(40) && { end: dateNear(dice, now) }) });
  for (const column of columns) {
    if (column.type === 'TITLE' || isOfPage(column) || dice.chance(30)) continue;
    const { id } = column;
    switch (column.type) {
      case 'FORMULA':
        props[id] = { TEXT: text(), NUMBER: dice.pick(NUMBERS), CHECKBOX: dice.chance(50), DATE: span() }[
          column.result
        ];
        break;
      case 'TEXT':
        props[id] = Array.from({ length: 1 + dice.upTo(2) }, () =>
          dice.chance(25)
            ? { type: 'MENTION' as const, resourceId: dice.pick(targets) }
            : dice.chance(20)
              ? { type: 'EQUATION' as const, expression: text() }
              : { type: 'TEXT' as const, text: text() },
        );
        break;
      case 'NUMBER':
        props[id] = dice.pick(NUMBERS);
        break;
      case 'CHECKBOX':
        props[id] = dice.chance(50);
        break;
      case 'DATE':
        props[id] = span();
        break;
      case 'VERIFICATION':
        props[id] = { ...span(), verifiedById: dice.pick(people) };
        break;
      case 'UNIQUE_ID':
        props[id] = 1 + dice.upTo(6);
        break;
      case 'PEOPLE':
        props[id] = [...new Set(dice.some(people, 3))];
        break;
      case 'SELECT':
      case 'STATUS':
        props[id] = dice.chance(90) ? dice.pick(column.options).id : newId();
        break;
      case 'MULTI_SELECT':
        props[id] = [
          ...new Set([
            ...dice.some(column.options, 2).map((option) => option.id),
            ...(dice.chance(10) ? [newId()] : []),
          ]),
        ];
        break;
      case 'RELATION':
        props[id] = [...new Set(dice.some(targets, 3))];
        break;
      case 'FILES':
        props[id] = [
          { name: 'a.txt', contentType: 'text/plain', size: 1, externalUrl: 'https://example.org/a.txt' } as never,
        ];
        break;
      default:
        props[id] = text();
    }
    if (Array.isArray(props[id]) && (props[id] as unknown[]).length === 0) delete props[id];
  }
  return props;
}

const TEXT_OPERATORS = ['equals', 'doesNotEqual', 'contains', 'doesNotContain', 'startsWith', 'endsWith'];
const NUMBER_OPERATORS = [
  'equals',
  'doesNotEqual',
  'greaterThan',
  'lessThan',
  'greaterThanOrEqualTo',
  'lessThanOrEqualTo',
];
const DATE_OPERATORS = ['equals', 'doesNotEqual', 'before', 'after', 'onOrBefore', 'onOrAfter'];
const instant = (dice: Dice) => new Date(Date.UTC(2026, 0, 1, 0, 0, 0, dice.upTo(6)));

/** By a date and an operator, or by a range. */
const datesOf = (dice: Dice): object => {
  if (dice.chance(40)) return { [dice.pick(RANGES)]: dice.chance(85) };
  return members(dice, DATE_OPERATORS, () => dice.pick(dice.chance(50) ? WORDS : DATE_OPERANDS));
};

/** One or two members. */
const members = (dice: Dice, operators: readonly string[], operand: () => unknown): object =>
  Object.fromEntries([operators, operators].slice(dice.upTo(1)).map((from) => [dice.pick(from), operand()]));

function comparisonOf(dice: Dice, column: PropertySchema, garden: Garden): object {
  const { targets, people } = garden;
  const empty = () => ({ [dice.pick(['isEmpty', 'isNotEmpty'])]: dice.chance(80) });
  const orEmpty = (make: () => object) => (dice.chance(20) ? empty() : make());
  switch (column.type) {
    case 'FORMULA': {
      const like = { id: column.id, name: column.name, type: column.result } as PropertySchema;
      return { formula: comparisonOf(dice, like, garden) };
    }
    case 'NUMBER':
    case 'UNIQUE_ID':
      return { number: orEmpty(() => members(dice, NUMBER_OPERATORS, () => dice.pick([...NUMBERS, 0.5]))) };
    case 'CHECKBOX':
      return { checkbox: members(dice, ['equals', 'doesNotEqual'], () => dice.chance(50)) };
    case 'DATE':
    case 'CREATED_TIME':
    case 'LAST_EDITED_TIME':
      return { date: orEmpty(() => datesOf(dice)) };
    case 'VERIFICATION': {
      const state = () => dice.pick(['VERIFIED', 'EXPIRED', 'UNVERIFIED']);
      return { verification: members(dice, ['equals', 'doesNotEqual'], state) };
    }
    case 'PEOPLE':
    case 'CREATED_BY':
    case 'LAST_EDITED_BY': {
      const person = () => (dice.chance(10) ? 'nobody' : dice.pick(['me', newId(), ...people]));
      const operand = () => (dice.chance(50) ? person() : Array.from({ length: dice.upTo(2) }, person));
      return { people: orEmpty(() => members(dice, ['contains', 'doesNotContain'], operand)) };
    }
    case 'SELECT':
    case 'STATUS':
    case 'MULTI_SELECT': {
      const operators = column.type === 'MULTI_SELECT' ? ['contains', 'doesNotContain'] : ['equals', 'doesNotEqual'];
      const named = () => dice.pick(['Nothing', ...column.options.flatMap(({ id, name }) => [id, name])]);
      const operand = () => (dice.chance(50) ? named() : Array.from({ length: dice.upTo(2) }, named));
      const kind = { SELECT: 'select', STATUS: 'status', MULTI_SELECT: 'multiSelect' }[column.type];
      return { [kind]: orEmpty(() => members(dice, operators, operand)) };
    }
    case 'RELATION': {
      const page = () =>
        dice.chance(10) ? 'nonsense' : dice.chance(50) ? dice.pick(targets) : dice.pick(targets).replaceAll('-', '');
      const operand = () => (dice.chance(50) ? page() : Array.from({ length: dice.upTo(2) }, page));
      return { relation: orEmpty(() => members(dice, ['contains', 'doesNotContain'], operand)) };
    }
    case 'FILES':
      return { files: empty() };
    default:
      return {
        text: orEmpty(() => members(dice, TEXT_OPERATORS, () => dice.pick(dice.chance(20) ? LONG_TEXTS : PARTS))),
      };
  }
}

const named = (dice: Dice, { id, name }: PropertySchema) => (dice.chance(50) ? { id } : { name });

function filterOf(dice: Dice, columns: readonly PropertySchema[], garden: Garden, depth = 0): RowFilter {
  const below = () => filterOf(dice, columns, garden, depth + 1);
  const roll = dice.upTo(depth < 3 ? 9 : 5);
  if (roll === 6) return { and: Array.from({ length: dice.upTo(3) }, below) };
  if (roll === 7) return { or: Array.from({ length: dice.upTo(3) }, below) };
  if (roll === 8) return { not: below() };
  if (roll === 9) {
    const times = dice.chance(30) ? datesOf(dice) : members(dice, DATE_OPERATORS, () => instant(dice).toISOString());
    return dice.chance(50) ? { createdAt: times } : { lastEditedAt: times };
  }
  const column = dice.pick(columns);
  return { property: { ...named(dice, column), ...comparisonOf(dice, column, garden) } as PropertyFilter };
}

function orderOf(dice: Dice, columns: readonly PropertySchema[]): RowOrder[] {
  return Array.from({ length: dice.upTo(3) }, (): RowOrder => {
    const direction = dice.pick(['ASC', 'DESC'] as const);
    if (dice.chance(15)) return { createdAt: direction };
    if (dice.chance(15)) return { lastEditedAt: direction };
    const column = dice.pick(columns.filter(({ type }) => type !== 'FILES'));
    return { property: { ...named(dice, column), ...(direction === 'DESC' && { direction }) } };
  });
}

/** The same question by cursors, `step` rows at a time, from either end, with days going by between the pages. */
async function walk(
  garden: Garden,
  id: Id,
  question: Question,
  { step, backwards }: { step: number; backwards: boolean },
): Promise<string[]> {
  const { world, asker, now } = garden;
  const walked: string[] = [];
  for (let cursor: string | null | undefined = null, more: boolean | undefined = true; more; ) {
    const range: object = backwards ? { last: step, before: cursor } : { first: step, after: cursor };
    const { data, errors }: Answer<FilterRowsQuery> = await world.ask(asker, FilterRowsDocument, {
      id,
      ...question,
      ...range,
    });
    expect(errors).toBeUndefined();
    const { nodes, pageInfo } = data!.dataSource!.rows!;
    const ids = nodes!.map((node) => node.id);
    if (backwards) walked.unshift(...ids);
    else walked.push(...ids);
    cursor = backwards ? pageInfo!.startCursor : pageInfo!.endCursor;
    more = backwards ? pageInfo!.hasPreviousPage : pageInfo!.hasNextPage;
    garden.now = new Date(garden.now.getTime() + 3 * 86_400_000);
  }
  garden.now = now;
  return walked;
}

test('any filter in any order answers as the evaluator says', { timeout: CASES_TIMEOUT_MS }, async () => {
  const garden = await plantGarden();
  await using _closed = garden.world;
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const dice = new Dice(seed);
      garden.now = new Date(dice.pick(NOWS));
      const columns = columnsOf(dice);
      const { dataSourceId } = await garden.world.database({ under: garden.hall, properties: columns });
      const user = () => (dice.chance(30) ? null : dice.pick(garden.people));
      const rows = Array.from(
        { length: 5 + dice.upTo(20) },
        (): Row => ({
          id: newId(),
          title: dice.chance(10) ? '' : dice.pick([...TEXTS, ...LONG_TEXTS]),
          createdAt: dice.chance(50) ? instant(dice) : new Date(timeNear(dice, garden.now)),
          lastEditedAt: dice.chance(50) ? instant(dice) : new Date(timeNear(dice, garden.now)),
          createdBy: user(),
          lastEditedBy: user(),
          props: propsOf(dice, columns, garden),
        }),
      );
      await garden.world.pages(rows.map((row) => ({ ...row, under: dataSourceId })));
      await garden.world.sql(
        `update page p set created_by = r."createdBy", last_edited_by = r."lastEditedBy"
           from jsonb_to_recordset($1::jsonb) as r(id uuid, "createdBy" uuid, "lastEditedBy" uuid) where p.id = r.id`,
        [JSON.stringify(rows)],
      );
      const readable = new Map([...garden.readable, ...rows.map(({ id, title }): [Id, string] => [id, title])]);
      const due = ({ filter, orderBy, timeZone }: Question): string[] => {
        const table: Table = { ...garden, columns, rows, readable, timeZone: timeZone ?? 'UTC' };
        return answerOf(table, filter, orderBy);
      };
      const question = (): Question => ({
        filter: dice.chance(95) ? filterOf(dice, columns, garden) : null,
        orderBy: orderOf(dice, columns),
        timeZone: dice.pick(ZONES),
      });
      const batches = Array.from({ length: QUESTIONS / AT_ONCE }, () => Array.from({ length: AT_ONCE }, question));
      // All in flight together: the database answers some while others are judged here.
      await Promise.all(
        batches.map(async (questions, nth) => {
          const answers = await askRows(garden, dataSourceId, questions);
          // Once more, now that it is known how long they are.
          if (nth % 5 === 0) expect(await askRows(garden, dataSourceId, questions)).toEqual(answers);
          for (const [index, asked] of questions.entries()) {
            const ids = due(asked);
            const same = answers[index]!.count === ids.length && answers[index]!.ids.join() === ids.join();
            const message = () =>
              `${JSON.stringify(asked)} at ${garden.now.toISOString()} over ${JSON.stringify({ columns, rows })}`;
            if (!same) expect(answers[index], message()).toEqual({ ids, count: ids.length });
          }
          count.cases += questions.length;
        }),
      );
      for (const backwards of [false, true]) {
        // What lies around now is another matter three days later.
        const asked: Question = { ...question(), filter: { createdAt: { [dice.pick(RANGES)]: dice.chance(50) } } };
        const step = 3 + dice.upTo(3);
        for (const _ of [1, 2]) {
          const walked = await walk(garden, dataSourceId, asked, { step, backwards });
          expect(walked, JSON.stringify(asked)).toEqual(due(asked));
          count.cases++;
        }
      }
      count.worlds++;
    }),
    { ...cases('rows and the evaluator', TABLES), endOnFailure: true },
  );
  tally('rows and the evaluator', count, started);
});
