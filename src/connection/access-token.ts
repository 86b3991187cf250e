// A token of a connection as its owners see it: never its text.

import { Directive, Extensions, Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'A live token of a connection; its text is not here.' })
export class AccessToken {
  @Field(() => ID, { description: 'Names it among the tokens of its connection.' })
  id!: Id;

  @Field(() => String, { description: 'Its last four characters.' })
  lastFour!: string;

  @Field(() => Boolean, { description: 'Whether `revealToken` can show its text again.' })
  revealable!: boolean;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Until when it works; null while it works for good.' })
  validUntil!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was last used, to some seconds; null: never yet.' })
  lastUsedAt!: Date | null;
}
