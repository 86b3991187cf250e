// Filters and orders against a slow obvious evaluator: small random tables, many random questions, no difference.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import { type PropertySchema, type StoredProps, TITLE_PROPERTY_ID } from '../../src/property/property.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import {
  FilterRowsDocument,
  type FilterRowsQuery,
  type PropertyFilter,
  type RowFilter,
  type RowOrder,
} from '../generated/operations.js';
import { type Answer, type Asker, openWorld, type World } from '../world.js';
import { answerOf, type Row, type Table } from './evaluate.js';

const TABLES = 40;
const QUESTIONS = 250; // of each table
const AT_ONCE = 25;
const COUNT_EVERY = 5;

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
const NUMBERS = [0, -0, 1, -1, 0.1, 0.30000000000000004, 0.3, 2 ** 53, -1e21, 1e-300, 7];
const DATES = [
  '2026-01-01',
  '2026-01-02',
  '2025-12-31',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T09:30:00.000Z',
  '2026-01-01T23:59:59.999Z',
];
const DATE_OPERANDS = [...DATES, '2026-01-01T10:30:00+01:00', '0001-01-01', '9999-12-31'];

interface Garden {
  world: World;
  /** Sees every table and, of the pages relations point to, what stands below `open` and is not in the trash. */
  asker: Asker;
  hall: Id;
  targets: Id[];
  readable: Map<Id, string>;
}

async function plantGarden(): Promise<Garden> {
  // Many questions in one document: what they cost is not the point here.
  const world = await openWorld({ limits: { maxCost: 10_000_000, maxVariableValues: 1_000_000 } });
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
  return { world, asker, hall, targets: [open, closed, newId(), ...pages.map(({ id }) => id)], readable };
}

const TYPES = [
  'TEXT',
  'NUMBER',
  'CHECKBOX',
  'DATE',
  'SELECT',
  'MULTI_SELECT',
  'URL',
  'EMAIL',
  'PHONE',
  'RELATION',
  'FILES',
] as const;

function columnsOf(dice: Dice): PropertySchema[] {
  // Every other table has more of a kind than there are slots.
  const few = [dice.pick(TYPES), dice.pick(TYPES)];
  const all = dice.chance(50) ? Array.from({ length: 16 }, () => dice.pick(few)) : TYPES;
  // The same ids in every table, for properties of other types.
  const shift = dice.upTo(all.length);
  const columns = all.map((type, index): PropertySchema => {
    const shared = { id: `p${(index + shift) % all.length}`, name: `${type} ${index}` };
    if (type === 'SELECT' || type === 'MULTI_SELECT') {
      const options = ['Red', 'red', 'Blue', 'Green'].map((name) => ({ id: newId(), name }));
      return { ...shared, type, options };
    }
    return type === 'RELATION' ? { ...shared, type, dataSourceId: null } : { ...shared, type };
  });
  return [...columns, { id: TITLE_PROPERTY_ID, name: 'Name', type: 'TITLE' }];
}

