// Many writers at once, on one row, on one relation and on the columns under it: nothing is lost, nobody waits for ever, and
// what rows hold agrees with itself at the end.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateDataSource } from '../../src/content/data-source-lifecycle.js';
import { createDatabase } from '../../src/content/database-lifecycle.js';
import { updatePage } from '../../src/content/page-lifecycle.js';
import { createRows, updateRows } from '../../src/content/row-lifecycle.js';
import type { Id } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import type { NewPropertyInput } from '../../src/property/column-input.js';
import type { PropertySchema } from '../../src/property/property.js';
import type { PropertyInput } from '../../src/property/property-input.js';
import { operator } from '../actors.js';
import { openWorld, type World } from '../world.js';
import { expectAgreement, storedRows } from './slots.js';

const WRITERS = 32;

let world: World;
beforeAll(async () => {
  world = await openWorld({ poolSize: 12 });
});
afterAll(() => world[Symbol.asyncDispose]());

const caller = () => operator(world);

async function table(
  ...properties: NewPropertyInput[]
): Promise<{ id: Id; column: (name: string) => Promise<PropertySchema> }> {
  const { dataSourceId: id } = await createDatabase(caller(), { parent: { kind: 'Workspace' }, properties });
  return {
    id,
    column: async (name) => {
      const [row] = await world.sql<{ properties: PropertySchema[] }>(
        'select properties from data_source where id = $1',
        [id],
      );
      return row!.properties.find((one) => one.name === name)!;
    },
  };
}

const make = async (dataSourceId: Id, ...rows: { properties?: PropertyInput[] }[]): Promise<Id[]> =>
  (await createRows(caller(), { dataSourceId, rows })).ids;

const times = (count: number, work: (index: number) => Promise<unknown>): Promise<unknown[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** What races lose: a refusal that says so. Anything else is a fault. */
const orRefused = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if (error instanceof Refusal) return error;
    throw error;
  });

describe('Many writers', () => {
  test('of one row lose nothing of each other', async () => {
    const columns = Array.from(
      { length: WRITERS },
      (_, index): NewPropertyInput => ({ name: `C${index}`, type: 'NUMBER' }),
    );
    const { id } = await table(...columns);
    const [row] = (await make(id, {})) as [Id];
    await times(WRITERS, (index) =>
      index % 2
        ? updateRows(caller(), { rows: [{ id: row, properties: [{ name: `C${index}`, number: index }] }] })
        : updatePage(caller(), { id: row, properties: [{ name: `C${index}`, number: index }] }),
    );
    const [stored] = (await storedRows(world)).filter((one) => one.id === row);
    expect(Object.values(stored!.props).toSorted((one, other) => Number(one) - Number(other))).toEqual(
      Array.from({ length: WRITERS }, (_, index) => index),
    );
    expect(stored!.version).toBe(WRITERS + 1);
    await expectAgreement(world);
  });

  test('that expect a version: one of them wins', async () => {
    const { id } = await table({ name: 'Size', type: 'NUMBER' });
    const [row] = (await make(id, {})) as [Id];
    const outcomes = await times(WRITERS, (index) =>
      orRefused(updatePage(caller(), { id: row, expectedVersion: 1, properties: [{ name: 'Size', number: index }] })),
    );
    expect(outcomes.filter((outcome) => !(outcome instanceof Refusal))).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome instanceof Refusal).every(({ code }) => code === 'STALE_VERSION')).toBe(
      true,
    );
  });

  test('that make rows number them without a gap or a double', async () => {
    const { id, column } = await table({ name: 'No', type: 'UNIQUE_ID' });
    await times(WRITERS, (index) => make(id, ...Array.from({ length: 1 + (index % 3) }, () => ({}))));
    const number = (await column('No')).id;
    const numbers = (await storedRows(world))
      .filter((row) => row.dataSourceId === id)
      .map((row) => row.props[number] as number)
      .toSorted((one, other) => one - other);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    await expectAgreement(world);
  });

  test('from both sides of a relation leave both sides equal', async () => {
    const people = await table();
    const tasks = await table({
      name: 'Owner',
      type: 'RELATION',
      relation: { dataSourceId: people.id, syncedName: 'Owns' },
    });
    const [persons, jobs] = [await make(people.id, {}, {}, {}), await make(tasks.id, {}, {}, {})];
    await times(WRITERS, (index) => {
      const [from, to, name] = index % 2 ? [persons, jobs, 'Owns'] : [jobs, persons, 'Owner'];
      const relation = to.filter((_, place) => (index >> (place + 1)) & 1);
      const rows = [0, 1].map((step) => ({
        id: from[(index + step) % 3]!,
        properties: [{ name, relation: step ? relation.toReversed() : relation }],
      }));
      return updateRows(caller(), { rows });
    });
    await expectAgreement(world);
  });

  test('of rows and of the columns under them leave nothing behind', async () => {
    const { id, column } = await table(
      { name: 'Stay', type: 'NUMBER' },
      { name: 'Go', type: 'TEXT' },
      { name: 'Pick', type: 'SELECT', options: [{ name: 'a' }, { name: 'b' }] },
      { name: 'Turn', type: 'TEXT' },
    );
    const rows = await make(id, {}, {}, {}, {});
    const [a, b] = ((await column('Pick')) as { options: { id: Id }[] }).options;
    const write = (index: number) =>
      orRefused(
        updateRows(caller(), {
          mode: 'EACH',
          rows: rows.map((row) => ({
            id: row,
            properties: [
              { name: 'Stay', number: index },
              ...(index % 4 === 0 ? [{ name: 'Go', text: String(index) }] : []),
              ...(index % 4 === 1 ? [{ name: 'Pick', select: { id: (index % 8 < 4 ? a : b)!.id } }] : []),
              ...(index % 4 === 2 ? [{ name: 'Turn', text: String(index) }] : []),
            ],
          })),
        }),
      );
    const changes = [
      { remove: { name: 'Go' } },
      { update: { property: { name: 'Pick' }, removeOptions: [{ name: 'a' }], addOptions: [{ name: 'c' }] } },
      { retype: { property: { name: 'Turn' }, type: 'NUMBER' as const } },
      { update: { property: { name: 'Stay' }, name: 'Stayed' } },
      { add: { name: 'New', type: 'UNIQUE_ID' as const } },
    ];
    const outcomes = await times(WRITERS, (index) => {
      const change = index % 6 === 5 ? changes[(index - 5) / 6] : undefined;
      return change ? orRefused(updateDataSource(caller(), { id, changes: [change] })) : write(index);
    });
    expect(outcomes.filter((_, index) => index % 6 === 5).map((outcome) => outcome instanceof Refusal)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    await expectAgreement(world);
  });

  test('that make relations between the same tables, from both, do not wait in a circle', async () => {
    const [one, other] = [await table(), await table()];
    await times(12, (index) => {
      const [from, to] = index % 2 ? [one.id, other.id] : [other.id, one.id];
      const relation = { dataSourceId: to, syncedName: `back ${index}` };
      return updateDataSource(caller(), {
        id: from,
        changes: [{ add: { name: `to ${index}`, type: 'RELATION', relation } }],
      });
    });
    const rows = await make(one.id, {}, {});
    const others = await make(other.id, {}, {});
    await times(12, (index) =>
      index % 2
        ? updateRows(caller(), {
            rows: rows.map((id) => ({ id, properties: [{ name: `to ${index}`, relation: others }] })),
          })
        : updateRows(caller(), {
            rows: others.map((id) => ({ id, properties: [{ name: `to ${index}`, relation: rows }] })),
          }),
    );
    await expectAgreement(world);
  });
});
