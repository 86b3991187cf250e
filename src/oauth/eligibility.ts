// Where somebody may install a connection, and why not elsewhere.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { PersonActor, WorkspaceRole } from '../gate/actor.js';
import { bitsOfRole, mayInstall, mayShare } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { policyOf } from '../workspace/policy.js';
import type { AskingConnection } from './authorization-request.js';

/** A workspace somebody is in. `refusal` says why the connection cannot be installed there; `null` when it can. */
export interface Candidate {
  workspaceId: Id;
  name: string;
  role: WorkspaceRole;
  refusal: string | null;
  /** Whether she may open pages to it there. */
  mayShare: boolean;
}

type Offered = Pick<AskingConnection, 'id' | 'installationScope' | 'selectedWorkspaces'>;

/** All her workspaces, in the order she joined them. */
export async function candidatesOf(em: EntityManager, personId: Id, connection: Offered): Promise<Candidate[]> {
  const memberships = await em.execute<{ workspaceId: Id; name: string; role: WorkspaceRole }[]>(
    `select w.id as "workspaceId", w.name, m.role from membership m join workspace w on w.id = m.workspace_id
      where m.person_id = ? and m.ended_at is null and w.deleted_at is null order by m.created_at, w.id`,
    [personId],
  );
  const candidates: Candidate[] = [];
  for (const membership of memberships)
    candidates.push({ ...membership, ...(await judge(em, herselfIn(membership, personId), connection)) });
  return candidates;
}

/** What holds for somebody in a workspace, as this transaction sees it. */
export async function judge(
  em: EntityManager,
  actor: PersonActor,
  connection: Offered,
): Promise<Pick<Candidate, 'refusal' | 'mayShare'>> {
  const { workspaceId, role } = actor;
  const policy = await policyOf(em, workspaceId);
  const isApproved = policy.whoMayInstall === 'APPROVED_ONLY' && (await isOnList(em, workspaceId, connection.id));
  const isOffered = connection.installationScope === 'ANY' || connection.selectedWorkspaces.includes(workspaceId);
  const refusal = !isOffered
    ? 'This connection is offered to other workspaces only.'
    : mayInstall(role, { policy: policy.whoMayInstall, isApproved })
      ? null
      : role === 'GUEST'
        ? 'Guests install no connections.'
        : policy.whoMayInstall === 'OWNERS'
          ? 'Only owners install connections here. Ask one of them.'
          : 'Owners have not approved this connection here. Ask one of them.';
  return { refusal, mayShare: mayShare(actor, policy) };
}

/** Somebody in one of her workspaces, as herself. */
export const herselfIn = (
  { workspaceId, role }: { workspaceId: Id; role: WorkspaceRole },
  personId: Id,
  address?: string,
): PersonActor => ({
  kind: 'PERSON',
  workspaceId,
  personId,
  role,
  bits: bitsOfRole(role),
  ...(address !== undefined && { address }),
});

async function isOnList(em: EntityManager, workspaceId: Id, connectionId: Id): Promise<boolean> {
  const found = await em.execute<object[]>(
    'select 1 from approved_connection where workspace_id = ? and connection_id = ?',
    [workspaceId, connectionId],
  );
  return found.length > 0;
}
