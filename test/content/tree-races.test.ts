// Thirty-two writers at once on one page, on one parent and all over one tree: nothing is lost, nothing ends up below itself,
// and what came of it is what the same commands do one after the other, in the order of their changes.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createDatabase,
  createDataSource,
  moveDatabase,
  moveDataSource,
} from '../../src/content/database-lifecycle.js';
import { createPage, lockPage, movePage, unlockPage, updatePage } from '../../src/content/page-lifecycle.js';
import type { Place } from '../../src/content/place.js';
import {
  deletePage,
  restoreDatabase,
  restoreDataSource,
  restorePage,
  trashDatabase,
  trashDataSource,
  trashPage,
} from '../../src/content/trash.js';
import type { EventType } from '../../src/events/event.js';
import type { Id } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import { anotherWorkspace, operator } from '../actors.js';
import { openWorld, type World } from '../world.js';
import { type Command, type Kind, TreeModel } from './tree-model.js';
import { expectSoundTree } from './writing.js';

const WRITERS = 32;

let world: World;
beforeAll(async () => {
  world = await openWorld({ poolSize: 16 });
});
afterAll(() => world[Symbol.asyncDispose]());

const all = <T>(work: (writer: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: WRITERS }, (_, writer) => work(writer)));

/** What a race may lose is a refusal; its code. Anything else is a fault. */
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'OK',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code;
      throw error;
    },
  );

const top: Place = { kind: 'Workspace' };
const below = (id: Id): Place => ({ kind: 'Page', id });

/** Numbers that look random and are the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % sides;
  };
}

describe('Thirty-two writers', () => {
  test('of one page lose nothing of each other when they say which version they mean', async () => {
    const { id } = await createPage(operator(world), { parent: top, title: 'start' });
    await all(async (writer) => {
      for (;;) {
        const [{ version } = { version: 0 }] = await world.store
          .em()
          .execute<{ version: number }[]>('select version from page where id = ?', [id]);
        const code = await codeOf(updatePage(operator(world), { id, title: `by ${writer}`, expectedVersion: version }));
        if (code === 'OK') return;
        expect(code).toBe('STALE_VERSION');
      }
    });
    const changes = await world.sql<{ version: number; before: string; after: string }>(
      `select resource_version as version, details -> 'before' ->> 'title' as before, details -> 'after' ->> 'title' as after
         from change where resource_id = $1 and type = 'PAGE_PROPERTIES_UPDATED' order by resource_version`,
      [id],
    );
    expect(changes.map(({ version }) => version)).toEqual(Array.from({ length: WRITERS }, (_, n) => n + 2));
    expect(new Set(changes.map(({ after }) => after)).size).toBe(WRITERS);
    // Each saw what the one before it wrote.
    expect(changes.map(({ before }) => before)).toEqual(['start', ...changes.slice(0, -1).map(({ after }) => after)]);
  });

  test('below one parent, which is renamed, locked and unlocked meanwhile, all find their place or a lock', async () => {
    const { id } = await createPage(operator(world), { parent: top });
    const codes = await all(async (writer) => {
      if (writer % 8 === 0) return codeOf(updatePage(operator(world), { id, title: `Parent ${writer}` }));
      if (writer % 8 === 1)
        return codeOf(writer % 16 === 1 ? lockPage(operator(world), { id }) : unlockPage(operator(world), { id }));
      return codeOf(createPage(operator(world), { parent: below(id), title: `Child ${writer}` }));
    });
    expect(new Set(codes)).not.toContain('NOT_FOUND');
    const made = codes.filter((code, writer) => code === 'OK' && writer % 8 > 1).length;
    const [{ count } = { count: 0 }] = await world.sql<{ count: number }>(
      'select count(*)::int as count from page where parent_id = $1',
      [id],
    );
    expect(count).toBe(made);
    await expectSoundTree(world);
  });

  test('who move two pages below each other never both succeed', async () => {
    for (let round = 0; round < 5; round++) {
      const ids = await Promise.all([0, 1, 2].map(async () => (await createPage(operator(world), { parent: top })).id));
      await all((writer) => {
        const [from, to] = [ids[writer % 3]!, ids[(writer + 1 + (writer % 2)) % 3]!];
        return codeOf(movePage(operator(world), { id: from, parent: below(to) }));
      });
      await expectSoundTree(world);
    }
  });

  test('who delete a page for good, restore it and put something below it leave nothing without a parent', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await createPage(operator(world), { parent: top });
      const { id: child } = await createPage(operator(world), { parent: below(id) });
      await trashPage(operator(world), { id });
      await all((writer) =>
        codeOf(
          writer % 4 === 0
            ? deletePage(operator(world), { id })
            : writer % 4 === 1
              ? restorePage(operator(world), { id })
              : writer % 4 === 2
                ? createPage(operator(world), { parent: below(writer % 8 === 2 ? id : child) })
                : trashPage(operator(world), { id }),
        ),
      );
      await expectSoundTree(world);
    }
  });
});

interface Known {
  id: Id;
  kind: Kind;
}

/** One tree of pages, databases, data sources and rows, and what writers do in it. */
class Arena {
  readonly known: Known[] = [];

