// A delivery and its attempts as they are shown: when, where, how often and with what result to whoever holds them; what was
// sent and what came back to owners of the workspace in which it happened alone.

import { Directive, Extensions, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { type EventType, EventTypeEnum } from '../events/event.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';
import type { DeliveryKind, DeliveryState } from './tables.js';

export const DeliveryStateEnum = enumType<DeliveryState>('DeliveryState', 'What became of a delivery.', {
  PENDING: 'It was not tried yet.',
  LEASED: 'It is being sent at this moment.',
  DELIVERED: 'It arrived.',
  FAILED: 'It did not arrive, and is tried again.',
  DEAD: 'It did not arrive, and is not tried again by itself.',
  SUPPRESSED: 'It was not sent: what it tells may not be told any more.',
});

export const DeliveryKindEnum = enumType<DeliveryKind>('DeliveryKind', 'What a delivery carries.', {
  EVENT: 'Something that happened.',
  HANDSHAKE: 'The token by which an endpoint is confirmed.',
  TEST: 'Nothing that happened: somebody tried whether it arrives.',
});

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'One event on its way to an endpoint.' })
export class Delivery extends Node {
  subscriptionId!: Id;

  @Field(() => ID, { description: 'The workspace in which it happened; for other kinds the home of the connection.' })
  workspaceId!: Id;

  @Field(() => DeliveryKindEnum, { description: 'What it carries.' })
  kind!: DeliveryKind;

  @Field(() => ID, { nullable: true, description: 'Id of the event; null for other kinds.' })
  eventId!: Id | null;

  @Field(() => EventTypeEnum, { nullable: true, description: 'What happened; null for other kinds.' })
  eventType!: EventType | null;

  @Field(() => ID, { nullable: true, description: 'Id of what it happened to; null for other kinds.' })
  resourceId!: Id | null;

  @Field(() => DateTime, { nullable: true, description: 'When it happened; null for other kinds.' })
  occurredAt!: Date | string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Counts what was made for the endpoint; a body says it as well. Null for other kinds.',
  })
  sequence!: number | null;

  @Field(() => Float, { nullable: true, description: 'The one before it; null for the first.' })
  previousSequence!: number | null;

  @Field(() => DeliveryStateEnum, { description: 'What became of it.' })
  state!: DeliveryState;

  @Field(() => String, { nullable: true, description: 'Why, in one word; null when there is nothing to say.' })
  reason!: string | null;

  @Field(() => Int, { description: 'How often it was begun anew, the first time included.' })
  round!: number;

  @Field(() => Int, { description: 'How often it was tried since then.' })
  attempt!: number;

  @Field(() => Int, { nullable: true, description: 'What the endpoint answered last; null when it never did.' })
  lastStatus!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it is tried next; null when it is not.' })
  nextAt!: Date | string | null;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date | string;

  @Field(() => DateTime, { nullable: true, description: 'Since when nothing more happens to it by itself.' })
  finishedAt!: Date | string | null;
}

export const DeliveryList = listOf(Delivery, 'Delivery');

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'A header.' })
export class HttpHeader {
  @Field(() => String, { description: 'Its name, in small letters.' })
  name!: string;

  @Field(() => String, { description: 'Its value.' })
  value!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'What was sent, or the beginning of what came back.' })
export class HttpExcerpt {
  @Field(() => [HttpHeader], { description: 'Headers, signatures left out.' })
  headers!: HttpHeader[];

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: 'The body, or its beginning.' })
  body!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'One POST.' })
export class Attempt {
  workspaceId!: Id;
  deliveryId!: Id;
  /** Sealed. */
  sentExcerpt!: Buffer | null;
  receivedExcerpt!: Buffer | null;

  @Field(() => Int, { description: 'In which round of the delivery.' })
  round!: number;

  @Field(() => Int, { description: 'Which of that round, from 1 on.' })
  n!: number;

  @Field(() => DateTime, { description: 'When it began.' })
  startedAt!: Date | string;

  @Field(() => Int, { nullable: true, description: 'How long it took, in milliseconds.' })
  ms!: number | null;

  @Field(() => Int, { nullable: true, description: 'The status that came back; null when none did.' })
  status!: number | null;

  @Field(() => String, { description: 'What came of it, in one word.' })
  outcome!: string;

  @Field(() => String, { nullable: true, description: 'Why, where there is more to say.' })
  reason!: string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'How an endpoint did in a stretch of time. Events alone count.' })
export class WebhookStats {
  @Field(() => Int, { description: 'Deliveries that were made.' })
  made!: number;

  @Field(() => Int, { description: 'Of those, how many arrived.' })
  delivered!: number;

  @Field(() => Int, { description: 'Of those, how many were given up.' })
  dead!: number;

  @Field(() => Int, { description: 'Of those, how many might not be told any more.' })
  suppressed!: number;

  @Field(() => Int, { description: 'Attempts.' })
  attempts!: number;

  @Field(() => Int, { description: 'Attempts after which it had not arrived.' })
  failedAttempts!: number;

  @Field(() => Float, { nullable: true, description: 'Half of the attempts took no longer, in milliseconds.' })
  p50Ms!: number | null;

  @Field(() => Float, { nullable: true, description: 'Ninety-five of a hundred took no longer, in milliseconds.' })
  p95Ms!: number | null;

  @Field(() => Int, { description: 'Deliveries that are on their way now, whenever they were made.' })
  waiting!: number;

  @Field(() => DateTime, { nullable: true, description: 'When the oldest of these was made.' })
  waitingSince!: Date | string | null;

  @Field(() => DateTime, { nullable: true, description: 'When something last arrived; null: never yet.' })
  lastSuccessAt!: Date | string | null;

  @Field(() => DateTime, { nullable: true, description: 'When something last did not; null: never yet.' })
  lastFailureAt!: Date | string | null;
}
