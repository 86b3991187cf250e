// Pages, rows included: a row is a page whose parent is a data source.

import { Directive, Field, ObjectType } from 'type-graphql';
import { listOf } from '../lib/list.js';
import { Cover, Icon } from './appearance.js';
import { Resource } from './resource.js';

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ implements: Resource, simpleResolvers: true, description: 'A page, or a row of a data source.' })
export class Page extends Resource {
  @Field(() => Icon, { nullable: true, description: 'The small picture before its title; null when it has none.' })
  icon!: Icon | null;

  @Field(() => Cover, { nullable: true, description: 'The wide picture above it; null when it has none.' })
  cover!: Cover | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is locked: nothing of it is written until it is unlocked.',
  })
  isLocked!: boolean | null;
}

export const PageList = listOf(Page, 'Page');
