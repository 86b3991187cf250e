// What tests of writing share: everything content consists of, to be compared before and after, and what must hold of a tree
// whatever was done to it.

import { expect } from 'vitest';
import type { Actor } from '../../src/gate/actor.js';
import type { Capability } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import { actAs } from '../../src/server/authenticate.js';
import { mutate, type Payload } from '../asking.js';
import type { Asker, World } from '../world.js';

/** The actor a connection's token makes of a request. */
export const actorOf = async ({ store }: World, { installationId }: Asker): Promise<Actor> =>
  (await actAs(installationId, store.reader()))!;

/** A connection with these capabilities, all of them on what is shared with it. */
export async function botWith(
  world: World,
  capabilities: readonly Capability[],
  ...shares: readonly Id[]
): Promise<Actor & Asker> {
  const asker = await world.connection(capabilities);
  for (const id of shares) await world.share(asker, id);
  return { ...asker, ...(await actorOf(world, asker)) };
}

const TABLES = [
  'page',
  'database',
  'data_source',
  'row_value',
  'property_slot',
  'row_counter',
  'block',
  'discussion',
  'comment',
  'share',
  'change',
  'audit_entry',
];

/** A digest of each table a command on content could touch. */
export const digests = async (world: World): Promise<Record<string, string>> => {
  const parts = TABLES.map(
    (table) => `(select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from ${table} t) as ${table}`,
  );
  const [row] = await world.sql<Record<string, string>>(`select ${parts.join(', ')}`);
  return row!;
};

/** Refused with this code, and not one row is other than it was. */
export async function expectRefused(
  world: World,
  send: () => Promise<Payload>,
  error: { code: string; [fact: string]: unknown },
): Promise<Payload> {
  const before = await digests(world);
  const payload = await send();
  expect(payload.userErrors).toMatchObject([error]);
  expect(Object.entries(payload).filter(([name, held]) => name !== 'userErrors' && held != null)).toEqual([]);
  expect(await digests(world)).toEqual(before);
  return payload;
}

/** Carried out: nothing is said against it. */
export async function expectAllowed(send: () => Promise<Payload>): Promise<Payload> {
  const payload = await send();
  expect(payload.userErrors).toEqual([]);
  return payload;
}

/** Sends a mutation as somebody, and selects the noun's id. */
export const sending =
  (world: World, actor: Actor) =>
  (mutation: string, input: Record<string, unknown>, answers = answersOf(mutation)): Promise<Payload> =>
    mutate(world, actor, mutation, input, answers);

const answersOf = (mutation: string): string => {
  if (/Comment$|Discussion$/.test(mutation)) {
    return mutation === 'deleteComment' ? 'deletedId' : mutation === 'resolveDiscussion' ? 'discussionId' : 'commentId';
  }
  if (/^delete(?!Block)/.test(mutation)) return 'deletedId';
  if (/Blocks?$|Markdown$/.test(mutation)) return 'page { id }';
  if (mutation.endsWith('FileUpload')) return 'fileUpload { id }';
  if (mutation.endsWith('Rows')) return 'rows { id } errors { index }';
  const [noun = ''] = mutation.match(/(Page|Database|DataSource)$/) ?? [];
  return `${noun[0]?.toLowerCase()}${noun.slice(1)} { id }`;
};

/** Whatever was done: ancestors are what a walk up the tree finds, nothing is below itself or below nothing, and the trash
 *  holds with each thing all that is below it, flagged with something at or above it. */
export async function expectSoundTree(world: World, workspaceId: Id = world.workspaceId): Promise<void> {
  const wrong = await world.sql(
    `with recursive walk as (
       select id, parent_id, array[id] as path from resource where workspace_id = $1 and parent_id is null
       union all
       select r.id, r.parent_id, walk.path || r.id from walk join resource r on r.workspace_id = $1 and r.parent_id = walk.id
        where not r.id = any(walk.path))
     select r.id, r.kind, r.ancestors, walk.path, r.in_trash, r.trashed_with, above.in_trash as above
       from resource r
       left join walk on walk.id = r.id
       left join resource above on above.workspace_id = $1 and above.id = r.parent_id
      where r.workspace_id = $1
        and (walk.id is null or walk.path <> r.ancestors or r.in_trash <> (r.trashed_with is not null)
             or (r.in_trash and not r.trashed_with = any(r.ancestors)) or (above.in_trash and not r.in_trash))`,
    [workspaceId],
  );
  expect(wrong).toEqual([]);
  await expectSoundSearch(world, workspaceId);
}

/** Whatever was done: search looks at what there is, and at nothing else. */
export async function expectSoundSearch(world: World, workspaceId: Id = world.workspaceId): Promise<void> {
  const wrong = await world.sql(
    `with due as (
       select r.workspace_id, r.id, r.kind, r.workspace_id || r.ancestors as places, r.in_trash, r.last_edited_at,
              to_tsvector('simple', search_fold(r.title)) as title,
              to_tsvector('simple', search_fold(left(r.title || coalesce(E'\n' || (
                select string_agg(block_text(b.content), E'\n' order by b.path) from block b
                 where b.workspace_id = r.workspace_id and b.page_id = r.id), ''), 200000))) as words
         from resource r where r.workspace_id = $1),
     kept as (select * from search_text where workspace_id = $1)
     (select 'is missing', due.* from due except select 'is missing', kept.* from kept)
      union all
     (select 'is too much', kept.* from kept except select 'is too much', due.* from due)`,
    [workspaceId],
  );
  expect(wrong).toEqual([]);
}

/** Types of the changes written since a position, in order. */
export const changesSince = async (world: World, seq: number): Promise<string[]> =>
  (
    await world.sql<{ type: string }>('select type from change where workspace_id = $1 and seq > $2 order by seq', [
      world.workspaceId,
      seq,
    ])
  ).map(({ type }) => type);

export const lastChange = async (world: World): Promise<number> =>
  Number((await world.sql<{ seq: string }>('select coalesce(max(seq), 0) as seq from change'))[0]!.seq);
