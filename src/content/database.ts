// Databases and their data sources. The database is the container; schema and rows belong to the data source.

import { Directive, Field, ObjectType } from 'type-graphql';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import type { PropertySchema } from '../property/property.js';
import { Property } from '../property/property-schema.js';
import { Cover, Icon } from './appearance.js';
import { Resource } from './resource.js';

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({
  implements: Resource,
  simpleResolvers: true,
  description: 'One table of a database: a schema, and the rows that follow it.',
})
export class DataSource extends Resource {
  databaseId!: Id;
  storedProperties!: PropertySchema[];
  /** Where the local source keeps typed copies of values: property id → column. */
  slots!: Readonly<Record<string, string>>;

  @Field(() => String, {
    nullable: true,
    description: 'The same as its title, by the name the reference product uses.',
  })
  @Directive('@sensitive(class: CONTENT)')
  name!: string | null;

  @Field(() => [Property], { nullable: true, description: 'Its columns, in order.' })
  properties!: Property[] | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ implements: Resource, simpleResolvers: true, description: 'Holds one or more data sources.' })
export class Database extends Resource {
  @Field(() => Icon, { nullable: true, description: 'The small picture before its title; null when it has none.' })
  icon!: Icon | null;

  @Field(() => Cover, { nullable: true, description: 'The wide picture above it; null when it has none.' })
  cover!: Cover | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is locked: its columns stay as they are until it is unlocked, while rows are written.',
  })
  isLocked!: boolean | null;

  @Field(() => [DataSource], { nullable: true, description: 'Its data sources that you reach.' })
  dataSources?: DataSource[] | null;
}

export const DatabaseList = listOf(Database, 'Database');
export const ResourceList = listOf(Resource, 'Resource');
