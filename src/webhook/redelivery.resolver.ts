// Mutations that send again, or try an endpoint. Each reads its input, gives one command, answers its payload.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  Float,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { Context } from '../context.js';
import { type Id, requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { selectDeliveries } from './deliveries.js';
import { Delivery } from './delivery.js';
import { redeliver, replayDeliveries, testWebhookSubscription } from './redelivery.js';
import { WebhookSubscription } from './subscription.js';
import { webhookSubscriptionById } from './subscriptions.js';

const FOR_OWNERS_AND_ITSELF = '@actor(kinds: [CONNECTION, PERSON, OPERATOR], role: OWNER)';

@InputType({ description: 'A delivery to send again.' })
class RedeliverInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;
}

@InputType({ description: 'Deliveries to send again.' })
class ReplayDeliveriesInput {
  @Field(() => ID, { description: 'The endpoint they went to.' })
  id!: string;

  @Field(() => Float, { description: 'From which `sequence` on.' })
  fromSequence!: number;

  @Field(() => Float, { description: 'Up to which, itself included; at most 10,000 deliveries at once.' })
  toSequence!: number;

  @Field(() => Boolean, { nullable: true, description: 'Whether what arrived is left out; it is not by default.' })
  undeliveredOnly?: boolean | null;
}

@InputType({ description: 'An endpoint to try.' })
class TestWebhookSubscriptionInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'What is sent again.' })
class RedeliverPayload extends MutationPayload {
  @Field(() => Delivery, { nullable: true, description: 'The delivery, on its way anew.' })
  delivery?: Delivery | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'What is sent again.' })
class ReplayDeliveriesPayload extends MutationPayload {
  @Field(() => WebhookSubscription, { nullable: true, description: 'The endpoint.' })
  webhookSubscription?: WebhookSubscription | null;

  @Field(() => Int, { nullable: true, description: 'How many are sent again. What was on its way does not count.' })
  count?: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'What tries the endpoint.' })
class TestWebhookSubscriptionPayload extends MutationPayload {
  @Field(() => Delivery, { nullable: true, description: 'It is sent once; ask for its `state` a little later.' })
  delivery?: Delivery | null;
}

@Resolver()
export class RedeliveryMutations {
  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => RedeliverPayload, {
    description:
      'Sends a delivery again, with the same id. Its body is made anew, and whether it may be told is asked anew.',
  })
  redeliver(
    @Arg('input', () => RedeliverInput, { description: 'Which.' }) { id }: RedeliverInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => sent(ctx, (await redeliver(ctx, { id: requireId(id, 'The delivery') })).id));
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => ReplayDeliveriesPayload, {
    description: 'Sends a range of deliveries again, as `redeliver` does each; in the order of its lane.',
  })
  replayDeliveries(
    @Arg('input', () => ReplayDeliveriesInput, { description: 'Which.' })
    { id, fromSequence, toSequence, undeliveredOnly }: ReplayDeliveriesInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const subscriptionId = requireId(id, 'The webhook subscription');
      const { count } = await replayDeliveries(ctx, {
        id: subscriptionId,
        fromSequence,
        toSequence,
        undeliveredOnly: undeliveredOnly ?? false,
      });
      ctx.forget();
      return { webhookSubscription: await ctx.load(webhookSubscriptionById, subscriptionId), count };
    });
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => TestWebhookSubscriptionPayload, {
    description: 'Posts something that did not happen to an endpoint, once: its `type` is `test`. At most 10 a minute.',
  })
  testWebhookSubscription(
    @Arg('input', () => TestWebhookSubscriptionInput, { description: 'Which.' }) { id }: TestWebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      sent(ctx, (await testWebhookSubscription(ctx, { id: requireId(id, 'The webhook subscription') })).deliveryId),
    );
  }
}

async function sent(ctx: Context, id: Id): Promise<{ delivery: Delivery | null }> {
  const [delivery] = await ctx.reader.rows(selectDeliveries(ctx, [id]));
  return { delivery: delivery ?? null };
}
