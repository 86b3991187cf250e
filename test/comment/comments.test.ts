// Pages and blocks are discussed by whoever has the bits on that very page: each case that is allowed beside its refused twin.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createComment, deleteComment, resolveDiscussion, updateComment } from '../../src/comment/lifecycle.js';
import { deleteBlock, moveBlock } from '../../src/content/block-lifecycle.js';
import { DEFAULT_CONTENT_LIMITS } from '../../src/content/limits.js';
import { lockPage, movePage } from '../../src/content/page-lifecycle.js';
import { deletePage, restorePage, trashPage } from '../../src/content/trash.js';
import type { Actor } from '../../src/gate/actor.js';
import { CAPABILITIES, type Capability, type ShareAccess } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import { operator } from '../actors.js';
import { askAs, mutate, type Payload, signedIn } from '../asking.js';
import { botWith, digests, expectAllowed, expectRefused } from '../content/writing.js';
import { settled } from '../events/settling.js';
import { type Asker, openWorld, type World } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld({ poolSize: 12 });
});
afterAll(() => world[Symbol.asyncDispose]());

const BOTH: Capability[] = ['COMMENT_READ', 'COMMENT_INSERT'];
type Bot = Actor & Asker;
const commenter = (...pages: Id[]): Promise<Bot> => botWith(world, ['CONTENT_READ', ...BOTH], ...pages);

/** A bot with these bits on a page, and all capabilities. */
async function withBits(page: Id, access: readonly ShareAccess[]): Promise<Bot> {
  const bot = await botWith(world, CAPABILITIES);
  await world.share(bot, page, { access });
  return bot;
}

const WRITTEN = 'commentId discussionId comment { id plainText version discussion { id } }';
const comment = (actor: Actor, parent: object, text = 'So?', answers = WRITTEN): Promise<Payload> =>
  mutate(world, actor, 'createComment', { parent, text }, answers);

const line = (text: string) => ({
  content: { type: 'PARAGRAPH' as const, richText: [{ type: 'TEXT' as const, text }] },
  children: [],
});
async function pageWithBlock(text = 'Old'): Promise<{ page: Id; block: Id }> {
  const page = await world.page({ blocks: [line(text)] });
  const [block] = await world.sql<{ id: Id }>('select id from block where page_id = $1', [page]);
  return { page, block: block!.id };
}

const DISCUSSIONS = `query ($id: ID!, $resolved: Boolean, $first: Int = 10, $after: String) { page(id: $id) {
  discussions(resolved: $resolved, first: $first, after: $after) { totalCount
    nodes { id isResolved block { id } comments(first: 10) { totalCount nodes { id plainText } } } pageInfo { hasNextPage endCursor } }
  comments(first: 10) { totalCount nodes { plainText } } } }`;

interface Shown {
  totalCount: number;
  nodes: {
    id: Id;
    isResolved: boolean;
    block: { id: Id } | null;
    comments: { totalCount: number; nodes: { plainText: string }[] };
  }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

async function discussionsOn(actor: Actor, id: Id, variables: object = {}): Promise<Shown> {
  const { data, errors } = await askAs(world, actor, DISCUSSIONS, { id, ...variables });
  expect(errors).toBeUndefined();
  return (data as { page: { discussions: Shown } }).page.discussions;
}
const said = ({ nodes }: Shown): string[][] =>
  nodes.map(({ comments }) => comments.nodes.map(({ plainText }) => plainText));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'OK',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code;
      throw error;
    },
  );

