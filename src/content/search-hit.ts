// What search finds: a page, database or data source, and where the words stand in it.

import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Resource } from './resource.js';
import type { SearchTerms } from './search-query.js';

/** How many hits a search has at most: the newest. */
export const MAX_HITS = 1_000;

export type ResourceKindName = 'PAGE' | 'DATABASE' | 'DATA_SOURCE';

export const ResourceKindEnum = enumType<ResourceKindName>('ResourceKind', 'What something that can be shared is.', {
  PAGE: 'A page or row.',
  DATABASE: 'A database.',
  DATA_SOURCE: 'A data source.',
});

export type SearchOrderName = 'NEWEST' | 'RANK';

export const SearchOrderEnum = enumType<SearchOrderName>(
  'SearchOrder',
  'In what order hits come. Those in the title come first in both.',
  {
    NEWEST: 'Last edited first.',
    RANK: 'First where the words come more often and closer together, in proportion to the length; last edited first among equals. What holds the words elsewhere makes no difference.',
  },
);

/** What is looked for. */
export interface SearchQuery {
  terms: SearchTerms;
  /** Any when empty. */
  kinds: readonly ResourceKindName[];
  /** Trashed ones instead of the others. */
  inTrash: boolean;
  order: SearchOrderName;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'A piece of a text in which words were found.' })
export class HighlightPart {
  access!: Bits;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'The text, without any markup.' })
  text!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is what was looked for.' })
  isMatch!: boolean | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({
  simpleResolvers: true,
  description: 'A text that holds words that were looked for, cut short around them.',
})
export class Highlight {
  access!: Bits;

  @Field(() => ID, { nullable: true, description: 'The block it stands in; null for the title.' })
  blockId!: Id | null;

  @Field(() => [HighlightPart], { nullable: true, description: 'The text in pieces, marked and unmarked in turns.' })
  parts!: HighlightPart[] | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'Something that search found.' })
export class SearchHit {
  access!: Bits;
  query!: SearchQuery;

  @Field(() => Resource, { nullable: true, description: 'What was found.' })
  resource!: Resource | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its title alone holds what was looked for.' })
  isTitleHit!: boolean | null;

  @Field(() => [Highlight], {
    nullable: true,
    description:
      'Where the words stand: the title, and up to two of the first 200 blocks with text. Each reader sees mentions differently, so that … stands in their place. Empty where the words stand further down.',
  })
  highlights?: Highlight[] | null;
}

export const SearchHitList = listOf(SearchHit, 'SearchHit');
