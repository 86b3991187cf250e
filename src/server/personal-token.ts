// Who is calling, when it is a personal access token: its person, with what the token leaves of her role and
// capabilities. Policy and membership are looked at in the statement, so what changes there counts at the next request.

import type { Reader } from '../context.js';
import type { WorkspaceRole } from '../gate/actor.js';
import type { Bits } from '../gate/capability.js';
import { narrowedBy } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { ownerMayHaveToken } from '../people/personal-tokens.js';
import type { Authenticated } from './authenticate.js';
import type { Charge, ChargedRow } from './budget.js';

interface Row extends ChargedRow {
  workspaceId: Id;
  personId: Id;
  role: WorkspaceRole;
  tokenId: Id;
  capabilities: Bits;
  administers: boolean;
}

/** The person behind the token with this hash, who pays for what it does. `null` for one that is unknown, expired, ended or
 *  blocked by policy, and when her membership or the workspace has ended; nobody is charged then. */
export async function authenticatePersonalToken(
  hash: Buffer,
  reader: Reader,
  charge: Charge,
): Promise<Authenticated | null> {
  const [row] = await reader.rows(sql<Row>`
    with who as (
      select t.workspace_id as "workspaceId", t.person_id as "personId", m.role, t.id as "tokenId",
             t.capabilities, t.administer as administers
        from personal_access_token t
        join membership m on m.workspace_id = t.workspace_id and m.person_id = t.person_id
        join workspace w on w.id = t.workspace_id
       where t.hash = ${hash} and t.revoked_at is null and t.expires_at > now()
         and m.ended_at is null and w.deleted_at is null and ${ownerMayHaveToken})
    ${charge.statement(sql`who."workspaceId"`, sql`who."personId"`)}`);
  if (!row) return null;
  const { workspaceId, personId, tokenId, administers, before, after } = row;
  return {
    actor: {
      kind: 'PERSON',
      workspaceId,
      personId,
      ...narrowedBy(row.role, row),
      personalToken: { id: tokenId, administers },
    },
    charged: charge.settle({ before, after }),
    tokenId,
  };
}