describe('A comment', () => {
  test('on a page begins a discussion, and one in it answers', async () => {
    const page = await world.page();
    const bot = await commenter(page);
    const first = await expectAllowed(() => comment(bot, { pageId: page }, 'First'));
    const { discussionId } = first;
    expect(first.comment).toEqual({
      id: first.commentId,
      plainText: 'First',
      version: 1,
      discussion: { id: discussionId },
    });
    const reply = await expectAllowed(() => comment(bot, { discussionId }, 'Second'));
    expect(reply.discussionId).toBe(discussionId);
    await expectAllowed(() => comment(bot, { pageId: page }, 'Other'));
    const shown = await discussionsOn(bot, page);
    expect(said(shown)).toEqual([['First', 'Second'], ['Other']]);
    expect([shown.totalCount, shown.nodes[0]!.comments.totalCount]).toEqual([2, 2]);
    const { data } = await askAs(world, bot, DISCUSSIONS, { id: page });
    expect(data).toMatchObject({
      page: {
        comments: { totalCount: 3, nodes: [{ plainText: 'First' }, { plainText: 'Second' }, { plainText: 'Other' }] },
      },
    });
  });

  test('on a block is one of its page as well', async () => {
    const { page, block } = await pageWithBlock();
    const bot = await commenter(page);
    const { discussionId } = await expectAllowed(() => comment(bot, { blockId: block }, 'On the block'));
    await expectAllowed(() => comment(bot, { pageId: page }, 'On the page'));
    expect((await discussionsOn(bot, page)).nodes.map((one) => one.block?.id ?? null)).toEqual([block, null]);
    const { data } = await askAs(
      world,
      bot,
      `{ node(id: "${block}") { ... on Block { discussions { totalCount nodes { id } } } } }`,
    );
    expect(data).toEqual({ node: { discussions: { totalCount: 1, nodes: [{ id: discussionId }] } } });
  });

  test('counts no version of its page, and is its own change', async () => {
    const { page, block } = await pageWithBlock();
    const before = await world.sql('select version, last_edited_at from page where id = $1', [page]);
    const bot = await commenter(page);
    const { commentId, discussionId } = await comment(bot, { blockId: block });
    expect(await world.sql('select version, last_edited_at from page where id = $1', [page])).toEqual(before);
    const changes = await world.sql(
      'select type, resource_version, ancestors, details from change where resource_id = $1',
      [commentId],
    );
    expect(changes).toEqual([
      {
        type: 'COMMENT_CREATED',
        resource_version: 1,
        ancestors: [page],
        details: { parent: { type: 'block', id: block }, pageId: page, discussionId },
      },
    ]);
  });

  test('says something, and no more than the limits allow', async () => {
    const page = await world.page();
    const bot = await commenter(page);
    const send = (input: object) =>
      mutate(world, bot, 'createComment', { parent: { pageId: page }, ...input }, 'commentId');
    await expectRefused(world, () => send({}), { code: 'REQUIRED' });
    await expectRefused(world, () => send({ text: '  \n' }), { code: 'REQUIRED' });
    await expectRefused(world, () => send({ richText: [] }), { code: 'REQUIRED' });
    await expectRefused(world, () => send({ text: 'a', richText: [{ text: 'b' }] }), { code: 'INVALID' });
    await expectRefused(world, () => send({ text: 'a'.repeat(2_001) }), { code: 'TOO_LONG', path: ['text'] });
    await expectRefused(world, () => send({ richText: Array(101).fill({ text: 'a' }) }), { code: 'TOO_LONG' });
    await expectAllowed(() => send({ text: 'a'.repeat(2_000) }));
    await expectAllowed(() => send({ richText: [{ equation: 'x^2' }] }));
  });

  test('finds room in a discussion, and a discussion on a page, up to a limit', async () => {
    const page = await world.page();
    const caller = {
      ...operator(world),
      contentLimits: { ...DEFAULT_CONTENT_LIMITS, maxDiscussions: 2, maxComments: 2 },
    };
    const parent = { kind: 'Page' as const, id: page };
    const { discussionId } = await createComment(caller, { parent, text: '1' });
    const reply = { parent: { kind: 'Discussion' as const, id: discussionId }, text: '2' };
    await createComment(caller, reply);
    await expect(createComment(caller, reply)).rejects.toThrow(/at most 2 comments in a discussion \(maxComments\)/);
    await createComment(caller, { parent, text: '3' });
    await expect(createComment(caller, { parent, text: '4' })).rejects.toThrow(
      /at most 2 discussions on a page \(maxDiscussions\)/,
    );
  });

  test('with a key is written once', async () => {
    const page = await world.page();
    const bot = await commenter(page);
    const send = () =>
      askAs(
        world,
        bot,
        `mutation { createComment(input: { parent: { pageId: "${page}" }, text: "Once" }) @idempotent(key: "once") {
           commentId discussionId comment { plainText } userErrors { code } } }`,
      );
    const first = await send();
    expect(first.data).toMatchObject({ createComment: { comment: { plainText: 'Once' }, userErrors: [] } });
    expect(await send()).toEqual(first);
    expect((await discussionsOn(bot, page)).totalCount).toBe(1);
  });
});

