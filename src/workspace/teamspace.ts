// A named part of a workspace. It groups pages and people; what somebody reaches does not depend on it.

import type { Opt } from '@mikro-orm/core';
import { Directive, Extensions, Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';

export const TeamspaceAccess = enumType('TeamspaceAccess', 'Who decides who belongs to a teamspace.', {
  OPEN: 'Every member may join by herself.',
  CLOSED: 'Owners add people.',
});
export type TeamspaceAccess = keyof typeof TeamspaceAccess;

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'A named part of a workspace. It groups pages and people and does not restrict reach: members see all pages of the workspace.',
})
export class Teamspace extends Node {
  workspaceId!: Id;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'An emoji or a few letters; null when it has none.' })
  icon!: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for; null when nobody has said.' })
  description!: string | null;

  @Field(() => TeamspaceAccess, { description: 'Who decides who belongs to it.' })
  access!: TeamspaceAccess;

  @Field(() => DateTime, { nullable: true, description: 'Since when it is put away; null while it is in use.' })
  archivedAt!: Date | null;

  @Field(() => Int, { description: 'Counts its changes.' })
  version!: Opt<number>;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Opt<Date>;
}

export const TeamspaceList = listOf(Teamspace, 'Teamspace');
