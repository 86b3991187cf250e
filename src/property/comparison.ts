// What the members of a comparison ask of a column. Names become ids and words become instants here; empty values fall on
// the side of the negative operators. No SQL.

import { nextMillisecond } from '../lib/filter.js';
import { type Id, parseId } from '../lib/id.js';
import { invalid, quoted } from '../lib/refusal.js';
import { type Calendar, type Days, isDayWord, isRangeWord, plusDays } from './calendar.js';
import type { FormulaResult, PropertySchema, PropertyType, SchemaOf } from './property.js';
import type { PropertyFilter } from './property-filter.js';
import type { VerificationState } from './property-value.js';

/** Holds for a row or does not; a test of an empty value does not hold, unless it asks for that. */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | TimeTest
  | AuthorTest
  | RollupTest
  | PropertyTest;

/** Columns of the page itself. */
export type Time = 'createdAt' | 'lastEditedAt';
export type Author = 'createdBy' | 'lastEditedBy';

export type TimeTest = { time: Time; from: Date | null; to: Date | null };

/** Is any of these users; null for nobody at all. */
export type AuthorTest = { author: Author; ids: Id[] | null };

export type PropertyTest = { property: PropertySchema } & (
  | { is: 'EMPTY' | 'CHECKED' }
  | { is: 'TEXT' | 'CONTAINING' | 'STARTING_WITH' | 'ENDING_WITH'; text: string }
  | { is: 'NUMBER'; compare: '=' | '<' | '<=' | '>' | '>='; number: number }
  /** Begins at `from` or later, and earlier than `to`; a value that is a day by `days`, where those begin elsewhere than
   *  in UTC. */
  | ({ is: 'BEGINNING'; days: Bounds | null } & Bounds)
  /** Has an end, and that is not later. */
  | { is: 'EXPIRED'; at: Date }
  /** Holds any of these: options of the column, people, or pages that may be out of reach. Of pages, `readable` are those
   *  that were not when somebody looked just before; where everything `hangs` on one page, nobody need look. */
  | { is: 'HOLDING'; ids: Id[]; readable?: Id[]; hangs?: boolean }
);

/** A rollup of one data source, with what it is computed from. */
export interface ResolvedRollup {
  /** The data source that has it. */
  own: Id;
  column: SchemaOf<'ROLLUP'>;
  relation: SchemaOf<'RELATION'>;
  /** Where the related rows lie: somewhere that the asker reads. */
  source: { id: Id; slots: Readonly<Record<string, string>> };
  /** The column that is summed up; null when only rows are counted and it is not there. */
  target: PropertySchema | null;
}

/** What a rollup comes to passes, or some related row does. */
export type RollupTest = { rollup: ResolvedRollup } & ({ figure: PropertyTest } | { someRow: Condition });

interface Bounds {
  from: Date | null;
  to: Date | null;
}

/** What comparisons depend on besides the columns. */
export interface Asking {
  calendar: Calendar;
  /** Who "me" is; null for the operator, who is no user. */
  me: Id | null;
}

export type Comparison = Exclude<keyof PropertyFilter, 'name' | 'id'>;

/** How columns are compared; null for those that nobody can compare. */
export const COMPARISON_OF: Record<PropertyType, Comparison | null> = {
  TITLE: 'text',
  TEXT: 'text',
  URL: 'text',
  EMAIL: 'text',
  PHONE: 'text',
  NUMBER: 'number',
  UNIQUE_ID: 'number',
  CHECKBOX: 'checkbox',
  SELECT: 'select',
  STATUS: 'status',
  MULTI_SELECT: 'multiSelect',
  DATE: 'date',
  CREATED_TIME: 'date',
  LAST_EDITED_TIME: 'date',
  PEOPLE: 'people',
  CREATED_BY: 'people',
  LAST_EDITED_BY: 'people',
  RELATION: 'relation',
  FILES: 'files',
  FORMULA: 'formula',
  VERIFICATION: 'verification',
  ROLLUP: 'rollup',
  BUTTON: null,
  PLACE: null,
};

export const MAX_TEXT = 2_000;
export const MAX_VALUES = 100;

/** Comparisons of a value itself; the others hold one of these. */
export type PlainComparison = Exclude<Comparison, 'formula' | 'rollup'>;

