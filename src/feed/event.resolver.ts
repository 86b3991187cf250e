// GraphQL's way to the log.

import {
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Int,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { userById } from '../connection/users.js';
import type { Context } from '../context.js';
import { invariant } from '../lib/invariant.js';
import { type List, toList } from '../lib/list.js';
import { invalid } from '../lib/refusal.js';
import type { User } from '../people/user.js';
import { boundsOf, cursorOf, placeOf } from './cursor.js';
import { EventEnvelope } from './envelope.js';
import { Event, EventList } from './event.js';
import { EventFilter, eventQueryOf } from './event-filter.js';
import { countEvents, listEvents } from './events.js';
import type { EventRow } from './faces.js';
import { type FollowedLog, follow, type Told } from './follow.js';

const MOST = 100;
const USUAL = 50;

@ArgsType()
export class EventListArgs {
  @Field(() => Int, { nullable: true, description: 'How many, 1 to 100; 50 when left out.' })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only what comes after this cursor, whatever filter it came with. From the oldest when left out.',
  })
  after?: string | null;

  @Field(() => EventFilter, { nullable: true, description: 'Only these.' })
  filter?: EventFilter | null;
}

@Resolver()
export class EventQueries {
  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => EventList, {
    nullable: true,
    description:
      'What happened to pages and databases that you reach and reached then, oldest first. Events of comments need COMMENT_READ as well.',
  })
  async events(
    @Args(() => EventListArgs) { first, after, filter }: EventListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<Event>> {
    const limit = first ?? USUAL;
    if (limit < 1 || limit > MOST) throw invalid(`first must be between 1 and ${MOST}, but got: ${limit}`);
    const query = eventQueryOf(filter ?? {});
    const bounds = await boundsOf(ctx);
    const from = after == null ? bounds.floor : placeOf(ctx, bounds, after);
    const events = await listEvents(ctx, query, { after: from, upTo: bounds.head }, limit + 1);
    const window = { limit, backwards: false, from: after == null ? null : [String(from)] };
    return toList<Event & EventRow>(
      events,
      window,
      ({ position }) => cursorOf(ctx, bounds, position),
      () => countEvents(ctx, query, { after: bounds.floor, upTo: bounds.head }),
    );
  }
}

@ArgsType()
export class EventSubscriptionArgs {
  @Field(() => String, {
    nullable: true,
    description: 'What comes after this cursor first, whatever filter it came with. From now on when left out.',
  })
  after?: string | null;

  @Field(() => EventFilter, { nullable: true, description: 'Only these.' })
  filter?: EventFilter | null;
}

@Resolver()
export class EventSubscriptions {
  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Subscription(() => EventEnvelope, {
    nullable: true,
    subscribe: ({ args, context }) => followed(context as Context, args as EventSubscriptionArgs),
    description:
      'What happens to pages and databases that you reach, as it happens: first what came after `after`, then what comes. Events of comments need COMMENT_READ as well.',
  })
  events(
    @Args(() => EventSubscriptionArgs) _args: EventSubscriptionArgs,
    @Root() { kind, cursor, thing }: Told<Event>,
  ): EventEnvelope {
    return { kind, cursor, event: thing };
  }
}

function followed(ctx: Context, { after, filter }: EventSubscriptionArgs) {
  invariant(ctx.live, 'A subscription was asked for where there is none.');
  const query = eventQueryOf(filter ?? {});
  const log: FollowedLog<Event & EventRow> = {
    name: 'events',
    asked: JSON.stringify(query),
    read: (as, stretch, limit) => listEvents(as, query, stretch, limit),
  };
  return follow(ctx, ctx.live, log, after ?? null);
}

@Resolver(() => Event)
export class EventFields {
  @FieldResolver()
  async authors(@Root() { authorIds }: Event, @Ctx() ctx: Context): Promise<User[]> {
    const users = await ctx.loadMany(userById, authorIds.slice(0, MOST));
    return users.filter((user) => user !== undefined);
  }
}
