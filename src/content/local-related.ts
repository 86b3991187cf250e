// The pages that relations point to: listed in the order they were put there, for all of a level in one statement.
// A statement is sent whatever the relations hold, so that how many were sent says nothing about what is hidden.

import type { Context } from '../context.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Page } from './page.js';
import { reachOf, readable } from './reach.js';
import { ancestors, columns, lookColumns, type ResourceRow, resourceOf } from './resource-row.js';
import type { Placed, Related } from './source.js';

export async function related<T extends Related>(
  ctx: Context,
  all: readonly T[],
  window: Window,
): Promise<Map<T, Placed<Page>[]>> {
  const direction = window.backwards ? sql`desc` : sql`asc`;
  const lists = all.map(({ relatedIds }) => [...new Set(relatedIds)]);
  const targets = lists.flatMap((ids, list) => {
    const side = sideOf(ids, window);
    const here = ids.map((id, place) => ({ list, id, side: side(place), within: all[list]?.within ?? null }));
    return window.counted ? here : here.filter((target) => target.side > 0);
  });
  const found = await ctx.reader.rows(sql<ResourceRow & { list: number; total?: number }>`
    select * from (
      select target.list, target.side, 'Page' as kind, r.parent_id as "parentId", ${columns}, ${lookColumns},
             row_number() over (partition by target.list, target.side > 0 order by target.place ${direction}) as nth
             ${window.counted ? sql`, count(*) over (partition by target.list)::int as total` : sql``}
        from ${targetsOf(targets)} ${readablePages(ctx)}) found
     where side > 0 and nth <= ${window.limit + 1}
     order by list, nth`);
  ctx.seen.push(found);
  const answer = new Map<T, Placed<Page>[]>();
  for (const row of found) {
    const { list, total } = row;
    const placed = { row: resourceOf(row) as Page, position: [String(lists[list]?.indexOf(row.id)), row.id] };
    add(answer, all[list] as T, total === undefined ? placed : { ...placed, total });
  }
  return answer;
}

export async function countRelated<T extends Related>(ctx: Context, all: readonly T[]): Promise<Map<T, number>> {
  const found = await ctx.reader.rows(sql<{ list: number; count: number }>`
    select target.list, count(*)::int as count from ${targetsOf(allTargets(all))} ${readablePages(ctx)}
     group by target.list`);
  return new Map(found.map(({ list, count }) => [all[list] as T, count]));
}

/** A page that is pointed to from a list. */
export interface Target {
  list: number;
  id: Id;
  /** Whether it lies beyond the cursor, walking its way: 1 if it does, -1 if not, 0 where the cursor itself stands. */
  side: number;
  within: Id | null;
}

/** Each once in its list, as if there were no cursor. */
export const allTargets = (all: readonly Related[]): Target[] =>
  all.flatMap(({ relatedIds, within }, list) =>
    [...new Set(relatedIds)].map((id) => ({ list, id, side: 1, within: within ?? null })),
  );

/** On which side of the cursor places lie. Where its page still stands decides; where it stood, when it has been taken
 *  out since. */
export function sideOf(ids: readonly Id[], { from, backwards }: Window): (place: number) => number {
  if (!from) return () => 1;
  const [stood = '0', id = ''] = from;
  const stands = ids.indexOf(id);
  if (stands >= 0) return (place) => Math.sign(backwards ? stands - place : place - stands);
  return backwards ? (place) => (place < Number(stood) ? 1 : -1) : (place) => (place >= Number(stood) ? 1 : -1);
}

export const targetsOf = (targets: readonly Target[]): Sql => sql`
  unnest(${targets.map(({ list }) => list)}::int[], ${targets.map(({ id }) => id)}::uuid[],
         ${targets.map(({ side }) => side)}::int[], ${targets.map(({ within }) => within)}::uuid[])
    with ordinality as target(list, id, side, within, place)`;

const readablePages = (ctx: Context): Sql => sql`
  join page r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = target.id
       and (target.within is null or r.parent_id = target.within)
  cross join lateral ${reachOf(ctx.actor, ancestors)}
 where not r.in_trash and ${readable}`;

/** Adds to a list that may not be there yet. */
export function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
