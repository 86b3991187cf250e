// The actor an installation is, without its token: for who administers and asks what it could do.

import type { Batch } from '../context.js';
import type { ConnectionActor } from '../gate/actor.js';
import { mayAdminister } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { installationBits } from './admission.js';

/** By the id of a connection of the actor's workspace; suspended ones too, as they were if they worked. Nothing for who
 *  does not administer. */
export const actorOfConnection: Batch<Id, ConnectionActor> = {
  name: 'actorOfConnection',
  load: async ({ actor, reader }, connectionIds) => {
    const rows = await reader.rows(sql<Omit<ConnectionActor, 'kind'>>`
      select distinct on (i.connection_id)
             i.workspace_id as "workspaceId", i.connection_id as "connectionId", i.id as "installationId",
             i.bot_id as "botId", i.installed_by as "installedById", coalesce(${installationBits}, 0) as bits
        from installation i
        join connection c on c.id = i.connection_id
        left join capability_grant g
          on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
        left join membership m
          on m.workspace_id = i.workspace_id and m.person_id = i.installed_by and m.ended_at is null
       where i.workspace_id = ${actor.workspaceId}
         and i.connection_id = any(${mayAdminister(actor) ? connectionIds : []}::uuid[])
         and i.status <> 'ENDED' and c.status <> 'DELETED'
       order by i.connection_id, i.created_at`);
    return new Map(rows.map((row) => [row.connectionId, { kind: 'CONNECTION', ...row }]));
  },
};
