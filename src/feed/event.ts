// An event as its receivers read it. Which events exist for somebody is decided in the SQL that reads them (visible.ts);
// each carries the bits its reader has on it.

import { Directive, Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { Comment, Discussion } from '../comment/comment.js';
import { Database, DataSource } from '../content/database.js';
import { Page } from '../content/page.js';
import { type EventType, EventTypeEnum } from '../events/event.js';
import type { Bits } from '../gate/capability.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { User } from '../people/user.js';
import { Property } from '../property/property-schema.js';
import { PropertyValue } from '../property/property-value.js';

@InterfaceType({
  description:
    'Something that happened to a page, a database or what belongs to them. Changes of one thing that follow each other closely are one event.',
})
export abstract class Event {
  access!: Bits;
  authorIds!: Id[];

  @Directive('@open')
  @Field(() => ID, { description: 'The same wherever the event arrives, and however often.' })
  id!: Id;

  @Directive('@open')
  @Field(() => EventTypeEnum, { nullable: true, description: 'What happened.' })
  type!: EventType | null;

  @Directive('@open')
  @Field(() => ID, { nullable: true, description: 'Id of what it happened to: it may be gone since.' })
  resourceId!: Id | null;

  @Directive('@open')
  @Field(() => Int, { nullable: true, description: 'Version of that once it had happened.' })
  version!: number | null;

  @Directive('@open')
  @Field(() => Int, { nullable: true, description: 'Counts the events of that, in their order.' })
  sequence!: number | null;

  @Directive('@open')
  @Field(() => DateTime, { nullable: true, description: 'When it began to happen.' })
  occurredAt!: Date | string | null;

  @Directive('@open')
  @Directive('@listSize(assumedSize: 2)')
  @Field(() => [User], {
    nullable: true,
    description: 'Everybody who had a part in it, up to 100. The operator is nobody.',
  })
  authors?: User[] | null;
}

/** What was stored with it. Nothing of it is shown but through the faces below. */
export interface EventDetails {
  updatedProperties?: unknown[];
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** As they were when it happened. */
  columns?: unknown[] | null;
  /** Of a comment. */
  discussionId?: Id;
}

const READS = '@requires(anyOf: [[CONTENT_READ]])';
const OF_PAGE = 'The page as it is now.';

@Directive(READS)
@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A page was made, moved, locked, written, thrown away or brought back.',
})
export class PageEvent extends Event {
  @Field(() => Page, { nullable: true, description: OF_PAGE })
  page?: Page | null;
}

@Directive(READS)
@ObjectType({
  simpleResolvers: true,
  description: 'A value that was changed: what it was before the first change of an event, and after its last.',
})
export class PropertyChange {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Id of the column.' })
  id!: string;

  @Field(() => PropertyValue, {
    nullable: true,
    description: 'What it was; null where the column is not there any more, or holds something else by now.',
  })
  before!: PropertyValue | null;

  @Field(() => PropertyValue, { nullable: true, description: 'What it became; null like `before`.' })
  after!: PropertyValue | null;
}

@Directive(READS)
@ObjectType({ implements: Event, simpleResolvers: true, description: 'Values of a page were changed.' })
export class PagePropertiesEvent extends Event {
  @Field(() => Page, { nullable: true, description: OF_PAGE })
  page?: Page | null;

  @Directive('@listSize(assumedSize: 3)')
  @Field(() => [PropertyChange], { nullable: true, description: 'Which values, and what they were and are.' })
  updatedProperties?: PropertyChange[] | null;
}

@Directive(READS)
@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A database was made, moved, thrown away or brought back.',
})
export class DatabaseEvent extends Event {
  @Field(() => Database, { nullable: true, description: 'The database as it is now.' })
  database?: Database | null;
}

@Directive(READS)
@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A data source was made, moved, thrown away or brought back, or rows came to it or went.',
})
export class DataSourceEvent extends Event {
  @Field(() => DataSource, { nullable: true, description: 'The data source as it is now.' })
  dataSource?: DataSource | null;
}

export const PropertyActionEnum = enumType('PropertyAction', 'What was done to a column.', {
  CREATED: 'It was added.',
  UPDATED: 'Its name, its type or its options were changed.',
  DELETED: 'It was taken away.',
});

@Directive(READS)
@ObjectType({ simpleResolvers: true, description: 'A column that was changed.' })
export class ColumnChange {
  access!: Bits;

  @Directive('@open')
  @Field(() => ID, { description: 'Id of the column.' })
  id!: string;

  @Field(() => PropertyActionEnum, { nullable: true, description: 'What was done to it.' })
  action!: keyof typeof PropertyActionEnum | null;

  @Field(() => Property, { nullable: true, description: 'The column as it is now; null when it is gone.' })
  property?: Property | null;
}

@Directive(READS)
@ObjectType({ implements: Event, simpleResolvers: true, description: 'Columns of a data source were changed.' })
export class DataSourceSchemaEvent extends Event {
  @Field(() => DataSource, { nullable: true, description: 'The data source as it is now.' })
  dataSource?: DataSource | null;

  @Directive('@listSize(assumedSize: 3)')
  @Field(() => [ColumnChange], { nullable: true, description: 'Which columns, and what was done to them.' })
  updatedProperties?: ColumnChange[] | null;
}

@Directive('@requires(anyOf: [[COMMENT_READ]])')
@ObjectType({ implements: Event, simpleResolvers: true, description: 'A comment was written, changed or deleted.' })
export class CommentEvent extends Event {
  @Field(() => Page, { nullable: true, description: 'The page it was written on, as it is now.' })
  page?: Page | null;

  @Field(() => Comment, { nullable: true, description: 'The comment as it is now; null when it is gone.' })
  comment?: Comment | null;

  @Field(() => Discussion, {
    nullable: true,
    description: 'The discussion it belongs to, as it is now; null when that is gone.',
  })
  discussion?: Discussion | null;
}

@Directive(READS)
@ObjectType({ implements: Event, simpleResolvers: true, description: 'Something became of an upload.' })
export class FileUploadEvent extends Event {
  @Field(() => Page, { nullable: true, description: 'The page it belongs to; null when it belongs to none.' })
  page?: Page | null;
}

export const EVENT_CLASSES = [
  PageEvent,
  PagePropertiesEvent,
  DatabaseEvent,
  DataSourceEvent,
  DataSourceSchemaEvent,
  CommentEvent,
  FileUploadEvent,
];

export const EventList = listOf(Event, 'Event');
