// How many statements a write takes: the same for one row as for a hundred.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateDataSource } from '../../src/content/data-source-lifecycle.js';
import { createDatabase } from '../../src/content/database-lifecycle.js';
import { createRows, updateRows } from '../../src/content/row-lifecycle.js';
import type { Id } from '../../src/lib/id.js';
import type { PropertyInput } from '../../src/property/property-input.js';
import { operator } from '../actors.js';
import { openWorld, type World } from '../world.js';

let world: World;
let tasks: Id;
let people: Id[];
beforeAll(async () => {
  world = await openWorld();
  const { dataSourceId } = await createDatabase(caller(), { parent: { kind: 'Workspace' } });
  people = (await createRows(caller(), { dataSourceId, rows: Array(100).fill({}) })).ids;
  tasks = (
    await createDatabase(caller(), {
      parent: { kind: 'Workspace' },
      properties: [
        { name: 'Size', type: 'NUMBER' },
        { name: 'No', type: 'UNIQUE_ID' },
        { name: 'Note', type: 'TEXT' },
        { name: 'Owner', type: 'RELATION', relation: { dataSourceId, syncedName: 'Owns' } },
      ],
    })
  ).dataSourceId;
});
afterAll(() => world[Symbol.asyncDispose]());

const caller = () => operator(world);

const plain = (index: number): PropertyInput[] => [{ name: 'Size', number: index }];
const related = (index: number): PropertyInput[] => [
  { name: 'Size', number: -index },
  { name: 'Note', richText: [{ mention: tasks }] },
  { name: 'Owner', relation: [people[index % 100]!, people[(index * 7) % 100]!] },
];

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  world.statements.length = 0;
  await work();
  return world.statements.length;
}

const COUNTS = [1, 10, 100];

describe('A write takes as many statements for a hundred rows as for one', () => {
  test.each([
    ['new rows', plain, 10],
    ['new rows with mentions and a relation of two ways', related, 16],
  ])('%s', async (_, properties, due) => {
    const counts: number[] = [];
    for (const count of COUNTS) {
      const rows = Array.from({ length: count }, (_, index) => ({ properties: properties(index) }));
      counts.push(await statementsOf(() => createRows(caller(), { dataSourceId: tasks, rows })));
    }
    expect(new Set(counts)).toHaveLength(1);
    expect(counts[0]).toBe(due);
  });

  test.each([
    ['rows that change', plain, 12],
    ['rows that change with mentions and a relation of two ways', related, 15],
  ])('%s', async (_, properties, due) => {
    const ids: Id[] = [];
    for (const count of COUNTS) {
      const rows = Array.from({ length: count }, () => ({ properties: [{ name: 'Owner', relation: [people[3]!] }] }));
      ids.push(...(await createRows(caller(), { dataSourceId: tasks, rows })).ids);
    }
    const counts: number[] = [];
    for (const count of COUNTS) {
      const rows = ids.splice(0, count).map((id, index) => ({ id, properties: properties(index + 1) }));
      counts.push(await statementsOf(() => updateRows(caller(), { rows })));
    }
    expect(new Set(counts)).toHaveLength(1);
    expect(counts[0]).toBe(due);
  });

  test('a change of columns that no row holds anything in', async () => {
    const add = (name: string) =>
      updateDataSource(caller(), { id: tasks, changes: [{ add: { name, type: 'CHECKBOX' } }] });
    const [few, many] = [await statementsOf(() => add('A')), await statementsOf(() => add('B'))];
    expect(few).toBe(many);
    expect(few).toBeLessThanOrEqual(14);
  });
});
