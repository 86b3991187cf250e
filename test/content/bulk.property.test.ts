// Many rows in one call come to the same as each by itself: the same verdict for each, the same rows afterwards on both
// sides of relations, the same changes recorded. Two equal halves of a world are written, one each way.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPage, updatePage } from '../../src/content/page-lifecycle.js';
import { createRows, updateRows } from '../../src/content/row-lifecycle.js';
import { type Actor, operatorOf } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import type { PropertySchema } from '../../src/property/property.js';
import type { PropertyInput } from '../../src/property/property-input.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import { openWorld, type World } from '../world.js';
import { contradictionsIn } from './slots.js';
import { botWith } from './writing.js';

const PEOPLE = 5;
const OPTIONS = ['a', 'b'].map((name) => ({ id: newId(), name }));

/** One half: people, some of whom the bot may not change or does not reach, and tasks that are paired with them. */
interface Half {
  people: Id;
  tasks: Id;
  persons: Id[];
  rows: Id[];
}

async function openHalf(world: World): Promise<Half> {
  const [people, tasks] = [newId(), newId()];
  await world.database({
    dataSourceId: people,
    properties: [
      { id: 'title', name: 'Name', type: 'TITLE' },
      { id: 'owns', name: 'Owns', type: 'RELATION', dataSourceId: tasks, syncedPropertyId: 'owner' },
    ],
  });
  const properties: PropertySchema[] = [
    { id: 'title', name: 'Task', type: 'TITLE' },
    { id: 'size', name: 'Size', type: 'NUMBER' },
    { id: 'pick', name: 'Pick', type: 'SELECT', options: OPTIONS },
    { id: 'no', name: 'No', type: 'UNIQUE_ID' },
    { id: 'owner', name: 'Owner', type: 'RELATION', dataSourceId: people, syncedPropertyId: 'owns' },
  ];
  await world.database({ dataSourceId: tasks, properties });
  const persons = Array.from({ length: PEOPLE }, newId);
  await world.pages(persons.map((id, index) => ({ id, title: `P${index}`, under: people, props: {} })));
  return { people, tasks, persons, rows: [] };
}

/** A property in words that mean the same in both halves: pages by their place. */
type Wish = { column: string; value: unknown };
interface RowWish {
  /** Of an update: which row, or one that is not there. */
  row: number;
  title: string | null;
  wishes: Wish[];
  expects: boolean;
}

const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ column: fc.constant('size'), value: fc.constantFrom(1, 2, 'text') }),
  fc.record({ column: fc.constant('pick'), value: fc.constantFrom('a', 'b', 'nope') }),
  fc.record({ column: fc.constantFrom('no', 'nope'), value: fc.constant(1) }),
  fc.record({ column: fc.constant('owner'), value: fc.array(fc.nat(PEOPLE), { maxLength: 3 }) }),
  fc.record({ column: fc.constant('owner'), value: fc.array(fc.nat(PEOPLE - 2), { maxLength: 3 }) }),
  fc.record({ column: fc.constantFrom('size', 'pick', 'owner'), value: fc.constant(null) }),
);
const rowWish: fc.Arbitrary<RowWish> = fc.record({
  row: fc.nat(8),
  title: fc.option(fc.constantFrom('x', 'y', '')),
  wishes: fc.array(wish, { maxLength: 3 }),
  expects: fc.boolean(),
});
const batch = fc.record({
  kind: fc.constantFrom('create', 'update', 'update'),
  asBot: fc.boolean(),
  rows: fc.array(rowWish, { minLength: 1, maxLength: 5 }),
});

function inputOf(half: Half, { column, value }: Wish): PropertyInput {
  if (value === null) return { id: column, clear: true };
  if (Array.isArray(value))
    return { id: column, relation: value.map((place: number) => half.persons[place] ?? NOBODY) };
  if (column === 'pick') return { name: 'Pick', select: { name: value as string } };
  return typeof value === 'string' ? { id: column, text: value } : { id: column, number: value as number };
}

const NOBODY = newId();
const MISSING = Array.from({ length: 9 }, newId);

/** Code and place within the row; the rest of a message names the place in the call. */
const verdictOf = (refusal: { code: string; path?: unknown }, skip: number): string =>
  `${refusal.code} ${((refusal.path ?? []) as string[]).slice(skip).join('.')}`;

