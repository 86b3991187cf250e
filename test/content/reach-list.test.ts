// Lists of pages below shared resources: whatever was shared, moved, edited or thrown away, and however far the lists have
// been built, they answer what a walk up the tree says, in every direction and at every cut.

import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { movePage, updatePage } from '../../src/content/page-lifecycle.js';
import { buildReach, sweepReach } from '../../src/content/reach-build.js';
import { restorePage, trashPage } from '../../src/content/trash.js';
import { holdTree } from '../../src/content/tree-lock.js';
import type { Context } from '../../src/context.js';
import { type Actor, operatorOf } from '../../src/gate/actor.js';
import { ALL_BITS } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import { newId } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { commit } from '../../src/unit-of-work.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { CASES_TIMEOUT_MS, cases } from '../gate/cases.js';
import { openWorld, type World } from '../world.js';

const PAGES = 420; // more than the newest 300, which are looked at first

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const em = () => world.store.em();

interface Forest {
  workspaceId: Id;
  ids: Id[];
  guestId: Id;
  /** An installation of the workspace's own, one of a member, one of a guest, and the guest herself. */
  readers: { name: string; actor: Actor; holder: { installation?: Id; person?: Id }; cutBy?: Id | undefined }[];
}

/** Pages in a random tree, edited at random times. */
async function plant(seed: number): Promise<Forest> {
  const { id: workspaceId } = await createWorkspace(world.store, { name: 'Forest' });
  const operating = world.store.callerFor(operatorOf(workspaceId));
  const [guest, member] = await Promise.all(
    (['GUEST', 'MEMBER'] as const).map((role) =>
      createPerson(operating, { name: role, email: `${newId()}@example.org`, role }),
    ),
  );
  await world.sql('select setseed($1)', [seed]);
  const ids = await world.sql<{ id: Id }>(
    `with recursive numbered as (select n, gen_random_uuid() as id, floor(random() * (n - 1))::int as above from generate_series(1, $2::int) n),
     walked as (
       select n, id, null::uuid as parent_id, array[id] as ancestors from numbered where n = 1 or above = 0
       union all
       select c.n, c.id, w.id, w.ancestors || c.id from walked w join numbered c on c.above = w.n and c.n > 1 and c.above > 0)
     insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors, last_edited_at)
     select $1, id, case when parent_id is null then 'WORKSPACE' else 'PAGE' end, parent_id, 'Page ' || n, ancestors,
            timestamptz '2026-01-01' + floor(random() * 200) * interval '1 second' from walked
     returning id`,
    [workspaceId, PAGES],
  );
  const installed = async (by: Id | null) => {
    const [connectionId, id] = [newId(), newId()];
    await world.sql(
      `insert into connection (workspace_id, id, name, kind, status, capabilities) values ($1, $2, 'C', 'INTERNAL', 'ACTIVE', 127)`,
      [workspaceId, connectionId],
    );
    await world.sql(
      `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status) values ($1, $2, $3, $4, $5, 'ACTIVE')`,
      [workspaceId, id, connectionId, newId(), by],
    );
    const actor: Actor = {
      kind: 'CONNECTION',
      workspaceId,
      connectionId,
      installationId: id,
      botId: newId(),
      installedById: by,
      bits: ALL_BITS,
    };
    return { actor, holder: { installation: id } };
  };
  const guestId = guest?.id as Id;
  return {
    workspaceId,
    ids: ids.map(({ id }) => id).sort(),
    guestId,
    readers: [
      { name: 'its own installation', ...(await installed(null)) },
      { name: 'an installation of a member', ...(await installed(member?.id as Id)) },
      { name: 'an installation of a guest', ...(await installed(guestId)), cutBy: guestId },
      {
        name: 'a guest',
        actor: { kind: 'PERSON', workspaceId, personId: guestId, role: 'GUEST', bits: ALL_BITS },
        holder: { person: guestId },
      },
    ],
  };
}

/** Pages with a live share above them by which they may be read, by walking up the tree from each. */
async function walk({ workspaceId }: Forest, { holder, cutBy }: Forest['readers'][number]): Promise<Id[]> {
  const opened = (column: string, id: string) => `exists (
    with recursive up as (
      select p.id, p.parent_id union all
      select a.id, a.parent_id from up join page a on a.workspace_id = $1 and a.id = up.parent_id)
    select from up join share s on s.workspace_id = $1 and s.resource_id = up.id
     where s.${column} = '${id}' and s.access & 1 = 1 and s.revoked_at is null and (s.expires_at is null or s.expires_at > now()))`;
  const own = holder.installation
    ? opened('installation_id', holder.installation)
    : opened('person_id', holder.person as string);
  const rows = await world.sql<{ id: Id }>(
    `select p.id from page p
      where p.workspace_id = $1 and not p.in_trash and ${own} ${cutBy ? `and ${opened('person_id', cutBy)}` : ''}
      order by p.last_edited_at desc, p.id desc`,
    [workspaceId],
  );
  return rows.map(({ id }) => id);
}

