// Connections as actors, past the HTTP door: for rules that do not depend on how they came in.

import type { Actor } from '../../src/gate/actor.js';
import type { Capability } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import type { Asker, World } from '../world.js';

/** A connection with these capabilities, and all of them on what is shared with it. */
export async function botWith(
  world: World,
  capabilities: readonly Capability[],
  ...shares: readonly Id[]
): Promise<Actor & Asker> {
  const asker = await world.connection(capabilities);
  for (const id of shares) await world.share(asker, id);
  const [row] = await world.sql<{ bot_id: Id; bits: number }>(
    `select i.bot_id, g.capabilities as bits from installation i
       join capability_grant g on g.installation_id = i.id and g.revoked_at is null where i.id = $1`,
    [asker.installationId],
  );
  return {
    ...asker,
    kind: 'CONNECTION',
    workspaceId: world.workspaceId,
    botId: row!.bot_id,
    bits: row!.bits,
    installedById: null,
  };
}
