// Reading the log: events in their order, those the actor may see. A long way over what she may not see is walked in
// steps, so that no statement takes long.

import type { Context } from '../context.js';
import type { EventType } from '../events/event.js';
import { userIdOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Event } from './event.js';
import { type EventRow, shownEvent } from './faces.js';
import { readableEvent, seenEvents } from './visible.js';

export interface EventQuery {
  types?: readonly EventType[] | null | undefined;
  /** Of this and what is below it; `null` is an id nobody has. */
  within?: Id | null | undefined;
  propertyIds?: readonly string[] | null | undefined;
  /** Leaves out what the actor alone did. */
  notMine?: boolean | null | undefined;
}

/** Positions: from the first on, exclusively, up to and with the second. */
export interface Stretch {
  after: number;
  upTo: number;
}

/** Events one statement looks at. */
const STEP = 20_000;

/** Up to `limit` events of a stretch, in order. */
export async function listEvents(
  { actor, reader }: Pick<Context, 'actor' | 'reader'>,
  query: EventQuery,
  { after, upTo }: Stretch,
  limit: number,
): Promise<(Event & EventRow)[]> {
  const found: (Event & EventRow)[] = [];
  for (let from = after; from < upTo && found.length < limit; from += STEP) {
    const step = { after: from, upTo: Math.min(upTo, from + STEP) };
    const rows = await reader.rows(sql<EventRow>`
      select e.id, e.position::float8 as position, e.type, e.resource_id as "resourceId", e.resource_version as version,
             e.sequence, e.occurred_at as "occurredAt", e.author_ids as "authorIds", e.details, seen.access,
             e.ancestors[cardinality(e.ancestors)] as "aboutId"
        from ${seenEvents(actor)}
       where ${matching({ actor }, query, step)}
       order by e.position limit ${limit - found.length}`);
    found.push(...rows.map(shownEvent));
  }
  return found;
}

/** How many there are in a stretch. */
export async function countEvents(
  { actor, reader }: Pick<Context, 'actor' | 'reader'>,
  query: EventQuery,
  { after, upTo }: Stretch,
): Promise<number> {
  let count = 0;
  for (let from = after; from < upTo; from += STEP) {
    const [row] = await reader.rows(sql<{ count: number }>`
      select count(*)::int as count from ${seenEvents(actor)}
       where ${matching({ actor }, query, { after: from, upTo: Math.min(upTo, from + STEP) })}`);
    count += row?.count ?? 0;
  }
  return count;
}

function matching(
  { actor }: Pick<Context, 'actor'>,
  { types, within, propertyIds, notMine }: EventQuery,
  { after, upTo }: Stretch,
): Sql {
  const terms = [
    sql`e.workspace_id = ${actor.workspaceId}`,
    sql`e.position > ${after}::float8::bigint`,
    sql`e.position <= ${upTo}::float8::bigint`,
    readableEvent,
    ...(types == null ? [] : [sql`e.type = any(${types}::text[])`]),
    ...(within === undefined ? [] : [sql`${within}::uuid = any(e.ancestors)`]),
    ...(propertyIds == null ? [] : [touches(propertyIds)]),
    ...(notMine === true ? [byOthersToo(userIdOf(actor))] : []),
  ];
  return sql.join(terms, sql` and `);
}

/** True for events that this user, or the operator where it is null, did not cause alone. */
const byOthersToo = (me: Id | null): Sql =>
  sql`not (e.by_operator = ${me === null} and e.author_ids <@ array[${me}::uuid])`;

/** True for events in which one of these columns, or a value in one, was changed. */
const touches = (propertyIds: readonly string[]): Sql => sql`exists (
  select from jsonb_array_elements(e.details -> 'updatedProperties') as p(updated)
   where coalesce(p.updated ->> 'id', p.updated #>> '{}') = any(${propertyIds}::text[]))`;