describe('Discussions are listed', () => {
  test('page by page, oldest first, resolved ones or open ones alone when asked', async () => {
    const page = await world.page();
    const bot = await commenter(page);
    const made: Id[] = [];
    for (const text of ['a', 'b', 'c']) made.push((await comment(bot, { pageId: page }, text)).discussionId);
    await mutate(world, bot, 'resolveDiscussion', { id: made[1]! });
    const first = await discussionsOn(bot, page, { first: 2 });
    expect(said(first)).toEqual([['a'], ['b']]);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await discussionsOn(bot, page, { first: 2, after: first.pageInfo.endCursor });
    expect([said(rest), rest.totalCount, rest.pageInfo.hasNextPage]).toEqual([[['c']], 3, false]);
    expect(said(await discussionsOn(bot, page, { resolved: true }))).toEqual([['b']]);
    const open = await discussionsOn(bot, page, { resolved: false });
    expect([said(open), open.totalCount]).toEqual([[['a'], ['c']], 2]);
    // A cursor is one of its own list.
    const foreign = await askAs(world, bot, DISCUSSIONS, {
      id: page,
      resolved: false,
      after: first.pageInfo.endCursor,
    });
    expect(foreign.errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');
  });

  test('to whoever may read comments and not the page, by its id', async () => {
    const [page, other] = [await world.page({ title: 'Hidden' }), await world.page({ title: 'Elsewhere' })];
    const author = await commenter(page, other);
    await mutate(world, author, 'createComment', {
      parent: { pageId: page },
      richText: [{ text: 'See ' }, { mention: other }, { text: ' and ' }, { mention: page }],
    });
    const query = `query ($id: ID!) { discussions(pageId: $id, first: 5) { totalCount nodes { id block { id } page { id title }
      comments(first: 5) { nodes { plainText richText { plainText mention { id } } createdBy { id name } } } } } }`;
    const reader = await botWith(world, ['COMMENT_READ'], page);
    const { data, extensions } = await askAs(world, reader, query, { id: page });
    const { botId } = author as unknown as { botId: Id };
    expect(data).toMatchObject({
      discussions: {
        totalCount: 1,
        nodes: [
          {
            block: null,
            page: { id: page, title: null },
            comments: {
              nodes: [
                {
                  plainText: 'See Unavailable page and Unavailable page',
                  richText: [{ mention: null }, { mention: null }, { mention: null }, { mention: { id: page } }],
                  createdBy: { id: botId, name: null },
                },
              ],
            },
          },
        ],
      },
    });
    expect(extensions!.redactions!.map(({ coordinate }) => coordinate)).toEqual(
      expect.arrayContaining(['Discussion.block', 'Page.title', 'Bot.name']),
    );
    // Who may read the page, but not its comments, who reads comments elsewhere alone, and what is no page: nothing.
    const blind = await withBits(page, ['READ', 'UPDATE', 'INSERT', 'COMMENT_INSERT']);
    await world.share(blind, other, { access: ['COMMENT_READ'] });
    expect((await askAs(world, blind, query, { id: page })).data).toEqual({ discussions: null });
    const { data: unread } = await askAs(world, blind, DISCUSSIONS, { id: page });
    expect(unread).toEqual({ page: { discussions: null, comments: null } });
    for (const id of [other, newId(), 'x']) {
      expect((await askAs(world, reader, query, { id })).data).toEqual({ discussions: null });
    }
  });

  test('and answered by id, to the same readers', async () => {
    const page = await world.page();
    const author = await commenter(page);
    const { commentId, discussionId } = await comment(author, { pageId: page });
    const query = `{ nodes(ids: ["${commentId}", "${discussionId}"]) { __typename id ... on Comment { plainText discussion { id } }
      ... on Discussion { isResolved comments { nodes { id } } } } }`;
    expect((await askAs(world, await botWith(world, ['COMMENT_READ'], page), query)).data).toEqual({
      nodes: [
        { __typename: 'Comment', id: commentId, plainText: 'So?', discussion: { id: discussionId } },
        { __typename: 'Discussion', id: discussionId, isResolved: false, comments: { nodes: [{ id: commentId }] } },
      ],
    });
    for (const bot of [
      await withBits(page, ['READ', 'COMMENT_INSERT']),
      await botWith(world, BOTH),
      await botWith(world, ['CONTENT_READ', 'COMMENT_INSERT'], page),
    ]) {
      expect((await askAs(world, bot, query)).data).toEqual({ nodes: [null, null] });
    }
  });
});

describe('Who may comment, but not read', () => {
  test('learns the ids of what it writes, and nothing else', async () => {
    const page = await world.page({ title: 'Hidden' });
    const { discussionId } = await comment(await commenter(page), { pageId: page }, 'Secret');
    const bot = await withBits(page, ['COMMENT_INSERT']);
    const { userErrors, ...written } = await comment(bot, { discussionId }, 'Blind');
    expect([userErrors, written]).toEqual([[], { commentId: expect.any(String), discussionId, comment: null }]);
    const { commentId: id } = written;
    expect(await mutate(world, bot, 'updateComment', { id, text: 'Blind!' }, 'commentId comment { id }')).toEqual({
      commentId: id,
      comment: null,
      userErrors: [],
    });
    // By trying versions it would learn how often its comment was changed.
    const stale = { id, text: 'x', expectedVersion: 1 };
    await expectRefused(world, () => mutate(world, bot, 'updateComment', stale, 'commentId'), {
      code: 'CAPABILITY_MISSING',
      path: ['expectedVersion'],
    });
    const settledIt = await mutate(
      world,
      bot,
      'resolveDiscussion',
      { id: discussionId },
      'discussionId discussion { id }',
    );
    expect(settledIt).toEqual({ discussionId, discussion: null, userErrors: [] });
    expect(await mutate(world, bot, 'deleteComment', { id }, 'deletedId discussion { id }')).toEqual({
      deletedId: id,
      discussion: null,
      userErrors: [],
    });
  });
});

describe('A comment is changed', () => {
  test('and deleted by whoever wrote it: of others it looks missing', async () => {
    const page = await world.page();
    const [author, other] = [await commenter(page), await commenter(page)];
    const { commentId: id } = await comment(author, { pageId: page }, 'Mine');
    const missing = await mutate(world, other, 'updateComment', { id: newId(), text: 'x' }, 'commentId');
    const refused = await expectRefused(
      world,
      () => mutate(world, other, 'updateComment', { id, text: 'x' }, 'commentId'),
      { code: 'NOT_FOUND' },
    );
    expect(refused).toEqual(missing);
    await expectRefused(world, () => mutate(world, other, 'deleteComment', { id }, 'deletedId'), { code: 'NOT_FOUND' });
    const changed = await expectAllowed(() =>
      mutate(world, author, 'updateComment', { id, text: 'Ours', expectedVersion: 1 }, 'comment { plainText version }'),
    );
    expect(changed.comment).toEqual({ plainText: 'Ours', version: 2 });
    await expectRefused(
      world,
      () => mutate(world, author, 'updateComment', { id, text: 'x', expectedVersion: 1 }, 'commentId'),
      { code: 'STALE_VERSION', currentVersion: 2 },
    );
    // What comes to the same writes nothing.
    const before = await digests(world);
    await expectAllowed(() => mutate(world, author, 'updateComment', { id, text: 'Ours' }, 'commentId'));
    expect(await digests(world)).toEqual(before);
    await expectAllowed(() => mutate(world, author, 'deleteComment', { id }, 'deletedId'));
    expect(await world.sql('select 1 from comment where id = $1', [id])).toEqual([]);
  });

  test('and may be taken away by an owner, who cannot put words into a mouth; a member can do neither', async () => {
    const page = await world.page();
    const { commentId: id } = await comment(await commenter(page), { pageId: page });
    const owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
    const member = signedIn(world, await world.person(), 'MEMBER');
    await expectRefused(world, () => mutate(world, owner, 'updateComment', { id, text: 'x' }, 'commentId'), {
      code: 'NOT_FOUND',
    });
    await expectRefused(world, () => mutate(world, member, 'deleteComment', { id }, 'deletedId'), {
      code: 'NOT_FOUND',
    });
    await expectAllowed(() => mutate(world, owner, 'deleteComment', { id }, 'deletedId'));
  });

  test('the last one takes its discussion along', async () => {
    const page = await world.page();
    const bot = await commenter(page);
    const first = await comment(bot, { pageId: page }, 'First');
    const { discussionId } = first;
    const second = await comment(bot, { discussionId }, 'Second');
    const answers = 'discussion { comments { nodes { plainText } } }';
    const left = await expectAllowed(() => mutate(world, bot, 'deleteComment', { id: first.commentId }, answers));
    expect(left.discussion).toEqual({ comments: { nodes: [{ plainText: 'Second' }] } });
    const none = await expectAllowed(() => mutate(world, bot, 'deleteComment', { id: second.commentId }, answers));
    expect(none.discussion).toBeNull();
    expect((await discussionsOn(bot, page)).totalCount).toBe(0);
    await expectRefused(world, () => comment(bot, { discussionId }, 'Late', 'commentId'), { code: 'NOT_FOUND' });
  });

  test('what it mentions is reached by whoever writes it; what was mentioned already may stay', async () => {
    const [page, closed] = [await world.page(), await world.page({ title: 'Closed' })];
    const bot = await commenter(page);
    const share = await world.share(bot, closed);
    const mentioning = (id: Id) => [{ text: 'See ' }, { mention: id }];
    const { commentId: id } = await expectAllowed(() =>
      mutate(world, bot, 'createComment', { parent: { pageId: page }, richText: mentioning(closed) }, 'commentId'),
    );
    await world.unshare(share);
    const { comment: changed } = await expectAllowed(() =>
      mutate(
        world,
        bot,
        'updateComment',
        { id, richText: [...mentioning(closed), { text: '!' }] },
        'comment { plainText }',
      ),
    );
    expect(changed.plainText).toBe('See Unavailable page!');
    const send = (richText: object[]) =>
      mutate(world, bot, 'createComment', { parent: { pageId: page }, richText }, 'commentId');
    await expectRefused(world, () => send(mentioning(closed)), { code: 'NOT_FOUND', path: ['richText'] });
    await expectRefused(world, () => send(mentioning(newId())), { code: 'NOT_FOUND', path: ['richText'] });
    await expectRefused(world, () => send([{ user: newId() }]), { code: 'NOT_FOUND', path: ['richText'] });
  });
});

describe('A discussion is resolved', () => {
  test('and opened again by whoever may comment; the change is one of its first comment', async () => {
    const page = await world.page();
    const [author, other] = [await commenter(page), await commenter(page)];
    const { discussionId: id, commentId } = await comment(author, { pageId: page });
    const answers = 'discussion { isResolved resolvedAt resolvedBy { id } }';
    const resolved = await expectAllowed(() => mutate(world, other, 'resolveDiscussion', { id }, answers));
    const { botId } = other as unknown as { botId: Id };
    expect(resolved.discussion).toEqual({
      isResolved: true,
      resolvedAt: expect.any(String),
      resolvedBy: { id: botId },
    });
    const types = async () =>
      world.sql<{ type: string; resolved: boolean }>(
        `select type, (details ->> 'resolved')::boolean as resolved from change where resource_id = $1 order by seq`,
        [commentId],
      );
    const once = [
      { type: 'COMMENT_CREATED', resolved: null },
      { type: 'COMMENT_UPDATED', resolved: true },
    ];
    expect(await types()).toEqual(once);
    await expectAllowed(() => mutate(world, author, 'resolveDiscussion', { id }, answers)); // it is so already
    expect(await types()).toEqual(once);
    await expectAllowed(() => comment(other, { discussionId: id }, 'Wait')); // it may be answered, and stays resolved
    const open = await expectAllowed(() =>
      mutate(world, author, 'resolveDiscussion', { id, resolved: false }, answers),
    );
    expect(open.discussion).toEqual({ isResolved: false, resolvedAt: null, resolvedBy: null });
    const reader = await withBits(page, ['READ', 'COMMENT_READ']);
    await expectRefused(world, () => mutate(world, reader, 'resolveDiscussion', { id }, 'discussionId'), {
      code: 'CAPABILITY_MISSING',
    });
  });

  test('once, by two who do it at the same time', async () => {
    const page = await world.page();
    const { discussionId: id } = await createComment(operator(world), {
      parent: { kind: 'Page', id: page },
      text: 'x',
    });
    const before = await world.sql<{ count: number }>('select count(*)::int as count from change');
    await Promise.all(Array.from({ length: 6 }, () => resolveDiscussion(operator(world), { id, resolved: true })));
    const after = await world.sql<{ count: number }>('select count(*)::int as count from change');
    expect(after[0]!.count - before[0]!.count).toBe(1);
  });
});

describe('A page that is commented', () => {
  test('may be locked, but not lie in the trash', async () => {
    const { page, block } = await pageWithBlock();
    await lockPage(operator(world), { id: page });
    const bot = await commenter(page);
    const { commentId: id, discussionId } = await expectAllowed(() => comment(bot, { blockId: block }));
    await trashPage(operator(world), { id: await unlocked(page) });
    const sends: [string, object][] = [
      ['createComment', { parent: { pageId: page }, text: 'x' }],
      ['createComment', { parent: { blockId: block }, text: 'x' }],
      ['createComment', { parent: { discussionId }, text: 'x' }],
      ['updateComment', { id, text: 'x' }],
      ['deleteComment', { id }],
      ['resolveDiscussion', { id: discussionId }],
    ];
    for (const [mutation, input] of sends) {
      await expectRefused(world, () => mutate(world, bot, mutation, { ...input }), { code: 'INVALID_STATE' });
    }
    expect(said(await discussionsOn(bot, page))).toEqual([['So?']]); // it can be read there
    await restorePage(operator(world), { id: page });
    await expectAllowed(() => mutate(world, bot, 'resolveDiscussion', { id: discussionId }));
  });

  const unlocked = async (id: Id): Promise<Id> => {
    await world.sql('update page set locked = false where id = $1', [id]);
    return id;
  };

  test('takes its comments along when it is deleted for good', async () => {
    const { page, block } = await pageWithBlock();
    const below = await world.page({ under: page });
    for (const parent of [
      { kind: 'Page' as const, id: below },
      { kind: 'Block' as const, id: block },
    ]) {
      await createComment(operator(world), { parent, text: 'x' });
    }
    await trashPage(operator(world), { id: page });
    await deletePage(operator(world), { id: page });
    const left = await world.sql(
      'select 1 from discussion where page_id = any($1) union all select 1 from comment where page_id = any($1)',
      [[page, below]],
    );
    expect(left).toEqual([]);
  });

  test('opens them to those who reach it where it stands now', async () => {
    const [above, page] = [await world.page(), await world.page()];
    await createComment(operator(world), { parent: { kind: 'Page', id: page }, text: 'Moving' });
    const bot = await commenter(above);
    const query = `{ discussions(pageId: "${page}") { totalCount } }`;
    expect((await askAs(world, bot, query)).data).toEqual({ discussions: null });
    await movePage(operator(world), { id: page, parent: { kind: 'Page', id: above } });
    expect((await askAs(world, bot, query)).data).toEqual({ discussions: { totalCount: 1 } });
  });
});

describe('A block that is commented', () => {
  test('takes what was said about it to another page, for those who reach that one', async () => {
    const [{ page, block }, other] = [await pageWithBlock(), await world.page()];
    const [here, there] = [await commenter(page), await commenter(other)];
    const { commentId } = await comment(here, { blockId: block }, 'About the block');
    await comment(here, { pageId: page }, 'About the page');
    await moveBlock(operator(world), { id: block, pageId: other, position: { kind: 'END' } });
    expect(said(await discussionsOn(here, page))).toEqual([['About the page']]);
    const moved = await discussionsOn(there, other);
    expect([said(moved), moved.nodes[0]!.block]).toEqual([[['About the block']], { id: block }]);
    const query = `{ node(id: "${commentId}") { ... on Comment { page { id } } } }`;
    expect((await askAs(world, there, query)).data).toEqual({ node: { page: { id: other } } });
    expect((await askAs(world, here, query)).data).toEqual({ node: null });
    // Who wrote it does not reach it any more.
    await expectRefused(world, () => mutate(world, here, 'deleteComment', { id: commentId }), { code: 'NOT_FOUND' });
  });

  test('leaves it to its page when it is gone, and takes it back when an import brings it again', async () => {
    const { page, block } = await pageWithBlock();
    const bot = await commenter(page);
    const { discussionId } = await comment(bot, { blockId: block });
    const [{ plain, ...row }] = (await world.sql<Record<string, unknown>>('select * from block where id = $1', [
      block,
    ])) as [Record<string, unknown>];
    expect(plain).toBeTypeOf('string'); // made of the others
    await deleteBlock(operator(world), { id: block });
    expect((await discussionsOn(bot, page)).nodes).toMatchObject([{ id: discussionId, block: null }]);
    await expectAllowed(() => comment(bot, { discussionId }, 'Still here'));
    await expectRefused(world, () => comment(bot, { blockId: block }, 'x', 'commentId'), { code: 'NOT_FOUND' });
    const columns = Object.keys(row).join(', ');
    await world.sql(`insert into block (${columns}) select ${columns} from jsonb_populate_record(null::block, $1)`, [
      JSON.stringify(row),
    ]);
    expect((await discussionsOn(bot, page)).nodes).toMatchObject([{ id: discussionId, block: { id: block } }]);
  });
});

describe('Events of comments', () => {
  const EVENTS = `{ events(first: 100) { nodes { type resourceId sequence authors { id }
    ... on CommentEvent { page { id } comment { plainText } discussion { id isResolved } } } } }`;

  test('are told to whoever may read comments there, with the comment as it is now', async () => {
    const { page, block } = await pageWithBlock();
    const [bot, blind] = [await commenter(page), await botWith(world, ['CONTENT_READ', 'COMMENT_INSERT'], page)];
    const narrow = await botWith(world, ['CONTENT_READ', 'COMMENT_READ']);
    await world.share(narrow, page, { access: ['READ'] });
    const one = await comment(bot, { blockId: block }, 'One');
    const two = await comment(bot, { discussionId: one.discussionId }, 'Two');
    await mutate(world, bot, 'updateComment', { id: one.commentId, text: 'One!' });
    await mutate(world, bot, 'deleteComment', { id: two.commentId });
    await mutate(world, bot, 'resolveDiscussion', { id: one.discussionId });
    await settled(world);
    const { data } = await askAs(world, bot, EVENTS);
    const now = { page: { id: page }, discussion: { id: one.discussionId, isResolved: true } };
    const seen = { ...now, comment: { plainText: 'One!' } };
    const gone = { ...now, comment: null };
    const { botId } = bot as unknown as { botId: Id };
    const authors = [{ id: botId }];
    expect(data).toEqual({
      events: {
        nodes: [
          { type: 'COMMENT_CREATED', resourceId: one.commentId, sequence: 1, authors, ...seen },
          { type: 'COMMENT_CREATED', resourceId: two.commentId, sequence: 1, authors, ...gone },
          { type: 'COMMENT_UPDATED', resourceId: one.commentId, sequence: 2, authors, ...seen },
          { type: 'COMMENT_DELETED', resourceId: two.commentId, sequence: 2, authors, ...gone },
          { type: 'COMMENT_UPDATED', resourceId: one.commentId, sequence: 3, authors, ...seen },
        ],
      },
    });
    for (const other of [blind, narrow]) {
      expect((await askAs(world, other, EVENTS)).data).toEqual({ events: { nodes: [] } });
    }
  });
});

describe('At the same time', () => {
  test('answers come in while the page is thrown away: each is there, or was refused', async () => {
    const page = await world.page();
    const caller = operator(world);
    const { discussionId } = await createComment(caller, { parent: { kind: 'Page', id: page }, text: 'x' });
    const reply = { parent: { kind: 'Discussion' as const, id: discussionId }, text: 'y' };
    const codes = await Promise.all([
      ...Array.from({ length: 8 }, () => codeOf(createComment(caller, reply))),
      codeOf(trashPage(caller, { id: page })),
      ...Array.from({ length: 8 }, () => codeOf(createComment(caller, reply))),
    ]);
    expect(codes[8]).toBe('OK');
    expect(new Set(codes)).toEqual(new Set(['OK', 'INVALID_STATE']));
    const written = codes.filter((code) => code === 'OK').length; // the first one for the one that threw it away
    const [{ count }] = (await world.sql<{ count: number }>(
      'select count(*)::int as count from comment where discussion_id = $1',
      [discussionId],
    )) as [{ count: number }];
    expect(count).toBe(written);
    // None was written after: the page was thrown away by the last change.
    const changes = await world.sql<{ type: string }>(
      'select type from change where $1 = any(ancestors) order by seq',
      [page],
    );
    expect(changes.findIndex(({ type }) => type === 'PAGE_DELETED')).toBe(changes.length - 1);
  });

  test('the last comment goes while others answer: no comment is left without its discussion', async () => {
    const page = await world.page();
    const caller = operator(world);
    for (let round = 0; round < 5; round++) {
      const { id, discussionId } = await createComment(caller, { parent: { kind: 'Page', id: page }, text: 'x' });
      const reply = { parent: { kind: 'Discussion' as const, id: discussionId }, text: 'y' };
      const codes = await Promise.all([
        codeOf(createComment(caller, reply)),
        codeOf(deleteComment(caller, { id })),
        codeOf(updateComment(caller, { id, text: 'z' })),
        codeOf(createComment(caller, reply)),
      ]);
      expect(codes[1]).toBe('OK');
      const there = await world.sql<{ comments: number }>(
        `select (select count(*)::int from comment c where c.discussion_id = d.id) as comments from discussion d where d.id = $1`,
        [discussionId],
      );
      const replies = [codes[0], codes[3]].filter((code) => code === 'OK').length;
      expect(there).toEqual(replies === 0 ? [] : [{ comments: replies }]);
    }
  });

  test('a block is moved, deleted and commented: each comment stands on the page of its block, or on the one it had', async () => {
    const caller = operator(world);
    for (let round = 0; round < 4; round++) {
      const [{ page, block }, other] = [await pageWithBlock(), await world.page()];
      const on = { parent: { kind: 'Block' as const, id: block }, text: 'x' };
      await Promise.all([
        codeOf(createComment(caller, on)),
        codeOf(moveBlock(caller, { id: block, pageId: other, position: { kind: 'END' } })),
        codeOf(createComment(caller, on)),
        ...(round % 2 ? [codeOf(deleteBlock(caller, { id: block }))] : []),
        codeOf(createComment(caller, on)),
      ]);
      const wrong = await world.sql(
        `select d.page_id, b.page_id as of_block from discussion d join block b on b.id = d.block_id
          where d.block_id = $1 and d.page_id <> b.page_id`,
        [block],
      );
      expect(wrong).toEqual([]);
      const strays = await world.sql('select 1 from discussion where block_id = $1 and page_id not in ($2, $3)', [
        block,
        page,
        other,
      ]);
      expect(strays).toEqual([]);
    }
  });
});
