// Columns of people: names in an export that are those of members become the members.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf } from '../../src/gate/actor.js';
import { type NamedPerson, peopleByName, peopleOf } from '../../src/importer/people.js';
import { writePlan } from '../../src/importer/write-plan.js';
import type { Id } from '../../src/lib/id.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { removeMember } from '../../src/people/member-lifecycle.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { askAs } from '../asking.js';
import { openWorld, type World } from '../world.js';
import { csv, hex, idOf, readFiles, rowsOf } from './export-builder.js';

const ADA: NamedPerson = { id: idOf(101), name: 'Ada Lovelace', isHere: true };
const GRACE: NamedPerson = { id: idOf(102), name: 'Grace Hopper', isHere: true };
const COMMA: NamedPerson = { id: idOf(103), name: 'Noether, Emmy', isHere: true };
const LEFT: NamedPerson = { id: idOf(104), name: 'Alan Turing', isHere: false };
const PEOPLE = [ADA, GRACE, COMMA, LEFT];

/** What becomes of one column with these cells. */
async function column(cells: string[], people: readonly NamedPerson[] = PEOPLE) {
  const lines = cells.map((cell, at) => [`Row ${at}`, cell]);
  const reading = await readFiles({ [`Table ${hex(1)}.csv`]: csv(['Name', 'Who'], ...lines) }, { people });
  const { type, note } = reading.plan.inferred[0]!;
  return {
    type,
    note,
    values: rowsOf(reading).map(({ values }) => values.Who),
    schema: reading.plan.databases[0]!.properties[1],
  };
}

describe('A column', () => {
  test('whose names are all those of members is one of people, in the report as well', async () => {
    expect(await column(['Ada Lovelace', '', ' Grace Hopper ', 'Grace Hopper, Ada Lovelace'])).toEqual({
      type: 'PEOPLE',
      note: undefined,
      values: [[ADA.id], undefined, [GRACE.id], [GRACE.id, ADA.id]],
      schema: expect.objectContaining({ name: 'Who', type: 'PEOPLE' }),
    });
  });

  test('knows names with commas in them, names written with other code points, and those who have left', async () => {
    const { type, values } = await column(['Noether, Emmy, Ada Lovelace', 'Alan Turing'], PEOPLE);
    expect([type, values]).toEqual(['PEOPLE', [[COMMA.id, ADA.id], [LEFT.id]]]);
    const composed: NamedPerson = { id: idOf(105), name: 'Zoë', isHere: true };
    expect(await column(['Zoe\u0308'], [composed])).toMatchObject({ type: 'PEOPLE', values: [[composed.id]] });
  });

  test.each([
    ['one of its names is nobody’s', ['Ada Lovelace', 'Grace Hopper', 'Somebody Else'], 'TEXT'],
    ['a name is only part of a cell', ['Ada Lovelace (lead)', 'Grace Hopper (ops)'], 'TEXT'],
    ['a name is in other letters', ['ada lovelace', 'grace hopper', 'grace hopper', 'ada lovelace'], 'SELECT'],
    ['a name is twice in one cell', ['Ada Lovelace, Ada Lovelace'], 'TEXT'],
    ['nothing stands between commas', ['Ada Lovelace,,Grace Hopper'], 'TEXT'],
    ['there is nothing in it', ['', ''], 'TEXT'],
  ])('stays what it was when %s', async (_, cells, type) => {
    const found = await column(cells);
    expect(found.type).toBe(type);
    expect(found).toEqual(await column(cells, []));
  });

  test('stays what it was, and says so, when two members have one of its names; those who left do not count then', async () => {
    const namesake: NamedPerson = { ...ADA, id: idOf(106) };
    const cells = ['Ada Lovelace', 'Grace Hopper', 'Ada Lovelace', 'Grace Hopper'];
    expect(await column(cells, [...PEOPLE, namesake])).toMatchObject({
      type: 'SELECT',
      note: 'names are not taken for people: several members have the same one',
    });
    expect(await column(cells, [...PEOPLE, { ...namesake, isHere: false }])).toMatchObject({
      type: 'PEOPLE',
      values: [[ADA.id], [GRACE.id], [ADA.id], [GRACE.id]],
    });
  });

  test('of a workspace nobody is in yet is what it always was', async () => {
    expect((await column(['Ada Lovelace', 'Grace Hopper', 'Ada Lovelace', 'Grace Hopper'], [])).type).toBe('SELECT');
    expect(peopleByName([])('Ada Lovelace')).toEqual([]);
  });
});

