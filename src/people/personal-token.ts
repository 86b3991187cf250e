// A personal access token as its owner and the administrators hold it: everything about it but its text.

import { Directive, Extensions, Field, ObjectType } from 'type-graphql';
import type { Capability } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';

export const PersonalTokenStatus = enumType('PersonalTokenStatus', 'Whether a personal access token works.', {
  ACTIVE: 'It works.',
  BLOCKED: 'Policy refuses it; it works again when policy allows it.',
  EXPIRED: 'Its time is over.',
  REVOKED: 'It was ended.',
});
export type PersonalTokenStatus = keyof typeof PersonalTokenStatus;

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "A person's own key to a workspace. It does what she may there, or less, until it expires.",
})
export class PersonalAccessToken extends Node {
  personId!: Id;
  revokedById!: Id | null;

  @Field(() => String, { description: 'What its owner calls it.' })
  name!: string;

  @Field(() => PersonalTokenStatus, { description: 'Whether it works.' })
  status!: PersonalTokenStatus;

  @Field(() => String, { description: 'The last four characters of its text.' })
  lastFour!: string;

  @Field(() => [CapabilityEnum], { description: 'What it may do at most.' })
  capabilities!: Capability[];

  @Field(() => Boolean, { description: 'Whether it administers where its owner does.' })
  administer!: boolean;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it ends.' })
  expiresAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last used, to some seconds; null when it never was.',
  })
  lastUsedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was ended before its time; null when it was not.' })
  revokedAt!: Date | null;
}

export const PersonalAccessTokenList = listOf(PersonalAccessToken, 'PersonalAccessToken');
