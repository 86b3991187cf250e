// The pages relations point to: listed in the order they were put there, for all relations of a level in one statement.
// A statement is sent whatever the relations hold, so that how many were sent says nothing about what is hidden.

import type { Context } from '../context.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { RelationValue } from '../property/property-value.js';
import type { Page } from './page.js';
import { reachOf, readable } from './reach.js';
import { ancestors, columns, lookColumns, type ResourceRow, resourceOf } from './resource-row.js';
import type { Placed } from './source.js';

export async function related(
  ctx: Context,
  values: readonly RelationValue[],
  window: Window,
): Promise<Map<RelationValue, Placed<Page>[]>> {
  const direction = window.backwards ? sql`desc` : sql`asc`;
  const lists = values.map(({ relatedIds }) => [...new Set(relatedIds)]);
  const targets = lists.flatMap((ids, list) => {
    const isBeyond = beyond(ids, window);
    const all = ids.map((id, place) => ({ list, id, isBeyond: isBeyond(place) }));
    return window.counted ? all : all.filter((target) => target.isBeyond);
  });
  const found = await ctx.reader.rows(sql<ResourceRow & { list: number; total?: number }>`
    select * from (
      select target.list, target.beyond, 'Page' as kind, r.parent_id as "parentId", ${columns}, ${lookColumns},
             row_number() over (partition by target.list, target.beyond order by target.place ${direction}) as nth
             ${window.counted ? sql`, count(*) over (partition by target.list)::int as total` : sql``}
        from ${targetsOf(targets)} ${readablePages(ctx)}) found
     where beyond and nth <= ${window.limit + 1}
     order by list, nth`);
  ctx.seen.push(found);
  const answer = new Map<RelationValue, Placed<Page>[]>();
  for (const row of found) {
    const { list, total } = row;
    const value = values[list] as RelationValue;
    const placed = { row: resourceOf(row) as Page, position: [String(lists[list]?.indexOf(row.id)), row.id] };
    const before = answer.get(value) ?? [];
    before.push(total === undefined ? placed : { ...placed, total });
    answer.set(value, before);
  }
  return answer;
}

export async function countRelated(
  ctx: Context,
  values: readonly RelationValue[],
): Promise<Map<RelationValue, number>> {
  const targets = values.flatMap(({ relatedIds }, list) =>
    [...new Set(relatedIds)].map((id) => ({ list, id, isBeyond: true })),
  );
  const found = await ctx.reader.rows(sql<{ list: number; count: number }>`
    select target.list, count(*)::int as count from ${targetsOf(targets)} ${readablePages(ctx)} group by target.list`);
  return new Map(found.map(({ list, count }) => [values[list] as RelationValue, count]));
}

/** Which places lie beyond the cursor, walking its way. Where its page still stands decides; where it stood, when it
 *  has been taken out since. */
function beyond(ids: readonly Id[], { from, backwards }: Window): (place: number) => boolean {
  if (!from) return () => true;
  const [stood = '0', id = ''] = from;
  const stands = ids.indexOf(id);
  if (stands >= 0) return backwards ? (place) => place < stands : (place) => place > stands;
  return backwards ? (place) => place < Number(stood) : (place) => place >= Number(stood);
}

const targetsOf = (targets: readonly { list: number; id: Id; isBeyond: boolean }[]): Sql => sql`
  unnest(${targets.map(({ list }) => list)}::int[], ${targets.map(({ id }) => id)}::uuid[],
         ${targets.map(({ isBeyond }) => isBeyond)}::boolean[]) with ordinality as target(list, id, beyond, place)`;

const readablePages = (ctx: Context): Sql => sql`
  join page r on r.workspace_id = ${ctx.actor.workspaceId} and r.id = target.id
  cross join lateral ${reachOf(ctx.actor, ancestors)}
 where not r.in_trash and ${readable}`;