  constructor(readonly workspaceId: Id) {}

  get caller() {
    return operator(world, this.workspaceId);
  }

  async plant(): Promise<void> {
    const pages: Id[] = [];
    for (let n = 0; n < 6; n++) {
      const { id } = await createPage(this.caller, { parent: n < 2 ? top : below(pages[n - 2]!) });
      pages.push(id);
      this.known.push({ id, kind: 'Page' });
    }
    for (const page of pages.slice(0, 3)) {
      const { id, dataSourceId } = await createDatabase(this.caller, { parent: below(page) });
      const row = await createPage(this.caller, { parent: { kind: 'DataSource', id: dataSourceId } });
      this.known.push({ id, kind: 'Database' }, { id: dataSourceId, kind: 'DataSource' }, { id: row.id, kind: 'Page' });
    }
  }

  /** One command of a writer; whatever it is refused for is its own bad luck. */
  async act(roll: (sides: number) => number): Promise<string> {
    const { caller } = this;
    const { id, kind } = this.known[roll(this.known.length)]!;
    const other = this.known[roll(this.known.length)]!;
    switch (roll(8)) {
      case 0:
      case 1:
        return codeOf(this.move({ id, kind }, other));
      case 2:
      case 3:
        return codeOf(
          (kind === 'Page' ? trashPage : kind === 'Database' ? trashDatabase : trashDataSource)(caller, { id }),
        );
      case 4:
      case 5:
        return codeOf(
          (kind === 'Page' ? restorePage : kind === 'Database' ? restoreDatabase : restoreDataSource)(caller, { id }),
        );
      case 6:
        return codeOf(this.create({ id, kind }));
      default:
        return kind === 'Page' ? codeOf(updatePage(caller, { id, title: `Title ${roll(1_000)}` })) : 'OK';
    }
  }

  private async move({ id, kind }: Known, to: Known): Promise<void> {
    if (kind === 'DataSource') {
      if (to.kind === 'Database') await moveDataSource(this.caller, { id, databaseId: to.id });
    } else if (kind === 'Database') {
      if (to.kind === 'Page') await moveDatabase(this.caller, { id, parent: below(to.id) });
    } else if (to.kind !== 'Database') await movePage(this.caller, { id, parent: { kind: to.kind, id: to.id } });
  }

  private async create({ id, kind }: Known): Promise<void> {
    if (kind === 'Database') {
      this.known.push({ id: (await createDataSource(this.caller, { databaseId: id })).id, kind: 'DataSource' });
    } else this.known.push({ id: (await createPage(this.caller, { parent: { kind, id } })).id, kind: 'Page' });
  }
}

interface ChangeRow {
  type: EventType;
  id: Id;
  ancestors: Id[];
}

/** The command a change tells of; null for one that says nothing of the tree. */
function commandOf({ type, id, ancestors }: ChangeRow): Command | null {
  const parent = ancestors.at(-2) ?? null;
  const kind: Kind = type.startsWith('PAGE') ? 'Page' : type.startsWith('DATABASE') ? 'Database' : 'DataSource';
  if (type.endsWith('_CREATED')) return { do: 'create', kind, id, parent, title: '' };
  if (type.endsWith('_MOVED')) return { do: 'move', id, parent };
  if (type.endsWith('_UNDELETED')) return { do: 'restore', id };
  if (type.endsWith('_DELETED')) return { do: 'trash', id };
  return null;
}

describe('Thirty-two writers all over one tree', () => {
  test.each([1, 2])('do what the same commands do one after the other (%i)', async (seed) => {
    const arena = new Arena(await anotherWorkspace(world));
    await arena.plant();
    const codes = (
      await all(async (writer) => {
        const roll = dice(seed * 1_000 + writer);
        const own: string[] = [];
        for (let n = 0; n < 12; n++) own.push(await arena.act(roll));
        return own;
      })
    ).flat();
    expect(codes.filter((code) => code === 'OK').length).toBeGreaterThan(50);
    expect(new Set(codes)).toContain('INVALID_STATE');
    await expectSoundTree(world, arena.workspaceId);

    const model = new TreeModel();
    const changes = await world.sql<ChangeRow>(
      'select type, resource_id as id, ancestors from change where workspace_id = $1 order by seq',
      [arena.workspaceId],
    );
    for (const change of changes) {
      const command = commandOf(change);
      if (command === null) continue;
      expect(model.apply(command), `${change.type} ${change.id}`).toBe('OK');
      expect(change.ancestors).toEqual(
        model
          .upwards(change.id)
          .map(({ id }) => id)
          .reverse(),
      );
    }
    const stored = await world.sql<{ id: Id }>(
      'select id, parent_id as parent, trashed_with as "trashedWith" from resource where workspace_id = $1 order by id',
      [arena.workspaceId],
    );
    const due = [...model.nodes.values()].map(({ id, parent, trashedWith }) => ({ id, parent, trashedWith }));
    expect(stored).toEqual(due.sort((one, other) => (one.id < other.id ? -1 : 1)));
  });
});