/** All pages of a list, `size` at a time. */
async function paged(
  ctx: Context,
  size: number,
  { direction, backwards }: { direction: 'ASC' | 'DESC'; backwards: boolean },
) {
  const found: Id[] = [];
  let from: readonly string[] | null = null;
  for (;;) {
    const query = { inTrash: false, order: [{ time: 'lastEditedAt', direction }] as const };
    const placed = await ctx.content.pages(ctx, query, { limit: size, backwards, from });
    const shown = placed.slice(0, size);
    found.push(...shown.map(({ row }) => row.id));
    if (placed.length <= size) return found;
    from = shown.at(-1)?.position ?? null;
  }
}

const contextOf = (actor: Actor): Context => world.gateway.contextFor(actor, world.store.reader());

async function expectListsToBeRight(forest: Forest, size: number): Promise<void> {
  for (const reader of forest.readers) {
    const ctx = contextOf(reader.actor);
    const expected = await walk(forest, reader);
    expect(await ctx.content.countPages(ctx, { inTrash: false }), reader.name).toBe(expected.length);
    for (const direction of ['DESC', 'ASC'] as const) {
      for (const backwards of [false, true]) {
        const found = await paged(ctx, size, { direction, backwards });
        const newestFirst = (direction === 'DESC') !== backwards ? found : found.toReversed();
        expect(newestFirst, `${reader.name}, ${direction}, ${backwards ? 'backwards' : 'forwards'}`).toEqual(expected);
      }
    }
  }
}