/** What one member of a comparison asks of a column that is compared in this way. */
export const conditionOf = (
  comparison: PlainComparison,
  property: PropertySchema,
  [operator, operand]: Member,
  asking: Asking,
): Condition => OPERATORS[comparison](property, operator, operand, asking);

/** What one member asks of the time of a page. */
export const timeCondition = (time: Time, [operator, operand]: Member, asking: Asking): Condition =>
  OPERATORS.date({ id: time, name: time, type: TYPE_OF_TIME[time] }, operator, operand, asking);

const TYPE_OF_TIME = { createdAt: 'CREATED_TIME', lastEditedAt: 'LAST_EDITED_TIME' } as const;

/** How what a formula comes to is compared. */
export const COMPARISON_OF_RESULT = {
  TEXT: 'text',
  NUMBER: 'number',
  CHECKBOX: 'checkbox',
  DATE: 'date',
} as const satisfies Record<FormulaResult, Comparison>;

export type Member = [operator: string, operand: unknown];

/** Members of a comparison that are given, at least one. A null is refused: it could be taken for "is empty". */
export function given(kind: string, comparison: object): Member[] {
  const members = Object.entries(comparison).filter(([, operand]) => operand !== undefined);
  const empty = members.find(([, operand]) => operand === null);
  if (empty) throw invalid(`${kind}.${empty[0]} may not be null; leave it out, or ask for isEmpty where there is one.`);
  if (members.length === 0) throw invalid(`${kind} is given, but compares nothing: give at least one of its members.`);
  return members;
}

type Operator = (property: PropertySchema, operator: string, operand: never, asking: Asking) => Condition;

const NEGATIVE: Readonly<Record<string, string>> = {
  doesNotEqual: 'equals',
  doesNotContain: 'contains',
  isNotEmpty: 'isEmpty',
};

/** Each negative operator is exactly the negation of its positive one, so that empty values fall on its side. */
const withNegatives =
  (positive: Operator): Operator =>
  (property, operator, operand, asking) => {
    const affirmed = NEGATIVE[operator];
    return affirmed
      ? { not: positive(property, affirmed, operand, asking) }
      : positive(property, operator, operand, asking);
  };

/** `isEmpty` of any kind, and the other operators by `rest`. */
const orEmpty = (rest: Operator): Operator =>
  withNegatives((property, operator, operand, asking) => {
    if (operator !== 'isEmpty') return rest(property, operator, operand, asking);
    return operand ? isEmpty(property) : { not: isEmpty(property) };
  });

const NEVER: Condition = { any: [] };

function isEmpty(property: PropertySchema): Condition {
  if (timeOf(property)) return NEVER;
  const author = authorOf(property);
  return author ? { author, ids: null } : { property, is: 'EMPTY' };
}

/** The column of the page that a property shows, if it shows one. */
export const timeOf = ({ type }: PropertySchema): Time | null =>
  type === 'CREATED_TIME' ? 'createdAt' : type === 'LAST_EDITED_TIME' ? 'lastEditedAt' : null;

export const authorOf = ({ type }: PropertySchema): Author | null =>
  type === 'CREATED_BY' ? 'createdBy' : type === 'LAST_EDITED_BY' ? 'lastEditedBy' : null;

const TEXT_TESTS = {
  equals: 'TEXT',
  contains: 'CONTAINING',
  startsWith: 'STARTING_WITH',
  endsWith: 'ENDING_WITH',
} as const;

const NUMBER_COMPARES = {
  equals: '=',
  greaterThan: '>',
  lessThan: '<',
  greaterThanOrEqualTo: '>=',
  lessThanOrEqualTo: '<=',
} as const;

const OPERATORS: Record<
  PlainComparison,
  (property: PropertySchema, operator: string, operand: unknown, asking: Asking) => Condition
