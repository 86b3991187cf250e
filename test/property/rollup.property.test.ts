// Rollups against a slow obvious reckoner: every function over random tables of which a part is hidden, no difference.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import { type PropertySchema, ROLLUP_FUNCTIONS, type RollupFunction } from '../../src/property/property.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import type { RowFilter, RowOrder } from '../generated/operations.js';
import { openWorld } from '../world.js';
import { askRows, type Question } from './asking-rows.js';
import { answerOf, type Table } from './evaluate.js';
import { Dice, type RandomRow, randomColumns, randomRow } from './random-table.js';
import { checkboxesOf, datesOf, fillingOf, isDate, numbersOf, type Sight, valuesIn } from './sums.js';

const TABLES = 10;
const ROLLUPS = 16; // of each table

const VALUE = `__typename id ... on TitleValue { title } ... on TextValue { text } ... on NumberValue { number }
  ... on CheckboxValue { checked } ... on DateValue { start end } ... on SelectValue { option { id } }
  ... on StatusValue { option { id } } ... on MultiSelectValue { options { id } }
  ... on PeopleValue { people(first: 20) { nodes { id } } } ... on RelationValue { pages(first: 20) { nodes { id } } }
  ... on FilesValue { files { name } } ... on UrlValue { url } ... on EmailValue { email } ... on PhoneValue { phone }
  ... on UniqueIdValue { number } ... on CreatedTimeValue { createdAt } ... on LastEditedTimeValue { lastEditedAt }
  ... on CreatedByValue { createdBy { id } } ... on LastEditedByValue { lastEditedBy { id } }
  ... on VerificationValue { state date { start end } } ... on PlaceValue { latitude longitude }`;

const RESULT = `result { __typename type ... on RollupNumber { number } ... on RollupDate { date }
  ... on RollupDateRange { start end } ... on RollupGroups { groups { group { id } count share } }
  ... on RollupUnsupported { reason }
  ... on RollupValues { values(first: 100) { totalCount nodes { ${VALUE} } } } }`;

type Shown = Record<string, unknown> & { id: string };
type Answered = {
  dataSource: { rows: { nodes: { id: Id; properties: Shown[] }[] } };
  nodes: { id: Id; properties: Shown[] }[];
};

/** What a rollup should come to; `shown` is what each row shows in the column when it is asked by itself. */
function due(
  made: RollupFunction,
  rows: readonly RandomRow[],
  column: PropertySchema,
  { sight, shown }: { sight: Sight; shown: (row: RandomRow) => Shown },
): object {
  const all = rows.length;
  const share = (part: number) => (all === 0 ? null : part / all);
  const number = (number: number | null) => ({ __typename: 'RollupNumber', type: 'NUMBER', number });
  const date = (date: string | null) => ({ __typename: 'RollupDate', type: 'DATE', date });
  const values = (nodes: unknown[]) => ({
    __typename: 'RollupValues',
    type: 'VALUES',
    values: { totalCount: nodes.length, nodes },
  });
  const filling = fillingOf(rows, column, sight);
  const numbers = () => numbersOf(rows, column);
  const checks = () => checkboxesOf(rows, column);
  const results: Record<RollupFunction, () => object> = {
    COUNT: () => number(all),
    COUNT_VALUES: () => number(filling.count),
    EMPTY: () => number(filling.empty),
    NOT_EMPTY: () => number(filling.notEmpty),
    UNIQUE: () => number(filling.unique),
    PERCENT_EMPTY: () => number(share(filling.empty)),
    PERCENT_NOT_EMPTY: () => number(share(filling.notEmpty)),
    SUM: () => number(numbers().sum),
    AVERAGE: () => number(numbers().average),
    MEDIAN: () => number(numbers().median),
    MIN: () => number(numbers().min),
    MAX: () => number(numbers().max),
    RANGE: () => number(numbers().range),
    EARLIEST_DATE: () => date(datesOf(rows, column).earliest),
    LATEST_DATE: () => date(datesOf(rows, column).latest),
    DATE_RANGE: () => {
      const { earliest, latest } = datesOf(rows, column);
      return { __typename: 'RollupDateRange', type: 'DATE_RANGE', start: earliest, end: latest };
    },
    CHECKED: () => number(checks().checked),
    UNCHECKED: () => number(checks().unchecked),
    PERCENT_CHECKED: () => number(share(checks().checked)),
    PERCENT_UNCHECKED: () => number(share(checks().unchecked)),
    COUNT_PER_GROUP: () => groupsDue(rows, column),
    PERCENT_PER_GROUP: () => groupsDue(rows, column),
    SHOW_ORIGINAL: () => values(rows.map(shown)),
    SHOW_UNIQUE: () => {
      const first = new Map<string, Shown>();
      for (const row of rows) {
        for (const [index, value] of valuesIn(row, column, sight).entries()) {
          if (!first.has(value)) first.set(value, narrowed(shown(row), column, value, index));
        }
      }
      return values([...first.values()]);
    },
  };
  return results[made]();
}

