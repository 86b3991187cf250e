// The first owner. A workspace made on the command line has none, and neither has the gateway on its first start: the
// server then prints a link, and whoever opens it becomes the owner. It closes with the first owner, however she came.

import type { EntityManager } from '@mikro-orm/postgresql';
import { operatorOf, type PersonActor } from '../gate/actor.js';
import { bitsOfRole } from '../gate/rules.js';
import { requireEmail } from '../lib/email.js';
import { type Id, newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { commit, type KeyHolder } from '../unit-of-work.js';
import { addWorkspace } from '../workspace/lifecycle.js';
import { lockWorkspace } from '../workspace/workspaces.js';
import { recordingAbout } from './about.js';
import { addPerson } from './lifecycle.js';
import { makeOwner } from './membership.js';
import { deadLink, findLink, type MadeLink, makeLink, type OneTimeLink, useLink } from './one-time-link.js';
import { hashPassword, requirePassword } from './password.js';
import { type StartedSession, startSession, type Visitor } from './session.js';
import { type Doorkeeper, holdPassword, personByEmail, provePassword, storePassword } from './sign-in.js';

/** Who sets up, and, where there is no workspace yet, what it is to be called. */
export interface SetupInput {
  name: string;
  email: string;
  password: string;
  workspaceName?: string | undefined;
}

export interface SetupLink extends MadeLink {
  /** `null`: there is no workspace yet. */
  workspaceName: string | null;
}

/** So many workspaces get a link at a start; for others there is `person create --role OWNER`. */
const MAX_LINKS = 3;

/** Makes a setup link for each workspace without an owner, or one for the whole gateway when there is no workspace; none
 *  when every workspace has one. Links of earlier starts stop working. */
export async function makeSetupLinks(caller: Omit<KeyHolder, 'actor'>): Promise<SetupLink[]> {
  const em = caller.em();
  const [any] = await em.execute<object[]>('select 1 from workspace where deleted_at is null limit 1');
  if (!any) return [{ ...(await makeLink(em, caller.keys, { kind: 'SETUP' })), workspaceName: null }];
  const orphans = await em.execute<{ id: Id; name: string }[]>(
    `select w.id, w.name from workspace w where w.deleted_at is null and ${HAS_NO_OWNER} order by w.created_at, w.id limit ?`,
    [MAX_LINKS],
  );
  const links: SetupLink[] = [];
  for (const { id, name } of orphans) links.push({ ...(await makeSetupLink(caller, id)), workspaceName: name });
  return links;
}

/** Makes the setup link of one workspace; it works while that has no owner. */
export const makeSetupLink = (caller: Omit<KeyHolder, 'actor'>, workspaceId: Id): Promise<MadeLink> =>
  commit({ ...caller, actor: operatorOf(workspaceId) }, async (unit) => {
    const link = await makeLink(unit.em, caller.keys, { kind: 'SETUP', workspaceId });
    unit.audit({ action: 'sign_in_link.created', targetId: link.id, details: { kind: 'SETUP' } });
    return link;
  });

/** What a setup link opens; `null` when it does not work (any more), which it does not once there is an owner. */
export async function openSetup(
  { em, keys }: Visitor,
  secret: string,
): Promise<{ link: OneTimeLink; workspaceName: string | null } | null> {
  const link = await findLink(em(), keys, 'SETUP', secret);
  if (!link) return null;
  const workspace = await orphanOf(em(), link);
  return workspace && { link, workspaceName: workspace.name };
}

/** Makes whoever holds the link the owner: a new person, or somebody known, who gives the password she has, when she has
 *  one. Refused: a link that does not work (any more), an unusable name, address or password. */
export async function setUp(
  visitor: Visitor,
  secret: string,
  input: SetupInput,
  doorkeeper: Doorkeeper,
): Promise<StartedSession> {
  const { em, keys, address } = visitor;
  const link = await findLink(em(), keys, 'SETUP', secret);
  if (!link) throw deadLink();
  const workspaceName = link.workspaceId
    ? null
    : requireName(input.workspaceName ?? '', 'name of the workspace', ['workspaceName']);
  const known = await personByEmail(em(), input.email);
  const name = known ? known.name : requireName(input.name, 'name');
  const email = requireEmail(input.email);
  const proved = known?.passwordHash
    ? await provePassword(visitor, { email, password: input.password }, doorkeeper)
    : requirePassword(input.password, [email, name]);
  const passwordHash = proved ? null : await hashPassword(keys, input.password);

  const workspaceId = link.workspaceId ?? newId();
  const personId = known?.id ?? newId();
  const actor: PersonActor = { kind: 'PERSON', personId, workspaceId, role: 'OWNER', bits: bitsOfRole('OWNER') };
  return commit({ ...visitor, actor: { ...actor, ...(address !== undefined && { address }) } }, async (unit) => {
    if (link.workspaceId) await lockWorkspace(unit.em, link.workspaceId);
    if (!(await orphanOf(unit.em, link))) throw deadLink();
    await useLink(unit.em, link);
    if (workspaceName !== null) await addWorkspace(unit, { name: workspaceName });
    if (!known) await addPerson(unit, { id: personId, name, email });
    if (proved) await holdPassword(unit.em, proved);
    if (passwordHash) {
      await storePassword(unit.em, personId, passwordHash);
      unit.audit({ action: 'person.password_updated', targetId: personId, details: { by: 'SETUP' } });
    }
    await makeOwner(unit, personId);
    return startSession(unit.em, visitor, { personId, workspaceId }, recordingAbout(unit, personId));
  });
}

const HAS_NO_OWNER = `not exists (
  select 1 from membership m where m.workspace_id = w.id and m.role = 'OWNER' and m.ended_at is null)`;

/** The workspace a setup link is for while nobody owns it; its name is `null` while there is none. */
async function orphanOf(em: EntityManager, { workspaceId }: OneTimeLink): Promise<{ name: string | null } | null> {
  if (workspaceId === null) {
    const [any] = await em.execute<object[]>('select 1 from workspace where deleted_at is null limit 1');
    return any ? null : { name: null };
  }
  const [orphan] = await em.execute<{ name: string }[]>(
    `select w.name from workspace w where w.id = ? and w.deleted_at is null and ${HAS_NO_OWNER}`,
    [workspaceId],
  );
  return orphan ?? null;
}
