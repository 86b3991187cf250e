// Statements on their way to PostgreSQL: what text a tree of templates is, which of them it keeps prepared, and that a
// database that does not keep them is served all the same.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPage } from '../../src/content/page-lifecycle.js';
import type { Id } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { Refusal } from '../../src/lib/refusal.js';
import { type Sql, sql } from '../../src/lib/sql.js';
import { Prepared } from '../../src/store/prepared.js';
import { Shapes } from '../../src/store/shapes.js';
import { commit, type Unit } from '../../src/unit-of-work.js';
import { operator } from '../actors.js';
import { openWorld, type World } from '../world.js';

const written = (statement: Sql) => {
  const { shape, values } = new Shapes().of(statement);
  return [shape.text, values];
};

describe('A template', () => {
  test('binds what it is handed, whatever that is', () => {
    expect(written(sql`select ${'a'}, ${null}, ${[1, 2]} where ${'"; drop table page'} = any(${['x']})`)).toEqual([
      'select $1, $2, $3 where $4 = any($5)',
      ['a', null, [1, 2], '"; drop table page', ['x']],
    ]);
  });

  test('counts the values of the templates in it along with its own', () => {
    const term = (value: number) => sql`(${sql.ref('r.title')} = ${value})`;
    const terms = sql.join([term(1), sql`true`, term(2)], sql` and `);
    expect(written(sql`select ${0} where ${terms} limit ${3}`)).toEqual([
      'select $1 where ("r"."title" = $2) and true and ("r"."title" = $3) limit $4',
      [0, 1, 2, 3],
    ]);
  });

  test('joins values, with commas where nothing else is said', () => {
    expect(written(sql`in (${sql.join([1, 2, 3])})`)).toEqual(['in ($1, $2, $3)', [1, 2, 3]]);
  });

  test('refuses names and numbers that are none', () => {
    for (const name of ['', 'r.', 'a b', 'a"b', 'r.title; --']) expect(() => sql.ref(name)).toThrow('no name');
    for (const number of [0.5, Number.NaN, 2 ** 60]) expect(() => sql.lit(number)).toThrow('no whole number');
    expect(() => sql.join([])).toThrow('Nothing can be joined');
  });
});

describe('The shape of a statement', () => {
  const statement = (ids: string[], terms: number) => sql`
    select ${sql.lit(1)} from page where id = any(${ids}) and ${sql.join(
      Array.from({ length: terms }, (_, n) => sql`version <> ${n}`),
      sql` and `,
    )}`;

  test('is the same for other values', () => {
    const shapes = new Shapes();
    const { shape } = shapes.of(statement(['a'], 2));
    expect(shapes.of(statement(['b', 'c'], 2)).shape).toBe(shape);
    expect(shape.uses).toBe(2);
  });

  test('is another for another text, however alike they begin', () => {
    const shapes = new Shapes();
    const texts = [1, 2, 3, 200, 201].map((terms) => shapes.of(statement([], terms)).shape.text);
    expect(new Set(texts).size).toBe(5);
    expect(shapes.of(sql`select ${sql`${1}`}`).shape.text).toBe('select $1');
    expect(shapes.of(sql`select ${1}`).shape.text).toBe('select $1');
  });

  test('is found anew when there were too many', () => {
    const shapes = new Shapes();
    const { shape } = shapes.of(statement([], 1));
    for (let terms = 101; terms < 220; terms++) shapes.of(statement([], terms));
    const again = shapes.of(statement([], 1)).shape;
    expect(again).not.toBe(shape);
    expect(again.text).toBe(shape.text);
  });
});

describe('A statement is prepared', () => {
  const prepared = () => new Prepared(createLog({ level: 'silent' }));

  test('when it comes for the third time, under a name its text alone decides', () => {
    const names = [1, 2].map(() => {
      const kept = prepared();
      return [1, 2, 3, 4].map((uses) => kept.nameOf({ text: 'select 1', uses }));
    });
    expect(names[0]).toEqual([undefined, undefined, expect.stringMatching(/^gatehouse_[0-9a-f]{32}$/), names[0]?.[2]]);
    expect(names[1]).toEqual(names[0]);
  });

  test('only while there are not too many', () => {
    const kept = prepared();
    const names = Array.from({ length: 100 }, (_, n) => kept.nameOf({ text: `select ${n}`, uses: 3 }));
    expect(names.filter((name) => name !== undefined)).toHaveLength(64);
    expect(kept.nameOf({ text: 'select 0', uses: 3 })).toBe(names[0]);
  });

  test('never again once the database said that it keeps none', () => {
    const kept = prepared();
    expect(kept.wasRefused(Object.assign(new Error('division by zero'), { code: '22012' }))).toBe(false);
    expect(kept.nameOf({ text: 'select 1', uses: 3 })).toBeDefined();
    expect(kept.wasRefused(Object.assign(new Error('does not exist'), { code: '26000' }))).toBe(true);
    expect(kept.nameOf({ text: 'select 1', uses: 4 })).toBeUndefined();
  });
});