> = {
  text: orEmpty((property, operator, text: string) => {
    if (text.length > MAX_TEXT)
      throw invalid(`${operator} takes at most ${MAX_TEXT} characters, but got: ${text.length}`);
    return { property, is: TEXT_TESTS[operator as keyof typeof TEXT_TESTS], text };
  }),
  number: orEmpty((property, operator, number: number) => ({
    property,
    is: 'NUMBER',
    compare: NUMBER_COMPARES[operator as keyof typeof NUMBER_COMPARES],
    number,
  })),
  checkbox: withNegatives((property, _operator, checked: boolean) =>
    checked ? { property, is: 'CHECKED' } : { not: { property, is: 'CHECKED' } },
  ),
  select: orEmpty(holdingOptions),
  status: orEmpty(holdingOptions),
  multiSelect: orEmpty(holdingOptions),
  date: orEmpty(beginning),
  people: orEmpty((property, operator, texts: string[], { me }) => {
    atMost(operator, texts);
    const ids = texts.flatMap((text) => (text === 'me' ? me : parseId(text)) ?? []);
    const author = authorOf(property);
    return author ? { author, ids } : { property, is: 'HOLDING', ids };
  }),
  relation: orEmpty((property, operator, ids: string[]) => {
    atMost(operator, ids);
    return { property, is: 'HOLDING', ids: ids.map(parseId).filter((id) => id !== null) };
  }),
  files: orEmpty((property) => ({ property, is: 'EMPTY' })),
  verification: withNegatives((property, _operator, state: VerificationState, { calendar }) => {
    if (state === 'UNVERIFIED') return { property, is: 'EMPTY' };
    const expired: Condition = { property, is: 'EXPIRED', at: calendar.moment() };
    return state === 'EXPIRED' ? expired : { all: [{ not: { property, is: 'EMPTY' } }, { not: expired }] };
  }),
} as Record<PlainComparison, never>;

function holdingOptions(property: PropertySchema, operator: string, texts: string[]): Condition {
  atMost(operator, texts);
  const options = 'options' in property ? property.options : [];
  const named = (text: string) => {
    const byId = options.filter(({ id }) => id === text || id === parseId(text));
    return byId.length > 0 ? byId : options.filter(({ name }) => name === text);
  };
  return { property, is: 'HOLDING', ids: texts.flatMap(named).map(({ id }) => id) };
}

function beginning(
  property: PropertySchema,
  operator: string,
  operand: string | boolean,
  { calendar }: Asking,
): Condition {
  if (!isRangeWord(operator)) {
    return within(property, boundsOf(operator, spanOf(operator, operand as string, calendar)), calendar);
  }
  const { from, to } = calendar.range(operator);
  const bounds = { from: calendar.beginningOf(from), to: calendar.beginningOf(to) };
  const condition = within(property, bounds, calendar);
  return operand ? condition : { not: condition };
}

function within(property: PropertySchema, { from, to }: Bounds, calendar: Calendar): Condition {
  const time = timeOf(property);
  if (time) return { time, from, to };
  const day = (instant: Date | null) => instant && calendar.firstDayFrom(instant);
  const days = calendar.isElsewhere ? { from: day(from), to: day(to) } : null;
  return { property, is: 'BEGINNING', from, to, days };
}

function boundsOf(operator: string, { from, to }: Days): Bounds {
  switch (operator) {
    case 'before':
      return { from: null, to: from };
    case 'onOrBefore':
      return { from: null, to };
    case 'after':
      return { from: to, to: null };
    case 'onOrAfter':
      return { from, to: null };
    default:
      return { from, to };
  }
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i;

/** The whole day, or the millisecond, that `text` names: `from` belongs to it, `to` does not. */
function spanOf(operator: string, text: string, calendar: Calendar): Days {
  const wholeDay = (day: Date) => ({ from: calendar.beginningOf(day), to: calendar.beginningOf(plusDays(day, 1)) });
  if (isDayWord(text)) return wholeDay(calendar.dayOf(text));
  const day = DAY.test(text) ? text : TIME.exec(text)?.[1];
  const from = new Date(text);
  if (day === undefined || Number.isNaN(from.getTime()) || !isDay(day)) {
    throw invalid(
      `${operator} expects a day like "2026-11-22", a time like "2026-11-22T09:30:00Z" or a word like "today", but got: ${quoted(text)}`,
    );
  }
  return day === text ? wholeDay(from) : { from, to: nextMillisecond(from) };
}

/** JavaScript takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

function atMost(operator: string, values: readonly string[]): void {
  if (values.length > MAX_VALUES) {
    throw invalid(`${operator} takes at most ${MAX_VALUES} values, but got: ${values.length}`);
  }
}
