// Commands on shares: what is opened to whom. Each asks first. A share is a row of intervals: changing what it opens ends
// one and begins the next at the same instant, and nothing is ever deleted.

import { holdTree } from '../content/tree-lock.js';
import { userIdOf } from '../gate/actor.js';
import { requireVersion } from '../gate/ask.js';
import { type Bits, SHARE_ACCESS, type ShareAccess, shareBitsOf } from '../gate/capability.js';
import { mayShare } from '../gate/rules.js';
import { type Id, newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { requireRoleStill } from '../people/membership.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import { policyOf } from '../workspace/policy.js';
import type { Share } from './share.js';
import { type ShareRow, shareOf } from './shares.js';

/** What a share opens and for how long. */
export interface Terms {
  /** All five when left out. */
  access?: readonly ShareAccess[] | null | undefined;
  /** Never when null or left out. */
  expiresAt?: Date | null | undefined;
}

export interface GrantShare extends Terms {
  /** Exactly one of these three; a connection stands for its one installation in this workspace. */
  installationId?: Id | null | undefined;
  connectionId?: Id | null | undefined;
  personId?: Id | null | undefined;
  resourceId: Id;
}

/** Opens a page, database or data source to a connection or a guest, with everything below it. Where it is open to them by
 *  a share of its own already, that one opens this now in place of what it did.
 *  Refused: who may not share, a person who is no guest, an unknown resource or grantee, an expiry that has passed. */
export function grantShare(caller: Caller, input: GrantShare): Promise<{ share: Share }> {
  return commit(caller, async (unit) => {
    await requireSharer(unit);
    const grantee = await lockGrantee(unit, input);
    holdTree(unit); // or it might be deleted before this is committed
    await requireResource(unit, input.resourceId);
    const terms = { access: accessOf(input.access), expiresAt: await expiryOf(unit, input.expiresAt ?? null) };
    const open = await openInterval(unit, grantee, input.resourceId);
    if (open && !open.lapsed) return { share: await replace(unit, grantee, open, terms) };
    if (open) await endInterval(unit, open); // it has expired, and makes room
    const first = { id: newId(), version: 1, resourceId: input.resourceId, grantedAt: null, ...terms };
    const share = await beginInterval(unit, grantee, first);
    unit.audit({ action: 'share.granted', targetId: share.id, after: factsOf(share) });
    return { share };
  });
}

/** Opens everything of some resources to an installation, as part of a larger command that has asked whether the actor may
 *  share. What is open by a share of its own stays as it is; what is gone or in the trash is passed over. */
export async function shareAlong(
  unit: Unit,
  { installationId, resourceIds }: { installationId: Id; resourceIds: readonly Id[] },
): Promise<void> {
  const grantee = await lockInstallation(unit, 'i.id', installationId);
  holdTree(unit);
  const there = await unit.em.execute<{ id: Id }[]>(
    `select id from resource
      where workspace_id = ? and id in (select jsonb_array_elements_text(?::jsonb)::uuid) and not in_trash`,
    [unit.actor.workspaceId, JSON.stringify(resourceIds)],
  );
  for (const { id: resourceId } of there) {
    const open = await openInterval(unit, grantee, resourceId);
    if (open && !open.lapsed) continue;
    if (open) await endInterval(unit, open);
    const access = accessOf(undefined);
    const first = { id: newId(), version: 1, resourceId, access, expiresAt: null, grantedAt: null };
    const share = await beginInterval(unit, grantee, first);
    unit.audit({ action: 'share.granted', targetId: share.id, after: factsOf(share) });
  }
}

/** Changes what a share opens, or when it ends. What is left out stays; `expiresAt: null` takes the expiry away.
 *  Refused: who may not share, a share that is gone, a stale version, an expiry that has passed, no change at all. */
export function updateShare(
  caller: Caller,
  input: Terms & { id: Id; expectedVersion?: number | null | undefined },
): Promise<{ share: Share }> {
  return commit(caller, async (unit) => {
    await requireSharer(unit);
    if (input.access === undefined && input.expiresAt === undefined) {
      throw new Refusal('REQUIRED', 'Say what to change: access, expiresAt or both.');
    }
    const { grantee, open } = await requireOpen(unit, input.id);
    requireVersion(open.version, input.expectedVersion);
    const access = input.access === undefined ? shareBitsOf(open.access) : accessOf(input.access);
    const expiresAt = input.expiresAt === undefined ? open.expiresAt : await expiryOf(unit, input.expiresAt);
    return { share: await replace(unit, grantee, open, { access, expiresAt }) };
  });
}

/** Ends a share. What another live share above or below opens stays open. Refused: who may not share, a share that is gone. */
export function revokeShare(caller: Caller, input: { id: Id }): Promise<{ share: Share }> {
  return commit(caller, async (unit) => {
    await requireSharer(unit);
    const { open } = await requireOpen(unit, input.id);
    await endInterval(unit, open);
    unit.audit({ action: 'share.revoked', targetId: open.id, before: factsOf(open) });
    return { share: open };
  });
}

/** Ends the open interval of a share and begins the next; where both would be the same, nothing is written. */
async function replace(
  unit: Unit,
  grantee: Grantee,
  open: OpenInterval,
  terms: { access: Bits; expiresAt: Date | string | null },
): Promise<Share> {
  const expiry = (at: Date | string | null) => at && new Date(at).getTime();
  if (shareBitsOf(open.access) === terms.access && expiry(open.expiresAt) === expiry(terms.expiresAt)) {
    unit.unchanged();
    return open;
  }
  const { id, resourceId, version } = open;
  const grantedAt = await endInterval(unit, open);
  const share = await beginInterval(unit, grantee, { id, resourceId, version: version + 1, grantedAt, ...terms });
  unit.audit({ action: 'share.updated', targetId: id, before: factsOf(open), after: factsOf(share) });
  return share;
}

/** Asks within the transaction, so that nobody shares by a policy or a role that is over. */
async function requireSharer(unit: Unit): Promise<void> {
  const { em, actor } = unit;
  const policy = await policyOf(em, actor.workspaceId);
  await requireRoleStill(unit);
  if (mayShare(actor, policy)) return;
  throw new Refusal(
    'FORBIDDEN',
    policy.ownersOnlyShares
      ? 'Only a workspace owner may share here, signed in or with a personal token that administers.'
      : 'Only a member or owner of the workspace may share, signed in or with a personal token that administers.',
  );
}

/** Who holds a share; locked, so that whoever changes what is open to them takes turns. */
interface Grantee {
  installationId: Id | null;
  personId: Id | null;
  userId: Id;
}

function lockGrantee(unit: Unit, { installationId, connectionId, personId }: GrantShare): Promise<Grantee> {
  const given = [installationId, connectionId, personId].filter((id) => id != null);
  if (given.length !== 1) {
    throw new Refusal(
      given.length === 0 ? 'REQUIRED' : 'INVALID',
      `Say with whom to share by exactly one of installationId, connectionId and personId, but got: ${given.length}`,
    );
  }
  if (personId != null) return lockGuest(unit, personId);
  return installationId != null
    ? lockInstallation(unit, 'i.id', installationId)
    : lockInstallation(unit, 'i.connection_id', connectionId as Id);
}

async function lockInstallation({ em, actor }: Unit, column: string, id: Id): Promise<Grantee> {
  const [row, ...others] = await em.execute<{ id: Id; botId: Id }[]>(
    `select i.id, i.bot_id as "botId"
       from installation i join connection c on c.id = i.connection_id
      where i.workspace_id = ? and ${column} = ? and i.status <> 'ENDED' and c.status <> 'DELETED'
      order by i.id for no key update of i`,
    [actor.workspaceId, id],
  );
  if (!row) throw notFound('The connection');
  if (others.length > 0) {
    throw new Refusal(
      'INVALID_STATE',
      `This connection is installed here ${others.length + 1} times: say with which by installationId.`,
      { path: ['connectionId'] },
    );
  }
  return { installationId: row.id, personId: null, userId: row.botId };
}

async function lockGuest({ em, actor }: Unit, personId: Id): Promise<Grantee> {
  const [row] = await em.execute<{ role: string }[]>(
    `select role from membership where workspace_id = ? and person_id = ? and ended_at is null for no key update`,
    [actor.workspaceId, personId],
  );
  if (!row) throw notFound('The person');
  if (row.role !== 'GUEST') {
    throw new Refusal(
      'INVALID_STATE',
      'A page can be shared with a guest, but this person is a member or owner and reaches every page already.',
      { path: ['personId'] },
    );
  }
  return { installationId: null, personId, userId: personId };
}

/** Whoever may share reaches the whole workspace, so what is there is within reach. */
async function requireResource({ em, actor }: Unit, id: Id): Promise<void> {
  const [resource] = await em.execute<{ id: Id }[]>('select id from resource where workspace_id = ? and id = ?', [
    actor.workspaceId,
    id,
  ]);
  if (!resource) throw notFound('The page, database or data source');
}

/** The bits of what a share should open. An explicit null is refused, and so is nothing at all. */
function accessOf(names: Terms['access']): Bits {
  const access = names === null ? 0 : shareBitsOf(names ?? SHARE_ACCESS);
  if (access === 0) {
    throw new Refusal('INVALID', `A share must open something: any of ${SHARE_ACCESS.join(', ')}.`, {
      path: ['access'],
    });
  }
  return access;
}

/** The same instant, if it lies ahead by the clock of the database, which ends the share when it comes. */
async function expiryOf({ em }: Unit, expiresAt: Date | null): Promise<Date | null> {
  if (expiresAt === null) return null;
  const [row] = await em.execute<{ ahead: boolean }[]>('select to_timestamp(?) > clock_timestamp() as ahead', [
    expiresAt.getTime() / 1_000,
  ]);
  if (!row?.ahead) {
    throw new Refusal('INVALID', `A share must expire in the future, but got: ${expiresAt.toISOString()}`, {
      path: ['expiresAt'],
    });
  }
  return expiresAt;
}

/** The interval that has not been ended. */
interface OpenInterval extends Share {
  /** It expired, and is open only in that nobody has said so yet. */
  lapsed: boolean;
}

const COLUMNS = `
  id, version, resource_id as "resourceId", installation_id as "installationId", person_id as "personId", access,
  expires_at as "expiresAt", granted_at as "grantedAt", granted_by as "grantedById"`;

async function openInterval({ em, actor }: Unit, grantee: Grantee, resourceId: Id): Promise<OpenInterval | null> {
  const [row] = await em.execute<(Omit<ShareRow, 'granteeId'> & { lapsed: boolean })[]>(
    `select ${COLUMNS}, coalesce(expires_at <= clock_timestamp(), false) as lapsed
       from share
      where workspace_id = ? and ${columnOf(grantee)} = ? and resource_id = ? and revoked_at is null`,
    [actor.workspaceId, grantee.installationId ?? grantee.personId, resourceId],
  );
  return row ? { ...shareOf({ ...row, granteeId: grantee.userId }), lapsed: row.lapsed } : null;
}

/** The open interval of a share, its grantee locked. Refused: one that was revoked or has expired, or whose grantee is gone. */
async function requireOpen(unit: Unit, id: Id): Promise<{ grantee: Grantee; open: OpenInterval }> {
  const [known] = await unit.em.execute<Pick<Share, 'installationId' | 'personId' | 'resourceId'>[]>(
    `select installation_id as "installationId", person_id as "personId", resource_id as "resourceId" from share
      where workspace_id = ? and id = ? and revoked_at is null`,
    [unit.actor.workspaceId, id],
  );
  const grantee = known && (await lockGrantee(unit, known).catch(asGone));
  const open = grantee && (await openInterval(unit, grantee, known.resourceId));
  if (!open || open.lapsed || open.id !== id) throw notFound('The share');
  return { grantee, open };
}

/** A share is no longer there for anybody once its grantee is gone, or is no guest any more. */
function asGone(error: unknown): never {
  throw error instanceof Refusal ? notFound('The share') : error;
}

/** Ends it now, or when it expired; gives that instant as text, microseconds and all. */
async function endInterval({ em, actor }: Unit, { id, version }: OpenInterval): Promise<string> {
  const [ended] = await em.execute<{ at: string }[]>(
    `update share
        set revoked_at = least(clock_timestamp(), expires_at),
            revoked_by = case when expires_at <= clock_timestamp() then null else ?::uuid end
      where workspace_id = ? and id = ? and version = ? and revoked_at is null
      returning revoked_at::text as at`,
    [userIdOf(actor), actor.workspaceId, id, version],
  );
  invariant(ended, 'A locked share was ended by somebody else.');
  return ended.at;
}

interface Next {
  id: Id;
  version: number;
  resourceId: Id;
  access: Bits;
  expiresAt: Date | string | null;
  /** When the interval before it ended; null when there is none. */
  grantedAt: string | null;
}

async function beginInterval({ em, actor }: Unit, grantee: Grantee, next: Next): Promise<Share> {
  const [row] = await em.execute<Omit<ShareRow, 'granteeId'>[]>(
    `insert into share (workspace_id, id, version, installation_id, person_id, resource_id, access, expires_at, granted_at,
                        granted_by)
     values (?, ?, ?, ?, ?, ?, ?, ?, coalesce(?::timestamptz, clock_timestamp()), ?)
     returning ${COLUMNS}`,
    [
      ...[actor.workspaceId, next.id, next.version, grantee.installationId, grantee.personId, next.resourceId],
      ...[next.access, next.expiresAt, next.grantedAt, userIdOf(actor)],
    ],
  );
  invariant(row, 'A share was granted and is not there.');
  return shareOf({ ...row, granteeId: grantee.userId });
}

const columnOf = ({ installationId }: Grantee): string => (installationId === null ? 'person_id' : 'installation_id');

/** What the audit log says of a share. */
const factsOf = ({ resourceId, installationId, personId, access, expiresAt }: Share) => ({
  resourceId,
  ...(installationId === null ? { personId } : { installationId }),
  access,
  expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
});
