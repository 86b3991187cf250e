// The answer to "why?" as GraphQL shows it: one sentence, and the questions of the gate with what came of each.

import { Directive, Extensions, Field, ID, InputType, ObjectType } from 'type-graphql';
import type { Capability, ShareAccess } from '../gate/capability.js';
import { CapabilityEnum, ShareAccessEnum } from '../gate/enums.js';
import type { GateQuestion, Outcome, ShareState } from '../gate/explain.js';
import type { AnyOf } from '../gate/field-rule.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';

export const GateQuestionEnum = enumType<GateQuestion>(
  'GateQuestion',
  'What the gate asks, one after the other; the first that fails is the answer.',
  {
    CONNECTION: 'Does the connection work: is it neither suspended nor deleted?',
    WORKSPACE: 'Is it installed in this workspace, and is the workspace there?',
    INSTALLATION: 'Does that installation work?',
    TOKEN: 'Does any of its tokens live?',
    MEMBERSHIP: 'Is whoever installed it still in the workspace?',
    RESOURCE: 'Is the page, database or data source there?',
    SHARE: 'Is it shared with the connection, or is anything above it?',
    CAPABILITIES: 'Do its capabilities leave what was asked for of what is shared?',
    RULE: 'Do the bits that are left pass the rule of the field or mutation?',
  },
);

export const OutcomeEnum = enumType<Outcome>('StepOutcome', 'What came of a question of the gate.', {
  PASSED: 'Yes.',
  FAILED: 'No; nothing further was asked.',
  NOT_ASKED: 'There was nothing to ask, or an earlier question had failed.',
});

export const ShareStateEnum = enumType<ShareState>('ShareState', 'Whether a share counts.', {
  LIVE: 'It counts.',
  EXPIRED: 'It ended by itself.',
  REVOKED: 'It was ended.',
});

@Directive('@oneOf')
@InputType({ description: 'A connection, by its own id or by that of one installation: exactly one of these.' })
export class AccessSubject {
  @Field(() => ID, {
    nullable: true,
    description: 'A connection; with several installations here your own counts, else the oldest that works.',
  })
  connectionId?: string | null;

  @Field(() => ID, { nullable: true, description: 'An installation.' })
  installationId?: string | null;
}

@InputType({ description: 'May this connection do that, and why?' })
export class AccessQuestion {
  @Field(() => AccessSubject, { nullable: true, description: 'Who; left out, the connection that asks.' })
  about?: AccessSubject | null;

  @Field(() => ID, {
    nullable: true,
    description: 'A page, row, database or data source; left out, what is shared at all.',
  })
  resourceId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A field, mutation or input, like `Page.title`, `Person.email` or `Mutation.createConnection`.',
  })
  coordinate?: string | null;

  @Field(() => ShareAccessEnum, {
    nullable: true,
    description: 'What to do. Left out, a field of the resource says itself what it needs; in all other cases `READ`.',
  })
  action?: ShareAccess | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'A share that decided, or that would have if it had not ended.' })
export class AccessShare {
  resourceId!: Id;
  grantedById!: Id | null;

  @Field(() => ID, { description: 'Id of the share.' })
  id!: Id;

  @Field(() => [ShareAccessEnum], { description: 'What it opens. Capabilities decide how much of that counts.' })
  access!: ShareAccess[];

  @Field(() => ShareStateEnum, { description: 'Whether it counts.' })
  state!: ShareState;

  @Field(() => DateTime, { description: 'When it was granted.' })
  grantedAt!: Date | string;

  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself; null for never.' })
  expiresAt!: Date | string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was ended; null for one that was not.' })
  revokedAt!: Date | string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'One question of the gate, and what came of it.' })
export class AccessStep {
  @Field(() => GateQuestionEnum, { description: 'The question.' })
  asked!: GateQuestion;

  @Field(() => OutcomeEnum, { description: 'What came of it.' })
  outcome!: Outcome;

  @Field(() => String, { description: 'The same in a sentence, with the fact that decided.' })
  detail!: string;

  @Directive('@listSize(assumedSize: 2)')
  @Field(() => [AccessShare], {
    description:
      'The shares it comes from, the nearest first; those that ended where none is live. What you may not know of is left out.',
  })
  shares!: AccessShare[];

  @Field(() => [[CapabilityEnum]], {
    nullable: true,
    description: 'Any of these sets would do; null where no capability was asked for.',
  })
  needs!: AnyOf | null;

  @Field(() => [CapabilityEnum], {
    nullable: true,
    description: 'What there is; null where no capability was asked for.',
  })
  has!: readonly Capability[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'For an owner: a mutation with its input that would change this answer; null for others, and where none would.',
  })
  remedy!: string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Why a connection may do something, or may not.' })
export class AccessExplanation {
  resourceId!: Id | null;
  installedById!: Id | null;

  @Field(() => Boolean, { description: 'Whether it may. Every other door of the gateway answers the same.' })
  allowed!: boolean;

  @Field(() => String, { description: 'The answer with its reason, in one sentence.' })
  sentence!: string;

  @Directive('@listSize(assumedSize: 9)')
  @Field(() => [AccessStep], { description: 'All questions, in the order in which the gate asks them.' })
  steps!: AccessStep[];
}
