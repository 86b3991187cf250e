// Which events somebody asks for: over HTTP, over a socket and for an endpoint.

import { Directive, Field, ID, InputType } from 'type-graphql';
import { type EventType, EventTypeEnum } from '../events/event.js';
import { parseId } from '../lib/id.js';
import { invalid } from '../lib/refusal.js';
import type { EventQuery } from './events.js';

/** Ids one filter may name. */
const MOST_IDS = 100;

@InputType({ description: 'Which events; every member given must hold.' })
export class EventFilter {
  @Directive('@open')
  @Field(() => [EventTypeEnum], { nullable: true, description: 'Any of these types.' })
  types?: EventType[] | null;

  @Directive('@open')
  @Field(() => ID, {
    nullable: true,
    description: 'Of this page, database or data source and of all that was below it when they happened.',
  })
  within?: string | null;

  @Directive('@reads(coordinate: "PagePropertiesEvent.updatedProperties")')
  @Field(() => [ID], {
    nullable: true,
    description: 'In which one of these columns was changed, or a value in one. Up to 100 ids.',
  })
  propertyIds?: string[] | null;

  @Directive('@open')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Leaves out what you did yourself. What others had a part in stays.',
  })
  notMine?: boolean | null;
}

/** A filter as the log is asked. */
export function eventQueryOf({ types, within, propertyIds, notMine }: EventFilter): EventQuery {
  if ((propertyIds?.length ?? 0) > MOST_IDS) {
    throw invalid(`propertyIds may name up to ${MOST_IDS} columns, but got: ${propertyIds?.length}`);
  }
  return { types, ...(within != null && { within: parseId(within) }), propertyIds, notMine };
}