describe('An import', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const FILES = {
    [`Tasks ${hex(1)}.csv`]: csv(
      ['Name', 'Who'],
      ['Plan', 'Ada'],
      ['Build', 'Grace, Ada'],
      ['Test', 'Grace'],
      ['Rest', ''],
      ['Ship', 'Ada'],
    ),
  };
  const importInto = async (workspaceId: Id) => {
    const reading = await readFiles(FILES, { people: await peopleOf(world.store.em(), workspaceId) });
    const { em, files } = world.store;
    await writePlan({ em, files, workspaceId, plan: reading.plan, blocksOf: reading.blocksOf });
    return reading.plan.inferred.map(({ type }) => type);
  };
  const whoIn = async (workspaceId: Id) => {
    const { data, errors } = await askAs(
      world,
      operatorOf(workspaceId),
      `{ dataSource(id: "${(await sourceIn(workspaceId)).id}") { properties { __typename name } rows(first: 10) {
         nodes { title property(name: "Who") { __typename ... on PeopleValue { people { nodes { name } } } } } } } }`,
    );
    if (errors) throw new Error(JSON.stringify(errors));
    return data?.dataSource as Found;
  };
  const sourceIn = async (workspaceId: Id) =>
    (await world.sql<{ id: Id }>('select id from data_source where workspace_id = $1', [workspaceId]))[0]!;

  interface Found {
    properties: { __typename: string }[];
    rows: { nodes: { title: string; property: { people?: { nodes: { name: string }[] } } | null }[] };
  }

  test('makes people of names once all of them are members, and keeps them when one has left', async () => {
    const { id: workspaceId } = await createWorkspace(world.store, { name: 'People' });
    const operating = world.store.callerFor(operatorOf(workspaceId));
    const join = (name: string) => createPerson(operating, { name, email: `${name}@example.org`, role: 'MEMBER' });
    await join('Ada');
    expect(await importInto(workspaceId)).toEqual(['MULTI_SELECT']); // Grace is nobody here
    const grace = await join('Grace');
    expect(await importInto(workspaceId)).toEqual(['PEOPLE']);
    const named = ({ rows }: Found) =>
      Object.fromEntries(
        rows.nodes.map(({ title, property }) => [title, property?.people?.nodes.map(({ name }) => name)]),
      );
    const expected = { Build: ['Grace', 'Ada'], Plan: ['Ada'], Rest: [], Ship: ['Ada'], Test: ['Grace'] };
    const found = await whoIn(workspaceId);
    expect(found.properties[1]).toEqual({ __typename: expect.any(String), name: 'Who' });
    expect(named(found)).toEqual(expected);
    await removeMember(operating, { personId: grace.id });
    expect(await importInto(workspaceId)).toEqual(['PEOPLE']);
    expect(named(await whoIn(workspaceId))).toEqual(expected);
    const [slot] = await world.sql<{ slots: number }>(
      `select count(*)::int as slots from row_value where workspace_id = $1 and coalesce(a1, a2, a3) is not null`,
      [workspaceId],
    );
    expect(slot).toEqual({ slots: 4 });
  });

  test('knows nobody of another workspace', async () => {
    const { id: workspaceId } = await createWorkspace(world.store, { name: 'Alone' });
    const { id: elsewhere } = await createWorkspace(world.store, { name: 'Elsewhere' });
    for (const name of ['Ada', 'Grace']) {
      const caller = world.store.callerFor(operatorOf(elsewhere));
      await createPerson(caller, { name, email: `${name}@elsewhere.example`, role: 'MEMBER' });
    }
    expect(await peopleOf(world.store.em(), workspaceId)).toEqual([]);
    expect(await importInto(workspaceId)).toEqual(['MULTI_SELECT']);
  });
});
