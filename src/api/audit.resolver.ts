// GraphQL's way to the audit log. It stands up here because entries lie below the people they speak of.

import {
  Args,
  ArgsType,
  Ctx,
  Directive,
  Extensions,
  Field,
  FieldResolver,
  ID,
  InputType,
  ObjectType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { type AuditQuery, auditEntriesIn, countAuditEntries, listAuditEntries } from '../audit/audit-entries.js';
import { AuditEntryList, LoggedEntry } from '../audit/audit-entry.js';
import { AUDIT_ACTIONS, type AuditAction } from '../audit/entry.js';
import { userById } from '../connection/users.js';
import type { Context } from '../context.js';
import { type EnvelopeKind, EnvelopeKindEnum } from '../feed/envelope.js';
import { type FollowedLog, follow, type Told } from '../feed/follow.js';
import { DateTimeFilter } from '../lib/filter.js';
import { parseId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
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

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'One delivery of a subscription to the audit log.' })
export class AuditEntryEnvelope {
  @Field(() => EnvelopeKindEnum, { description: 'What it says; `LIVE` comes with an entry.' })
  kind!: EnvelopeKind;

  @Field(() => String, {
    description: 'How far it is read. Give it back as `after`, and nothing is missed or comes twice.',
  })
  cursor!: string;

  @Field(() => LoggedEntry, { nullable: true, description: 'What was done; null unless the kind is LIVE.' })
  entry!: LoggedEntry | null;
}

@ArgsType()
class AuditEntryAddedArgs {
  @Field(() => String, {
    nullable: true,
    description: 'What came after this cursor first, whatever filter it came with. From now on when left out.',
  })
  after?: string | null;

  @Field(() => AuditEntryFilter, { nullable: true, description: 'Only these.' })
  filter?: AuditEntryFilter | null;
}

@Resolver()
export class AuditSubscriptions {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Subscription(() => AuditEntryEnvelope, {
    nullable: true,
    subscribe: ({ args, context }) => followed(context as Context, args as AuditEntryAddedArgs),
    description:
      'The audit log of the workspace as it grows, for owners: first what came after `after`, then what comes, within a quarter of a second.',
  })
  auditEntryAdded(
    @Args(() => AuditEntryAddedArgs) _args: AuditEntryAddedArgs,
    @Root() { kind, cursor, thing }: Told<LoggedEntry>,
  ): AuditEntryEnvelope {
    return { kind, cursor, entry: thing };
  }
}

function followed(ctx: Context, { after, filter }: AuditEntryAddedArgs) {
  invariant(ctx.live, 'A subscription was asked for where there is none.');
  const query = queryOf(filter ?? {});
  const log: FollowedLog<LoggedEntry> = {
    name: 'audit',
    asked: JSON.stringify(query),
    read: (as, stretch, limit) => auditEntriesIn(as, query, stretch, limit),
  };
  return follow(ctx, ctx.live, log, after ?? null);
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