function propsOf(dice: Dice, columns: readonly PropertySchema[], targets: readonly Id[]): StoredProps {
  const props: StoredProps = {};
  const text = () => dice.pick(dice.chance(20) ? LONG_TEXTS : TEXTS);
  for (const column of columns) {
    if (column.type === 'TITLE' || dice.chance(30)) continue;
    const { id } = column;
    switch (column.type) {
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
        props[id] = { start: dice.pick(DATES), ...(dice.chance(20) && { end: '2026-02-01' }) };
        break;
      case 'SELECT':
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
const INSTANT_OPERATORS = ['before', 'after', 'onOrBefore', 'onOrAfter'];
const instant = (dice: Dice) => new Date(Date.UTC(2026, 0, 1, 0, 0, 0, dice.upTo(6)));

/** One or two members. */
const members = (dice: Dice, operators: readonly string[], operand: () => unknown): object =>
  Object.fromEntries([operators, operators].slice(dice.upTo(1)).map((from) => [dice.pick(from), operand()]));

function comparisonOf(dice: Dice, column: PropertySchema, targets: readonly Id[]): object {
  const empty = () => ({ [dice.pick(['isEmpty', 'isNotEmpty'])]: dice.chance(80) });
  const orEmpty = (make: () => object) => (dice.chance(20) ? empty() : make());
  switch (column.type) {
    case 'NUMBER':
      return { number: orEmpty(() => members(dice, NUMBER_OPERATORS, () => dice.pick([...NUMBERS, 0.5]))) };
    case 'CHECKBOX':
      return { checkbox: members(dice, ['equals', 'doesNotEqual'], () => dice.chance(50)) };
    case 'DATE':
      return { date: orEmpty(() => members(dice, DATE_OPERATORS, () => dice.pick(DATE_OPERANDS))) };
    case 'SELECT':
    case 'MULTI_SELECT': {
      const operators = column.type === 'SELECT' ? ['equals', 'doesNotEqual'] : ['contains', 'doesNotContain'];
      const named = () => dice.pick(['Nothing', ...column.options.flatMap(({ id, name }) => [id, name])]);
      const operand = () => (dice.chance(50) ? named() : Array.from({ length: dice.upTo(2) }, named));
      return {
        [column.type === 'SELECT' ? 'select' : 'multiSelect']: orEmpty(() => members(dice, operators, operand)),
      };
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

function filterOf(dice: Dice, columns: readonly PropertySchema[], targets: readonly Id[], depth = 0): RowFilter {
  const below = () => filterOf(dice, columns, targets, depth + 1);
  const roll = dice.upTo(depth < 3 ? 9 : 5);
  if (roll === 6) return { and: Array.from({ length: dice.upTo(3) }, below) };
  if (roll === 7) return { or: Array.from({ length: dice.upTo(3) }, below) };
  if (roll === 8) return { not: below() };
  if (roll === 9) {
    const times = members(dice, INSTANT_OPERATORS, () => instant(dice).toISOString());
    return dice.chance(50) ? { createdAt: times } : { lastEditedAt: times };
  }
  const column = dice.pick(columns);
  return { property: { ...named(dice, column), ...comparisonOf(dice, column, targets) } as PropertyFilter };
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

/** Asks all at once, and says which rows come, in which order, and how many there are said to be. */
async function ask(
  { world, asker }: Garden,
  dataSourceId: Id,
  questions: readonly { filter: RowFilter | null; orderBy: RowOrder[] }[],
): Promise<{ ids: string[]; count: number }[]> {
  const declared = questions.map((_, i) => `$f${i}: RowFilter, $o${i}: [RowOrder!]`).join(', ');
  const fields = questions.map((_, i) => {
    const counted = i % COUNT_EVERY === 0 ? 'totalCount ' : '';
    return `q${i}: rows(first: 100, filter: $f${i}, orderBy: $o${i}) { ${counted}nodes { id } }`;
  });
  const document = `query ($id: ID!, ${declared}) { dataSource(id: $id) { ${fields.join(' ')} } }`;
  const variables = Object.fromEntries(
    questions.flatMap(({ filter, orderBy }, i) => [
      [`f${i}`, filter],
      [`o${i}`, orderBy],
    ]),
  );
  const answer = await world.ask<
    Record<string, Record<string, { totalCount?: number; nodes: { id: string }[] }>>,
    object
  >(asker, document, { id: dataSourceId, ...variables });
  expect(answer.errors, JSON.stringify(questions)).toBeUndefined();
  return questions.map((_, i) => {
    const { totalCount, nodes } = answer.data!.dataSource![`q${i}`]!;
    return { ids: nodes.map(({ id }) => id), count: totalCount ?? nodes.length };
  });
}

/** The same question by cursors, `step` rows at a time, from either end. */
async function walk(
  { world, asker }: Garden,
  id: Id,
  { filter, orderBy }: { filter: RowFilter | null; orderBy: RowOrder[] },
  { step, backwards }: { step: number; backwards: boolean },
): Promise<string[]> {
  const walked: string[] = [];
  for (let cursor: string | null | undefined = null, more: boolean | undefined = true; more; ) {
    const range: object = backwards ? { last: step, before: cursor } : { first: step, after: cursor };
    const { data, errors }: Answer<FilterRowsQuery> = await world.ask(asker, FilterRowsDocument, {
      id,
      filter,
      orderBy,
      ...range,
    });
    expect(errors).toBeUndefined();
    const { nodes, pageInfo } = data!.dataSource!.rows!;
    const ids = nodes!.map((node) => node.id);
    if (backwards) walked.unshift(...ids);
    else walked.push(...ids);
    cursor = backwards ? pageInfo!.startCursor : pageInfo!.endCursor;
    more = backwards ? pageInfo!.hasPreviousPage : pageInfo!.hasNextPage;
  }
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
      const columns = columnsOf(dice);
      const { dataSourceId } = await garden.world.database({ under: garden.hall, properties: columns });
      const rows = Array.from(
        { length: 5 + dice.upTo(20) },
        (): Row => ({
          id: newId(),
          title: dice.chance(10) ? '' : dice.pick([...TEXTS, ...LONG_TEXTS]),
          createdAt: instant(dice),
          lastEditedAt: instant(dice),
          props: propsOf(dice, columns, garden.targets),
        }),
      );
      await garden.world.pages(rows.map((row) => ({ ...row, under: dataSourceId })));
      const table: Table = {
        columns,
        rows,
        readable: new Map([...garden.readable, ...rows.map(({ id, title }): [Id, string] => [id, title])]),
      };
      const batches = Array.from({ length: QUESTIONS / AT_ONCE }, () =>
        Array.from({ length: AT_ONCE }, () => ({
          filter: dice.chance(95) ? filterOf(dice, columns, garden.targets) : null,
          orderBy: orderOf(dice, columns),
        })),
      );
      // All in flight together: the database answers some while others are judged here.
      await Promise.all(
        batches.map(async (questions) => {
          const answers = await ask(garden, dataSourceId, questions);
          for (const [index, { filter, orderBy }] of questions.entries()) {
            const due = answerOf(table, filter, orderBy);
            const same = answers[index]!.count === due.length && answers[index]!.ids.join() === due.join();
            const message = () => `${JSON.stringify({ filter, orderBy })} over ${JSON.stringify({ columns, rows })}`;
            if (!same) expect(answers[index], message()).toEqual({ ids: due, count: due.length });
          }
          count.cases += questions.length;
        }),
      );
      for (const backwards of [false, true]) {
        const question = { filter: null, orderBy: orderOf(dice, columns) };
        const walked = await walk(garden, dataSourceId, question, { step: 3 + dice.upTo(3), backwards });
        expect(walked, JSON.stringify(question)).toEqual(answerOf(table, null, question.orderBy));
        count.cases++;
      }
      count.worlds++;
    }),
    { ...cases('rows and the evaluator', TABLES), endOnFailure: true },
  );
  tally('rows and the evaluator', count, started);
});
