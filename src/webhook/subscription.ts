// A webhook subscription as those see it who manage it. Who holds one at all is decided where it is read
// (subscriptions.ts); its secrets are in no field.

import { Directive, Extensions, Field, ID, Int, ObjectType } from 'type-graphql';
import { type EventType, EventTypeEnum } from '../events/event.js';
import { CapabilityEnum } from '../gate/enums.js';
import type { AnyOf } from '../gate/field-rule.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { Node } from '../lib/node.js';
import type { Lane, StateReason, StoredFilter, SubscriptionState } from './tables.js';

export const WebhookState = enumType<SubscriptionState>('WebhookState', 'Whether an endpoint gets anything.', {
  PENDING: 'A token was posted to it, which waits to be confirmed. Nothing else is sent.',
  ACTIVE: 'It gets its events.',
  PAUSED: 'Nothing is sent; what happens is kept for it.',
  DISABLED:
    'It said that it is gone. Nothing is sent; resumed, it gets what happened since, as far as events are kept.',
});

export const WebhookStateReason = enumType<StateReason>('WebhookStateReason', 'Why nothing is sent.', {
  BY_HAND: 'Somebody said so.',
  FAILING: 'Too much of what was sent failed.',
  GONE: 'It answered 410.',
});

export const WebhookLane = enumType<Lane>('WebhookLane', 'In what order events are sent.', {
  PARALLEL: 'Several at once; the order may differ from that in which they happened.',
  RESOURCE: 'Of one page, database or data source one after the other. A failure holds up what comes after it there.',
});

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Which events an endpoint gets, of its types.' })
export class WebhookFilter {
  @Field(() => [EventTypeEnum], { nullable: true, description: 'Any of these types; null for all it gets.' })
  types?: EventType[];

  @Field(() => ID, { nullable: true, description: 'Of this and what is below it; null for all that is reached.' })
  within?: Id | null;

  @Field(() => [ID], { nullable: true, description: 'In which one of these columns was changed; null for all.' })
  propertyIds?: string[];

  @Field(() => Boolean, { nullable: true, description: 'Whether what the connection alone did is left out.' })
  notMine?: boolean;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  simpleResolvers: true,
  description: 'Something a document asks for that the connection was not granted.',
})
export class DegradedField {
  @Field(() => String, { description: '`Type.field`, `Input.field` or `Type.field(argument:)`.' })
  coordinate!: string;

  @Field(() => [[CapabilityEnum]], {
    description: 'Any of these sets would be enough; one empty set where it is for others than connections.',
  })
  needs!: AnyOf;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'An endpoint of a connection, to which its events are posted: those of every workspace in which it is installed, as far as it reaches them.',
})
export class WebhookSubscription extends Node {
  /** The connection's home. */
  workspaceId!: Id;
  connectionId!: Id;

  @Field(() => String, { description: 'Where to.' })
  url!: string;

  @Field(() => [EventTypeEnum], {
    description: 'Of which types. Events of comments are sent only where the connection has COMMENT_READ.',
  })
  eventTypes!: EventType[];

  @Field(() => WebhookFilter, { description: 'Which of these.' })
  filter!: StoredFilter;

  @Field(() => String, { nullable: true, description: 'What bodies show besides the envelope; null for nothing.' })
  document!: string | null;

  @Field(() => WebhookLane, { description: 'In what order.' })
  lane!: Lane;

  @Field(() => WebhookState, { description: 'Whether it gets anything.' })
  state!: SubscriptionState;

  @Field(() => WebhookStateReason, { nullable: true, description: 'Why it does not; null while it does.' })
  stateReason!: StateReason | null;

  @Field(() => DateTime, { description: 'Since when it is in its state.' })
  stateSince!: Date | string;

  @Field(() => DateTime, { nullable: true, description: 'Until when the token can be confirmed; null once it was.' })
  handshakeExpiresAt!: Date | string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was confirmed for the first time; null: never yet.' })
  verifiedAt!: Date | string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when deliveries are signed with the secret before as well; null when they are not.',
  })
  previousSecretValidUntil!: Date | string | null;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date | string;

  @Field(() => Int, { description: 'Counts its changes.' })
  version!: number;
}