test('A batch is as many single writes', { timeout: CASES_TIMEOUT_MS }, async () => {
  const title = 'A batch is as many single writes';
  const since = Date.now();
  let asked = 0;
  let worlds = 0;
  await using world = await openWorld();
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 20, maxLength: 30 }), async (batches) => {
      worlds++;
      const [many, single] = [await openHalf(world), await openHalf(world)];
      const bot = await botWith(world, ['CONTENT_READ', 'CONTENT_UPDATE', 'CONTENT_INSERT']);
      for (const half of [many, single]) {
        await world.share(bot, half.tasks);
        for (const place of [0, 1]) await world.share(bot, half.persons[place]!);
        await world.share(bot, half.persons[2]!, { access: ['READ'] });
      }
      for (const [index, { kind, asBot, rows }] of batches.entries()) {
        const actor: Actor = asBot ? bot : operatorOf(world.workspaceId);
        const wishes =
          kind === 'create'
            ? rows
            : rows.filter(({ row }, index) => rows.findIndex((one) => one.row === row) === index);
        asked += wishes.length;
        const together = await writeMany(world, actor, many, kind, wishes);
        const apart = await writeEach(world, actor, single, kind, wishes);
        expect(together).toEqual(apart);
        if (index % 5 === 0 || index === batches.length - 1) {
          expect(await digestOf(world, many)).toEqual(await digestOf(world, single));
        }
      }
      expect(await contradictionsIn(world)).toEqual([]);
    }),
    cases(title, 2),
  );
  tally(title, { worlds, cases: asked }, since);
});

async function updatesOf(world: World, half: Half, rows: readonly RowWish[]) {
  const found = await world.sql<{ id: Id; version: number }>('select id, version from page where id = any($1)', [
    half.rows,
  ]);
  const versionOf = new Map(found.map(({ id, version }) => [id, version]));
  return rows.map(({ row, title, wishes, expects }) => {
    const id = half.rows[row] ?? MISSING[row]!;
    const expectedVersion = expects ? (versionOf.get(id) ?? 1) - (row % 3 === 0 ? 1 : 0) : null;
    return {
      id,
      expectedVersion,
      ...(title !== null && { title }),
      properties: wishes.map((one) => inputOf(half, one)),
    };
  });
}

const newsOf = (half: Half, rows: readonly RowWish[]) =>
  rows.map(({ title, wishes }) => ({
    ...(title !== null && { title }),
    properties: wishes.map((one) => inputOf(half, one)),
  }));

async function writeMany(world: World, actor: Actor, half: Half, kind: string, rows: readonly RowWish[]) {
  const caller = world.store.callerFor(actor);
  const written =
    kind === 'create'
      ? await createRows(caller, { dataSourceId: half.tasks, rows: newsOf(half, rows), mode: 'EACH' })
      : await updateRows(caller, { rows: await updatesOf(world, half, rows), mode: 'EACH' });
  if (kind === 'create') half.rows.push(...written.ids);
  const errorAt = new Map(written.errors.map(({ index, error }) => [index, verdictOf(error as never, 2)]));
  return rows.map((_, index) => errorAt.get(index) ?? 'OK');
}

async function writeEach(world: World, actor: Actor, half: Half, kind: string, rows: readonly RowWish[]) {
  const caller = world.store.callerFor(actor);
  const parent = { kind: 'DataSource', id: half.tasks } as const;
  const writes =
    kind === 'create'
      ? newsOf(half, rows).map((row) => async () => half.rows.push((await createPage(caller, { parent, ...row })).id))
      : (await updatesOf(world, half, rows)).map(
          // A single write that says nothing is refused for that; in a batch it is one that changes nothing.
          (row) => () =>
            row.properties.length > 0 || 'title' in row ? updatePage(caller, row) : updateRows(caller, { rows: [row] }),
        );
  const verdicts: string[] = [];
  for (const write of writes) {
    try {
      await write();
      verdicts.push('OK');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const path = (error.facts.path ?? []) as string[];
      verdicts.push(verdictOf({ code: error.code, path }, path[0] === 'rows' ? 2 : 0));
    }
  }
  return verdicts;
}

/** What both halves must have in common: ids are places, and rows of people may have been written more often. */
async function digestOf(world: World, half: Half): Promise<unknown> {
  const placeOf = new Map([...half.rows, ...half.persons].map((id, index) => [id, `#${index}`]));
  const rows = await world.sql<{ id: Id; title: string; props: object; version: number; parent: Id; changes: object }>(
    `select p.id, p.title, v.props, p.version, p.parent_id as parent,
            (select jsonb_agg(jsonb_build_array(c.type, c.resource_version, c.details) order by c.seq) from change c
              where c.workspace_id = p.workspace_id and c.resource_id = p.id) as changes
       from page p join row_value v on v.workspace_id = p.workspace_id and v.page_id = p.id
      where p.parent_id = any($1) `,
    [[half.people, half.tasks]],
  );
  const seen = rows.map(({ id, title, props, version, parent, changes }) => ({
    place: placeOf.get(id),
    title,
    props,
    ...(parent === half.tasks && { version, changes }),
  }));
  const text = JSON.stringify(seen.toSorted((one, other) => String(one.place).localeCompare(String(other.place))));
  return JSON.parse(text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => placeOf.get(id) ?? id));
}
