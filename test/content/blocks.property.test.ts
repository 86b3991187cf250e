// Many writers at once, and long interleavings: what a page holds afterwards is what a list in memory says.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendBlocks, deleteBlock, moveBlock } from '../../src/content/block-lifecycle.js';
import type { Position } from '../../src/content/block-spot.js';
import { operatorOf } from '../../src/gate/actor.js';
import type { Id } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import { openWorld, type World } from '../world.js';
import { expectSoundSearch } from './writing.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const caller = () => world.store.callerFor(operatorOf(world.workspaceId));
const item = (text: string, children: string[] = []) => ({
  bulletedListItem: { text, children: children.map((one) => ({ bulletedListItem: { text: one } })) },
});

interface Row {
  id: Id;
  parentId: Id | null;
  path: string;
  depth: number;
  text: string;
}

const rowsOf = (pageId: Id): Promise<Row[]> =>
  world.sql<Row>(
    `select id, parent_id as "parentId", path, depth, content->'richText'->0->>'text' as text
       from block where page_id = $1 order by path`,
    [pageId],
  );

/** Paths say the same as parents: each stands below its parent's path, one level deeper, and no two are equal. */
async function requireSound(pageId: Id): Promise<Row[]> {
  const rows = await rowsOf(pageId);
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const { parentId, path, depth } of rows) {
    const above = parentId === null ? '' : `${byId.get(parentId)!.path}.`;
    expect(path.startsWith(above) && /^[0-9A-Za-z]{1,12}$/.test(path.slice(above.length))).toBe(true);
    expect(depth).toBe(path.split('.').length - 1);
  }
  expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
  await expectSoundSearch(world);
  return rows;
}

describe('Sixteen writers', () => {
  test.each<[string, (first: Id) => Position]>([
    ['at its end', () => ({ kind: 'END' })],
    ['at its top', () => ({ kind: 'START' })],
    ['after the same block', (id) => ({ kind: 'AFTER', id })],
    ['below the same block', (id) => ({ kind: 'BELOW', id })],
  ])('who append to one page %s lose no block, and the order is that of the versions', async (_, position) => {
    const page = await world.page();
    const { blockIds } = await appendBlocks(caller(), { pageId: page, blocks: [item('first')] });
    const first = blockIds[0]!;
    const texts = Array.from({ length: 16 }, (_, writer) => ['0', '1'].map((n) => `${writer}.${n}`));
    await Promise.all(
      texts.map(async (own) => {
        for (const text of own) {
          await appendBlocks(caller(), {
            pageId: page,
            blocks: [item(text, [`below ${text}`])],
            position: position(first),
          });
        }
      }),
    );
    const rows = await requireSound(page);
    const top = rows.filter(({ text }) => /^\d/.test(text)).map(({ text }) => text);
    expect([...top].sort()).toEqual(texts.flat().sort());
    expect(rows).toHaveLength(1 + 32 * 2);
    const log = await world.sql<{ id: Id; version: number }>(
      `select details->'updatedBlocks'->>0 as id, resource_version as version from change
        where resource_id = $1 and type = 'PAGE_CONTENT_UPDATED' order by resource_version`,
      [page],
    );
    expect(log.map(({ version }) => version)).toEqual(Array.from({ length: 33 }, (_, index) => index + 2));
    const written = log.slice(1).map(({ id }) => rows.find((row) => row.id === id)!.text);
    const isNewestFirst = ['START', 'AFTER'].includes(position(first).kind);
    expect(top).toEqual(isNewestFirst ? written.reverse() : written);
  });

  test('who append, move and delete at once leave two pages sound, with every block on one of them', async () => {
    const pages = [await world.page(), await world.page()] as const;
    const kept = new Set<Id>();
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        const [here, there] = writer % 2 === 0 ? pages : ([pages[1], pages[0]] as const);
        const { blockIds } = await appendBlocks(caller(), {
          pageId: here,
          blocks: [item(`a${writer}`, ['x']), item(`b${writer}`), item(`c${writer}`)],
          position: { kind: writer % 3 === 0 ? 'START' : 'END' },
        });
        const [a, b, c] = blockIds as [Id, Id, Id];
        await moveBlock(caller(), { id: c, position: { kind: 'BELOW', id: a } });
        await moveBlock(caller(), { id: a, pageId: there, position: { kind: 'START' } });
        await deleteBlock(caller(), { id: b });
        kept.add(a).add(c);
      }),
    );
    const rows = [...(await requireSound(pages[0])), ...(await requireSound(pages[1]))];
    expect(
      rows
        .filter(({ text }) => text !== 'x')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...kept].sort());
    expect(rows.filter(({ text }) => text === 'x')).toHaveLength(16);
    for (const { text, parentId } of rows.filter(({ text }) => /^c/.test(text))) {
      expect(rows.find(({ id }) => id === parentId)!.text).toBe(text.replace('c', 'a'));
    }
  });
});

// ---- the oracle: a page is a list of lists

interface Node {
  name: string;
  children: Node[];
}

