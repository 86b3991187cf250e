// What owners decide for everybody in their workspace. Other features ask `policyOf` in the transaction they decide in.

import type { EntityManager } from '@mikro-orm/postgresql';
import { Directive, Extensions, Field, Int, ObjectType } from 'type-graphql';
import type { Batch } from '../context.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';

export const InstallPolicy = enumType('InstallPolicy', 'Who may install public connections.', {
  ANYONE: 'Every member, any connection.',
  APPROVED_ONLY: 'Every member, but only connections owners have approved; owners any.',
  OWNERS: 'Owners alone.',
});
export type InstallPolicy = keyof typeof InstallPolicy;

export const PersonalTokenPolicy = enumType('PersonalTokenPolicy', 'Who may have personal access tokens.', {
  OWNERS: 'Owners alone; tokens of members are refused meanwhile.',
  MEMBERS: 'Members and owners. Guests never.',
});
export type PersonalTokenPolicy = keyof typeof PersonalTokenPolicy;

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'What owners have decided for everybody in the workspace.' })
export class WorkspacePolicy {
  workspaceId!: Id;

  @Field(() => InstallPolicy, { description: 'Who may install public connections.' })
  whoMayInstall!: InstallPolicy;

  @Field(() => Boolean, { description: 'Whether only owners may share pages with connections and guests.' })
  ownersOnlyShares!: boolean;

  @Field(() => Boolean, { description: 'Whether automations and buttons may send webhooks.' })
  webhookActions!: boolean;

  @Field(() => PersonalTokenPolicy, { description: 'Who may have personal access tokens.' })
  personalAccessTokens!: PersonalTokenPolicy;

  @Field(() => Boolean, {
    description: 'Whether tokens of connections are shown once and can never be revealed again.',
  })
  showOnceTokens!: boolean;

  @Field(() => Int, {
    description: 'Changes of one thing within so many milliseconds are one event; 0 makes each an event of its own.',
  })
  eventWindowMs!: number;

  @Field(() => Int, { description: 'Counts its changes.' })
  version!: number;
}

const COLUMNS = `
  id as "workspaceId", who_may_install as "whoMayInstall", owners_only_shares as "ownersOnlyShares",
  webhook_actions as "webhookActions", personal_access_tokens as "personalAccessTokens",
  show_once_tokens as "showOnceTokens", event_window_ms as "eventWindowMs", policy_version as version`;

/** The policy of a workspace as this transaction sees it. It stays as it is until the transaction ends: whoever changes it
 *  waits, and what was decided by it is not overtaken. Refused: a workspace that does not exist. */
export async function policyOf(em: EntityManager, workspaceId: Id): Promise<WorkspacePolicy> {
  const [policy] = await em.execute<WorkspacePolicy[]>(
    `select ${COLUMNS} from workspace where id = ? and deleted_at is null for share`,
    [workspaceId],
  );
  if (!policy) throw notFound('The workspace');
  return policy;
}

/** For reading; the actor holds the policy of the workspace it asks in, and no other. */
export const policyById: Batch<Id, WorkspacePolicy> = {
  name: 'policyById',
  load: async ({ actor, reader }, ids) => {
    const rows = await reader.rows(sql<WorkspacePolicy>`
      select ${sql.raw(COLUMNS)} from workspace
       where id = ${actor.workspaceId} and id = any(${ids}::uuid[]) and deleted_at is null`);
    return new Map(rows.map((row) => [row.workspaceId, row]));
  },
};
