// What a subscription delivers: events, each with the cursor to go on from, and what there is to say between them.

import { Directive, Extensions, Field, ObjectType } from 'type-graphql';
import { enumType } from '../lib/enum.js';
import { Event } from './event.js';

export const EnvelopeKindEnum = enumType('EnvelopeKind', 'What an envelope says.', {
  LIVE: 'Something happened: `event` says what.',
  CAUGHT_UP: 'All that had happened by now was delivered, and from here on it comes as it happens.',
  GAP: 'Events that were asked for are not kept any more. Read what you need anew; it goes on from here.',
  HEARTBEAT: 'Nothing happened for a while that you may see.',
});

export type EnvelopeKind = keyof typeof EnvelopeKindEnum;

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'One delivery of a subscription to events.' })
export class EventEnvelope {
  @Field(() => EnvelopeKindEnum, { description: 'What it says.' })
  kind!: EnvelopeKind;

  @Field(() => String, {
    description: 'How far it is read. Give it back as `after`, and nothing is missed or comes twice.',
  })
  cursor!: string;

  @Field(() => Event, { nullable: true, description: 'What happened; null unless the kind is LIVE.' })
  event!: Event | null;
}
