// The log in tests: written and settled when a test says so, without waiting for windows.

import type { Change } from '../../src/events/change.js';
import { settleDue, stampChanges } from '../../src/events/settler.js';
import { type Actor, operatorOf } from '../../src/gate/actor.js';
import type { Id } from '../../src/lib/id.js';
import { sql } from '../../src/lib/sql.js';
import { commit } from '../../src/unit-of-work.js';
import type { World } from '../world.js';

/** Everything committed so far becomes events, each change one of its own unless a window is given. */
export async function settled(world: World, { windowMs = 0 } = {}): Promise<void> {
  await world.sql('update workspace set event_window_ms = $1', [windowMs]);
  await stampChanges(world.store);
  if (windowMs > 0) await new Promise((resolve) => setTimeout(resolve, windowMs));
  await settleDue(world.store);
}

/** Records a change of something that is there, as a command would that made it. */
export async function record(
  world: Pick<World, 'store' | 'workspaceId'>,
  id: Id,
  { by = operatorOf(world.workspaceId), ...change }: Pick<Change, 'type' | 'details'> & { resourceId?: Id; by?: Actor },
): Promise<void> {
  await commit(world.store.callerFor(by), async (unit) => {
    const [resource] = await unit.rows(sql<{ ancestors: Id[] }>`
      select ancestors from resource where workspace_id = ${world.workspaceId} and id = ${id}::uuid`);
    unit.change({ resourceId: id, resourceVersion: 1, ancestors: resource?.ancestors ?? [], ...change });
  });
}
