// What pages, databases and data sources have in common: they can be shared, and they know who stands above them.

import { Directive, Field, Int, InterfaceType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { Node } from '../lib/node.js';
import { User } from '../people/user.js';

@InterfaceType({ implements: Node, description: 'Something that can be shared: a page, a database or a data source.' })
export abstract class Resource extends Node {
  /** Bits the reader has on this very object. */
  access!: Bits;
  parentId!: Id | null;
  createdById!: Id | null;
  lastEditedById!: Id | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its name, as plain text.' })
  title!: string | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => Resource, {
    nullable: true,
    description: 'What it stands below; null at the top and where that is out of reach.',
  })
  parent?: Resource | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Directive('@listSize(assumedSize: 10)')
  @Field(() => [Resource], {
    nullable: true,
    description:
      'What it stands below, from the top down, as far as you reach it: whatever is out of your reach above does not show.',
  })
  breadcrumbs?: Resource[] | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  createdAt!: Date | string | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => User, { nullable: true, description: 'Who made it; null when nobody in this workspace did.' })
  createdBy?: User | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => DateTime, { nullable: true, description: 'When it was last changed.' })
  lastEditedAt!: Date | string | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => User, { nullable: true, description: 'Who last changed it; null when nobody in this workspace did.' })
  lastEditedBy?: User | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it lies in the trash. Lists leave such objects out unless asked.',
  })
  inTrash!: boolean | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => Int, { nullable: true, description: 'Counts its changes; give it back as `expectedVersion`.' })
  version!: number | null;
}
