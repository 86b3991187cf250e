// Who is it that an address of a file was given to? The actor she is now, as long as what she was known by works.

import { tokenLives } from '../connection/admission.js';
import type { Reader } from '../context.js';
import type { Holder } from '../file/file-url.js';
import type { Actor, WorkspaceRole } from '../gate/actor.js';
import { bitsOfRole, narrowedBy } from '../gate/rules.js';
import { type Sql, sql } from '../lib/sql.js';
import { ownerMayHaveToken } from '../people/personal-tokens.js';
import { isLive } from '../people/session.js';
import { installationWhere } from './authenticate.js';

/** Null once it has ended: the installation, the membership, the workspace, the token or the session. One statement. */
export function actorOfHolder(reader: Reader, holder: Holder): Promise<Actor | null> {
  return holder.kind === 'INSTALLATION' ? installationOf(reader, holder) : personOf(reader, holder);
}

function installationOf(reader: Reader, { workspaceId, id, by }: Holder): Promise<Actor | null> {
  const known = (): Sql => {
    switch (by.kind) {
      case 'NOTHING':
        return sql`true`;
      case 'TOKEN':
        return sql`exists (
          select from token t
           where t.workspace_id = i.workspace_id and t.installation_id = i.id and t.id = ${by.id}::uuid and ${tokenLives})`;
      case 'ACTING':
        return sql`exists (
          select from membership o
           where o.workspace_id = i.workspace_id and o.person_id = ${by.id}::uuid and o.role = 'OWNER' and o.ended_at is null)`;
      default:
        return sql`false`;
    }
  };
  return installationWhere(sql`i.workspace_id = ${workspaceId} and i.id = ${id}::uuid and ${known()}`, reader);
}

async function personOf(reader: Reader, { workspaceId, id: personId, by }: Holder): Promise<Actor | null> {
  if (by.kind === 'SESSION') {
    const [row] = await reader.rows(sql<{ role: WorkspaceRole }>`
      select m.role
        from session s
        join membership m on m.person_id = s.person_id and m.workspace_id = ${workspaceId} and m.ended_at is null
        join workspace w on w.id = m.workspace_id and w.deleted_at is null
       where s.id = ${by.id}::uuid and s.person_id = ${personId}::uuid and ${isLive}`);
    return row ? { kind: 'PERSON', workspaceId, personId, role: row.role, bits: bitsOfRole(row.role) } : null;
  }
  if (by.kind !== 'PERSONAL_TOKEN') return null;
  const [row] = await reader.rows(sql<{ role: WorkspaceRole; capabilities: number; administers: boolean }>`
    select m.role, t.capabilities, t.administer as administers
      from personal_access_token t
      join membership m on m.workspace_id = t.workspace_id and m.person_id = t.person_id
      join workspace w on w.id = t.workspace_id
     where t.workspace_id = ${workspaceId} and t.id = ${by.id}::uuid and t.person_id = ${personId}::uuid
       and t.revoked_at is null and t.expires_at > now()
       and m.ended_at is null and w.deleted_at is null and ${ownerMayHaveToken}`);
  return row
    ? {
        kind: 'PERSON',
        workspaceId,
        personId,
        ...narrowedBy(row.role, row),
        personalToken: { id: by.id, administers: row.administers },
      }
    : null;
}
