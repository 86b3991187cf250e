// The actor an installation is, without its token: for who administers and asks what it could do.

import type { Batch } from '../context.js';
import type { ConnectionActor, WorkspaceRole } from '../gate/actor.js';
import { ALL_BITS, type Bits } from '../gate/capability.js';
import { bitsOfRole, mayAdminister } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { installationBits } from './admission.js';

export interface Installed {
  actor: ConnectionActor;
  /** It never has more, whatever it is granted: what whoever installed it may. */
  most: Bits;
}

type Row = Omit<ConnectionActor, 'kind'> & { installerRole: WorkspaceRole | null };

/** By the id of a connection, its installation in the actor's workspace: of several the oldest that works, else the oldest,
 *  as it would be if it worked. Nothing for who does not administer, and of deleted connections. */
export const installedHere: Batch<Id, Installed> = {
  name: 'installedHere',
  load: async ({ actor, reader }, connectionIds) => {
    const rows = await reader.rows(sql<Row>`
      select distinct on (i.connection_id)
             i.workspace_id as "workspaceId", i.connection_id as "connectionId", i.id as "installationId",
             i.bot_id as "botId", i.installed_by as "installedById", coalesce(${installationBits}, 0) as bits,
             m.role as "installerRole"
        from installation i
        join connection c on c.id = i.connection_id
        left join capability_grant g
          on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
        left join membership m on m.workspace_id = i.workspace_id and m.person_id = i.installed_by
       where i.workspace_id = ${actor.workspaceId}
         and i.connection_id = any(${mayAdminister(actor) ? connectionIds : []}::uuid[])
         and i.status <> 'ENDED' and c.status <> 'DELETED'
       order by i.connection_id, i.status = 'ACTIVE' desc, i.created_at, i.id`);
    return new Map(
      rows.map(({ installerRole, ...row }) => [
        row.connectionId,
        {
          actor: { kind: 'CONNECTION', ...row },
          most: installerRole === null ? ALL_BITS : bitsOfRole(installerRole),
        },
      ]),
    );
  },
};
