// A person in a workspace, with her role there.

import { Directive, Extensions, Field, Int, ObjectType } from 'type-graphql';
import type { WorkspaceRole } from '../gate/actor.js';
import { WorkspaceRoleEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import { listOf } from '../lib/list.js';
import { Person } from './user.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'A person in a workspace.' })
export class Member {
  @Field(() => Person, { description: 'Who it is.' })
  person!: Person;

  @Field(() => WorkspaceRoleEnum, { description: 'Her role. Ask an owner for what you may not do yourself.' })
  role!: WorkspaceRole;

  @Field(() => DateTime, { description: 'When she joined, the last time.' })
  joinedAt!: Date;

  @Field(() => Int, { description: 'Counts the changes of her membership.' })
  version!: number;
}

export const MemberList = listOf(Member, 'Member');
