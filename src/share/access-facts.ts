// What is known about one page, database or data source when it is asked why a connection may use it: its bits there, by
// the rule of reach, and the shares above it, ended ones included. Only what the asker may know leaves this file.

import { isHeldBy, live, reachOf } from '../content/reach.js';
import { ancestors } from '../content/resource-row.js';
import type { Context } from '../context.js';
import type { ConnectionActor } from '../gate/actor.js';
import { type Bits, CONTENT_BITS } from '../gate/capability.js';
import type { KnownResource, KnownShare, ResourceKind, ShareState } from '../gate/explain.js';
import { bitsOnUser, mayReachWholeWorkspace } from '../gate/rules.js';
import { type Id, parseId } from '../lib/id.js';
import { sql } from '../lib/sql.js';

interface ShareRow {
  id: Id;
  resourceId: Id;
  access: Bits;
  state: ShareState;
  grantedAt: string;
  grantedById: Id | null;
  grantedByName: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  kind: ResourceKind | null;
  title: string | null;
  /** The asker's bits on what the share is on. */
  known: Bits;
}

interface FactRow {
  kind: ResourceKind;
  id: Id;
  title: string;
  inTrash: boolean;
  /** The bits of the connection, and those of the asker. */
  access: Bits;
  known: Bits;
  shares: ShareRow[];
}

/** `null` for what the asker does not reach: missing, elsewhere and malformed look the same, after the same statement. */
export async function accessFacts(
  ctx: Context,
  subject: ConnectionActor,
  resourceId: string,
): Promise<KnownResource | null> {
  const { actor, reader } = ctx;
  const { workspaceId } = actor;
  const [row] = await reader.rows(sql<FactRow>`
    select r.kind, r.id, r.title, r.in_trash as "inTrash",
           (select reach.access from ${reachOf(subject, ancestors)}) as access,
           (select reach.access from ${reachOf(actor, ancestors)}) as known,
           (select coalesce(jsonb_agg(to_jsonb(near) order by near.depth desc), '[]') from (
              select distinct on (s.resource_id)
                     s.id, s.resource_id as "resourceId", s.access, s.granted_at as "grantedAt",
                     s.expires_at as "expiresAt", s.revoked_at as "revokedAt",
                     case when ${live} then 'LIVE' when s.revoked_at is null then 'EXPIRED' else 'REVOKED' end as state,
                     s.granted_by as "grantedById",
                     (select p.name from membership m join person p on p.id = m.person_id
                       where m.workspace_id = s.workspace_id and m.person_id = s.granted_by) as "grantedByName",
                     above.kind, above.title,
                     coalesce((select reach.access from ${reachOf(actor, sql.ref('above.ancestors'))}), 0) as known,
                     array_position(r.ancestors, s.resource_id) as depth
                from share s
                left join resource above on above.workspace_id = s.workspace_id and above.id = s.resource_id
               where s.workspace_id = ${workspaceId} and ${isHeldBy(subject)} and s.resource_id = any(r.ancestors)
               order by s.resource_id, s.revoked_at desc nulls first, s.granted_at desc) near) as shares
      from resource r
     where r.workspace_id = ${workspaceId} and r.id = ${parseId(resourceId)}::uuid`);
  return row && row.known !== 0 ? known(ctx, subject, row) : null;
}

function known(ctx: Context, subject: ConnectionActor, row: FactRow): KnownResource {
  const { id, kind, access } = row;
  const reads = (field: string): boolean => ctx.ruleOf(`${kind}.${field}`)?.allows[row.known] === 1;
  return {
    id,
    kind,
    access,
    title: reads('title') ? row.title : null,
    inTrash: reads('inTrash') ? row.inTrash : null,
    shares: row.shares.filter((share) => maySee(ctx, subject, share)).map((share) => knownShare(ctx, share)),
  };
}

/** To whoever does not reach the whole workspace a share is known where it opens something: what it is on is reached then. */
const maySee = ({ actor }: Context, subject: ConnectionActor, { state, access, known }: ShareRow): boolean =>
  mayReachWholeWorkspace(actor) || (state === 'LIVE' && (access & subject.bits & CONTENT_BITS) !== 0 && known !== 0);

function knownShare(ctx: Context, { known, grantedById, grantedByName, ...share }: ShareRow): KnownShare {
  const { kind, title } = share;
  const reads = kind !== null && ctx.ruleOf(`${kind}.title`)?.allows[known] === 1;
  const mayName = grantedById !== null && ctx.ruleOf('Person.name')?.allows[bitsOnUser(ctx.actor, grantedById)] === 1;
  return {
    ...share,
    title: reads ? title : null,
    grantedBy: grantedById === null ? null : { id: grantedById, name: mayName ? grantedByName : null },
  };
}
