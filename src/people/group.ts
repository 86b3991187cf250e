// People of a workspace under one name: they can be named together, in a column of people for one. What somebody may do or
// reaches does not depend on it.

import { Directive, Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../lib/datetime.js';
import { listOf } from '../lib/list.js';
import { User } from './user.js';

@Directive('@requires(anyOf: [[USER_READ]])')
@ObjectType({
  implements: User,
  simpleResolvers: true,
  description:
    'People of the workspace under one name. A deleted one is still found by its id, with its name and nobody in it.',
})
export class Group extends User {
  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was deleted; null while it is there.' })
  deletedAt!: Date | null;

  @Field(() => Int, { nullable: true, description: 'Counts its changes, those of who belongs to it included.' })
  version!: number;
}

export const GroupList = listOf(Group, 'Group');
