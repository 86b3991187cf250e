import { expect, test } from 'vitest';
import { ListPagesDocument, ReadPageDocument, WhoAmIDocument } from '../generated/operations.js';
import { openWorld } from '../world.js';

test('a connection sees the page that is shared with it, everything below it, and nothing else', async () => {
  await using world = await openWorld();
  const handbook = await world.page({ title: 'Handbook' });
  const week = await world.page({ title: 'First week', under: handbook });
  const board = await world.page({ title: 'Board' });
  const reader = await world.connection(['CONTENT_READ']);
  await world.share(reader, handbook);

  const pages = await world.ask(reader, ListPagesDocument, { first: 10 });
  expect(pages.data?.pages?.totalCount).toBe(2);
  expect(pages.data?.pages?.nodes.map((node) => node.id).sort()).toEqual([handbook, week].sort());
  expect((await world.ask(reader, ReadPageDocument, { id: board })).data?.page).toBeNull();
  expect((await world.ask(reader, WhoAmIDocument)).data?.viewer.kind).toBe('CONNECTION');
});