function groupsDue(rows: readonly RandomRow[], column: PropertySchema): object {
  const groups = column.type === 'STATUS' ? column.groups : [];
  return {
    __typename: 'RollupGroups',
    type: 'GROUPS',
    groups: groups.map(({ id, optionIds }) => {
      const count = rows.filter((row) => optionIds.includes(row.props[column.id] as string)).length;
      return { group: { id }, count, share: rows.length === 0 ? null : count / rows.length };
    }),
  };
}

/** Of what holds several, one alone. */
function narrowed(value: Shown, column: PropertySchema, one: string, index: number): Shown {
  switch (column.type) {
    case 'MULTI_SELECT':
      return { ...value, options: [{ id: one }] };
    case 'PEOPLE':
      return { ...value, people: { nodes: [{ id: one }] } };
    case 'RELATION':
      return { ...value, pages: { nodes: [{ id: one }] } };
    case 'FILES':
      return { ...value, files: [(value.files as unknown[])[index]] };
    default:
      return value;
  }
}

/** Comparisons that the evaluator knows, of a value of this type. */
function comparisonOf(dice: Dice, column: PropertySchema, pages: readonly Id[]): object | null {
  const isEmpty = { isEmpty: dice.chance(50) };
  const orEmpty = (comparison: object) => (dice.chance(20) ? isEmpty : comparison);
  const operator = (...names: string[]) => dice.pick(names);
  switch (column.type) {
    case 'TITLE':
    case 'TEXT':
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return { text: orEmpty({ [operator('contains', 'equals', 'doesNotContain')]: dice.pick(['a', 'A', 'b', 'ä']) }) };
    case 'NUMBER':
    case 'UNIQUE_ID': {
      const name = operator('equals', 'doesNotEqual', 'greaterThan', 'lessThanOrEqualTo');
      return { number: orEmpty({ [name]: dice.pick([0, 1, 0.3, 7, -1]) }) };
    }
    case 'CHECKBOX':
      return { checkbox: { [operator('equals', 'doesNotEqual')]: dice.chance(50) } };
    case 'SELECT':
    case 'STATUS': {
      const by = column.type === 'SELECT' ? 'select' : 'status';
      return { [by]: orEmpty({ [operator('equals', 'doesNotEqual')]: [dice.pick(column.options).name] }) };
    }
    case 'MULTI_SELECT':
      return { multiSelect: orEmpty({ [operator('contains', 'doesNotContain')]: [dice.pick(column.options).name] }) };
    case 'DATE':
      return { date: orEmpty({ [operator('equals', 'before', 'onOrAfter')]: dice.pick(DATE_OPERANDS) }) };
    case 'RELATION':
      return { relation: orEmpty({ [operator('contains', 'doesNotContain')]: [dice.pick(pages)] }) };
    case 'FILES':
      return { files: isEmpty };
    default:
      return null;
  }
}
const DATE_OPERANDS = ['2026-01-01', '2025-12-31', '2026-01-01T09:30:00.000Z'];

const fits = (made: RollupFunction, column: PropertySchema): boolean => {
  if (made === 'COUNT') return true;
  if (column.type === 'FORMULA' || column.type === 'ROLLUP') return false;
  if (['SUM', 'AVERAGE', 'MEDIAN', 'MIN', 'MAX', 'RANGE'].includes(made))
    return column.type === 'NUMBER' || column.type === 'UNIQUE_ID';
  if (['EARLIEST_DATE', 'LATEST_DATE', 'DATE_RANGE'].includes(made)) return isDate(column);
  if (/CHECKED$/.test(made)) return column.type === 'CHECKBOX';
  return !/PER_GROUP$/.test(made) || column.type === 'STATUS';
};

/** What the same comes to where nothing related may be read, and neither may its data source. */
const nothing: Record<string, object> = {
  NUMBER: { __typename: 'RollupNumber', type: 'NUMBER', number: null },
  DATE: { __typename: 'RollupDate', type: 'DATE', date: null },
  DATE_RANGE: { __typename: 'RollupDateRange', type: 'DATE_RANGE', start: null, end: null },
  GROUPS: { __typename: 'RollupGroups', type: 'GROUPS', groups: [] },
  VALUES: { __typename: 'RollupValues', type: 'VALUES', values: { totalCount: 0, nodes: [] } },
};
/** A date as a row would hold it. */
const dateHeld = (figure: object): { start: string } | null => {
  const { date } = figure as { date: string | null };
  return date === null ? null : { start: date };
};

