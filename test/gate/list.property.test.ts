// Lists against single objects, whatever the size of the page: an id is in `pages` exactly when `node` answers it with
// its title, walking by cursor in either direction meets each object once, and counts agree with what was met.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeWorld, type RandomWorld, worldShape } from './arbitraries.js';
import { CASES_TIMEOUT_MS, cases, tally } from './cases.js';
import { documentOf } from './document.js';
import type { AskerModel, Field } from './model.js';
import { Oracle } from './oracle.js';
import { Garden } from './plant.js';

interface Walked {
  ids: string[];
  counts: Set<unknown>;
  steps: number;
}

const PAGE_INFO = ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'].map((name) => ({ name }));

/** Follows the cursors of one list to its end. `null` when the list is refused or its holder is out of reach. */
async function walk(
  garden: Garden,
  { workspace }: RandomWorld,
  asker: AskerModel,
  {
    at,
    size,
    backwards,
    filter,
    of,
  }: { at: string[]; size: number; backwards: boolean; filter?: object; of?: Record<string, unknown> },
): Promise<Walked | null> {
  const walked: Walked = { ids: [], counts: new Set(), steps: 0 };
  let cursor: string | null = null;
  for (;;) {
    const args = {
      [backwards ? 'last' : 'first']: size,
      ...(cursor !== null && { [backwards ? 'before' : 'after']: cursor }),
      ...(filter && { filter }),
      ...of,
    };
    const list: Field = {
      name: at.at(-1)!,
      args,
      asVariables: size % 2 === 0,
      fields: [
        { name: 'totalCount' },
        { name: 'nodes', fields: [{ name: 'id' }] },
        { name: 'pageInfo', fields: PAGE_INFO },
        { name: 'edges', fields: [{ name: 'cursor' }] },
      ],
    };
    const field: Field = at.length === 1 ? list : { name: at[0]!, args: { id: at[1] }, fields: [list] };
    const { body } = await garden.ask(workspace, asker, documentOf([field]));
    const root = body.data?.[at[0]!] as Record<string, unknown> | null;
    const page = (at.length === 1 ? root : root?.[at.at(-1)!]) as ListAnswer | null | undefined;
    if (!page) {
      expect(cursor, 'a list that began goes on').toBeNull();
      return null;
    }
    const { nodes, edges, totalCount, pageInfo } = page;
    const ids = nodes.map(({ id }) => id);
    walked.ids = backwards ? [...ids, ...walked.ids] : [...walked.ids, ...ids];
    walked.counts.add(totalCount);
    walked.steps++;
    expect(pageInfo.startCursor).toBe(edges[0]?.cursor ?? null);
    expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor ?? null);
    expect(backwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage, 'what lies behind').toBe(walked.steps > 1);
    if (!(backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return walked;
    expect(ids, 'a page that is followed by another is full').toHaveLength(size);
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor;
  }
}

interface ListAnswer {
  totalCount: number;
  nodes: { id: string }[];
  edges: { cursor: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** Which of the ids `nodes` answers with a title, and which of those lie in the trash. */
async function shownOneByOne(garden: Garden, world: RandomWorld, asker: AskerModel): Promise<Map<string, boolean>> {
  const ids = world.workspace.resources.concat(world.neighbour.resources).map(({ id }) => id);
  const fields = ['title', 'inTrash'].map((name) => ({ name, on: 'Resource' }));
  const field: Field = { name: 'nodes', args: { ids: [...new Set(ids)] }, fields: [{ name: 'id' }, ...fields] };
  const { body } = await garden.ask(world.workspace, asker, documentOf([field]));
  const nodes = body.data?.nodes as ({ id: string; title: string | null; inTrash: boolean } | null)[];
  return new Map(nodes.flatMap((node) => (node?.title ? [[node.id, node.inTrash]] : [])));
}

test('an id is listed exactly when node answers it with its title', { timeout: CASES_TIMEOUT_MS }, async () => {
  await using garden = await Garden.open();
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  await fc.assert(
    fc.asyncProperty(worldShape, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (shape, size, backwards) => {
      const world = makeWorld(shape);
      await garden.plant(world.workspace, world.neighbour);
      for (const asker of world.askers) {
        const oracle = new Oracle(world.workspace, asker);
        const shown = await shownOneByOne(garden, world, asker);
        const may = (kind: string, inTrash: boolean): Set<string> =>
          new Set(
            world.workspace.resources
              .filter((one) => one.kind === kind && shown.has(one.id) && shown.get(one.id) === inTrash)
              .map(({ id }) => id),
          );
        const { resources } = world.workspace;
        const isAtTheTop = (id: string): boolean => {
          const parentId = resources.find((one) => one.id === id)?.parentId;
          return !resources.some((above) => above.id === parentId && oracle.reaches(above));
        };
        const atTheTop = (ids: Set<string>, topmost: boolean) =>
          new Set([...ids].filter((id) => isAtTheTop(id) === topmost));
        const lists: { at: string[]; due: Set<string>; filter?: object }[] = [
          { at: ['pages'], due: may('Page', false) },
          { at: ['pages'], due: may('Page', true), filter: { inTrash: true } },
          { at: ['databases'], due: may('Database', false) },
          { at: ['pages'], due: atTheTop(may('Page', false), true), filter: { topmost: true } },
          { at: ['pages'], due: atTheTop(may('Page', false), false), filter: { topmost: false } },
          { at: ['databases'], due: atTheTop(may('Database', false), true), filter: { topmost: true } },
        ];
        for (const one of world.workspace.resources.filter(oracle.reads).slice(0, 4)) {
          if (one.kind === 'Database') continue;
          const below = world.workspace.resources.filter(
            (child) => child.parentId === one.id && shown.get(child.id) === false,
          );
          const due = new Set(below.map(({ id }) => id));
          lists.push({ at: one.kind === 'Page' ? ['page', one.id, 'children'] : ['dataSource', one.id, 'rows'], due });
        }
        for (const { due, ...list } of lists) {
          const walked = await walk(garden, world, asker, { ...list, size, backwards });
          count.cases += walked?.steps ?? 1;
          if (!walked) {
            expect([...due], `${list.at.join('.')} is refused`).toEqual([]);
            expect(oracle.may('CONTENT_READ')).toBe(false);
            continue;
          }
          const message = `${list.at.join('.')} as ${JSON.stringify(asker)} in ${JSON.stringify(world.workspace)}`;
          expect(walked.ids.toSorted(), message).toEqual([...due].sort());
          expect([...walked.counts], message).toEqual([due.size]);
        }
      }
      count.worlds++;
    }),
    cases('list and node', 40),
  );
  tally('list and node', count, started);
});

test('a comment and a discussion are listed exactly when node answers them', {
  timeout: CASES_TIMEOUT_MS,
}, async () => {
  await using garden = await Garden.open();
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  await fc.assert(
    fc.asyncProperty(worldShape, fc.integer({ min: 1, max: 3 }), fc.boolean(), async (shape, size, backwards) => {
      const world = makeWorld(shape);
      const { workspace, neighbour } = world;
      await garden.plant(workspace, neighbour);
      const pages = workspace.resources.filter(({ discussions }) => discussions.length > 0).slice(0, 4);
      const commentsOf = (one: (typeof pages)[number]) => one.discussions.flatMap(({ comments }) => comments);
      const ids = pages.flatMap((one) => [...one.discussions, ...commentsOf(one)].map(({ id }) => id));
      if (ids.length === 0) return;
      for (const asker of world.askers) {
        const field: Field = { name: 'nodes', args: { ids }, fields: [{ name: 'id' }] };
        const { body } = await garden.ask(workspace, asker, documentOf([field]));
        const nodes = body.data?.nodes as ({ id: string } | null)[];
        const single = new Set(nodes.flatMap((one) => (one ? [one.id] : [])));
        for (const page of pages) {
          const due = {
            discussions: page.discussions.map(({ id }) => id).filter((id) => single.has(id)),
            comments: commentsOf(page)
              .map(({ id }) => id)
              .filter((id) => single.has(id)),
          };
          const lists = [
            { at: ['discussions'], of: { pageId: page.id }, due: due.discussions },
            { at: ['page', page.id, 'discussions'], due: due.discussions },
            { at: ['page', page.id, 'comments'], due: due.comments },
          ];
          const readsPage = new Oracle(workspace, asker).reads(page);
          for (const { due: ids, ...list } of lists) {
            const walked = await walk(garden, world, asker, { ...list, size, backwards });
            count.cases += walked?.steps ?? 1;
            if (walked)
              expect(walked.ids).toEqual(ids); // oldest first, as they were said
            else if (list.at[0] === 'discussions' || readsPage) expect(ids).toEqual([]);
            if (walked) expect([...walked.counts]).toEqual([ids.length]);
          }
        }
      }
      count.worlds++;
    }),
    cases('comments and node', 12),
  );
  tally('comments and node', count, started);
});

test('a page is in the list of a relation, and makes a group, exactly when node answers it with its title', {
  timeout: CASES_TIMEOUT_MS,
}, async () => {
  await using garden = await Garden.open();
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  await fc.assert(
    fc.asyncProperty(worldShape, fc.integer({ min: 1, max: 3 }), fc.boolean(), async (shape, size, backwards) => {
      const world = makeWorld(shape);
      const { resources } = world.workspace;
      await garden.plant(world.workspace, world.neighbour);
      for (const asker of world.askers) {
        const shown = await shownOneByOne(garden, world, asker);
        const isListed = (id: string) => shown.get(id) === false;
        const isPage = (id: string) => resources.some((one) => one.id === id && one.kind === 'Page');
        const ask = async (query: string) => (await garden.ask(world.workspace, asker, { query, variables: {} })).body;
        const walkAll = async (listOf: (range: string) => string, at: (data: never) => Walkable | null) => {
          const met: string[] = [];
          for (let cursor: string | null = null, more = true; more; count.cases++) {
            const way = backwards ? ['last', 'before'] : ['first', 'after'];
            const body = await ask(listOf(`${way[0]}: ${size}${cursor === null ? '' : `, ${way[1]}: "${cursor}"`}`));
            const list = at(body.data as never);
            if (!list) return null;
            const ids = list.nodes.flatMap(({ id, key }) => (key === undefined ? [id!] : key ? [key.value] : []));
            if (backwards) met.unshift(...ids);
            else met.push(...ids);
            cursor = backwards ? list.pageInfo.startCursor : list.pageInfo.endCursor;
            more = backwards ? list.pageInfo.hasPreviousPage : list.pageInfo.hasNextPage;
          }
          return met;
        };
        const info = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
        const sources = resources.filter(({ kind }) => kind === 'DataSource').slice(0, 3);
        for (const source of sources) {
          const rows = resources.filter(({ id, parentId }) => parentId === source.id && isListed(id));
          const related = rows.map((row) => row.relations.filter((id) => isPage(id) && isListed(id)));
          for (const [index, row] of rows.slice(0, 3).entries()) {
            const walked = await walkAll(
              (range) =>
                `{ page(id: "${row.id}") { property(id: "rel") { ... on RelationValue { pages(${range}) { nodes { id } ${info} } } } } }`,
              (data: { page: { property: { pages: Walkable } } }) => data.page.property.pages,
            );
            expect(walked, `relation of ${row.id} in ${JSON.stringify(world.workspace)}`).toEqual(related[index]);
          }
          const groups = await walkAll(
            (range) =>
              `{ dataSource(id: "${source.id}") { groups(${range}, by: { property: { id: "rel" } }) { nodes { key { value } } ${info} } } }`,
            (data: { dataSource: { groups: Walkable } | null }) => data.dataSource?.groups ?? null,
          );
          if (shown.has(source.id)) expect(groups).toEqual([...new Set(related.flat())].sort());
          else expect(groups).toBeNull();
        }
      }
      count.worlds++;
    }),
    cases('relations, groups and node', 25),
  );
  tally('relations, groups and node', count, started);
});

interface Walkable {
  nodes: { id?: string; key?: { value: string } | null }[];
  pageInfo: ListAnswer['pageInfo'];
}

test('users are walked like any list: members and bots once each, guests never', async () => {
  await using garden = await Garden.open();
  const [shape] = fc.sample(worldShape, { numRuns: 1, seed: 1 });
  const world = makeWorld(shape!);
  const [connection] = world.workspace.connections;
  connection!.capabilities = ['USER_READ'];
  await garden.plant(world.workspace, world.neighbour);
  const due = [
    ...world.workspace.people.filter(({ role }) => role !== 'GUEST').map(({ id }) => id),
    ...world.workspace.connections.map(({ botId }) => botId),
  ].sort();
  for (const backwards of [false, true]) {
    const walked = await walk(garden, world, { connection: connection! }, { at: ['users'], size: 1, backwards });
    expect(walked?.ids.toSorted()).toEqual(due);
    expect([...walked!.counts]).toEqual([due.length]);
    expect(walked?.steps).toBe(due.length);
  }
});

test('a cursor opens nothing for another connection, another filter or another list, and is never read as text', async () => {
  await using garden = await Garden.open();
  const hasPages = ({ workspace }: RandomWorld): boolean =>
    workspace.connections.length > 1 &&
    workspace.resources.filter(({ kind, inTrash, parentId }) => kind === 'Page' && !inTrash && parentId === null)
      .length > 1;
  const world = fc.sample(worldShape, { numRuns: 50, seed: 2 }).map(makeWorld).find(hasPages)!;
  const { workspace, neighbour } = world;
  const everything = workspace.resources
    .filter(({ parentId }) => parentId === null)
    .map(({ id }) => ({ resourceId: id, access: ['READ' as const], state: 'LIVE' as const }));
  for (const connection of workspace.connections) {
    connection.capabilities = ['CONTENT_READ', 'USER_READ'];
    connection.shares = everything;
  }
  await garden.plant(workspace, neighbour);
  const [one, other] = workspace.connections;
  const info = { name: 'pageInfo', fields: [{ name: 'endCursor' }] };
  const first = await garden.ask(
    workspace,
    { connection: one! },
    documentOf([{ name: 'pages', args: { first: 1 }, fields: [info] }]),
  );
  const cursor = (first.body.data!.pages as ListAnswer).pageInfo.endCursor!;
  expect(cursor).not.toContain(workspace.resources[0]!.id);
  const codeOf = async (connection: typeof one, field: Field): Promise<unknown> => {
    const { body } = await garden.ask(workspace, { connection: connection! }, documentOf([field]));
    return body.errors?.[0]?.extensions?.code ?? 'answered';
  };
  const after = { first: 1, after: cursor };
  const flipped = `${cursor.slice(0, -2)}${cursor.at(-2) === 'A' ? 'B' : 'A'}${cursor.slice(-1)}`;
  expect(await codeOf(one, { name: 'pages', args: after, fields: [info] })).toBe('answered');
  expect(await codeOf(other, { name: 'pages', args: after, fields: [info] })).toBe('CURSOR_INVALID');
  expect(await codeOf(one, { name: 'databases', args: after, fields: [info] })).toBe('CURSOR_INVALID');
  expect(await codeOf(one, { name: 'users', args: after, fields: [info] })).toBe('CURSOR_INVALID');
  const filter = { title: { contains: 'x' } };
  expect(await codeOf(one, { name: 'pages', args: { ...after, filter }, fields: [info] })).toBe('CURSOR_INVALID');
  expect(await codeOf(one, { name: 'pages', args: { ...after, after: flipped }, fields: [info] })).toBe(
    'CURSOR_INVALID',
  );
  expect(await codeOf(one, { name: 'pages', args: { ...after, after: 'bm9uc2Vuc2U=' }, fields: [info] })).toBe(
    'CURSOR_INVALID',
  );
});
