// Mutations on webhook subscriptions. Each reads its input, gives one command, answers its payload.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { Context } from '../context.js';
import { type EventType, EventTypeEnum } from '../events/event.js';
import { EventFilter, eventQueryOf } from '../feed/event-filter.js';
import { DateTime } from '../lib/datetime.js';
import { type Id, requireId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { carryOut, MutationPayload } from '../payload.js';
import {
  createWebhookSubscription,
  deleteWebhookSubscription,
  pauseWebhookSubscription,
  resendWebhookVerification,
  resumeWebhookSubscription,
  rotateSigningSecret,
  updateWebhookSubscription,
  verifyWebhookSubscription,
} from './lifecycle.js';
import { WebhookLane, WebhookSubscription } from './subscription.js';
import { webhookSubscriptionById } from './subscriptions.js';
import type { Lane } from './tables.js';

const FOR_OWNERS_AND_ITSELF = '@actor(kinds: [CONNECTION, PERSON, OPERATOR], role: OWNER)';
const WHICH = 'The endpoint.';
const DOCUMENT =
  'What bodies show besides the envelope: one subscription to `events`, as it would be asked over a socket, without arguments and variables. It may ask for what the connection may.';

@InputType({ description: 'An endpoint to make.' })
class CreateWebhookSubscriptionInput {
  @Field(() => ID, { nullable: true, description: 'Whose; your own when left out, if you are a connection.' })
  connectionId?: string | null;

  @Field(() => String, {
    description: 'Where to: an https address on port 443 or 8443, or what whoever runs the gateway allows besides.',
  })
  url!: string;

  @Field(() => [EventTypeEnum], { description: 'Of which types, at least one.' })
  eventTypes!: EventType[];

  @Field(() => EventFilter, { nullable: true, description: 'Which of these; all when left out.' })
  filter?: EventFilter | null;

  @Field(() => String, { nullable: true, description: DOCUMENT })
  document?: string | null;

  @Field(() => WebhookLane, { nullable: true, description: 'In what order; PARALLEL when left out.' })
  lane?: Lane | null;
}

@InputType({ description: 'What to change about an endpoint; what is left out stays.' })
class UpdateWebhookSubscriptionInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Refused with `STALE_VERSION` when it has another by now.' })
  expectedVersion?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where to. Another address gets another secret, and has to be confirmed before anything is sent there.',
  })
  url?: string | null;

  @Field(() => [EventTypeEnum], { nullable: true, description: 'Of which types, at least one.' })
  eventTypes?: EventType[] | null;

  @Field(() => EventFilter, { nullable: true, description: 'Which of these; null for all.' })
  filter?: EventFilter | null;

  @Field(() => String, { nullable: true, description: `${DOCUMENT} Null takes it away.` })
  document?: string | null;

  @Field(() => WebhookLane, { nullable: true, description: 'In what order.' })
  lane?: Lane | null;
}

@InputType({ description: 'An endpoint.' })
class WebhookSubscriptionInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;
}

@InputType({ description: 'Which endpoint to confirm, and by what.' })
class VerifyWebhookSubscriptionInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { description: 'The `verification_token` that was posted there.' })
  token!: string;
}

@InputType({ description: 'Whose signing secret to replace.' })
class RotateSigningSecretInput {
  @Field(() => ID, { description: WHICH })
  id!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'How long deliveries are signed with the one before as well: 0 to 24 hours, usually 24.',
  })
  overlapHours?: number | null;
}

const endpointPayload = (name: string, description: string) => {
  @Extensions({ outsideContent: true })
  @Directive('@open')
  @ObjectType(name, { implements: MutationPayload, simpleResolvers: true, description })
  class EndpointPayload extends MutationPayload {
    @Field(() => WebhookSubscription, { nullable: true, description: 'The endpoint; null once it is gone.' })
    webhookSubscription?: WebhookSubscription | null;
  }
  return EndpointPayload;
};

const CreateWebhookSubscriptionPayload = endpointPayload(
  'CreateWebhookSubscriptionPayload',
  'The endpoint that waits to be confirmed.',
);
const UpdateWebhookSubscriptionPayload = endpointPayload(
  'UpdateWebhookSubscriptionPayload',
  'The endpoint as it is now.',
);
const VerifyWebhookSubscriptionPayload = endpointPayload(
  'VerifyWebhookSubscriptionPayload',
  'The endpoint that gets its events.',
);
const ResendWebhookVerificationPayload = endpointPayload(
  'ResendWebhookVerificationPayload',
  'The endpoint that waits to be confirmed.',
);
const PauseWebhookSubscriptionPayload = endpointPayload(
  'PauseWebhookSubscriptionPayload',
  'The endpoint to which nothing is sent.',
);
const ResumeWebhookSubscriptionPayload = endpointPayload(
  'ResumeWebhookSubscriptionPayload',
  'The endpoint that gets its events again.',
);

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The endpoint that was.' })
class DeleteWebhookSubscriptionPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'Its id.' })
  id?: Id;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The new signing secret.' })
