// The container of everything.

import type { Opt } from '@mikro-orm/core';
import { Directive, Extensions, Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../lib/datetime.js';
import { Node } from '../lib/node.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: Node, simpleResolvers: true, description: 'Holds pages, databases, people and connections.' })
export class Workspace extends Node {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Where its picture is; null when there is none.' })
  iconUrl!: string | null;

  @Field(() => Int, { description: 'Counts its changes.' })
  version!: Opt<number>;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Opt<Date>;
}