const COUNTS = /^(COUNT|COUNT_VALUES|EMPTY|NOT_EMPTY|UNIQUE|CHECKED|UNCHECKED)$/;
function nothingOf(made: RollupFunction): object {
  if (COUNTS.test(made)) return { ...nothing.NUMBER, number: 0 };
  if (made === 'DATE_RANGE') return nothing.DATE_RANGE!;
  if (made.endsWith('_DATE')) return nothing.DATE!;
  if (made.endsWith('PER_GROUP')) return nothing.GROUPS!;
  return made.startsWith('SHOW') ? nothing.VALUES! : nothing.NUMBER!;
}

test('every function comes to what the related rows that one reads come to', {
  timeout: CASES_TIMEOUT_MS,
}, async () => {
  await using world = await openWorld({
    limits: { maxCost: 10_000_000, maxDocumentTokens: 10_000, maxComparisons: 10_000_000 },
  });
  const [hall, open, closed] = [await world.page(), await world.page(), await world.page()];
  const pages = [open, closed].flatMap((under) => [1, 2, 3].map(() => ({ id: newId(), under })));
  await world.pages(pages);
  const person = await world.person();
  const asker = await world.connection(['CONTENT_READ']);
  for (const id of [hall, open]) await world.share(asker, id);
  const users = new Set([person.id]);
  const pool = { pages: [open, closed, ...pages.map(({ id }) => id)], users: [person.id, newId()] };
  const sight: Sight = { pages: new Set([open, ...pages.slice(0, 3).map(({ id }) => id)]), users };
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const dice = new Dice(seed);
      const columns = randomColumns(dice);
      const isSourceRead = dice.chance(50);
      const target = await world.database({ under: isSourceRead ? open : closed, properties: columns });
      const rows = Array.from({ length: dice.upTo(12) }, (_, number) => randomRow(dice, columns, pool, number));
      const rollups = Array.from({ length: ROLLUPS }, (_, index) => {
        const made = dice.pick(ROLLUP_FUNCTIONS);
        const fitting = columns.filter((column) => fits(made, column));
        const column = dice.pick(fitting.length > 0 && dice.chance(85) ? fitting : columns);
        return { id: `r${index}`, made, column };
      });
      const source = await world.database({
        under: hall,
        properties: [
          { id: 'title', name: 'Name', type: 'TITLE' },
          { id: 'rel', name: 'Related', type: 'RELATION', dataSourceId: target.dataSourceId },
          ...rollups.map(({ id, made, column }): PropertySchema => {
            return {
              id,
              name: id,
              type: 'ROLLUP',
              relationPropertyId: 'rel',
              rollupPropertyId: column.id,
              function: made,
            };
          }),
        ],
      });
      const others = [...rows.map(({ id }) => id), ...pool.pages, newId()];
      const holders = Array.from({ length: 4 }, (_, number) => ({
        id: newId(),
        under: source.dataSourceId,
        title: `${number}`,
        props: { rel: dice.some(others, 8) },
      }));
      await world.pages([
        ...rows.map((row) => ({ ...row, under: target.dataSourceId })),
        ...holders.map(({ props, ...row }) => ({ ...row, props: props.rel.length > 0 ? props : {} })),
      ]);
      const trashed = rows.filter(() => dice.chance(10));
      const shared = isSourceRead ? [] : rows.filter(() => dice.chance(50));
      for (const { id } of shared) await world.share(asker, id);
      await world.sql(
        `update page p set created_by = n."createdBy", last_edited_by = n."lastEditedBy", in_trash = n.id = any($2)
           from jsonb_to_recordset($1::jsonb) n(id uuid, "createdBy" uuid, "lastEditedBy" uuid) where p.id = n.id`,
        [JSON.stringify(rows), trashed.map(({ id }) => id)],
      );
      const readable = (isSourceRead ? rows : shared).filter((row) => !trashed.includes(row));
      const answer = await world.ask<Answered, object>(
        asker,
        `query ($id: ID!, $ids: [ID!]!) {
           dataSource(id: $id) { rows(first: 100) { nodes { id properties { id ... on RollupValue { ${RESULT} } } } } }
           nodes(ids: $ids) { id ... on Page { properties { ${VALUE} } } } }`,
        { id: source.dataSourceId, ids: readable.map(({ id }) => id) },
      );
      expect(answer.errors).toBeUndefined();
      const byId = new Map(answer.data!.nodes.map(({ id, properties }) => [id, properties]));
      const shownIn = (column: PropertySchema) => (row: RandomRow) =>
        byId.get(row.id)!.find((value) => value.id === column.id)!;
      for (const { id, properties } of answer.data!.dataSource.rows.nodes) {
        const { rel } = holders.find((holder) => holder.id === id)!.props;
        const related = rel.flatMap((one) => readable.filter((row) => row.id === one));
        for (const { id: rollup, made, column } of rollups) {
          const { result } = properties.find((value) => value.id === rollup) as unknown as { result: object };
          const message = () => `${made} of ${JSON.stringify(column)} over ${JSON.stringify(related)}`;
          if (fits(made, column) && (isSourceRead || related.length > 0))
            expect(result, message()).toEqual(due(made, related, column, { sight, shown: shownIn(column) }));
          else if (isSourceRead || related.length > 0) expect(result, message()).toMatchObject({ type: 'UNSUPPORTED' });
          else expect(result, message()).toEqual(nothingOf(made));
          count.cases++;
        }
      }

      // What rows come to is filtered and sorted as if they held it.
      const relatedTo = ({ props }: { props: { rel: Id[] } }) =>
        props.rel.flatMap((one) => readable.filter((row) => row.id === one));
      const common = { readable: new Map<string, string>(), now: new Date(), me: person.id };
      const blank = { createdAt: new Date(0), lastEditedAt: new Date(0), createdBy: null, lastEditedBy: null };
      const asked: { question: Question; due: string[] }[] = [];
      for (const { id, made, column } of rollups.filter(({ made, column }) => fits(made, column))) {
        const timeZone = dice.pick(['UTC', 'Europe/Berlin']);
        const figures = holders.map((holder) =>
          due(made, relatedTo(holder), column, { sight, shown: shownIn(column) }),
        );
        const type = (figures[0] as { type: string }).type;
        if (type === 'NUMBER' || type === 'DATE') {
          const like: PropertySchema = { id, name: id, type };
          const held = (figure: object) =>
            type === 'DATE' ? dateHeld(figure) : (figure as { number: number | null }).number;
          const table: Table = {
            ...common,
            columns: [like, { id: 'title', name: 'Name', type: 'TITLE' }],
            rows: holders.map((holder, index) => {
              const value = held(figures[index]!);
              return { ...blank, id: holder.id, title: holder.title, props: value === null ? {} : { [id]: value } };
            }),
            timeZone,
          };
          const comparison = comparisonOf(dice, like, [])!;
          const orderBy: RowOrder[] = [
            { property: { id, direction: dice.pick(['ASC', 'DESC'] as const) } },
            { property: { id: 'title' } },
          ];
          const filter = dice.chance(70) ? comparison : null;
          asked.push({
            question: { filter: filter && { property: { id, rollup: filter } }, orderBy, timeZone },
            due: answerOf(table, filter && ({ property: { id, ...filter } } as RowFilter), orderBy),
          });
        }
        const comparison = comparisonOf(dice, column, pool.pages);
        if (comparison === null) continue;
        const titles = new Map([...sight.pages].map((page) => [page, '']));
        const table: Table = { ...common, readable: titles, columns, rows: readable, timeZone };
        const holding = new Set(answerOf(table, { property: { id: column.id, ...comparison } } as RowFilter, []));
        const how = dice.pick(['any', 'every', 'none'] as const);
        const keeps = (row: RandomRow) => holding.has(row.id);
        const kept = {
          any: (rows: RandomRow[]) => rows.some(keeps),
          every: (rows: RandomRow[]) => rows.every(keeps),
          none: (rows: RandomRow[]) => !rows.some(keeps),
        };
        asked.push({
          question: {
            filter: { property: { id, rollup: { [how]: comparison } } } as RowFilter,
            orderBy: [{ property: { id: 'title' } }],
            timeZone,
          },
          due: holders.filter((holder) => kept[how](relatedTo(holder))).map((holder) => holder.id),
        });
      }
      if (isSourceRead) {
        const answers = await askRows(
          { world, asker },
          source.dataSourceId,
          asked.map(({ question }) => question),
        );
        for (const [index, { question, due }] of asked.entries()) {
          expect(answers[index], JSON.stringify({ question, rollups, rows, holders })).toEqual({
            ids: due,
            count: due.length,
          });
          count.cases++;
        }
      }
      count.worlds++;
    }),
    { ...cases('rollups and the reckoner', TABLES), endOnFailure: true },
  );
  tally('rollups and the reckoner', count, started);
});
