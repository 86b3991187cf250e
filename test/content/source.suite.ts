// What any content source must do, wherever its content lives. Each new one runs this suite.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockTree } from '../../src/content/block-content.js';
import type { DataSource } from '../../src/content/database.js';
import { UNAVAILABLE_MENTION } from '../../src/content/rich-text.js';
import type { ContentSource } from '../../src/content/source.js';
import type { Context } from '../../src/context.js';
import { bitsOf, type Capability, type ShareAccess } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import { newId } from '../../src/lib/id.js';
import type { Window } from '../../src/lib/list.js';
import { readQuery } from '../../src/property/row-query.js';

export interface Ground extends AsyncDisposable {
  source: ContentSource;
  page(input: {
    title?: string;
    under?: Id;
    blocks?: BlockTree[];
    props?: Record<string, never>;
    lastEditedAt?: Date;
  }): Promise<Id>;
  database(input: { title?: string; under?: Id }): Promise<{ id: Id; dataSourceId: Id }>;
  trash(id: Id): Promise<void>;
  /** A context of a connection with these capabilities and shares. */
  reader(
    capabilities: readonly Capability[],
    shares: readonly (Id | { id: Id; access?: readonly ShareAccess[]; expiresAt?: Date; revoked?: boolean })[],
  ): Promise<Context>;
}

const all: Window = { limit: 100, backwards: false, from: null };
const present = { inTrash: false };
const text = (value: string): BlockTree => ({
  content: { type: 'PARAGRAPH', richText: [{ type: 'TEXT', text: value }] },
  children: [],
});

