// Orders of lists of content, as input: each sort key is a field of its own, so that it carries the rule of what it
// looks at.

import { Directive, Field, ID, InputType } from 'type-graphql';
import { enumType } from '../lib/enum.js';

export type Direction = 'ASC' | 'DESC';

export const SortDirection = enumType<Direction>(
  'SortDirection',
  'Which way to sort. Empty values come last in both.',
  {
    ASC: 'From small to large, from early to late, from A to Z.',
    DESC: 'From large to small, from late to early, from Z to A.',
  },
);

const KEYS = 'exactly one of these; keys given first win';
const BY_TITLE = 'By title: the first 200 characters, case left aside, in order of code points.';

@Directive('@oneOf')
@InputType({ description: `A sort key of pages: ${KEYS}.` })
export class PageOrder {
  @Directive('@reads(coordinate: "Page.title")')
  @Field(() => SortDirection, { nullable: true, description: BY_TITLE })
  title?: Direction | null;

  @Directive('@reads(coordinate: "Page.createdAt")')
  @Field(() => SortDirection, { nullable: true, description: 'By when they were made.' })
  createdAt?: Direction | null;

  @Directive('@reads(coordinate: "Page.lastEditedAt")')
  @Field(() => SortDirection, { nullable: true, description: 'By when they were last changed.' })
  lastEditedAt?: Direction | null;
}

@Directive('@oneOf')
@InputType({ description: `A sort key of databases: ${KEYS}.` })
export class DatabaseOrder {
  @Directive('@reads(coordinate: "Database.title")')
  @Field(() => SortDirection, { nullable: true, description: BY_TITLE })
  title?: Direction | null;

  @Directive('@reads(coordinate: "Database.createdAt")')
  @Field(() => SortDirection, { nullable: true, description: 'By when they were made.' })
  createdAt?: Direction | null;

  @Directive('@reads(coordinate: "Database.lastEditedAt")')
  @Field(() => SortDirection, { nullable: true, description: 'By when they were last changed.' })
  lastEditedAt?: Direction | null;
}

@InputType({ description: 'A property to sort by: name it by `name` or by `id`.' })
export class PropertyOrder {
  @Directive('@reads(coordinate: "Property.name")')
  @Field(() => String, { nullable: true, description: 'Heading of the column, exactly.' })
  name?: string | null;

  @Directive('@open')
  @Field(() => ID, { nullable: true, description: 'Id of the column.' })
  id?: string | null;

  @Directive('@open')
  @Field(() => SortDirection, { nullable: true, description: 'Which way; ASC when left out.' })
  direction?: Direction | null;
}

@Directive('@oneOf')
@InputType({ description: `A sort key of rows: ${KEYS}.` })
export class RowOrder {
  @Directive('@reads(coordinate: "Page.properties")')
  @Field(() => PropertyOrder, {
    nullable: true,
    description:
      'By the value of a property. Texts by their first 200 characters, case left aside, in order of code points; options in the order of their column, those of a status group by group; dates and verifications by where they begin; people by their ids, which keeps the rows of one person together; relations by the title of the first page you may read; rollups by the number or date they come to. FILES, BUTTON and PLACE give no order.',
  })
  property?: PropertyOrder | null;

  @Directive('@reads(coordinate: "Page.createdAt")')
  @Field(() => SortDirection, { nullable: true, description: 'By when they were made.' })
  createdAt?: Direction | null;

  @Directive('@reads(coordinate: "Page.lastEditedAt")')
  @Field(() => SortDirection, { nullable: true, description: 'By when they were last changed.' })
  lastEditedAt?: Direction | null;
}
