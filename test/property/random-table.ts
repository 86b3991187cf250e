// Random tables with a column of every type, for sums of all kinds: few values, so that they meet.

import { type Id, newId } from '../../src/lib/id.js';
import {
  PROPERTY_TYPES,
  type PropertySchema,
  type PropertyType,
  type StoredProps,
  TITLE_PROPERTY_ID,
} from '../../src/property/property.js';

/** Everything random comes from one number, but for the ids. */
export class Dice {
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
  some = <T>(from: readonly T[], max: number): T[] => [
    ...new Set(Array.from({ length: this.upTo(max) }, () => this.pick(from))),
  ];
}

/** What a row of a random table holds besides its title. */
export interface RandomRow {
  id: Id;
  title: string;
  createdAt: Date;
  lastEditedAt: Date;
  createdBy: Id | null;
  lastEditedBy: Id | null;
  props: StoredProps;
}

/** What values may point to. */
export interface Pool {
  pages: readonly Id[];
  users: readonly Id[];
}

const TEXTS = ['a', 'A', 'ab', 'Äö', '😀', ' ', 'a '];
const NUMBERS = [0, -0, 1, -1, 0.1, 0.2, 0.3, 0.30000000000000004, 2 ** 53, -1e21, 1e-300, 7, 1e15];
const DATES = [
  '2026-01-01',
  '2026-01-02',
  '2025-12-31',
  '2024-02-29',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T09:30:00.000Z',
  '2026-01-01T23:59:59.999Z',
  '2026-03-29T01:30:00.000Z',
  '2025-10-26T00:30:00.000Z',
];

/** One column of each type but ROLLUP, or many of few types, so that some find no slot. Ids are the same in every table,
 *  for columns of other types. */
export function randomColumns(dice: Dice): PropertySchema[] {
  const types = PROPERTY_TYPES.filter((type) => type !== 'TITLE' && type !== 'ROLLUP');
  const few = [dice.pick(types), dice.pick(types), dice.pick(types)];
  const all = dice.chance(40) ? Array.from({ length: 18 }, () => dice.pick(few)) : types;
  const shift = dice.upTo(all.length);
  const columns = all.map((type, index) => randomColumn(dice, type, `p${(index + shift) % all.length}`, index));
  return [...columns, { id: TITLE_PROPERTY_ID, name: 'Name', type: 'TITLE' }];
}

function randomColumn(dice: Dice, type: PropertyType, id: string, index: number): PropertySchema {
  const shared = { id, name: `${type} ${index}` };
  const options = ['Red', 'red', 'Blue', 'Green'].map((name) => ({ id: newId(), name }));
  switch (type) {
    case 'SELECT':
    case 'MULTI_SELECT':
      return { ...shared, type, options };
    case 'STATUS': {
      const [one, two, ...others] = options.map((option) => option.id);
      const groups = [
        { id: newId(), name: 'Done', optionIds: others.slice(0, 1) },
        { id: newId(), name: 'Open', optionIds: [two!, one!] },
      ];
      return { ...shared, type, options, groups };
    }
    case 'RELATION':
      return { ...shared, type, dataSourceId: null };
    case 'FORMULA':
      return { ...shared, type, expression: '1', result: dice.pick(['TEXT', 'NUMBER', 'CHECKBOX', 'DATE'] as const) };
    default:
      return { ...shared, type } as PropertySchema;
  }
}

export function randomRow(dice: Dice, columns: readonly PropertySchema[], pool: Pool, number: number): RandomRow {
  const props: StoredProps = {};
  for (const column of columns) {
    if (dice.chance(30)) continue;
    const value = randomValue(dice, column, pool, number);
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) props[column.id] = value as never;
  }
  const instant = () => new Date(Date.parse(dice.pick(DATES)) + dice.upTo(2));
  const author = () => (dice.chance(30) ? null : dice.pick(pool.users));
  return {
    id: newId(),
    title: dice.chance(20) ? '' : dice.pick(TEXTS),
    createdAt: instant(),
    lastEditedAt: instant(),
    createdBy: author(),
    lastEditedBy: author(),
    props,
  };
}

type WithOptions = Extract<PropertySchema, { options: unknown }>;

function randomValue(dice: Dice, column: PropertySchema, { pages, users }: Pool, number: number): unknown {
  const text = () => dice.pick(TEXTS);
  const date = () => ({ start: dice.pick(DATES), ...(dice.chance(20) && { end: '2026-04-01' }) });
  const type = column.type === 'FORMULA' ? column.result : column.type;
  switch (type) {
    case 'TEXT':
      if (column.type === 'FORMULA') return text();
      return Array.from({ length: 1 + dice.upTo(1) }, () =>
        dice.chance(25) ? { type: 'MENTION', resourceId: dice.pick(pages) } : { type: 'TEXT', text: text() },
      );
    case 'NUMBER':
      return dice.pick(NUMBERS);
    case 'UNIQUE_ID':
      return number + 1;
    case 'CHECKBOX':
      return dice.chance(50);
    case 'DATE':
      return date();
    case 'VERIFICATION':
      return { ...date(), verifiedById: dice.pick(users) };
    case 'SELECT':
    case 'STATUS':
      return dice.chance(90) ? dice.pick((column as WithOptions).options).id : newId();
    case 'MULTI_SELECT':
      return [
        ...dice.some(
          (column as WithOptions).options.map(({ id }) => id),
          3,
        ),
        ...(dice.chance(10) ? [newId()] : []),
      ];
    case 'PEOPLE':
      return dice.some(users, 3);
    case 'RELATION':
      return dice.some(pages, 4);
    case 'FILES':
      return dice.some(['a', 'b'], 2).map((name) => ({ name, externalUrl: `https://example.org/${name}` }));
    case 'PLACE':
      return { latitude: dice.upTo(1), longitude: 0 };
    case 'URL':
    case 'EMAIL':
    case 'PHONE':
      return text();
    default:
      return undefined; // of the page itself, or nothing at all
  }
}
