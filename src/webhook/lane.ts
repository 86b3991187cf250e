// The lane of a resource: of what is on its way there, only the earliest may go; what comes later waits. Whoever makes a
// delivery that waits, and whoever finishes one, looks afterwards whether the next may go, each in a statement of its own
// after its commit: so one of the two sees what the other did.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';

/** Lets the earliest deliveries of a resource go, where nothing of it is on its way any more. To be called after the
 *  commit that finished one of them, or that made some which wait. Answers how many it let go. */
export async function releaseLane(
  em: EntityManager,
  { subscriptionId, resourceIds }: { subscriptionId: Id; resourceIds: readonly Id[] },
): Promise<number> {
  if (resourceIds.length === 0) return 0;
  const released = await em.execute<unknown[]>(RELEASE, [`{${resourceIds.join(',')}}`, subscriptionId]);
  return released.length;
}

const RELEASE = `
  update delivery d set waits = false, next_at = clock_timestamp()
    from unnest(?::uuid[]) as lane(resource_id)
   cross join lateral (
     select first.workspace_id, first.id, first.waits from delivery first
      where first.subscription_id = ? and first.resource_id = lane.resource_id
        and first.state in ('PENDING', 'FAILED', 'LEASED')
      order by first.sequence limit 1) head
   where d.workspace_id = head.workspace_id and d.id = head.id and head.waits and d.waits
  returning 1`;

/** The same for whatever waits behind nothing: a process may end between its commit and its look. Answers how many. */
export async function releaseStranded(em: EntityManager): Promise<number> {
  const released = await em.execute<unknown[]>(STRANDED);
  return released.length;
}

const STRANDED = `
  update delivery d set waits = false, next_at = clock_timestamp()
   where d.waits and d.state in ('PENDING', 'FAILED')
     and not exists (
       select from delivery earlier
        where earlier.subscription_id = d.subscription_id and earlier.resource_id = d.resource_id
          and earlier.state in ('PENDING', 'FAILED', 'LEASED') and earlier.sequence < d.sequence)
  returning 1`;
