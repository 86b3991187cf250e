// Every type of column with every operator, both where a slot holds its values and where none does, beside what the
// evaluator says. Which operators there are is read from the schema, so that none can be left out.

import { isInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/api/schema.js';
import { type Id, newId } from '../../src/lib/id.js';
import {
  FORMULA_RESULTS,
  PROPERTY_TYPES,
  type PropertySchema,
  type PropertyType,
  type StoredProps,
} from '../../src/property/property.js';
import type { PropertyFilter, RowOrder } from '../generated/operations.js';
import { type Asker, openWorld, type World } from '../world.js';
import { askRows, type Question } from './asking-rows.js';
import { answerOf, type Row, type Table } from './evaluate.js';

const NOW = new Date('2026-03-08T06:30:00.000Z'); // in New York the night in which clocks change
const ROWS = 24;
const AT_ONCE = 25;

const [open, closed, missing] = [newId(), newId(), newId()];
const options = ['Red', 'Blue', 'Green'].map((name) => ({ id: newId(), name }));
const [red, blue, green] = options.map(({ id }) => id) as [Id, Id, Id];
const gone = newId();

const days = (start: string, end?: string) => ({ start, ...(end && { end }) });
const DATES = [
  undefined,
  days('2026-03-07'),
  days('2026-03-08', '2026-03-09'),
  days('2026-03-09'),
  days('2026-02-08'),
  days('2025-03-08'),
  days('2027-03-08'),
  days('2026-03-08T04:59:59.999Z'),
  days('2026-03-08T05:00:00.000Z'),
  days('2026-03-09T03:59:59.999Z'),
  days('2026-03-09T04:00:00.000Z'),
];
const TEXTS = [undefined, 'Alpha', 'alpha', 'beta 100%', 'x'.repeat(250)];
const NUMBERS = [undefined, 1, 2.5, -3, 0];

let world: World;
let asker: Asker;
let me: Id;
let person: Id;
/** By kind of place: in slots, or in `props` alone. */
const tables: Record<'slots' | 'props', { id: Id; rows: Row[] }> = {} as never;

const columns: PropertySchema[] = PROPERTY_TYPES.flatMap((type): PropertySchema[] => {
  const shared = { id: type.toLowerCase(), name: type };
  if (type === 'SELECT' || type === 'MULTI_SELECT') return [{ ...shared, type, options }];
  if (type === 'STATUS') {
    const groups = [
      { id: newId(), name: 'To do', optionIds: [green] },
      { id: newId(), name: 'Done', optionIds: [red] },
    ];
    return [{ ...shared, type, options, groups }];
  }
  if (type === 'RELATION') return [{ ...shared, type, dataSourceId: null }];
  if (type === 'ROLLUP') return [];
  if (type !== 'FORMULA') return [{ ...shared, type } as PropertySchema];
  return FORMULA_RESULTS.map((result) => ({
    ...shared,
    id: `formula ${result}`,
    name: `FORMULA ${result}`,
    type,
    expression: 'prop("Name")',
    result,
  }));
});
const inTurn = <T>(values: readonly T[], row: number): T => values[row % values.length]!;

function heldIn(column: PropertySchema, row: number): StoredProps[string] | undefined {
  switch (column.type === 'FORMULA' ? column.result : column.type) {
    case 'TEXT': {
      const text = inTurn(TEXTS, row);
      return column.type === 'TEXT' && text !== undefined ? [{ type: 'TEXT', text }] : text;
    }
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return inTurn(TEXTS, row);
    case 'NUMBER':
      return inTurn(NUMBERS, row);
    case 'UNIQUE_ID':
      return row + 1;
    case 'CHECKBOX':
      return inTurn([undefined, true, false], row);
    case 'DATE':
      return inTurn(DATES, row);
    case 'VERIFICATION': {
      const span = inTurn(
        [
          undefined,
          days('2026-01-01'),
          days('2026-01-01', '2026-03-08T06:30:00.000Z'),
          days('2026-01-01', '2026-03-09'),
        ],
        row,
      );
      return span && { ...span, verifiedById: person };
    }
    case 'SELECT':
    case 'STATUS':
      return inTurn([undefined, red, blue, green, gone], row);
    case 'MULTI_SELECT':
      return inTurn([undefined, [red], [blue, green], [gone], [gone, red]], row);
    case 'PEOPLE':
      return inTurn([undefined, [me], [person], [person, me]], row);
    case 'RELATION':
      return inTurn([undefined, [open], [closed], [missing], [closed, open]], row);
    case 'FILES':
      return inTurn([undefined, [{ name: 'a', url: 'https://example.org/a' }]], row);
    default:
      return undefined;
  }
}

beforeAll(async () => {
  world = await openWorld({ limits: { maxCost: 10_000_000, maxVariableValues: 1_000_000 }, clock: () => NOW });
  const hall = await world.page({ title: 'Hall' });
  await world.pages([
    { id: open, title: 'Open' },
    { id: closed, title: 'Closed' },
  ]);
  asker = await world.connection(['CONTENT_READ']);
  for (const id of [hall, open]) await world.share(asker, id);
  const [bot] = await world.sql<{ id: Id }>('select bot_id as id from installation where id = $1', [
    asker.installationId,
  ]);
  me = bot!.id;
  ({ id: person } = await world.person());
  for (const place of ['slots', 'props'] as const) {
    const { dataSourceId: id } = await world.database({ under: hall, properties: columns });
    const rows = Array.from(
      { length: ROWS },
      (_, row): Row => ({
        id: newId(),
        title: inTurn(['', 'Alpha', 'alpha', 'beta'], row),
        createdAt: new Date((inTurn(DATES, row) ?? DATES[1]!).start),
        lastEditedAt: new Date((inTurn(DATES, row + 3) ?? DATES[2]!).start),
        createdBy: inTurn([null, me, person], row),
        lastEditedBy: inTurn([person, null], row),
        props: Object.fromEntries(
          columns.flatMap((column) => {
            const value = heldIn(column, row);
            return value === undefined ? [] : [[column.id, value]];
          }),
        ),
      }),
    );
    await world.pages(rows.map((row) => ({ ...row, under: id })));
    await world.sql(
      `update page p set created_by = r."createdBy", last_edited_by = r."lastEditedBy"
         from jsonb_to_recordset($1::jsonb) as r(id uuid, "createdBy" uuid, "lastEditedBy" uuid) where p.id = r.id`,
      [JSON.stringify(rows)],
    );
    tables[place] = { id, rows };
  }
  await world.sql('delete from property_slot where data_source_id = $1', [tables.props.id]);
});
afterAll(() => world[Symbol.asyncDispose]());

const TEXT_OPERANDS = ['Alpha', 'ALPHA', 'a', '100%', '', 'x'.repeat(201), 'nothing'];
const NUMBER_OPERANDS = [1, 2, 2.5, -3, 0, 7];
const DATE_OPERANDS = [
  ...['today', 'tomorrow', 'yesterday', 'oneWeekAgo', 'oneWeekFromNow', 'oneMonthAgo', 'oneMonthFromNow'],
  ...['2026-03-08', '2026-02-08', '2026-03-08T05:00:00.000Z', '2026-03-08T04:00:00-01:00', '0001-01-01'],
];
const optionOperands = () => ['Red', [red], ['Red', blue], 'Nothing', [], gone];
const peopleOperands = () => ['me', person, [person, 'me'], newId(), 'nobody', []];

/** In which input each type is compared, and with what. */
const COMPARED: Partial<Record<PropertyType, { by: keyof PropertyFilter; input: string; operands: () => unknown[] }>> =
  {
    ...Object.fromEntries(
      ['TITLE', 'TEXT', 'URL', 'EMAIL', 'PHONE'].map((type) => [
        type,
        { by: 'text', input: 'TextFilter', operands: () => TEXT_OPERANDS },
      ]),
    ),
    NUMBER: { by: 'number', input: 'NumberFilter', operands: () => NUMBER_OPERANDS },
    UNIQUE_ID: { by: 'number', input: 'NumberFilter', operands: () => NUMBER_OPERANDS },
    CHECKBOX: { by: 'checkbox', input: 'CheckboxFilter', operands: () => [true, false] },
    SELECT: { by: 'select', input: 'SelectFilter', operands: optionOperands },
    STATUS: { by: 'status', input: 'SelectFilter', operands: optionOperands },
    MULTI_SELECT: { by: 'multiSelect', input: 'MultiSelectFilter', operands: optionOperands },
    DATE: { by: 'date', input: 'DateFilter', operands: () => DATE_OPERANDS },
    CREATED_TIME: { by: 'date', input: 'DateFilter', operands: () => DATE_OPERANDS },
    LAST_EDITED_TIME: { by: 'date', input: 'DateFilter', operands: () => DATE_OPERANDS },
    PEOPLE: { by: 'people', input: 'PeopleFilter', operands: peopleOperands },
    CREATED_BY: { by: 'people', input: 'PeopleFilter', operands: peopleOperands },
    LAST_EDITED_BY: { by: 'people', input: 'PeopleFilter', operands: peopleOperands },
    RELATION: {
      by: 'relation',
      input: 'RelationFilter',
      operands: () => [open, closed, [missing, open], 'nothing', []],
    },
    FILES: { by: 'files', input: 'FilesFilter', operands: () => [] },
    VERIFICATION: {
      by: 'verification',
      input: 'VerificationFilter',
      operands: () => ['VERIFIED', 'EXPIRED', 'UNVERIFIED'],
    },
  };

const { schema } = buildGatewaySchema();

function fieldsOf(input: string) {
  const type = schema.getType(input);
  if (!isInputObjectType(type)) throw new Error(`${input} is no input.`);
  return type.getFields();
}

/** Flags ask for themselves; of a checkbox `equals` takes what it compares. */
const operatorsOf = (input: string): { operator: string; isFlag: boolean }[] =>
  Object.values(fieldsOf(input)).map(({ name, type }) => ({ operator: name, isFlag: String(type) === 'Boolean' }));

/** Every comparison of a column. */
function comparisonsOf(column: PropertySchema): PropertyFilter[] {
  const { by, input, operands } = COMPARED[column.type === 'FORMULA' ? column.result : column.type]!;
  return operatorsOf(input).flatMap(({ operator, isFlag }) =>
    (isFlag ? [true, false] : operands()).map((operand) => {
      const comparison = { [by]: { [operator]: operand } };
      return {
        id: column.id,
        ...(column.type === 'FORMULA' ? { formula: comparison } : comparison),
      } as PropertyFilter;
    }),
  );
}

const isCompared = ({ type }: PropertySchema) => type !== 'BUTTON' && type !== 'PLACE';

async function expectSame(place: 'slots' | 'props', questions: readonly Question[]): Promise<void> {
  const { id, rows } = tables[place];
  const titles = new Map([[open, 'Open'], ...rows.map((row): [Id, string] => [row.id, row.title])]);
  for (let from = 0; from < questions.length; from += AT_ONCE) {
    const asked = questions.slice(from, from + AT_ONCE);
    const answers = await askRows({ world, asker }, id, asked);
    for (const [index, { filter, orderBy, timeZone }] of asked.entries()) {
      const table: Table = { columns, rows, readable: titles, now: NOW, timeZone: timeZone ?? 'UTC', me };
      const ids = answerOf(table, filter, orderBy);
      expect(answers[index], JSON.stringify(asked[index])).toEqual({ ids, count: ids.length });
    }
  }
}

test('Every type that can be compared is here', () => {
  expect([...new Set(columns.filter(isCompared).map(({ type }) => type))].sort()).toEqual(
    PROPERTY_TYPES.filter((type) => !['BUTTON', 'PLACE', 'ROLLUP'].includes(type)).sort(),
  );
  const inputs = new Set(Object.values(COMPARED).map(({ input }) => input));
  const { name, id, formula, rollup, ...comparisons } = fieldsOf('PropertyFilter');
  for (const [comparison, { type }] of Object.entries(comparisons)) {
    expect(inputs, comparison).toContain(String(type));
  }
  expect(Object.keys(fieldsOf('FormulaFilter')).sort()).toEqual(
    FORMULA_RESULTS.map((result) => COMPARED[result]!.by).sort(),
  );
});

describe.each(['slots', 'props'] as const)('Where values lie in %s', (place) => {
  test.each(columns.filter(isCompared).map((column) => [column.name, column] as const))(
    'every operator of %s',
    async (_, column) => {
      const zones = column.type.endsWith('TIME') || column.type === 'DATE' ? [null, 'America/New_York'] : [null];
      const questions = comparisonsOf(column).flatMap((property) =>
        zones.flatMap((timeZone): Question[] => [
          { filter: { property }, orderBy: [], timeZone },
          { filter: { not: { property } }, orderBy: [], timeZone },
        ]),
      );
      expect(questions.length).toBeGreaterThanOrEqual(4);
      await expectSame(place, questions);
    },
  );

  test.each(
    columns.filter((column) => isCompared(column) && column.type !== 'FILES').map(({ name, id }) => [name, id]),
  )('sorted by %s, both ways', async (_, id) => {
    const by = (direction: 'ASC' | 'DESC'): RowOrder => ({ property: { id: id!, direction } });
    const orders = [[by('ASC')], [by('DESC')], [by('ASC'), { createdAt: 'DESC' } as RowOrder]];
    await expectSame(
      place,
      orders.map((orderBy) => ({ filter: null, orderBy, timeZone: null })),
    );
  });
});