class RotateSigningSecretPayload extends MutationPayload {
  @Field(() => WebhookSubscription, { nullable: true, description: WHICH })
  webhookSubscription?: WebhookSubscription | null;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'Its text; shown once.' })
  signingSecret?: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when deliveries are signed with the one before as well; null: they are not.',
  })
  previousValidUntil?: Date | null;
}

@Resolver()
export class WebhookMutations {
  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => CreateWebhookSubscriptionPayload, {
    description:
      'Makes an endpoint and has its token posted there, to be confirmed within 24 hours. For owners of the home of the connection, and for itself.',
  })
  createWebhookSubscription(
    @Arg('input', () => CreateWebhookSubscriptionInput, { description: 'What it is like.' })
    { connectionId, filter, ...input }: CreateWebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      shown(
        ctx,
        await createWebhookSubscription(ctx, {
          ...input,
          connectionId: connectionId == null ? ownConnection(ctx) : requireId(connectionId, 'The connection'),
          filter: filter && eventQueryOf(filter),
        }),
      ),
    );
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => UpdateWebhookSubscriptionPayload, {
    description: 'Changes address, events, document or order of an endpoint.',
  })
  updateWebhookSubscription(
    @Arg('input', () => UpdateWebhookSubscriptionInput, { description: 'What to change.' })
    { id, url, eventTypes, filter, document, lane, expectedVersion }: UpdateWebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      shown(
        ctx,
        await updateWebhookSubscription(ctx, {
          id: endpointIn(id),
          expectedVersion,
          lane,
          ...(url != null && { url }),
          ...(eventTypes != null && { eventTypes }),
          ...(filter !== undefined && { filter: filter && eventQueryOf(filter) }),
          ...(document !== undefined && { document }),
        }),
      ),
    );
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => VerifyWebhookSubscriptionPayload, {
    description: 'Confirms an endpoint by the token that was posted to it: from now on it gets its events.',
  })
  verifyWebhookSubscription(
    @Arg('input', () => VerifyWebhookSubscriptionInput, { description: 'Which, and by what.' })
    { id, token }: VerifyWebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => shown(ctx, await verifyWebhookSubscription(ctx, { id: endpointIn(id), token })));
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => ResendWebhookVerificationPayload, {
    description: 'Has the token posted once more, to be confirmed within another 24 hours.',
  })
  resendWebhookVerification(
    @Arg('input', () => WebhookSubscriptionInput, { description: 'Where.' }) { id }: WebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => shown(ctx, await resendWebhookVerification(ctx, { id: endpointIn(id) })));
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => PauseWebhookSubscriptionPayload, {
    description: 'Nothing is sent until it is resumed; what happens is kept for it.',
  })
  pauseWebhookSubscription(
    @Arg('input', () => WebhookSubscriptionInput, { description: 'Which.' }) { id }: WebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => shown(ctx, await pauseWebhookSubscription(ctx, { id: endpointIn(id) })));
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => ResumeWebhookSubscriptionPayload, {
    description: 'A paused or disabled endpoint gets its events again, those that were kept first.',
  })
  resumeWebhookSubscription(
    @Arg('input', () => WebhookSubscriptionInput, { description: 'Which.' }) { id }: WebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => shown(ctx, await resumeWebhookSubscription(ctx, { id: endpointIn(id) })));
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => DeleteWebhookSubscriptionPayload, { description: 'Ends an endpoint for good.' })
  deleteWebhookSubscription(
    @Arg('input', () => WebhookSubscriptionInput, { description: 'Which.' }) { id }: WebhookSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => deleteWebhookSubscription(ctx, { id: endpointIn(id) }));
  }

  @Directive(FOR_OWNERS_AND_ITSELF)
  @Mutation(() => RotateSigningSecretPayload, {
    description: 'Gives an endpoint a new secret; deliveries are signed with the one before as well for a while.',
  })
  rotateSigningSecret(
    @Arg('input', () => RotateSigningSecretInput, { description: 'Whose.' })
    { id, overlapHours }: RotateSigningSecretInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const rotated = await rotateSigningSecret(ctx, { id: endpointIn(id), overlapHours });
      return { ...rotated, ...(await shown(ctx, rotated)) };
    });
  }
}

const endpointIn = (id: string): Id => requireId(id, 'The webhook subscription');

function ownConnection({ actor }: Context): Id {
  if (actor.kind === 'CONNECTION') return actor.connectionId;
  throw new Refusal('REQUIRED', 'connectionId should name the connection.', { path: ['connectionId'] });
}

async function shown(ctx: Context, { id }: { id: Id }) {
  ctx.forget();
  return { webhookSubscription: await ctx.load(webhookSubscriptionById, id) };
}