describe('PostgreSQL', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const ask = (n: number) =>
    world.store.reader().rows(sql<object>`
      select ${n}::int as number, ${'x'}::text as text, null::int as nothing, '{"a": 1}'::jsonb as json,
             timestamptz '2026-11-25 00:00:00+00' as time, true as yes`);
  const answer = (number: number) => ({
    number,
    text: 'x',
    nothing: null,
    json: { a: 1 },
    time: '2026-11-25 00:00:00+00',
    yes: true,
  });

  test('answers the same whether it keeps a statement or not, and after an error too', async () => {
    for (let n = 0; n < 6; n++) expect(await ask(n)).toEqual([answer(n)]);
    await expect(ask('none' as never)).rejects.toMatchObject({ code: '22P02' });
    expect(await ask(7)).toEqual([answer(7)]);
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map(ask))).toEqual([1, 2, 3, 4, 5, 6].map((n) => [answer(n)]));
  });

  test('is planned anew for each value', async () => {
    const setting = await world.store.reader().rows(sql`show plan_cache_mode`);
    expect(setting).toEqual([{ plan_cache_mode: 'force_custom_plan' }]);
  });

  test('that has forgotten what was prepared, or never had it, is served without', async () => {
    for (let n = 0; n < 4; n++) await ask(n);
    world.logLines.length = 0;
    await Promise.all([1, 2, 3, 4].map(() => world.store.em().execute('deallocate all')));
    expect(await Promise.all([1, 2, 3, 4].map(ask))).toEqual([1, 2, 3, 4].map((n) => [answer(n)]));
    expect(await ask(5)).toEqual([answer(5)]);
    expect(world.logLines.filter((line) => line.includes('does not keep prepared statements'))).toHaveLength(1);
  });
});

describe('A command', () => {
  let world: World;
  let page: Id;
  beforeAll(async () => {
    world = await openWorld();
    page = (await createPage(operator(world), { parent: { kind: 'Workspace' }, title: 'First' })).id;
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const rename = (title: string) => sql`
    update page set title = ${title} where workspace_id = ${world.workspaceId} and id = ${page}::uuid`;
  const title = async () => {
    const [row] = await world.store.reader().rows(sql<{ title: string }>`
      select title from page where workspace_id = ${world.workspaceId} and id = ${page}::uuid`);
    return row?.title;
  };
  const command = <T>(work: (unit: Unit) => Promise<T>) =>
    commit(operator(world), async (unit) => {
      unit.unannounced();
      return work(unit);
    });

  test('binds its values, and what needs no answer goes with what comes next, in order', async () => {
    world.statements.length = 0;
    const seen = await command(async ({ rows, send }) => {
      send(rename("Second'; drop table page --"));
      return rows(sql<{ title: string }>`select title from page where id = ${page}::uuid`);
    });
    expect(seen).toEqual([{ title: "Second'; drop table page --" }]);
    expect(world.statements.map((text) => text.trim().split(/\s+/, 2).join(' '))).toEqual([
      'begin',
      'set local',
      'update page',
      'select title',
      'commit',
    ]);
    expect(world.statements.join()).not.toContain('Second');
    expect(await title()).toBe("Second'; drop table page --");
  });

  test('that is refused before it asks anything sends nothing at all', async () => {
    world.statements.length = 0;
    await expect(command(() => Promise.reject(new Refusal('INVALID', 'No.')))).rejects.toThrow('No.');
    expect(world.statements).toEqual([]);
  });

  test.each([
    ['what it writes', sql`update page set title = null`],
    ['what it writes, by a value that does not fit', sql`update page set version = ${'none'}`],
  ])('leaves nothing behind when PostgreSQL refuses %s with the commit', async (_, wrong) => {
    const before = await title();
    await expect(
      command(async ({ send }) => {
        send(rename('Third'));
        send(wrong);
      }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^2/) });
    expect(await title()).toBe(before);
    await command(async ({ send }) => void send(rename('Fourth'))); // the connection is as good as before
    expect(await title()).toBe('Fourth');
  });

  test('undoes what was sent and waits when it throws', async () => {
    await expect(
      command(async ({ rows, send }) => {
        await rows(rename('Fifth'));
        send(rename('Sixth'));
        throw new Refusal('INVALID', 'No.');
      }),
    ).rejects.toThrow('No.');
    expect(await title()).toBe('Fourth');
  });

  test('keeps the order of its statements and those of the ORM', async () => {
    const found = await command(async ({ em, send }) => {
      send(rename('Seventh'));
      return em.execute('select title from page where id = ?', [page]);
    });
    expect(found).toEqual([{ title: 'Seventh' }]);
  });

  test('is carried out once where the database has forgotten what was prepared', async () => {
    const work = vi.fn(async ({ send }: Unit) => void send(rename('Eighth')));
    for (let n = 0; n < 4; n++) await command(work);
    await world.store.em().execute('deallocate all'); // on the connection that was free last, as the next command is
    work.mockClear();
    await command(work);
    expect(work).toHaveBeenCalledTimes(2); // the first was undone
    expect(world.logLines.filter((line) => line.includes('does not keep prepared statements'))).toHaveLength(1);
    expect(await title()).toBe('Eighth');
    await command(work);
    expect(work).toHaveBeenCalledTimes(3);
  });
});
