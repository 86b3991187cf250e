// GraphQL's way to the audit log. It stands up here because entries lie below the people they speak of.

import { Args, ArgsType, Ctx, Directive, Field, FieldResolver, ID, InputType, Resolver, Root } from 'type-graphql';
import { type AuditQuery, countAuditEntries, listAuditEntries } from '../audit/audit-entries.js';
import { AuditEntryList, LoggedEntry } from '../audit/audit-entry.js';
import { AUDIT_ACTIONS, type AuditAction } from '../audit/entry.js';
import { userById } from '../connection/users.js';
import type { Context } from '../context.js';
import { DateTimeFilter } from '../lib/filter.js';
import { parseId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { invalid } from '../lib/refusal.js';
import { User } from '../people/user.js';
import { Workspace } from '../workspace/workspace.js';

@InputType({ description: 'Which entries; every member given must hold.' })
class AuditEntryFilter {
  @Directive('@reads(coordinate: "AuditEntry.action")')
  @Field(() => [String], { nullable: true, description: 'Any of these actions, like `token.rotated`.' })
  actions?: string[] | null;

  @Directive('@reads(coordinate: "AuditEntry.actor")')
  @Field(() => ID, { nullable: true, description: 'What this user did, as herself or as an installation.' })
  actorId?: string | null;

  @Directive('@reads(coordinate: "AuditEntry.targetId")')
  @Field(() => ID, { nullable: true, description: 'What was done to this.' })
  targetId?: string | null;

  @Directive('@reads(coordinate: "AuditEntry.occurredAt")')
  @Field(() => DateTimeFilter, { nullable: true, description: 'By time.' })
  occurredAt?: DateTimeFilter | null;
}

@ArgsType()
class AuditEntryListArgs extends ListArgs {
  @Field(() => AuditEntryFilter, { nullable: true, description: 'Only these.' })
  filter?: AuditEntryFilter | null;
}

@Resolver(() => Workspace)
export class WorkspaceAuditFields {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => AuditEntryList, { nullable: true, description: 'The audit log of the workspace, newest first.' })
  async auditEntries(
    @Args(() => AuditEntryListArgs) { filter, ...args }: AuditEntryListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<LoggedEntry>> {
    const query = queryOf(filter ?? {});
    const list = `Workspace.auditEntries ${JSON.stringify(query)}`;
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listAuditEntries(ctx, query, window),
      window,
      ({ position }) => ctx.cursors.seal(list, [String(position)]),
      () => countAuditEntries(ctx, query),
    );
  }
}

@Resolver(() => LoggedEntry)
export class AuditEntryFields {
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who did it, people who have left included; null when the operator did, or nobody was signed in.',
  })
  async actor(@Root() { actorId }: LoggedEntry, @Ctx() ctx: Context): Promise<User | null> {
    return actorId === null ? null : ((await ctx.load(userById, actorId)) ?? null);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'The owner who asked as `actor`, by Gatehouse-Act-As; null when it asked itself.',
  })
  async actingFor(@Root() { actingForId }: LoggedEntry, @Ctx() ctx: Context): Promise<User | null> {
    return actingForId === null ? null : ((await ctx.load(userById, actingForId)) ?? null);
  }
}

function queryOf({ actions, actorId, targetId, occurredAt }: AuditEntryFilter): AuditQuery {
  return {
    actions: actions?.map(knownAction),
    ...(actorId != null && { actorId: parseId(actorId) }),
    ...(targetId != null && { targetId: parseId(targetId) }),
    occurredAt,
  };
}

function knownAction(name: string): AuditAction {
  const action = AUDIT_ACTIONS.find((known) => known === name);
  if (!action) {
    throw invalid(
      `actions should name audit actions, but got: ${JSON.stringify(name.slice(0, 60))}. There are: ${AUDIT_ACTIONS.join(', ')}`,
    );
  }
  return action;
}