/** Runs the suite on the source that `make` opens. */
export function describeContentSource(name: string, make: () => Promise<Ground>): void {
  describe(`${name} as a content source`, () => {
    let ground: Ground;
    let home: Id;
    let inner: Id;
    let other: Id;
    let table: { id: Id; dataSourceId: Id };
    let row: Id;

    beforeAll(async () => {
      ground = await make();
      home = await ground.page({ title: 'Home', lastEditedAt: new Date('2026-01-01') });
      inner = await ground.page({ title: 'Inner', under: home, lastEditedAt: new Date('2026-01-02') });
      other = await ground.page({ title: 'Other', lastEditedAt: new Date('2026-01-03') });
      table = await ground.database({ title: 'Table', under: home });
      row = await ground.page({ title: 'Row', under: table.dataSourceId, lastEditedAt: new Date('2026-01-04') });
    });
    afterAll(() => ground[Symbol.asyncDispose]());

    const read = async (...shares: Parameters<Ground['reader']>[1]) => ground.reader(['CONTENT_READ'], shares);
    const ids = (placed: readonly { row: { id: Id } }[]) => placed.map(({ row: { id } }) => id);

    describe('what is shared', () => {
      test('comes with everything below it, rows of databases included', async () => {
        const ctx = await read(home);
        expect(ids(await ground.source.pages(ctx, present, all))).toEqual([row, inner, home]);
        expect(ids(await ground.source.databases(ctx, present, all))).toEqual([table.id]);
        expect([
          ...(await ground.source.resources(ctx, [home, row, table.id, table.dataSourceId])).keys(),
        ]).toHaveLength(4);
      });

      test('does not bring what stands above or beside it', async () => {
        const ctx = await read(inner);
        expect(ids(await ground.source.pages(ctx, present, all))).toEqual([inner]);
        expect((await ground.source.resources(ctx, [home, other, row])).size).toBe(0);
      });

      test('is nothing before anything is shared', async () => {
        const ctx = await read();
        expect(await ground.source.pages(ctx, present, all)).toEqual([]);
        expect(await ground.source.countPages(ctx, present)).toBe(0);
      });

      test('ends when the share is revoked or expires', async () => {
        const past = { id: home, expiresAt: new Date(Date.now() - 1_000) };
        expect(await ground.source.countPages(await read(past), present)).toBe(0);
        expect(await ground.source.countPages(await read({ id: home, revoked: true }), present)).toBe(0);
        const soon = { id: home, expiresAt: new Date(Date.now() + 60_000) };
        expect(await ground.source.countPages(await read(soon), present)).toBe(3);
      });

      test('carries the union of the shares above it, cut by the capabilities', async () => {
        const shares = [
          { id: home, access: ['UPDATE', 'INSERT'] as const },
          { id: inner, access: ['READ'] as const },
        ];
        const ctx = await ground.reader(['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ'], shares);
        const found = await ground.source.resources(ctx, [home, inner]);
        expect(found.get(home)?.access).toBe(bitsOf(['CONTENT_UPDATE', 'USER_READ']));
        expect(found.get(inner)?.access).toBe(bitsOf(['CONTENT_READ', 'CONTENT_UPDATE', 'USER_READ']));
        expect(ids(await ground.source.pages(ctx, present, all))).toEqual([inner]);
      });

      test('is out of reach when the capabilities leave nothing of the share', async () => {
        const ctx = await ground.reader(['CONTENT_READ', 'USER_READ'], [{ id: home, access: ['UPDATE'] }]);
        expect((await ground.source.resources(ctx, [home])).size).toBe(0);
      });
    });

    const dataSource = async (ctx: Context): Promise<DataSource> =>
      (await ground.source.dataSources(ctx, [table.id])).get(table.id)![0]!;

    describe('lists', () => {
      test('go forwards and backwards through the same rows', async () => {
        const ctx = await read(home);
        const [first] = await ground.source.pages(ctx, present, { ...all, limit: 1 });
        expect(first?.row.id).toBe(row);
        const after = await ground.source.pages(ctx, present, { ...all, from: first!.position });
        expect(ids(after)).toEqual([inner, home]);
        const before = await ground.source.pages(ctx, present, { ...all, backwards: true, from: after[1]!.position });
        expect(ids(before)).toEqual([inner, row]);
      });

      test('answer one row more than asked for, so that the caller knows of more', async () => {
        expect(await ground.source.pages(await read(home), present, { ...all, limit: 2 })).toHaveLength(3);
      });

      test('filter by title and time, and count what they hold', async () => {
        const ctx = await read(home, other);
        const titled = { ...present, title: { startsWith: 'in' } };
        expect(ids(await ground.source.pages(ctx, titled, all))).toEqual([inner]);
        expect(await ground.source.countPages(ctx, titled)).toBe(1);
        const recent = { ...present, lastEditedAt: { onOrAfter: new Date('2026-01-03') } };
        expect(ids(await ground.source.pages(ctx, recent, all))).toEqual([row, other]);
        expect(await ground.source.countPages(ctx, { ...present, title: { contains: '%' } })).toBe(0);
        expect(await ground.source.countPages(ctx, { ...present, title: { eq: 'a\0b' } })).toBe(0);
      });

      test('sort by title and times when asked to', async () => {
        const ctx = await read(home, other);
        const byTitle = { ...present, order: [{ title: true, direction: 'DESC' } as const] };
        expect(ids(await ground.source.pages(ctx, byTitle, all))).toEqual([row, other, inner, home]);
        const byTime = { ...present, order: [{ time: 'lastEditedAt', direction: 'ASC' } as const] };
        const [first] = await ground.source.pages(ctx, byTime, { ...all, limit: 1 });
        expect(first?.row.id).toBe(home);
        expect(ids(await ground.source.pages(ctx, byTime, { ...all, from: first!.position }))).toEqual([
          inner,
          other,
          row,
        ]);
      });

      test('answer several questions about rows at once, each by itself', async () => {
        const ctx = await read(home);
        const source = await dataSource(ctx);
        const titled = (text: string) =>
          readQuery(
            source,
            { filter: { property: { id: 'title', text: { equals: text } } } },
            { now: new Date(), me: null },
          );
        const [found, missing] = [titled('Row'), titled('Raw')];
        const answer = await ground.source.rows(ctx, [found, missing], all);
        expect([ids(answer.get(found) ?? []), answer.has(missing)]).toEqual([[row], false]);
        expect(await ground.source.countRows(ctx, [found, missing])).toEqual(new Map([[found, 1]]));
      });

      test('below several parents are answered for each', async () => {
        const ctx = await read(home);
        const children = await ground.source.children(ctx, [home, inner, other], all);
        expect(ids(children.get(home) ?? []).sort()).toEqual([inner, table.id].sort());
        expect(children.has(inner)).toBe(false);
        expect(children.has(other)).toBe(false);
        expect(await ground.source.countChildren(ctx, [home, other])).toEqual(new Map([[home, 2]]));
        const query = readQuery(await dataSource(ctx), {}, { now: new Date(), me: null });
        expect(ids((await ground.source.rows(ctx, [query], all)).get(query) ?? [])).toEqual([row]);
        expect((await ground.source.countRows(ctx, [query])).get(query)).toBe(1);
        expect((await ground.source.dataSources(ctx, [table.id])).get(table.id)?.map(({ id }) => id)).toEqual([
          table.dataSourceId,
        ]);
      });

      test('leave trash out unless asked for it; a look-up by id finds it', async () => {
        const binned = await ground.page({ title: 'Binned', under: inner });
        await ground.trash(binned);
        const ctx = await read(inner);
        expect(ids(await ground.source.pages(ctx, present, all))).toEqual([inner]);
        expect(ids(await ground.source.pages(ctx, { inTrash: true }, all))).toEqual([binned]);
        expect((await ground.source.resources(ctx, [binned])).get(binned)?.inTrash).toBe(true);
      });
    });

    describe('links', () => {
      let mentioning: Id;
      let hidden: Id;
      const mention = (resourceId: Id): BlockTree => ({
        content: { type: 'PARAGRAPH', richText: [{ type: 'MENTION', resourceId }] },
        children: [],
      });
      beforeAll(async () => {
        hidden = await ground.page({ title: 'Hidden', blocks: [mention(inner)] });
        mentioning = await ground.page({
          title: 'Mentioning',
          under: home,
          blocks: [
            mention(table.id),
            { ...mention(inner), children: [mention(hidden)] },
            mention(inner),
            mention(newId()),
          ],
        });
      });
      const mentionedIn = async (ctx: Context, window: Window = all) =>
        ids((await ground.source.mentions(ctx, [mentioning], window)).get(mentioning) ?? []);
      const linkedTo = async (ctx: Context, page = inner) =>
        ids((await ground.source.backlinks(ctx, [page], all)).get(page) ?? []);

      test('are listed in the order of the text, each once', async () => {
        const ctx = await read(home, hidden);
        expect(await mentionedIn(ctx)).toEqual([table.id, inner, hidden]);
        const [first] = (await ground.source.mentions(ctx, [mentioning], { ...all, limit: 1 })).get(mentioning)!;
        expect(await mentionedIn(ctx, { ...all, from: first!.position })).toEqual([inner, hidden]);
        expect(await ground.source.countMentions(ctx, [mentioning])).toEqual(new Map([[mentioning, 3]]));
        expect(await linkedTo(ctx)).toEqual([mentioning, hidden]);
        expect(await ground.source.countBacklinks(ctx, [inner])).toEqual(new Map([[inner, 2]]));
      });

      test('show neither what is hidden nor what mentions it', async () => {
        const ctx = await read(home);
        expect(await mentionedIn(ctx)).toEqual([table.id, inner]);
        expect((await ground.source.countMentions(ctx, [mentioning])).get(mentioning)).toBe(2);
        expect(await linkedTo(ctx)).toEqual([mentioning]);
        expect((await ground.source.countBacklinks(ctx, [inner])).get(inner)).toBe(1);
      });

      test('are not there for who may not read the page they are asked of', async () => {
        const ctx = await read(mentioning);
        expect(await linkedTo(ctx)).toEqual([]);
        expect((await ground.source.countBacklinks(ctx, [inner])).size).toBe(0);
        const other = await read(inner);
        expect(await mentionedIn(other)).toEqual([]);
        expect((await ground.source.countMentions(other, [mentioning])).size).toBe(0);
      });

      test('lead down from the first thing that is reached', async () => {
        const wayTo = async (ctx: Context, id: Id) =>
          ((await ground.source.breadcrumbs(ctx, [id])).get(id) ?? []).map((one) => one.id);
        expect(await wayTo(await read(home), row)).toEqual([home, table.id, table.dataSourceId]);
        expect(await wayTo(await read(table.id), row)).toEqual([table.id, table.dataSourceId]);
        expect(await wayTo(await read(row), row)).toEqual([]);
      });
    });

    describe('blocks', () => {
      let page: Id;
      beforeAll(async () => {
        page = await ground.page({
          title: 'Blocks',
          under: home,
          blocks: [
            { ...text('one'), children: [{ ...text('two'), children: [text('three')] }] },
            text('four'),
            {
              content: {
                type: 'PARAGRAPH',
                richText: [
                  { type: 'MENTION', resourceId: other },
                  { type: 'TEXT', text: '!' },
                ],
              },
              children: [],
            },
            {
              content: {
                type: 'PARAGRAPH',
                richText: [
                  { type: 'MENTION', resourceId: newId() },
                  { type: 'TEXT', text: '!' },
                ],
              },
              children: [],
            },
          ],
        });
      });
      const texts = async (ctx: Context, window: Window = all, maxDepth = 100) =>
        ((await ground.source.blocks(ctx, [page], window, maxDepth)).get(page) ?? []).map(
          ({ row: block }) => block.plainText,
        );

      test('come in reading order, with their depth', async () => {
        const ctx = await read(home);
        expect((await texts(ctx)).slice(0, 4)).toEqual(['one', 'two', 'three', 'four']);
        const blocks = (await ground.source.blocks(ctx, [page], all, 100)).get(page) ?? [];
        expect(blocks.slice(0, 4).map(({ row: { depth } }) => depth)).toEqual([0, 1, 2, 0]);
        expect(blocks[1]?.row.parentId).toBe(blocks[0]?.row.id);
      });

      test('go no deeper than asked, and are counted so', async () => {
        const ctx = await read(home);
        expect((await texts(ctx, all, 0)).slice(0, 2)).toEqual(['one', 'four']);
        expect((await ground.source.countBlocks(ctx, [page], 1)).get(page)).toBe(5);
      });

      test('go on after a place', async () => {
        const ctx = await read(home);
        const placed = (await ground.source.blocks(ctx, [page], { ...all, limit: 1 }, 100)).get(page) ?? [];
        expect((await texts(ctx, { ...all, limit: 1, from: placed[1]!.position })).slice(0, 1)).toEqual(['three']);
      });

      test('name what they mention to who may read it, and look the same to all others, gone or hidden', async () => {
        expect((await texts(await read(home, other))).slice(4)).toEqual(['Other!', `${UNAVAILABLE_MENTION}!`]);
        expect((await texts(await read(home))).slice(4)).toEqual([
          `${UNAVAILABLE_MENTION}!`,
          `${UNAVAILABLE_MENTION}!`,
        ]);
      });

      test('are not there for who may not read their page', async () => {
        expect(await texts(await read(other))).toEqual([]);
        const ctx = await ground.reader(['CONTENT_READ', 'CONTENT_UPDATE'], [{ id: home, access: ['UPDATE'] }]);
        expect(await texts(ctx)).toEqual([]);
      });

      test('are found by their id like any node, with the bits of their page', async () => {
        const ctx = await read(home);
        const [first] = (await ground.source.blocks(ctx, [page], all, 100)).get(page) ?? [];
        const id = first!.row.id;
        expect((await ground.source.nodes(ctx, [id])).get(id)?.access).toBe(bitsOf(['CONTENT_READ']));
        expect((await ground.source.nodes(await read(other), [id])).size).toBe(0);
      });
    });
  });
}
