// GraphQL's way to webhook subscriptions and what was delivered.

import { Arg, Args, ArgsType, Ctx, Directive, Field, FieldResolver, ID, InputType, Resolver, Root } from 'type-graphql';
import { Connection, Installation } from '../connection/connection.js';
import { connectionById } from '../connection/connections.js';
import { UsageWindow } from '../connection/usage.js';
import type { Context } from '../context.js';
import { type EventType, EventTypeEnum } from '../events/event.js';
import { parseId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import {
  attemptsByDelivery,
  countDeliveries,
  type DeliveriesOf,
  keyOf,
  listDeliveries,
  placeOf,
  statsBySubscription,
} from './deliveries.js';
import { Attempt, Delivery, DeliveryList, DeliveryStateEnum, HttpExcerpt, WebhookStats } from './delivery.js';
import { openExcerpt } from './excerpt.js';
import { DegradedField, WebhookSubscription } from './subscription.js';
import { degradedFieldsOf, subscriptionsByConnection, webhookSubscriptionById } from './subscriptions.js';
import type { DeliveryState } from './tables.js';

const FOR_OWNERS_AND_ITSELF = '@actor(kinds: [CONNECTION, PERSON, OPERATOR], role: OWNER)';
const FOR_OWNERS = '@actor(kinds: [PERSON, OPERATOR], role: OWNER)';
const AS_A_LIST = '@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])';

const HOURS: Record<UsageWindow, number> = {
  LAST_24_HOURS: 24,
  LAST_7_DAYS: 7 * 24,
  LAST_30_DAYS: 30 * 24,
  LAST_90_DAYS: 90 * 24,
};

@InputType({ description: 'Which deliveries; every member given must hold.' })
class DeliveryFilter {
  @Directive('@reads(coordinate: "Delivery.state")')
  @Field(() => [DeliveryStateEnum], { nullable: true, description: 'In any of these states.' })
  states?: DeliveryState[] | null;

  @Directive('@reads(coordinate: "Delivery.eventType")')
  @Field(() => [EventTypeEnum], { nullable: true, description: 'Of events of any of these types.' })
  eventTypes?: EventType[] | null;

  @Directive('@reads(coordinate: "Delivery.resourceId")')
  @Field(() => ID, { nullable: true, description: 'Of what happened to this.' })
  resourceId?: string | null;
}

@ArgsType()
class DeliveryListArgs extends ListArgs {
  @Field(() => DeliveryFilter, { nullable: true, description: 'Only these.' })
  filter?: DeliveryFilter | null;
}

async function deliveriesOf(
  ctx: Context,
  of: DeliveriesOf,
  { filter, ...args }: DeliveryListArgs,
): Promise<List<Delivery>> {
  const { states, eventTypes, resourceId } = filter ?? {};
  const query = { states, eventTypes, ...(resourceId != null && { resourceId: parseId(resourceId) }) };
  const list = `deliveries ${JSON.stringify([of, query])}`;
  const window = windowOf(args, ctx.cursors, list);
  return toList(
    await listDeliveries(ctx, of, query, window),
    window,
    (delivery) => ctx.cursors.seal(list, placeOf(delivery)),
    () => countDeliveries(ctx, of, query),
  );
}

@Resolver(() => Connection)
export class ConnectionWebhookFields {
  @Directive(FOR_OWNERS_AND_ITSELF)
  @Directive('@listSize(assumedSize: 5)')
  @FieldResolver(() => [WebhookSubscription], {
    nullable: true,
    description:
      'Its endpoints, oldest first. For owners of its home, and for itself with a token of its own installation there.',
  })
  async webhookSubscriptions(@Root() { id }: Connection, @Ctx() ctx: Context): Promise<WebhookSubscription[]> {
    return (await ctx.load(subscriptionsByConnection, id)) ?? [];
  }
}

@Resolver(() => Installation)
export class InstallationWebhookFields {
  @Directive(FOR_OWNERS)
  @Directive(AS_A_LIST)
  @FieldResolver(() => DeliveryList, {
    nullable: true,
    description: 'What happened in this workspace and was sent to endpoints of the connection, the newest first.',
  })
  webhookDeliveries(
    @Root() { connectionId }: Installation,
    @Args(() => DeliveryListArgs) args: DeliveryListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<Delivery>> {
    return deliveriesOf(ctx, { connectionId }, args);
  }
}

@Resolver(() => WebhookSubscription)
export class WebhookSubscriptionFields {
  @FieldResolver(() => Connection, { nullable: true, description: 'Whose endpoint it is.' })
  async connection(@Root() { connectionId }: WebhookSubscription, @Ctx() ctx: Context): Promise<Connection | null> {
    return (await ctx.load(connectionById, connectionId)) ?? null;
  }

  @Directive('@listSize(assumedSize: 5)')
  @FieldResolver(() => [DegradedField], {
    description:
      'What its document asks for that some installation of the connection was not granted since: bodies show null there, with a receipt. `document` alone when it does not fit the schema any more.',
  })
  degradedFields(@Root() subscription: WebhookSubscription, @Ctx() ctx: Context): Promise<DegradedField[]> {
    return degradedFieldsOf(ctx, subscription);
  }

  @Directive(AS_A_LIST)
  @FieldResolver(() => DeliveryList, { description: 'What was to be sent there, the newest first.' })
  deliveries(
    @Root() { id }: WebhookSubscription,
    @Args(() => DeliveryListArgs) args: DeliveryListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<Delivery>> {
    return deliveriesOf(ctx, { subscriptionId: id }, args);
  }

  @Directive('@cost(weight: 20)')
  @FieldResolver(() => WebhookStats, { nullable: true, description: 'How it did.' })
  async stats(
    @Root() { id }: WebhookSubscription,
    @Arg('window', () => UsageWindow, { defaultValue: 'LAST_7_DAYS', description: 'How far back.' })
    window: UsageWindow,
    @Ctx() ctx: Context,
  ): Promise<WebhookStats | null> {
    return (await ctx.load(statsBySubscription(HOURS[window]), id)) ?? null;
  }
}

@Resolver(() => Delivery)
export class DeliveryFields {
  @FieldResolver(() => WebhookSubscription, {
    nullable: true,
    description: 'The endpoint; null for who does not manage it, and when it is gone.',
  })
  async subscription(@Root() { subscriptionId }: Delivery, @Ctx() ctx: Context): Promise<WebhookSubscription | null> {
    return (await ctx.load(webhookSubscriptionById, subscriptionId)) ?? null;
  }

  @Directive('@listSize(assumedSize: 3)')
  @FieldResolver(() => [Attempt], { description: 'What was tried, in its order.' })
  async attempts(@Root() delivery: Delivery, @Ctx() ctx: Context): Promise<Attempt[]> {
    return (await ctx.load(attemptsByDelivery, keyOf(delivery))) ?? [];
  }
}

@Resolver(() => Attempt)
export class AttemptFields {
  @Directive(FOR_OWNERS)
  @FieldResolver(() => HttpExcerpt, {
    nullable: true,
    description: 'What was sent. For owners of the workspace in which it happened, and nobody else.',
  })
  request(@Root() attempt: Attempt, @Ctx() ctx: Context): HttpExcerpt | null {
    return excerptOf(ctx, attempt, attempt.sentExcerpt);
  }

  @Directive(FOR_OWNERS)
  @FieldResolver(() => HttpExcerpt, {
    nullable: true,
    description: 'The beginning of what came back. For owners of the workspace in which it happened, and nobody else.',
  })
  response(@Root() attempt: Attempt, @Ctx() ctx: Context): HttpExcerpt | null {
    return excerptOf(ctx, attempt, attempt.receivedExcerpt);
  }
}

function excerptOf(
  { keys }: Context,
  { workspaceId, deliveryId: id }: Attempt,
  sealed: Buffer | null,
): HttpExcerpt | null {
  const excerpt = sealed && openExcerpt(keys, { workspaceId, id }, sealed);
  if (!excerpt) return null;
  return {
    headers: Object.entries(excerpt.headers).map(([name, value]) => ({ name, value })),
    body: excerpt.body,
  };
}