const listWith = (nodes: Node[], name: string): { list: Node[]; at: number } | null => {
  for (const [at, node] of nodes.entries()) {
    if (node.name === name) return { list: nodes, at };
    const below = listWith(node.children, name);
    if (below) return below;
  }
  return null;
};

const holds = (node: Node, name: string): boolean =>
  node.name === name || node.children.some((one) => holds(one, name));

const printed = (nodes: readonly Node[], indent = ''): string[] =>
  nodes.flatMap(({ name, children }) => [`${indent}${name}`, ...printed(children, `${indent} `)]);

type Where = { kind: 'START' | 'END' } | { kind: 'AFTER' | 'BEFORE' | 'BELOW'; name: string };

/** False when the model says it cannot be done. */
function put(pages: Node[][], page: number, where: Where, nodes: Node[]): boolean {
  const top = pages[page]!;
  if (where.kind === 'START') top.unshift(...nodes);
  else if (where.kind === 'END') top.push(...nodes);
  else {
    const found = listWith(top, 'name' in where ? where.name : '');
    if (!found) return false;
    if (where.kind === 'BELOW') found.list[found.at]!.children.push(...nodes);
    else found.list.splice(found.at + (where.kind === 'AFTER' ? 1 : 0), 0, ...nodes);
  }
  return true;
}

describe('Any sequence of appends, moves and deletions', () => {
  const spot = fc.record({
    kind: fc.constantFrom('START', 'END', 'AFTER', 'AFTER', 'BEFORE', 'BELOW', 'BELOW'),
    by: fc.nat(),
  });
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        page: fc.nat(1),
        spot,
        count: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), which: fc.nat(), page: fc.nat(1), spot }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat() }) },
  );

  test('leaves what a list in memory says', { timeout: 60_000 }, async () => {
    const cases = Number(process.env.GATEHOUSE_CASES ?? 1);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
        const ids = [await world.page(), await world.page()];
        const model: Node[][] = [[], []];
        const idOf = new Map<string, Id>();
        let made = 0;
        const names = () => model.flatMap((nodes) => printed(nodes).map((one) => one.trim()));
        const whereOf = ({ kind, by }: { kind: string; by: number }): Where => {
          const all = names();
          if (kind === 'START' || kind === 'END' || all.length === 0)
            return { kind: kind === 'START' ? 'START' : 'END' };
          return { kind: kind as 'AFTER', name: all[by % all.length]! };
        };
        const positionOf = (where: Where): Position =>
          'name' in where ? { kind: where.kind, id: idOf.get(where.name)! } : where;
        const done = (command: Promise<unknown>): Promise<boolean> =>
          command.then(
            () => true,
            (error: unknown) => {
              if (!(error instanceof Refusal)) throw error;
              return false;
            },
          );
        for (const one of steps) {
          const all = names();
          if (one.do === 'append') {
            const where = whereOf(one.spot);
            const nodes = Array.from({ length: one.count }, (): Node => {
              made += 2;
              return { name: `n${made}`, children: [{ name: `n${made + 1}`, children: [] }] };
            });
            const expected = put(model, one.page, where, nodes);
            const command = appendBlocks(caller(), {
              pageId: ids[one.page]!,
              blocks: nodes.map(({ name, children }) =>
                item(
                  name,
                  children.map((child) => child.name),
                ),
              ),
              position: positionOf(where),
            });
            expect(await done(command)).toBe(expected);
            for (const row of await rowsOf(ids[one.page]!)) idOf.set(row.text, row.id);
          } else if (all.length > 0 && one.do === 'delete') {
            const name = all[one.which % all.length]!;
            for (const nodes of model) {
              const found = listWith(nodes, name);
              found?.list.splice(found.at, 1);
            }
            expect(await done(deleteBlock(caller(), { id: idOf.get(name)! }))).toBe(true);
          } else if (all.length > 0 && one.do === 'move') {
            const name = all[one.which % all.length]!;
            const where = whereOf(one.spot);
            const found = model.map((nodes) => listWith(nodes, name)).find((it) => it !== null)!;
            const node = found.list[found.at]!;
            const isThere = !('name' in where) || listWith(model[one.page]!, where.name) !== null;
            const isItself = 'name' in where && where.name === name && where.kind !== 'BELOW';
            const isInside = 'name' in where && holds(node, where.name) && !isItself;
            const expected = isThere && !isInside;
            if (expected && !isItself) {
              found.list.splice(found.at, 1);
              put(model, one.page, where, [node]);
            }
            const input = { id: idOf.get(name)!, pageId: ids[one.page]!, position: positionOf(where) };
            expect(await done(moveBlock(caller(), input))).toBe(expected);
          }
        }
        for (const [page, id] of ids.entries()) {
          const rows = await requireSound(id);
          expect(rows.map(({ depth, text }) => `${' '.repeat(depth)}${text}`)).toEqual(printed(model[page]!));
        }
      }),
      { numRuns: 6 * cases },
    );
  });
});