const step = fc.record({
  what: fc.constantFrom(
    'share',
    'share',
    'share',
    'expire',
    'revoke',
    'move',
    'edit',
    'trash',
    'restore',
    'build',
    'build',
    'sweep',
  ),
  page: fc.nat(),
  other: fc.nat(),
  reader: fc.nat(),
  readable: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer Of> ? Of : never;

async function take(forest: Forest, { what, page, other, reader, readable }: Step): Promise<void> {
  const { workspaceId, ids, readers } = forest;
  const caller = world.store.callerFor(operatorOf(workspaceId));
  const id = ids[page % ids.length] as Id;
  const another = ids[other % ids.length] as Id;
  const { holder } = readers[reader % readers.length] as Forest['readers'][number];
  const { installation = null, person = null } = holder;
  const refusable = (command: Promise<unknown>) =>
    command.catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  switch (what) {
    case 'share':
      await world.sql(
        `insert into share (workspace_id, id, installation_id, person_id, resource_id, access)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
        [workspaceId, newId(), installation, person, id, readable ? 31 : 2],
      );
      return;
    case 'expire':
      await world.sql(
        `update share set expires_at = now() - interval '1 second' where ctid in (
           select ctid from share where workspace_id = $1 and revoked_at is null order by id limit 1)`,
        [workspaceId],
      );
      return;
    case 'revoke':
      await world.sql(
        `update share set revoked_at = now() where ctid in (
           select ctid from share where workspace_id = $1 and revoked_at is null order by id desc limit 1)`,
        [workspaceId],
      );
      return;
    case 'move':
      await refusable(movePage(caller, { id, parent: { kind: 'Page', id: another } }));
      return;
    case 'edit':
      await refusable(updatePage(caller, { id, title: `Edited ${other}` }));
      return;
    case 'trash':
      await refusable(trashPage(caller, { id }));
      return;
    case 'restore':
      await refusable(restorePage(caller, { id }));
      return;
    case 'build':
      await buildReach(em);
      return;
    case 'sweep':
      await sweepReach(em);
  }
}

describe('Pages by their last edit, for whoever reaches a part', () => {
  test(
    'are those a walk up the tree gives, in order, at every size of page and in every direction',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.double({ min: -1, max: 1, noNaN: true }),
          fc.array(fc.array(step, { minLength: 4, maxLength: 8 }), { minLength: 2, maxLength: 3 }),
          fc.constantFrom(7, 40, 100),
          async (forestSeed, rounds, size) => {
            const forest = await plant(forestSeed);
            for (const round of rounds) {
              for (const one of round) await take(forest, one);
              await expectListsToBeRight(forest, size);
            }
            await buildReach(em);
            await expectListsToBeRight(forest, size);
          },
        ),
        cases('Pages by reach', 4),
      );
    },
    CASES_TIMEOUT_MS,
  );

  test('no list shows a page out of reach, or misses one within it, while others share, move, edit and build', async () => {
    const forest = await plant(0.25);
    const { workspaceId, ids, readers } = forest;
    const deadline = Date.now() + 4_000;
    const random = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
    const some = (): Step => ({
      what: random(['share', 'share', 'revoke', 'move', 'edit', 'edit', 'trash', 'restore', 'build', 'sweep'] as const),
      page: Math.floor(Math.random() * ids.length),
      other: Math.floor(Math.random() * ids.length),
      reader: Math.floor(Math.random() * readers.length),
      readable: Math.random() < 0.9,
    });
    const writing = Array.from({ length: 4 }, async () => {
      while (Date.now() < deadline) await take(forest, some());
    });
    let looks = 0;
    const looking = async () => {
      while (Date.now() < deadline) {
        const { actor, holder, cutBy } = random(readers);
        // One statement, one snapshot: the list, and what stands in it or should.
        const [found] = await world.sql<{ wrong: number }>(
          `with listed as (select id from newest_pages_reached($1, $2, $3, $4, 1, null, null, 10000)),
                open_to as (select resource_id from share
                             where workspace_id = $1 and (installation_id = $2 or person_id = $3) and access & 1 = 1
                               and revoked_at is null and (expires_at is null or expires_at > now())),
                hers as (select resource_id from share
                          where workspace_id = $1 and person_id = $5 and access & 1 = 1
                            and revoked_at is null and (expires_at is null or expires_at > now())),
                meant as (select id from page
                           where workspace_id = $1 and not in_trash and ancestors && array(select resource_id from open_to)
                             and ($5::uuid is null or ancestors && array(select resource_id from hers)))
           select count(*)::int as wrong
             from (select id from listed) l full join meant m on m.id = l.id where l.id is null or m.id is null`,
          [
            workspaceId,
            holder.installation ?? null,
            holder.person ?? null,
            actor.kind === 'CONNECTION' ? actor.installedById : null,
            cutBy ?? null,
          ],
        );
        expect(found?.wrong).toBe(0);
        looks++;
      }
    };
    await Promise.all([...writing, looking(), looking()]);
    expect(looks).toBeGreaterThan(20);
    await buildReach(em);
    await expectListsToBeRight(forest, 50);
    const stale = await world.sql(
      `select from page_reach a join page p on p.workspace_id = a.workspace_id and p.id = a.page_id
        where a.workspace_id = $1
          and (a.last_edited_at <> p.last_edited_at or p.in_trash or not a.root_id = any(p.ancestors))`,
      [workspaceId],
    );
    expect(stale).toEqual([]);
  });

  test('a page that was being written when its tree was shared is listed too', async () => {
    const forest = await plant(0.75);
    const { workspaceId, ids, readers } = forest;
    const [parent] = await world.sql<{ id: Id; ancestors: Id[] }>(
      'select id, ancestors from page where workspace_id = $1 and id = $2',
      [workspaceId, ids[0]],
    );
    const late = newId();
    const [reader] = readers;
    let building: Promise<unknown> | undefined;
    // Written before anybody has heard of the share, and committed after the building has begun.
    await commit(world.store.callerFor(operatorOf(workspaceId)), async (unit) => {
      await holdTree(unit);
      await unit.em.execute(
        `insert into page (workspace_id, id, parent_kind, parent_id, title, ancestors)
         select workspace_id, ?, 'PAGE', id, 'Late', ancestors || ?::uuid from page where workspace_id = ? and id = ?`,
        [late, late, workspaceId, parent?.id],
      );
      await take(forest, { what: 'share', page: 0, other: 0, reader: 0, readable: true });
      building = buildReach(em);
      await sleep(300);
      const ancestors = [...(parent?.ancestors ?? []), late];
      unit.change({ type: 'PAGE_CREATED', resourceId: late, resourceVersion: 1, ancestors });
    });
    await building;
    const ctx = contextOf(reader?.actor as Actor);
    // The newest 300 are looked at whatever the lists say; the oldest are asked of the lists alone.
    expect(await paged(ctx, 100, { direction: 'ASC', backwards: false })).toContain(late);
    await expectListsToBeRight(forest, 50);
  });
});
